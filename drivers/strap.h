/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_STRAP_H
#define LULL_DRIVERS_STRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/arrival.h"
#include "drivers/sensor.h"

/**
 * What turns the packets of a strap into beats and states. Shared by all that
 * has Heart Rate Measurements (a radio, a capture file, the simulated person:
 * strap_notify() does it all) and by ANT+, which calls its parts (ant_strap.h).
 *
 * A gap is always told before the first beat behind it; connected follows it
 * once beats come again. Intervals are handed over as they are, implausible
 * ones too (the signal judges them); a 0 is no interval and is dropped.
 */

/** Silence this long is a gap: two notifications and a half. */
#define STRAP_GAP_US UINT64_C(2500000)
/** Silence this long is a lost strap (reference/sensors.md B.3: watchdog). */
#define STRAP_LOST_US UINT64_C(10000000)

struct strap {
	const struct sensor_listener *listener;
	struct arrival arrival;
	enum sensor_state state;
	int error;    /**< that was told with it */
	bool ms;      /**< its intervals are ms, not 1/1024 s; set after init */
	bool told;    /**< any state was told */
	bool beating; /**< beats came since the last gap that was told */
	bool hole;    /**< tell a gap before the next beat */
	bool watched; /**< a notification came: silence counts */
	uint64_t last_us;
};

/** strap_init() - @listener: must outlive the strap. Tells nothing. */
void strap_init(struct strap *s, const struct sensor_listener *listener);

/**
 * strap_notify() - one notification came in
 * @t_us: when, not before the last
 *
 * Tells the listener the packet first, then what silence before it meant, then
 * its states and beats.
 *
 * Return: 0, or -EBADMSG for bytes that are no measurement (told as a gap).
 */
int strap_notify(struct strap *s, uint64_t t_us, const uint8_t *bytes,
                 size_t len);

/**
 * strap_step() - tell what silence up to @now_us means
 * @ret_next_us: when silence would mean more; UINT64_MAX: never
 */
void strap_step(struct strap *s, uint64_t now_us, uint64_t *ret_next_us);

/** strap_packet() - hand a raw packet to the listener, if it wants any. */
void strap_packet(struct strap *s, uint64_t t_us, const uint8_t *bytes,
                  size_t len);
/** strap_heard() - the strap is there at @t_us: tell what silence before it
 * meant. */
void strap_heard(struct strap *s, uint64_t t_us);
/** strap_hole() - beats are missing here; @error: why, or 0. Tells a gap, once
 * until beats come again. */
void strap_hole(struct strap *s, int error);
/** strap_contact() - what the strap says of the skin. */
void strap_contact(struct strap *s, enum beat_contact contact);
/**
 * strap_beats() - the intervals of the packet that came at @t_us
 * @n: at most BLE_HRM_RR_MAX; also 0
 */
void strap_beats(struct strap *s, uint64_t t_us, const uint16_t *rr_ticks,
                 size_t n, enum beat_contact contact);

/** strap_trouble() - still searching, and @error is why. */
void strap_trouble(struct strap *s, int error);
/** strap_searching() - nothing on the air yet. */
void strap_searching(struct strap *s);
/** strap_connected() - the link stands. */
void strap_connected(struct strap *s);
/** strap_lost() - the link is down; @error: why, or 0. */
void strap_lost(struct strap *s, int error);

#endif
