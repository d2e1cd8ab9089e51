/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/diary.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/csv.h"
#include "diary/date.h"
#include "diary/many.h"

/* --- in ---------------------------------------------------------------------
 */

/* Days in memory; beyond, they go into the store and are read back. */
#define PENDING_BYTES ((size_t)24 << 20)

/* What is known of a day, once a row of the file was of it. */
enum mark { UNSEEN, OURS, ENTERED_BEFORE };

struct import {
	struct store *store;
	const struct diary_ask *ask;
	FILE *file;
	double size;
	struct out_bar bar;
	struct many *pending;
	unsigned char *marks; /* one a day that there can be */
	unsigned long rows, days, kept;
};

static unsigned char *mark_of(struct import *m, int32_t date)
{
	return &m->marks[date - DATE_FIRST];
}

static void show_bar(struct import *m)
{
	if (m->rows++ % 256 == 0 && m->size > 0)
		out_bar_show(&m->bar, stderr, "import",
		             (double)ftell(m->file) / m->size);
}

static int put_day(void *data, const struct diary_day *day)
{
	struct import *m = data;

	return store_diary_put(m->store, day, m->ask->now_s);
}

static int keep(struct import *m, const struct diary_day *day)
{
	int r = many_put(m->pending, day);

	if (r == 0 && many_bytes(m->pending) > PENDING_BYTES)
		r = many_drain(m->pending, put_day, m);
	return r;
}

/* Return: 1 for a day that stays as the person entered it before; 0; errno. */
static int is_entered(struct import *m, int32_t date)
{
	struct diary_day day;
	int r;

	if (m->ask->replace)
		return 0;
	r = store_diary_get(m->store, date, &day);
	return r == 0 ? 1 : r == -ENOENT ? 0 : r;
}

static int join(struct import *m, const struct diary_day *row)
{
	struct diary_day day;
	int r = 0;

	if (!many_get(m->pending, row->date, &day))
		r = store_diary_get(m->store, row->date, &day);
	if (r < 0)
		return r;
	diary_csv_merge(&day, row);
	return keep(m, &day);
}

static int take_day(void *data, const struct diary_day *row)
{
	struct import *m = data;
	unsigned char *mark = mark_of(m, row->date);
	int r = 0;

	show_bar(m);
	if (*mark == OURS)
		return join(m, row);
	if (*mark == UNSEEN)
		r = is_entered(m, row->date);
	if (r < 0)
		return r;
	if (r == 1 || *mark == ENTERED_BEFORE) {
		*mark = ENTERED_BEFORE;
		m->kept++;
		return 0;
	}
	*mark = OURS;
	m->days++;
	return keep(m, row);
}

static void tell(const struct import *m, const char *unused)
{
	printf("%lu %s entered, from %lu %s\n", m->days,
	       m->days == 1 ? "day is" : "days are", m->rows,
	       m->rows == 1 ? "row" : "rows");
	if (m->kept)
		printf("%lu %s of days that were entered before, which stay "
		       "as they are: --replace takes those of the file\n",
		       m->kept, m->kept == 1 ? "row is" : "rows are");
	if (*unused) {
		char plain[512];

		out_plain(plain, sizeof(plain), unused);
		printf("columns not known, and left out: %s\n", plain);
	}
}

/* All of the file, or nothing of it. */
static int import(struct import *m)
{
	const struct diary_ask *q = m->ask;
	const struct diary_csv_map map = {(const char *const *)(q->words + 1),
	                                  (size_t)q->n - 1};
	struct error error = {""};
	char unused[512];
	int r = store_diary_batch(m->store);

	if (r < 0)
		return out_fail("diary: %s", store_message(m->store));
	r = diary_csv_read(m->file, &map, q->today, q->now_s, take_day, m,
	                   unused, sizeof(unused), &error);
	if (r == 0)
		r = many_drain(m->pending, put_day, m);
	out_bar_clear(&m->bar, stderr);
	if (r < 0) {
		(void)store_diary_batch_end(m->store, false);
		return error.text[0]
		               ? out_fail("%s%s%s: nothing of it was taken",
		                          r == -EINVAL ? "diary" : q->words[0],
		                          r == -EINVAL ? ": " : ":", error.text)
		               : out_fail("diary: %s",
		                          r == -ENOMEM
		                                  ? "out of memory: close "
		                                    "other programs"
		                                  : store_message(m->store));
	}
	if (store_diary_batch_end(m->store, true) < 0)
		return out_fail("diary: %s", store_message(m->store));
	tell(m, unused);
	return OUT_DONE;
}

static int import_file(struct import *m)
{
	struct stat st;
	int status;

	m->file = fopen(m->ask->words[0], "re");
	if (!m->file)
		return out_fail("diary: %s: %s", m->ask->words[0],
		                strerror(errno));
	if (fstat(fileno(m->file), &st) == 0)
		m->size = (double)st.st_size;
	out_bar_init(&m->bar, stderr);
	status = past_open(&m->store, STORE_WRITE, "diary");
	if (status < 0)
		status = import(m);
	store_close(m->store);
	fclose(m->file);
	return status;
}

int diary_import(const struct diary_ask *ask)
{
	struct import m = {.ask = ask};
	int status;

	m.marks = calloc((size_t)(ask->today - DATE_FIRST) + 1, 1);
	if (!m.marks || many_create(&m.pending, ask->today) < 0)
		status = out_fail("diary: out of memory");
	else
		status = import_file(&m);
	many_destroy(m.pending);
	free(m.marks);
	return status;
}

/* --- out --------------------------------------------------------------------
 */

static int write_day(void *data, const struct diary_day *day)
{
	return diary_csv_write_day(data, day);
}

static int export(struct store *s, const struct diary_ask *q, FILE *file)
{
	const char *name = q->output ? q->output : "standard output";
	int r = diary_csv_write_head(file);

	if (r == 0)
		r = store_diary_days(s, q->from, q->to, write_day, file);
	if (r == -EIO || (fflush(file) != 0 && r == 0))
		return out_fail("diary: %s: cannot be written", name);
	return r < 0 ? out_fail("diary: %s", store_message(s)) : OUT_DONE;
}

int diary_export(const struct diary_ask *ask)
{
	FILE *file;
	struct store *s = NULL;
	int status = past_open(&s, STORE_READ, "diary");

	if (status >= 0)
		return status;
	file = out_create(ask->output);
	status = file ? export(s, ask, file)
	              : out_fail("diary: %s: %s", ask->output, strerror(errno));
	if (ask->output && file && fclose(file) != 0 && status == OUT_DONE)
		status =
			out_fail("diary: %s: %s", ask->output, strerror(errno));
	store_close(s);
	return status;
}
