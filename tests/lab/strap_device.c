/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/strap_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Reasons of the Core, Vol 1, Part F. */
#define CONNECTION_TIMEOUT 0x08

#define BATTERY_PCT        87

/* --- to the controller ------------------------------------------------------
 */

static void pump(struct strap_device *s)
{
	if (s->busy || s->queued == 0)
		return;
	s->busy = s->write(s->data, s->queue[0].bytes, s->queue[0].len) == 0;
	s->queued--;
	memmove(s->queue, s->queue + 1, s->queued * sizeof(s->queue[0]));
}

/* A controller that no longer answers loses what is too much. */
static void command(struct strap_device *s, struct strap_hci_packet packet)
{
	if (s->queued < STRAP_DEVICE_QUEUE)
		s->queue[s->queued++] = packet;
	pump(s);
}

static void set_air(struct strap_device *s, bool on)
{
	if (on != s->on_air)
		command(s, strap_hci_advertise(on));
	s->on_air = on;
}

static void beacon(struct strap_device *s, uint64_t now_us)
{
	set_air(s, false);
	set_air(s, true);
	s->beacon_us = now_us + STRAP_DEVICE_BEACON_US;
}

static void mind_air(struct strap_device *s, uint64_t now_us)
{
	bool wanted = !s->away && !s->claimed && !s->linked;

	if (!s->ready || wanted == s->advertises)
		return;
	s->advertises = wanted;
	device_say(s->device, wanted ? "advertises" : "is quiet");
	if (wanted)
		beacon(s, now_us);
	else
		set_air(s, false);
}

static void disconnect(struct strap_device *s, uint8_t reason)
{
	if (!s->linked || s->dropping)
		return;
	s->dropping = true;
	command(s, strap_hci_disconnect(s->handle, reason));
}

static int send_data(struct strap_device *s, enum strap_hci_channel channel,
                     const uint8_t *data, size_t len)
{
	struct strap_hci_packet p =
		strap_hci_data(s->handle, channel, data, len);

	return s->write(s->data, p.bytes, p.len);
}

void strap_device_begin(struct strap_device *s, const char *maker)
{
	strap_att_init(&s->att, s->shown_name, maker, BATTERY_PCT);
	strap_hrm_init(&s->hrm);
	command(s, strap_hci_plain(HCI_RESET));
	command(s, strap_hci_plain(HCI_READ_ADDRESS));
	command(s, strap_hci_mask(HCI_EVENT_MASK));
	command(s, strap_hci_mask(HCI_LE_EVENT_MASK));
	command(s, strap_hci_advertise_how());
	command(s, strap_hci_advertise_what(s->shown_name));
}

/* --- beats ------------------------------------------------------------------
 */

static bool speaks(const struct strap_device *s)
{
	return s->linked && !s->dropping && !s->silent &&
	       strap_att_subscribed(&s->att);
}

/* What waits at the end of a link is never sent. */
static void lose_waiting(struct strap_device *s)
{
	for (size_t i = 0; i < s->hrm.n; i++)
		heart_truth(s->device->truth, &s->hrm.waiting[i], false,
		            s->hrm.contact);
	strap_hrm_drop(&s->hrm, s->hrm.n);
}

static int notify(struct strap_device *s, const uint8_t *value, size_t len)
{
	uint8_t bytes[STRAP_ATT_MTU];

	return send_data(s, L2CAP_ATT, bytes,
	                 strap_att_notify(value, len, bytes));
}

static void send_packet(struct strap_device *s, uint64_t now_us)
{
	uint8_t value[STRAP_ATT_VALUE_MAX];
	size_t beats, len = strap_hrm_build(&s->hrm, value, &beats);
	bool sent = notify(s, value, len) == 0 && !s->unheard;

	for (size_t i = 0; i < beats; i++)
		heart_truth(s->device->truth, &s->hrm.waiting[i], sent,
		            s->hrm.contact);
	strap_hrm_drop(&s->hrm, beats);
	s->notified_us = now_us;
	if (!s->last_heard)
		return;
	s->last_heard = false;
	s->unheard = true;
	device_say(s->device, "unheard");
}

static int mind_beats(struct strap_device *s, uint64_t now_us)
{
	struct heart_beat beat;
	int r;

	while ((r = heart_take(s->heart, now_us, &beat)) > 0) {
		bool wait = speaks(s) && s->hrm.pack != 0 &&
		            s->hrm.n < STRAP_HRM_WAITING;

		strap_hrm_beat(&s->hrm, &beat, wait);
		if (!wait)
			heart_truth(s->device->truth, &beat, false,
			            s->hrm.contact);
	}
	return r;
}

