/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/referee.h"

#include <math.h>

#include "tests/helpers/test.h"

#define N     40
#define END   UINT64_C(100000000)
#define EPOCH UINT64_C(7000000)

/* A heart of intervals all unlike, and a session that stored each of them. */
struct scene {
	struct referee_truth truth[N];
	struct referee_beat stored[N + 2];
	size_t n, at[N + 2];
	struct referee_verdict v;
};

static void begin(struct scene *s)
{
	uint64_t t_us = EPOCH;

	s->n = N;
	for (size_t i = 0; i < N; i++) {
		uint32_t ticks = 800 + (uint32_t)(37 * i % 101);

		t_us += ticks * UINT64_C(1000000) / 1024;
		s->truth[i] = (struct referee_truth){t_us, ticks, true};
		s->stored[i] = (struct referee_beat){
			.t_us = t_us - EPOCH,
			.at_us = t_us - EPOCH,
			.rr_ticks = ticks,
			.rr_ms = ticks / 1.024,
			.ok = true,
		};
	}
}

static void remove_at(struct scene *s, size_t i)
{
	s->n--;
	for (; i < s->n; i++)
		s->stored[i] = s->stored[i + 1];
}

static size_t judged(struct scene *s)
{
	return referee_align(s->truth, N, 0, s->stored, s->n, END, s->at,
	                     &s->v);
}

static void assert_verdict(const struct referee_verdict *v, size_t lost,
                           size_t invented, size_t swapped, size_t unmarked)
{
	assert_int_equal(v->lost, lost);
	assert_int_equal(v->invented, invented);
	assert_int_equal(v->swapped, swapped);
	assert_int_equal(v->unmarked, unmarked);
}

static void passes_what_is_whole(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	assert_int_equal(judged(&s), N);
	assert_verdict(&s.v, 0, 0, 0, 0);
	assert_int_equal(s.v.sent, N);
	assert_int_equal(s.v.offset_us, EPOCH);
}

static void does_not_ask_for_what_was_sent_before_the_first_beat(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	for (int i = 0; i < 7; i++)
		remove_at(&s, 0);
	judged(&s);
	assert_verdict(&s.v, 0, 0, 0, 0);
	assert_int_equal(s.v.sent, N - 7);
}

static void sees_a_lost_beat_wherever_it_was(void **state)
{
	(void)state;
	for (size_t i = 1; i < N; i++) {
		struct scene s;

		begin(&s);
		remove_at(&s, i);
		judged(&s);
		assert_true(s.v.lost + s.v.invented > 0);
		/* nearer to either end there are not five, or two, in a row */
		if (i >= 5 && i < N - 2)
			assert_verdict(&s.v, 1, 0, 0, 1);
	}
}

static void forgives_only_the_last_second_before_the_end(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	s.n = N - 3;
	(void)referee_align(s.truth, N, 0, s.stored, s.n, s.stored[N - 1].t_us,
	                    s.at, &s.v);
	assert_int_equal(s.v.lost, 1);
}

static void sees_a_beat_that_is_stored_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < N - 1; i++) {
		struct scene s;

		begin(&s);
		for (size_t k = s.n++; k > i; k--)
			s.stored[k] = s.stored[k - 1];
		judged(&s);
		assert_true(s.v.invented > 0);
		if (i >= 5)
			assert_verdict(&s.v, 0, 1, 0, 0);
	}
}

static void sees_two_beats_swapped(void **state)
{
	(void)state;
	for (size_t i = 6; i < N - 3; i++) {
		struct scene s;
		struct referee_beat b;

		begin(&s);
		b = s.stored[i];
		s.stored[i] = s.stored[i + 1];
		s.stored[i + 1] = b;
		judged(&s);
		assert_int_equal(s.v.swapped, 1);
	}
}

static void sees_an_interval_that_nobody_sent(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	s.stored[20].rr_ticks++;
	judged(&s);
	assert_int_equal(s.v.invented, 1);
	assert_int_equal(s.v.lost, 1);
}

static void sees_a_beat_stored_that_was_away(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	s.truth[20].sent = false;
	judged(&s);
	assert_int_equal(s.v.invented, 1);
}

static void asks_for_a_gap_where_beats_were_away(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	for (size_t i = 15; i < 20; i++) {
		s.truth[i].sent = false;
		remove_at(&s, 15);
	}
	judged(&s);
	assert_verdict(&s.v, 0, 0, 0, 1);
	assert_int_equal(s.v.away, 5);
	s.stored[15].parted = true;
	judged(&s);
	assert_verdict(&s.v, 0, 0, 0, 0);
	assert_int_equal(s.v.holes, 1);
	assert_near(referee_hole_s(s.stored, 15),
	            (double)(s.truth[19].t_us - s.truth[14].t_us) * 1e-6, 1e-3);
}

static void refuses_a_session_of_another_heart(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < N; i++)
		s.stored[i].rr_ticks += 300;
	assert_int_equal(judged(&s), 0);
	assert_int_equal(s.v.invented, N);
}

static void rmssd_spans_no_gap(void **state)
{
	struct scene s;
	double all, sum = 0.0;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < N; i++)
		s.stored[i].rr_ms = i < 20 ? 800.0 + 10.0 * (i % 2) : 1000.0;
	all = referee_rmssd(s.stored, N, 40000000);
	s.stored[20].parted = true;
	for (size_t i = 1; i < 20; i++)
		sum += 100.0;
	/* what lies beyond 60 s is not asked for */
	assert_true(s.stored[N - 1].at_us < 40000000);
	assert_near(referee_rmssd(s.stored, N, 40000000), sqrt(sum / (N - 2)),
	            1e-9);
	assert_true(all > 30.0);
	assert_true(isnan(referee_rmssd(s.stored, 20, 40000000)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_what_is_whole),
		cmocka_unit_test(
			does_not_ask_for_what_was_sent_before_the_first_beat),
		cmocka_unit_test(sees_a_lost_beat_wherever_it_was),
		cmocka_unit_test(forgives_only_the_last_second_before_the_end),
		cmocka_unit_test(sees_a_beat_that_is_stored_twice),
		cmocka_unit_test(sees_two_beats_swapped),
		cmocka_unit_test(sees_an_interval_that_nobody_sent),
		cmocka_unit_test(sees_a_beat_stored_that_was_away),
		cmocka_unit_test(asks_for_a_gap_where_beats_were_away),
		cmocka_unit_test(refuses_a_session_of_another_heart),
		cmocka_unit_test(rmssd_spans_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
