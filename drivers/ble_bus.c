/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble_bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define BLUEZ             "org.bluez"
#define OBJECT_MANAGER    "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES        "org.freedesktop.DBus.Properties"
#define ADAPTER           "org.bluez.Adapter1"
#define DEVICE            "org.bluez.Device1"
#define CHARACTERISTIC    "org.bluez.GattCharacteristic1"
#define HEART_RATE        "0000180d-0000-1000-8000-00805f9b34fb"

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Longer than the link waits: only a bluetoothd that hangs feels it. */
#define CALL_US UINT64_C(60000000)

struct ble_bus {
	sd_bus *bus;
	struct ble_bus_listener listener;
	unsigned generation; /* of bluetoothd */
	char owner[64];      /* its unique name; "": none, or not known yet */
};

struct call {
	struct ble_bus *bus;
	unsigned generation;
	enum ble_action action;
	unsigned serial;
	char path[BLE_PATH_MAX]; /* ReadValue */
};

int ble_bus_errno(const char *name, const char *message)
{
	static const struct {
		const char *name, *holds;
		int error;
	} known[] = {
		{"org.bluez.Error.InProgress", NULL, -EINPROGRESS},
		{"org.bluez.Error.AlreadyConnected", NULL, -EISCONN},
		{"org.bluez.Error.NotReady", NULL, -ENETDOWN},
		{"org.bluez.Error.NotConnected", NULL, -ENOTCONN},
		{"org.bluez.Error.NotAvailable", NULL, -EPROTONOSUPPORT},
		{"org.bluez.Error.NotSupported", NULL, -EOPNOTSUPP},
		{"org.bluez.Error.NotPermitted", NULL, -EPERM},
		{"org.bluez.Error.NotAuthorized", NULL, -EPERM},
		{"org.bluez.Error.DoesNotExist", NULL, -ENOENT},
		{"org.bluez.Error.Failed", "abort-by-local", -ECONNABORTED},
		{"org.bluez.Error.Failed", "already in progress", -EALREADY},
		{"org.bluez.Error.Failed", "canceled", -ECANCELED},
		{"org.bluez.Error.Failed", "profile-unavailable",
	         -EPROTONOSUPPORT},
		{SD_BUS_ERROR_UNKNOWN_OBJECT, NULL, -ENOENT},
		{SD_BUS_ERROR_UNKNOWN_METHOD, NULL, -ENOENT},
		{SD_BUS_ERROR_UNKNOWN_INTERFACE, NULL, -ENOENT},
		{SD_BUS_ERROR_SERVICE_UNKNOWN, NULL, -EUNATCH},
		{SD_BUS_ERROR_NAME_HAS_NO_OWNER, NULL, -EUNATCH},
		/* systemd's, of a service that is not enabled */
		{"org.freedesktop.systemd1.NoSuchUnit", NULL, -EUNATCH},
		{SD_BUS_ERROR_ACCESS_DENIED, NULL, -EACCES},
		{SD_BUS_ERROR_NO_REPLY, NULL, -ETIMEDOUT},
		{SD_BUS_ERROR_TIMEOUT, NULL, -ETIMEDOUT},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		if (!known[i].holds ||
		    (message && strstr(message, known[i].holds)))
			return known[i].error;
	}
	/* what could not even be started */
	if (strncmp(name, "org.freedesktop.DBus.Error.Spawn.", 33) == 0)
		return -EUNATCH;
	return -EIO;
}

static int error_of(sd_bus_message *m)
{
	const sd_bus_error *e = sd_bus_message_get_error(m);

	return e ? ble_bus_errno(e->name, e->message) : 0;
}

/* --- properties -------------------------------------------------------------
 */

static int read_texts(struct ble_bus *b, sd_bus_message *m,
                      struct ble_property *p)
{
	int r = sd_bus_message_enter_container(m, 'a', "s");

