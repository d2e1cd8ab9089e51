/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_PLAY_H
#define LULL_TESTS_HELPERS_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/session.h"

/**
 * A session played to a made-up heart on simulated time: the real session,
 * signal and content code, and a heart whose every property a test sets. It
 * is no model of a person (that is drivers/person); it does exactly as told.
 */

struct play_heart {
	double hr_bpm;       /**< mean */
	double rsa_bpm;      /**< amplitude of the wave of each breath */
	double rsa_slow_bpm; /**< the same at 6 breaths a minute; 0: as above */
	double own_per_min;  /**< breathing by itself */
	bool follows;        /**< breathes with the pacer, phase for phase */
	double noise_ms;     /**< sd, uniform, seeded */
	double hands_up_bpm; /**< added while hands are up (`sig: poor`) */
	double ectopic_s;    /**< a premature beat every so often; 0: none */
	double skip_s;       /**< one beat unheard every so often; 0: none */
	int contact;         /**< enum beat_contact */
	bool silent;         /**< no beat arrives */
	/** Optional: bpm added at session time @t_s. */
	double (*drift)(double t_s);
};

struct play {
	struct session *session;
	struct session_start start;
	struct routine *routine;
	struct play_heart heart;
	uint64_t now_us;
	struct event *log; /**< inputs and outputs, in order */
	size_t n, room;
	/* the heart's own state */
	double phase, breath_phase, next_skip_s, next_ectopic_s;
	double last_beat_s;
	uint64_t heart_us, random;
	double paced_period_s;
	uint64_t paced_us;
	bool hands_up, early, pause_due;
};

/** play_create() - tension_relief, @sessions behind the person, no questions.
    A test may change p->start and p->heart before play_begin(). */
struct play *play_create(int sessions);
/** play_create_of() - the same of another routine. */
struct play *play_create_of(const char *routine, int sessions);
void play_begin(struct play *p);
void play_destroy(struct play *p);

/** play_until() - run to session time @t_s, or to the session's end. */
void play_until(struct play *p, double t_s);
/** play_to_step() - run until the step with number @n begins. */
void play_to_step(struct play *p, int n);
/** play_to_end() - Return: the end event. */
const struct event *play_to_end(struct play *p);

void play_word(struct play *p, enum event_word word);
void play_answer(struct play *p, const char *id, const char *value);
void play_sensor(struct play *p, enum event_sensor state);

/** play_decision() - first decision of @rule (and @what, if not NULL) at or
    after log index @from. Return: its index or -1. */
int play_decision(const struct play *p, int rule, const char *what,
                  size_t from);
/** play_figure() - a figure of the decision at @i; NAN if it has none. */
double play_figure(const struct play *p, int i, const char *key);
/** play_said() - first time @phrase was said at or after @from, or -1. */
int play_said(const struct play *p, const char *phrase, size_t from);
/** play_last() - last event of @kind, or NULL. */
const struct event *play_last(const struct play *p, enum event_kind kind);
/** play_count() - how many events of @kind. */
size_t play_count(const struct play *p, enum event_kind kind);

#endif
