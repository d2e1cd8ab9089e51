/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/line.h"

void line_remove(double *y, size_t n)
{
	double size = (double)n, middle = (size - 1.0) / 2.0;
	double sum = 0.0, turn = 0.0, mean, slope;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		sum += y[i];
	mean = sum / size;
	for (size_t i = 0; i < n; i++)
		turn += ((double)i - middle) * (y[i] - mean);
	slope = n > 1 ? turn / (size * (size * size - 1.0) / 12.0) : 0.0;
	for (size_t i = 0; i < n; i++)
		y[i] -= mean + slope * ((double)i - middle);
}
