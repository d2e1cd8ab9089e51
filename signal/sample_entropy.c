/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/sample_entropy.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/*
 * Each value becomes its rank among the distinct values, and the tolerance
 * the first and the last rank within reach of each. A rounded distance never
 * falls as two values move apart, so ranks agree exactly where the values do,
 * on a strap's grid or off it. What is left is to count points in boxes.
 *
 * The templates x, y, z are taken in the order of x; the earlier ones that
 * are within reach in x are the band. Those of the band that also agree in y
 * and z are counted one by one while they are few; else by buckets of
 * neighbouring ranks. Buckets wholly within reach are counted by sums kept up
 * to date as the band moves, and only the members of the at most four that an
 * edge of the box cuts are looked at.
 */

/* Up to here, looking at the whole band costs less than the sums. */
#define FEW_TEMPLATES 4000
/* Buckets of z that share a block. One more in the band changes about half
 * the sums of its own block and half the blocks: as many of either at a
 * million intervals, which are about a thousand buckets. */
#define BLOCK 32

/* What the smallest x86-64 compares at once. */
#define LANES  4
#define VECTOR __attribute__((vector_size(LANES * sizeof(int32_t))))

/* Ranks, both ends included. */
struct span {
	int32_t low, high;
};

struct reach {
	struct span ranks;
	uint32_t bucket; /* that the rank itself is in */
	uint32_t low_bucket, high_bucket;
};

struct ranks {
	int32_t *of;         /* each interval */
	struct reach *reach; /* of each rank */
	int32_t n;
	int32_t *bucket_start; /* the first rank of each, and ranks.n */
	uint32_t n_buckets;
};

/* In the order of x, as ranks. */
struct templates {
	int32_t *x, *y, *z;
	size_t n;
};

static void *take_zeros(struct arena *a, size_t n, size_t size)
{
	void *ret = arena_take(a, n, size);

	return ret ? memset(ret, 0, n * size) : NULL;
}

/* --- ranks ------------------------------------------------------------- */

#define DIGITS      8
#define DIGIT_RANGE 256

/* An interval: its bits, which as an integer are in the order of its value
 * because it is above 0; and where it stands. */
struct key {
	uint64_t bits;
	size_t at;
};

static unsigned digit(struct key k, unsigned d)
{
	return k.bits >> (8 * d) & (DIGIT_RANGE - 1);
}

/* By digits, the least first: on a day of beats GSL's heapsort takes twice as
 * long as all that is done here together. Return: @keys or @spare, that which
 * is sorted. */
static struct key *sort(struct key *keys, struct key *spare, size_t n)
{
	uint32_t count[DIGITS][DIGIT_RANGE] = {{0}};

	for (size_t i = 0; i < n; i++)
		for (unsigned d = 0; d < DIGITS; d++)
			count[d][digit(keys[i], d)]++;
	for (unsigned d = 0; d < DIGITS; d++) {
		struct key *sorted = spare;
		uint32_t *to = count[d], sum = 0;

		if (to[digit(keys[0], d)] == n)
			continue;
		for (unsigned v = 0; v < DIGIT_RANGE; v++) {
			uint32_t here = to[v];

			to[v] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			sorted[to[digit(keys[i], d)]++] = keys[i];
		spare = keys;
		keys = sorted;
	}
	return keys;
}

static struct key *sorted_keys(struct arena *a, const struct nn *nn)
{
	struct key *keys = arena_take(a, nn->n, sizeof(*keys));
	struct key *spare = arena_take(a, nn->n, sizeof(*spare));

