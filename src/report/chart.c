/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/chart.h"

#include <math.h>

#include "diary/date.h"
#include "report/words.h"

/* px; the wide ones fill a page, the half ones stand two in a row */
#define WIDE       680
#define HALF       332

#define YEAR_WEEKS 53
#define CELL       12.2
#define CELL_SIZE  10.6
#define DAYS_LEFT  30

static void begin(FILE *f, int width, int height, const char *class)
{
	fprintf(f,
	        "<svg class=\"%s\" viewBox=\"0 0 %d %d\" role=\"img\" "
	        "aria-label=\"",
	        class, width, height);
}

static void end(FILE *f)
{
	fputs("</svg>\n", f);
}

static void text(FILE *f, double x, double y, const char *class,
                 const char *words)
{
	fprintf(f, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", class,
	        x, y, words);
}

static void rect(FILE *f, const char *class, double x, double y, double width,
                 double height)
{
	fprintf(f,
	        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	        "height=\"%.1f\"/>",
	        class, x, y, width, fmax(0, height));
}

static void across(FILE *f, const struct svg_axis *y, double left, double right,
                   unsigned ticks)
{
	double at;
	char number[16];

	for (unsigned i = 0; svg_tick(y, i, &at) && i < ticks; i++) {
		fprintf(f, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>", left,
		        svg_at(y, at), right);
		snprintf(number, sizeof(number), "%g", at);
		text(f, left - 6, svg_at(y, at) + 4, "t e", number);
	}
}

/* The first of each month below, as far apart as letters need. */
static void months(FILE *f, const struct svg_axis *x, double y)
{
	double last = -100;
	char name[WORDS_DATE];

	for (int32_t d = (int32_t)ceil(x->lo); d <= x->hi; d++) {
		double at = svg_at(x, d);

		if (!words_month(d, name) || at - last < 36 ||
		    at > x->hi_px - 20)
			continue;
		fprintf(f, "<path class=\"grid\" d=\"M%.1f %.1fv4\"/>", at, y);
		text(f, at, y + 15, "t", name);
		last = at;
	}
}

/* --- 28 days at a time ------------------------------------------------------
 */

#define BARS_LEFT   30
#define BARS_TOP    14
#define BARS_BOTTOM 124
#define BARS_HEIGHT 164
#define BAR_MOST    64

static void window_bar(FILE *f, const struct diary_window *w,
                       const struct svg_axis *x, const struct svg_axis *y)
{
	double left = svg_at(x, w->from), right = svg_at(x, w->from + 28);
	double width = fmin((right - left) * 0.62, BAR_MOST);
	double zero = svg_at(y, 0);
	bool whole = diary_window_complete(w) >= HEADACHE_COMPLETE;
	char number[16];

	left += (right - left) * 0.1;
	if (w->entered == 0)
		return;
	rect(f, whole ? "b2" : "b2 part", left, svg_at(y, w->aches), width,
	     zero - svg_at(y, w->aches));
	if (w->migraine)
		rect(f, whole ? "b3" : "b3 part", left, svg_at(y, w->migraine),
		     width, zero - svg_at(y, w->migraine));
	if (w->medicine.any)
		fprintf(f,
		        "<path class=\"pill\" d=\"M%.1f %.1fl4 4-4 4-4-4z\"/>",
		        left + width + fmin(6, width * 0.3),
		        svg_at(y, w->medicine.any) - 4);
	if (right - left < 26)
		return;
	snprintf(number, sizeof(number), "%u", w->aches);
	text(f, left + width / 2, svg_at(y, w->aches) - 4, "t m", number);
}

static void first_session(FILE *f, const struct headaches *h,
                          const struct svg_axis *x)
{
	double at = svg_at(x, h->first);
	bool late = at > WIDE - 90;

	if (h->first <= x->lo || h->first > h->to)
		return;
	fprintf(f, "<path class=\"mark\" d=\"M%.1f %dV%d\"/>", at, BARS_TOP - 4,
	        BARS_BOTTOM);
	text(f, at + (late ? -5 : 5), BARS_TOP + 5, late ? "t e s" : "t s",
	     "first session");
}

