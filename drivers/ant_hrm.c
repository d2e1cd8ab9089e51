/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant_hrm.h"

#define TICKS_PER_S    1024

#define TOGGLE_BIT     0x80
#define TOGGLED_BOTH   3
#define PAGE_PREVIOUS  4
#define PAGE_DEVICE    9
#define DEVICE_EVENT   0x03
#define EVENT_COMPUTED 1

static uint16_t le16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static int64_t ticks_to_us(uint16_t ticks)
{
	return (int64_t)ticks * 1000000 / TICKS_PER_S;
}

/* Return: the page, or -1 as long as the strap may be one without pages. */
static int page_of(struct ant_hrm *h, uint8_t first)
{
	h->toggled |= first & TOGGLE_BIT ? 2 : 1;
	return h->toggled == TOGGLED_BOTH ? first & (uint8_t)~TOGGLE_BIT : -1;
}

static bool believable(const struct ant_hrm *h, uint64_t t_us, uint8_t beats,
                       uint16_t ticks)
{
	int64_t passed_us, off_us;

	if (beats > ANT_HRM_MISSING_MAX || t_us - h->beat_us > ANT_HRM_APART_US)
		return false;
	passed_us = (int64_t)(t_us - h->beat_us);
	off_us = ticks_to_us(ticks) - passed_us;
	return off_us <= ANT_HRM_SLACK_US && off_us >= -ANT_HRM_SLACK_US &&
	       beats * ANT_HRM_SHORTEST_US <= passed_us + ANT_HRM_SLACK_US;
}

static void add(struct ant_hrm_news *news, uint16_t ticks)
{
	if (ticks > 0)
		news->rr_ticks[news->n++] = ticks;
}

/* @beats new ones, the last of them @ticks after the last known one and
   @last after the one before it, if that is not 0. */
static void tell_intervals(struct ant_hrm_news *news, uint8_t beats,
                           uint16_t ticks, uint16_t last)
{
	if (beats == 1) {
		/* Where they differ page 4 is right, and a beat went by that
		   was never counted. */
		news->hole = last && last != ticks;
		add(news, last ? last : ticks);
	} else if (!last || last >= ticks) {
		news->hole = true;
		news->missing = beats;
	} else if (beats == 2) {
		add(news, (uint16_t)(ticks - last));
		add(news, last);
	} else {
		news->hole = true;
		news->missing = beats - 1u;
		add(news, last);
	}
}

static void take_beat(const struct ant_hrm *h, uint64_t t_us, uint8_t beats,
                      uint16_t ticks, uint16_t last, struct ant_hrm_news *news)
{
	bool lost = h->lost && !h->lapsed;

	if (lost || h->lapsed || !believable(h, t_us, beats, ticks)) {
		news->hole = true;
		if (lost)
			add(news, last);
	} else {
		tell_intervals(news, beats, ticks, last);
	}
}

static uint16_t previous_of(const uint8_t *payload, int page)
{
	uint16_t last = (uint16_t)(le16(payload + 4) - le16(payload + 2));

	if (page != PAGE_PREVIOUS || ticks_to_us(last) > ANT_HRM_PREVIOUS_US)
		return 0;
	return last;
}

struct ant_hrm_news ant_hrm_take(struct ant_hrm *h, uint64_t t_us,
                                 const uint8_t payload[ANT_LINK_PAYLOAD])
{
	struct ant_hrm_news news = {.n = 0};
	uint16_t event = le16(payload + 4);
	uint16_t ticks = (uint16_t)(event - h->event_ticks);
	uint8_t beats = (uint8_t)(payload[6] - h->count);
	int page = page_of(h, payload[0]);

	if (page == PAGE_DEVICE)
		h->computed = (payload[1] & DEVICE_EVENT) == EVENT_COMPUTED;
	if (payload[7] != 0)
		h->no_rate = 0;
	else if (h->no_rate < ANT_HRM_NO_RATE)
		h->no_rate++;
	news.computed = h->computed;
	news.off_skin = h->no_rate == ANT_HRM_NO_RATE;
	/* Behind a loss the counter may have come round to where it was. */
	if (h->primed && beats == 0 && (!h->lost || ticks == 0)) {
		if (t_us - h->beat_us >= ANT_HRM_STILL_US)
			news.off_skin = true;
		h->lapsed = h->lapsed || news.off_skin;
		h->lost = false;
		return news;
	}
	h->lapsed = h->lapsed || news.off_skin || h->computed;
	if (h->primed)
		take_beat(h, t_us, beats, ticks, previous_of(payload, page),
		          &news);
	h->lapsed = news.off_skin || h->computed;
	h->lost = false;
	h->primed = true;
	h->count = payload[6];
	h->event_ticks = event;
	h->beat_us = t_us;
	return news;
}

void ant_hrm_restart(struct ant_hrm *h)
{
	h->lost = true;
}
