/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "drivers/ble.h"
#include "drivers/ble_rfkill.h"
#include "drivers/sensor.h"

/* A bluetoothd that says anything, well and badly, in any order. The driver is
   whole; below it sd-bus only makes and reads messages: what would go through
   a socket is wrapped, so that no run makes a system call. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ADAPTER "org.bluez.Adapter1"
#define DEVICE  "org.bluez.Device1"
#define CHAR    "org.bluez.GattCharacteristic1"
#define HCI0    "/org/bluez/hci0"
#define STRAP   HCI0 "/dev_A0_9E_1A_00_00_01"
#define MEASURE STRAP "/service0010/char0011"
#define MAKER   STRAP "/service0020/char0021"
#define UUID(x) "0000" x "-0000-1000-8000-00805f9b34fb"
#define OWNER   ":1.7"
#define ADDRESS "A0:9E:1A:00:00:01"

#define SECOND  UINT64_C(1000000)
/* Calls that may be under way; more are refused. */
#define CALLS_MAX 32
/* Calls and timers at one moment, or it would never end. */
#define CALLS_AT_ONCE  16
#define TIMERS_AT_ONCE 8

enum match {
	MATCH_BROKEN,
	MATCH_OWNER,
	MATCH_ADDED,
	MATCH_REMOVED,
	MATCH_CHANGED,
	MATCHES,
};

struct pending {
	sd_bus_message *call; /* NULL: this place is free */
	sd_bus_message_handler_t on;
	sd_bus_destroy_t destroy;
	void *data;
};

static sd_bus *bus; /* never run: messages are made on it */

static struct fuzz {
	const uint8_t *data;
	size_t size;
	uint64_t now_us;
	const char *sender;
	bool refuse_call;

	sd_bus_message_handler_t on[MATCHES];
	void *on_data;
	struct pending calls[CALLS_MAX];
	unsigned called; /* at this moment */

	sd_event_time_handler_t timer;
	void *timer_data;
	uint64_t timer_us;
	bool timer_on;

	uint64_t beat_us;
} fuzz;

/* --- the bytes ------------------------------------------------------------ */

static unsigned take(void)
{
	if (fuzz.size == 0)
		return 0;
	fuzz.size--;
	return *fuzz.data++;
}

static size_t take_bytes(uint8_t ret[], size_t max)
{
	size_t n = take() % (max + 1);

	n = n < fuzz.size ? n : fuzz.size;
	memcpy(ret, fuzz.data, n);
	fuzz.data += n;
	fuzz.size -= n;
	return n;
}

#define LONG_20  "xxxxxxxxxxxxxxxxxxxx"
#define LONG_100 LONG_20 LONG_20 LONG_20 LONG_20 LONG_20
#define WIDE_10  "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"

static const char *take_path(void)
{
	static const char *const paths[] = {
		HCI0,
		STRAP,
		MEASURE,
		STRAP "/service0010",
		STRAP "/service0010/char0013",
		MAKER,
		STRAP "1",
		"/org/bluez/hci1",
		"/org/bluez/hci1/dev_A0_9E_1A_00_00_01",
		HCI0 "/dev_A0_9E_1A_00_00_02",
		"/",
		"/org/bluez",
		"/dev_",
		HCI0 "/dev_" LONG_20 LONG_20 LONG_20 LONG_20,
		STRAP "/" LONG_100,
		"/org/bluez/" LONG_100,
	};

	return paths[take() % (sizeof(paths) / sizeof(paths[0]))];
}

/* Many devices: more than are kept. */
static const char *take_text(char ret[32])
{
	static const char *const texts[] = {
		ADAPTER,
		DEVICE,
		CHAR,
		"org.bluez.Battery1",
		"Powered",
		"Discovering",
		"Address",
		"Alias",
		"UUIDs",
		"RSSI",
		"Connected",
		"ServicesResolved",
		"Percentage",
		"UUID",
		"Value",
		UUID("180d"),
		UUID("2a37"),
		UUID("2A38"),
		UUID("2a19"),
		UUID("2a29"),
		"A0:9E:1A:00:00:01",
		"a0:9e:1a:00:00:01",
		"A0:9E:1A:00:00:02",
		"",
		OWNER,
		LONG_100 LONG_100,
		WIDE_10 WIDE_10 WIDE_10 WIDE_10,
		"x\n\033[2J",
	};
	size_t n = sizeof(texts) / sizeof(texts[0]), i = take();

	if (i < 200)
		return texts[i % n];
	snprintf(ret, 32, "A0:9E:1A:00:01:%02X", take());
	return ret;
}

