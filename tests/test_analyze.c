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

#include "tests/helpers/belt.h"
#include "tests/helpers/run.h"

static struct ran ran;
static char *folder;

__attribute__((format(printf, 1, 2))) static void analyze(const char *format,
                                                          ...)
{
	char args[1024] = "analyze ";
	va_list list;

	va_start(list, format);
	vsnprintf(args + 8, sizeof(args) - 8, format, list);
	va_end(list);
	run_on(&ran, "", folder, args);
}

static void assert_one_line(int status, const char *words)
{
	const char *end = strchr(ran.text, '\n');

	if (ran.status != status || strncmp(ran.text, "lull: ", 6) != 0 ||
	    !end || end[1] || !strstr(ran.text, words))
		fail_msg("expected status %d and one line with '%s': %d, %s",
		         status, words, ran.status, ran.text);
}

static json_t *parsed(void)
{
	json_error_t error;
	json_t *j = json_loads(ran.text, JSON_REJECT_DUPLICATES, &error);

	if (ran.status != 0 || !j)
		fail_msg("expected JSON: %s, %s", error.text, ran.text);
	return j;
}

static char *path_of(const char *name)
{
	static char path[4][600];
	static unsigned turn;
	char *at = path[turn++ % 4];

	snprintf(at, sizeof(path[0]), "%s/%s", folder, name);
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
		assert_one_line(2, "lull analyze --help");
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
	j = parsed();
	check_object(j, false);
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 400);
	json_decref(j);
	analyze("%s --json --raw", path);
	j = parsed();
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
		j = parsed();
		check_object(j, false);
		assert_true(json_is_null(json_object_get(j, "rmssd_ms")) ==
		            (n < 2));
		assert_true(json_is_null(json_object_get(j, "nn50")) ==
		            (n < 2));
		json_decref(j);
	}
	analyze("%s --json", write_beats("equal.rr", 1000, 0.0));
	json_t *j = parsed();
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

/* A value of the JSON by a path like `welch.lf_ms2`. */
static json_t *by_path(json_t *j, const char *path)
{
	const char *point = strchr(path, '.');
	char group[32];

	if (!point)
		return json_object_get(j, path);
	snprintf(group, sizeof(group), "%.*s", (int)(point - path), path);
	return json_object_get(json_object_get(j, group), point + 1);
}

static void csv_says_the_same_as_json(void **state)
{
	const char *path = write_beats("a.rr", 300, 40.0);
	char *name[96], *value[96], *row;
	size_t n;
	json_t *j;

	(void)state;
	analyze("%s --json", path);
	j = parsed();
	analyze("%s --csv", path);
	row = strstr(ran.text, "\r\n");
	assert_non_null(row);
	*row = '\0';
	row += 2;
	assert_non_null(strstr(row, "\r\n"));
	*strstr(row, "\r\n") = '\0';
	n = split(ran.text, name, 96);
	assert_int_equal(split(row, value, 96), n);
	/* without from_s and to_s; three of the settings */
	assert_int_equal(n, 54);
	for (size_t i = 0; i < n; i++) {
		json_t *in_json = by_path(j, name[i]);

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
	analyze("'%s/a,\"b.rr' --csv", folder);
	assert_int_equal(ran.status, 0);
	assert_non_null(strstr(ran.text, "/a,\"\"b.rr\",50,"));
	analyze("'%s/a,\"b.rr' --json", folder);
	json_decref(parsed());
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
	one = parsed();
	end_s = json_number_value(json_object_get(one, "duration_s"));
	json_decref(one);
	analyze("%s --json --window 120 --step 30 --from 10", path);
	all = parsed();
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
	assert_one_line(1, "shorter than one window");
	analyze("%s --from 90000 --to 90010", path);
	assert_one_line(1, "no interval lies there");
}

static void a_cut_takes_the_intervals_that_lie_within(void **state)
{
	json_t *j;

	(void)state;
	/* ends at 1, 2, 3, ... */
	write_file("s.rr", "1\n1\n1\n1\n1\n1\n1\n1\n", 16);
	analyze("%s --json --from 2 --to 5", path_of("s.rr"));
	j = parsed();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 3);
	json_decref(j);
	analyze("%s --json --from 2.5 --to 5.5", path_of("s.rr"));
	j = parsed();
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
	run_on(&ran, "", folder,
	       strcat(strcpy(ran.text, "analyze --json "), args));
	all = parsed();
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
	analyze("%s %s %s --json 2>%s/err", good, bad, good, folder);
	assert_int_equal(ran.status, 1);
	all = json_loads(ran.text, 0, &error);
	assert_int_equal(json_array_size(all), 2);
	json_decref(all);
	analyze("%s %s %s --json", good, bad, good);
	assert_non_null(strstr(ran.text, "bad.rr:2: expected a number"));
}

