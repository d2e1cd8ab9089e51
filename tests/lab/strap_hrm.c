/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/strap_hrm.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
	FLAG_RATE16 = 0x01,
	FLAG_SKIN = 0x02,
	FLAG_HAS_CONTACT = 0x04,
	FLAG_ENERGY = 0x08,
	FLAG_RR = 0x10,
};

#define BPM_KEEP 0.8 /* of the old rate with each beat, as straps filter it */

void strap_hrm_init(struct strap_hrm *h)
{
	*h = (struct strap_hrm){.contact = BEAT_CONTACT_GOOD,
	                        .pack = STRAP_HRM_PACK_ALL};
}

void strap_hrm_beat(struct strap_hrm *h, const struct heart_beat *beat,
                    bool send)
{
	double bpm = 60.0 * BEAT_TICKS_PER_S / beat->rr_ticks;

	h->bpm = h->bpm > 0 ? BPM_KEEP * h->bpm + (1 - BPM_KEEP) * bpm : bpm;
	h->energy_kj += h->energy;
	if (!send)
		return;
	assert(h->n < STRAP_HRM_WAITING);
	h->waiting[h->n++] = *beat;
}

void strap_hrm_drop(struct strap_hrm *h, size_t n)
{
	assert(n <= h->n);
	h->n -= n;
	memmove(h->waiting, h->waiting + n, h->n * sizeof(h->waiting[0]));
}

static size_t put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	return 2;
}

static uint8_t contact_flags(enum beat_contact contact)
{
	switch (contact) {
	case BEAT_CONTACT_GOOD:
		return FLAG_HAS_CONTACT | FLAG_SKIN;
	case BEAT_CONTACT_POOR:
		return FLAG_HAS_CONTACT;
	case BEAT_CONTACT_UNKNOWN:
		break;
	}
	return 0;
}

/* How many intervals go into a packet with so much room. */
static size_t packed(const struct strap_hrm *h, size_t room)
{
	size_t most = room / 2;

	if (h->pack >= 0 && (size_t)h->pack < most)
		most = (size_t)h->pack;
	if (h->pack > 0 && h->n < most)
		return 0; /* until there are so many */
	return h->n < most ? h->n : most;
}

size_t strap_hrm_build(struct strap_hrm *h, uint8_t ret[STRAP_ATT_VALUE_MAX],
                       size_t *ret_beats)
{
	unsigned bpm = (unsigned)fmin(rint(h->bpm), h->rate16 ? 0xffff : 0xff);
	size_t len = 1, n;

	ret[0] = contact_flags(h->contact);
	if (h->rate16) {
		ret[0] |= FLAG_RATE16;
		len += put16(ret + len, bpm);
	} else {
		ret[len++] = (uint8_t)bpm;
	}
	if (h->energy) {
		ret[0] |= FLAG_ENERGY;
		len += put16(ret + len, h->energy_kj);
	}
	n = packed(h, STRAP_ATT_VALUE_MAX - len);
	if (n > 0)
		ret[0] |= FLAG_RR;
	for (size_t i = 0; i < n; i++)
		len += put16(ret + len, h->waiting[i].rr_ticks);
	*ret_beats = n;
	return len;
}
