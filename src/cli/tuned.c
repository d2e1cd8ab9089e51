/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tuned.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "session/session.h"

#define WHOLE_S 600.0 /* C.1: five rates of two minutes */

/* --- out of the decisions ---------------------------------------------------
 */

static double figure(const struct event *e, const char *key)
{
	for (size_t i = 0; i < e->decision.n; i++)
		if (strcmp(e->decision.because[i].key, key) == 0)
			return e->decision.because[i].value;
	return NAN;
}

static void add_rate(struct tuned *t, const struct event *e)
{
	if (t->n == TUNED_RATES)
		return;
	t->at[t->n++] = (struct tuned_rate){
		.valid = strcmp(e->decision.what, "probe") == 0,
		.per_min = figure(e, "per_min"),
		.rsa_bpm = figure(e, "rsa_bpm"),
		.rsa_se_bpm = figure(e, "rsa_se_bpm"),
		.power = figure(e, "power"),
		.coherence = figure(e, "coherence"),
		.phase_deg = figure(e, "phase_deg"),
		.adherence = figure(e, "adherence"),
		.breaths = figure(e, "breaths"),
		.artifact_pct = figure(e, "artifact_pct"),
	};
}

static void set_result(struct tuned *t, const struct event *e)
{
	t->ended = true;
	t->clear = strcmp(e->decision.what, "resonance") == 0;
	if (!t->clear)
		return;
	t->per_min = figure(e, "per_min");
	t->low = figure(e, "low_per_min");
	t->high = figure(e, "high_per_min");
}

static bool is_whole(const struct tale *t, int step)
{
	const struct routine *r = tale_routine(t);
	int i = r ? routine_step(r, step) : -1;

	return i >= 0 && r->steps[i].s.target >= WHOLE_S;
}

void tuned_of(const struct tale *t, struct tuned *ret)
{
	*ret = (struct tuned){.per_min = NAN, .low = NAN, .high = NAN};
	if (t->started)
		ret->before = t->start.start.profile.resonance_per_min;
	for (size_t i = 0; i < t->n; i++) {
		const struct event *e = &t->decisions[i].at.event;

		if (strcmp(e->decision.what, "probe") == 0 ||
		    strcmp(e->decision.what, "probe_unsure") == 0) {
			ret->whole = is_whole(t, t->decisions[i].step);
			add_rate(ret, e);
		} else if (strcmp(e->decision.what, "resonance") == 0 ||
		           strcmp(e->decision.what, "resonance_unsure") == 0) {
			set_result(ret, e);
		}
	}
}

/* --- for people -------------------------------------------------------------
 */

static unsigned valid(const struct tuned *t)
{
	unsigned n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->at[i].valid;
	return n;
}

/* What else fits what was measured. */
static void around(const struct tuned *t, char *ret, size_t len)
{
	if (!isnan(t->low) && !isnan(t->high))
		snprintf(ret, len,
		         "Anything from %.2f to %.2f fits what was measured.",
		         t->low, t->high);
	else if (!isnan(t->low))
		snprintf(ret, len,
		         "Anything from %.2f up fits what was measured; "
		         "nothing quicker was tried.",
		         t->low);
	else if (!isnan(t->high))
		snprintf(ret, len,
		         "Anything up to %.2f fits what was measured; nothing "
		         "slower could be counted.",
		         t->high);
	else
		snprintf(ret, len, "The rates beside it did about as well.");
}

static const char *why_unclear(const struct tuned *t)
{
	return valid(t) < 2 ? "of too few rates could be told how the heart "
	                      "swings along with them"
	                    : "the rates that count cannot be told apart";
}

void tuned_sentence(const struct tuned *t, char *ret, size_t len)
{
	char fits[128];

	around(t, fits, sizeof(fits));
	if (!t->ended)
		snprintf(ret, len, "The search was not finished.");
	else if (!t->clear)
		snprintf(ret, len, "Your own pace is not clear: %s.",
		         why_unclear(t));
	else if (t->whole)
		snprintf(ret, len, "Your own pace: %.1f breaths a minute. %s",
		         t->per_min, fits);
	else if (fabs(t->per_min - t->before) < 0.01)
		snprintf(ret, len,
		         "Your own pace stays %.1f breaths a minute: none "
		         "beside it was better by 15 %%.",
		         t->per_min);
	else
		snprintf(ret, len,
		         "Your own pace is %.1f breaths a minute now, and was "
		         "%.1f. %s",
		         t->per_min, t->before, fits);
}

