/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_LABEL_H
#define LULL_DRIVERS_LABEL_H

#include <stddef.h>
#include <stdint.h>

/**
 * label_copy() - a name that a device gives itself, fit to be sent on and shown
 * @ret, @size: a string that fits; its last character is whole; at least 1
 * @bytes, @len: as the device says it; ends at a 0 as well
 *
 * A bus refuses text that is not UTF-8, and a terminal obeys control
 * characters: each such byte, and each character that controls, becomes '?'.
 * Source: RFC 3629, section 4. Pure.
 */
void label_copy(char *ret, size_t size, const void *bytes, size_t len);

#endif
