/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tale.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tale_init(struct tale *t)
{
	*t = (struct tale){0};
}

void tale_finish(struct tale *t)
{
	for (size_t i = 0; i < t->n; i++)
		journal_event_finish(&t->decisions[i].at);
	free(t->decisions);
	if (t->started)
		journal_start_finish(&t->start);
	tale_init(t);
}

const struct routine *tale_routine(const struct tale *t)
{
	return t->started ? t->start.routine : NULL;
}

/* Takes @e over. */
static int keep_decision(struct tale *t, struct journal_event *e)
{
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		struct tale_decision *more =
			realloc(t->decisions, room * sizeof(*more));

		if (!more) {
			journal_event_finish(e);
			return -ENOMEM;
		}
		t->decisions = more;
		t->room = room;
	}
	t->decisions[t->n++] = (struct tale_decision){*e, t->step};
	return 0;
}

static void count_sensor(struct tale *t, enum event_sensor state)
{
	if (state == EVENT_SENSOR_GAP ||
	    (t->heard && state != EVENT_SENSOR_CONNECTED))
		t->gaps++;
	t->heard = state == EVENT_SENSOR_CONNECTED || state == EVENT_SENSOR_GAP;
}

static void count_done(struct tale *t, const struct event *e)
{
	size_t i = 0;

	while (i < t->n_done &&
	       strcmp(t->done[i].technique, e->step.technique) != 0)
		i++;
	if (i == TALE_DONE)
		return;
	if (i == t->n_done)
		snprintf(t->done[t->n_done++].technique,
		         sizeof(t->done[i].technique), "%s", e->step.technique);
	t->done[i].seconds += (double)(e->t_us - t->begun_us) / 1e6;
}

static void count_step(struct tale *t, const struct event *e)
{
	if (!e->step.begin) {
		count_done(t, e);
		return;
	}
	t->steps_begun += e->step.n != t->step;
	t->step = e->step.n;
	t->begun_us = e->t_us;
}

static void count(struct tale *t, const struct event *e)
{
	switch (e->kind) {
	case EVENT_SENSOR:
		count_sensor(t, e->sensor.state);
		break;
	case EVENT_STEP:
		count_step(t, e);
		break;
	case EVENT_BEAT:
	case EVENT_COMMAND:
	case EVENT_ANSWER:
	case EVENT_SUSPENDED:
	case EVENT_BEAT_CLASS:
	case EVENT_SAY:
	case EVENT_BREATH:
	case EVENT_LEVEL:
	case EVENT_ESTIMATE:
	case EVENT_DECISION:
	case EVENT_QUESTION:
	case EVENT_END:
	case EVENT_KINDS:
		break;
	}
}

int tale_line(void *data, const char *line, size_t len)
{
	struct tale *t = data;
	struct journal_event e = {0};
	int r;

	t->lines++;
	if (!t->started) {
		r = journal_read_start(line, len, &t->start, &t->error);
		t->started = r == 0 || r == -EPROTO;
		return t->started ? 0 : r;
	}
	r = journal_read(line, len, &e, &t->error);
	if (r < 0)
		return r;
	if (e.event.kind == EVENT_DECISION)
		return keep_decision(t, &e);
	count(t, &e.event);
	journal_event_finish(&e);
	return 0;
}

void tale_result(const struct store_session *row, char *ret, size_t len)
{
	if (row->recording[0])
		snprintf(ret, len, "%s", row->recording);
	else if (!row->result[0])
		snprintf(ret, len, "not ended");
	else if (strcmp(row->result, "closed_early") == 0 && row->rule)
		snprintf(ret, len, "closed early by R%d", row->rule);
	else if (strcmp(row->result, "closed_early") == 0)
		snprintf(ret, len, "closed early");
	else if (row->stop[0])
		snprintf(ret, len, "stopped by the safety questions");
	else
		snprintf(ret, len, "%s", row->result);
}

const char *tale_stop_text(const char *stop)
{
	if (!*stop)
		return NULL;
	if (strcmp(stop, "emergency") == 0)
		return "Please stop here. What you describe can need urgent "
		       "medical care. Call your\nemergency number now (112, "
		       "999 or 911), and do not drive yourself. Do not\n"
		       "massage your neck.";
	if (strcmp(stop, "urgent") == 0)
		return "This headache is different from a usual one. Please "
		       "let a doctor see you today.\nMassage is paused until "
		       "you tell me you have been seen: lull seen";
	return "This headache is different from a usual one. Please let a "
	       "doctor see you in the\nnext days. Massage is paused until you "
	       "tell me you have been seen: lull seen";
}
