/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_EXPORT_H
#define LULL_CLI_EXPORT_H

#include "cli/opt.h"

/** export_run() - `lull export ID`: a session for other programs. */
int export_run(const struct command *c, int argc, char **argv);

#endif
