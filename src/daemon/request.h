/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_REQUEST_H
#define LULL_DAEMON_REQUEST_H

#include <stddef.h>

#include <systemd/sd-bus.h>

#include "base/error.h"
#include "daemon/setup.h"

/**
 * Requests: what stands in a message on the bus becomes plain values; what
 * does not fit is refused in words for a person.
 */

/** request_options() - the a{sv} of Start, see bus.h
    Return: 0; -EINVAL with @error. */
int request_options(sd_bus_message *m, struct setup_options *ret,
                    struct error *error);
/** request_value() - a variant as the text of an answer: text as it is, a
    boolean as yes or no, a number in its shortest form
    Return: 0; -EINVAL with @error. */
int request_value(sd_bus_message *m, char *ret, size_t len,
                  struct error *error);

#endif
