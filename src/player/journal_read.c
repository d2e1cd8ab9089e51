/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal.h"
#include "player/reader.h"
#include "signal/beat.h"

#define LINE_MAX_BYTES (64 * 1024)
#define CHOICES_MAX    64

/* What a read event's pointers lead to. */
struct arena {
	json_t *root;
	const char *choices[CHOICES_MAX + 1];
};

static void read_beat(struct reader *r, struct event *e)
{
	const char *contact;

	if (reader_has(r, "rr_ticks")) {
		e->beat.rr_ticks =
			(uint32_t)reader_integer(r, "rr_ticks", 1, UINT32_MAX);
		e->beat.rr_ms = beat_ticks_to_ms(e->beat.rr_ticks);
	} else {
		e->beat.rr_ms =
			reader_number(r, "rr_ms", 0, READER_TIME_MAX_S * 1e3);
	}
	contact = reader_string(r, "contact");
	if (event_contact_from(contact, &e->beat.contact) < 0)
		reader_unknown(r, "contact", contact);
	e->beat.at_us = reader_seconds(r, "at");
}

static void read_answer(struct reader *r, struct event *e)
{
	reader_copy(r, "id", e->answer.id, sizeof(e->answer.id));
	reader_copy(r, "value", e->answer.value, sizeof(e->answer.value));
}

