/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_INJECT_H
#define LULL_TESTS_HELPERS_INJECT_H

#include <stddef.h>
#include <stdint.h>

/**
 * Clean stretches of real recordings, and artifacts put into them: what the
 * study of the detectors is made of. The same everywhere for a seed.
 */

struct segment {
	const char *file; /**< that it is from */
	size_t at, n;     /**< the first interval there, and how many */
	double *rr_ms;
};

/** A recording with the label of each interval: that of the beat it ends in,
 *  and of the beat it sets out from. 'N' throughout where nobody labelled. */
struct labelled {
	double *rr_ms;
	char *ends, *begins;
	size_t n;
};

/** labelled_read() - @name.rr with @name.lab, if there is one; skips the test
 *                    where the recording is absent. labelled_free() it. */
struct labelled labelled_read(const char *name);
void labelled_free(struct labelled *r);

/**
 * segments_find() - the clean stretches of the shared recordings
 * @ret: room for @max. Return: how many; segments_free() them.
 *
 * A stretch is up to 900 intervals (never under 300) of which, by a rule that
 * knows nothing of the detectors:
 * - both beats of each are labelled N where there are labels,
 * - each lies within 300 to 2000 ms, and within a third of the median of the
 *   eleven about it.
 * Twelve from the day's recording, one in each two hours; of each other
 * recording as many as follow one another.
 */
size_t segments_find(struct segment *ret, size_t max);
void segments_free(struct segment *s, size_t n);

enum inject_kind {
	INJECT_NOTHING,
	INJECT_MISSED,  /**< two intervals become their sum */
	INJECT_EXTRA,   /**< one is split, at 10 to 90 % of it */
	INJECT_ECTOPIC, /**< a beat falls early by 20 to 40 % of its interval,
	                     each fifth one late; the next beat stays */
	INJECT_SHIFT,   /**< a beat falls early or late by 10 % */
	INJECT_MIXED,   /**< each of missed, extra and ectopic, in turn */
};

struct inject_event {
	size_t at, n; /**< the odd intervals in what came out: one or two */
};

struct injected {
	double *rr_ms;
	size_t n;
	struct inject_event *event; /**< in order */
	size_t n_events;
};

/**
 * inject() - @share of the beats of @s spoilt
 *
 * The places are drawn at random, at least one untouched interval apart, and
 * at least five from either end. injected_free() it.
 */
struct injected inject(const struct segment *s, enum inject_kind kind,
                       double share, uint64_t seed);
void injected_free(struct injected *x);

#endif
