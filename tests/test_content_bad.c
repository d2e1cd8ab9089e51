/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is refused, and what is said of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content/content.h"
#include "content/yaml.h"
#include "helpers/book.h"
#include "helpers/test.h"

struct spoiled {
	const char *from, *to; /* in the file */
	const char *at; /* the line that the error must name; NULL: the last */
	const char *says;
};

static void assert_refused(const struct content *c, const char *whole,
                           const struct spoiled *s)
{
	char *dir = test_scratch(),
	     *text = book_replaced(whole, s->from, s->to);
	char *path = book_path(dir, "my.yaml"), line[600];
	struct routine *r = NULL;
	struct error error = {""};
	int status;

	book_write(dir, "my.yaml", text);
	status = content_check(c, path, &r, &error);
	if (status != -EBADMSG)
		fail_msg("'%s' gave %d", s->to, status);
	assert_null(r);
	snprintf(line, sizeof line, "%s: line %d: ", path,
	         book_line_of(text, s->at));
	book_says(&error, line);
	book_says(&error, s->says);
	free(path);
	free(text);
	test_scrap(dir);
}

static void a_bad_routine_is_refused_with_its_line_and_field(void **state)
{
	static const struct spoiled bad[] = {
		{"do: trap_hold", "do: trap_halt", "do: trap_halt",
	         "do: unknown technique 'trap_halt'"},
		{"do: trap_hold", "do: [trap_hold]", "do: [trap_hold]",
	         "do: expected a text, found a list"},
		{"name: Ease", "nmae: Ease", "nmae",
	         "routine: unknown key 'nmae'"},
		{"\n  after_r8: skip", "\n  after_r9: skip", "after_r9",
	         "step: unknown key 'after_r9'"},
		{"goal: Loosen", "name: twice\ngoal: Loosen", "name: twice",
	         "name: expected it only once"},
		{"posture: Seated", "# Seated", "id: tension_relief",
	         "posture: expected this field, it is missing"},
		{"  do: levator_press\n", "", "n: 7",
	         "do: expected this field, it is missing"},
		{"  rules: [R9]\n", "", "n: 13",
	         "rules: expected this field, it is missing"},
		{"s: [50, 100, 180]", "s: [101, 100, 180]", "s: [101",
	         "s: expected least <= usual <= most, found [101, 100, 180]"},
		{"s: [50, 100, 180]", "s: [50, 100, 99]", "s: [50, 100, 99]",
	         "s: expected least <= usual <= most"},
		{"s: [50, 100, 180]", "s: [50, 100]", "s: [50, 100]",
	         "s: expected a list of 3 to 3, found 2"},
		{"s: [50, 100, 180]", "s: [50, 100, 181]", "s: [50, 100, 181]",
	         "s: expected at most 180 s of trap_hold, found 181"},
		{"s: [50, 100, 180]", "s: [50, 1e999, 180]", "1e999",
	         "s: expected a number from 0 to 3600, found '1e999'"},
		{"s: [50, 100, 180]", "s: [50, nan, 180]", "nan",
	         "s: expected a number"},
		{"s: [50, 100, 180]", "s: [50, 0x64, 180]", "0x64",
	         "s: expected a number"},
		{"s: [50, 100, 180]", "s: [-1, 100, 180]", "s: [-1",
	         "s: expected a number"},
		{"s: [50, 100, 180]", "s: [50, 90, 180]", "total_s: 900",
	         "total_s: expected 890"},
		{"total_s: 900", "total_s: 901", "total_s: 901",
	         "total_s: expected 900"},
		{"total_s: 900", "total_s: soon", "total_s: soon",
	         "total_s: expected a number from 30 to 7200, found 'soon'"},
		{"- n: 6", "- n: 5", "n: 5\n  do: trap",
	         "n: expected more than 5, found 5"},
		{"- n: 6", "- n: 6.5", "n: 6.5", "n: expected a whole number"},
		{"pressure_cap: 5", "pressure_cap: 6", "pressure_cap: 6",
	         "pressure_cap: expected a number from 0 to 5"},
		{"verbosity: auto", "verbosity: loud", "verbosity: loud",
	         "verbosity: expected auto, week, full, brief or minimal"},
		{"ask: [activity, sore]", "ask: [horoscope]", "horoscope",
	         "ask: unknown question 'horoscope'"},
		{"ask: [activity, sore]", "ask: [known]", "ask: [known]",
	         "ask: unknown question 'known' (when: step)"},
		{"ask: [headache, tension]", "ask: [a, b, c, d, e]",
	         "ask: [a, b", "ask: expected a list of 0 to 4, found 5"},
		{"extend_order: [9, 6, 10]", "extend_order: [9, 66]",
	         "extend_order", "extend_order: there is no step 66"},
		{"extend_order: [9, 6, 10]", "extend_order: [9, 9]",
	         "extend_order", "extend_order: expected step 9 only once"},
		{"time_to: [5, 2, 3]", "time_to: [5, 2, 33]",
	         "time_to: [5, 2, 33]", "time_to: there is no step 33"},
		{"time_to: [5, 2]", "time_to: [5, 2, 4]", "time_to: [5, 2, 4]",
	         "time_to: step 4 presses harder than step 3"},
		{"time_to: [12, 2, 13]", "time_to: [12, 2, 10]",
	         "time_to: [12, 2, 11, 13]",
	         "time_to: goes round in a circle back to step 10"},
		{"time_to: [12, 2, 13]", "time_to: [11]", "time_to: [11]",
	         "time_to: goes round in a circle back to step 11"},
		{"breath: hold_rate", "breath: target", "breath: target",
	         "breath: expected nat, own, hold_rate or {from, to, floor}"},
		{"breath: hold_rate", "breath: follow", "breath: follow",
	         "breath: expected nat, own, hold_rate"},
		{"{from: follow, to", "{from: here, to", "from: here",
	         "from: expected follow or hold_rate"},
		{"to: target}", "to: slow6}", "to: slow6",
	         "to: expected target"},
		{"to: target}", "to: target, floor: 3}", "floor: 3",
	         "floor: expected a number from 4.5 to 20"},
		{"{from: follow, to: target}", "{from: follow}",
	         "{from: follow}", "to: expected this field, it is missing"},
		{"rules: [R1, R2]", "rules: [R1, R16]", "R16",
	         "rules: expected R1 to R15"},
		{"rules: [R1, R2]", "rules: [R1, R02]", "R02",
	         "rules: expected R1 to R15"},
		{"skip_if: [tmj]", "skip_if: [tmi]", "skip_if: [tmi]",
	         "skip_if: unknown flag 'tmi'"},
		{"\n  after_r8: skip", "\n  after_r8: maybe", "after_r8: maybe",
	         "after_r8: expected skip or keep"},
		{"id: tension_relief", "id: Tension", "id: Tension",
	         "id: expected a name of a-z, 0-9, _ and ."},
		{"id: tension_relief",
	         "id: a123456789b123456789c123456789d123456789e1234567",
	         "id: a1", "id: expected at most 47 bytes, found 48"},
		{"id: tension_relief", "id: \"\"", "id: \"\"",
	         "id: expected a name"},
		{"goal: Loosen", "goal: \"a\\nb\" #", "goal: \"a",
	         "goal: expected one line of printable text"},
		{"goal: Loosen", "goal: \"\\e[31m\" #", "goal: \"",
	         "goal: expected one line of printable text"},
		{"steps:", "steps: {}\nsteps2:", "steps2:",
	         "routine: unknown key 'steps2'"},
		{"name: Ease", "name: &n Ease", "name: &n",
	         "file: expected no anchors"},
		{"name: Ease", "name: *n #", "name: *n", ""},
		{"name: Ease", "name: !!str Ease", "name: !!str",
	         "file: expected no tags"},
		{"name: Ease", "name: \"Ease", NULL,
	         "expected YAML: found unexpected end of stream, while scanning a quoted scalar from line "},
		{"id: tension_relief", "\tid: x", "\tid: x", "expected YAML: "},
		{"  ask_after: [headache, tension]\n", "---\na: b\n", "---\na",
	         "file: expected only one document"},
	};
	struct content *c = book_load();
	char *whole = book_read(content_dir(), BOOK_ROUTINE);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(c, whole, &bad[i]);
	free(whole);
	content_destroy(c);
}

