/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_FILE_H
#define LULL_DRIVERS_FILE_H

#include <stddef.h>

#include "drivers/sensor.h"

/**
 * The `file:` driver: a capture file or a file of RR intervals, told apart by
 * their content, delivered by their own times from 0. Its end is a lost
 * sensor. With context.realtime the first step's time is its zero.
 */
extern const struct sensor_driver file_driver;

/** Most bytes of a recording that are read: days of beats. */
#define FILE_BYTES_MAX ((size_t)64 << 20)

/** Where and why a recording cannot be read, in words for a person. */
struct file_error {
	unsigned line;      /**< from 1; 0: the file as a whole */
	const char *reason; /**< static, e.g. "expected hexadecimal bytes" */
};

/**
 * file_load() - the whole of a recording
 * @ret_text: malloc()ed, one NUL beyond its end; the caller's
 * @ret_len: its bytes
 * @error: filled on every failure
 *
 * Return: 0; -EINVAL if it is no plain file; -EFBIG beyond FILE_BYTES_MAX;
 * -EBADMSG if it holds NUL bytes; -ENOMEM; or the errno of opening or reading.
 */
int file_load(const char *path, char **ret_text, size_t *ret_len,
              struct file_error *error);

/**
 * file_check() - read a recording as the driver would, to its end
 * @error: filled on every failure; a line number where there is one
 *
 * Return: 0; -EBADMSG; -ENODATA if nothing is in it; -EPROTONOSUPPORT for
 * packets without a decoder; or what file_load() returns.
 */
int file_check(const char *path, struct file_error *error);

#endif
