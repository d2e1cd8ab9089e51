/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_FILE_H
#define LULL_DRIVERS_FILE_H

#include "drivers/load.h"
#include "drivers/sensor.h"

/**
 * The `file:` driver: a plain file with a recording of any format, told by its
 * content (recording.h), delivered by its own times from 0; a capture packet by
 * packet. Its end is a lost sensor. With context.realtime the first step's time
 * is its zero.
 */
extern const struct sensor_driver file_driver;

/**
 * file_check() - read a recording as the driver would, to its end
 * @error: filled on every failure; a line number where there is one
 *
 * Return: 0; -EBADMSG; -ENODATA if nothing is in it; -EPROTONOSUPPORT for
 * packets of two kinds; or what load_bytes() returns.
 */
int file_check(const char *path, struct load_error *error);

#endif
