/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_LISTEN_H
#define LULL_STORE_LISTEN_H

#include "store/store.h"

/** A step that was done to its end, and what was decided as it ended. */
struct store_step {
	int64_t session;
	char technique[48];
	double calm, calm_before; /**< of a listening window; NAN */
	double per_min;           /**< breath in it; 0: as they liked; NAN */
};

/**
 * store_steps() - of real hearts' sessions that began in [from_s, to_s), Unix;
 * session by session, in order
 * @routine: only of this one; NULL: of any
 * Return: 0, negative errno, or what @each returned non-zero to stop.
 */
int store_steps(struct store *s, const char *routine, int64_t from_s,
                int64_t to_s,
                int (*each)(void *data, const struct store_step *step),
                void *data);

/** A session's beats and estimates, counted. */
struct store_heard {
	uint64_t beats, corrected, rejected;
	uint64_t estimates, estimates_ok;
};

/** store_heard() - Return: 0, all of them 0 for a session without, or negative
    errno. */
int store_heard(struct store *s, int64_t id, struct store_heard *ret);

/** A resonance rate that was found, or found again. */
struct store_tuned {
	int64_t session, start_s;
	char start[40];
	double per_min;
	double low, high; /**< what else fits; NAN: no end to that side */
};

/** store_tuned() - the last one that a real heart's session from @from_s on
    (Unix time) found. Return: 0, -ENOENT if none did, or errno. */
int store_tuned(struct store *s, int64_t from_s, struct store_tuned *ret);

#endif
