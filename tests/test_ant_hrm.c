/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>

#include "drivers/ant_strap.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"

/* A strap on a heart: what it would say at a time, and when it is asked. */
static struct {
	double rr_s;   /* of each beat */
	double beat_s; /* the last beat, and the one before */
	double before_s;
	unsigned beats;
	unsigned messages;
	bool pages; /* page 4, and a page bit that turns */
} heart;

static double now_s;
static struct ant_hrm hrm;

static int setup(void **state)
{
	(void)state;
	memset(&heart, 0, sizeof(heart));
	heart.rr_s = 1;
	heart.pages = true;
	now_s = 0;
	hrm = (struct ant_hrm){.primed = false};
	return 0;
}

static unsigned ticks(double s)
{
	return (unsigned)(uint64_t)(s * 1024 + 0.5) & 0xffff;
}

/* The heart and the clock go on by one message. */
static void next_payload(uint8_t ret[8])
{
	unsigned event, before;

	now_s += ANT_HRM_PERIOD_US * 1e-6;
	while (heart.beat_s + heart.rr_s <= now_s) {
		heart.before_s = heart.beat_s;
		heart.beat_s += heart.rr_s;
		heart.beats++;
	}
	event = ticks(heart.beat_s);
	before = ticks(heart.before_s);
	memcpy(ret, (uint8_t[]){0, 0xff, 0xff, 0xff}, 4);
	if (heart.pages) {
		ret[0] = (uint8_t)(4 | (heart.messages / 4 % 2) << 7);
		ret[2] = (uint8_t)before;
		ret[3] = (uint8_t)(before >> 8);
	}
	heart.messages++;
	ret[4] = (uint8_t)event;
	ret[5] = (uint8_t)(event >> 8);
	ret[6] = (uint8_t)heart.beats;
	ret[7] = (uint8_t)(60 / heart.rr_s);
}

static struct ant_hrm_news take(const uint8_t payload[8])
{
	return ant_hrm_take(&hrm, (uint64_t)(now_s * 1e6), payload);
}

static void drop(unsigned messages)
{
	uint8_t payload[8];

	while (messages-- > 0)
		next_payload(payload);
}

/* Return: what was told until something was, or in @messages. */
static struct ant_hrm_news hear(unsigned messages)
{
	struct ant_hrm_news news = {.n = 0};
	uint8_t payload[8];

	while (messages-- > 0 && news.n == 0 && !news.hole && !news.off_skin) {
		next_payload(payload);
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
	now_s += 2.5;
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
		next_payload(payload);
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
	next_payload(payload);
	take(payload);
	payload[0] ^= 0x80; /* nothing of the beat: no news */
	assert_int_equal(take(payload).n, 0);
	payload[6]++;
	payload[4] = (uint8_t)(payload[4] + 1);
	payload[0] = 0;
	now_s += 0.2;
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
	now_s = 1;
	news = take(payload);
	assert_false(news.hole);
	assert_rr(&news, 1, 1);
	payload[5] = 4;
	payload[6]++;
	now_s = 2;
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
		now_s = i;
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
		drop(1);
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
		drop(1);
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
	drop(7);
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
	drop(19);
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
	drop(19);
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
		next_payload(payload);
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
		next_payload(payload);
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
		next_payload(payload);
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
	now_s = 0.25;
	news = take(ff);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	now_s = 1.3;
	take(after); /* the count is the same: nothing new */
	after[6] = 0;
	after[5] += 4;
	now_s = 2.3;
	news = take(after);
	assert_true(news.hole);
	assert_int_equal(news.n, 0);
	after[6] = 1;
	after[2] = after[4];
	after[3] = after[5];
	after[5] += 4;
	now_s = 3.3;
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
		next_payload(payload);
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
	now_s += 257;
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
	drop(400);
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
	drop(20);
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
	now_s += 255;
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
	from_s = now_s;
	news = hear(30);
	assert_true(news.off_skin);
	assert_near(now_s - from_s, 5, 0.25);
	assert_true(hear(1).off_skin);
	/* the next beat is on skin again, its interval reaches back off it */
	heart.rr_s = 1;
	heart.beat_s = now_s - 0.9;
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
		next_payload(payload);
		payload[7] = 0;
		news = take(payload);
	}
	assert_true(news.off_skin);
	next_payload(payload);
	assert_false(take(payload).off_skin);
}

