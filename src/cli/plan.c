/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/load.h"
#include "cli/out.h"

static json_t *entries_json(const struct content_entry *entries, size_t n)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			rows, json_pack("{ss ss so ss}", "id", entries[i].id,
		                        "name", entries[i].name, "seconds",
		                        out_real(entries[i].total_s), "file",
		                        entries[i].path));
	return rows;
}

static int print_entries(const struct content_entry *entries, size_t n)
{
	struct out_table t;
	char clock[16];

	out_table_init(&t, "lrl");
	out_table_cell(&t, "ID");
	out_table_cell(&t, "LENGTH");
	out_table_cell(&t, "NAME");
	for (size_t i = 0; i < n; i++) {
		out_table_cell(&t, "%s", entries[i].id);
		out_table_cell(
			&t, "%s",
			out_clock(clock, sizeof(clock), entries[i].total_s));
		out_table_cell(&t, "%s", entries[i].name);
	}
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
	return OUT_DONE;
}

int plan_routines(const struct command *c, int argc, char **argv)
{
	const struct content_entry *entries = NULL;
	struct content *content = NULL;
	struct error error = {0};
	struct opt_args args;
	bool json = false;
	size_t n;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (load_content(&content, &error) < 0)
		return out_fail("routines: %s", error.text);
	n = content_routines(content, &entries);
	status = json ? out_json(entries_json(entries, n))
	              : print_entries(entries, n);
	content_destroy(content);
	return status;
}

void plan_grade(const char *evidence, char *ret, size_t len)
{
	snprintf(ret, len, "%.*s", (int)strcspn(evidence, " (;,"), evidence);
}

static void step_row(struct out_table *t, const struct routine *r,
                     const struct step *s)
{
	const struct technique *technique = routine_technique(r, s);
	char a[16], b[16], d[16], grade[16] = "-";

	if (technique && technique->evidence)
		plan_grade(technique->evidence, grade, sizeof(grade));
	out_table_cell(t, "%d", s->n);
	out_table_cell(t, "%s",
	               technique  ? technique->name
	               : s->probe ? "Breathing: three rates tried"
	                          : "Breathing");
	out_table_cell(t, "%s",
	               !technique ? "-"
	               : technique->each_side
	                       ? "each"
	                       : event_side_name(technique->side));
	out_table_cell(t, "%s", out_clock(a, sizeof(a), s->s.target));
	out_table_cell(t, "%s to %s", out_clock(b, sizeof(b), s->s.min),
	               out_clock(d, sizeof(d), s->s.max));
	if (technique && technique->pressure_max > 0)
		out_table_cell(t, "%d-%d", technique->pressure_min,
		               technique->pressure_max < r->pressure_cap
		                       ? technique->pressure_max
		                       : r->pressure_cap);
	else
		out_table_cell(t, "-");
	out_table_cell(t, "%s", breath_mode_name(s->breath));
	out_table_cell(t, "%s", grade);
}

static const char *day_of(enum session_mode mode)
{
	static const char *const days[SESSION_MODES] = {
		[SESSION_MODE_AUTO] = "any day",
		[SESSION_TENSION] = "a tense day",
		[SESSION_ATTACK] = "an attack: softly, and no slower than 8 "
				   "breaths a minute",
		[SESSION_SIGNS] = "warning signs",
		[SESSION_BETWEEN] = "a day between attacks",
		[SESSION_NIGHT] = "the evening",
	};

	return days[mode];
}

/* Flags in words: left out for preg, neck injury. */
static void print_flags(const char *what, uint32_t flags)
{
	bool first = true;

	for (int f = 0; f < FLAGS; f++) {
		const char *name = flag_name((enum flag)f);

		if (!(flags & flag_bit((enum flag)f)))
			continue;
		fputs(first ? what : ", ", stdout);
		for (; *name; name++)
			putchar(*name == '_' ? ' ' : *name);
		first = false;
	}
	if (!first)
		putchar('\n');
}

