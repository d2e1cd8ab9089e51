/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_LOCK_H
#define LULL_STORE_LOCK_H

#include <stdbool.h>

/**
 * Who writes sessions: a lock on STORE.lock, held for the writer's life and
 * dropped by the kernel with its process, however that ends. Inside
 * src/store only.
 */

/** lock_take() - @ret: a descriptor; close() lets go. Return: 0, -EBUSY if
    another has it, or negative errno. */
int lock_take(const char *store_path, int *ret);

/** lock_is_held() - by anyone, this process too. Takes and makes nothing. */
bool lock_is_held(const char *store_path);

#endif
