/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_MEMORY_H
#define LULL_PLAYER_MEMORY_H

#include "base/config.h"
#include "session/session.h"
#include "signal/student.h"
#include "store/store.h"

/**
 * What is remembered of a person, out of the stored sessions of a real heart:
 * their resonance rate, where hands pressed firmly of late, and what came with
 * a rise of CALM from one listening window to the next. Nothing is kept beside
 * the sessions; what is older than config.yaml's memory_from is not looked at.
 * A session's part of it stands in its first line, so that it replays alike.
 *
 * What is done between two windows shares one figure: nothing tells it apart.
 * Nor can it be told from its place in the routine, so that only times in one
 * routine are put together.
 */

#define MEMORY_TECHNIQUES 32
/** Paces of half a breath a minute each, from 4.25 on; the last one holds all
    that are quicker. */
#define MEMORY_PACES 12
/** Of every interval. */
#define MEMORY_COVERAGE 0.95
/** C.1: a rate older than this is not used. */
#define MEMORY_RATE_S (30 * INT64_C(86400))

struct memory_technique {
	char id[48];
	struct student calm; /**< risen by, of 100 */
};

struct memory {
	char routine[48];
	size_t n;
	struct memory_technique techniques[MEMORY_TECHNIQUES];
	struct student paces[MEMORY_PACES];
	/* while it is gathered */
	int64_t session;
	size_t n_now;
	char now[MEMORY_TECHNIQUES][48]; /**< done since the last window */
};

/** memory_of() - what the sessions of @routine from @from_s on (Unix time)
    came to. Return: 0 or errno of the store. */
int memory_of(struct store *s, const char *routine, int64_t from_s,
              struct memory *ret);

/** memory_pace() - the pace that paces[@i] is for, breaths a minute. */
double memory_pace(size_t i);

/** memory_profile() - the part of it that a session of @routine is given:
    uses[] must be filled. Return: 0 or errno of the store. */
int memory_profile(struct store *s, const char *routine, int64_t from_s,
                   int64_t now_s, struct session_profile *p);

#endif
