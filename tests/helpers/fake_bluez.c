/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/fake_bluez.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/helpers/test.h"

#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define UUID(x)        "0000" x "-0000-1000-8000-00805f9b34fb"

#define must(call)     assert_true((call) >= 0)

static const struct {
	const char *leaf, *uuid;
	uint8_t value[8];
	size_t len;
} characteristics[] = {
	{"service0010/char0011", UUID("2a37"), {0}, 0},
	{"service0010/char0014", UUID("2a38"), {1}, 1},
	{"service0020/char0021", UUID("2a19"), {77}, 1},
	{"service0030/char0031", UUID("2a29"), "Maker", 5},
};
#define CHARACTERISTICS (sizeof(characteristics) / sizeof(characteristics[0]))

static const char *adapter_path(unsigned n)
{
	static char path[32];

	snprintf(path, sizeof(path), "/org/bluez/hci%u", n);
	return path;
}

/* Of a strap, or of something below it. */
static const char *path_of(const struct fake_strap *s, const char *leaf)
{
	static char path[128];
	char *at;

	snprintf(path, sizeof(path), "/org/bluez/hci%u/dev_%s%s%s", s->adapter,
	         s->address, *leaf ? "/" : "", leaf);
	while ((at = strchr(path, ':')))
		*at = '_';
	return path;
}

/* --- objects ----------------------------------------------------------------
 */

static void append_adapter(struct fake_bluez *f, sd_bus_message *m)
{
	must(sd_bus_message_append(m, "a{sa{sv}}", 1, "org.bluez.Adapter1", 3,
	                           "Address", "s", "00:00:00:00:00:01",
	                           "Powered", "b", (int)f->powered,
	                           "Discovering", "b", (int)f->discovering));
}

static void append_device(const struct fake_strap *s, sd_bus_message *m)
{
	must(sd_bus_message_append(
		m, "a{sa{sv}}", s->battery_pct < 0 ? 1 : 2, "org.bluez.Device1",
		7, "Address", "s", s->address, "Alias", "s", s->name, "UUIDs",
		"as", 1, UUID("180D"), "Connected", "b", (int)s->connected,
		"ServicesResolved", "b", (int)s->resolved, "Icon", "(ii)", 1, 2,
		"ManufacturerData", "a{qv}", 1, 0x6b, "ay", 1, 7,
		"org.bluez.Battery1", 1, "Percentage", "y", s->battery_pct));
}

static void append_characteristic(sd_bus_message *m, size_t i)
{
	/* of a measurement BlueZ keeps one, which is no notification */
	must(sd_bus_message_append(
		m, "a{sa{sv}}", 1, "org.bluez.GattCharacteristic1",
		i == 0 ? 2 : 1, "UUID", "s", characteristics[i].uuid, "Value",
		"ay", 4, 0x16, 0x3c, 0x11, 0x04));
}

static void append_strap(const struct fake_strap *s, sd_bus_message *m)
{
	/* as from a hash table: what is below may come before */
	for (size_t i = 0; s->objects && i < CHARACTERISTICS; i++) {
		must(sd_bus_message_open_container(m, 'e', "oa{sa{sv}}"));
		must(sd_bus_message_append(
			m, "o", path_of(s, characteristics[i].leaf)));
		append_characteristic(m, i);
		must(sd_bus_message_close_container(m));
	}
	must(sd_bus_message_open_container(m, 'e', "oa{sa{sv}}"));
	must(sd_bus_message_append(m, "o", path_of(s, "")));
	append_device(s, m);
	must(sd_bus_message_close_container(m));
}

static void answer_objects(struct fake_bluez *f, sd_bus_message *call)
{
	sd_bus_message *m = NULL;

	must(sd_bus_message_new_method_return(call, &m));
	must(sd_bus_message_open_container(m, 'a', "{oa{sa{sv}}}"));
	for (unsigned i = 0; i < FAKE_STRAPS; i++)
		if (f->straps[i].there)
			append_strap(&f->straps[i], m);
	for (unsigned i = 0; i < 2; i++) {
		if (!f->adapters[i])
			continue;
		must(sd_bus_message_open_container(m, 'e', "oa{sa{sv}}"));
		must(sd_bus_message_append(m, "o", adapter_path(i)));
		append_adapter(f, m);
		must(sd_bus_message_close_container(m));
	}
	must(sd_bus_message_close_container(m));
	must(sd_bus_send(f->bus, m, NULL));
	sd_bus_message_unref(m);
}

