/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/analyze_plot.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/svg.h"

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
#define CELL_PX 2
#define CELLS   ((BOTTOM - TOP) / CELL_PX)
#define SHADES  4
#define MARK_PX 4 /* marks closer than this are one */

static const char style[] =
	"<style>"
	"svg{background:#fff;color:#1a1a1a}"
	"text{font:13px system-ui,sans-serif;fill:currentColor}"
	".title{font-size:16px;font-weight:600}.soft{fill:#666}"
	".axis,.tick{stroke:#999;stroke-width:1;fill:none}"
	".line{stroke:currentColor;stroke-width:.9;fill:none;"
	"stroke-linejoin:round}"
	".dots{stroke:currentColor;stroke-width:2.6;stroke-linecap:round;"
	"stroke-opacity:.45;fill:none}.cell{fill:currentColor}"
	".same{stroke:#999;stroke-dasharray:2 4;fill:none}"
	".sd{stroke:#b3261e;stroke-width:1.5;fill:none}.sdt{fill:#b3261e}"
	".mended{stroke:#b3261e;stroke-width:1.4;fill:none}"
	".out{stroke:#b3261e;stroke-width:1.4;fill:none}"
	"@media(prefers-color-scheme:dark){svg{background:#141414;color:#e6e6e6}"
	".soft{fill:#a0a0a0}.axis,.tick,.same{stroke:#777}"
	".sd,.mended,.out{stroke:#ff8a80}.sdt{fill:#ff8a80}}"
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
	svg_text(f, title, TITLE_MAX);
	fprintf(f,
	        "</title>\n%s<rect width=\"100%%\" height=\"100%%\" "
	        "fill=\"none\"/>\n<text class=\"title\" x=\"%d\" "
	        "y=\"28\">",
	        style, LEFT);
	svg_text(f, title, TITLE_MAX);
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

static double x_of(const struct frame *p, double t_s)
{
	return svg_at(&p->x, t_s / p->unit);
}

static void each_beat(const struct frame *p, const struct nn *nn)
{
	fputs("<path class=\"line\" d=\"", p->f);
	for (size_t i = 0; i < nn->n; i++)
		fprintf(p->f, "%c%.1f %.1f",
		        i == 0 || !nn_joined(nn, i) ? 'M' : 'L',
		        x_of(p, nn->t_s[i]), svg_at(&p->y, nn->rr_ms[i]));
	fputs("\"/>\n", p->f);
	if (nn->n == 1)
		fprintf(p->f, "<path class=\"dots\" d=\"M%.1f %.1fh0\"/>\n",
		        x_of(p, nn->t_s[0]), svg_at(&p->y, nn->rr_ms[0]));
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
		fprintf(p->f, "M%.0f.5 %.1fV%.1f", column,
		        svg_at(&p->y, lo) + 0.5, svg_at(&p->y, hi) - 0.5);
	}
	fputs("\"/>\n", p->f);
}

/* What was corrected as rings, what was left out as crosses. */
static void marks(const struct frame *p, const struct plot *plot, bool out)
{
	double last_px = -MARK_PX;
	size_t n = 0;

	for (size_t i = 0; i < plot->in->n; i++) {
		double x = x_of(p, plot->in->t_s[i]);
		double y = svg_at(&p->y, plot->in->rr_ms[i]);

		if (plot->kind[i] == CLEAN_OK ||
		    (plot->kind[i] == CLEAN_REJECTED) != out)
			continue;
		n++;
		if (x - last_px < MARK_PX)
			continue;
		last_px = x;
		if (out)
			fprintf(p->f,
			        "<path class=\"out\" d=\"M%.1f %.1fl6 6m0-6l-6 "
			        "6\"/>\n",
			        x - 3, y - 3);
		else
			fprintf(p->f,
			        "<circle class=\"mended\" cx=\"%.1f\" "
			        "cy=\"%.1f\" r=\"3.5\"/>\n",
			        x, y);
	}
	if (n == 0)
		return;
	if (out)
		fprintf(p->f, "<path class=\"out\" d=\"M%d 38l6 6m0-6l-6 6\"/>",
		        TACHO_END - 112);
	else
		fprintf(p->f,
		        "<circle class=\"mended\" cx=\"%d\" cy=\"41\" "
		        "r=\"3.5\"/>",
		        TACHO_END - 253);
	fprintf(p->f, "<text class=\"sdt\" x=\"%d\" y=\"46\">%zu %s</text>\n",
	        out ? TACHO_END - 100 : TACHO_END - 244, n,
	        out ? "left out" : "corrected");
}