static void beats_that_the_strap_calculates_give_no_interval(void **state)
{
	struct ant_hrm_news news;
	uint8_t payload[8];

	(void)state;
	settle();
	next_payload(payload);
	payload[0] = (payload[0] & 0x80) | 9;
	payload[1] = 0xfd; /* event type 1, all else set */
	assert_true(take(payload).computed);
	for (int i = 0; i < 20; i++) {
		next_payload(payload);
		news = take(payload);
		assert_true(news.computed);
		assert_int_equal(news.n, 0);
	}
	next_payload(payload);
	payload[0] = (payload[0] & 0x80) | 9;
	payload[1] = 0;
	assert_false(take(payload).computed);
	assert_true(hear(9).hole);
	news = hear(9);
	assert_rr(&news, 1, 1);
}

/* --- messages to states and beats (ant_strap.h) ---------------------------
 */

static struct listener heard;
static struct sensor_listener listener;
static struct strap strap;
static struct ant_strap ant;

static int setup_strap(void **state)
{
	setup(state);
	listener = listener_of(&heard);
	strap_init(&strap, &listener);
	ant_strap_init(&ant, &strap);
	strap_searching(&strap);
	return 0;
}

static int say(uint8_t id, const uint8_t *data, size_t len)
{
	uint8_t frame[ANT_LINK_FRAME_MAX];
	size_t n = ant_link_compose(frame, id, data, len);

	heard.now_us = (uint64_t)(now_s * 1e6);
	return ant_strap_notify(&ant, heard.now_us, frame, n);
}

static void say_for(double s)
{
	uint8_t data[14] = {0};

	for (double until_s = now_s + s; now_s < until_s;) {
		next_payload(data + 1);
		memcpy(data + 9, (uint8_t[]){0x80, 0x39, 0x30, 120, 1}, 5);
		assert_int_equal(say(ANT_BROADCAST, data, 14), 0);
	}
}

static void beats_stand_at_the_strap_times_less_than_a_second_ago(void **state)
{
	uint64_t last_us = 0;

	(void)state;
	say_for(120);
	assert_in_range(heard.beats, 117, 120);
	for (size_t i = 0; i < heard.n; i++) {
		const struct beat *b = &heard.told[i].beat;

		if (!heard.told[i].is_beat)
			continue;
		assert_int_equal(b->rr_ticks, 1024);
		assert_int_equal(b->contact, BEAT_CONTACT_UNKNOWN);
		assert_true(heard.told[i].now_us - b->t_us < 1000000);
		if (last_us)
			assert_near((double)(b->t_us - last_us), 1e6, 26e3);
		last_us = b->t_us;
	}
	assert_int_equal(heard.told[1].state, SENSOR_CONNECTED);
	assert_int_equal(heard.n, heard.beats + 2); /* and never a gap */
}

static void packets_are_whole_messages_events_too(void **state)
{
	(void)state;
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_MISSED}, 3);
	say_for(1);
	assert_int_equal(heard.packets, 6);
}

static void a_hole_is_told_once_before_the_next_beat(void **state)
{
	(void)state;
	heart.pages = false;
	say_for(3.5);
	drop(8);
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 1000 gap connected 1000 1000");
}

static void silence_is_a_gap_then_lost_as_of_every_strap(void **state)
{
	uint64_t next_us;

	(void)state;
	say_for(2.2);
	strap_step(&strap, heard.now_us + STRAP_GAP_US, &next_us);
	strap_step(&strap, heard.now_us + STRAP_LOST_US, &next_us);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap lost");
	assert_int_equal(heard.told[heard.n - 1].error, -ETIMEDOUT);
	drop(60);
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 gap lost connected 1000 1000 "
		"1000");
}

static void missed_slots_and_overflows_leave_it_to_the_counter(void **state)
{
	(void)state;
	say_for(2.2);
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_MISSED}, 3);
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_OVERFLOW}, 3);
	say_for(1);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 1000");
}

static void a_channel_that_searches_again_has_lost_the_strap(void **state)
{
	(void)state;
	say_for(2.2);
	say(ANT_RESPONSE, (uint8_t[]){0, 1, ANT_EVENT_TO_SEARCH}, 3);
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 lost gap connected 1000 1000");
	assert_int_equal(heard.told[4].error, -ETIMEDOUT);
}

static void a_strap_off_the_skin_has_no_contact_until_it_beats(void **state)
{
	(void)state;
	say_for(2.2);
	heart.rr_s = 8.5;
	say_for(8.5);
	heart.rr_s = 1;
	say_for(2.2);
	assert_string_equal(
		listener_line(&heard),
		"searching connected 1000 1000 no_contact gap connected 1000 "
		"1000");
}

