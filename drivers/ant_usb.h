/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_USB_H
#define LULL_DRIVERS_ANT_USB_H

#include "drivers/ant_port.h"

/**
 * The port of a real stick: libusb in a thread of its own, which opens the
 * first of 0fcf:1008 and 0fcf:1009 that it may have, waits for one to be
 * plugged in where there is none, and takes the kernel's driver off for as
 * long. Source of the order of its calls: reference/sensors.md C.1.
 *
 * What keeps it from a stick is told as ANT_PORT_GONE, once until it changes:
 * -ENODEV none is plugged in; -EACCES; -EBUSY another program has it; -EIO.
 * It tries again when one is plugged in, and every two seconds where that is
 * not what is missing.
 *
 * Return: 0; -ENOMEM; or what libusb or the system says.
 */
int ant_usb_create(struct ant_port **ret);

#endif
