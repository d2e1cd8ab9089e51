/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/offline.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "player/stage.h"

/* How long a person takes to answer a question. */
#define ANSWER_US   UINT64_C(2000000)
#define PROGRESS_US UINT64_C(1000000)

/* The clock of one run; the sensor's clock is the session's. */
struct run {
	const struct offline *o;
	struct player *player;
	struct sensor *sensor;
	uint64_t sensor_next_us;
	struct stage stage;
	uint64_t now_us;
	const struct offline_answer *answer; /* about to be given */
	uint64_t answer_us;
	uint64_t progress_us;
};

static void take_beat(void *data, const struct beat *beat)
{
	struct run *run = data;

	player_beat(run->player, run->now_us, beat, beat->t_us);
}

static void take_state(void *data, enum sensor_state state, int error)
{
	struct run *run = data;

	(void)error;
	player_sensor(run->player, run->now_us, state);
}

/* A person reads a question, and answers it if they have an answer. */
static void take_event(void *data, const struct event *e)
{
	const struct offline_answer *a;
	struct run *run = data;

	if (e->kind != EVENT_QUESTION)
		return;
	run->answer = NULL;
	for (a = run->o->answers; a && a->id; a++) {
		if (strcmp(a->id, e->question.id) != 0)
			continue;
		run->answer = a;
		run->answer_us = e->t_us + ANSWER_US;
		return;
	}
}

static int open_sensor(struct run *run, struct error *error)
{
	const struct sensor_listener listener = {
		.beat = take_beat,
		.state = take_state,
		.data = run,
	};
	const struct sensor_context context = {.realtime = false};
	const char *uri = run->o->start->sensor;
	int r;

	run->sensor_next_us = UINT64_MAX;
	if (!uri[0])
		return 0;
	if (!sensor_simulated(uri)) {
		error_set(error,
		          "%s: not a recording: only file: and person: can be "
		          "played off the live clock",
		          uri);
		return -EINVAL;
	}
	r = sensor_create(&run->sensor, uri, &listener, &context);
	if (r < 0) {
		error_set(error, "%s: cannot be opened: %s", uri, strerror(-r));
		return r;
	}
	run->sensor_next_us = 0;
	return 0;
}

static int step_sensor(struct run *run, struct error *error)
{
	uint64_t next_us = UINT64_MAX;
	int r;

	run->now_us = run->sensor_next_us;
	r = sensor_step(run->sensor, run->now_us, &next_us);
	if (r < 0) {
		error_set(error, "%s: %s", run->o->start->sensor, strerror(-r));
		return r;
	}
	/* one that does not move on would hold the clock for ever */
	run->sensor_next_us = next_us > run->now_us ? next_us : run->now_us + 1;
	return 0;
}

static void give_answer(struct run *run)
{
	const struct offline_answer *a = run->answer;

	run->answer = NULL;
	run->now_us = run->answer_us;
	(void)player_answer(run->player, run->now_us, a->id, a->value);
}

/*
 * What comes next on the clock. At equal times the machine's own deadline is
 * first, then the answer, then the sensor: the player delivers a tick before
 * any input of its time, and here the order is plain to see.
 */
static int advance(struct run *run, struct error *error)
{
	uint64_t tick_us = player_next(run->player);
	uint64_t answer_us = run->answer ? run->answer_us : UINT64_MAX;

	assert(tick_us != UINT64_MAX);
	if (tick_us <= answer_us && tick_us <= run->sensor_next_us) {
		run->now_us = tick_us;
		player_advance(run->player, tick_us);
		return 0;
	}
	if (answer_us <= run->sensor_next_us) {
		give_answer(run);
		return 0;
	}
	return step_sensor(run, error);
}

static void report(struct run *run)
{
	const struct offline *o = run->o;
	double total_s = o->start->settings.seconds;

	if (!o->progress || run->now_us < run->progress_us)
		return;
	if (total_s <= 0)
		total_s = o->start->routine->total_s;
	o->progress(o->data, (double)run->now_us / 1e6, total_s);
	run->progress_us = run->now_us + PROGRESS_US;
}

static int open_all(struct run *run, struct error *error)
{
	const struct offline *o = run->o;
	struct player_listener listeners[3];
	size_t n = 0;
	int r;

	r = stage_init(&run->stage, o->start, o->bank, o->sound, o->rate_hz,
	               error);
	if (r == 0)
		r = open_sensor(run, error);
	if (r < 0)
		return r;
	run->stage.guide.sensor = run->sensor;
	if (o->recorder)
		listeners[n++] =
			(struct player_listener){recorder_event, o->recorder};
	listeners[n++] =
		(struct player_listener){guide_event, &run->stage.guide};
	listeners[n++] = (struct player_listener){take_event, run};
	r = player_create(&run->player, o->start, listeners, n);
	if (r < 0) {
		error_set(error, "the session cannot start: %s", strerror(-r));
		return r;
	}
	if (o->recorder)
		r = recorder_begin(o->recorder, o->start);
	if (r < 0)
		error_set(error, "the session cannot be recorded: %s",
		          strerror(-r));
	return r;
}

static int play(struct run *run, struct error *error)
{
	const struct recorder *recorder = run->o->recorder;
	int r = 0;

	while (r == 0 && !player_ended(run->player)) {
		r = advance(run, error);
		if (r == 0)
			r = stage_until(&run->stage, run->now_us, error);
		report(run);
		if (r == 0 && recorder && recorder->error < 0) {
			r = recorder->error;
			error_set(error, "the session cannot be recorded: %s",
			          strerror(-r));
		}
	}
	if (r == 0)
		r = stage_close(&run->stage, run->now_us, error);
	if (r == 0 && run->o->ret_lufs)
		*run->o->ret_lufs = run->stage.lufs;
	return r;
}

int offline_run(const struct offline *o, struct error *error)
{
	struct run run = {.o = o};
	int r = open_all(&run, error);

	if (r == 0)
		r = play(&run, error);
	player_destroy(run.player);
	sensor_destroy(run.sensor);
	stage_finish(&run.stage);
	return r;
}
