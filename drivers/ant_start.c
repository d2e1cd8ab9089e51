/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant_start.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "drivers/ant_strap.h"

/* Source of the values: C.5. Network and channel are the first ones. */
#define NETWORK       0
#define CHANNEL       0
#define RECEIVE       0x00
#define PERIOD        8070 /* 32768 / 8070 = 4.06 Hz */
#define FREQUENCY     57   /* 2457 MHz */
#define EXTENDED_ALL  0xe0
#define SEARCH_NEVER  0
#define SEARCH_30_S   12 /* in 2.5 s; the channel closes then */
#define CAN_EXTENDED  0x02
#define CAN_SCAN      0x04
#define CAPABILITIES2 4

static const struct {
	uint8_t id;
	bool optional; /* a stick that refuses it is used without */
} commands[] = {
	[ANT_AT_RESET] = {ANT_RESET, false},
	[ANT_AT_CAPABILITIES] = {ANT_REQUEST, true},
	[ANT_AT_KEY] = {ANT_NETWORK_KEY, false},
	[ANT_AT_CLOSE] = {ANT_CLOSE, true},
	[ANT_AT_UNASSIGN] = {ANT_UNASSIGN, true},
	[ANT_AT_ASSIGN] = {ANT_ASSIGN, false},
	[ANT_AT_ID] = {ANT_CHANNEL_ID, false},
	[ANT_AT_LOW_SEARCH] = {ANT_LOW_SEARCH_TIMEOUT, true},
	[ANT_AT_SEARCH] = {ANT_SEARCH_TIMEOUT, false},
	[ANT_AT_PERIOD] = {ANT_PERIOD, false},
	[ANT_AT_FREQUENCY] = {ANT_FREQUENCY, false},
	[ANT_AT_LIBRARY] = {ANT_LIBRARY, true},
	[ANT_AT_EXTENDED] = {ANT_EXTENDED, true},
	[ANT_AT_OPEN] = {ANT_OPEN, false},
};

static uint8_t command_of(const struct ant_start *s)
{
	return s->at == ANT_AT_OPEN && s->scans ? ANT_OPEN_SCAN
	                                        : commands[s->at].id;
}

static void go_to(struct ant_start *s, enum ant_start_at at)
{
	s->at = at;
	s->tries = 0;
	s->sent = s->answered = s->failed = s->untold = false;
}

void ant_start_begin(struct ant_start *s, enum ant_start_at at)
{
	s->fresh = at <= ANT_AT_KEY;
	if (at == ANT_AT_RESET) /* it may be another stick */
		s->can_scan = s->low_refused = s->library_refused = false;
	s->scans = s->all && s->can_scan;
	go_to(s, at);
}

static bool is_left_out(const struct ant_start *s, enum ant_start_at at)
{
	switch (at) {
	case ANT_AT_CLOSE:
	case ANT_AT_UNASSIGN:
		return s->fresh;
	case ANT_AT_LOW_SEARCH:
	case ANT_AT_SEARCH:
	case ANT_AT_PERIOD:
		return s->scans;
	case ANT_AT_EXTENDED:
		return !s->library_refused;
	case ANT_AT_RESET:
	case ANT_AT_CAPABILITIES:
	case ANT_AT_KEY:
	case ANT_AT_ASSIGN:
	case ANT_AT_ID:
	case ANT_AT_FREQUENCY:
	case ANT_AT_LIBRARY:
	case ANT_AT_OPEN:
	case ANT_AT_END:
		break;
	}
	return false;
}

static void advance(struct ant_start *s)
{
	enum ant_start_at at = s->at + 1;

	if (s->at == ANT_AT_CAPABILITIES)
		s->scans = s->all && s->can_scan;
	while (is_left_out(s, at))
		at++;
	go_to(s, at);
	if (at == ANT_AT_END)
		s->rebuilt = s->renewed = false;
}

static size_t fill(uint8_t *data, const uint8_t *from, size_t n)
{
	memcpy(data, from, n);
	return n;
}
#define FILL(...)                                                              \
	fill(data, (const uint8_t[]){__VA_ARGS__},                             \
	     sizeof((const uint8_t[]){__VA_ARGS__}))