/* --- messages ------------------------------------------------------------- */

static void must(int r)
{
	if (r < 0)
		abort();
}

/* Length of the first whole type of a signature. */
static size_t type_len(const char *type)
{
	size_t n = 1, depth = 1;

	if (*type == 'a')
		return 1 + type_len(type + 1);
	if (*type != '(' && *type != '{')
		return 1;
	for (; depth > 0; n++)
		depth += (type[n] == '(' || type[n] == '{') -
		         (type[n] == ')' || type[n] == '}');
	return n;
}

static void put(sd_bus_message *m, const char *signature, unsigned depth);

static void put_inside(sd_bus_message *m, char container, const char *type,
                       size_t len, unsigned times, unsigned depth)
{
	char inside[32];

	snprintf(inside, sizeof(inside), "%.*s", (int)len, type);
	must(sd_bus_message_open_container(m, container, inside));
	while (times-- > 0)
		put(m, inside, depth + 1);
	must(sd_bus_message_close_container(m));
}

static void put_variant(sd_bus_message *m, unsigned depth)
{
	static const char *const types[] = {
		"b", "s",     "n",  "ay",   "as",    "o",      "y",   "q",
		"b", "i",     "u",  "x",    "d",     "a{sv}",  "ao",  "g",
		"v", "a{qv}", "ai", "(sv)", "a(ss)", "a{sas}", "aas", "t",
	};
	size_t n = sizeof(types) / sizeof(types[0]);
	const char *type = types[take() % (depth < 6 ? n : 13)];

	put_inside(m, 'v', type, strlen(type), 1, depth);
}

static void put_number(sd_bus_message *m, char type)
{
	uint64_t number = take();
	double real = (double)number / 3;
	int flag = number & 1;

	if (number > 127) /* below 0 and large ones too */
		number |= ~UINT64_C(0xff) << take() % 64;
	if (type == 'b')
		must(sd_bus_message_append_basic(m, type, &flag));
	else if (type == 'd')
		must(sd_bus_message_append_basic(m, type, &real));
	else /* little endian: the low bytes come first */
		must(sd_bus_message_append_basic(m, type, &number));
}

static void put(sd_bus_message *m, const char *signature, unsigned depth)
{
	char text[32];
	uint8_t bytes[64];

	for (size_t n; *signature; signature += n) {
		n = type_len(signature);
		if (strncmp(signature, "ay", 2) == 0)
			must(sd_bus_message_append_array(
				m, 'y', bytes,
				take_bytes(bytes, sizeof(bytes))));
		else if (*signature == 'a')
			put_inside(m, 'a', signature + 1, n - 1, take() % 5,
			           depth);
		else if (*signature == '(')
			put_inside(m, 'r', signature + 1, n - 2, 1, depth);
		else if (*signature == '{')
			put_inside(m, 'e', signature + 1, n - 2, 1, depth);
		else if (*signature == 'v')
			put_variant(m, depth);
		else if (*signature == 'o')
			must(sd_bus_message_append_basic(m, 'o', take_path()));
		else if (*signature == 's')
			must(sd_bus_message_append_basic(m, 's',
			                                 take_text(text)));
		else if (*signature == 'g')
			must(sd_bus_message_append_basic(m, 'g', "a{sv}"));
		else
			put_number(m, *signature);
	}
}

/* @right, or now and then something else. */
static void put_body(sd_bus_message *m, const char *right)
{
	static const char *const wrong[] = {
		"", "s", "o", "oa{sv}", "sa{sv}", "a{oa{sa{sv}}}", "oas", "v",
	};
	unsigned i = take();

	put(m, i < 16 ? wrong[i % 8] : right, 0);
}

