/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/ether.h"

#include <errno.h>
#include <string.h>

#include "drivers/ant_radio.h"
#include "tests/helpers/test.h"

struct ether ether;

static const uint8_t key[] = STICK_ANT_KEY;

static struct sensor_listener listener;
static struct ant_radio radio;

/* --- the port ----------------------------------------------------------- */

static int port_fd(struct ant_port *p)
{
	(void)p;
	return -1;
}

static void decide(void)
{
	struct stick_truth_beat beat;

	while (stick_truth_next(&ether.truth, &beat)) {
		assert_int_equal(beat.index, ether.n_known);
		ether.beats[ether.n_known++].sent = beat.sent;
	}
}

static void hand_over(const struct stick_ant_out *out)
{
	if (out->breaks)
		stick_truth_break(&ether.truth);
	if (out->strap == 0)
		stick_truth_page(&ether.truth, ether.now_us, out->page,
		                 ether.straps[0].hrm.old);
	decide();
}

static int port_next(struct ant_port *p, struct ant_port_news *ret)
{
	struct stick_ant_out out;

	(void)p;
	*ret = (struct ant_port_news){.t_us = ether.now_us};
	if (ether.gone || ether.opened) {
		ret->kind = ether.gone ? ANT_PORT_GONE : ANT_PORT_OPENED;
		ret->error = ether.gone ? -ENODEV : 0;
		*(ether.gone ? &ether.gone : &ether.opened) = false;
		return 1;
	}
	if (!ether.plugged || !stick_ant_next(&ether.stick, &out))
		return 0;
	hand_over(&out);
	ret->kind = ANT_PORT_BYTES_CAME;
	ret->len = out.len;
	memcpy(ret->bytes, out.bytes, out.len);
	return 1;
}

static int port_write(struct ant_port *p, const uint8_t *bytes, size_t len)
{
	(void)p;
	stick_ant_take(&ether.stick, ether.now_us, bytes, len);
	return 0;
}

static void port_renew(struct ant_port *p)
{
	(void)p;
	stick_ant_power(&ether.stick);
	ether.opened = true;
}

static struct ant_port *port_close(struct ant_port *p)
{
	(void)p;
	return NULL;
}

static const struct ant_port_ops ops = {
	.fd = port_fd,
	.next = port_next,
	.write = port_write,
	.renew = port_renew,
	.close = port_close,
};

/* --- the clock ---------------------------------------------------------- */

void ether_add_strap(uint16_t number)
{
	struct ether_strap *s = &ether.straps[ether.n++];

	*s = (struct ether_strap){
		.id = {number, 120, 1},
		.slot_us = ether.now_us + 17000 * ether.n,
		.beat_us = ether.now_us + 400000,
	};
}

int ether_set_up(void **state)
{
	(void)state;
	memset(&ether, 0, sizeof(ether));
	ether.port.ops = &ops;
	ether.now_us = 1000000;
	ether.seed = 1;
	ether.plugged = ether.opened = true;
	stick_ant_init(&ether.stick, NULL, NULL);
	listener = listener_of(&ether.heard);
	ether_add_strap(12345);
	return 0;
}

void ether_begin(uint32_t wanted)
{
	ant_radio_init(&radio, &ether.port, &listener, key, wanted);
}

static void beat(struct ether_strap *s)
{
	uint16_t rr = (uint16_t)(700 + test_random(&ether.seed) % 300);
	bool first = s == ether.straps, felt = !s->hrm.off;

	stick_hrm_beat(&s->hrm, rr);
	if (!felt)
		s->hrm.count--;
	s->beat_us += rr * UINT64_C(1000000) / 1024;
	if (!first)
		return;
	assert_true(ether.n_beats < ETHER_BEATS_MAX);
	ether.beats[ether.n_beats].rr_ticks = rr;
	assert_true(stick_truth_beat(&ether.truth, ether.n_beats++,
	                             s->hrm.count, felt));
}

static void slot(struct ether_strap *s)
{
	uint8_t page[ANT_LINK_PAYLOAD];

	stick_hrm_page(&s->hrm, page);
	stick_ant_slot(&ether.stick, ether.now_us, (int)(s - ether.straps),
	               &s->id, s->away ? NULL : page);
	s->slot_us += STICK_HRM_PERIOD_US;
}

static uint64_t tend_air(void)
{
	uint64_t next_us = stick_ant_step(&ether.stick, ether.now_us);

	for (size_t i = 0; i < ether.n; i++) {
		struct ether_strap *s = &ether.straps[i];

		if (s->beat_us <= ether.now_us)
			beat(s);
		if (s->slot_us <= ether.now_us)
			slot(s);
		next_us = s->beat_us < next_us ? s->beat_us : next_us;
		next_us = s->slot_us < next_us ? s->slot_us : next_us;
	}
	return next_us;
}

void ether_run(double s)
{
	uint64_t until_us = ether.now_us + (uint64_t)(s * 1e6);
	struct ant_port_news news;
	uint64_t next_us, radio_us;

	while (ether.now_us < until_us) {
		next_us = tend_air();
		do {
			while (port_next(&ether.port, &news) > 0)
				ant_radio_news(&radio, &news);
			radio_us = ant_radio_step(&radio, ether.now_us);
		} while (ether.opened || ether.gone ||
		         (ether.plugged && ether.stick.n_out > 0));
		next_us = radio_us < next_us ? radio_us : next_us;
		ether.now_us = next_us < until_us ? next_us : until_us;
		ether.heard.now_us = ether.now_us;
	}
}

void ether_unplug(void)
{
	ether.plugged = false;
	ether.gone = true;
}

void ether_plug(void)
{
	stick_ant_power(&ether.stick);
	ether.plugged = ether.opened = true;
}

/* --- what came of it ---------------------------------------------------- */

unsigned ether_told(enum sensor_state state, int error)
{
	unsigned n = 0;

	for (size_t i = 0; i < ether.heard.n; i++)
		n += !ether.heard.told[i].is_beat &&
		     ether.heard.told[i].state == state &&
		     ether.heard.told[i].error == error;
	return n;
}

unsigned ether_true_to_truth_but(unsigned spare)
{
	unsigned gaps = 0;
	bool begun = false, hole = false, lost = false;
	size_t at = 0;

	stick_truth_end(&ether.truth);
	decide();
	for (size_t i = 0; i < ether.heard.n; i++) {
		bool away = false;

		if (!ether.heard.told[i].is_beat) {
			hole = hole || ether.heard.told[i].state == SENSOR_GAP;
			lost = lost || ether.heard.told[i].state == SENSOR_LOST;
			continue;
		}
		for (; at < ether.n_known && !ether.beats[at].sent; at++)
			away = true;
		assert_true(at < ether.n_known);
		assert_int_equal(ether.heard.told[i].beat.rr_ticks,
		                 ether.beats[at].rr_ticks);
		if (begun && away)
			assert_true(hole);
		if (begun && hole && !away && !lost)
			assert_true(spare-- > 0);
		gaps += begun && hole;
		begun = true;
		hole = lost = false;
		at++;
	}
	assert_true(begun);
	for (; at < ether.n_known; at++)
		assert_false(ether.beats[at].sent);
	return gaps;
}

unsigned ether_true_to_truth(void)
{
	return ether_true_to_truth_but(0);
}

void ether_settle(void)
{
	ether_begin(12345);
	ether_run(20);
	assert_in_range(ether.heard.beats, 18, 27);
}
