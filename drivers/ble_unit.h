/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_UNIT_H
#define LULL_DRIVERS_BLE_UNIT_H

#include <stdint.h>

/**
 * Which unit a strap's intervals have: 1/1024 s, as the service demands, or
 * ms, as some send. Over minutes without a gap their sum tells: so many units
 * went by in a second. Source: reference/sensors.md A.4. Pure.
 */

/** A notification comes up to 3.5 s late (A.3) at either end; of five minutes
    that is 1.2 %, half of what the two units differ by. */
#define BLE_UNIT_US UINT64_C(300000000)
/** Silence this long means that intervals were lost: begin anew. */
#define BLE_UNIT_GAP_US UINT64_C(2500000)

struct ble_unit {
	uint64_t begun_us; /**< 0: not begun */
	uint64_t last_us;
	uint64_t sum;
};

/** What is known of a thing that is so or not. */
enum ble_unit_guess {
	BLE_UNIT_UNKNOWN,
	BLE_UNIT_TICKS, /**< 1/1024 s */
	BLE_UNIT_MS,
};

/**
 * ble_unit_take() - one notification
 * @units: sum of its intervals as they came
 *
 * Return: what the minutes so far say; unknown before BLE_UNIT_US without a
 * gap, and where the sum fits neither unit to 0.6 %: beats were lost.
 */
enum ble_unit_guess ble_unit_take(struct ble_unit *u, uint64_t t_us,
                                  uint32_t units);

#endif
