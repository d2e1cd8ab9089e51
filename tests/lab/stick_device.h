/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STICK_DEVICE_H
#define LULL_TESTS_LAB_STICK_DEVICE_H

#include "tests/lab/device.h"
#include "tests/lab/heart.h"
#include "tests/lab/stick_ant.h"
#include "tests/lab/stick_hrm.h"

/**
 * A virtual ANT stick and the straps around it: hearts beat, straps send, the
 * stick hands on. Everything but USB, which stick_main.c does.
 *
 * Commands, besides `quit`, `pull` and `plug`, which are of USB:
 *
 *	away, back           the strap is off the air, and on it again
 *	silent, speak        the stick says nothing, until it is reset by USB
 *	contact on|off       on skin, or not
 *	drop N               so many slots are missed
 *	garbage N            so many bytes that are no message
 *	badsum N             so many pages have a wrong checksum
 *	close-channel        the channel closes by itself
 *	mute-reset [N]       so many resets are not answered; 1
 *	wrong-key            the air has another key from now on
 *	roll                 the strap's time and count are about to begin anew
 *
 * The truth is the first strap's. A beat is `sent` if what was handed over
 * tells its interval (stick_hrm.h).
 */

#define STICK_DEVICE_STRAPS 2
#define STICK_DEVICE_BEATS  1024

struct stick_strap {
	struct heart *heart; /**< its owner's */
	struct stick_ant_id id;
	struct stick_hrm hrm;
	bool away;
	uint64_t beat_us; /**< the last one; 0: none yet, it does not send */
	uint64_t slot_us;
};

struct stick_device {
	struct device *device;
	struct stick_ant ant;
	struct stick_strap straps[STICK_DEVICE_STRAPS];
	size_t n;
	bool hears; /**< a page was handed over since the channel opened */
	uint64_t seed;

	struct stick_truth truth;
	struct heart_beat beats[STICK_DEVICE_BEATS]; /**< by index */
	uint64_t n_beats;
};

/** stick_device_begin() - on a @device that is open. */
void stick_device_begin(struct stick_device *s, struct device *device);

/** stick_device_wear() - a strap, the first or another. @heart: outlives it. */
void stick_device_wear(struct stick_device *s, struct heart *heart,
                       uint16_t number, uint64_t now_us);

/** stick_device_command() - Return: 0, or -EINVAL for none of the above. */
int stick_device_command(struct stick_device *s, const char *command);

/** stick_device_take() - bytes from the host. */
void stick_device_take(struct stick_device *s, uint64_t now_us,
                       const uint8_t *bytes, size_t len);

/** stick_device_power() - plugged in, or reset by USB. */
void stick_device_power(struct stick_device *s);

/**
 * stick_device_step() - what is due at @now_us
 * @ret_next_us: when to come back
 * Return: 0, or what heart_take() says.
 */
int stick_device_step(struct stick_device *s, uint64_t now_us,
                      uint64_t *ret_next_us);

/** stick_device_gave() - the host has this transfer. */
void stick_device_gave(struct stick_device *s, uint64_t now_us,
                       const struct stick_ant_out *out);

/** stick_device_end() - the rest of the truth. */
void stick_device_end(struct stick_device *s);

#endif
