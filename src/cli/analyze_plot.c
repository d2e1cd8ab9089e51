/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyze_plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "report/markup.h"
#include "report/svg.h"

/* The tachogram, and beside it the square of the Poincare plot, px */
#define WIDTH     1160
#define HEIGHT    420
#define LEFT      64
#define TOP       56
#define BOTTOM    366
#define TACHO_END 720
#define SQUARE    (WIDTH - 24 - (BOTTOM - TOP))
#define TITLE_MAX 90

/* Up to so many each beat is drawn; of more, the span in each column, and
 * cells of the square, by how many fall into them. */
#define FEW     3000
#define CELL_PX 2 /* at the least */
#define SHADES  4

/* More marks of a kind than this would hide the beats: a rug stands for them.
 */
#define MARKS_MAX 500
#define RUG_PX    7

/* One beat in so many, and one, may lie off the scale if the rest would then
 * have twice the room. Under a hundred beats none may. */
#define OFF_SCALE      5000
#define OFF_SCALE_FROM 100
#define BINS           1024

static const char style[] =
	"<style>"
	"svg{color:#1a1a1a}.paper{fill:#fff}"
	"text{font:13px system-ui,sans-serif;fill:currentColor}"
	".title{font-size:16px;font-weight:600}.soft{fill:#666}"
	".axis,.tick{stroke:#999;stroke-width:1;fill:none}"
	".line{stroke:currentColor;stroke-width:.9;fill:none;"
	"stroke-linejoin:round}"
	".dots{stroke:currentColor;stroke-width:2.6;stroke-linecap:round;"
	"stroke-opacity:.45;fill:none}"
	".cell{fill:currentColor;shape-rendering:crispEdges}"
	".same{stroke:#999;stroke-dasharray:2 4;fill:none}"
	".sd{stroke:#b3261e;stroke-width:1.5;fill:none}.sdt{fill:#b3261e}"
	".mark{stroke:#b3261e;stroke-width:1.4;fill:none}"
	".faint{stroke-opacity:.5}"
	"@media(prefers-color-scheme:dark){svg{color:#e6e6e6}"
	".paper{fill:#141414}.soft{fill:#a0a0a0}.axis,.tick,.same{stroke:#777}"
	".sd,.mark{stroke:#ff8a80}.sdt{fill:#ff8a80}}"
	"</style>\n";

struct frame {
	FILE *f;
	struct svg_axis x, y;
	double unit; /* seconds of a unit of @x, or 1 */
};

static void head(FILE *f, const char *title)
{
	fprintf(f,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	        "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>",
	        WIDTH, HEIGHT, WIDTH, HEIGHT);
	markup_text(f, title, TITLE_MAX);
	fprintf(f,
	        "</title>\n%s<rect class=\"paper\" width=\"100%%\" "
	        "height=\"100%%\"/>\n<text class=\"title\" x=\"%d\" "
	        "y=\"28\">",
	        style, LEFT);
	markup_text(f, title, TITLE_MAX);
	fputs("</text>\n", f);
}

static void axes(const struct frame *p, const char *x_name, const char *y_name)
{
	double at, x0 = p->x.lo_px, x1 = p->x.hi_px;
	double y0 = p->y.lo_px, y1 = p->y.hi_px;

	fprintf(p->f, "<path class=\"axis\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", x0,
	        y1, y0, x1);
	for (unsigned i = 0; svg_tick(&p->x, i, &at); i++)
		fprintf(p->f,
		        "<path class=\"tick\" d=\"M%.1f %.1fv5\"/><text x=\"%.1f\" "
		        "y=\"%.1f\" text-anchor=\"middle\">%g</text>\n",
		        svg_at(&p->x, at), y0, svg_at(&p->x, at), y0 + 20, at);
	for (unsigned i = 0; svg_tick(&p->y, i, &at); i++)
		fprintf(p->f,
		        "<path class=\"tick\" d=\"M%.1f %.1fh-5\"/><text x=\"%.1f\" "
		        "y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
		        x0, svg_at(&p->y, at), x0 - 9, svg_at(&p->y, at) + 4.5,
		        at);
	fprintf(p->f,
	        "<text class=\"soft\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">"
	        "%s</text><text class=\"soft\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
	        x1, y0 + 40, x_name, x0 - 48, y1 - 10, y_name);
}

