/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_BEFORE_H
#define LULL_CLI_BEFORE_H

#include <stdbool.h>

#include "cli/opt.h"
#include "store/store.h"

/** before_run() - `lull before`: what was before a session. */
int before_run(const struct command *c, int argc, char **argv);

/**
 * before_after() - asked once after a session, of a real heart that was heard
 *
 * An empty answer leaves it unsaid. Return: false where nobody is there to be
 * asked anything more.
 */
bool before_after(int64_t session);

/** before_line() - what is known of it, for a person: what was said, and of
    the diary's day sleep and menses. @ret: "" if nothing. */
void before_line(struct store *s, const struct store_session *row, char *ret,
                 size_t len);

#endif
