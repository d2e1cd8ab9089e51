/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_STRIP_H
#define LULL_TESTS_HELPERS_STRIP_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/clean.h"

/** How many beats a test takes; a strip has room for four times as many. */
#define STRIP_BEATS 400

/** A series that is built by hand. */
struct strip {
	double rr_ms[4 * STRIP_BEATS], t_s[4 * STRIP_BEATS];
	bool joined[4 * STRIP_BEATS];
	size_t n;
	struct arena arena;
	struct clean clean;
};

/** strip_breathing() - interval @i in ms: breathing at four beats each five,
    850 to 950. */
double strip_breathing(size_t i);

/** strip_start() - @n beats of strip_breathing(). Return: strip_finish() it. */
struct strip *strip_start(size_t n);
/** strip_add() - one beat more, joined to the last. */
void strip_add(struct strip *b, double rr_ms);
void strip_finish(struct strip *b);

/** strip_look() - cleaned. Return: the strip's, until it is cleaned again. */
const struct clean *strip_look(struct strip *b);
/** strip_wrong() - how many artifacts of any kind. */
size_t strip_wrong(const struct clean *c);

#endif
