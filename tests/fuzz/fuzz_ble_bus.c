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
#include "tests/fuzz/ble_wire.h"

/* A bluetoothd that says anything, well and badly, in any order. The driver is
   whole; below it sd-bus only makes and reads messages: what would go through
   a socket is wrapped, so that no run makes a system call. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND UINT64_C(1000000)
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

/* --- messages ------------------------------------------------------------- */

/* As it would come out of the socket. */
static void deliver(sd_bus_message *m, sd_bus_message_handler_t on, void *data)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	static uint64_t cookie;

	if (fuzz.sender)
		wire_must(sd_bus_message_set_sender(m, fuzz.sender));
	wire_must(sd_bus_message_seal(m, ++cookie, 0));
	wire_must(sd_bus_message_rewind(m, true));
	if (on)
		wire_must(on(m, data, &error));
	sd_bus_message_unref(m);
}

static sd_bus_message *signal_of(const char *path, const char *interface,
                                 const char *member)
{
	sd_bus_message *m = NULL;

	wire_must(sd_bus_message_new_signal(bus, &m, path, interface, member));
	return m;
}

static void tell(enum match match, const char *path, const char *right)
{
	sd_bus_message *m = signal_of(path, "org.freedesktop.DBus.X", "X");

	wire_put_any(m, right);
	deliver(m, fuzz.on[match], fuzz.on_data);
}

static void tell_owner(void)
{
	sd_bus_message *m = signal_of("/", "org.freedesktop.DBus.X", "X");

	wire_must(sd_bus_message_append(m, "sss", "org.bluez", "",
	                                wire_byte() & 1 ? OWNER : ""));
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
	unsigned how = wire_byte();

	m = signal_of(well[how % 4].path, "org.freedesktop.DBus.X", "X");
	wire_must(sd_bus_message_append(m, "sa{sv}as", well[how % 4].interface,
	                                1, well[how % 4].name, "b",
	                                how >> 2 & 1, 0));
	deliver(m, fuzz.on[MATCH_CHANGED], fuzz.on_data);
}

static void tell_measured(void)
{
	sd_bus_message *m = signal_of(MEASURE, "org.freedesktop.DBus.X", "X");
	uint8_t bytes[24];

	wire_must(sd_bus_message_append(m, "s", CHAR));
	wire_must(sd_bus_message_open_container(m, 'a', "{sv}"));
	wire_must(sd_bus_message_open_container(m, 'e', "sv"));
	wire_must(sd_bus_message_append(m, "s", "Value"));
	wire_must(sd_bus_message_open_container(m, 'v', "ay"));
	wire_must(sd_bus_message_append_array(
		m, 'y', bytes, wire_bytes(bytes, sizeof(bytes))));
	for (unsigned i = 0; i < 3; i++)
		wire_must(sd_bus_message_close_container(m));
	wire_must(sd_bus_message_append(m, "as", 0));
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
		wire_put_world(m);
	else if (strcmp(member, "ReadValue") == 0)
		wire_must(sd_bus_message_append_array(
			m, 'y', value, wire_bytes(value, sizeof(value))));
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
		m = wire_error(p.call);
	else
		wire_must(sd_bus_message_new_method_return(p.call, &m));
	if (how == ANSWER_WELL)
		put_answer(m, sd_bus_message_get_member(p.call));
	else if (how == ANSWER_ANYTHING)
		wire_put_any(m, "a{oa{sa{sv}}}");
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
	return wire_byte() % 16 == 1 ? -ECONNREFUSED : 0;
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
	wire_must(sd_bus_message_seal(m, ++cookie, us));
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
	return wire_byte() % 16 == 1 ? -ENOBUFS : 1;
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
		wire_must(fuzz.timer(NULL, fuzz.timer_us, fuzz.timer_data));
	}
}

static void happen(unsigned what)
{
	unsigned step;

	switch (what % 13) {
	case 0:
		step = wire_byte();
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
		tell(MATCH_CHANGED, wire_path(), "sa{sv}as");
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
		tell(wire_byte() & 1 ? MATCH_BROKEN : MATCH_OWNER, "/", "sss");
		break;
	case 11:
		fuzz.refuse_call = true;
		break;
	default:
		step = wire_byte() % 8;
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
	wire_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	wire_must(__real_sd_bus_new(&bus));
	wire_must(sd_bus_set_fd(bus, ends[0], ends[0]));
	wire_must(__real_sd_bus_start(bus));
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
	wire_feed(data, size);
	fuzz.now_us = 1000 * SECOND;
	fuzz.sender = OWNER;
	how = wire_byte() % 4;
	wire_must(ble_driver.open(&s, named[how]));
	if (how == 3)
		wire_must(ble_driver.scan(&s));
	mind_timer();
	while (wire_left() > 0) {
		fuzz.called = 0;
		happen(wire_byte());
		mind_timer();
	}
	ble_driver.close(&s);
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (fuzz.calls[i].call)
			abort();
	return 0;
}
