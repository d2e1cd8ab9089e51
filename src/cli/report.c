/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/gather.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/date.h"
#include "report/page.h"

/* Thirteen windows of 28 days, as a year has */
#define DAYS_TOLD 364
/* More bars than these stand in no picture. */
#define DAYS_MAX (130 * HEADACHE_WINDOW)

struct span {
	const char *from_text, *to_text;
	int32_t from, to;
};

/* Return: -1 to go on, or the exit status. */
static int read_span(struct span *s)
{
	struct error error = {""};
	int32_t today = past_day(time(NULL));

	s->to = today;
	if (s->to_text && date_parse(s->to_text, today, &s->to, &error) < 0) {
		out_fail("report: --to: %s", error.text);
		return OUT_USAGE;
	}
	s->from = s->to + 1 - DAYS_TOLD;
	if (s->from_text &&
	    date_parse(s->from_text, today, &s->from, &error) < 0) {
		out_fail("report: --from: %s", error.text);
		return OUT_USAGE;
	}
	if (s->from > s->to || s->to - s->from >= DAYS_MAX) {
		out_fail("report: --from, --to: expected an earlier and a "
		         "later day, at most ten years apart: see lull report "
		         "--help");
		return OUT_USAGE;
	}
	return -1;
}

/* Return: 0, or negative errno, and then there is no file. */
static int write_page(const char *path, const struct report *r)
{
	FILE *f = out_create(path);
	int e;

	if (!f)
		return -errno;
	errno = EIO;
	e = page_write(f, r) < 0 ? -errno : 0;
	if (fflush(f) != 0 && e == 0)
		e = -errno;
	if (!path)
		return e;
	if (fclose(f) != 0 && e == 0)
		e = -errno;
	if (e < 0)
		remove(path);
	return e;
}

static int make(struct store *s, const struct span *span, const char *path)
{
	size_t days = (size_t)(span->to + 1 - span->from);
	struct report report;
	int status = OUT_DONE;
	int r = gather(s, span->from, span->to,
	               (days + HEADACHE_WINDOW - 1) / HEADACHE_WINDOW, &report);

	if (r == 0)
		r = gather_trial(s, &report);
	if (r < 0)
		status = out_fail("report: %s", store_message(s));
	else if (gather_names(&report) < 0)
		status = out_fail("report: out of memory: close other "
		                  "programs");
	if (status == OUT_DONE) {
		r = write_page(path, &report);
		if (r < 0)
			status = out_fail("report: %s: %s", path ? path : "-",
			                  r == -EEXIST
			                          ? "it is there already: name "
			                            "another, or remove it"
			                          : strerror(-r));
	}
	report_finish(&report);
	return status;
}

int report_run(const struct command *c, int argc, char **argv)
{
	struct span span = {.from_text = NULL};
	const char *path = NULL;
	const struct opt opts[] = {
		{"from", OPT_TEXT, &span.from_text, "DATE",
	         "from this day on; 364 days unless told", 0, 0},
		{"to", OPT_TEXT, &span.to_text, "DATE",
	         "up to this day; today unless told", 0, 0},
		{"o", OPT_TEXT, &path, "FILE.html",
	         "into a new file, else to standard output", 0, 0},
		{0},
	};
	struct store *s = NULL;
	struct opt_args args;
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = read_span(&span);
	if (status < 0)
		status = past_open(&s, STORE_READ, c->name);
	if (status < 0)
		status = make(s, &span, path);
	store_close(s);
	return status;
}
