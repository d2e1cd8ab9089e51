/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tests/helpers/analyze.h"
#include "tests/helpers/belt.h"

/* The built `lull analyze` against figures that others computed. */

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
	j = analyze_json();
	f = fopen(test_data("hrv_reference.csv"), "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		double got, off;

		if (sscanf(line, "%63[^,],%15[^,],%63[^,],", key, how, file) !=
		            3 ||
		    strcmp(file, row) != 0 || strcmp(how, detrend) != 0)
			continue;
		wanted = strtod(strrchr(line, ',') + 1, NULL);
		got = json_number_value(analyze_value(j, key));
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
	j = analyze_json();
	/* ANSI/AAMI EC57, table A.10 */
	assert_near(json_number_value(analyze_value(j, "welch.vlf_ms2")),
	            39200.0, 392.0);
	assert_near(json_number_value(analyze_value(j, "lomb.vlf_ms2")),
	            39200.0, 392.0);
	json_decref(j);
	analyze("%s --raw --json", test_data("ec57_tp5.rr"));
	j = analyze_json();
	/* expected 0; the pattern's own 9800 lies below the bands */
	assert_true(json_number_value(analyze_value(j, "lomb.vlf_ms2")) < 1.0);
	json_decref(j);
}

static double belt_error(const struct belt *belt, const char *step)
{
	double sum = 0.0;
	size_t n;
	json_t *all;

	analyze("%s --window 60 --json %s",
	        test_data("nk_bio_resting_8min_100hz.rr"), step);
	all = analyze_json();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_reference_table_is_met),
		cmocka_unit_test(the_ec57_pattern_has_its_power),
		cmocka_unit_test(breathing_agrees_with_a_belt),
	};

	return cmocka_run_group_tests(tests, analyze_set_up, analyze_tear_down);
}
