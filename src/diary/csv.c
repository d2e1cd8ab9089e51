/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diary/csv.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "diary/csv_map.h"
#include "diary/date.h"

#define CHUNK      65536
#define HEADS_SKIP 64 /* lines that may stand before the names */
#define DATE_NONE  INT32_MIN

struct diary_csv_reader {
	const struct diary_csv_map *map;
	int32_t today;
	int64_t now_s;
	int (*each)(void *data, const struct diary_day *day);
	void *data;
	char *unused;
	size_t unused_len;
	struct error *error;

	iconv_t from_1252;
	unsigned long line; /* of the row that is being read */
	unsigned long ends; /* line ends in its cells so far */
	bool begun;         /* the names of the columns were read */
	unsigned skipped;   /* rows before them */
	struct csv_column columns[DIARY_CSV_COLUMNS_MAX];
	size_t n_columns;
	enum diary_csv_dates dates;

	/* the row that is being read, its cells one behind the other */
	char *text;
	size_t used, room;
	size_t cell[DIARY_CSV_COLUMNS_MAX];
	size_t n_cells;
	int r; /* the first that went wrong */
};

static void fail(struct diary_csv_reader *c, int r, const char *what)
{
	if (c->r)
		return;
	c->r = r;
	error_set(c->error, "%lu: %.400s", c->line, what);
}

/* --- cells ------------------------------------------------------------------
 */

static bool make_room(struct diary_csv_reader *c, size_t more)
{
	size_t room = c->room ? c->room : 4096;
	char *text;

	while (room < c->used + more)
		room *= 2;
	if (room == c->room)
		return true;
	text = realloc(c->text, room);
	if (!text) {
		c->r = -ENOMEM;
		error_set(c->error, "out of memory");
		return false;
	}
	c->text = text;
	c->room = room;
	return true;
}

static void put_cell(struct diary_csv_reader *c, const char *bytes, size_t len)
{
	memcpy(c->text + c->used, bytes, len);
	c->text[c->used + len] = '\0';
}

/* A file of another time: every byte is a sign of Windows-1252. */
static size_t put_1252(struct diary_csv_reader *c, char *bytes, size_t len)
{
	char *in = bytes, *out = c->text + c->used;
	size_t left = len, room = c->room - c->used - 1;

	while (left > 0 &&
	       iconv(c->from_1252, &in, &left, &out, &room) == (size_t)-1) {
		/* five of its bytes stand for nothing */
		*out++ = '?';
		room--;
		in++;
		left--;
	}
	*out = '\0';
	return (size_t)(out - c->text) - c->used;
}

static void on_cell(void *bytes, size_t len, void *data)
{
	struct diary_csv_reader *c = data;

	if (c->r || c->n_cells == DIARY_CSV_COLUMNS_MAX) {
		if (!c->r)
			fail(c, -EBADMSG, "expected at most 128 columns");
		return;
	}
	if (len > DIARY_CSV_CELL_MAX || memchr(bytes, '\0', len)) {
		fail(c, -EBADMSG,
		     "expected a cell of text of at most 64 KiB: is a quote "
		     "not closed?");
		return;
	}
	/* of one byte Windows-1252 makes at most three */
	if (!make_room(c, 3 * len + 1))
		return;
	for (const char *b = bytes; b < (const char *)bytes + len; b++)
		c->ends += *b == '\n';
	c->cell[c->n_cells++] = c->used;
	put_cell(c, bytes, len);
	if (!diary_is_text(c->text + c->used))
		len = put_1252(c, bytes, len);
	c->used += len + 1;
}

static const char *cell_of(const struct diary_csv_reader *c, size_t i)
{
	return c->text + c->cell[i];
}

static bool is_blank(const struct diary_csv_reader *c)
{
	for (size_t i = 0; i < c->n_cells; i++)
		if (*cell_of(c, i))
			return false;
	return true;
}

/* --- the names of the columns -----------------------------------------------
 */

/* By a word as `worst=Pain Level`. Return: whether there is one for @name. */
static bool map_by_word(const struct diary_csv_reader *c, const char *name,
                        struct csv_column *ret)
{
	for (size_t i = 0; i < c->map->n; i++) {
		const char *word = c->map->words[i];
		size_t n = strcspn(word, "=");

		if (word[n] && strcasecmp(word + n + 1, name) == 0 &&
		    csv_map_key(word, n, ret))
			return true;
	}
	return false;
}

/* A column that a word claims is not also known by its own name elsewhere. */
static bool is_claimed(const struct diary_csv_reader *c,
                       struct csv_column column)
{
	for (size_t i = 0; i < c->map->n; i++) {
		const char *word = c->map->words[i];
		struct csv_column by;

		if (csv_map_key(word, strcspn(word, "="), &by) &&
		    by.holds == column.holds && by.field == column.field)
			return true;
	}
	return false;
}

