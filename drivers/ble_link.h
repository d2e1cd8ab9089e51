/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_BLE_LINK_H
#define LULL_DRIVERS_BLE_LINK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * The link to one strap through BlueZ, as a pure state machine: what is so
 * goes in, the next thing to do comes out. It goes by what is so now, not by
 * what was signalled when, because BlueZ signals late, twice, or not at all.
 *
 *   OFF        no bluetoothd, no adapter, or it is off
 *   SEARCH     discovery runs; the strap was not heard yet
 *   CONNECT    Connect was called
 *   RESOLVE    connected; its services are not known yet
 *   LOOK       they are said to be known, but 0x2A37 is not there
 *   SUBSCRIBE  StartNotify was called
 *   STREAM     it notifies
 *   RENEW      it fell silent: StopNotify was called, SUBSCRIBE follows
 *   DROP       Disconnect was called
 *   SETTLE     an attempt failed; until BlueZ says that the link is down
 *   WAIT       before the next attempt
 *   SCAN       discovery runs, and nothing else ever does
 *   REFUSED    disconnected for good
 *
 *   OFF ---- radio on ----> SEARCH -- heard --> CONNECT -- reply --> RESOLVE
 *   RESOLVE ---> LOOK ---> SUBSCRIBE ---> STREAM <---> RENEW
 *   STREAM -- link down --> CONNECT, at once; any failure --> SETTLE or DROP
 *   --> WAIT --> CONNECT twice at once, then SEARCH with a growing pause
 *
 * It never gives up. Source: reference/sensors.md B.1, B.3 to B.5.
 */

enum ble_state {
	BLE_OFF,
	BLE_SEARCH,
	BLE_CONNECT,
	BLE_RESOLVE,
	BLE_LOOK,
	BLE_SUBSCRIBE,
	BLE_STREAM,
	BLE_RENEW,
	BLE_DROP,
	BLE_SETTLE,
	BLE_WAIT,
	BLE_SCAN,
	BLE_REFUSED,
};

/** What is to be done: one call of BlueZ each. */
enum ble_action {
	BLE_NOTHING,
	BLE_START_DISCOVERY,
	BLE_STOP_DISCOVERY,
	BLE_CALL_CONNECT,
	BLE_CALL_DISCONNECT,
	BLE_START_NOTIFY,
	BLE_STOP_NOTIFY,
	BLE_READ_OBJECTS,  /**< GetManagedObjects, over what is known */
	BLE_FORGET_PATHS,  /**< the same, after dropping what is known */
	BLE_REMOVE_DEVICE, /**< RemoveDevice: BlueZ forgets its services */
};

enum ble_radio {
	BLE_RADIO_NONE,
	BLE_RADIO_OFF,
	BLE_RADIO_ON,
};

/** What is so now. */
struct ble_facts {
	bool service; /**< bluetoothd runs and its objects were read */
	enum ble_radio radio;
	bool discovering;  /**< the adapter says so */
	bool chosen;       /**< the person named this strap */
	unsigned straps;   /**< that may be meant and were heard */
	bool known;        /**< the one that is meant has an object */
	uint64_t heard_us; /**< its last sign of life on the air; 0: none */
	bool connected, resolved;
	bool measures; /**< its 0x2A37 is known */
};

/** Every time that it waits, in µs. */
struct ble_times {
	uint64_t choose_us;    /**< from the first strap heard to taking it */
	uint64_t air_us;       /**< a sign of life is fresh for so long */
	uint64_t blind_us;     /**< then Connect to one not heard, too */
	uint64_t absent_us;    /**< then say that none is heard */
	uint64_t discovery_us; /**< Discovering may be false for so long */
	uint64_t afresh_us;    /**< discovery that hears no strap begins anew */
	uint64_t connect_us;
	uint64_t check_us; /**< after Connect, until Connected must be true */
	uint64_t resolve_us;
	uint64_t look_us;
	uint64_t subscribe_us;
	uint64_t retry_us;  /**< between two StartNotify that were InProgress */
	uint64_t silent_us; /**< without a notification: StartNotify again */
	uint64_t dead_us;   /**< likewise: Disconnect */
	uint64_t drop_us;
	uint64_t settle_us;
	uint64_t pause_us; /**< first pause between attempts; doubles */
	uint64_t pause_max_us;
};

