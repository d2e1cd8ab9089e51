/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "drivers/ant_strap.h"
#include "drivers/pair_merge.h"
#include "drivers/random.h"
#include "tests/helpers/rr.h"
#include "tests/helpers/test.h"

/*
 * One strap on two radios, as bytes through the real decoders: measurements of
 * about one a second with a latency, and ANT+ messages four times a second.
 * Each radio fails at random, in each way that radios do; the heart's beats
 * must come out whole as long as one of them hears.
 */
#define BEATS      700
#define RUNS       120
#define BLE        0
#define ANT        1
#define PERIOD_US  246277
#define SETTLED    40 /* beats: both are known by then */
#define PER_PACKET 9

enum fault {
	WELL,
	SILENT, /* nothing comes, nothing is said */
	UNLINKED,
	OFF_SKIN,
	FAULTS,
};

struct beat_of {
	uint64_t t_us;
	uint16_t ticks; /* of the interval before it */
	uint16_t clock; /* when, as ANT+ says */
};

static struct beat_of heart[BEATS + 1];

/* One radio, what it does next, and how it fares. */
struct radio {
	uint64_t next_us, latency_us;
	unsigned sent; /* beats before this one were sent */
	unsigned messages;
	enum fault fault;
	uint64_t since_us, until_us; /* of the fault */
	unsigned brought;            /* beats that reached the decoder */
	unsigned at;                 /* number of the beat that it gives next */
	unsigned given[BEATS];       /* numbers of those that it gave */
	unsigned n_given;
	bool hole; /* one was told since the last beat */
	struct sensor_listener listener;
	struct strap strap;
	struct ant_strap ant;
	struct random random;
};

static struct radio radios[2];
static struct sensor_listener listener;
static struct pair_merge pair;
static uint64_t now_us;

/* What came out: beats by their number in the heart. */
static struct {
	unsigned first, last, n;
	unsigned gaps, left_out, in_silence;
	unsigned bearer;
	bool gap;
} out;

static void on_beat(void *data, const struct beat *beat)
{
	struct radio *r = data;
	bool ant = r == &radios[ANT];

	/* of two in one ANT+ message the first is the one before the last */
	if (ant && (r->hole || heart[r->at].ticks != beat->rr_ticks))
		r->at = r->sent - 1;
	if (ant && heart[r->at].ticks != beat->rr_ticks)
		r->at--;
	assert_int_equal(heart[r->at].ticks, beat->rr_ticks);
	r->hole = false;
	r->given[r->n_given++] = r->at++;
	pair_merge_beat(&pair, ant, now_us, beat);
}

static void on_state(void *data, enum sensor_state state, int error)
{
	struct radio *r = data;

	r->hole = r->hole || state != SENSOR_CONNECTED;
	pair_merge_state(&pair, r == &radios[ANT], now_us, state, error);
}

static void on_out_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	(void)error;
	out.gaps += state == SENSOR_GAP;
	out.gap = out.gap || state == SENSOR_GAP;
}

/* In order, none twice, none left out without a gap: but where a radio lost it
   and its decoder did not say so either. */
static void on_out_beat(void *data, const struct beat *beat)
{
	unsigned i = radios[pair.bearer].given[pair.next - 1];

	(void)data;
	assert_int_equal(beat->rr_ticks, heart[i].ticks);
	if (out.n == 0) {
		out.first = i;
	} else {
		unsigned skipped = i - out.last - 1;

		assert_true(i > out.last);
		assert_true(skipped == 0 || out.gap ||
		            out.bearer == pair.bearer);
		out.left_out += skipped;
		out.in_silence += out.gap ? 0 : skipped;
	}
	out.bearer = pair.bearer;
	out.last = i;
	out.gap = false;
	out.n++;
}

static void grow_heart(uint64_t seed)
{
	struct random r;
	struct rr_source source;
	struct rr_spec spec = {.noise_ms = 8, .seed = seed};
	double at_ticks = 0, t_s, rr_ms;

	random_init(&r, seed, 1);
	spec.hr_bpm = random_uniform(&r, 48, 95);
	spec.rsa_ms = random_uniform(&r, 10, 120);
	spec.breaths_per_min = random_uniform(&r, 4.5, 15);
	spec.noise_ms = random_uniform(&r, 5, 25);
	spec.ectopic_s = random_uniform(&r, 20, 400);
	rr_start(&source, &spec);
	for (unsigned i = 0; i < BEATS; i++) {
		double ticks;

		rr_next(&source, &t_s, &rr_ms);
		ticks = (double)(int64_t)(rr_ms * 1.024 + 0.5);
		at_ticks += ticks;
		heart[i].ticks = (uint16_t)ticks;
		heart[i].clock = (uint16_t)(uint64_t)at_ticks;
		heart[i].t_us = (uint64_t)(at_ticks / 1024 * 1e6);
	}
}

