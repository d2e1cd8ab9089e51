/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "drivers/rr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct load_error error = {0, NULL};
	struct rr rr;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (rr_parse(copy, size, &rr, &error) < 0) {
		if (!error.reason)
			abort();
		free(copy);
		return 0;
	}
	if (rr.n == 0)
		abort();
	for (size_t i = 0; i < rr.n; i++) {
		const struct rr_interval *at = &rr.intervals[i];

		if (!(at->rr_ms >= RR_MS_MIN && at->rr_ms <= RR_MS_MAX))
			abort();
		if (i > 0 && at->t_us <= at[-1].t_us)
			abort();
	}
	rr_finish(&rr);
	free(copy);
	return 0;
}
