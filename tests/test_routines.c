/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The routines and the 26 techniques as we ship them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "helpers/book.h"
#include "helpers/test.h"

#define R(n) (UINT32_C(1) << (n))

/* --- the routines of the reference, G ------------------------------------ */

struct wanted_step {
	const char *technique; /* NULL: breathe; "probe" */
	struct dose s;
	enum breath_mode breath;
	uint32_t rules;
};

static const struct wanted_step tension_relief[] = {
	{"unpaced_check", {60, 75, 120}, BREATH_NAT, R(1) | R(2)},
	{NULL, {60, 90, 150}, BREATH_FOLLOW, R(3) | R(4) | R(5) | R(9)},
	{"effleurage_neck_shoulder", {40, 60, 90}, BREATH_HOLD, R(9) | R(13)},
	{"trap_squeeze", {50, 80, 120}, BREATH_HOLD, R(9) | R(13)},
	{"rest_listen", {25, 30, 45}, BREATH_HOLD, R(10) | R(6) | R(7) | R(8)},
	{"trap_hold", {50, 100, 180}, BREATH_HOLD, R(6) | R(7) | R(8) | R(9)},
	{"levator_press", {0, 70, 120}, BREATH_HOLD, R(8) | R(13)},
	{"rest_listen", {25, 30, 45}, BREATH_HOLD, R(10) | R(6) | R(7) | R(8)},
	{"suboccipital_fingers",
         {60, 125, 180},
         BREATH_WALK,
         R(4) | R(6) | R(7) | R(12)},
	{"temporalis_circles", {40, 60, 120}, BREATH_WALK, R(7) | R(9)},
	{"masseter_release", {30, 45, 90}, BREATH_WALK, R(7) | R(9)},
	{"rest_listen", {25, 30, 45}, BREATH_HOLD, R(10) | R(8)},
	{"forehead_strokes", {20, 30, 60}, BREATH_WALK, R(9)},
	{"unpaced_check", {60, 75, 90}, BREATH_NAT, R(2)},
};

static const struct wanted_step migraine_quiet[] = {
	{"unpaced_check", {45, 60, 90}, BREATH_NAT, R(2) | R(11)},
	{NULL,
         {60, 120, 240},
         BREATH_FOLLOW,
         R(3) | R(4) | R(5) | R(9) | R(11)},
	{"forearm_stroke", {0, 90, 180}, BREATH_HOLD, R(6) | R(9) | R(11)},
	{"li4_press", {0, 60, 180}, BREATH_HOLD, R(9) | R(11)},
	{"rest_listen", {25, 30, 60}, BREATH_HOLD, R(10) | R(8) | R(11)},
	{"jaw_drop", {30, 60, 180}, BREATH_HOLD, R(6) | R(9)},
	{"suboccipital_fingers",
         {0, 45, 120},
         BREATH_HOLD,
         R(8) | R(9) | R(11) | R(12)},
	{NULL, {45, 75, 240}, BREATH_WALK, R(5) | R(6) | R(9) | R(11)},
	{"unpaced_check", {45, 60, 60}, BREATH_NAT, R(2)},
};

static const struct wanted_step desk_reset[] = {
	{"rest_listen", {25, 30, 45}, BREATH_NAT, R(1)},
	{NULL, {30, 45, 75}, BREATH_FOLLOW, R(3) | R(4) | R(9)},
	{"shrug_drop", {20, 30, 45}, BREATH_OWN, R(9) | R(13)},
	{"chin_tuck", {30, 45, 60}, BREATH_OWN, R(9)},
	{"scap_squeeze", {30, 45, 60}, BREATH_OWN, R(9)},
	{"pec_stretch", {0, 30, 60}, BREATH_OWN, R(9)},
	{"trap_squeeze", {30, 40, 60}, BREATH_OWN, R(9) | R(13)},
	{"rest_listen", {25, 35, 45}, BREATH_NAT, R(1) | R(10)},
};

