/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PAIR_H
#define LULL_DRIVERS_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "drivers/sensor.h"

/**
 * The `pair:FIRST+SECOND` driver: one sensor made of two, e.g.
 * `pair:ble:A0:9E:1A:00:00:00+ant:12345`: one strap on two radios. How two
 * become one is told in pair_merge.h. Two of one radio are refused, but for
 * recordings and persons.
 *
 * A second one with an address is opened at once, and leads if it is heard
 * first. One without (`+ant:`, `+ble:`) is whoever is on the air: it is opened
 * with the first one's first beat, used only once it is known to be the same
 * heart, and let go after PAIR_MERGE_STRANGE beats that are another's: a
 * neighbour's strap is not held.
 *
 * States and their reasons are those of the side that leads. Packets are the
 * first one's: a capture holds one radio. It does not scan (-EOPNOTSUPP: each
 * radio does). A second one with an address that is another's is told, once:
 *
 *	-EXDEV  the two do not hear one heart, as far as that can be known
 *
 * Opening: -EINVAL for anything but two URIs; else what opening either says; a
 * second one without an address that cannot be opened is done without.
 */
extern const struct sensor_driver pair_driver;

/** Room for one of the two URIs. */
#define PAIR_PART_MAX 256

/**
 * pair_part() - one of the two URIs of a pair
 * @part: 0 or 1
 * Return: whether @uri is a pair's; else @ret is untouched.
 */
bool pair_part(const char *uri, unsigned part, char ret[PAIR_PART_MAX]);

/** pair_lead() - URI of the side that leads. @s: of this driver. */
const char *pair_lead(const struct sensor *s);
/** pair_joined() - are both known to be one heart? @s: of this driver. */
bool pair_joined(const struct sensor *s);

#endif
