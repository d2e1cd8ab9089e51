/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal.h"
#include "player/offline.h"
#include "player/stage.h"

#define RATE_HZ 48000
/* Rounding of a clip's length, where another rate was played live. */
#define CLIP_TOLERANCE_MS 2

/* One output that the player made and no stored line has been held against. */
struct made {
	struct made *next;
	uint64_t t_us;
	char *line;
};

struct replay {
	const struct offline_lines *lines;
	uint64_t line_n;
	struct journal_start start;
	struct player *player;
	struct made *first, **last;
	int error; /* of memory, within the listener */
	uint64_t now_us;
	bool ended; /* the stored session has its end */
	bool stage_on;
	struct stage stage;
	struct clips *clips; /* NULL: there is no sound */
	struct offline_difference found;
};

static void keep_output(void *data, const struct event *e)
{
	struct replay *p = data;
	struct made *made;

	if (event_is_input(e->kind))
		return;
	made = calloc(1, sizeof(*made));
	if (!made || journal_write(e, &made->line) < 0) {
		free(made);
		p->error = -ENOMEM;
		return;
	}
	made->t_us = e->t_us;
	*p->last = made;
	p->last = &made->next;
}

static void drop_first(struct replay *p)
{
	struct made *made = p->first;

	p->first = made->next;
	if (!p->first)
		p->last = &p->first;
	free(made->line);
	free(made);
}

static int damaged(const struct replay *p, const char *what,
                   struct error *error)
{
	error_set(error, "line %llu: %s", (unsigned long long)p->line_n, what);
	return -EBADMSG;
}

/* The next stored line: 1, 0 at the end, or errno. */
static int next_line(struct replay *p, const char **ret, size_t *ret_len,
                     struct error *error)
{
	int r = p->lines->next(p->lines->data, ret, ret_len);

	p->line_n++;
	if (r < 0)
		error_set(error, "line %llu: %s", (unsigned long long)p->line_n,
		          strerror(-r));
	return r;
}

static int differs(struct replay *p, const char *stored, double t_s,
                   const char *key)
{
	struct offline_difference *d = &p->found;

	d->identical = false;
	d->t_s = t_s;
	snprintf(d->key, sizeof(d->key), "%s", key);
	if (stored)
		d->stored = strdup(stored);
	if (p->first)
		d->now = strdup(p->first->line);
	return (stored && !d->stored) || (p->first && !d->now) ? -ENOMEM : 1;
}

/* Hold one stored output against the next one made. 1: they differ. */
static int compare(struct replay *p, const char *stored, uint64_t t_us)
{
	char key[sizeof(p->found.key)] = "";

	if (!p->first)
		return differs(p, stored, (double)t_us / 1e6, "kind");
	if (!journal_equal(stored, p->first->line, key, sizeof(key))) {
		uint64_t made_us = p->first->t_us;

		return differs(p, stored,
		               (double)(made_us < t_us ? made_us : t_us) / 1e6,
		               key);
	}
	p->found.outputs++;
	drop_first(p);
	return 0;
}

static int take_parsed(struct replay *p, const char *text,
                       const struct event *e, struct error *error)
{
	if (e->t_us < p->now_us)
		return damaged(p, "t: runs backwards", error);
	if (p->ended)
		return damaged(p, "kind: nothing may follow the end", error);
	p->now_us = e->t_us;
	p->ended = e->kind == EVENT_END;
	if (event_is_input(e->kind)) {
		/* what the session refused it refuses again; if it has ended
		   too soon, the next output tells */
		(void)player_input(p->player, e);
		return 0;
	}
	player_advance(p->player, e->t_us);
	return p->error < 0 ? p->error : compare(p, text, e->t_us);
}

/* 0: go on; 1: a difference was found. */
static int take_line(struct replay *p, const char *line, size_t len,
                     struct error *error)
{
	struct journal_event read;
	struct journal_error why;
	char *text;
	int r = journal_read(line, len, &read, &why);

	if (r == -EBADMSG)
		return damaged(p, why.what, error);
	if (r < 0)
		return r;
	text = strndup(line, len);
	r = text ? take_parsed(p, text, &read.event, error) : -ENOMEM;
	free(text);
	journal_event_finish(&read);
	if (r == 0 && p->error < 0)
		r = p->error;
	if (r == 0 && p->stage_on)
		r = stage_until(&p->stage, p->now_us, error);
	return r;
}

/* What was made and never stored, after a stored end. */
static int take_rest(struct replay *p)
{
	if (p->ended && p->first)
		return differs(p, NULL, (double)p->first->t_us / 1e6, "kind");
	return 0;
}

static int take_lines(struct replay *p, struct error *error)
{
	const char *line;
	size_t len;
	int r;

	for (;;) {
		r = next_line(p, &line, &len, error);
		if (r <= 0)
			break;
		r = take_line(p, line, len, error);
		if (r != 0)
			break;
	}
	if (r == 0)
		r = take_rest(p);
	return r;
}