static const struct wanted_step evening_winddown[] = {
	{"unpaced_check", {60, 75, 120}, BREATH_NAT, R(2)},
	{NULL, {90, 150, 240}, BREATH_FOLLOW, R(3) | R(4) | R(5) | R(9)},
	{"effleurage_neck_shoulder", {60, 90, 120}, BREATH_HOLD, R(9)},
	{"trap_hold", {60, 120, 180}, BREATH_HOLD, R(6) | R(7) | R(8)},
	{"rest_listen", {25, 30, 45}, BREATH_HOLD, R(10) | R(6) | R(7) | R(8)},
	{"suboccipital_fingers",
         {60, 120, 180},
         BREATH_WALK,
         R(4) | R(6) | R(7) | R(12)}, /* R4, that it gets to its pace */
	{"scalp_glide", {45, 90, 150}, BREATH_HOLD, R(6) | R(9)},
	{"temporalis_circles", {40, 75, 120}, BREATH_WALK, R(7) | R(9)},
	{"masseter_release", {30, 60, 120}, BREATH_WALK, R(7) | R(9)},
	{"forehead_strokes", {30, 45, 60}, BREATH_WALK, R(9)},
	{"rest_listen", {25, 30, 45}, BREATH_HOLD, R(10) | R(8)},
	{"still_point_rest", {0, 180, 300}, BREATH_NAT, R(7) | R(9)},
	{NULL, {45, 60, 180}, BREATH_WALK, R(5) | R(6) | R(9)},
	{"unpaced_check", {60, 75, 90}, BREATH_NAT, R(2)},
};

static const struct wanted_step resonance_10[] = {
	{"unpaced_check", {60, 75, 120}, BREATH_NAT, R(2)},
	{NULL, {60, 105, 180}, BREATH_FOLLOW, R(3) | R(4) | R(5) | R(9)},
	{"probe", {0, 180, 180}, BREATH_HOLD, R(1) | R(9)},
	{NULL,
         {120, 180, 420},
         BREATH_WALK,
         R(4) | R(5) | R(6) | R(7) | R(9)}, /* R4, that it gets to its pace */
	{"unpaced_check", {60, 60, 90}, BREATH_NAT, R(2)},
};

/* Ours: C.1's assessment, which G has no routine for. */
static const struct wanted_step resonance_find[] = {
	{"unpaced_check", {60, 120, 120}, BREATH_NAT, R(2)},
	{NULL, {60, 120, 840}, BREATH_FOLLOW, R(3) | R(4) | R(5) | R(9)},
	{"probe", {0, 720, 780}, BREATH_HOLD, R(1) | R(9)},
	{"unpaced_check", {60, 60, 90}, BREATH_NAT, R(2)},
};

static const struct {
	const char *id, *name;
	double total_s;
	int cap;
	enum session_mode mode;
	enum verbosity talk;
	bool short_gate;
	const struct wanted_step *steps;
	size_t n;
} wanted[] = {
	{"desk_reset", "Desk reset", 300, 4, SESSION_BETWEEN, TALK_BRIEF, true,
         desk_reset, 8},
	{"evening_winddown", "Evening wind-down", 1200, 4, SESSION_NIGHT,
         TALK_BRIEF, false, evening_winddown, 14},
	{"migraine_quiet", "Quiet rest", 600, 3, SESSION_ATTACK, TALK_MINIMAL,
         false, migraine_quiet, 9},
	{"resonance_10", "Breathing only (resonance)", 600, 0, SESSION_BETWEEN,
         TALK_WEEK, false, resonance_10, 5},
	{"resonance_find", "Find your own pace (resonance)", 1020, 0,
         SESSION_BETWEEN, TALK_WEEK, false, resonance_find, 4},
	{"tension_relief", "Ease head, neck and shoulder tension", 900, 5,
         SESSION_TENSION, TALK_AUTO, false, tension_relief, 14},
};

#define WANTED (sizeof(wanted) / sizeof(wanted[0]))

static void assert_step(const struct routine *r, const struct step *s,
                        const struct wanted_step *w)
{
	const struct technique *t = routine_technique(r, s);

	assert_int_equal(s->probe,
	                 w->technique && strcmp(w->technique, "probe") == 0);
	assert_int_equal(!t, !w->technique || s->probe);
	if (t)
		assert_string_equal(t->id, w->technique);
	assert_near(s->s.min, w->s.min, 0);
	assert_near(s->s.target, w->s.target, 0);
	assert_near(s->s.max, w->s.max, 0);
	assert_int_equal(s->breath, w->breath);
	assert_int_equal(s->rules, w->rules);
}

