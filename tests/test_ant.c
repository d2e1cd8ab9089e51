/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "drivers/ant.h"
#include "drivers/ant_link.h"
#include "drivers/ant_strap.h"
#include "drivers/capture.h"
#include "tests/helpers/air.h"
#include "tests/helpers/test.h"

static const uint8_t key[8] = STICK_KEY;

static struct air air;

static int setup(void **state)
{
	(void)state;
	air_init(&air);
	return 0;
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
	assert_int_equal(capture_write_state(tape, air.heard.now_us, state), 0);
}

/* All that can happen to a strap, and then some beats. */
static void live_through_it(void)
{
	stick_add(&air.stick, 12345);
	air_begin(&air, 0);
	air_run(&air, 30);
	air.stick.straps[0].off = true;
	air_run(&air, 1); /* four messages do not come */
	air.stick.straps[0].off = false;
	air_run(&air, 10);
	air.stick.straps[0].off = true;
	air_run(&air, 20); /* lost */
	air.stick.straps[0].off = false;
	air_run(&air, 10);
	air.stick.straps[0].bpm = 0;
	air_run(&air, 5); /* off the skin */
	air.stick.straps[0].bpm = 60;
	air_run(&air, 10);
	stick_unplug(&air.stick, -ENODEV);
	air_run(&air, 5);
	stick_plug(&air.stick);
	air_run(&air, 60);
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
	air.listener.packet = tape_packet;
	air.listener.state = tape_state;
	live_through_it();
	fclose(tape);

	assert_int_equal(sensor_create(&s, uri, &play, &context), 0);
	listener_run(&played, s, 0, UINT64_MAX - 1);
	sensor_destroy(s);
	assert_in_range(air.heard.beats, 90, 130);
	/* the same, and then its end */
	assert_int_equal(played.n, air.heard.n + 1);
	for (size_t n = 0; n < air.heard.n; n++) {
		const struct told *a = &air.heard.told[n], *b = &played.told[n];

		assert_int_equal(a->is_beat, b->is_beat);
		assert_int_equal(a->state, b->state);
		assert_int_equal(a->beat.t_us, b->beat.t_us);
		assert_int_equal(a->beat.rr_ticks, b->beat.rr_ticks);
	}
	test_scrap(folder);
}

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
		assert_int_equal(
			sensor_create(&s, bad[i], &air.listener, &context),
			-EINVAL);
	assert_null(s);
	sd_event_unref(context.event);
}

static void without_a_key_or_a_loop_it_does_not_open(void **state)
{
	struct sensor_context context = {.event = NULL};
	struct sensor *s = NULL;

	(void)state;
	assert_int_equal(sensor_create(&s, "ant:", &air.listener, &context),
	                 -EOPNOTSUPP);
	assert_int_equal(sd_event_new(&context.event), 0);
	assert_int_equal(sensor_create(&s, "ant:", &air.listener, &context),
	                 -ENOKEY);
	assert_null(s);
	sd_event_unref(context.event);
	assert_false(sensor_simulated("ant:"));
}

static void the_loop_hands_on_what_the_port_has(void **state)
{
	struct sensor s = {.driver = &ant_driver, .listener = air.listener};
	struct timespec now;

	(void)state;
	assert_int_equal(sd_event_new(&s.context.event), 0);
	s.context.ant_key = key;
	air.stick.n_news = 0;
	air.stick.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	clock_gettime(CLOCK_MONOTONIC, &now);
	/* ahead of the loop's clock: it waits for the reset to settle */
	air.stick.now_us = ((uint64_t)now.tv_sec + 10) * 1000000;
	assert_int_equal(ant_open_port(&s, 12345, &air.stick.port), 0);
	assert_true(sd_event_run(s.context.event, 0) == 0);
	stick_plug(&air.stick);
	assert_true(sd_event_run(s.context.event, 0) > 0);
	assert_string_equal(listener_line(&air.heard), "searching");
	assert_string_equal(air.stick.log, "4a:00");
	stick_unplug(&air.stick, -EBUSY);
	while (sd_event_run(s.context.event, 0) > 0)
		;
	air_assert_last(&air, SENSOR_SEARCHING, -EBUSY);
	assert_false(air.stick.closed);
	ant_driver.close(&s);
	assert_true(air.stick.closed);
	assert_null(s.data);
	close(air.stick.fd);
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
	assert_int_equal(sensor_create(&s, "person:1", &air.listener, &context),
	                 0);
	assert_int_equal(sensor_scan(s), -EOPNOTSUPP);
	sensor_destroy(s);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_capture_of_it_plays_the_same),
		cmocka_unit_test(
			what_is_recorded_does_not_say_whose_strap_it_is),
		TEST(an_address_is_a_device_number_or_nothing),
		TEST(without_a_key_or_a_loop_it_does_not_open),
		TEST(the_loop_hands_on_what_the_port_has),
		TEST(every_error_that_is_told_has_words),
		TEST(scanning_is_for_radios_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
