/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_LOAD_H
#define LULL_DRIVERS_LOAD_H

#include <stddef.h>

/**
 * The whole of a recording in memory, and what to say where it is wrong.
 */

/** Most bytes of a recording that are read: days of beats. */
#define LOAD_BYTES_MAX ((size_t)64 << 20)

/** Where and why a recording cannot be read, in words for a person. */
struct load_error {
	unsigned line;      /**< of a text, from 1; 0: none */
	unsigned byte;      /**< of what is no text, from 1; 0: none */
	const char *reason; /**< static, e.g. "expected hexadecimal bytes" */
};

/** Room for what load_error_place() says. */
#define LOAD_PLACE_MAX 24

/**
 * load_error_place() - "line 3: " or "byte 17: "; "" for the file as a whole
 * Return: @ret.
 */
const char *load_error_place(const struct load_error *error,
                             char ret[LOAD_PLACE_MAX]);

/**
 * load_bytes() - the whole of a plain file, without ever waiting
 * @ret: malloc()ed; the caller's
 * @ret_len: its bytes
 * @error: filled on every failure
 *
 * Return: 0; -EINVAL if it is no plain file; -EFBIG beyond LOAD_BYTES_MAX, told
 * by its size and before it is read; -ENOMEM; or the errno of opening or
 * reading.
 */
int load_bytes(const char *path, char **ret, size_t *ret_len,
               struct load_error *error);

/**
 * load_stream() - all that comes out of a descriptor up to its end
 * @fd: a pipe, a terminal or a plain file; stays open, the caller's
 *
 * Waits as long as it takes: for commands, not for a loop. A pipe that is
 * closed early ends the data there.
 *
 * Return: 0; -EFBIG, having read no more than LOAD_BYTES_MAX and a byte, and
 * nothing of a plain file; -EINVAL for a folder; -ENOMEM; or the errno of
 * reading.
 */
int load_stream(int fd, char **ret, size_t *ret_len, struct load_error *error);

/**
 * load_input() - load_stream() of what a person names on a command line
 * @path: a file, a FIFO (waits for its writer), or `-`: standard input
 *
 * Return: as load_stream(), or the errno of opening.
 */
int load_input(const char *path, char **ret, size_t *ret_len,
               struct load_error *error);

/** load_check_text() - Return: 0; -EBADMSG with the line of the first NUL. */
int load_check_text(const char *bytes, size_t len, struct load_error *error);

#endif
