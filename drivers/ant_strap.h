/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_STRAP_H
#define LULL_DRIVERS_ANT_STRAP_H

#include "drivers/ant_hrm.h"
#include "drivers/ant_link.h"
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

/**
 * ant_strap_hide() - a message without what tells whose strap it is
 * @bytes: a whole message, @len of it; anything else comes back as it is
 * @ret: at most @len bytes, ANT_LINK_FRAME_MAX of them
 *
 * The extended fields hold the device number, page 2 the upper half of the
 * serial number (reference/sensors.md C.4 and C.6). Beats are as before.
 * Return: how many bytes.
 */
size_t ant_strap_hide(const uint8_t *bytes, size_t len,
                      uint8_t ret[ANT_LINK_FRAME_MAX]);

#endif