static void windows_key(FILE *f)
{
	const double y = BARS_HEIGHT - 14;

	rect(f, "b2", BARS_LEFT, y, 10, 10);
	text(f, BARS_LEFT + 15, y + 9, "t", "headache days");
	rect(f, "b3", BARS_LEFT + 120, y, 10, 10);
	text(f, BARS_LEFT + 135, y + 9, "t", "of migraine");
	fprintf(f, "<path class=\"pill\" d=\"M%d %.1fl4 4-4 4-4-4z\"/>",
	        BARS_LEFT + 230, y + 1);
	text(f, BARS_LEFT + 240, y + 9, "t", "days with acute medicine");
	rect(f, "b2 part", BARS_LEFT + 410, y, 10, 10);
	text(f, BARS_LEFT + 425, y + 9, "t",
	     "fewer than four days in five entered");
}

void chart_windows(FILE *f, const struct headaches *h)
{
	char last[WORDS_FIGURE];
	const int32_t from = h->windows[h->n_windows - 1].from;
	const struct svg_axis x = {from, h->to + 1, BARS_LEFT, WIDE, 28};
	unsigned most = 8;
	struct svg_axis y;

	for (size_t i = 0; i < h->n_windows; i++) {
		const struct diary_window *w = &h->windows[i];

		most = w->aches > most ? w->aches : most;
		most = w->medicine.any > most ? w->medicine.any : most;
	}
	y = (struct svg_axis){0, most + 1, BARS_BOTTOM, BARS_TOP,
	                      most > 12 ? 7 : 4};
	begin(f, WIDE, BARS_HEIGHT, "wide");
	fprintf(f,
	        "Headache days in each 28 days; in the last 28: %s. The table "
	        "below has the figures.\">",
	        words_count(diary_window_aches(&h->windows[0]), "not known",
	                    last));
	across(f, &y, BARS_LEFT, WIDE, 12);
	for (size_t i = 0; i < h->n_windows; i++)
		window_bar(f, &h->windows[i], &x, &y);
	first_session(f, h, &x);
	months(f, &x, BARS_BOTTOM);
	windows_key(f);
	end(f);
}

/* --- day by day -------------------------------------------------------------
 */

static const char *day_class(const struct headaches_day *d)
{
	if (d->mark == HEADACHE_BLANK)
		return "dn";
	if (d->mark == HEADACHE_FREE)
		return "d0";
	if (d->worst == HEADACHES_UNSAID)
		return d->moderate ? "d2" : d->rated ? "d1" : "du";
	return d->worst >= 7 ? "d3" : d->worst >= DIARY_MODERATE ? "d2" : "d1";
}

/* 1970-01-01 was a Thursday. */
static int weekday_of(int32_t date)
{
	return (int)(((date + 3) % 7 + 7) % 7);
}

static void one_day(FILE *f, const struct headaches_day *d, double x, double y)
{
	const char *class = day_class(d);

	rect(f, class, x, y, CELL_SIZE, CELL_SIZE);
	if (d->medicine)
		fprintf(f,
		        "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" "
		        "r=\"2\"/>",
		        class[1] >= '2' && class[1] <= '3' ? "dot on" : "dot",
		        x + CELL_SIZE / 2, y + CELL_SIZE / 2);
}

static void calendar_key(FILE *f, double y)
{
	static const struct {
		const char *class, *words;
		int x;
	} keys[] = {{"d0", "none", 0},
	            {"d1", "mild", 52},
	            {"d2", "moderate", 100},
	            {"d3", "severe", 174},
	            {"du", "not said how bad", 234},
	            {"dn", "not entered", 358}};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		rect(f, keys[i].class, DAYS_LEFT + keys[i].x, y, CELL_SIZE,
		     CELL_SIZE);
		text(f, DAYS_LEFT + keys[i].x + 15, y + 9, "t", keys[i].words);
	}
	fprintf(f, "<circle class=\"dot\" cx=\"%d\" cy=\"%.1f\" r=\"2.4\"/>",
	        DAYS_LEFT + 452, y + 5.5);
	text(f, DAYS_LEFT + 460, y + 9, "t", "acute medicine");
}

