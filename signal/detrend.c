/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/detrend.h"

#include <errno.h>
#include <math.h>

/* The factor nears a constant as exp(-i sqrt(2 / lambda)): after so many
 * sqrt(lambda) rows, at e^-45, it is there to the last bit. */
#define SETTLES 32.0

/*
 * The matrix reads the same from both ends, so rows are eliminated from both
 * at once by one set of steps, and the two that meet in the middle are solved
 * last. Two recurrences side by side take the time of one.
 */

/* Eliminating one row: 1 / pivot, and L in the two rows after it. */
struct step {
	double inverse, l1, l2;
};

static const struct step nothing = {1.0, 0.0, 0.0};

struct side {
	const struct step *step;
	size_t settled; /* steps there are; from there on as the last */
};

static struct step step_at(const struct side *s, size_t i)
{
	return s->step[i < s->settled ? i : s->settled - 1];
}

/* Entries of I + weight D2'D2 in row @i, on and right of the diagonal; row r
 * of D2 is 1, -2, 1 in columns r, r + 1, r + 2. */
struct row {
	double a, b, c;
};

static struct row row_of(size_t i, size_t n, double weight)
{
	double begins = i + 2 < n ? weight : 0.0;
	double centred = i > 0 && i + 1 < n ? weight : 0.0;
	double ends = i >= 2 ? weight : 0.0;

	return (struct row){
		1.0 + begins + 4.0 * centred + ends,
		-2.0 * (begins + centred),
		begins,
	};
}

static void eliminate(size_t n, double weight, struct step *step, size_t count)
{
	struct step s1 = nothing, s2 = nothing;

	for (size_t i = 0; i < count; i++) {
		struct row r = row_of(i, n, weight);
		double pivot = r.a - s1.l1 * s1.l1 / s1.inverse -
		               s2.l2 * s2.l2 / s2.inverse;
		double beside = r.b - s1.l1 * s1.l2 / s1.inverse;

		step[i] =
			(struct step){1.0 / pivot, beside / pivot, r.c / pivot};
		s2 = s1;
		s1 = step[i];
	}
}

/* u = z - L u from both ends; @ret is u. */
static void inwards(const struct side *s, const double *z, size_t n,
                    size_t count, double *ret)
{
	struct step s1 = nothing, s2 = nothing;
	double f1 = 0.0, f2 = 0.0, b1 = 0.0, b2 = 0.0;

	for (size_t i = 0; i < count; i++) {
		double f = (z[i] - s2.l2 * f2) - s1.l1 * f1;
		double b = (z[n - 1 - i] - s2.l2 * b2) - s1.l1 * b1;

		ret[i] = f;
		ret[n - 1 - i] = b;
		f2 = f1;
		f1 = f;
		b2 = b1;
		b1 = b;
		s2 = s1;
		s1 = step_at(s, i);
	}
}

/* The rows that are left when both sides have come as far as they can. */
struct middle {
	size_t n; /* two or three */
	double m[3][3], x[3];
};

/* What eliminating a side's rows took from the two that follow them; @u1 and
 * @u2 are its last two of u. */
static void reduce(struct middle *mid, const struct side *s, size_t count,
                   double u1, double u2, size_t next, size_t after)
{
	struct step s1 = count > 0 ? step_at(s, count - 1) : nothing;
	struct step s2 = count > 1 ? step_at(s, count - 2) : nothing;

	mid->m[next][next] -=
		s1.l1 * s1.l1 / s1.inverse + s2.l2 * s2.l2 / s2.inverse;
	mid->m[after][after] -= s1.l2 * s1.l2 / s1.inverse;
	mid->m[next][after] -= s1.l1 * s1.l2 / s1.inverse;
	mid->m[after][next] = mid->m[next][after];
	mid->x[next] -= s1.l1 * u1 + s2.l2 * u2;
	mid->x[after] -= s1.l2 * u1;
}

/* Positive definite, so no pivot is sought. */
static void solve(struct middle *mid)
{
	for (size_t i = 0; i < mid->n; i++)
		for (size_t j = i + 1; j < mid->n; j++) {
			double l = mid->m[j][i] / mid->m[i][i];

			for (size_t k = i; k < mid->n; k++)
				mid->m[j][k] -= l * mid->m[i][k];
			mid->x[j] -= l * mid->x[i];
		}
	for (size_t i = mid->n; i-- > 0;) {
		for (size_t k = i + 1; k < mid->n; k++)
			mid->x[i] -= mid->m[i][k] * mid->x[k];
		mid->x[i] /= mid->m[i][i];
	}
}

static void meet(const struct side *s, const double *z, const double *u,
                 size_t n, size_t count, double weight, struct middle *ret)
{
	size_t last = n - 2 * count - 1;

	*ret = (struct middle){.n = last + 1};
	for (size_t i = 0; i <= last; i++) {
		struct row r = row_of(count + i, n, weight);

		ret->m[i][i] = r.a;
		ret->x[i] = z[count + i];
		if (i + 1 <= last)
			ret->m[i][i + 1] = ret->m[i + 1][i] = r.b;
		if (i + 2 <= last)
			ret->m[i][i + 2] = ret->m[i + 2][i] = r.c;
	}
	reduce(ret, s, count, count > 0 ? u[count - 1] : 0.0,
	       count > 1 ? u[count - 2] : 0.0, 0, 1);
	reduce(ret, s, count, count > 0 ? u[n - count] : 0.0,
	       count > 1 ? u[n - count + 1] : 0.0, last, last - 1);
	solve(ret);
}

/* x = u / pivot - L'x outwards from the middle; z less x is what stays. */
static void outwards(const struct side *s, const double *u, size_t n,
                     size_t count, const struct middle *mid, double *z)
{
	double f1 = mid->x[0], f2 = mid->x[1];
	double b1 = mid->x[mid->n - 1], b2 = mid->x[mid->n - 2];

	for (size_t i = 0; i < mid->n; i++)
		z[count + i] -= mid->x[i];
	for (size_t i = count; i-- > 0;) {
		struct step at = step_at(s, i);
		double f = (u[i] * at.inverse - at.l2 * f2) - at.l1 * f1;
		double b =
			(u[n - 1 - i] * at.inverse - at.l2 * b2) - at.l1 * b1;

		z[i] -= f;
		z[n - 1 - i] -= b;
		f2 = f1;
		f1 = f;
		b2 = b1;
		b1 = b;
	}
}

void detrend_mean(double *z, size_t n)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += z[i];
	for (size_t i = 0; i < n; i++)
		z[i] -= sum / (double)n;
}

int detrend_priors(struct arena *a, double *z, size_t n, double lambda)
{
	struct arena_mark mark = arena_mark(a);
	double weight = lambda * lambda;
	struct side s = {.settled = 0};
	struct middle mid;
	struct step *step;
	size_t count;
	double *u;

	if (n < 3) {
		detrend_mean(z, n);
		return 0;
	}
	count = (n - 2) / 2;
	s.settled = (size_t)fmin(SETTLES * (sqrt(lambda) + 1.0), (double)count);
	step = arena_take(a, s.settled, sizeof(*step));
	u = arena_take(a, n, sizeof(*u));
	if (!step || !u) {
		arena_release(a, mark);
		return -ENOMEM;
	}
	s.step = step;
	eliminate(n, weight, step, s.settled);
	inwards(&s, z, n, count, u);
	meet(&s, z, u, n, count, weight, &mid);
	outwards(&s, u, n, count, &mid, z);
	arena_release(a, mark);
	return 0;
}
