/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "content/content.h"
#include "player/text.h"
#include "signal/beat.h"
#include "tests/helpers/test.h"

#define TEN_DAYS_US UINT64_C(864000000000)
#define NONE        ((double)NAN)

static char *line_of(const struct event *e)
{
	char *line;

	assert_int_equal(journal_write(e, &line), 0);
	assert_null(strchr(line, '\n'));
	return line;
}

/* Written, read and written again: not a byte may differ. */
static void go_round(const struct event *e)
{
	struct journal_error error = {""};
	struct journal_event back;
	char *first = line_of(e), *second;
	int r = journal_read(first, strlen(first), &back, &error);

	if (r != 0)
		print_error("%s\n%s\n", first, error.what);
	assert_int_equal(r, 0);
	assert_int_equal(back.event.kind, e->kind);
	assert_int_equal(back.event.t_us, e->t_us);
	second = line_of(&back.event);
	assert_string_equal(first, second);
	free(first);
	free(second);
	journal_event_finish(&back);
}

static void writes_as(const struct event *e, const char *expected)
{
	char *line = line_of(e);

	assert_string_equal(line, expected);
	free(line);
	go_round(e);
}

static const double extremes[] = {
	0,          -0.005,           1.0 / 3, 72.31,  1e15,      -1e15,
	DBL_MAX,    -DBL_MAX,         DBL_MIN, 5e-324, 0.1 + 0.2, 1e-7,
	123456.789, 999999999999999.5};
#define N_EXTREMES (sizeof(extremes) / sizeof(extremes[0]))

static void an_input_reads_back(void **state)
{
	struct event e = {.t_us = TEN_DAYS_US, .kind = EVENT_BEAT};

	(void)state;
	e.beat.rr_ticks = UINT32_MAX;
	e.beat.rr_ms = beat_ticks_to_ms(UINT32_MAX);
	e.beat.contact = BEAT_CONTACT_GOOD;
	e.beat.at_us = TEN_DAYS_US;
	writes_as(&e, "{\"t\":864000.000000,\"kind\":\"beat\",\"rr_ticks\":"
	              "4294967295,\"contact\":\"good\",\"at\":864000.000000}");
	e.t_us = 1;
	e.beat.rr_ticks = 0;
	e.beat.rr_ms = 812.5;
	e.beat.at_us = 0;
	writes_as(&e, "{\"t\":0.000001,\"kind\":\"beat\",\"rr_ms\":812.5,"
	              "\"contact\":\"good\",\"at\":0.000000}");
	e = (struct event){.t_us = 61500000, .kind = EVENT_SUSPENDED};
	e.suspended.seconds = 1e9;
	writes_as(&e, "{\"t\":61.500000,\"kind\":\"suspended\","
	              "\"seconds\":1000000000}");
	for (int i = 0; i < EVENT_SENSORS; i++) {
		e.kind = EVENT_SENSOR;
		e.sensor.state = (enum event_sensor)i;
		go_round(&e);
	}
	for (int i = 0; i < WORDS; i++) {
		e.kind = EVENT_COMMAND;
		e.command.word = (enum event_word)i;
		go_round(&e);
	}
}

static void a_text_reads_back_whatever_is_in_it(void **state)
{
	struct event e = {.kind = EVENT_ANSWER};
	struct journal_event back;
	uint64_t seed = 11;
	char *line;

	(void)state;
	strcpy(e.answer.id, "quote\" back\\ tab\t line\n bell\a \x7f");
	strcpy(e.answer.value, "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
	line = line_of(&e);
	assert_int_equal(journal_read(line, strlen(line), &back, NULL), 0);
	assert_string_equal(back.event.answer.id, e.answer.id);
	assert_string_equal(back.event.answer.value, e.answer.value);
	journal_event_finish(&back);
	free(line);
	/* any bytes give a line that can be read, in UTF-8 */
	for (int i = 0; i < 20000; i++) {
		for (int k = 0; k < 12; k++)
			e.answer.id[k] = (char)test_random(&seed);
		e.answer.id[12] = '\0';
		line = line_of(&e);
		for (const char *at = line; *at; at += utf8_length(at))
			assert_true(utf8_length(at) > 0);
		assert_int_equal(journal_read(line, strlen(line), &back, NULL),
		                 0);
		journal_event_finish(&back);
		free(line);
	}
}

static void every_number_reads_back_to_the_same_value(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct text x = {0};
		uint64_t bits = test_random(&seed);
		double value;
		char *out;

		if (i % 2)
			value = (double)((int64_t)bits % 1000000) / 100;
		else
			memcpy(&value, &bits, sizeof(value));
		text_number(&x, value);
		assert_int_equal(text_take(&x, &out), 0);
		if (!isfinite(value))
			assert_string_equal(out, "null");
		else
			assert_true(strtod(out, NULL) == value);
		free(out);
	}
}

