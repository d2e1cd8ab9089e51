/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_KEEP_H
#define LULL_CLI_KEEP_H

#include "cli/opt.h"

/* `lull backup FILE`, `lull restore FILE`, `lull erase`. */
int keep_backup(const struct command *c, int argc, char **argv);
int keep_restore(const struct command *c, int argc, char **argv);
int keep_erase(const struct command *c, int argc, char **argv);

#endif
