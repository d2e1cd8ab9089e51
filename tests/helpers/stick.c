/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/stick.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "tests/helpers/test.h"

#define PERIOD_US  246277
#define MISSED_MAX 8

static void put(struct stick *s, const struct ant_port_news *news)
{
	assert_true(s->n_news < sizeof(s->news) / sizeof(s->news[0]));
	s->news[s->n_news] = *news;
	s->news[s->n_news++].t_us = s->now_us;
	if (s->fd >= 0)
		eventfd_write(s->fd, 1);
}

void stick_plug(struct stick *s)
{
	s->assigned = s->open = s->scans = s->extended = s->key_set = false;
	put(s, &(struct ant_port_news){.kind = ANT_PORT_OPENED});
}

void stick_unplug(struct stick *s, int error)
{
	s->assigned = s->open = false;
	put(s, &(struct ant_port_news){.kind = ANT_PORT_GONE, .error = error});
}

void stick_bytes(struct stick *s, const uint8_t *bytes, size_t len)
{
	struct ant_port_news news = {.kind = ANT_PORT_BYTES_CAME, .len = len};

	assert_true(len <= ANT_PORT_BYTES);
	memcpy(news.bytes, bytes, len);
	put(s, &news);
}

void stick_says(struct stick *s, uint8_t id, const uint8_t *data, size_t len)
{
	uint8_t frame[ANT_LINK_FRAME_MAX];

	if (!s->dead)
		stick_bytes(s, frame, ant_link_compose(frame, id, data, len));
}

void stick_event(struct stick *s, uint8_t code)
{
	stick_says(s, ANT_RESPONSE, (uint8_t[]){0, 1, code}, 3);
}

struct stick_strap *stick_add(struct stick *s, uint16_t number)
{
	struct stick_strap *strap = s->straps;

	while (strap->number)
		strap++;
	*strap = (struct stick_strap){
		.number = number, .transmission = 1, .type = 120, .bpm = 60};
	strap->next_us = s->now_us + 50000 * (uint64_t)(strap - s->straps + 1);
	return strap;
}

unsigned stick_told(const struct stick *s, const char *command)
{
	unsigned n = 0;

	for (const char *at = s->log; (at = strstr(at, command)); at++)
		n++;
	return n;
}

void stick_forget(struct stick *s)
{
	s->log[0] = '\0';
}

static void note(struct stick *s, const struct ant_link_message *m)
{
	size_t at = strlen(s->log);

	assert_true(at < sizeof(s->log) - 100);
	at += (size_t)sprintf(s->log + at, at ? " %02x:" : "%02x:", m->id);
	for (size_t i = 0; i < m->len; i++)
		at += (size_t)sprintf(s->log + at, "%02x", m->data[i]);
}

static void open_channel(struct stick *s, bool scans)
{
	s->open = true;
	s->scans = scans;
	s->tracks = -1;
	s->search_us = s->now_us;
}

static void reset(struct stick *s)
{
	s->assigned = s->open = s->scans = s->extended = s->key_set = false;
	s->reset_us = s->now_us;
	s->second_us = 0;
	stick_says(s, ANT_STARTUP, (uint8_t[]){0x20}, 1);
}

static void answer_request(struct stick *s, uint8_t what)
{
	const uint8_t status[2] = {0, s->open       ? s->tracks < 0 ? 2 : 3
	                              : s->assigned ? 1
	                                            : 0};

	if (what == ANT_CAPABILITIES)
		stick_says(s, what, s->capabilities, s->n_capabilities);
	if (what == ANT_CHANNEL_STATUS)
		stick_says(s, what, status, 2);
	if (what == ANT_CHANNEL_ID && s->tracks >= 0) {
		const struct stick_strap *strap = &s->straps[s->tracks];
		const uint8_t id[5] = {0, (uint8_t)strap->number,
		                       (uint8_t)(strap->number >> 8),
		                       strap->type, strap->transmission};

		stick_says(s, what, id, 5);
	}
}

/* Return: the code of the answer. */
static uint8_t obey(struct stick *s, const struct ant_link_message *m)
{
	bool closes = m->id == ANT_CLOSE && s->open;

	if (m->id == ANT_ASSIGN && s->assigned)
		return ANT_WRONG_STATE;
	if (m->id == ANT_UNASSIGN && (s->open || !s->assigned))
		return ANT_WRONG_STATE;
	if (m->id == ANT_CLOSE && !s->open)
		return ANT_WRONG_STATE;
	if (m->id == ANT_NETWORK_KEY) {
		memcpy(s->key, m->data + 1, 8);
		s->key_set = true;
	}
	if (m->id == ANT_ASSIGN || m->id == ANT_UNASSIGN)
		s->assigned = m->id == ANT_ASSIGN;
	if (m->id == ANT_CHANNEL_ID)
		memcpy(s->id, m->data + 1, 4);
	if (m->id == ANT_LOW_SEARCH_TIMEOUT)
		s->low_search = m->data[1];
	if (m->id == ANT_SEARCH_TIMEOUT)
		s->search = m->data[1];
	if (m->id == ANT_LIBRARY || m->id == ANT_EXTENDED)
		s->extended = m->data[1] != 0;
	if (m->id == ANT_OPEN || m->id == ANT_OPEN_SCAN)
		open_channel(s, m->id == ANT_OPEN_SCAN);
	if (closes) {
		stick_says(s, ANT_RESPONSE, (uint8_t[]){0, m->id, 0}, 3);
		s->open = false;
		stick_event(s, ANT_EVENT_CLOSED);
		return 0xff;
	}
	return ANT_OK;
}

