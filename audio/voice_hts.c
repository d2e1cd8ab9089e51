/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_hts.h"

#include <HTS_engine.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice_label.h"

#define FULL_SCALE 32768.0

/* Of a voice file: what it begins with, and two of its parts. */
#define SIGNATURE      "[GLOBAL]\n"
#define POSITION       "[POSITION]\n"
#define DATA           "[DATA]\n"
#define LINE_MAX_BYTES 4096

struct voice_hts {
	HTS_Engine engine;
};

/* The highest place that a `[POSITION]` line names: `KEY:from-to,from-to`. */
static long last_position(const char *line, long most)
{
	const char *at = strchr(line, ':');

	for (; at; at = strchr(at + 1, '-')) {
		char *end;
		long to = strtol(at + 1, &end, 10);

		if (*at == '-' && end > at + 1 && to > most)
			most = to;
	}
	return most;
}

/* The library reads where its header points, and falls over what is not
 * there: is all there that the header names? */
static int check_whole(FILE *f)
{
	char line[LINE_MAX_BYTES];
	bool position = false;
	long most = -1, data;

	while (fgets(line, sizeof(line), f)) {
		if (strcmp(line, DATA) == 0)
			break;
		if (*line == '[')
			position = strcmp(line, POSITION) == 0;
		else if (position)
			most = last_position(line, most);
	}
	data = ftell(f);
	if (most < 0 || data < 0 || fseek(f, 0, SEEK_END) < 0)
		return -EBADMSG;
	return ftell(f) > data + most ? 0 : -EBADMSG;
}

static int check_file(const char *path)
{
	char first[sizeof(SIGNATURE)] = "";
	FILE *f = fopen(path, "re");
	int r = -EBADMSG;

	if (!f)
		return -errno;
	if (fgets(first, sizeof(first), f) && strcmp(first, SIGNATURE) == 0)
		r = check_whole(f);
	fclose(f);
	return r;
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
