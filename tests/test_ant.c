/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "drivers/ant.h"
#include "drivers/ant_link.h"
#include "drivers/ant_radio.h"
#include "drivers/ant_strap.h"
#include "drivers/capture.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/stick.h"
#include "tests/helpers/test.h"

static const uint8_t key[8] = STICK_KEY;

static struct listener heard;
static struct sensor_listener listener;
static char found[256];
static struct stick stick;
static struct ant_radio radio;

static void on_found(void *data, const struct sensor_found *f)
{
	size_t at = strlen(found);

	(void)data;
	snprintf(found + at, sizeof(found) - at, "%s%s %u", at ? ", " : "",
	         f->uri, f->bpm);
}

static int setup(void **state)
{
	(void)state;
	found[0] = '\0';
	listener = listener_of(&heard);
	listener.found = on_found;
	stick_init(&stick);
	return 0;
}

static void begin(uint32_t wanted)
{
	ant_radio_init(&radio, &stick.port, &listener, key, wanted);
}

/* The clock goes on, the stick with it, and the radio with both. */
static void run(double s)
{
	uint64_t until_us = stick.now_us + (uint64_t)(s * 1e6);
	struct ant_port_news news;
	uint64_t next_us, stick_us;

	for (;;) {
		while (stick.port.ops->next(&stick.port, &news) > 0) {
			heard.now_us = news.t_us;
			ant_radio_news(&radio, &news);
		}
		heard.now_us = stick.now_us;
		next_us = ant_radio_step(&radio, stick.now_us);
		if (stick.n_news > 0)
			continue;
		assert_true(next_us > stick.now_us);
		if (stick.now_us >= until_us)
			return;
		if (next_us > until_us)
			next_us = until_us;
		stick_us = stick_step(&stick, stick.now_us);
		if (stick.n_news > 0)
			continue;
		stick_step(&stick, stick_us < next_us ? stick_us : next_us);
	}
}

static void assert_last(enum sensor_state state, int error)
{
	size_t i = heard.n;

	while (i > 0 && heard.told[i - 1].is_beat)
		i--;
	assert_true(i > 0);
	assert_int_equal(heard.told[i - 1].state, state);
	assert_int_equal(heard.told[i - 1].error, error);
}

static unsigned told(enum sensor_state state, int error)
{
	unsigned n = 0;

	for (size_t i = 0; i < heard.n; i++)
		n += !heard.told[i].is_beat && heard.told[i].state == state &&
		     heard.told[i].error == error;
	return n;
}

static void assert_log(const char *wanted)
{
	assert_string_equal(stick.log, wanted);
}

static bool was_told(const char *command)
{
	return strstr(stick.log, command) != NULL;
}

static unsigned times_told(const char *command)
{
	unsigned n = 0;

	for (const char *at = stick.log; (at = strstr(at, command)); at++)
		n++;
	return n;
}

/* A strap of that number, chosen, and its first beats. */
static void settle(void)
{
	stick_add(&stick, 12345);
	begin(12345);
	run(10);
	assert_in_range(heard.beats, 7, 9);
	assert_last(SENSOR_CONNECTED, 0);
	stick_forget(&stick);
}

#define START    "4a:00 4d:0054 46:000102030405060708 42:000000 "
#define CHANNEL  "63:000c 44:0000 43:00861f 45:0039 6e:00e0 4b:00"
#define SCANNING "51:0000000000 45:0039 6e:00e0 5b:0001"

/* --- starting (C.1, C.5) --------------------------------------------------
 */

static void a_chosen_strap_is_opened_by_these_commands(void **state)
{
	(void)state;
	begin(12345);
	run(5);
	assert_log(START "51:0039307800 " CHANNEL);
	assert_last(SENSOR_SEARCHING, 0);
}

static void each_command_is_one_transfer_with_zeros_behind_it(void **state)
{
	(void)state;
	settle();
	ant_radio_finish(&radio);
	assert_int_equal(stick.unpadded, 0);
}

static void without_a_number_all_are_listened_to(void **state)
{
	(void)state;
	begin(0);
	run(5);
	assert_log(START SCANNING);
}

