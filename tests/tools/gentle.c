/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gentle NORMAL GENTLE [WORDLESS]: is the second render of a session what
 * migraine mode promises (content.md, E.4; audio.md, 5)? The third is the
 * second without its voice, as words rise faster than any slope.
 */
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/helpers/ear.h"

#define RATE    EAR_RATE_HZ
#define MEAN    10 /* of 10 ms each */
#define FFT     4096
#define HIGH_HZ 3000

/* What begins takes 300 ms: the steepest 10 ms of half a second's S are a 33rd
 * of it; and a little for partials that beat. */
#define STEP_MOST (1.5 / 33)

struct heard {
	float *x;
	double s;
};

static struct heard load(const char *path)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	struct heard sound = {0};

	if (!f || info.channels != 2 || info.samplerate != RATE) {
		fprintf(stderr, "%s: not stereo at 48 kHz\n", path);
		exit(2);
	}
	sound.x = calloc((size_t)info.frames * 2, sizeof(*sound.x));
	if (!sound.x)
		exit(2);
	sound.s = (double)sf_readf_float(f, sound.x, info.frames) / RATE;
	sf_close(f);
	return sound;
}

/* Power a second above @hz. */
static double above_db(const struct heard *sound, size_t hz)
{
	/* and the width of the window */
	const size_t from = hz * FFT / RATE + 3;
	double power[FFT / 2], sum = 0.0;

	for (size_t f = 0; f + FFT < (size_t)(sound->s * RATE); f += FFT) {
		ear_spectrum(sound->x + 2 * f, FFT, power);
		for (size_t i = from; i < FFT / 2; i++)
			sum += power[i];
	}
	return 10.0 * log10(sum / sound->s);
}

/* The greatest rise in 10 ms, of the loudest of all: levels of 100 ms, so that
 * neither the phase of a note nor the chance in noise is taken for one. */
static double steepest(const struct heard *sound)
{
	double power[MEAN] = {0}, sum = 0.0, before = 0.0;
	double most = 0.0, step = 0.0;
	size_t turn = 0;

	for (double t = 0.0; t + 0.01 < sound->s; t += 0.01) {
		double now;

		sum -= power[turn];
		power[turn] = pow(10.0, ear_rms_db(sound->x, t, t + 0.01) / 10);
		sum += power[turn];
		turn = (turn + 1) % MEAN;
		now = sqrt(fmax(sum, 0.0));
		most = fmax(most, now);
		step = fmax(step, now - before);
		before = now;
	}
	return step / most;
}

static bool row(const char *name, double value, const char *unit, bool good)
{
	printf("%-24s %8.2f %-3s %s\n", name, value, unit,
	       good ? "ok" : "MISS");
	return good;
}

int main(int argc, char **argv)
{
	struct heard normal, gentle;
	double softer, down, share;
	bool good;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: gentle NORMAL GENTLE [WORDLESS]\n");
		return 2;
	}
	normal = load(argv[1]);
	gentle = load(argv[2]);
	softer = ear_lufs(normal.x, 0, normal.s) -
	         ear_lufs(gentle.x, 0, gentle.s);
	down = above_db(&normal, HIGH_HZ) - above_db(&gentle, HIGH_HZ);
	share = above_db(&gentle, 0) - above_db(&gentle, HIGH_HZ);
	good = row("softer by", softer, "LU", softer >= 12 && softer <= 18);
	good &= row("above 3 kHz down by", down, "dB", down >= 40);
	good &= row("and below all of it by", share, "dB", share >= 40);
	free(normal.x);
	free(gentle.x);
	if (argc == 4) {
		struct heard wordless = load(argv[3]);
		double step = steepest(&wordless);

		good &= row("steepest 10 ms", 100 * step, "%",
		            step < STEP_MOST);
		free(wordless.x);
	}
	return good ? 0 : 1;
}
