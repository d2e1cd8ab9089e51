/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glide SECONDS EVENTS [FILE.wav]: the pacer alone, while its rate glides
 * from 15 to 5.5 a minute, through JACK's `system` in real time, or into a
 * file. EVENTS: the breaths as a session's JSON Lines tell them, for onsets.
 *
 * The rate is linear in time; a breath has that of its begin. Live, a breath is
 * commanded as a session does it: SOUND_LEAD_US before it is heard.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audio/engine.h"
#include "audio/render.h"

#define RATE         SOUND_RATE_HZ
#define FROM_PER_MIN 15.0
#define TO_PER_MIN   5.5
#define INHALE       0.4
#define BEGIN_US     UINT64_C(500000) /* the first breath, in silence */
#define LOOK_US      2000
#define AHEAD_US     (2 * LOOK_US) /* of its time, that it be none too late */
#define PATIENCE_US  UINT64_C(10000000)

struct glide {
	double seconds;
	FILE *events;
	uint64_t next_us; /* when the next breath begins */
	struct engine *engine;
	struct mixer *mixer;
	struct render *render;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "glide: %s: %s\n", what, why);
	return 1;
}

static uint64_t frame_of(uint64_t t_us)
{
	return (uint64_t)llround((double)(t_us + SOUND_LEAD_US) * 1e-6 * RATE);
}

static uint64_t end_us(const struct glide *g)
{
	return BEGIN_US + (uint64_t)(g->seconds * 1e6);
}

/* The next breath, as it is commanded and as it is told. */
static struct sound next_breath(struct glide *g)
{
	double way = (double)(g->next_us - BEGIN_US) * 1e-6 / g->seconds;
	double per_min = FROM_PER_MIN + (TO_PER_MIN - FROM_PER_MIN) * way;
	uint64_t until_us = g->next_us + (uint64_t)llround(60e6 / per_min);
	struct sound s = {
		.frame = frame_of(g->next_us),
		.kind = SOUND_BREATH,
	};

	s.breath.frames = (uint32_t)(frame_of(until_us) - s.frame);
	s.breath.inhale_frames = (uint32_t)(INHALE * s.breath.frames);
	fprintf(g->events,
	        "{\"t\":%.6f,\"kind\":\"breath\",\"per_min\":%.3f,"
	        "\"end\":%.6f}\n",
	        (double)g->next_us * 1e-6, per_min, (double)until_us * 1e-6);
	g->next_us = until_us;
	return s;
}

static struct sound last(const struct glide *g)
{
	return (struct sound){
		.frame = frame_of(g->next_us),
		.kind = SOUND_END,
		.end.fade_frames = RATE / 10,
	};
}

static int into_file(struct glide *g, const struct mixer_config *config,
                     const char *path)
{
	struct sound s;

	if (mixer_create(&g->mixer, config) < 0 ||
	    render_create(&g->render, path, g->mixer, RATE) < 0)
		return fail(path, "cannot be written");
	while (g->next_us < end_us(g)) {
		s = next_breath(g);
		queue_push(mixer_queue(g->mixer), &s);
		if (render_until(g->render, s.frame) < 0)
			return fail(path, "cannot be written");
	}
	s = last(g);
	queue_push(mixer_queue(g->mixer), &s);
	if (render_until(g->render, s.frame + RATE) < 0 ||
	    render_finish(g->render) < 0)
		return fail(path, "cannot be written");
	return 0;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Until the stream's own clock says @t_us. */
static int until(struct glide *g, uint64_t t_us)
{
	uint64_t began_us = now_us(), frames, at_us;
	enum engine_state state;
	int error = 0;

	for (;; usleep(LOOK_US)) {
		uint64_t mono_us = now_us();

		state = engine_state(g->engine, mono_us, &error);
		if (state == ENGINE_LOST || state == ENGINE_OFF)
			return fail("the device", engine_strerror(error));
		if (state == ENGINE_OPENING && mono_us - began_us > PATIENCE_US)
			return fail("the device", "does not open");
		if (engine_clock(g->engine, mono_us, &frames, &at_us) &&
		    frames * 1000000 / RATE + (mono_us - at_us) >= t_us)
			return 0;
	}
}

static int live(struct glide *g, const struct mixer_config *config)
{
	const struct engine_config wanted = {.api = "jack", .device = "system"};
	struct engine_stats stats;
	struct sound s;

	if (engine_create(&g->engine, &wanted, config) < 0 ||
	    engine_play(g->engine, ENGINE_FROM_START, false) < 0)
		return fail("the engine", "does not start");
	while (g->next_us < end_us(g)) {
		if (until(g, g->next_us - AHEAD_US) != 0)
			return 1;
		s = next_breath(g);
		(void)engine_push(g->engine, &s);
	}
	s = last(g);
	(void)engine_push(g->engine, &s);
	if (until(g, g->next_us + 1000000) != 0)
		return 1;
	engine_stats(g->engine, &stats);
	printf("%llu commands late, %llu gaps\n",
	       (unsigned long long)stats.late,
	       (unsigned long long)stats.underflows);
	return stats.late ? 3 : 0; /* it proves nothing: too busy here */
}

int main(int argc, char **argv)
{
	const struct mixer_config config = {
		.rate_hz = RATE,
		.scene = {.bed = SOUND_BED_NONE},
	};
	struct glide g = {.next_us = BEGIN_US};
	int status;

	if (argc < 3 || argc > 4 || (g.seconds = atof(argv[1])) <= 0) {
		fputs("usage: glide SECONDS EVENTS [FILE.wav]\n", stderr);
		return 2;
	}
	g.events = fopen(argv[2], "we");
	if (!g.events)
		return fail(argv[2], "cannot be written");
	fputs("{\"kind\":\"session\",\"clips\":{}}\n", g.events);
	status = argc > 3 ? into_file(&g, &config, argv[3]) : live(&g, &config);
	engine_destroy(g.engine);
	render_destroy(g.render);
	mixer_destroy(g.mixer);
	return fclose(g.events) ? fail(argv[2], "cannot be written") : status;
}
