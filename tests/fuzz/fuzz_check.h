/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_FUZZ_CHECK_H
#define LULL_TESTS_FUZZ_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "drivers/rr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** fuzz_copy() - on the heap and of the exact size, so that one byte too far is
    seen: @head, then @data. */
static inline char *fuzz_copy(const void *head, size_t n, const void *data,
                              size_t size)
{
	char *copy = malloc(n + size ? n + size : 1);

	if (!copy)
		abort();
	if (n > 0)
		memcpy(copy, head, n);
	if (size > 0)
		memcpy(copy + n, data, size);
	return copy;
}

/** fuzz_check_rr() - what a parser gave, @r, or what it says is wrong; then
    free it. */
static inline void fuzz_check_rr(int r, struct rr *rr,
                                 const struct load_error *error, double min_ms,
                                 double max_ms)
{
	if (r < 0) {
		if (!error->reason || (error->line && error->byte))
			abort();
		return;
	}
	if (rr->n == 0)
		abort();
	for (size_t i = 0; i < rr->n; i++) {
		const struct rr_interval *at = &rr->intervals[i];

		if (!(at->rr_ms >= min_ms && at->rr_ms <= max_ms))
			abort();
		if (i > 0 && at->t_us <= at[-1].t_us)
			abort();
		if (at->gap && i == 0)
			abort();
	}
	/* a zone of this earth, and years that a date of ten digits has */
	if (abs(rr->start.offset_min) > 840 ||
	    llabs(rr->start.ms) > INT64_C(300000000000000))
		abort();
	rr_finish(rr);
}

#endif