static void a_number_is_written_as_short_as_it_can_be(void **state)
{
	const struct {
		double value;
		const char *text;
	} cases[] = {
		{0, "0"},
		{-3, "-3"},
		{72.31, "72.31"},
		{0.1, "0.1"},
		{40.0, "40"},
		{-0.05, "-0.05"},
		{0.001, "0.001"},
		{5.5, "5.5"},
		{1e14, "100000000000000"},
		{NONE, "null"},
		{INFINITY, "null"},
		{1.0 / 8192, "0.0001220703125"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text x = {0};
		char *out;

		text_number(&x, cases[i].value);
		assert_int_equal(text_take(&x, &out), 0);
		assert_string_equal(out, cases[i].text);
		free(out);
	}
}

static void an_output_reads_back(void **state)
{
	struct event e = {.t_us = 123456789, .kind = EVENT_BEAT_CLASS};

	(void)state;
	for (int i = 0; i <= BEAT_REJECTED; i++) {
		e.beat_class.class_ = (enum beat_class)i;
		go_round(&e);
	}
	e = (struct event){.t_us = 5, .kind = EVENT_STEP};
	e.step.n = INT_MAX;
	memset(e.step.technique, 'x', sizeof(e.step.technique) - 1);
	for (int i = 0; i < SIDES; i++) {
		e.step.side = (enum event_side)i;
		e.step.begin = i % 2;
		e.step.seconds = extremes[i];
		go_round(&e);
	}
	e = (struct event){.t_us = 5, .kind = EVENT_SAY};
	strcpy(e.say.phrase, "cue.start");
	strcpy(e.say.variant, "minimal");
	writes_as(&e, "{\"t\":0.000005,\"kind\":\"say\",\"phrase\":"
	              "\"cue.start\",\"variant\":\"minimal\"}");
	e = (struct event){.t_us = 5, .kind = EVENT_BREATH};
	e.breath.per_min = 60 / 9.9;
	e.breath.inhale_pct = 40;
	e.breath.end_us = 9900005;
	go_round(&e);
	e = (struct event){.t_us = 5, .kind = EVENT_LEVEL};
	e.level.master_db = -6;
	e.level.paused = true;
	writes_as(&e, "{\"t\":0.000005,\"kind\":\"level\",\"paused\":true,"
	              "\"master_db\":-6}");
	e.level.hush = HUSH_WORDS;
	writes_as(&e, "{\"t\":0.000005,\"kind\":\"level\",\"paused\":true,"
	              "\"master_db\":-6,\"hush\":\"words\"}");
}

static void an_estimate_reads_back_and_no_value_is_null(void **state)
{
	struct event e = {.t_us = 1000000, .kind = EVENT_ESTIMATE};
	double *figures[] = {
		&e.estimate.hr_bpm,   &e.estimate.rmssd_ms,
		&e.estimate.sdnn_ms,  &e.estimate.breaths_per_min,
		&e.estimate.hr_slope, &e.estimate.adherence,
		&e.estimate.follow,   &e.estimate.calm,
		&e.estimate.pace,     &e.estimate.wave,
		&e.estimate.coverage, &e.estimate.artifact_pct,
	};

	(void)state;
	for (size_t i = 0; i < N_EXTREMES; i++) {
		for (size_t k = 0; k < 12; k++)
			*figures[k] = extremes[(i + k) % N_EXTREMES];
		e.estimate.quality = (enum quality)(i % 4);
		go_round(&e);
	}
	for (size_t k = 0; k < 12; k++)
		*figures[k] = NONE;
	e.estimate.quality = QUALITY_NONE;
	writes_as(&e, "{\"t\":1.000000,\"kind\":\"estimate\",\"hr_bpm\":null,"
	              "\"rmssd_ms\":null,\"sdnn_ms\":null,"
	              "\"breaths_per_min\":null,\"hr_slope\":null,"
	              "\"adherence\":null,\"follow\":null,\"calm\":null,"
	              "\"pace\":null,\"wave\":null,\"quality\":\"none\","
	              "\"artifact_pct\":null,\"coverage\":null}");
}

static void a_decision_reads_back_with_its_figures_in_order(void **state)
{
	static const char *const keys[EVENT_FIGURES_MAX] = {
		"z", "a", "m", "b", "y", "c", "x", "d", "w", "e", "v", "\"q\""};
	struct event e = {.t_us = 7, .kind = EVENT_DECISION};
	struct journal_event back;
	char *line;

	(void)state;
	for (int rule = 1; rule <= 15; rule++) {
		e.decision.rule = rule;
		go_round(&e);
	}
	e.decision.n = EVENT_FIGURES_MAX;
	for (size_t i = 0; i < EVENT_FIGURES_MAX; i++) {
		e.decision.because[i].key = keys[i];
		e.decision.because[i].value = i % 3 ? extremes[i] : NONE;
	}
	go_round(&e);
	line = line_of(&e);
	assert_int_equal(journal_read(line, strlen(line), &back, NULL), 0);
	free(line);
	assert_int_equal(back.event.decision.n, EVENT_FIGURES_MAX);
	for (size_t i = 0; i < EVENT_FIGURES_MAX; i++)
		assert_string_equal(back.event.decision.because[i].key,
		                    keys[i]);
	journal_event_finish(&back);
}

static void a_question_and_an_end_read_back(void **state)
{
	static const char *const choices[] = {"yes", "no \"maybe\"", "", NULL};
	struct event e = {.t_us = 7, .kind = EVENT_QUESTION};
	struct event_rest none = {NONE, NONE, NONE};

	(void)state;
	strcpy(e.question.id, "fever");
	e.question.text = "Do you have a fever\n today?";
	e.question.timeout_s = 20;
	go_round(&e);
	e.question.choices = choices;
	go_round(&e);
	e = (struct event){.t_us = 9, .kind = EVENT_END};
	for (int i = 0; i < RESULTS; i++)
		for (int k = 0; k < STOPS; k++) {
			e.end.result = (enum event_result)i;
			e.end.stop = (enum event_stop)k;
			e.end.rule = (i * k) % 16;
			e.end.before = (struct event_rest){61.5, NONE, 1e9};
			e.end.headache_before = 10;
			go_round(&e);
		}
	e.end = (__typeof__(e.end)){.result = RESULT_CLOSED_EARLY,
	                            .rule = 7,
	                            .before = {72.5, 31.25, 0},
	                            .after = none,
	                            .headache_before = 3,
	                            .headache_after = NONE,
	                            .tension_before = NONE,
	                            .tension_after = NONE};
	writes_as(&e, "{\"t\":0.000009,\"kind\":\"end\",\"result\":"
	              "\"closed_early\",\"rule\":\"R7\",\"stop\":null,"
	              "\"before\":{\"hr_bpm\":72.5,\"rmssd_ms\":31.25,"
	              "\"artifact_pct\":0},\"after\":{\"hr_bpm\":null,"
	              "\"rmssd_ms\":null,\"artifact_pct\":null},"
	              "\"headache_before\":3,\"headache_after\":null,"
	              "\"tension_before\":null,\"tension_after\":null}");
}

#define BEAT_HEAD "{\"t\":1.5,\"kind\":\"beat\","
#define BEAT_TAIL ",\"contact\":\"good\",\"at\":1}"

static void what_is_not_an_event_is_refused_by_name(void **state)
{
	const struct {
		const char *line, *why;
	} cases[] = {
		{"", "line: "},
		{"{\"t\":1.5,\"kind\":\"be", "line: "},
		{"[]", "line: expected an object"},
		{"{}", "t: is missing"},
		{"{\"t\":\"1\",\"kind\":\"beat\"}", "t: expected a number"},
		{"{\"t\":-0.1,\"kind\":\"beat\"}", "t: expected 0 to 864000"},
		{"{\"t\":864001,\"kind\":\"beat\"}", "t: expected 0 to"},
		{"{\"t\":1e999,\"kind\":\"beat\"}", "line: "},
		{"{\"t\":1}", "kind: is missing"},
		{"{\"t\":1,\"kind\":\"tick\"}", "kind: \"tick\""},
		{BEAT_HEAD "\"rr_ms\":800" BEAT_TAIL BEAT_TAIL, "line: "},
		{BEAT_HEAD "\"rr_ms\":800,\"rr_ms\":800" BEAT_TAIL,
	         "line: duplicate object key"},
		{BEAT_HEAD "\"a\":1" BEAT_TAIL, "rr_ms: is missing"},
		{BEAT_HEAD "\"rr_ms\":null" BEAT_TAIL,
	         "rr_ms: expected a number"},
		{BEAT_HEAD "\"rr_ms\":-1" BEAT_TAIL, "rr_ms: expected 0 to"},
		{BEAT_HEAD "\"rr_ticks\":0" BEAT_TAIL,
	         "rr_ticks: expected 1 to"},
		{BEAT_HEAD "\"rr_ticks\":1.5" BEAT_TAIL,
	         "rr_ticks: expected a whole number"},
		{BEAT_HEAD "\"rr_ticks\":\"812\"" BEAT_TAIL,
	         "rr_ticks: expected a whole number"},
		{BEAT_HEAD "\"rr_ticks\":4294967296" BEAT_TAIL,
	         "rr_ticks: expected 1 to"},
		{BEAT_HEAD "\"rr_ms\":8,\"rr_ticks\":8" BEAT_TAIL,
	         "rr_ms: is not expected"},
		{BEAT_HEAD "\"rr_ms\":8,\"more\":8" BEAT_TAIL,
	         "more: is not expected"},
		{BEAT_HEAD "\"rr_ms\":8,\"contact\":1,\"at\":1}",
	         "contact: expected a text"},
		{BEAT_HEAD "\"rr_ms\":8,\"contact\":\"so\",\"at\":1}",
	         "contact: \"so\""},
		{BEAT_HEAD "\"rr_ms\":8,\"contact\":\"good\"}",
	         "at: is missing"},
		{"{\"t\":1,\"kind\":\"command\",\"word\":\"faster\"}",
	         "word: \"faster\""},
		{"{\"t\":1,\"kind\":\"answer\",\"id\":\"a\"}",
	         "value: is missing"},
		{"{\"t\":1,\"kind\":\"answer\",\"id\":\"a\\u0000b\","
	         "\"value\":\"b\"}",
	         "line: "},
		{"{\"t\":1,\"kind\":\"answer\",\"id\":"
	         "\"012345678901234567890123456789012345678901234567\","
	         "\"value\":\"b\"}",
	         "id: expected fewer than 48 bytes"},
		{"{\"t\":1,\"kind\":\"decision\",\"rule\":\"R16\",\"what\":"
	         "\"a\",\"because\":{}}",
	         "rule: expected \"R1\" to \"R15\""},
		{"{\"t\":1,\"kind\":\"decision\",\"rule\":null,\"what\":"
	         "\"a\",\"because\":{}}",
	         "rule: expected"},
		{"{\"t\":1,\"kind\":\"decision\",\"rule\":\"R2\",\"what\":"
	         "\"a\",\"because\":{\"x\":\"y\"}}",
	         "because.x: expected a number"},
		{"{\"t\":1,\"kind\":\"decision\",\"rule\":\"R2\",\"what\":"
	         "\"a\",\"because\":[]}",
	         "because: expected an object"},
		{"{\"t\":1,\"kind\":\"question\",\"id\":\"a\",\"text\":\"b\","
	         "\"choices\":[1],\"timeout_s\":null}",
	         "choices: expected texts"},
		{"{\"t\":1,\"kind\":\"level\",\"paused\":true,\"master_db\":0,"
	         "\"hush\":\"bird\"}",
	         "hush: "},
		{"{\"t\":1,\"kind\":\"level\",\"paused\":0,\"master_db\":0}",
	         "paused: expected true or false"},
		{"{\"t\":1,\"kind\":\"end\",\"result\":\"completed\","
	         "\"rule\":null,\"stop\":null,\"before\":{\"hr_bpm\":1}}",
	         "before.rmssd_ms: is missing"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct journal_error error = {""};
		struct journal_event back = {.arena = &error};
		int r = journal_read(cases[i].line, strlen(cases[i].line),
		                     &back, &error);

		if (strncmp(error.what, cases[i].why, strlen(cases[i].why)))
			print_error("%s\nsaid: %s\n", cases[i].line,
			            error.what);
		assert_int_equal(r, -EBADMSG);
		assert_ptr_equal(back.arena, &error);
		assert_memory_equal(error.what, cases[i].why,
		                    strlen(cases[i].why));
	}
}

static void every_key_of_every_event_must_be_there(void **state)
{
	struct event e = {.t_us = 1000000};
	struct journal_event back;

	(void)state;
	e.question.text = "";
	for (int kind = 0; kind < EVENT_KINDS; kind++) {
		char *line, *at;

		e = (struct event){.t_us = 1, .kind = (enum event_kind)kind};
		if (kind == EVENT_DECISION)
			e.decision.rule = 1;
		line = line_of(&e);
		/* spoil one key after the other */
		for (at = strchr(line, '"'); at; at = strchr(at + 1, '"')) {
			if (at[-1] != '{' && at[-1] != ',')
				continue;
			at[1] ^= 1;
			assert_int_equal(
				journal_read(line, strlen(line), &back, NULL),
				-EBADMSG);
			at[1] ^= 1;
		}
		free(line);
	}
}

static void a_line_that_is_too_long_is_refused(void **state)
{
	const size_t max = 64 * 1024;
	struct journal_error error;
	struct journal_event back;
	char *line = line_of(&(struct event){.kind = EVENT_SENSOR});
	size_t len = strlen(line);
	char *padded = malloc(max + 1);

	(void)state;
	assert_non_null(padded);
	memset(padded, ' ', max + 1);
	memcpy(padded, line, len);
	assert_int_equal(journal_read(padded, max, &back, &error), 0);
	journal_event_finish(&back);
	assert_int_equal(journal_read(padded, max + 1, &back, &error),
	                 -EBADMSG);
	assert_string_equal(error.what, "line: expected at most 65536 bytes");
	free(padded);
	free(line);
}

static void events_are_compared_by_value_not_by_spacing(void **state)
{
	char key[32] = "";

	(void)state;
	assert_true(journal_equal("{\"a\":1,\"b\":[1,2]}",
	                          " {\"b\" : [1.0, 2], \"a\":1.0}", key,
	                          sizeof(key)));
	assert_string_equal(key, "");
	assert_false(journal_equal("{\"a\":1,\"b\":{\"c\":1}}",
	                           "{\"a\":1,\"b\":{\"c\":1.01}}", key,
	                           sizeof(key)));
	assert_string_equal(key, "b.c");
	assert_false(journal_equal("{\"a\":1}", "{\"a\":1,\"d\":null}", key,
	                           sizeof(key)));
	assert_string_equal(key, "d");
	assert_false(journal_equal("{\"a\":[1,2]}", "{\"a\":[1,2,3]}", key,
	                           sizeof(key)));
	assert_string_equal(key, "a.2");
	assert_false(
		journal_equal("{\"a\":null}", "{\"a\":0}", key, sizeof(key)));
	assert_string_equal(key, "a");
	assert_false(
		journal_equal("{\"a\":null}", "{\"a\":", key, sizeof(key)));
	assert_string_equal(key, "line");
}

/* --- the first line ---------------------------------------------------- */

struct played {
	struct content *content;
	struct routine *routine;
	struct session_clip clips[2];
	struct session_start start;
};

static int set_up(void **state)
{
	struct played *p = calloc(1, sizeof(*p));
	struct error error = {""};

	assert_non_null(p);
	if (content_load(&p->content, content_dir(), NULL, &error) < 0 ||
	    content_routine(p->content, "tension_relief", &p->routine, &error) <
	            0)
		fail_msg("%s", error.text);
	session_start_init(&p->start);
	p->start.routine = p->routine;
	p->clips[0] = (struct session_clip){"trap_hold", VARIANT_LIGHT, 3, 1};
	p->clips[1] = (struct session_clip){"cue.start", VARIANT_BRIEF, 0,
	                                    UINT32_MAX};
	p->start.n_clips = 2;
	p->start.clips = p->clips;
	p->start.seed = UINT64_MAX;
	p->start.profile.flags = flag_bit(FLAG_PREG) | flag_bit(FLAG_MINOR);
	p->start.profile.flags_known = true;
	p->start.profile.sessions = 12;
	p->start.profile.resonance_per_min = 5.75;
	p->start.profile.worse_side = SIDE_LEFT;
	p->start.profile.n_uses = 1;
	strcpy(p->start.profile.uses[0].technique, "trap_hold");
	p->start.profile.uses[0].uses = 3;
	p->start.profile.uses[0].rating = NONE;
	p->start.profile.uses[0].settled_n = 7;
	p->start.profile.uses[0].settled = 10.2;
	p->start.profile.uses[0].settled_low = 8.5;
	p->start.profile.uses[0].settled_high = 11.9;
	strcpy(p->start.profile.resonance_at, "2031-05-02T08:00:00+02:00");
	p->start.settings.ask = true;
	p->start.settings.from_step = 2;
	p->start.settings.slow = true;
	p->start.settings.seconds = 90.5;
	p->start.settings.master_db = -4.5;
	p->start.settings.voice_db = -1.5;
	p->start.settings.breath_db = -60;
	p->start.settings.bed_db = -0.25;
	strcpy(p->start.settings.sound.pacer, "bow");
	strcpy(p->start.settings.sound.bed, "music");
	strcpy(p->start.settings.sound.music, "/m/a b.flac");
	p->start.settings.sound.migraine = true;
	p->start.settings.sound.pause_out_pct = 7.5;
	strcpy(p->start.start, "2031-05-04T19:30:00+02:00");
	strcpy(p->start.sensor, "person:7");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct played *p = *state;

	routine_destroy(p->routine);
	content_destroy(p->content);
	free(p);
	return 0;
}

static void the_first_line_holds_all_that_the_session_knew(void **state)
{
	struct played *p = *state;
	struct journal_error error = {""};
	struct journal_start back;
	char *first, *second;
	int r;

	assert_int_equal(journal_write_start(&p->start, &first), 0);
	assert_null(strchr(first, '\n'));
	assert_memory_equal(first, "{\"kind\":\"session\",\"format\":1,", 29);
	r = journal_read_start(first, strlen(first), &back, &error);
	if (r < 0)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	assert_true(back.start.seed == UINT64_MAX);
	assert_int_equal(back.start.n_clips, 2);
	assert_string_equal(back.start.clips[1].phrase, "cue.start");
	assert_int_equal(back.start.clips[1].variant, VARIANT_BRIEF);
	assert_int_equal(back.start.clips[0].wording, 3);
	assert_int_equal(back.start.clips[1].wording, 0);
	assert_true(back.start.clips[1].ms == UINT32_MAX);
	assert_int_equal(back.start.profile.flags, p->start.profile.flags);
	assert_int_equal(back.start.profile.worse_side, SIDE_LEFT);
	assert_string_equal(back.start.profile.uses[0].technique, "trap_hold");
	assert_true(isnan(back.start.profile.uses[0].rating));
	assert_int_equal(back.start.profile.uses[0].settled_n, 7);
	assert_near(back.start.profile.uses[0].settled_low, 8.5, 0);
	assert_near(back.start.profile.uses[0].settled_high, 11.9, 0);
	assert_string_equal(back.start.profile.resonance_at,
	                    "2031-05-02T08:00:00+02:00");
	assert_int_equal(back.start.routine->n_steps, p->routine->n_steps);
	assert_string_equal(back.start.sensor, "person:7");
	assert_int_equal(journal_write_start(&back.start, &second), 0);
	assert_string_equal(first, second);
	free(first);
	free(second);
	journal_start_finish(&back);
}

/* @from in the first line of a session becomes @to. */
static int read_changed(struct played *p, const char *from, const char *to,
                        struct journal_start *ret, struct journal_error *error)
{
	char *line, *at, *changed;
	int r;

	assert_int_equal(journal_write_start(&p->start, &line), 0);
	at = strstr(line, from);
	assert_non_null(at);
	assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - line), line, to,
	                     at + strlen(from)) > 0);
	r = journal_read_start(changed, strlen(changed), ret, error);
	free(changed);
	free(line);
	return r;
}

