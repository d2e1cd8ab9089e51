/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "drivers/recording.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_words.h"

#define SIZE_MAX_BYTES 256

static const char *const words[] = {
	"# lull capture 1\n",
	"date,rr,since start\n",
	"0 state connected\n",
	" state searching\n",
	" state lost\n",
	" ble 16480004\n",
	" ble 10495e039603\n",
	" ble 1448\n",
	" ant 0102\n",
	"1000000",
	"2000000 ble 163c1104\n",
	"3000000 ble 163cf503\n",
	"9000000 ble 163cf503\n",
	"000000",
	"800\n",
	"0.8 0.8\n",
	"1.6 0.8\n",
	"800 800\n",
	"2025,823,0\n",
	"2025,812,823\n",
	"\x0c\x10\x5d\x08",
	".FIT",
	"\r\n",
	"99999",
};

/* A strap's interval may be anything that 16 bits hold. */
#define STRAP_MS_MIN (1000.0 / 1024)
#define STRAP_MS_MAX (65535 * 1000.0 / 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char spelt[SIZE_MAX_BYTES * FUZZ_WORD_MAX];
	struct load_error error = {0};
	enum recording_format format;
	double min_ms = RR_MS_MIN, max_ms = RR_MS_MAX;
	struct rr rr;
	size_t len;
	char *bytes;
	int r;

	if (size > SIZE_MAX_BYTES)
		return 0;
	len = fuzz_words(words, sizeof(words) / sizeof(words[0]), data, size,
	                 spelt);
	bytes = fuzz_copy(NULL, 0, spelt, len);
	format = recording_format_of(bytes, len);
	r = recording_parse(bytes, len, &rr, &error);
	if (r == -EPROTONOSUPPORT && format != RECORDING_CAPTURE)
		abort();
	if (!recording_format_name(format))
		abort();
	if (format == RECORDING_FIT || format == RECORDING_CAPTURE) {
		min_ms = STRAP_MS_MIN;
		max_ms = STRAP_MS_MAX;
	}
	fuzz_check_rr(r, &rr, &error, min_ms, max_ms);
	free(bytes);
	return 0;
}