	if (!keys || !spare)
		return NULL;
	for (size_t i = 0; i < nn->n; i++) {
		memcpy(&keys[i].bits, &nn->rr_ms[i], sizeof(keys[i].bits));
		keys[i].at = i;
	}
	return sort(keys, spare, nn->n);
}

/* A bucket of several ranks holds at most sqrt(N) intervals, so that those
 * few that are looked at one by one stay few; a value of more is a bucket of
 * its own, which no edge can cut. Any two neighbours hold more than sqrt(N),
 * so there are at most 2 sqrt(N) + 1. */
static void number_ranks(struct ranks *r, const struct key *keys, size_t n,
                         double *value)
{
	const size_t most = (size_t)sqrt((double)n);
	size_t members = 0, end;

	r->n = 0;
	r->n_buckets = 0;
	for (size_t i = 0; i < n; i = end) {
		for (end = i; end < n && keys[end].bits == keys[i].bits; end++)
			r->of[keys[end].at] = r->n;
		members += end - i;
		if (i == 0 || members > most) {
			r->bucket_start[r->n_buckets++] = r->n;
			members = end - i;
		}
		memcpy(&value[r->n], &keys[i].bits, sizeof(*value));
		r->reach[r->n++].bucket = r->n_buckets - 1;
	}
	r->bucket_start[r->n_buckets] = r->n;
}

/* Being in reach is mutual: where the low end moves past a rank, the high end
 * of that rank has been found. */
static void find_reach(struct ranks *r, const double *value, double r_ms)
{
	struct reach *reach = r->reach;
	int32_t low = 0;

	for (int32_t k = 0; k < r->n; k++) {
		for (; value[k] - value[low] > r_ms; low++)
			reach[low].ranks.high = k - 1;
		reach[k].ranks.low = low;
	}
	for (; low < r->n; low++)
		reach[low].ranks.high = r->n - 1;
	for (int32_t k = 0; k < r->n; k++) {
		reach[k].low_bucket = reach[reach[k].ranks.low].bucket;
		reach[k].high_bucket = reach[reach[k].ranks.high].bucket;
	}
}

static void gather(struct templates *t, const struct nn *nn,
                   const struct key *keys, const int32_t *rank_of)
{
	t->n = 0;
	for (size_t i = 0; i < nn->n; i++) {
		size_t at = keys[i].at;

		if (at + 2 >= nn->n || !nn_joined(nn, at + 1) ||
		    !nn_joined(nn, at + 2))
			continue;
		t->x[t->n] = rank_of[at];
		t->y[t->n] = rank_of[at + 1];
		t->z[t->n++] = rank_of[at + 2];
	}
}

static int prepare(struct arena *a, const struct nn *nn, double r_ms,
                   struct ranks *r, struct templates *t)
{
	struct arena_mark mark;
	struct key *keys;
	double *value;

	r->of = arena_take(a, nn->n, sizeof(*r->of));
	r->reach = arena_take(a, nn->n, sizeof(*r->reach));
	r->bucket_start = arena_take(a, nn->n + 1, sizeof(*r->bucket_start));
	t->x = arena_take(a, nn->n, sizeof(*t->x));
	t->y = arena_take(a, nn->n, sizeof(*t->y));
	t->z = arena_take(a, nn->n, sizeof(*t->z));
	if (!r->of || !r->reach || !r->bucket_start || !t->x || !t->y || !t->z)
		return -ENOMEM;
	mark = arena_mark(a);
	keys = sorted_keys(a, nn);
	value = arena_take(a, nn->n, sizeof(*value));
	if (!keys || !value)
		return -ENOMEM;
	number_ranks(r, keys, nn->n, value);
	find_reach(r, value, r_ms);
	gather(t, nn, keys, r->of);
	arena_release(a, mark);
	return 0;
}

/* --- one by one -------------------------------------------------------- */

struct tally {
	uint32_t two, three;
};

static inline bool within(int32_t rank, struct span s)
{
	return rank >= s.low && rank <= s.high;
}

static inline struct tally tally_one_by_one(const int32_t *y, const int32_t *z,
                                            size_t n, struct span in_y,
                                            struct span in_z)
{
	int32_t VECTOR two = {0}, three = {0};
	struct tally ret = {0};
	size_t i = 0;

	for (; i + LANES <= n; i += LANES) {
		int32_t VECTOR at_y, at_z;

		memcpy(&at_y, &y[i], sizeof(at_y));
		memcpy(&at_z, &z[i], sizeof(at_z));
		/* -1 where true; one instruction a side only if strict */
		at_y = (at_y > in_y.low - 1) & (at_y < in_y.high + 1);
		at_z = (at_z > in_z.low - 1) & (at_z < in_z.high + 1);
		two -= at_y;
		three -= at_y & at_z;
	}
	for (; i < n; i++) {
		ret.two += within(y[i], in_y);
		ret.three += within(y[i], in_y) && within(z[i], in_z);
	}
	for (unsigned k = 0; k < LANES; k++) {
		ret.two += (uint32_t)two[k];
		ret.three += (uint32_t)three[k];
	}
	return ret;
}

static void count_few(const struct templates *t, const struct ranks *r,
                      struct sample_entropy_count *ret)
{
	size_t first = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct tally here;

		while (t->x[first] < r->reach[t->x[i]].ranks.low)
			first++;
		here = tally_one_by_one(t->y + first, t->z + first, i - first,
		                        r->reach[t->y[i]].ranks,
		                        r->reach[t->z[i]].ranks);
		ret->two += here.two;
		ret->three += here.three;
	}
}

/* --- by buckets -------------------------------------------------------- */

