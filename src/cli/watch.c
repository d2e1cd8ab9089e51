/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/watch.h"

#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/bus.h"
#include "cli/canvas.h"
#include "cli/follow.h"
#include "cli/frame.h"
#include "cli/load.h"
#include "cli/out.h"

#define DRAW_US UINT64_C(250000) /* at most so often */
#define PLAIN_W 80

struct watch {
	struct bus bus;
	struct follow follow;
	struct canvas canvas;
	struct routine *routine; /* what is played; NULL: not known */
	char said[1024], told[1024], question[512];
	bool asked;
	double breath_s, inhale_s; /* of the breath that goes on; 0: none */
	uint64_t breath_us;        /* when it began, CLOCK_MONOTONIC */
	sd_event_source *timer;
	uint64_t drawn_us; /* last */
};

static uint64_t mono_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* --- drawing -------------------------------------------------------------- */

/* As full as the breath is at @now: in like a swell, out like one. */
static void breath_at(const struct watch *w, uint64_t now,
                      struct frame_model *ret)
{
	double at_s = (double)(now - w->breath_us) / 1e6, part;

	ret->breath = NAN;
	if (!(w->breath_s > 0) || at_s > w->breath_s)
		return;
	ret->inhale = at_s < w->inhale_s;
	part = ret->inhale ? at_s / w->inhale_s
	                   : (w->breath_s - at_s) / (w->breath_s - w->inhale_s);
	ret->breath = 0.5 - 0.5 * cos(M_PI * fmin(fmax(part, 0), 1));
}

static void model_of(const struct watch *w, uint64_t now,
                     struct frame_model *ret)
{
	*ret = (struct frame_model){
		.state = &w->follow.state,
		.routine = w->routine,
		.said = w->said,
		.told = w->told,
		.question = w->asked ? w->question : NULL,
		.keys = &w->follow.keys,
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.help = w->follow.raw,
	};
	breath_at(w, now, ret);
}

static void draw(struct watch *w, uint64_t now)
{
	struct frame_model model;
	struct frame frame;

	model_of(w, now, &model);
	frame_make(&model, w->canvas.width, w->canvas.height, &frame);
	canvas_draw(&w->canvas, &frame, frame_still(&w->follow.state));
	w->drawn_us = now;
}

static bool moves(const struct watch *w)
{
	return w->breath_s > 0 && !frame_still(&w->follow.state);
}

/* Soon, but not sooner than the last drawing allows. */
static void draw_soon(struct watch *w)
{
	if (!w->timer)
		return;
	(void)sd_event_source_set_time(w->timer, w->drawn_us + DRAW_US);
	(void)sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
	struct watch *w = data;
	uint64_t now = mono_us();

	(void)source;
	(void)usec;
	draw(w, now);
	if (moves(w))
		draw_soon(w);
	return 0;
}

/* --- what the daemon tells ------------------------------------------------ */

static void on_say(void *data, const char *text)
{
	struct watch *w = data;

	snprintf(w->said, sizeof(w->said), "%s", text);
	draw_soon(w);
}

static void on_tell(void *data, const char *text)
{
	struct watch *w = data;

	snprintf(w->told, sizeof(w->told), "%s", text);
	draw_soon(w);
}

static void on_question(void *data, const char *text, const struct keys *keys)
{
	struct watch *w = data;

	(void)keys;
	w->asked = text != NULL;
	snprintf(w->question, sizeof(w->question), "%s", text ? text : "");
	draw_soon(w);
}

/* Where it is not among ours, its id will do. */
static void know_routine(struct watch *w)
{
	const char *id = w->follow.state.routine;
	struct error error = {0};

	if (w->routine && strcmp(w->routine->id, id) == 0)
		return;
	w->routine = routine_destroy(w->routine);
	if (*id)
		(void)load_routine(id, &w->routine, &error);
}

static void on_state(void *data, const struct bus_state *state)
{
	struct watch *w = data;

	know_routine(w);
	if (strcmp(state->state, "playing") != 0)
		w->breath_s = 0;
	if (strcmp(state->state, "preparing") == 0)
		w->said[0] = w->told[0] = '\0';
	draw_soon(w);
}

