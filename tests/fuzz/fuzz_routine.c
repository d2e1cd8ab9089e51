/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A routine as a person may write it, a good one with an edit in it, or one as
 * a session's first event brings it: by the first byte. What can be read can be
 * written, and reads back the same.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "content/read.h"
#include "content/yaml.h"

/* A little book, so that short inputs find names in it. */
static const char book_text[] =
	"[{id: rest_listen, name: n, region: r, ev: D, position: p, hands: h,"
	" pressure: [0, 1], mode: still, pace: p, reps: 1, dose: [25, 35, 60],"
	" sides: centre, breath: b, feel: f, stop: s, contra: [], sig: good,"
	" neck: false, when_touch_hurts: true, by_choice: false, full: f,"
	" brief: b, minimal: m, ease: '', src: [DJ]}]";

static const char good_text[] =
	"{id: good, name: n, goal: g, total_s: 100, posture: p,"
	" verbosity: auto, pressure_cap: 3, ask: [], extend_order: [2, 1],"
	" steps: [{n: 1, do: rest_listen, s: [25, 30, 45], breath: nat,"
	" rules: [R1, R15], skip_if: [tmj, R8], after_r8: skip, time_to: [2]},"
	" {n: 2, do: breathe, s: [0, 70, 90], ask_after: [],"
	" breath: {from: follow, to: target, floor: 6.5}, rules: []}]}";

static struct routine *book(void)
{
	static struct routine *kept; /* one for all inputs */
	struct routine *good = NULL;
	struct yaml *y = NULL;

	if (kept)
		return kept;
	kept = calloc(1, sizeof *kept);
	if (!kept ||
	    yaml_load(&y, "book", book_text, strlen(book_text), NULL) < 0 ||
	    read_techniques(y, yaml_root(y), kept) < 0)
		abort();
	yaml_destroy(y);
	if (yaml_load(&y, "good", good_text, strlen(good_text), NULL) < 0)
		abort();
	/* edits start from what is right; it only lacks the cues */
	if (read_routine(y, kept, &good) < 0)
		abort();
	routine_destroy(good);
	yaml_destroy(y);
	return kept;
}

static bool equal_again(const struct routine *r)
{
	struct routine *back = NULL;
	char *once, *twice;
	bool same;

	if (content_to_json(r, &once) < 0)
		return false;
	if (content_from_json(once, strlen(once), &back, NULL) < 0)
		return false;
	if (content_to_json(back, &twice) < 0)
		return false;
	same = strcmp(once, twice) == 0;
	free(once);
	free(twice);
	routine_destroy(back);
	return same;
}

static void fuzz_file(const char *text, size_t len)
{
	struct routine *r = NULL;
	struct yaml *y = NULL;
	struct error error;

	if (yaml_load(&y, "fuzz", text, len, &error) < 0)
		return;
	if (read_routine(y, book(), &r) < 0 && yaml_status(y) == 0)
		abort();
	yaml_destroy(y);
	routine_destroy(r);
}

/* @edit: where, how many bytes go, and what comes in their place. */
static void fuzz_edit(const char *edit, size_t len)
{
	const size_t good = sizeof good_text - 1;
	size_t at, gone;
	char *text;

	if (len < 3)
		return;
	at = ((size_t)(uint8_t)edit[0] << 8 | (uint8_t)edit[1]) % good;
	gone = (uint8_t)edit[2] % (good - at + 1);
	edit += 3;
	len -= 3;
	text = malloc(good - gone + len);
	if (!text)
		return;
	memcpy(text, good_text, at);
	memcpy(text + at, edit, len);
	memcpy(text + at + len, good_text + at + gone, good - at - gone);
	fuzz_file(text, good - gone + len);
	free(text);
}

static void fuzz_json(const char *text, size_t len)
{
	struct routine *r = NULL;
	struct error error;

	if (content_from_json(text, len, &r, &error) < 0)
		return;
	if (!equal_again(r))
		abort();
	routine_destroy(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	/* of the exact size, so that one byte too far is seen */
	text = malloc(size - 1);
	if (!text && size > 1)
		return 0;
	if (size > 1)
		memcpy(text, data + 1, size - 1);
	if (data[0] % 3 == 0)
		fuzz_json(text, size - 1);
	else if (data[0] % 3 == 1)
		fuzz_file(text, size - 1);
	else
		fuzz_edit(text, size - 1);
	free(text);
	return 0;
}
