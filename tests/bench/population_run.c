/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population_run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player/guide.h"
#include "tests/bench/population_watch.h"

#define RATE_HZ     48000
#define ANSWER_US   UINT64_C(2000000) /* to think of an answer */
#define MS_PER_CHAR 65                /* about 170 words a minute */

/* reference/content.md D.5, D.6 */
#define RATE_BREATHS  6    /* R3: its rate is the median of so many */
#define RATE_UNKNOWN  10.0 /* R3 */
#define SEEN_BREATHS  5    /* R4: four, and the last heard to its end */
#define GUARD_PER_MIN 0.5  /* D.6, 6 */
#define MORE          0.25 /* R13 */

struct run {
	enum population_arm arm;
	struct player *player;
	struct sensor *sensor;
	struct guide guide;
	struct watch watch;
	uint64_t now_us, sensor_us, answer_us;
	char question[EVENT_ID_MAX];
};

static void take_beat(void *data, const struct beat *beat)
{
	struct run *run = data;

	if (run->arm != ARM_CLOSED)
		return;
	player_beat(run->player, run->now_us, beat, beat->t_us);
	run->watch.result->calls++;
}

static void take_state(void *data, enum sensor_state state, int error)
{
	struct run *run = data;

	(void)error;
	if (run->arm == ARM_CLOSED)
		player_sensor(run->player, run->now_us, state);
}

static void take_event(void *data, const struct event *e)
{
	struct run *run = data;

	if (e->kind != EVENT_QUESTION)
		return;
	snprintf(run->question, sizeof(run->question), "%s", e->question.id);
	run->answer_us = e->t_us + ANSWER_US;
}

/* Nothing is wrong with them but what they say by themselves. */
static void answer(struct run *run)
{
	run->now_us = run->answer_us;
	run->answer_us = UINT64_MAX;
	(void)player_answer(run->player, run->now_us, run->question, "no");
}

static int step_sensor(struct run *run)
{
	struct person_truth truth;
	int r;

	run->now_us = run->sensor_us;
	r = sensor_step(run->sensor, run->now_us, &run->sensor_us);
	person_truth(run->sensor, &truth);
	/* nobody can speak to a session that has not begun */
	watch_look(&run->watch, run->now_us, &truth);
	if (watch_dizzy(&run->watch))
		(void)player_word(run->player, run->now_us, "dizzy");
	return r;
}

/* As in a render: the machine's deadline first, then an answer, then the
   sensor. */
static int advance(struct run *run)
{
	uint64_t tick_us = player_next(run->player);

	if (tick_us <= run->answer_us && tick_us <= run->sensor_us) {
		run->now_us = tick_us;
		player_advance(run->player, tick_us);
		run->watch.result->calls++;
		return 0;
	}
	if (run->answer_us <= run->sensor_us) {
		answer(run);
		return 0;
	}
	return step_sensor(run);
}

void population_start(const struct population_person *p,
                      const struct routine *r, enum population_arm arm,
                      struct session_start *start)
{
	session_start_init(start);
	start->routine = r;
	start->seed = p->seed;
	start->profile.flags = p->flags;
	start->profile.flags_known = true;
	start->profile.sessions = p->sessions;
	start->profile.resonance_per_min = p->resonance_per_min;
	if (arm == ARM_CLOSED)
		snprintf(start->sensor, sizeof(start->sensor), "person:%llu",
		         (unsigned long long)p->seed);
}

static int open_person(struct run *run, const struct population_person *p)
{
	const struct sensor_listener listener = {
		.beat = take_beat,
		.state = take_state,
		.data = run,
	};
	const struct sensor_context context = {.realtime = false};
	char uri[32];
	int r;

	snprintf(uri, sizeof(uri), "person:%llu", (unsigned long long)p->seed);
	r = sensor_create(&run->sensor, uri, &listener, &context);
	if (r == 0)
		person_become(run->sensor, &p->traits);
	return r;
}

static int play(struct run *run)
{
	int r = 0;

	while (r == 0 && !player_ended(run->player))
		r = advance(run);
	return r;
}