static size_t find_columns(struct diary_csv_reader *c)
{
	size_t dates = 0, others = 0;

	for (size_t i = 0; i < c->n_cells; i++) {
		struct csv_column column;

		if (!map_by_word(c, cell_of(c, i), &column)) {
			column = csv_map_known(cell_of(c, i));
			if (is_claimed(c, column))
				column.holds = CSV_NOTHING;
		}
		c->columns[i] = column;
		dates +=
			column.holds == CSV_DATE || column.holds == CSV_STARTED;
		others += column.holds > CSV_ENTERED;
	}
	c->n_columns = c->n_cells;
	/* a date alone heads some other table */
	return others || c->map->n ? dates : 0;
}

static void list_unused(struct diary_csv_reader *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_columns && n < c->unused_len; i++)
		if (c->columns[i].holds == CSV_NOTHING && *cell_of(c, i))
			n += (size_t)snprintf(c->unused + n, c->unused_len - n,
			                      "%s%s", n ? ", " : "",
			                      cell_of(c, i));
}

/* Every word must have found its column. */
static bool check_words(struct diary_csv_reader *c)
{
	for (size_t i = 0; i < c->map->n; i++) {
		const char *word = c->map->words[i];
		const char *name = word + strcspn(word, "=");
		bool found = strncmp(word, "dates=", 6) == 0;

		for (size_t k = 0; !found && *name && k < c->n_cells; k++)
			found = strcasecmp(name + 1, cell_of(c, k)) == 0;
		if (!found) {
			char what[256];

			snprintf(what, sizeof(what),
			         "%.80s: there is no such column", word);
			fail(c, -EINVAL, what);
			return false;
		}
	}
	return true;
}

static void take_names(struct diary_csv_reader *c)
{
	size_t dates = find_columns(c);

	if (dates == 0 && ++c->skipped < HEADS_SKIP)
		return;
	if (dates == 0) {
		fail(c, -EBADMSG,
		     "expected the names of the columns, one of them date: "
		     "name yours as date=COLUMN");
		return;
	}
	if (dates > 1) {
		fail(c, -EBADMSG,
		     "expected one column with the date: name it, as "
		     "date=COLUMN");
		return;
	}
	if (check_words(c)) {
		list_unused(c);
		c->begun = true;
	}
}

/* --- rows -------------------------------------------------------------------
 */

static void take_row(struct diary_csv_reader *c)
{
	struct diary_day day;
	struct error error = {""};
	int r = 0;

	diary_blank(&day, DATE_NONE, c->now_s);
	for (size_t i = 0; r == 0 && i < c->n_cells && i < c->n_columns; i++)
		if (*cell_of(c, i))
			r = csv_map_take(&day, c->columns[i], cell_of(c, i),
			                 c->dates, c->today, &error);
	if (r == 0 && day.date == DATE_NONE) {
		error_set(&error, "expected a date in every row");
		r = -EINVAL;
	}
	if (r == 0)
		r = diary_check(&day, &error);
	if (r < 0) {
		fail(c, -EBADMSG, error.text);
		return;
	}
	c->r = c->each(c->data, &day);
}

static void on_row(int end, void *data)
{
	struct diary_csv_reader *c = data;

	if (!c->r && !is_blank(c)) {
		if (c->begun)
			take_row(c);
		else
			take_names(c);
	}
	/* of a CR LF only the last one ends a line */
	c->line += c->ends + (end == '\n' || end == -1);
	c->ends = 0;
	c->used = 0;
	c->n_cells = 0;
}

/* --- the file ---------------------------------------------------------------
 */

static bool take_dates(struct diary_csv_reader *c)
{
	static const struct {
		const char *word;
		enum diary_csv_dates dates;
	} orders[] = {{"dates=ymd", DIARY_CSV_YMD},
	              {"dates=dmy", DIARY_CSV_DMY},
	              {"dates=mdy", DIARY_CSV_MDY}};

	for (size_t i = 0; i < c->map->n; i++) {
		const char *word = c->map->words[i];
		struct csv_column column;
		size_t n = strcspn(word, "=");
		bool ok = word[n] && csv_map_key(word, n, &column);

		for (size_t k = 0; k < 3; k++)
			if (strcmp(word, orders[k].word) == 0) {
				c->dates = orders[k].dates;
				ok = true;
			}
		if (!ok) {
			error_set(c->error,
			          "%.80s: expected what a column holds, as "
			          "worst=COLUMN or date=COLUMN; or dates=dmy, "
			          "dates=mdy",
			          word);
			return false;
		}
	}
	return true;
}

/* The sign that stands more often in the first lines is the one between. */
static unsigned char delimiter_of(const char *bytes, size_t len)
{
	size_t commas = 0, semicolons = 0;

	for (size_t i = 0; i < len && i < 4096; i++) {
		commas += bytes[i] == ',';
		semicolons += bytes[i] == ';';
	}
	return semicolons > commas ? ';' : CSV_COMMA;
}

static void *realloc_bounded(void *p, size_t size)
{
	/* a quote that is not closed would take the rest of the file */
	return size > 4 * DIARY_CSV_CELL_MAX ? NULL : realloc(p, size);
}