static void put_world(sd_bus_message *m)
{
	must(sd_bus_message_append(
		m, "a{oa{sa{sv}}}", 4, /**/
		HCI0, 1, ADAPTER, 2, "Powered", "b", 1, "Discovering", "b", 1,
		STRAP, 1, DEVICE, 5, "Address", "s", "A0:9E:1A:00:00:01",
		"Alias", "s", "Belt", "UUIDs", "as", 1, UUID("180d"), "RSSI",
		"n", -60, "Connected", "b", take() & 1,         /**/
		MEASURE, 1, CHAR, 1, "UUID", "s", UUID("2a37"), /**/
		MAKER, 1, CHAR, 1, "UUID", "s", UUID("2a29")));
}

/* As it would come out of the socket. */
static void deliver(sd_bus_message *m, sd_bus_message_handler_t on, void *data)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	static uint64_t cookie;

	if (fuzz.sender)
		must(sd_bus_message_set_sender(m, fuzz.sender));
	must(sd_bus_message_seal(m, ++cookie, 0));
	must(sd_bus_message_rewind(m, true));
	if (on)
		must(on(m, data, &error));
	sd_bus_message_unref(m);
}

static sd_bus_message *signal_of(const char *path, const char *interface,
                                 const char *member)
{
	sd_bus_message *m = NULL;

	must(sd_bus_message_new_signal(bus, &m, path, interface, member));
	return m;
}

static void tell(enum match match, const char *path, const char *right)
{
	sd_bus_message *m = signal_of(path, "org.freedesktop.DBus.X", "X");

	put_body(m, right);
	deliver(m, fuzz.on[match], fuzz.on_data);
}

static void tell_owner(void)
{
	sd_bus_message *m = signal_of("/", "org.freedesktop.DBus.X", "X");

	must(sd_bus_message_append(m, "sss", "org.bluez", "",
	                           take() & 1 ? OWNER : ""));
	deliver(m, fuzz.on[MATCH_OWNER], fuzz.on_data);
}

/* What a good one says of itself, at any time. */
static void tell_well(void)
{
	static const struct {
		const char *path, *interface, *name;
	} well[] = {
		{STRAP, DEVICE, "Connected"},
		{STRAP, DEVICE, "ServicesResolved"},
		{HCI0, ADAPTER, "Powered"},
		{HCI0, ADAPTER, "Discovering"},
	};
	sd_bus_message *m;
	unsigned how = take();

	m = signal_of(well[how % 4].path, "org.freedesktop.DBus.X", "X");
	must(sd_bus_message_append(m, "sa{sv}as", well[how % 4].interface, 1,
	                           well[how % 4].name, "b", how >> 2 & 1, 0));
	deliver(m, fuzz.on[MATCH_CHANGED], fuzz.on_data);
}

static void tell_measured(void)
{
	sd_bus_message *m = signal_of(MEASURE, "org.freedesktop.DBus.X", "X");
	uint8_t bytes[24];

	must(sd_bus_message_append(m, "s", CHAR));
	must(sd_bus_message_open_container(m, 'a', "{sv}"));
	must(sd_bus_message_open_container(m, 'e', "sv"));
	must(sd_bus_message_append(m, "s", "Value"));
	must(sd_bus_message_open_container(m, 'v', "ay"));
	must(sd_bus_message_append_array(m, 'y', bytes,
	                                 take_bytes(bytes, sizeof(bytes))));
	for (unsigned i = 0; i < 3; i++)
		must(sd_bus_message_close_container(m));
	must(sd_bus_message_append(m, "as", 0));
	deliver(m, fuzz.on[MATCH_CHANGED], fuzz.on_data);
}

/* --- answers -------------------------------------------------------------- */

static void finish_call(struct pending *p)
{
	if (!p->call)
		return;
	sd_bus_message_unref(p->call);
	p->call = NULL;
	p->destroy(p->data);
}

enum answer {
	ANSWER_WELL,
	ANSWER_ERROR,
	ANSWER_ANYTHING,
};

static void put_answer(sd_bus_message *m, const char *member)
{
	uint8_t value[80];

	if (strcmp(member, "GetManagedObjects") == 0)
		put_world(m);
	else if (strcmp(member, "ReadValue") == 0)
		must(sd_bus_message_append_array(
			m, 'y', value, take_bytes(value, sizeof(value))));
}

