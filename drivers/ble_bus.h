/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_BUS_H
#define LULL_DRIVERS_BLE_BUS_H

#include "drivers/ble_device.h"
#include "drivers/ble_link.h"

/**
 * BlueZ on the system bus: its objects as plain properties, an order of the
 * link as one call of it, its errors as errno. One connection of its own,
 * because notify sessions belong to a connection. Loop thread; nothing blocks.
 *
 * Calls and signals carry the generation of the bluetoothd that they were
 * meant for or came from; those of an older one are dropped.
 */
struct ble_bus;
struct sd_event;

struct ble_bus_listener {
	/** All that was known is void; its objects follow, then ready. */
	void (*begin)(void *data);
	/** @error: 0: its objects were read; -EUNATCH: no bluetoothd runs;
	    -EACCES, -ETIMEDOUT or another: it does not let us. */
	void (*ready)(void *data, int error);
	void (*property)(void *data, const struct ble_property *p);
	void (*gone)(void *data, const char *path, const char *interface);
	void (*reply)(void *data, enum ble_action action, unsigned serial,
	              int error);
	/** After each message: look at what is so now. */
	void (*changed)(void *data);
	/** The bus itself is gone: close this, later. */
	void (*broken)(void *data);
	void *data;
};

/**
 * ble_bus_open()
 * @address: of the bus; NULL: the system bus
 * @listener: copied
 * Return: 0; the errno of opening the bus; -ENOMEM.
 */
int ble_bus_open(struct ble_bus **ret, struct sd_event *event,
                 const char *address, const struct ble_bus_listener *listener);
/** ble_bus_close() - takes NULL. No reply comes any more. Return: NULL. */
struct ble_bus *ble_bus_close(struct ble_bus *b);

/**
 * ble_bus_order() - make the call of an order
 * @adapter, @device, @measurement: paths, as the order needs them
 *
 * The listener is told of the reply, never within this call. Return: 0 or
 * errno: nothing was sent and no reply will come.
 */
int ble_bus_order(struct ble_bus *b, const struct ble_order *order,
                  const char *adapter, const char *device,
                  const char *measurement);
/** ble_bus_read() - ReadValue; its value comes as a property. */
void ble_bus_read(struct ble_bus *b, const char *path);
/** ble_bus_leave() - StopNotify and Disconnect, no reply wanted. */
void ble_bus_leave(struct ble_bus *b, const char *device,
                   const char *measurement);

/**
 * ble_bus_errno() - the one place where BlueZ's errors become errno
 * Source: reference/sensors.md B.3.
 */
int ble_bus_errno(const char *name, const char *message);

#endif
