/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When words are said, in which wording, and which are not. */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/play.h"

#define S          1000000
#define CLIP_MS    2500
#define WAIT_MAX_S 6.0

/* Of the breath that goes on at log index @i: began, turns, ends. */
struct turns {
	bool on;
	uint64_t began_us, exhale_us, ends_us;
};

static struct turns turns_at(const struct play *p, size_t i)
{
	struct turns t = {.on = false};

	for (size_t k = 0; k <= i; k++) {
		const struct event *e = &p->log[k];

		if (e->kind != EVENT_BREATH)
			continue;
		t.on = e->breath.per_min > 0;
		t.began_us = e->t_us;
		t.ends_us = e->breath.end_us;
		t.exhale_us =
			e->t_us +
			(uint64_t)llround((double)(e->breath.end_us - e->t_us) *
		                          e->breath.inhale_pct / 100);
	}
	return t;
}

static bool is_at_once(const struct event *e)
{
	static const char *const ids[] = {"cue.hurts",   "cue.dizzy",
	                                  "cue.easier",  "cue.skipped",
	                                  "cue.resumed", "cue.hands_away"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (strcmp(e->say.phrase, ids[i]) == 0)
			return true;
	return false;
}

static void
words_begin_at_a_turn_of_the_breath_by_default_with_the_exhale(void **state)
{
	size_t exhales = 0, inhales = 0;

	(void)state;
	for (int sessions = 0; sessions < 8; sessions += 4) {
		struct play *p = play_create(sessions);

		play_begin(p);
		play_to_end(p);
		for (size_t i = 0; i < p->n; i++) {
			const struct event *e = &p->log[i];
			struct turns t = turns_at(p, i);

			if (e->kind != EVENT_SAY || !t.on || is_at_once(e))
				continue;
			if (e->t_us == t.exhale_us)
				exhales++;
			else if (e->t_us == t.began_us)
				inhales++;
			else
				fail_msg("%s at %.3f s, between turns",
				         e->say.phrase, (double)e->t_us / S);
		}
		play_destroy(p);
	}
	assert_true(exhales >= 20);
	/* at 6 a minute the breath out may be too far off */
	assert_true(2 * exhales > 3 * inhales);
}

static void
a_step_waits_no_longer_for_its_words_than_one_slow_turn(void **state)
{
	struct play *p = play_create(8);

	(void)state;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];
		size_t k = i + 1;

		if (e->kind != EVENT_STEP || !e->step.begin ||
		    strcmp(e->step.technique, "rest_listen") != 0)
			continue;
		while (k < p->n &&
		       (p->log[k].kind != EVENT_SAY ||
		        strcmp(p->log[k].say.phrase, "rest_listen") != 0))
			k++;
		assert_true(k < p->n);
		/* easing words of the step before may still be said */
		assert_true((double)(p->log[k].t_us - e->t_us) / S <=
		            2 * WAIT_MAX_S + 3);
	}
	play_destroy(p);
}

/* Seconds from log index @i to the next end of a side; NAN: there is none. */
static double end_after_s(const struct play *p, size_t i)
{
	for (size_t k = i + 1; k < p->n; k++)
		if (p->log[k].kind == EVENT_STEP && !p->log[k].step.begin)
			return (double)(p->log[k].t_us - p->log[i].t_us) / S;
	return NAN;
}

/* Only where other words were just being said may they come after it. */
static void easing_words_come_before_the_hands_let_go(void **state)
{
	struct play *p = play_create(8);
	size_t eased = 0, late = 0;
	uint64_t said_us = 0;

	(void)state;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind != EVENT_SAY)
			continue;
		if (strcmp(e->say.variant, "ease") == 0 &&
		    strcmp(e->say.phrase, "unpaced_check") != 0) {
			eased++;
			if (!(end_after_s(p, i) <= WAIT_MAX_S + 3.0)) {
				late++;
				assert_true(e->t_us - said_us < 20 * S);
			}
		}
		said_us = e->t_us;
	}
	assert_true(eased >= 8);
	assert_true(4 * late <= eased);
	play_destroy(p);
}

static void nothing_is_said_twice_alike_in_a_row(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct play *p = play_create(0);
		const char *last = "";

		p->start.seed = seed;
		play_begin(p);
		play_to_end(p);
		for (size_t i = 0; i < p->n; i++) {
			const struct event *e = &p->log[i];
			enum variant v;
			const char *text;

			if (e->kind != EVENT_SAY)
				continue;
			assert_int_equal(variant_from(e->say.variant, &v), 0);
			text = phrase_text(
				routine_phrase(p->routine, e->say.phrase), v,
				e->say.wording);
			assert_non_null(text);
			assert_string_not_equal(text, last);
			last = text;
		}
		play_destroy(p);
	}
}