static void what_is_firm_needs_a_listening_window_after_it(void **state)
{
	static const struct spoiled bad = {
		"s: [25, 30, 45]\n  breath: hold_rate\n  rules: [R10, R8]",
		"s: [24, 30, 45]\n  breath: hold_rate\n  rules: [R10, R8]",
		"n: 9", "expected a rest_listen of at least 25 s after step 9"};
	struct content *c = book_load();
	char *whole = book_read(content_dir(), BOOK_ROUTINE);

	(void)state;
	assert_refused(c, whole, &bad);
	free(whole);
	content_destroy(c);
}

static void assert_status(const struct content *c, const char *path, int status,
                          const char *part)
{
	struct routine *r = NULL;
	struct error error = {""};

	assert_int_equal(content_check(c, path, &r, &error), status);
	assert_null(r);
	book_says(&error, path);
	book_says(&error, part);
}

static void what_is_no_routine_file_is_refused_plainly(void **state)
{
	struct content *c = book_load();
	char *dir = test_scratch(), *path = book_path(dir, "my.yaml");
	char deep[600] = "";
	int fd;

	(void)state;
	assert_status(c, path, -ENOENT, "cannot be read: No such file");
	assert_status(c, dir, -EBADMSG, "expected a regular file");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_status(c, path, -EBADMSG, "expected a regular file");
	assert_int_equal(unlink(path), 0);

	book_write(dir, "my.yaml", "");
	assert_status(c, path, -EBADMSG, "line 1: file: expected a document");
	book_write(dir, "my.yaml", "# only this\n");
	assert_status(c, path, -EBADMSG, "line 1: file: expected a document");
	book_write(dir, "my.yaml", "just words\n");
	assert_status(c, path, -EBADMSG,
	              "line 1: routine: expected a mapping (key: value), "
	              "found 'just words'");
	book_write_bytes(dir, "my.yaml", "id: a\nname: \xff\xfe\n", 15);
	assert_status(c, path, -EBADMSG, "line 2: text: expected UTF-8");
	book_write_bytes(dir, "my.yaml", "id: a\0b\n", 8);
	assert_status(c, path, -EBADMSG, "line 1: text: expected UTF-8");
	memset(deep, '[', 500);
	book_write(dir, "my.yaml", deep);
	assert_status(c, path, -EBADMSG, "expected at most 16 levels");
	if (geteuid() != 0) {
		assert_int_equal(chmod(path, 0), 0);
		assert_status(c, path, -EACCES, "Permission denied");
	}
	assert_int_equal(unlink(path), 0);

	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 100 * 1000 * 1000), 0);
	assert_int_equal(close(fd), 0);
	assert_status(c, path, -EFBIG, "expected at most 1 MiB");
	free(path);
	test_scrap(dir);
	content_destroy(c);
}

