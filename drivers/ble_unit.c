/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble_unit.h"

#include <math.h>

/* A quarter of what lies between 1000 and 1024. */
#define TOLERANCE 6.0

enum ble_unit_guess ble_unit_take(struct ble_unit *u, uint64_t t_us,
                                  uint32_t units)
{
	double per_s;

	if (u->begun_us == 0 || t_us - u->last_us > BLE_UNIT_GAP_US) {
		/* its intervals reach back before it: they do not count */
		*u = (struct ble_unit){.begun_us = t_us, .last_us = t_us};
		return BLE_UNIT_UNKNOWN;
	}
	u->last_us = t_us;
	u->sum += units;
	if (t_us - u->begun_us < BLE_UNIT_US)
		return BLE_UNIT_UNKNOWN;
	per_s = (double)u->sum * 1e6 / (double)(t_us - u->begun_us);
	if (fabs(per_s - 1000.0) < TOLERANCE)
		return BLE_UNIT_MS;
	return fabs(per_s - 1024.0) < TOLERANCE ? BLE_UNIT_TICKS
	                                        : BLE_UNIT_UNKNOWN;
}
