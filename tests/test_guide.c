/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/guide.h"

#include <math.h>
#include <string.h>

#include "tests/helpers/test.h"

static void every_level_command_carries_what_the_person_has_set(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_LEVEL, .t_us = 0};
	const struct sound *heard;
	static struct queue queue;
	struct guide g = {.start = &start,
	                  .queue = &queue,
	                  .rate_hz = 48000,
	                  .set = true};

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
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
	struct guide g = {.start = &start, .queue = &queue, .rate_hz = 48000};
	const struct sound *heard;

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
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

static void pauses_take_their_share_of_a_breath(void **state)
{
	struct session_start start;
	struct event e = {.kind = EVENT_BREATH, .t_us = 0};
	static struct queue queue;
	struct guide g = {.start = &start,
	                  .queue = &queue,
	                  .rate_hz = 48000,
	                  .set = true};
	const struct sound *heard;

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
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
	struct guide g = {.start = &start,
	                  .queue = &queue,
	                  .rate_hz = 48000,
	                  .set = true};

	(void)state;
	queue_init(&queue);
	session_start_init(&start);
	e.estimate.calm = 62.5;
	guide_event(&g, &e);
	assert_int_equal(queue_peek(&queue)->kind, SOUND_CALM);
	assert_near(next(&queue)->calm, 0.625, 1e-6);
	e.estimate.calm = NAN;
	guide_event(&g, &e);
	assert_true(isnan(next(&queue)->calm));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_level_command_carries_what_the_person_has_set),
		cmocka_unit_test(first_of_all_comes_the_scene_that_is_set),
		cmocka_unit_test(pauses_take_their_share_of_a_breath),
		cmocka_unit_test(the_bed_hears_of_calm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
