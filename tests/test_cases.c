/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Do not confuse these": the eight cases of reference/content.md D.6, on the
 * real signal, session and content code.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "signal/beat.h"
#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

/* The extremes of one figure over all estimates from log index @from on. */
struct span_of {
	double min, max, last;
	size_t n;
};

static double calm_of(const struct estimate *e)
{
	return e->calm;
}

static double rmssd_of(const struct estimate *e)
{
	return e->rmssd_ms;
}

static double wave_of(const struct estimate *e)
{
	return e->wave;
}

static struct span_of span_of(const struct play *p, size_t from, size_t to,
                              double (*figure)(const struct estimate *e))
{
	struct span_of s = {INFINITY, -INFINITY, NAN, 0};

	for (size_t i = from; i < to && i < p->n; i++) {
		double v = p->log[i].kind == EVENT_ESTIMATE
		                   ? figure(&p->log[i].estimate)
		                   : NAN;

		if (isnan(v))
			continue;
		s.min = fmin(s.min, v);
		s.max = fmax(s.max, v);
		s.last = v;
		s.n++;
	}
	return s;
}

static void case_1_slower_breathing_alone_is_not_calm(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	/* 3.4 bpm at 9 a minute, 7 at 6 */
	p->heart.own_per_min = 9;
	p->heart.rsa_bpm = 0.5;
	p->heart.rsa_slow_bpm = 7;
	p->heart.noise_ms = 3;
	p->routine->steps[1].s = (struct dose){60, 300, 300};
	play_begin(p);
	play_to_step(p, 2);

	size_t rest = p->n;
	struct span_of before = span_of(p, 0, rest, rmssd_of);
	struct span_of wave_before = span_of(p, 0, rest, wave_of);

	play_to_step(p, 14);

	struct span_of calm = span_of(p, rest, p->n, calm_of);
	struct span_of after = span_of(p, rest, p->n, rmssd_of);
	struct span_of wave = span_of(p, rest, p->n, wave_of);

	print_message("CALM %.1f to %.1f over %zu estimates\n", calm.min,
	              calm.max, calm.n);
	assert_true(calm.n > 300);
	assert_true(calm.min >= 45);
	assert_true(calm.max <= 55);
	assert_true(after.max > before.last * 1.1);
	assert_true(wave.last > wave_before.last);
	/* the walk did reach slow breathing */
	assert_true(play_decision(p, 4, "walk_done", 0) >= 0);
	play_destroy(p);
}

static void case_2_arms_up_and_big_waves_are_no_alarm(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	p->heart.hands_up_bpm = 10; /* steps 4 and 7 only */
	p->heart.rsa_bpm = 4;
	p->heart.rsa_slow_bpm = 10; /* +-10 bpm at 6/min, mean unmoved */
	p->heart.noise_ms = 8;
	play_begin(p);
	play_to_step(p, 9);
	play_until(p, (double)p->heart_us / 1e6 + 60);

	size_t from = p->n;

	play_to_step(p, 13);
	assert_int_equal(play_decision(p, 12, NULL, 0), -1);
	assert_int_equal(play_decision(p, 8, NULL, 0), -1);

	struct span_of calm = span_of(p, from, p->n, calm_of);

	assert_true(calm.n > 60);
	assert_true(calm.max - calm.min <= 10);
	assert_string_equal(event_result_name(play_to_end(p)->end.result),
	                    "completed");
	play_destroy(p);
}

static double rmssd_at(double ectopic_s, double t_s, unsigned *not_ok)
{
	struct play *p = play_create(3);
	double rmssd;

	p->heart.ectopic_s = ectopic_s;
	p->heart.noise_ms = 10;
	play_begin(p);
	play_until(p, t_s);
	rmssd = play_last(p, EVENT_ESTIMATE)->estimate.rmssd_ms;
	*not_ok = 0;
	for (size_t i = 0; i < p->n; i++)
		*not_ok += p->log[i].kind == EVENT_BEAT_CLASS &&
		           p->log[i].beat_class.class_ != BEAT_OK;
	play_destroy(p);
	return rmssd;
}

static void case_3_one_ectopic_in_30_s_moves_rmssd_under_10_pct(void **state)
{
	unsigned clean_flags, flags;
	double clean = rmssd_at(0, 74.5, &clean_flags);
	double ectopic = rmssd_at(30, 74.5, &flags);

	(void)state;
	assert_true(clean > 5);
	assert_int_equal(clean_flags, 0);
	assert_true(flags >= 2); /* two of them by then */
	assert_near(ectopic / clean, 1, 0.10);
}

static void case_4_a_missed_beat_is_rejected_not_relaxed(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	p->heart.skip_s = 20;
	p->heart.noise_ms = 8;
	play_begin(p);
	play_to_step(p, 9);

	unsigned doubles = 0;

	for (size_t i = 0; i + 1 < p->n; i++) {
		if (p->log[i].kind != EVENT_BEAT ||
		    beat_ticks_to_ms(p->log[i].beat.rr_ticks) < 1400)
			continue;
		doubles++;
		assert_int_equal(p->log[i + 1].kind, EVENT_BEAT_CLASS);
		assert_int_equal(p->log[i + 1].beat_class.class_,
		                 BEAT_REJECTED);
	}
	assert_true(doubles > 10);

	struct span_of calm = span_of(p, 0, p->n, calm_of);

	assert_true(calm.max <= 57);
	play_destroy(p);
}