static void a_strap_that_calculates_its_beats_is_of_no_use(void **state)
{
	uint8_t data[9] = {0, 9, 1, 0, 0, 0, 0, 0, 60};

	(void)state;
	say_for(2.2);
	say(ANT_BROADCAST, data, 9);
	say_for(5);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 lost");
	assert_int_equal(heard.told[4].error, -EOPNOTSUPP);
}

static void another_kind_of_sensor_is_no_strap(void **state)
{
	/* a bicycle's speed, with an ID */
	const uint8_t data[14] = {0, [9] = 0x80, 0x39, 0x30, 123, 1};

	(void)state;
	assert_int_equal(say(ANT_BROADCAST, data, 14), 0);
	assert_string_equal(listener_line(&heard), "searching");
}

static void damaged_packets_are_a_gap_with_their_error(void **state)
{
	const uint8_t data[9] = {0};

	(void)state;
	say_for(2.2);
	assert_int_equal(ant_strap_notify(&ant, heard.now_us, data, 9),
	                 -EBADMSG);
	assert_int_equal(heard.told[heard.n - 1].state, SENSOR_GAP);
	assert_int_equal(heard.told[heard.n - 1].error, -EBADMSG);
	assert_int_equal(say(ANT_BROADCAST, data, 8), -EBADMSG);
	say_for(1);
	assert_string_equal(listener_line(&heard),
	                    "searching connected 1000 1000 gap connected 1000");
}

#define HRM_TEST(f)   cmocka_unit_test_setup(f, setup)
#define STRAP_TEST(f) cmocka_unit_test_setup(f, setup_strap)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HRM_TEST(the_first_message_only_primes),
		HRM_TEST(the_real_message_gives_its_1177_7_ms_behind_a_hole),
		HRM_TEST(a_beat_is_told_once_however_often_it_is_sent),
		HRM_TEST(
			a_beat_with_the_bytes_of_the_last_but_for_its_count_is_one),
		HRM_TEST(counter_and_time_wrap_without_a_gap),
		HRM_TEST(a_beat_at_time_0_is_one_like_any_other),
		HRM_TEST(every_page_brings_its_beat),
		HRM_TEST(one_dropped_message_costs_nothing),
		HRM_TEST(
			two_dropped_messages_at_200_a_minute_are_given_back_by_page_4),
		HRM_TEST(without_page_4_two_beats_at_once_are_a_hole),
		HRM_TEST(twenty_dropped_messages_are_a_hole_and_one_interval),
		HRM_TEST(
			twenty_dropped_without_page_4_are_a_hole_and_no_interval),
		HRM_TEST(page_4_that_disagrees_is_trusted_and_a_hole),
		HRM_TEST(
			page_4_counts_only_once_the_page_bit_was_seen_both_ways),
		HRM_TEST(
			a_page_beyond_the_low_four_bits_is_not_taken_for_page_4),
		HRM_TEST(a_payload_of_ff_is_a_hole_not_31_seconds),
		HRM_TEST(a_counter_that_jumps_begins_anew),
		HRM_TEST(more_beats_than_a_heart_has_in_the_time_begin_anew),
		HRM_TEST(a_strap_clock_that_jumps_begins_anew),
		HRM_TEST(a_loss_of_more_than_a_minute_begins_anew),
		HRM_TEST(a_search_that_missed_no_beat_loses_none),
		HRM_TEST(behind_a_search_page_4_tells_the_first_interval),
		HRM_TEST(
			without_page_4_the_first_beat_behind_a_search_has_none),
		HRM_TEST(
			a_counter_that_came_round_in_a_search_is_behind_a_hole),
		HRM_TEST(no_new_beat_for_5_s_is_off_the_skin),
		HRM_TEST(twelve_messages_without_a_rate_are_off_the_skin),
		HRM_TEST(beats_that_the_strap_calculates_give_no_interval),
		STRAP_TEST(
			beats_stand_at_the_strap_times_less_than_a_second_ago),
		STRAP_TEST(packets_are_whole_messages_events_too),
		STRAP_TEST(a_hole_is_told_once_before_the_next_beat),
		STRAP_TEST(silence_is_a_gap_then_lost_as_of_every_strap),
		STRAP_TEST(missed_slots_and_overflows_leave_it_to_the_counter),
		STRAP_TEST(a_channel_that_searches_again_has_lost_the_strap),
		STRAP_TEST(a_strap_off_the_skin_has_no_contact_until_it_beats),
		STRAP_TEST(a_strap_that_calculates_its_beats_is_of_no_use),
		STRAP_TEST(another_kind_of_sensor_is_no_strap),
		STRAP_TEST(damaged_packets_are_a_gap_with_their_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
