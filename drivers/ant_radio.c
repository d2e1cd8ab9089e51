/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant_radio.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NEVER UINT64_MAX

/* The device number in a channel ID, and what its transmission type adds. */
#define NUMBER_16 0xffff
#define NUMBER_20 0xfffff

/* Channel status: the low bits (C.2). */
#define STATUS_MASK      0x03
#define STATUS_SEARCHING 2

void ant_radio_init(struct ant_radio *r, struct ant_port *port,
                    const struct sensor_listener *listener,
                    const uint8_t key[ANT_KEY_BYTES], uint32_t wanted)
{
	*r = (struct ant_radio){
		.listener = listener,
		.port = port,
		.wanted = wanted,
		.mask = wanted > NUMBER_16 ? NUMBER_20 : NUMBER_16,
		.settled = wanted > 0 && wanted <= NUMBER_16,
		.choose_us = NEVER,
	};
	memcpy(r->start.key, key, ANT_KEY_BYTES);
	/* A longer number is looked for among all: no more than 16 bits of it
	   can be asked for, and what else belongs to it is not known yet. */
	r->start.all = !r->settled;
	r->start.number = (uint16_t)(wanted & NUMBER_16);
	strap_init(&r->strap, listener);
	ant_strap_init(&r->ant, &r->strap);
}

/* --- the stick ------------------------------------------------------------
 */

static void lose(struct ant_radio *r, int error)
{
	r->runs = false;
	r->troubled = true;
	if (r->ant.hrm.primed)
		strap_lost(&r->strap, error);
	else
		strap_trouble(&r->strap, error);
}

static void renew(struct ant_radio *r)
{
	r->open = false;
	r->port->ops->renew(r->port);
}

static void heard_of_stick(struct ant_radio *r, uint64_t t_us)
{
	r->ask_us = t_us + ANT_RADIO_QUIET_US;
	r->asked = 0;
}

static void begin_to_run(struct ant_radio *r, uint64_t now_us)
{
	r->runs = true;
	heard_of_stick(r, now_us);
	if (!r->listens)
		r->since_us = now_us;
	r->listens = true;
	/* A choice that was not made, or that a new channel must show again. */
	if (r->start.scans && r->n_found > 0 && !r->only_scan && !r->wanted)
		r->choose_us = now_us + ANT_RADIO_CHOOSE_US;
	if (r->troubled && !r->ant.hrm.primed)
		strap_searching(&r->strap);
	r->troubled = false;
}

/* Return: when to come back. */
static uint64_t start(struct ant_radio *r, uint64_t now_us)
{
	uint8_t bytes[ANT_START_BYTES];
	uint64_t next_us = NEVER;
	size_t len = 0;

	while (r->open && !r->runs) {
		switch (ant_start_next(&r->start, now_us, bytes, &len,
		                       &next_us)) {
		case ANT_ACT_SEND:
			/* What is not sent is not answered. */
			(void)r->port->ops->write(r->port, bytes, len);
			break;
		case ANT_ACT_RENEW:
			renew(r);
			break;
		case ANT_ACT_FAILED:
			lose(r, r->start.error);
			break;
		case ANT_ACT_RUNS:
			begin_to_run(r, now_us);
			break;
		case ANT_ACT_WAIT:
			return next_us;
		}
	}
	return next_us;
}

static void again(struct ant_radio *r, enum ant_start_at at, uint64_t now_us)
{
	r->runs = false;
	ant_start_begin(&r->start, at);
	start(r, now_us);
}

static void request(struct ant_radio *r, uint8_t id)
{
	const uint8_t data[] = {0, id};
	uint8_t bytes[ANT_START_BYTES] = {0};
	size_t n = ant_link_compose(bytes, ANT_REQUEST, data, sizeof(data));

	(void)r->port->ops->write(r->port, bytes, n + ANT_START_PADDING);
}

/* --- which strap ----------------------------------------------------------
 */

