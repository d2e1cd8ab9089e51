/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_BELT_H
#define LULL_TESTS_HELPERS_BELT_H

#include <stddef.h>

/** The breathing belt that was worn with nk_bio_resting_8min_100hz.rr. */
struct belt {
	double rise_s[1000]; /**< when each breath began */
	size_t n;
};

/** belt_read() - rises through its 10 s mean, with a hysteresis; skips without
    the recording. */
void belt_read(struct belt *b);
/** belt_rate() - breaths per minute between the first and the last within
    [from, to]. */
double belt_rate(const struct belt *b, double from_s, double to_s);

#endif
