/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "cli/before.h"
#include "cli/out.h"
#include "cli/past.h"
#include "cli/recording.h"
#include "cli/tale.h"
#include "cli/tuned.h"
#include "cli/why.h"
#include "store/listen.h"

#define CHANGES_TOLD 8
#define WRAP         72

/* --- for people -------------------------------------------------------------
 */

static void line(struct out_table *t, const char *label, const char *text)
{
	out_table_cell(t, "%s", label);
	out_table_cell(t, "%s", text);
}

static void rest_line(struct out_table *t, const char *label, const char *unit,
                      double before, double after, const char *change)
{
	char a[16], b[16], text[128];

	if (isnan(before) && isnan(after))
		return;
	out_number(a, sizeof(a), before, 0);
	out_number(b, sizeof(b), after, 0);
	if (isnan(after))
		snprintf(text, sizeof(text), "%s%s before, none after", a,
		         unit);
	else if (isnan(before))
		snprintf(text, sizeof(text), "none before, %s%s after", b,
		         unit);
	else
		snprintf(text, sizeof(text), "%s -> %s%s%s%s", a, b, unit,
		         *change ? "   " : "", change);
	line(t, label, text);
}

static void rest_lines(struct out_table *t, const struct store_session *row,
                       const struct change *change)
{
	char words[64];

	change_hr_words(change, words, sizeof(words));
	rest_line(t, "heart rate at rest", " bpm", row->hr_before,
	          row->hr_after, words);
	change_rmssd_words(change, words, sizeof(words));
	rest_line(t, "RMSSD at rest", " ms", row->rmssd_before,
	          row->rmssd_after, words);
	rest_line(t, "how you felt: headache", " of 10", row->headache_before,
	          row->headache_after, "");
	rest_line(t, "how you felt: tension", " of 10", row->tension_before,
	          row->tension_after, "");
}

static void signal_line(struct out_table *t, const struct store_heard *heard,
                        unsigned gaps)
{
	char text[192], good[16];
	uint64_t odd = heard->corrected + heard->rejected;

	if (!heard->beats) {
		line(t, "signal", "no heart beat was heard: by the clock");
		return;
	}
	snprintf(text, sizeof(text),
	         "%llu beats, %.1f %% not as expected; good %s %% of the time; "
	         "gaps: %u",
	         (unsigned long long)heard->beats,
	         100.0 * (double)odd / (double)heard->beats,
	         out_number(good, sizeof(good),
	                    heard->estimates
	                            ? 100.0 * (double)heard->estimates_ok /
	                                      (double)heard->estimates
	                            : (double)NAN,
	                    0),
	         gaps);
	line(t, "signal", text);
}

static const char *name_of(const struct routine *r, const char *technique)
{
	for (size_t i = 0; r && i < r->n_techniques; i++)
		if (strcmp(r->techniques[i].id, technique) == 0)
			return r->techniques[i].name;
	return strcmp(technique, "breathe") == 0 ? "Breathing" : technique;
}

static void done_lines(struct out_table *t, const struct tale *tale)
{
	char text[256], clock[16];

	for (size_t i = 0; i < tale->n_done; i++) {
		const struct tale_done *d = &tale->done[i];

		snprintf(text, sizeof(text), "%5s  %.200s",
		         out_clock(clock, sizeof(clock), d->seconds),
		         name_of(tale_routine(tale), d->technique));
		line(t, i ? "" : "what was done", text);
	}
}

static void head_lines(struct out_table *t, const struct store_session *row,
                       const struct routine *routine)
{
	char date[32], clock[16], result[64], text[384];

	snprintf(text, sizeof(text), "%lld   %s", (long long)row->id,
	         out_date(date, sizeof(date), row->start));
	line(t, "session", text);
	snprintf(text, sizeof(text), "%.200s (%s)%s",
	         routine ? routine->name : "not known", row->routine,
	         row->attack ? ", for an attack" : "");
	line(t, "routine", text);
	if (routine && routine->posture)
		line(t, "posture", routine->posture);
	snprintf(text, sizeof(text), "%s%s",
	         row->sensor[0] ? row->sensor : "none: by the clock",
	         row->simulated ? " (simulated)" : "");
	line(t, "sensor", text);
	tale_result(row, result, sizeof(result));
	snprintf(text, sizeof(text), "%s, %s",
	         out_clock(clock, sizeof(clock), row->seconds), result);
	line(t, "length", text);
}