static void calendar_days(FILE *f, const struct headaches *h, size_t first,
                          size_t n, double top)
{
	int32_t from = h->to + 1 - (int32_t)n;
	int32_t monday = from - weekday_of(from);
	double last = -100;
	char name[WORDS_DATE];

	for (size_t i = 0; i < n; i++) {
		int32_t date = from + (int32_t)i;
		double x = DAYS_LEFT + CELL * ((date - monday) / 7);

		one_day(f, &h->days[first + i], x,
		        top + CELL * weekday_of(date));
		if (!words_month(date, name) || x - last < 36 || x > WIDE - 24)
			continue;
		text(f, x, top - 5, "t", name);
		last = x;
	}
}

void chart_calendar(FILE *f, const struct headaches *h)
{
	static const char *const names[] = {"Mon", "Wed", "Fri", "Sun"};
	const double top = 16, bottom = top + 7 * CELL;
	size_t all = h->n_windows * HEADACHE_WINDOW;
	size_t n = all < 7 * (YEAR_WEEKS - 1) ? all : 7 * (YEAR_WEEKS - 1);

	begin(f, WIDE, (int)bottom + 20, "wide");
	fputs("Each day of the diary in a square, darker the worse the "
	      "headache was; a dot where acute medicine was taken.\">",
	      f);
	for (int i = 0; i < 4; i++)
		text(f, DAYS_LEFT - 6, top + CELL * (2 * i) + 9, "t e",
		     names[i]);
	calendar_days(f, h, all - n, n, top);
	calendar_key(f, bottom + 7);
	end(f);
}

/* --- week by week -----------------------------------------------------------
 */

#define WEEKS_HEIGHT 140

static unsigned aches_of(const struct headaches *h, int32_t from,
                         unsigned *ret_entered)
{
	int32_t first = h->to + 1 - (int32_t)h->n_windows * HEADACHE_WINDOW;
	unsigned aches = 0;

	*ret_entered = 0;
	for (int32_t d = from; d < from + 7; d++) {
		if (d < first || d > h->to)
			continue;
		*ret_entered += h->days[d - first].mark != HEADACHE_BLANK;
		aches += h->days[d - first].mark == HEADACHE_ACHE;
	}
	return aches;
}

static void sessions_panel(FILE *f, const struct trend *t,
                           const struct svg_axis *x, const struct svg_axis *y,
                           unsigned plan)
{
	double width = svg_at(x, x->lo + 7) - svg_at(x, x->lo);

	across(f, y, BARS_LEFT, WIDE, 12);
	for (size_t i = 0; i < t->n_weeks; i++) {
		double top = svg_at(y, t->weeks[i].sessions);

		if (t->weeks[i].sessions)
			rect(f, "b2", svg_at(x, t->weeks[i].from) + width * 0.1,
			     top, width * 0.8, svg_at(y, 0) - top);
	}
	if (plan)
		fprintf(f, "<path class=\"mark\" d=\"M%d %.1fH%d\"/>",
		        BARS_LEFT, svg_at(y, plan), WIDE);
	text(f, BARS_LEFT, y->hi_px - 4, "t s",
	     plan ? "sessions a week, and the plan" : "sessions a week");
}

