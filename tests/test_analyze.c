/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "tests/helpers/analyze.h"

static char *path_of(const char *name)
{
	static char path[4][600];
	static unsigned turn;
	char *at = path[turn++ % 4];

	snprintf(at, sizeof(path[0]), "%s/%s", analyze_home, name);
	return at;
}

static const char *write_file(const char *name, const void *bytes, size_t len)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
	return path;
}

/* A heart at rest, or with @spread_ms 0 all beats equal. */
static const char *write_beats(const char *name, size_t n, double spread_ms)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");
	uint64_t seed = 5;
	double t_s = 0.0;

	assert_non_null(f);
	for (size_t i = 0; i < n; i++) {
		double rr_ms = 900.0 + spread_ms * sin(1.6 * t_s) +
		               spread_ms * test_uniform(&seed);

		t_s += rr_ms / 1e3;
		fprintf(f, "%.3f\n", rr_ms);
	}
	fclose(f);
	return path;
}

/* --- usage -----------------------------------------------------------------
 */

static void wrong_usage_is_one_line_and_status_2(void **state)
{
	static const char *const wrong[] = {
		"",
		"x --step 5",
		"x --json --csv",
		"x y --plot p.svg",
		"x --window 60 --plot p.svg",
		"x --from 5 --to 5",
		"x --window 9",
		"x --window nan",
		"x --window 60 --step 0",
		"x --detrend much",
		"- -",
		"x --from -1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		analyze("%s", wrong[i]);
		analyze_one_line(2, "lull analyze --help");
	}
}

/* --- what comes out ---------------------------------------------------------
 */

static const char *const bands[] = {
	"vlf_ms2", "lf_ms2",      "hf_ms2",     "total_ms2",  "lf_hf", "lf_nu",
	"hf_nu",   "vlf_peak_hz", "lf_peak_hz", "hf_peak_hz", NULL};
static const char *const artifacts[] = {"missed",     "extra",    "ectopic",
                                        "long_short", "rejected", "percent",
                                        "refused",    NULL};
static const char *const coherence[] = {"ratio", "peak_hz", NULL};

/* INTERFACES, "lull analyze --json", in its order. */
static const struct {
	const char *name;
	const char *const *below;
} keys[] = {
	{"file", NULL},
	{"beats", NULL},
	{"duration_s", NULL},
	{"artifacts", artifacts},
	{"mean_nn_ms", NULL},
	{"sdnn_ms", NULL},
	{"rmssd_ms", NULL},
	{"sdsd_ms", NULL},
	{"nn50", NULL},
	{"pnn50_pct", NULL},
	{"nn20", NULL},
	{"pnn20_pct", NULL},
	{"mean_hr_bpm", NULL},
	{"mean_inst_hr_bpm", NULL},
	{"sd1_ms", NULL},
	{"sd2_ms", NULL},
	{"triangular_index", NULL},
	{"tinn_ms", NULL},
	{"stress_index", NULL},
	{"stress_index_sqrt", NULL},
	{"welch", bands},
	{"lomb", bands},
	{"sample_entropy", NULL},
	{"dfa_alpha1", NULL},
	{"coherence", coherence},
	{"breathing_per_min", NULL},
	{"settings", NULL},
};
#define KEYS (sizeof(keys) / sizeof(*keys))

static void check_leaf(const json_t *value)
{
	assert_true(json_is_number(value) || json_is_null(value) ||
	            json_is_boolean(value));
	if (json_is_real(value))
		assert_true(isfinite(json_real_value(value)));
}

static void check_below(json_t *object, const char *const *names)
{
	void *at = json_object_iter(object);

	for (; *names; names++, at = json_object_iter_next(object, at)) {
		assert_non_null(at);
		assert_string_equal(json_object_iter_key(at), *names);
		check_leaf(json_object_iter_value(at));
	}
	assert_null(at);
}

