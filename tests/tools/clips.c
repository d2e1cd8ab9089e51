/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clips FOLDER <TEXTS: each line `NAME<TAB>TEXT` as the voice says it, at 16
 * kHz for a recogniser: FOLDER/plain/NAME.wav, and FOLDER/dark/NAME.wav
 * low-passed at 3 kHz as in the migraine mode (two sections of 12 dB).
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audio/voice.h"

#define RATE_HZ   16000
#define DARK_HZ   3000.0
#define SILENCE_S 0.3 /* in front and behind: a recogniser finds its level */

/* Source: R. Bristow-Johnson, Audio EQ Cookbook, LPF. */
static void low_pass(float *x, size_t n, double q)
{
	double w = 2.0 * M_PI * DARK_HZ / RATE_HZ, alpha = sin(w) / (2.0 * q);
	double a0 = 1.0 + alpha, b1 = (1.0 - cos(w)) / a0, b0 = b1 / 2.0;
	double a1 = -2.0 * cos(w) / a0, a2 = (1.0 - alpha) / a0;
	double s1 = 0.0, s2 = 0.0;

	for (size_t i = 0; i < n; i++) {
		double in = (double)x[i], out = b0 * in + s1;

		s1 = b1 * in - a1 * out + s2;
		s2 = b0 * in - a2 * out;
		x[i] = (float)out;
	}
}

static int write_clip(const char *folder, const char *kind, const char *name,
                      const float *x, size_t n)
{
	SF_INFO info = {.samplerate = RATE_HZ,
	                .channels = 1,
	                .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
	char path[4096];
	SNDFILE *f;
	int bad;

	snprintf(path, sizeof(path), "%s/%s/%s.wav", folder, kind, name);
	f = sf_open(path, SFM_WRITE, &info);
	if (!f)
		return 1;
	bad = sf_writef_float(f, x, (sf_count_t)n) != (sf_count_t)n;
	return sf_close(f) || bad;
}

static int speak(struct voice *v, const char *folder, const char *name,
                 const char *text)
{
	size_t rest = (size_t)(SILENCE_S * RATE_HZ), n;
	float *samples, *x;
	uint32_t frames;
	int bad;

	if (voice_clip(v, text, RATE_HZ, &samples, &frames) < 0)
		return 1;
	n = frames + 2 * rest;
	x = calloc(n, sizeof(*x));
	if (!x)
		return 1;
	memcpy(x + rest, samples, frames * sizeof(*x));
	bad = write_clip(folder, "plain", name, x, n);
	low_pass(x, n, 0.541); /* together a Butterworth of fourth order */
	low_pass(x, n, 1.307);
	bad |= write_clip(folder, "dark", name, x, n);
	free(samples);
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
