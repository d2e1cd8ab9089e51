/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANSWERS_H
#define LULL_CLI_ANSWERS_H

#include "base/error.h"
#include "content/yaml.h"
#include "player/offline.h"
#include "session/routine.h"

#define ANSWERS_MAX 64

/** Answers to a routine's questions, from a file: `question id: value`. */
struct answers {
	size_t n;
	struct offline_answer at[ANSWERS_MAX + 1]; /**< ends with a NULL id */
	struct yaml *yaml;                         /**< bears the values */
};

/**
 * answers_load() - read @path, checked against the questions of @r
 * @r: outlives the answers
 *
 * Return: 0, -EBADMSG, -EFBIG, -ENOMEM or the file's errno, with @error
 * (file, line, question and what was expected).
 */
int answers_load(struct answers *ret, const char *path, const struct routine *r,
                 struct error *error);
void answers_finish(struct answers *a);

/** answers_find() - NULL where there is none. */
const char *answers_find(const struct answers *a, const char *id);

#endif
