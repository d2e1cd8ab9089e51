/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/stick_ant.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define NEVER UINT64_MAX

/* C.5: where straps of this profile are heard. */
#define FREQUENCY 57
#define PERIOD    8070

/* C.2 */
#define VERSION         0x3e
#define EVENT           1
#define BY_COMMAND      0x20
#define BY_POWER        0x00
#define INVALID_MESSAGE 40

#define SEARCH_UNIT_US  2500000
#define SEARCH_FOREVER  255

/* C.4 */
#define FLAG_ID   0x80
#define FLAG_RSSI 0x40
#define FLAG_TIME 0x20

static void note(const struct stick_ant *a, const char *line)
{
	if (a->note)
		a->note(a->data, line);
}

/* Return: where it goes; NULL: nowhere. */
static struct stick_ant_out *put(struct stick_ant *a)
{
	struct stick_ant_out *out;

	if (a->silent || a->n_out == STICK_ANT_OUT_MAX)
		return NULL;
	out = &a->out[(a->out_at + a->n_out++) % STICK_ANT_OUT_MAX];
	out->len = 0;
	out->strap = -1;
	out->breaks = false;
	return out;
}

static struct stick_ant_out *say(struct stick_ant *a, uint8_t id,
                                 const uint8_t *data, size_t len)
{
	struct stick_ant_out *out = put(a);

	if (out)
		out->len = ant_link_compose(out->bytes, id, data, len);
	return out;
}

static void respond(struct stick_ant *a, uint8_t channel, uint8_t to,
                    uint8_t code)
{
	const uint8_t data[] = {channel, to, code};
	struct stick_ant_out *out = say(a, ANT_RESPONSE, data, sizeof(data));

	if (out)
		out->breaks = to == EVENT && (code == ANT_EVENT_CLOSED ||
		                              code == ANT_EVENT_TO_SEARCH);
}

static void forget(struct stick_ant *a, uint8_t why)
{
	struct stick_ant_out *out;

	memset(a->key, 0, sizeof(a->key));
	a->state = STICK_UNASSIGNED;
	a->id = (struct stick_ant_id){0};
	a->library = 0;
	a->n_out = 0;
	out = say(a, ANT_STARTUP, &why, 1);
	if (out)
		out->breaks = true;
}

void stick_ant_init(struct stick_ant *a,
                    void (*on_note)(void *data, const char *line), void *data)
{
	static const uint8_t key[] = STICK_ANT_KEY;

	*a = (struct stick_ant){.note = on_note, .data = data};
	memcpy(a->air_key, key, sizeof(key));
	stick_ant_power(a);
}

void stick_ant_power(struct stick_ant *a)
{
	a->silent = false;
	a->link = (struct ant_link){.n = 0};
	forget(a, BY_POWER);
}

/* --- commands -------------------------------------------------------------
 */

static void reset(struct stick_ant *a)
{
	forget(a, BY_COMMAND);
	if (a->mute > 0) {
		a->mute--;
		a->n_out = 0;
		note(a, "reset unanswered");
		return;
	}
	note(a, "reset");
}

static void answer_request(struct stick_ant *a, uint8_t channel, uint8_t what)
{
	/* C.3: an ANTUSB-m */
	static const uint8_t can[] = {8, 8, 0, 0xba, 0x36, 0, 0xdf, 0x79};
	static const uint8_t version[] = "LAB1.00";
	const uint8_t status[] = {channel, (uint8_t)(a->state == STICK_SCANNING
	                                                     ? STICK_TRACKING
	                                                     : a->state)};
	const uint8_t id[] = {channel, (uint8_t)a->id.number,
	                      (uint8_t)(a->id.number >> 8), a->id.type,
	                      a->id.transmission};

	switch (what) {
	case ANT_CAPABILITIES:
		say(a, what, can, sizeof(can));
		break;
	case VERSION:
		say(a, what, version, sizeof(version));
		break;
	case ANT_CHANNEL_STATUS:
		say(a, what, status, sizeof(status));
		break;
	case ANT_CHANNEL_ID:
		say(a, what, id, sizeof(id));
		break;
	default:
		respond(a, channel, ANT_REQUEST, INVALID_MESSAGE);
		break;
	}
}

static bool is_open(const struct stick_ant *a)
{
	return a->state >= STICK_SEARCHING;
}

static uint8_t open_channel(struct stick_ant *a, uint64_t now_us, bool all)
{
	char line[64];

	if (a->state != STICK_ASSIGNED)
		return ANT_WRONG_STATE;
	a->state = all ? STICK_SCANNING : STICK_SEARCHING;
	a->tracks = -1;
	a->search_us = now_us;
	snprintf(line, sizeof(line), all ? "opened for all" : "opened for %u",
	         a->id.number);
	note(a, line);
	return ANT_OK;
}

