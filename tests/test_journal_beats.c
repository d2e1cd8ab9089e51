/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal_beats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "signal/beat.h"
#include "tests/helpers/test.h"

/* A first line as sessions have it. */
static char *first;

static int set_up(void **state)
{
	struct error error = {""};
	struct session_start start;
	struct content *content;
	struct routine *routine;

	(void)state;
	if (content_load(&content, content_dir(), NULL, &error) < 0 ||
	    content_routine(content, "tension_relief", &routine, &error) < 0)
		fail_msg("%s", error.text);
	session_start_init(&start);
	start.routine = routine;
	strcpy(start.start, "2031-05-04T19:30:00+02:00");
	strcpy(start.sensor, "person:7");
	assert_int_equal(journal_write_start(&start, &first), 0);
	routine_destroy(routine);
	content_destroy(content);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(first);
	return 0;
}

/* What follows it; each line ends in a newline. */
static int parse(const char *head, const char *lines, struct rr *ret,
                 struct journal_beats_error *error)
{
	size_t n = strlen(head), len = n + 1 + strlen(lines);
	char *text = malloc(len); /* of the exact size */
	int r;

	assert_non_null(text);
	memcpy(text, head, n);
	text[n] = '\n';
	memcpy(text + n + 1, lines, len - n - 1);
	assert_true(journal_beats_is(text, len));
	r = journal_beats_parse(text, len, ret, error);
	free(text);
	return r;
}

#define BEAT(t, rr, at)                                                        \
	"{\"t\":" t ",\"kind\":\"beat\"," rr                                   \
	",\"contact\":\"good\",\"at\":" at "}\n"
#define SENSOR(t, word)                                                        \
	"{\"t\":" t ",\"kind\":\"sensor\",\"state\":\"" word "\"}\n"

static void beats_keep_their_ticks_and_their_times(void **state)
{
	struct journal_beats_error error;
	struct rr rr;

	(void)state;
	assert_int_equal(
		parse(first,
	              SENSOR("0.000000", "searching") SENSOR("1.000000",
	                                                     "connected")
	                      BEAT("5", "\"rr_ticks\":896", "4.5")
	                              BEAT("6", "\"rr_ms\":812.5", "5.25"),
	              &rr, &error),
		0);
	assert_int_equal(rr.n, 2);
	assert_int_equal(rr.intervals[0].rr_ticks, 896);
	assert_near(rr.intervals[0].rr_ms, 875, 0);
	assert_int_equal(rr.intervals[0].t_us, 875000);
	assert_false(rr.intervals[0].gap);
	assert_int_equal(rr.intervals[1].rr_ticks, 0);
	assert_near(rr.intervals[1].rr_ms, 812.5, 0);
	assert_int_equal(rr.intervals[1].t_us, 1625000);
	assert_false(rr.intervals[1].gap);
	rr_finish(&rr);
}