static int read_start(struct replay *p, struct error *error)
{
	struct journal_error why;
	const char *line;
	size_t len;
	int r = next_line(p, &line, &len, error);

	if (r == 0) {
		error_set(error, "no session: there is not one line");
		return -ENODATA;
	}
	if (r < 0)
		return r;
	r = journal_read_start(line, len, &p->start, &why);
	if (r == -EBADMSG)
		return damaged(p, why.what, error);
	return r;
}

/* Put the clips into the order that the session knew them in. */
static int sort_clips(struct replay *p, struct clip *sorted,
                      struct error *error)
{
	const struct session_start *start = &p->start.start;
	const struct session_clip *have;
	size_t n = clips_list(p->clips, &have);

	for (size_t i = 0; i < start->n_clips; i++) {
		const struct session_clip *want = &start->clips[i];
		size_t j = 0;

		while (j < n && (have[j].variant != want->variant ||
		                 have[j].wording != want->wording ||
		                 strcmp(have[j].phrase, want->phrase) != 0))
			j++;
		if (j == n || have[j].ms + CLIP_TOLERANCE_MS < want->ms ||
		    want->ms + CLIP_TOLERANCE_MS < have[j].ms) {
			error_set(error,
			          "%s/%s: the voice is not the one of that "
			          "session: no sound can be made of it",
			          want->phrase, variant_name(want->variant));
			return -ESTALE;
		}
		sorted[i] = clips_bank(p->clips)->clips[j];
	}
	return 0;
}

static int sort_bank(struct replay *p, struct error *error)
{
	struct bank *bank = clips_bank(p->clips);
	size_t wanted = p->start.start.n_clips;
	struct clip *sorted = calloc(wanted, sizeof(*sorted));
	int r = sorted ? sort_clips(p, sorted, error) : -ENOMEM;

	if (r == 0 && wanted > bank->n) {
		error_set(error, "that session says a clip twice: no sound "
		                 "can be made of it");
		r = -ESTALE;
	}
	if (r == 0) {
		memcpy(bank->clips, sorted, wanted * sizeof(*sorted));
		bank->n = wanted;
	}
	free(sorted);
	return r;
}

static int make_clips(struct replay *p, const char *cache, struct error *error)
{
	const struct session_start *start = &p->start.start;
	const struct offline_voice voice = {.cache_dir = cache,
	                                    .rate_hz = RATE_HZ};
	int r;

	if (start->n_clips == 0)
		return 0;
	r = offline_clips(start->routine, &voice, &p->clips);
	if (r < 0) {
		error_set(error, "the voice cannot start: %s", strerror(-r));
		return r;
	}
	return sort_bank(p, error);
}

static int open_all(struct replay *p, const char *sound, const char *cache,
                    struct error *error)
{
	struct player_listener listeners[2] = {{keep_output, p}};
	size_t n = 1;
	int r;

	if (sound) {
		r = make_clips(p, cache, error);
		if (r == 0)
			r = stage_init(&p->stage, &p->start.start,
			               p->clips ? clips_bank(p->clips) : NULL,
			               sound, RATE_HZ, error);
		if (r < 0)
			return r;
		p->stage_on = true;
		listeners[n++] =
			(struct player_listener){guide_event, &p->stage.guide};
	}
	r = player_create(&p->player, &p->start.start, listeners, n);
	if (r == -EINVAL)
		return damaged(p, "a session that makes no sense", error);
	return r;
}

static void finish(struct replay *p)
{
	player_destroy(p->player);
	while (p->first)
		drop_first(p);
	stage_finish(&p->stage);
	clips_destroy(p->clips);
	journal_start_finish(&p->start);
}

int offline_replay(const struct offline_lines *lines, const char *sound,
                   const char *bank_cache, struct offline_difference *ret,
                   struct error *error)
{
	struct replay p = {.lines = lines, .found.identical = true};
	int r = read_start(&p, error);

	p.last = &p.first;
	memcpy(p.found.engine, p.start.start.engine, sizeof(p.found.engine));
	if (r == -EPROTO) {
		p.found.identical = false;
		p.found.other_engine = true;
		*ret = p.found;
		finish(&p);
		return 0;
	}
	if (r == 0)
		r = open_all(&p, sound, bank_cache, error);
	if (r == 0)
		r = take_lines(&p, error);
	if (r >= 0 && p.stage_on && p.found.identical)
		r = stage_close(&p.stage, p.now_us, error);
	finish(&p);
	if (r == -ENOMEM)
		error_set(error, "out of memory");
	if (r < 0) {
		offline_difference_finish(&p.found);
		return r;
	}
	*ret = p.found;
	return 0;
}

void offline_difference_finish(struct offline_difference *d)
{
	free(d->stored);
	free(d->now);
	*d = (struct offline_difference){0};
}