static int read_all(struct diary_csv_reader *c, FILE *file,
                    struct csv_parser *parser)
{
	char bytes[CHUNK];
	size_t n = fread(bytes, 1, sizeof(bytes), file), from = 0;

	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		from = 3;
	csv_set_delim(parser, delimiter_of(bytes + from, n - from));
	while (n > 0 && !c->r) {
		if (csv_parse(parser, bytes + from, n - from, on_cell, on_row,
		              c) != n - from)
			fail(c, -EBADMSG,
			     csv_error(parser) == CSV_EPARSE
			             ? "expected quotes round a whole cell, "
			               "and doubled within it"
			             : "expected a cell of at most 64 KiB: is "
			               "a quote not closed?");
		n = fread(bytes, 1, sizeof(bytes), file);
		from = 0;
	}
	if (ferror(file)) {
		fail(c, -EIO, strerror(errno));
		return c->r;
	}
	if (!c->r && csv_fini(parser, on_cell, on_row, c) != 0)
		fail(c, -EBADMSG,
		     "the file ends within quotes: is it cut off?");
	if (!c->r && !c->begun)
		fail(c, -EBADMSG,
		     "expected the names of the columns, one of them date: "
		     "name yours as date=COLUMN");
	return c->r;
}

int diary_csv_read(FILE *file, const struct diary_csv_map *map, int32_t today,
                   int64_t now_s,
                   int (*each)(void *data, const struct diary_day *day),
                   void *data, char *ret_unused, size_t len,
                   struct error *error)
{
	struct diary_csv_reader c = {.map = map,
	                             .today = today,
	                             .now_s = now_s,
	                             .each = each,
	                             .data = data,
	                             .unused = ret_unused,
	                             .unused_len = len,
	                             .error = error,
	                             .line = 1};
	struct csv_parser parser;
	int r;

	ret_unused[0] = '\0';
	if (!take_dates(&c))
		return -EINVAL;
	c.from_1252 = iconv_open("UTF-8", "WINDOWS-1252");
	if (c.from_1252 == (iconv_t)-1)
		return -ENOMEM;
	csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
	csv_set_realloc_func(&parser, realloc_bounded);
	r = read_all(&c, file, &parser);
	csv_free(&parser);
	iconv_close(c.from_1252);
	free(c.text);
	return r;
}

/* --- writing ----------------------------------------------------------------
 */

static void write_cell(FILE *file, const char *text, const char *before)
{
	fputs(before, file);
	/* only what needs quotes has them */
	if (text[strcspn(text, ",;\"\r\n")] || text[0] == ' ')
		csv_fwrite(file, text, strlen(text));
	else
		fputs(text, file);
}

int diary_csv_write_head(FILE *file)
{
	fputs("date,entered", file);
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		write_cell(file, diary_spec(f)->key, ",");
	fputs(",medicines,note\r\n", file);
	return ferror(file) ? -EIO : 0;
}

int diary_csv_write_day(FILE *file, const struct diary_day *day)
{
	char date[DATE_TEXT], text[DIARY_TEXT], entered[32];
	char all[DIARY_MEDICINES_MAX * (DIARY_TEXT + 3)];
	time_t t = (time_t)day->entered_s;
	struct tm tm;
	size_t n = 0;

	fputs(date_text(day->date, date), file);
	gmtime_r(&t, &tm);
	strftime(entered, sizeof(entered), "%Y-%m-%dT%H:%M:%SZ", &tm);
	write_cell(file, entered, ",");
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++)
		write_cell(file, diary_text(day, f, text), ",");
	all[0] = '\0';
	for (size_t i = 0; i < day->n_medicines; i++)
		n += (size_t)snprintf(
			all + n, sizeof(all) - n, "%s%s", n ? " | " : "",
			diary_medicine_text(&day->medicines[i], text));
	write_cell(file, all, ",");
	write_cell(file, day->note, ",");
	fputs("\r\n", file);
	return ferror(file) ? -EIO : 0;
}

/* --- two rows of one day ----------------------------------------------------
 */

void diary_csv_merge(struct diary_day *into, const struct diary_day *row)
{
	double *to = into->value;
	size_t n = strlen(into->note), more = strlen(row->note);

	for (enum diary_field f = 0; f < DIARY_FIELDS; f++) {
		bool worse = f == DIARY_HEADACHE || f == DIARY_WORST ||
		             f == DIARY_SEVERITY;

		if (isnan(row->value[f]))
			continue;
		if (isnan(to[f]) || (worse && row->value[f] > to[f]))
			to[f] = row->value[f];
		else if (f == DIARY_HOURS)
			to[f] = fmin(to[f] + row->value[f], fmax(to[f], 24));
	}
	for (size_t i = 0;
	     i < row->n_medicines && into->n_medicines < DIARY_MEDICINES_MAX;
	     i++)
		into->medicines[into->n_medicines++] = row->medicines[i];
	if (more > 0 && n + more + 2 <= sizeof(into->note))
		snprintf(into->note + n, sizeof(into->note) - n, "%s%s",
		         n ? "\n" : "", row->note);
}
