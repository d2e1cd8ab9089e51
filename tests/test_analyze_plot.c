/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze_plot.h"
#include "report/svg.h"

#define ROOM           1000000
#define SIZE_MAX_BYTES 500000

static struct {
	double t_s[ROOM], rr_ms[ROOM];
	uint8_t kind[ROOM];
	bool joined[ROOM];
} own;

/* --- is it XML? --------------------------------------------------------------
 */

static const char *skip_name(const char *s)
{
	assert_true(isalpha((unsigned char)*s));
	while (isalnum((unsigned char)*s) || *s == '-' || *s == ':')
		s++;
	return s;
}

static const char *skip_entity(const char *s)
{
	const char *const known[] = {"&lt;", "&gt;", "&amp;", "&quot;",
	                             "&#39;"};

	for (size_t i = 0; i < 5; i++)
		if (strncmp(s, known[i], strlen(known[i])) == 0)
			return s + strlen(known[i]);
	fail_msg("an entity that is none: %.20s", s);
	return s;
}

/* Attributes, each with its value in quotes. Return: behind the '>'. */
static const char *skip_attributes(const char *s, bool *ret_closed)
{
	while (*s == ' ') {
		s = skip_name(s + 1);
		assert_int_equal(s[0], '=');
		assert_int_equal(s[1], '"');
		for (s += 2; *s != '"';) {
			assert_true(*s && *s != '<');
			s = *s == '&' ? skip_entity(s) : s + 1;
		}
		s++;
	}
	*ret_closed = *s == '/';
	s += *ret_closed;
	assert_int_equal(*s, '>');
	return s + 1;
}

static void check_xml(const char *s)
{
	char open[16][16];
	size_t depth = 0;

	do {
		const char *name = s + 1, *end;
		bool closed;

		assert_int_equal(*s, '<');
		if (*name == '/') {
			end = skip_name(++name);
			assert_true(depth > 0);
			depth--;
			assert_int_equal(strlen(open[depth]), end - name);
			assert_memory_equal(open[depth], name, end - name);
			assert_int_equal(*end, '>');
			s = end + 1;
		} else {
			end = skip_name(name);
			assert_true(depth < 16 && end - name < 16);
			snprintf(open[depth++], 16, "%.*s", (int)(end - name),
			         name);
			s = skip_attributes(end, &closed);
			depth -= closed;
		}
		while (*s && *s != '<') {
			assert_true((unsigned char)*s >= 0x20 || *s == '\n');
			s = *s == '&' ? skip_entity(s) : s + 1;
		}
	} while (depth > 0);
	assert_int_equal(*s, '\0');
}

/* --- pictures
 * ------------------------------------------------------------------ */

static char *draw(const char *title, size_t n)
{
	struct nn nn = {.t_s = own.t_s,
	                .rr_ms = own.rr_ms,
	                .joined = own.joined,
	                .n = n};
	struct hrv_time time;
	struct plot p = {.title = title,
	                 .in = &nn,
	                 .kind = own.kind,
	                 .nn = &nn,
	                 .time = &time};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	hrv_time_of(&nn, &time);
	assert_int_equal(plot_write(f, &p), 0);
	fclose(f);
	assert_true(len < SIZE_MAX_BYTES);
	check_xml(text);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	return text;
}

static void beats(size_t n, double spread_ms, double break_s)
{
	uint64_t seed = n;
	double t_s = 0.0;

	for (size_t i = 0; i < n; i++) {
		own.rr_ms[i] = 800.0 + spread_ms * test_uniform(&seed);
		own.joined[i] = test_random(&seed) % 50 != 0;
		own.kind[i] = test_random(&seed) % 10 ? CLEAN_OK
		                                      : test_random(&seed) % 6;
		t_s += own.rr_ms[i] * 1e-3 + (own.joined[i] ? 0.0 : break_s);
		own.t_s[i] = t_s;
	}
}

static void every_sort_of_recording_is_a_picture(void **state)
{
	const size_t sizes[] = {0, 1, 2, 3, 300, 3000, 3001, 100000, ROOM};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (int k = 0; k < 3; k++) {
			beats(sizes[i], k == 0 ? 0.0 : 300.0,
			      k == 2 ? 7200.0 : 0.0);
			free(draw("a.rr", sizes[i]));
		}
	own.rr_ms[0] = 1e300;
	free(draw("a.rr", 1));
	own.rr_ms[0] = 1e-300;
	free(draw("a.rr", 1));
}

