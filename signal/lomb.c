/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * With two sums over the N beats, at the angular frequency w,
 *
 *   Y = sum y exp(-i w t)    W = sum exp(-2 i w t)
 *
 * Lomb's tau, his two projections and their norms fold into
 *
 *   P = (N |Y|^2 - Re(Y^2 conj W)) / (N^2 - |W|^2).
 *
 * Both are wanted at k / (4T), some hundred thousand of them. Each beat is
 * spread over the nearest cells of an even grid by a Kaiser-Bessel kernel, the
 * grid is transformed, and what the kernel did to each frequency is mended.
 * W is the Y of ones at twice the times.
 *
 * Source: Leroy 2012, "Fast calculation of the Lomb-Scargle periodogram using
 * nonequispaced fast Fourier transforms"; kernel, how wide and how finely
 * tabled: Beatty, Nishimura & Pauly 2005, "Rapid gridding reconstruction with
 * a minimal oversampling ratio".
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_fft_real.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_trig.h>

#include "signal/detrend.h"
#include "signal/hrv_freq_inner.h"
#include "signal/spline.h"

/* Frequencies stand at 1 / (FINENESS T), so the beats fill a quarter of what
 * is transformed, and twice their times a half. */
#define FINENESS 4.0

/* Cells per period of the highest frequency, over the two there must be. It
 * and LOMB_WIDTH set the error: exp(-8 pi sqrt(1 - 1 / 1.5)) = 5e-7. */
#define OVER 1.5

/* Beats that are all this near to one phase, or to two opposite ones, leave a
 * wave a quarter later unseen: the other projection is then all there is. */
#define ALIKE 1e-4

/* Cells that a beat reaches to the left of the one it is in. */
#define LEFT (LOMB_WIDTH / 2 - 1)

/* Beatty et al., equation 5 */
static double beta(void)
{
	double x = LOMB_WIDTH / OVER * (OVER - 0.5);

	return M_PI * sqrt(x * x - 0.8);
}

static double kernel(double cells)
{
	double share = 2.0 * cells / LOMB_WIDTH;

	return gsl_sf_bessel_I0(beta() * sqrt(fmax(1.0 - share * share, 0.0)));
}

/* @square: of the frequency's share of the highest, 1 / (2 OVER) a cell. That
 * the kernel is a table with straight lines between is the last factor. */
static double kernel_transform(double square)
{
	double x = M_PI * LOMB_WIDTH / (2.0 * OVER);
	double s = sqrt(beta() * beta() - x * x * square);
	double line = gsl_sf_sinc(sqrt(square) / (2.0 * OVER * LOMB_PLACES));

	return LOMB_WIDTH * sinh(s) / s * line * line;
}

void lomb_init(struct hrv_freq *f)
{
	for (size_t p = 0; p <= LOMB_PLACES / 2; p++)
		for (size_t c = 0; c < LOMB_WIDTH; c++) {
			double k = kernel(fabs((double)c - LEFT -
			                       (double)p / LOMB_PLACES));

			/* left of one place is right of another */
			f->lomb.kernel[p][c] = k;
			f->lomb.kernel[LOMB_PLACES - p][LOMB_WIDTH - 1 - c] = k;
		}
	for (size_t i = 0; i <= LOMB_MENDS; i++)
		f->lomb.mend[i] =
			1.0 / kernel_transform((double)i / LOMB_MENDS);
}

/* The transform of a long real grid in two steps of short ones: cell
 * j + fast i, frequency k + slow m. GSL's tables for the whole length would
 * cost more than the transform. */
struct plan {
	size_t fast, slow;
	size_t bins;   /* frequencies wanted */
	double length; /* fast slow */
	gsl_fft_real_wavetable *slow_table;
	gsl_fft_real_workspace *slow_work;
	gsl_fft_complex_wavetable *fast_table;
	gsl_fft_complex_workspace *fast_work;
};

static void plan_finish(struct plan *p)
{
	if (p->slow_table)
		gsl_fft_real_wavetable_free(p->slow_table);
	if (p->slow_work)
		gsl_fft_real_workspace_free(p->slow_work);
	if (p->fast_table)
		gsl_fft_complex_wavetable_free(p->fast_table);
	if (p->fast_work)
		gsl_fft_complex_workspace_free(p->fast_work);
}

/* The next multiple of four with no prime factor above five: those are the
 * lengths that GSL is quick at. */
static size_t smooth(size_t n)
{
	for (n = (n + 3) / 4 * 4;; n += 4) {
		size_t rest = n;

		while (rest % 2 == 0)
			rest /= 2;
		while (rest % 3 == 0)
			rest /= 3;
		while (rest % 5 == 0)
			rest /= 5;
		if (rest == 1)
			return n;
	}
}