static void take(struct stick *s, const struct ant_link_message *m)
{
	uint8_t code;

	note(s, m);
	s->now_us += 1000;
	if (s->deaf[m->id] > 0) {
		s->deaf[m->id]--;
		return;
	}
	if (m->id == ANT_RESET) {
		reset(s);
		return;
	}
	if (!s->second_us)
		s->second_us = s->now_us;
	if (m->id == ANT_REQUEST) {
		answer_request(s, m->data[1]);
		return;
	}
	code = s->refuses[m->id] ? s->refuses[m->id] : obey(s, m);
	if (code != 0xff)
		stick_says(s, ANT_RESPONSE, (uint8_t[]){0, m->id, code}, 3);
}

static int stick_fd(struct ant_port *p)
{
	return ((struct stick *)p)->fd;
}

static int stick_next(struct ant_port *p, struct ant_port_news *ret)
{
	struct stick *s = (struct stick *)p;
	eventfd_t count;

	if (s->n_news == 0) {
		if (s->fd >= 0)
			eventfd_read(s->fd, &count);
		return 0;
	}
	*ret = s->news[0];
	memmove(s->news, s->news + 1, --s->n_news * sizeof(s->news[0]));
	return 1;
}

/* One transfer is one command. */
static int stick_write(struct ant_port *p, const uint8_t *bytes, size_t len)
{
	struct stick *s = (struct stick *)p;
	struct ant_link_message m;

	assert_in_range(len, 5, ANT_PORT_BYTES);
	if (bytes[len - 1] || bytes[len - 2])
		s->unpadded++;
	assert_int_equal(ant_link_parse(bytes, len - 2, &m), 0);
	if (s->dead)
		note(s, &m);
	else
		take(s, &m);
	return 0;
}

static void stick_renew(struct ant_port *p)
{
	struct stick *s = (struct stick *)p;

	s->renewed++;
	if (s->renew_fails)
		stick_unplug(s, -ENODEV);
	else
		stick_plug(s);
}

static struct ant_port *stick_close(struct ant_port *p)
{
	((struct stick *)p)->closed = true;
	return NULL;
}

static const struct ant_port_ops ops = {
	.fd = stick_fd,
	.next = stick_next,
	.write = stick_write,
	.renew = stick_renew,
	.close = stick_close,
};

void stick_init(struct stick *s)
{
	/* sensors.md C.3 */
	static const uint8_t antusb_m[8] = {8, 8, 0, 0xba, 0x36, 0, 0xdf, 0x79};

	*s = (struct stick){.port.ops = &ops, .fd = -1, .tracks = -1};
	memcpy(s->capabilities, antusb_m, 8);
	s->n_capabilities = 8;
	s->now_us = 1000000;
	stick_plug(s);
}

static bool is_asked_for(const struct stick *s, const struct stick_strap *strap)
{
	uint16_t number = (uint16_t)(s->id[0] | s->id[1] << 8);

	return (!number || number == strap->number) &&
	       (!s->id[2] || s->id[2] == strap->type) &&
	       (!s->id[3] || s->id[3] == strap->transmission);
}

static bool hears(struct stick *s, size_t i)
{
	static const uint8_t key[8] = STICK_KEY;

	/* A wrong key is no error: it is silence (C.7). */
	if (!s->open || !s->key_set || memcmp(s->key, key, 8) != 0)
		return false;
	if (s->scans)
		return true;
	if (s->tracks >= 0)
		return s->tracks == (int)i;
	if (!is_asked_for(s, &s->straps[i]))
		return false;
	s->tracks = (int)i;
	return true;
}

static void broadcast(struct stick *s, size_t i)
{
	struct stick_strap *strap = &s->straps[i];
	unsigned beats = (unsigned)(strap->next_us / 1000000);
	unsigned event = beats * 1024, before = event - 1024;
	uint8_t data[14] = {0};

	data[1] = (uint8_t)(4 | (strap->messages++ / 4 % 2) << 7);
	data[3] = (uint8_t)before;
	data[4] = (uint8_t)(before >> 8);
	data[5] = (uint8_t)event;
	data[6] = (uint8_t)(event >> 8);
	data[7] = (uint8_t)beats;
	data[8] = strap->bpm;
	data[9] = 0x80;
	data[10] = (uint8_t)strap->number;
	data[11] = (uint8_t)(strap->number >> 8);
	data[12] = strap->type;
	data[13] = strap->transmission;
	if (!strap->off && hears(s, i)) {
		s->heard_us = s->now_us;
		stick_says(s, ANT_BROADCAST, data, s->extended ? 14 : 9);
	}
	strap->next_us += PERIOD_US;
}

static void time_out(struct stick *s)
{
	uint64_t search_us =
		(uint64_t)(s->low_search ? s->low_search : s->search) * 2500000;

	if (!s->open || s->scans)
		return;
	if (s->tracks >= 0 &&
	    s->now_us >= s->heard_us + MISSED_MAX * PERIOD_US) {
		s->tracks = -1;
		s->search_us = s->now_us;
		stick_event(s, ANT_EVENT_TO_SEARCH);
	}
	if (s->tracks < 0 && s->now_us >= s->search_us + search_us) {
		s->open = false;
		stick_event(s, ANT_EVENT_SEARCH_TIMEOUT);
		stick_event(s, ANT_EVENT_CLOSED);
	}
}

uint64_t stick_step(struct stick *s, uint64_t now_us)
{
	uint64_t next_us = now_us + 250000;

	if (now_us > s->now_us)
		s->now_us = now_us;
	for (size_t i = 0; i < STICK_STRAPS; i++) {
		struct stick_strap *strap = &s->straps[i];

		if (!strap->number)
			continue;
		if (strap->next_us <= s->now_us)
			broadcast(s, i);
		if (strap->next_us < next_us)
			next_us = strap->next_us;
	}
	time_out(s);
	return next_us;
}
