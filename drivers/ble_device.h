/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_DEVICE_H
#define LULL_DRIVERS_BLE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What is known of BlueZ's adapters and of the straps on the air, filled from
 * the properties of its objects in whatever order they come. Pure.
 */

/** "/org/bluez/hci0/dev_XX_XX_XX_XX_XX_XX/service0010/char0011/desc0012" */
#define BLE_PATH_MAX    96
#define BLE_ADDRESS_MAX 18 /**< "A0:9E:1A:00:00:00" */
#define BLE_NAME_MAX    64
/** More are not kept: what was heard longest ago and is no strap gives way. */
#define BLE_DEVICES_MAX  64
#define BLE_ADAPTERS_MAX 8

struct ble_adapter {
	char path[BLE_PATH_MAX]; /**< "": this place is free */
	bool powered;
	bool discovering;
};

struct ble_device {
	char path[BLE_PATH_MAX];       /**< "": this place is free */
	char address[BLE_ADDRESS_MAX]; /**< "": not known yet */
	char name[BLE_NAME_MAX];
	bool strap; /**< it has the Heart Rate service, or says it is one */
	uint64_t heard_us; /**< last sign of life on the air; 0: none */
	int rssi_dbm;      /**< 0: not known */
	bool connected, resolved;
	int battery_pct; /**< -1: not known */
	int worn;        /**< Body Sensor Location, A.1; -1: not known */
	char maker[BLE_NAME_MAX]; /**< "": not known */
	/* characteristics; "": it has none */
	char measure_path[BLE_PATH_MAX];
	char battery_path[BLE_PATH_MAX];
	char worn_path[BLE_PATH_MAX];
	char maker_path[BLE_PATH_MAX];
};

struct ble_devices {
	struct ble_adapter adapters[BLE_ADAPTERS_MAX];
	struct ble_device devices[BLE_DEVICES_MAX];
};

enum ble_source {
	BLE_KEPT,    /**< read from what BlueZ keeps */
	BLE_ADDED,   /**< of an object that is new */
	BLE_CHANGED, /**< signalled as changed */
};

/** One property of one object; an array of texts comes one by one. */
struct ble_property {
	const char *path, *interface, *name;
	const char *text; /**< s, o; else NULL */
	const uint8_t *bytes;
	size_t len;  /**< ay */
	long number; /**< b, y, n, q */
	enum ble_source source;
};

/** ble_device_clear() - nothing is known. */
void ble_device_clear(struct ble_devices *d);

/**
 * ble_device_take() - learn one property
 *
 * Return: the device that has just measured (@p->bytes is the measurement);
 * NULL for all else.
 */
const struct ble_device *ble_device_take(struct ble_devices *d,
                                         const struct ble_property *p,
                                         uint64_t now_us);

/** ble_device_gone() - this interface of this object is no more. */
void ble_device_gone(struct ble_devices *d, const char *path,
                     const char *interface);

/**
 * ble_device_find() - by address, on a powered adapter if it has several
 * Return: it, until the next change, or NULL.
 */
struct ble_device *ble_device_find(struct ble_devices *d, const char *address);

/**
 * ble_device_choose() - the strap that is meant when none was named
 * @since_us: heard before does not count
 * @ret_straps: how many may be meant
 *
 * The only one that is connected; or the only one on the air; or, where none
 * is on the air, the only one that is known.
 *
 * Return: it, or NULL.
 */
struct ble_device *ble_device_choose(struct ble_devices *d, uint64_t since_us,
                                     unsigned *ret_straps);

/** ble_device_adapter() - the first that is powered, else the first; NULL:
    there is none. */
const struct ble_adapter *ble_device_adapter(const struct ble_devices *d);

/** ble_device_adapter_of() - the one that @device is on, or NULL. */
const struct ble_adapter *
ble_device_adapter_of(const struct ble_devices *d,
                      const struct ble_device *device);

/** ble_device_worn() - where it is worn, in a word; "": not known. */
const char *ble_device_worn(const struct ble_device *device);

/** ble_device_address() - is this text one? Writes it in capitals. */
bool ble_device_address(const char *text, size_t len,
                        char ret[BLE_ADDRESS_MAX]);

#endif
