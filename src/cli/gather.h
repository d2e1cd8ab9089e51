/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_GATHER_H
#define LULL_CLI_GATHER_H

#include "report/report.h"
#include "store/store.h"

/**
 * gather() - what the store holds of some days, into a report
 * @from, @to: local days, both with them
 * @n_windows: of the diary; they end at @to
 * @ret: report_finish() it, also on failure
 *
 * Return: 0; -ENOMEM; or negative errno with the store's message.
 */
int gather(struct store *s, int32_t from, int32_t to, size_t n_windows,
           struct report *ret);

/** gather_trial() - the last trial and what it comes to by @ret's today, where
    there is one. Return: 0 or negative errno with the store's message. */
int gather_trial(struct store *s, struct report *ret);

/** gather_names() - of all routines and techniques that the content has; what
    cannot be read has none. Return: 0 or -ENOMEM. */
int gather_names(struct report *r);

/** gather_plan() - the sessions a week that config.yaml plans; 0: none. */
unsigned gather_plan(void);

#endif
