/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/strap_att.h"

#include <assert.h>
#include <string.h>

/* Opcodes, Part F 3.4.8. */
enum {
	ATT_ERROR = 0x01,
	ATT_MTU = 0x02,
	ATT_FIND_INFORMATION = 0x04,
	ATT_FIND_BY_VALUE = 0x06,
	ATT_READ_BY_TYPE = 0x08,
	ATT_READ = 0x0a,
	ATT_READ_BLOB = 0x0c,
	ATT_READ_BY_GROUP = 0x10,
	ATT_WRITE = 0x12,
	ATT_NOTIFY = 0x1b,
	ATT_CONFIRM = 0x1e,
	ATT_COMMAND = 0x40, /* this bit: no answer */
	ATT_WRITE_COMMAND = 0x52,
};

/* Errors, 3.4.1.1. */
enum {
	BAD_HANDLE = 0x01,
	NOT_READABLE = 0x02,
	NOT_WRITABLE = 0x03,
	BAD_REQUEST = 0x04,
	NOT_SUPPORTED = 0x06,
	BAD_OFFSET = 0x07,
	NOT_FOUND = 0x0a,
};

enum {
	PRIMARY_SERVICE = 0x2800,
	CHARACTERISTIC = 0x2803,
	CONFIGURATION = 0x2902,
};

enum { MAY_READ = 0x02, MAY_NOTIFY = 0x10 };

enum handle {
	HANDLE_NAME = 3,
	HANDLE_MEASUREMENT = 8,
	HANDLE_CONFIGURATION = 9,
	HANDLE_BATTERY = 14,
	HANDLE_MAKER = 18,
};

static uint16_t le16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

/* --- the table --------------------------------------------------------------
 */

static void service(struct strap_att *a, unsigned handle, unsigned end,
                    unsigned uuid)
{
	struct strap_attribute *it = &a->table[handle - 1];

	*it = (struct strap_attribute){
		.type = PRIMARY_SERVICE, .end = (uint16_t)end, .len = 2};
	put16(it->value, uuid);
}

/* Its declaration, and its value behind that. */
static void characteristic(struct strap_att *a, unsigned handle, uint8_t may,
                           unsigned uuid, const void *value, size_t len)
{
	struct strap_attribute *it = &a->table[handle - 1];

	it[0] = (struct strap_attribute){.type = CHARACTERISTIC, .len = 5};
	it[0].value[0] = may;
	put16(it[0].value + 1, handle + 1);
	put16(it[0].value + 3, uuid);
	it[1] = (struct strap_attribute){.type = (uint16_t)uuid,
	                                 .hidden = !(may & MAY_READ)};
	it[1].len =
		(uint8_t)(len < STRAP_ATT_TEXT_MAX ? len : STRAP_ATT_TEXT_MAX);
	memcpy(it[1].value, value, it[1].len);
}

static void configuration(struct strap_att *a, unsigned handle)
{
	a->table[handle - 1] =
		(struct strap_attribute){.type = CONFIGURATION, .len = 2};
}

void strap_att_init(struct strap_att *a, const char *name, const char *maker,
                    uint8_t battery_pct)
{
	static const uint8_t belt[] = {0x41, 0x03}; /* the appearance */
	static const uint8_t chest = 1;

	service(a, 1, 5, 0x1800);
	characteristic(a, HANDLE_NAME - 1, MAY_READ, 0x2a00, name,
	               strlen(name));
	characteristic(a, 4, MAY_READ, 0x2a01, belt, sizeof(belt));
	service(a, 6, 11, 0x180d);
	characteristic(a, HANDLE_MEASUREMENT - 1, MAY_NOTIFY, 0x2a37, "", 0);
	configuration(a, HANDLE_CONFIGURATION);
	characteristic(a, 10, MAY_READ, 0x2a38, &chest, 1);
	service(a, 12, 15, 0x180f);
	characteristic(a, HANDLE_BATTERY - 1, MAY_READ | MAY_NOTIFY, 0x2a19,
	               &battery_pct, 1);
	configuration(a, HANDLE_BATTERY + 1);
	service(a, 16, 18, 0x180a);
	characteristic(a, HANDLE_MAKER - 1, MAY_READ, 0x2a29, maker,
	               strlen(maker));
}

void strap_att_reset(struct strap_att *a)
{
	for (size_t i = 0; i < STRAP_ATT_ATTRIBUTES; i++)
		if (a->table[i].type == CONFIGURATION)
			memset(a->table[i].value, 0, 2);
}

bool strap_att_subscribed(const struct strap_att *a)
{
	return a->table[HANDLE_CONFIGURATION - 1].value[0] & 1;
}

/* --- answers ----------------------------------------------------------------
 */

/** What is asked for, and where the answer grows. */
struct exchange {
	struct strap_att *a;
	const uint8_t *request;
	size_t len;
	uint8_t *answer;
	size_t n;
};

static size_t refuse(struct exchange *x, unsigned handle, uint8_t error)
{
	x->answer[0] = ATT_ERROR;
	x->answer[1] = x->request[0];
	put16(x->answer + 2, handle);
	x->answer[4] = error;
	return 5;
}

static const struct strap_attribute *at(const struct exchange *x,
                                        unsigned handle)
{
	return handle >= 1 && handle <= STRAP_ATT_ATTRIBUTES
	               ? &x->a->table[handle - 1]
	               : NULL;
}

static bool fits(const struct exchange *x, size_t more)
{
	return x->n + more <= STRAP_ATT_MTU;
}

static void put_handle(struct exchange *x, unsigned handle)
{
	put16(x->answer + x->n, handle);
	x->n += 2;
}

/* The handles that a request spans: of ours, all that are in it. */
static unsigned first_of(const struct exchange *x)
{
	unsigned first = le16(x->request + 1);

	return first ? first : 1;
}

