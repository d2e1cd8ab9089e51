/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/hrv_logger.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_words.h"

#define SIZE_MAX_BYTES 256

static const char *const words[] = {
	"date,rr,since start\n",
	"timestamp, rr, since_start \n\n",
	"2025-03-15 09:00:15.123,823,0\n",
	"2025-03-15T09:00:16Z, 812, 823\n",
	"1675889367255,894,34096\n",
	"1675889367305,930,35026\n",
	"2025,823,1000\n",
	"2025-02-29 23:59:60.999",
	"+01:00",
	" -0330",
	"2025,",
	",823,",
	"1.5",
	"000",
	"99999999",
	"0.8",
	"\r\n",
	"# ",
};

/* An odd first byte puts the header before the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char spelt[SIZE_MAX_BYTES * FUZZ_WORD_MAX];
	size_t len, n = 0;
	struct load_error error = {0};
	struct rr rr;
	char *text;
	int r;

	if (size == 0 || size > SIZE_MAX_BYTES)
		return 0;
	len = fuzz_words(words, sizeof(words) / sizeof(words[0]), data + 1,
	                 size - 1, spelt);
	if (data[0] & 1)
		n = strlen(words[0]);
	text = fuzz_copy(words[0], n, spelt, len);
	r = hrv_logger_parse(text, n + len, &rr, &error);
	if (r == 0 && !hrv_logger_is(text, n + len))
		abort();
	fuzz_check_rr(r, &rr, &error, RR_MS_MIN, RR_MS_MAX);
	free(text);
	return 0;
}
