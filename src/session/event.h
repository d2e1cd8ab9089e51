/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SESSION_EVENT_H
#define LULL_SESSION_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/estimate.h"

/**
 * The inputs and outputs of the session machine: one currency for the live
 * session, the render, the replay, the journal and the store. The words and
 * keys are those of INTERFACES, "Events".
 */

#define EVENT_ID_MAX      48 /**< a phrase, question or technique, with NUL */
#define EVENT_VALUE_MAX   64 /**< an answer, with NUL */
#define EVENT_FIGURES_MAX 12

enum event_kind {
	/* inputs */
	EVENT_BEAT,
	EVENT_SENSOR,
	EVENT_COMMAND,
	EVENT_ANSWER,
	EVENT_SUSPENDED,
	/* outputs */
	EVENT_BEAT_CLASS,
	EVENT_STEP,
	EVENT_SAY,
	EVENT_BREATH,
	EVENT_LEVEL,
	EVENT_ESTIMATE,
	EVENT_DECISION,
	EVENT_QUESTION,
	EVENT_END,
	EVENT_KINDS,
};

/** Mirrors drivers' enum sensor_state, which the pure heart does not see. */
enum event_sensor {
	EVENT_SENSOR_SEARCHING,
	EVENT_SENSOR_CONNECTED,
	EVENT_SENSOR_NO_CONTACT,
	EVENT_SENSOR_LOST,
	EVENT_SENSOR_GAP,
	EVENT_SENSORS,
};

/** The person's words. */
enum event_word {
	WORD_PAUSE,
	WORD_RESUME,
	WORD_SKIP,
	WORD_EASIER,
	WORD_QUIETER,
	WORD_LOUDER,
	WORD_LESS,
	WORD_MORE,
	WORD_HURTS,
	WORD_DIZZY,
	WORD_STOP,
	WORD_HUSH,
	WORDS,
};

/** How much the person has hushed, by one word after another. */
enum event_hush {
	HUSH_NONE,
	HUSH_WORDS, /**< the breath alone is heard */
	HUSH_ALL,
	HUSHES,
};

enum event_side { SIDE_CENTRE, SIDE_BOTH, SIDE_LEFT, SIDE_RIGHT, SIDES };

enum event_result {
	RESULT_COMPLETED,    /**< in an attack also what ended sooner, E.4 */
	RESULT_CLOSED_EARLY, /**< by a rule, or by the end of a short run */
	RESULT_STOPPED,      /**< by the person or the safety questions */
	RESULT_INTERRUPTED,
	RESULTS,
};

/** How grave an answer to a safety question was; the highest one counts. */
enum event_stop { STOP_NONE, STOP_SOON, STOP_URGENT, STOP_EMERGENCY, STOPS };

/** One figure a decision was taken on; NAN is written as null. */
struct event_figure {
	const char *key; /**< static, or of the event's bearer */
	double value;
};

/** A measurement at rest, before or after. NAN: not had. */
struct event_rest {
	double hr_bpm;
	double rmssd_ms;
	double artifact_pct;
};

struct event {
	uint64_t t_us; /**< session time */
	enum event_kind kind;
	union {
		struct {
			uint32_t rr_ticks; /**< 0: rr_ms holds it */
			double rr_ms;
			int contact;    /**< enum beat_contact */
			uint64_t at_us; /**< session time of the beat itself */
		} beat;
		struct {
			enum event_sensor state;
		} sensor;
		struct {
			enum event_word word;
		} command;
		struct {
			char id[EVENT_ID_MAX];
			char value[EVENT_VALUE_MAX];
		} answer;
		struct {
			double seconds;
		} suspended;
		struct {
			enum beat_class class_;
		} beat_class;
		struct {
			int n;
			char technique[EVENT_ID_MAX];
			enum event_side side;
			bool begin;
			double seconds; /**< planned, at its begin */
			/** area that may be pressed firmly in it; "": none */
			char firm[EVENT_ID_MAX];
		} step;
		struct {
			char phrase[EVENT_ID_MAX];
			char variant[12];
			int wording; /**< from 0 */
		} say;
		struct {
			double per_min; /**< 0: no pacer */
			double inhale_pct;
			uint64_t end_us; /**< session time of this breath's end
			                  */
		} breath;
		struct {
			bool paused; /**< breath and bed are silent */
			double master_db;
			enum event_hush hush;
		} level;
		struct estimate estimate;
		struct {
			int rule; /**< 1 to 15 */
			char what[EVENT_ID_MAX];
			size_t n;
			struct event_figure because[EVENT_FIGURES_MAX];
		} decision;
		struct {
			char id[EVENT_ID_MAX];
			const char *text;           /**< the routine's */
			const char *const *choices; /**< NULL-ended, likewise */
			double timeout_s;
		} question;
		struct {
			enum event_result result;
			int rule; /**< that ended it sooner; 0: none */
			enum event_stop stop; /**< by a safety question */
			struct event_rest before, after;
			double headache_before, headache_after; /**< 0-10 */
			double tension_before, tension_after;   /**< 0-10 */
		} end;
	};
};

/** event_is_input() - or an output. */
bool event_is_input(enum event_kind kind);

/* Words of INTERFACES for each value, and back; -EINVAL for an unknown one. */
const char *event_kind_name(enum event_kind kind);
int event_kind_from(const char *name, enum event_kind *ret);
const char *event_sensor_name(enum event_sensor state);
int event_sensor_from(const char *name, enum event_sensor *ret);
const char *event_word_name(enum event_word word);
int event_word_from(const char *name, enum event_word *ret);
const char *event_hush_name(enum event_hush hush);
int event_hush_from(const char *name, enum event_hush *ret);
const char *event_side_name(enum event_side side);
int event_side_from(const char *name, enum event_side *ret);
const char *event_result_name(enum event_result result);
int event_result_from(const char *name, enum event_result *ret);
const char *event_stop_name(enum event_stop stop);
int event_stop_from(const char *name, enum event_stop *ret);
const char *event_class_name(enum beat_class class_);
int event_class_from(const char *name, enum beat_class *ret);
const char *event_quality_name(enum quality quality);
int event_quality_from(const char *name, enum quality *ret);
/** 0 unknown, 1 poor, 2 good: enum beat_contact. */
const char *event_contact_name(int contact);
int event_contact_from(const char *name, int *ret);

#endif
