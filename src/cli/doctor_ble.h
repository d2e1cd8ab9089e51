/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_DOCTOR_BLE_H
#define LULL_CLI_DOCTOR_BLE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * doctor_ble() - does Bluetooth work, and is the strap that is set heard?
 * @uri: the sensor that is set; what is no `ble:` is not looked for
 * @ret: in words: what is so, or what is wrong and what mends it
 *
 * Looks for up to 8 s where a strap is set, else only asks BlueZ. What is wrong
 * with Bluetooth is no trouble for who does not use it.
 *
 * Return: whether all is well.
 */
bool doctor_ble(const char *uri, char *ret, size_t len);

#endif
