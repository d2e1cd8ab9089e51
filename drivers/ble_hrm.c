/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble_hrm.h"

#include <errno.h>
#include <stdbool.h>

/* Heart Rate Service 1.0, 3.1.1.1; the three highest bits are reserved. */
enum {
	FLAG_BPM_U16 = 1 << 0,
	FLAG_CONTACT_GOOD = 1 << 1,
	FLAG_CONTACT_SUPPORTED = 1 << 2,
	FLAG_ENERGY = 1 << 3,
	FLAG_RR = 1 << 4,
};

/* Yields 0 past the end and remembers it. */
struct cursor {
	const uint8_t *at;
	size_t left;
	bool short_read;
};

static unsigned take_u8(struct cursor *c)
{
	if (c->left < 1) {
		c->short_read = true;
		return 0;
	}
	c->left--;
	return *c->at++;
}

static unsigned take_le16(struct cursor *c)
{
	unsigned low = take_u8(c);

	return low | take_u8(c) << 8;
}

static enum beat_contact contact_of(unsigned flags)
{
	if (!(flags & FLAG_CONTACT_SUPPORTED))
		return BEAT_CONTACT_UNKNOWN;
	return flags & FLAG_CONTACT_GOOD ? BEAT_CONTACT_GOOD
	                                 : BEAT_CONTACT_POOR;
}

int ble_hrm_parse(const uint8_t *buf, size_t len, struct ble_hrm *ret)
{
	struct cursor c = {.at = buf, .left = len};
	unsigned flags = take_u8(&c);
	unsigned bpm = flags & FLAG_BPM_U16 ? take_le16(&c) : take_u8(&c);

	if (flags & FLAG_ENERGY)
		(void)take_le16(&c);
	if (c.short_read)
		return -EBADMSG;

	ret->bpm = bpm;
	ret->contact = contact_of(flags);
	ret->n_rr = 0;
	if (flags & FLAG_RR)
		while (c.left > 1 && ret->n_rr < BLE_HRM_RR_MAX)
			ret->rr_ticks[ret->n_rr++] = (uint16_t)take_le16(&c);
	return 0;
}
