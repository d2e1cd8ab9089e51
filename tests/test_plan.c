/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is played today: flags, caps, and where the freed time goes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "content/content.h"
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

/* --- every flag, every pair, every routine -------------------------------- */

/* What a session of these flags would play of one step. */
struct planned_step {
	int n;
	bool played;
	double seconds; /* both sides */
	double left_s;  /* of the whole, from here on */
	bool shorter;   /* R13 said so */
};

static void watch(void *data, const struct event *e)
{
	struct planned_step *p = data;

	if (e->kind == EVENT_DECISION && e->decision.rule == 13)
		p->shorter |= strcmp(e->decision.what, "shorter") == 0;
	if (e->kind == EVENT_STEP && e->step.n == p->n && e->step.begin) {
		p->played = true;
		p->seconds = e->step.seconds;
	}
}

/* By the clock, begun with step @n. */
static struct planned_step planned(const struct routine *r, uint32_t flags,
                                   int sessions, int n)
{
	struct planned_step p = {.n = n};
	const struct session_listener l = {watch, &p};
	const struct technique *t =
		routine_technique(r, &r->steps[routine_step(r, n)]);
	struct session_start start;
	struct session_status status;
	struct session *s;

	session_start_init(&start);
	start.routine = r;
	start.profile.flags = flags;
	start.profile.flags_known = true;
	start.profile.sessions = sessions;
	start.settings.from_step = n;
	assert_int_equal(session_create(&s, &start, &l), 0);
	assert_int_equal(session_tick(s, 0), 0);
	session_status(s, &status);
	p.left_s = status.left_s;
	if (t && t->each_side)
		p.seconds *= 2;
	session_destroy(s);
	return p;
}

/* The same bounds as plan.c has, from the reference: A.2, E.1. */
static int cap_of(const struct routine *r, const struct technique *t,
                  uint32_t flags, int sessions)
{
	uint32_t careful = flag_bit(FLAG_ANTICOAG);
	int cap = r->pressure_cap;

	if (t->neck)
		careful |= flag_bit(FLAG_AGE65) | flag_bit(FLAG_NECK_UNSTABLE);
	if (sessions == 0 && cap > 3)
		cap = 3;
	return flags & careful && cap > 2 ? 2 : cap;
}

static void assert_step_safe(const struct routine *r, const struct step *s,
                             const struct planned_step *p, uint32_t flags,
                             int sessions)
{
	const struct technique *t = routine_technique(r, s);

	assert_true(p->seconds >= s->s.min && p->seconds <= s->s.max + 1e-6);
	assert_false(s->skip_flags & flags);
	if (!t)
		return;
	assert_false(t->contra & flags);
	assert_true(t->pressure_min <= cap_of(r, t, flags, sessions));
	assert_false(t->not_first && sessions == 0);
	if (flags & flag_bit(FLAG_ALLODYNIA))
		assert_true(t->when_touch_hurts);
	if (flags & flag_bit(FLAG_AURA) || flags & flag_bit(FLAG_NO_TOUCH))
		assert_true(t->mode == MODE_STILL || t->mode == MODE_MOVE);
	if (t->neck)
		assert_false(flags & (flag_bit(FLAG_CAROTID) |
		                      flag_bit(FLAG_NECK_INJURY) |
		                      flag_bit(FLAG_NECK_UNSTABLE)));
}

static void assert_playable(const struct routine *r, uint32_t flags,
                            int sessions)
{
	const struct step *last = &r->steps[r->n_steps - 1];
	bool shorter = planned(r, flags, sessions, r->steps[0].n).shorter;
	bool breathes = false;
	double total = 0;

	for (size_t i = 0; i < r->n_steps; i++) {
		const struct step *s = &r->steps[i];
		struct planned_step p = planned(r, flags, sessions, s->n);

		if (!p.played) {
			/* it opens and closes as ever */
			assert_true(i > 0 && s != last);
			continue;
		}
		assert_step_safe(r, s, &p, flags, sessions);
		breathes |= s->technique < 0;
		total += p.seconds;
	}
	assert_true(breathes);
	/* R13: within its bounds, or it is said to be shorter */
	assert_true(total <= r->total_s * 1.25 + 1e-6);
	if (total < r->total_s * 0.8 - 1e-6)
		assert_true(shorter);
	assert_true(total >= 90);
}

static void every_flag_and_every_pair_leaves_each_routine_playable(void **state)
{
	struct content *c = NULL;
	const struct content_entry *entries;
	struct error error = {""};
	size_t n;

	(void)state;
	assert_int_equal(content_load(&c, "src/content", NULL, &error), 0);
	n = content_routines(c, &entries);
	assert_int_equal(n, 6);
	for (size_t k = 0; k < n; k++) {
		struct routine *r = NULL;

		assert_int_equal(content_routine(c, entries[k].id, &r, &error),
		                 0);
		for (int a = 0; a < FLAGS; a++)
			for (int b = a; b < FLAGS; b++) {
				uint32_t flags = flag_bit((enum flag)a) |
				                 flag_bit((enum flag)b);

				assert_playable(r, flags, 0);
				assert_playable(r, flags, 3);
			}
		routine_destroy(r);
	}
	content_destroy(c);
}

/* The seconds of resonance_10's step 4, to which those of the probe go. */
static double long_breathing(int sessions, double resonance, bool tuned,
                             const char *sensor)
{
	struct play *p = play_create_of("resonance_10", sessions);
	double seconds = 0;

	p->start.profile.resonance_per_min = resonance;
	p->start.profile.tuned_today = tuned;
	snprintf(p->start.sensor, sizeof(p->start.sensor), "%s", sensor);
	p->heart.silent = true;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_STEP && p->log[i].step.n == 4 &&
		    p->log[i].step.begin)
			seconds = p->log[i].step.seconds;
	play_destroy(p);
	return seconds;
}

