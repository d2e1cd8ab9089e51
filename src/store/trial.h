/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_TRIAL_H
#define LULL_STORE_TRIAL_H

#include "diary/trial.h"
#include "store/store.h"

/** A person's own trials in the store: one at a time, those before it kept. */

/**
 * store_trial_begin() - keep a new one
 * @t: its id is set on success
 * @today: the local day
 *
 * Return: 0; -EEXIST if one runs already; -EINVAL if @t is not sound; or
 * negative errno.
 */
int store_trial_begin(struct store *s, struct trial *t, int32_t today);

/** store_trial_last() - Return: 0; -ENOENT, @ret untouched; -EBADMSG where a
    row holds what no trial can; or errno. */
int store_trial_last(struct store *s, struct trial *ret);

/** store_trial_end() - the last one ends on @today, whose day is not in it any
    more. Return: 0; -ENOENT if none runs; or errno. */
int store_trial_end(struct store *s, int32_t today);

#endif
