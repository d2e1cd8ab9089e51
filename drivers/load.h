/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_LOAD_H
#define LULL_DRIVERS_LOAD_H

#include <stddef.h>

/** Most bytes of a recording that are read: days of beats. */
#define LOAD_BYTES_MAX ((size_t)64 << 20)

/** Where and why a recording cannot be read, in words for a person. */
struct load_error {
	unsigned line;      /**< from 1; 0: the file as a whole */
	const char *reason; /**< static, e.g. "expected hexadecimal bytes" */
};

/**
 * load_text() - the whole of a recording
 * @ret_text: malloc()ed, one NUL beyond its end; the caller's
 * @ret_len: its bytes
 * @error: filled on every failure
 *
 * Return: 0; -EINVAL if it is no plain file; -EFBIG beyond LOAD_BYTES_MAX;
 * -EBADMSG if it holds NUL bytes; -ENOMEM; or the errno of opening or reading.
 */
int load_text(const char *path, char **ret_text, size_t *ret_len,
              struct load_error *error);

#endif