/* When the next packet goes out, as far as the beats are known. */
static uint64_t packet_us(const struct strap_device *s)
{
	size_t enough = s->hrm.pack > 0 ? (size_t)s->hrm.pack : 1;

	if (!speaks(s))
		return UINT64_MAX;
	return s->notified_us + (s->hrm.n >= enough ? STRAP_DEVICE_SOONEST_US
	                                            : STRAP_DEVICE_LATEST_US);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int strap_device_step(struct strap_device *s, uint64_t now_us,
                      uint64_t *ret_next_us)
{
	uint64_t next_us;
	int r = mind_beats(s, now_us);

	if (r < 0)
		return r;
	if (packet_us(s) <= now_us)
		send_packet(s, now_us);
	if (s->late_len > 0 && s->late_us <= now_us) {
		(void)send_data(s, L2CAP_ATT, s->late, s->late_len);
		s->late_len = 0;
	}
	if (s->advertises && s->beacon_us <= now_us)
		beacon(s, now_us);
	next_us = earlier(heart_next(s->heart), packet_us(s));
	if (s->late_len > 0)
		next_us = earlier(next_us, s->late_us);
	if (s->advertises)
		next_us = earlier(next_us, s->beacon_us);
	*ret_next_us = next_us;
	return 0;
}

/* --- from the controller ----------------------------------------------------
 */

static void done(struct strap_device *s, const struct strap_hci_event *e,
                 uint64_t now_us)
{
	const uint8_t *a = e->address;

	s->busy = false;
	if (e->status != 0)
		device_say(s->device, "command %04x: status 0x%02x", e->command,
		           e->status);
	if (e->command == HCI_READ_ADDRESS)
		device_say(s->device, "ready %02X:%02X:%02X:%02X:%02X:%02X",
		           a[0], a[1], a[2], a[3], a[4], a[5]);
	pump(s);
	s->ready = s->ready || e->command == HCI_ADVERTISE_WHAT;
	mind_air(s, now_us);
}

static void connected(struct strap_device *s, const struct strap_hci_event *e,
                      uint64_t now_us)
{
	s->linked = true;
	s->on_air = false; /* a link ends it */
	s->last_heard = false;
	s->unheard = false;
	s->dropping = false;
	s->handle = e->handle;
	s->late_len = 0;
	strap_att_reset(&s->att);
	device_say(s->device, "connected");
	mind_air(s, now_us);
	if (s->away || s->claimed)
		disconnect(s, CONNECTION_TIMEOUT);
}

static void disconnected(struct strap_device *s,
                         const struct strap_hci_event *e, uint64_t now_us)
{
	s->linked = false;
	s->dropping = false;
	lose_waiting(s);
	device_say(s->device, "disconnected 0x%02x", e->reason);
	mind_air(s, now_us);
}

static void asked(struct strap_device *s, const struct strap_hci_event *e,
                  uint64_t now_us)
{
	uint8_t answer[STRAP_ATT_MTU];
	bool before = strap_att_subscribed(&s->att), now;
	size_t len = strap_att_answer(&s->att, e->data, e->len, answer);

	now = strap_att_subscribed(&s->att);
	if (now != before) {
		device_say(s->device, now ? "subscribed" : "unsubscribed");
		lose_waiting(s);
		s->notified_us = now_us - STRAP_DEVICE_SOONEST_US;
	}
	if (s->slow_ms > 0 && strap_att_discovers(e->data, e->len)) {
		memcpy(s->late, answer, len);
		s->late_len = len;
		s->late_us = now_us + s->slow_ms * UINT64_C(1000);
	} else if (len > 0) {
		(void)send_data(s, L2CAP_ATT, answer, len);
	}
}

/* What straps do not do: pairing, and L2CAP's requests. */
static void turn_down(struct strap_device *s, const struct strap_hci_event *e)
{
	static const uint8_t no_pairing[] = {0x05, 0x05};
	uint8_t reject[] = {0x01, 0, 2, 0, 0, 0};

	if (e->channel == L2CAP_SMP && e->len > 0 && e->data[0] == 0x01)
		(void)send_data(s, L2CAP_SMP, no_pairing, sizeof(no_pairing));
	if (e->channel != L2CAP_SIGNALS || e->len < 4 ||
	    e->data[0] == reject[0])
		return;
	reject[1] = e->data[1];
	(void)send_data(s, L2CAP_SIGNALS, reject, sizeof(reject));
}

void strap_device_take(struct strap_device *s, const uint8_t *bytes, size_t len,
                       uint64_t now_us)
{
	struct strap_hci_event e = strap_hci_parse(bytes, len);

	switch (e.kind) {
	case HCI_DONE:
		done(s, &e, now_us);
		break;
	case HCI_CONNECTED:
		connected(s, &e, now_us);
		break;
	case HCI_DISCONNECTED:
		disconnected(s, &e, now_us);
		break;
	case HCI_DATA:
		if (e.channel == L2CAP_ATT)
			asked(s, &e, now_us);
		else
			turn_down(s, &e);
		break;
	case HCI_OTHER:
		break;
	}
}

/* --- commands ---------------------------------------------------------------
 */

static int number_of(const char *text, long least, long most, long *ret)
{
	char *end;
	long n = strtol(text, &end, 0);

	if (end == text || *end || n < least || n > most)
		return -EINVAL;
	*ret = n;
	return 0;
}

static int on_off(const char *text, bool *ret)
{
	if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
		return -EINVAL;
	*ret = strcmp(text, "on") == 0;
	return 0;
}

static int contact_of(const char *text, enum beat_contact *ret)
{
	bool on;

	if (strcmp(text, "unsupported") == 0) {
		*ret = BEAT_CONTACT_UNKNOWN;
		return 0;
	}
	if (on_off(text, &on) < 0)
		return -EINVAL;
	*ret = on ? BEAT_CONTACT_GOOD : BEAT_CONTACT_POOR;
	return 0;
}

static int pack_of(const char *text, int *ret)
{
	long n = STRAP_HRM_PACK_ALL;

	if (strcmp(text, "all") != 0 &&
	    number_of(text, 0, STRAP_HRM_RR_MAX, &n) < 0)
		return -EINVAL;
	*ret = (int)n;
	return 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -EINVAL;
}

static int send_raw(struct strap_device *s, const char *hex)
{
	uint8_t value[STRAP_ATT_VALUE_MAX];
	size_t len = strlen(hex) / 2;

	if (strlen(hex) % 2 || len > sizeof(value))
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		value[i] = (uint8_t)(high << 4 | low);
	}
	return speaks(s) ? notify(s, value, len) : -ENOTCONN;
}