static int plan_init(struct plan *p, size_t bins)
{
	double least = 2.0 * OVER * (double)bins;

	*p = (struct plan){.fast = 20, .bins = bins};
	while (8.0 * (double)(p->fast * p->fast) < least)
		p->fast *= 2;
	p->slow = smooth((size_t)ceil(least / (double)p->fast));
	p->length = (double)(p->fast * p->slow);
	p->slow_table = gsl_fft_real_wavetable_alloc(p->slow);
	p->slow_work = gsl_fft_real_workspace_alloc(p->slow);
	p->fast_table = gsl_fft_complex_wavetable_alloc(p->fast);
	p->fast_work = gsl_fft_complex_workspace_alloc(p->fast);
	if (!p->slow_table || !p->slow_work || !p->fast_table ||
	    !p->fast_work) {
		plan_finish(p);
		return -ENOMEM;
	}
	return 0;
}

/* What is transformed: of ones at twice the times, of the intervals, and of
 * these less their trend. */
enum { ONES, PLAIN, PRIORS, GRIDS };

struct grid {
	double *cell;
	size_t rows; /* of plan.fast cells; above, all is zero */
};

static int grid_take(struct arena *a, const struct plan *p, double share,
                     struct grid *ret)
{
	double cells = ceil(p->length * share) + 2 * LOMB_WIDTH;

	ret->rows = (size_t)ceil(cells / (double)p->fast);
	ret->cell = arena_take(a, ret->rows * p->fast, sizeof(*ret->cell));
	if (!ret->cell)
		return -ENOMEM;
	memset(ret->cell, 0, ret->rows * p->fast * sizeof(*ret->cell));
	return 0;
}

/* The kernel's values at the cells around @at, the first of which is
 * returned. */
static inline size_t reach(const struct hrv_freq *f, double at,
                           double *restrict ret)
{
	size_t cell = (size_t)at;
	double place = (at - (double)cell) * LOMB_PLACES;
	size_t p = (size_t)place;
	double share = place - (double)p;
	const double *here = f->lomb.kernel[p], *next = f->lomb.kernel[p + 1];

	for (size_t c = 0; c < LOMB_WIDTH; c++)
		ret[c] = here[c] + share * (next[c] - here[c]);
	return cell - LEFT;
}

static inline void add(double *restrict to, const double *restrict kernel_at,
                       double weight)
{
	for (size_t c = 0; c < LOMB_WIDTH; c++)
		to[c] += weight * kernel_at[c];
}

static void spread(const struct hrv_freq *f, const struct plan *p,
                   const struct nn *nn, const double *plain,
                   const double *priors, struct grid *grids)
{
	double span_s = nn->t_s[nn->n - 1] - nn->t_s[0];
	double scale = p->length / (FINENESS * span_s);

	for (size_t i = 0; i < nn->n; i++) {
		double at = (nn->t_s[i] - nn->t_s[0]) * scale + LEFT;
		double k[LOMB_WIDTH];
		size_t first = reach(f, at, k);

		add(grids[PLAIN].cell + first, k, plain[i]);
		if (priors)
			add(grids[PRIORS].cell + first, k, priors[i]);
		first = reach(f, 2.0 * at, k);
		add(grids[ONES].cell + first, k, 1.0);
	}
}

/* Cells that the first step takes side by side: whole cache lines are read,
 * and neighbours written together. plan.fast is a multiple of it. */
#define ABREAST 4

/* What each of them is turned by. */
struct turn {
	double re[ABREAST], im[ABREAST];
};

static void turn_by(struct turn *t, const struct turn *by)
{
	for (size_t b = 0; b < ABREAST; b++) {
		double re = t->re[b] * by->re[b] - t->im[b] * by->im[b];

		t->im[b] = t->re[b] * by->im[b] + t->im[b] * by->re[b];
		t->re[b] = re;
	}
}

/* Columns from @j on of all rows, each a line of @lines, transformed. */
static void transform_columns(const struct plan *p, const struct grid *g,
                              size_t j, double *lines)
{
	for (size_t i = 0; i < g->rows; i++)
		for (size_t b = 0; b < ABREAST; b++)
			lines[b * p->slow + i] = g->cell[p->fast * i + j + b];
	for (size_t b = 0; b < ABREAST; b++) {
		double *line = lines + b * p->slow;

		memset(line + g->rows, 0, (p->slow - g->rows) * sizeof(*line));
		gsl_fft_real_transform(line, 1, p->slow, p->slow_table,
		                       p->slow_work);
	}
}

