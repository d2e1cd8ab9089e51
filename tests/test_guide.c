/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/guide.h"

#include <math.h>
#include <string.h>

#include "audio/mixer.h"
#include "audio/queue.h"
#include "tests/helpers/test.h"

static const struct routine routine = {
	.mode = SESSION_TENSION,
	.n_steps = 1,
	.steps = {{.n = 1, .technique = -1, .fade_s = 20}},
};

static bool push(void *data, const struct sound *sound)
{
	return queue_push(data, sound);
}

static void every_level_command_carries_what_the_person_has_set(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_LEVEL, .t_us = 0};
	const struct sound *heard;
	static struct queue queue;
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};

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

static const struct sound *next(struct queue *q)
{
	static struct sound s;

	assert_non_null(queue_peek(q));
	s = *queue_peek(q);
	queue_pop(q);
	return &s;
}

static void first_of_all_comes_the_scene_that_is_set(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_BREATH, .t_us = 7000000};
	static struct queue queue;
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
	};
	const struct sound *heard;

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	strcpy(start.settings.sound.pacer, "bow");
	strcpy(start.settings.sound.bed, "sea");
	start.settings.sound.migraine = true;
	guide_event(&g, &e);
	heard = next(&queue);
	assert_int_equal(heard->kind, SOUND_SCENE);
	assert_int_equal(heard->frame, guide_frame(7000000, 48000));
	assert_int_equal(heard->scene.pacer, SOUND_PACER_BOW);
	assert_int_equal(heard->scene.bed, SOUND_BED_SEA);
	assert_int_equal(heard->scene.heard, SOUND_HEARD_ALL);
	assert_true(heard->scene.gentle);
	assert_int_equal(next(&queue)->kind, SOUND_NO_BREATH);
	guide_event(&g, &e); /* but once */
	assert_int_equal(next(&queue)->kind, SOUND_NO_BREATH);
	assert_null(queue_peek(&queue));
}

static void what_is_hushed_is_another_scene_and_said_once(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_LEVEL};
	static struct queue queue;
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};
	const struct sound *heard;

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	strcpy(start.settings.sound.bed, "rain");
	for (int k = 0; k < 2; k++) {
		e.level.hush = HUSH_WORDS;
		guide_event(&g, &e);
		if (!k) {
			heard = next(&queue);
			assert_int_equal(heard->kind, SOUND_SCENE);
			assert_int_equal(heard->scene.heard,
			                 SOUND_HEARD_BREATH);
			assert_int_equal(heard->scene.bed, SOUND_BED_RAIN);
		}
		assert_int_equal(next(&queue)->kind, SOUND_LEVELS);
	}
	e.level.hush = HUSH_ALL;
	guide_event(&g, &e);
	assert_int_equal(next(&queue)->scene.heard, SOUND_HEARD_NOTHING);
	assert_int_equal(next(&queue)->kind, SOUND_LEVELS);
	e.level.hush = HUSH_NONE;
	guide_event(&g, &e);
	assert_int_equal(next(&queue)->scene.heard, SOUND_HEARD_ALL);
}

static void pauses_take_their_share_of_a_breath(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_BREATH, .t_us = 0};
	static struct queue queue;
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};
	const struct sound *heard;

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	start.settings.sound.pause_in_pct = 5;
	start.settings.sound.pause_out_pct = 15;
	e.breath.per_min = 6;
	e.breath.inhale_pct = 40;
	e.breath.end_us = 10000000;
	guide_event(&g, &e);
	heard = next(&queue);
	assert_int_equal(heard->breath.frames, 480000);
	assert_int_equal(heard->breath.top_frames, 24000);
	assert_int_equal(heard->breath.bottom_frames, 72000);
	assert_int_equal(heard->breath.inhale_frames, 384000 * 2 / 5);
}

static void the_bed_hears_of_calm(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_ESTIMATE};
	static struct queue queue;
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	start.routine = &routine;
	e.estimate.calm = 62.5;
	guide_event(&g, &e);
	assert_int_equal(queue_peek(&queue)->kind, SOUND_CALM);
	assert_near(next(&queue)->calm, 0.625, 1e-6);
	e.estimate.calm = NAN;
	guide_event(&g, &e);
	assert_true(isnan(next(&queue)->calm));
}

