/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_BLE_SCENE_H
#define LULL_TESTS_HELPERS_BLE_SCENE_H

#include <stdint.h>

#include "drivers/ble_link.h"

/** A link, what is so, and a clock that only the test moves. */
struct ble_scene {
	struct ble_link link;
	struct ble_facts facts;
	uint64_t now_us;
	struct ble_order
		last; /**< what the link wanted when it was last asked */
};

/** ble_scene_init() - a chosen strap that nobody heard yet, a radio that is on
 * and discovers. */
void ble_scene_init(struct ble_scene *s);
/** ble_scene_connect() - from there on to the call of Connect. */
void ble_scene_connect(struct ble_scene *s);
/** ble_scene_stream() - from there on to notifications. */
void ble_scene_stream(struct ble_scene *s);

/** ble_scene_expect() - the link is asked, and wants @action. */
void ble_scene_expect(struct ble_scene *s, enum ble_action action);
/** ble_scene_reply() - the answer to what it wanted last. @error: 0: success */
void ble_scene_reply(struct ble_scene *s, int error);
/** ble_scene_answered() - both. */
void ble_scene_answered(struct ble_scene *s, enum ble_action action, int error);
/** ble_scene_after() - nothing happens just before, and @action at that time.
 */
void ble_scene_after(struct ble_scene *s, uint64_t us, enum ble_action action);
/** ble_scene_quiet() - it wants nothing but what discovery needs. */
void ble_scene_quiet(struct ble_scene *s);

/** ble_scene_hear() - the strap is on the air, now. */
void ble_scene_hear(struct ble_scene *s);
/** ble_scene_stand() - connected, and its services are there. */
void ble_scene_stand(struct ble_scene *s);
/** ble_scene_fall() - it is connected no more. */
void ble_scene_fall(struct ble_scene *s);

#endif