static void the_routines_are_those_of_the_reference(void **state)
{
	struct content *c = book_load();
	const struct content_entry *entries;

	(void)state;
	assert_int_equal(content_routines(c, &entries), WANTED);
	for (size_t k = 0; k < WANTED; k++) {
		struct routine *r = book_routine(c, wanted[k].id);
		double total = 0;

		assert_string_equal(entries[k].id, wanted[k].id);
		assert_string_equal(r->name, wanted[k].name);
		assert_near(r->total_s, wanted[k].total_s, 0);
		assert_int_equal(r->pressure_cap, wanted[k].cap);
		assert_int_equal(r->mode, wanted[k].mode);
		assert_int_equal(r->verbosity, wanted[k].talk);
		assert_int_equal(r->short_gate, wanted[k].short_gate);
		assert_int_equal(r->n_steps, wanted[k].n);
		for (size_t i = 0; i < r->n_steps; i++) {
			assert_int_equal(r->steps[i].n, i + 1);
			assert_step(r, &r->steps[i], &wanted[k].steps[i]);
			total += r->steps[i].s.target;
		}
		assert_near(total, wanted[k].total_s, 0);
		routine_destroy(r);
	}
	content_destroy(c);
}

static const struct step *step_of(const struct routine *r, int n)
{
	return &r->steps[routine_step(r, n)];
}

static void what_decides_stands_in_fields(void **state)
{
	struct content *c = book_load();
	struct routine *t = book_routine(c, "tension_relief");
	struct routine *q = book_routine(c, "migraine_quiet");
	struct routine *e = book_routine(c, "evening_winddown");
	struct routine *b = book_routine(c, "resonance_10");
	struct routine *d = book_routine(c, "desk_reset");

	(void)state;
	assert_string_equal(t->ask[0], "activity");
	assert_string_equal(step_of(t, 1)->ask[0], "headache");
	assert_string_equal(step_of(t, 14)->ask_after[1], "tension");
	assert_int_equal(t->extend_order[0], 9);
	assert_int_equal(t->extend_order[2], 10);
	assert_true(step_of(t, 6)->after_r8_skip);
	assert_true(step_of(t, 7)->after_r8_skip);
	assert_int_equal(step_of(t, 7)->skip_after, R(8));
	assert_int_equal(step_of(t, 11)->skip_flags, flag_bit(FLAG_TMJ));

	assert_string_equal(q->ask[0], "nausea");
	assert_string_equal(q->ask[1], "aura");
	assert_near(step_of(q, 2)->floor_per_min, 8, 0);
	assert_true(step_of(q, 3)->skip_flags & flag_bit(FLAG_NO_TOUCH));
	assert_true(step_of(q, 7)->skip_flags & flag_bit(FLAG_ALLODYNIA));
	assert_int_equal(step_of(q, 7)->time_to[0], 6);
	assert_near(step_of(q, 8)->fade_s, 20, 0);
	assert_string_equal(step_of(q, 1)->say[1], "cue.medicine");

	assert_int_equal(step_of(e, 4)->skip_after, R(8));
	assert_int_equal(step_of(e, 12)->skip_after, R(8));
	assert_true(step_of(e, 12)->skip_flags & flag_bit(FLAG_NO_BALLS));
	assert_true(step_of(e, 11)->new_posture);
	assert_string_equal(step_of(e, 11)->say_after[0], "cue.lie_down");
	assert_int_equal(step_of(e, 8)->talk, TALK_AUTO);
	for (int n = 9; n <= 14; n++)
		assert_int_equal(step_of(e, n)->talk, TALK_MINIMAL);
	assert_near(step_of(e, 13)->fade_s, 30, 0);
	assert_true(step_of(e, 8)->quieter_db > 0);

	assert_true(step_of(b, 3)->skip_early && step_of(b, 3)->skip_tuned);
	assert_int_equal(step_of(b, 3)->time_to[0], 4);
	assert_near(step_of(d, 2)->floor_per_min, 7, 0);
	assert_string_equal(d->ask[0], "unusual");
	routine_destroy(t);
	routine_destroy(q);
	routine_destroy(e);
	routine_destroy(b);
	routine_destroy(d);
	content_destroy(c);
}

/* --- where the time goes ---------------------------------------------------
 */

static bool may_go(const struct routine *r, const struct step *s)
{
	const struct technique *t = routine_technique(r, s);

	return s->skip_flags || s->skip_early || (t && t->contra);
}