static void a_damaged_first_line_is_refused_by_name(void **state)
{
	const struct {
		const char *from, *to, *why;
	} cases[] = {
		{"\"kind\":\"session\"", "\"kind\":\"beat\"", "kind: "},
		{"\"format\":1", "\"format\":2", "format: "},
		{"\"seed\":\"", "\"seed\":\"-", "seed: "},
		{"\"seed\":\"", "\"seed\":\"9", "seed: "},
		{"\"flags\":[\"preg\"", "\"flags\":[\"tall\"",
	         "profile.flags: \"tall\""},
		{"\"sessions\":12", "\"sessions\":-1", "profile.sessions: "},
		{"\"left\"", "\"up\"", "profile.worse_side: "},
		{"\"ask\":true", "\"ask\":1", "settings.ask: "},
		{"\"seconds\":90.5", "\"seconds\":-1", "settings.seconds: "},
		{"trap_hold/light", "trap_hold/dark",
	         "clips.trap_hold/dark/4: "},
		{"trap_hold/light/4\":1", "trap_hold/light/4\":0",
	         "clips.trap_hold/light/4: "},
		{"trap_hold/light/4", "trap_hold/light/5",
	         "clips.trap_hold/light/5: "},
		{"\"steps\":[", "\"steps\":[7,", "routine: "},
		{"\"uses\":3,", "", "profile.uses.uses: is missing"},
		{"\"settings\":", "\"sittings\":", "settings: is missing"},
	};
	struct played *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct journal_error error = {""};
		struct journal_start back;
		int r = read_changed(p, cases[i].from, cases[i].to, &back,
		                     &error);

		if (strncmp(error.what, cases[i].why, strlen(cases[i].why)))
			print_error("%s\nsaid: %s\n", cases[i].to, error.what);
		assert_int_equal(r, -EBADMSG);
		assert_memory_equal(error.what, cases[i].why,
		                    strlen(cases[i].why));
	}
}

