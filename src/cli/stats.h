/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_STATS_H
#define LULL_CLI_STATS_H

#include <jansson.h>

#include "cli/opt.h"
#include "store/store.h"

/** stats_run() - `lull stats`: what sessions and diary come to. */
int stats_run(const struct command *c, int argc, char **argv);

/* Its two halves. Each returns 0, or negative errno with the store's message;
 * with @json it fills that and prints nothing. */

/** stats_sessions() - of the @days days up to @today
    @ret_first: local day of the very first session; DATE_LAST: none */
int stats_sessions(struct store *s, int32_t today, int32_t days, json_t *json,
                   int32_t *ret_first);

/** stats_headaches() - @first: the day of the first session */
int stats_headaches(struct store *s, int32_t today, int32_t first,
                    json_t *json);

#endif
