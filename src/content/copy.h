/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CONTENT_COPY_H
#define LULL_CONTENT_COPY_H

#include "session/routine.h"

/*
 * Copies into a routine of its own what it uses of the whole content. What was
 * copied before a failure stays, for routine_destroy().
 * Return: 0, -ENOMEM.
 */

/** copy_technique() - appended to @into's, which have room. */
int copy_technique(const struct technique *from, struct routine *into);
int copy_cues(const struct routine *from, struct routine *into);
int copy_questions(const struct routine *from, struct routine *into);

/** copy_values() - makes a question's list of values from its choices. */
void copy_values(struct question *q);

#endif
