/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_STRAP_H
#define LULL_DRIVERS_ANT_STRAP_H

#include "drivers/ant_hrm.h"
#include "drivers/strap.h"

/** ANT+ device type of a heart-rate strap (reference/sensors.md C.5). */
#define ANT_STRAP_TYPE 120

/**
 * What turns the messages of an ANT+ strap into beats and states, live and
 * from a capture. A raw packet is a whole message as the stick sent it, from
 * its A4 to its checksum: what a strap broadcast, or an event of its channel.
 */
struct ant_strap {
	struct strap *strap;
	struct ant_hrm hrm;
};

/** ant_strap_init() - @strap: initialised, must outlive this. Tells nothing. */
void ant_strap_init(struct ant_strap *a, struct strap *strap);

/**
 * ant_strap_message() - one message of the strap's channel
 * @t_us: when, not before the last
 *
 * Tells the listener the packet first, then what silence before it meant, then
 * states and beats. A strap that calculates its beats is told as lost with
 * -EOPNOTSUPP; one that the radio lost, with -ETIMEDOUT.
 *
 * Return: 0, or -EBADMSG for data that are too short (told as a gap).
 */
int ant_strap_message(struct ant_strap *a, uint64_t t_us,
                      const struct ant_link_message *m);

/** ant_strap_notify() - the same of the bytes of a raw packet. */
int ant_strap_notify(struct ant_strap *a, uint64_t t_us, const uint8_t *bytes,
                     size_t len);

#endif
