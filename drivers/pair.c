/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/pair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "drivers/ant_start.h"
#include "drivers/pair_merge.h"

#define SCHEME "pair:"

struct pair;

struct side {
	struct pair *pair;
	unsigned n;
	char uri[PAIR_PART_MAX];
	struct sensor *sensor; /* NULL: not opened, or let go */
	uint64_t next_us;      /* when to step it; 0: it never was */
};

struct pair {
	struct sensor *sensor;
	/* the second one is opened when whoever opened this is long gone */
	struct sensor_context context;
	uint8_t ant_key[ANT_KEY_BYTES];
	struct side sides[2];
	struct pair_merge merge;
	uint64_t now_us;        /* the latest that was heard of */
	bool named;             /* the second one has an address */
	bool opened, told;      /* it was; that it is another's */
	sd_event_source *later; /* opens it, or lets it go; or NULL */
};

/* --- two URIs in one --------------------------------------------------------
 */

/* Return: the + between two URIs; NULL: there is none. */
static const char *middle_of(const char *address)
{
	const char *at = strchr(address, '+');

	while (at && !sensor_known(at + 1))
		at = strchr(at + 1, '+');
	return at;
}

bool pair_part(const char *uri, unsigned part, char ret[PAIR_PART_MAX])
{
	const char *address = uri + strlen(SCHEME), *plus, *from;
	size_t len;

	if (strncmp(uri, SCHEME, strlen(SCHEME)) != 0)
		return false;
	plus = middle_of(address);
	if (!plus)
		return false;
	from = part == 0 ? address : plus + 1;
	len = part == 0 ? (size_t)(plus - address) : strlen(from);
	if (len >= PAIR_PART_MAX)
		return false;
	memcpy(ret, from, len);
	ret[len] = '\0';
	return true;
}

static bool one_scheme(const char *a, const char *b)
{
	size_t n = strcspn(a, ":");

	return n == strcspn(b, ":") && memcmp(a, b, n) == 0;
}

static int read_parts(struct pair *p, const char *address)
{
	char uri[2 * PAIR_PART_MAX];
	char *first = p->sides[0].uri, *second = p->sides[1].uri;

	if (strlen(address) + strlen(SCHEME) >= sizeof(uri))
		return -EINVAL;
	strcpy(uri, SCHEME);
	strcat(uri, address);
	if (!pair_part(uri, 0, first) || !pair_part(uri, 1, second) ||
	    strncmp(first, SCHEME, strlen(SCHEME)) == 0 ||
	    strncmp(second, SCHEME, strlen(SCHEME)) == 0)
		return -EINVAL;
	if (one_scheme(first, second) && !sensor_simulated(first))
		return -EINVAL;
	p->named = strchr(second, ':')[1] != '\0';
	return 0;
}

/* --- what the two tell ------------------------------------------------------
 */

/* Neither is opened or closed from within what it tells. */
static void mind_second(struct pair *p)
{
	bool strange = pair_merge_strange(&p->merge);
	bool due = p->opened ? strange && p->sides[1].sensor : p->merge.begun;
	const struct sensor_listener *l = &p->sensor->listener;

	if (p->named && strange && !p->told) {
		p->told = true;
		l->state(l->data, p->merge.state, -EXDEV);
	}
	if (!p->named && due && p->later)
		(void)sd_event_source_set_enabled(p->later, SD_EVENT_ONESHOT);
}

static void on_beat(void *data, const struct beat *beat)
{
	struct side *side = data;
	struct pair *p = side->pair;

	if (beat->t_us > p->now_us)
		p->now_us = beat->t_us;
	pair_merge_beat(&p->merge, side->n, p->now_us, beat);
	mind_second(p);
}

static void on_state(void *data, enum sensor_state state, int error)
{
	struct side *side = data;
	struct pair *p = side->pair;

	pair_merge_state(&p->merge, side->n, p->now_us, state, error);
}

static void on_packet(void *data, const struct sensor_packet *packet)
{
	struct side *side = data;
	const struct sensor_listener *l = &side->pair->sensor->listener;

	if (packet->t_us > side->pair->now_us)
		side->pair->now_us = packet->t_us;
	if (side->n == 0 && l->packet)
		l->packet(l->data, packet);
}