static void check_object(json_t *object, bool windowed)
{
	void *at = json_object_iter(object);

	for (size_t i = 0; i < KEYS;
	     i++, at = json_object_iter_next(object, at)) {
		json_t *value;

		assert_non_null(at);
		assert_string_equal(json_object_iter_key(at), keys[i].name);
		value = json_object_iter_value(at);
		if (keys[i].below)
			check_below(value, keys[i].below);
		else if (i > 0 && i + 1 < KEYS)
			check_leaf(value);
		if (i == 0 && windowed) {
			at = json_object_iter_next(object, at);
			assert_string_equal(json_object_iter_key(at), "from_s");
			at = json_object_iter_next(object, at);
			assert_string_equal(json_object_iter_key(at), "to_s");
		}
	}
	assert_null(at);
}

static void json_has_the_keys_of_interfaces_in_order(void **state)
{
	const char *path = write_beats("a.rr", 400, 40.0);
	json_t *j;

	(void)state;
	analyze("%s --json", path);
	j = analyze_json();
	check_object(j, false);
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 400);
	json_decref(j);
	analyze("%s --json --raw", path);
	j = analyze_json();
	check_object(j, false);
	assert_true(json_is_null(
		json_object_get(json_object_get(j, "artifacts"), "missed")));
	json_decref(j);
}

static void figures_need_their_beats_and_are_null_without(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 130; n += n < 5 ? 1 : 25) {
		json_t *j;

		analyze("%s --json", write_beats("n.rr", n, 40.0));
		j = analyze_json();
		check_object(j, false);
		assert_true(json_is_null(json_object_get(j, "rmssd_ms")) ==
		            (n < 2));
		assert_true(json_is_null(json_object_get(j, "nn50")) ==
		            (n < 2));
		json_decref(j);
	}
	analyze("%s --json", write_beats("equal.rr", 1000, 0.0));
	json_t *j = analyze_json();
	check_object(j, false);
	assert_near(json_number_value(json_object_get(j, "rmssd_ms")), 0, 0);
	assert_true(json_is_null(json_object_get(j, "sample_entropy")));
	json_decref(j);
}

static size_t split(char *line, char **ret, size_t max)
{
	size_t n = 0;

	for (char *at = line; at && n < max; n++) {
		ret[n] = at;
		at = strchr(at, ',');
		if (at)
			*at++ = '\0';
	}
	return n;
}

static void csv_says_the_same_as_json(void **state)
{
	const char *path = write_beats("a.rr", 300, 40.0);
	char *name[96], *value[96], *row;
	size_t n;
	json_t *j;

	(void)state;
	analyze("%s --json", path);
	j = analyze_json();
	analyze("%s --csv", path);
	row = strstr(analyzed.text, "\r\n");
	assert_non_null(row);
	*row = '\0';
	row += 2;
	assert_non_null(strstr(row, "\r\n"));
	*strstr(row, "\r\n") = '\0';
	n = split(analyzed.text, name, 96);
	assert_int_equal(split(row, value, 96), n);
	/* without from_s and to_s; three of the settings */
	assert_int_equal(n, 54);
	for (size_t i = 0; i < n; i++) {
		json_t *in_json = analyze_value(j, name[i]);

		assert_non_null(in_json);
		if (json_is_number(in_json))
			assert_near(strtod(value[i], NULL),
			            json_number_value(in_json), 0);
		else if (json_is_null(in_json))
			assert_string_equal(value[i], "");
		else if (json_is_string(in_json))
			assert_string_equal(value[i],
			                    json_string_value(in_json));
	}
	json_decref(j);
}

static void a_file_name_is_quoted(void **state)
{
	(void)state;
	write_beats("a,\"b.rr", 50, 40.0);
	analyze("'%s/a,\"b.rr' --csv", analyze_home);
	assert_int_equal(analyzed.status, 0);
	assert_non_null(strstr(analyzed.text, "/a,\"\"b.rr\",50,"));
	analyze("'%s/a,\"b.rr' --json", analyze_home);
	json_decref(analyze_json());
}

