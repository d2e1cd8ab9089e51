/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clips FOLDER <TEXTS: each line `NAME<TAB>TEXT` as the voice says it, at 16
 * kHz for a recogniser: FOLDER/plain/NAME.wav, and FOLDER/dark/NAME.wav
 * through the low-pass of the migraine mode. Both are as loud: how soft it is
 * has a person set, and to 16 bits that a recogniser takes it would be noise.
 */
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audio/dsp.h"
#include "audio/lowpass.h"
#include "audio/mixer.h"
#include "audio/voice.h"
#include "audio/voice_chain.h"

#define RATE_HZ   16000
#define SILENCE_S 0.3 /* in front and behind: a recogniser finds its level */

static void darken(float *x, size_t n)
{
	const float edge = MIXER_GENTLE_VOICE_HZ;
	const float edges[LANES] = {edge, edge, edge, edge};
	const float wet = 1.0f - dsp_db(MIXER_GENTLE_LEFT_DB);
	struct lowpass l;

	lowpass_init(&l, VOICE_CACHE_RATE_HZ, edges);
	for (size_t i = 0; i < n; i++)
		x[i] += wet * (lowpass_next(&l, (lanes){x[i]})[0] - x[i]);
}

static int write_clip(const char *folder, const char *kind, const char *name,
                      const float *x, size_t n)
{
	SF_INFO info = {.samplerate = RATE_HZ,
	                .channels = 1,
	                .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
	char path[4096];
	float *y;
	SNDFILE *f;
	int bad;

	if (voice_chain_resample(x, n, VOICE_CACHE_RATE_HZ, RATE_HZ, &y, &n) <
	    0)
		return 1;
	snprintf(path, sizeof(path), "%s/%s/%s.wav", folder, kind, name);
	f = sf_open(path, SFM_WRITE, &info);
	bad = !f || sf_writef_float(f, y, (sf_count_t)n) != (sf_count_t)n;
	free(y);
	return (f && sf_close(f)) || bad;
}

static int speak(struct voice *v, const char *folder, const char *name,
                 const char *text)
{
	size_t rest = (size_t)(SILENCE_S * VOICE_CACHE_RATE_HZ), n;
	float *samples, *x;
	uint32_t frames;
	int bad;

	if (voice_clip(v, text, VOICE_CACHE_RATE_HZ, &samples, &frames) < 0)
		return 1;
	n = frames + 2 * rest;
	x = calloc(n, sizeof(*x));
	if (!x) {
		free(samples);
		return 1;
	}
	memcpy(x + rest, samples, frames * sizeof(*x));
	free(samples);
	bad = write_clip(folder, "plain", name, x, n);
	darken(x, n);
	bad |= write_clip(folder, "dark", name, x, n);
	free(x);
	return bad;
}

static void make_folder(const char *folder, const char *kind)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, kind);
	(void)mkdir(path, 0700); /* what is missing shows when it is written */
}

int main(int argc, char **argv)
{
	const struct voice_config config = {
		.labels = "src/content/phrases/en.labels",
		.cache_dir = getenv("CLIPS_CACHE"),
	};
	struct voice *v;
	char *line = NULL;
	size_t room = 0;
	int bad = 0;

	if (argc != 2 || voice_create(&v, &config) < 0) {
		fputs("usage: clips FOLDER <TEXTS\n", stderr);
		return 2;
	}
	make_folder(argv[1], "plain");
	make_folder(argv[1], "dark");
	while (getline(&line, &room, stdin) > 0) {
		char *tab = strchr(line, '\t');

		if (!tab)
			continue;
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		bad |= speak(v, argv[1], line, tab + 1);
	}
	free(line);
	voice_destroy(v);
	return bad;
}