/** The usual ones, each with its reason. */
extern const struct ble_times ble_link_times;

/** Attempts that follow a failed one at once. Source: B.3, first row. */
#define BLE_LINK_AT_ONCE 2
/** Most StartNotify in a row that were InProgress. */
#define BLE_LINK_SUBSCRIBES 10

enum ble_discovery {
	BLE_DISCOVERY_OFF,
	BLE_DISCOVERY_STARTING,
	BLE_DISCOVERY_ON,
};

struct ble_link {
	const struct ble_times *times;
	enum ble_state state;
	uint64_t since_us; /**< when this state began */
	bool asked;        /**< its call was made */
	bool answered;     /**< and answered */
	bool stale;        /**< a path was answered for that is no object */
	unsigned serial;   /**< of the last call but discovery's */

	enum ble_discovery discovery;
	uint64_t discovery_us; /**< ON: Discovering was last true; OFF: not
	                          before */
	unsigned discovery_failures;
	uint64_t listens_us; /**< ON: since when, or the strap was last heard */

	uint64_t first_us; /**< the first strap was heard; 0: none */
	uint64_t until_us; /**< end of a pause */
	unsigned failures; /**< in a row */
	uint64_t failed_us;
	bool needs_air; /**< BlueZ took the wrong radio: LE first */
	bool up;        /**< it was seen connected in this attempt */
	unsigned subscribes;
	unsigned bare; /**< links in a row without 0x2A37 */
	bool removed;  /**< RemoveDevice was used; once is enough */
	bool renewed;  /**< since the last notification */
	uint64_t value_us;

	int error;  /**< the last attempt's */
	int reason; /**< why nothing comes: 0, or see ble_link_next() */
};

/** What to do, and when to ask again if nothing happens. */
struct ble_order {
	enum ble_action action;
	unsigned serial;   /**< for ble_link_reply() */
	uint64_t until_us; /**< UINT64_MAX: not by the clock */
};

/**
 * ble_link_init()
 * @times: outlives it
 * @scan: only discover
 */
void ble_link_init(struct ble_link *l, const struct ble_times *times,
                   bool scan);

/**
 * ble_link_next() - the next thing to do
 *
 * Ask again until it is nothing; and after every change, reply and value.
 * Afterwards l->reason is 0 or why nothing comes: -EUNATCH no bluetoothd,
 * -ENODEV no adapter, -ENETDOWN it is off, -EBUSY discovery does not start,
 * -ENOTUNIQ several straps and none chosen, -EHOSTUNREACH none is heard, or
 * the errno of the third attempt in a row that failed.
 */
struct ble_order ble_link_next(struct ble_link *l,
                               const struct ble_facts *facts, uint64_t now_us);

/**
 * ble_link_reply() - what BlueZ answered
 * @serial: of the order; an old one's answer is nobody's any more
 * @error: 0 or negative errno: -EINPROGRESS, -EALREADY an attempt is made
 *	already, -ENOENT no such object, -EPROTONOSUPPORT it took the other
 *	radio, -EISCONN, -EPERM somebody else subscribed, any other
 */
void ble_link_reply(struct ble_link *l, enum ble_action action, unsigned serial,
                    int error, uint64_t now_us);

/** ble_link_value() - a notification came. */
void ble_link_value(struct ble_link *l, uint64_t now_us);

/** ble_link_refuse() - this strap is of no use: disconnect, for good. */
void ble_link_refuse(struct ble_link *l, uint64_t now_us);

#endif