static void tachogram(FILE *f, const struct plot *p)
{
	const struct nn *in = p->in;
	double end_s = in->n > 0 ? in->t_s[in->n - 1] : 60.0, lo, hi;
	double begin_s = in->n > 0 ? in->t_s[0] - in->rr_ms[0] * 1e-3 : 0.0;
	bool hours = end_s - begin_s > 3.0 * 3600.0;
	bool minutes = !hours && end_s - begin_s > 180.0;
	struct frame frame = {.f = f,
	                      .unit = hours     ? 3600.0
	                              : minutes ? 60.0
	                                        : 1.0};

	bounds(in->rr_ms, in->n, &lo, &hi);
	frame.x = svg_axis_of(begin_s / frame.unit, end_s / frame.unit, LEFT,
	                      TACHO_END, 10);
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

static void each_pair(const struct frame *p, const struct nn *nn)
{
	fputs("<path class=\"dots\" d=\"", p->f);
	for (size_t i = 1; i < nn->n; i++)
		if (nn_differs(nn, i))
			fprintf(p->f, "M%.1f %.1fh0",
			        svg_at(&p->x, nn->rr_ms[i - 1]),
			        svg_at(&p->y, nn->rr_ms[i]));
	fputs("\"/>\n", p->f);
}

static unsigned cell_of(const struct svg_axis *a, double value)
{
	struct svg_axis cells = *a;

	cells.lo_px = 0.0;
	cells.hi_px = CELLS;
	return (unsigned)fmin(fmax(svg_at(&cells, value), 0.0), CELLS - 1);
}

/* Darker by the logarithm of how many: a day holds few far ones, and they
 * matter. */
static int each_cell(const struct frame *p, const struct nn *nn)
{
	unsigned *count = calloc((size_t)CELLS * CELLS, sizeof(*count));
	unsigned most = 1;

	if (!count)
		return -ENOMEM;
	for (size_t i = 1; i < nn->n; i++) {
		unsigned *at;

		if (!nn_differs(nn, i))
			continue;
		at = &count[cell_of(&p->y, nn->rr_ms[i]) * CELLS +
		            cell_of(&p->x, nn->rr_ms[i - 1])];
		if (++*at > most)
			most = *at;
	}
	fprintf(p->f, "<g transform=\"translate(%.1f %.1f) scale(%d -%d)\">",
	        p->x.lo_px, p->y.lo_px, CELL_PX, CELL_PX);
	for (unsigned shade = 1; shade <= SHADES; shade++) {
		fprintf(p->f, "<path class=\"cell\" opacity=\"%.2f\" d=\"",
		        (double)shade / SHADES);
		for (unsigned i = 0; i < CELLS * CELLS; i++)
			if (count[i] > 0 &&
			    shade == 1 + (unsigned)((SHADES - 1) *
			                                    log(count[i]) /
			                                    log(most + 1.0) +
			                            0.5))
				fprintf(p->f, "M%u %uh1v1h-1", i % CELLS,
				        i / CELLS);
		fputs("\"/>", p->f);
	}
	fputs("</g>\n", p->f);
	free(count);
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
	        "<text class=\"sdt\" x=\"%d\" y=\"46\">SD1 %.1f ms, SD2 %.1f "
	        "ms</text>\n",
	        SQUARE, h->sd1_ms, h->sd2_ms);
}

static int poincare(FILE *f, const struct plot *p)
{
	struct frame frame = {.f = f, .unit = 1.0};
	double lo, hi;
	int r = 0;

	bounds(p->nn->rr_ms, p->nn->n, &lo, &hi);
	frame.x = svg_axis_of(lo, hi, SQUARE, WIDTH - 24, 5);
	frame.y = svg_axis_of(lo, hi, BOTTOM, TOP, 5);
	axes(&frame, "interval, ms", "next, ms");
	fprintf(f, "<path class=\"same\" d=\"M%d %dL%d %d\"/>\n", SQUARE,
	        BOTTOM, WIDTH - 24, TOP);
	if (p->nn->n > FEW)
		r = each_cell(&frame, p->nn);
	else
		each_pair(&frame, p->nn);
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
	return fflush(f) != 0 || ferror(f) ? -EIO : 0;
}