static void old_messages_of_the_stick_are_not_answers(void **state)
{
	const uint8_t old[] = {0x92, 0xa4, 3,    0x40, 0,    0x46,
	                       0,    0xa1, 0xa4, 3,    0x40, 0};

	(void)state;
	stick_bytes(&stick, old, sizeof(old));
	settle();
	assert_int_equal(stick.renewed, 0);
}

static void
a_reset_settles_for_half_a_second_though_it_is_answered(void **state)
{
	(void)state;
	begin(12345);
	run(5);
	assert_true(stick.second_us - stick.reset_us >= 499000);
}

static void a_reset_unanswered_once_is_sent_again(void **state)
{
	(void)state;
	stick.deaf[ANT_RESET] = 1;
	begin(12345);
	run(8);
	assert_int_equal(times_told("4a:00"), 2);
	assert_true(was_told("4b:00"));
	assert_int_equal(stick.renewed, 0);
}

static void three_resets_unanswered_renew_the_stick_once(void **state)
{
	(void)state;
	stick.deaf[ANT_RESET] = 3;
	begin(12345);
	run(8);
	assert_int_equal(times_told("4a:00"), 4);
	assert_int_equal(stick.renewed, 1);
	assert_true(was_told("4b:00"));
	assert_last(SENSOR_SEARCHING, 0);
}

static void
a_stick_that_never_answers_is_told_and_tried_again_not_renewed(void **state)
{
	(void)state;
	stick.dead = true;
	begin(12345);
	run(60);
	assert_int_equal(stick.renewed, 1);
	assert_last(SENSOR_SEARCHING, -EIO);
	assert_int_equal(told(SENSOR_SEARCHING, -EIO), 1);
	assert_in_range(times_told("4a:00"), 12, 20);
	stick.dead = false;
	run(15);
	assert_true(was_told("4b:00"));
	assert_last(SENSOR_SEARCHING, 0);
}

static void a_stick_that_goes_when_renewed_is_waited_for(void **state)
{
	(void)state;
	stick.dead = stick.renew_fails = true;
	begin(12345);
	run(10);
	assert_int_equal(stick.renewed, 1);
	assert_last(SENSOR_SEARCHING, -ENODEV);
	stick.dead = false;
	stick_plug(&stick);
	run(5);
	assert_true(was_told("4b:00"));
	assert_last(SENSOR_SEARCHING, 0);
}

static void each_command_unanswered_twice_is_sent_a_third_time(void **state)
{
	static const uint8_t commands[] = {
		ANT_REQUEST,    ANT_NETWORK_KEY,        ANT_ASSIGN,
		ANT_CHANNEL_ID, ANT_LOW_SEARCH_TIMEOUT, ANT_SEARCH_TIMEOUT,
		ANT_PERIOD,     ANT_FREQUENCY,          ANT_LIBRARY,
		ANT_OPEN};

	for (size_t i = 0; i < sizeof(commands); i++) {
		char word[8];

		setup(state);
		stick.deaf[commands[i]] = 2;
		begin(12345);
		run(8);
		snprintf(word, sizeof(word), "%02x:", commands[i]);
		assert_int_equal(times_told(word), 3);
		assert_true(was_told("4b:00"));
		assert_int_equal(stick.renewed, 0);
	}
}

static void a_channel_left_assigned_is_closed_and_unassigned_first(void **state)
{
	(void)state;
	begin(12345);
	run(0.1);
	stick.assigned = stick.open = true; /* that reset did not clear it */
	stick.tracks = -1;
	run(5);
	assert_log(START "4c:00 41:00 42:000000 51:0039307800 " CHANNEL);
}

static void a_command_refused_twice_is_told(void **state)
{
	(void)state;
	stick.refuses[ANT_FREQUENCY] = 51;
	begin(12345);
	run(5);
	assert_last(SENSOR_SEARCHING, -EPROTO);
	stick.refuses[ANT_FREQUENCY] = 0;
	run(12);
	assert_true(was_told("4b:00"));
	assert_last(SENSOR_SEARCHING, 0);
}

