/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STRAP_HCI_H
#define LULL_TESTS_LAB_STRAP_HCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The packets between a strap and its Bluetooth controller. Bytes in, bytes
 * out. Source: Bluetooth Core, Vol 4, Part E.
 */

#define STRAP_HCI_MAX      260 /**< a command, with its type before it */
#define STRAP_HCI_DATA_MAX (STRAP_HCI_MAX - 9)
#define STRAP_HCI_ADDRESS  6
/** Of a name, so that an advertisement holds it. */
#define STRAP_HCI_NAME_MAX 20

/** The commands that a strap needs. */
enum strap_hci_command {
	HCI_RESET = 0x0c03,
	HCI_EVENT_MASK = 0x0c01,
	HCI_LE_EVENT_MASK = 0x2001,
	HCI_READ_ADDRESS = 0x1009,
	HCI_DISCONNECT = 0x0406,
	/* The extended ones only: with the legacy ones btvirt lets no 6.1
	   kernel connect. */
	HCI_ADVERTISE_HOW = 0x2036,
	HCI_ADVERTISE_WHAT = 0x2037,
	HCI_ADVERTISE = 0x2039,
};

enum strap_hci_kind {
	HCI_OTHER,
	HCI_DONE,         /**< a command: status; of HCI_READ_ADDRESS address */
	HCI_CONNECTED,    /**< handle */
	HCI_DISCONNECTED, /**< handle, reason */
	HCI_DATA,         /**< handle, channel, data */
};

/** L2CAP channels of LE. */
enum strap_hci_channel { L2CAP_ATT = 4, L2CAP_SIGNALS = 5, L2CAP_SMP = 6 };

struct strap_hci_event {
	enum strap_hci_kind kind;
	unsigned command, status, handle, reason, channel;
	uint8_t address[STRAP_HCI_ADDRESS]; /**< as people write it */
	const uint8_t *data;                /**< within what was parsed */
	size_t len;
};

/** strap_hci_parse() - what came from the controller; anything that is not
 * whole, or of no use to us, is HCI_OTHER. */
struct strap_hci_event strap_hci_parse(const uint8_t *bytes, size_t len);

/** A packet for the controller. */
struct strap_hci_packet {
	uint8_t bytes[STRAP_HCI_MAX];
	size_t len;
};

struct strap_hci_packet strap_hci_plain(enum strap_hci_command command);
/** all events, also of LE */
struct strap_hci_packet strap_hci_mask(enum strap_hci_command command);
struct strap_hci_packet strap_hci_disconnect(unsigned handle, uint8_t reason);
/** connectable, every 100 ms */
struct strap_hci_packet strap_hci_advertise_how(void);
/** heart rate and battery, and its name */
struct strap_hci_packet strap_hci_advertise_what(const char *name);
struct strap_hci_packet strap_hci_advertise(bool on);
/** @len: at most STRAP_HCI_DATA_MAX */
struct strap_hci_packet strap_hci_data(unsigned handle,
                                       enum strap_hci_channel channel,
                                       const uint8_t *data, size_t len);

#endif
