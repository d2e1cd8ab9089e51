/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_CAPTURE_H
#define LULL_DRIVERS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "drivers/load.h"
#include "drivers/sensor.h"

/**
 * Capture files: raw packets as they came in, before any decoder, as text.
 *
 *	# lull capture 1
 *	# origin: a Polar H7, sensors.md A.2
 *	0 state connected
 *	512000 ble 163c1104
 *
 * A line `# rr: ms` tells that this strap sends milliseconds where 1/1024 s
 * belong. Times are microseconds since the start and never run backwards. A
 *file that does not end in a line end was cut off.
 */

/** An ATT value is at most 512 bytes; nothing on a radio here is longer. */
#define CAPTURE_PACKET_MAX 512

enum capture_kind {
	CAPTURE_BLE, /**< a Heart Rate Measurement */
	CAPTURE_ANT, /**< a whole ANT message, from A4 to checksum */
	CAPTURE_STATE,
};

struct capture_entry {
	uint64_t t_us;
	enum capture_kind kind;
	enum sensor_state state; /**< CAPTURE_STATE */
	size_t len;              /**< the others: */
	bool ms;                 /**< intervals of this strap are ms */
	uint8_t bytes[CAPTURE_PACKET_MAX];
};

/** A place in a text; it is not copied and must outlive the reader. */
struct capture_reader {
	const char *at, *end;
	unsigned line;
	uint64_t last_us;
	bool ms;
};

/** The line of a strap that sends milliseconds, as key and value. */
#define CAPTURE_RR_KEY "rr"
#define CAPTURE_RR_MS  "ms"

/** capture_is() - does this text say that it is a capture? */
bool capture_is(const char *text, size_t len);

/**
 * capture_begin() - read the first line
 * Return: 0, or -EBADMSG with @error; both leave @ret valid.
 */
int capture_begin(struct capture_reader *ret, const char *text, size_t len,
                  struct load_error *error);

/**
 * capture_next() - the next packet or state
 * @ret: filled on 1, else untouched
 * @error: filled on failure
 *
 * Return: 1; 0 at the end; -EBADMSG. A damaged file gives all that came
 * before the damage, then the error, again and again.
 */
int capture_next(struct capture_reader *reader, struct capture_entry *ret,
                 struct load_error *error);

/** What a whole capture holds. */
struct capture_count {
	size_t ble, ant, states; /**< before the error, if there is one */
};

/**
 * capture_parse() - read a whole capture, to check it
 * @ret: what it holds; filled on failure too
 * @error: filled on failure
 *
 * Return: 0 or -EBADMSG.
 */
int capture_parse(const char *text, size_t len, struct capture_count *ret,
                  struct load_error *error);

/**
 * capture_write_head() - the first lines
 * @key_values: pairs of key and value, ends with NULL; e.g. "origin", "…"
 *
 * Return: 0; -EINVAL for a key or value that holds a line end; -EIO or the
 * errno of writing. So do the others.
 */
int capture_write_head(FILE *file, const char *const *key_values);
/** capture_write_packet() - @kind: CAPTURE_BLE or CAPTURE_ANT */
int capture_write_packet(FILE *file, enum capture_kind kind,
                         const struct sensor_packet *packet);
int capture_write_state(FILE *file, uint64_t t_us, enum sensor_state state);

#endif
