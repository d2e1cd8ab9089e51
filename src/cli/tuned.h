/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_TUNED_H
#define LULL_CLI_TUNED_H

#include <jansson.h>

#include "cli/tale.h"

/**
 * What a session's search for the resonance rate came to: the rates that were
 * tried, what was measured at each, and which was found, with what is
 * uncertain of it.
 */

/** As many as one session can try. */
#define TUNED_RATES 8

struct tuned_rate {
	bool valid;
	double per_min, rsa_bpm, rsa_se_bpm, power, coherence, phase_deg,
		adherence, breaths, artifact_pct; /**< NAN: not had */
};

struct tuned {
	size_t n; /**< rates tried; 0: it was no such session */
	struct tuned_rate at[TUNED_RATES];
	bool whole; /**< the search of all; or beside one that was known */
	bool ended; /**< it came to a result, clear or not */
	bool clear;
	double per_min;   /**< NAN unless clear */
	double low, high; /**< NAN: no end to that side, or not clear */
	double before;    /**< known before it; 0: none was */
};

void tuned_of(const struct tale *t, struct tuned *ret);

/** tuned_sentence() - the result in plain words. @ret: at most @len bytes */
void tuned_sentence(const struct tuned *t, char *ret, size_t len);

/** tuned_print() - what was tried, as a table, and the result; nothing where
    none was. @kept: the result is used in later sessions */
void tuned_print(const struct tuned *t, bool kept);

/** tuned_json() - null where none was tried; NULL: no memory. */
json_t *tuned_json(const struct tuned *t);

#endif
