/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/export.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "cli/out.h"
#include "cli/past.h"
#include "drivers/fit_write.h"
#include "player/derive.h"
#include "player/journal.h"

#define BEATS_HEAD "beat_s,arrived_s,rr_ms,contact"

struct export
{
	FILE *file;
	struct store *store;
	struct store_session row;
	char *text; /* its lines; NULL: a recording, which has none */
	size_t len;
	struct error error;
	const char *why; /* of a failure */
};

/* --- the beats --------------------------------------------------------------
 */

static int with_beats(struct export *e,
                      int (*write)(struct export *e, const struct rr *rr))
{
	struct rr rr;
	int r = derive_beats(e->store, e->row.id, &rr, &e->error);

	if (r == -ENODATA)
		e->why = "it has no beats";
	if (r < 0)
		return r;
	r = write(e, &rr);
	rr_finish(&rr);
	return r;
}

/* As exact as 1/1024 s is. */
static int write_rr(struct export *e, const struct rr *rr)
{
	for (size_t i = 0; i < rr->n; i++)
		fprintf(e->file, "%.11g\n", rr->intervals[i].rr_ms);
	return 0;
}

/* Where beats are missing the times tell it. */
static int write_timed(struct export *e, const struct rr *rr)
{
	for (size_t i = 0; i < rr->n; i++)
		fprintf(e->file, "%.6f\t%.10g\n",
		        (double)rr->intervals[i].t_us / 1e6,
		        rr->intervals[i].rr_ms / 1000);
	return 0;
}

static int write_fit(struct export *e, const struct rr *rr)
{
	int64_t start_s = 0;

	/* of a recording it may not be known */
	(void)date_read(e->row.start, &start_s);
	return fit_write(e->file, rr, start_s);
}

static int export_kubios(struct export *e)
{
	return with_beats(e, write_rr);
}

static int export_timed(struct export *e)
{
	return with_beats(e, write_timed);
}

static int export_fit(struct export *e)
{
	return with_beats(e, write_fit);
}

static int without_lines(struct export *e)
{
	e->why = "it is a recording, of beats alone: --format kubios, "
		 "kubios-times, csv or fit";
	return -ENODATA;
}

static int export_json(struct export *e)
{
	if (!e->text)
		return without_lines(e);
	fwrite(e->text, 1, e->len, e->file);
	return 0;
}

/* --- tables -----------------------------------------------------------------
 */

static double seconds(const struct event *e)
{
	return (double)e->t_us / 1e6;
}

static const char *figure(double value, char *ret, size_t len)
{
	snprintf(ret, len, "%.11g", value);
	/* what is not known is an empty cell */
	return isfinite(value) ? ret : "";
}

static void beats_row(FILE *f, const struct event *e)
{
	static const char *const contacts[] = {"unknown", "off", "skin"};
	double ms = e->beat.rr_ticks ? e->beat.rr_ticks * 1000.0 / 1024
	                             : e->beat.rr_ms;
	char text[32];

	if (e->kind == EVENT_BEAT)
		fprintf(f, "%.6f,%.6f,%s,%s\r\n", (double)e->beat.at_us / 1e6,
		        seconds(e), figure(ms, text, sizeof(text)),
		        contacts[e->beat.contact % 3]);
}

static void estimates_row(FILE *f, const struct event *e)
{
	const double figures[] = {e->estimate.hr_bpm, e->estimate.rmssd_ms,
	                          e->estimate.calm, e->estimate.pace,
	                          e->estimate.wave};
	char text[32];

	if (e->kind != EVENT_ESTIMATE)
		return;
	fprintf(f, "%.6f", seconds(e));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		fprintf(f, ",%s", figure(figures[i], text, sizeof(text)));
	fprintf(f, ",%s\r\n", event_quality_name(e->estimate.quality));
}

static void steps_row(FILE *f, const struct event *e)
{
	if (e->kind == EVENT_STEP)
		fprintf(f, "%.6f,%d,%s,%s,%s\r\n", seconds(e), e->step.n,
		        e->step.technique, event_side_name(e->step.side),
		        e->step.begin ? "begin" : "end");
}

