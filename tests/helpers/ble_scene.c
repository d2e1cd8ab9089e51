/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/ble_scene.h"

#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

void ble_scene_init(struct ble_scene *s)
{
	*s = (struct ble_scene){
		.facts = {.service = true,
	                  .radio = BLE_RADIO_ON,
	                  .discovering = true,
	                  .chosen = true},
		.now_us = 1000 * S,
	};
	ble_link_init(&s->link, &ble_link_times, false);
}

void ble_scene_connect(struct ble_scene *s)
{
	ble_scene_init(s);
	ble_scene_answered(s, BLE_START_DISCOVERY, 0);
	ble_scene_expect(s, BLE_NOTHING);
	s->now_us += S;
	ble_scene_hear(s);
	ble_scene_expect(s, BLE_CALL_CONNECT);
}

void ble_scene_stream(struct ble_scene *s)
{
	ble_scene_connect(s);
	ble_scene_reply(s, 0);
	ble_scene_stand(s);
	ble_scene_answered(s, BLE_START_NOTIFY, 0);
	ble_scene_expect(s, BLE_STOP_DISCOVERY);
	ble_scene_expect(s, BLE_NOTHING);
	assert_int_equal(s->link.state, BLE_STREAM);
}

void ble_scene_expect(struct ble_scene *s, enum ble_action action)
{
	s->last = ble_link_next(&s->link, &s->facts, s->now_us);
	assert_int_equal(s->last.action, action);
}

void ble_scene_reply(struct ble_scene *s, int error)
{
	ble_link_reply(&s->link, s->last.action, s->last.serial, error,
	               s->now_us);
}

void ble_scene_answered(struct ble_scene *s, enum ble_action action, int error)
{
	ble_scene_expect(s, action);
	ble_scene_reply(s, error);
}

void ble_scene_after(struct ble_scene *s, uint64_t us, enum ble_action action)
{
	s->now_us += us - 1;
	ble_scene_expect(s, BLE_NOTHING);
	assert_true(s->last.until_us <= s->now_us + 1);
	s->now_us++;
	ble_scene_expect(s, action);
}

void ble_scene_quiet(struct ble_scene *s)
{
	do {
		s->last = ble_link_next(&s->link, &s->facts, s->now_us);
		if (s->last.action == BLE_START_DISCOVERY)
			ble_scene_reply(s, 0);
	} while (s->last.action == BLE_START_DISCOVERY ||
	         s->last.action == BLE_STOP_DISCOVERY);
	assert_int_equal(s->last.action, BLE_NOTHING);
}

void ble_scene_hear(struct ble_scene *s)
{
	s->facts.known = true;
	s->facts.heard_us = s->now_us;
}

void ble_scene_stand(struct ble_scene *s)
{
	s->facts.connected = true;
	s->facts.resolved = true;
	s->facts.measures = true;
}

void ble_scene_fall(struct ble_scene *s)
{
	s->facts.connected = false;
	s->facts.resolved = false;
	s->facts.measures = false;
}