static void what_may_be_taken_out_hands_its_time_on(void **state)
{
	struct content *c = book_load();

	(void)state;
	for (size_t k = 0; k < WANTED; k++) {
		struct routine *r = book_routine(c, wanted[k].id);

		for (size_t i = 0; i < r->n_steps; i++) {
			const struct step *s = &r->steps[i];
			const struct technique *to;

			if (!may_go(r, s))
				continue;
			assert_true(s->time_to[0] > 0);
			/* to rest or to the breath first */
			to = routine_technique(r, step_of(r, s->time_to[0]));
			assert_true(!to || to->mode == MODE_STILL);
		}
		routine_destroy(r);
	}
	content_destroy(c);
}

/* --- the techniques --------------------------------------------------------
 */

static bool one_of(const char *id, const char *const *ids)
{
	for (; *ids; ids++)
		if (strcmp(*ids, id) == 0)
			return true;
	return false;
}

static void all_26_techniques_are_whole(void **state)
{
	struct content *c = book_load();
	const struct routine *r = content_book(c);

	(void)state;
	assert_int_equal(r->n_techniques, 26);
	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];
		const char *light = t->phrase.text[VARIANT_LIGHT];

		assert_true(strlen(t->phrase.text[VARIANT_FULL]) > 10);
		assert_true(strlen(t->phrase.text[VARIANT_BRIEF]) > 3);
		assert_true(strlen(t->phrase.text[VARIANT_MINIMAL]) > 3);
		assert_non_null(t->phrase.text[VARIANT_EASE]);
		assert_true(strchr("ABCDX", t->evidence[0]) != NULL);
		assert_true(t->src[0] != '\0');
		assert_true(t->pressure_max <= 5);
		if (t->pressure_max < 2)
			continue;
		/* A.0: a light, resting touch; never firm or a good ache */
		assert_non_null(light);
		assert_true(book_has(light, "a light, resting touch"));
		assert_false(book_has(light, "firm"));
		assert_false(book_has(light, "ache"));
		assert_false(book_has(light, "press"));
	}
	content_destroy(c);
}

static void each_caution_is_where_the_reference_has_it(void **state)
{
	static const char *const neck[] = {"effleurage_neck_shoulder",
	                                   "levator_press",
	                                   "suboccipital_fingers",
	                                   "suboccipital_ball",
	                                   "gb20_press",
	                                   "scm_pinch",
	                                   "levator_stretch",
	                                   NULL};
	/* A.2: what may stay when touch hurts */
	static const char *const touch[] = {"unpaced_check", "rest_listen",
	                                    "jaw_drop",      "forearm_stroke",
	                                    "li4_press",     NULL};
	static const char *const not_first[] = {
		"suboccipital_ball", "still_point_rest", "scm_pinch", NULL};
	static const char *const chosen[] = {"scm_pinch", NULL};
	struct content *c = book_load();
	const struct routine *r = content_book(c);

	(void)state;
	for (size_t i = 0; i < r->n_techniques; i++) {
		const struct technique *t = &r->techniques[i];

		assert_int_equal(t->neck, one_of(t->id, neck));
		assert_int_equal(t->when_touch_hurts, one_of(t->id, touch));
		assert_int_equal(t->not_first, one_of(t->id, not_first));
		assert_int_equal(t->by_choice, one_of(t->id, chosen));
		assert_int_equal(t->once_a_day, one_of(t->id, chosen));
	}
	content_destroy(c);
}

static void none_of_ours_uses_what_must_be_chosen(void **state)
{
	struct content *c = book_load();

	(void)state;
	for (size_t k = 0; k < WANTED; k++) {
		struct routine *r = book_routine(c, wanted[k].id);

		for (size_t i = 0; i < r->n_techniques; i++)
			assert_false(r->techniques[i].by_choice);
		routine_destroy(r);
	}
	content_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_routines_are_those_of_the_reference),
		cmocka_unit_test(what_decides_stands_in_fields),
		cmocka_unit_test(what_may_be_taken_out_hands_its_time_on),
		cmocka_unit_test(all_26_techniques_are_whole),
		cmocka_unit_test(each_caution_is_where_the_reference_has_it),
		cmocka_unit_test(none_of_ours_uses_what_must_be_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
