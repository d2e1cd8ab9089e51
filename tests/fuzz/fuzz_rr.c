/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/rr.h"
#include "tests/fuzz/fuzz_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(NULL, 0, data, size);
	struct load_error error = {0};
	struct rr rr;
	int r = rr_parse(text, size, &rr, &error);

	fuzz_check_rr(r, &rr, &error, RR_MS_MIN, RR_MS_MAX);
	free(text);
	return 0;
}
