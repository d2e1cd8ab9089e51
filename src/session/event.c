/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/event.h"

#include <errno.h>
#include <string.h>

#include "signal/beat.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const kinds[EVENT_KINDS] = {
	[EVENT_BEAT] = "beat",           [EVENT_SENSOR] = "sensor",
	[EVENT_COMMAND] = "command",     [EVENT_ANSWER] = "answer",
	[EVENT_SUSPENDED] = "suspended", [EVENT_BEAT_CLASS] = "beat_class",
	[EVENT_STEP] = "step",           [EVENT_SAY] = "say",
	[EVENT_BREATH] = "breath",       [EVENT_LEVEL] = "level",
	[EVENT_ESTIMATE] = "estimate",   [EVENT_DECISION] = "decision",
	[EVENT_QUESTION] = "question",   [EVENT_END] = "end",
};

static const char *const sensors[EVENT_SENSORS] = {
	[EVENT_SENSOR_SEARCHING] = "searching",
	[EVENT_SENSOR_CONNECTED] = "connected",
	[EVENT_SENSOR_NO_CONTACT] = "no_contact",
	[EVENT_SENSOR_LOST] = "lost",
	[EVENT_SENSOR_GAP] = "gap",
};

static const char *const words[WORDS] = {
	[WORD_PAUSE] = "pause",     [WORD_RESUME] = "resume",
	[WORD_SKIP] = "skip",       [WORD_EASIER] = "easier",
	[WORD_QUIETER] = "quieter", [WORD_LOUDER] = "louder",
	[WORD_LESS] = "less",       [WORD_MORE] = "more",
	[WORD_HURTS] = "hurts",     [WORD_DIZZY] = "dizzy",
	[WORD_STOP] = "stop",       [WORD_HUSH] = "hush",
};

static const char *const hushes[HUSHES] = {
	[HUSH_NONE] = "none",
	[HUSH_WORDS] = "words",
	[HUSH_ALL] = "all",
};

static const char *const sides[SIDES] = {
	[SIDE_CENTRE] = "centre",
	[SIDE_BOTH] = "both",
	[SIDE_LEFT] = "left",
	[SIDE_RIGHT] = "right",
};

static const char *const results[RESULTS] = {
	[RESULT_COMPLETED] = "completed",
	[RESULT_CLOSED_EARLY] = "closed_early",
	[RESULT_STOPPED] = "stopped",
	[RESULT_INTERRUPTED] = "interrupted",
};

static const char *const stops[STOPS] = {
	[STOP_NONE] = "none",
	[STOP_SOON] = "soon",
	[STOP_URGENT] = "urgent",
	[STOP_EMERGENCY] = "emergency",
};

static const char *const classes[] = {
	[BEAT_OK] = "ok",
	[BEAT_CORRECTED] = "corrected",
	[BEAT_REJECTED] = "rejected",
};

static const char *const qualities[] = {
	[QUALITY_NONE] = "none",
	[QUALITY_BAD] = "bad",
	[QUALITY_WEAK] = "weak",
	[QUALITY_OK] = "ok",
};

static const char *const contacts[] = {
	[BEAT_CONTACT_UNKNOWN] = "unknown",
	[BEAT_CONTACT_POOR] = "poor",
	[BEAT_CONTACT_GOOD] = "good",
};

/* Index of a word in its table, or -EINVAL. */
static int find(const char *const *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i], name) == 0)
			return (int)i;
	return -EINVAL;
}

bool event_is_input(enum event_kind kind)
{
	return kind <= EVENT_SUSPENDED;
}

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind];
}

int event_kind_from(const char *name, enum event_kind *ret)
{
	int i = find(kinds, COUNT(kinds), name);

	if (i < 0)
		return i;
	*ret = (enum event_kind)i;
	return 0;
}

const char *event_sensor_name(enum event_sensor state)
{
	return sensors[state];
}

int event_sensor_from(const char *name, enum event_sensor *ret)
{
	int i = find(sensors, COUNT(sensors), name);

	if (i < 0)
		return i;
	*ret = (enum event_sensor)i;
	return 0;
}

const char *event_word_name(enum event_word word)
{
	return words[word];
}

int event_word_from(const char *name, enum event_word *ret)
{
	int i = find(words, COUNT(words), name);

	if (i < 0)
		return i;
	*ret = (enum event_word)i;
	return 0;
}

const char *event_hush_name(enum event_hush hush)
{
	return hushes[hush];
}

int event_hush_from(const char *name, enum event_hush *ret)
{
	int i = find(hushes, COUNT(hushes), name);

	if (i < 0)
		return i;
	*ret = (enum event_hush)i;
	return 0;
}

const char *event_side_name(enum event_side side)
{
	return sides[side];
}

int event_side_from(const char *name, enum event_side *ret)
{
	int i = find(sides, COUNT(sides), name);

	if (i < 0)
		return i;
	*ret = (enum event_side)i;
	return 0;
}

const char *event_result_name(enum event_result result)
{
	return results[result];
}

int event_result_from(const char *name, enum event_result *ret)
{
	int i = find(results, COUNT(results), name);

	if (i < 0)
		return i;
	*ret = (enum event_result)i;
	return 0;
}

const char *event_stop_name(enum event_stop stop)
{
	return stops[stop];
}

int event_stop_from(const char *name, enum event_stop *ret)
{
	int i = find(stops, COUNT(stops), name);

	if (i < 0)
		return i;
	*ret = (enum event_stop)i;
	return 0;
}

const char *event_class_name(enum beat_class class_)
{
	return classes[class_];
}

int event_class_from(const char *name, enum beat_class *ret)
{
	int i = find(classes, COUNT(classes), name);

	if (i < 0)
		return i;
	*ret = (enum beat_class)i;
	return 0;
}

const char *event_quality_name(enum quality quality)
{
	return qualities[quality];
}

int event_quality_from(const char *name, enum quality *ret)
{
	int i = find(qualities, COUNT(qualities), name);

	if (i < 0)
		return i;
	*ret = (enum quality)i;
	return 0;
}

const char *event_contact_name(int contact)
{
	return contacts[contact];
}

int event_contact_from(const char *name, int *ret)
{
	int i = find(contacts, COUNT(contacts), name);

	if (i < 0)
		return i;
	*ret = i;
	return 0;
}
