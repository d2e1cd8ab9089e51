/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "drivers/ble_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND UINT64_C(1000000)

/* In one moment it orders no more than so much. */
#define ORDERS_MAX 8
/* Once all is well, it streams within this: its longest wait, of a Connect
   that is never answered, a pause, and the way from there. */
#define WELL_S 120

/* Whatever may be so, and the call that was ordered last but discovery's. */
struct world {
	struct ble_link link;
	struct ble_facts facts;
	uint64_t now_us;
	struct ble_order asked;
	bool discovery_asked;
};

static const int errors[] = {
	0,         0,          -EISCONN,  -EALREADY,        -EINPROGRESS,
	-ENOENT,   -EPERM,     -ENETDOWN, -EPROTONOSUPPORT, -ECONNABORTED,
	-ENOTCONN, -ECANCELED, -EIO,      -EOPNOTSUPP,      -ETIMEDOUT,
	-ENODATA,
};

static void take(struct world *w, const struct ble_order *o)
{
	if (o->action == BLE_START_DISCOVERY)
		w->discovery_asked = true;
	else if (o->serial != 0)
		w->asked = *o;
}

/* It comes to rest, says when to ask again, and that lies ahead. */
static void run(struct world *w)
{
	struct ble_order o;
	unsigned n = 0;

	while ((o = ble_link_next(&w->link, &w->facts, w->now_us)).action !=
	       BLE_NOTHING) {
		if (++n > ORDERS_MAX)
			abort();
		take(w, &o);
	}
	if (o.until_us <= w->now_us || w->link.reason > 0)
		abort();
}

static void answer(struct world *w, int error)
{
	ble_link_reply(&w->link, w->asked.action, w->asked.serial, error,
	               w->now_us);
}

static void answer_discovery(struct world *w, int error)
{
	if (!w->discovery_asked)
		return;
	w->discovery_asked = false;
	ble_link_reply(&w->link, BLE_START_DISCOVERY, 0, error, w->now_us);
}

/* One thing happens: three bits say what, five how. */
static void happen(struct world *w, unsigned what, unsigned how)
{
	struct ble_facts *f = &w->facts;

	switch (what) {
	case 0:
		w->now_us += (uint64_t)how * how * SECOND / 16;
		break;
	case 1:
		answer(w, errors[how % 16]);
		break;
	case 2:
		answer_discovery(w, errors[how % 16]);
		break;
	case 3:
		f->service = how & 1 || how & 2;
		f->radio = how & 4   ? BLE_RADIO_ON
		           : how & 8 ? BLE_RADIO_OFF
		                     : BLE_RADIO_NONE;
		f->discovering = how & 16;
		break;
	case 4:
		f->known = how & 1;
		f->connected = how & 2;
		f->resolved = how & 4;
		f->measures = how & 8;
		break;
	case 5:
		f->straps = how & 3;
		f->chosen = how & 4;
		f->known = how & 8;
		if (f->known)
			f->heard_us = w->now_us;
		break;
	case 6:
		ble_link_value(&w->link, w->now_us);
		break;
	default:
		if (how == 31)
			ble_link_refuse(&w->link, w->now_us);
		else /* an answer to what was never asked */
			ble_link_reply(&w->link, (enum ble_action)(how % 10),
			               how, errors[how % 16], w->now_us);
	}
}

/* A bluetoothd and a strap that do all they are told, once a second. */
static void obey(struct world *w)
{
	struct ble_facts *f = &w->facts;
	struct ble_order o = w->asked;

	w->asked = (struct ble_order){BLE_NOTHING, 0, 0};
	answer_discovery(w, 0);
	f->discovering = w->link.discovery == BLE_DISCOVERY_ON;
	if (f->discovering && !f->connected)
		f->heard_us = w->now_us;
	if (o.action == BLE_CALL_CONNECT || o.action == BLE_CALL_DISCONNECT)
		f->connected = o.action == BLE_CALL_CONNECT;
	f->resolved = f->measures = f->connected;
	ble_link_reply(&w->link, o.action, o.serial, 0, w->now_us);
	if (w->link.state == BLE_STREAM)
		ble_link_value(&w->link, w->now_us);
}

static bool well(const struct world *w)
{
	if (w->link.state == BLE_REFUSED)
		return !w->facts.connected;
	return w->link.state == BLE_STREAM && w->link.reason == 0;
}

/* Whatever was, it never gives up; and what it refused it leaves alone. */
static void check_end(struct world *w)
{
	bool refused = w->link.state == BLE_REFUSED;

	w->facts.service = true;
	w->facts.radio = BLE_RADIO_ON;
	w->facts.chosen = w->facts.known = true;
	for (unsigned i = 0; i < WELL_S && !well(w); i++) {
		w->now_us += SECOND;
		obey(w);
		run(w);
	}
	if (!well(w) || (w->link.state == BLE_REFUSED) != refused)
		abort();
}

/* A byte an event; after each it is asked, as ble.c does. The first says
   whether it only scans. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = {.now_us = 1000 * SECOND};

	if (size == 0)
		return 0;
	ble_link_init(&w.link, &ble_link_times, data[0] & 1);
	for (size_t i = 1; i < size; i++) {
		happen(&w, data[i] & 7, data[i] >> 3);
		run(&w);
	}
	if (data[0] & 1) {
		if (w.link.state != BLE_SCAN && w.link.state != BLE_REFUSED)
			abort();
		return 0;
	}
	check_end(&w);
	return 0;
}