static void what_was_remembered_is_kept_and_an_older_line_has_none(void **state)
{
	struct played *p = *state;
	struct journal_error error = {""};
	struct journal_start back;

	assert_int_equal(
		read_changed(p,
	                     ",\"settled\":{\"n\":7,\"mean\":10.2,\"low\":8.5,"
	                     "\"high\":11.9}",
	                     "", &back, &error),
		0);
	assert_int_equal(back.start.profile.uses[0].settled_n, 0);
	journal_start_finish(&back);
	assert_int_equal(
		read_changed(p,
	                     "\"resonance_at\":\"2031-05-02T08:00:00+02:00\",",
	                     "", &back, &error),
		0);
	assert_string_equal(back.start.profile.resonance_at, "");
	journal_start_finish(&back);
}

static void how_it_sounded_is_kept_and_an_older_line_has_none(void **state)
{
	struct journal_start back;
	const struct session_sound *sound = &back.start.settings.sound;

	assert_int_equal(
		read_changed(*state, "\"ask\"", "\"ask\"", &back, NULL), 0);
	assert_string_equal(sound->pacer, "bow");
	assert_string_equal(sound->bed, "music");
	assert_string_equal(sound->music, "/m/a b.flac");
	assert_true(sound->migraine);
	assert_near(sound->pause_in_pct, 0, 0);
	assert_near(sound->pause_out_pct, 7.5, 0);
	journal_start_finish(&back);
	assert_int_equal(
		read_changed(*state,
	                     ",\"sound\":{\"pacer\":\"bow\","
	                     "\"bed\":\"music\",\"music\":\"/m/a b.flac\","
	                     "\"migraine\":true,\"pause_in_pct\":0,"
	                     "\"pause_out_pct\":7.5}",
	                     "", &back, NULL),
		0);
	assert_string_equal(sound->pacer, "");
	assert_false(sound->migraine);
	journal_start_finish(&back);
}