/* --- cuts and windows
 * --------------------------------------------------------- */

static void windows_are_whole_and_at_their_steps(void **state)
{
	const char *path = write_beats("a.rr", 1000, 40.0);
	json_t *all, *one;
	double end_s;
	size_t n;

	(void)state;
	analyze("%s --json", path);
	one = analyze_json();
	end_s = json_number_value(json_object_get(one, "duration_s"));
	json_decref(one);
	analyze("%s --json --window 120 --step 30 --from 10", path);
	all = analyze_json();
	n = json_array_size(all);
	assert_int_equal(n, 1 + (size_t)((end_s - 10.0 - 120.0) / 30.0));
	for (size_t i = 0; i < n; i++) {
		double from_s;

		one = json_array_get(all, i);
		check_object(one, true);
		from_s = json_number_value(json_object_get(one, "from_s"));
		assert_near(from_s, 10.0 + 30.0 * (double)i, 1e-9);
		assert_near(json_number_value(json_object_get(one, "to_s")),
		            from_s + 120.0, 1e-9);
		assert_true(json_number_value(json_object_get(
				    one, "duration_s")) <= 120.0);
	}
	json_decref(all);
	analyze("%s --window 5000", path);
	analyze_one_line(1, "shorter than one window");
	analyze("%s --from 90000 --to 90010", path);
	analyze_one_line(1, "no interval lies there");
}

static void a_cut_takes_the_intervals_that_lie_within(void **state)
{
	json_t *j;

	(void)state;
	/* ends at 1, 2, 3, ... */
	write_file("s.rr", "1\n1\n1\n1\n1\n1\n1\n1\n", 16);
	analyze("%s --json --from 2 --to 5", path_of("s.rr"));
	j = analyze_json();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 3);
	json_decref(j);
	analyze("%s --json --from 2.5 --to 5.5", path_of("s.rr"));
	j = analyze_json();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 2);
	json_decref(j);
}

/* --- many files, pipes
 * ---------------------------------------------------------- */

static void many_files_come_in_the_order_given(void **state)
{
	char args[2048] = "";
	json_t *all;

	(void)state;
	for (int i = 0; i < 20; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d.rr", i);
		strcat(args,
		       write_beats(name, (size_t)(50 + 60 * (20 - i)), 40.0));
		strcat(args, " ");
	}
	run_on(&analyzed, "", analyze_home,
	       strcat(strcpy(analyzed.text, "analyze --json "), args));
	all = analyze_json();
	assert_int_equal(json_array_size(all), 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(json_integer_value(json_object_get(
					 json_array_get(all, i), "beats")),
		                 50 + 60 * (20 - i));
	json_decref(all);
}

static void a_broken_file_does_not_hide_the_others(void **state)
{
	const char *good = write_beats("good.rr", 100, 40.0);
	const char *bad = write_file("bad.rr", "800\nx\n", 6);
	json_error_t error;
	json_t *all;

	(void)state;
	analyze("%s %s %s --json 2>%s/err", good, bad, good, analyze_home);
	assert_int_equal(analyzed.status, 1);
	all = json_loads(analyzed.text, 0, &error);
	assert_int_equal(json_array_size(all), 2);
	json_decref(all);
	analyze("%s %s %s --json", good, bad, good);
	assert_non_null(strstr(analyzed.text, "bad.rr:2: expected a number"));
}

static void standard_input_and_a_fifo_are_read(void **state)
{
	const char *fifo = path_of("fifo");
	json_t *j;

	(void)state;
	write_beats("a.rr", 200, 40.0);
	analyze("- --json <%s/a.rr", analyze_home);
	j = analyze_json();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 200);
	json_decref(j);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	analyze("%s --json & printf '800\\n810\\n' >%s; wait", fifo, fifo);
	j = analyze_json();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 2);
	json_decref(j);
	/* its writer goes in the middle of a number: that is none */
	analyze("%s & printf '800\\n810\\n82' >%s; wait $!", fifo, fifo);
	analyze_one_line(1, "fifo:3: expected an interval");
}

