/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_AIR_H
#define LULL_TESTS_HELPERS_AIR_H

#include <stdint.h>

#include "drivers/ant_radio.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/stick.h"

/**
 * A stick, the straps around it, the radio that drives it and who listens to
 * that, all on the test's clock, which is the stick's. A test owns one and may
 * change any of it.
 */
struct air {
	struct listener heard; /**< first: its address is the hooks' data */
	struct sensor_listener listener;
	char found[256]; /**< each strap told of: "ant:777 60, ant:12345 71" */
	struct stick stick;
	struct ant_radio radio;
};

/* What a start tells a stick: until the channel's ID, from there on, and in
   place of both where all are listened to. */
#define AIR_START    "4a:00 4d:0054 46:000102030405060708 42:000000 "
#define AIR_CHANNEL  "63:000c 44:0000 43:00861f 45:0039 6e:00e0 4b:00"
#define AIR_SCANNING "51:0000000000 45:0039 6e:00e0 5b:0001"

/** air_init() - a stick_init() stick, and nothing told yet. */
void air_init(struct air *a);
/** air_begin() - a radio that wants this strap. @wanted: 0: any */
void air_begin(struct air *a, uint32_t wanted);
/** air_run() - the clock goes on by @s seconds, the stick with it, and the
 * radio with both. */
void air_run(struct air *a, double s);
/** air_settle() - strap 12345, chosen, and its first beats; what the stick was
 * told for that is forgotten. */
void air_settle(struct air *a);

/** air_told() - how often this was told of the radio. */
unsigned air_told(const struct air *a, enum sensor_state state, int error);
/** air_assert_last() - this is the last that was told, but for beats. */
void air_assert_last(const struct air *a, enum sensor_state state, int error);

#endif
