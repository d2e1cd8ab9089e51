/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/figures.h"

#include <errno.h>
#include <string.h>

#include "store/store_private.h"

int store_figures_put(struct store *s, int64_t id, const char *engine,
                      const char *line)
{
	sqlite3_stmt *statement;
	int r = store_prepare(s, FIGURES_PUT, &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_text(statement, 2, engine, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, line, -1, SQLITE_STATIC);
	r = store_fail(s, sqlite3_step(statement));
	sqlite3_finalize(statement);
	/* the session that it names is gone, or never was */
	return r == -EINVAL ? -ENOENT : r;
}

int store_figures(struct store *s, int64_t id, const char *engine, char **ret)
{
	sqlite3_stmt *statement;
	int code;
	int r = store_prepare(s,
	                      "SELECT line FROM figures"
	                      " WHERE session = ?1 AND engine = ?2",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_text(statement, 2, engine, -1, SQLITE_STATIC);
	code = sqlite3_step(statement);
	r = store_fail(s, code);
	if (code == SQLITE_ROW) {
		const unsigned char *line = sqlite3_column_text(statement, 0);
		char *copy = line ? strdup((const char *)line) : NULL;

		if (copy)
			*ret = copy;
		else
			r = -ENOMEM;
	} else if (r == 0) {
		r = -ENOENT;
	}
	sqlite3_finalize(statement);
	return r;
}

int store_figures_stale(struct store *s, const char *engine, int64_t below,
                        int64_t *ret_id)
{
	sqlite3_stmt *statement;
	int code;
	int r = store_prepare(s,
	                      "SELECT id FROM session WHERE id < ?1"
	                      " AND result <> '' AND NOT EXISTS("
	                      "SELECT 1 FROM figures WHERE session = id"
	                      " AND engine = ?2) ORDER BY id DESC LIMIT 1",
	                      &statement);

	if (r)
		return r;
	sqlite3_bind_int64(statement, 1, below);
	sqlite3_bind_text(statement, 2, engine, -1, SQLITE_STATIC);
	code = sqlite3_step(statement);
	r = store_fail(s, code);
	if (code == SQLITE_ROW)
		*ret_id = sqlite3_column_int64(statement, 0);
	else if (r == 0)
		r = -ENOENT;
	sqlite3_finalize(statement);
	return r;
}