/* The first step, for ABREAST columns from @j on; what frequency k has of
 * them goes to @ret[k stride], turned for the second step. */
static void slow_step(const struct plan *p, const struct grid *g, size_t j,
                      double *lines, float *ret, size_t stride)
{
	struct turn now, by;
	size_t half = p->slow / 2;

	transform_columns(p, g, j, lines);
	for (size_t b = 0; b < ABREAST; b++) {
		double angle = -2.0 * M_PI * (double)(j + b) / p->length;

		by.re[b] = cos(angle);
		by.im[b] = sin(angle);
		now.re[b] = 1.0;
		now.im[b] = 0.0;
	}
	/* a line is r0, r1, i1, r2, i2, ..., r_half */
	for (size_t k = 0; k <= half; k++, ret += stride) {
		for (size_t b = 0; b < ABREAST; b++) {
			const double *z = lines + b * p->slow + 2 * k;
			double re = z[k > 0 ? -1 : 0];
			double im = k > 0 && k < half ? z[0] : 0.0;

			ret[2 * b] = (float)(re * now.re[b] - im * now.im[b]);
			ret[2 * b + 1] =
				(float)(re * now.im[b] + im * now.re[b]);
		}
		turn_by(&now, &by);
	}
}

struct densities {
	double *psd[GRIDS]; /* [ONES] is none; [PRIORS] may be NULL */
	double n;           /* beats */
	double scale;       /* from P to the density */
};

static double mend(const struct hrv_freq *f, double share)
{
	double at = share * share * LOMB_MENDS;
	size_t i = (size_t)at;

	return f->lomb.mend[i] +
	       (at - (double)i) * (f->lomb.mend[i + 1] - f->lomb.mend[i]);
}

/* Frequency @k from what stands at @m of a column of all grids. */
static void weigh(const struct hrv_freq *f, const struct plan *p,
                  const struct densities *d, const double *column, size_t m,
                  size_t k)
{
	double c = mend(f, (double)k * 2.0 * OVER / p->length);
	double w_re = c * column[2 * m], w_im = c * column[2 * m + 1];
	double square = d->n * d->n;
	double norm = square - w_re * w_re - w_im * w_im;

	for (size_t g = PLAIN; g < GRIDS && d->psd[g]; g++) {
		const double *y = column + 2 * (g * p->fast + m);
		double re = c * y[0], im = c * y[1];
		double power = re * re + im * im;
		double turned =
			(re * re - im * im) * w_re + 2.0 * re * im * w_im;
		double value = norm > ALIKE * square
		                       ? (d->n * power - turned) / norm
		                       : power / (2.0 * d->n);

		d->psd[g][k] = value > 0.0 ? d->scale * value : 0.0;
	}
}

/* The second step for @k of the first, and what comes of it. The grids are
 * real, so the upper half holds the lower frequencies turned round; P is the
 * same for them. */
static void fast_step(const struct hrv_freq *f, const struct plan *p,
                      const struct densities *d, double *column, size_t k)
{
	for (size_t g = 0; g < GRIDS && (g == ONES || d->psd[g]); g++)
		gsl_fft_complex_forward(column + 2 * g * p->fast, 1, p->fast,
		                        p->fast_table, p->fast_work);
	for (size_t m = 0, at = k; at < p->bins; m++, at += p->slow)
		weigh(f, p, d, column, m, at);
	if (k == 0)
		return;
	for (size_t m = p->fast - 1, at = p->slow - k; at < p->bins;
	     m--, at += p->slow)
		weigh(f, p, d, column, m, at);
}

/* Columns are this much longer than they need be, lest all begin in one set
 * of the cache. */
#define APART 16

/* What lies between the steps is single precision: 6e-8 of the largest, and
 * half the pages. */
static int transform(const struct hrv_freq *f, struct arena *a,
                     const struct plan *p, const struct grid *grids,
                     const struct densities *d)
{
	size_t n = d->psd[PRIORS] ? GRIDS : GRIDS - 1;
	size_t length = 2 * n * p->fast, stride = length + APART;
	size_t columns = p->slow / 2 + 1;
	double *lines = arena_take(a, ABREAST * p->slow, sizeof(*lines));
	double *column = arena_take(a, length, sizeof(*column));
	float *half = arena_take(a, columns * stride, sizeof(*half));

	if (!lines || !column || !half)
		return -ENOMEM;
	for (size_t j = 0; j < p->fast; j += ABREAST)
		for (size_t g = 0; g < n; g++)
			slow_step(p, &grids[g], j, lines,
			          half + 2 * (g * p->fast + j), stride);
	for (size_t k = 0; k < columns; k++) {
		for (size_t i = 0; i < length; i++)
			column[i] = (double)half[k * stride + i];
		fast_step(f, p, d, column, k);
	}
	return 0;
}

