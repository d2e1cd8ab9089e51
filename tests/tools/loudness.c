/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loudness CAPTURE RENDER: are the loudest 400 ms of both alike, within 3 dB?
 * The capture may be a part of it, of any rate and one or two channels; one
 * channel is the mean of both sides, and so at most as loud.
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

#define WITHIN_DB 3.0

/* Power of the loudest 400 ms, as a mean of the channels; dB of full scale. */
static double loudest_db(const char *path)
{
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);
	double loudest = 0;

	if (!file)
		return NAN;

	sf_count_t n = info.samplerate * 2 / 5;
	float *x = calloc((size_t)(n * info.channels), sizeof(*x));

	while (x && sf_readf_float(file, x, n) == n) {
		double power = 0;

		for (sf_count_t i = 0; i < n * info.channels; i++)
			power += (double)x[i] * (double)x[i];
		loudest = fmax(loudest, power / (double)(n * info.channels));
	}
	free(x);
	sf_close(file);
	return 10 * log10(loudest);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: loudness CAPTURE RENDER\n");
		return 2;
	}

	double capture = loudest_db(argv[1]), render = loudest_db(argv[2]);

	printf("loudest 400 ms: %.1f dB captured, %.1f dB rendered\n", capture,
	       render);
	return fabs(capture - render) <= WITHIN_DB ? 0 : 1;
}
