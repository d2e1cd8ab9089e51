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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
