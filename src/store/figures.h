/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_STORE_FIGURES_H
#define LULL_STORE_FIGURES_H

#include "store/store.h"

/**
 * What is derived of a session's beats, by the engine that derived it: kept so
 * that it is computed once, and made anew where the engine is another.
 */

/* Number, engine, line. Inside src/store only. */
#define FIGURES_PUT                                                            \
	"INSERT OR REPLACE INTO figures(session, engine, line)"                \
	" VALUES(?1, ?2, ?3)"

/** store_figures_put() - @line: one JSON object; "": it has no beats.
    Return: 0; -ENOENT if there is no such session; or errno. */
int store_figures_put(struct store *s, int64_t id, const char *engine,
                      const char *line);

/** store_figures() - @ret: malloc()ed, the caller's. Return: 0; -ENOENT where
    none are of @engine; or errno. */
int store_figures(struct store *s, int64_t id, const char *engine, char **ret);

/** store_figures_stale() - the newest session below @below that is over and
    has none of @engine. Return: 0, -ENOENT if there is none, or errno. */
int store_figures_stale(struct store *s, const char *engine, int64_t below,
                        int64_t *ret_id);

#endif
