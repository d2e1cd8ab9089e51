/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/speaker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audio/engine.h"
#include "audio/mixer.h"
#include "audio/music.h"
#include "base/log.h"

struct speaker {
	struct music *music;
	struct mixer *mixer;
	struct engine *engine;
	unsigned rate_hz;
};

static struct engine_config engine_config_of(const struct config *config)
{
	return (struct engine_config){
		.api = config->audio_api[0] ? config->audio_api : NULL,
		.device = config->audio_device[0] ? config->audio_device : NULL,
		.rate_hz = config->audio_rate_hz,
	};
}

int speaker_probe(const struct config *config, char *ret_name, size_t len,
                  unsigned *ret_rate_hz)
{
	struct engine_config wanted = engine_config_of(config);

	return engine_probe(&wanted, ret_name, len, ret_rate_hz);
}

/* Without its music a session goes on all the same. */
static void open_music(struct speaker *s, const struct config *config,
                       unsigned rate_hz)
{
	int r;

	if (strcmp(config->bed, "music") != 0 || !config->music[0])
		return;
	r = music_create(&s->music, config->music, rate_hz);
	if (r == 0)
		r = music_run(s->music);
	if (r < 0) {
		log_line(LOG_LEVEL_WARNING,
		         "%s: cannot play: %s; it goes on without music",
		         config->music, music_strerror(r));
		s->music = music_destroy(s->music);
	}
}

int speaker_create(struct speaker **ret, const struct config *config,
                   const struct bank *bank, unsigned rate_hz, uint64_t seed)
{
	struct engine_config wanted = engine_config_of(config);
	struct mixer_config mixing = {
		.rate_hz = rate_hz,
		.seed = seed,
		.bank = bank,
	};
	struct speaker *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->rate_hz = rate_hz;
	open_music(s, config, rate_hz);
	mixing.music = s->music;
	r = mixer_create(&s->mixer, &mixing);
	if (r == 0)
		r = engine_create(&s->engine, &wanted, s->mixer, rate_hz);
	if (r < 0) {
		speaker_destroy(s);
		return r;
	}

	*ret = s;
	return 0;
}

struct speaker *speaker_destroy(struct speaker *s)
{
	if (!s)
		return NULL;
	engine_destroy(s->engine);
	mixer_destroy(s->mixer);
	music_destroy(s->music);
	free(s);
	return NULL;
}

struct queue *speaker_queue(struct speaker *s)
{
	return mixer_queue(s->mixer);
}

void speaker_clock(const struct speaker *s, uint64_t mono_us,
                   struct clock_stream *ret)
{
	*ret = (struct clock_stream){.rate_hz = s->rate_hz};
	ret->running =
		engine_clock(s->engine, mono_us, &ret->frames, &ret->mono_us);
}

void speaker_troubles(const struct speaker *s, unsigned *ret_late,
                      uint64_t *ret_underflows)
{
	struct engine_stats stats;

	engine_stats(s->engine, &stats);
	*ret_late = mixer_late(s->mixer);
	*ret_underflows = stats.underflows;
}
