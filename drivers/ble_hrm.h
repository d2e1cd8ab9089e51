/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_HRM_H
#define LULL_DRIVERS_BLE_HRM_H

#include <stddef.h>
#include <stdint.h>

#include "signal/beat.h"

/**
 * Most RR values one notification may hold. An ATT value is at most 512 bytes
 * (Bluetooth Core, Vol 3, Part F, 3.2.9): flags, one byte of rate, and pairs.
 */
#define BLE_HRM_RR_MAX 255

/** A decoded Heart Rate Measurement notification. */
struct ble_hrm {
	unsigned bpm; /**< filtered by the strap; 0: it does not know */
	enum beat_contact contact;
	size_t n_rr;
	uint16_t rr_ticks[BLE_HRM_RR_MAX]; /**< 1/1024 s, oldest first */
};

/**
 * ble_hrm_parse() - decode one characteristic value
 * @buf, @len: bytes as BlueZ hands them over, little endian
 * @ret: filled on success, untouched on failure
 *
 * Source: Bluetooth GATT, Heart Rate Service 1.0, 3.1 (0x2A37).
 * Pure: no allocation, no I/O, no logging.
 *
 * Return: 0, or -EBADMSG if @buf is shorter than its flags promise.
 */
int ble_hrm_parse(const uint8_t *buf, size_t len, struct ble_hrm *ret);

#endif
