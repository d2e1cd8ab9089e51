/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/inject.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_sort.h>

#include "tests/helpers/test.h"

#define STRETCH     900
#define STRETCH_MIN 300
#define DAY_PARTS   12
#define ABOUT       11
#define END         5 /* intervals at either end that stay */

/* What spoils one place touches up to two intervals; one more stays. */
#define APART 3

static void *must_have(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	assert_non_null(p);
	return p;
}

static size_t read_intervals(const char *path, double **ret)
{
	FILE *f = fopen(path, "r");
	size_t n = 0, room = 0;
	double rr_ms;

	assert_non_null(f);
	*ret = NULL;
	while (fscanf(f, "%lf", &rr_ms) == 1) {
		if (n == room) {
			room = room ? 2 * room : 4096;
			*ret = reallocarray(*ret, room, sizeof(**ret));
			assert_non_null(*ret);
		}
		(*ret)[n++] = rr_ms;
	}
	fclose(f);
	return n;
}

/* Line i labels the beat that interval i sets out from and i - 1 ends in. */
static void read_labels(const char *path, struct labelled *r)
{
	FILE *f = fopen(path, "r");
	char label;

	assert_non_null(f);
	for (size_t i = 0; i <= r->n; i++) {
		assert_int_equal(fscanf(f, "%*u %c", &label), 1);
		if (i < r->n)
			r->begins[i] = label;
		if (i > 0)
			r->ends[i - 1] = label;
	}
	fclose(f);
}

struct labelled labelled_read(const char *name)
{
	struct labelled r = {0};
	char path[512], *dot;

	snprintf(path, sizeof(path), "%s.rr", name);
	snprintf(path, sizeof(path), "%s", test_data(path));
	r.n = read_intervals(path, &r.rr_ms);
	r.begins = must_have(r.n, 1);
	r.ends = must_have(r.n, 1);
	memset(r.begins, 'N', r.n);
	memset(r.ends, 'N', r.n);
	dot = strrchr(path, '.');
	memcpy(dot, ".lab", sizeof(".lab"));
	if (access(path, R_OK) == 0)
		read_labels(path, &r);
	return r;
}

void labelled_free(struct labelled *r)
{
	free(r->rr_ms);
	free(r->begins);
	free(r->ends);
}

static bool clean_at(const struct labelled *r, size_t i)
{
	size_t from = i > ABOUT / 2 ? i - ABOUT / 2 : 0;
	double about[ABOUT], rr_ms = r->rr_ms[i], median;

	if (from + ABOUT > r->n)
		from = r->n - ABOUT;
	memcpy(about, r->rr_ms + from, sizeof(about));
	gsl_sort(about, 1, ABOUT);
	median = about[ABOUT / 2];
	return r->begins[i] == 'N' && r->ends[i] == 'N' && rr_ms >= 300.0 &&
	       rr_ms <= 2000.0 && fabs(rr_ms - median) <= median / 3.0;
}

/* The first clean stretch within [from, to); of no length if there is none. */
static struct segment find_in(const struct labelled *r, size_t from, size_t to)
{
	struct segment s = {.at = from};

	for (size_t i = from; i < to && s.n < STRETCH; i++) {
		if (clean_at(r, i)) {
			s.n++;
			continue;
		}
		if (s.n >= STRETCH_MIN)
			break;
		s.n = 0;
		s.at = i + 1;
	}
	if (s.n < STRETCH_MIN)
		s.n = 0;
	return s;
}

static void keep(struct segment *ret, size_t *n, size_t max, const char *name,
                 const struct labelled *r, struct segment s)
{
	if (s.n == 0)
		return;
	assert_true(*n < max);
	s.file = name;
	s.rr_ms = must_have(s.n, sizeof(*s.rr_ms));
	memcpy(s.rr_ms, r->rr_ms + s.at, s.n * sizeof(*s.rr_ms));
	ret[(*n)++] = s;
}