static sd_bus_message *error_of(sd_bus_message *call)
{
	static const char *const names[] = {
		"org.bluez.Error.Failed",
		"org.bluez.Error.InProgress",
		"org.bluez.Error.NotReady",
		"org.bluez.Error.NotConnected",
		"org.bluez.Error.NotAvailable",
		"org.bluez.Error.NotPermitted",
		SD_BUS_ERROR_UNKNOWN_OBJECT,
		SD_BUS_ERROR_NO_REPLY,
		SD_BUS_ERROR_ACCESS_DENIED,
		SD_BUS_ERROR_SERVICE_UNKNOWN,
		"org.freedesktop.DBus.Error.Spawn.X",
		"x.y",
	};
	static const char *const texts[] = {
		"le-connection-abort-by-local",
		"Operation already in progress",
		"br-connection-canceled",
		NULL,
	};
	unsigned i = take();
	const sd_bus_error error = {names[i % 12], texts[i >> 4 & 3], 0};
	sd_bus_message *m = NULL;

	must(sd_bus_message_new_method_error(call, &m, &error));
	return m;
}

static void answer(enum answer how)
{
	struct pending p, *first = NULL;
	sd_bus_message *m = NULL;

	for (size_t i = 0; i < CALLS_MAX && !first; i++)
		if (fuzz.calls[i].call)
			first = &fuzz.calls[i];
	if (!first)
		return;
	/* its place is free before it is told: that may call again */
	p = *first;
	first->call = NULL;
	if (how == ANSWER_ERROR)
		m = error_of(p.call);
	else
		must(sd_bus_message_new_method_return(p.call, &m));
	if (how == ANSWER_WELL)
		put_answer(m, sd_bus_message_get_member(p.call));
	else if (how == ANSWER_ANYTHING)
		put_body(m, "a{oa{sa{sv}}}");
	deliver(m, p.on, p.data);
	finish_call(&p);
}

/* --- what is wrapped ------------------------------------------------------ */

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
bool __wrap_ble_rfkill_blocked(const char *folder);
int __wrap_sd_bus_new(sd_bus **ret);
int __wrap_sd_bus_set_address(sd_bus *b, const char *address);
int __wrap_sd_bus_set_bus_client(sd_bus *b, int on);
int __wrap_sd_bus_start(sd_bus *b);
int __wrap_sd_bus_attach_event(sd_bus *b, sd_event *event, int priority);
int __wrap_sd_bus_add_match(sd_bus *b, sd_bus_slot **ret, const char *rule,
                            sd_bus_message_handler_t on, void *data);
int __wrap_sd_bus_add_match_async(sd_bus *b, sd_bus_slot **ret,
                                  const char *rule, sd_bus_message_handler_t on,
                                  sd_bus_message_handler_t installed,
                                  void *data);
int __wrap_sd_bus_call_async(sd_bus *b, sd_bus_slot **ret, sd_bus_message *m,
                             sd_bus_message_handler_t on, void *data,
                             uint64_t us);
int __wrap_sd_bus_slot_set_destroy_callback(sd_bus_slot *slot,
                                            sd_bus_destroy_t destroy);
int __wrap_sd_bus_slot_set_floating(sd_bus_slot *slot, int on);
sd_bus_slot *__wrap_sd_bus_slot_unref(sd_bus_slot *slot);
int __wrap_sd_bus_send(sd_bus *b, sd_bus_message *m, uint64_t *cookie);
int __wrap_sd_bus_is_ready(sd_bus *b);
int __wrap_sd_bus_flush(sd_bus *b);
sd_bus *__wrap_sd_bus_close_unref(sd_bus *b);
int __wrap_sd_event_add_time(sd_event *event, sd_event_source **ret,
                             clockid_t clock, uint64_t us, uint64_t accuracy,
                             sd_event_time_handler_t on, void *data);
int __wrap_sd_event_source_set_time(sd_event_source *source, uint64_t us);
int __wrap_sd_event_source_set_enabled(sd_event_source *source, int on);
sd_event_source *__wrap_sd_event_source_disable_unref(sd_event_source *source);

int __real_sd_bus_new(sd_bus **ret);
int __real_sd_bus_start(sd_bus *b);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	t->tv_sec = (time_t)(fuzz.now_us / SECOND);
	t->tv_nsec = (long)(fuzz.now_us % SECOND * 1000);
	return 0;
}

bool __wrap_ble_rfkill_blocked(const char *folder)
{
	(void)folder;
	return fuzz.now_us / SECOND % 2;
}

int __wrap_sd_bus_new(sd_bus **ret)
{
	*ret = sd_bus_ref(bus);
	return 0;
}