/* The band by buckets of one value. Templates leave it in the order in which
 * they came: each bucket is a queue, in room for all that ever come. */
struct queues {
	uint32_t *head, *tail; /* of each bucket */
	int32_t *y, *z;
};

/*
 * The band by buckets of y and z, summed over z so that a box is a difference
 * of two rows, and so that adding one changes few sums. The members of bucket
 * y whose bucket of z is before p are
 *
 *   block[p / BLOCK][y] + rest[p][y]
 *
 * those before p's block and those of p's block before p.
 */
struct table {
	uint32_t *block, *rest;
	size_t n_blocks, width;
};

struct sweep {
	const struct ranks *ranks;
	struct queues by_y, by_z;
	struct table table;
};

static int queues_init(struct queues *q, struct arena *a, const struct ranks *r,
                       const int32_t *rank, size_t n)
{
	uint32_t sum = 0;

	q->head = arena_take(a, r->n_buckets, sizeof(*q->head));
	q->tail = take_zeros(a, r->n_buckets, sizeof(*q->tail));
	q->y = arena_take(a, n, sizeof(*q->y));
	q->z = arena_take(a, n, sizeof(*q->z));
	if (!q->head || !q->tail || !q->y || !q->z)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		q->tail[r->reach[rank[i]].bucket]++;
	for (uint32_t b = 0; b < r->n_buckets; b++) {
		uint32_t room = q->tail[b];

		q->head[b] = q->tail[b] = sum;
		sum += room;
	}
	return 0;
}

static void queues_add(struct queues *q, uint32_t bucket, int32_t y, int32_t z)
{
	uint32_t at = q->tail[bucket]++;

	q->y[at] = y;
	q->z[at] = z;
}

static int table_init(struct table *t, struct arena *a, size_t n_buckets)
{
	t->n_blocks = n_buckets / BLOCK + 1;
	t->width = n_buckets;
	t->block = take_zeros(a, t->n_blocks * t->width, sizeof(*t->block));
	t->rest =
		take_zeros(a, t->n_blocks * t->width, BLOCK * sizeof(*t->rest));
	return t->block && t->rest ? 0 : -ENOMEM;
}

/* Sums are modulo 2^32, and so @change may be -1. */
static void table_change(struct table *t, size_t y, size_t z, uint32_t change)
{
	for (size_t p = z + 1; p % BLOCK != 0; p++)
		t->rest[p * t->width + y] += change;
	for (size_t b = z / BLOCK + 1; b < t->n_blocks; b++)
		t->block[b * t->width + y] += change;
}

static void sweep_add(struct sweep *s, int32_t y, int32_t z)
{
	uint32_t in_y = s->ranks->reach[y].bucket;
	uint32_t in_z = s->ranks->reach[z].bucket;

	queues_add(&s->by_y, in_y, y, z);
	queues_add(&s->by_z, in_z, y, z);
	table_change(&s->table, in_y, in_z, 1);
}

static void sweep_drop(struct sweep *s, int32_t y, int32_t z)
{
	uint32_t in_y = s->ranks->reach[y].bucket;
	uint32_t in_z = s->ranks->reach[z].bucket;

	s->by_y.head[in_y]++;
	s->by_z.head[in_z]++;
	table_change(&s->table, in_y, in_z, (uint32_t)-1);
}

/* Sum of a - b over [from, to). */
static uint32_t difference(const uint32_t *a, const uint32_t *b, size_t from,
                           size_t to)
{
	uint32_t VECTOR lanes = {0};
	uint32_t sum = 0;
	size_t i = from;

	for (; i + LANES <= to; i += LANES) {
		uint32_t VECTOR at_a, at_b;

		memcpy(&at_a, &a[i], sizeof(at_a));
		memcpy(&at_b, &b[i], sizeof(at_b));
		lanes += at_a - at_b;
	}
	for (; i < to; i++)
		sum += a[i] - b[i];
	for (unsigned k = 0; k < LANES; k++)
		sum += lanes[k];
	return sum;
}

/* The buckets of one value that a reach covers: the whole ones, [from, to),
 * and those that it cuts. */
struct cover {
	size_t from, to;
	size_t cut[2];
	unsigned n_cut;
};

static struct cover cover_of(const struct ranks *r, const struct reach *reach)
{
	const int32_t *start = r->bucket_start;
	struct cover c = {.from = reach->low_bucket,
	                  .to = (size_t)reach->high_bucket + 1};

	if (start[c.from] < reach->ranks.low)
		c.cut[c.n_cut++] = c.from++;
	if (c.from < c.to && start[c.to] > reach->ranks.high + 1)
		c.cut[c.n_cut++] = --c.to;
	return c;
}

