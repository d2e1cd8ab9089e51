/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "drivers/ant_usb.h"
#include "tests/helpers/test.h"

/*
 * libusb with a scripted device behind it: linked with --wrap, so each call of
 * the port comes here, in the port's thread. Its time is the test's too: it
 * stands still until pass_time(). A wait of the closing port, which is short,
 * passes at once.
 */

#define WAITS_AT_MOST_US 125000

struct libusb_device {
	uint16_t vendor, product;
};

struct libusb_device_handle {
	libusb_device *device;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change;
	uint64_t now_us;
	bool interrupted, idle; /* the thread waits for something */
	bool hold;              /* no write ends */
	bool closes;            /* it says that its channel has closed */

	libusb_device device;
	libusb_device_handle handle;
	bool plugged, hotplug;
	int configuration;
	uint8_t endpoints; /* how many of the two */
	int open, claim, claim_detaching, submit, write; /* what they say */
	bool detaching;

	libusb_hotplug_callback_fn on_hotplug;
	void *on_hotplug_data;
	int hotplug_event; /* due; 0: none */

	struct libusb_transfer *reads[4];
	size_t n_reads;
	bool cancel;
	enum libusb_transfer_status status; /* of the next read */
	uint8_t bytes[300];
	int n_bytes; /* -1: none is due */

	char log[4096];
} usb;

static struct ant_port *port;

static void note(const char *word)
{
	pthread_mutex_lock(&usb.lock);
	assert_true(strlen(usb.log) + strlen(word) + 2 < sizeof(usb.log));
	if (usb.log[0])
		strcat(usb.log, " ");
	strcat(usb.log, word);
	pthread_cond_broadcast(&usb.change);
	pthread_mutex_unlock(&usb.lock);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_libusb_init(libusb_context **ret);
void __wrap_libusb_exit(libusb_context *context);
int __wrap_libusb_has_capability(uint32_t capability);
int __wrap_libusb_hotplug_register_callback(
	libusb_context *context, int events, int flags, int vendor, int product,
	int class, libusb_hotplug_callback_fn f, void *data,
	libusb_hotplug_callback_handle *ret);
void __wrap_libusb_hotplug_deregister_callback(
	libusb_context *context, libusb_hotplug_callback_handle handle);
ssize_t __wrap_libusb_get_device_list(libusb_context *context,
                                      libusb_device ***ret);
void __wrap_libusb_free_device_list(libusb_device **list, int unref);
int __wrap_libusb_get_device_descriptor(libusb_device *device,
                                        struct libusb_device_descriptor *ret);
int __wrap_libusb_open(libusb_device *device, libusb_device_handle **ret);
void __wrap_libusb_close(libusb_device_handle *handle);
libusb_device *__wrap_libusb_get_device(libusb_device_handle *handle);
int __wrap_libusb_get_configuration(libusb_device_handle *handle, int *ret);
int __wrap_libusb_set_configuration(libusb_device_handle *handle, int n);
int __wrap_libusb_set_auto_detach_kernel_driver(libusb_device_handle *handle,
                                                int on);
int __wrap_libusb_claim_interface(libusb_device_handle *handle, int n);
int __wrap_libusb_release_interface(libusb_device_handle *handle, int n);
int __wrap_libusb_get_active_config_descriptor(
	libusb_device *device, struct libusb_config_descriptor **ret);
void __wrap_libusb_free_config_descriptor(struct libusb_config_descriptor *c);
int __wrap_libusb_clear_halt(libusb_device_handle *handle, unsigned char at);
int __wrap_libusb_submit_transfer(struct libusb_transfer *t);
int __wrap_libusb_cancel_transfer(struct libusb_transfer *t);
int __wrap_libusb_bulk_transfer(libusb_device_handle *handle, unsigned char at,
                                unsigned char *bytes, int len, int *ret,
                                unsigned timeout_ms);
int __wrap_libusb_reset_device(libusb_device_handle *handle);
int __wrap_libusb_handle_events_timeout_completed(libusb_context *context,
                                                  struct timeval *wait,
                                                  int *completed);
void __wrap_libusb_interrupt_event_handler(libusb_context *context);

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	(void)clock;
	pthread_mutex_lock(&usb.lock);
	t->tv_sec = (time_t)(usb.now_us / 1000000);
	t->tv_nsec = (long)(usb.now_us % 1000000 * 1000);
	pthread_mutex_unlock(&usb.lock);
	return 0;
}

