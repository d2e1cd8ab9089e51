/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_hts.h"

#include <HTS_engine.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/voice_label.h"

#define FULL_SCALE 32768.0
#define SIGNATURE  "[GLOBAL]\n" /* what a voice file begins with */

struct voice_hts {
	HTS_Engine engine;
};

/* The library prints and may fall over a file that is none. */
static int check_file(const char *path)
{
	char head[sizeof(SIGNATURE)] = "";
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return -errno;
	n = fread(head, 1, sizeof(SIGNATURE) - 1, f);
	fclose(f);
	if (n < sizeof(SIGNATURE) - 1 || strcmp(head, SIGNATURE) != 0)
		return -EBADMSG;
	return 0;
}

int voice_hts_create(struct voice_hts **ret, const char *path)
{
	int r = check_file(path);
	struct voice_hts *h;
	char *name;

	if (r < 0)
		return r;
	h = calloc(1, sizeof(*h));
	name = strdup(path);
	if (!h || !name) {
		free(h);
		free(name);
		return -ENOMEM;
	}
	HTS_Engine_initialize(&h->engine);
	r = HTS_Engine_load(&h->engine, &name, 1) ? 0 : -EBADMSG;
	free(name);
	if (r < 0) {
		voice_hts_destroy(h);
		return r;
	}
	HTS_Engine_set_speed(&h->engine, VOICE_HTS_SPEED);
	HTS_Engine_add_half_tone(&h->engine, VOICE_HTS_SEMITONES);
	*ret = h;
	return 0;
}

struct voice_hts *voice_hts_destroy(struct voice_hts *h)
{
	if (!h)
		return NULL;
	HTS_Engine_clear(&h->engine);
	free(h);
	return NULL;
}

static int take_speech(HTS_Engine *e, float **ret, size_t *ret_n)
{
	size_t n = HTS_Engine_get_nsamples(e);
	float *x;

	if (!n)
		return -EIO;
	x = malloc(n * sizeof(*x));
	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(HTS_Engine_get_generated_speech(e, i) /
		               FULL_SCALE);
	*ret = x;
	*ret_n = n;
	return 0;
}

int voice_hts_speak(struct voice_hts *h, const char *spoken, float **ret,
                    size_t *ret_n, unsigned *ret_rate_hz)
{
	char **labels;
	size_t n;
	int r = voice_label_expand(spoken, &labels, &n);

	if (r < 0)
		return r;
	if (HTS_Engine_synthesize_from_strings(&h->engine, labels, n))
		r = take_speech(&h->engine, ret, ret_n);
	else
		r = -EIO;
	if (r == 0)
		*ret_rate_hz =
			(unsigned)HTS_Engine_get_sampling_frequency(&h->engine);
	HTS_Engine_refresh(&h->engine);
	free(labels);
	return r;
}