static unsigned last_of(const struct exchange *x)
{
	unsigned last = le16(x->request + 3);

	return last < STRAP_ATT_ATTRIBUTES ? last : STRAP_ATT_ATTRIBUTES;
}

static size_t find_information(struct exchange *x)
{
	x->answer[1] = 1; /* UUIDs of 16 bits */
	x->n = 2;
	for (unsigned h = first_of(x); h <= last_of(x) && fits(x, 4); h++) {
		put_handle(x, h);
		put_handle(x, at(x, h)->type);
	}
	return x->n > 2 ? x->n : refuse(x, le16(x->request + 1), NOT_FOUND);
}

static size_t find_by_value(struct exchange *x)
{
	for (unsigned h = first_of(x); h <= last_of(x) && fits(x, 4); h++) {
		const struct strap_attribute *it = at(x, h);

		if (it->type != le16(x->request + 5) || it->len != x->len - 7 ||
		    memcmp(it->value, x->request + 7, it->len) != 0)
			continue;
		put_handle(x, h);
		put_handle(x, it->end ? it->end : h);
	}
	return x->n > 1 ? x->n : refuse(x, le16(x->request + 1), NOT_FOUND);
}

/* All of one length: the first one's. */
static size_t read_by_type(struct exchange *x, bool group)
{
	size_t head = group ? 4 : 2, unit = 0;

	x->n = 2;
	for (unsigned h = first_of(x); h <= last_of(x); h++) {
		const struct strap_attribute *it = at(x, h);

		if (it->type != le16(x->request + 5))
			continue;
		if (unit == 0)
			unit = head + it->len;
		if (head + it->len != unit || !fits(x, unit))
			break;
		put_handle(x, h);
		if (group)
			put_handle(x, it->end);
		memcpy(x->answer + x->n, it->value, it->len);
		x->n += it->len;
	}
	x->answer[1] = (uint8_t)unit;
	return x->n > 2 ? x->n : refuse(x, le16(x->request + 1), NOT_FOUND);
}

static size_t read_value(struct exchange *x, size_t offset)
{
	unsigned handle = le16(x->request + 1);
	const struct strap_attribute *it = at(x, handle);

	if (!it || it->hidden)
		return refuse(x, handle, it ? NOT_READABLE : BAD_HANDLE);
	if (offset > it->len)
		return refuse(x, handle, BAD_OFFSET);
	memcpy(x->answer + 1, it->value + offset, it->len - offset);
	return 1 + it->len - offset;
}

static size_t write_value(struct exchange *x)
{
	unsigned handle = le16(x->request + 1);
	const struct strap_attribute *it = at(x, handle);

	if (!it)
		return refuse(x, handle, BAD_HANDLE);
	if (it->type != CONFIGURATION || x->len != 5)
		return refuse(x, handle, NOT_WRITABLE);
	memcpy(x->a->table[handle - 1].value, x->request + 3, 2);
	return 1;
}

static size_t exchange_mtu(struct exchange *x)
{
	put16(x->answer + 1, STRAP_ATT_MTU);
	return 3;
}

static size_t answer(struct exchange *x)
{
	switch (x->request[0]) {
	case ATT_MTU:
		return exchange_mtu(x);
	case ATT_FIND_INFORMATION:
		return find_information(x);
	case ATT_FIND_BY_VALUE:
		return find_by_value(x);
	case ATT_READ_BY_TYPE:
		return read_by_type(x, false);
	case ATT_READ_BY_GROUP:
		return read_by_type(x, true);
	case ATT_READ:
		return read_value(x, 0);
	case ATT_READ_BLOB:
		return read_value(x, le16(x->request + 3));
	case ATT_WRITE:
	case ATT_WRITE_COMMAND:
		return write_value(x);
	default:
		return refuse(x, 0, NOT_SUPPORTED);
	}
}

/* The least that a request of ours holds; 0: it is none. */
static size_t least_of(uint8_t opcode)
{
	switch (opcode) {
	case ATT_MTU:
	case ATT_READ:
	case ATT_WRITE:
	case ATT_WRITE_COMMAND:
		return 3;
	case ATT_FIND_INFORMATION:
	case ATT_READ_BLOB:
		return 5;
	case ATT_FIND_BY_VALUE:
	case ATT_READ_BY_TYPE:
	case ATT_READ_BY_GROUP:
		return 7;
	default:
		return 1;
	}
}

size_t strap_att_answer(struct strap_att *a, const uint8_t *request, size_t len,
                        uint8_t ret[STRAP_ATT_MTU])
{
	struct exchange x = {a, request, len, ret, 1};
	size_t n;

	if (len == 0 || request[0] == ATT_CONFIRM)
		return 0;
	if (len < least_of(request[0])) {
		n = refuse(&x, 0, BAD_REQUEST);
	} else {
		ret[0] = request[0] + 1;
		n = answer(&x);
	}
	return request[0] & ATT_COMMAND ? 0 : n;
}

bool strap_att_discovers(const uint8_t *request, size_t len)
{
	if (len == 0)
		return false;
	return request[0] == ATT_FIND_INFORMATION ||
	       request[0] == ATT_FIND_BY_VALUE ||
	       request[0] == ATT_READ_BY_TYPE ||
	       request[0] == ATT_READ_BY_GROUP;
}

size_t strap_att_notify(const uint8_t *value, size_t len,
                        uint8_t ret[STRAP_ATT_MTU])
{
	assert(len <= STRAP_ATT_VALUE_MAX);
	ret[0] = ATT_NOTIFY;
	put16(ret + 1, HANDLE_MEASUREMENT);
	memcpy(ret + 3, value, len);
	return 3 + len;
}
