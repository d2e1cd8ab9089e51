/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "drivers/ant_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out is a message, and says the same when it is written again. */
static void check(const struct ant_link_message *m)
{
	uint8_t frame[ANT_LINK_FRAME_MAX];
	struct ant_link_message again;
	struct ant_link_data d;

	if (m->len > ANT_LINK_DATA_MAX ||
	    ant_link_parse(m->frame, m->len + 4u, &again) < 0 ||
	    ant_link_compose(frame, m->id, m->data, m->len) != m->len + 4u ||
	    memcmp(frame, m->frame, m->len + 4u) != 0)
		abort();
	if (ant_link_data(m, &d) == 0 &&
	    (d.payload < m->data ||
	     d.payload + ANT_LINK_PAYLOAD > m->data + m->len))
		abort();
}

/* Bytes in one piece. Return: how many messages; @ret_bytes: their bytes. */
static size_t whole(const uint8_t *data, size_t size, uint64_t *ret_bytes)
{
	struct ant_link link = {.n = 0};
	struct ant_link_message m;
	uint64_t bytes = 0;
	size_t n = 0, left = size;

	for (; ant_link_next(&link, &data, &left, &m); n++) {
		check(&m);
		bytes += m.len + 4u;
	}
	if (left != 0 || bytes + link.skipped + link.n != size)
		abort();
	*ret_bytes = bytes;
	return n;
}

/* The first byte cuts the rest into pieces, each a copy of its exact size: the
   cut must not change what comes out. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ant_link link = {.n = 0};
	struct ant_link_message m;
	uint64_t bytes = 0, all;
	size_t n = 0, step;

	if (size == 0)
		return 0;
	step = data[0] % 70 + 1u;
	data++;
	size--;
	for (size_t from = 0; from < size; from += step) {
		size_t left = step < size - from ? step : size - from;
		uint8_t *copy = malloc(left);
		const uint8_t *at = copy;

		if (!copy)
			return 0;
		memcpy(copy, data + from, left);
		for (; ant_link_next(&link, &at, &left, &m); n++) {
			check(&m);
			bytes += m.len + 4u;
		}
		if (left != 0)
			abort();
		free(copy);
	}
	if (whole(data, size, &all) != n || all != bytes)
		abort();
	return 0;
}