static void what_was_mended_and_left_out_is_counted(void **state)
{
	char *text;

	(void)state;
	beats(100, 200.0, 0.0);
	memset(own.kind, CLEAN_OK, 100);
	own.kind[3] = own.kind[4] = CLEAN_ECTOPIC;
	own.kind[50] = CLEAN_REJECTED;
	text = draw("a.rr", 100);
	assert_non_null(strstr(text, ">2 corrected<"));
	assert_non_null(strstr(text, ">1 left out<"));
	assert_non_null(strstr(text, "SD1 "));
	free(text);
}

static void where_many_are_odd_a_rug_stands_for_them(void **state)
{
	char *text;

	(void)state;
	beats(100000, 200.0, 0.0);
	for (size_t i = 0; i < 100000; i++)
		own.kind[i] = i % 2 ? CLEAN_ECTOPIC : CLEAN_OK;
	text = draw("a.rr", 100000);
	assert_non_null(strstr(text, ">50000 corrected<"));
	assert_null(strstr(text, "a3 3 0")); /* no ring */
	free(text);
}

static void a_few_far_beats_lie_at_the_edge_and_are_counted(void **state)
{
	char *text;

	(void)state;
	beats(1000, 100.0, 0.0);
	text = draw("a.rr", 1000);
	assert_null(strstr(text, "off the scale"));
	free(text);
	own.rr_ms[500] = 9000.0;
	text = draw("a.rr", 1000);
	assert_non_null(strstr(text, ">1 off the scale, at its edge<"));
	assert_non_null(strstr(text, ">850<")); /* a tick among the rest */
	free(text);
	/* of a few beats none is left off */
	own.rr_ms[50] = 9000.0;
	text = draw("a.rr", 90);
	assert_null(strstr(text, "off the scale"));
	free(text);
}

/* Beats on a clock of 128 Hz, as many recorders have, in every cell of a
 * stretch: what is drawn of it must have no hole. */
static void the_recorders_clock_draws_no_pattern(void **state)
{
	char *text, *cells;

	(void)state;
	beats(40000, 0.0, 0.0);
	for (size_t i = 0; i < 40000; i++) {
		/* each of 64 next to each */
		size_t at = i % 2 ? i / 2 / 64 : i / 2 % 64;

		own.rr_ms[i] = rint((double)(64 + at % 64) * 1e3 / 128.0);
		own.joined[i] = true;
	}
	text = draw("a.rr", 40000);
	cells = strstr(text, "class=\"cell\"");
	assert_non_null(cells);
	/* whole rows: one run each, so never a cell or two and a hole */
	assert_null(strstr(cells, "h1v1h-1M"));
	assert_non_null(strstr(cells, "h64v1h-64"));
	free(text);
}

static void a_title_is_text_whatever_it_holds(void **state)
{
	char bytes[300], *text;

	(void)state;
	beats(10, 50.0, 0.0);
	text = draw("</title><script>alert(\"1\")</script>&amp;", 10);
	assert_null(strstr(text, "<script"));
	assert_non_null(strstr(text, "&lt;/title&gt;&lt;script&gt;"));
	assert_non_null(strstr(text, "&amp;amp;"));
	free(text);
	for (size_t i = 0; i < 255; i++)
		bytes[i] = (char)(i + 1);
	bytes[255] = '\0';
	free(draw(bytes, 10));
	/* longer than there is room for, of characters of three bytes */
	for (size_t i = 0; i < 99; i++)
		memcpy(bytes + 3 * i, "\xe2\x82\xac", 4);
	text = draw(bytes, 10);
	assert_non_null(strstr(text, "\xe2\x82\xac\xe2\x80\xa6\xe2\x82\xac"));
	assert_null(strstr(text, "\xef\xbf\xbd"));
	free(text);
}

static void ticks_are_round_and_on_the_axis(void **state)
{
	const double spans[][2] = {{0, 1},     {-3, 7}, {812.4, 813.1},
	                           {0, 86400}, {5, 5},  {0, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		struct svg_axis a =
			svg_axis_of(spans[i][0], spans[i][1], 0, 100, 6);
		unsigned n = 0;
		double at;

		assert_true(a.lo < spans[i][0] && a.hi > spans[i][1]);
		for (; svg_tick(&a, n, &at); n++) {
			assert_true(at >= a.lo && at <= a.hi);
			assert_near(remainder(at, a.step), 0.0, 1e-9);
		}
		assert_true(n >= 2 && n <= 13);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sort_of_recording_is_a_picture),
		cmocka_unit_test(what_was_mended_and_left_out_is_counted),
		cmocka_unit_test(where_many_are_odd_a_rug_stands_for_them),
		cmocka_unit_test(
			a_few_far_beats_lie_at_the_edge_and_are_counted),
		cmocka_unit_test(the_recorders_clock_draws_no_pattern),
		cmocka_unit_test(a_title_is_text_whatever_it_holds),
		cmocka_unit_test(ticks_are_round_and_on_the_axis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
