/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_HEART_H
#define LULL_TESTS_LAB_HEART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "signal/beat.h"

/**
 * The heart that a virtual strap or stick is worn by: the beats of any sensor
 * URI that is stepped (`person:7`, `file:walk.rr`, a capture), each when it
 * happens. It is the same heart, beat for beat, wherever URI and epoch are
 * the same, however seldom or often it is asked.
 *
 * The sensor is stepped ahead of the time it is asked for, as a simulated one
 * can be: so a beat comes when the heart beats, not when the sensor would
 * have told of it.
 */

/** How far ahead: more than a strap is late. Source: reference/sensors.md A.3,
    3.5 s at the most, and a notification that is held back. */
#define HEART_AHEAD_US UINT64_C(6000000)

struct heart_beat {
	uint64_t t_us;     /**< when, on the asker's clock */
	uint16_t rr_ticks; /**< of the interval that it ends, 1/1024 s */
	bool after_gap;    /**< beats before this one are not known */
	enum beat_contact contact;
};

struct heart;

/**
 * heart_create()
 * @ret: the caller's to destroy
 * @uri: of a sensor that is stepped
 * @epoch_us: the asker's time of the heart's first moment
 *
 * Return: 0; -EOPNOTSUPP for a sensor that is not stepped; what
 * sensor_create() says.
 */
int heart_create(struct heart **ret, const char *uri, uint64_t epoch_us);

/** heart_destroy() - takes NULL. Return: NULL. */
struct heart *heart_destroy(struct heart *h);

/**
 * heart_take() - the next beat that has happened
 * @now_us: not before the last
 * @ret: filled if there is one
 *
 * Return: 1; 0 if none has happened since the last one; -ENOMEM; the sensor's
 * own error.
 */
int heart_take(struct heart *h, uint64_t now_us, struct heart_beat *ret);

/** heart_next() - not before this time comes another beat, as far as is known
 * after heart_take() said 0. */
uint64_t heart_next(const struct heart *h);

/**
 * heart_truth() - one line of a device's truth: `T_US RR_TICKS sent|away
 * CONTACT`
 * @sent: it was handed over on a live link
 * @contact: as the device said it
 */
void heart_truth(FILE *truth, const struct heart_beat *beat, bool sent,
                 enum beat_contact contact);

#endif
