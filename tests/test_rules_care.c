/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules of reference/content.md D.5 at their boundary, on both sides of it:
 * R11 to R15. The figures are put into the machine's hands as the signal would,
 * so that the boundary is exact; whole sessions are in test_session.c.
 * HACKING.md says which test proves which rule.
 */
#include "tests/helpers/rule.h"
#include "tests/helpers/test.h"

#define S 1e6

/* --- R11 ------------------------------------------------------------------ */

static struct play *in_attack(bool slower)
{
	struct play *p = play_create(5);

	/* as a routine for attacks lists it */
	p->routine->steps[8].rules |= UINT32_C(1) << 11;
	p->heart.own_per_min = 9;
	p->start.settings.slow = slower;
	play_begin(p);
	play_to_step(p, 9);
	return p;
}

static void
r11_goes_no_slower_than_8_or_6_5_if_asked_and_no_firmer_than_3(void **state)
{
	for (int slower = 0; slower < 2; slower++) {
		struct play *p = in_attack(slower);

		(void)state;
		assert_true(p->session->attack);
		assert_near(plan_floor(p->session, NULL), slower ? 6.5 : 8, 0);
		assert_true(p->session->pressure_cap <= 3);
		breath_ease(p->session);
		assert_int_equal(p->session->breath.sighs, 0);
		play_destroy(p);
	}
}

/* The wish goes before the routine's own 8, an answer before the wish. */
static void r11_a_wish_is_65_and_an_answer_of_8_goes_before_it(void **state)
{
	for (int slow = 0; slow < 2; slow++)
		for (int nausea = 0; nausea < 2; nausea++) {
			struct play *p = play_create_of("migraine_quiet", 5);
			double floor = slow && !nausea ? 6.5 : 8;

			(void)state;
			p->start.settings.slow = slow;
			play_begin(p);
			play_to_step(p, 2);
			if (nausea)
				p->session->floor_per_min = 8;
			assert_near(
				plan_floor(p->session, steps_now(p->session)),
				floor, 0);
			play_to_end(p);
			for (size_t i = 0; i < p->n; i++)
				if (p->log[i].kind == EVENT_BREATH &&
				    p->log[i].breath.per_min > 0)
					assert_true(p->log[i].breath.per_min >=
					            floor - 1e-9);
			play_destroy(p);
		}
}

static void r11_a_wish_holds_in_an_attack_only(void **state)
{
	struct play *p = play_create(0);

	(void)state;
	p->start.settings.slow = true;
	play_begin(p);
	play_to_step(p, 2);
	assert_near(plan_floor(p->session, NULL), 8, 0); /* first session */
	play_destroy(p);
}

/* content.md E.4 and R11: one posture for the whole session. */
static void r11_changes_no_posture(void **state)
{
	for (int attack = 0; attack < 2; attack++) {
		struct play *p = play_create_of("evening_winddown", 5);

		(void)state;
		if (attack)
			p->start.settings.mode = SESSION_ATTACK;
		play_begin(p);
		play_to_end(p);
		assert_int_equal(play_said(p, "cue.lie_down", 0) >= 0, !attack);
		assert_int_equal(play_decision(p, 2, "new_posture", 0) >= 0,
		                 !attack);
		assert_int_equal(play_said(p, "still_point_rest", 0) >= 0,
		                 !attack);
		assert_int_equal(
			play_decision(p, 15, "leave_out one posture", 0) >= 0,
			attack);
		/* and E.4's medicine, once, in any routine */
		assert_int_equal(play_said(p, "cue.medicine", 0) >= 0, attack);
		play_destroy(p);
	}
}

static void
r11_any_rise_of_headache_or_nausea_leads_to_the_quiet_end(void **state)
{
	for (int rise = 0; rise < 2; rise++) {
		struct play *p = in_attack(false);
		size_t from = p->n, spoken = 0;
		const struct event *end;

		(void)state;
		p->session->headache[0] = 4;
		safety_ask(p->session, "headache", true);
		p->start.settings.ask = true;
		play_answer(p, "headache", rise ? "5" : "4");
		end = play_to_end(p);
		assert_int_equal(play_decision(p, 11, "attack_end", from) >= 0,
		                 rise);
		/* E.4: whole, however soon it ends */
		assert_int_equal(end->end.result, RESULT_COMPLETED);
		if (!rise) {
			play_destroy(p);
			continue;
		}
		assert_int_equal(end->end.rule, 11);
		from = (size_t)play_decision(p, 11, "attack_end", from);
		for (size_t i = from; i < p->n; i++)
			spoken += p->log[i].kind == EVENT_SAY;
		assert_int_equal(spoken, 0);
		play_destroy(p);
	}
}

