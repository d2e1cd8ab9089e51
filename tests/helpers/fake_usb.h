/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_FAKE_USB_H
#define LULL_TESTS_HELPERS_FAKE_USB_H

#include <libusb-1.0/libusb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * libusb with a scripted device behind it: linked with --wrap, so each call of
 * the port comes here, in the port's thread. Its time is the test's too: it
 * stands still until fake_usb_pass(). A wait of the closing port, which is
 * short, passes at once. All verbs are for the test's thread.
 */

struct libusb_device {
	uint16_t vendor, product;
};

struct libusb_device_handle {
	libusb_device *device;
};

struct fake_usb {
	pthread_mutex_t lock;
	pthread_cond_t change;
	uint64_t now_us;
	bool interrupted, idle; /**< the thread waits for something */
	bool hold;              /**< no write ends */
	bool closes;            /**< it says that its channel has closed */

	libusb_device device;
	libusb_device_handle handle;
	bool plugged, hotplug;
	int configuration;
	uint8_t endpoints; /**< how many of the two */
	int open, claim, claim_detaching, submit, write; /**< what they say */
	bool detaching;

	libusb_hotplug_callback_fn on_hotplug;
	void *on_hotplug_data;
	int hotplug_event; /**< due; 0: none */

	struct libusb_transfer *reads[4];
	size_t n_reads;
	bool cancel;
	enum libusb_transfer_status status; /**< of the next read */
	uint8_t bytes[300];
	int n_bytes; /**< -1: none is due */

	char log[4096]; /**< each call as a word, apart by blanks */
};

/** fake_usb_begin() - an ANTUSB-m, plugged in; libusb is @u until its end. */
void fake_usb_begin(struct fake_usb *u);
void fake_usb_end(struct fake_usb *u);

/** fake_usb_wait() - until the thread has done @word so many times. */
void fake_usb_wait(struct fake_usb *u, const char *word, unsigned times);
/** fake_usb_forget() - the log begins anew. */
void fake_usb_forget(struct fake_usb *u);
/** fake_usb_pass() - time goes on, as soon as the thread has nothing to do. */
void fake_usb_pass(struct fake_usb *u, uint64_t us);
void fake_usb_hotplug(struct fake_usb *u, bool plugged);
/** fake_usb_read() - a read ends, as soon as the one before is taken. */
void fake_usb_read(struct fake_usb *u, enum libusb_transfer_status status,
                   const char *bytes);
/** fake_usb_let_go() - writes end again. */
void fake_usb_let_go(struct fake_usb *u);

#endif