static void rates_are_tried_by_practised_people_once_a_day(void **state)
{
	(void)state;
	assert_near(long_breathing(2, 5.5, false, "test:"), 360, 1e-6);
	assert_near(long_breathing(3, 5.5, false, "test:"), 180, 1e-6);
	assert_near(long_breathing(3, 5.5, true, "test:"), 360, 1e-6);
	assert_near(long_breathing(3, 0, false, "test:"), 360, 1e-6);
	/* without a heart there is nothing to measure */
	assert_near(long_breathing(3, 5.5, false, ""), 360, 1e-6);
}

/* --- kinds of day --------------------------------------------------------- */

static bool step_played(const char *routine, enum session_mode mode,
                        uint32_t flags, int n)
{
	struct play *p = play_create_of(routine, 3);
	bool played = false;

	p->start.profile.flags = flags;
	p->start.settings.mode = mode;
	p->start.sensor[0] = '\0';
	p->heart.silent = true;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++)
		played |= p->log[i].kind == EVENT_STEP && p->log[i].step.n == n;
	play_destroy(p);
	return played;
}

static void an_attack_and_its_signs_take_away_what_is_firm(void **state)
{
	(void)state;
	/* trap_hold begins at 4 */
	assert_true(step_played("tension_relief", SESSION_MODE_AUTO, 0, 6));
	assert_true(step_played("tension_relief", SESSION_BETWEEN, 0, 6));
	assert_true(step_played("tension_relief", SESSION_NIGHT, 0, 6));
	assert_false(step_played("tension_relief", SESSION_SIGNS, 0, 6));
	assert_false(step_played("tension_relief", SESSION_ATTACK, 0, 6));
	assert_true(step_played("tension_relief", SESSION_ATTACK, 0, 10));
}

static double slowest(const char *routine, enum session_mode mode)
{
	struct play *p = play_create_of(routine, 3);
	double least = 60;

	p->start.settings.mode = mode;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_BREATH &&
		    p->log[i].breath.per_min > 0 &&
		    p->log[i].breath.per_min < least)
			least = p->log[i].breath.per_min;
	play_destroy(p);
	return least;
}

static void in_an_attack_nobody_is_paced_below_eight(void **state)
{
	(void)state;
	assert_true(slowest("migraine_quiet", SESSION_MODE_AUTO) >= 8 - 1e-6);
	assert_true(slowest("resonance_10", SESSION_ATTACK) >= 8 - 1e-6);
	assert_true(slowest("resonance_10", SESSION_SIGNS) >= 8 - 1e-6);
	assert_true(slowest("resonance_10", SESSION_BETWEEN) < 7);
}

static double loudest_db(const char *routine, enum session_mode mode)
{
	struct play *p = play_create_of(routine, 3);
	double most = -100;

	p->start.settings.mode = mode;
	p->start.settings.seconds = 30;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_LEVEL &&
		    p->log[i].level.master_db > most)
			most = p->log[i].level.master_db;
	play_destroy(p);
	return most;
}

static void an_attack_is_12_to_18_db_quieter(void **state)
{
	double usual = loudest_db("tension_relief", SESSION_MODE_AUTO);
	double attack = loudest_db("migraine_quiet", SESSION_MODE_AUTO);

	(void)state;
	assert_near(usual, 0, 1e-9);
	assert_true(attack <= -12 && attack >= -18);
	assert_true(loudest_db("tension_relief", SESSION_NIGHT) < usual);
}

static void lying_is_never_held_against_sitting(void **state)
{
	struct play *p = play_create_of("evening_winddown", 3);
	const struct event *end;

	(void)state;
	p->routine->asleep_from = 0; /* R13 would let them sleep, unmeasured */
	play_begin(p);
	end = play_to_end(p);
	assert_true(play_decision(p, 2, "new_posture", 0) >= 0);
	assert_true(isnan(end->end.before.hr_bpm));
	assert_false(isnan(end->end.after.hr_bpm));
	play_destroy(p);
}

/* --- once a day, and not at first ----------------------------------------- */

static void what_is_for_once_a_day_is_not_played_twice(void **state)
{
	struct play *p = play_create(3);
	struct session_use *use = &p->start.profile.uses[0];
	struct technique *t = &p->routine->techniques[2];

	(void)state;
	t->once_a_day = true;
	p->start.profile.n_uses = 1;
	memcpy(use->technique, t->id, sizeof use->technique);
	use->uses = 4;
	use->today = true;
	use->rating = NAN;
	p->heart.silent = true;
	p->start.sensor[0] = '\0';
	play_begin(p);
	play_to_end(p);
	assert_true(play_decision(p, 15, "leave_out once a day", 0) >= 0);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_STEP)
			assert_string_not_equal(p->log[i].step.technique,
			                        t->id);
	play_destroy(p);
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
		cmocka_unit_test(
			every_flag_and_every_pair_leaves_each_routine_playable),
		cmocka_unit_test(
			rates_are_tried_by_practised_people_once_a_day),
		cmocka_unit_test(
			an_attack_and_its_signs_take_away_what_is_firm),
		cmocka_unit_test(in_an_attack_nobody_is_paced_below_eight),
		cmocka_unit_test(an_attack_is_12_to_18_db_quieter),
		cmocka_unit_test(lying_is_never_held_against_sitting),
		cmocka_unit_test(what_is_for_once_a_day_is_not_played_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
