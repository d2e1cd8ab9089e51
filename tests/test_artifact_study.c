/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How well artifacts are found and mended, live and in a whole recording.
 *
 * Clean stretches of real recordings are spoilt at random places
 * (helpers/inject.h). An injected event is found if any of its one or two odd
 * intervals is flagged, live: is not ok in the end. Of the other intervals,
 * those that are flagged are false alarms, also just beside an event. RMSSD is
 * of the differences that touch no flagged interval, against that of the
 * stretch as it was.
 *
 * The floors were chosen by the even stretches and the bars stand for the odd
 * ones; what was chosen with both in sight is marked so in signal/odd.c.
 * VERBOSE=1 prints the table.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "signal/artifact.h"
#include "signal/clean.h"
#include "tests/helpers/inject.h"
#include "tests/helpers/test.h"

#define SEGMENTS_MAX 40
#define SEEDS        12

enum detector { LIVE, WHOLE };

/* Stretches: those that constants were chosen on, the rest, all. */
enum part { CHOOSE, REPORT, ALL };

static const char *const part_names[] = {"choose", "report", "all"};

static const char *const detector_names[] = {"live", "whole"};
static const char *const kind_names[] = {
	[INJECT_NOTHING] = "clean",   [INJECT_MISSED] = "missed",
	[INJECT_EXTRA] = "extra",     [INJECT_ECTOPIC] = "ectopic",
	[INJECT_SHIFT] = "shift 10%", [INJECT_MIXED] = "mixed",
};

static bool verbose(void)
{
	return getenv("VERBOSE") != NULL;
}

/* What a detector makes of a series. */
struct outcome {
	bool *flagged;
	double rmssd_ms;        /* of differences that touch nothing flagged */
	double rmssd_mended_ms; /* of all, stand-ins too; NAN when live */
};

static double rmssd(const double *rr_ms, size_t n, const bool *flagged)
{
	double squares = 0.0;
	size_t count = 0;

	for (size_t i = 1; i < n; i++) {
		double d = rr_ms[i] - rr_ms[i - 1];

		if (flagged && (flagged[i] || flagged[i - 1]))
			continue;
		squares += d * d;
		count++;
	}
	return sqrt(squares / (double)count);
}

static struct outcome run_live(const double *rr_ms, size_t n)
{
	struct outcome o = {.flagged = calloc(n, 1), .rmssd_mended_ms = NAN};
	struct artifact a;

	assert_non_null(o.flagged);
	artifact_init(&a);
	for (size_t i = 0; i < n; i++) {
		struct artifact_verdict v;

		artifact_judge(&a, rr_ms[i], false, &v);
		o.flagged[i] = v.class != BEAT_OK;
		for (size_t k = 0; k < v.n_restated; k++)
			o.flagged[i + 1 + k - v.n_restated] =
				v.restated[k].class != BEAT_OK;
	}
	o.rmssd_ms = rmssd(rr_ms, n, o.flagged);
	return o;
}

static struct outcome run_whole(const double *rr_ms, size_t n)
{
	struct outcome o = {.flagged = calloc(n, 1)};
	double *t_s = calloc(n, sizeof(*t_s)), now_s = 0.0;
	double some = 0.0, all = 0.0;
	size_t n_some = 0, n_all = 0;
	struct arena a;
	struct clean c;

	assert_non_null(o.flagged);
	assert_non_null(t_s);
	for (size_t i = 0; i < n; i++)
		t_s[i] = now_s += rr_ms[i] * 1e-3;
	arena_init(&a);
	assert_int_equal(
		clean_of(&a, &(struct nn){.t_s = t_s, .rr_ms = rr_ms, .n = n},
	                 &c),
		0);
	assert_false(c.count.refused);
	for (size_t i = 0; i < n; i++)
		o.flagged[i] = c.kind[i] != CLEAN_OK;
	for (size_t i = 1; i < c.nn.n; i++) {
		double d = c.nn.rr_ms[i] - c.nn.rr_ms[i - 1];

		if (!nn_joined(&c.nn, i))
			continue;
		all += d * d;
		n_all++;
		if (nn_differs(&c.nn, i)) {
			some += d * d;
			n_some++;
		}
	}
	o.rmssd_ms = sqrt(some / (double)n_some);
	o.rmssd_mended_ms = sqrt(all / (double)n_all);
	arena_finish(&a);
	free(t_s);
	return o;
}

