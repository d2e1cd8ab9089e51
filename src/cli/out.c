/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/out.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAR_WIDTH 30

int out_fail(const char *format, ...)
{
	char text[1024], plain[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);

	out_plain(plain, sizeof(plain), text);
	fflush(stdout);
	fprintf(stderr, "lull: %s\n", plain);
	return OUT_FAILED;
}

FILE *out_create(const char *path)
{
	mode_t before = umask(0077);
	FILE *f = path ? fopen(path, "wxe") : stdout;
	int e = errno;

	umask(before);
	errno = e;
	return f;
}

/* Bytes of what would move the cursor, or turn the order of what follows on
 * the line; 0: it is none. */
static size_t control_at(const unsigned char *c)
{
	if (*c < 0x20 || *c == 0x7f)
		return 1;
	/* C1: U+0080 to U+009F */
	if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
		return 2;
	/* embeddings and overrides, U+202A to U+202E; isolates, U+2066 on */
	if (c[0] == 0xe2 && ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
	                     (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)))
		return 3;
	return 0;
}

void out_plain(char *ret, size_t len, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = 0;

	while (*c && n + 1 < len) {
		size_t control = control_at(c);

		ret[n++] = control ? '?' : (char)*c;
		c += control ? control : 1;
	}
	/* never half a character at the end of a cut text */
	while (n && n + 1 >= len && ((unsigned char)ret[n - 1] & 0x80))
		n--;
	if (len)
		ret[n] = '\0';
}

bool out_colours(FILE *f)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no && *no)
		return false;
	if (!term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(f));
}

const char *out_style(enum out_style style, bool colours)
{
	static const char *const sequences[] = {
		[OUT_BOLD] = "\033[1m",
		[OUT_DIM] = "\033[2m",
		[OUT_GOOD] = "\033[32m",
		[OUT_BAD] = "\033[31m",
	};

	return colours ? sequences[style] : "";
}

const char *out_reset(bool colours)
{
	return colours ? "\033[0m" : "";
}

const char *out_clock(char *ret, size_t len, double seconds)
{
	long s;

	if (!(fabs(seconds) < 1e7)) {
		snprintf(ret, len, "-");
		return ret;
	}
	s = lround(fmax(seconds, 0));
	if (s >= 3600)
		snprintf(ret, len, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60,
		         s % 60);
	else
		snprintf(ret, len, "%ld:%02ld", s / 60, s % 60);
	return ret;
}

const char *out_number(char *ret, size_t len, double value, int decimals)
{
	double unit = pow(10, decimals);

	if (!isfinite(value)) {
		snprintf(ret, len, "-");
		return ret;
	}
	/* halves away from zero, and never "-0" */
	value = round(value * unit) / unit;
	snprintf(ret, len, "%.*f", decimals, value == 0 ? 0 : value);
	return ret;
}

const char *out_date(char *ret, size_t len, const char *iso)
{
	char plain[64];

	out_plain(plain, sizeof(plain), iso);
	snprintf(ret, len, "%.16s", plain);
	if (strlen(ret) > 10 && ret[10] == 'T')
		ret[10] = ' ';
	return ret;
}

void out_table_init(struct out_table *t, const char *aligns)
{
	*t = (struct out_table){.aligns = aligns};
}

void out_table_finish(struct out_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct out_table){.aligns = t->aligns};
}

void out_table_cell(struct out_table *t, const char *format, ...)
{
	char text[512], plain[512], *cell;
	va_list ap;

	if (t->error)
		return;
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		char **cells = realloc(t->cells, room * sizeof(*cells));

		if (!cells) {
			t->error = -ENOMEM;
			return;
		}
		t->cells = cells;
		t->room = room;
	}
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);

	out_plain(plain, sizeof(plain), text);
	cell = strdup(plain);
	if (!cell) {
		t->error = -ENOMEM;
		return;
	}
	t->cells[t->n++] = cell;
}

/* Characters, not bytes; ours and people's names are one column each. */
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void print_row(const struct out_table *t, FILE *f, size_t row,
                      const size_t *widths)
{
	size_t columns = strlen(t->aligns);

	for (size_t c = 0; c < columns; c++) {
		size_t at = row * columns + c;
		const char *cell = at < t->n ? t->cells[at] : "";
		int pad = (int)(widths[c] - width_of(cell));
		bool last = c + 1 == columns;

		if (t->aligns[c] == 'r')
			fprintf(f, "%*s%s", pad, "", cell);
		else
			fprintf(f, "%s%*s", cell, last ? 0 : pad, "");
		if (!last)
			fputs("  ", f);
	}
}

int out_table_print(const struct out_table *t, FILE *f, bool header)
{
	size_t widths[OUT_COLUMNS_MAX] = {0};
	size_t columns = strlen(t->aligns);
	bool colours = out_colours(f);

	if (t->error)
		return t->error;
	for (size_t i = 0; i < t->n; i++) {
		size_t width = width_of(t->cells[i]);

		if (width > widths[i % columns])
			widths[i % columns] = width;
	}
	for (size_t row = 0; row * columns < t->n; row++) {
		bool dim = header && row == 0;

		fputs(out_style(OUT_DIM, colours && dim), f);
		print_row(t, f, row, widths);
		fputs(out_reset(colours && dim), f);
		fputc('\n', f);
	}
	return 0;
}

json_t *out_real(double value)
{
	if (!isfinite(value))
		return json_null();
	value = round(value * 1e6) / 1e6;
	if (value == rint(value) && fabs(value) < 1e15)
		return json_integer((json_int_t)value);
	return json_real(value);
}

int out_json(json_t *value)
{
	int r;

	if (!value)
		return out_fail("json: out of memory: close other programs");
	r = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
	json_decref(value);
	putchar('\n');
	if (r < 0 || fflush(stdout) != 0)
		return out_fail("output: %s: see where it goes",
		                strerror(errno));
	return OUT_DONE;
}

void out_bar_init(struct out_bar *b, FILE *f)
{
	b->on = isatty(fileno(f));
	b->shown = -1;
}

void out_bar_show(struct out_bar *b, FILE *f, const char *what, double share)
{
	int permille = (int)lround(1000 * fmin(fmax(share, 0), 1));
	int full = permille * BAR_WIDTH / 1000;

	if (!b->on || permille == b->shown)
		return;
	b->shown = permille;
	fprintf(f, "\r\033[K%s [", what);
	for (int i = 0; i < BAR_WIDTH; i++)
		fputc(i < full ? '#' : '.', f);
	fprintf(f, "] %3d %%", permille / 10);
	fflush(f);
}

void out_bar_clear(struct out_bar *b, FILE *f)
{
	if (b->on && b->shown >= 0)
		fputs("\r\033[K", f);
	b->shown = -1;
}