static void without_low_priority_search_the_other_gets_the_time(void **state)
{
	(void)state;
	stick.refuses[ANT_LOW_SEARCH_TIMEOUT] = 40;
	begin(12345);
	run(5);
	assert_true(was_told("63:000c 44:000c"));
}

static void without_the_library_the_older_command_asks_who_sends(void **state)
{
	(void)state;
	stick.refuses[ANT_LIBRARY] = 40;
	settle();
	setup(state);
	stick.refuses[ANT_LIBRARY] = 40;
	begin(12345);
	run(5);
	assert_true(was_told("6e:00e0 66:0001 4b:00"));
}

static void capabilities_of_any_length_from_four_are_taken(void **state)
{
	for (size_t n = 4; n <= 8; n++) {
		setup(state);
		stick.n_capabilities = n;
		begin(0);
		run(5);
		assert_int_equal(was_told("5b:0001"), n > 4);
		assert_int_equal(times_told("4d:0054"), 1);
	}
}

/* --- which strap (C.5) ----------------------------------------------------
 */

static void the_only_strap_on_the_air_is_taken_by_its_whole_id(void **state)
{
	(void)state;
	stick_add(&stick, 777)->transmission = 0x51;
	begin(0);
	run(12);
	assert_string_equal(found, "ant:328457 60");
	assert_log(START SCANNING
	           " 4c:00 41:00 42:000000 51:0009037851 " CHANNEL);
	assert_in_range(heard.beats, 5, 8);
	assert_last(SENSOR_CONNECTED, 0);
}

static void of_two_straps_a_choice_is_needed(void **state)
{
	(void)state;
	stick_add(&stick, 777);
	stick_add(&stick, 12345)->bpm = 71;
	begin(0);
	run(60);
	assert_string_equal(found, "ant:777 60, ant:12345 71");
	assert_last(SENSOR_SEARCHING, -ENOTUNIQ);
	assert_int_equal(told(SENSOR_SEARCHING, -ENOTUNIQ), 1);
	assert_int_equal(heard.beats, 0);
	assert_int_equal(heard.packets, 0);
}

static void a_choice_that_is_needed_is_told_again_by_a_new_stick(void **state)
{
	(void)state;
	stick_add(&stick, 777);
	stick_add(&stick, 12345);
	begin(0);
	run(10);
	assert_last(SENSOR_SEARCHING, -ENOTUNIQ);
	stick_unplug(&stick, -ENODEV);
	run(1);
	stick_plug(&stick);
	run(10);
	assert_last(SENSOR_SEARCHING, -ENOTUNIQ);
	assert_string_equal(found, "ant:777 60, ant:12345 60");
}

static void a_chosen_strap_is_taken_among_others(void **state)
{
	(void)state;
	stick_add(&stick, 777);
	stick_add(&stick, 12345);
	begin(12345);
	run(10);
	assert_in_range(heard.beats, 7, 9);
	assert_string_equal(found, "");
}

static void a_number_of_20_bits_is_looked_for_among_all(void **state)
{
	(void)state;
	stick_add(&stick, 777)->transmission = 0x41;
	stick_add(&stick, 777)->transmission = 0x55;
	begin(777 | 5 << 16);
	run(10);
	assert_true(was_told("51:0009037855"));
	assert_in_range(heard.beats, 7, 9);
}

static void other_sensors_are_no_straps(void **state)
{
	(void)state;
	stick_add(&stick, 777)->type = 11; /* a power meter */
	stick_add(&stick, 12345);
	begin(0);
	run(12);
	assert_string_equal(found, "ant:12345 60");
	assert_in_range(heard.beats, 5, 8);
}

static void a_stick_that_cannot_listen_to_all_keeps_the_first(void **state)
{
	(void)state;
	stick.capabilities[4] = 0x02;
	stick_add(&stick, 777);
	stick_add(&stick, 12345);
	begin(0);
	run(10);
	assert_log(START "51:0000007800 " CHANNEL
	                 " 4c:00 41:00 42:000000 51:0009037801 " CHANNEL);
	assert_in_range(heard.beats, 7, 9);
}