	while (r >= 0) {
		r = sd_bus_message_read_basic(m, 's', &p->text);
		if (r == 0)
			break;
		if (r > 0)
			b->listener.property(b->listener.data, p);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_number(sd_bus_message *m, char type, long *ret)
{
	union {
		int b;
		uint8_t y;
		int16_t n;
		uint16_t q;
	} v;
	int r = sd_bus_message_read_basic(m, type, &v);

	if (r < 0)
		return r;
	*ret = type == 'b' ? v.b : type == 'y' ? v.y : type == 'n' ? v.n : v.q;
	return 0;
}

/* The inside of a variant of @type that we can use. */
static int read_value(struct ble_bus *b, sd_bus_message *m, const char *type,
                      struct ble_property *p)
{
	const void *bytes;
	int r;

	if (strcmp(type, "as") == 0)
		return read_texts(b, m, p);
	if (strcmp(type, "ay") == 0) {
		r = sd_bus_message_read_array(m, 'y', &bytes, &p->len);
		p->bytes = r >= 0 && !bytes ? (const uint8_t *)"" : bytes;
	} else if (strchr("so", type[0])) {
		r = sd_bus_message_read_basic(m, type[0], &p->text);
	} else {
		r = read_number(m, type[0], &p->number);
	}
	if (r >= 0)
		b->listener.property(b->listener.data, p);
	return r;
}

static bool usable(const char *type)
{
	return strcmp(type, "as") == 0 || strcmp(type, "ay") == 0 ||
	       (strlen(type) == 1 && strchr("sobynq", type[0]));
}

/* a{sv} */
static int read_properties(struct ble_bus *b, sd_bus_message *m,
                           const char *path, const char *interface,
                           enum ble_source source)
{
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	while (r >= 0) {
		struct ble_property p = {
			.path = path, .interface = interface, .source = source};
		const char *type;

		r = sd_bus_message_enter_container(m, 'e', "sv");
		if (r <= 0)
			break;
		r = sd_bus_message_read_basic(m, 's', &p.name);
		if (r >= 0)
			r = sd_bus_message_peek_type(m, NULL, &type);
		if (r >= 0 && usable(type)) {
			r = sd_bus_message_enter_container(m, 'v', type);
			if (r >= 0)
				r = read_value(b, m, type, &p);
			if (r >= 0)
				r = sd_bus_message_exit_container(m);
		} else if (r >= 0) {
			r = sd_bus_message_skip(m, "v");
		}
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* oa{sa{sv}} */
static int read_object(struct ble_bus *b, sd_bus_message *m,
                       enum ble_source source)
{
	const char *path, *interface;
	int r = sd_bus_message_read_basic(m, 'o', &path);

	if (r >= 0)
		r = sd_bus_message_enter_container(m, 'a', "{sa{sv}}");
	while (r >= 0) {
		r = sd_bus_message_enter_container(m, 'e', "sa{sv}");
		if (r <= 0)
			break;
		r = sd_bus_message_read_basic(m, 's', &interface);
		if (r >= 0)
			r = read_properties(b, m, path, interface, source);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_objects(struct ble_bus *b, sd_bus_message *m)
{
	int r = sd_bus_message_enter_container(m, 'a', "{oa{sa{sv}}}");

	while (r >= 0) {
		r = sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}");
		if (r <= 0)
			break;
		r = read_object(b, m, BLE_KEPT);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* --- signals ----------------------------------------------------------------
 */

static bool ours(const struct ble_bus *b, sd_bus_message *m)
{
	const char *sender = sd_bus_message_get_sender(m);

	return b->owner[0] && sender && strcmp(sender, b->owner) == 0;
}

static int on_added(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct ble_bus *b = data;

	(void)error;
	if (ours(b, m) && read_object(b, m, BLE_ADDED) >= 0)
		b->listener.changed(b->listener.data);
	return 0;
}

static int on_removed(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const char *path, *interface;
	struct ble_bus *b = data;

	(void)error;
	if (!ours(b, m) || sd_bus_message_read_basic(m, 'o', &path) < 0 ||
	    sd_bus_message_enter_container(m, 'a', "s") < 0)
		return 0;
	while (sd_bus_message_read_basic(m, 's', &interface) > 0)
		b->listener.gone(b->listener.data, path, interface);
	b->listener.changed(b->listener.data);
	return 0;
}

static int on_properties(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct ble_bus *b = data;
	const char *interface;

	(void)error;
	if (ours(b, m) && sd_bus_message_read_basic(m, 's', &interface) >= 0 &&
	    read_properties(b, m, sd_bus_message_get_path(m), interface,
	                    BLE_CHANGED) >= 0)
		b->listener.changed(b->listener.data);
	return 0;
}

static void begin(struct ble_bus *b);

static int on_owner(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const char *name, *before, *now;
	struct ble_bus *b = data;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &before, &now) < 0)
		return 0;
	b->generation++;
	b->owner[0] = '\0';
	if (*now) {
		begin(b);
	} else {
		b->listener.begin(b->listener.data);
		b->listener.ready(b->listener.data, -EUNATCH);
	}
	return 0;
}

static int on_broken(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct ble_bus *b = data;

	(void)m;
	(void)error;
	b->listener.broken(b->listener.data);
	return 0;
}

/* --- calls ------------------------------------------------------------------
 */

static int on_reply(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const struct call *call = data;
	struct ble_bus *b = call->bus;
	int r = error_of(m);

	(void)error;
	if (call->generation != b->generation)
		return 0;
	if ((call->action == BLE_READ_OBJECTS ||
	     call->action == BLE_FORGET_PATHS) &&
	    r == 0)
		r = read_objects(b, m);
	b->listener.reply(b->listener.data, call->action, call->serial,
	                  r < 0 ? r : 0);
	return 0;
}

/* The first reading of a bluetoothd: from here on its signals count. */
static int on_begun(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const struct call *call = data;
	struct ble_bus *b = call->bus;
	const char *sender = sd_bus_message_get_sender(m);
	int r = error_of(m);

	(void)error;
	if (call->generation != b->generation)
		return 0;
	if (r == 0 && (!sender || strlen(sender) >= sizeof(b->owner)))
		r = -EBADMSG;
	if (r == 0)
		memcpy(b->owner, sender, strlen(sender) + 1);
	if (r == 0)
		r = read_objects(b, m);
	b->listener.ready(b->listener.data, r < 0 ? r : 0);
	return 0;
}

static int on_read(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const struct call *call = data;
	struct ble_bus *b = call->bus;
	struct ble_property p = {
		.path = call->path,
		.interface = CHARACTERISTIC,
		.name = "Value",
	};
	const void *bytes;

	(void)error;
	if (call->generation != b->generation ||
	    sd_bus_message_is_method_error(m, NULL) ||
	    sd_bus_message_read_array(m, 'y', &bytes, &p.len) < 0 || !p.len)
		return 0;
	p.bytes = bytes;
	b->listener.property(b->listener.data, &p);
	b->listener.changed(b->listener.data);
	return 0;
}

static int send(struct ble_bus *b, sd_bus_message *m, const struct call *from,
                sd_bus_message_handler_t on)
{
	sd_bus_slot *slot = NULL;
	struct call *call = malloc(sizeof(*call));
	int r;

	if (!call)
		return -ENOMEM;
	*call = *from;
	call->bus = b;
	call->generation = b->generation;
	r = sd_bus_call_async(b->bus, &slot, m, on, call, CALL_US);
	if (r < 0) {
		free(call);
		return r;
	}
	/* the call lives as long as its slot, the slot until the reply */
	sd_bus_slot_set_destroy_callback(slot, free);
	sd_bus_slot_set_floating(slot, true);
	sd_bus_slot_unref(slot);
	return 0;
}

static int method(struct ble_bus *b, sd_bus_message **ret, const char *path,
                  const char *interface, const char *name)
{
	return sd_bus_message_new_method_call(b->bus, ret, BLUEZ, path,
	                                      interface, name);
}

static void begin(struct ble_bus *b)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	const struct call call = {.action = BLE_READ_OBJECTS};
	int r;

	b->listener.begin(b->listener.data);
	r = method(b, &m, "/", OBJECT_MANAGER, "GetManagedObjects");
	if (r >= 0)
		r = send(b, m, &call, on_begun);
	if (r < 0)
		b->listener.ready(b->listener.data, r);
}

static int set_filter(struct ble_bus *b, const char *adapter)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	int r = method(b, &m, adapter, ADAPTER, "SetDiscoveryFilter");

	if (r >= 0)
		r = sd_bus_message_append(m, "a{sv}", 3, "UUIDs", "as", 1,
		                          HEART_RATE, "Transport", "s", "le",
		                          "DuplicateData", "b", 0);
	if (r >= 0)
		r = sd_bus_message_set_expect_reply(m, false);
	return r < 0 ? r : sd_bus_send(b->bus, m, NULL);
}

static int remove_device(struct ble_bus *b, sd_bus_message **ret,
                         const char *adapter, const char *device)
{
	int r = method(b, ret, adapter, ADAPTER, "RemoveDevice");

	return r < 0 ? r : sd_bus_message_append(*ret, "o", device);
}

int ble_bus_order(struct ble_bus *b, const struct ble_order *order,
                  const char *adapter, const char *device,
                  const char *measurement)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	const struct call call = {.action = order->action,
	                          .serial = order->serial};
	int r = -EINVAL;

	switch (order->action) {
	case BLE_NOTHING:
		break;
	case BLE_START_DISCOVERY:
		r = set_filter(b, adapter);
		if (r >= 0)
			r = method(b, &m, adapter, ADAPTER, "StartDiscovery");
		break;
	case BLE_STOP_DISCOVERY:
		r = method(b, &m, adapter, ADAPTER, "StopDiscovery");
		break;
	case BLE_CALL_CONNECT:
		r = method(b, &m, device, DEVICE, "Connect");
		break;
	case BLE_CALL_DISCONNECT:
		r = method(b, &m, device, DEVICE, "Disconnect");
		break;
	case BLE_START_NOTIFY:
		r = method(b, &m, measurement, CHARACTERISTIC, "StartNotify");
		break;
	case BLE_STOP_NOTIFY:
		r = method(b, &m, measurement, CHARACTERISTIC, "StopNotify");
		break;
	case BLE_READ_OBJECTS:
	case BLE_FORGET_PATHS:
		r = method(b, &m, "/", OBJECT_MANAGER, "GetManagedObjects");
		break;
	case BLE_REMOVE_DEVICE:
		r = remove_device(b, &m, adapter, device);
		break;
	}
	return r < 0 ? r : send(b, m, &call, on_reply);
}

void ble_bus_read(struct ble_bus *b, const char *path)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	struct call call = {.action = BLE_NOTHING};
	int r = method(b, &m, path, CHARACTERISTIC, "ReadValue");

	/* what it would tell is only nice to know: no error is one */
	if (r >= 0)
		r = sd_bus_message_append(m, "a{sv}", 0);
	if (r < 0 || strlen(path) >= sizeof(call.path))
		return;
	memcpy(call.path, path, strlen(path) + 1);
	(void)send(b, m, &call, on_read);
}

static void send_last(struct ble_bus *b, const char *path,
                      const char *interface, const char *name)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	int r = *path ? method(b, &m, path, interface, name) : -EINVAL;

