/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Parts of a recording in `lull analyze`, and what it leaves as it was. */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/analyze_input.h"
#include "tests/helpers/analyze.h"

static const char *in_home(char ret[600], const char *name)
{
	snprintf(ret, 600, "%s/%s", analyze_home, name);
	return ret;
}

static void write_beats(const char *path, size_t n, uint64_t seed)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%.0f\n",
		        900.0 + 60.0 * sin((double)i * 1.3) +
		                20.0 * test_uniform(&seed));
	assert_int_equal(fclose(f), 0);
}

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

/* --- cuts ------------------------------------------------------------------
 */

/* The definition, looked for interval by interval. */
static size_t count_within(const struct nn *nn, double from_s, double to_s)
{
	size_t n = 0;

	for (size_t i = 0; i < nn->n; i++)
		n += nn->t_s[i] - nn->rr_ms[i] * 1e-3 >= from_s - 1e-6 &&
		     nn->t_s[i] <= to_s + 1e-6;
	return n;
}

static void a_cut_takes_the_intervals_that_lie_wholly_within(void **state)
{
	double t_s[300], rr_ms[300], now_s = 0.0;
	bool joined[300];
	struct nn nn = {.t_s = t_s, .rr_ms = rr_ms, .joined = joined, .n = 300};
	uint64_t seed = 7;

	(void)state;
	for (size_t i = 0; i < nn.n; i++) {
		rr_ms[i] = 1000.0 + (i < 100 ? 0.0 : test_uniform(&seed));
		joined[i] = i % 37 != 36;
		now_s += rr_ms[i] * 1e-3 + (joined[i] ? 0.0 : 5.0);
		t_s[i] = now_s;
	}
	assert_int_equal(analyze_input_cut(&nn, 0.0, HUGE_VAL).n, 300);
	assert_int_equal(analyze_input_cut(&nn, 2.0, 5.0).n, 3);
	assert_int_equal(analyze_input_cut(&nn, 2.01, 5.0).n, 2);
	assert_int_equal(analyze_input_cut(&nn, 2.0, 4.99).n, 2);
	assert_ptr_equal(analyze_input_cut(&nn, 2.0, 5.0).t_s, t_s + 2);
	assert_ptr_equal(analyze_input_cut(&nn, 2.0, 5.0).joined, joined + 2);
	assert_int_equal(analyze_input_cut(&nn, 38.0, 40.0).n, 0);
	for (size_t i = 0; i < 10000; i++) {
		double from_s = 360.0 * test_uniform(&seed);
		double to_s = from_s + 20.0 * test_uniform(&seed);

		assert_int_equal(analyze_input_cut(&nn, from_s, to_s).n,
		                 count_within(&nn, from_s, to_s));
	}
	nn.n = 0;
	assert_int_equal(analyze_input_cut(&nn, 0.0, 10.0).n, 0);
}

/* Every figure but what only a window has, and what was asked for. */
static void assert_same_figures(json_t *window, json_t *cut)
{
	json_object_del(window, "from_s");
	json_object_del(window, "to_s");
	json_object_del(window, "settings");
	json_object_del(cut, "settings");
	assert_true(json_equal(window, cut));
}

/* Windows enough that every core has some of them. */
static void a_window_is_the_cut_between_its_bounds(void **state)
{
	char path[600];
	json_t *all, *one;

	(void)state;
	write_beats(in_home(path, "a.rr"), 6000, 1);
	analyze("%s --json --from 7.5 --window 150 --step 25.25", path);
	all = analyze_json();
	assert_true(json_array_size(all) > 200);
	for (size_t i = 0; i < json_array_size(all); i += 53) {
		double from_s = 7.5 + 25.25 * (double)i;

		analyze("%s --json --from %.6f --to %.6f", path, from_s,
		        from_s + 150.0);
		one = analyze_json();
		assert_same_figures(json_array_get(all, i), one);
		json_decref(one);
	}
	json_decref(all);
}

static void what_a_file_gives_does_not_depend_on_its_neighbours(void **state)
{
	char a[600], b[600];
	json_t *all, *one;

	(void)state;
	write_beats(in_home(a, "a.rr"), 3000, 1);
	write_beats(in_home(b, "b.rr"), 30, 2);
	analyze("%s %s %s %s --json", a, b, a, b);
	all = analyze_json();
	for (size_t i = 0; i < 4; i++) {
		analyze("%s --json", i % 2 ? b : a);
		one = analyze_json();
		assert_true(json_equal(json_array_get(all, i), one));
		json_decref(one);
	}
	json_decref(all);
}

static void too_many_windows_are_refused_not_tried(void **state)
{
	char path[600];
	FILE *f = fopen(in_home(path, "a.capture"), "w");

	(void)state;
	assert_non_null(f);
	fputs("# lull capture 1\n0 ble 10483203\n1000000 ble 10483203\n"
	      "31536000000000 ble 10483203\n31536001000000 ble 10483203\n",
	      f);
	assert_int_equal(fclose(f), 0);
	analyze("%s --window 10 --step 1 --csv", path);
	analyze_one_line(1, "a.capture: too many windows");
}

