/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_H
#define LULL_DRIVERS_ANT_H

#include "drivers/ant_port.h"
#include "drivers/sensor.h"

/**
 * The `ant:` driver: an ANT+ heart-rate strap through a USB stick. The address
 * is its device number, `ant:12345` (16 or 20 bits); `ant:` alone takes the
 * only one on the air. See ant_radio.h for how it is found and kept.
 *
 * Opening it needs context.event and context.ant_key, the ANT+ network key,
 * which is never shipped: -ENOKEY without it. A wrong key is not refused by
 * sticks, it is silence. No stick, or one that cannot be had, is no failure: it
 * is told (state searching, with its errno) and waited for.
 *
 *	-ENODEV     no stick is plugged in, or it was pulled out
 *	-EACCES     a stick, but no right to use it: its udev rule is missing
 *	-EBUSY      a stick that another program uses
 *	-EIO        the stick does not answer
 *	-ECONNRESET the stick began anew by itself
 *	-EPROTO     the stick refuses what it must do
 *	-ENOMSG     no strap is heard: not worn, or the key is wrong
 *	-ENOTUNIQ   several are: listener.found has told which
 *	-ETIMEDOUT  lost: the strap fell silent
 *	-EOPNOTSUPP lost: the strap calculates its beats, it measures none
 *
 * Closing takes up to a quarter of a second: the stick's channel is closed, and
 * the kernel gets its driver back.
 */
extern const struct sensor_driver ant_driver;

/**
 * ant_words() - what a person can do about one of these errors
 * Return: a plain line, static; NULL for an error that needs none.
 */
const char *ant_words(int error);

/**
 * ant_check() - could this be opened, and is there a stick to use?
 * @key: 8 bytes, or NULL. Waits for the stick, up to three seconds.
 * Return: 0; -EINVAL, -ENOKEY; -ENODEV, -EACCES, -EBUSY, -EIO; -ENOMEM.
 */
int ant_check(const char *address, const uint8_t *key);

/**
 * ant_open_port() - the driver's open, on another port: for tests
 * @s: its context has both event and ant_key
 * @device: number; 0: any
 * @port: taken over, on failure too
 * Return: 0; -ENOMEM or what sd-event says.
 */
int ant_open_port(struct sensor *s, uint32_t device, struct ant_port *port);

#endif