/* Off the air, or a first client's: who was connected hears no more of it. */
static int leave(struct strap_device *s, bool *how, uint8_t reason,
                 uint64_t now_us)
{
	*how = true;
	disconnect(s, reason);
	lose_waiting(s);
	mind_air(s, now_us);
	return 0;
}

static int come_back(struct strap_device *s, bool *from, uint64_t now_us)
{
	*from = false;
	mind_air(s, now_us);
	return 0;
}

static int set_silent(struct strap_device *s, bool silent)
{
	s->silent = silent;
	if (silent)
		lose_waiting(s);
	return 0;
}

static int drop(struct strap_device *s, const char *text)
{
	long reason = 0;

	if (number_of(text, 1, 0xff, &reason) < 0)
		return -EINVAL;
	disconnect(s, (uint8_t)reason);
	lose_waiting(s);
	return 0;
}

static int end_hearing(struct strap_device *s)
{
	s->last_heard = true;
	return 0;
}

static int set_slow(struct strap_device *s, const char *text)
{
	long ms = 0;

	if (number_of(text, 0, 60000, &ms) < 0)
		return -EINVAL;
	s->slow_ms = (unsigned)ms;
	return 0;
}

static int obey(struct strap_device *s, const char *command, uint64_t now_us)
{
	const char *text;

	if (strcmp(command, "away") == 0)
		return leave(s, &s->away, CONNECTION_TIMEOUT, now_us);
	if (strcmp(command, "back") == 0)
		return come_back(s, &s->away, now_us);
	if (strcmp(command, "claim") == 0)
		return leave(s, &s->claimed, CONNECTION_TIMEOUT, now_us);
	if (strcmp(command, "release") == 0)
		return come_back(s, &s->claimed, now_us);
	if (strcmp(command, "silent") == 0)
		return set_silent(s, true);
	if (strcmp(command, "speak") == 0)
		return set_silent(s, false);
	if (strcmp(command, "unheard") == 0)
		return end_hearing(s);
	if ((text = device_argument(command, "contact")))
		return contact_of(text, &s->hrm.contact);
	if ((text = device_argument(command, "drop")))
		return drop(s, text);
	if ((text = device_argument(command, "slow-services")))
		return set_slow(s, text);
	if ((text = device_argument(command, "pack")))
		return pack_of(text, &s->hrm.pack);
	if ((text = device_argument(command, "hr16")))
		return on_off(text, &s->hrm.rate16);
	if ((text = device_argument(command, "energy")))
		return on_off(text, &s->hrm.energy);
	if ((text = device_argument(command, "raw")))
		return send_raw(s, text);
	return -EINVAL;
}

int strap_device_command(struct strap_device *s, const char *command,
                         uint64_t now_us)
{
	int r;

	/* the beats so far were as it was so far */
	r = mind_beats(s, now_us);
	if (r < 0)
		return r;
	device_say(s->device, "told: %s", command);
	r = obey(s, command, now_us);
	if (r < 0)
		device_say(s->device, "cannot: %s", strerror(-r));
	return r;
}
