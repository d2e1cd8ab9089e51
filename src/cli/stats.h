/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_STATS_H
#define LULL_CLI_STATS_H

#include <jansson.h>

#include "cli/opt.h"
#include "report/report.h"

/** stats_run() - `lull stats`: what sessions and diary come to. */
int stats_run(const struct command *c, int argc, char **argv);

/* Its two halves: on stdout, or with @json into that. */

/** stats_sessions() - what sessions come to, and which days they were of. */
void stats_sessions(const struct report *r, json_t *json);

/** stats_headaches() - what the diary comes to. */
void stats_headaches(const struct headaches *h, json_t *json);

#endif