void stick_ant_close(struct stick_ant *a)
{
	if (!is_open(a))
		return;
	a->state = STICK_ASSIGNED;
	respond(a, 0, EVENT, ANT_EVENT_CLOSED);
	note(a, "closed");
}

/* Settings of a channel, which must be there. */
static uint8_t set(struct stick_ant *a, const struct ant_link_message *m)
{
	if (a->state == STICK_UNASSIGNED)
		return ANT_WRONG_STATE;
	if (m->id == ANT_CHANNEL_ID && m->len >= 5)
		a->id = (struct stick_ant_id){
			(uint16_t)(m->data[1] | m->data[2] << 8), m->data[3],
			m->data[4]};
	else if (m->id == ANT_PERIOD && m->len >= 3)
		a->period = (uint16_t)(m->data[1] | m->data[2] << 8);
	else if (m->id == ANT_FREQUENCY)
		a->frequency = m->data[1];
	else if (m->id == ANT_SEARCH_TIMEOUT)
		a->search = m->data[1];
	else if (m->id == ANT_LOW_SEARCH_TIMEOUT)
		a->low_search = m->data[1];
	else
		return INVALID_MESSAGE;
	return ANT_OK;
}

static uint8_t assign(struct stick_ant *a, bool on)
{
	if (a->state != (on ? STICK_UNASSIGNED : STICK_ASSIGNED))
		return ANT_WRONG_STATE;
	a->state = on ? STICK_ASSIGNED : STICK_UNASSIGNED;
	return ANT_OK;
}

/* Return: the code of the answer. */
static uint8_t obey(struct stick_ant *a, uint64_t now_us,
                    const struct ant_link_message *m)
{
	switch (m->id) {
	case ANT_NETWORK_KEY:
		if (m->len <= STICK_ANT_KEY_BYTES)
			return INVALID_MESSAGE;
		/* A wrong one is no error (C.7). */
		memcpy(a->key, m->data + 1, STICK_ANT_KEY_BYTES);
		return ANT_OK;
	case ANT_ASSIGN:
		return assign(a, true);
	case ANT_UNASSIGN:
		return assign(a, false);
	case ANT_LIBRARY:
		a->library = m->data[1];
		return ANT_OK;
	case ANT_EXTENDED:
		a->library = m->data[1] ? FLAG_ID : 0;
		return ANT_OK;
	case ANT_OPEN:
		return open_channel(a, now_us, false);
	case ANT_OPEN_SCAN:
		return open_channel(a, now_us, true);
	case ANT_CLOSE:
		return is_open(a) ? ANT_OK : ANT_WRONG_STATE;
	default:
		return set(a, m);
	}
}

static void take(struct stick_ant *a, uint64_t now_us,
                 const struct ant_link_message *m)
{
	if (m->len == 0) {
		respond(a, 0, m->id, INVALID_MESSAGE);
	} else if (m->id == ANT_RESET) {
		reset(a);
	} else if (m->id == ANT_REQUEST && m->len >= 2) {
		answer_request(a, m->data[0], m->data[1]);
	} else if (m->len < 2 && m->id != ANT_OPEN && m->id != ANT_CLOSE &&
	           m->id != ANT_UNASSIGN && m->id != ANT_OPEN_SCAN) {
		respond(a, 0, m->id, INVALID_MESSAGE);
	} else {
		respond(a, m->data[0], m->id, obey(a, now_us, m));
		if (m->id == ANT_CLOSE)
			stick_ant_close(a);
	}
}

void stick_ant_take(struct stick_ant *a, uint64_t now_us, const uint8_t *bytes,
                    size_t len)
{
	struct ant_link_message m;

	while (ant_link_next(&a->link, &bytes, &len, &m))
		take(a, now_us, &m);
}

/* --- the air --------------------------------------------------------------
 */

static bool is_asked_for(const struct stick_ant *a,
                         const struct stick_ant_id *id)
{
	return (!a->id.number || a->id.number == id->number) &&
	       (!a->id.type || a->id.type == id->type) &&
	       (!a->id.transmission || a->id.transmission == id->transmission);
}

static bool hears(const struct stick_ant *a)
{
	return memcmp(a->key, a->air_key, sizeof(a->key)) == 0 &&
	       a->frequency == FREQUENCY &&
	       (a->period == PERIOD || a->state == STICK_SCANNING);
}

