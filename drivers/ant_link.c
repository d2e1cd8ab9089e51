/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant_link.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define SYNC 0xa4

/* Sync, length, ID, checksum. */
#define AROUND 4

/* Flags of the extended data, C.4. */
#define FLAG_CHANNEL_ID 0x80
#define FLAG_TIMESTAMP  0x20
#define CHANNEL_ID      4
#define TIMESTAMP       2
#define PAIRING         0x80

static uint8_t checksum(const uint8_t *bytes, size_t n)
{
	uint64_t all = 0, part;
	uint8_t sum = 0;

	/* Eight at a time: XOR does not mind the order. */
	for (; n >= sizeof(part); n -= sizeof(part), bytes += sizeof(part)) {
		memcpy(&part, bytes, sizeof(part));
		all ^= part;
	}
	all ^= all >> 32;
	all ^= all >> 16;
	all ^= all >> 8;
	for (size_t i = 0; i < n; i++)
		sum ^= bytes[i];
	return sum ^ (uint8_t)all;
}

/* How long the message at these bytes is, by all that is known of it: 0 if
   none begins here. */
static size_t length_at(const uint8_t *bytes, size_t n)
{
	if (bytes[0] != SYNC || (n > 1 && bytes[1] > ANT_LINK_DATA_MAX))
		return 0;
	return n > 1 ? bytes[1] + AROUND : 2;
}

/* A whole message XORs to 0, its checksum included. */
static bool whole_at(const uint8_t *bytes, size_t length)
{
	return checksum(bytes, length) == 0;
}

static void fill(const uint8_t *frame, struct ant_link_message *ret)
{
	*ret = (struct ant_link_message){frame[2], frame[1], frame + 3, frame};
}

static void drop(struct ant_link *l, size_t n)
{
	l->n -= n;
	memmove(l->held, l->held + n, l->n);
}

/* The held bytes are topped up to what the message that begins there needs,
   and no further, so what follows it stays where it came in. */
static bool next_held(struct ant_link *l, const uint8_t **at, size_t *left,
                      struct ant_link_message *ret)
{
	while (l->n > 0) {
		size_t length = length_at(l->held, l->n), some;

		if (length > l->n) {
			if (*left == 0)
				return false;
			some = length - l->n < *left ? length - l->n : *left;
			memcpy(l->held + l->n, *at, some);
			l->n += some;
			*at += some;
			*left -= some;
		} else if (length > 0 && whole_at(l->held, length)) {
			l->given = length;
			fill(l->held, ret);
			return true;
		} else {
			l->skipped++;
			drop(l, 1);
		}
	}
	return false;
}

bool ant_link_next(struct ant_link *l, const uint8_t **at, size_t *left,
                   struct ant_link_message *ret)
{
	if (l->n > 0) {
		drop(l, l->given);
		l->given = 0;
		if (next_held(l, at, left, ret))
			return true;
	}
	while (*left > 0) {
		const uint8_t *bytes = *at;
		size_t length = length_at(bytes, *left);

		if (length > *left) {
			memcpy(l->held, bytes, *left);
			l->n = *left;
			*at += *left;
			*left = 0;
			return false;
		}
		if (length > 0 && whole_at(bytes, length)) {
			*at += length;
			*left -= length;
			fill(bytes, ret);
			return true;
		}
		l->skipped++;
		++*at;
		--*left;
	}
	return false;
}

int ant_link_parse(const uint8_t *bytes, size_t len,
                   struct ant_link_message *ret)
{
	if (len < AROUND || length_at(bytes, len) != len ||
	    !whole_at(bytes, len))
		return -EBADMSG;
	fill(bytes, ret);
	return 0;
}

size_t ant_link_compose(uint8_t ret[ANT_LINK_FRAME_MAX], uint8_t id,
                        const uint8_t *data, size_t len)
{
	assert(len <= ANT_LINK_DATA_MAX);
	ret[0] = SYNC;
	ret[1] = (uint8_t)len;
	ret[2] = id;
	memcpy(ret + 3, data, len);
	ret[len + 3] = checksum(ret, len + 3);
	return len + AROUND;
}

int ant_link_data(const struct ant_link_message *m, struct ant_link_data *ret)
{
	const uint8_t *more = m->data + 1 + ANT_LINK_PAYLOAD;
	struct ant_link_data d = {.known = false};
	size_t wanted = 1 + ANT_LINK_PAYLOAD;
	uint8_t flags;

	if (m->id != ANT_BROADCAST && m->id != ANT_ACKNOWLEDGED)
		return -EINVAL;
	if (m->len < wanted)
		return -EBADMSG;
	d.channel = m->data[0];
	d.payload = m->data + 1;
	flags = m->len > wanted ? more[0] : 0;
	wanted += (flags != 0) + (flags & FLAG_CHANNEL_ID ? CHANNEL_ID : 0) +
	          (flags & FLAG_TIMESTAMP ? TIMESTAMP : 0);
	if (m->len < wanted)
		return -EBADMSG;
	if (flags & FLAG_CHANNEL_ID) {
		d.known = true;
		d.type = more[3] & (uint8_t)~PAIRING;
		d.transmission = more[4];
		d.device = ant_link_device((uint16_t)(more[1] | more[2] << 8),
		                           more[4]);
	}
	*ret = d;
	return 0;
}