static void bounds(const double *value, size_t n, double *ret_lo,
                   double *ret_hi)
{
	*ret_lo = *ret_hi = n > 0 ? value[0] : 0.0;
	for (size_t i = 1; i < n; i++) {
		*ret_lo = fmin(*ret_lo, value[i]);
		*ret_hi = fmax(*ret_hi, value[i]);
	}
}

/* The scale for values of which a few may be far from all others: those would
 * press the rest into a stripe, so they are drawn at its edge, and counted. */
static void span_of(const double *value, size_t n, double *ret_lo,
                    double *ret_hi)
{
	size_t count[BINS] = {0}, few = 1 + n / OFF_SCALE;
	size_t first = 0, last = BINS - 1, below = 0, above = 0;
	double lo, width;

	bounds(value, n, ret_lo, ret_hi);
	lo = *ret_lo;
	width = (*ret_hi - lo) / BINS;
	if (n < OFF_SCALE_FROM || !(width > 0.0))
		return;
	for (size_t i = 0; i < n; i++)
		count[(size_t)fmin((value[i] - lo) / width, BINS - 1)]++;
	while (below + count[first] <= few)
		below += count[first++];
	while (above + count[last] <= few)
		above += count[last--];
	if (last + 1 - first > BINS / 2)
		return;
	*ret_lo = lo + width * (double)first;
	*ret_hi = lo + width * (double)(last + 1);
}

static double x_of(const struct frame *p, double t_s)
{
	return svg_at(&p->x, t_s / p->unit);
}

/* At the edge if it is off the scale. */
static double y_of(const struct frame *p, double rr_ms)
{
	return svg_at(&p->y, fmin(fmax(rr_ms, p->y.lo), p->y.hi));
}

static bool off_scale(const struct svg_axis *a, double value)
{
	return value < a->lo || value > a->hi;
}

static void say_off_scale(const struct frame *p, size_t n)
{
	if (n > 0)
		fprintf(p->f,
		        "<text class=\"soft\" x=\"%.1f\" y=\"%.1f\">%zu off "
		        "the scale, at its edge</text>\n",
		        p->x.lo_px, p->y.lo_px + 40, n);
}

static void each_beat(const struct frame *p, const struct nn *nn)
{
	fputs("<path class=\"line\" d=\"", p->f);
	for (size_t i = 0; i < nn->n; i++)
		fprintf(p->f, "%c%.1f %.1f",
		        i == 0 || !nn_joined(nn, i) ? 'M' : 'L',
		        x_of(p, nn->t_s[i]), y_of(p, nn->rr_ms[i]));
	fputs("\"/>\n", p->f);
	if (nn->n == 1)
		fprintf(p->f, "<path class=\"dots\" d=\"M%.1f %.1fh0\"/>\n",
		        x_of(p, nn->t_s[0]), y_of(p, nn->rr_ms[0]));
}

/* One stroke a column, from its least to its greatest. */
static void each_column(const struct frame *p, const struct nn *nn)
{
	fputs("<path class=\"line\" d=\"", p->f);
	for (size_t i = 0, end; i < nn->n; i = end) {
		double column = floor(x_of(p, nn->t_s[i])), lo, hi;

		for (end = i + 1;
		     end < nn->n && floor(x_of(p, nn->t_s[end])) <= column;)
			end++;
		bounds(nn->rr_ms + i, end - i, &lo, &hi);
		fprintf(p->f, "M%.0f.5 %.1fV%.1f", column, y_of(p, lo) + 0.5,
		        y_of(p, hi) - 0.5);
	}
	fputs("\"/>\n", p->f);
}