static struct tally tally_cut(const struct queues *q, const struct cover *c,
                              struct span in_y, struct span in_z)
{
	struct tally ret = {0};

	for (unsigned k = 0; k < c->n_cut; k++) {
		uint32_t head = q->head[c->cut[k]];
		struct tally here =
			tally_one_by_one(q->y + head, q->z + head,
		                         q->tail[c->cut[k]] - head, in_y, in_z);

		ret.two += here.two;
		ret.three += here.three;
	}
	return ret;
}

static uint32_t table_sum(const struct table *t, const struct cover *y,
                          const struct cover *z)
{
	size_t from = z->from / BLOCK, to = z->to / BLOCK;
	uint32_t sum = difference(t->rest + z->to * t->width,
	                          t->rest + z->from * t->width, y->from, y->to);

	if (from != to)
		sum += difference(t->block + to * t->width,
		                  t->block + from * t->width, y->from, y->to);
	return sum;
}

static struct tally sweep_tally(const struct sweep *s, int32_t y, int32_t z)
{
	const struct reach *reach_y = &s->ranks->reach[y];
	const struct reach *reach_z = &s->ranks->reach[z];
	struct cover in_y = cover_of(s->ranks, reach_y);
	struct cover in_z = cover_of(s->ranks, reach_z);
	struct tally ret =
		tally_cut(&s->by_y, &in_y, reach_y->ranks, reach_z->ranks);
	struct span whole;

	ret.two += difference(s->by_y.tail, s->by_y.head, in_y.from, in_y.to);
	/* the members of the cut y buckets have been looked at */
	whole.low = s->ranks->bucket_start[in_y.from];
	whole.high = s->ranks->bucket_start[in_y.to] - 1;
	ret.three += tally_cut(&s->by_z, &in_z, whole, reach_z->ranks).three;
	ret.three += table_sum(&s->table, &in_y, &in_z);
	return ret;
}

static int count_many(struct arena *a, const struct templates *t,
                      const struct ranks *r, struct sample_entropy_count *ret)
{
	struct sweep s = {.ranks = r};
	size_t first = 0;

	if (queues_init(&s.by_y, a, r, t->y, t->n) < 0 ||
	    queues_init(&s.by_z, a, r, t->z, t->n) < 0 ||
	    table_init(&s.table, a, r->n_buckets) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < t->n; i++) {
		struct tally here;

		for (; t->x[first] < r->reach[t->x[i]].ranks.low; first++)
			sweep_drop(&s, t->y[first], t->z[first]);
		here = sweep_tally(&s, t->y[i], t->z[i]);
		ret->two += here.two;
		ret->three += here.three;
		sweep_add(&s, t->y[i], t->z[i]);
	}
	return 0;
}

/* --- both -------------------------------------------------------------- */

static int count(struct arena *a, const struct nn *nn, double r_ms,
                 struct sample_entropy_count *ret)
{
	struct ranks ranks;
	struct templates templates;

	if (nn->n < 3 || !(r_ms >= 0.0))
		return 0;
	/* more than ranks can number */
	if (nn->n >= INT32_MAX || prepare(a, nn, r_ms, &ranks, &templates) < 0)
		return -ENOMEM;
	if (templates.n > FEW_TEMPLATES)
		return count_many(a, &templates, &ranks, ret);
	count_few(&templates, &ranks, ret);
	return 0;
}

int sample_entropy_count(struct arena *a, const struct nn *nn, double r_ms,
                         struct sample_entropy_count *ret)
{
	struct arena_mark mark = arena_mark(a);
	struct sample_entropy_count counted = {0};
	int r = count(a, nn, r_ms, &counted);

	arena_release(a, mark);
	if (r == 0)
		*ret = counted;
	return r;
}

static bool all_equal(const struct nn *nn)
{
	size_t i = 1;

	while (i < nn->n && nn->rr_ms[i] == nn->rr_ms[0])
		i++;
	return i >= nn->n;
}

int sample_entropy_of(struct arena *a, const struct nn *nn, double sdnn_ms,
                      double *ret)
{
	struct sample_entropy_count c = {0};
	int r = 0;

	/* of equal values the SD may be a rounding error, not 0 */
	if (nn->n >= SAMPLE_ENTROPY_MIN && !all_equal(nn))
		r = sample_entropy_count(a, nn, SAMPLE_ENTROPY_R_SD * sdnn_ms,
		                         &c);
	if (r < 0)
		return r;
	*ret = c.three > 0 ? log((double)c.two / (double)c.three) : NAN;
	return 0;
}
