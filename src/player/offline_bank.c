/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice.h"
#include "player/offline.h"

/* A bank that fills, clip by clip; what cannot be spoken is left out. */
struct filling {
	struct voice *voice;
	struct bank *bank;
	struct session_clip *clips;
	size_t n;
};

static int add(struct filling *f, const char *id, enum variant variant,
               const char *text)
{
	struct session_clip *clip = &f->clips[f->n];
	float *samples;
	uint32_t frames;
	int r;

	if (!text || !text[0] || strlen(id) >= sizeof(clip->phrase))
		return 0;
	r = voice_clip(f->voice, text, f->bank->rate_hz, &samples, &frames);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || frames == 0)
		return 0;
	r = bank_set(f->bank, f->n, samples, frames);
	if (r < 0) {
		free(samples);
		return r;
	}
	strcpy(clip->phrase, id);
	clip->variant = variant;
	clip->ms = bank_ms(f->bank, f->n);
	f->n++;
	return 0;
}

static int add_phrase(struct filling *f, const struct phrase *p)
{
	int r = 0;

	for (int v = 0; v < VARIANTS && r == 0; v++)
		r = add(f, p->id, (enum variant)v, p->text[v]);
	return r;
}

static int add_question(struct filling *f, const struct question *q)
{
	char id[EVENT_ID_MAX + 4];

	if (q->when == ASK_PROFILE)
		return 0;
	snprintf(id, sizeof(id), "ask.%s", q->id);
	return add(f, id, VARIANT_FULL, q->text);
}

static int fill(struct filling *f, const struct routine *r)
{
	int result = 0;

	for (size_t i = 0; i < r->n_techniques && result == 0; i++)
		result = add_phrase(f, &r->techniques[i].phrase);
	for (size_t i = 0; i < r->n_cues && result == 0; i++)
		result = add_phrase(f, &r->cues[i]);
	for (size_t i = 0; i < r->n_questions && result == 0; i++)
		result = add_question(f, &r->questions[i]);
	return result;
}

int offline_bank(const struct routine *r, const char *cache_dir,
                 unsigned rate_hz, struct bank **ret,
                 struct session_clip **ret_clips, size_t *ret_n)
{
	size_t max = (r->n_techniques + r->n_cues) * VARIANTS + r->n_questions;
	struct filling f = {0};
	int result = voice_create(&f.voice, cache_dir);

	if (result < 0)
		return result;
	f.clips = calloc(max + 1, sizeof(*f.clips));
	result = f.clips ? bank_create(&f.bank, max, rate_hz) : -ENOMEM;
	if (result == 0)
		result = fill(&f, r);
	voice_destroy(f.voice);
	if (result < 0) {
		bank_destroy(f.bank);
		free(f.clips);
		return result;
	}
	*ret = f.bank;
	*ret_clips = f.clips;
	*ret_n = f.n;
	return 0;
}
