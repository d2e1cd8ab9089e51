/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_PORT_H
#define LULL_DRIVERS_ANT_PORT_H

#include <stddef.h>
#include <stdint.h>

/**
 * The port: bytes to and from an ANT stick that comes and goes. The real one
 * is ant_usb.h; a test has its own. All functions are called from the loop
 * thread, none of them waits but close.
 */

/** A transfer of a full-speed stick (C.1). */
#define ANT_PORT_BYTES 64

enum ant_port_kind {
	ANT_PORT_OPENED, /**< a stick is there and ours */
	ANT_PORT_BYTES_CAME,
	ANT_PORT_GONE, /**< there is none, because of @error */
};

struct ant_port_news {
	uint64_t t_us; /**< CLOCK_MONOTONIC */
	enum ant_port_kind kind;
	int error; /**< -ENODEV, -EACCES, -EBUSY, … */
	size_t len;
	uint8_t bytes[ANT_PORT_BYTES];
};

struct ant_port {
	const struct ant_port_ops *ops;
};

struct ant_port_ops {
	/** Return: a descriptor that is readable while there is news. */
	int (*fd)(struct ant_port *p);
	/** Return: 1 and the oldest news, or 0. */
	int (*next)(struct ant_port *p, struct ant_port_news *ret);
	/** One transfer. Return: 0, or -ENOTCONN, -EAGAIN, -EMSGSIZE. */
	int (*write)(struct ant_port *p, const uint8_t *bytes, size_t len);
	/** Reset the stick and open it again: ANT_PORT_OPENED or _GONE. */
	void (*renew)(struct ant_port *p);
	/** What was written is sent, within a quarter of a second; then frees
	 * the port. Return: NULL. */
	struct ant_port *(*close)(struct ant_port *p);
};

#endif