size_t segments_find(struct segment *ret, size_t max)
{
	static const char *const whole[] = {
		"hrvpy_rest",      "pyhrv_short",
		"pyhrv_long",      "hrvpy_exercise",
		"h10_breath_dhyb", "nk_bio_resting_8min_100hz",
	};
	struct labelled r = labelled_read("nsr004");
	size_t n = 0;

	for (size_t i = 0; i < DAY_PARTS; i++)
		keep(ret, &n, max, "nsr004", &r,
		     find_in(&r, i * r.n / DAY_PARTS,
		             (i + 1) * r.n / DAY_PARTS));
	labelled_free(&r);
	for (size_t k = 0; k < sizeof(whole) / sizeof(*whole); k++) {
		size_t at = 0;

		r = labelled_read(whole[k]);
		while (at < r.n) {
			struct segment s = find_in(&r, at, r.n);

			keep(ret, &n, max, whole[k], &r, s);
			at = s.n ? s.at + s.n : r.n;
		}
		labelled_free(&r);
	}
	return n;
}

void segments_free(struct segment *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(s[i].rr_ms);
}

/* Marks @count places of @n at least APART from each other. */
static size_t draw_places(char *place, size_t n, size_t count, uint64_t *seed)
{
	size_t drawn = 0;

	for (size_t tries = 0; tries < 100 * count && drawn < count; tries++) {
		size_t at = END + test_random(seed) % (n - 2 * END);
		bool free_ = true;

		for (size_t k = at - APART + 1; k < at + APART; k++)
			free_ = free_ && !place[k];
		if (!free_)
			continue;
		place[at] = 1;
		drawn++;
	}
	return drawn;
}

/* Moves the beat between two intervals by @by_ms; the next stays. */
static size_t displace(const double *rr_ms, double by_ms, double *ret)
{
	ret[0] = rr_ms[0] + by_ms;
	ret[1] = rr_ms[1] - by_ms;
	return 2;
}

/* Spoils one place: how many intervals of @rr_ms were used up. */
static size_t spoil(const double *rr_ms, enum inject_kind kind, size_t count,
                    uint64_t *seed, double *ret, size_t *ret_n)
{
	double u = test_uniform(seed), v = test_uniform(seed);

	if (kind == INJECT_MIXED)
		kind = count % 3 == 0   ? INJECT_MISSED
		       : count % 3 == 1 ? INJECT_EXTRA
		                        : INJECT_ECTOPIC;
	switch (kind) {
	case INJECT_MISSED:
		ret[0] = rr_ms[0] + rr_ms[1];
		*ret_n = 1;
		return 2;
	case INJECT_EXTRA:
		ret[0] = (0.1 + 0.8 * u) * rr_ms[0];
		ret[1] = rr_ms[0] - ret[0];
		*ret_n = 2;
		return 1;
	case INJECT_ECTOPIC:
		u = (0.2 + 0.2 * u) * rr_ms[0];
		*ret_n = displace(rr_ms, v < 0.2 ? u : -u, ret);
		return 2;
	case INJECT_SHIFT:
		u = 0.1 * rr_ms[0];
		*ret_n = displace(rr_ms, v < 0.5 ? u : -u, ret);
		return 2;
	case INJECT_NOTHING:
	case INJECT_MIXED:
		break;
	}
	*ret_n = 0;
	return 0;
}

struct injected inject(const struct segment *s, enum inject_kind kind,
                       double share, uint64_t seed)
{
	size_t count = (size_t)(share * (double)s->n), i = 0;
	struct injected x = {0};
	char *place = must_have(s->n, 1);

	x.rr_ms = must_have(2 * s->n, sizeof(*x.rr_ms));
	x.event = must_have(count, sizeof(*x.event));
	if (kind != INJECT_NOTHING)
		draw_places(place, s->n, count, &seed);
	while (i < s->n) {
		struct inject_event e = {.at = x.n};

		if (!place[i]) {
			x.rr_ms[x.n++] = s->rr_ms[i++];
			continue;
		}
		i += spoil(s->rr_ms + i, kind, x.n_events, &seed, x.rr_ms + x.n,
		           &e.n);
		x.n += e.n;
		x.event[x.n_events++] = e;
	}
	free(place);
	return x;
}

void injected_free(struct injected *x)
{
	free(x->rr_ms);
	free(x->event);
}
