/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ROOM_H
#define LULL_DRIVERS_ROOM_H

#include <stddef.h>

/**
 * room_grow() - realloc() for what may become large
 * @old: malloc()ed or NULL; @used of its bytes are kept
 *
 * What is large is laid on huge pages where the system has them: a day of beats
 * is read in 2 ms, and six hundred page faults can take longer than that.
 *
 * Return: to be free()d, in place of @old; NULL if out of memory, and @old is
 * as it was.
 */
void *room_grow(void *old, size_t used, size_t size);

#endif