/* One word out of a table, by the table's own look-up. */
#define READ_WORD(r, key, what, ret)                                           \
	do {                                                                   \
		const char *word_ = reader_string(r, key);                     \
		if (event_##what##_from(word_, ret) < 0)                       \
			reader_unknown(r, key, word_);                         \
	} while (0)

static void read_step(struct reader *r, struct event *e)
{
	const char *phase;

	e->step.n = (int)reader_integer(r, "n", 0, INT_MAX);
	reader_copy(r, "technique", e->step.technique,
	            sizeof(e->step.technique));
	READ_WORD(r, "side", side, &e->step.side);
	phase = reader_string(r, "phase");
	e->step.begin = strcmp(phase, "begin") == 0;
	if (!e->step.begin && strcmp(phase, "end") != 0)
		reader_unknown(r, "phase", phase);
	e->step.seconds = reader_figure(r, "seconds");
	if (reader_has(r, "firm"))
		reader_copy(r, "firm", e->step.firm, sizeof(e->step.firm));
}

static void read_estimate(struct reader *r, struct event *e)
{
	struct estimate *m = &e->estimate;

	m->t_us = e->t_us;
	m->hr_bpm = reader_figure(r, "hr_bpm");
	m->rmssd_ms = reader_figure(r, "rmssd_ms");
	m->sdnn_ms = reader_figure(r, "sdnn_ms");
	m->breaths_per_min = reader_figure(r, "breaths_per_min");
	m->hr_slope = reader_figure(r, "hr_slope");
	m->adherence = reader_figure(r, "adherence");
	m->follow = reader_figure(r, "follow");
	m->calm = reader_figure(r, "calm");
	m->pace = reader_figure(r, "pace");
	m->wave = reader_figure(r, "wave");
	READ_WORD(r, "quality", quality, &m->quality);
	m->artifact_pct = reader_figure(r, "artifact_pct");
	m->coverage = reader_figure(r, "coverage");
}

/* "R1" to "R15"; null is 0 where @none allows it. */
static int read_rule(struct reader *r, bool none)
{
	const char *text;
	char *end;
	long rule;

	if (none && json_is_null(json_object_get(r->object, "rule"))) {
		(void)reader_take(r, "rule");
		return 0;
	}
	text = reader_string(r, "rule");
	rule = text[0] == 'R' && text[1] >= '1' && text[1] <= '9'
	               ? strtol(text + 1, &end, 10)
	               : 0;
	if (rule < 1 || rule > 15 || *end) {
		reader_fault(r, "rule", "expected \"R1\" to \"R15\"");
		return 0;
	}
	return (int)rule;
}

static void read_decision(struct reader *r, struct event *e)
{
	struct reader because;
	void *at;

	e->decision.rule = read_rule(r, false);
	reader_copy(r, "what", e->decision.what, sizeof(e->decision.what));
	because = reader_object(r, "because", "because.");
	if (r->failed)
		return;
	if (json_object_size(because.object) > EVENT_FIGURES_MAX) {
		reader_fault(r, "because", "expected at most %d figures",
		             EVENT_FIGURES_MAX);
		return;
	}
	at = json_object_iter((json_t *)(uintptr_t)because.object);
	while (at) {
		struct event_figure *f = &e->decision.because[e->decision.n++];

		f->key = json_object_iter_key(at);
		f->value = reader_figure(&because, f->key);
		at = json_object_iter_next((json_t *)(uintptr_t)because.object,
		                           at);
	}
	r->failed |= because.failed;
}

static void read_question(struct reader *r, struct event *e,
                          struct arena *arena)
{
	const json_t *choices;

	reader_copy(r, "id", e->question.id, sizeof(e->question.id));
	e->question.text = reader_string(r, "text");
	choices = reader_take(r, "choices");
	e->question.timeout_s = reader_figure(r, "timeout_s");
	if (r->failed)
		return;
	if (!json_is_array(choices) || json_array_size(choices) > CHOICES_MAX) {
		reader_fault(r, "choices", "expected a list of at most %d",
		             CHOICES_MAX);
		return;
	}
	for (size_t i = 0; i < json_array_size(choices); i++) {
		arena->choices[i] =
			json_string_value(json_array_get(choices, i));
		if (!arena->choices[i])
			reader_fault(r, "choices", "expected texts");
	}
	e->question.choices = arena->choices;
}

static void read_rest(struct reader *r, const char *key, const char *where,
                      struct event_rest *rest)
{
	struct reader below = reader_object(r, key, where);

	rest->hr_bpm = reader_figure(&below, "hr_bpm");
	rest->rmssd_ms = reader_figure(&below, "rmssd_ms");
	rest->artifact_pct = reader_figure(&below, "artifact_pct");
	(void)reader_done(&below);
	r->failed |= below.failed;
}

static void read_end(struct reader *r, struct event *e)
{
	READ_WORD(r, "result", result, &e->end.result);
	e->end.rule = read_rule(r, true);
	if (json_is_null(json_object_get(r->object, "stop")))
		(void)reader_take(r, "stop");
	else
		READ_WORD(r, "stop", stop, &e->end.stop);
	read_rest(r, "before", "before.", &e->end.before);
	read_rest(r, "after", "after.", &e->end.after);
	e->end.headache_before = reader_figure(r, "headache_before");
	e->end.headache_after = reader_figure(r, "headache_after");
	e->end.tension_before = reader_figure(r, "tension_before");
	e->end.tension_after = reader_figure(r, "tension_after");
}

static void read_body(struct reader *r, struct event *e, struct arena *arena)
{
	switch (e->kind) {
	case EVENT_BEAT:
		read_beat(r, e);
		break;
	case EVENT_SENSOR:
		READ_WORD(r, "state", sensor, &e->sensor.state);
		break;
	case EVENT_COMMAND:
		READ_WORD(r, "word", word, &e->command.word);
		break;
	case EVENT_ANSWER:
		read_answer(r, e);
		break;
	case EVENT_SUSPENDED:
		e->suspended.seconds = reader_number(r, "seconds", 0, HUGE_VAL);
		break;
	case EVENT_BEAT_CLASS:
		READ_WORD(r, "class", class, &e->beat_class.class_);
		break;
	case EVENT_STEP:
		read_step(r, e);
		break;
	case EVENT_SAY:
		reader_copy(r, "phrase", e->say.phrase, sizeof(e->say.phrase));
		reader_copy(r, "variant", e->say.variant,
		            sizeof(e->say.variant));
		if (reader_has(r, "wording"))
			e->say.wording = (int)reader_integer(r, "wording", 2,
			                                     PHRASE_WORDINGS) -
			                 1;
		break;
	case EVENT_BREATH:
		e->breath.per_min = reader_number(r, "per_min", 0, HUGE_VAL);
		e->breath.inhale_pct = reader_figure(r, "inhale_pct");
		e->breath.end_us = reader_seconds(r, "end");
		break;
	case EVENT_LEVEL:
		e->level.paused = reader_bool(r, "paused");
		e->level.master_db = reader_figure(r, "master_db");
		if (reader_has(r, "hush"))
			READ_WORD(r, "hush", hush, &e->level.hush);
		break;
	case EVENT_ESTIMATE:
		read_estimate(r, e);
		break;
	case EVENT_DECISION:
		read_decision(r, e);
		break;
	case EVENT_QUESTION:
		read_question(r, e, arena);
		break;
	case EVENT_END:
		read_end(r, e);
		break;
	case EVENT_KINDS:
		break;
	}
}

int journal_read(const char *line, size_t len, struct journal_event *ret,
                 struct journal_error *error)
{
	struct reader r = {.where = "", .error = error};
	struct event e = {0};
	struct arena *arena = calloc(1, sizeof(*arena));
	int result;

	if (!arena)
		return -ENOMEM;
	result = reader_parse(line, len, LINE_MAX_BYTES, &arena->root, error);
	if (result < 0) {
		free(arena);
		return result;
	}
	r.object = arena->root;
	e.t_us = reader_seconds(&r, "t");
	READ_WORD(&r, "kind", kind, &e.kind);
	if (!r.failed)
		read_body(&r, &e, arena);
	result = reader_done(&r);
	if (result < 0) {
		json_decref(arena->root);
		free(arena);
		return result;
	}
	*ret = (struct journal_event){.event = e, .arena = arena};
	return 0;
}

void journal_event_finish(struct journal_event *e)
{
	struct arena *arena = e->arena;

	if (!arena)
		return;
	json_decref(arena->root);
	free(arena);
	e->arena = NULL;
}