static bool is_odd(const struct plot *p, size_t i, bool out)
{
	return p->kind[i] != CLEAN_OK && (p->kind[i] == CLEAN_REJECTED) == out;
}

/* A cross for what was left out, a ring for what was corrected. */
static void mark(FILE *f, double x, double y, bool out)
{
	if (out)
		fprintf(f, "M%.1f %.1fl6 6m0-6l-6 6", x - 3.0, y - 3.0);
	else
		fprintf(f, "M%.1f %.1fa3 3 0 1 0 6 0a3 3 0 1 0-6 0", x - 3.0,
		        y);
}

static void each_mark(const struct frame *p, const struct plot *plot, bool out)
{
	for (size_t i = 0; i < plot->in->n; i++)
		if (is_odd(plot, i, out))
			mark(p->f, x_of(p, plot->in->t_s[i]),
			     y_of(p, plot->in->rr_ms[i]), out);
}

/* A line for each column that holds one, above the beats: what was corrected,
 * and, fainter, what was left out. */
static void each_rug(const struct frame *p, const struct plot *plot, bool out)
{
	double last = -1.0;

	for (size_t i = 0; i < plot->in->n; i++) {
		double column = floor(x_of(p, plot->in->t_s[i]));

		if (!is_odd(plot, i, out) || column == last)
			continue;
		fprintf(p->f, "M%.0f.5 %dv%d", column, TOP + out * RUG_PX,
		        RUG_PX - 2);
		last = column;
	}
}

static void marks(const struct frame *p, const struct plot *plot, bool out)
{
	double key_px = out ? TACHO_END - 109 : TACHO_END - 250;
	size_t n = 0;

	for (size_t i = 0; i < plot->in->n; i++)
		n += is_odd(plot, i, out);
	if (n == 0)
		return;
	fprintf(p->f, "<path class=\"mark%s\" d=\"",
	        out && n > MARKS_MAX ? " faint" : "");
	if (n <= MARKS_MAX) {
		each_mark(p, plot, out);
		mark(p->f, key_px, 41.0, out);
	} else {
		each_rug(p, plot, out);
		fprintf(p->f, "M%.1f 39v5m2.5-5v5m2.5-5v5", key_px - 2.5);
	}
	fprintf(p->f,
	        "\"/>\n<text class=\"sdt\" x=\"%.0f\" y=\"46\">%zu "
	        "%s</text>\n",
	        key_px + 9.0, n, out ? "left out" : "corrected");
}

static void tachogram(FILE *f, const struct plot *p)
{
	const struct nn *in = p->in;
	double end_s = in->n > 0 ? in->t_s[in->n - 1] : 60.0, lo, hi;
	double begin_s = in->n > 0 ? in->t_s[0] - in->rr_ms[0] * 1e-3 : 0.0;
	size_t off = 0;
	bool hours = end_s - begin_s > 3.0 * 3600.0;
	bool minutes = !hours && end_s - begin_s > 180.0;
	struct frame frame = {.f = f,
	                      .unit = hours     ? 3600.0
	                              : minutes ? 60.0
	                                        : 1.0};

	span_of(in->rr_ms, in->n, &lo, &hi);
	frame.x = svg_axis_of(begin_s / frame.unit, end_s / frame.unit, LEFT,
	                      TACHO_END, 13);
	frame.y = svg_axis_of(lo, hi, BOTTOM, TOP, 6);
	axes(&frame,
	     hours     ? "hours"
	     : minutes ? "minutes"
	               : "seconds",
	     "interval, ms");
	if (in->n > FEW)
		each_column(&frame, in);
	else
		each_beat(&frame, in);
	for (size_t i = 0; i < in->n; i++)
		off += off_scale(&frame.y, in->rr_ms[i]);
	say_off_scale(&frame, off);
	if (p->kind) {
		marks(&frame, p, false);
		marks(&frame, p, true);
	}
	if (in->n == 0)
		fprintf(f,
		        "<text class=\"soft\" x=\"%d\" y=\"%d\">no "
		        "intervals</text>\n",
		        (LEFT + TACHO_END) / 2 - 30, (TOP + BOTTOM) / 2);
}

