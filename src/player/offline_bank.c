/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "player/offline.h"
#include "player/script.h"

/* A bank that fills, clip by clip; what cannot be spoken is left out. */
struct filling {
	struct voice *voice;
	struct bank *bank;
	struct session_clip *clips;
	size_t n;
};

static int speak(struct filling *f, const struct script_line *line)
{
	char name[SCRIPT_NAME_MAX];
	struct voice_take take;
	int r;

	script_name(line, name);
	r = voice_say(f->voice, name, line->text, f->bank->rate_hz, &take);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || take.frames == 0)
		return 0;
	r = bank_set(f->bank, f->n, take.samples, take.frames);
	if (r < 0) {
		free(take.samples);
		return r;
	}
	script_clip(line, bank_ms(f->bank, f->n), &f->clips[f->n]);
	f->n++;
	return 0;
}

static int fill(struct filling *f, const struct script_line *lines, size_t n,
                const struct offline_voice *o)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		if (o->progress)
			o->progress(o->data, (double)i / (double)n);
		r = speak(f, &lines[i]);
	}
	return r == 0 && f->n > 0 ? bank_seal(f->bank, f->n) : r;
}

static void complain(const struct voice *v, const struct offline_voice *o)
{
	const char *const *lines;
	size_t n = voice_complaints(v, &lines);

	for (size_t i = 0; o->tell && i < n; i++)
		o->tell(o->data, lines[i]);
}

static int make(struct filling *f, const struct routine *routine,
                const struct offline_voice *o)
{
	struct script_line *lines = NULL;
	size_t n = 0;
	int r = script_voice(&f->voice, routine, o->cache_dir);

	if (r == 0)
		r = script_make(routine, &lines, &n);
	if (r == 0) {
		n = script_own(lines, n, f->voice);
		f->clips = calloc(n + 1, sizeof(*f->clips));
		r = f->clips ? bank_create_file(&f->bank, o->cache_dir, n,
		                                o->rate_hz)
		             : -ENOMEM;
	}
	if (r == 0)
		r = fill(f, lines, n, o);
	if (r == 0)
		complain(f->voice, o);
	free(lines);
	voice_destroy(f->voice);
	return r;
}

int offline_bank(const struct routine *routine, const struct offline_voice *o,
                 struct bank **ret, struct session_clip **ret_clips,
                 size_t *ret_n)
{
	struct filling f = {0};
	int r = make(&f, routine, o);

	if (r < 0) {
		bank_destroy(f.bank);
		free(f.clips);
		return r;
	}
	*ret = f.bank;
	*ret_clips = f.clips;
	*ret_n = f.n;
	return 0;
}
