/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "drivers/ant_usb.h"
#include "tests/helpers/fake_usb.h"
#include "tests/helpers/test.h"

static struct fake_usb usb;
static struct ant_port *port;

static int setup(void **state)
{
	(void)state;
	fake_usb_begin(&usb);
	port = NULL;
	return 0;
}

static void create(void)
{
	assert_int_equal(ant_usb_create(&port), 0);
}

static void destroy(void)
{
	port = port->ops->close(port);
	assert_null(port);
}

static int teardown(void **state)
{
	(void)state;
	if (port)
		destroy();
	fake_usb_end(&usb);
	return 0;
}

/* The next news, which the thread is about to tell. */
static struct ant_port_news next(void)
{
	struct pollfd ready = {port->ops->fd(port), POLLIN, 0};
	struct ant_port_news news;

	while (port->ops->next(port, &news) == 0)
		assert_int_equal(poll(&ready, 1, 20000), 1);
	return news;
}

static void assert_next(enum ant_port_kind kind, int error)
{
	struct ant_port_news news = next();

	assert_int_equal(news.kind, kind);
	assert_int_equal(news.error, error);
}

#define OPENING "open detach claim clear-in clear-out read read"

static void both_sticks_are_opened_in_the_order_that_survives(void **state)
{
	for (uint16_t product = 0x1008; product <= 0x1009; product++) {
		setup(state);
		usb.device.product = product;
		create();
		assert_next(ANT_PORT_OPENED, 0);
		assert_string_equal(usb.log, OPENING);
		destroy();
		teardown(state);
	}
	setup(state);
}

static void what_is_no_stick_is_left_alone(void **state)
{
	static const libusb_device others[] = {
		{0x0fcf, 0x1004}, {0x0fcf, 0x100a}, {0x046d, 0x1008}};

	for (size_t i = 0; i < 3; i++) {
		setup(state);
		usb.device = others[i];
		create();
		assert_next(ANT_PORT_GONE, -ENODEV);
		assert_string_equal(usb.log, "");
		destroy();
		teardown(state);
	}
	setup(state);
}

static void a_configuration_is_set_only_where_it_is_another(void **state)
{
	(void)state;
	usb.configuration = 0;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	assert_string_equal(
		usb.log,
		"open configure detach claim clear-in clear-out read read");
}

static void a_system_that_cannot_detach_is_claimed_plainly(void **state)
{
	(void)state;
	usb.claim_detaching = LIBUSB_ERROR_OTHER;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	assert_string_equal(usb.log, "open detach claim no-detach claim "
	                             "clear-in clear-out read read");
}

static void
no_right_is_told_once_and_tried_again_every_two_seconds(void **state)
{
	(void)state;
	usb.open = LIBUSB_ERROR_ACCESS;
	create();
	assert_next(ANT_PORT_GONE, -EACCES);
	for (unsigned i = 2; i < 6; i++) {
		fake_usb_pass(&usb, 2000000);
		fake_usb_wait(&usb, "open", i);
	}
	usb.open = 0;
	fake_usb_pass(&usb, 2000000);
	assert_next(ANT_PORT_OPENED, 0);
}

static void a_stick_that_another_program_has_is_busy(void **state)
{
	(void)state;
	usb.claim = LIBUSB_ERROR_BUSY;
	create();
	assert_next(ANT_PORT_GONE, -EBUSY);
	assert_string_equal(usb.log, "open detach claim close");
	usb.claim = 0;
	fake_usb_pass(&usb, 2000000);
	assert_next(ANT_PORT_OPENED, 0);
}

static void a_stick_without_both_endpoints_is_given_back(void **state)
{
	(void)state;
	usb.endpoints = 1;
	create();
	assert_next(ANT_PORT_GONE, -EIO);
	assert_string_equal(usb.log, "open detach claim release close");
}

static void reads_hand_on_what_came_and_no_more(void **state)
{
	char many[151] = "";
	struct ant_port_news news;

	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_read(&usb, LIBUSB_TRANSFER_COMPLETED, "abc");
	news = next();
	assert_int_equal(news.kind, ANT_PORT_BYTES_CAME);
	assert_int_equal(news.len, 3);
	assert_memory_equal(news.bytes, "abc", 3);
	assert_int_equal(news.t_us, usb.now_us);
	memset(many, 'x', 150);
	fake_usb_read(&usb, LIBUSB_TRANSFER_COMPLETED, many);
	assert_int_equal(next().len, 64);
	assert_int_equal(next().len, 64);
	assert_int_equal(next().len, 22);
	fake_usb_wait(&usb, "read", 4); /* and each is asked for again */
}

