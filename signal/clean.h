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
	CLEAN_EXTRA,      /**< of two that a beat which was none made of one */
	CLEAN_ECTOPIC,    /**< of two about a premature or late beat */
	CLEAN_LONG_SHORT, /**< too long or too short, no pattern */
	CLEAN_REJECTED,   /**< not to be mended: left out, a break */
};

struct clean_count {
	size_t missed, extra, ectopic, long_short; /**< events corrected */
	size_t rejected;                           /**< intervals left out */
	double percent; /**< of the intervals; NAN for none, or if refused */
	bool refused;   /**< looks like fibrillation: no HRV figure holds, and
	                     nothing is corrected */
};

struct clean {
	struct clean_count count;
	const uint8_t *kind; /**< enum clean_kind of each interval given */
	struct nn nn;        /**< what stands after correction */
};

/**
 * clean_of() - find and correct
 * @in: as recorded; a break in it is never bridged
 * @ret: its arrays live in @a until the caller releases them; if refused, its
 *       nn is @in and its counts are none
 *
 * What is wrong is found as odd.h tells, whether to refuse as fibrillation.h.
 * Then, between two right intervals, on the line from one to the other:
 * - one with beats missed is split in two or three;
 * - two with a beat too many become their sum;
 * - the beat between two ectopic ones is put where the line has it;
 * - a long or short one becomes what the line says.
 * All but the last keep their time. At most two beats in a row are mended so;
 * of a longer bad stretch, and of what is no interval and neither to be split
 * nor merged, nothing stays, and there is a break instead. Mended ones are
 * told by nn.mended: leaving out the differences that touch one gives the
 * smaller error of RMSSD, about alike at one in a hundred and half of it at
 * one in ten (tests/test_artifact_study.c).
 *
 * Takes some 20 bytes an interval. Return: 0 or -ENOMEM.
 */
int clean_of(struct arena *a, const struct nn *in, struct clean *ret);

#endif
