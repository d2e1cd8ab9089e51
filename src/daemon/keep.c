/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/keep.h"

#include <stdio.h>
#include <string.h>

void keep_init(struct keep *k, const struct routine *routine)
{
	*k = (struct keep){.routine = routine};
}

/* Known before the session's end, which waits for the closing words. */
static void take_answer(struct keep *k, const char *id, const char *value)
{
	const struct question *q = routine_question(k->routine, id);

	for (size_t i = 0; q && i < q->n_choices; i++)
		if (strcmp(q->choices[i].value, value) == 0 &&
		    q->choices[i].stop > k->stop)
			k->stop = q->choices[i].stop;
}

void keep_event(void *data, const struct event *event)
{
	struct keep *k = data;

	if (event->kind == EVENT_ANSWER)
		take_answer(k, event->answer.id, event->answer.value);
	else if (event->kind == EVENT_END && event->end.stop > k->stop)
		k->stop = event->end.stop;
}

/* A flag that is asked before each session holds for that one alone. */
static uint32_t profile_flags(const struct routine *r)
{
	uint32_t all = 0;

	for (size_t i = 0; i < r->n_questions; i++)
		for (size_t j = 0; j < r->questions[i].n_choices; j++)
			if (r->questions[i].when == ASK_PROFILE)
				all |= r->questions[i].choices[j].set_flags;
	return all;
}

void keep_status(struct keep *k, const struct session_status *status)
{
	k->flags = status->flags & profile_flags(k->routine);
	k->flags_asked = status->flags_asked;
}

bool keep_presses(const struct keep *k)
{
	return k->stop != STOP_NONE && !k->blocked;
}

static int write_flags(struct store *s, uint32_t flags, int64_t now_s)
{
	char names[FLAGS * 16] = "";
	size_t used = 0;

	for (int f = 0; f < FLAGS; f++)
		if (flags & flag_bit((enum flag)f))
			used += (size_t)snprintf(
				names + used, sizeof(names) - used, "%s%s",
				used ? "," : "", flag_name((enum flag)f));
	return store_set_flags(s, now_s, names);
}

static int write_all(struct keep *k, struct store *s, int64_t session,
                     int64_t now_s)
{
	int r = 0;

	if (keep_presses(k)) {
		r = store_block(s, session, event_stop_name(k->stop), now_s);
		k->blocked = r >= 0;
	}
	if (r >= 0 && k->flags_asked) {
		r = write_flags(s, k->flags, now_s);
		k->flags_asked = r < 0;
	}
	return r < 0 ? r : 0;
}

int keep_write(struct keep *k, const char *store, int64_t session,
               int64_t now_s, struct store_error *error)
{
	struct store *s = NULL;
	int r;

	if (!keep_presses(k) && !k->flags_asked)
		return 0;
	r = store_open(&s, store, STORE_WRITE, error);
	if (r < 0)
		return r;
	r = write_all(k, s, session, now_s);
	if (r < 0 && error)
		snprintf(error->what, sizeof(error->what), "%s",
		         store_message(s));
	store_close(s);
	return r;
}
