/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/db.h"
#include "store/lock.h"
#include "store/migrate.h"
#include "store/store_private.h"

static int say(struct store_error *error, const char *path, int r)
{
	if (r && error)
		db_say(error->what, sizeof(error->what), path, r);
	return r;
}

/* --- copies -----------------------------------------------------------------
 */

/* All pages in one go: a snapshot, which writers do not wait for. */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (!b)
		return db_errno(to, sqlite3_errcode(to));
	code = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	return code == SQLITE_DONE ? 0 : db_errno(to, code);
}

static int open_plain(sqlite3 **ret, const char *path, int how)
{
	sqlite3 *db = NULL;
	int code = sqlite3_open_v2(path, &db, how, NULL);

	if (code) {
		int r = db_errno(db, code);

		sqlite3_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

/* The copy is one file, without a log beside it. */
static int copy_to(sqlite3 *from, const char *path)
{
	sqlite3 *to = NULL;
	int r = open_plain(&to, path, SQLITE_OPEN_READWRITE);

	if (r)
		return r;
	r = copy_pages(from, to);
	if (!r)
		r = db_exec(to, "PRAGMA journal_mode=DELETE");
	sqlite3_close(to);
	return r;
}

/* Never over a file that is there. */
static int make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int store_backup(struct store *s, const char *path, struct store_error *error)
{
	int r = make_file(path);

	if (r == -EEXIST) {
		if (error)
			snprintf(error->what, sizeof(error->what),
			         "%.200s is there already: name a new file",
			         path);
		return r;
	}
	if (!r) {
		r = copy_to(s->db, path);
		if (r)
			unlink(path);
	}
	return say(error, path, r);
}

/* Is it one of ours, whole, and no newer than this program? */
static int check_backup(sqlite3 *db)
{
	int64_t sound;
	int r = migrate_version(db);

	if (r < 0)
		return r;
	/* an empty file is no backup of anything */
	if (r == 0)
		return -EBADMSG;
	r = db_number(db,
	              "SELECT count(*) FROM pragma_integrity_check"
	              " WHERE integrity_check = 'ok'",
	              &sound);
	return r ? r : sound == 1 ? 0 : -EBADMSG;
}

/* The present store, if there is one, to STORE.before. */
static int set_aside(const char *store_path)
{
	char before[PATH_MAX];
	struct store *s = NULL;
	int r = store_open(&s, store_path, STORE_WRITE, NULL);

	if (r)
		return r;
	if ((size_t)snprintf(before, sizeof(before), "%s.before", store_path) >=
	    sizeof(before)) {
		store_close(s);
		return -ENAMETOOLONG;
	}
	if (unlink(before) < 0 && errno != ENOENT)
		r = -errno;
	if (!r)
		r = store_backup(s, before, NULL);
	store_close(s);
	return r;
}

/* In one transaction of SQLite's: readers see the old one or the new one. */
static int put_back(const char *store_path, sqlite3 *from)
{
	struct store *s = NULL;
	sqlite3 *to = NULL;
	int r = open_plain(&to, store_path, SQLITE_OPEN_READWRITE);

	if (r)
		return r;
	sqlite3_busy_timeout(to, 5000);
	r = copy_pages(from, to);
	sqlite3_close(to);
	/* and brought up to date */
	if (!r)
		r = store_open(&s, store_path, STORE_WRITE, NULL);
	store_close(s);
	return r;
}

int store_restore(const char *store_path, const char *path,
                  struct store_error *error)
{
	sqlite3 *from = NULL;
	int lock = -1;
	int r = open_plain(&from, path, SQLITE_OPEN_READONLY);

	if (!r)
		r = check_backup(from);
	if (r) {
		sqlite3_close(from);
		return say(error, path, r);
	}
	/* its folder, too, may not be there yet */
	r = set_aside(store_path);
	if (!r)
		r = lock_take(store_path, &lock);
	if (!r)
		r = put_back(store_path, from);
	if (lock >= 0)
		close(lock);
	sqlite3_close(from);
	return say(error, store_path, r);
}

/* --- gone for good ----------------------------------------------------------
 */

static int bind_and_run(struct store *s, const char *sql,
                        const struct store_erase *what, int64_t *ret)
{
	sqlite3_stmt *statement;
	int code;
	int r = store_prepare(s, sql, &statement);

	if (r)
		return r;
	for (int i = sqlite3_bind_parameter_count(statement); i > 0; i--) {
		const int64_t values[] = {what->session, what->from_s,
		                          what->to_s, what->from, what->to};

		sqlite3_bind_int64(statement, i, values[i - 1]);
	}
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	r = store_fail(s, code);
	sqlite3_finalize(statement);
	return r;
}

/* Of a recording whose start is not known no days are meant, only all. */
#define SESSIONS                                                               \
	" FROM session WHERE CASE ?1 WHEN 0"                                   \
	" THEN start_s >= ?2 AND start_s < ?3"                                 \
	" AND (start <> '' OR ?3 = 9223372036854775807) ELSE id = ?1 END"
#define SPAN   " WHERE date BETWEEN ?4 AND ?5"
#define TRIALS " FROM trial WHERE start BETWEEN ?4 AND ?5"
/* Of a day whose head is gone the rest goes too. */
#define COUNT_DAYS                                                             \
	"SELECT count(*) FROM (SELECT date FROM diary" SPAN                    \
	" UNION SELECT date FROM diary_value" SPAN                             \
	" UNION SELECT date FROM diary_medicine" SPAN ")"

/* One that runs is still being written. */
static int check_running(struct store *s, const struct store_erase *what)
{
	int64_t running = 0;
	int r;

	if (!lock_is_held(s->path))
		return 0;
	r = bind_and_run(s, "SELECT count(*)" SESSIONS " AND result = ''", what,
	                 &running);
	if (r || running == 0)
		return r;
	snprintf(s->message, sizeof(s->message),
	         "a session runs: lull stop ends it");
	return -EBUSY;
}

int store_erase_count(struct store *s, const struct store_erase *what)
{
	int64_t sessions = 0, days = 0;
	int r = check_running(s, what);

	if (!r)
		r = bind_and_run(s, "SELECT count(*)" SESSIONS, what,
		                 &sessions);
	if (!r)
		r = bind_and_run(s, COUNT_DAYS, what, &days);
	if (r)
		return r;
	if (what->session && sessions == 0) {
		snprintf(s->message, sizeof(s->message),
		         "session %lld: there is none: see `lull sessions`",
		         (long long)what->session);
		return -ENOENT;
	}
	return (int)(sessions + days);
}

/* The log holds what was deleted until it is emptied. */
static int empty_log(struct store *s)
{
	int busy = 0;
	int code = sqlite3_wal_checkpoint_v2(
		s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
	if (!busy)
		return store_fail(s, code);
	snprintf(s->message, sizeof(s->message),
	         "it is deleted, but traces stay in the file's log while "
	         "another program reads it: end that, and say this again");
	return -EBUSY;
}

int store_erase(struct store *s, const struct store_erase *what)
{
	static const char *const sql[] = {
		"BEGIN IMMEDIATE",
		"DELETE" SESSIONS,
		"DELETE FROM diary_value" SPAN,
		"DELETE FROM diary_medicine" SPAN,
		"DELETE FROM diary" SPAN,
		"DELETE" TRIALS,
	};
	int64_t nothing;
	int n = store_erase_count(s, what), r = n < 0 ? n : 0;

	for (size_t i = 0; !r && i < sizeof(sql) / sizeof(sql[0]); i++)
		r = bind_and_run(s, sql[i], what, &nothing);
	if (!r && what->settings)
		r = store_fail(s, sqlite3_exec(s->db, "DELETE FROM flags", NULL,
		                               NULL, NULL));
	if (!r)
		r = store_fail(s,
		               sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL));
	if (r) {
		db_rollback(s->db);
		return r;
	}
	r = empty_log(s);
	return r ? r : n;
}
