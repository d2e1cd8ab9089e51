/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_time.h"

#include "signal/hrv_sums.h"

/* One past the last interval from @i on whose difference from the one before
 * it counts. */
static size_t counted_end(const struct nn *nn, size_t i)
{
	if (!nn->mended)
		return nn_run_end(nn, i);
	for (i++; i < nn->n && nn_differs(nn, i); i++)
		;
	return i;
}

void hrv_time_of(const struct nn *nn, struct hrv_time *ret)
{
	struct hrv_sums s;

	hrv_sums_init(&s, nn->n > 0 ? nn->rr_ms[0] : 0.0);
	for (size_t i = 0, end; i < nn->n; i = end) {
		end = counted_end(nn, i);
		hrv_sums_run(&s, nn->rr_ms + i, end - i);
	}
	hrv_sums_time(&s, ret);
}