/* Not what is measured, or follows a plan whoever listens. */
static bool is_change(const struct event *e)
{
	const char *what = e->decision.what;

	switch (e->decision.rule) {
	case 2:
		return strcmp(what, "baseline_extend") == 0;
	case 3:
	case 4:
	case 10:
		return false;
	case 15:
		return strncmp(what, "leave_out", 9) == 0;
	default:
		return true;
	}
}

/* @text, broken at blanks, each further line under the first. */
static void print_under(size_t indent, const char *text)
{
	size_t len = strlen(text);

	while (len > WRAP) {
		size_t cut = WRAP;

		while (cut > 0 && text[cut] != ' ')
			cut--;
		if (cut == 0)
			break;
		printf("%.*s\n%*s", (int)cut, text, (int)indent, "");
		text += cut + 1;
		len = strlen(text);
	}
	puts(text);
}

static void print_changes(const struct store_session *row,
                          const struct tale *tale)
{
	const struct routine *routine = tale_routine(tale);
	char text[512], clock[16];
	size_t n = 0;

	for (size_t i = 0; i < tale->n; i++)
		n += is_change(&tale->decisions[i].at.event);
	puts(n ? "\nWhere it did not go by the plan:"
	       : "\nNothing was changed: it went by the plan.");
	for (size_t i = 0, told = 0; i < tale->n && told < CHANGES_TOLD; i++) {
		const struct event *e = &tale->decisions[i].at.event;

		if (!is_change(e))
			continue;
		why_tell(e, routine, text, sizeof(text));
		printf("%7s  ",
		       out_clock(clock, sizeof(clock), (double)e->t_us / 1e6));
		print_under(9, text);
		told++;
	}
	printf("%zu %s in all: lull why %lld\n", tale->n,
	       tale->n == 1 ? "decision" : "decisions", (long long)row->id);
}

static const char *heart_words(const struct store_session *row,
                               const struct change *c)
{
	if (isnan(c->hr_slower_bpm))
		return row->beats ? "Your heart was not heard well enough at "
		                    "rest to say what changed"
		                  : "No heart beat was heard: there is no "
		                    "change to tell";
	return c->hr_clear || c->rmssd_clear
	               ? NULL
	               : "No clear change in your heart at rest";
}

void show_sentence(const struct store_session *row, const struct change *c,
                   char *ret, size_t len)
{
	const char *plain = heart_words(row, c);
	char hr[64] = "", rmssd[64] = "";

	if (plain) {
		snprintf(ret, len, "%s.", plain);
		return;
	}
	if (c->hr_clear)
		snprintf(hr, sizeof(hr), "beats %.0f a minute %s",
		         fabs(c->hr_slower_bpm),
		         c->hr_slower_bpm > 0 ? "slower" : "faster");
	if (c->rmssd_clear)
		snprintf(rmssd, sizeof(rmssd), "varies %.0f percent %s",
		         fabs(c->rmssd_pct),
		         c->rmssd_pct > 0 ? "more" : "less");
	snprintf(ret, len, "At rest your heart %s%s%s than before.", hr,
	         *hr && *rmssd ? " and " : "", rmssd);
}

/* @before: as the person says it. */
static void before_lines(struct out_table *t, const struct tale *tale,
                         const char *before)
{
	bool beta = tale->start.start.profile.flags & 1u << FLAG_BETA;
	char text[384];

	snprintf(text, sizeof(text), "%s%s%s", before,
	         *before && beta ? "; " : "",
	         beta ? "a medicine that slows the heart, always" : "");
	if (*text)
		line(t, "before it", text);
}

static void print_band(const struct change *change)
{
	if (change->band.of && !isnan(change->hr_slower_bpm))
		printf("\nThe noise band, +-%.2g bpm and +-%.0f %%, is of "
		       "your last %u baselines of this routine\nat this time "
		       "of the day, with the same before it.\n",
		       change->band.hr_bpm, change->band.rmssd_pct,
		       change->band.of);
}

static int print_tale(const struct store_session *row, const struct tale *tale,
                      const struct store_heard *heard,
                      const struct change *change, const char *before)
{
	const struct routine *routine = tale_routine(tale);
	const char *stop = tale_stop_text(row->stop);
	char text[256];
	struct tuned tuned;
	struct out_table t;
	int r;

	out_table_init(&t, "ll");
	head_lines(&t, row, routine);
	before_lines(&t, tale, before);
	rest_lines(&t, row, change);
	signal_line(&t, heard, tale->gaps);
	snprintf(text, sizeof(text), "%u of %zu", tale->steps_begun,
	         routine ? routine->n_steps : 0);
	line(&t, "steps", text);
	done_lines(&t, tale);
	r = out_table_print(&t, stdout, false);
	out_table_finish(&t);
	print_band(change);
	tuned_of(tale, &tuned);
	tuned_print(&tuned, !row->simulated);
	print_changes(row, tale);
	show_sentence(row, change, text, sizeof(text));
	printf("\n%s\n", text);
	if (stop)
		printf("\n%s\n", stop);
	return r < 0 ? out_fail("show: %s", strerror(-r)) : OUT_DONE;
}