/* Texts of one phrase and variant, in the order in which they were said. */
static size_t wordings_said(const struct play *p, const char *phrase,
                            const char *variant, int *ret, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_SAY && n < max &&
		    strcmp(p->log[i].say.phrase, phrase) == 0 &&
		    strcmp(p->log[i].say.variant, variant) == 0)
			ret[n++] = p->log[i].say.wording;
	return n;
}

static void the_wordings_of_a_phrase_take_turns(void **state)
{
	struct play *p = play_create(0);
	int said[32];
	size_t n;

	(void)state;
	play_begin(p);
	play_to_end(p);
	n = wordings_said(p, "rest_listen", "full", said, 32);
	assert_true(n >= 3);
	for (size_t i = 1; i < n; i++)
		assert_int_equal(said[i], (said[i - 1] + 1) % 3);
	play_destroy(p);
}

static void
a_wording_without_a_clip_is_left_out_where_another_has_one(void **state)
{
	static const struct session_clip clips[] = {
		{"rest_listen", VARIANT_FULL, 1, CLIP_MS},
	};
	struct play *p = play_create(0);
	int said[32];
	size_t n;

	(void)state;
	p->start.clips = clips;
	p->start.n_clips = 1;
	play_begin(p);
	play_to_end(p);
	n = wordings_said(p, "rest_listen", "full", said, 32);
	assert_true(n >= 3);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(said[i], 1);
	play_destroy(p);
}

static void the_second_side_is_told_in_fewer_words(void **state)
{
	static const char *const ids[] = {"effleurage_neck_shoulder",
	                                  "levator_press"};
	struct play *p = play_create(0);
	int said[8];

	(void)state;
	play_begin(p);
	play_to_end(p);
	for (size_t i = 0; i < 2; i++) {
		size_t light = wordings_said(p, ids[i], "light", said, 8);

		if (light) /* the first session's cap: light has one length */
			continue;
		assert_int_equal(wordings_said(p, ids[i], "full", said, 8), 1);
		assert_int_equal(wordings_said(p, ids[i], "brief", said, 8), 1);
	}
	play_destroy(p);
}

static void who_knows_the_way_is_told_in_fewer_words(void **state)
{
	struct play *first = play_create(0), *later = play_create(8);
	int said[8];

	(void)state;
	for (size_t i = 0; i < later->routine->n_techniques; i++) {
		struct session_use *use =
			&later->start.profile
				 .uses[later->start.profile.n_uses++];

		strcpy(use->technique, later->routine->techniques[i].id);
		use->uses = 3;
		use->rating = NAN;
	}
	play_begin(first);
	play_to_end(first);
	play_begin(later);
	play_to_end(later);
	assert_true(wordings_said(first, "cue.start", "full", said, 8) == 1);
	assert_true(wordings_said(later, "cue.start", "brief", said, 8) == 1);
	assert_true(wordings_said(first, "rest_listen", "full", said, 8) >= 3);
	assert_true(wordings_said(later, "rest_listen", "brief", said, 8) >= 3);
	assert_true(wordings_said(later, "rest_listen", "full", said, 8) == 0);
	play_destroy(first);
	play_destroy(later);
}

/* While a long clip is said, the breath cues behind it grow old. */
static void what_comes_too_late_is_not_said(void **state)
{
	static const struct session_clip clips[] = {
		{"cue.start", VARIANT_FULL, 0, 30000},
	};
	struct play *slow = play_create(0), *quick = play_create(0);

	(void)state;
	slow->start.clips = clips;
	slow->start.n_clips = 1;
	play_begin(slow);
	play_to_end(slow);
	play_begin(quick);
	play_to_end(quick);
	assert_true(play_said(quick, "cue.not_deep", 0) >= 0);
	assert_int_equal(play_said(slow, "cue.not_deep", 0), -1);
	assert_true(play_said(slow, "cue.start", 0) >= 0);
	play_destroy(slow);
	play_destroy(quick);
}

static void what_cuts_in_does_not_wait_for_the_breath(void **state)
{
	struct play *p = play_create(4);
	size_t from;
	int i;

	(void)state;
	play_begin(p);
	play_to_step(p, 4);
	play_until(p, (double)p->now_us / S + 7.3);
	from = p->n;
	play_word(p, WORD_EASIER);
	i = play_said(p, "cue.easier", from);
	assert_true(i >= 0);
	assert_int_equal(p->log[i].t_us, p->now_us);
	play_destroy(p);
}

/* --- the rests of an attack -------------------------------------------------
 */

