/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session tells: what was left out, and what it came to. */
#include <string.h>

#include "tests/helpers/play.h"
#include "tests/helpers/test.h"

static bool told(uint32_t flags, const char *cue)
{
	struct play *p = play_create(3);
	bool said;

	p->start.profile.flags = flags;
	p->start.settings.talk = TALK_FULL;
	play_begin(p);
	play_until(p, 70);
	said = play_said(p, cue, 0) >= 0;
	play_destroy(p);
	return said;
}

static void what_is_left_out_for_safety_is_told(void **state)
{
	(void)state;
	assert_true(told(flag_bit(FLAG_CAROTID), "cue.neck_left_out"));
	assert_true(told(flag_bit(FLAG_NECK_INJURY), "cue.neck_left_out"));
	assert_true(told(flag_bit(FLAG_PREG), "cue.preg_left_out"));
	assert_true(told(flag_bit(FLAG_PACER), "cue.no_hrv"));
	assert_true(told(flag_bit(FLAG_AF), "cue.no_hrv"));
	assert_true(told(flag_bit(FLAG_BETA), "cue.flat_heart"));
	assert_true(told(flag_bit(FLAG_MINOR), "cue.minor"));
	assert_true(told(flag_bit(FLAG_ALLODYNIA), "cue.shorter"));
	assert_false(told(0, "cue.shorter"));
	assert_false(told(0, "cue.neck_left_out"));
	assert_false(told(flag_bit(FLAG_TMJ), "cue.preg_left_out"));
}

static bool said_at_end(const char *routine, int sessions, const char *cue)
{
	struct play *p = play_create_of(routine, sessions);
	bool said;

	p->start.sensor[0] = '\0';
	p->start.settings.talk = TALK_FULL;
	p->heart.silent = true;
	play_begin(p);
	play_to_end(p);
	said = play_said(p, cue, 0) >= 0;
	play_destroy(p);
	return said;
}

static void soreness_is_spoken_of_after_firm_work_only(void **state)
{
	(void)state;
	assert_true(said_at_end("tension_relief", 3, "cue.sore_after"));
	/* a first session is capped at 3 */
	assert_false(said_at_end("tension_relief", 0, "cue.sore_after"));
	assert_false(said_at_end("resonance_10", 3, "cue.sore_after"));
	assert_true(said_at_end("tension_relief", 0, "cue.after"));
}

static void who_lies_is_not_told_to_get_up(void **state)
{
	(void)state;
	assert_true(said_at_end("migraine_quiet", 3, "cue.close_resting"));
	assert_false(said_at_end("migraine_quiet", 3, "cue.close"));
	assert_true(said_at_end("evening_winddown", 3, "cue.lie_down"));
	assert_false(said_at_end("evening_winddown", 3, "cue.after"));
}

static const char *const results[] = {
	"cue.no_change",   "cue.beats_slower", "cue.beats_faster",
	"cue.varies_more", "cue.varies_less",  "cue.slower_more",
	"cue.slower_less", "cue.faster_more",  "cue.faster_less"};
#define RESULTS (sizeof(results) / sizeof(results[0]))

/* A session whose heart is @bpm after five minutes, with a noise of @ms; 70
   and 20 before. */
struct change {
	const char *routine;
	double bpm, ms;
	double noise_bpm; /* of the person; 0: as usual */
	enum session_mode mode;
	enum verbosity talk;
};

/* What of @results was said; "": none of it; once at most. */
static const char *result_of(struct change c)
{
	struct play *p = play_create_of(c.routine, 3);
	const char *said = "";

	p->heart.rsa_bpm = p->heart.rsa_slow_bpm = 0;
	p->heart.noise_ms = 20;
	p->heart.hr_bpm = 70;
	p->start.settings.mode = c.mode;
	p->start.settings.talk = c.talk ? c.talk : TALK_FULL;
	if (c.noise_bpm > 0)
		p->start.profile.noise_hr_bpm = c.noise_bpm;
	play_begin(p);
	play_until(p, 300);
	p->heart.hr_bpm = c.bpm;
	p->heart.noise_ms = c.ms;
	p->heart.silent = c.bpm == 0;
	play_to_end(p);
	for (size_t i = 0; i < RESULTS; i++) {
		if (play_said(p, results[i], 0) < 0)
			continue;
		assert_string_equal(said, "");
		said = results[i];
	}
	play_destroy(p);
	return said;
}

static void the_result_at_rest_is_spoken_as_it_is(void **state)
{
	static const struct {
		struct change change;
		const char *said;
	} cases[] = {
		{{.routine = "resonance_10", .bpm = 70, .ms = 20},
	         "cue.no_change"},
		{{.routine = "resonance_10", .bpm = 69, .ms = 21},
	         "cue.no_change"},
		{{.routine = "resonance_10", .bpm = 64, .ms = 20},
	         "cue.beats_slower"},
		{{.routine = "resonance_10", .bpm = 76, .ms = 20},
	         "cue.beats_faster"},
		{{.routine = "resonance_10", .bpm = 70, .ms = 40},
	         "cue.varies_more"},
		{{.routine = "resonance_10", .bpm = 70, .ms = 8},
	         "cue.varies_less"},
		{{.routine = "resonance_10", .bpm = 64, .ms = 40},
	         "cue.slower_more"},
		{{.routine = "resonance_10", .bpm = 64, .ms = 8},
	         "cue.slower_less"},
		{{.routine = "resonance_10", .bpm = 76, .ms = 40},
	         "cue.faster_more"},
		{{.routine = "resonance_10", .bpm = 76, .ms = 8},
	         "cue.faster_less"},
		{{.routine = "tension_relief", .bpm = 64, .ms = 20},
	         "cue.beats_slower"},
		/* within this person's own noise */
		{{.routine = "resonance_10",
	          .bpm = 64,
	          .ms = 20,
	          .noise_bpm = 8},
	         "cue.no_change"},
		{{.routine = "resonance_10",
	          .bpm = 64,
	          .ms = 20,
	          .noise_bpm = 5},
	         "cue.beats_slower"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(result_of(cases[i].change), cases[i].said);
}

static void
no_result_is_spoken_where_there_is_none_or_no_word_is_wanted(void **state)
{
	static const struct change cases[] = {
		{.routine = "resonance_10",
	         .bpm = 0,
	         .ms = 0}, /* not heard at the end */
		{.routine = "resonance_10",
	         .bpm = 64,
	         .ms = 20,
	         .talk = TALK_MINIMAL},
		{.routine = "migraine_quiet", .bpm = 64, .ms = 20},
		{.routine = "resonance_10",
	         .bpm = 64,
	         .ms = 20,
	         .mode = SESSION_ATTACK},
		{.routine = "resonance_10",
	         .bpm = 64,
	         .ms = 20,
	         .mode = SESSION_NIGHT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(result_of(cases[i]), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_out_for_safety_is_told),
		cmocka_unit_test(soreness_is_spoken_of_after_firm_work_only),
		cmocka_unit_test(who_lies_is_not_told_to_get_up),
		cmocka_unit_test(the_result_at_rest_is_spoken_as_it_is),
		cmocka_unit_test(
			no_result_is_spoken_where_there_is_none_or_no_word_is_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
