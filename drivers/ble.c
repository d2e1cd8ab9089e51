/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "drivers/ble_bus.h"
#include "drivers/ble_device.h"
#include "drivers/ble_hrm.h"
#include "drivers/ble_link.h"
#include "drivers/ble_rfkill.h"
#include "drivers/ble_unit.h"
#include "drivers/strap.h"

/* Between two tries of a system bus that is not there. */
#define REOPEN_US    UINT64_C(10000000)
#define ACCURACY_US  1000
#define NOTHING_TOLD 1 /* no errno */
/* Notifications on skin without an interval, after which it is said to send
   none: a strap may leave out the first few. Refused it is much later. */
#define WITHOUT_RR_TELLS 5

struct ble {
	struct sensor *sensor;
	sd_event_source *timer;
	uint64_t skew_us;    /* ble_skip() */
	struct ble_bus *bus; /* NULL: none; tried again at */
	uint64_t reopen_us;
	bool broken;   /* it is to be closed */
	bool ready;    /* BlueZ's objects were read */
	int bus_error; /* not ready: why; 0: not known yet */
	struct ble_devices devices;
	struct ble_link link;
	struct strap strap;
	char address[BLE_ADDRESS_MAX]; /* "": none is meant yet */
	bool scan;
	bool standing; /* the strap was told connected */
	bool late;     /* it was heard on a link that is being dropped */
	bool detailed; /* its battery and maker were asked for */
	int reason;    /* as told */
	enum tri rr;
	unsigned without_rr; /* notifications that should have had one */
	struct ble_unit unit;
	struct sensor_found found; /* as told */
};

static uint64_t now_us(const struct ble *b)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000 +
	       b->skew_us;
}

/* --- telling ----------------------------------------------------------------
 */

static void tell_reason(struct ble *b, int reason)
{
	const struct sensor_listener *l = &b->sensor->listener;

	if (reason == b->reason)
		return;
	b->reason = reason;
	if (reason != 0 || b->scan)
		l->state(l->data,
		         b->strap.told ? b->strap.state : SENSOR_SEARCHING,
		         reason);
}

static void mind_reason(struct ble *b)
{
	int reason = b->ready ? b->link.reason : b->bus_error;

	if (reason == -ENETDOWN && ble_rfkill_blocked(BLE_RFKILL_FOLDER))
		reason = -ERFKILL;
	/* what the measurements told stays true while they come */
	if (reason == 0 && (b->reason == -ERANGE || b->reason == -ENODATA))
		return;
	/* that all is well is known once discovery runs */
	if (reason == 0 && b->scan && b->link.discovery != BLE_DISCOVERY_ON)
		return;
	tell_reason(b, reason);
}

static void go_down(struct ble *b, bool was_up)
{
	if (was_up)
		strap_lost(&b->strap, b->link.error);
	b->standing = false;
	b->detailed = false;
}

static void mind_standing(struct ble *b)
{
	switch (b->link.state) {
	case BLE_STREAM:
		if (!b->link.renewed)
			strap_connected(&b->strap);
		b->standing = true;
		break;
	case BLE_SUBSCRIBE:
	case BLE_RENEW:
		break;
	case BLE_REFUSED: /* told when it was */
		b->standing = false;
		break;
	case BLE_DROP: /* what still comes is heard, until it is down */
		go_down(b, b->standing);
		break;
	case BLE_OFF:
	case BLE_SEARCH:
	case BLE_CONNECT:
	case BLE_RESOLVE:
	case BLE_LOOK:
	case BLE_SETTLE:
	case BLE_WAIT:
	case BLE_SCAN:
		go_down(b, b->standing || b->late);
		b->late = false;
	}
}

static void tell_found(struct ble *b, const struct ble_device *device)
{
	const struct sensor_listener *l = &b->sensor->listener;
	struct sensor_found found;

	if (!l->found)
		return;
	memset(&found, 0, sizeof(found)); /* compared as bytes */
	snprintf(found.uri, sizeof(found.uri), "ble:%s", device->address);
	memcpy(found.name, device->name, sizeof(found.name));
	memcpy(found.maker, device->maker, sizeof(found.maker));
	snprintf(found.worn, sizeof(found.worn), "%s", ble_device_worn(device));
	found.rssi_dbm = device->rssi_dbm;
	found.battery_pct = device->battery_pct;
	found.rr = b->rr != TRI_UNKNOWN                ? b->rr
	           : b->without_rr >= WITHOUT_RR_TELLS ? TRI_NO
	                                               : TRI_UNKNOWN;
	if (memcmp(&found, &b->found, sizeof(found)) == 0)
		return;
	b->found = found;
	l->found(l->data, &found);
}