static void what_parts_two_beats_is_a_gap(void **state)
{
	static const struct {
		const char *between;
		bool gap;
	} cases[] = {
		{"", false},
		{SENSOR("2", "connected"), false},
		{SENSOR("2", "no_contact"), false},
		{SENSOR("2", "gap"), true},
		{SENSOR("2", "lost"), true},
		{SENSOR("2", "searching"), true},
		{SENSOR("2", "gap") SENSOR("2", "connected"), true},
		{"{\"t\":2,\"kind\":\"suspended\",\"seconds\":30}\n", true},
		{"{\"t\":2,\"kind\":\"command\",\"word\":\"pause\"}\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct journal_beats_error error;
		char lines[1024];
		struct rr rr;

		snprintf(lines, sizeof(lines), "%s%s%s%s",
		         BEAT("1", "\"rr_ms\":800", "0.9"), cases[i].between,
		         BEAT("3", "\"rr_ms\":810", "2.9"),
		         BEAT("4", "\"rr_ms\":790", "3.7"));
		assert_int_equal(parse(first, lines, &rr, &error), 0);
		assert_int_equal(rr.n, 3);
		assert_int_equal(rr.intervals[1].gap, cases[i].gap);
		assert_false(rr.intervals[2].gap);
		rr_finish(&rr);
	}
}

static void a_session_of_another_engine_will_do(void **state)
{
	char *at = strstr(first, "\"engine\":\""), *other;
	struct journal_beats_error error;
	struct rr rr;

	(void)state;
	assert_non_null(at);
	assert_true(asprintf(&other, "%.*s\"engine\":\"x%s", (int)(at - first),
	                     first, at + 10) > 0);
	assert_int_equal(
		parse(other, BEAT("1", "\"rr_ms\":800", "0.9"), &rr, &error),
		0);
	assert_int_equal(rr.n, 1);
	rr_finish(&rr);
	free(other);
}

static void what_is_wrong_is_told_by_its_line(void **state)
{
#define GOOD BEAT("1", "\"rr_ms\":800", "0.9")
	static const struct {
		const char *head, *lines;
		int error;
		unsigned line;
		const char *what;
	} cases[] = {
		{NULL, "", -ENODATA, 0, "there is none"},
		{NULL, SENSOR("2", "gap"), -ENODATA, 0, "there is none"},
		{"{}", GOOD, -EBADMSG, 1, "is missing"},
		{"{\"kind\":\"session\",", GOOD, -EBADMSG, 1, "line: "},
		{NULL, "\n" GOOD, -EBADMSG, 2, "line: "},
		{NULL, GOOD BEAT("1", "\"rr_ms\":0", "1.9"), -EBADMSG, 3,
	         "above 0"},
		{NULL, GOOD BEAT("1", "\"rr_ms\":-3", "1.9"), -EBADMSG, 3,
	         "rr_ms: "},
		{NULL, GOOD BEAT("1", "\"rr_ticks\":0", "1.9"), -EBADMSG, 3,
	         "rr_ticks: "},
		{NULL, GOOD BEAT("1", "\"rr_ms\":NaN", "1.9"), -EBADMSG, 3,
	         "line: "},
		{NULL, GOOD BEAT("1", "\"rr\":800", "1.9"), -EBADMSG, 3,
	         "rr_ms: is missing"},
		{NULL, GOOD BEAT("1", "\"rr_ms\":800,\"x\":1", "1.9"), -EBADMSG,
	         3, "x: is not expected"},
		{NULL, GOOD SENSOR("2", "asleep"), -EBADMSG, 3, "asleep"},
		{NULL, GOOD "{\"t\":3,\"kind\":\"dance\"}\n", -EBADMSG, 3,
	         "dance"},
		{NULL, GOOD GOOD "{\"t\":3,\"ki", -EBADMSG, 4, "line: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct journal_beats_error error = {.line = 99};
		struct rr rr = {.n = 42};

		assert_int_equal(parse(cases[i].head ? cases[i].head : first,
		                       cases[i].lines, &rr, &error),
		                 cases[i].error);
		assert_int_equal(rr.n, 42);
		assert_int_equal(error.line, cases[i].line);
		if (!strstr(error.why.what, cases[i].what))
			print_error("%s\n", error.why.what);
		assert_non_null(strstr(error.why.what, cases[i].what));
	}
}

static void other_recordings_are_no_json(void **state)
{
	static const char *const texts[] = {"",      " \n",
	                                    "800\n", "# lull capture 1\n",
	                                    "[1]",   "date,rr,since start\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(journal_beats_is(texts[i], strlen(texts[i])));
	assert_false(journal_beats_is("\0{", 2));
	assert_true(journal_beats_is(" \n{", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beats_keep_their_ticks_and_their_times),
		cmocka_unit_test(what_parts_two_beats_is_a_gap),
		cmocka_unit_test(a_session_of_another_engine_will_do),
		cmocka_unit_test(what_is_wrong_is_told_by_its_line),
		cmocka_unit_test(other_recordings_are_no_json),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
