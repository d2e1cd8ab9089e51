/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/stick_hrm.h"

#include <string.h>

#include "signal/beat.h"

#define TOGGLE       0x80
#define TOGGLE_SLOTS 4
/* A background page in every 65th message. */
#define ROUND_SLOTS   65

#define PAGE_TIME     1
#define PAGE_SERIAL   2
#define PAGE_PRODUCT  3
#define PAGE_PREVIOUS 4
#define PAGE_BATTERY  7

void stick_hrm_beat(struct stick_hrm *h, uint16_t rr_ticks)
{
	const unsigned a_minute = 60 * BEAT_TICKS_PER_S;
	unsigned bpm = rr_ticks ? (a_minute + rr_ticks / 2u) / rr_ticks : 0;

	h->previous = h->event;
	h->event = (uint16_t)(h->event + rr_ticks);
	h->count++;
	h->bpm = (uint8_t)(bpm < UINT8_MAX ? bpm : UINT8_MAX);
}

void stick_hrm_gap(struct stick_hrm *h, uint64_t ticks)
{
	h->event = (uint16_t)(h->event + ticks);
	h->count += STICK_HRM_GAP;
}

void stick_hrm_roll(struct stick_hrm *h)
{
	h->count = UINT8_MAX - 3;
	h->event = UINT16_MAX - 6 * BEAT_TICKS_PER_S;
	h->previous = (uint16_t)(h->event - BEAT_TICKS_PER_S);
}

static void fill_background(const struct stick_hrm *h, uint8_t *page)
{
	static const uint8_t pages[][4] = {
		{PAGE_TIME, 0x10, 0x0e, 0x00},    /* two hours, in 2 s */
		{PAGE_SERIAL, 0x01, 0x34, 0x12},  /* Garmin; serial number */
		{PAGE_PRODUCT, 0x01, 0x02, 0x03}, /* hardware, software */
		{PAGE_BATTERY, 0x55, 0x80, 0x22}, /* 85 %, 2.5 V, good */
	};

	memcpy(page, pages[h->slots / ROUND_SLOTS % 4], 4);
}

void stick_hrm_page(struct stick_hrm *h, uint8_t ret[ANT_LINK_PAYLOAD])
{
	bool toggle = h->slots / TOGGLE_SLOTS % 2 == 1;

	if (h->old) {
		memset(ret, 0xa4, 4); /* of all the worst: a false beginning */
	} else {
		ret[0] = PAGE_PREVIOUS;
		ret[1] = 0xff;
		ret[2] = (uint8_t)h->previous;
		ret[3] = (uint8_t)(h->previous >> 8);
		if (h->slots % ROUND_SLOTS == ROUND_SLOTS - 1)
			fill_background(h, ret);
		ret[0] |= toggle ? TOGGLE : 0;
	}
	ret[4] = (uint8_t)h->event;
	ret[5] = (uint8_t)(h->event >> 8);
	ret[6] = h->count;
	ret[7] = h->off ? 0 : h->bpm;
	h->slots++;
}

/* --- what a host can know -------------------------------------------------
 */

/* C.6: beyond these nothing follows from the page before. */
#define HOLE_MAX   20
#define SILENCE_US UINT64_C(10000000)

bool stick_truth_beat(struct stick_truth *t, uint64_t index, uint8_t count,
                      bool felt)
{
	if (t->n == STICK_TRUTH_MAX)
		return false;
	t->beats[t->n++] = (struct stick_truth_beat){index, count, felt, false};
	return true;
}

/* Return: how many are new in a page that counts up to @count. */
static size_t new_beats(const struct stick_truth *t, uint8_t count)
{
	for (size_t i = t->n; i-- > t->decided;)
		if (t->beats[i].felt && t->beats[i].count == count)
			return i + 1 - t->decided;
	return 0;
}

void stick_truth_page(struct stick_truth *t, uint64_t t_us,
                      const uint8_t page[ANT_LINK_PAYLOAD], bool old)
{
	bool previous = !old && (page[0] & ~TOGGLE) == PAGE_PREVIOUS;
	size_t n = new_beats(t, page[6]), known = 0;

	if (t->at == STICK_TRUTH_WHOLE && t_us >= t->last_us + SILENCE_US)
		t->at = STICK_TRUTH_BROKEN;
	t->last_us = t_us;
	if (t->at == STICK_TRUTH_BEGIN && n == 0)
		return;
	if (t->at == STICK_TRUTH_WHOLE)
		known = n == 1 || (n == 2 && previous) ? n
		        : previous && n <= HOLE_MAX    ? 1
		                                       : 0;
	else if (t->at == STICK_TRUTH_BROKEN)
		known = previous;
	if (known > n)
		known = n;
	t->at = STICK_TRUTH_WHOLE;
	t->decided += n;
	for (size_t i = 0; i < known; i++)
		t->beats[t->decided - 1 - i].sent = true;
}

void stick_truth_break(struct stick_truth *t)
{
	if (t->at == STICK_TRUTH_WHOLE)
		t->at = STICK_TRUTH_BROKEN;
}

void stick_truth_begin(struct stick_truth *t)
{
	t->at = STICK_TRUTH_BEGIN;
}

void stick_truth_end(struct stick_truth *t)
{
	t->decided = t->n;
}

bool stick_truth_next(struct stick_truth *t, struct stick_truth_beat *ret)
{
	if (t->decided == 0)
		return false;
	*ret = t->beats[0];
	t->decided--;
	t->n--;
	memmove(t->beats, t->beats + 1, t->n * sizeof(t->beats[0]));
	return true;
}
