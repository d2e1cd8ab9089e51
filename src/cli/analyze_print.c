/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyze_print.h"

#include <math.h>
#include <stdio.h>

#define CELL 32

static void number(struct out_table *t, double value, int decimals)
{
	char text[CELL];

	out_table_cell(t, "%s",
	               out_number(text, sizeof(text), value, decimals));
}

/* `name value unit` */
static void line(struct out_table *t, const char *name, double value,
                 int decimals, const char *unit)
{
	out_table_cell(t, "  %s", name);
	number(t, value, decimals);
	out_table_cell(t, "%s", isnan(value) ? "" : unit);
}

static void finish(struct out_table *t)
{
	out_table_print(t, stdout, false);
	out_table_finish(t);
}

static void title(const char *text)
{
	bool colours = out_colours(stdout);

	printf("\n%s%s%s\n", out_style(OUT_BOLD, colours), text,
	       out_reset(colours));
}

static void say_count(size_t n, const char *what, const char **between)
{
	if (n == 0)
		return;
	printf("%s%zu %s", *between, n, what);
	*between = ", ";
}

static void artifacts(const struct clean_count *c, bool raw)
{
	const char *between = "";

	if (raw) {
		puts("  artifacts left as they are");
		return;
	}
	fputs("  artifacts: ", stdout);
	say_count(c->missed, "missed", &between);
	say_count(c->extra, "extra", &between);
	say_count(c->ectopic, "out of turn", &between);
	say_count(c->long_short, "too long or short", &between);
	say_count(c->rejected, "left out", &between);
	if (!*between)
		fputs("none", stdout);
	if (isfinite(c->percent) && *between)
		printf(" (%.1f %% of the beats)", c->percent);
	putchar('\n');
}

static void head(const struct analysis *a, const struct analyze_settings *s)
{
	char name[256], length[CELL];
	bool colours = out_colours(stdout);

	out_plain(name, sizeof(name), a->file);
	printf("%s%s%s\n", out_style(OUT_BOLD, colours), name,
	       out_reset(colours));
	printf("  %s, %zu %s, %s\n", a->format, a->hrv.beats,
	       a->hrv.beats == 1 ? "beat" : "beats",
	       out_clock(length, sizeof(length), a->hrv.duration_s));
	artifacts(&a->hrv.artifacts, s->raw);
}

static void rate(const struct hrv_time *h)
{
	struct out_table t;

	title("Heart rate");
	out_table_init(&t, "lrl");
	line(&t, "mean interval", h->mean_nn_ms, 1, "ms");
	line(&t, "heart rate", h->mean_hr_bpm, 2, "bpm");
	line(&t, "mean of rates", h->mean_inst_hr_bpm, 2, "bpm");
	finish(&t);
}

static double count_of(const struct hrv_time *h, size_t n)
{
	return h->n_diff > 0 ? (double)n : NAN;
}

static void time_domain(const struct analysis *a)
{
	const struct hrv_time *h = &a->hrv.time;
	struct out_table t;

	title("Time");
	out_table_init(&t, "lrl");
	line(&t, "SDNN", h->sdnn_ms, 2, "ms");
	line(&t, "RMSSD", h->rmssd_ms, 2, "ms");
	line(&t, "SDSD", h->sdsd_ms, 2, "ms");
	line(&t, "NN50", count_of(h, h->nn50), 0, "");
	line(&t, "pNN50", h->pnn50_pct, 2, "%");
	line(&t, "NN20", count_of(h, h->nn20), 0, "");
	line(&t, "pNN20", h->pnn20_pct, 2, "%");
	finish(&t);
	title("Shape");
	out_table_init(&t, "lrl");
	line(&t, "SD1", h->sd1_ms, 2, "ms");
	line(&t, "SD2", h->sd2_ms, 2, "ms");
	line(&t, "triangular index", a->hrv.geometry.triangular_index, 2, "");
	line(&t, "TINN", a->hrv.geometry.tinn_ms, 1, "ms");
	line(&t, "stress index", a->by.stress_index, 1, "");
	line(&t, "its square root", a->by.stress_index_sqrt, 2, "");
	finish(&t);
}

static void both(struct out_table *t, const char *name, double welch,
                 double lomb, int decimals, const char *unit)
{
	out_table_cell(t, "  %s", name);
	number(t, welch, decimals);
	number(t, lomb, decimals);
	out_table_cell(t, "%s", unit);
}