/* The intervals less their mean, and less their trend, onto the grids. */
static int lay(const struct hrv_freq *f, struct arena *a, const struct plan *p,
               const struct nn *nn, bool want_priors, struct grid *grids)
{
	struct arena_mark mark = arena_mark(a);
	double *plain = arena_take(a, nn->n, sizeof(*plain)), *priors = NULL;
	int r;

	if (!plain)
		return -ENOMEM;
	memcpy(plain, nn->rr_ms, nn->n * sizeof(*plain));
	detrend_mean(plain, nn->n);
	if (want_priors) {
		priors = arena_take(a, nn->n, sizeof(*priors));
		if (!priors)
			return -ENOMEM;
		memcpy(priors, plain, nn->n * sizeof(*priors));
		r = detrend_priors(a, priors, nn->n, DETREND_LAMBDA);
		if (r < 0)
			return r;
		detrend_mean(priors, nn->n);
	}
	spread(f, p, nn, plain, priors, grids);
	arena_release(a, mark);
	return 0;
}

static int compute(const struct hrv_freq *f, struct arena *a,
                   const struct plan *p, const struct nn *nn,
                   const struct densities *d)
{
	struct grid grids[GRIDS];
	bool priors = d->psd[PRIORS];
	int r = 0;

	for (size_t g = 0; g < GRIDS && r == 0; g++)
		if (g != PRIORS || priors)
			r = grid_take(a, p, (g == ONES ? 2.0 : 1.0) / FINENESS,
			              &grids[g]);
	if (r == 0)
		r = lay(f, a, p, nn, priors, grids);
	if (r == 0)
		r = transform(f, a, p, grids, d);
	return r;
}

/* Time within runs per step between beats, 1 / fs_mean; 0 if there is too
 * little of it, or of beats, or too long a span. */
static double beat_s(const struct nn *nn)
{
	double time_s = 0.0;
	size_t steps = 0;

	for (size_t i = 0, end; i < nn->n; i = end) {
		end = nn_run_end(nn, i);
		time_s += nn->t_s[end - 1] - nn->t_s[i];
		steps += end - 1 - i;
	}
	if (nn->n < SPLINE_MIN || !(time_s >= HRV_FREQ_MIN_S) ||
	    nn->t_s[nn->n - 1] - nn->t_s[0] > HRV_FREQ_MAX_S)
		return 0.0;
	return time_s / (double)steps;
}

static int compute_bands(const struct hrv_freq *f, struct arena *a,
                         const struct nn *nn, bool want_priors, double scale,
                         struct hrv_spectra *ret)
{
	double df_hz = 1.0 / (FINENESS * (nn->t_s[nn->n - 1] - nn->t_s[0]));
	size_t bins = (size_t)ceil(HRV_FREQ_TO_HZ / df_hz) + 1;
	struct densities d = {.n = (double)nn->n, .scale = scale};
	struct plan p;
	int r;

	d.psd[PLAIN] = arena_take(a, bins, sizeof(double));
	if (want_priors)
		d.psd[PRIORS] = arena_take(a, bins, sizeof(double));
	if (!d.psd[PLAIN] || (want_priors && !d.psd[PRIORS]))
		return -ENOMEM;
	r = plan_init(&p, bins);
	if (r < 0)
		return r;
	r = compute(f, a, &p, nn, &d);
	plan_finish(&p);
	if (r < 0)
		return r;
	hrv_bands_none(&ret->priors);
	hrv_bands_of(d.psd[PLAIN], bins, df_hz, &ret->plain);
	if (want_priors)
		hrv_bands_of(d.psd[PRIORS], bins, df_hz, &ret->priors);
	return 0;
}

int hrv_lomb_of(struct hrv_freq *f, struct arena *a, const struct nn *nn,
                bool want_priors, struct hrv_spectra *ret)
{
	struct arena_mark mark = arena_mark(a);
	double per_beat_s = beat_s(nn);
	int r;

	if (per_beat_s <= 0.0) {
		hrv_bands_none(&ret->plain);
		hrv_bands_none(&ret->priors);
		return 0;
	}
	r = compute_bands(f, a, nn, want_priors, 2.0 * per_beat_s, ret);
	arena_release(a, mark);
	return r;
}
