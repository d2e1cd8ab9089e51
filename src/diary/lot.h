/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DIARY_LOT_H
#define LULL_DIARY_LOT_H

#include <stdint.h>

/**
 * lot_next() - the next of a row of numbers that look as drawn by lot
 * @state: the seed at first; the same seed gives the same row
 *
 * Not for secrets. Pure.
 * Source: Steele, Lea and Flood 2014, Fast splittable pseudorandom number
 * generators (its mixing function).
 */
uint64_t lot_next(uint64_t *state);

#endif