	if (r >= 0)
		r = sd_bus_message_set_expect_reply(m, false);
	if (r >= 0)
		(void)sd_bus_send(b->bus, m, NULL);
}

void ble_bus_leave(struct ble_bus *b, const char *device,
                   const char *measurement)
{
	send_last(b, measurement, CHARACTERISTIC, "StopNotify");
	send_last(b, device, DEVICE, "Disconnect");
}

/* --- its life ---------------------------------------------------------------
 */

static int add_matches(struct ble_bus *b)
{
	static const struct {
		const char *rule;
		sd_bus_message_handler_t on;
	} matches[] = {
		{"type='signal',sender='org.freedesktop.DBus',"
	         "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
	         "arg0='" BLUEZ "'",
	         on_owner},
		{"type='signal',sender='" BLUEZ "',path='/',"
	         "interface='" OBJECT_MANAGER "',member='InterfacesAdded'",
	         on_added},
		{"type='signal',sender='" BLUEZ "',path='/',"
	         "interface='" OBJECT_MANAGER "',member='InterfacesRemoved'",
	         on_removed},
		{"type='signal',sender='" BLUEZ "',"
	         "path_namespace='/org/bluez',interface='" PROPERTIES "',"
	         "member='PropertiesChanged'",
	         on_properties},
	};
	int r = sd_bus_add_match(
		b->bus, NULL,
		"type='signal',interface='org.freedesktop.DBus.Local',"
		"member='Disconnected'",
		on_broken, b);

	/* a match that cannot be had closes the connection: broken */
	for (size_t i = 0; r >= 0 && i < sizeof(matches) / sizeof(matches[0]);
	     i++)
		r = sd_bus_add_match_async(b->bus, NULL, matches[i].rule,
		                           matches[i].on, NULL, b);
	return r;
}

