/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/stage.h"

#include <errno.h>
#include <string.h>

static int fail(const struct stage *s, int r, struct error *error)
{
	if (r == -EINVAL)
		error_set(error,
		          "%s: not a sound file: its name must end in .wav, "
		          ".flac or .ogg",
		          s->path);
	else if (r < 0)
		error_set(error, "%s: cannot write: %s", s->path, strerror(-r));
	return r;
}

static int open_music(struct stage *s, const char *path, unsigned rate_hz,
                      struct error *error)
{
	int r = music_create(&s->music, path, rate_hz);

	if (r < 0)
		error_set(error, "%s: cannot play: %s", path,
		          music_strerror(r));
	return r;
}

/* A clip that cannot be had is silent. */
static bool push(void *data, const struct sound *sound)
{
	struct stage *s = data;

	if (sound->kind == SOUND_SAY && s->bank)
		(void)bank_fetch(s->bank, sound->say.clip, NULL);
	return queue_push(mixer_queue(s->mixer), sound);
}

int stage_init(struct stage *s, const struct session_start *start,
               struct bank *bank, const char *path, unsigned rate_hz,
               struct error *error)
{
	struct mixer_config config = {
		.rate_hz = rate_hz,
		.seed = start->seed,
		.bank = bank,
	};
	const struct session_sound *set = &start->settings.sound;
	const char *music = guide_music(set->bed, set->music);
	int r;

	*s = (struct stage){.bank = bank, .path = path};
	s->guide.start = start;
	s->guide.rate_hz = rate_hz;
	if (!path)
		return 0;
	if (music) {
		r = open_music(s, music, rate_hz, error);
		if (r < 0)
			return r;
		config.music = s->music;
	}
	r = mixer_create(&s->mixer, &config);
	if (r < 0) {
		error_set(error, "the mixer cannot start at %u Hz: %s", rate_hz,
		          strerror(-r));
		return r;
	}
	s->guide.push = push;
	s->guide.data = s;
	r = render_create(&s->render, path, s->mixer, rate_hz);
	return fail(s, r, error);
}

int stage_until(struct stage *s, uint64_t t_us, struct error *error)
{
	if (!s->render)
		return 0;
	return fail(
		s, render_until(s->render, guide_frame(t_us, s->guide.rate_hz)),
		error);
}

int stage_close(struct stage *s, uint64_t t_us, struct error *error)
{
	uint64_t last = guide_frame(t_us, s->guide.rate_hz);
	int r;

	if (!s->render)
		return 0;
	if (s->guide.silent_frame > last)
		last = s->guide.silent_frame;
	r = render_until(s->render, last + s->guide.rate_hz);
	if (r == 0)
		r = render_finish(s->render);
	s->lufs = render_lufs(s->render);
	return fail(s, r, error);
}

void stage_finish(struct stage *s)
{
	s->render = render_destroy(s->render);
	s->mixer = mixer_destroy(s->mixer);
	s->music = music_destroy(s->music);
}
