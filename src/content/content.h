/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CONTENT_CONTENT_H
#define LULL_CONTENT_CONTENT_H

#include <stddef.h>

#include "base/error.h"
#include "session/routine.h"

/**
 * The content: techniques, cues, questions and routines, read from YAML and
 * checked as strictly whether ours or a person's own. Every error names the
 * file, the line and the field, and says what was expected.
 *
 * Limits: a file of 1 MiB, no aliases or anchors, depth 16.
 */
struct content;

/**
 * content_load() - techniques.yaml, questions.yaml, phrases/LANGUAGE.yaml and
 * routines/ of @dir
 *
 * The language is $LULL_LANGUAGE, or the locale's, where there is such a file;
 * else English.
 * @own_dir: a person's own: routines/ and techniques/ in it, either of which
 *   may be absent; NULL: none. A file there that is wrong is listed and keeps
 *   nobody from the others.
 * Return: 0, or -ENOENT, -EBADMSG, -EFBIG, -ENOMEM with @error.
 */
int content_load(struct content **ret, const char *dir, const char *own_dir,
                 struct error *error);
struct content *content_destroy(struct content *c);

/** content_dir() - $LULL_CONTENT, beside the program, or the installed one. */
const char *content_dir(void);

/** content_book() - all techniques, cues and questions, in a routine without
    steps. */
const struct routine *content_book(const struct content *c);

struct content_entry {
	const char *id, *name;
	double total_s;
	const char *path;
};
size_t content_routines(const struct content *c,
                        const struct content_entry **ret);

/** content_routine() - a complete routine by its id. Return: 0; -ENOENT;
    as content_check(). */
int content_routine(const struct content *c, const char *id,
                    struct routine **ret, struct error *error);

/** content_check() - read one routine file against this content.
    Return: 0; -ENOENT, -EACCES; -EFBIG; -EBADMSG with @error; -ENOMEM. */
int content_check(const struct content *c, const char *path,
                  struct routine **ret, struct error *error);

/** content_check_techniques() - the same of a file of techniques. Return: how
    many it has; 0: it is none; else as content_check(). */
int content_check_techniques(const struct content *c, const char *path,
                             struct error *error);

/** content_labels() - the labels of the language that @r is in: a path that
    may not be there. Return: 0 or -ENAMETOOLONG. */
int content_labels(const struct routine *r, char *ret, size_t len);

/** content_to_json() - the whole routine, as a session's first event holds
    it. @ret: malloc()ed. */
int content_to_json(const struct routine *r, char **ret);
/** content_from_json() - and back, by the same checks (JSON is YAML), but that
    what came into the content after it was stored may be missing. */
int content_from_json(const char *text, size_t len, struct routine **ret,
                      struct error *error);

#endif