int __wrap_sd_bus_set_address(sd_bus *b, const char *address)
{
	(void)b;
	(void)address;
	return 0;
}

int __wrap_sd_bus_set_bus_client(sd_bus *b, int on)
{
	(void)b;
	(void)on;
	return 0;
}

int __wrap_sd_bus_start(sd_bus *b)
{
	(void)b;
	return take() % 16 == 1 ? -ECONNREFUSED : 0;
}

int __wrap_sd_bus_attach_event(sd_bus *b, sd_event *event, int priority)
{
	(void)b;
	(void)event;
	(void)priority;
	return 0;
}

int __wrap_sd_bus_add_match(sd_bus *b, sd_bus_slot **ret, const char *rule,
                            sd_bus_message_handler_t on, void *data)
{
	static const char *const members[MATCHES] = {
		"Disconnected", "NameOwnerChanged", "InterfacesAdded",
		"InterfacesRemoved", "PropertiesChanged"};

	(void)b;
	(void)ret;
	for (size_t i = 0; i < MATCHES; i++)
		if (strstr(rule, members[i]))
			fuzz.on[i] = on;
	fuzz.on_data = data;
	return 0;
}

int __wrap_sd_bus_add_match_async(sd_bus *b, sd_bus_slot **ret,
                                  const char *rule, sd_bus_message_handler_t on,
                                  sd_bus_message_handler_t installed,
                                  void *data)
{
	(void)installed;
	return __wrap_sd_bus_add_match(b, ret, rule, on, data);
}

int __wrap_sd_bus_call_async(sd_bus *b, sd_bus_slot **ret, sd_bus_message *m,
                             sd_bus_message_handler_t on, void *data,
                             uint64_t us)
{
	static uint64_t cookie;
	struct pending *p = fuzz.calls;

	(void)b;
	if (++fuzz.called > CALLS_AT_ONCE || us < 45 * SECOND)
		abort();
	while (p < fuzz.calls + CALLS_MAX && p->call)
		p++;
	if (fuzz.refuse_call || p == fuzz.calls + CALLS_MAX) {
		fuzz.refuse_call = false;
		return -ENOBUFS;
	}
	must(sd_bus_message_seal(m, ++cookie, us));
	*p = (struct pending){sd_bus_message_ref(m), on, NULL, data};
	*ret = (sd_bus_slot *)p;
	return 0;
}

int __wrap_sd_bus_slot_set_destroy_callback(sd_bus_slot *slot,
                                            sd_bus_destroy_t destroy)
{
	((struct pending *)slot)->destroy = destroy;
	return 0;
}

int __wrap_sd_bus_slot_set_floating(sd_bus_slot *slot, int on)
{
	(void)slot;
	(void)on;
	return 0;
}

sd_bus_slot *__wrap_sd_bus_slot_unref(sd_bus_slot *slot)
{
	(void)slot;
	return NULL;
}

int __wrap_sd_bus_send(sd_bus *b, sd_bus_message *m, uint64_t *cookie)
{
	(void)b;
	(void)m;
	(void)cookie;
	return take() % 16 == 1 ? -ENOBUFS : 1;
}

int __wrap_sd_bus_is_ready(sd_bus *b)
{
	(void)b;
	return 1;
}

int __wrap_sd_bus_flush(sd_bus *b)
{
	(void)b;
	return 0;
}

/* What is under way ends unanswered. */
sd_bus *__wrap_sd_bus_close_unref(sd_bus *b)
{
	if (!b)
		return NULL;
	for (size_t i = 0; i < CALLS_MAX; i++)
		finish_call(&fuzz.calls[i]);
	memset(fuzz.on, 0, sizeof(fuzz.on));
	return sd_bus_unref(b);
}

int __wrap_sd_event_add_time(sd_event *event, sd_event_source **ret,
                             clockid_t clock, uint64_t us, uint64_t accuracy,
                             sd_event_time_handler_t on, void *data)
{
	(void)event;
	(void)clock;
	(void)accuracy;
	fuzz.timer = on;
	fuzz.timer_data = data;
	fuzz.timer_us = us;
	fuzz.timer_on = true;
	*ret = (sd_event_source *)&fuzz;
	return 0;
}

