/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "drivers/strap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_beat(void *data, const struct beat *beat)
{
	uint64_t *last_us = data;

	if (beat->t_us <= *last_us || !(beat->rr_ms > 0))
		abort();
	*last_us = beat->t_us;
}

static void take_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	if (error > 0 || state > SENSOR_LOST)
		abort();
}

/* Packets one after the other: a length, a time step, then the bytes. Each is
   decoded from a copy of its exact size. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t last_us = 0, t_us = 0;
	const struct sensor_listener listener = {
		.beat = take_beat, .state = take_state, .data = &last_us};
	struct strap strap;

	strap_init(&strap, &listener);
	while (size >= 2) {
		size_t len = data[0];
		uint8_t *copy;

		t_us += (uint64_t)data[1] * 40000;
		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		copy = malloc(len ? len : 1);
		if (!copy)
			return 0;
		memcpy(copy, data, len);
		(void)strap_notify(&strap, t_us, copy, len);
		free(copy);
		data += len;
		size -= len;
	}
	return 0;
}
