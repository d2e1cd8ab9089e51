/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant_strap.h"

#include <string.h>

#include <errno.h>

void ant_strap_init(struct ant_strap *a, struct strap *strap)
{
	*a = (struct ant_strap){.strap = strap};
	arrival_count(&strap->arrival, ANT_HRM_PERIOD_US);
}

static void take_payload(struct ant_strap *a, uint64_t t_us,
                         const uint8_t *payload)
{
	struct ant_hrm_news news;

	strap_heard(a->strap, t_us);
	if (a->strap->state == SENSOR_LOST ||
	    a->strap->state == SENSOR_SEARCHING)
		ant_hrm_restart(&a->hrm);
	news = ant_hrm_take(&a->hrm, t_us, payload);
	if (news.computed) {
		strap_lost(a->strap, -EOPNOTSUPP);
		return;
	}
	if (news.hole)
		strap_hole(a->strap, 0);
	strap_contact(a->strap,
	              news.off_skin ? BEAT_CONTACT_POOR : BEAT_CONTACT_UNKNOWN);
	strap_beats(a->strap, t_us, news.rr_ticks, news.n,
	            BEAT_CONTACT_UNKNOWN);
}

/* Only the last of these says anything of the strap: the counter of the next
   message tells what was missed. */
static void take_event(struct ant_strap *a, const struct ant_link_message *m)
{
	bool event = m->id == ANT_RESPONSE && m->len >= 3 && m->data[1] == 1;

	if (!event || !a->hrm.primed ||
	    (m->data[2] != ANT_EVENT_TO_SEARCH &&
	     m->data[2] != ANT_EVENT_CLOSED))
		return;
	strap_lost(a->strap, -ETIMEDOUT);
}

static int damaged(struct ant_strap *a, uint64_t t_us)
{
	strap_heard(a->strap, t_us);
	strap_hole(a->strap, -EBADMSG);
	return -EBADMSG;
}

static int take(struct ant_strap *a, uint64_t t_us,
                const struct ant_link_message *m)
{
	struct ant_link_data data;
	int r = ant_link_data(m, &data);

	if (r == -EBADMSG)
		return damaged(a, t_us);
	if (r < 0)
		take_event(a, m);
	else if (!data.known || data.type == ANT_STRAP_TYPE)
		take_payload(a, t_us, data.payload);
	return 0;
}

int ant_strap_message(struct ant_strap *a, uint64_t t_us,
                      const struct ant_link_message *m)
{
	strap_packet(a->strap, t_us, m->frame, m->len + 4u);
	return take(a, t_us, m);
}

int ant_strap_notify(struct ant_strap *a, uint64_t t_us, const uint8_t *bytes,
                     size_t len)
{
	struct ant_link_message m;

	strap_packet(a->strap, t_us, bytes, len);
	if (ant_link_parse(bytes, len, &m) < 0)
		return damaged(a, t_us);
	return take(a, t_us, &m);
}

#define PAGE        0x7f /* without the toggle bit */
#define PAGE_SERIAL 2

size_t ant_strap_hide(const uint8_t *bytes, size_t len,
                      uint8_t ret[ANT_LINK_FRAME_MAX])
{
	uint8_t data[1 + ANT_LINK_PAYLOAD];
	struct ant_link_message m;
	struct ant_link_data d;

	if (ant_link_parse(bytes, len, &m) < 0 || ant_link_data(&m, &d) < 0) {
		if (len > ANT_LINK_FRAME_MAX)
			len = ANT_LINK_FRAME_MAX;
		memcpy(ret, bytes, len);
		return len;
	}
	data[0] = m.data[0]; /* the channel */
	memcpy(data + 1, d.payload, ANT_LINK_PAYLOAD);
	if ((d.payload[0] & PAGE) == PAGE_SERIAL)
		memset(data + 1 + 2, 0, 2);
	return ant_link_compose(ret, m.id, data, sizeof(data));
}