static void a_stick_that_does_not_say_who_sends_is_asked(void **state)
{
	(void)state;
	stick.n_capabilities = 4;
	stick.refuses[ANT_LIBRARY] = stick.refuses[ANT_EXTENDED] = 40;
	stick_add(&stick, 777);
	begin(0);
	run(10);
	assert_true(was_told("4d:0051 4c:00 41:00 42:000000 51:0009037801"));
	assert_in_range(heard.beats, 7, 9);
}

static void a_neighbour_never_takes_over(void **state)
{
	const uint8_t foreign[14] = {0, 4, 0,    0,    0,    0,   9,
	                             9, 9, 0x80, 0x09, 0x03, 120, 1};

	(void)state;
	settle();
	heard.n = 0;
	stick_says(&stick, ANT_BROADCAST, foreign, 14);
	run(3);
	for (size_t i = 0; i < heard.n; i++)
		assert_true(heard.told[i].is_beat);
	/* nor when the chosen one is gone for long */
	stick.straps[0].off = true;
	stick_add(&stick, 777);
	heard.beats = 0;
	run(300);
	assert_int_equal(heard.beats, 0);
	stick.straps[0].off = false;
	run(5);
	assert_in_range(heard.beats, 2, 5);
}

static void a_scan_tells_each_and_takes_none(void **state)
{
	(void)state;
	stick_add(&stick, 777);
	begin(12345);
	ant_radio_scan(&radio, stick.now_us);
	run(20);
	stick_add(&stick, 12345)->bpm = 0;
	run(20);
	assert_string_equal(found, "ant:777 60, ant:12345 0");
	assert_int_equal(heard.beats, 0);
	assert_int_equal(told(SENSOR_SEARCHING, -ENOTUNIQ), 0);
}

static void a_scan_leaves_the_strap_that_it_had(void **state)
{
	(void)state;
	settle();
	ant_radio_scan(&radio, stick.now_us);
	heard.beats = 0;
	run(10);
	assert_log("4c:00 41:00 42:000000 " SCANNING);
	assert_string_equal(found, "ant:12345 60");
	assert_int_equal(heard.beats, 0);
}

/* --- what happens to it (C.5, events) -------------------------------------
 */

static void a_search_that_ends_is_begun_again(void **state)
{
	(void)state;
	begin(12345);
	run(5);
	stick_forget(&stick);
	run(30);
	assert_log("4d:0052 41:00 42:000000 51:0039307800 " CHANNEL);
	assert_int_equal(told(SENSOR_LOST, -ETIMEDOUT), 0);
	stick_add(&stick, 12345);
	run(5);
	assert_last(SENSOR_CONNECTED, 0);
}

static void a_channel_closed_unexpectedly_is_opened_again(void **state)
{
	(void)state;
	settle();
	stick.open = false;
	stick_event(&stick, ANT_EVENT_CLOSED);
	run(4);
	assert_log("41:00 42:000000 51:0039307800 " CHANNEL);
	assert_last(SENSOR_CONNECTED, 0);
	assert_non_null(strstr(listener_line(&heard), "lost gap connected"));
}

static void a_lost_strap_is_told_and_found_again(void **state)
{
	(void)state;
	settle();
	heard.n = 0;
	stick.straps[0].off = true;
	run(20);
	assert_string_equal(listener_line(&heard), "lost");
	assert_last(SENSOR_LOST, -ETIMEDOUT);
	stick.straps[0].off = false;
	run(3);
	assert_string_equal(listener_line(&heard),
	                    "lost gap connected 1000 1000 1000");
	assert_log("4d:0052"); /* the channel was open all the time */
}

static void
a_stick_that_starts_anew_gets_key_and_channel_not_a_reset(void **state)
{
	(void)state;
	settle();
	stick.open = stick.assigned = stick.key_set = false;
	stick_says(&stick, ANT_STARTUP, (uint8_t[]){0}, 1);
	run(4);
	assert_log("46:000102030405060708 42:000000 51:0039307800 " CHANNEL);
	assert_int_equal(told(SENSOR_LOST, -ECONNRESET), 1);
	assert_last(SENSOR_CONNECTED, 0);
}