static void on_found(void *data, const struct sensor_found *found)
{
	struct side *side = data;
	const struct sensor_listener *l = &side->pair->sensor->listener;

	if (l->found)
		l->found(l->data, found);
}

/* --- opening and closing ----------------------------------------------------
 */

static int open_side(struct pair *p, unsigned n)
{
	const struct sensor_listener listener = {
		.beat = on_beat,
		.state = on_state,
		.packet = on_packet,
		.found = on_found,
		.data = &p->sides[n],
	};

	return sensor_create(&p->sides[n].sensor, p->sides[n].uri, &listener,
	                     &p->context);
}

/* The one without an address: see the header. */
static void change_second(struct pair *p)
{
	if (!p->opened && p->merge.begun) {
		p->opened = true;
		(void)open_side(p, 1); /* done without */
	} else if (p->opened && !p->named && pair_merge_strange(&p->merge)) {
		p->sides[1].sensor = sensor_destroy(p->sides[1].sensor);
	}
}

static int on_later(sd_event_source *source, void *data)
{
	(void)source;
	change_second(data);
	return 0;
}

static int pair_open(struct sensor *s, const char *address)
{
	struct pair *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	s->data = p;
	p->sensor = s;
	p->context = s->context;
	if (s->context.ant_key) {
		memcpy(p->ant_key, s->context.ant_key, sizeof(p->ant_key));
		p->context.ant_key = p->ant_key;
	}
	for (unsigned i = 0; i < 2; i++)
		p->sides[i] = (struct side){.pair = p, .n = i};
	r = read_parts(p, address);
	if (r < 0)
		return r;
	pair_merge_init(&p->merge, &s->listener);
	for (unsigned i = 0; i < 2; i++)
		p->merge.sides[i].counts =
			strncmp(p->sides[i].uri, "ant:", 4) == 0;
	p->merge.sides[1].may_begin = p->named;
	r = open_side(p, 0);
	if (r == 0 && p->named) {
		p->opened = true;
		return open_side(p, 1);
	}
	if (r == 0 && s->context.event) {
		r = sd_event_add_defer(s->context.event, &p->later, on_later,
		                       p);
		if (r >= 0)
			r = sd_event_source_set_enabled(p->later, SD_EVENT_OFF);
	}
	return r < 0 ? r : 0;
}

static void pair_close(struct sensor *s)
{
	struct pair *p = s->data;

	if (!p)
		return;
	sd_event_source_disable_unref(p->later);
	for (unsigned i = 0; i < 2; i++)
		sensor_destroy(p->sides[i].sensor);
	free(p);
	s->data = NULL;
}

/* Return: the one that is due first. */
static struct side *due_side(struct pair *p)
{
	struct side *first = &p->sides[0], *second = &p->sides[1];

	return second->sensor && second->next_us < first->next_us ? second
	                                                          : first;
}

static int pair_step(struct sensor *s, uint64_t now_us, uint64_t *ret_next_us)
{
	struct pair *p = s->data;
	struct side *due;

	/* in the order of their times, however rarely this is called */
	while ((due = due_side(p))->next_us <= now_us) {
		uint64_t at_us = due->next_us ? due->next_us : now_us;
		int r;

		if (at_us > p->now_us)
			p->now_us = at_us;
		due->next_us = UINT64_MAX;
		r = sensor_step(due->sensor, at_us, &due->next_us);
		if (r < 0) /* the other one may go on */
			on_state(due, SENSOR_LOST, r);
		if (!p->later)
			change_second(p);
	}
	*ret_next_us = due->next_us;
	return 0;
}

static void pair_hear(struct sensor *s, const struct heard *heard)
{
	struct pair *p = s->data;

	for (unsigned i = 0; i < 2; i++)
		if (p->sides[i].sensor)
			sensor_hear(p->sides[i].sensor, heard);
}

const struct sensor_driver pair_driver = {
	.name = "pair",
	.open = pair_open,
	.close = pair_close,
	.step = pair_step,
	.hear = pair_hear,
};

const char *pair_lead(const struct sensor *s)
{
	const struct pair *p = s->data;

	return p->sides[p->merge.lead].uri;
}

bool pair_joined(const struct sensor *s)
{
	return pair_merge_known(&((const struct pair *)s->data)->merge);
}
