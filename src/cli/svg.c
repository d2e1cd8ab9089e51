/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/svg.h"

#include <math.h>
#include <string.h>

#include "player/text.h"

#define AIR 0.04 /* share of the span on either side */

static double round_step(double span, unsigned ticks)
{
	double rough = span / ticks;
	double power = pow(10.0, floor(log10(rough)));
	double lead = rough / power;

	if (lead > 5.0)
		return 10.0 * power;
	if (lead > 2.0)
		return 5.0 * power;
	return lead > 1.0 ? 2.0 * power : power;
}

struct svg_axis svg_axis_of(double lo, double hi, double lo_px, double hi_px,
                            unsigned ticks)
{
	double span = hi - lo;

	if (!(span > 1e-6 * fabs(hi)))
		span = fmax(1.0, 0.1 * fabs(hi));
	lo -= AIR * span;
	hi += AIR * span;
	return (struct svg_axis){lo, hi, lo_px, hi_px,
	                         round_step(hi - lo, ticks)};
}

double svg_at(const struct svg_axis *a, double value)
{
	return a->lo_px +
	       (a->hi_px - a->lo_px) * (value - a->lo) / (a->hi - a->lo);
}

bool svg_tick(const struct svg_axis *a, unsigned i, double *ret)
{
	double value = (ceil(a->lo / a->step) + i) * a->step;

	*ret = value == 0.0 ? 0.0 : value; /* no minus zero */
	return value <= a->hi;
}

static void put(FILE *f, const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		unsigned char c = (unsigned char)text[i];

		n = text_utf8(text + i);
		if (n == 0) {
			fputs("\xef\xbf\xbd", f);
			n = 1;
		} else if (c < 0x20 || c == 0x7f) {
			fputc('?', f);
		} else if (c == '<') {
			fputs("&lt;", f);
		} else if (c == '&') {
			fputs("&amp;", f);
		} else if (c == '>') {
			fputs("&gt;", f);
		} else if (c == '"') {
			fputs("&quot;", f);
		} else if (n == 3 && !memcmp(text + i, "\xef\xbf", 2) &&
		           (unsigned char)text[i + 2] >= 0xbe) {
			fputs("\xef\xbf\xbd", f); /* no character of XML */
		} else {
			fwrite(text + i, 1, n, f);
		}
	}
}

/* Back to where a character begins. */
static size_t whole(const char *text, size_t at)
{
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

void svg_text(FILE *f, const char *text, size_t max)
{
	size_t len = strlen(text), half = max / 2;

	if (len <= max) {
		put(f, text, len);
		return;
	}
	put(f, text, whole(text, half));
	fputs("\xe2\x80\xa6", f);
	half = whole(text, len - half);
	put(f, text + half, len - half);
}