static void a_stalled_read_is_cleared_and_asked_for_again(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_forget(&usb);
	fake_usb_read(&usb, LIBUSB_TRANSFER_STALL, "");
	fake_usb_wait(&usb, "read", 1);
	assert_string_equal(usb.log, "clear-in read");
	fake_usb_read(&usb, LIBUSB_TRANSFER_COMPLETED, "abc");
	assert_int_equal(next().len, 3);
}

static void a_stick_that_only_stalls_is_let_go(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	for (int i = 0; i < 8; i++)
		fake_usb_read(&usb, LIBUSB_TRANSFER_STALL, "");
	assert_next(ANT_PORT_GONE, -EIO);
}

static void an_overflow_or_a_time_out_loses_its_bytes_only(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_read(&usb, LIBUSB_TRANSFER_OVERFLOW, "lost");
	fake_usb_read(&usb, LIBUSB_TRANSFER_TIMED_OUT, "lost");
	fake_usb_read(&usb, LIBUSB_TRANSFER_COMPLETED, "abc");
	assert_int_equal(next().len, 3);
}

static void a_stick_pulled_out_is_gone_and_found_when_put_back(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_forget(&usb);
	usb.plugged = false; /* the read fails first, the news comes later */
	fake_usb_read(&usb, LIBUSB_TRANSFER_ERROR, "");
	assert_next(ANT_PORT_GONE, -ENODEV);
	fake_usb_wait(&usb, "close", 1);
	assert_string_equal(usb.log, "cancel release close");
	fake_usb_hotplug(&usb, false);
	fake_usb_pass(
		&usb,
		2000000); /* looks once more, and then waits for the news */
	fake_usb_pass(&usb, 2000000);
	fake_usb_pass(&usb, 2000000);
	fake_usb_forget(&usb);
	fake_usb_hotplug(&usb, true);
	assert_next(ANT_PORT_OPENED, 0);
	assert_string_equal(usb.log, OPENING);
}

static void a_stick_that_leaves_between_reads_is_gone_too(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_hotplug(&usb, false);
	assert_next(ANT_PORT_GONE, -ENODEV);
}

static void a_read_that_failed_for_nothing_opens_it_again(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_read(&usb, LIBUSB_TRANSFER_ERROR, "");
	assert_next(ANT_PORT_GONE, -ENODEV);
	fake_usb_pass(&usb, 2000000);
	assert_next(ANT_PORT_OPENED, 0);
}

static void without_hotplug_it_looks_every_two_seconds(void **state)
{
	(void)state;
	usb.plugged = usb.hotplug = false;
	create();
	assert_next(ANT_PORT_GONE, -ENODEV);
	usb.plugged = true;
	fake_usb_pass(&usb, 1999999);
	fake_usb_pass(&usb, 1);
	assert_next(ANT_PORT_OPENED, 0);
}

static void what_is_written_goes_out_as_one_transfer_each(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_forget(&usb);
	assert_int_equal(port->ops->write(port, (const uint8_t *)"\xa4zyx", 4),
	                 0);
	assert_int_equal(port->ops->write(port, (const uint8_t *)"\xa5zyxw", 5),
	                 0);
	fake_usb_wait(&usb, "write", 2);
	assert_string_equal(usb.log, "write-a4-4 write-a5-5");
	assert_int_equal(port->ops->write(port, usb.bytes, 65), -EMSGSIZE);
}

static void a_stalled_write_is_cleared_and_sent_again(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_forget(&usb);
	usb.write = LIBUSB_ERROR_PIPE;
	port->ops->write(port, (const uint8_t *)"\xa4", 1);
	fake_usb_wait(&usb, "write", 2);
	assert_string_equal(usb.log, "write-a4-1 clear-out write-a4-1");
}

static void a_write_to_a_stick_that_is_gone_tells_so(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	usb.write = LIBUSB_ERROR_NO_DEVICE;
	port->ops->write(port, (const uint8_t *)"\xa4", 1);
	assert_next(ANT_PORT_GONE, -ENODEV);
}

static void renewing_resets_and_opens_anew(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_forget(&usb);
	port->ops->renew(port);
	assert_next(ANT_PORT_OPENED, 0);
	assert_string_equal(usb.log,
	                    "cancel cancel reset release close " OPENING);
}