int population_run(const struct population_person *p, const struct routine *r,
                   enum population_arm arm, const struct session_clip *clips,
                   size_t n_clips, const struct player_listener *also,
                   struct population_result *ret)
{
	struct run run = {.arm = arm, .answer_us = UINT64_MAX};
	struct player_listener listeners[4] = {
		{guide_event, &run.guide},
		{watch_event, &run.watch},
		{take_event, &run},
	};
	struct session_start start;
	int result;

	if (also)
		listeners[3] = *also;
	population_start(p, r, arm, &start);
	start.clips = clips;
	start.n_clips = n_clips;
	watch_init(&run.watch, p, r, ret);
	result = open_person(&run, p);
	if (result == 0) {
		run.guide.start = &start;
		run.guide.rate_hz = RATE_HZ;
		run.guide.sensor = run.sensor;
		result = player_create(&run.player, &start, listeners,
		                       also ? 4 : 3);
	}
	if (result == 0)
		result = play(&run);
	player_destroy(run.player);
	sensor_destroy(run.sensor);
	return result;
}

/* --- what a routine is ------------------------------------------------------
 */

static void add_clip(struct session_clip *clip, const char *id,
                     enum variant variant, const char *text, size_t *n)
{
	if (!text || !text[0])
		return;
	snprintf(clip[*n].phrase, sizeof(clip->phrase), "%s", id);
	clip[*n].variant = variant;
	clip[(*n)++].ms = (uint32_t)strlen(text) * MS_PER_CHAR;
}

static void add_phrase(struct session_clip *clips, const struct phrase *p,
                       size_t *n)
{
	for (int v = 0; v < VARIANTS; v++)
		add_clip(clips, p->id, (enum variant)v, p->text[v], n);
}

int population_clips(const struct routine *r, struct session_clip **ret,
                     size_t *ret_n)
{
	size_t most = (r->n_techniques + r->n_cues) * VARIANTS, n = 0;
	struct session_clip *clips = calloc(most + 1, sizeof(*clips));

	if (!clips)
		return -ENOMEM;
	for (size_t i = 0; i < r->n_techniques; i++)
		add_phrase(clips, &r->techniques[i].phrase, &n);
	for (size_t i = 0; i < r->n_cues; i++)
		add_phrase(clips, &r->cues[i], &n);
	*ret = clips;
	*ret_n = n;
	return 0;
}

double population_own(const struct population_person *p,
                      const struct routine *r)
{
	double own_s = p->traits.breath.own_s;

	return r->steps[0].s.target >= RATE_BREATHS * own_s ? 60 / own_s
	                                                    : RATE_UNKNOWN;
}

double population_walk_s(double own_per_min, double floor_per_min)
{
	double own = fmax(fmin(fmax(own_per_min, 6), 20), floor_per_min);
	double period_s = 60 / own, goal_s = 60 / floor_per_min, gained_s = 0;
	double guard_s = fmin(60 / (own - GUARD_PER_MIN), goal_s);
	double sum_s = SEEN_BREATHS * period_s;

	if (period_s < goal_s) {
		sum_s += SEEN_BREATHS * guard_s;
		gained_s = guard_s - period_s;
		period_s = guard_s;
	}
	while (period_s < goal_s) {
		if (gained_s > 1 - 1e-9) {
			gained_s = 0;
		} else {
			period_s = fmin(period_s + 0.2, goal_s);
			gained_s += 0.2;
		}
		sum_s += period_s;
	}
	return sum_s;
}

bool population_shows(const struct population_person *p)
{
	return p->traits.heart.rest_bpm >= 2 * 60 / p->traits.breath.own_s;
}

double population_room_s(const struct routine *r)
{
	double most_s = 0, usual_s = 0;

	for (size_t i = 0; i < r->n_steps; i++) {
		if (!(r->steps[i].rules & (UINT32_C(1) << 4)))
			continue;
		most_s += r->steps[i].s.max;
		usual_s += r->steps[i].s.target;
	}
	return fmin(most_s, usual_s + MORE * r->total_s);
}