static void a_stick_that_falls_silent_is_asked_then_renewed(void **state)
{
	(void)state;
	settle();
	stick.dead = true;
	run(18.5);
	assert_log("4d:0052 4d:0052 4d:0052 4a:00");
	assert_int_equal(stick.renewed, 1);
	assert_int_equal(told(SENSOR_LOST, -EIO), 1);
	stick.dead = false;
	run(10);
	assert_last(SENSOR_CONNECTED, 0);
}

static void a_loop_that_slept_gives_the_stick_its_time_to_answer(void **state)
{
	uint64_t now_us;

	(void)state;
	settle();
	now_us = stick.now_us + 60000000;
	assert_int_equal(ant_radio_step(&radio, now_us), now_us + 1000000);
	assert_log("4d:0052");
}

static void a_quiet_stick_that_answers_is_left_alone(void **state)
{
	(void)state;
	begin(12345);
	run(5);
	stick_forget(&stick);
	run(20);
	assert_log("4d:0052");
	assert_int_equal(stick.renewed, 0);
}

static void a_channel_that_is_gone_behind_our_back_is_made_again(void **state)
{
	(void)state;
	settle();
	stick.open = stick.assigned = false;
	run(20);
	assert_true(was_told("4d:0052 41:00 42:000000 51:0039307800"));
	run(3);
	assert_last(SENSOR_CONNECTED, 0);
}

static void a_wrong_key_is_silence_and_is_told_after_half_a_minute(void **state)
{
	const uint8_t wrong[8] = {8, 7, 6, 5, 4, 3, 2, 1};

	(void)state;
	stick_add(&stick, 12345);
	for (uint32_t wanted = 0; wanted <= 12345; wanted += 12345) {
		heard.n = 0;
		stick.n_news = 0;
		stick_plug(&stick);
		ant_radio_init(&radio, &stick.port, &listener, wrong, wanted);
		run(30);
		assert_last(SENSOR_SEARCHING, 0);
		run(5);
		assert_last(SENSOR_SEARCHING, -ENOMSG);
		run(300);
		assert_last(SENSOR_SEARCHING, -ENOMSG);
		assert_int_equal(told(SENSOR_SEARCHING, -ENOMSG), 1);
	}
	assert_int_equal(heard.beats, 0);
}

static void a_strap_put_on_late_ends_the_silence(void **state)
{
	(void)state;
	begin(0);
	run(100);
	assert_last(SENSOR_SEARCHING, -ENOMSG);
	stick_add(&stick, 12345);
	run(10);
	assert_last(SENSOR_CONNECTED, 0);
}

static void no_stick_is_told_and_waited_for(void **state)
{
	static const int errors[] = {-ENODEV, -EACCES, -EBUSY};

	for (size_t i = 0; i < 3; i++) {
		setup(state);
		stick.n_news = 0;
		stick_unplug(&stick, errors[i]);
		begin(12345);
		run(60);
		assert_last(SENSOR_SEARCHING, errors[i]);
		assert_log("");
		stick_add(&stick, 12345);
		stick_plug(&stick);
		run(5);
		assert_last(SENSOR_CONNECTED, 0);
	}
}

static void a_stick_pulled_out_and_put_back_goes_on_behind_a_gap(void **state)
{
	(void)state;
	settle();
	heard.n = 0;
	stick_unplug(&stick, -ENODEV);
	run(3);
	assert_string_equal(listener_line(&heard), "lost");
	assert_last(SENSOR_LOST, -ENODEV);
	stick_plug(&stick);
	run(4);
	assert_non_null(strstr(listener_line(&heard),
	                       "lost searching gap connected 1000 1000"));
	/* the same strap, and no other is looked for */
	assert_log(START "51:0039307800 " CHANNEL);
}