/* --- R12 ------------------------------------------------------------------ */

/* Four breaths of 12 s at 75 bpm, the last one at intervals of @last_ms. */
static bool hands_away(double last_ms)
{
	struct play *p = rule_at_step(3, 9);
	struct session *s = p->session;
	struct facts f = {0};
	double t_ms = 1000;
	bool drops;

	window_destroy(s->window);
	assert_int_equal(window_create(&s->window), 0);
	for (int k = 0; k < 5; k++)
		window_breath(s->window, (uint64_t)(1000 + 12000 * k) * 1000,
		              12);
	while (t_ms < 49500) {
		double rr = t_ms >= 36950 ? last_ms : 800;
		struct beat b = {.rr_ms = rr, .contact = BEAT_CONTACT_GOOD};

		t_ms += rr;
		b.t_us = (uint64_t)(t_ms * 1000);
		window_beat(s->window, &b);
	}
	s->now_us = 50 * MACHINE_S;
	drops = guard_drops(s, &f);
	play_destroy(p);
	return drops;
}

static void
r12_takes_the_hands_away_from_12_bpm_below_three_breaths(void **state)
{
	(void)state;
	assert_true(hands_away(956));  /* 62.8 bpm: 12.2 below */
	assert_false(hands_away(950)); /* 63.2 bpm: 11.8 below */
}

static void
r12_hears_3_s_without_a_beat_and_2_that_the_radio_may_owe(void **state)
{
	struct play *p = rule_at_step(3, 9);
	struct session *s = p->session;
	struct facts f = {0};

	(void)state;
	s->ear.state = EVENT_SENSOR_CONNECTED;
	s->ear.contact = BEAT_CONTACT_GOOD;
	s->ear.last_beat_us = s->now_us - 5 * MACHINE_S;
	assert_true(guard_silent(s, &f));
	s->ear.last_beat_us++;
	assert_false(guard_silent(s, &f));
	s->ear.last_beat_us--;
	s->ear.contact = BEAT_CONTACT_POOR;
	assert_false(guard_silent(s, &f));
	play_destroy(p);
}

/* --- R13 ------------------------------------------------------------------ */

static void r13_adapts_aloud_at_most_once_in_45_s(void **state)
{
	struct play *p = rule_at_step(3, 9);
	struct session *s = p->session;

	(void)state;
	coach_adapted(s);
	s->now_us += 45 * MACHINE_S - 1;
	assert_false(coach_may_adapt(s));
	s->now_us++;
	assert_true(coach_may_adapt(s));
	play_destroy(p);
}

static void r13_adds_no_more_than_a_quarter(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct session *s = p->session;
	struct facts f = rule_seen(50, 60);

	(void)state;
	assert_near(coach_budget(s), 225, 0);
	s->plan[0].seconds += 224;
	assert_true(listen_rose(s, &f)); /* one second is left */
	s->plan[0].seconds += 0.5;
	assert_false(listen_rose(s, &f));
	play_destroy(p);
}

static void r13_what_lost_a_fifth_is_not_called_completed(void **state)
{
	struct play *p = rule_at_step(3, 5);
	struct session *s = p->session;
	int rule;

	(void)state;
	s->nominal_s = 900;
	s->short_rule = 9;
	s->played_s = 720;
	assert_int_equal(coach_result(s, &rule), RESULT_COMPLETED);
	s->played_s = 719;
	assert_int_equal(coach_result(s, &rule), RESULT_CLOSED_EARLY);
	assert_int_equal(rule, 9);
	/* of the routine, though the day's plan is shorter already */
	s->nominal_s = 860;
	assert_int_equal(coach_result(s, &rule), RESULT_CLOSED_EARLY);
	s->played_s = 720;
	assert_int_equal(coach_result(s, &rule), RESULT_COMPLETED);
	/* unless that alone is as short */
	s->nominal_s = 719;
	s->played_s = 576;
	assert_int_equal(coach_result(s, &rule), RESULT_COMPLETED);
	s->played_s = 575;
	assert_int_equal(coach_result(s, &rule), RESULT_CLOSED_EARLY);
	play_destroy(p);
}

static bool sleeps(int from_step, double slope, double adherence,
                   double seconds)
{
	struct play *p = rule_at_step(3, 13);
	struct session *s = p->session;
	struct estimate e = rule_good(p);
	size_t from;
	bool slept;

	p->routine->asleep_from = from_step;
	e.hr_slope = slope;
	e.adherence = adherence;
	s->plan[s->i].seconds = 1000;
	from = rule_hold(p, seconds, &e);
	slept = play_decision(p, 13, "asleep", from) >= 0;
	play_destroy(p);
	return slept;
}

