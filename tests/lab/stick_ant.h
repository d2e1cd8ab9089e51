/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STICK_ANT_H
#define LULL_TESTS_LAB_STICK_ANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ant_link.h"

/**
 * The chip of an ANT stick: commands of the host in, messages to the host out,
 * and the slots of the air between. One channel, which is all that a heart
 * needs. It can be told to fail in the ways that sticks do.
 *
 * Source: reference/sensors.md C.1 to C.5, C.7. Pure: time is a parameter.
 */

/** The network key of the lab's air; ours, no other is ever heard. */
#define STICK_ANT_KEY                                                          \
	{                                                                      \
		0x4c, 0x55, 0x4c, 0x4c, 0x2d, 0x6c, 0x61, 0x62                 \
	}
#define STICK_ANT_KEY_BYTES 8

/** Slots missed in a row after which a strap is looked for again. */
#define STICK_ANT_MISSED_MAX 8
/** Messages that wait for a host; what comes then is lost. */
#define STICK_ANT_OUT_MAX 64
/** Two messages at most, or garbage. */
#define STICK_ANT_OUT_BYTES 64

enum stick_ant_state {
	STICK_UNASSIGNED,
	STICK_ASSIGNED,
	STICK_SEARCHING,
	STICK_TRACKING,
	STICK_SCANNING, /**< open for all */
};

/** Who sends in a slot. */
struct stick_ant_id {
	uint16_t number;
	uint8_t type;
	uint8_t transmission;
};

/** One transfer to the host. */
struct stick_ant_out {
	uint8_t bytes[STICK_ANT_OUT_BYTES];
	size_t len;
	int strap;   /**< whose page it holds, undamaged; -1: nobody's */
	bool breaks; /**< what comes behind does not follow what came before */
	uint8_t page[ANT_LINK_PAYLOAD];
};

struct stick_ant {
	uint8_t air_key[STICK_ANT_KEY_BYTES];
	void (*note)(void *data, const char *line); /**< for the log */
	void *data;

	/* what the host made of it */
	uint8_t key[STICK_ANT_KEY_BYTES];
	enum stick_ant_state state;
	struct stick_ant_id id; /**< 0: any */
	uint16_t period;
	uint8_t frequency, low_search, search, library;
	int tracks;
	unsigned missed;
	uint64_t search_us; /**< since when it searches */

	/* how it fails */
	unsigned drop;    /**< slots to miss */
	unsigned bad_sum; /**< pages to damage */
	unsigned mute;    /**< resets to leave unanswered */
	bool silent;      /**< says nothing at all */

	struct ant_link link;
	struct stick_ant_out out[STICK_ANT_OUT_MAX];
	size_t out_at, n_out;
};

/** stick_ant_init() - just plugged in. @note: may be NULL. */
void stick_ant_init(struct stick_ant *a,
                    void (*note)(void *data, const char *line), void *data);

/** stick_ant_power() - plugged in anew, or reset by USB: the air and what it
 * is still to fail in stay, the rest is gone, silence too. */
void stick_ant_power(struct stick_ant *a);

/** stick_ant_take() - bytes from the host, in any cut. */
void stick_ant_take(struct stick_ant *a, uint64_t now_us, const uint8_t *bytes,
                    size_t len);

/**
 * stick_ant_slot() - a strap's slot of the air
 * @strap: which, from 0
 * @page: what it sends; NULL: nothing, it is away
 */
void stick_ant_slot(struct stick_ant *a, uint64_t now_us, int strap,
                    const struct stick_ant_id *id, const uint8_t *page);

/** stick_ant_step() - searches end. Return: when the next one will. */
uint64_t stick_ant_step(struct stick_ant *a, uint64_t now_us);

/** stick_ant_close() - the channel closes by itself. */
void stick_ant_close(struct stick_ant *a);

/** stick_ant_garbage() - @n bytes that are no message; @seed goes on. */
void stick_ant_garbage(struct stick_ant *a, size_t n, uint64_t *seed);

/** stick_ant_next() - the oldest transfer, taken out. Return: false: none. */
bool stick_ant_next(struct stick_ant *a, struct stick_ant_out *ret);

#endif
