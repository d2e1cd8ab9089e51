/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_LOAD_H
#define LULL_CLI_LOAD_H

#include "base/error.h"
#include "content/content.h"
#include "session/routine.h"

/** What is played where no routine is named. */
#define LOAD_DEFAULT "tension_relief"

/** Bounds of what a person may ask for. */
#define LOAD_STEP_MAX    1000
#define LOAD_SECONDS_MAX 86400

/** load_content() - ours and the person's own. Return: 0, or errno with
    @error. */
int load_content(struct content **ret, struct error *error);
/** load_routine() - one of them by its id. Return: likewise. */
int load_routine(const char *id, struct routine **ret, struct error *error);

/**
 * load_sensor() - a URI as another program can use it: a file's path is told
 * from the root
 * @ret: malloc()ed, the caller's
 * Return: 0; -ENOENT or -ENOMEM with @error.
 */
int load_sensor(const char *uri, char **ret, struct error *error);

/**
 * load_talk() - full, brief, minimal
 * @ret: may be NULL
 * Return: -1 to go on, or the exit status after saying what is wrong.
 */
int load_talk(const char *command, const char *word, enum verbosity *ret);
/** load_mode() - likewise: tension, attack, signs, between, night */
int load_mode(const char *command, const char *word, enum session_mode *ret);

#endif