int __wrap_libusb_init(libusb_context **ret)
{
	*ret = (libusb_context *)&usb;
	return 0;
}

void __wrap_libusb_exit(libusb_context *context)
{
	(void)context;
	note("exit");
}

int __wrap_libusb_has_capability(uint32_t capability)
{
	return capability == LIBUSB_CAP_HAS_HOTPLUG && usb.hotplug;
}

int __wrap_libusb_hotplug_register_callback(libusb_context *context, int events,
                                            int flags, int vendor, int product,
                                            int class,
                                            libusb_hotplug_callback_fn f,
                                            void *data,
                                            libusb_hotplug_callback_handle *ret)
{
	(void)context;
	(void)product;
	(void)class;
	assert_int_equal(events, 3);
	assert_int_equal(flags, 0);
	assert_int_equal(vendor, 0x0fcf);
	usb.on_hotplug = f;
	usb.on_hotplug_data = data;
	*ret = 1;
	return 0;
}

void __wrap_libusb_hotplug_deregister_callback(
	libusb_context *context, libusb_hotplug_callback_handle handle)
{
	(void)context;
	assert_int_equal(handle, 1);
}

ssize_t __wrap_libusb_get_device_list(libusb_context *context,
                                      libusb_device ***ret)
{
	static libusb_device *list[2];

	(void)context;
	pthread_mutex_lock(&usb.lock);
	list[0] = usb.plugged ? &usb.device : NULL;
	pthread_mutex_unlock(&usb.lock);
	*ret = list;
	return list[0] ? 1 : 0;
}

void __wrap_libusb_free_device_list(libusb_device **list, int unref)
{
	(void)list;
	assert_int_equal(unref, 1);
}

int __wrap_libusb_get_device_descriptor(libusb_device *device,
                                        struct libusb_device_descriptor *ret)
{
	*ret = (struct libusb_device_descriptor){.idVendor = device->vendor,
	                                         .idProduct = device->product};
	return 0;
}

int __wrap_libusb_open(libusb_device *device, libusb_device_handle **ret)
{
	note("open");
	if (usb.open < 0)
		return usb.open;
	usb.handle.device = device;
	*ret = &usb.handle;
	return 0;
}

void __wrap_libusb_close(libusb_device_handle *handle)
{
	assert_ptr_equal(handle, &usb.handle);
	note("close");
}

libusb_device *__wrap_libusb_get_device(libusb_device_handle *handle)
{
	return handle->device;
}

int __wrap_libusb_get_configuration(libusb_device_handle *handle, int *ret)
{
	(void)handle;
	*ret = usb.configuration;
	return 0;
}

int __wrap_libusb_set_configuration(libusb_device_handle *handle, int n)
{
	(void)handle;
	assert_int_equal(n, 1);
	note("configure");
	return 0;
}

int __wrap_libusb_set_auto_detach_kernel_driver(libusb_device_handle *handle,
                                                int on)
{
	(void)handle;
	usb.detaching = on;
	note(on ? "detach" : "no-detach");
	return 0;
}

int __wrap_libusb_claim_interface(libusb_device_handle *handle, int n)
{
	(void)handle;
	assert_int_equal(n, 0);
	note("claim");
	return usb.detaching && usb.claim_detaching ? usb.claim_detaching
	                                            : usb.claim;
}

int __wrap_libusb_release_interface(libusb_device_handle *handle, int n)
{
	(void)handle;
	assert_int_equal(n, 0);
	note("release");
	return 0;
}

