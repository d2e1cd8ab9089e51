/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same_sound CAPTURE RENDER: is what was captured, sample for sample, what was
 * rendered? The capture may begin earlier and end later; it is 32-bit integer,
 * the render float, so equal means equal within half a step of the former.
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

struct sound {
	float *samples; /* interleaved stereo */
	sf_count_t frames;
	sf_count_t first, last; /* frames that are not silent */
	double peak;
};

static int sound_load(const char *path, struct sound *s)
{
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);

	if (!file || info.channels != 2) {
		fprintf(stderr, "%s: no stereo sound file\n", path);
		return -1;
	}
	s->samples = calloc((size_t)info.frames * 2, sizeof(float));
	if (!s->samples)
		return -1;
	s->frames = sf_readf_float(file, s->samples, info.frames);
	sf_close(file);
	s->first = s->frames;
	for (sf_count_t i = 0; i < 2 * s->frames; i++) {
		/* the capture's step is 2^-31: below it is silence */
		if (fabsf(s->samples[i]) < 0x1p-30F)
			continue;
		if (i / 2 < s->first)
			s->first = i / 2;
		s->last = i / 2;
		s->peak = fmax(s->peak, fabs((double)s->samples[i]));
	}
	return s->first == s->frames ? -1 : 0;
}

/* Frames that differ when render frame 0 is capture frame @shift. */
static sf_count_t differences(const struct sound *capture,
                              const struct sound *render, sf_count_t shift,
                              sf_count_t until)
{
	sf_count_t bad = 0;

	for (sf_count_t i = render->first; i < until; i++)
		for (int c = 0; c < 2; c++) {
			float a = capture->samples[2 * (i + shift) + c];
			float b = render->samples[2 * i + c];

			bad += !(fabsf(a - b) <= 0x1p-30F);
		}
	return bad;
}

int main(int argc, char **argv)
{
	struct sound capture = {0}, render = {0};

	if (argc != 3) {
		fprintf(stderr, "usage: same_sound CAPTURE RENDER\n");
		return 2;
	}
	if (sound_load(argv[1], &capture) < 0 ||
	    sound_load(argv[2], &render) < 0) {
		fprintf(stderr, "cannot read them, or one is silent\n");
		return 1;
	}

	const sf_count_t about = capture.first - render.first;
	sf_count_t shift = about;
	sf_count_t until = render.frames;
	sf_count_t bad = -1;

	if (until + shift > capture.frames)
		until = capture.frames - shift;
	/* quiet beginnings may be cut differently: look a little around */
	for (sf_count_t d = 0; d <= 64 && bad != 0; d++)
		for (int sign = -1; sign <= 1 && bad != 0; sign += 2) {
			sf_count_t at = about + sign * d;

			if (at + render.first < 0 ||
			    until + at > capture.frames)
				continue;
			bad = differences(&capture, &render, at, until);
			if (bad == 0)
				shift = at;
		}
	printf("%lld frames compared, %lld differ; peak %.3f; its sound from frame %lld on; begins at %lld\n",
	       (long long)(until - render.first), (long long)bad, capture.peak,
	       (long long)render.first, (long long)shift);
	free(capture.samples);
	free(render.samples);
	return bad == 0 && capture.peak < 1 && until > 48000 ? 0 : 1;
}
