/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble_device.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "drivers/label.h"

#define ADAPTER        "org.bluez.Adapter1"
#define DEVICE         "org.bluez.Device1"
#define BATTERY        "org.bluez.Battery1"
#define CHARACTERISTIC "org.bluez.GattCharacteristic1"

/* Source: reference/sensors.md A.1; 2a29 is the manufacturer's name. */
#define UUID(x) "0000" x "-0000-1000-8000-00805f9b34fb"
static const char heart_rate_service[] = UUID("180d");
/* Category of an Appearance: its upper ten bits (Assigned Numbers, 2.6.2). A
   bluetoothd that keeps no services (Cache=no, or yes for who is not paired)
   lists no UUIDs of a strap that was connected before, whatever it says on the
   air, until it forgets the strap. */
#define HEART_RATE_SENSOR 13
static const char measurement[] = UUID("2a37");
static const char location[] = UUID("2a38");
static const char battery_level[] = UUID("2a19");
static const char manufacturer[] = UUID("2a29");

/* A controller's word for not knowing. Source: Bluetooth Core, Vol 4, Part E,
   7.7.65.2. */
#define NO_RSSI 127

static void copy(char *ret, size_t len, const char *text)
{
	snprintf(ret, len, "%s", text);
}

void ble_device_clear(struct ble_devices *d)
{
	memset(d, 0, sizeof(*d));
}

/* --- places -----------------------------------------------------------------
 */