int __wrap_libusb_get_active_config_descriptor(
	libusb_device *device, struct libusb_config_descriptor **ret)
{
	/* the order and the third one are not what a stick has */
	static struct libusb_endpoint_descriptor ends[3] = {
		{.bEndpointAddress = 0x01, .bmAttributes = 2},
		{.bEndpointAddress = 0x81, .bmAttributes = 2},
		{.bEndpointAddress = 0x82, .bmAttributes = 3},
	};
	static struct libusb_interface_descriptor alt = {.endpoint = ends};
	static struct libusb_interface interface = {.altsetting = &alt,
	                                            .num_altsetting = 1};
	static struct libusb_config_descriptor config = {
		.bNumInterfaces = 1, .interface = &interface};

	(void)device;
	alt.bNumEndpoints = usb.endpoints;
	*ret = &config;
	return 0;
}

void __wrap_libusb_free_config_descriptor(struct libusb_config_descriptor *c)
{
	(void)c;
}

int __wrap_libusb_clear_halt(libusb_device_handle *handle, unsigned char at)
{
	(void)handle;
	note(at == 0x81 ? "clear-in" : at == 0x01 ? "clear-out" : "clear-?");
	return LIBUSB_ERROR_NOT_FOUND; /* which nobody minds */
}

int __wrap_libusb_submit_transfer(struct libusb_transfer *t)
{
	assert_int_equal(t->endpoint, 0x81);
	assert_true(t->length >= 64);
	assert_int_equal(t->timeout, 0);
	note("read");
	if (usb.submit < 0)
		return usb.submit;
	pthread_mutex_lock(&usb.lock);
	assert_true(usb.n_reads < 2);
	usb.reads[usb.n_reads++] = t;
	pthread_mutex_unlock(&usb.lock);
	return 0;
}

int __wrap_libusb_cancel_transfer(struct libusb_transfer *t)
{
	(void)t;
	note("cancel");
	usb.cancel = true;
	return 0;
}

int __wrap_libusb_bulk_transfer(libusb_device_handle *handle, unsigned char at,
                                unsigned char *bytes, int len, int *ret,
                                unsigned timeout_ms)
{
	char word[64];
	int r = usb.write;

	(void)handle;
	assert_int_equal(at, 0x01);
	assert_in_range(timeout_ms, 125, 1000);
	snprintf(word, sizeof(word), "write-%02x-%d", bytes[0], len);
	note(word);
	pthread_mutex_lock(&usb.lock);
	while (usb.hold)
		pthread_cond_wait(&usb.change, &usb.lock);
	if (usb.closes) {
		usb.n_bytes = 7;
		memcpy(usb.bytes, "\xa4\x03\x40\x00\x01\x07\xe1", 7);
	}
	pthread_mutex_unlock(&usb.lock);
	if (r == LIBUSB_ERROR_PIPE)
		usb.write = 0;
	*ret = r < 0 ? 0 : len;
	return r;
}

int __wrap_libusb_reset_device(libusb_device_handle *handle)
{
	(void)handle;
	note("reset");
	return 0;
}

/* Called locked. Return: a read that is done, taken off. */
static struct libusb_transfer *done(void)
{
	struct libusb_transfer *t = usb.reads[0];

	if (usb.n_reads == 0 || (!usb.cancel && usb.n_bytes < 0))
		return NULL;
	usb.reads[0] = usb.reads[1];
	usb.n_reads--;
	t->status = usb.cancel ? LIBUSB_TRANSFER_CANCELLED : usb.status;
	t->actual_length = 0;
	if (!usb.cancel) {
		memset(t->buffer, 0xee, (size_t)t->length);
		memcpy(t->buffer, usb.bytes, (size_t)usb.n_bytes);
		t->actual_length = usb.n_bytes;
		usb.n_bytes = -1;
	} else if (usb.n_reads == 0) {
		usb.cancel = false;
	}
	pthread_cond_broadcast(&usb.change);
	return t;
}