static struct outcome run(enum detector d, const double *rr_ms, size_t n)
{
	return d == LIVE ? run_live(rr_ms, n) : run_whole(rr_ms, n);
}

/* One line of the table. */
struct tally {
	size_t events, found, others, false_alarms, runs;
	double before[SEGMENTS_MAX * SEEDS], after[SEGMENTS_MAX * SEEDS],
		mended[SEGMENTS_MAX * SEEDS];
};

static double error_pct(double rmssd_ms, double of_ms)
{
	return 100.0 * fabs(rmssd_ms / of_ms - 1.0);
}

static void add_run(struct tally *t, enum detector d, const struct segment *s,
                    const struct injected *x)
{
	struct outcome o = run(d, x->rr_ms, x->n);
	double right_ms = rmssd(s->rr_ms, s->n, NULL);
	size_t next = 0;

	t->before[t->runs] = error_pct(rmssd(x->rr_ms, x->n, NULL), right_ms);
	t->after[t->runs] = error_pct(o.rmssd_ms, right_ms);
	t->mended[t->runs++] = error_pct(o.rmssd_mended_ms, right_ms);
	t->events += x->n_events;
	for (size_t i = 0; i < x->n; i++) {
		const struct inject_event *e = x->event + next;

		if (next < x->n_events && i == e->at) {
			t->found +=
				o.flagged[i] || (e->n == 2 && o.flagged[i + 1]);
			i += e->n - 1;
			next++;
			continue;
		}
		t->others++;
		t->false_alarms += o.flagged[i];
	}
	free(o.flagged);
}

static double sensitivity(const struct tally *t)
{
	return 100.0 * (double)t->found / (double)t->events;
}

static double specificity(const struct tally *t)
{
	return 100.0 - 100.0 * (double)t->false_alarms / (double)t->others;
}

static double median_of(double *values, size_t n)
{
	return gsl_stats_median(values, 1, n);
}

static void print_row(enum inject_kind kind, double share, enum detector d,
                      enum part part, struct tally *t)
{
	double max = gsl_stats_max(t->after, 1, t->runs);

	if (!verbose())
		return;
	print_message(
		"%-9s %4.1f %% %-5s %-6s sensitivity %6.2f specificity %6.2f, "
		"RMSSD off by %5.1f before, %4.2f after (max %4.1f; with "
		"stand-ins %4.2f)\n",
		kind_names[kind], 100.0 * share, detector_names[d],
		part_names[part], t->events ? sensitivity(t) : NAN,
		specificity(t), median_of(t->before, t->runs),
		median_of(t->after, t->runs), max,
		median_of(t->mended, t->runs));
}

static void study(const struct segment *s, size_t n, enum part part,
                  enum detector d, enum inject_kind kind, double share,
                  struct tally *ret)
{
	size_t seeds = kind == INJECT_NOTHING ? 1 : SEEDS;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		for (size_t seed = 0; seed < seeds; seed++) {
			struct injected x;

			if (part != ALL && i % 2 != part)
				continue;
			x = inject(&s[i], kind, share, 1000 * seed + i);
			add_run(ret, d, &s[i], &x);
			injected_free(&x);
		}
	print_row(kind, share, d, part, ret);
}

/* What must hold, in percent; the error is the median over the runs. The best
 * that was measured before, on stretches chosen alike, is the variant of
 * reference/hrv.md 3: over all stretches ours must not be worse. */
