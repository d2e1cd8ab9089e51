/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/ble_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t *next;
static size_t left;

/* --- the bytes ------------------------------------------------------------ */

void wire_feed(const uint8_t *data, size_t size)
{
	next = data;
	left = size;
}

size_t wire_left(void)
{
	return left;
}

unsigned wire_byte(void)
{
	if (left == 0)
		return 0;
	left--;
	return *next++;
}

size_t wire_bytes(uint8_t ret[], size_t max)
{
	size_t n = wire_byte() % (max + 1);

	n = n < left ? n : left;
	memcpy(ret, next, n);
	next += n;
	left -= n;
	return n;
}

#define LONG_20  "xxxxxxxxxxxxxxxxxxxx"
#define LONG_100 LONG_20 LONG_20 LONG_20 LONG_20 LONG_20
#define WIDE_10  "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"

const char *wire_path(void)
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

	return paths[wire_byte() % (sizeof(paths) / sizeof(paths[0]))];
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
	size_t n = sizeof(texts) / sizeof(texts[0]), i = wire_byte();

	if (i < 200)
		return texts[i % n];
	snprintf(ret, 32, "A0:9E:1A:00:01:%02X", wire_byte());
	return ret;
}

/* --- messages ------------------------------------------------------------- */

void wire_must(int r)
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
	wire_must(sd_bus_message_open_container(m, container, inside));
	while (times-- > 0)
		put(m, inside, depth + 1);
	wire_must(sd_bus_message_close_container(m));
}

static void put_variant(sd_bus_message *m, unsigned depth)
{
	static const char *const types[] = {
		"b", "s",     "n",  "ay",   "as",    "o",      "y",   "q",
		"b", "i",     "u",  "x",    "d",     "a{sv}",  "ao",  "g",
		"v", "a{qv}", "ai", "(sv)", "a(ss)", "a{sas}", "aas", "t",
	};
	size_t n = sizeof(types) / sizeof(types[0]);
	const char *type = types[wire_byte() % (depth < 6 ? n : 13)];

	put_inside(m, 'v', type, strlen(type), 1, depth);
}

static void put_number(sd_bus_message *m, char type)
{
	uint64_t number = wire_byte();
	double real = (double)number / 3;
	int flag = number & 1;

	if (number > 127) /* below 0 and large ones too */
		number |= ~UINT64_C(0xff) << wire_byte() % 64;
	if (type == 'b')
		wire_must(sd_bus_message_append_basic(m, type, &flag));
	else if (type == 'd')
		wire_must(sd_bus_message_append_basic(m, type, &real));
	else /* little endian: the low bytes come first */
		wire_must(sd_bus_message_append_basic(m, type, &number));
}

static void put(sd_bus_message *m, const char *signature, unsigned depth)
{
	char text[32];
	uint8_t bytes[64];

	for (size_t n; *signature; signature += n) {
		n = type_len(signature);
		if (strncmp(signature, "ay", 2) == 0)
			wire_must(sd_bus_message_append_array(
				m, 'y', bytes,
				wire_bytes(bytes, sizeof(bytes))));
		else if (*signature == 'a')
			put_inside(m, 'a', signature + 1, n - 1,
			           wire_byte() % 5, depth);
		else if (*signature == '(')
			put_inside(m, 'r', signature + 1, n - 2, 1, depth);
		else if (*signature == '{')
			put_inside(m, 'e', signature + 1, n - 2, 1, depth);
		else if (*signature == 'v')
			put_variant(m, depth);
		else if (*signature == 'o')
			wire_must(sd_bus_message_append_basic(m, 'o',
			                                      wire_path()));
		else if (*signature == 's')
			wire_must(sd_bus_message_append_basic(m, 's',
			                                      take_text(text)));
		else if (*signature == 'g')
			wire_must(sd_bus_message_append_basic(m, 'g', "a{sv}"));
		else
			put_number(m, *signature);
	}
}

void wire_put_any(sd_bus_message *m, const char *right)
{
	static const char *const wrong[] = {
		"", "s", "o", "oa{sv}", "sa{sv}", "a{oa{sa{sv}}}", "oas", "v",
	};
	unsigned i = wire_byte();

	put(m, i < 16 ? wrong[i % 8] : right, 0);
}

void wire_put_world(sd_bus_message *m)
{
	wire_must(sd_bus_message_append(
		m, "a{oa{sa{sv}}}", 4, /**/
		HCI0, 1, ADAPTER, 2, "Powered", "b", 1, "Discovering", "b", 1,
		STRAP, 1, DEVICE, 5, "Address", "s", "A0:9E:1A:00:00:01",
		"Alias", "s", "Belt", "UUIDs", "as", 1, UUID("180d"), "RSSI",
		"n", -60, "Connected", "b", wire_byte() & 1,    /**/
		MEASURE, 1, CHAR, 1, "UUID", "s", UUID("2a37"), /**/
		MAKER, 1, CHAR, 1, "UUID", "s", UUID("2a29")));
}

/* --- errors -------------------------------------------------------------- */

sd_bus_message *wire_error(sd_bus_message *call)
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
	unsigned i = wire_byte();
	const sd_bus_error error = {names[i % 12], texts[i >> 4 & 3], 0};
	sd_bus_message *m = NULL;

	wire_must(sd_bus_message_new_method_error(call, &m, &error));
	return m;
}