static void a_first_line_from_before_the_levels_were_kept_is_read(void **state)
{
	struct journal_start back;

	assert_int_equal(read_changed(*state,
	                              ",\"voice_db\":-1.5,\"breath_db\":-60,"
	                              "\"bed_db\":-0.25",
	                              "", &back, NULL),
	                 0);
	assert_near(back.start.settings.master_db, -4.5, 0);
	assert_near(back.start.settings.voice_db, 0, 0);
	assert_near(back.start.settings.breath_db, 0, 0);
	assert_near(back.start.settings.bed_db, 0, 0);
	journal_start_finish(&back);
}

static void another_engines_session_is_said_to_be_so(void **state)
{
	struct played *p = *state;
	struct journal_error error;
	struct journal_start back;

	assert_int_equal(read_changed(p, "\"engine\":\"" SESSION_ENGINE "\"",
	                              "\"engine\":\"lull-0\"", &back, &error),
	                 -EPROTO);
	assert_string_equal(back.start.engine, "lull-0");
	assert_int_equal(back.start.n_clips, 2);
	journal_start_finish(&back);
}

/* --- without memory ------------------------------------------------------ */

/* Allocations left before one fails; below 0: none fails. */
static int left = -1;

static bool fails(void)
{
	return left >= 0 && left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t size);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t size)
{
	return fails() ? NULL : __real_realloc(at, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static void an_event_without_memory_is_said_to_be_so(void **state)
{
	static const char *const choices[] = {"yes", "no", NULL};
	struct event e = {.t_us = 7, .kind = EVENT_QUESTION};
	struct journal_event back;
	struct journal_error error;
	int r = -ENOMEM;
	char *line;

	(void)state;
	e.question.text = "Is there enough of it?";
	e.question.choices = choices;
	for (int n = 0; r == -ENOMEM; n++) {
		left = n;
		r = journal_write(&e, &line);
		left = -1;
	}
	assert_int_equal(r, 0);
	r = -ENOMEM;
	for (int n = 0; r == -ENOMEM; n++) {
		left = n;
		r = journal_read(line, strlen(line), &back, &error);
		left = -1;
	}
	assert_int_equal(r, 0);
	journal_event_finish(&back);
	free(line);
}

static void a_first_line_without_memory_is_said_to_be_so(void **state)
{
	struct played *p = *state;
	struct journal_error error;
	struct journal_start back;
	int r = -ENOMEM, failed = 0;
	char *line;

	/* every one of the first, then ever fewer: there are thousands */
	for (int n = 0; r == -ENOMEM; n += 1 + n / 40) {
		left = n;
		r = journal_write_start(&p->start, &line);
		left = -1;
		failed++;
	}
	assert_int_equal(r, 0);
	assert_true(failed > 1);
	r = -ENOMEM;
	failed = 0;
	for (int n = 0; r == -ENOMEM; n += 1 + n / 40) {
		left = n;
		r = journal_read_start(line, strlen(line), &back, &error);
		left = -1;
		if (r != 0 && r != -ENOMEM)
			print_error("allocation %d: %s\n", n, error.what);
		failed++;
	}
	assert_int_equal(r, 0);
	assert_true(failed > 50);
	journal_start_finish(&back);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_input_reads_back),
		cmocka_unit_test(a_text_reads_back_whatever_is_in_it),
		cmocka_unit_test(every_number_reads_back_to_the_same_value),
		cmocka_unit_test(a_number_is_written_as_short_as_it_can_be),
		cmocka_unit_test(an_output_reads_back),
		cmocka_unit_test(an_estimate_reads_back_and_no_value_is_null),
		cmocka_unit_test(
			a_decision_reads_back_with_its_figures_in_order),
		cmocka_unit_test(a_question_and_an_end_read_back),
		cmocka_unit_test(what_is_not_an_event_is_refused_by_name),
		cmocka_unit_test(every_key_of_every_event_must_be_there),
		cmocka_unit_test(a_line_that_is_too_long_is_refused),
		cmocka_unit_test(events_are_compared_by_value_not_by_spacing),
		cmocka_unit_test_setup_teardown(
			the_first_line_holds_all_that_the_session_knew, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_damaged_first_line_is_refused_by_name, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_first_line_from_before_the_levels_were_kept_is_read,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_was_remembered_is_kept_and_an_older_line_has_none,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			how_it_sounded_is_kept_and_an_older_line_has_none,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			another_engines_session_is_said_to_be_so, set_up,
			tear_down),
		cmocka_unit_test(an_event_without_memory_is_said_to_be_so),
		cmocka_unit_test_setup_teardown(
			a_first_line_without_memory_is_said_to_be_so, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
