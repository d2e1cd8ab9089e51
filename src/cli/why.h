/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_WHY_H
#define LULL_CLI_WHY_H

#include <stddef.h>

#include "session/event.h"
#include "session/routine.h"

/**
 * Decisions told in plain sentences. Each sentence is a template of the table
 * in why_text.c:
 *
 *   {key}       a figure, whole; {key.1}, {key.2} with decimals;
 *   {key.pct}   a share as percent; {key.step} the step of that number, by name
 *   {*}         what stands behind the first word of `what`
 *   [a|b|c]     the first in which all of them is had; else nothing
 */

struct why_sentence {
	int rule;
	const char *what; /**< its first word */
	const char *text;
};
extern const struct why_sentence why_sentences[];
extern const size_t why_n_sentences;

/**
 * why_tell() - one decision as a sentence, with its rule in brackets
 * @r: of that session, names its steps; may be NULL
 * @ret: at most @len bytes
 *
 * A decision that is not in the table is told by its own words and figures.
 */
void why_tell(const struct event *decision, const struct routine *r, char *ret,
              size_t len);

/** why_step() - "step 9 (suboccipital fingers)". @ret: at most @len bytes */
void why_step(const struct routine *r, int n, char *ret, size_t len);

/** Rules R1 to R15 in a few words; NULL: no such rule. */
const char *why_rule(int rule);

#endif
