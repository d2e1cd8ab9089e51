/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_RECORDING_H
#define LULL_CLI_RECORDING_H

#include <stdbool.h>

#include "store/store.h"

/** recording_show() - `lull show` of one that was brought in: all there is of
    it are its beats, and what they come to. Return: an exit status. */
int recording_show(struct store *s, const struct store_session *row, bool json);

#endif