/* Source: reference/content.md C.1, valid_probe_if. */
static const char *doubt(const struct tuned_rate *r, bool whole)
{
	if (r->valid)
		return "";
	if (r->artifact_pct > 5)
		return "does not count: too many beats were odd";
	if (r->adherence < 0.8)
		return "does not count: it was not followed well enough";
	if (!(r->breaths > 0))
		return "does not count: it was not reached, or not heard";
	return r->breaths < (whole ? 6 : 2)
	               ? "does not count: too few whole breaths were heard"
	               : "does not count: whether it was followed was not seen";
}

static void add_row(struct out_table *t, const struct tuned_rate *r, bool whole)
{
	char a[16], b[16];

	out_table_cell(t, "%s", out_number(a, sizeof(a), r->per_min, 1));
	if (isnan(r->rsa_bpm))
		out_table_cell(t, "-");
	else
		out_table_cell(t, "%s +-%s",
		               out_number(a, sizeof(a), r->rsa_bpm, 1),
		               out_number(b, sizeof(b), r->rsa_se_bpm, 1));
	out_table_cell(t, "%s",
	               out_number(a, sizeof(a), 100 * r->coherence, 0));
	out_table_cell(t, "%s",
	               out_number(a, sizeof(a), 100 * r->adherence, 0));
	out_table_cell(t, "%s", out_number(a, sizeof(a), r->artifact_pct, 1));
	out_table_cell(t, "%s", out_number(a, sizeof(a), r->breaths, 0));
	out_table_cell(t, "%s", doubt(r, whole));
}

void tuned_print(const struct tuned *t, bool kept)
{
	char text[256];
	struct out_table table;

	if (t->n == 0)
		return;
	puts(t->whole ? "\nThe search for your own pace (resonance):"
	              : "\nYour own pace (resonance), and those beside it:");
	out_table_init(&table, "rrrrrrl");
	out_table_cell(&table, "A MINUTE");
	out_table_cell(&table, "HEART SWINGS BY BPM");
	out_table_cell(&table, "OF ITS CHANGES %%");
	out_table_cell(&table, "FOLLOWED %%");
	out_table_cell(&table, "ODD BEATS %%");
	out_table_cell(&table, "BREATHS");
	out_table_cell(&table, "%s", "");
	for (size_t i = 0; i < t->n; i++)
		add_row(&table, &t->at[i], t->whole);
	out_table_print(&table, stdout, true);
	out_table_finish(&table);
	tuned_sentence(t, text, sizeof(text));
	puts(text);
	if (t->ended && !t->clear && t->before > 0)
		printf("It is taken to be %.1f a minute, as before.\n",
		       t->before);
	else if (t->clear && kept)
		puts("The routines use it for 30 days, or until the next "
		     "search.");
}

/* --- for programs -----------------------------------------------------------
 */

static json_t *rate_json(const struct tuned_rate *r)
{
	return json_pack("{so sb so so so so so so so so}", "per_min",
	                 out_real(r->per_min), "valid", r->valid, "rsa_bpm",
	                 out_real(r->rsa_bpm), "rsa_se_bpm",
	                 out_real(r->rsa_se_bpm), "power", out_real(r->power),
	                 "coherence", out_real(r->coherence), "phase_deg",
	                 out_real(r->phase_deg), "adherence",
	                 out_real(r->adherence), "breaths",
	                 out_real(r->breaths), "artifact_pct",
	                 out_real(r->artifact_pct));
}

json_t *tuned_json(const struct tuned *t)
{
	json_t *rates;
	char text[256];

	if (t->n == 0)
		return json_null();
	rates = json_array();
	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(rates, rate_json(&t->at[i]));
	tuned_sentence(t, text, sizeof(text));
	return json_pack("{ss sb sb so so so so so ss}", "kind",
	                 t->whole ? "search" : "retune", "ended", t->ended,
	                 "clear", t->clear, "per_min", out_real(t->per_min),
	                 "low_per_min", out_real(t->low), "high_per_min",
	                 out_real(t->high), "before_per_min",
	                 out_real(t->before > 0 ? t->before : (double)NAN),
	                 "tried", rates, "sentence", text);
}