static void standard_input_and_a_fifo_are_read(void **state)
{
	const char *fifo = path_of("fifo");
	json_t *j;

	(void)state;
	write_beats("a.rr", 200, 40.0);
	analyze("- --json <%s/a.rr", folder);
	j = parsed();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 200);
	json_decref(j);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	analyze("%s --json & printf '800\\n810\\n' >%s; wait", fifo, fifo);
	j = parsed();
	assert_int_equal(json_integer_value(json_object_get(j, "beats")), 2);
	json_decref(j);
	/* its writer goes in the middle of a number: that is none */
	analyze("%s & printf '800\\n810\\n82' >%s; wait $!", fifo, fifo);
	assert_one_line(1, "fifo:3: expected an interval");
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
		assert_one_line(1, bad[i].words);
	}
	analyze("%s", path_of("none.rr"));
	assert_one_line(1, "No such file");
	analyze("%s", folder);
	assert_one_line(1, folder);
	assert_int_equal(
		truncate(write_file("huge.rr", "800\n", 4), 2000000000), 0);
	analyze("%s", path_of("huge.rr"));
	assert_one_line(1, "64 MiB");
	analyze("%s --plot /nowhere/p.svg", write_beats("a.rr", 50, 40.0));
	assert_one_line(1, "/nowhere/p.svg");
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
	assert_int_equal(ran.status, 0);
	assert_non_null(strstr(ran.text, "no regular pattern"));
	assert_non_null(strstr(ran.text, "bpm"));
	assert_null(strstr(ran.text, "RMSSD"));
	assert_null(strstr(ran.text, "ibrillat"));
}

static void the_picture_is_written(void **state)
{
	struct stat st;

	(void)state;
	analyze("%s --plot %s/p.svg", write_beats("a.rr", 300, 40.0), folder);
	assert_int_equal(ran.status, 0);
	assert_int_equal(stat(path_of("p.svg"), &st), 0);
	assert_true(st.st_size > 5000);
}

/* --- the reference table
 * ------------------------------------------------------------ */

static const char *const detrends[] = {"none", "priors"};

static double tolerance(const char *key)
{
	if (strcmp(key, "nn50") == 0 || strcmp(key, "nn20") == 0)
		return 0.0;
	if (strncmp(key, "welch.", 6) == 0 || strncmp(key, "lomb.", 5) == 0)
		return 1e-4;
	return strncmp(key, "coherence.", 10) == 0 ? 2e-3 : 1e-6;
}

struct tally {
	unsigned rows, off;
	double worst;
	const char *worst_key;
};

