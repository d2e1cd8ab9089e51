/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/paths.h"
#include "cli/answers.h"
#include "cli/before.h"
#include "cli/bus.h"
#include "cli/diary.h"
#include "cli/follow.h"
#include "cli/load.h"
#include "cli/out.h"
#include "cli/past.h"
#include "cli/screen.h"
#include "cli/show.h"
#include "cli/tale.h"
#include "cli/trial.h"

struct start {
	const char *routine_id;
	const char *answers_path;
	struct bus_start options;
	char *sensor; /* a URI made here; NULL: as given */
	struct routine *routine;
	struct answers answers;
	struct bus bus;
	struct screen screen;
	struct follow follow;
};

static int load(struct start *s, struct error *error)
{
	int r = load_routine(s->routine_id, &s->routine, error);

	if (r == 0 && s->answers_path)
		r = answers_load(&s->answers, s->answers_path, s->routine,
		                 error);
	return r;
}

/* The daemon has a folder of its own. */
static int place_sensor(struct start *s, struct error *error)
{
	int r = s->options.sensor
	                ? load_sensor(s->options.sensor, &s->sensor, error)
	                : 0;

	if (s->sensor)
		s->options.sensor = s->sensor;
	return r;
}

/* The device opens while all is read that is needed. What fails here is said
   when the session is to begin. */
static void prepare(struct start *s)
{
	if (!s->options.no_audio && bus_open(&s->bus, NULL) == 0)
		bus_prepare(&s->bus);
}

static int begin(struct start *s, struct error *error)
{
	struct follow *f = &s->follow;
	int r = s->bus.bus ? 0 : bus_open(&s->bus, error);

	if (r == 0)
		r = bus_ensure(&s->bus, error);
	if (r < 0)
		return r;
	f->bus = &s->bus;
	f->answers = &s->answers;
	screen_init(&s->screen, stdout, s->routine);
	f->view = screen_view(&s->screen);
	bus_state_init(&f->state);
	r = follow_listen(f);
	if (r < 0) {
		error_set(error, "bus: %s: lull doctor", strerror(-r));
		return -EIO;
	}
	r = bus_start(&s->bus, s->routine_id, &s->options, error);
	if (r == 0)
		r = bus_state(&s->bus, &f->state, error);
	return r;
}

static int print_result(const struct start *s)
{
	struct store_session row = {0};
	struct store *store = NULL;
	char result[64];
	int status;

	if (!s->follow.session) {
		snprintf(row.result, sizeof(row.result), "%.*s",
		         (int)sizeof(row.result) - 1, s->follow.state.result);
		snprintf(row.stop, sizeof(row.stop), "%.*s",
		         (int)sizeof(row.stop) - 1, s->follow.state.stop);
		tale_result(&row, result, sizeof(result));
		printf(s->follow.began
		               ? "%s; it was not stored: lull doctor\n"
		               : "%s before it began: there is nothing to "
		                 "store\n",
		       result);
		return OUT_DONE;
	}
	status = past_open(&store, STORE_READ, "start");
	if (status < 0)
		status = show_print(store, (int64_t)s->follow.session);
	store_close(store);
	return status;
}

static bool is_attack(const struct start *s)
{
	enum session_mode mode = SESSION_MODE_AUTO;

	if (s->options.mode)
		(void)session_mode_from(s->options.mode, &mode);
	if (mode == SESSION_MODE_AUTO)
		mode = s->routine->mode;
	return mode == SESSION_ATTACK;
}

/* It refuses nothing: whoever wants a session has one. */
static void tell_trial(const struct start *s)
{
	char line[TRIAL_TEXT];

	if (!is_attack(s) && *trial_today(NULL, line))
		puts(line);
}

/* In an attack nothing is asked that can wait. */
static void ask_after(const struct start *s)
{
	int64_t session = (int64_t)s->follow.session;

	if (session && !is_attack(s) && before_after(session))
		diary_after(session, time(NULL));
}

/* What is known at its end, and the exit status that stands for it. */
static int finish(struct start *s)
{
	struct error error = {0};
	int status;

	if (bus_state(&s->bus, &s->follow.state, &error) == 0)
		follow_tell(&s->follow);
	putchar('\n');
	status = print_result(s);
	if (strcmp(s->follow.state.result, "interrupted") == 0)
		return out_fail("start: the session was interrupted: lull why "
		                "tells how far it came");
	if (!s->follow.state.stop[0]) {
		ask_after(s);
		return status;
	}
	if (!s->follow.session)
		printf("\n%s\n", tale_stop_text(s->follow.state.stop));
	return OUT_BLOCKED;
}

static int play(struct start *s)
{
	struct error error = {0};
	int r;

	prepare(s);
	r = load(s, &error);
	if (r == 0)
		r = place_sensor(s, &error);
	if (r < 0)
		return out_fail("start: %s", error.text);
	r = begin(s, &error);
	tell_trial(s); /* the session need not wait for that */
	if (r < 0) {
		out_fail("start: %s", error.text);
		return bus_status(r);
	}
	if (s->screen.terminal && isatty(STDIN_FILENO))
		screen_keys(&s->screen);
	r = follow_run(&s->follow);
	screen_clear(&s->screen);
	if (r == 0)
		return finish(s);
	if (r == -EINTR)
		return OUT_DONE;
	return out_fail("start: the daemon has gone: what it heard is kept: "
	                "lull show");
}

int start_run(const struct command *c, int argc, char **argv)
{
	struct start s = {.routine_id = LOAD_DEFAULT};
	struct opt_args args = {0};
	uint64_t from = 0;
	const struct opt opts[] = {
		{"sensor", OPT_TEXT, &s.options.sensor, "URI",
	         "ble:, ant:, file:PATH or person:SEED; else the one that is set",
	         0, 0},
		{"answers", OPT_TEXT, &s.answers_path, "FILE",
	         "answers to its questions: `question id: value`", 0, 0},
		{"no-audio", OPT_FLAG, &s.options.no_audio, NULL, "silent", 0,
	         0},
		{"from", OPT_COUNT, &from, "STEP", "begin with this step", 1,
	         LOAD_STEP_MAX},
		{"seconds", OPT_NUMBER, &s.options.seconds, "N",
	         "close after so long", 1, LOAD_SECONDS_MAX},
		{"talk", OPT_TEXT, &s.options.talk, "HOW",
	         "full, brief or minimal", 0, 0},
		{"mode", OPT_TEXT, &s.options.mode, "DAY",
	         "tension, attack, signs, between or night", 0, 0},
		{"slow", OPT_FLAG, &s.options.slow, NULL,
	         "in an attack, breathe down to 6.5 a minute, not 8", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0 && s.options.talk)
		status = load_talk(c->name, s.options.talk, NULL);
	if (status < 0 && s.options.mode)
		status = load_mode(c->name, s.options.mode, NULL);
	if (status >= 0)
		return status;
	if (args.n)
		s.routine_id = args.at[0];
	s.options.from_step = (int)from;
	status = play(&s);
	follow_finish(&s.follow);
	bus_close(&s.bus);
	answers_finish(&s.answers);
	free(s.sensor);
	routine_destroy(s.routine);
	return status;
}
