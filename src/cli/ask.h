/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ASK_H
#define LULL_CLI_ASK_H

#include <stdbool.h>
#include <stddef.h>

/** ask_line() - a question, and the line that is typed: without its end; ""
    at the end of the input. */
void ask_line(const char *question, char *ret, size_t len);

/** ask_in_time() - likewise, for a person who may have gone: what was typed
    before is no answer. Return: false where ASK_S went by without one. */
bool ask_in_time(const char *question, char *ret, size_t len);
#define ASK_S 60

/** ask_begin() - is somebody there, typing and reading? Then Ctrl-C ends what
    is asked, as anywhere. */
bool ask_begin(void);

#endif
