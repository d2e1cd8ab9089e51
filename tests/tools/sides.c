/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sides FILE FROM TO: the mean power of its left and of its right side between
 * two times, in seconds from its first sound; dB of full scale, -300 at least.
 */
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

#define SILENT_DB (-300.0)

static double db(double power, sf_count_t n)
{
	return power > 0 ? fmax(10 * log10(power / (double)n), SILENT_DB)
	                 : SILENT_DB;
}

int main(int argc, char **argv)
{
	SF_INFO info = {0};
	SNDFILE *file = argc == 4 ? sf_open(argv[1], SFM_READ, &info) : NULL;
	double power[2] = {0};
	float *x;

	if (!file || info.channels != 2) {
		fprintf(stderr, "usage: sides STEREO_FILE FROM TO\n");
		return 2;
	}
	x = calloc((size_t)info.frames * 2 + 1, sizeof(*x));
	if (!x)
		return 1;

	sf_count_t n = sf_readf_float(file, x, info.frames), first = 0;

	sf_close(file);
	while (first < n && x[2 * first] == 0.0F && x[2 * first + 1] == 0.0F)
		first++;

	sf_count_t from = first + (sf_count_t)(atof(argv[2]) * info.samplerate);
	sf_count_t to = first + (sf_count_t)(atof(argv[3]) * info.samplerate);

	for (sf_count_t i = from; i < to && i < n; i++)
		for (int k = 0; k < 2; k++)
			power[k] += (double)x[2 * i + k] * (double)x[2 * i + k];
	free(x);
	printf("%.1f %.1f\n", db(power[0], to - from), db(power[1], to - from));
	return 0;
}
