/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "drivers/ant_hrm.h"
#include "signal/beat.h"
#include "tests/helpers/ant_heart.h"
#include "tests/helpers/test.h"

static struct ant_heart heart;
static struct ant_hrm hrm;

static int setup(void **state)
{
	(void)state;
	ant_heart_init(&heart);
	hrm = (struct ant_hrm){.primed = false};
	return 0;
}

static struct ant_hrm_news take(const uint8_t payload[8])
{
	return ant_hrm_take(&hrm, ant_heart_us(&heart), payload);
}

/* Return: what was told until something was, or in @messages. */
static struct ant_hrm_news hear(unsigned messages)
{
	struct ant_hrm_news news = {.n = 0};
	uint8_t payload[8];

	while (messages-- > 0 && news.n == 0 && !news.hole && !news.off_skin) {
		ant_heart_next(&heart, payload);
		news = take(payload);
	}
	return news;
}

/* Until the page bit was seen both ways and the beat has just come. */
static void settle(void)
{
	hear(4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(hear(9).n, 1);
}

static void assert_rr(const struct ant_hrm_news *news, size_t n, double s)
{
	assert_int_equal(news->n, n);
	for (size_t i = 0; i < n; i++)
		assert_near(news->rr_ticks[i], s * 1024, 1.01);
}

static void the_first_message_only_primes(void **state)
{
	/* off a real strap (C.6): page 4 with a previous beat */
	const uint8_t payload[8] = {0x84, 0, 0xe7, 0x7e, 0x9d, 0x83, 1, 0x35};
	struct ant_hrm_news news = take(payload);

	(void)state;
	assert_int_equal(news.n, 0);
	assert_false(news.hole || news.off_skin);
}

static void the_real_message_gives_its_1177_7_ms_behind_a_hole(void **state)
{
	const uint8_t before[8] = {4, 0, 0, 0, 0x9d, 0x79, 0xfe, 0x35};
	const uint8_t payload[8] = {0x84, 0, 0xe7, 0x7e, 0x9d, 0x83, 1, 0x35};
	struct ant_hrm_news news;

	(void)state;
	take(before);
	heart.now_s += 2.5;
	news = take(payload);
	assert_true(news.hole);
	assert_int_equal(news.n, 1);
	assert_near(beat_ticks_to_ms(news.rr_ticks[0]), 1177.7, 0.05);
}

static void a_beat_is_told_once_however_often_it_is_sent(void **state)
{
	unsigned beats = 0;
	uint8_t payload[8];

	(void)state;
	for (int i = 0; i < 400; i++) {
		ant_heart_next(&heart, payload);
		beats += (unsigned)take(payload).n;
		assert_int_equal(take(payload).n, 0);
	}
	/* the first is told of without an interval */
	assert_int_equal(beats, heart.beats);
}

static void
a_beat_with_the_bytes_of_the_last_but_for_its_count_is_one(void **state)
{
	uint8_t payload[8];
	struct ant_hrm_news news;

	(void)state;
	settle();
	ant_heart_next(&heart, payload);
	take(payload);
	payload[0] ^= 0x80; /* nothing of the beat: no news */
	assert_int_equal(take(payload).n, 0);
	payload[6]++;
	payload[4] = (uint8_t)(payload[4] + 1);
	payload[0] = 0;
	heart.now_s += 0.2;
	news = take(payload);
	assert_rr(&news, 1, 1.0 / 1024);
}

static void counter_and_time_wrap_without_a_gap(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	heart.rr_s = 0.7;
	hear(9);
	/* 1000 beats: the counter wraps 3 times, the time 10 times */
	for (int i = 0; i < 1000; i++) {
		news = hear(9);
		assert_false(news.hole);
		assert_rr(&news, 1, 0.7);
	}
}

static void a_beat_at_time_0_is_one_like_any_other(void **state)
{
	uint8_t payload[8] = {0, 0xff, 0xff, 0xff, 0, 0xfc, 9, 60};
	struct ant_hrm_news news;

	(void)state;
	take(payload);
	payload[5] = 0; /* 1024 later */
	payload[6]++;
	heart.now_s = 1;
	news = take(payload);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
	payload[5] = 4;
	payload[6]++;
	heart.now_s = 2;
	news = take(payload);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void every_page_brings_its_beat(void **state)
{
	uint8_t payload[8] = {0, 0, 0, 0, 0, 0, 0, 60};
	struct ant_hrm_news news;

	(void)state;
	take(payload);
	for (unsigned i = 1; i < 256; i++) {
		unsigned before = (i - 1) * 1024, event = i * 1024;

		/* 4 has the beat before in these bytes, 9 a kind of beat */
		payload[0] = (uint8_t)i;
		payload[2] = (uint8_t)before;
		payload[3] = (uint8_t)(before >> 8);
		payload[4] = (uint8_t)event;
		payload[5] = (uint8_t)(event >> 8);
		payload[6] = (uint8_t)i;
		heart.now_s = i;
		news = take(payload);
		assert_false(news.hole || news.off_skin);
		assert_rr(&news, 1, 1);
	}
}

static void one_dropped_message_costs_nothing(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	for (int i = 0; i < 40; i++) {
		ant_heart_drop(&heart, 1);
		news = hear(9);
		assert_false(news.hole);
		assert_rr(&news, 1, 1);
	}
}

static void
two_dropped_messages_at_200_a_minute_are_given_back_by_page_4(void **state)
{
	struct ant_hrm_news news;
	unsigned pairs = 0, from;

	(void)state;
	heart.rr_s = 0.3;
	settle();
	from = heart.beats;
	for (unsigned told = 0; told < 100; told += (unsigned)news.n) {
		assert_int_equal(heart.beats - from, told);
		ant_heart_drop(&heart, 1);
		news = hear(1);
		assert_false(news.hole);
		assert_rr(&news, news.n, 0.3);
		pairs += news.n == 2;
	}
	assert_true(pairs > 10);
}

static void without_page_4_two_beats_at_once_are_a_hole(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	heart.pages = false;
	settle();
	ant_heart_drop(&heart, 7);
	news = hear(1);
	assert_true(news.hole);
	assert_int_equal(news.missing, 2);
	assert_int_equal(news.n, 0);
	/* and then it goes on */
	news = hear(9);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void twenty_dropped_messages_are_a_hole_and_one_interval(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	ant_heart_drop(&heart, 19);
	news = hear(1);
	assert_true(news.hole);
	assert_in_range(news.missing, 3, 4);
	assert_rr(&news, 1, 1);
	news = hear(9);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void
twenty_dropped_without_page_4_are_a_hole_and_no_interval(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	heart.pages = false;
	settle();
	ant_heart_drop(&heart, 19);
	news = hear(1);
	assert_true(news.hole);
	assert_in_range(news.missing, 4, 5);
	assert_int_equal(news.n, 0);
}

static void page_4_that_disagrees_is_trusted_and_a_hole(void **state)
{
	uint8_t payload[8];
	struct ant_hrm_news news = {.n = 0};

	(void)state;
	settle();
	do {
		ant_heart_next(&heart, payload);
		payload[2] = (uint8_t)(payload[2] + 100);
		if (payload[2] < 100)
			payload[3]++;
		news = take(payload);
	} while (news.n == 0);
	assert_true(news.hole);
	assert_rr(&news, 1, 1 - 100.0 / 1024);
}

static void
page_4_counts_only_once_the_page_bit_was_seen_both_ways(void **state)
{
	uint8_t payload[8];
	struct ant_hrm_news news = {.n = 0};

	(void)state;
	/* a strap older than pages sends anything in the first bytes */
	for (int i = 0; i < 40; i++) {
		ant_heart_next(&heart, payload);
		memcpy(payload, (uint8_t[]){0x84, 1, 0x12, 0x34}, 4);
		news = take(payload);
		assert_false(news.hole);
		assert_rr(&news, news.n, 1);
	}
}

static void
a_page_beyond_the_low_four_bits_is_not_taken_for_page_4(void **state)
{
	uint8_t payload[8];
	struct ant_hrm_news news = {.n = 0};

	(void)state;
	settle();
	do { /* common page 0x54, with a fitting low half */
		ant_heart_next(&heart, payload);
		payload[0] = (payload[0] & 0x80) | 0x54;
		payload[2]++;
		news = take(payload);
	} while (news.n == 0);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void a_payload_of_ff_is_a_hole_not_31_seconds(void **state)
{
	/* off a real strap (C.6): count, rate and time are all FF */
	const uint8_t ff[8] = {0x84, 0, 0x9d, 0x83, 0xff, 0xff, 0xff, 0xff};
	uint8_t before[8] = {4, 0, 0xe7, 0x7e, 0x9d, 0x83, 0xfe, 0x35};
	uint8_t after[8] = {4, 0, 0x9d, 0x83, 0x9d, 0x88, 0xff, 0x35};
	struct ant_hrm_news news;

	(void)state;
	take(before);
	heart.now_s = 0.25;
	news = take(ff);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	heart.now_s = 1.3;
	take(after); /* the count is the same: nothing new */
	after[6] = 0;
	after[5] += 4;
	heart.now_s = 2.3;
	news = take(after);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	after[6] = 1;
	after[2] = after[4];
	after[3] = after[5];
	after[5] += 4;
	heart.now_s = 3.3;
	news = take(after);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void a_counter_that_jumps_begins_anew(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	heart.beats += ANT_HRM_MISSING_MAX + 1;
	news = hear(1);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	assert_int_equal(news.missing, 0);
	news = hear(9);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void more_beats_than_a_heart_has_in_the_time_begin_anew(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	heart.beats += 19; /* within a quarter of a second */
	news = hear(1);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
}

static void a_strap_clock_that_jumps_begins_anew(void **state)
{
	struct ant_hrm_news news;
	uint8_t payload[8];

	(void)state;
	settle();
	do {
		ant_heart_next(&heart, payload);
		payload[5] ^= 0x40; /* 16 s */
		news = take(payload);
	} while (!news.hole && news.n == 0);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
}

static void a_loss_of_more_than_a_minute_begins_anew(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	/* 256 beats later the counter is where it was, and one more */
	heart.now_s += 257;
	heart.beat_s += 257;
	heart.before_s += 257;
	heart.beats += 257;
	news = hear(1);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
}

static void a_search_that_missed_no_beat_loses_none(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	ant_hrm_restart(&hrm);
	news = hear(9);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void behind_a_search_page_4_tells_the_first_interval(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	ant_hrm_restart(&hrm);
	ant_heart_drop(&heart, 400);
	news = hear(9);
	assert_true(news.hole);
	assert_rr(&news, 1, 1);
}

static void without_page_4_the_first_beat_behind_a_search_has_none(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	heart.pages = false;
	settle();
	ant_hrm_restart(&hrm);
	ant_heart_drop(&heart, 20);
	news = hear(9);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	news = hear(9);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void a_counter_that_came_round_in_a_search_is_behind_a_hole(void **state)
{
	struct ant_hrm_news news;

	(void)state;
	settle();
	ant_hrm_restart(&hrm);
	heart.beats += 255;
	heart.beat_s += 255;
	heart.now_s += 255;
	news = hear(9);
	assert_int_equal((uint8_t)heart.beats, hrm.count);
	assert_true(news.hole);
	assert_false(news.off_skin);
}

static void no_new_beat_for_5_s_is_off_the_skin(void **state)
{
	struct ant_hrm_news news;
	double from_s;

	(void)state;
	settle();
	heart.rr_s = 30;
	from_s = heart.now_s;
	news = hear(30);
	assert_true(news.off_skin);
	assert_near(heart.now_s - from_s, 5, 0.25);
	assert_true(hear(1).off_skin);
	/* the next beat is on skin again, its interval reaches back off it */
	heart.rr_s = 1;
	heart.beat_s = heart.now_s - 0.9;
	news = hear(9);
	assert_false(news.off_skin);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	news = hear(9);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
}

static void twelve_messages_without_a_rate_are_off_the_skin(void **state)
{
	struct ant_hrm_news news = {.n = 0};
	uint8_t payload[8];

	(void)state;
	settle();
	for (int i = 0; i < 12; i++) {
		assert_false(news.off_skin);
		ant_heart_next(&heart, payload);
		payload[7] = 0;
		news = take(payload);
	}
	assert_true(news.off_skin);
	ant_heart_next(&heart, payload);
	assert_false(take(payload).off_skin);
}

static void beats_that_the_strap_calculates_give_no_interval(void **state)
{
	struct ant_hrm_news news;
	uint8_t payload[8];

	(void)state;
	settle();
	ant_heart_next(&heart, payload);
	payload[0] = (payload[0] & 0x80) | 9;
	payload[1] = 0xfd; /* event type 1, all else set */
	assert_true(take(payload).computed);
	for (int i = 0; i < 20; i++) {
		ant_heart_next(&heart, payload);
		news = take(payload);
		assert_true(news.computed);
		assert_int_equal(news.n, 0);
	}
	ant_heart_next(&heart, payload);
	payload[0] = (payload[0] & 0x80) | 9;
	payload[1] = 0;
	assert_false(take(payload).computed);
	assert_true(hear(9).hole);
	news = hear(9);
	assert_rr(&news, 1, 1);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_message_only_primes),
		TEST(the_real_message_gives_its_1177_7_ms_behind_a_hole),
		TEST(a_beat_is_told_once_however_often_it_is_sent),
		TEST(a_beat_with_the_bytes_of_the_last_but_for_its_count_is_one),
		TEST(counter_and_time_wrap_without_a_gap),
		TEST(a_beat_at_time_0_is_one_like_any_other),
		TEST(every_page_brings_its_beat),
		TEST(one_dropped_message_costs_nothing),
		TEST(two_dropped_messages_at_200_a_minute_are_given_back_by_page_4),
		TEST(without_page_4_two_beats_at_once_are_a_hole),
		TEST(twenty_dropped_messages_are_a_hole_and_one_interval),
		TEST(twenty_dropped_without_page_4_are_a_hole_and_no_interval),
		TEST(page_4_that_disagrees_is_trusted_and_a_hole),
		TEST(page_4_counts_only_once_the_page_bit_was_seen_both_ways),
		TEST(a_page_beyond_the_low_four_bits_is_not_taken_for_page_4),
		TEST(a_payload_of_ff_is_a_hole_not_31_seconds),
		TEST(a_counter_that_jumps_begins_anew),
		TEST(more_beats_than_a_heart_has_in_the_time_begin_anew),
		TEST(a_strap_clock_that_jumps_begins_anew),
		TEST(a_loss_of_more_than_a_minute_begins_anew),
		TEST(a_search_that_missed_no_beat_loses_none),
		TEST(behind_a_search_page_4_tells_the_first_interval),
		TEST(without_page_4_the_first_beat_behind_a_search_has_none),
		TEST(a_counter_that_came_round_in_a_search_is_behind_a_hole),
		TEST(no_new_beat_for_5_s_is_off_the_skin),
		TEST(twelve_messages_without_a_rate_are_off_the_skin),
		TEST(beats_that_the_strap_calculates_give_no_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
