/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_SHOW_H
#define LULL_CLI_SHOW_H

#include "cli/opt.h"
#include "store/change.h"
#include "store/store.h"

/** show_run() - `lull show`: what one session was, and what it changed. */
int show_run(const struct command *c, int argc, char **argv);

/** show_print() - session @id as `lull show` does. Return: exit status. */
int show_print(struct store *s, int64_t id);

/**
 * show_sentence() - the whole result in one sentence, fit to be spoken
 * @ret: at most @len bytes
 */
void show_sentence(const struct store_session *row, const struct change *c,
                   char *ret, size_t len);

#endif
