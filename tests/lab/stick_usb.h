/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STICK_USB_H
#define LULL_TESTS_LAB_STICK_USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The USB side of a virtual ANT stick: gadgetfs on dummy_hcd, full speed, with
 * the very endpoints of the real one, bulk 0x81 and 0x01 (reference/sensors.md
 * C.1). gadgetfs wants calls that wait, so that two threads move the bytes,
 * one transfer each at a time; all else is the caller's thread's.
 */

#define STICK_USB_BYTES 64

enum stick_usb_kind {
	STICK_USB_CONFIGURED, /**< the host uses it now */
	STICK_USB_RESET,      /**< by the host, or about to be */
	STICK_USB_CAME,       /**< bytes of the host */
	STICK_USB_GAVE,       /**< the host has what was sent last */
};

struct stick_usb_news {
	enum stick_usb_kind kind;
	size_t len;
	uint8_t bytes[STICK_USB_BYTES];
};

struct stick_usb;

/** stick_usb_create() - @folder: where gadgetfs is mounted. Not plugged in.
 * Return: 0 or negative errno. */
int stick_usb_create(struct stick_usb **ret, const char *folder,
                     uint16_t product);
/** stick_usb_destroy() - pulls it out; takes NULL. Return: NULL. */
struct stick_usb *stick_usb_destroy(struct stick_usb *u);

/** stick_usb_plug() - Return: 0, -EALREADY, or negative errno. */
int stick_usb_plug(struct stick_usb *u);
/** stick_usb_pull() - takes one that is not plugged in. */
void stick_usb_pull(struct stick_usb *u);

/** stick_usb_ready() - would a transfer to the host begin at once? */
bool stick_usb_ready(const struct stick_usb *u);
/** stick_usb_give() - begin one; STICK_USB_GAVE follows, unless the host or the
 * plug goes. @len: at most STICK_USB_BYTES. */
void stick_usb_give(struct stick_usb *u, const uint8_t *bytes, size_t len);

/** stick_usb_fds() - what to wait on for news. */
void stick_usb_fds(const struct stick_usb *u, int ret[2]);
/** stick_usb_next() - Return: 1, 0: none; negative errno: it is broken. */
int stick_usb_next(struct stick_usb *u, struct stick_usb_news *ret);

#endif
