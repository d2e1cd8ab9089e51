/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/fake_usb.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/helpers/test.h"

#define WAITS_AT_MOST_US 125000

static struct fake_usb *usb; /* the test's, from its begin to its end */

static void note(const char *word)
{
	pthread_mutex_lock(&usb->lock);
	assert_true(strlen(usb->log) + strlen(word) + 2 < sizeof(usb->log));
	if (usb->log[0])
		strcat(usb->log, " ");
	strcat(usb->log, word);
	pthread_cond_broadcast(&usb->change);
	pthread_mutex_unlock(&usb->lock);
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
	pthread_mutex_lock(&usb->lock);
	t->tv_sec = (time_t)(usb->now_us / 1000000);
	t->tv_nsec = (long)(usb->now_us % 1000000 * 1000);
	pthread_mutex_unlock(&usb->lock);
	return 0;
}

int __wrap_libusb_init(libusb_context **ret)
{
	*ret = (libusb_context *)usb;
	return 0;
}

void __wrap_libusb_exit(libusb_context *context)
{
	(void)context;
	note("exit");
}

int __wrap_libusb_has_capability(uint32_t capability)
{
	return capability == LIBUSB_CAP_HAS_HOTPLUG && usb->hotplug;
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
	usb->on_hotplug = f;
	usb->on_hotplug_data = data;
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
	pthread_mutex_lock(&usb->lock);
	list[0] = usb->plugged ? &usb->device : NULL;
	pthread_mutex_unlock(&usb->lock);
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
	if (usb->open < 0)
		return usb->open;
	usb->handle.device = device;
	*ret = &usb->handle;
	return 0;
}

void __wrap_libusb_close(libusb_device_handle *handle)
{
	assert_ptr_equal(handle, &usb->handle);
	note("close");
}

libusb_device *__wrap_libusb_get_device(libusb_device_handle *handle)
{
	return handle->device;
}

int __wrap_libusb_get_configuration(libusb_device_handle *handle, int *ret)
{
	(void)handle;
	*ret = usb->configuration;
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
	usb->detaching = on;
	note(on ? "detach" : "no-detach");
	return 0;
}

int __wrap_libusb_claim_interface(libusb_device_handle *handle, int n)
{
	(void)handle;
	assert_int_equal(n, 0);
	note("claim");
	return usb->detaching && usb->claim_detaching ? usb->claim_detaching
	                                              : usb->claim;
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
	alt.bNumEndpoints = usb->endpoints;
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
	if (usb->submit < 0)
		return usb->submit;
	pthread_mutex_lock(&usb->lock);
	assert_true(usb->n_reads < 2);
	usb->reads[usb->n_reads++] = t;
	pthread_mutex_unlock(&usb->lock);
	return 0;
}

int __wrap_libusb_cancel_transfer(struct libusb_transfer *t)
{
	(void)t;
	note("cancel");
	usb->cancel = true;
	return 0;
}

int __wrap_libusb_bulk_transfer(libusb_device_handle *handle, unsigned char at,
                                unsigned char *bytes, int len, int *ret,
                                unsigned timeout_ms)
{
	char word[64];
	int r = usb->write;

	(void)handle;
	assert_int_equal(at, 0x01);
	assert_in_range(timeout_ms, 125, 1000);
	snprintf(word, sizeof(word), "write-%02x-%d", bytes[0], len);
	note(word);
	pthread_mutex_lock(&usb->lock);
	while (usb->hold)
		pthread_cond_wait(&usb->change, &usb->lock);
	if (usb->closes) {
		usb->n_bytes = 7;
		memcpy(usb->bytes, "\xa4\x03\x40\x00\x01\x07\xe1", 7);
	}
	pthread_mutex_unlock(&usb->lock);
	if (r == LIBUSB_ERROR_PIPE)
		usb->write = 0;
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
	struct libusb_transfer *t = usb->reads[0];

	if (usb->n_reads == 0 || (!usb->cancel && usb->n_bytes < 0))
		return NULL;
	usb->reads[0] = usb->reads[1];
	usb->n_reads--;
	t->status = usb->cancel ? LIBUSB_TRANSFER_CANCELLED : usb->status;
	t->actual_length = 0;
	if (!usb->cancel) {
		memset(t->buffer, 0xee, (size_t)t->length);
		memcpy(t->buffer, usb->bytes, (size_t)usb->n_bytes);
		t->actual_length = usb->n_bytes;
		usb->n_bytes = -1;
	} else if (usb->n_reads == 0) {
		usb->cancel = false;
	}
	pthread_cond_broadcast(&usb->change);
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
	pthread_mutex_lock(&usb->lock);
	while (!(t = done()) && !(event = usb->hotplug_event) &&
	       !usb->interrupted) {
		if (us <= WAITS_AT_MOST_US) {
			usb->now_us += us;
			break;
		}
		usb->idle = true;
		pthread_cond_broadcast(&usb->change);
		pthread_cond_wait(&usb->change, &usb->lock);
	}
	usb->idle = false;
	usb->interrupted = usb->interrupted && (t || event);
	if (!t)
		usb->hotplug_event = 0;
	pthread_mutex_unlock(&usb->lock);
	if (t)
		t->callback(t);
	else if (event)
		usb->on_hotplug(context, &usb->device,
		                (libusb_hotplug_event)event,
		                usb->on_hotplug_data);
	return 0;
}

