/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "diary/csv.h"
#include "diary/date.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_words.h"

#define SIZE_MAX_BYTES 128
#define TODAY          20782

static const char *const words[] = {
	"date,worst,medicines,note\n",
	"\"#\",\"Started\",\"Lasted\",\"Symptoms\"\n",
	"Tag;Schmerz\r\n",
	"2026-11-20,",
	"2026-11-20T06:15,",
	"11/16/24 14:12,",
	"03.04.2026;",
	"1d 02h 15m,",
	"\"a, \"\"b\"\"\",",
	"sumatriptan, 50 mg | tea",
	"Sensitivity to light, nausea",
	"\xef\xbb\xbf",
	"F\xf6hn",
	"headache,start,end,events,entered\n",
	"yes,22:30,01:15,",
	"2026-11-20T21:05:00Z",
	"\r\n",
	"\"",
};

/* What is taken is sound, and goes out and in again the same. */
static int check(void *data, const struct diary_day *day)
{
	char text[DIARY_TEXT];
	struct diary_day copy = *day;

	(void)data;
	if (day->date < DATE_FIRST || day->date > TODAY ||
	    day->n_medicines > DIARY_MEDICINES_MAX ||
	    !diary_is_text(day->note) || diary_check(&copy, NULL) < 0)
		abort();
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++) {
		diary_text(day, f, text);
		if (diary_set(&copy, f, text, NULL) < 0 ||
		    (!isnan(day->value[f]) && day->value[f] != copy.value[f]))
			abort();
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const maps[][2] = {{"date=Tag", "worst=Schmerz"},
	                                      {"dates=dmy", "dates=mdy"}};
	static char spelt[SIZE_MAX_BYTES * FUZZ_WORD_MAX];
	struct diary_csv_map map;
	struct error error = {""};
	char unused[64];
	size_t len;
	FILE *file;
	int r;

	if (size < 2 || size > SIZE_MAX_BYTES)
		return 0;
	len = fuzz_words(words, sizeof(words) / sizeof(words[0]), data + 1,
	                 size - 1, spelt);
	if (len == 0)
		return 0;
	map = (struct diary_csv_map){maps[data[0] & 1], data[0] >> 1 & 1};
	file = fmemopen(spelt, len, "r");
	r = diary_csv_read(file, &map, TODAY, 0, check, NULL, unused,
	                   sizeof(unused), &error);
	fclose(file);
	if ((r < 0) != (error.text[0] != '\0'))
		abort();
	return 0;
}
