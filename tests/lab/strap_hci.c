/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/strap_hci.h"

#include <assert.h>
#include <string.h>

enum { TYPE_COMMAND = 1, TYPE_DATA = 2, TYPE_EVENT = 4 };

enum {
	EVENT_DISCONNECTED = 0x05,
	EVENT_COMPLETE = 0x0e,
	EVENT_STATUS = 0x0f,
	EVENT_LE = 0x3e,
	LE_CONNECTED = 0x01,
	LE_CONNECTED_ENHANCED = 0x0a,
};

/* One set; legacy packets that may be connected to and scanned. */
enum {
	SET = 1,
	LEGACY_CONNECTABLE = 0x13,
	INTERVAL = 0xa0 /* 0.625 ms */,
	WHOLE_NAME = 0x09
};

static unsigned le16(const uint8_t *at)
{
	return (unsigned)(at[0] | at[1] << 8);
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

/* --- from the controller ----------------------------------------------------
 */

static void parse_complete(const uint8_t *p, size_t len,
                           struct strap_hci_event *e)
{
	if (len < 4)
		return;
	e->kind = HCI_DONE;
	e->command = le16(p + 1);
	e->status = p[3];
	if (e->command != HCI_READ_ADDRESS || len < 4 + STRAP_HCI_ADDRESS)
		return;
	for (size_t i = 0; i < STRAP_HCI_ADDRESS; i++)
		e->address[i] = p[3 + STRAP_HCI_ADDRESS - i];
}

static void parse_event(uint8_t code, const uint8_t *p, size_t len,
                        struct strap_hci_event *e)
{
	if (code == EVENT_COMPLETE) {
		parse_complete(p, len, e);
	} else if (code == EVENT_STATUS && len >= 4) {
		e->kind = HCI_DONE;
		e->status = p[0];
		e->command = le16(p + 2);
	} else if (code == EVENT_DISCONNECTED && len >= 4 && p[0] == 0) {
		e->kind = HCI_DISCONNECTED;
		e->handle = le16(p + 1);
		e->reason = p[3];
	} else if (code == EVENT_LE && len >= 4 && p[1] == 0 &&
	           (p[0] == LE_CONNECTED || p[0] == LE_CONNECTED_ENHANCED)) {
		e->kind = HCI_CONNECTED;
		e->handle = le16(p + 2);
	}
}

static void parse_data(const uint8_t *p, size_t len, struct strap_hci_event *e)
{
	if (len < 8 || le16(p + 4) != len - 8)
		return; /* in pieces: nothing that is sent to us is so long */
	e->kind = HCI_DATA;
	e->handle = le16(p) & 0xfff;
	e->channel = le16(p + 6);
	e->data = p + 8;
	e->len = len - 8;
}

struct strap_hci_event strap_hci_parse(const uint8_t *bytes, size_t len)
{
	struct strap_hci_event e = {.kind = HCI_OTHER};

	if (len >= 3 && bytes[0] == TYPE_EVENT && bytes[2] == len - 3)
		parse_event(bytes[1], bytes + 3, len - 3, &e);
	else if (len >= 5 && bytes[0] == TYPE_DATA &&
	         le16(bytes + 3) == len - 5)
		parse_data(bytes + 1, len - 1, &e);
	return e;
}

/* --- to the controller ------------------------------------------------------
 */

static struct strap_hci_packet command(enum strap_hci_command what,
                                       const void *parameters, size_t len)
{
	struct strap_hci_packet p = {.len = 4 + len};

	p.bytes[0] = TYPE_COMMAND;
	put16(p.bytes + 1, what);
	p.bytes[3] = (uint8_t)len;
	memcpy(p.bytes + 4, parameters, len);
	return p;
}

struct strap_hci_packet strap_hci_plain(enum strap_hci_command what)
{
	return command(what, "", 0);
}

struct strap_hci_packet strap_hci_mask(enum strap_hci_command what)
{
	static const uint8_t every[] = {0xff, 0xff, 0xff, 0xff,
	                                0xff, 0xff, 0xff, 0x3f};

	return command(what, every, sizeof(every));
}

struct strap_hci_packet strap_hci_disconnect(unsigned handle, uint8_t reason)
{
	uint8_t p[3];

	put16(p, handle);
	p[2] = reason;
	return command(HCI_DISCONNECT, p, sizeof(p));
}

struct strap_hci_packet strap_hci_advertise_how(void)
{
	/* Part E 7.8.53: on all channels, from our public address, for any
	   scanner, as loud as it likes, 1M both */
	static const uint8_t p[25] = {[0] = SET,      [1] = LEGACY_CONNECTABLE,
	                              [3] = INTERVAL, [6] = INTERVAL,
	                              [9] = 7,        [19] = 0x7f,
	                              [20] = 1,       [22] = 1};

	return command(HCI_ADVERTISE_HOW, p, sizeof(p));
}

struct strap_hci_packet strap_hci_advertise_what(const char *name)
{
	/* whole and at once; then flags and the services of 16 bits */
	uint8_t p[64] = {SET, 3,    1,    0,    2,    1,   6,
	                 5,   0x03, 0x0d, 0x18, 0x0f, 0x18};
	size_t n = strlen(name), len = 13;

	n = n < STRAP_HCI_NAME_MAX ? n : STRAP_HCI_NAME_MAX;
	p[len++] = (uint8_t)(n + 1);
	p[len++] = WHOLE_NAME;
	memcpy(p + len, name, n);
	len += n;
	p[3] = (uint8_t)(len - 4);
	return command(HCI_ADVERTISE_WHAT, p, len);
}

struct strap_hci_packet strap_hci_advertise(bool on)
{
	const uint8_t p[6] = {on, 1, SET};

	return command(HCI_ADVERTISE, p, sizeof(p));
}

struct strap_hci_packet strap_hci_data(unsigned handle,
                                       enum strap_hci_channel channel,
                                       const uint8_t *data, size_t len)
{
	struct strap_hci_packet p = {.len = 9 + len};

	assert(len <= STRAP_HCI_DATA_MAX);
	p.bytes[0] = TYPE_DATA;
	put16(p.bytes + 1, handle);
	put16(p.bytes + 3, (unsigned)len + 4);
	put16(p.bytes + 5, (unsigned)len);
	put16(p.bytes + 7, channel);
	memcpy(p.bytes + 9, data, len);
	return p;
}