static void print_technique(const struct technique *t)
{
	printf("\n%s\n  evidence: %s\n  sources: ", t->name, t->evidence);
	for (const char *at = t->src; *at; at++)
		fputs(*at == ',' ? ", " : (char[2]){*at, '\0'}, stdout);
	putchar('\n');
	print_flags("  left out for: ", t->contra);
}

static int print_routine(const struct routine *r)
{
	static const char *const header[] = {"STEP",   "WHAT",     "SIDE",
	                                     "LENGTH", "FROM, TO", "PRESSURE",
	                                     "BREATH", "EVIDENCE"};
	struct out_table t;
	char clock[16];
	int status;

	printf("%s (%s), %s\n", r->name, r->id,
	       out_clock(clock, sizeof(clock), r->total_s));
	printf("%s\nFor %s.\nPosture: %s\n\n", r->goal, day_of(r->mode),
	       r->posture);
	out_table_init(&t, "rllrllll");
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		out_table_cell(&t, "%s", header[i]);
	for (size_t i = 0; i < r->n_steps; i++)
		step_row(&t, r, &r->steps[i]);
	status = out_table_print(&t, stdout, true);
	out_table_finish(&t);
	if (status < 0)
		return out_fail("routine: %s", strerror(-status));
	for (size_t i = 0; i < r->n_techniques; i++)
		print_technique(&r->techniques[i]);
	puts("\nEvidence of the technique by itself: A strong, B fair, C small "
	     "trials, D tradition,\nX not supported, DJ our own judgement. A "
	     "relaxation guide, not a medical device.");
	return OUT_DONE;
}

static int show_json(const struct routine *r)
{
	char *text = NULL;
	json_t *value;

	if (content_to_json(r, &text) < 0)
		return out_fail("routine: out of memory: close other programs");
	value = json_loads(text, 0, NULL);
	free(text);
	return out_json(value);
}

static int show(const char *id, bool json)
{
	struct routine *r = NULL;
	struct error error = {0};
	int status;

	if (load_routine(id, &r, &error) < 0)
		return out_fail("routine show: %s", error.text);
	status = json ? show_json(r) : print_routine(r);
	routine_destroy(r);
	return status;
}

static int report(const char *path, const struct routine *r, bool json)
{
	char clock[16];

	if (json)
		return out_json(json_pack("{sb ss ss sI so}", "ok", true, "id",
		                          r->id, "name", r->name, "steps",
		                          (json_int_t)r->n_steps, "seconds",
		                          out_real(r->total_s)));
	printf("%s: ok: %s (%s), %zu steps, %s\n", path, r->name, r->id,
	       r->n_steps, out_clock(clock, sizeof(clock), r->total_s));
	return OUT_DONE;
}

static int report_techniques(const char *path, int n, bool json)
{
	if (json)
		return out_json(
			json_pack("{sb si}", "ok", true, "techniques", n));
	printf("%s: ok: %d technique%s\n", path, n, n == 1 ? "" : "s");
	return OUT_DONE;
}

static int check(const char *path, bool json)
{
	struct content *content = NULL;
	struct routine *r = NULL;
	struct error error = {0};
	int status;

	if (load_content(&content, &error) < 0)
		return out_fail("routine check: %s", error.text);
	status = content_check_techniques(content, path, &error);
	if (status > 0) {
		content_destroy(content);
		return report_techniques(path, status, json);
	}
	if (status == 0)
		status = content_check(content, path, &r, &error);
	if (status < 0)
		status = out_fail("routine check: %s",
		                  error.text[0] ? error.text
		                                : strerror(-status));
	else
		status = report(path, r, json);
	routine_destroy(r);
	content_destroy(content);
	return status;
}

int plan_routine(const struct command *c, int argc, char **argv)
{
	struct opt_args args;
	bool json = false;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (strcmp(args.at[0], "show") == 0)
		return show(args.at[1], json);
	if (strcmp(args.at[0], "check") == 0)
		return check(args.at[1], json);
	out_fail("routine: '%.40s': expected show or check: see lull routine "
	         "--help",
	         args.at[0]);
	return OUT_USAGE;
}