struct bar {
	enum inject_kind kind;
	double share; /* of the beats */
	double sensitivity, specificity, error, variant;
};

static const struct bar bars[] = {
	{INJECT_NOTHING, 0.0, 0.0, 99.5, 1.5, 0.2},
	{INJECT_MISSED, 0.01, 99.0, 99.5, 1.5, 0.8},
	{INJECT_EXTRA, 0.01, 99.0, 99.5, 1.5, 0.8},
	{INJECT_ECTOPIC, 0.01, 99.0, 99.5, 1.5, 1.1},
	{INJECT_SHIFT, 0.01, 90.0, 99.5, 1.5, NAN},
	{INJECT_MIXED, 0.05, 99.0, 99.5, 4.0, 3.2},
};

static void check(struct tally *t, const struct bar *b)
{
	if (t->events > 0)
		assert_true(sensitivity(t) >= b->sensitivity);
	assert_true(specificity(t) >= b->specificity);
	assert_true(median_of(t->after, t->runs) <= b->error);
}

static void check_all(const struct segment *s, size_t n, enum part part,
                      enum detector d)
{
	static struct tally t;

	for (size_t i = 0; i < sizeof(bars) / sizeof(*bars); i++) {
		study(s, n, part, d, bars[i].kind, bars[i].share, &t);
		if (part == REPORT)
			check(&t, &bars[i]);
		if (part == ALL && !isnan(bars[i].variant))
			assert_true(median_of(t.after, t.runs) <=
			            bars[i].variant);
	}
}

static void injected_artifacts_are_found_and_rmssd_is_saved(void **state)
{
	struct segment s[SEGMENTS_MAX];
	size_t n = segments_find(s, SEGMENTS_MAX), beats = 0;

	(void)state;
	for (size_t i = 0; i < n; i++)
		beats += s[i].n;
	print_message("%zu clean stretches, %zu beats\n", n, beats);
	assert_true(n >= 20 && beats >= 15000);
	for (int part = CHOOSE; part <= ALL; part++)
		for (int d = LIVE; d <= WHOLE; d++)
			check_all(s, n, (enum part)part, (enum detector)d);
	segments_free(s, n);
}

static void leaving_out_what_stands_in_gives_the_smaller_error(void **state)
{
	struct segment s[SEGMENTS_MAX];
	size_t n = segments_find(s, SEGMENTS_MAX);
	static struct tally t;

	(void)state;
	study(s, n, ALL, WHOLE, INJECT_ECTOPIC, 0.10, &t);
	assert_true(median_of(t.after, t.runs) <=
	            0.7 * median_of(t.mended, t.runs));
	study(s, n, ALL, WHOLE, INJECT_MIXED, 0.10, &t);
	assert_true(median_of(t.after, t.runs) <=
	            0.7 * median_of(t.mended, t.runs));
	segments_free(s, n);
}

/* --- a day with every fifth beat premature, labelled by people --------------
 */

/* How many beats of each label there are in a part of a day, and are found:
 * flagged in the interval before or after. */
struct labels {
	size_t beats[128], found[128];
	size_t normal, false_alarms; /**< intervals from an N to an N */
};

static void count_labels(const struct labelled *r, const bool *flagged,
                         size_t from, size_t to, struct labels *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = from; i + 1 < to; i++) {
		unsigned char label = (unsigned char)r->ends[i] & 127;

		ret->beats[label]++;
		ret->found[label] += flagged[i] || flagged[i + 1];
		if (label == 'N' && r->begins[i] == 'N') {
			ret->normal++;
			ret->false_alarms += flagged[i];
		}
	}
}

static double found_pct(const struct labels *l, const char *labels)
{
	size_t beats = 0, found = 0;

	for (; *labels; labels++) {
		beats += l->beats[(unsigned char)*labels];
		found += l->found[(unsigned char)*labels];
	}
	return 100.0 * (double)found / (double)beats;
}

