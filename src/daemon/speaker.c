/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/speaker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "player/guide.h"

#define OPEN_US      UINT64_C(10000000) /* no device takes so long */
#define OPEN_LOOK_US 2000
#define PLAY_LOOK_US 250000
#define RETRY_US     UINT64_C(250000) /* doubled each time that it fails */
#define RETRY_MAX_US UINT64_C(5000000)
/* A sound server that is started again takes some seconds. Until then no other
 * device is taken: it would find its own card busy. */
#define SAME_US UINT64_C(10000000)

/*
 *   OPENING -- plays --------> PLAYING -- lost --> RESTING
 *   OPENING -- fails, 10 s --> RESTING -- in a while --> OPENING
 */
enum speaker_state {
	SPEAKER_OPENING,
	SPEAKER_PLAYING,
	SPEAKER_RESTING,
};

struct speaker {
	struct engine *engine;
	enum speaker_state state;
	uint64_t since_us; /* of OPENING; 0: not looked at yet */
	uint64_t retry_us; /* RESTING: when */
	uint64_t delay_us; /* between two tries */
	uint64_t lost_us;  /* when it last stopped to play; 0: never */
	bool told;         /* that it fails */
};

static struct engine_config wanted_of(const struct config *config)
{
	return (struct engine_config){
		.api = config->audio_api[0] ? config->audio_api : NULL,
		.device = config->audio_device[0] ? config->audio_device : NULL,
		.rate_hz = config->audio_rate_hz,
		.music = guide_music(config->bed, config->music),
		.head = guide_frame(0, SOUND_RATE_HZ),
	};
}

int speaker_create(struct speaker **ret, const struct config *config,
                   const struct bank *bank, uint64_t seed)
{
	const struct mixer_config mixing = {
		.rate_hz = SOUND_RATE_HZ,
		.seed = seed,
		.bank = bank,
	};
	const struct engine_config wanted = wanted_of(config);
	struct speaker *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->delay_us = RETRY_US;
	r = engine_create(&s->engine, &wanted, &mixing);
	if (r == 0)
		r = engine_open(s->engine);
	if (r < 0) {
		speaker_destroy(s);
		return r;
	}

	*ret = s;
	return 0;
}

bool speaker_opens(struct speaker *s, uint64_t mono_us)
{
	return engine_state(s->engine, mono_us, NULL) == ENGINE_OPENING;
}

int speaker_start(struct speaker *s)
{
	return engine_play(s->engine, ENGINE_FROM_START, false);
}

struct speaker *speaker_destroy(struct speaker *s)
{
	if (!s)
		return NULL;
	engine_destroy(s->engine);
	free(s);
	return NULL;
}

bool speaker_push(void *data, const struct sound *sound)
{
	struct speaker *s = data;

	return engine_push(s->engine, sound);
}

static void rest(struct speaker *s, uint64_t mono_us)
{
	engine_stop(s->engine);
	s->state = SPEAKER_RESTING;
	s->retry_us = mono_us + s->delay_us;
	s->delay_us *= 2;
	if (s->delay_us > RETRY_MAX_US)
		s->delay_us = RETRY_MAX_US;
}

static void retry(struct speaker *s, uint64_t mono_us, int64_t epoch_us)
{
	bool same = s->lost_us && mono_us - s->lost_us < SAME_US;

	if (engine_play(s->engine, epoch_us, same) < 0) {
		rest(s, mono_us);
		return;
	}
	s->state = SPEAKER_OPENING;
	s->since_us = mono_us;
}

static enum speaker_news begin_playing(struct speaker *s)
{
	s->state = SPEAKER_PLAYING;
	s->delay_us = RETRY_US;
	s->told = false;
	return SPEAKER_PLAYS;
}

static enum speaker_news fail(struct speaker *s, uint64_t mono_us)
{
	bool told = s->told;

	s->told = true;
	if (s->state == SPEAKER_PLAYING) {
		s->lost_us = mono_us;
		rest(s, mono_us);
		return SPEAKER_LOST;
	}
	rest(s, mono_us);
	return told ? SPEAKER_NONE : SPEAKER_FAILS;
}

static enum speaker_news look(struct speaker *s, uint64_t mono_us,
                              int *ret_error)
{
	switch (engine_state(s->engine, mono_us, ret_error)) {
	case ENGINE_OPENING:
		if (mono_us - s->since_us < OPEN_US)
			break;
		*ret_error = -ETIMEDOUT;
		return fail(s, mono_us);
	case ENGINE_PLAYING:
		if (s->state == SPEAKER_OPENING)
			return begin_playing(s);
		break;
	case ENGINE_LOST:
	case ENGINE_OFF:
		return fail(s, mono_us);
	}
	return SPEAKER_NONE;
}

enum speaker_news speaker_mind(struct speaker *s, uint64_t mono_us,
                               int64_t epoch_us, int *ret_error,
                               uint64_t *ret_next_us)
{
	enum speaker_news news = SPEAKER_NONE;

	if (!s->since_us)
		s->since_us = mono_us;
	if (s->state == SPEAKER_RESTING) {
		if (mono_us >= s->retry_us)
			retry(s, mono_us, epoch_us);
	} else {
		news = look(s, mono_us, ret_error);
	}
	switch (s->state) {
	case SPEAKER_OPENING:
		*ret_next_us = mono_us + OPEN_LOOK_US;
		break;
	case SPEAKER_PLAYING:
		*ret_next_us = mono_us + PLAY_LOOK_US;
		break;
	case SPEAKER_RESTING:
		*ret_next_us = s->retry_us;
		break;
	}
	return news;
}

void speaker_give_up(struct speaker *s)
{
	engine_stop(s->engine);
	s->state = SPEAKER_RESTING;
	s->retry_us = 0;
}

int speaker_music(const struct speaker *s)
{
	return engine_music(s->engine);
}

const char *speaker_device(const struct speaker *s)
{
	return engine_device(s->engine);
}

void speaker_clock(const struct speaker *s, uint64_t mono_us,
                   struct clock_stream *ret)
{
	*ret = (struct clock_stream){.rate_hz = SOUND_RATE_HZ};
	ret->running =
		engine_clock(s->engine, mono_us, &ret->frames, &ret->mono_us);
}

void speaker_stats(const struct speaker *s, struct engine_stats *ret)
{
	engine_stats(s->engine, ret);
}