static void on_breath(void *data, double seconds, double inhale_pct)
{
	struct watch *w = data;

	w->breath_s = seconds;
	w->inhale_s = seconds * inhale_pct / 100.0;
	w->breath_us = mono_us();
	draw_soon(w);
}

/* --- the terminal --------------------------------------------------------- */

static int on_resize(sd_event_source *source,
                     const struct signalfd_siginfo *info, void *data)
{
	struct watch *w = data;

	(void)source;
	(void)info;
	canvas_measure(&w->canvas);
	draw(w, mono_us());
	return 0;
}

/* Ctrl-Z: the shell gets its terminal; afterwards all is drawn anew. */
static int on_suspend(sd_event_source *source,
                      const struct signalfd_siginfo *info, void *data)
{
	struct watch *w = data;

	(void)source;
	(void)info;
	canvas_close(&w->canvas);
	follow_raw(&w->follow, false);
	(void)raise(SIGSTOP);
	follow_raw(&w->follow, true);
	canvas_open(&w->canvas);
	draw(w, mono_us());
	return 0;
}

static int add_signal(struct watch *w, int number,
                      sd_event_signal_handler_t take)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return sd_event_add_signal(w->follow.event, NULL, number, take, w);
}

static int attach(struct watch *w)
{
	int r = sd_event_add_time(w->follow.event, &w->timer, CLOCK_MONOTONIC,
	                          0, 10000, on_timer, w);

	if (r >= 0)
		r = add_signal(w, SIGWINCH, on_resize);
	if (r >= 0)
		r = add_signal(w, SIGTSTP, on_suspend);
	return r;
}

/* A question that was put before we looked. */
static void take_question(struct watch *w)
{
	const char *id = w->follow.state.asked;
	const struct question *q =
		w->routine && *id ? routine_question(w->routine, id) : NULL;

	if (q)
		follow_question(&w->follow, id, q->text, q->values);
}

/* --- the command ---------------------------------------------------------- */

static int begin(struct watch *w, struct error *error)
{
	struct follow *f = &w->follow;
	int r = bus_open(&w->bus, error);

	if (r < 0)
		return r;
	f->bus = &w->bus;
	f->watching = true;
	f->view = (struct view){
		.say = on_say,
		.tell = on_tell,
		.question = on_question,
		.state = on_state,
		.breath = on_breath,
		.data = w,
	};
	bus_state_init(&f->state);
	r = follow_listen(f);
	if (r < 0) {
		error_set(error, "bus: %s: lull doctor", strerror(-r));
		return -EIO;
	}
	r = bus_state(&w->bus, &f->state, error);
	if (r < 0)
		return r;
	know_routine(w);
	follow_tell(f);
	take_question(w);
	return 0;
}

static int print_once(const struct watch *w)
{
	struct frame_model model;
	struct frame frame;

	model_of(w, mono_us(), &model);
	frame_make(&model, PLAIN_W, FRAME_LINES, &frame);
	for (size_t i = 1; i < frame.n; i++)
		puts(frame.lines[i].text);
	return OUT_DONE;
}

static int show(struct watch *w)
{
	int r = attach(w);

	if (r < 0)
		return out_fail("watch: %s: lull status shows it once",
		                strerror(-r));
	canvas_open(&w->canvas);
	r = follow_run(&w->follow);
	canvas_close(&w->canvas);
	return r == 0 ? OUT_DONE
	              : out_fail("watch: the daemon has gone: lull start "
	                         "starts it");
}

static void finish(struct watch *w)
{
	w->timer = sd_event_source_disable_unref(w->timer);
	follow_finish(&w->follow);
	bus_close(&w->bus);
	w->routine = routine_destroy(w->routine);
}

int watch_run(const struct command *c, int argc, char **argv)
{
	struct watch w = {.asked = false};
	struct error error = {0};
	struct opt_args args;
	bool once = false;
	const struct opt opts[] = {
		{"once", OPT_FLAG, &once, NULL, "as plain text, and leave", 0,
	         0},
		{0},
	};
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	r = begin(&w, &error);
	if (r < 0) {
		out_fail("watch: %s", error.text);
		status = bus_status(r);
	} else if (once || !isatty(STDOUT_FILENO)) {
		status = print_once(&w);
	} else {
		status = show(&w);
	}
	finish(&w);
	return status;
}
