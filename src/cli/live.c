/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/bus.h"
#include "cli/out.h"

static int done(const struct command *c, int r, const struct error *error)
{
	size_t n = strlen(c->name);
	bool named =
		strncmp(error->text, c->name, n) == 0 && error->text[n] == ':';

	if (r < 0)
		out_fail("%s%s%s", named ? "" : c->name, named ? "" : ": ",
		         error->text);
	return bus_status(r);
}

/* Opens the bus, makes one call of a live command, says how it went. */
static int call(const struct command *c, int argc, char **argv,
                int (*make)(struct bus *bus, const struct command *c,
                            char *const *at, struct error *error))
{
	const struct opt none[] = {{0}};
	struct error error = {0};
	struct opt_args args;
	struct bus bus = {0};
	int r, status = opt_start(c, none, argc, argv, &args);

	if (status >= 0)
		return status;
	r = bus_open(&bus, &error);
	if (r == 0)
		r = make(&bus, c, args.at, &error);
	bus_close(&bus);
	return done(c, r, &error);
}

static int make_word(struct bus *bus, const struct command *c, char *const *at,
                     struct error *error)
{
	(void)at;
	return bus_command(bus, c->name, error);
}

static int make_answer(struct bus *bus, const struct command *c,
                       char *const *at, struct error *error)
{
	(void)c;
	return bus_answer(bus, at[0], at[1], error);
}

int live_word(const struct command *c, int argc, char **argv)
{
	return call(c, argc, argv, make_word);
}

int live_answer(const struct command *c, int argc, char **argv)
{
	return call(c, argc, argv, make_answer);
}

static json_t *state_json(const struct bus_state *s)
{
	return json_pack(
		"{ss ss ss ss si si ss so so so so ss so so so ss ss ss sI ss "
		"ss ss}",
		"state", s->state, "mode", s->mode, "routine", s->routine,
		"step", s->step, "step_number", s->step_n, "pressure",
		s->pressure, "asked", s->asked, "step_seconds_left",
		out_real(s->step_left_s), "seconds_left", out_real(s->left_s),
		"heart_rate_bpm", out_real(s->hr_bpm), "calm",
		out_real(s->calm), "calm_state", s->calm_state, "pace",
		out_real(s->pace), "wave", out_real(s->wave), "breaths_per_min",
		out_real(s->breaths_per_min), "quality", s->quality, "sensor",
		s->sensor, "sensor_state", s->sensor_state, "session",
		(json_int_t)s->session, "message", s->message, "result",
		s->result, "stop", s->stop);
}

static void row(struct out_table *t, const char *label, const char *text)
{
	if (!*text)
		return;
	out_table_cell(t, "%s", label);
	out_table_cell(t, "%s", text);
}

static void step_rows(struct out_table *t, const struct bus_state *s)
{
	char clock[16], text[128];

	if (s->step_n) {
		snprintf(text, sizeof(text), "%d %s, %s left", s->step_n,
		         s->step,
		         out_clock(clock, sizeof(clock), s->step_left_s));
		row(t, "step", text);
	}
	if (!isnan(s->left_s)) {
		snprintf(text, sizeof(text), "%s",
		         out_clock(clock, sizeof(clock), s->left_s));
		row(t, "to go", text);
	}
}

static void heart_rows(struct out_table *t, const struct bus_state *s)
{
	char a[16], b[16], d[16], text[512];

	snprintf(text, sizeof(text), "%s%s%s",
	         *s->sensor ? s->sensor : "none: by the clock",
	         *s->sensor_state ? ", " : "", s->sensor_state);
	row(t, "sensor", text);
	snprintf(text, sizeof(text), "%s bpm, signal %s",
	         out_number(a, sizeof(a), s->hr_bpm, 0),
	         *s->quality ? s->quality : "none");
	row(t, "heart rate", text);
	snprintf(text, sizeof(text), "CALM %s   PACE %s   WAVE %s",
	         out_number(a, sizeof(a), s->calm, 0),
	         out_number(b, sizeof(b), s->pace, 0),
	         out_number(d, sizeof(d), s->wave, 1));
	row(t, "scores", text);
	if (s->breaths_per_min > 0) {
		snprintf(text, sizeof(text), "%s a minute",
		         out_number(a, sizeof(a), s->breaths_per_min, 1));
		row(t, "pacer", text);
	}
}

static int print_state(const struct bus_state *s)
{
	bool idle = strcmp(s->state, "idle") == 0;
	char text[1024], *rest = text;
	struct out_table t;

	out_table_init(&t, "ll");
	row(&t, "state", s->state);
	if (!idle) {
		row(&t, "routine", s->routine);
		step_rows(&t, s);
		heart_rows(&t, s);
	}
	row(&t, idle ? "last result" : "result", s->result);
	row(&t, "stop", s->stop);
	snprintf(text, sizeof(text), "%s", s->message);
	for (char *line; (line = strsep(&rest, "\n"));)
		row(&t, "note", line);
	out_table_print(&t, stdout, false);
	out_table_finish(&t);
	return OUT_DONE;
}

int live_status(const struct command *c, int argc, char **argv)
{
	struct error error = {0};
	struct bus_state state;
	struct opt_args args;
	struct bus bus = {0};
	bool json = false;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	bus_state_init(&state);
	r = bus_open(&bus, &error);
	if (r == 0)
		r = bus_state(&bus, &state, &error);
	bus_close(&bus);
	if (r < 0)
		return done(c, r, &error);
	return json ? out_json(state_json(&state)) : print_state(&state);
}
