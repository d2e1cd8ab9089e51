/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CONTENT_OWN_H
#define LULL_CONTENT_OWN_H

#include "content/yaml.h"
#include "session/routine.h"

/**
 * own_techniques() - a person's own file of techniques, with what they say
 * @book: gets each of them, or has its own of that id replaced; untouched on
 *   failure, so it may be a mere check against it
 * @keep: false to check only
 *
 * One of our ids stays as careful as ours: no flag fewer, no pressure higher,
 * the same dose, sides and mode. What is to differ there takes a new id.
 *
 * Return: how many; -EBADMSG, -ENOMEM.
 */
int own_techniques(struct yaml *y, struct routine *book, bool keep);

/** own_is_techniques() - whether it is such a file, not a routine. */
bool own_is_techniques(struct yaml *y);

#endif