static void a_strap_taken_alone_is_kept_over_a_new_stick(void **state)
{
	(void)state;
	stick_add(&stick, 777);
	begin(0);
	run(10);
	stick_unplug(&stick, -ENODEV);
	run(1);
	stick_add(&stick, 12345);
	stick_forget(&stick);
	stick_plug(&stick);
	run(5);
	assert_log(START "51:0009037801 " CHANNEL);
	assert_last(SENSOR_CONNECTED, 0);
}

static void packets_are_those_of_the_chosen_strap_and_its_events(void **state)
{
	size_t before;

	(void)state;
	settle();
	before = heard.packets;
	stick_event(&stick, ANT_EVENT_MISSED);
	run(0.01);
	assert_int_equal(heard.packets - before, 1);
	stick_add(&stick, 777);
	before = heard.packets;
	run(10);
	assert_in_range(heard.packets - before, 39, 42);
}

static void at_the_end_the_channel_is_closed(void **state)
{
	(void)state;
	settle();
	ant_radio_finish(&radio);
	assert_log("4c:00");
}

static void an_end_before_the_channel_is_open_closes_nothing(void **state)
{
	(void)state;
	begin(12345);
	run(0.1);
	stick_forget(&stick);
	ant_radio_finish(&radio);
	assert_log("");
}

/* --- as a capture ---------------------------------------------------------
 */

static FILE *tape;

static void tape_packet(void *data, const struct sensor_packet *packet)
{
	(void)data;
	assert_int_equal(capture_write_packet(tape, CAPTURE_ANT, packet), 0);
}

static void tape_state(void *data, enum sensor_state state, int error)
{
	listener_state(data, state, error);
	assert_int_equal(capture_write_state(tape, heard.now_us, state), 0);
}

/* All that can happen to a strap, and then some beats. */
static void live_through_it(void)
{
	stick_add(&stick, 12345);
	begin(0);
	run(30);
	stick.straps[0].off = true;
	run(1); /* four messages do not come */
	stick.straps[0].off = false;
	run(10);
	stick.straps[0].off = true;
	run(20); /* lost */
	stick.straps[0].off = false;
	run(10);
	stick.straps[0].bpm = 0;
	run(5); /* off the skin */
	stick.straps[0].bpm = 60;
	run(10);
	stick_unplug(&stick, -ENODEV);
	run(5);
	stick_plug(&stick);
	run(60);
}

static void a_capture_of_it_plays_the_same(void **state)
{
	static const char *const head[] = {"device",  "none",
	                                   "origin",  "the stick of the tests",
	                                   "consent", "nobody's recording",
	                                   NULL};
	static struct listener played;
	const struct sensor_listener play = listener_of(&played);
	const struct sensor_context context = {.realtime = false};
	char *folder = test_scratch(), path[600], uri[620];
	struct sensor *s;

	(void)state;
	snprintf(path, sizeof(path), "%s/ant.capture", folder);
	snprintf(uri, sizeof(uri), "file:%s", path);
	tape = fopen(path, "we");
	assert_non_null(tape);
	assert_int_equal(capture_write_head(tape, head), 0);
	listener.packet = tape_packet;
	listener.state = tape_state;
	live_through_it();
	fclose(tape);

	assert_int_equal(sensor_create(&s, uri, &play, &context), 0);
	listener_run(&played, s, 0, UINT64_MAX - 1);
	sensor_destroy(s);
	assert_in_range(heard.beats, 90, 130);
	/* the same, and then its end */
	assert_int_equal(played.n, heard.n + 1);
	for (size_t n = 0; n < heard.n; n++) {
		const struct told *a = &heard.told[n], *b = &played.told[n];

		assert_int_equal(a->is_beat, b->is_beat);
		assert_int_equal(a->state, b->state);
		assert_int_equal(a->beat.t_us, b->beat.t_us);
		assert_int_equal(a->beat.rr_ticks, b->beat.rr_ticks);
	}
	test_scrap(folder);
}

/* --- the driver -----------------------------------------------------------
 */