int __wrap_libusb_handle_events_timeout_completed(libusb_context *context,
                                                  struct timeval *wait,
                                                  int *completed)
{
	uint64_t us =
		(uint64_t)wait->tv_sec * 1000000 + (uint64_t)wait->tv_usec;
	struct libusb_transfer *t = NULL;
	int event = 0;

	(void)completed;
	pthread_mutex_lock(&usb.lock);
	while (!(t = done()) && !(event = usb.hotplug_event) &&
	       !usb.interrupted) {
		if (us <= WAITS_AT_MOST_US) {
			usb.now_us += us;
			break;
		}
		usb.idle = true;
		pthread_cond_broadcast(&usb.change);
		pthread_cond_wait(&usb.change, &usb.lock);
	}
	usb.idle = false;
	usb.interrupted = usb.interrupted && (t || event);
	if (!t)
		usb.hotplug_event = 0;
	pthread_mutex_unlock(&usb.lock);
	if (t)
		t->callback(t);
	else if (event)
		usb.on_hotplug(context, &usb.device,
		               (libusb_hotplug_event)event,
		               usb.on_hotplug_data);
	return 0;
}

void __wrap_libusb_interrupt_event_handler(libusb_context *context)
{
	(void)context;
	pthread_mutex_lock(&usb.lock);
	usb.interrupted = true;
	pthread_cond_broadcast(&usb.change);
	pthread_mutex_unlock(&usb.lock);
}

/* --- the test's end -------------------------------------------------------
 */

static int setup(void **state)
{
	(void)state;
	memset(&usb, 0, sizeof(usb));
	pthread_mutex_init(&usb.lock, NULL);
	pthread_cond_init(&usb.change, NULL);
	usb.now_us = 1000000;
	usb.device = (libusb_device){0x0fcf, 0x1008};
	usb.plugged = usb.hotplug = true;
	usb.configuration = 1;
	usb.endpoints = 3;
	usb.n_bytes = -1;
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
	pthread_cond_destroy(&usb.change);
	pthread_mutex_destroy(&usb.lock);
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

/* Until the thread has done this many of these. */
static void wait_for(const char *word, unsigned times)
{
	pthread_mutex_lock(&usb.lock);
	for (;;) {
		unsigned n = 0;

		for (const char *at = usb.log; (at = strstr(at, word)); at++)
			n++;
		if (n >= times)
			break;
		pthread_cond_wait(&usb.change, &usb.lock);
	}
	pthread_mutex_unlock(&usb.lock);
}

static void forget(void)
{
	pthread_mutex_lock(&usb.lock);
	usb.log[0] = '\0';
	pthread_mutex_unlock(&usb.lock);
}

static void pass_time(uint64_t us)
{
	pthread_mutex_lock(&usb.lock);
	while (!usb.idle)
		pthread_cond_wait(&usb.change, &usb.lock);
	usb.idle = false;
	usb.now_us += us;
	usb.interrupted = true;
	pthread_cond_broadcast(&usb.change);
	pthread_mutex_unlock(&usb.lock);
}

static void hotplug(bool plugged)
{
	pthread_mutex_lock(&usb.lock);
	usb.plugged = plugged;
	usb.hotplug_event = plugged ? LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED
	                            : LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
	pthread_cond_broadcast(&usb.change);
	pthread_mutex_unlock(&usb.lock);
}

static void finish_read(enum libusb_transfer_status status, const char *bytes)
{
	pthread_mutex_lock(&usb.lock);
	while (usb.n_bytes >= 0)
		pthread_cond_wait(&usb.change, &usb.lock);
	usb.status = status;
	usb.n_bytes = (int)strlen(bytes);
	memcpy(usb.bytes, bytes, strlen(bytes));
	pthread_cond_broadcast(&usb.change);
	pthread_mutex_unlock(&usb.lock);
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
		pass_time(2000000);
		wait_for("open", i);
	}
	usb.open = 0;
	pass_time(2000000);
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
	pass_time(2000000);
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
	finish_read(LIBUSB_TRANSFER_COMPLETED, "abc");
	news = next();
	assert_int_equal(news.kind, ANT_PORT_BYTES_CAME);
	assert_int_equal(news.len, 3);
	assert_memory_equal(news.bytes, "abc", 3);
	assert_int_equal(news.t_us, usb.now_us);
	memset(many, 'x', 150);
	finish_read(LIBUSB_TRANSFER_COMPLETED, many);
	assert_int_equal(next().len, 64);
	assert_int_equal(next().len, 64);
	assert_int_equal(next().len, 22);
	wait_for("read", 4); /* and each is asked for again */
}