#define RATE 48000

/* The next @frames of the mixer, and the peak of them. */
static void render(struct mixer *m, uint64_t frames, float *out, float *peak)
{
	mixer_render(m, out, frames);
	*peak = 0.0f;
	for (uint64_t i = 0; i < 2 * frames; i++)
		*peak = fmaxf(*peak, fabsf(out[i]));
}

static void breathe(struct guide *g, uint64_t t_us, double per_min)
{
	struct event e = {.t_us = t_us, .kind = EVENT_BREATH};

	e.breath.per_min = per_min;
	e.breath.inhale_pct = 40;
	e.breath.end_us =
		per_min > 0 ? t_us + (uint64_t)(60e6 / per_min) : t_us;
	guide_event(g, &e);
}

static void pause_or_go(struct guide *g, uint64_t t_us, bool paused)
{
	struct event e = {.t_us = t_us, .kind = EVENT_LEVEL};

	e.level.paused = paused;
	guide_event(g, &e);
}

/* The word comes in mid inhale, and again in what would be mid breath. */
static void
a_pause_is_silent_within_150_ms_and_ends_with_a_new_breath(void **state)
{
	const struct mixer_config mixing = {.rate_hz = RATE, .seed = 3};
	const uint64_t word_us = 8100000, go_us = 14300000;
	static float out[2 * 2 * RATE];
	struct session_start start;
	struct mixer *m;
	float peak;

	(void)state;
	session_start_init(&start);
	start.routine = &routine;
	assert_int_equal(mixer_create(&m, &mixing), 0);
	struct guide g = {
		.start = &start,
		.push = push,
		.data = mixer_queue(m),
		.rate_hz = RATE,
	};
	pause_or_go(&g, 0, false);
	breathe(&g, 0, 10);
	breathe(&g, 6000000, 10);
	for (int i = 0; i < 4; i++)
		render(m, 2 * RATE, out, &peak);
	assert_true(peak > 0.01f);
	pause_or_go(&g, word_us, true);
	breathe(&g, word_us, 0);
	render(m, (word_us - 8000000) * RATE / 1000000, out, &peak);
	render(m, RATE * 150 / 1000, out, &peak);
	assert_true(peak > 0.005f); /* and no step: it was a fade */
	for (uint64_t i = 1; i < RATE * 150 / 1000; i++)
		assert_true(fabsf(out[2 * i] - out[2 * i - 2]) < 0.02f);
	pause_or_go(&g, go_us, false);
	breathe(&g, go_us, 10);
	/* to the very frame of the next breath: not one sample */
	for (uint64_t at = (word_us + 150000) * RATE / 1000000,
	              to = guide_frame(go_us, RATE);
	     at < to;) {
		uint64_t n = to - at < 2 * RATE ? to - at : 2 * RATE;

		render(m, n, out, &peak);
		assert_true(peak == 0.0f);
		at += n;
	}
	/* which begins from silence, and is there a second later */
	render(m, RATE / 20, out, &peak);
	assert_true(peak > 0.0f && peak < 0.002f);
	render(m, 2 * RATE, out, &peak);
	assert_true(peak > 0.01f);
	mixer_destroy(m);
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
	while ((heard = queue_peek(g->data))) {
		if (heard->kind == SOUND_LEVELS)
			db = heard->levels.breath_db;
		queue_pop(g->data);
	}
	return db;
}

static void a_tone_that_fades_is_softer_breath_by_breath(void **state)
{
	struct event e = {.kind = EVENT_STEP};
	struct session_start start;
	static struct queue queue;
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};
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
	struct guide g = {
		.start = &start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};
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
		cmocka_unit_test(first_of_all_comes_the_scene_that_is_set),
		cmocka_unit_test(what_is_hushed_is_another_scene_and_said_once),
		cmocka_unit_test(pauses_take_their_share_of_a_breath),
		cmocka_unit_test(the_bed_hears_of_calm),
		cmocka_unit_test(
			a_pause_is_silent_within_150_ms_and_ends_with_a_new_breath),
		cmocka_unit_test(a_tone_that_fades_is_softer_breath_by_breath),
		cmocka_unit_test(
			an_attack_has_no_chime_and_no_bed_and_a_night_ends_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