static bool is_wanted(const struct ant_radio *r, uint32_t device)
{
	return r->wanted == 0 || (device & r->mask) == r->wanted;
}

static void settle(struct ant_radio *r, uint32_t device, uint8_t transmission,
                   uint64_t now_us)
{
	r->settled = true;
	r->wanted = device;
	r->mask = NUMBER_20;
	r->start.all = false;
	r->start.number = (uint16_t)(device & NUMBER_16);
	r->start.transmission = transmission;
	r->choose_us = NEVER;
	again(r, ANT_AT_CLOSE, now_us);
}

static void tell_found(struct ant_radio *r, uint32_t device, unsigned bpm)
{
	struct sensor_found found = {
		.battery_pct = -1, .bpm = bpm, .rr = TRI_YES};

	snprintf(found.uri, sizeof(found.uri), "ant:%u",
	         (unsigned)(device & NUMBER_20));
	if (r->listener->found)
		r->listener->found(r->listener->data, &found);
}

static void find(struct ant_radio *r, uint64_t t_us,
                 const struct ant_link_data *d)
{
	for (size_t i = 0; i < r->n_found; i++)
		if (r->found[i].device == d->device)
			return;
	if (r->n_found == ANT_RADIO_FOUND_MAX)
		return;
	r->found[r->n_found++] =
		(struct ant_radio_found){d->device, d->transmission};
	tell_found(r, d->device, d->payload[7]);
	if (r->only_scan)
		return;
	if (r->wanted && is_wanted(r, d->device))
		settle(r, d->device, d->transmission, t_us);
	else if (r->n_found == 1 && !r->wanted)
		r->choose_us = t_us + ANT_RADIO_CHOOSE_US;
}

static void choose(struct ant_radio *r, uint64_t now_us)
{
	r->choose_us = NEVER;
	if (r->n_found == 1)
		settle(r, r->found[0].device, r->found[0].transmission, now_us);
	else
		strap_trouble(&r->strap, -ENOTUNIQ);
}

/* --- what comes in --------------------------------------------------------
 */

static void hear(struct ant_radio *r, uint64_t t_us,
                 const struct ant_link_message *m)
{
	struct ant_link_data d;

	if (ant_link_data(m, &d) < 0)
		return;
	if (d.known && d.type != ANT_STRAP_TYPE)
		return;
	r->heard = true;
	if (r->start.scans) {
		if (d.known)
			find(r, t_us, &d);
	} else if (!r->settled) {
		/* It took the first that it heard: see which, and keep it. */
		if (d.known && is_wanted(r, d.device))
			settle(r, d.device, d.transmission, t_us);
		else if (!d.known)
			request(r, ANT_CHANNEL_ID);
	} else if (!d.known || is_wanted(r, d.device)) {
		(void)ant_strap_message(&r->ant, t_us, m);
	}
}

static void take_response(struct ant_radio *r, uint64_t t_us,
                          const struct ant_link_message *m)
{
	if (m->len < 3 || m->data[1] != 1)
		return;
	if (r->settled)
		(void)ant_strap_message(&r->ant, t_us, m);
	if (m->data[2] == ANT_EVENT_CLOSED)
		again(r, ANT_AT_UNASSIGN, t_us);
}

static void take_channel_id(struct ant_radio *r, uint64_t t_us,
                            const struct ant_link_message *m)
{
	uint32_t device;

	if (m->len < 5 || r->settled || r->start.scans)
		return;
	device = ant_link_device((uint16_t)(m->data[1] | m->data[2] << 8),
	                         m->data[4]);
	if (is_wanted(r, device))
		settle(r, device, m->data[4], t_us);
}

