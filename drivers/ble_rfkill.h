/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_RFKILL_H
#define LULL_DRIVERS_BLE_RFKILL_H

#include <stdbool.h>

/** Where the kernel shows its radio switches. */
#define BLE_RFKILL_FOLDER "/sys/class/rfkill"

/**
 * ble_rfkill_blocked() - is a Bluetooth radio switched off by software or by
 * a switch? Source: reference/sensors.md B.7.
 */
bool ble_rfkill_blocked(const char *folder);

#endif
