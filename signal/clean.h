/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SIGNAL_CLEAN_H
#define LULL_SIGNAL_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/arena.h"
#include "signal/nn.h"

/**
 * Artifacts of a whole recording: which intervals to believe, what stands in
 * for the rest. (The live form, which cannot look ahead, is artifact.h.)
 */

/** What is wrong with an interval. Source: Lipponen & Tarvainen 2019. */
enum clean_kind {
	CLEAN_OK,
	CLEAN_MISSED,     /**< one or two beats were not detected within it */
	CLEAN_EXTRA,      /**< ends in a beat that was none */
	CLEAN_ECTOPIC,    /**< of a premature or late beat and its pause */
	CLEAN_LONG_SHORT, /**< too long or too short, no pattern */
	CLEAN_REJECTED,   /**< not to be mended: left out, a break */
};

struct clean_count {
	size_t missed, extra, ectopic, long_short; /**< events corrected */
	size_t rejected;                           /**< intervals left out */
	double percent; /**< of the beats; NAN for none */
	bool refused;   /**< looks like fibrillation: no HRV figure holds */
};

struct clean {
	struct clean_count count;
	const uint8_t *kind; /**< enum clean_kind of each interval given */
	struct nn nn;        /**< what stands after correction */
};

/**
 * clean_of() - find and correct
 * @in: as recorded; a break in it is never bridged
 * @ret: its arrays live in @a until the caller releases them
 *
 * Return: 0 or -ENOMEM.
 */
int clean_of(struct arena *a, const struct nn *in, struct clean *ret);

#endif