int __wrap_sd_event_source_set_time(sd_event_source *source, uint64_t us)
{
	(void)source;
	fuzz.timer_us = us;
	return 0;
}

int __wrap_sd_event_source_set_enabled(sd_event_source *source, int on)
{
	(void)source;
	fuzz.timer_on = on != SD_EVENT_OFF;
	return 0;
}

sd_event_source *__wrap_sd_event_source_disable_unref(sd_event_source *source)
{
	(void)source;
	fuzz.timer_on = false;
	return NULL;
}

/* --- the listener --------------------------------------------------------- */

static void take_beat(void *data, const struct beat *beat)
{
	(void)data;
	if (beat->t_us <= fuzz.beat_us || !(beat->rr_ms > 0))
		abort();
	fuzz.beat_us = beat->t_us;
}

static void take_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	if (error > 0 || state > SENSOR_LOST)
		abort();
}

/* A text that may be sent on and shown: UTF-8, whole, without controls. */
static void check_text(const char *text, size_t size)
{
	if (!memchr(text, 0, size) || mbstowcs(NULL, text, 0) == (size_t)-1)
		abort();
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

static void take_found(void *data, const struct sensor_found *found)
{
	(void)data;
	check_text(found->uri, sizeof(found->uri));
	check_text(found->name, sizeof(found->name));
	check_text(found->maker, sizeof(found->maker));
	check_text(found->worn, sizeof(found->worn));
	if (strncmp(found->uri, "ble:", 4) != 0 || found->battery_pct < -1 ||
	    found->battery_pct > 100)
		abort();
}

/* --- a run ---------------------------------------------------------------- */

static void mind_timer(void)
{
	unsigned n = 0;

	while (fuzz.timer_on && fuzz.timer_us <= fuzz.now_us) {
		if (++n > TIMERS_AT_ONCE)
			abort();
		fuzz.timer_on = false;
		must(fuzz.timer(NULL, fuzz.timer_us, fuzz.timer_data));
	}
}

static void happen(unsigned what)
{
	unsigned step;

	switch (what % 13) {
	case 0:
		step = take();
		fuzz.now_us += (uint64_t)step * step * 2000;
		break;
	case 1:
		answer(ANSWER_WELL);
		break;
	case 2:
		answer(ANSWER_ERROR);
		break;
	case 3:
		answer(ANSWER_ANYTHING);
		break;
	case 4:
		tell(MATCH_ADDED, "/", "oa{sa{sv}}");
		break;
	case 5:
		tell(MATCH_REMOVED, "/", "oas");
		break;
	case 6:
		tell(MATCH_CHANGED, take_path(), "sa{sv}as");
		break;
	case 7:
		tell_well();
		break;
	case 8:
		tell_measured();
		break;
	case 9:
		tell_owner();
		break;
	case 10:
		tell(take() & 1 ? MATCH_BROKEN : MATCH_OWNER, "/", "sss");
		break;
	case 11:
		fuzz.refuse_call = true;
		break;
	default:
		step = take() % 8;
		fuzz.sender = step == 0 ? NULL : step == 1 ? ":1.8" : OWNER;
	}
}

static void make_bus(void)
{
	int ends[2];

	if (bus)
		return;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		abort();
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	must(__real_sd_bus_new(&bus));
	must(sd_bus_set_fd(bus, ends[0], ends[0]));
	must(__real_sd_bus_start(bus));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const named[] = {"", ADDRESS, ADDRESS "?rr=ms", ""};
	const struct sensor_listener listener = {
		.beat = take_beat, .state = take_state, .found = take_found};
	const struct sensor_context context = {
		.event = (struct sd_event *)&fuzz, .bus = "unix:"};
	struct sensor s = {&ble_driver, listener, context, NULL};
	unsigned how;

	make_bus();
	memset(&fuzz, 0, sizeof(fuzz));
	fuzz.data = data;
	fuzz.size = size;
	fuzz.now_us = 1000 * SECOND;
	fuzz.sender = OWNER;
	how = take() % 4;
	must(ble_driver.open(&s, named[how]));
	if (how == 3)
		must(ble_driver.scan(&s));
	mind_timer();
	while (fuzz.size > 0) {
		fuzz.called = 0;
		happen(take());
		mind_timer();
	}
	ble_driver.close(&s);
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (fuzz.calls[i].call)
			abort();
	return 0;
}
