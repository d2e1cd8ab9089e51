/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sound_within RENDER CAPTURE [SKIP [faded]]: where in the render does this
 * capture of a part of it begin, and is it that part, sample for sample? The
 * first SKIP seconds of its sound are not compared; if they are said to be
 * faded they must never be louder than the render.
 * Both sound files are stereo, at one rate; the capture is 32-bit integer, so
 * equal means equal within half a step of that.
 *
 * Prints where the capture's first sound lies in the render, and its last, in
 * seconds of the render; fails if a sample differs.
 */
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define STEP  0x1p-30F
#define PROBE 64   /* frames that must agree to be worth a look at all */
#define LEAST 4800 /* frames that a capture must have after that */

struct sound {
	float *samples;                 /* interleaved stereo */
	sf_count_t frames, first, last; /* that are not silent */
	int rate_hz;
};

static int sound_load(const char *path, struct sound *s)
{
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);

	if (!file || info.channels != 2) {
		fprintf(stderr, "%s: no stereo sound file\n", path);
		return -1;
	}
	s->samples = calloc((size_t)info.frames * 2 + 1, sizeof(float));
	if (!s->samples)
		return -1;
	s->frames = sf_readf_float(file, s->samples, info.frames);
	s->rate_hz = info.samplerate;
	sf_close(file);
	s->first = s->frames;
	for (sf_count_t i = 0; i < 2 * s->frames; i++) {
		if (fabsf(s->samples[i]) < STEP)
			continue;
		if (i / 2 < s->first)
			s->first = i / 2;
		s->last = i / 2;
	}
	if (s->first < s->frames)
		return 0;
	fprintf(stderr, "%s: silent\n", path);
	return -1;
}

static bool same(const float *a, const float *b)
{
	return fabsf(a[0] - b[0]) <= STEP && fabsf(a[1] - b[1]) <= STEP;
}

/* Frames of @c from @at on that are not those of @r from @to on. */
static sf_count_t differences(const struct sound *c, sf_count_t at,
                              const struct sound *r, sf_count_t to,
                              sf_count_t n)
{
	sf_count_t bad = 0;

	for (sf_count_t i = 0; i < n; i++)
		bad += !same(c->samples + 2 * (at + i),
		             r->samples + 2 * (to + i));
	return bad;
}

static bool louder(const struct sound *c, const struct sound *r,
                   sf_count_t shift, sf_count_t until)
{
	for (sf_count_t i = c->first; i < until; i++)
		for (int k = 0; k < 2; k++)
			if (fabsf(c->samples[2 * i + k]) >
			    fabsf(r->samples[2 * (i + shift) + k]) + STEP)
				return true;
	return false;
}

/* Return: the render's frame that is the capture's @at, or -1. */
static sf_count_t find(const struct sound *c, sf_count_t at,
                       const struct sound *r)
{
	sf_count_t n = c->last + 1 - at;

	for (sf_count_t to = 0; to + n <= r->frames; to++)
		if (differences(c, at, r, to, PROBE) == 0 &&
		    differences(c, at, r, to, n) == 0)
			return to;
	return -1;
}

int main(int argc, char **argv)
{
	struct sound render = {0}, capture = {0};
	sf_count_t at, to, shift;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: sound_within RENDER CAPTURE "
		                "[SKIP [faded]]\n");
		return 2;
	}
	if (sound_load(argv[1], &render) < 0 ||
	    sound_load(argv[2], &capture) < 0)
		return 1;
	at = capture.first;
	if (argc > 3)
		at += (sf_count_t)(strtod(argv[3], NULL) * capture.rate_hz);
	if (capture.last - at < LEAST) {
		fprintf(stderr, "%s: too short to tell\n", argv[2]);
		return 1;
	}
	to = find(&capture, at, &render);
	shift = to - at;
	if (to < 0 || (argc == 5 && louder(&capture, &render, shift, at))) {
		fprintf(stderr, "%s: not a part of %s\n", argv[2], argv[1]);
		return 1;
	}
	printf("%.4f %.4f\n", (double)(capture.first + shift) / render.rate_hz,
	       (double)(capture.last + shift) / render.rate_hz);
	free(render.samples);
	free(capture.samples);
	return 0;
}