/* Not read at all: it would be 100 MB of NUL, which is not UTF-8 text. */
static void one_byte_over_the_limit_is_too_much(void **state)
{
	char *text = malloc(YAML_BYTES_MAX + 1);
	struct error error = {""};
	struct yaml *y = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', YAML_BYTES_MAX + 1);
	text[0] = 'a';
	assert_int_equal(yaml_load(&y, "big", text, YAML_BYTES_MAX + 1, &error),
	                 -EFBIG);
	assert_null(y);
	assert_int_equal(yaml_load(&y, "big", text, YAML_BYTES_MAX, &error), 0);
	yaml_destroy(y);
	free(text);
}

struct spoiled_file {
	const char *file;
	struct spoiled s;
};

static void bad_content_is_refused_with_its_line_and_field(void **state)
{
	static const struct spoiled_file bad[] = {
		{"techniques.yaml",
	         {"pressure: [1, 3]", "pressure: [4, 3]", "pressure: [4, 3]",
	          "pressure: expected lowest <= highest, found [4, 3]"}},
		{"techniques.yaml",
	         {"pressure: [1, 3]", "pressure: [1, 11]", "[1, 11]",
	          "pressure: expected a number from 0 to 10"}},
		{"techniques.yaml",
	         {"mode: squeeze", "mode: breathe", "mode: breathe",
	          "mode: expected still, stroke"}},
		{"techniques.yaml",
	         {"sides: each", "sides: left", "sides: left",
	          "sides: expected each, both or centre"}},
		{"techniques.yaml",
	         {"sig: poor", "sig: bad", "sig: bad",
	          "sig: expected good, fair or poor"}},
		{"techniques.yaml",
	         {"neck: true", "neck: yes", "neck: yes",
	          "neck: expected true or false, found 'yes'"}},
		{"techniques.yaml",
	         {"contra: [preg,", "contra: [pregg,", "pregg",
	          "contra: unknown flag 'pregg'"}},
		{BOOK_PHRASES,
	         {"  minimal: \"Press and stay.\"\n", "", "id: trap_hold",
	          "minimal: expected this field, it is missing"}},
		{BOOK_PHRASES,
	         {"  minimal: \"Press and stay.\"", "  minimal: \"\"",
	          "id: trap_hold", "minimal: expected a text, found it empty"}},
		{"techniques.yaml",
	         {"id: trap_hold", "id: trap_squeeze",
	          "id: trap_squeeze\n  name: \"Upper trapezius sustained",
	          "id: 'trap_squeeze' is already taken"}},
		{"techniques.yaml",
	         {"src: [DJ]", "src: [\"D J\"]", "src: [\"D J\"]",
	          "src: expected keys"}},
		{BOOK_PHRASES,
	         {"id: cue.start", "id: start", "id: start",
	          "id: expected cue.NAME, found 'start'"}},
		{BOOK_PHRASES,
	         {"id: cue.start", "id: cue.begin", "- id: cue.begin",
	          "cues: expected cue.start, it is missing"}},
		{BOOK_PHRASES,
	         {"  brief: \"In.\"\n", "", "id: cue.inhale",
	          "brief: expected this field, it is missing"}},
		{"questions.yaml",
	         {"unanswered: not_sure", "unanswered: perhaps",
	          "unanswered: perhaps",
	          "unanswered: expected one of the choices, or none"}},
		{"questions.yaml",
	         {"stop: soon", "stop: later", "stop: later",
	          "stop: expected soon, urgent or emergency"}},
		{"questions.yaml",
	         {"when: session", "when: often", "when: often",
	          "when: expected profile, session or step"}},
		{"questions.yaml",
	         {"timeout_s: 60", "timeout_s: 0", "timeout_s: 0",
	          "timeout_s: expected a number from 1 to 600"}},
		{"questions.yaml",
	         {"[{value: yes}, {value: no, refuse: true}]",
	          "[{value: no}, {value: no, refuse: true}]", "[{value: no}",
	          "value: expected 'no' only once"}},
		{"questions.yaml",
	         {"id: red_now", "id: red_then", "- id: accept",
	          "questions: expected red_now, it is missing"}},
		{BOOK_ROUTINE,
	         {"do: breathe", "do: breath", "do: breath",
	          "do: unknown technique 'breath'"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct spoiled_file *b = &bad[i];
		char *dir = book_copy(), *whole = book_read(dir, b->file);
		char *text = book_replaced(whole, b->s.from, b->s.to),
		     line[600];
		struct content *c = NULL;
		struct error error = {""};

		book_write(dir, b->file, text);
		if (content_load(&c, dir, NULL, &error) != -EBADMSG)
			fail_msg("'%s' was taken", b->s.to);
		assert_null(c);
		snprintf(line, sizeof line, "%s/%s: line %d: ", dir, b->file,
		         book_line_of(text, b->s.at));
		book_says(&error, line);
		book_says(&error, b->s.says);
		free(text);
		free(whole);
		test_scrap(dir);
	}
}

static void a_text_that_is_too_long_is_refused(void **state)
{
	char *dir = book_copy(), *whole = book_read(dir, BOOK_PHRASES);
	char text[450] = "full: \"", *spoiled;
	struct content *c = NULL;
	struct error error = {""};

	(void)state;
	memset(text + 7, 'a', 401);
	strcpy(text + 408, "\"");
	spoiled = book_replaced(
		whole,
		"full: \"Let each breath be small and easy. You need less air "
		"than you think.\"",
		text);
	book_write(dir, BOOK_PHRASES, spoiled);
	assert_int_equal(content_load(&c, dir, NULL, &error), -EBADMSG);
	book_says(&error, "full: expected at most 400 bytes, found 401");
	free(spoiled);
	free(whole);
	test_scrap(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_bad_routine_is_refused_with_its_line_and_field),
		cmocka_unit_test(
			what_is_firm_needs_a_listening_window_after_it),
		cmocka_unit_test(what_is_no_routine_file_is_refused_plainly),
		cmocka_unit_test(one_byte_over_the_limit_is_too_much),
		cmocka_unit_test(
			bad_content_is_refused_with_its_line_and_field),
		cmocka_unit_test(a_text_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