static void broadcast(struct stick_ant *a, uint64_t now_us, int strap,
                      const struct stick_ant_id *id, const uint8_t *page)
{
	uint8_t data[ANT_LINK_DATA_MAX] = {0};
	size_t n = 1 + ANT_LINK_PAYLOAD;
	uint64_t ticks = now_us * 32768 / 1000000;
	struct stick_ant_out *out;

	memcpy(data + 1, page, ANT_LINK_PAYLOAD);
	if (a->library)
		data[n++] = a->library & (FLAG_ID | FLAG_RSSI | FLAG_TIME);
	if (a->library & FLAG_ID) {
		data[n++] = (uint8_t)id->number;
		data[n++] = (uint8_t)(id->number >> 8);
		data[n++] = id->type;
		data[n++] = id->transmission;
	}
	if (a->library & FLAG_RSSI) {
		/* four bytes, as the vector of C.3 */
		memcpy(data + n, (const uint8_t[]){0x10, 0, 0x68, 0}, 4);
		n += 4;
	}
	if (a->library & FLAG_TIME) {
		data[n++] = (uint8_t)ticks;
		data[n++] = (uint8_t)(ticks >> 8);
	}
	out = say(a, ANT_BROADCAST, data, n);
	if (!out)
		return;
	if (a->bad_sum > 0) {
		a->bad_sum--;
		out->bytes[out->len - 1] ^= 0x55;
		return;
	}
	out->strap = strap;
	memcpy(out->page, page, ANT_LINK_PAYLOAD);
}

static void miss(struct stick_ant *a, uint64_t now_us)
{
	respond(a, 0, EVENT, ANT_EVENT_MISSED);
	if (++a->missed < STICK_ANT_MISSED_MAX)
		return;
	a->state = STICK_SEARCHING;
	a->search_us = now_us;
	respond(a, 0, EVENT, ANT_EVENT_TO_SEARCH);
	note(a, "searches");
}

static void found(struct stick_ant *a, int strap, const struct stick_ant_id *id)
{
	char line[64];

	a->state = STICK_TRACKING;
	a->tracks = strap;
	a->id = *id;
	snprintf(line, sizeof(line), "tracks %u", id->number);
	note(a, line);
}

void stick_ant_slot(struct stick_ant *a, uint64_t now_us, int strap,
                    const struct stick_ant_id *id, const uint8_t *page)
{
	bool meant = a->state == STICK_TRACKING
	                     ? a->tracks == strap
	                     : a->state == STICK_SCANNING ||
	                               (a->state == STICK_SEARCHING &&
	                                is_asked_for(a, id));

	if (!meant)
		return;
	if (a->drop > 0) {
		a->drop--;
		page = NULL;
	}
	if (!page || !hears(a)) {
		if (a->state == STICK_TRACKING)
			miss(a, now_us);
		return;
	}
	if (a->state == STICK_SEARCHING)
		found(a, strap, id);
	a->missed = 0;
	broadcast(a, now_us, strap, id, page);
}

uint64_t stick_ant_step(struct stick_ant *a, uint64_t now_us)
{
	uint64_t end_us;

	if (a->state != STICK_SEARCHING || a->low_search == SEARCH_FOREVER ||
	    a->search == SEARCH_FOREVER)
		return NEVER;
	end_us = a->search_us +
	         (uint64_t)(a->low_search + a->search) * SEARCH_UNIT_US;
	if (now_us < end_us)
		return end_us;
	respond(a, 0, EVENT, ANT_EVENT_SEARCH_TIMEOUT);
	stick_ant_close(a);
	return NEVER;
}

/* --- to the host ----------------------------------------------------------
 */

void stick_ant_garbage(struct stick_ant *a, size_t n, uint64_t *seed)
{
	while (n > 0) {
		struct stick_ant_out *out = put(a);
		size_t some = n < STICK_ANT_OUT_BYTES ? n : STICK_ANT_OUT_BYTES;

		if (!out)
			return;
		for (size_t i = 0; i < some; i++) {
			/* Knuth's MMIX generator; the high bits are good */
			*seed = *seed * UINT64_C(6364136223846793005) +
			        UINT64_C(1442695040888963407);
			out->bytes[i] = (uint8_t)(*seed >> 56);
		}
		out->len = some;
		n -= some;
	}
}

bool stick_ant_next(struct stick_ant *a, struct stick_ant_out *ret)
{
	if (a->n_out == 0)
		return false;
	*ret = a->out[a->out_at];
	a->out_at = (a->out_at + 1) % STICK_ANT_OUT_MAX;
	a->n_out--;
	return true;
}
