/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_RADIO_H
#define LULL_DRIVERS_ANT_RADIO_H

#include "drivers/ant_port.h"
#include "drivers/ant_start.h"
#include "drivers/ant_strap.h"

/**
 * The radio: finds a strap through a stick and keeps it, whatever happens to
 * stick, channel and strap. Between bytes and listener, without a clock.
 *
 * A strap that was named is the only one listened to. Otherwise the first
 * seconds listen to all: one alone is taken; of several each is told
 * (listener.found), and -ENOTUNIQ. A stick that cannot listen to all takes the
 * first it hears. What was taken stays: a neighbour's strap never takes over.
 */

/** How long others are waited for once a strap is heard: a dozen messages. */
#define ANT_RADIO_CHOOSE_US UINT64_C(3000000)
/** Nothing heard of any strap for so long: -ENOMSG. */
#define ANT_RADIO_UNHEARD_US UINT64_C(30000000)
/** A stick that says nothing for so long is asked whether it is there. */
#define ANT_RADIO_QUIET_US UINT64_C(15000000)
/** Straps told of at most. */
#define ANT_RADIO_FOUND_MAX 32

struct ant_radio_found {
	uint32_t device;
	uint8_t transmission;
};

struct ant_radio {
	const struct sensor_listener *listener;
	struct ant_port *port;
	struct ant_link link;
	struct ant_start start;
	struct strap strap;
	struct ant_strap ant;

	uint32_t wanted; /**< device number; 0: any */
	uint32_t mask;   /**< how much of it is known: 16 or 20 bits */
	bool only_scan;
	bool settled; /**< wanted is the one to keep */

	bool open;     /**< the stick */
	bool runs;     /**< the channel */
	bool troubled; /**< one was told that has to do with the stick */
	bool listens;  /**< has listened since @since_us */
	uint64_t since_us;
	bool heard; /**< any strap at all */

	uint64_t ask_us; /**< when to ask the stick whether it is there */
	unsigned asked;  /**< times since its last message */

	struct ant_radio_found found[ANT_RADIO_FOUND_MAX];
	size_t n_found;
	uint64_t choose_us; /**< when to choose; UINT64_MAX: not yet, or done */
};

/**
 * ant_radio_init()
 * @listener, @port: must outlive it
 * @wanted: a device number of 16 or 20 bits; 0: any
 */
void ant_radio_init(struct ant_radio *r, struct ant_port *port,
                    const struct sensor_listener *listener,
                    const uint8_t key[ANT_KEY_BYTES], uint32_t wanted);

/** ant_radio_news() - something of the port, in order. */
void ant_radio_news(struct ant_radio *r, const struct ant_port_news *news);

/** ant_radio_step() - what the time means. Return: when to come back;
 * UINT64_MAX: never, before news. */
uint64_t ant_radio_step(struct ant_radio *r, uint64_t now_us);

/** ant_radio_scan() - take none, tell of each. */
void ant_radio_scan(struct ant_radio *r, uint64_t now_us);

/** ant_radio_finish() - close the channel. The port is the caller's. */
void ant_radio_finish(struct ant_radio *r);

#endif