static sd_bus_message *added(struct fake_bluez *f, const char *path)
{
	sd_bus_message *m = NULL;

	must(sd_bus_message_new_signal(f->bus, &m, "/", OBJECT_MANAGER,
	                               "InterfacesAdded"));
	must(sd_bus_message_append(m, "o", path));
	return m;
}

static void emit(struct fake_bluez *f, sd_bus_message *m)
{
	must(sd_bus_send(f->bus, m, NULL));
	sd_bus_message_unref(m);
}

static void changed(struct fake_bluez *f, const char *path,
                    const char *interface, const char *name, const char *type,
                    int value)
{
	must(sd_bus_emit_signal(f->bus, path, PROPERTIES, "PropertiesChanged",
	                        "sa{sv}as", interface, 1, name, type, value,
	                        0));
}

static void device_changed(struct fake_bluez *f, const struct fake_strap *s,
                           const char *name, int value)
{
	changed(f, path_of(s, ""), "org.bluez.Device1", name, "b", value);
}

static void removed(struct fake_bluez *f, const char *path,
                    const char *interface)
{
	must(sd_bus_emit_signal(f->bus, "/", OBJECT_MANAGER,
	                        "InterfacesRemoved", "oas", path, 1,
	                        interface));
}

static void remove_objects(struct fake_bluez *f, struct fake_strap *s)
{
	for (size_t i = 0; s->objects && i < CHARACTERISTICS; i++)
		removed(f, path_of(s, characteristics[i].leaf),
		        "org.bluez.GattCharacteristic1");
	if (s->objects && s->battery_pct >= 0)
		removed(f, path_of(s, ""), "org.bluez.Battery1");
	s->objects = false;
}

/* --- calls ------------------------------------------------------------------
 */

/* Return: whether the call is answered with this. */
static bool answer(struct fake_bluez *f, sd_bus_message *m,
                   enum fake_answer how)
{
	static const struct {
		const char *name, *message;
	} errors[] = {
		[FAKE_ABORT] = {"org.bluez.Error.Failed",
	                        "le-connection-abort-by-local"},
		[FAKE_ALREADY] = {"org.bluez.Error.Failed",
	                          "Operation already in progress"},
		[FAKE_IN_PROGRESS] = {"org.bluez.Error.InProgress",
	                              "In Progress"},
		[FAKE_WRONG_RADIO] = {"org.bluez.Error.NotAvailable",
	                              "br-connection-profile-unavailable"},
		[FAKE_UNKNOWN] = {"org.freedesktop.DBus.Error.UnknownObject",
	                          "Method \"Connect\" doesn't exist"},
		[FAKE_ACQUIRED] = {"org.bluez.Error.NotPermitted",
	                           "Notify acquired"},
		[FAKE_DENIED] = {"org.freedesktop.DBus.Error.AccessDenied",
	                         "Rejected send message"},
	};

	switch (how) {
	case FAKE_OK:
		return false;
	case FAKE_HOLD:
		f->held = sd_bus_message_ref(m);
		return true;
	case FAKE_LIE:
		must(sd_bus_reply_method_return(m, NULL));
		return true;
	case FAKE_ABORT:
	case FAKE_ALREADY:
	case FAKE_IN_PROGRESS:
	case FAKE_WRONG_RADIO:
	case FAKE_UNKNOWN:
	case FAKE_DENIED:
	case FAKE_ACQUIRED:
		break;
	}
	must(sd_bus_reply_method_errorf(m, errors[how].name, "%s",
	                                errors[how].message));
	return true;
}

static struct fake_strap *strap_of(struct fake_bluez *f, const char *path)
{
	for (unsigned i = 0; i < FAKE_STRAPS; i++) {
		struct fake_strap *s = &f->straps[i];
		const char *its = s->there ? path_of(s, "") : "-";

		if (strncmp(path, its, strlen(its)) == 0)
			return s;
	}
	return NULL;
}

