/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_BLE_HOST_H
#define LULL_TESTS_HELPERS_BLE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/ble.h"
#include "tests/helpers/fake_bluez.h"
#include "tests/helpers/listener.h"

/**
 * A host with the Bluetooth driver on it: one sensor on a fake bluetoothd, and
 * what it told. A test owns one; the bluetoothd is cmocka's state, as
 * fake_start_bus() leaves it.
 */

#define BLE_HOST_S UINT64_C(1000000)
/** The fake's strap 0. */
#define BLE_HOST_STRAP "ble:A0:9E:1A:00:00:01"

struct ble_host {
	struct listener ears; /**< first: its address is the hooks' data */
	struct fake_bluez *bluez;
	struct sensor *sensor; /**< NULL: none is open */
	struct sensor_found found;
	unsigned founds;
};

/** ble_host_init() - on a bluetoothd that does not run yet. */
void ble_host_init(struct ble_host *h, struct fake_bluez *bluez);
/** ble_host_finish() - the sensor and the bluetoothd go. */
void ble_host_finish(struct ble_host *h);

/** ble_host_open() - Return: what sensor_create() says. */
int ble_host_open(struct ble_host *h, const char *uri);
/** ble_host_begin() - the same, which must work, and settled. */
void ble_host_begin(struct ble_host *h, const char *uri);
/** ble_host_scan() - any strap, and only to be told of; settled. */
void ble_host_scan(struct ble_host *h);
/** ble_host_close() - settled. */
void ble_host_close(struct ble_host *h);
/** ble_host_stream() - from nothing to the first beat of strap 0; what the
 * bluetoothd was called for it is forgotten. */
void ble_host_stream(struct ble_host *h);
/** ble_host_skip() - time passes. */
void ble_host_skip(struct ble_host *h, uint64_t us);
/** ble_host_hear() - strap 0 sends a beat of 60 bpm, 1016.6 ms, on skin
 * (sensors.md A.2), and it is told. */
void ble_host_hear(struct ble_host *h);

/** ble_host_state() - the last one that was told. */
enum sensor_state ble_host_state(const struct ble_host *h);
/** ble_host_told() - whether @error was ever told. */
bool ble_host_told(const struct ble_host *h, int error);

#endif