/* --- one thing after another ------------------------------------------------
 */

static struct ble_device *meant(struct ble *b, uint64_t now,
                                unsigned *ret_straps)
{
	uint64_t air_us = b->link.times->air_us;

	*ret_straps = 0;
	if (b->address[0])
		return ble_device_find(&b->devices, b->address);
	return ble_device_choose(&b->devices, now > air_us ? now - air_us : 0,
	                         ret_straps);
}

static void fill_facts(struct ble *b, const struct ble_device *device,
                       const struct ble_adapter *adapter, struct ble_facts *ret)
{
	ret->service = b->ready;
	ret->chosen = b->address[0];
	if (adapter) {
		ret->radio = adapter->powered ? BLE_RADIO_ON : BLE_RADIO_OFF;
		ret->discovering = adapter->discovering;
	}
	if (!device)
		return;
	ret->known = true;
	ret->heard_us = device->heard_us;
	ret->connected = device->connected;
	ret->resolved = device->resolved;
	ret->measures = device->measure_path[0];
}

static void obey(struct ble *b, const struct ble_order *order,
                 const struct ble_device *device,
                 const struct ble_adapter *adapter, uint64_t now)
{
	int r = -ENOTCONN;

	if (b->bus)
		r = ble_bus_order(b->bus, order, adapter ? adapter->path : "",
		                  device ? device->path : "",
		                  device ? device->measure_path : "");
	if (order->action == BLE_FORGET_PATHS)
		memset(b->devices.devices, 0, sizeof(b->devices.devices));
	if (r < 0)
		ble_link_reply(&b->link, order->action, order->serial, r, now);
}

/* What is only nice to know is asked for once beats come. */
static void ask_details(struct ble *b, const struct ble_device *device)
{
	if (b->detailed || b->link.state != BLE_STREAM || !b->bus)
		return;
	b->detailed = true;
	if (device->battery_pct < 0 && device->battery_path[0])
		ble_bus_read(b->bus, device->battery_path);
	if (device->worn_path[0])
		ble_bus_read(b->bus, device->worn_path);
	if (device->maker_path[0])
		ble_bus_read(b->bus, device->maker_path);
}

/* Once it is tried it is the one: a neighbour's never takes over. */
static void keep_to(struct ble *b, const struct ble_device *device)
{
	if (b->address[0] || !device || b->link.state == BLE_OFF ||
	    b->link.state == BLE_SEARCH || b->link.state == BLE_SCAN)
		return;
	memcpy(b->address, device->address, sizeof(b->address));
}

