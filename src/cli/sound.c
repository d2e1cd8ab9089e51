/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sound.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audio/bank.h"
#include "audio/engine.h"
#include "base/config.h"
#include "base/paths.h"
#include "cli/load.h"
#include "cli/out.h"
#include "player/script.h"

#define OPEN_US    UINT64_C(10000000) /* no device takes so long */
#define LOOK_US    5000
#define SAID       "cue.start" /* a phrase of every session, brief */
#define BREATH_S   10
#define INHALE_S   4
#define MUTE_LEFT  1
#define MUTE_NONE  0
#define MUTE_RIGHT 2

/* What is heard when; seconds from the first frame. The breath and what follows
 * come later where the phrase is longer than its room. */
#define VOICE_AT_S   6.3
#define BREATH_AT_S  9.8
#define VOICE_REST_S 0.5 /* behind the phrase */
static const struct part {
	double at_s;
	const char *name;
	enum sound_kind kind;
	unsigned mute;
} parts[] = {
	{0.3, "left", SOUND_CHIME, MUTE_RIGHT},
	{3.3, "right", SOUND_CHIME, MUTE_LEFT},
	{VOICE_AT_S, "voice", SOUND_SAY, MUTE_NONE},
	{BREATH_AT_S, "inhale", SOUND_BREATH, MUTE_NONE},
	{BREATH_AT_S + INHALE_S, "exhale", SOUND_NO_BREATH, MUTE_NONE},
	{BREATH_AT_S + BREATH_S, NULL, SOUND_END, MUTE_NONE},
};
#define N_PARTS     (sizeof(parts) / sizeof(parts[0]))
#define MUTE_LEAD_S 0.2 /* a side is muted before it sounds */
#define OVER_S      0.5 /* behind the last */

struct test {
	struct config config;
	struct bank *bank;
	struct engine *engine;
	bool json;
	const char *voice; /* who speaks; NULL: nobody */
	double later_s;    /* the breath, for the sake of the phrase */
	double took_s;
	struct engine_stats stats;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int load_config(struct test *t)
{
	struct error error = {0};
	char path[4096];