static void an_address_is_a_device_number_or_nothing(void **state)
{
	static const char *const bad[] = {"ant:x",  "ant:0",
	                                  "ant:-1", "ant:1048576",
	                                  "ant:1 ", "ant:99999999999999999999"};
	struct sensor_context context = {.ant_key = key};
	struct sensor *s = NULL;

	(void)state;
	assert_int_equal(sd_event_new(&context.event), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sensor_create(&s, bad[i], &listener, &context),
		                 -EINVAL);
	assert_null(s);
	sd_event_unref(context.event);
}

static void without_a_key_or_a_loop_it_does_not_open(void **state)
{
	struct sensor_context context = {.event = NULL};
	struct sensor *s = NULL;

	(void)state;
	assert_int_equal(sensor_create(&s, "ant:", &listener, &context),
	                 -EOPNOTSUPP);
	assert_int_equal(sd_event_new(&context.event), 0);
	assert_int_equal(sensor_create(&s, "ant:", &listener, &context),
	                 -ENOKEY);
	assert_null(s);
	sd_event_unref(context.event);
	assert_false(sensor_simulated("ant:"));
}

static void the_loop_hands_on_what_the_port_has(void **state)
{
	struct sensor s = {.driver = &ant_driver, .listener = listener};
	struct timespec now;

	(void)state;
	assert_int_equal(sd_event_new(&s.context.event), 0);
	s.context.ant_key = key;
	stick.n_news = 0;
	stick.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	clock_gettime(CLOCK_MONOTONIC, &now);
	/* ahead of the loop's clock: it waits for the reset to settle */
	stick.now_us = ((uint64_t)now.tv_sec + 10) * 1000000;
	assert_int_equal(ant_open_port(&s, 12345, &stick.port), 0);
	assert_true(sd_event_run(s.context.event, 0) == 0);
	stick_plug(&stick);
	assert_true(sd_event_run(s.context.event, 0) > 0);
	assert_string_equal(listener_line(&heard), "searching");
	assert_log("4a:00");
	stick_unplug(&stick, -EBUSY);
	while (sd_event_run(s.context.event, 0) > 0)
		;
	assert_last(SENSOR_SEARCHING, -EBUSY);
	assert_false(stick.closed);
	ant_driver.close(&s);
	assert_true(stick.closed);
	assert_null(s.data);
	close(stick.fd);
	sd_event_unref(s.context.event);
}

static void every_error_that_is_told_has_words(void **state)
{
	static const int errors[] = {-ENOKEY,   -ENODEV,     -EACCES, -EBUSY,
	                             -EIO,      -ECONNRESET, -EPROTO, -ENOMSG,
	                             -ENOTUNIQ, -EOPNOTSUPP};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		assert_non_null(strstr(ant_words(errors[i]), ": "));
	/* these pass by themselves */
	assert_null(ant_words(0));
	assert_null(ant_words(-ETIMEDOUT));
	assert_int_equal(ant_check("x", key), -EINVAL);
	assert_int_equal(ant_check("12345", NULL), -ENOKEY);
}

