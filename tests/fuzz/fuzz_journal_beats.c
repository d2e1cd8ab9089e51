/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal_beats.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_words.h"

#define SIZE_MAX_BYTES 64

/* Of another engine: what it holds is then not looked at too closely. */
static const char start[] = "{\"kind\":\"session\",\"format\":1,"
			    "\"engine\":\"x\"}\n";

static const char *const words[] = {
	"{\"t\":1,\"kind\":\"beat\",\"at\":1,",
	"{\"t\":2,\"kind\":\"beat\",\"at\":2.5,",
	"\"contact\":\"good\"",
	",\"rr_ms\":800}\n",
	",\"rr_ticks\":896}\n",
	",\"rr_ms\":",
	",\"rr_ticks\":",
	"{\"t\":1,\"kind\":\"sensor\",",
	"\"state\":\"gap\"}\n",
	"\"state\":\"lost\"}\n",
	"{\"t\":3,\"kind\":\"suspended\",",
	"\"seconds\":1}\n",
	"}\n",
	"0.5",
	"1e9",
};

/* An odd first byte puts the first line before the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char spelt[SIZE_MAX_BYTES * FUZZ_WORD_MAX];
	struct journal_beats_error why;
	struct load_error error = {0};
	size_t len, n = 0;
	struct rr rr;
	char *text;
	int r;

	if (size == 0 || size > SIZE_MAX_BYTES)
		return 0;
	len = fuzz_words(words, sizeof(words) / sizeof(words[0]), data + 1,
	                 size - 1, spelt);
	if (data[0] & 1)
		n = strlen(start);
	text = fuzz_copy(start, n, spelt, len);
	r = journal_beats_parse(text, n + len, &rr, &why);
	error.reason = why.why.what[0] ? why.why.what : NULL;
	fuzz_check_rr(r, &rr, &error, 5e-324, 864e6);
	free(text);
	return 0;
}
