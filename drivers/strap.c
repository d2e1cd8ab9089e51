/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/strap.h"

#include <assert.h>
#include <errno.h>

#include "drivers/ble_hrm.h"

void strap_init(struct strap *s, const struct sensor_listener *listener)
{
	assert(listener->beat && listener->state);
	*s = (struct strap){.listener = listener};
	arrival_init(&s->arrival);
}

static void tell(struct strap *s, enum sensor_state state, int error)
{
	bool more = state == SENSOR_SEARCHING ? error != s->error
	                                      : error && error != s->error;

	if (s->told && s->state == state && !more)
		return;
	s->told = true;
	s->state = state;
	s->error = error;
	s->listener->state(s->listener->data, state, error);
}

/* Once for each hole: told already if no beat came since the last. */
void strap_hole(struct strap *s, int error)
{
	s->hole = false;
	arrival_restart(&s->arrival);
	if (!s->beating)
		return;
	s->beating = false;
	tell(s, SENSOR_GAP, error);
}

void strap_trouble(struct strap *s, int error)
{
	s->hole = s->hole || s->beating;
	s->watched = false;
	tell(s, SENSOR_SEARCHING, error);
}

void strap_searching(struct strap *s)
{
	strap_trouble(s, 0);
}

void strap_connected(struct strap *s)
{
	if (s->told && s->state != SENSOR_SEARCHING && s->state != SENSOR_LOST)
		return;
	tell(s, SENSOR_CONNECTED, 0);
}

void strap_lost(struct strap *s, int error)
{
	/* What comes after a lost link is behind a hole. */
	s->hole = s->hole || s->beating;
	s->watched = false;
	tell(s, SENSOR_LOST, error);
}

void strap_step(struct strap *s, uint64_t now_us, uint64_t *ret_next_us)
{
	uint64_t next_us = UINT64_MAX;

	if (s->watched && now_us >= s->last_us + STRAP_GAP_US)
		strap_hole(s, 0);
	if (s->watched && now_us >= s->last_us + STRAP_LOST_US)
		strap_lost(s, -ETIMEDOUT);
	if (s->watched)
		next_us = s->last_us + (now_us < s->last_us + STRAP_GAP_US
		                                ? STRAP_GAP_US
		                                : STRAP_LOST_US);
	*ret_next_us = next_us;
}

void strap_contact(struct strap *s, enum beat_contact contact)
{
	if (contact == BEAT_CONTACT_POOR) {
		if (s->hole)
			strap_hole(s, 0);
		tell(s, SENSOR_NO_CONTACT, 0);
		return;
	}
	/* The first interval on skin reaches back to a beat off it. */
	if (s->told && s->state == SENSOR_NO_CONTACT)
		s->hole = true;
	if (s->hole)
		strap_hole(s, 0);
	tell(s, SENSOR_CONNECTED, 0);
}

void strap_beats(struct strap *s, uint64_t t_us, const uint16_t *rr_ticks,
                 size_t n_rr, enum beat_contact contact)
{
	struct beat beats[BLE_HRM_RR_MAX];
	uint64_t at_us[BLE_HRM_RR_MAX];
	double rr_ms[BLE_HRM_RR_MAX] = {0};
	size_t n = 0;

	assert(n_rr <= BLE_HRM_RR_MAX);
	for (size_t i = 0; i < n_rr; i++) {
		if (rr_ticks[i] == 0)
			continue;
		rr_ms[n] = s->ms ? rr_ticks[i] : beat_ticks_to_ms(rr_ticks[i]);
		beats[n++] = (struct beat){.rr_ticks = s->ms ? 0 : rr_ticks[i],
		                           .contact = contact};
	}
	if (arrival_take(&s->arrival, t_us, rr_ms, n, at_us) && s->beating) {
		enum sensor_state before = s->state;

		tell(s, SENSOR_GAP, 0);
		tell(s, before, 0);
	}
	for (size_t i = 0; i < n; i++) {
		beats[i].t_us = at_us[i];
		beats[i].rr_ms = rr_ms[i];
		s->listener->beat(s->listener->data, &beats[i]);
		s->beating = true;
	}
}

void strap_packet(struct strap *s, uint64_t t_us, const uint8_t *bytes,
                  size_t len)
{
	const struct sensor_packet packet = {t_us, bytes, len};

	if (s->listener->packet)
		s->listener->packet(s->listener->data, &packet);
}

void strap_heard(struct strap *s, uint64_t t_us)
{
	uint64_t next_us;

	strap_step(s, t_us, &next_us);
	s->watched = true;
	s->last_us = t_us;
}

int strap_notify(struct strap *s, uint64_t t_us, const uint8_t *bytes,
                 size_t len)
{
	struct ble_hrm m;
	int r;

	strap_packet(s, t_us, bytes, len);
	strap_heard(s, t_us);
	r = ble_hrm_parse(bytes, len, &m);
	if (r < 0) {
		strap_hole(s, r);
		return r;
	}
	strap_contact(s, m.contact);
	strap_beats(s, t_us, m.rr_ticks, m.n_rr, m.contact);
	return 0;
}