static int write_table(struct export *e, const char *head,
                       void (*row)(FILE *f, const struct event *e))
{
	const char *end = e->text + e->len;
	const char *at;

	if (!e->text)
		return without_lines(e);
	at = memchr(e->text, '\n', e->len);
	fprintf(e->file, "%s\r\n", head);
	for (at = at ? at + 1 : end; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct journal_error why = {""};
		struct journal_event event;
		size_t len = stop ? (size_t)(stop - at) : (size_t)(end - at);
		int r = journal_read(at, len, &event, &why);

		if (r < 0) {
			e->why = "a line of it cannot be read: lull replay "
				 "names it";
			return r;
		}
		row(e->file, &event.event);
		journal_event_finish(&event);
		at += len + 1;
	}
	return 0;
}

/* When a recording's beats arrived, nobody knows. */
static int write_recording(struct export *e, const struct rr *rr)
{
	char text[32];

	fputs(BEATS_HEAD "\r\n", e->file);
	for (size_t i = 0; i < rr->n; i++)
		fprintf(e->file, "%.6f,,%s,unknown\r\n",
		        (double)rr->intervals[i].t_us / 1e6,
		        figure(rr->intervals[i].rr_ms, text, sizeof(text)));
	return 0;
}

static int export_beats(struct export *e)
{
	return e->text ? write_table(e, BEATS_HEAD, beats_row)
	               : with_beats(e, write_recording);
}

static int export_estimates(struct export *e)
{
	return write_table(e, "t_s,hr_bpm,rmssd_ms,calm,pace,wave,quality",
	                   estimates_row);
}

static int export_steps(struct export *e)
{
	return write_table(e, "t_s,step,technique,side,phase", steps_row);
}

/* --- the command ------------------------------------------------------------
 */

static const struct format {
	const char *name;
	int (*run)(struct export *e);
} formats[] = {
	{"kubios", export_kubios},   {"kubios-times", export_timed},
	{"fit", export_fit},         {"json", export_json},
	{"csv", export_beats},       {"csv-estimates", export_estimates},
	{"csv-steps", export_steps},
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	out_fail("export: %.40s: expected kubios, kubios-times, fit, json, "
	         "csv, csv-estimates or csv-steps",
	         name);
	return NULL;
}

static int add_line(void *data, const char *line, size_t len)
{
	return fwrite(line, 1, len, data) == len && putc('\n', data) != EOF
	               ? 0
	               : -ENOMEM;
}

static int read_lines(struct store *s, struct export *e)
{
	FILE *memory = open_memstream(&e->text, &e->len);
	int r = memory ? store_lines(s, e->row.id, add_line, memory) : -ENOMEM;

	if (memory && fclose(memory) != 0 && r == 0)
		r = -ENOMEM;
	return r;
}

static int write_file(struct export *e, const struct format *format,
                      const char *path)
{
	const char *name = path ? path : "standard output";
	int r;

	e->file = out_create(path);
	if (!e->file)
		return out_fail("export: %s: %s", name, strerror(errno));
	r = format->run(e);
	if (fflush(e->file) != 0 && r == 0) {
		e->why = strerror(errno);
		r = -EIO;
	}
	if (path)
		fclose(e->file);
	if (r == 0)
		return OUT_DONE;
	if (path)
		remove(path);
	return out_fail("export: session %lld: %s", (long long)e->row.id,
	                e->why ? e->why : strerror(-r));
}

static int export(struct store *s, const char *arg, const struct format *format,
                  const char *path)
{
	struct export e = {.store = s};
	int64_t id;
	int status = past_number("export", arg, &id);

	if (status < 0)
		status = past_id(s, "export", &id);
	if (status >= 0)
		return status;
	if (store_session(s, id, &e.row) < 0 ||
	    (!e.row.recording[0] && read_lines(s, &e) < 0))
		status = out_fail("export: %s", store_message(s));
	else
		status = write_file(&e, format, path);
	free(e.text);
	return status;
}

int export_run(const struct command *c, int argc, char **argv)
{
	const char *name = "kubios", *path = NULL;
	const struct opt opts[] = {
		{"format", OPT_TEXT, &name, "FORMAT",
	         "kubios (RR, one a line; unless told), kubios-times (time and "
	         "RR), fit, json, csv (beats), csv-estimates, csv-steps",
	         0, 0},
		{"o", OPT_TEXT, &path, "FILE",
	         "into a new file, else to standard output", 0, 0},
		{0},
	};
	const struct format *format;
	struct store *s = NULL;
	struct opt_args args;
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	format = find_format(name);
	if (!format)
		return OUT_USAGE;
	status = past_open(&s, STORE_READ, "export");
	if (status >= 0)
		return status;
	status = export(s, args.n > 0 ? args.at[0] : NULL, format, path);
	store_close(s);
	return status;
}
