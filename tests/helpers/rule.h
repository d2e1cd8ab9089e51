/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_RULE_H
#define LULL_TESTS_HELPERS_RULE_H

#include "session/rules.h"
#include "tests/helpers/play.h"

/** A session with its figures in hand, for a rule at its boundary. */

/** rule_at_step() - of tension_relief, in step @n after so many sessions, step
    1 measured, and nothing waited for. Return: play_destroy() it. */
struct play *rule_at_step(int sessions, int n);

/** rule_good() - an estimate that gives no rule a reason. */
struct estimate rule_good(const struct play *p);

/** rule_hold() - @seconds on, one estimate each, which is the same. Return: an
    index of the log: from there on it came of this. */
size_t rule_hold(struct play *p, double seconds, const struct estimate *e);

/** rule_next_is_slower() - is the pacer's next breath longer, of somebody heard
    well who comes along? */
bool rule_next_is_slower(struct play *p);

/** rule_seen() - a window heard well, CALM in the one before and in it. */
struct facts rule_seen(double before, double now);

#endif