void __wrap_libusb_interrupt_event_handler(libusb_context *context)
{
	(void)context;
	pthread_mutex_lock(&usb->lock);
	usb->interrupted = true;
	pthread_cond_broadcast(&usb->change);
	pthread_mutex_unlock(&usb->lock);
}

/* --- what a test does to it ---------------------------------------------- */

void fake_usb_begin(struct fake_usb *u)
{
	memset(u, 0, sizeof(*u));
	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->change, NULL);
	u->now_us = 1000000;
	u->device = (libusb_device){0x0fcf, 0x1008};
	u->plugged = u->hotplug = true;
	u->configuration = 1;
	u->endpoints = 3;
	u->n_bytes = -1;
	usb = u;
}

void fake_usb_end(struct fake_usb *u)
{
	pthread_cond_destroy(&u->change);
	pthread_mutex_destroy(&u->lock);
	usb = NULL;
}

void fake_usb_wait(struct fake_usb *u, const char *word, unsigned times)
{
	pthread_mutex_lock(&u->lock);
	for (;;) {
		unsigned n = 0;

		for (const char *at = u->log; (at = strstr(at, word)); at++)
			n++;
		if (n >= times)
			break;
		pthread_cond_wait(&u->change, &u->lock);
	}
	pthread_mutex_unlock(&u->lock);
}

void fake_usb_forget(struct fake_usb *u)
{
	pthread_mutex_lock(&u->lock);
	u->log[0] = '\0';
	pthread_mutex_unlock(&u->lock);
}

void fake_usb_pass(struct fake_usb *u, uint64_t us)
{
	pthread_mutex_lock(&u->lock);
	while (!u->idle)
		pthread_cond_wait(&u->change, &u->lock);
	u->idle = false;
	u->now_us += us;
	u->interrupted = true;
	pthread_cond_broadcast(&u->change);
	pthread_mutex_unlock(&u->lock);
}

void fake_usb_hotplug(struct fake_usb *u, bool plugged)
{
	pthread_mutex_lock(&u->lock);
	u->plugged = plugged;
	u->hotplug_event = plugged ? LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED
	                           : LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
	pthread_cond_broadcast(&u->change);
	pthread_mutex_unlock(&u->lock);
}

void fake_usb_read(struct fake_usb *u, enum libusb_transfer_status status,
                   const char *bytes)
{
	pthread_mutex_lock(&u->lock);
	while (u->n_bytes >= 0)
		pthread_cond_wait(&u->change, &u->lock);
	u->status = status;
	u->n_bytes = (int)strlen(bytes);
	memcpy(u->bytes, bytes, strlen(bytes));
	pthread_cond_broadcast(&u->change);
	pthread_mutex_unlock(&u->lock);
}

void fake_usb_let_go(struct fake_usb *u)
{
	pthread_mutex_lock(&u->lock);
	u->hold = false;
	pthread_cond_broadcast(&u->change);
	pthread_mutex_unlock(&u->lock);
}