static void spectra(const struct analysis *a)
{
	const struct hrv_bands *w = &a->by.welch, *l = &a->by.lomb;
	struct out_table t;

	title("Frequency");
	out_table_init(&t, "lrrl");
	out_table_cell(&t, "  ");
	out_table_cell(&t, "Welch");
	out_table_cell(&t, "Lomb");
	out_table_cell(&t, "%s", "");
	both(&t, "VLF", w->vlf_ms2, l->vlf_ms2, 1, "ms2");
	both(&t, "LF", w->lf_ms2, l->lf_ms2, 1, "ms2");
	both(&t, "HF", w->hf_ms2, l->hf_ms2, 1, "ms2");
	both(&t, "total", w->total_ms2, l->total_ms2, 1, "ms2");
	both(&t, "LF/HF", w->lf_hf, l->lf_hf, 3, "");
	both(&t, "LF share", w->lf_nu, l->lf_nu, 1, "nu");
	both(&t, "HF share", w->hf_nu, l->hf_nu, 1, "nu");
	both(&t, "VLF peak", w->vlf_peak_hz, l->vlf_peak_hz, 4, "Hz");
	both(&t, "LF peak", w->lf_peak_hz, l->lf_peak_hz, 4, "Hz");
	both(&t, "HF peak", w->hf_peak_hz, l->hf_peak_hz, 4, "Hz");
	finish(&t);
}

static void rest(const struct hrv *h)
{
	struct out_table t;

	title("Order and breath");
	out_table_init(&t, "lrl");
	line(&t, "sample entropy", h->sample_entropy, 3, "");
	line(&t, "DFA alpha1", h->dfa_alpha1, 3, "");
	line(&t, "coherence", h->coherence.ratio, 2, "in the last 64 s");
	line(&t, "its peak", h->coherence.peak_hz, 4, "Hz");
	line(&t, "breaths", h->breathing_per_min, 1, "a minute");
	finish(&t);
}

static const char unsuited[] =
	"The beats follow no regular pattern here, so no HRV figure is shown.";

static void whole(const struct analysis *a, const struct analyze_settings *s)
{
	head(a, s);
	if (a->hrv.artifacts.refused)
		printf("  %s\n", unsuited);
	rate(&a->hrv.time);
	if (a->hrv.artifacts.refused)
		return;
	time_domain(a);
	spectra(a);
	rest(&a->hrv);
	if (s->detrend == HRV_DETREND_PRIORS)
		puts("\nStress index and spectra are of the beats less their "
		     "slow trend (smoothness priors).");
}

static void window_row(struct out_table *t, const struct analysis *a)
{
	const struct hrv *h = &a->hrv;
	char text[CELL];

	out_table_cell(t, "%s", out_clock(text, sizeof(text), a->from_s));
	out_table_cell(t, "%zu", h->beats);
	number(t, h->artifacts.percent, 1);
	number(t, h->time.mean_hr_bpm, 1);
	number(t, h->time.sdnn_ms, 1);
	number(t, h->time.rmssd_ms, 1);
	number(t, a->by.welch.lf_ms2, 0);
	number(t, a->by.welch.hf_ms2, 0);
	number(t, h->coherence.ratio, 2);
	number(t, h->breathing_per_min, 1);
	out_table_cell(t, "%s",
	               h->artifacts.refused ? "no regular pattern" : "");
}

static void windows(const struct analyze_result *r,
                    const struct analyze_settings *s)
{
	static const char *const names[] = {
		"from", "beats", "odd %", "bpm",     "SDNN", "RMSSD",
		"LF",   "HF",    "wave",  "breaths", "",
	};
	char name[256];
	struct out_table t;

	out_plain(name, sizeof(name), r->at->file);
	printf("%s: %zu %s of %g s, each %g s\n", name, r->n,
	       r->n == 1 ? "window" : "windows", s->window_s, s->step_s);
	out_table_init(&t, "rrrrrrrrrrl");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		out_table_cell(&t, "%s", names[i]);
	for (size_t i = 0; i < r->n; i++)
		window_row(&t, &r->at[i]);
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
}

void analyze_print(const struct analyze_result *r,
                   const struct analyze_settings *s)
{
	if (isnan(s->window_s))
		whole(r->at, s);
	else
		windows(r, s);
}
