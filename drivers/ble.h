/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_H
#define LULL_DRIVERS_BLE_H

#include "drivers/sensor.h"

/**
 * The `ble:` driver: any strap with the Bluetooth Heart Rate service, through
 * BlueZ. It needs context.event, and is not stepped.
 *
 *   ble:                          the only strap on the air, and then that
 *   ble:A0:9E:1A:00:00:00         this one
 *   ble:A0:9E:1A:00:00:00?rr=ms   one that sends ms where 1/1024 s belong
 *
 * It never gives up: a link that is down is tried again until close, which
 * also cuts a link that an earlier program left standing. Errors of its
 * states: ble_reason().
 */
extern const struct sensor_driver ble_driver;

#define BLE_MS_OPTION "?rr=ms"

/** Notifications with a heart rate, on skin, and no interval: it has none. */
#define BLE_WITHOUT_RR_MAX 30

/**
 * ble_reason() - why nothing comes, and what mends it, for a person
 * @error: of a state of this driver
 * Return: one line, static; NULL if there is nothing to say.
 */
const char *ble_reason(int error);

/** ble_skip() - pretend that so much time has passed. For tests. */
void ble_skip(struct sensor *s, uint64_t us);

#endif