	if (paths_config(path, sizeof(path)) < 0)
		return out_fail("sound: no home folder: set HOME");
	if (config_load(path, &t->config, &error) < 0)
		return out_fail("sound: %s", error.text);
	return -1;
}

static const char *who(enum voice_source source)
{
	switch (source) {
	case VOICE_OWN:
		return "your own recording";
	case VOICE_CALM:
		return "the calm voice";
	case VOICE_FLITE:
		break;
	}
	return "the plain voice, flite: see lull doctor";
}

/* As a session would say it: kept from before, or kept from now on. */
static void say(struct test *t, const struct routine *book, const char *cache)
{
	struct script_line *lines = NULL;
	struct voice *voice = NULL;
	struct voice_take take;
	char name[SCRIPT_NAME_MAX];
	size_t n = 0, i = 0;

	if (script_make(book, &lines, &n) < 0)
		return;
	while (i < n && (strcmp(lines[i].phrase, SAID) != 0 ||
	                 lines[i].variant != VARIANT_BRIEF))
		i++;
	if (i < n && script_voice(&voice, book, cache) == 0) {
		script_name(&lines[i], name);
		if (voice_say(voice, name, lines[i].text, SOUND_RATE_HZ,
		              &take) == 0) {
			double end_s = VOICE_AT_S + VOICE_REST_S +
			               (double)take.frames / SOUND_RATE_HZ;

			t->voice = who(take.source);
			t->later_s = fmax(0.0, end_s - BREATH_AT_S);
			(void)bank_set(t->bank, 0, take.samples, take.frames);
		}
	}
	voice_destroy(voice);
	free(lines);
}

/* Without a voice the rest is still worth hearing. */
static int speak(struct test *t)
{
	struct content *content;
	struct error error = {0};
	char cache[4096];
	int r = bank_create(&t->bank, 1, SOUND_RATE_HZ);

	if (r < 0)
		return out_fail("sound: %s", strerror(-r));
	if (paths_clips(cache, sizeof(cache)) < 0)
		return out_fail("sound: no home folder: set HOME");
	if (load_content(&content, &error) < 0)
		return out_fail("sound: %s", error.text);
	say(t, content_book(content), cache);
	content_destroy(content);
	return -1;
}

static double part_at_s(const struct test *t, const struct part *part)
{
	return part->at_s + (part->at_s >= BREATH_AT_S ? t->later_s : 0.0);
}

static void push(struct test *t, const struct part *part)
{
	struct sound s = {
		.frame = (uint64_t)(part_at_s(t, part) * SOUND_RATE_HZ),
		.kind = part->kind,
	};

	if (s.kind == SOUND_BREATH) {
		s.breath.frames = BREATH_S * SOUND_RATE_HZ;
		s.breath.inhale_frames = INHALE_S * SOUND_RATE_HZ;
	} else if (s.kind == SOUND_END) {
		s.end.fade_frames = SOUND_RATE_HZ / 10;
	}
	(void)engine_push(t->engine, &s);
}

static int open_device(struct test *t)
{
	const struct engine_config wanted = {
		.api = t->config.audio_api[0] ? t->config.audio_api : NULL,
		.device = t->config.audio_device[0] ? t->config.audio_device
	                                            : NULL,
		.rate_hz = t->config.audio_rate_hz,
	};
	const struct mixer_config mixing = {
		.rate_hz = SOUND_RATE_HZ,
		.bank = t->bank,
		.scene = {.bed = SOUND_BED_NONE},
	};
	int r = engine_create(&t->engine, &wanted, &mixing);

	for (size_t i = 0; r == 0 && i < N_PARTS; i++)
		push(t, &parts[i]);
	if (r == 0)
		r = engine_play(t->engine, ENGINE_FROM_START, false);
	return r < 0 ? out_fail("sound: %s", strerror(-r)) : -1;
}

static int lost(int error)
{
	return out_fail("sound: %s: see lull doctor, and audio: in config.yaml",
	                engine_strerror(error));
}

static int await_device(struct test *t)
{
	uint64_t began_us = now_us();
	enum engine_state state;
	int error = -ETIMEDOUT;

	do {
		usleep(LOOK_US);
		state = engine_state(t->engine, now_us(), &error);
	} while (state == ENGINE_OPENING && now_us() - began_us < OPEN_US);
	if (state != ENGINE_PLAYING)
		return lost(error);
	engine_stats(t->engine, &t->stats);
	if (!t->json)
		printf("device   %s, %u Hz\n", engine_device(t->engine),
		       t->stats.device_hz);
	return -1;
}

static void announce(const struct test *t, const struct part *part)
{
	if (t->json || !part->name)
		return;
	if (part->kind == SOUND_SAY && !t->voice)
		puts("voice    none: see lull doctor");
	else if (part->kind == SOUND_SAY)
		printf("voice    now, %s\n", t->voice);
	else
		printf("%-8s now\n", part->name);
	fflush(stdout);
}

/* As the clock of the stream says, so that words and sound belong together. */
static int play(struct test *t)
{
	double end_s = part_at_s(t, &parts[N_PARTS - 1]) + OVER_S, t_s = 0;
	uint64_t frames, at_us;
	size_t muted = 0, said = 0;
	int error = 0;

	while (t_s < end_s) {
		if (engine_state(t->engine, now_us(), &error) != ENGINE_PLAYING)
			return lost(error);
		if (engine_clock(t->engine, now_us(), &frames, &at_us))
			t_s = (double)frames / SOUND_RATE_HZ;
		if (muted < N_PARTS &&
		    t_s >= part_at_s(t, &parts[muted]) - MUTE_LEAD_S)
			engine_mute(t->engine, parts[muted++].mute);
		if (said < N_PARTS && t_s >= part_at_s(t, &parts[said]))
			announce(t, &parts[said++]);
		usleep(LOOK_US);
	}
	engine_stats(t->engine, &t->stats);
	t->took_s = t_s;
	return -1;
}

static double latency_ms(const struct test *t)
{
	return t->stats.latency_us ? (double)t->stats.latency_us / 1e3 : NAN;
}

static double load_pct(const struct test *t)
{
	return 100.0 * (double)t->stats.busy_ns / 1e9 / t->took_s;
}

static int report(const struct test *t)
{
	const struct engine_stats *s = &t->stats;
	char number[32];

	if (t->json)
		return out_json(json_pack(
			"{ss si ss? so so so sI sI}", "device",
			engine_device(t->engine), "rate_hz", (int)s->device_hz,
			"voice", t->voice, "latency_ms",
			out_real(latency_ms(t)), "load_pct",
			out_real(load_pct(t)), "worst_callback_us",
			out_real((double)s->worst_ns / 1e3), "callbacks",
			(json_int_t)s->callbacks, "gaps",
			(json_int_t)s->underflows));
	printf("latency  %s ms, as the device reports it\n",
	       out_number(number, sizeof(number), latency_ms(t), 1));
	printf("load     %.2f %% of a core; the longest of %llu callbacks took "
	       "%.0f us\n",
	       load_pct(t), (unsigned long long)s->callbacks,
	       (double)s->worst_ns / 1e3);
	printf("gaps     %llu\n", (unsigned long long)s->underflows);
	return OUT_DONE;
}

int sound_run(const struct command *c, int argc, char **argv)
{
	struct test t = {0};
	struct opt_args args = {0};
	const struct opt opts[] = {
		{"json", OPT_FLAG, &t.json, NULL, "what was measured, as JSON",
	         0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (strcmp(args.at[0], "test") != 0) {
		out_fail("sound: %.40s: expected test: see lull sound --help",
		         args.at[0]);
		return OUT_USAGE;
	}
	status = load_config(&t);
	if (status < 0)
		status = speak(&t);
	if (status < 0)
		status = open_device(&t);
	if (status < 0)
		status = await_device(&t);
	if (status < 0)
		status = play(&t);
	if (status < 0)
		status = report(&t);
	engine_destroy(t.engine);
	bank_destroy(t.bank);
	return status;
}