static void case_5_the_walk_from_14_to_6_is_monotone_and_slow(void **state)
{
	struct play *p = play_create(3);
	double last_s = 0;
	int breaths = 0, steps = 0;

	(void)state;
	p->heart.rsa_bpm = 4;
	p->heart.rsa_slow_bpm = 8;
	p->heart.noise_ms = 5;
	/* room for all of the walk in one step */
	p->routine->steps[1].s = (struct dose){60, 400, 400};
	play_begin(p);
	play_to_step(p, 3);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind != EVENT_BREATH || e->breath.per_min <= 0)
			continue;

		double period_s = 60 / e->breath.per_min;

		if (last_s > 0) {
			assert_true(period_s >= last_s - 1e-9);
			assert_true(period_s <= last_s + 0.2 + 1e-9);
			steps += period_s > last_s + 1e-9;
		}
		last_s = period_s;
	}
	assert_near(60 / last_s, 6, 1e-9);

	/* breaths while walking: the steps, and one held each full second */
	int from = play_decision(p, 4, "walk", 0);
	int done = play_decision(p, 4, "walk_done", 0);

	assert_true(from >= 0 && done > from);
	for (int i = from; i < done; i++)
		breaths += p->log[i].kind == EVENT_BREATH &&
		           p->log[i].breath.per_min > 6;
	print_message("walk: %d steps of at most 0.2 s\n", steps);
	assert_in_range(steps, 28, 31);
	play_destroy(p);
}

static void case_6_who_never_follows_is_met(void **state)
{
	struct play *p = play_create(3);
	double slowest = INFINITY, own_s = 60.0 / 18;
	int begun, meet;

	(void)state;
	p->heart.own_per_min = 18;
	p->heart.follows = false;
	p->heart.rsa_bpm = 3;
	p->heart.noise_ms = 4;
	play_begin(p);
	play_to_step(p, 3);
	begun = play_decision(p, 3, "start", 0);
	meet = play_decision(p, 5, "meet", 0);
	assert_true(begun >= 0);
	assert_true(meet > begun);
	/* four breaths follow, then four are needed to see, then 30 s */
	assert_true(p->log[meet].t_us - p->log[begun].t_us <=
	            (uint64_t)((8 * own_s + 30 + 8) * 1e6));
	assert_true(play_said(p, "cue.follow_you", (size_t)meet) >= 0);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_BREATH &&
		    p->log[i].breath.per_min > 0)
			slowest = fmin(slowest, p->log[i].breath.per_min);
	assert_true(slowest >= 18 - 0.5 - 0.25); /* what RSA can tell */
	play_destroy(p);
}

static double racing(double t_s)
{
	return t_s > 90 ? 12 : 0;
}

static void case_7_a_medicine_that_flattens_the_heart_is_said(void **state)
{
	double calm[2];

	(void)state;
	for (int beta = 0; beta < 2; beta++) {
		struct play *p = play_create(3);

		if (beta)
			p->start.profile.flags = flag_bit(FLAG_BETA);
		p->heart.drift = racing;
		p->heart.noise_ms = 8;
		play_begin(p);
		play_to_step(p, 3);
		calm[beta] = play_last(p, EVENT_ESTIMATE)->estimate.calm;
		assert_int_equal(play_said(p, "cue.flat_heart", 0) >= 0, beta);
		play_destroy(p);
	}
	/* zh counts for less, so the same rise moves CALM less */
	assert_true(calm[0] < 30);
	assert_true(calm[1] > calm[0] + 10);
}

static void case_8_a_gap_opens_the_loop_and_gives_no_score(void **state)
{
	struct play *p = play_create(3);

	(void)state;
	p->heart.noise_ms = 8;
	play_begin(p);
	play_to_step(p, 3);

	size_t from = p->n;
	double t_s = (double)p->heart_us / 1e6;

	play_sensor(p, EVENT_SENSOR_GAP);
	p->heart.silent = true;
	play_until(p, t_s + 40 * 60 / 70.0); /* forty beats */

	const struct estimate *e = &play_last(p, EVENT_ESTIMATE)->estimate;

	assert_true(isnan(e->calm));
	assert_true(isnan(e->hr_bpm));
	assert_true(isnan(e->wave));

	int per_min = 0;

	for (size_t i = from; i < p->n; i++)
		per_min += p->log[i].kind == EVENT_BREATH &&
		           p->log[i].breath.per_min > 0;
	assert_true(per_min > 2); /* the guidance went on */
	play_until(p, t_s + 60);
	assert_true(play_decision(p, 14, "open_loop", from) >= 0);
	assert_true(play_said(p, "cue.no_signal", from) >= 0);

	p->heart.silent = false;
	play_until(p, t_s + 120);
	assert_true(play_decision(p, 14, "closed_loop", from) >= 0);
	assert_false(isnan(play_last(p, EVENT_ESTIMATE)->estimate.hr_bpm));
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_1_slower_breathing_alone_is_not_calm),
		cmocka_unit_test(case_2_arms_up_and_big_waves_are_no_alarm),
		cmocka_unit_test(
			case_3_one_ectopic_in_30_s_moves_rmssd_under_10_pct),
		cmocka_unit_test(case_4_a_missed_beat_is_rejected_not_relaxed),
		cmocka_unit_test(
			case_5_the_walk_from_14_to_6_is_monotone_and_slow),
		cmocka_unit_test(case_6_who_never_follows_is_met),
		cmocka_unit_test(
			case_7_a_medicine_that_flattens_the_heart_is_said),
		cmocka_unit_test(
			case_8_a_gap_opens_the_loop_and_gives_no_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