static void begin(uint64_t seed)
{
	grow_heart(seed);
	memset(&out, 0, sizeof(out));
	listener = (struct sensor_listener){.beat = on_out_beat,
	                                    .state = on_out_state};
	pair_merge_init(&pair, &listener);
	pair.sides[ANT].counts = true;
	for (unsigned i = 0; i < 2; i++) {
		struct radio *r = &radios[i];

		*r = (struct radio){
			.listener = {on_beat, on_state, NULL, NULL, r}};
		random_init(&r->random, seed, 2 + i);
		r->latency_us = (uint64_t)random_uniform(
			&r->random, 2e5, i == BLE ? 2.6e6 : 7e5);
		strap_init(&r->strap, &r->listener);
		r->next_us = (uint64_t)random_uniform(&r->random, 1e6, 2e6);
		now_us = 0;
		strap_connected(&r->strap);
	}
	ant_strap_init(&radios[ANT].ant, &radios[ANT].strap);
}

/* Beats that the strap has found by @t_us. */
static unsigned found_by(const struct radio *r, uint64_t t_us, unsigned from)
{
	while (from < BEATS && heart[from].t_us + r->latency_us <= t_us)
		from++;
	return from;
}

static void send_ble(struct radio *r, bool arrives)
{
	unsigned to = found_by(r, r->next_us, r->sent);
	uint8_t bytes[2 + 2 * PER_PACKET] = {0x16, 60};
	size_t len = 2;

	if (to - r->sent > PER_PACKET)
		to = r->sent + PER_PACKET;
	if (r->fault == OFF_SKIN)
		bytes[0] = 0x14;
	for (; r->sent < to; r->sent++) {
		bytes[len++] = (uint8_t)(heart[r->sent].ticks & 0xff);
		bytes[len++] = (uint8_t)(heart[r->sent].ticks >> 8);
	}
	if (len == 2)
		bytes[0] &= 0x0f;
	if (arrives) {
		r->at = r->brought = r->sent;
		r->at -= (unsigned)(len - 2) / 2;
		(void)strap_notify(&r->strap, now_us, bytes, len);
	}
	r->next_us += 980000 + (uint64_t)random_uniform(&r->random, 0, 4e4);
}

static void send_ant(struct radio *r, bool arrives)
{
	uint8_t data[1 + ANT_LINK_PAYLOAD] = {0, 4}, frame[ANT_LINK_FRAME_MAX];
	struct ant_link_message m;
	size_t len;

	r->sent = found_by(r, r->next_us, r->sent);
	r->next_us += PERIOD_US;
	if (r->sent < 2)
		return;
	data[1] = (uint8_t)(4 | (r->messages++ / 4 % 2 ? 0x80 : 0));
	data[3] = (uint8_t)(heart[r->sent - 2].clock & 0xff);
	data[4] = (uint8_t)(heart[r->sent - 2].clock >> 8);
	data[5] = (uint8_t)(heart[r->sent - 1].clock & 0xff);
	data[6] = (uint8_t)(heart[r->sent - 1].clock >> 8);
	data[7] = (uint8_t)r->sent;
	data[8] = r->fault == OFF_SKIN ? 0 : 60;
	len = ant_link_compose(frame, ANT_BROADCAST, data, sizeof(data));
	assert_int_equal(ant_link_parse(frame, len, &m), 0);
	if (arrives) {
		r->brought = r->sent;
		(void)ant_strap_message(&r->ant, now_us, &m);
	}
}

static void send(unsigned side)
{
	struct radio *r = &radios[side];
	bool arrives = r->fault == WELL || r->fault == OFF_SKIN;

	/* one message in fifty is lost: ANT+ says again what it held */
	if (side == ANT && random_uniform(&r->random, 0, 1) < 0.02)
		arrives = false;
	now_us = r->next_us;
	if (side == BLE)
		send_ble(r, arrives);
	else
		send_ant(r, arrives);
}