static double next_x_of(const struct frame *p, double rr_ms)
{
	return svg_at(&p->x, fmin(fmax(rr_ms, p->x.lo), p->x.hi));
}

static void each_pair(const struct frame *p, const struct nn *nn)
{
	fputs("<path class=\"dots\" d=\"", p->f);
	for (size_t i = 1; i < nn->n; i++)
		if (nn_differs(nn, i))
			fprintf(p->f, "M%.1f %.1fh0",
			        next_x_of(p, nn->rr_ms[i - 1]),
			        y_of(p, nn->rr_ms[i]));
	fputs("\"/>\n", p->f);
}

static bool is_on_clock(const struct nn *nn, double tick_ms)
{
	/* as written to the ms, or better */
	double slack_ms = fmin(0.51, 0.3 * tick_ms);

	for (size_t i = 0; i < nn->n; i++)
		if (!(nn->mended && nn->mended[i]) &&
		    fabs(remainder(nn->rr_ms[i], tick_ms)) > slack_ms)
			return false;
	return true;
}

/* How long a tick of the recorder's clock is, or 0. Cells that hold now one and
 * now two ticks, or none, would draw a pattern that is not in the heart. */
static double tick_ms_of(const struct nn *nn)
{
	static const double clocks_hz[] = {100, 125, 128, 200, 250,
	                                   256, 500, 512, 1000};

	for (size_t i = 0; i < sizeof(clocks_hz) / sizeof(*clocks_hz); i++)
		if (is_on_clock(nn, 1000.0 / clocks_hz[i]))
			return 1000.0 / clocks_hz[i];
	return 0.0;
}

/* The square as a chequerboard, one scale for both ways. */
struct cells {
	double ms;
	long first; /* the middle of it is at first * ms */
	unsigned n;
	unsigned *count; /* n rows of n */
};

static struct cells cells_of(const struct svg_axis *a, const struct nn *nn)
{
	double least_ms = CELL_PX * (a->hi - a->lo) / fabs(a->hi_px - a->lo_px);
	double tick_ms = tick_ms_of(nn);
	struct cells c = {.ms = least_ms};

	if (tick_ms > 0.0)
		c.ms = tick_ms * ceil(least_ms / tick_ms);
	c.first = lround(a->lo / c.ms);
	c.n = (unsigned)(lround(a->hi / c.ms) - c.first) + 1;
	return c;
}

static size_t cell_of(const struct cells *c, double rr_ms)
{
	double at = rint(rr_ms / c->ms) - (double)c->first;

	return (size_t)fmin(fmax(at, 0.0), c->n - 1.0);
}

static unsigned count_pairs(const struct cells *c, const struct nn *nn)
{
	unsigned most = 1;

	for (size_t i = 1; i < nn->n; i++) {
		unsigned *at = &c->count[cell_of(c, nn->rr_ms[i]) * c->n +
		                         cell_of(c, nn->rr_ms[i - 1])];

		if (nn_differs(nn, i) && ++*at > most)
			most = *at;
	}
	return most;
}

/* Darker by the logarithm of how many: a day holds few far ones, and they
 * matter. 0: none. */
static unsigned shade_of(unsigned count, unsigned most)
{
	if (count == 0)
		return 0;
	return 1 +
	       (unsigned)((SHADES - 1) * log(count) / log(most + 1.0) + 0.5);
}

static void draw_shade(FILE *f, const struct cells *c, unsigned most,
                       unsigned shade)
{
	fprintf(f, "<path class=\"cell\" opacity=\"%.2f\" d=\"",
	        (double)shade / SHADES);
	for (unsigned y = 0; y < c->n; y++)
		for (unsigned x = 0, end; x < c->n; x = end) {
			const unsigned *row = &c->count[y * c->n];

			end = x + 1;
			if (shade_of(row[x], most) != shade)
				continue;
			while (end < c->n && shade_of(row[end], most) == shade)
				end++;
			fprintf(f, "M%u %uh%uv1h-%u", x, y, end - x, end - x);
		}
	fputs("\"/>", f);
}