static double specific_pct(const struct labels *l)
{
	return 100.0 - 100.0 * (double)l->false_alarms / (double)l->normal;
}

static void print_labels(const struct labelled *r, enum detector d,
                         const bool *flagged, size_t from, size_t to)
{
	struct labels l;

	count_labels(r, flagged, from, to, &l);
	if (verbose())
		print_message("%-5s %s V %.1f S %.1f F %.1f V and S %.1f "
		              "all %.1f %% found, specificity %.2f\n",
		              detector_names[d],
		              from == 0 ? "first half " : "second half",
		              found_pct(&l, "V"), found_pct(&l, "S"),
		              found_pct(&l, "F"), found_pct(&l, "VS"),
		              found_pct(&l, "VSF"), specific_pct(&l));
}

/* Premature beats by how much: shows what timing alone can tell. */
static void print_curve(const struct labelled *r, const bool *flagged)
{
	size_t beats[10] = {0}, found[10] = {0};

	for (size_t i = 1; i + 2 < r->n; i++) {
		double due_ms = (r->rr_ms[i] + r->rr_ms[i + 1]) / 2.0;
		double early = 100.0 * (1.0 - r->rr_ms[i] / due_ms);
		size_t at = early < 0.0 ? 0 : (size_t)(early / 3.0);

		if (r->ends[i] != 'V')
			continue;
		at = at < 9 ? at : 9;
		beats[at]++;
		found[at] += flagged[i] || flagged[i + 1];
	}
	for (size_t k = 0; k < 10; k++)
		print_message("  V early by %2zu %% of its place or more: "
		              "%5.1f %% of %zu\n",
		              3 * k,
		              100.0 * (double)found[k] / (double)beats[k],
		              beats[k]);
}

static void premature_beats_of_a_day_are_found(void **state)
{
	struct labelled r = labelled_read("ltdb_14134");

	(void)state;
	for (int d = LIVE; d <= WHOLE; d++) {
		struct outcome o = run((enum detector)d, r.rr_ms, r.n);
		struct labels l;

		print_labels(&r, (enum detector)d, o.flagged, 0, r.n / 2);
		print_labels(&r, (enum detector)d, o.flagged, r.n / 2, r.n);
		count_labels(&r, o.flagged, 0, r.n, &l);
		assert_true(found_pct(&l, "VS") >= 90.0);
		assert_true(specific_pct(&l) >= 98.0);
		if (verbose())
			print_curve(&r, o.flagged);
		free(o.flagged);
	}
	labelled_free(&r);
}

/* --- one detector -----------------------------------------------------------
 */

/* The limits of the first beats differ: a whole recording knows what is usual
 * before it begins. Once the live one does, nothing differs but what is left
 * out of a recording for want of neighbours, and that is flagged in both. */
static void what_is_found_live_is_what_is_found_in_the_whole(void **state)
{
	const char *const name[] = {"nsr004", "ltdb_14134", "pyhrv_long"};

	(void)state;
	for (size_t k = 0; k < sizeof(name) / sizeof(*name); k++) {
		struct labelled r = labelled_read(name[k]);
		struct outcome live, whole;
		size_t differ = 0;

		live = run_live(r.rr_ms, r.n);
		whole = run_whole(r.rr_ms, r.n);
		for (size_t i = 1000; i + ODD_AHEAD < r.n; i++)
			differ += live.flagged[i] != whole.flagged[i];
		if (verbose())
			print_message("%s: %zu of %zu differ\n", name[k],
			              differ, r.n);
		assert_int_equal(differ, 0);
		free(live.flagged);
		free(whole.flagged);
		labelled_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			injected_artifacts_are_found_and_rmssd_is_saved),
		cmocka_unit_test(
			leaving_out_what_stands_in_gives_the_smaller_error),
		cmocka_unit_test(premature_beats_of_a_day_are_found),
		cmocka_unit_test(
			what_is_found_live_is_what_is_found_in_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