/* --- bad input
 * ------------------------------------------------------------------- */

static void bad_input_is_one_plain_line(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *words;
	} bad[] = {
		{"", 0, "expected RR intervals"},
		{"\n\n", 2, "expected RR intervals"},
		{"800\nnan\n", 8, ":2: expected a number"},
		{"800\ninf\n", 8, ":2: expected a number"},
		{"800\n0\n", 6, ":2: expected an interval"},
		{"800\n-800\n", 9, ":2: expected an interval"},
		{"800\n1000000000\n", 15, ":2: expected an interval"},
		{"hello\n", 6, ":1: expected a number"},
		{"800\n\0\n", 6, ":2: expected text"},
		{"800\n0.8\n", 8, ":2: "},
		{"0.8\n800\n", 8, ":2: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		analyze("%s", write_file("bad.rr", bad[i].bytes, bad[i].len));
		analyze_one_line(1, bad[i].words);
	}
	analyze("%s", path_of("none.rr"));
	analyze_one_line(1, "No such file");
	analyze("%s", analyze_home);
	analyze_one_line(1, analyze_home);
	assert_int_equal(
		truncate(write_file("huge.rr", "800\n", 4), 2000000000), 0);
	analyze("%s", path_of("huge.rr"));
	analyze_one_line(1, "64 MiB");
	analyze("%s --plot /nowhere/p.svg", write_beats("a.rr", 50, 40.0));
	analyze_one_line(1, "/nowhere/p.svg");
}

static void an_irregular_heart_is_told_plainly_and_not_named(void **state)
{
	uint64_t seed = 3;
	FILE *f = fopen(path_of("wild.rr"), "w");

	(void)state;
	for (int i = 0; i < 600; i++)
		fprintf(f, "%.0f\n", 450.0 + 600.0 * test_uniform(&seed));
	fclose(f);
	analyze("%s", path_of("wild.rr"));
	assert_int_equal(analyzed.status, 0);
	assert_non_null(strstr(analyzed.text, "no regular pattern"));
	assert_non_null(strstr(analyzed.text, "bpm"));
	assert_null(strstr(analyzed.text, "RMSSD"));
	assert_null(strstr(analyzed.text, "ibrillat"));
}

static void the_picture_is_written(void **state)
{
	struct stat st;

	(void)state;
	analyze("%s --plot %s/p.svg", write_beats("a.rr", 300, 40.0),
	        analyze_home);
	assert_int_equal(analyzed.status, 0);
	assert_int_equal(stat(path_of("p.svg"), &st), 0);
	assert_true(st.st_size > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_usage_is_one_line_and_status_2),
		cmocka_unit_test(json_has_the_keys_of_interfaces_in_order),
		cmocka_unit_test(figures_need_their_beats_and_are_null_without),
		cmocka_unit_test(csv_says_the_same_as_json),
		cmocka_unit_test(a_file_name_is_quoted),
		cmocka_unit_test(windows_are_whole_and_at_their_steps),
		cmocka_unit_test(a_cut_takes_the_intervals_that_lie_within),
		cmocka_unit_test(many_files_come_in_the_order_given),
		cmocka_unit_test(a_broken_file_does_not_hide_the_others),
		cmocka_unit_test(standard_input_and_a_fifo_are_read),
		cmocka_unit_test(bad_input_is_one_plain_line),
		cmocka_unit_test(
			an_irregular_heart_is_told_plainly_and_not_named),
		cmocka_unit_test(the_picture_is_written),
	};

	return cmocka_run_group_tests(tests, analyze_set_up, analyze_tear_down);
}