/* A week of which less than four days were entered has no point. */
static void aches_panel(FILE *f, const struct trend *t,
                        const struct headaches *h, const struct svg_axis *x,
                        const struct svg_axis *y)
{
	bool on = false;
	unsigned entered;

	across(f, y, BARS_LEFT, WIDE, 12);
	fputs("<path class=\"curve\" d=\"", f);
	for (size_t i = 0; i < t->n_weeks; i++) {
		unsigned aches = aches_of(h, t->weeks[i].from, &entered);

		if (entered < 4) {
			on = false;
			continue;
		}
		fprintf(f, "%c%.1f %.1fh0", on ? 'L' : 'M',
		        svg_at(x, t->weeks[i].from + 3.5), svg_at(y, aches));
		on = true;
	}
	fputs("\"/>", f);
	text(f, BARS_LEFT, y->hi_px - 4, "t s", "headache days a week");
}

void chart_weeks(FILE *f, const struct trend *t, const struct headaches *h,
                 unsigned plan)
{
	const struct svg_axis x = {t->weeks[0].from, t->to + 1, BARS_LEFT, WIDE,
	                           7};
	const struct svg_axis aches = {0, 7, 118, 80, 7};
	unsigned most = plan > 4 ? plan : 4;
	struct svg_axis y;

	for (size_t i = 0; i < t->n_weeks; i++)
		if (t->weeks[i].sessions > most)
			most = t->weeks[i].sessions;
	y = (struct svg_axis){0, most, 58, 16, most > 8 ? 7 : most > 4 ? 3 : 2};
	begin(f, WIDE, WEEKS_HEIGHT, "wide");
	fprintf(f,
	        "Sessions of each week, %u in all, and below them the headache "
	        "days of the same weeks.\">",
	        t->sessions);
	sessions_panel(f, t, &x, &y, plan);
	aches_panel(f, t, h, &x, &aches);
	months(f, &x, 120);
	end(f);
}

/* --- baselines --------------------------------------------------------------
 */

#define BASE_HEIGHT 114

static double baseline_of(const struct trend_point *p, bool rmssd)
{
	return rmssd ? p->rmssd_before : p->hr_before;
}

static bool baseline_bounds(const struct trend *t, int group, bool rmssd,
                            double *ret_lo, double *ret_hi, double *ret_mean)
{
	struct student s = {0};

	*ret_lo = INFINITY;
	*ret_hi = -INFINITY;
	for (size_t i = 0; i < t->n_points; i++) {
		double value = baseline_of(&t->points[i], rmssd);

		if (t->points[i].group != group || isnan(value))
			continue;
		student_add(&s, value);
		*ret_lo = fmin(*ret_lo, value);
		*ret_hi = fmax(*ret_hi, value);
	}
	*ret_mean = s.mean;
	return s.n > 0;
}

static void noise_band(FILE *f, const struct trend *t, int group, bool rmssd,
                       const struct svg_axis *y, double mean)
{
	struct change_band band;
	double half, top, bottom;

	change_band_of(&t->groups[group].norms, &band);
	half = rmssd ? mean * band.rmssd_pct / 100 : band.hr_bpm;
	top = fmax(svg_at(y, mean + half), y->hi_px);
	bottom = fmin(svg_at(y, mean - half), y->lo_px);
	rect(f, "noise", 34, top, HALF - 34, bottom - top);
	fprintf(f, "<path class=\"mean\" d=\"M34 %.1fH%d\"/>", svg_at(y, mean),
	        HALF);
}

void chart_baseline(FILE *f, const struct trend *t, int group, bool rmssd)
{
	const struct svg_axis x = {t->from, t->to + 1, 34, HALF, 28};
	double lo, hi, mean;
	struct svg_axis y;

	if (!baseline_bounds(t, group, rmssd, &lo, &hi, &mean))
		return;
	y = svg_axis_of(lo, hi, BASE_HEIGHT - 20, 18, 4);
	begin(f, HALF, BASE_HEIGHT, "half");
	fprintf(f, "%s at rest before each session, %.0f to %.0f, mean %.0f\">",
	        rmssd ? "RMSSD" : "Heart rate", lo, hi, mean);
	noise_band(f, t, group, rmssd, &y, mean);
	across(f, &y, 34, HALF, 12);
	fputs("<path class=\"dots\" d=\"", f);
	for (size_t i = 0; i < t->n_points; i++) {
		const struct trend_point *p = &t->points[i];

		if (p->group == group && !isnan(baseline_of(p, rmssd)))
			fprintf(f, "M%.1f %.1fh0", svg_at(&x, p->date + 0.5),
			        svg_at(&y, baseline_of(p, rmssd)));
	}
	fputs("\"/>", f);
	text(f, 34, 11, "t s", rmssd ? "RMSSD, ms" : "heart rate, bpm");
	months(f, &x, BASE_HEIGHT - 18);
	end(f);
}