static void standard_input_is_called_so(void **state)
{
	char path[600];

	(void)state;
	write_beats(in_home(path, "a.rr"), 50, 1);
	analyze("- --window 5000 <%s", path);
	analyze_one_line(1, "standard input: shorter than one window");
	analyze("- --from 5000 <%s", path);
	analyze_one_line(1, "standard input: no interval lies there");
}

static void only_stress_and_spectra_heed_the_trend(void **state)
{
	static const char *const heed[] = {"stress_index", "stress_index_sqrt",
	                                   "welch", "lomb", "settings"};
	char path[600];
	json_t *none, *priors;

	(void)state;
	write_beats(in_home(path, "a.rr"), 600, 1);
	analyze("%s --json", path);
	none = analyze_json();
	analyze("%s --json --detrend priors", path);
	priors = analyze_json();
	for (size_t i = 0; i < sizeof(heed) / sizeof(*heed); i++) {
		assert_false(json_equal(json_object_get(none, heed[i]),
		                        json_object_get(priors, heed[i])));
		json_object_del(none, heed[i]);
		json_object_del(priors, heed[i]);
	}
	assert_true(json_equal(none, priors));
	json_decref(none);
	json_decref(priors);
}

/* --- pictures --------------------------------------------------------------
 */

static void a_recording_is_never_drawn_over(void **state)
{
	char a[600], b[600], *before, *after;

	(void)state;
	write_beats(in_home(a, "a.rr"), 50, 1);
	write_beats(in_home(b, "b.rr"), 50, 2);
	before = read_text(a);
	/* what a shell makes of `--plot *.rr` */
	analyze("--plot %s %s", a, b);
	analyze_one_line(2, "ends in .svg");
	analyze("--plot %s/.svg %s", analyze_home, b);
	analyze_one_line(2, "ends in .svg");
	after = read_text(a);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void a_picture_is_whole_or_not_at_all(void **state)
{
	char path[600], plot[600], part[600], *text;

	(void)state;
	write_beats(in_home(path, "a.rr"), 50, 1);
	in_home(plot, "x.svg");
	in_home(part, "x.svg.part");
	analyze("%s --plot %s", path, plot);
	assert_int_equal(analyzed.status, 0);
	assert_int_equal(access(part, F_OK), -1);
	text = read_text(plot);
	assert_non_null(strstr(text, "</svg>\n"));
	free(text);
	/* the disk is full: what was there stays */
	assert_int_equal(symlink("/dev/full", part), 0);
	analyze("%s --plot %s", path, plot);
	analyze_one_line(1, "x.svg: ");
	assert_int_equal(access(part, F_OK), -1);
	text = read_text(plot);
	assert_non_null(strstr(text, "</svg>\n"));
	free(text);
}

static void a_hostile_name_is_text_everywhere(void **state)
{
	static const char name[] = "<script>&,\n\033[31m\xff\xc2\x9b.rr";
	char path[600], *text;
	const char *file;
	json_t *j;

	(void)state;
	write_beats(in_home(path, name), 50, 1);
	analyze("'%s' --plot %s/x.svg", path, analyze_home);
	assert_int_equal(analyzed.status, 0);
	assert_null(strchr(analyzed.text, '\033'));
	assert_null(strstr(analyzed.text, "\xc2\x9b"));
	text = read_text(in_home(path, "x.svg"));
	assert_non_null(strstr(text, "&lt;script&gt;&amp;"));
	assert_null(strstr(text, "<script"));
	assert_null(strchr(text, '\033'));
	free(text);
	in_home(path, name);
	analyze("'%s' --json", path);
	j = analyze_json();
	file = json_string_value(json_object_get(j, "file"));
	assert_non_null(strstr(file, "<script>&,\n\033[31m\xef\xbf\xbd"));
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_cut_takes_the_intervals_that_lie_wholly_within),
		cmocka_unit_test(a_window_is_the_cut_between_its_bounds),
		cmocka_unit_test(
			what_a_file_gives_does_not_depend_on_its_neighbours),
		cmocka_unit_test(too_many_windows_are_refused_not_tried),
		cmocka_unit_test(standard_input_is_called_so),
		cmocka_unit_test(only_stress_and_spectra_heed_the_trend),
		cmocka_unit_test(a_recording_is_never_drawn_over),
		cmocka_unit_test(a_picture_is_whole_or_not_at_all),
		cmocka_unit_test(a_hostile_name_is_text_everywhere),
	};

	return cmocka_run_group_tests_name("analyze_cut", tests, analyze_set_up,
	                                   analyze_tear_down);
}