static void scanning_is_for_radios_only(void **state)
{
	struct sensor_context context = {.event = NULL};
	struct sensor *s;

	(void)state;
	assert_int_equal(sensor_create(&s, "person:1", &listener, &context), 0);
	assert_int_equal(sensor_scan(s), -EOPNOTSUPP);
	sensor_destroy(s);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

static void what_is_recorded_does_not_say_whose_strap_it_is(void **state)
{
	/* channel, page 2 with its serial, beats; then who sent it */
	const uint8_t sent[] = {0,    0x82, 0x01, 0xab, 0xcd, 0x10, 0x20,
	                        0x07, 0x48, 0x80, 0x39, 0x30, 0x78, 0x51};
	uint8_t frame[ANT_LINK_FRAME_MAX], hidden[ANT_LINK_FRAME_MAX];
	size_t n = ant_link_compose(frame, ANT_BROADCAST, sent, sizeof(sent));
	struct ant_link_message m;
	struct ant_link_data d;

	(void)state;
	n = ant_strap_hide(frame, n, hidden);
	assert_int_equal(n, 13);
	assert_int_equal(ant_link_parse(hidden, n, &m), 0);
	assert_int_equal(ant_link_data(&m, &d), 0);
	assert_false(d.known);
	assert_int_equal(d.payload[0], 0x82);
	assert_int_equal(d.payload[2] | d.payload[3], 0);
	assert_memory_equal(d.payload + 4, sent + 5, 4);
	/* another page keeps its bytes, what is no data stays as it is */
	frame[4] = 0x00;
	frame[sizeof(sent) + 3] ^= 0x82;
	n = ant_strap_hide(frame, sizeof(sent) + 4, hidden);
	assert_memory_equal(hidden + 4, frame + 4, 8);
	assert_int_equal(ant_strap_hide(sent, 5, hidden), 5);
	assert_memory_equal(hidden, sent, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_recorded_does_not_say_whose_strap_it_is),
		TEST(a_chosen_strap_is_opened_by_these_commands),
		TEST(each_command_is_one_transfer_with_zeros_behind_it),
		TEST(without_a_number_all_are_listened_to),
		TEST(old_messages_of_the_stick_are_not_answers),
		TEST(a_reset_settles_for_half_a_second_though_it_is_answered),
		TEST(a_reset_unanswered_once_is_sent_again),
		TEST(three_resets_unanswered_renew_the_stick_once),
		TEST(a_stick_that_never_answers_is_told_and_tried_again_not_renewed),
		TEST(a_stick_that_goes_when_renewed_is_waited_for),
		TEST(each_command_unanswered_twice_is_sent_a_third_time),
		TEST(a_channel_left_assigned_is_closed_and_unassigned_first),
		TEST(a_command_refused_twice_is_told),
		TEST(without_low_priority_search_the_other_gets_the_time),
		TEST(without_the_library_the_older_command_asks_who_sends),
		TEST(capabilities_of_any_length_from_four_are_taken),
		TEST(the_only_strap_on_the_air_is_taken_by_its_whole_id),
		TEST(of_two_straps_a_choice_is_needed),
		TEST(a_choice_that_is_needed_is_told_again_by_a_new_stick),
		TEST(a_chosen_strap_is_taken_among_others),
		TEST(a_number_of_20_bits_is_looked_for_among_all),
		TEST(other_sensors_are_no_straps),
		TEST(a_stick_that_cannot_listen_to_all_keeps_the_first),
		TEST(a_stick_that_does_not_say_who_sends_is_asked),
		TEST(a_neighbour_never_takes_over),
		TEST(a_scan_tells_each_and_takes_none),
		TEST(a_scan_leaves_the_strap_that_it_had),
		TEST(a_search_that_ends_is_begun_again),
		TEST(a_channel_closed_unexpectedly_is_opened_again),
		TEST(a_lost_strap_is_told_and_found_again),
		TEST(a_stick_that_starts_anew_gets_key_and_channel_not_a_reset),
		TEST(a_stick_that_falls_silent_is_asked_then_renewed),
		TEST(a_loop_that_slept_gives_the_stick_its_time_to_answer),
		TEST(a_quiet_stick_that_answers_is_left_alone),
		TEST(a_channel_that_is_gone_behind_our_back_is_made_again),
		TEST(a_wrong_key_is_silence_and_is_told_after_half_a_minute),
		TEST(a_strap_put_on_late_ends_the_silence),
		TEST(no_stick_is_told_and_waited_for),
		TEST(a_stick_pulled_out_and_put_back_goes_on_behind_a_gap),
		TEST(a_strap_taken_alone_is_kept_over_a_new_stick),
		TEST(packets_are_those_of_the_chosen_strap_and_its_events),
		TEST(at_the_end_the_channel_is_closed),
		TEST(an_end_before_the_channel_is_open_closes_nothing),
		TEST(a_capture_of_it_plays_the_same),
		TEST(an_address_is_a_device_number_or_nothing),
		TEST(without_a_key_or_a_loop_it_does_not_open),
		TEST(the_loop_hands_on_what_the_port_has),
		TEST(every_error_that_is_told_has_words),
		TEST(scanning_is_for_radios_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