static void take_message(struct ant_radio *r, uint64_t t_us,
                         const struct ant_link_message *m)
{
	heard_of_stick(r, t_us);
	if (!r->runs) {
		ant_start_take(&r->start, m);
		start(r, t_us);
		return;
	}
	switch (m->id) {
	case ANT_BROADCAST:
	case ANT_ACKNOWLEDGED:
		hear(r, t_us, m);
		break;
	case ANT_RESPONSE:
		take_response(r, t_us, m);
		break;
	case ANT_CHANNEL_ID:
		take_channel_id(r, t_us, m);
		break;
	case ANT_CHANNEL_STATUS:
		if (m->len >= 2 &&
		    (m->data[1] & STATUS_MASK) < STATUS_SEARCHING)
			again(r, ANT_AT_UNASSIGN, t_us);
		break;
	case ANT_STARTUP: /* it began anew by itself */
		lose(r, -ECONNRESET);
		again(r, ANT_AT_KEY, t_us);
		break;
	default:
		break;
	}
}

static void take_bytes(struct ant_radio *r, const struct ant_port_news *news)
{
	const uint8_t *at = news->bytes;
	struct ant_link_message m;
	size_t left = news->len;

	while (ant_link_next(&r->link, &at, &left, &m))
		take_message(r, news->t_us, &m);
}

void ant_radio_news(struct ant_radio *r, const struct ant_port_news *news)
{
	switch (news->kind) {
	case ANT_PORT_OPENED:
		r->open = true;
		r->link = (struct ant_link){.n = 0};
		r->listens = false;
		strap_searching(&r->strap);
		again(r, ANT_AT_RESET, news->t_us);
		break;
	case ANT_PORT_BYTES_CAME:
		if (r->open)
			take_bytes(r, news);
		break;
	case ANT_PORT_GONE:
		r->open = false;
		lose(r, news->error);
		break;
	}
}

/* --- what does not come in ------------------------------------------------
 */

static uint64_t min_us(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Return: when to ask a quiet stick again. */
static uint64_t watch_stick(struct ant_radio *r, uint64_t now_us)
{
	if (now_us < r->ask_us)
		return r->ask_us;
	if (r->asked == ANT_START_TRIES) {
		lose(r, -EIO);
		renew(r);
		return NEVER;
	}
	r->asked++;
	r->ask_us = now_us + ANT_START_ANSWER_US;
	request(r, ANT_CHANNEL_STATUS);
	return r->ask_us;
}

static uint64_t watch_air(struct ant_radio *r, uint64_t now_us)
{
	if (r->heard)
		return NEVER;
	if (now_us < r->since_us + ANT_RADIO_UNHEARD_US)
		return r->since_us + ANT_RADIO_UNHEARD_US;
	strap_trouble(&r->strap, -ENOMSG);
	return NEVER;
}

uint64_t ant_radio_step(struct ant_radio *r, uint64_t now_us)
{
	uint64_t next_us, strap_us;

	if (r->runs && now_us >= r->choose_us)
		choose(r, now_us);
	next_us = start(r, now_us);
	if (r->runs) {
		next_us = min_us(next_us, r->choose_us);
		next_us = min_us(next_us, watch_air(r, now_us));
		next_us = min_us(next_us, watch_stick(r, now_us));
	}
	strap_step(&r->strap, now_us, &strap_us);
	return min_us(next_us, strap_us);
}

void ant_radio_scan(struct ant_radio *r, uint64_t now_us)
{
	r->only_scan = true;
	r->settled = false;
	r->start.all = true;
	r->n_found = 0;
	r->choose_us = NEVER;
	if (r->open && r->runs)
		again(r, ANT_AT_CLOSE, now_us);
}

void ant_radio_finish(struct ant_radio *r)
{
	const uint8_t channel = 0;
	uint8_t bytes[ANT_START_BYTES] = {0};
	size_t n;

	if (!r->open || r->start.at < ANT_AT_OPEN)
		return;
	n = ant_link_compose(bytes, ANT_CLOSE, &channel, 1);
	(void)r->port->ops->write(r->port, bytes, n + ANT_START_PADDING);
}