/* --- intervals --------------------------------------------------------------
 */

#define INTERVAL_WIDTH 150

struct svg_axis chart_axis(double lo, double hi)
{
	return svg_axis_of(fmin(lo, 0), fmax(hi, 0), 4, INTERVAL_WIDTH - 4, 4);
}

static double inside(const struct svg_axis *a, double value)
{
	return svg_at(a, fmin(fmax(value, a->lo), a->hi));
}

void chart_interval(FILE *f, const struct svg_axis *a, double mean, double low,
                    double high, double band)
{
	fprintf(f,
	        "<svg class=\"interval\" viewBox=\"0 0 %d 16\" "
	        "aria-hidden=\"true\">",
	        INTERVAL_WIDTH);
	if (band > 0)
		rect(f, "noise", inside(a, -band), 0,
		     inside(a, band) - inside(a, -band), 16);
	fprintf(f, "<path class=\"zero\" d=\"M%.1f 0V16\"/>", svg_at(a, 0));
	if (!isnan(low))
		fprintf(f,
		        "<path class=\"reach\" d=\"M%.1f 8H%.1fM%.1f 4v8M%.1f "
		        "4v8\"/>",
		        inside(a, low), inside(a, high), inside(a, low),
		        inside(a, high));
	if (!isnan(mean))
		fprintf(f,
		        "<circle class=\"at\" cx=\"%.1f\" cy=\"8\" r=\"3.4\"/>",
		        inside(a, mean));
	fputs("</svg>", f);
}

void chart_change(FILE *f, const struct headache_change *c)
{
	double reach = fmax(4, fmax(fabs(c->low), fabs(c->high)));
	const struct svg_axis a = {-reach * 1.15, reach * 1.15, 8, HALF - 8,
	                           reach > 12  ? 10
	                           : reach > 6 ? 5
	                                       : 2};
	char number[WORDS_FIGURE];
	double at;

	begin(f, HALF, 56, "half");
	fprintf(f,
	        "The difference, %.1f headache days in 28, with its interval "
	        "from %.1f to %.1f\">",
	        c->per_28, c->low, c->high);
	text(f, 8, 11, "t s", "fewer");
	text(f, HALF - 8, 11, "t e s", "more");
	fprintf(f,
	        "<path class=\"grid\" d=\"M8 40H%d\"/><path class=\"zero\" "
	        "d=\"M%.1f 12V40\"/>",
	        HALF - 8, svg_at(&a, 0));
	for (unsigned i = 0; svg_tick(&a, i, &at); i++) {
		fprintf(f, "<path class=\"grid\" d=\"M%.1f 40v4\"/>",
		        svg_at(&a, at));
		text(f, svg_at(&a, at), 55, "t m",
		     words_figure(at, 0, true, number));
	}
	fprintf(f,
	        "<path class=\"reach\" d=\"M%.1f 26H%.1fM%.1f 21v10M%.1f "
	        "21v10\"/><circle class=\"at\" cx=\"%.1f\" cy=\"26\" "
	        "r=\"4.5\"/>",
	        svg_at(&a, c->low), svg_at(&a, c->high), svg_at(&a, c->low),
	        svg_at(&a, c->high), svg_at(&a, c->per_28));
	end(f);
}