/* Is @path this object's, or of one below it? */
static bool below(const char *path, const char *object)
{
	size_t n = strlen(object);

	return n > 0 && strncmp(path, object, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/');
}

static struct ble_adapter *adapter_at(struct ble_devices *d, const char *path)
{
	struct ble_adapter *vacant = NULL;

	for (size_t i = 0; i < BLE_ADAPTERS_MAX; i++) {
		struct ble_adapter *a = &d->adapters[i];

		if (strcmp(a->path, path) == 0)
			return a;
		if (!vacant && !a->path[0])
			vacant = a;
	}
	if (!vacant || strlen(path) >= sizeof(vacant->path))
		return NULL;
	*vacant = (struct ble_adapter){.powered = false};
	copy(vacant->path, sizeof(vacant->path), path);
	return vacant;
}

/* Length of "/org/bluez/hci0/dev_…" at the head of @path; 0: it has none. */
static size_t device_part(const char *path)
{
	const char *dev = strstr(path, "/dev_");

	return dev ? (size_t)(dev - path) + 5 + strcspn(dev + 5, "/") : 0;
}

static struct ble_device *vacant_place(struct ble_devices *d)
{
	struct ble_device *least = NULL;

	for (size_t i = 0; i < BLE_DEVICES_MAX; i++) {
		struct ble_device *it = &d->devices[i];

		if (!it->path[0])
			return it;
		if (it->strap || it->connected)
			continue;
		if (!least || it->heard_us < least->heard_us)
			least = it;
	}
	return least;
}

/* Characteristics may be told of before their device. */
static struct ble_device *device_at(struct ble_devices *d, const char *path)
{
	size_t n = device_part(path);
	struct ble_device *place;

	if (n == 0 || n >= BLE_PATH_MAX)
		return NULL;
	for (size_t i = 0; i < BLE_DEVICES_MAX; i++)
		if (d->devices[i].path[0] && below(path, d->devices[i].path))
			return &d->devices[i];
	place = vacant_place(d);
	if (!place)
		return NULL;
	*place = (struct ble_device){.battery_pct = -1, .worn = -1};
	memcpy(place->path, path, n);
	return place;
}

/* --- properties -------------------------------------------------------------
 */

static void take_adapter(struct ble_devices *d, const struct ble_property *p)
{
	struct ble_adapter *a = adapter_at(d, p->path);

	if (!a)
		return;
	if (strcmp(p->name, "Powered") == 0)
		a->powered = p->number;
	else if (strcmp(p->name, "Discovering") == 0)
		a->discovering = p->number;
}

static void take_device(struct ble_device *it, const struct ble_property *p,
                        uint64_t now_us)
{
	if (strcmp(p->name, "Address") == 0 && p->text) {
		if (ble_device_address(p->text, strlen(p->text), it->address) &&
		    p->source == BLE_ADDED)
			it->heard_us = now_us;
	} else if (strcmp(p->name, "Alias") == 0 && p->text) {
		label_copy(it->name, sizeof(it->name), p->text,
		           strlen(p->text));
	} else if (strcmp(p->name, "UUIDs") == 0 && p->text) {
		if (strcasecmp(p->text, heart_rate_service) == 0)
			it->strap = true;
	} else if (strcmp(p->name, "Appearance") == 0) {
		it->strap |= p->number >> 6 == HEART_RATE_SENSOR;
	} else if (strcmp(p->name, "RSSI") == 0) {
		/* kept only for those that this discovery has heard */
		it->rssi_dbm = p->number == NO_RSSI ? 0 : (int)p->number;
		it->heard_us = now_us;
	} else if (strcmp(p->name, "Connected") == 0) {
		it->connected = p->number;
		if (!it->connected)
			it->resolved = false;
	} else if (strcmp(p->name, "ServicesResolved") == 0) {
		it->resolved = p->number;
		/* that it is connected is not always signalled */
		it->connected = it->connected || it->resolved;
	}
}

static void take_uuid(struct ble_device *it, const struct ble_property *p)
{
	char *place = NULL;

	if (strcasecmp(p->text, measurement) == 0)
		place = it->measure_path;
	else if (strcasecmp(p->text, battery_level) == 0)
		place = it->battery_path;
	else if (strcasecmp(p->text, location) == 0)
		place = it->worn_path;
	else if (strcasecmp(p->text, manufacturer) == 0)
		place = it->maker_path;
	if (place)
		copy(place, BLE_PATH_MAX, p->path);
}

static int percentage(long number)
{
	return number >= 0 && number <= 100 ? (int)number : -1;
}

/* Return: whether this is a measurement. */
static bool take_value(struct ble_device *it, const struct ble_property *p)
{
	if (strcmp(p->path, it->measure_path) == 0)
		return p->source == BLE_CHANGED;
	if (p->len == 0)
		return false;
	if (strcmp(p->path, it->battery_path) == 0) {
		it->battery_pct = percentage(p->bytes[0]);
	} else if (strcmp(p->path, it->worn_path) == 0) {
		it->worn = p->bytes[0];
	} else if (strcmp(p->path, it->maker_path) == 0) {
		label_copy(it->maker, sizeof(it->maker), p->bytes, p->len);
	}
	return false;
}

static bool take_characteristic(struct ble_device *it,
                                const struct ble_property *p)
{
	if (strcmp(p->name, "UUID") == 0 && p->text)
		take_uuid(it, p);
	else if (strcmp(p->name, "Value") == 0 && p->bytes)
		return take_value(it, p);
	return false;
}

const struct ble_device *ble_device_take(struct ble_devices *d,
                                         const struct ble_property *p,
                                         uint64_t now_us)
{
	struct ble_device *it;

	if (strcmp(p->interface, ADAPTER) == 0) {
		take_adapter(d, p);
		return NULL;
	}
	it = device_at(d, p->path);
	if (!it)
		return NULL;
	if (strcmp(p->interface, DEVICE) == 0)
		take_device(it, p, now_us);
	else if (strcmp(p->interface, BATTERY) == 0 &&
	         strcmp(p->name, "Percentage") == 0)
		it->battery_pct = percentage(p->number);
	else if (strcmp(p->interface, CHARACTERISTIC) == 0 &&
	         take_characteristic(it, p))
		return it;
	return NULL;
}

static void forget_path(char *place, const char *path)
{
	if (strcmp(place, path) == 0)
		place[0] = '\0';
}

static void adapter_gone(struct ble_devices *d, const char *path)
{
	for (size_t i = 0; i < BLE_ADAPTERS_MAX; i++)
		forget_path(d->adapters[i].path, path);
	for (size_t i = 0; i < BLE_DEVICES_MAX; i++)
		if (below(d->devices[i].path, path))
			d->devices[i].path[0] = '\0';
}

void ble_device_gone(struct ble_devices *d, const char *path,
                     const char *interface)
{
	struct ble_device *it;

	if (strcmp(interface, ADAPTER) == 0) {
		adapter_gone(d, path);
		return;
	}
	it = device_part(path) ? device_at(d, path) : NULL;
	if (!it)
		return;
	if (strcmp(interface, DEVICE) == 0) {
		it->path[0] = '\0';
	} else if (strcmp(interface, CHARACTERISTIC) == 0) {
		forget_path(it->measure_path, path);
		forget_path(it->battery_path, path);
		forget_path(it->worn_path, path);
		forget_path(it->maker_path, path);
	}
}

/* --- questions --------------------------------------------------------------
 */

const struct ble_adapter *ble_device_adapter(const struct ble_devices *d)
{
	const struct ble_adapter *first = NULL;

	for (size_t i = 0; i < BLE_ADAPTERS_MAX; i++) {
		const struct ble_adapter *a = &d->adapters[i];

		if (a->path[0] && a->powered)
			return a;
		if (a->path[0] && !first)
			first = a;
	}
	return first;
}

const struct ble_adapter *ble_device_adapter_of(const struct ble_devices *d,
                                                const struct ble_device *device)
{
	for (size_t i = 0; i < BLE_ADAPTERS_MAX; i++)
		if (below(device->path, d->adapters[i].path))
			return &d->adapters[i];
	return NULL;
}

static bool usable(const struct ble_devices *d, const struct ble_device *it)
{
	const struct ble_adapter *a;

	if (!it->path[0] || !it->address[0])
		return false;
	a = ble_device_adapter_of(d, it);
	return a && a->powered;
}

struct ble_device *ble_device_find(struct ble_devices *d, const char *address)
{
	struct ble_device *found = NULL;

	for (size_t i = 0; i < BLE_DEVICES_MAX; i++) {
		struct ble_device *it = &d->devices[i];

		if (!usable(d, it) || strcasecmp(it->address, address) != 0)
			continue;
		if (!found || it->connected || it->heard_us > found->heard_us)
			found = it;
	}
	return found;
}

struct ble_device *ble_device_choose(struct ble_devices *d, uint64_t since_us,
                                     unsigned *ret_straps)
{
	struct {
		struct ble_device *last;
		unsigned n;
	} linked = {0}, heard = {0}, known = {0};

	for (size_t i = 0; i < BLE_DEVICES_MAX; i++) {
		struct ble_device *it = &d->devices[i];

		if (!usable(d, it) || !it->strap)
			continue;
		known.last = it;
		known.n++;
		if (it->connected) {
			linked.last = it;
			linked.n++;
		} else if (it->heard_us > 0 && it->heard_us >= since_us) {
			heard.last = it;
			heard.n++;
		}
	}
	if (linked.n == 1) {
		*ret_straps = 1;
		return linked.last;
	}
	*ret_straps = linked.n + heard.n;
	if (*ret_straps == 0)
		*ret_straps = known.n;
	else
		known.last = heard.last;
	return *ret_straps == 1 ? known.last : NULL;
}

const char *ble_device_worn(const struct ble_device *device)
{
	/* Source: reference/sensors.md A.1, in its order. */
	static const char *const places[] = {
		"other", "chest", "wrist", "finger", "hand", "ear lobe", "foot",
	};
	int n = sizeof(places) / sizeof(places[0]);

	return device->worn >= 0 && device->worn < n ? places[device->worn]
	                                             : "";
}

bool ble_device_address(const char *text, size_t len, char ret[BLE_ADDRESS_MAX])
{
	if (len != BLE_ADDRESS_MAX - 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i % 3 == 2 ? text[i] != ':'
		               : !isxdigit((unsigned char)text[i]))
			return false;
	}
	for (size_t i = 0; i < len; i++)
		ret[i] = (char)toupper((unsigned char)text[i]);
	ret[len] = '\0';
	return true;
}