static void wake_at(struct ble *b, uint64_t at_us)
{
	uint64_t real_us = at_us > b->skew_us ? at_us - b->skew_us : 0;

	/* both fail only for what cannot be here: a source of another loop */
	(void)sd_event_source_set_time(b->timer, real_us);
	(void)sd_event_source_set_enabled(b->timer, at_us == UINT64_MAX
	                                                    ? SD_EVENT_OFF
	                                                    : SD_EVENT_ONESHOT);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void tell_all(struct ble *b)
{
	for (size_t i = 0; i < BLE_DEVICES_MAX; i++) {
		const struct ble_device *it = &b->devices.devices[i];

		/* one that is connected does not advertise */
		if (it->path[0] && it->strap && it->address[0] &&
		    (it->heard_us > 0 || it->connected))
			tell_found(b, it);
	}
}

static void run(struct ble *b)
{
	uint64_t now = now_us(b), next_us;
	struct ble_order order;

	do {
		struct ble_facts facts = {.service = false};
		struct ble_device *device = meant(b, now, &facts.straps);
		const struct ble_adapter *adapter =
			device ? ble_device_adapter_of(&b->devices, device)
			       : ble_device_adapter(&b->devices);

		fill_facts(b, device, adapter, &facts);
		order = ble_link_next(&b->link, &facts, now);
		keep_to(b, device);
		mind_standing(b);
		if (order.action != BLE_NOTHING)
			obey(b, &order, device, adapter, now);
		else if (device && b->address[0]) {
			ask_details(b, device);
			tell_found(b, device);
		}
	} while (order.action != BLE_NOTHING);
	if (b->scan)
		tell_all(b);
	strap_step(&b->strap, now, &next_us);
	mind_reason(b);
	next_us = earlier(next_us, order.until_us);
	if (!b->bus || b->broken)
		next_us = earlier(next_us, b->reopen_us);
	wake_at(b, next_us);
}

/* --- what the bus tells -----------------------------------------------------
 */

static void on_begin(void *data)
{
	struct ble *b = data;

	ble_device_clear(&b->devices);
	b->ready = false;
}

static void on_ready(void *data, int error)
{
	struct ble *b = data;

	b->ready = error == 0;
	b->bus_error = error;
	/* no bluetoothd: one that comes is heard of; else ask again later */
	b->broken = error < 0 && error != -EUNATCH;
	b->reopen_us = now_us(b) + REOPEN_US;
	run(b);
}

static void on_reply(void *data, enum ble_action action, unsigned serial,
                     int error)
{
	struct ble *b = data;

	ble_link_reply(&b->link, action, serial, error, now_us(b));
	run(b);
}

static void refuse(struct ble *b, uint64_t now)
{
	b->rr = TRI_NO;
	ble_link_refuse(&b->link, now);
	strap_lost(&b->strap, -ENODATA);
	tell_reason(b, -ENODATA);
}

static void mind_intervals(struct ble *b, const struct ble_property *p,
                           uint64_t now)
{
	struct ble_hrm m;
	uint32_t sum = 0;

	if (ble_hrm_parse(p->bytes, p->len, &m) < 0)
		return;
	if (m.n_rr > 0)
		b->rr = TRI_YES;
	else if (b->rr == TRI_UNKNOWN && m.bpm > 0 &&
	         m.contact != BEAT_CONTACT_POOR &&
	         ++b->without_rr >= BLE_WITHOUT_RR_MAX)
		refuse(b, now);
	for (size_t i = 0; i < m.n_rr; i++)
		sum += m.rr_ticks[i];
	if (!b->strap.ms && ble_unit_take(&b->unit, now, sum) == BLE_UNIT_MS)
		tell_reason(b, -ERANGE);
}

static void on_measured(struct ble *b, const struct ble_property *p)
{
	uint64_t now = now_us(b);

	if (b->link.state == BLE_REFUSED || b->link.state == BLE_SCAN)
		return;
	ble_link_value(&b->link, now);
	b->standing = b->standing || b->link.state == BLE_STREAM;
	b->late = b->late || b->link.state == BLE_DROP;
	/* bytes that are none were told as a gap */
	(void)strap_notify(&b->strap, now, p->bytes, p->len);
	mind_intervals(b, p, now);
}

static void on_property(void *data, const struct ble_property *p)
{
	struct ble *b = data;
	const struct ble_device *from =
		ble_device_take(&b->devices, p, now_us(b));

	if (from && strcmp(from->address, b->address) == 0)
		on_measured(b, p);
}

static void on_gone(void *data, const char *path, const char *interface)
{
	struct ble *b = data;

	ble_device_gone(&b->devices, path, interface);
}

static void on_changed(void *data)
{
	run(data);
}

static void on_broken(void *data)
{
	struct ble *b = data;

	on_begin(b);
	b->broken = true;
	b->bus_error = -EUNATCH;
	b->reopen_us = now_us(b) + REOPEN_US;
	run(b);
}

static int open_bus(struct ble *b)
{
	const struct ble_bus_listener listener = {
		.begin = on_begin,
		.ready = on_ready,
		.property = on_property,
		.gone = on_gone,
		.reply = on_reply,
		.changed = on_changed,
		.broken = on_broken,
		.data = b,
	};
	int r;

	b->broken = false;
	r = ble_bus_open(&b->bus, b->sensor->context.event,
	                 b->sensor->context.bus, &listener);
	if (r == -ENOMEM || r >= 0)
		return r;
	b->bus_error = r == -EACCES || r == -EPERM ? -EACCES : -EUNATCH;
	b->reopen_us = now_us(b) + REOPEN_US;
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
	struct ble *b = data;

	(void)source;
	(void)usec;
	if (!b->scan && !b->strap.told)
		strap_searching(&b->strap);
	if ((b->broken || !b->bus) && now_us(b) >= b->reopen_us) {
		b->bus = ble_bus_close(b->bus);
		(void)open_bus(b); /* no memory: without a bus, tried again */
	}
	run(b);
	return 0;
}

/* --- hooks ------------------------------------------------------------------
 */

static int read_address(struct ble *b, const char *address)
{
	size_t n = strcspn(address, "?");

	b->strap.ms = strcmp(address + n, BLE_MS_OPTION) == 0;
	if (address[n] && !b->strap.ms)
		return -EINVAL;
	if (n > 0 && !ble_device_address(address, n, b->address))
		return -EINVAL;
	return 0;
}

static int ble_open(struct sensor *s, const char *address)
{
	struct ble *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	s->data = b;
	b->sensor = s;
	b->reason = NOTHING_TOLD;
	strap_init(&b->strap, &s->listener);
	ble_link_init(&b->link, &ble_link_times, false);
	r = read_address(b, address);
	if (r < 0)
		return r;
	if (!s->context.event)
		return -EOPNOTSUPP;
	r = sd_event_add_time(s->context.event, &b->timer, CLOCK_MONOTONIC, 0,
	                      ACCURACY_US, on_timer, b);
	/* the bus is opened from the loop: nothing is told before open ends */
	return r < 0 ? r : 0;
}

static void ble_close(struct sensor *s)
{
	struct ble *b = s->data;
	const struct ble_device *device;

	if (!b)
		return;
	device =
		b->address[0] ? ble_device_find(&b->devices, b->address) : NULL;
	/* also a link that is being made: it would drain the strap */
	if (b->bus && device && b->link.state != BLE_SEARCH &&
	    b->link.state != BLE_OFF && !b->scan)
		ble_bus_leave(b->bus, device->path, device->measure_path);
	ble_bus_close(b->bus);
	sd_event_source_disable_unref(b->timer);
	free(b);
	s->data = NULL;
}

static int ble_scan(struct sensor *s)
{
	struct ble *b = s->data;

	b->scan = true;
	ble_link_init(&b->link, &ble_link_times, true);
	return 0;
}

const struct sensor_driver ble_driver = {
	.name = "ble",
	.open = ble_open,
	.close = ble_close,
	.scan = ble_scan,
};

void ble_skip(struct sensor *s, uint64_t us)
{
	struct ble *b = s->data;

	b->skew_us += us;
	wake_at(b, 0);
}

const char *ble_reason(int error)
{
	switch (-error) {
	case EUNATCH:
		return "bluetoothd does not run: systemctl start bluetooth";
	case EACCES:
		return "bluetoothd does not let us: log in at this machine, "
		       "or: adduser $USER bluetooth";
	case ENODEV:
		return "there is no Bluetooth adapter: plug one in";
	case ENETDOWN:
		return "Bluetooth is switched off: bluetoothctl power on";
	case ERFKILL:
		return "Bluetooth is blocked: rfkill unblock bluetooth";
	case EBUSY:
		return "the adapter does not search: bluetoothctl power off, "
		       "then bluetoothctl power on";
	case ENOTUNIQ:
		return "there are several straps: lull sensors --scan 10 "
		       "lists them, lull use URI chooses";
	case EHOSTUNREACH:
		return "no strap is heard: wet it, put it on, and close the "
		       "phone app that may hold it";
	case ENODATA:
		return "this sensor sends a heart rate but no beat-to-beat "
		       "intervals: a chest strap does";
	case ERANGE:
		return "its intervals seem to be in ms: if that goes on, set "
		       "its sensor URI with ?rr=ms behind the address";
	case EPERM:
		return "another program holds what the strap sends: close it";
	case EIO:
	case ENOENT:
		return "BlueZ fails: systemctl restart bluetooth";
	case ECANCELED:
	case ECONNABORTED:
	case ECONNRESET:
	case ENOTCONN:
	case ETIMEDOUT:
		return "the strap does not stay connected: come closer, and "
		       "see to its battery";
	case EOPNOTSUPP:
	case EPROTO:
		return "the strap does not show its heart rate: take it off "
		       "and on again";
	case EPROTONOSUPPORT:
		return "it is reached by the wrong radio: set ControllerMode "
		       "= le in /etc/bluetooth/main.conf";
	default:
		return NULL;
	}
}