static void a_stalled_read_is_cleared_and_asked_for_again(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	forget();
	finish_read(LIBUSB_TRANSFER_STALL, "");
	wait_for("read", 1);
	assert_string_equal(usb.log, "clear-in read");
	finish_read(LIBUSB_TRANSFER_COMPLETED, "abc");
	assert_int_equal(next().len, 3);
}

static void a_stick_that_only_stalls_is_let_go(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	for (int i = 0; i < 8; i++)
		finish_read(LIBUSB_TRANSFER_STALL, "");
	assert_next(ANT_PORT_GONE, -EIO);
}

static void an_overflow_or_a_time_out_loses_its_bytes_only(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	finish_read(LIBUSB_TRANSFER_OVERFLOW, "lost");
	finish_read(LIBUSB_TRANSFER_TIMED_OUT, "lost");
	finish_read(LIBUSB_TRANSFER_COMPLETED, "abc");
	assert_int_equal(next().len, 3);
}

static void a_stick_pulled_out_is_gone_and_found_when_put_back(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	forget();
	usb.plugged = false; /* the read fails first, the news comes later */
	finish_read(LIBUSB_TRANSFER_ERROR, "");
	assert_next(ANT_PORT_GONE, -ENODEV);
	wait_for("close", 1);
	assert_string_equal(usb.log, "cancel release close");
	hotplug(false);
	pass_time(2000000); /* looks once more, and then waits for the news */
	pass_time(2000000);
	pass_time(2000000);
	forget();
	hotplug(true);
	assert_next(ANT_PORT_OPENED, 0);
	assert_string_equal(usb.log, OPENING);
}

static void a_stick_that_leaves_between_reads_is_gone_too(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	hotplug(false);
	assert_next(ANT_PORT_GONE, -ENODEV);
}

static void a_read_that_failed_for_nothing_opens_it_again(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	finish_read(LIBUSB_TRANSFER_ERROR, "");
	assert_next(ANT_PORT_GONE, -ENODEV);
	pass_time(2000000);
	assert_next(ANT_PORT_OPENED, 0);
}

static void without_hotplug_it_looks_every_two_seconds(void **state)
{
	(void)state;
	usb.plugged = usb.hotplug = false;
	create();
	assert_next(ANT_PORT_GONE, -ENODEV);
	usb.plugged = true;
	pass_time(1999999);
	pass_time(1);
	assert_next(ANT_PORT_OPENED, 0);
}

static void what_is_written_goes_out_as_one_transfer_each(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	forget();
	assert_int_equal(port->ops->write(port, (const uint8_t *)"\xa4zyx", 4),
	                 0);
	assert_int_equal(port->ops->write(port, (const uint8_t *)"\xa5zyxw", 5),
	                 0);
	wait_for("write", 2);
	assert_string_equal(usb.log, "write-a4-4 write-a5-5");
	assert_int_equal(port->ops->write(port, usb.bytes, 65), -EMSGSIZE);
}

static void a_stalled_write_is_cleared_and_sent_again(void **state)
{
	(void)state;
	create();
	assert_next(ANT_PORT_OPENED, 0);
	forget();
	usb.write = LIBUSB_ERROR_PIPE;
	port->ops->write(port, (const uint8_t *)"\xa4", 1);
	wait_for("write", 2);
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
	forget();
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
	forget();
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
		finish_read(LIBUSB_TRANSFER_COMPLETED, "x");
	wait_for("read", 302);
	hotplug(false);
	wait_for("close", 1);
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
	wait_for("write", 1);
	for (int i = 0; i < 16; i++)
		assert_int_equal(port->ops->write(port, &byte, 1), 0);
	assert_int_equal(port->ops->write(port, &byte, 1), -EAGAIN);
	pthread_mutex_lock(&usb.lock);
	usb.hold = false;
	pthread_cond_broadcast(&usb.change);
	pthread_mutex_unlock(&usb.lock);
	wait_for("write", 17);
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