static uint64_t said_until(const struct play *p, const struct event *e)
{
	const struct phrase *phrase = routine_phrase(p->routine, e->say.phrase);
	enum variant v;

	assert_non_null(phrase);
	assert_int_equal(variant_from(e->say.variant, &v), 0);
	/* no clips here: as long as it takes to read it, 65 ms a letter */
	return e->t_us + strlen(phrase_text(phrase, v, e->say.wording)) * 65000;
}

/* What is said to the hands, which cannot wait. */
static bool is_for_hands(const struct play *p, const struct event *e)
{
	if (strcmp(e->say.phrase, "cue.side_left") == 0 ||
	    strcmp(e->say.phrase, "cue.side_right") == 0 ||
	    strcmp(e->say.phrase, "cue.pressure") == 0)
		return true;
	for (size_t i = 0; i < p->routine->n_techniques; i++)
		if (strcmp(p->routine->techniques[i].id, e->say.phrase) == 0)
			return p->routine->techniques[i].mode != MODE_STILL;
	return false;
}

/* The shortest rest before words that may wait. */
static double shortest_rest_s(const struct play *p, size_t *ret_sayings)
{
	uint64_t until_us = 0;
	double least = INFINITY;

	*ret_sayings = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct event *e = &p->log[i];

		if (e->kind != EVENT_SAY)
			continue;
		if (*ret_sayings && !is_for_hands(p, e) && !is_at_once(e))
			least = fmin(least,
			             ((double)e->t_us - (double)until_us) / S);
		until_us = said_until(p, e);
		(*ret_sayings)++;
	}
	return least;
}

/* content.md E.4: gaps of at least 15 s. */
static void in_an_attack_the_voice_rests_15_s(void **state)
{
	static const char *const routines[] = {
		"migraine_quiet", "tension_relief", "evening_winddown"};

	(void)state;
	for (size_t k = 0; k < 3; k++)
		for (int attack = 0; attack < 2; attack++) {
			struct play *p = play_create_of(routines[k], 4);
			size_t sayings;
			double least;

			p->start.settings.mode =
				attack ? SESSION_ATTACK : SESSION_TENSION;
			play_begin(p);
			play_to_end(p);
			least = shortest_rest_s(p, &sayings);
			assert_true(sayings > 10);
			assert_int_equal(least >= 15.0 - 1e-6, attack);
			play_destroy(p);
		}
}

static void in_an_attack_hands_words_and_safety_do_not_wait(void **state)
{
	struct play *p = play_create_of("migraine_quiet", 4);
	int side, stroke, hurts;
	size_t from;

	(void)state;
	play_begin(p);
	play_to_step(p, 3); /* on each side */
	from = p->n;
	play_until(p, (double)p->now_us / S + 20);
	side = play_said(p, "cue.side_left", from - 1);
	stroke = play_said(p, "forearm_stroke", from - 1);
	assert_true(side >= 0 && stroke > side);
	assert_true(p->log[stroke].t_us < p->log[side].t_us + 6 * S);

	/* just said, and already the next */
	from = p->n;
	play_word(p, WORD_HURTS);
	hurts = play_said(p, "cue.hurts", from);
	assert_true(hurts >= 0);
	assert_int_equal(p->log[hurts].t_us, p->now_us);
	play_destroy(p);
}

/* What is asked in mid session must be heard, and what is begun is ended. */
static void in_an_attack_waiting_words_hold_no_end_up_for_long(void **state)
{
	struct play *p = play_create_of("migraine_quiet", 4);
	const struct event *end, *last = NULL;

	(void)state;
	play_begin(p);
	end = play_to_end(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->log[i].kind == EVENT_STEP)
			last = &p->log[i];
	assert_non_null(last);
	assert_true(play_said(p, "cue.close_resting", 0) >= 0);
	assert_true(end->t_us <= last->t_us + 25 * S);
	play_destroy(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			words_begin_at_a_turn_of_the_breath_by_default_with_the_exhale),
		cmocka_unit_test(
			a_step_waits_no_longer_for_its_words_than_one_slow_turn),
		cmocka_unit_test(easing_words_come_before_the_hands_let_go),
		cmocka_unit_test(nothing_is_said_twice_alike_in_a_row),
		cmocka_unit_test(the_wordings_of_a_phrase_take_turns),
		cmocka_unit_test(
			a_wording_without_a_clip_is_left_out_where_another_has_one),
		cmocka_unit_test(the_second_side_is_told_in_fewer_words),
		cmocka_unit_test(who_knows_the_way_is_told_in_fewer_words),
		cmocka_unit_test(what_comes_too_late_is_not_said),
		cmocka_unit_test(what_cuts_in_does_not_wait_for_the_breath),
		cmocka_unit_test(in_an_attack_the_voice_rests_15_s),
		cmocka_unit_test(
			in_an_attack_hands_words_and_safety_do_not_wait),
		cmocka_unit_test(
			in_an_attack_waiting_words_hold_no_end_up_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
