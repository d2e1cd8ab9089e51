/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_STICK_H
#define LULL_TESTS_HELPERS_STICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_link.h"
#include "drivers/ant_port.h"

/**
 * A scripted ANT stick at the byte level, as plain data: what it can, what it
 * refuses, what is on the air around it. It lives on the test's clock, and
 * answers each command a millisecond later, as sticks do.
 */

#define STICK_STRAPS 3
#define STICK_KEY                                                              \
	{                                                                      \
		1, 2, 3, 4, 5, 6, 7, 8                                         \
	}

/** A heart that beats once a second, heard about four times a second. */
struct stick_strap {
	uint16_t number; /**< 0: none */
	uint8_t transmission, type, bpm;
	bool off; /**< off the air */
	uint64_t next_us;
	unsigned messages;
};

struct stick {
	struct ant_port port;
	int fd; /**< an eventfd for a test on a real loop; -1: none */

	/* what it is like */
	uint8_t capabilities[8];
	size_t n_capabilities;
	uint8_t refuses[256]; /**< by command: the code that it says */
	unsigned deaf[256];   /**< by command: how often not to answer */
	bool dead;            /**< says nothing at all */
	bool renew_fails;     /**< a USB reset makes it go */

	/* what it was told */
	char log[4096];     /**< each command as "id:data", apart by blanks */
	unsigned unpadded;  /**< commands without zeros behind them */
	unsigned renewed;   /**< USB resets */
	bool closed;        /**< the port */
	uint64_t reset_us;  /**< the last reset */
	uint64_t second_us; /**< the first command behind it */

	/* its channel */
	bool assigned, open, scans, extended, key_set;
	uint8_t key[8], id[4];
	uint8_t low_search, search;
	int tracks; /**< index of the strap; -1: searches */
	uint64_t search_us, heard_us;

	struct stick_strap straps[STICK_STRAPS];
	uint64_t now_us;
	struct ant_port_news news[64];
	size_t n_news;
};

/** stick_init() - an ANTUSB-m, plugged in, nobody on the air. */
void stick_init(struct stick *s);
void stick_plug(struct stick *s);
void stick_unplug(struct stick *s, int error);
/** stick_says() - a message of its own accord. */
void stick_says(struct stick *s, uint8_t id, const uint8_t *data, size_t len);
/** stick_event() - the same: an event of channel 0. */
void stick_event(struct stick *s, uint8_t code);
void stick_bytes(struct stick *s, const uint8_t *bytes, size_t len);
/** stick_add() - one more strap; type 120, transmission 1. */
struct stick_strap *stick_add(struct stick *s, uint16_t number);
/** stick_step() - let the air and its time-outs go on to @now_us.
 * Return: when there is more. */
uint64_t stick_step(struct stick *s, uint64_t now_us);
/** stick_told() - how often @command is in the log: "id:data", or its begin. */
unsigned stick_told(const struct stick *s, const char *command);
/** stick_forget() - the log begins anew. */
void stick_forget(struct stick *s);

#endif