static int each_cell(const struct frame *p, const struct nn *nn)
{
	struct cells c = cells_of(&p->x, nn);
	double from_ms = ((double)c.first - 0.5) * c.ms;
	double px = svg_at(&p->x, from_ms + c.ms) - svg_at(&p->x, from_ms);
	unsigned most;

	c.count = calloc((size_t)c.n * c.n, sizeof(*c.count));
	if (!c.count)
		return -ENOMEM;
	most = count_pairs(&c, nn);
	fprintf(p->f,
	        "<g transform=\"translate(%.2f %.2f) scale(%.4f -%.4f)\">",
	        svg_at(&p->x, from_ms), svg_at(&p->y, from_ms), px, px);
	for (unsigned shade = 1; shade <= SHADES; shade++)
		draw_shade(p->f, &c, most, shade);
	fputs("</g>\n", p->f);
	free(c.count);
	return 0;
}

/* Its half-axes are SD1, across the line of identity, and SD2, along it. */
static void ellipse(const struct frame *p, const struct hrv_time *h)
{
	double px = (p->x.hi_px - p->x.lo_px) / (p->x.hi - p->x.lo);
	double x = svg_at(&p->x, h->mean_nn_ms);
	double y = svg_at(&p->y, h->mean_nn_ms);
	double a = h->sd1_ms * px, b = h->sd2_ms * px;

	if (!(h->sd1_ms > 0.0 && h->sd2_ms > 0.0))
		return;
	fprintf(p->f,
	        "<g class=\"sd\" transform=\"translate(%.1f %.1f) "
	        "rotate(-45)\"><ellipse rx=\"%.1f\" ry=\"%.1f\"/>"
	        "<path d=\"M%.1f 0H%.1fM0 %.1fV%.1f\"/></g>\n",
	        x, y, b, a, -b, b, -a, a);
	fprintf(p->f,
	        "<text class=\"sdt\" x=\"%d\" y=\"46\" "
	        "text-anchor=\"end\">SD1 %.1f ms, SD2 %.1f ms</text>\n",
	        WIDTH - 24, h->sd1_ms, h->sd2_ms);
}

static int poincare(FILE *f, const struct plot *p)
{
	const struct nn *scale = p->nn->n > 0 ? p->nn : p->in;
	struct frame frame = {.f = f, .unit = 1.0};
	double lo, hi;
	size_t off = 0;
	int r = 0;

	/* with nothing left, the empty square still has its place */
	span_of(scale->rr_ms, scale->n, &lo, &hi);
	frame.x = svg_axis_of(lo, hi, SQUARE, WIDTH - 24, 5);
	frame.y = svg_axis_of(lo, hi, BOTTOM, TOP, 5);
	axes(&frame, "interval, ms", "next, ms");
	fprintf(f, "<path class=\"same\" d=\"M%d %dL%d %d\"/>\n", SQUARE,
	        BOTTOM, WIDTH - 24, TOP);
	if (p->nn->n > FEW)
		r = each_cell(&frame, p->nn);
	else
		each_pair(&frame, p->nn);
	for (size_t i = 1; i < p->nn->n; i++)
		off += nn_differs(p->nn, i) &&
		       (off_scale(&frame.x, p->nn->rr_ms[i - 1]) ||
		        off_scale(&frame.y, p->nn->rr_ms[i]));
	say_off_scale(&frame, off);
	ellipse(&frame, p->time);
	return r;
}

int plot_write(FILE *f, const struct plot *p)
{
	int r;

	head(f, p->title);
	tachogram(f, p);
	r = poincare(f, p);
	fputs("</svg>\n", f);
	if (r < 0)
		return r;
	errno = 0;
	if (fflush(f) == 0 && !ferror(f))
		return 0;
	return errno > 0 ? -errno : -EIO;
}