static void advertise(struct fake_bluez *f, struct fake_strap *s)
{
	sd_bus_message *m;

	if (!s->there) {
		s->there = true;
		m = added(f, path_of(s, ""));
		append_device(s, m);
		emit(f, m);
	}
	changed(f, path_of(s, ""), "org.bluez.Device1", "RSSI", "n",
	        f->no_rssi ? 127 : -60);
}

static void discover(struct fake_bluez *f, sd_bus_message *m, bool on)
{
	f->discovering = on && !f->deaf;
	must(sd_bus_reply_method_return(m, NULL));
	if (!f->deaf)
		changed(f, sd_bus_message_get_path(m), "org.bluez.Adapter1",
		        "Discovering", "b", on);
	for (unsigned i = 0; f->discovering && i < FAKE_STRAPS; i++)
		if (f->straps[i].on_air)
			advertise(f, &f->straps[i]);
}

static void connect_strap(struct fake_bluez *f, unsigned n)
{
	struct fake_strap *s = &f->straps[n];

	s->connected = true;
	if (!s->silent_connect)
		device_changed(f, s, "Connected", 1);
	if (s->late)
		return;
	if (!s->bare)
		fake_objects(f, n);
	fake_resolve(f, n);
}

static void disconnect_strap(struct fake_bluez *f, struct fake_strap *s)
{
	s->resolved = false;
	s->connected = false;
	s->notifying = false;
	device_changed(f, s, "ServicesResolved", 0);
	device_changed(f, s, "Connected", 0);
	remove_objects(f, s);
}

static void answer_read(sd_bus_message *m)
{
	const char *path = sd_bus_message_get_path(m);
	sd_bus_message *reply = NULL;

	for (size_t i = 0; i < CHARACTERISTICS; i++) {
		if (!strstr(path, characteristics[i].leaf))
			continue;
		must(sd_bus_message_new_method_return(m, &reply));
		must(sd_bus_message_append_array(reply, 'y',
		                                 characteristics[i].value,
		                                 characteristics[i].len));
		must(sd_bus_send(NULL, reply, NULL));
		sd_bus_message_unref(reply);
	}
}

static void notify(struct fake_bluez *f, const struct fake_strap *s,
                   const void *bytes, size_t len)
{
	sd_bus_message *m = NULL;

	must(sd_bus_message_new_signal(f->bus, &m,
	                               path_of(s, characteristics[0].leaf),
	                               PROPERTIES, "PropertiesChanged"));
	must(sd_bus_message_append(m, "s", "org.bluez.GattCharacteristic1"));
	must(sd_bus_message_open_container(m, 'a', "{sv}"));
	must(sd_bus_message_open_container(m, 'e', "sv"));
	must(sd_bus_message_append(m, "s", "Value"));
	must(sd_bus_message_open_container(m, 'v', "ay"));
	must(sd_bus_message_append_array(m, 'y', bytes, len));
	must(sd_bus_message_close_container(m));
	must(sd_bus_message_close_container(m));
	must(sd_bus_message_close_container(m));
	must(sd_bus_message_append(m, "as", 0));
	emit(f, m);
}

static int on_strap_call(struct fake_bluez *f, sd_bus_message *m,
                         const char *name)
{
	struct fake_strap *s = strap_of(f, sd_bus_message_get_path(m));

	if (!s)
		return answer(f, m, FAKE_UNKNOWN) ? 1 : 0;
	if (strcmp(name, "Connect") == 0) {
		if (answer(f, m, f->on_connect))
			return 1;
		connect_strap(f, (unsigned)(s - f->straps));
	} else if (strcmp(name, "Disconnect") == 0) {
		if (answer(f, m, f->on_disconnect))
			return 1;
		disconnect_strap(f, s);
	} else if (strcmp(name, "StartNotify") == 0) {
		if (answer(f, m, f->on_subscribe))
			return 1;
		s->notifying = true;
		for (unsigned i = 0; i < s->n_sends; i++)
			notify(f, s, s->sends, s->n_bytes);
	} else if (strcmp(name, "StopNotify") == 0) {
		s->notifying = false;
	} else if (strcmp(name, "ReadValue") == 0) {
		answer_read(m);
		return 1;
	}
	must(sd_bus_reply_method_return(m, NULL));
	return 1;
}

