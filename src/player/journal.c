/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal.h"

#include <stdlib.h>

#include "player/text.h"

static void key(struct text *x, const char *name)
{
	text_raw(x, ",\"");
	text_raw(x, name);
	text_raw(x, "\":");
}

static void put_number(struct text *x, const char *name, double value)
{
	key(x, name);
	text_number(x, value);
}

static void put_string(struct text *x, const char *name, const char *value)
{
	key(x, name);
	text_string(x, value);
}

static void put_seconds(struct text *x, const char *name, uint64_t us)
{
	key(x, name);
	text_seconds(x, us);
}

static void put_rule(struct text *x, int rule)
{
	key(x, "rule");
	if (rule == 0) {
		text_raw(x, "null");
		return;
	}
	text_raw(x, "\"R");
	text_integer(x, rule);
	text_raw(x, "\"");
}

static void put_beat(struct text *x, const struct event *e)
{
	if (e->beat.rr_ticks > 0) {
		key(x, "rr_ticks");
		text_integer(x, e->beat.rr_ticks);
	} else {
		put_number(x, "rr_ms", e->beat.rr_ms);
	}
	put_string(x, "contact", event_contact_name(e->beat.contact));
	put_seconds(x, "at", e->beat.at_us);
}

static void put_step(struct text *x, const struct event *e)
{
	key(x, "n");
	text_integer(x, e->step.n);
	put_string(x, "technique", e->step.technique);
	put_string(x, "side", event_side_name(e->step.side));
	put_string(x, "phase", e->step.begin ? "begin" : "end");
	put_number(x, "seconds", e->step.seconds);
	if (e->step.firm[0])
		put_string(x, "firm", e->step.firm);
}

static void put_estimate(struct text *x, const struct estimate *e)
{
	put_number(x, "hr_bpm", e->hr_bpm);
	put_number(x, "rmssd_ms", e->rmssd_ms);
	put_number(x, "sdnn_ms", e->sdnn_ms);
	put_number(x, "breaths_per_min", e->breaths_per_min);
	put_number(x, "hr_slope", e->hr_slope);
	put_number(x, "adherence", e->adherence);
	put_number(x, "follow", e->follow);
	put_number(x, "calm", e->calm);
	put_number(x, "pace", e->pace);
	put_number(x, "wave", e->wave);
	put_string(x, "quality", event_quality_name(e->quality));
	put_number(x, "artifact_pct", e->artifact_pct);
	put_number(x, "coverage", e->coverage);
}

static void put_decision(struct text *x, const struct event *e)
{
	put_rule(x, e->decision.rule);
	put_string(x, "what", e->decision.what);
	key(x, "because");
	text_raw(x, "{");
	for (size_t i = 0; i < e->decision.n; i++) {
		if (i > 0)
			text_raw(x, ",");
		text_string(x, e->decision.because[i].key);
		text_raw(x, ":");
		text_number(x, e->decision.because[i].value);
	}
	text_raw(x, "}");
}

static void put_question(struct text *x, const struct event *e)
{
	const char *const *choice = e->question.choices;

	put_string(x, "id", e->question.id);
	put_string(x, "text", e->question.text);
	key(x, "choices");
	text_raw(x, "[");
	for (size_t i = 0; choice && choice[i]; i++) {
		if (i > 0)
			text_raw(x, ",");
		text_string(x, choice[i]);
	}
	text_raw(x, "]");
	put_number(x, "timeout_s", e->question.timeout_s);
}

static void put_rest(struct text *x, const char *name,
                     const struct event_rest *rest)
{
	key(x, name);
	text_raw(x, "{\"hr_bpm\":");
	text_number(x, rest->hr_bpm);
	put_number(x, "rmssd_ms", rest->rmssd_ms);
	put_number(x, "artifact_pct", rest->artifact_pct);
	text_raw(x, "}");
}

static void put_end(struct text *x, const struct event *e)
{
	put_string(x, "result", event_result_name(e->end.result));
	put_rule(x, e->end.rule);
	if (e->end.stop == STOP_NONE) {
		key(x, "stop");
		text_raw(x, "null");
	} else {
		put_string(x, "stop", event_stop_name(e->end.stop));
	}
	put_rest(x, "before", &e->end.before);
	put_rest(x, "after", &e->end.after);
	put_number(x, "headache_before", e->end.headache_before);
	put_number(x, "headache_after", e->end.headache_after);
	put_number(x, "tension_before", e->end.tension_before);
	put_number(x, "tension_after", e->end.tension_after);
}

static void put_body(struct text *x, const struct event *e)
{
	switch (e->kind) {
	case EVENT_BEAT:
		put_beat(x, e);
		break;
	case EVENT_SENSOR:
		put_string(x, "state", event_sensor_name(e->sensor.state));
		break;
	case EVENT_COMMAND:
		put_string(x, "word", event_word_name(e->command.word));
		break;
	case EVENT_ANSWER:
		put_string(x, "id", e->answer.id);
		put_string(x, "value", e->answer.value);
		break;
	case EVENT_SUSPENDED:
		put_number(x, "seconds", e->suspended.seconds);
		break;
	case EVENT_BEAT_CLASS:
		put_string(x, "class", event_class_name(e->beat_class.class_));
		break;
	case EVENT_STEP:
		put_step(x, e);
		break;
	case EVENT_SAY:
		put_string(x, "phrase", e->say.phrase);
		put_string(x, "variant", e->say.variant);
		if (e->say.wording > 0) /* people count from 1 */
			put_number(x, "wording", e->say.wording + 1);
		break;
	case EVENT_BREATH:
		put_number(x, "per_min", e->breath.per_min);
		put_number(x, "inhale_pct", e->breath.inhale_pct);
		put_seconds(x, "end", e->breath.end_us);
		break;
	case EVENT_LEVEL:
		key(x, "paused");
		text_raw(x, e->level.paused ? "true" : "false");
		put_number(x, "master_db", e->level.master_db);
		if (e->level.hush != HUSH_NONE)
			put_string(x, "hush", event_hush_name(e->level.hush));
		break;
	case EVENT_ESTIMATE:
		put_estimate(x, &e->estimate);
		break;
	case EVENT_DECISION:
		put_decision(x, e);
		break;
	case EVENT_QUESTION:
		put_question(x, e);
		break;
	case EVENT_END:
		put_end(x, e);
		break;
	case EVENT_KINDS:
		break;
	}
}

int journal_write(const struct event *event, char **ret)
{
	struct text x = {0};

	text_raw(&x, "{\"t\":");
	text_seconds(&x, event->t_us);
	put_string(&x, "kind", event_kind_name(event->kind));
	put_body(&x, event);
	text_raw(&x, "}");
	return text_take(&x, ret);
}
