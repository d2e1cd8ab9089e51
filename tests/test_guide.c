/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/guide.h"

#include "tests/helpers/test.h"

static const struct routine routine = {
	.mode = SESSION_TENSION,
	.n_steps = 1,
	.steps = {{.n = 1, .technique = -1, .fade_s = 20}},
};

static void every_level_command_carries_what_the_person_has_set(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_LEVEL, .t_us = 0};
	const struct sound *heard;
	static struct queue queue;
	struct guide g = {.start = &start, .queue = &queue, .rate_hz = 48000};

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	start.settings.voice_db = -1.5;
	start.settings.breath_db = -20;
	start.settings.bed_db = -60;
	for (int i = 0; i < 2; i++) {
		e.level.master_db = -6.0 * i; /* the second: `quieter` */
		guide_event(&g, &e);
		heard = queue_peek(&queue);
		assert_non_null(heard);
		assert_int_equal(heard->kind, SOUND_LEVELS);
		assert_near(heard->levels.master_db, -6.0 * i, 0);
		assert_near(heard->levels.voice_db, -1.5, 0);
		assert_near(heard->levels.breath_db, -20, 0);
		assert_near(heard->levels.bed_db, -60, 0);
		queue_pop(&queue);
	}
}

/* One breath of 10 s, and the level at which it is heard. */
static float breath_db(struct guide *g, uint64_t at_s, float before)
{
	struct event e = {.kind = EVENT_BREATH, .t_us = at_s * 1000000};
	const struct sound *heard;
	float db = before;

	e.breath.per_min = 6;
	e.breath.inhale_pct = 40;
	e.breath.end_us = (at_s + 10) * 1000000;
	guide_event(g, &e);
	while ((heard = queue_peek(g->queue))) {
		if (heard->kind == SOUND_LEVELS)
			db = heard->levels.breath_db;
		queue_pop(g->queue);
	}
	return db;
}

static void a_tone_that_fades_is_softer_breath_by_breath(void **state)
{
	struct event e = {.kind = EVENT_STEP};
	struct session_start start;
	static struct queue queue;
	struct guide g = {.start = &start, .queue = &queue, .rate_hz = 48000};
	float db[5];

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	e.step.n = 1;
	e.step.begin = true;
	e.step.seconds = 40;
	guide_event(&g, &e);
	db[0] = breath_db(&g, 0, 0);
	db[1] = breath_db(&g, 10, db[0]);
	db[2] = breath_db(&g, 20, db[1]); /* the last 20 s begin */
	db[3] = breath_db(&g, 30, db[2]);
	assert_near(db[0], 0, 0);
	assert_near(db[1], 0, 0);
	assert_near(db[2], -10, 0.01); /* as soft as its middle is to be */
	assert_near(db[3], -30, 0.01);
	/* and the next step's is heard as before */
	e.t_us = 40 * UINT64_C(1000000);
	e.step.n = 2;
	guide_event(&g, &e);
	assert_near(breath_db(&g, 40, db[3]), 0, 0);
}

static size_t chimes(enum session_mode mode, struct sound *levels)
{
	struct event step = {.kind = EVENT_STEP, .step = {.n = 1}};
	struct event level = {.kind = EVENT_LEVEL};
	struct event end = {.kind = EVENT_END};
	struct session_start start;
	static struct queue queue;
	struct guide g = {.start = &start, .queue = &queue, .rate_hz = 48000};
	const struct sound *heard;
	size_t n = 0;

	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	start.settings.mode = mode;
	step.step.begin = true;
	guide_event(&g, &level);
	guide_event(&g, &step);
	end.end.result = RESULT_COMPLETED;
	guide_event(&g, &end);
	while ((heard = queue_peek(&queue))) {
		n += heard->kind == SOUND_CHIME;
		if (heard->kind == SOUND_LEVELS)
			*levels = *heard;
		queue_pop(&queue);
	}
	return n;
}

static void
an_attack_has_no_chime_and_no_bed_and_a_night_ends_without(void **state)
{
	struct sound levels = {.frame = 0};

	(void)state;
	assert_int_equal(chimes(SESSION_TENSION, &levels), 2);
	assert_near(levels.levels.bed_db, 0, 0);
	assert_int_equal(chimes(SESSION_NIGHT, &levels), 1);
	assert_int_equal(chimes(SESSION_ATTACK, &levels), 0);
	assert_true(levels.levels.bed_db < -120); /* off, audio/sound.h */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_level_command_carries_what_the_person_has_set),
		cmocka_unit_test(a_tone_that_fades_is_softer_breath_by_breath),
		cmocka_unit_test(
			an_attack_has_no_chime_and_no_bed_and_a_night_ends_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