/* --- for programs -----------------------------------------------------------
 */

static json_t *done_json(const struct tale *tale)
{
	json_t *done = json_array();

	for (size_t i = 0; i < tale->n_done; i++)
		json_array_append_new(
			done, json_pack("{ss so}", "technique",
		                        tale->done[i].technique, "seconds",
		                        out_real(tale->done[i].seconds)));
	return done;
}

static json_t *tale_json(const struct store_session *row,
                         const struct tale *tale,
                         const struct store_heard *heard,
                         const struct change *c)
{
	const struct routine *routine = tale_routine(tale);
	json_t *o = past_row_json(row);
	struct tuned tuned;
	char sentence[256];

	if (!o)
		return NULL;
	show_sentence(row, c, sentence, sizeof(sentence));
	json_object_update_new(
		o,
		json_pack(
			"{ss ss sI sI sI sI sI sI so so so}", "routine_name",
			routine ? routine->name : "", "posture",
			routine && routine->posture ? routine->posture : "",
			"steps_done", (json_int_t)tale->steps_begun,
			"steps_planned",
			(json_int_t)(routine ? routine->n_steps : 0),
			"corrected", (json_int_t)heard->corrected, "rejected",
			(json_int_t)heard->rejected, "gaps",
			(json_int_t)tale->gaps, "decisions",
			(json_int_t)tale->n, "signal_ok_pct",
			out_real(heard->estimates
	                                 ? 100.0 * (double)heard->estimates_ok /
	                                           (double)heard->estimates
	                                 : (double)NAN),
			"rmssd_change_pct", out_real(c->rmssd_pct), "done",
			done_json(tale)));
	json_object_update_new(
		o, json_pack("{sb sb so so sI ss}", "hr_clear", c->hr_clear,
	                     "rmssd_clear", c->rmssd_clear, "band_hr_bpm",
	                     out_real(c->band.hr_bpm), "band_rmssd_pct",
	                     out_real(c->band.rmssd_pct), "band_of",
	                     (json_int_t)c->band.of, "sentence", sentence));
	tuned_of(tale, &tuned);
	json_object_set_new(o, "resonance", tuned_json(&tuned));
	return o;
}

/* --- the command ------------------------------------------------------------
 */

static int show(struct store *s, int64_t id, bool json)
{
	struct store_session row;
	struct store_heard heard;
	struct change_band band;
	struct change change;
	struct tale tale;
	char before[256];
	int r = store_session(s, id, &row);

	if (r == -ENOENT)
		return out_fail("session %lld: there is none: lull sessions "
		                "lists them",
		                (long long)id);
	if (r == 0 && row.recording[0])
		return recording_show(s, &row, json);
	if (r == 0)
		r = change_band_before(s, &row, past_memory_s(), &band);
	if (r == 0)
		r = store_heard(s, id, &heard);
	if (r < 0)
		return out_fail("session %lld: %s", (long long)id,
		                store_message(s));
	change_of(&row, &band, &change);
	before_line(s, &row, before, sizeof(before));
	tale_init(&tale);
	r = past_tale(s, id, &tale);
	if (r < 0)
		r = out_fail("session %lld: %s: lull doctor", (long long)id,
		             strerror(-r));
	else
		r = json ? out_json(tale_json(&row, &tale, &heard, &change))
		         : print_tale(&row, &tale, &heard, &change, before);
	tale_finish(&tale);
	return r;
}

int show_print(struct store *s, int64_t id)
{
	return show(s, id, false);
}

int show_run(const struct command *c, int argc, char **argv)
{
	struct store *s = NULL;
	bool json = false;
	struct opt_args args = {0};
	int64_t id = 0;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = past_number(c->name, args.n ? args.at[0] : NULL, &id);
	if (status < 0)
		status = past_open(&s, STORE_READ, c->name);
	if (status < 0)
		status = past_id(s, c->name, &id);
	if (status < 0)
		status = show(s, id, json);
	store_close(s);
	return status;
}
