/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_FAKE_BLUEZ_H
#define LULL_TESTS_HELPERS_FAKE_BLUEZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

/**
 * A bluetoothd that does what the test says, on a bus of its own (a private
 * dbus-daemon), in the test's thread and loop. It is described by data and
 * driven by verbs; what it was called is written down. Nothing sleeps:
 * fake_settle() runs the loop until both ends are done, and time passes by
 * ble_skip().
 */

/** How a call is answered. */
enum fake_answer {
	FAKE_OK,
	FAKE_HOLD,        /**< not, until fake_release() */
	FAKE_LIE,         /**< success, and nothing done */
	FAKE_ABORT,       /**< Failed: le-connection-abort-by-local */
	FAKE_ALREADY,     /**< Failed: Operation already in progress */
	FAKE_IN_PROGRESS, /**< InProgress */
	FAKE_WRONG_RADIO, /**< NotAvailable: br-connection-… */
	FAKE_UNKNOWN,     /**< UnknownObject */
	FAKE_DENIED,      /**< AccessDenied */
	FAKE_ACQUIRED,    /**< NotPermitted: Notify acquired */
};

#define FAKE_STRAPS 3

struct fake_strap {
	const char *address, *name;
	unsigned adapter; /**< n of hcin */
	bool there;       /**< it has an object */
	bool on_air;      /**< it is heard as soon as discovery runs */
	bool connected, resolved;
	bool silent_connect; /**< Connected is not signalled */
	bool late;           /**< services resolve when the test says */
	bool bare;           /**< they resolve without objects */
	bool objects;        /**< the GATT objects are there */
	int battery_pct;     /**< Battery1; -1: only 0x2A19 */
	bool notifying;
	const uint8_t *sends; /**< told so often as soon as one listens */
	size_t n_bytes;
	unsigned n_sends;
};

struct fake_bluez {
	pid_t daemon;
	char address[256]; /**< of the bus */
	sd_event *event;
	sd_bus *bus; /**< the fake's; NULL: bluetoothd does not run */
	bool adapters[2];
	bool powered;
	bool discovering;
	bool deaf;    /**< Discovering stays false */
	bool no_rssi; /**< the adapter does not know it */
	struct fake_strap straps[FAKE_STRAPS];

	enum fake_answer on_connect, on_disconnect, on_discover, on_subscribe,
		on_objects;
	sd_bus_message *held;
	char calls[16384]; /**< "Connect StartNotify …", in order */
};

/* cmocka's, of a group: the dbus-daemon; of a test: the rest. */
int fake_start_bus(void **state);
int fake_stop_bus(void **state);
/** fake_begin() - @event: a loop to live in; NULL: one of its own */
void fake_begin(struct fake_bluez *f, sd_event *event);
void fake_end(struct fake_bluez *f);

/** fake_run() - bluetoothd starts, with what the data says. */
void fake_run(struct fake_bluez *f);
/** fake_die() - it ends, and with it every object. */
void fake_die(struct fake_bluez *f);
/** fake_settle() - until nothing is under way any more. */
void fake_settle(struct fake_bluez *f);

void fake_power(struct fake_bluez *f, bool on);
/** fake_adapter() - hcin is plugged in or out. */
void fake_adapter(struct fake_bluez *f, unsigned n, bool there);
/** fake_advertise() - the strap is heard: InterfacesAdded, or RSSI. */
void fake_advertise(struct fake_bluez *f, unsigned strap);
void fake_resolve(struct fake_bluez *f, unsigned strap);
/** fake_objects() - the GATT objects appear. */
void fake_objects(struct fake_bluez *f, unsigned strap);
/** fake_lose() - the link is lost, as the lab saw it. */
void fake_lose(struct fake_bluez *f, unsigned strap);
/** fake_notify() - one notification, at once settled. */
void fake_notify(struct fake_bluez *f, unsigned strap, const void *bytes,
                 size_t len);
/** fake_release() - answer the call that is held. */
void fake_release(struct fake_bluez *f, enum fake_answer answer);

/** fake_count() - how often @name was called since fake_forget(). */
unsigned fake_count(const struct fake_bluez *f, const char *name);
void fake_forget(struct fake_bluez *f);

#endif