static void remove_device(struct fake_bluez *f, sd_bus_message *m)
{
	struct fake_strap *s;
	const char *path;

	must(sd_bus_message_read(m, "o", &path));
	s = strap_of(f, path);
	assert_non_null(s);
	disconnect_strap(f, s);
	removed(f, path_of(s, ""), "org.bluez.Device1");
	s->there = false;
	must(sd_bus_reply_method_return(m, NULL));
}

static int on_call(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct fake_bluez *f = data;
	const char *name = sd_bus_message_get_member(m);
	size_t used = strlen(f->calls);

	(void)e;
	if (!name || !sd_bus_message_is_method_call(m, NULL, NULL))
		return 0;
	snprintf(f->calls + used, sizeof(f->calls) - used, "%s ", name);
	if (strcmp(name, "GetManagedObjects") == 0) {
		if (!answer(f, m, f->on_objects))
			answer_objects(f, m);
	} else if (strcmp(name, "StartDiscovery") == 0) {
		if (!answer(f, m, f->on_discover))
			discover(f, m, true);
	} else if (strcmp(name, "StopDiscovery") == 0) {
		discover(f, m, false);
	} else if (strcmp(name, "RemoveDevice") == 0) {
		remove_device(f, m);
	} else if (strcmp(name, "SetDiscoveryFilter") != 0) {
		return on_strap_call(f, m, name);
	}
	return 1;
}

/* --- verbs ------------------------------------------------------------------
 */

void fake_settle(struct fake_bluez *f)
{
	sd_bus *bus = NULL;

	/* Each round trip through the dbus-daemon: what was sent before it
	   has been passed on after it. */
	must(sd_bus_new(&bus));
	must(sd_bus_set_address(bus, f->address));
	must(sd_bus_set_bus_client(bus, true));
	must(sd_bus_start(bus));
	for (int quiet = 0; quiet < 4; quiet++) {
		while (sd_event_run(f->event, 0) > 0)
			quiet = 0;
		must(sd_bus_call_method(
			bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
			"org.freedesktop.DBus", "GetId", NULL, NULL, NULL));
	}
	sd_bus_close_unref(bus);
}

void fake_run(struct fake_bluez *f)
{
	must(sd_bus_new(&f->bus));
	must(sd_bus_set_address(f->bus, f->address));
	must(sd_bus_set_bus_client(f->bus, true));
	must(sd_bus_start(f->bus));
	must(sd_bus_attach_event(f->bus, f->event, 0));
	must(sd_bus_add_filter(f->bus, NULL, on_call, f));
	must(sd_bus_request_name(f->bus, "org.bluez", 0));
	fake_settle(f);
}

void fake_die(struct fake_bluez *f)
{
	f->bus = sd_bus_flush_close_unref(f->bus);
	f->discovering = false;
	for (unsigned i = 0; i < FAKE_STRAPS; i++) {
		struct fake_strap *s = &f->straps[i];

		s->there = s->connected = s->resolved = s->objects = false;
		s->notifying = false;
	}
	fake_settle(f);
}

void fake_power(struct fake_bluez *f, bool on)
{
	f->powered = on;
	changed(f, adapter_path(0), "org.bluez.Adapter1", "Powered", "b", on);
	fake_settle(f);
}

void fake_adapter(struct fake_bluez *f, unsigned n, bool there)
{
	sd_bus_message *m;

	f->adapters[n] = there;
	f->discovering = false;
	if (there) {
		m = added(f, adapter_path(n));
		append_adapter(f, m);
		emit(f, m);
	} else {
		for (unsigned i = 0; i < FAKE_STRAPS; i++) {
			struct fake_strap *s = &f->straps[i];

			if (!s->there || s->adapter != n)
				continue;
			disconnect_strap(f, s);
			removed(f, path_of(s, ""), "org.bluez.Device1");
			s->there = false;
		}
		removed(f, adapter_path(n), "org.bluez.Adapter1");
	}
	fake_settle(f);
}