static int open_at(sd_bus **ret, const char *address)
{
	sd_bus *bus CLEANUP(sd_bus_unrefp) = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, address);
	if (r >= 0)
		r = sd_bus_set_bus_client(bus, true);
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r < 0)
		return r;
	*ret = sd_bus_ref(bus);
	return 0;
}

int ble_bus_open(struct ble_bus **ret, struct sd_event *event,
                 const char *address, const struct ble_bus_listener *listener)
{
	struct ble_bus *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	b->listener = *listener;
	r = address ? open_at(&b->bus, address) : sd_bus_open_system(&b->bus);
	if (r >= 0)
		r = sd_bus_attach_event(b->bus, event, 0);
	/* matches before calls, or a signal between the two is lost */
	if (r >= 0)
		r = add_matches(b);
	if (r < 0) {
		ble_bus_close(b);
		return r;
	}

	*ret = b;
	begin(b);
	return 0;
}

struct ble_bus *ble_bus_close(struct ble_bus *b)
{
	if (!b)
		return NULL;
	b->generation++;
	/* flushing one that is not ready yet would wait for it */
	if (b->bus && sd_bus_is_ready(b->bus) > 0)
		(void)sd_bus_flush(b->bus);
	sd_bus_close_unref(b->bus);
	free(b);
	return NULL;
}
