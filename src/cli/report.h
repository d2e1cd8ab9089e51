/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_REPORT_H
#define LULL_CLI_REPORT_H

#include "cli/opt.h"

/** report_run() - `lull report`: a file to print, or to take to a doctor. */
int report_run(const struct command *c, int argc, char **argv);

#endif
