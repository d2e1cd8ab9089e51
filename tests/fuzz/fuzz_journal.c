/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal.h"

/* What can be read can be written, and reads back the same. */
static void fuzz_event(const char *line, size_t len)
{
	struct journal_event first, second;
	struct journal_error error;
	char *once, *twice;

	if (journal_read(line, len, &first, &error) < 0)
		return;
	if (journal_write(&first.event, &once) < 0)
		abort();
	if (journal_read(once, strlen(once), &second, &error) < 0)
		abort();
	if (journal_write(&second.event, &twice) < 0 ||
	    !journal_equal(once, twice, error.what, sizeof(error.what)))
		abort();
	journal_event_finish(&first);
	journal_event_finish(&second);
	free(once);
	free(twice);
}

static void fuzz_start(const char *line, size_t len)
{
	struct journal_start start;
	struct journal_error error;
	int r = journal_read_start(line, len, &start, &error);

	if (r == 0 || r == -EPROTO)
		journal_start_finish(&start);
}

/* A first line, all but its routine whole. */
static const char start_line[] =
	"{\"kind\":\"session\",\"format\":1,\"engine\":\"" SESSION_ENGINE "\","
	"\"routine\":{},\"content_sha\":\"00\",\"profile\":{\"flags\":"
	"[\"preg\",\"gca\"],\"flags_known\":true,\"sessions\":3,"
	"\"resonance\":5.5,\"worse_side\":\"left\",\"uses\":{\"a\":{\"uses\""
	":1,\"rating\":null}}},\"settings\":{\"talk\":\"auto\",\"ask\":true,"
	"\"inhale_pct\":40,\"from_step\":0,\"seconds\":0,\"master_db\":-1,"
	"\"voice_db\":-2,\"breath_db\":-3,\"bed_db\":-4},"
	"\"clips\":{\"cue.a/full\":900},\"seed\":\"1\",\"start\":\"s\","
	"\"sensor\":\"person:1\"}";

/* A good line of each kind, to be spoiled: what is only noise never comes
   past the first brace. */
static char *good_line(unsigned kind)
{
	static const char *const choices[] = {"yes", "no", NULL};
	struct event e = {.t_us = 1234567};
	char *line;

	if (kind >= EVENT_KINDS)
		return strdup(start_line);
	e.kind = (enum event_kind)kind;
	if (e.kind == EVENT_DECISION) {
		e.decision.rule = 6;
		e.decision.n = 1;
		e.decision.because[0] = (struct event_figure){"calm", 51.5};
	} else if (e.kind == EVENT_QUESTION) {
		e.question.choices = choices;
	}
	return journal_write(&e, &line) < 0 ? NULL : line;
}

/* Of the exact size, so that one byte too far is seen. */
static void fuzz_line(const char *text, size_t len)
{
	char *line = malloc(len ? len : 1);

	if (!line)
		return;
	if (len > 0)
		memcpy(line, text, len);
	fuzz_event(line, len);
	fuzz_start(line, len);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte picks a good line; then three bytes to a change: where, and
   what stands there now. Or all of it is a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line;
	size_t len;

	if (size == 0 || data[0] > EVENT_KINDS) {
		fuzz_line((const char *)data, size);
		return 0;
	}
	line = good_line(data[0]);
	if (!line)
		return 0;
	len = strlen(line);
	for (size_t i = 1; i + 3 <= size; i += 3)
		line[(data[i] << 8 | data[i + 1]) % len] = (char)data[i + 2];
	fuzz_line(line, len);
	free(line);
	return 0;
}