/* The table's rows of one file and detrending, held against the program. */
static void hold(const char *row, const char *detrend, struct tally *t)
{
	static char kept[64];
	char table[600], line[1024], name[64] = "", key[64], how[16], file[64];
	double cut_s = 0.0, wanted;
	FILE *f;
	json_t *j;

	assert_true(sscanf(row, "%63[^[][0-%lfs]", name, &cut_s) >= 1);
	snprintf(table, sizeof(table), "%s.rr", name);
	snprintf(line, sizeof(line), "%s", test_data(table));
	snprintf(file, sizeof(file), cut_s > 0.0 ? "--to %g" : "", cut_s);
	analyze("%s --raw --json --detrend %s %s", line, detrend, file);
	j = parsed();
	f = fopen(test_data("hrv_reference.csv"), "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		double got, off;

		if (sscanf(line, "%63[^,],%15[^,],%63[^,],", key, how, file) !=
		            3 ||
		    strcmp(file, row) != 0 || strcmp(how, detrend) != 0)
			continue;
		wanted = strtod(strrchr(line, ',') + 1, NULL);
		got = json_number_value(by_path(j, key));
		off = fabs(got - wanted) / fmax(fabs(wanted), 1e-300);
		t->rows++;
		if (off > t->worst && tolerance(key) > 0.0) {
			t->worst = off;
			snprintf(kept, sizeof(kept), "%s", key);
			t->worst_key = kept;
		}
		if (off <= tolerance(key))
			continue;
		t->off++;
		print_error("%s %s %s: %.10g, not %.10g\n", row, detrend, key,
		            got, wanted);
	}
	fclose(f);
	json_decref(j);
}

static void every_row_of_the_reference_table_is_met(void **state)
{
	struct tally t = {.worst_key = ""};

	(void)state;
	for (size_t i = 0; i < TEST_ROWS; i++)
		for (size_t k = 0; k < 2; k++)
			hold(test_rows[i], detrends[k], &t);
	hold("ec57_tp4", "none", &t);
	hold("ec57_tp5", "none", &t);
	print_message("%u rows met, %u not; the furthest %s, %.1g\n",
	              t.rows - t.off, t.off, t.worst_key, t.worst);
	assert_int_equal(t.rows, 369);
	assert_int_equal(t.off, 0);
}

static void the_ec57_pattern_has_its_power(void **state)
{
	json_t *j;

	(void)state;
	analyze("%s --raw --json", test_data("ec57_tp4.rr"));
	j = parsed();
	/* ANSI/AAMI EC57, table A.10 */
	assert_near(json_number_value(by_path(j, "welch.vlf_ms2")), 39200.0,
	            392.0);
	assert_near(json_number_value(by_path(j, "lomb.vlf_ms2")), 39200.0,
	            392.0);
	json_decref(j);
	analyze("%s --raw --json", test_data("ec57_tp5.rr"));
	j = parsed();
	/* expected 0; the pattern's own 9800 lies below the bands */
	assert_true(json_number_value(by_path(j, "lomb.vlf_ms2")) < 1.0);
	json_decref(j);
}

static double belt_error(const struct belt *belt, const char *step)
{
	double sum = 0.0;
	size_t n;
	json_t *all;

	analyze("%s --window 60 --json %s",
	        test_data("nk_bio_resting_8min_100hz.rr"), step);
	all = parsed();
	n = json_array_size(all);
	for (size_t i = 0; i < n; i++) {
		json_t *w = json_array_get(all, i);
		json_t *rate = json_object_get(w, "breathing_per_min");
		double from_s = json_number_value(json_object_get(w, "from_s"));

		assert_true(json_is_number(rate));
		sum += fabs(json_number_value(rate) -
		            belt_rate(belt, from_s, from_s + 60.0));
	}
	json_decref(all);
	return sum / (double)n;
}

static void breathing_agrees_with_a_belt(void **state)
{
	static struct belt belt;
	double apart, sliding;

	(void)state;
	belt_read(&belt);
	apart = belt_error(&belt, "");
	sliding = belt_error(&belt, "--step 10");
	print_message("mean absolute error: %.2f breaths/min over windows of "
	              "60 s, %.2f each 10 s\n",
	              apart, sliding);
	assert_true(apart <= 1.0);
	assert_true(sliding <= 1.0);
}

static int set_up(void **state)
{
	(void)state;
	folder = test_scratch();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_scrap(folder);
	return 0;
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
		cmocka_unit_test(every_row_of_the_reference_table_is_met),
		cmocka_unit_test(the_ec57_pattern_has_its_power),
		cmocka_unit_test(breathing_agrees_with_a_belt),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
