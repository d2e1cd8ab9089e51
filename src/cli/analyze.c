/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyze.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/analyze_print.h"
#include "cli/analyze_run.h"
#include "cli/out.h"
#include "player/analyze_fields.h"

/* Two breaths at the least; a month at the most. */
#define WINDOW_MIN_S 10.0
#define TIME_MAX_S   (31.0 * 86400.0)

struct analyze {
	struct analyze_plan plan;
	const char *detrend;
	bool json, csv;
	size_t told; /* objects, rows or files printed */
	int status;
	struct out_bar bar;
};

static bool is_list(const struct analyze *a)
{
	return a->plan.n > 1 || !isnan(a->plan.settings.window_s);
}

/* Text made on the way goes out at once. */
static void put(struct analyze *a, struct text *x)
{
	char *text;

	if (text_take(x, &text) < 0) {
		a->status = out_fail(
			"analyze: out of memory: close other programs");
		return;
	}
	fputs(text, stdout);
	free(text);
}

static void tell_json(struct analyze *a, const struct analyze_result *r)
{
	struct text x = {0};

	for (size_t i = 0; i < r->n; i++) {
		if (is_list(a))
			text_raw(&x, a->told > 0 ? ",\n" : "[\n");
		analyze_fields_json(&x, &r->at[i], &a->plan.settings);
		a->told++;
	}
	put(a, &x);
}

static void tell_csv(struct analyze *a, const struct analyze_result *r)
{
	struct text x = {0};

	if (a->told == 0)
		analyze_fields_csv_header(&x, &a->plan.settings);
	for (size_t i = 0; i < r->n; i++) {
		analyze_fields_csv_row(&x, &r->at[i], &a->plan.settings);
		a->told++;
	}
	put(a, &x);
}

static void tell(void *data, const struct analyze_result *r)
{
	struct analyze *a = data;

	if (r->status < 0) {
		fflush(stdout);
		a->status = out_fail("analyze: %s", r->error.text);
	} else if (a->json) {
		tell_json(a, r);
	} else if (a->csv) {
		tell_csv(a, r);
	} else {
		if (a->told++ > 0)
			putchar('\n');
		analyze_print(r, &a->plan.settings);
	}
}

static int run(struct analyze *a)
{
	int r;

	out_bar_init(&a->bar, stderr);
	r = analyze_run_all(&a->plan, tell, a, &a->bar);
	out_bar_clear(&a->bar, stderr);
	if (r < 0)
		return out_fail("analyze: %s: close other programs",
		                strerror(-r));
	if (a->json && is_list(a))
		puts(a->told > 0 ? "\n]" : "[]");
	else if (a->json && a->told > 0)
		putchar('\n');
	if (fflush(stdout) != 0 || ferror(stdout))
		return out_fail("output: %s: see where it goes",
		                strerror(errno));
	return a->status;
}

static int count_streams(const struct analyze_plan *p)
{
	int n = 0;

	for (int i = 0; i < p->n; i++)
		n += strcmp(p->path[i], "-") == 0;
	return n;
}

/* `--plot *.rr` must not draw over a recording. */
static bool is_svg(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && path[len - 5] != '/' &&
	       strcasecmp(path + len - 4, ".svg") == 0;
}

/* What options say together. Return: -1 to go on, or the exit status. */
static int check_usage(struct analyze *a)
{
	struct analyze_settings *s = &a->plan.settings;
	const char *wrong = NULL;

	if (a->detrend && strcmp(a->detrend, "priors") == 0)
		s->detrend = HRV_DETREND_PRIORS;
	else if (a->detrend && strcmp(a->detrend, "none") != 0)
		wrong = "--detrend: expected none or priors";
	if (a->json && a->csv)
		wrong = "--json and --csv: expected one of them";
	else if (s->from_s >= s->to_s)
		wrong = "--from and --to: expected a start before the end";
	else if (isnan(s->window_s) && !isnan(s->step_s))
		wrong = "--step: expected a --window, too";
	else if (a->plan.plot && is_list(a))
		wrong = "--plot: expected one file, as a whole";
	else if (a->plan.plot && !is_svg(a->plan.plot))
		wrong = "--plot: expected a name that ends in .svg";
	else if (count_streams(&a->plan) > 1)
		wrong = "-: expected it only once";
	if (isnan(s->step_s))
		s->step_s = s->window_s;
	if (!wrong)
		return -1;
	out_fail("analyze: %s: see lull analyze --help", wrong);
	return OUT_USAGE;
}

int analyze_run(const struct command *c, int argc, char **argv)
{
	struct analyze a = {
		.plan.settings = {.from_s = NAN,
	                          .to_s = NAN,
	                          .window_s = NAN,
	                          .step_s = NAN},
	};
	struct analyze_settings *s = &a.plan.settings;
	struct opt_args args = {0};
	const struct opt opts[] = {
		{"from", OPT_NUMBER, &s->from_s, "S",
	         "leave out what is before, in s from the first beat", 0,
	         TIME_MAX_S},
		{"to", OPT_NUMBER, &s->to_s, "S", "leave out what is behind", 0,
	         TIME_MAX_S},
		{"window", OPT_NUMBER, &s->window_s, "S",
	         "figures of each window of so many s", WINDOW_MIN_S,
	         TIME_MAX_S},
		{"step", OPT_NUMBER, &s->step_s, "S",
	         "a window begins each so many s (the window)", 1, TIME_MAX_S},
		{"raw", OPT_FLAG, &s->raw, NULL, "correct no artifacts", 0, 0},
		{"detrend", OPT_TEXT, &a.detrend, "HOW",
	         "none, or priors: stress index and spectra less the trend", 0,
	         0},
		{"json", OPT_FLAG, &a.json, NULL, "as JSON, every digit", 0, 0},
		{"csv", OPT_FLAG, &a.csv, NULL,
	         "as CSV, a row a file or window", 0, 0},
		{"plot", OPT_TEXT, &a.plan.plot, "FILE.svg",
	         "a picture: tachogram and Poincare plot", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	a.plan.path = args.at;
	a.plan.n = args.n;
	if (status < 0)
		status = check_usage(&a);
	return status < 0 ? run(&a) : status;
}
