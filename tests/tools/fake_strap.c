/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "tests/helpers/fake_bluez.h"

/* A bluetoothd with one strap, for a program under test: prints the address of
   its bus, then notifies one beat a second to whoever subscribed, until its
   input ends. */

#define SECOND_US INT64_C(1000000)

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

static bool input_ended(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char byte;

	return poll(&in, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

int main(void)
{
	/* 60 bpm on skin, an interval of a second */
	static const uint8_t beat[] = {0x16, 60, 0x00, 0x04};
	struct fake_bluez *f;
	void *state = NULL;
	int64_t next_us;

	if (fake_start_bus(&state) < 0)
		return 1;
	f = state;
	fake_begin(f, NULL);
	f->straps[0].on_air = true;
	fake_run(f);
	printf("%s\n", f->address);
	fflush(stdout);
	next_us = now_us();
	while (!input_ended()) {
		int64_t left_us = next_us - now_us();

		if (left_us > 0) {
			if (sd_event_run(f->event, (uint64_t)left_us) < 0)
				break;
			continue;
		}
		next_us += SECOND_US;
		if (f->straps[0].notifying)
			fake_notify(f, 0, beat, sizeof(beat));
		fake_forget(f);
	}
	fake_end(f);
	return fake_stop_bus(&state) < 0;
}