static size_t data_of(const struct ant_start *s, uint8_t *data)
{
	uint16_t number = s->scans ? 0 : s->number;
	uint8_t transmission = s->scans ? 0 : s->transmission;

	switch (s->at) {
	case ANT_AT_RESET:
		return FILL(0);
	case ANT_AT_CAPABILITIES:
		return FILL(0, ANT_CAPABILITIES);
	case ANT_AT_KEY:
		data[0] = NETWORK;
		return 1 + fill(data + 1, s->key, ANT_KEY_BYTES);
	case ANT_AT_ASSIGN:
		return FILL(CHANNEL, RECEIVE, NETWORK);
	case ANT_AT_ID:
		return FILL(CHANNEL, (uint8_t)number, (uint8_t)(number >> 8),
		            s->scans ? 0 : ANT_STRAP_TYPE, transmission);
	case ANT_AT_LOW_SEARCH:
		return FILL(CHANNEL, SEARCH_30_S);
	case ANT_AT_SEARCH:
		return FILL(CHANNEL,
		            s->low_refused ? SEARCH_30_S : SEARCH_NEVER);
	case ANT_AT_PERIOD:
		return FILL(CHANNEL, PERIOD & 0xff, PERIOD >> 8);
	case ANT_AT_FREQUENCY:
		return FILL(CHANNEL, FREQUENCY);
	case ANT_AT_LIBRARY:
		return FILL(0, EXTENDED_ALL);
	case ANT_AT_EXTENDED:
		return FILL(0, 1);
	case ANT_AT_OPEN:
		if (s->scans)
			return FILL(0, 1);
		return FILL(CHANNEL);
	case ANT_AT_CLOSE:
	case ANT_AT_UNASSIGN:
		return FILL(CHANNEL);
	case ANT_AT_END:
		break;
	}
	assert(!"a command");
	return 0;
}

static size_t compose(const struct ant_start *s, uint8_t *ret)
{
	uint8_t data[ANT_LINK_DATA_MAX];
	size_t n = ant_link_compose(ret, command_of(s), data, data_of(s, data));

	memset(ret + n, 0, ANT_START_PADDING);
	return n + ANT_START_PADDING;
}

static void fail(struct ant_start *s, int error)
{
	s->error = error;
	s->failed = s->untold = true;
}

static void note_refused(struct ant_start *s)
{
	if (s->at == ANT_AT_LOW_SEARCH)
		s->low_refused = true;
	if (s->at == ANT_AT_LIBRARY)
		s->library_refused = true;
}

static void refused(struct ant_start *s)
{
	note_refused(s);
	if (commands[s->at].optional) {
		advance(s);
	} else if (!s->rebuilt) {
		/* A channel is left over: away with it, and again. */
		s->rebuilt = true;
		ant_start_begin(s, ANT_AT_CLOSE);
	} else {
		fail(s, -EPROTO);
	}
}

/* Return: whether the stick is to be reset by USB, the last resort. */
static bool unanswered(struct ant_start *s)
{
	if (commands[s->at].optional) {
		note_refused(s);
		advance(s);
	} else if (!s->renewed) {
		s->renewed = true;
		ant_start_begin(s, ANT_AT_RESET);
		return true;
	} else {
		fail(s, -EIO);
	}
	return false;
}

static uint64_t deadline_of(const struct ant_start *s)
{
	if (s->failed)
		return s->sent_us + ANT_START_AGAIN_US;
	return s->sent_us +
	       (s->answered ? ANT_START_SETTLE_US : ANT_START_ANSWER_US);
}

enum ant_start_act ant_start_next(struct ant_start *s, uint64_t now_us,
                                  uint8_t ret[ANT_START_BYTES], size_t *ret_len,
                                  uint64_t *ret_next_us)
{
	*ret_next_us = UINT64_MAX;
	for (;;) {
		if (s->at == ANT_AT_END)
			return ANT_ACT_RUNS;
		if (s->untold) {
			s->untold = false;
			s->sent_us = now_us;
			return ANT_ACT_FAILED;
		}
		if (!s->sent) {
			s->sent = true;
			s->sent_us = now_us;
			*ret_len = compose(s, ret);
			return ANT_ACT_SEND;
		}
		if (now_us < deadline_of(s)) {
			*ret_next_us = deadline_of(s);
			return ANT_ACT_WAIT;
		}
		if (s->failed)
			ant_start_begin(s, ANT_AT_RESET);
		else if (s->answered)
			advance(s);
		else if (++s->tries < ANT_START_TRIES)
			s->sent = false;
		else if (unanswered(s))
			return ANT_ACT_RENEW;
	}
}

static void take_response(struct ant_start *s, const struct ant_link_message *m)
{
	if (m->len < 3)
		return;
	if (s->at == ANT_AT_CLOSE && m->data[1] == 1 &&
	    m->data[2] == ANT_EVENT_CLOSED) {
		advance(s);
		return;
	}
	if (m->data[1] != command_of(s))
		return;
	if (m->data[2] != ANT_OK)
		refused(s);
	else if (s->at != ANT_AT_CLOSE) /* which its event ends */
		advance(s);
}

void ant_start_take(struct ant_start *s, const struct ant_link_message *m)
{
	if (m->id == ANT_STARTUP) {
		if (s->at != ANT_AT_RESET)
			ant_start_begin(s, ANT_AT_KEY);
		else if (s->sent && !s->failed)
			s->answered = true;
		return;
	}
	if (!s->sent || s->failed || s->at == ANT_AT_END)
		return;
	if (m->id == ANT_RESPONSE) {
		take_response(s, m);
	} else if (m->id == ANT_CAPABILITIES && s->at == ANT_AT_CAPABILITIES &&
	           m->len >= CAPABILITIES2) {
		const uint8_t wanted = CAN_EXTENDED | CAN_SCAN;

		s->can_scan = m->len > CAPABILITIES2 &&
		              (m->data[CAPABILITIES2] & wanted) == wanted;
		advance(s);
	}
}