static void r13_lets_sleep_after_two_quiet_minutes_where_it_may(void **state)
{
	(void)state;
	assert_true(sleeps(13, 2.99, 0.49, 120));
	assert_false(sleeps(13, 2.99, 0.49, 119));
	assert_false(sleeps(13, 3.0, 0.49, 120));
	assert_false(sleeps(13, 2.99, 0.5, 120));
	assert_false(sleeps(14, 2.99, 0.49, 120)); /* not yet */
	assert_false(sleeps(0, 2.99, 0.49, 120));  /* nowhere */
}

static void r13_fades_out_for_who_sleeps_and_wakes_with_a_word(void **state)
{
	for (int wakes = 0; wakes < 2; wakes++) {
		struct play *p = rule_at_step(3, 12);
		size_t from = p->n;
		const struct event *end;

		(void)state;
		machine_fade(p->session);
		play_until(p, (double)p->heart_us / S + 10);
		assert_true(play_last(p, EVENT_LEVEL)->level.master_db < -15);
		if (wakes) {
			play_word(p, WORD_MORE);
			assert_near(play_last(p, EVENT_LEVEL)->level.master_db,
			            0, 0);
		}
		end = play_to_end(p);
		assert_int_equal(end->end.result, wakes ? RESULT_COMPLETED
		                                        : RESULT_CLOSED_EARLY);
		assert_int_equal(end->end.rule, wakes ? 0 : 13);
		assert_int_equal(play_said(p, "cue.close", from) >= 0, wakes);
		play_destroy(p);
	}
}

/* --- R14 ------------------------------------------------------------------ */

static bool loop_is_open(bool open, enum quality quality, double seconds)
{
	struct play *p = rule_at_step(3, 6);
	struct estimate e = rule_good(p);
	double pace = p->session->breath.period_s;
	bool is;

	p->session->ear.open_loop = open;
	e.quality = quality;
	rule_hold(p, seconds, &e);
	is = p->session->ear.open_loop;
	assert_near(p->session->breath.period_s, pace, 0);
	play_destroy(p);
	return is;
}

static void
r14_opens_after_30_bad_seconds_and_closes_after_20_clean(void **state)
{
	(void)state;
	assert_true(loop_is_open(false, QUALITY_BAD, 30));
	assert_false(loop_is_open(false, QUALITY_BAD, 29));
	assert_false(loop_is_open(false, QUALITY_WEAK, 60));
	assert_false(loop_is_open(true, QUALITY_WEAK, 20));
	assert_true(loop_is_open(true, QUALITY_WEAK, 19));
}

/* --- R15 ------------------------------------------------------------------ */

static void
r15_each_decision_has_its_rule_its_word_and_its_figures(void **state)
{
	struct play *p = play_create(3);
	size_t decisions = 0;

	(void)state;
	p->heart.noise_ms = 8;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind != EVENT_DECISION)
			continue;
		decisions++;
		assert_in_range(e->decision.rule, 1, 15);
		assert_true(e->decision.what[0]);
		assert_true(e->decision.n > 0);
		for (size_t k = 0; k < e->decision.n; k++)
			assert_true(e->decision.because[k].key[0]);
	}
	assert_true(decisions >= 5);
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			r11_goes_no_slower_than_8_or_6_5_if_asked_and_no_firmer_than_3),
		cmocka_unit_test(
			r11_a_wish_is_65_and_an_answer_of_8_goes_before_it),
		cmocka_unit_test(r11_a_wish_holds_in_an_attack_only),
		cmocka_unit_test(r11_changes_no_posture),
		cmocka_unit_test(
			r11_any_rise_of_headache_or_nausea_leads_to_the_quiet_end),
		cmocka_unit_test(
			r12_takes_the_hands_away_from_12_bpm_below_three_breaths),
		cmocka_unit_test(
			r12_hears_3_s_without_a_beat_and_2_that_the_radio_may_owe),
		cmocka_unit_test(r13_adapts_aloud_at_most_once_in_45_s),
		cmocka_unit_test(r13_adds_no_more_than_a_quarter),
		cmocka_unit_test(r13_what_lost_a_fifth_is_not_called_completed),
		cmocka_unit_test(
			r13_lets_sleep_after_two_quiet_minutes_where_it_may),
		cmocka_unit_test(
			r13_fades_out_for_who_sleeps_and_wakes_with_a_word),
		cmocka_unit_test(
			r14_opens_after_30_bad_seconds_and_closes_after_20_clean),
		cmocka_unit_test(
			r15_each_decision_has_its_rule_its_word_and_its_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
