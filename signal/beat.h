/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_BEAT_H
#define LULL_SIGNAL_BEAT_H

#include <stdint.h>

/**
 * The shared currency between the drivers and the signal: one heart beat and
 * the RR interval that ended in it. Beats that are missing between two of
 * these are announced beside them (a gap), never hidden in one.
 */

/** What the strap says of its electrodes. */
enum beat_contact {
	BEAT_CONTACT_UNKNOWN, /**< the sensor does not say */
	BEAT_CONTACT_POOR,
	BEAT_CONTACT_GOOD,
};

/** Units of the RR field of the Heart Rate Measurement, per second. */
#define BEAT_TICKS_PER_S 1024

struct beat {
	uint64_t t_us;     /**< when the heart beat, on its bearer's clock */
	uint32_t rr_ticks; /**< 1/1024 s as the strap gave it; 0: only ms */
	double rr_ms;      /**< the same interval in ms, always set */
	enum beat_contact contact;
};

/** beat_ticks_to_ms() - the one conversion of a strap's integer RR. */
static inline double beat_ticks_to_ms(uint32_t ticks)
{
	return (double)ticks * 1000.0 / BEAT_TICKS_PER_S;
}

#endif