static void break_down(unsigned side, uint64_t t_us, double longest_s)
{
	struct radio *r = &radios[side];

	r->fault = 1 + (enum fault)random_uniform(&r->random, 0, FAULTS - 1);
	r->since_us = t_us;
	r->until_us = t_us + (uint64_t)random_uniform(&r->random, 3e5,
	                                              longest_s * 1e6);
	if (r->fault == UNLINKED)
		strap_lost(&r->strap, -1);
}

static void mend(unsigned side)
{
	struct radio *r = &radios[side];

	if (r->fault == UNLINKED)
		strap_connected(&r->strap);
	r->fault = WELL;
}

/* Let both send and be watched until @until_us. */
static void run(uint64_t until_us)
{
	uint64_t next_us;

	for (;;) {
		unsigned side = radios[ANT].next_us < radios[BLE].next_us;

		if (radios[side].next_us > until_us)
			break;
		send(side);
		for (unsigned i = 0; i < 2; i++)
			strap_step(&radios[i].strap, now_us, &next_us);
	}
	now_us = until_us;
	for (unsigned i = 0; i < 2; i++)
		strap_step(&radios[i].strap, now_us, &next_us);
}

static void whatever_one_radio_loses_the_beats_out_are_the_hearts(void **state)
{
	unsigned failed = 0, late = 0;
	uint64_t seed = 20261125;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (uint64_t run_of = 0; run_of < RUNS; run_of++) {
		uint64_t t_us, end_us;
		struct random r;

		begin(seed + run_of);
		random_init(&r, seed + run_of, 9);
		end_us = heart[BEATS - 80].t_us;
		t_us = heart[SETTLED].t_us;
		run(t_us);
		if (!pair_merge_known(&pair)) /* an even heart takes longer */
			run(t_us = heart[2 * SETTLED].t_us);
		assert_true(pair_merge_known(&pair));
		while (t_us < end_us) {
			unsigned side = random_uniform(&r, 0, 1) < 0.5;
			struct radio *well = &radios[!side];
			unsigned placed_again = 0;

			break_down(side, t_us, 15);
			failed++;
			while (radios[side].fault != WELL ||
			       placed_again < 25) {
				unsigned before = well->brought;

				run(now_us + 100000);
				/* no more than three beats are waited for */
				late += well->brought > out.last + 3;
				if (now_us >= radios[side].until_us &&
				    radios[side].fault != WELL)
					mend(side);
				else if (radios[side].fault == WELL)
					placed_again += well->brought - before;
			}
			t_us = now_us;
		}
		run(heart[BEATS - 1].t_us + 5000000);
		assert_int_equal(out.gaps + out.left_out, 0);
		assert_int_equal(out.n, BEATS - out.first);
	}
	assert_int_equal(late, 0);
	print_message("%u failures of a radio, no beat lost or twice\n",
	              failed);
}

static void where_both_fail_a_gap_is_told_and_no_beat_comes_twice(void **state)
{
	unsigned gaps = 0, left_out = 0, in_silence = 0, all = 0;
	uint64_t seed = 20261126;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (uint64_t run_of = 0; run_of < RUNS; run_of++) {
		uint64_t t_us;
		struct random r;

		begin(seed + run_of);
		random_init(&r, seed + run_of, 9);
		t_us = heart[2 * SETTLED].t_us;
		run(t_us);
		while (t_us < heart[BEATS - 1].t_us) {
			for (unsigned i = 0; i < 2; i++)
				if (radios[i].fault == WELL &&
				    random_uniform(&r, 0, 1) < 0.1)
					break_down(i, t_us, 8);
				else if (radios[i].fault != WELL &&
				         t_us >= radios[i].until_us)
					mend(i);
			t_us += 1000000;
			run(t_us);
		}
		gaps += out.gaps;
		all += out.n;
		left_out += out.left_out;
		in_silence += out.in_silence;
	}
	print_message("%u beats out, %u gaps, %u beats lost, %u of them in "
	              "silence by Bluetooth alone\n",
	              all, gaps, left_out, in_silence);
	assert_true(gaps > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			whatever_one_radio_loses_the_beats_out_are_the_hearts),
		cmocka_unit_test(
			where_both_fail_a_gap_is_told_and_no_beat_comes_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
