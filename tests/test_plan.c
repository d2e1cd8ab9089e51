/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is played today: flags, caps, and where the freed time goes. */
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

/* The steps that a session of these flags will play, by their numbers. */
struct day {
	bool plays[32];
	double seconds[32], total;
};

static struct day day_of(uint32_t flags, int sessions)
{
	struct play *p = play_create(sessions);
	struct day d = {.total = 0};

	p->start.profile.flags = flags;
	p->start.sensor[0] = '\0'; /* by the clock: as planned */
	p->heart.silent = true;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind != EVENT_STEP || !e->step.begin)
			continue;
		d.plays[e->step.n] = true;
		d.seconds[e->step.n] += e->step.seconds;
		d.total += e->step.seconds;
	}
	play_destroy(p);
	return d;
}

static void without_flags_all_is_played_at_its_target(void **state)
{
	struct day d = day_of(0, 3);

	(void)state;
	for (int n = 1; n <= 14; n++)
		assert_true(d.plays[n]);
	assert_near(d.total, 900, 1e-6);
	assert_near(d.seconds[9], 125, 1e-6);
}

static void a_first_session_has_no_firm_hold_and_loses_no_time(void **state)
{
	struct day d = day_of(0, 0);

	(void)state;
	assert_false(d.plays[6]); /* trap_hold needs 4, the cap is 3 */
	assert_true(d.total >= 900 * 0.8);
	assert_true(d.total <= 900 + 1e-6);
	assert_true(d.seconds[8] > 30); /* the next listening window */
}

static void a_flag_removes_what_lists_it(void **state)
{
	(void)state;
	assert_false(day_of(flag_bit(FLAG_TMJ), 3).plays[11]);
	assert_false(day_of(flag_bit(FLAG_PREG), 3).plays[4]);
	assert_false(day_of(flag_bit(FLAG_PREG), 3).plays[6]);
	assert_false(day_of(flag_bit(FLAG_GCA), 3).plays[13]);
}

static void neck_flags_remove_all_neck_work(void **state)
{
	static const enum flag flags[] = {FLAG_CAROTID, FLAG_NECK_INJURY,
	                                  FLAG_NECK_UNSTABLE};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		struct day d = day_of(flag_bit(flags[k]), 3);

		assert_false(d.plays[3]);
		assert_false(d.plays[7]);
		assert_false(d.plays[9]);
	}
}

static void thin_blood_leaves_strokes_only(void **state)
{
	struct day d = day_of(flag_bit(FLAG_ANTICOAG), 3);

	(void)state;
	assert_true(d.plays[3]);   /* glides */
	assert_false(d.plays[4]);  /* squeeze */
	assert_false(d.plays[6]);  /* hold */
	assert_false(d.plays[10]); /* circles */
	assert_true(d.plays[11]);  /* jaw strokes, lowest pressure 2 */
}

static void every_flag_and_pair_leaves_a_playable_routine(void **state)
{
	(void)state;
	for (int a = 0; a < FLAGS; a++)
		for (int b = a; b < FLAGS; b += 5) {
			struct day d = day_of(flag_bit((enum flag)a) |
			                              flag_bit((enum flag)b),
			                      3);

			assert_true(d.plays[1] && d.plays[2] && d.plays[14]);
			assert_true(d.total <= 900 * 1.25);
			assert_true(d.total >= 200);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_flags_all_is_played_at_its_target),
		cmocka_unit_test(
			a_first_session_has_no_firm_hold_and_loses_no_time),
		cmocka_unit_test(a_flag_removes_what_lists_it),
		cmocka_unit_test(neck_flags_remove_all_neck_work),
		cmocka_unit_test(thin_blood_leaves_strokes_only),
		cmocka_unit_test(every_flag_and_pair_leaves_a_playable_routine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