void fake_advertise(struct fake_bluez *f, unsigned strap)
{
	advertise(f, &f->straps[strap]);
	fake_settle(f);
}

void fake_resolve(struct fake_bluez *f, unsigned strap)
{
	f->straps[strap].resolved = true;
	device_changed(f, &f->straps[strap], "ServicesResolved", 1);
}

void fake_objects(struct fake_bluez *f, unsigned strap)
{
	struct fake_strap *s = &f->straps[strap];

	s->objects = true;
	for (size_t i = 0; i < CHARACTERISTICS; i++) {
		sd_bus_message *m =
			added(f, path_of(s, characteristics[i].leaf));

		append_characteristic(m, i);
		emit(f, m);
	}
}

void fake_lose(struct fake_bluez *f, unsigned strap)
{
	disconnect_strap(f, &f->straps[strap]);
	fake_settle(f);
}

void fake_notify(struct fake_bluez *f, unsigned strap, const void *bytes,
                 size_t len)
{
	notify(f, &f->straps[strap], bytes, len);
	fake_settle(f);
}

void fake_release(struct fake_bluez *f, enum fake_answer how)
{
	sd_bus_message *m = f->held;

	assert_non_null(m);
	f->held = NULL;
	if (!answer(f, m, how))
		must(sd_bus_reply_method_return(m, NULL));
	sd_bus_message_unref(m);
	fake_settle(f);
}

unsigned fake_count(const struct fake_bluez *f, const char *name)
{
	unsigned n = 0;
	size_t len = strlen(name);

	for (const char *at = f->calls; *at; at += strcspn(at, " ") + 1)
		if (strncmp(at, name, len) == 0 && at[len] == ' ')
			n++;
	return n;
}

void fake_forget(struct fake_bluez *f)
{
	f->calls[0] = '\0';
}

/* --- its life ---------------------------------------------------------------
 */

int fake_start_bus(void **state)
{
	static struct fake_bluez f;
	char option[32];
	int out[2];
	ssize_t n;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	snprintf(option, sizeof(option), "--print-address=%d", out[1]);
	f.daemon = fork();
	assert_true(f.daemon >= 0);
	if (f.daemon == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		fcntl(out[1], F_SETFD, 0);
		execlp("dbus-daemon", "dbus-daemon", "--session", "--nofork",
		       "--nopidfile", option, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	n = read(out[0], f.address, sizeof(f.address) - 1);
	close(out[0]);
	if (n <= 0)
		return -1;
	f.address[n] = '\0';
	f.address[strcspn(f.address, "\n")] = '\0';
	*state = &f;
	return 0;
}

int fake_stop_bus(void **state)
{
	struct fake_bluez *f = *state;

	kill(f->daemon, SIGTERM);
	assert_int_equal(waitpid(f->daemon, NULL, 0), f->daemon);
	return 0;
}

void fake_begin(struct fake_bluez *f, sd_event *event)
{
	static const char *const addresses[FAKE_STRAPS] = {
		"A0:9E:1A:00:00:01", "A0:9E:1A:00:00:02", "A0:9E:1A:00:00:03"};

	f->event = sd_event_ref(event);
	if (!event)
		must(sd_event_new(&f->event));
	f->adapters[0] = true;
	f->adapters[1] = false;
	f->powered = true;
	f->discovering = f->deaf = false;
	f->on_connect = f->on_disconnect = f->on_discover = f->on_subscribe =
		FAKE_OK;
	f->on_objects = FAKE_OK;
	f->held = NULL;
	fake_forget(f);
	for (unsigned i = 0; i < FAKE_STRAPS; i++)
		f->straps[i] = (struct fake_strap){
			.address = addresses[i],
			.name = "Strap",
			.battery_pct = 90,
		};
}

void fake_end(struct fake_bluez *f)
{
	f->held = sd_bus_message_unref(f->held);
	f->bus = sd_bus_flush_close_unref(f->bus);
	f->event = sd_event_unref(f->event);
}