static void renewing_a_stick_that_goes_by_it_tells_so(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	usb.plugged = false;
	port->ops->renew(port);
	assert_next(ANT_PORT_GONE, -ENODEV);
}

static void
closing_sends_what_was_written_and_gives_the_driver_back(void **state)
{
	uint64_t begun_us;

	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	fake_usb_forget(&usb);
	begun_us = usb.now_us;
	port->ops->write(port, (const uint8_t *)"\xa4", 1);
	destroy();
	/* releasing gives it back: detach was asked for */
	assert_string_equal(usb.log,
	                    "write-a4-1 cancel cancel release close exit");
	assert_int_equal(usb.now_us - begun_us, 125000);
}

static void closing_waits_no_longer_than_the_channel_takes(void **state)
{
	uint64_t begun_us;

	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	begun_us = usb.now_us;
	usb.closes = true;
	port->ops->write(port, (const uint8_t *)"\xa4", 1);
	destroy();
	assert_int_equal(usb.now_us, begun_us);
}

static void
closing_a_stick_that_was_told_nothing_waits_for_nothing(void **state)
{
	uint64_t begun_us;

	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	begun_us = usb.now_us;
	destroy();
	assert_int_equal(usb.now_us, begun_us);
}

static void
news_that_nobody_takes_are_bounded_and_the_last_state_stays(void **state)
{
	struct ant_port_news news;
	unsigned bytes = 0;

	(void)state;
	create();
	for (int i = 0; i < 300; i++)
		fake_usb_read(&usb, LIBUSB_TRANSFER_COMPLETED, "x");
	fake_usb_wait(&usb, "read", 302);
	fake_usb_hotplug(&usb, false);
	fake_usb_wait(&usb, "close", 1);
	assert_next(ANT_PORT_OPENED, 0);
	for (;;) {
		news = next();
		if (news.kind != ANT_PORT_BYTES_CAME)
			break;
		bytes++;
	}
	assert_int_equal(news.kind, ANT_PORT_GONE);
	assert_int_equal(bytes, 119);
}

static void writes_that_cannot_go_out_are_bounded(void **state)
{
	const uint8_t byte = 0xa4;

	(void)state;
	usb.hold = true;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	assert_int_equal(port->ops->write(port, &byte, 1), 0);
	fake_usb_wait(&usb, "write", 1);
	for (int i = 0; i < 16; i++)
		assert_int_equal(port->ops->write(port, &byte, 1), 0);
	assert_int_equal(port->ops->write(port, &byte, 1), -EAGAIN);
	fake_usb_let_go(&usb);
	fake_usb_wait(&usb, "write", 17);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_sticks_are_opened_in_the_order_that_survives),
		TEST(what_is_no_stick_is_left_alone),
		TEST(a_configuration_is_set_only_where_it_is_another),
		TEST(a_system_that_cannot_detach_is_claimed_plainly),
		TEST(no_right_is_told_once_and_tried_again_every_two_seconds),
		TEST(a_stick_that_another_program_has_is_busy),
		TEST(a_stick_without_both_endpoints_is_given_back),
		TEST(reads_hand_on_what_came_and_no_more),
		TEST(a_stalled_read_is_cleared_and_asked_for_again),
		TEST(a_stick_that_only_stalls_is_let_go),
		TEST(an_overflow_or_a_time_out_loses_its_bytes_only),
		TEST(a_stick_pulled_out_is_gone_and_found_when_put_back),
		TEST(a_stick_that_leaves_between_reads_is_gone_too),
		TEST(a_read_that_failed_for_nothing_opens_it_again),
		TEST(without_hotplug_it_looks_every_two_seconds),
		TEST(what_is_written_goes_out_as_one_transfer_each),
		TEST(a_stalled_write_is_cleared_and_sent_again),
		TEST(a_write_to_a_stick_that_is_gone_tells_so),
		TEST(renewing_resets_and_opens_anew),
		TEST(renewing_a_stick_that_goes_by_it_tells_so),
		TEST(closing_sends_what_was_written_and_gives_the_driver_back),
		TEST(closing_waits_no_longer_than_the_channel_takes),
		TEST(closing_a_stick_that_was_told_nothing_waits_for_nothing),
		TEST(news_that_nobody_takes_are_bounded_and_the_last_state_stays),
		TEST(writes_that_cannot_go_out_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
