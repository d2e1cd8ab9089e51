/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/guide.h"

#include "audio/queue.h"
#include "tests/helpers/test.h"

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
	};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_level_command_carries_what_the_person_has_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
