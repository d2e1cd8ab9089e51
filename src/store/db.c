/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/paths.h"
#include "store/migrate.h"

#define BUSY_TIMEOUT_MS 5000
/* A path in a sentence; of a longer one its end is shown. */
#define PATH_SHOWN 120

static int cantopen_errno(sqlite3 *db)
{
	int e = db ? sqlite3_system_errno(db) : 0;

	switch (e) {
	case EACCES:
	case EPERM:
		return -EACCES;
	case EROFS:
	case ENOENT:
	case ENOSPC:
	case ENOTDIR:
	case EMFILE:
	case ENFILE:
		return -e;
	default:
		return -EIO;
	}
}

int db_errno(sqlite3 *db, int code)
{
	if (code == SQLITE_IOERR_NOMEM)
		return -ENOMEM;
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return cantopen_errno(db);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
	case SQLITE_FORMAT:
		return -EBADMSG;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
		return -EINVAL;
	case SQLITE_TOOBIG:
		return -EFBIG;
	default:
		return -EIO;
	}
}

static const char *why(int e)
{
	switch (e) {
	case -ENOENT:
		return "there is none yet: it is made with the first session";
	case -EACCES:
		return "permission denied: give this file and its folder to "
		       "your user";
	case -EROFS:
		return "it cannot be written: make its disk and folder "
		       "writable";
	case -EPROTO:
		return "a newer lull wrote it; nothing was changed: update "
		       "this one";
	case -EBADMSG:
		return "it is no store of lull, or damaged: move it away or "
		       "restore a backup";
	case -EBUSY:
		return "another program holds it: wait until that one is done";
	case -ENOSPC:
		return "the disk is full: free some space";
	case -EIO:
		return "the disk does not answer as it should: check it";
	case -ENOMEM:
		return "out of memory: close other programs";
	default:
		return strerror(-e);
	}
}

void db_say(char *ret, size_t len, const char *path, int e)
{
	size_t n = strlen(path);
	const char *from = n > PATH_SHOWN ? path + n - PATH_SHOWN : path;

	while (((unsigned char)*from & 0xc0) == 0x80) /* amid a character */
		from++;
	snprintf(ret, len, "the store %s%s: %s", n > PATH_SHOWN ? "…" : "",
	         from, why(e));
}

int db_exec(sqlite3 *db, const char *sql)
{
	return db_errno(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int db_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
	int r;

	if (code)
		return db_errno(db, code);
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	r = code == SQLITE_DONE ? -ENOENT : db_errno(db, code);
	sqlite3_finalize(statement);
	return r;
}

void db_rollback(sqlite3 *db)
{
	if (!sqlite3_get_autocommit(db))
		(void)db_exec(db, "ROLLBACK");
}

/*
 * Made here, because SQLite's own 0644 would stand until a chmod(). By
 * mknod() and chmod(), which open nothing: to close() a descriptor of the
 * file would drop the locks that this process holds on it elsewhere.
 */
static int make_file(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	int r = 0;

	if (n >= sizeof(folder))
		return -ENAMETOOLONG;
	memcpy(folder, path, n);
	folder[n] = '\0';
	if (n)
		r = paths_make(folder);
	if (r)
		return r;
	if (mknod(path, S_IFREG | 0600, 0) && errno != EEXIST)
		return -errno;
	return chmod(path, 0600) ? -errno : 0; /* whatever the umask */
}

/*
 * SQLite gives -wal and -shm the mode of the file itself, so that one chmod()
 * keeps all three private.
 */
static int prepare_file(const char *path, enum store_mode mode)
{
	struct stat st;

	if (stat(path, &st)) {
		if (errno == ENOENT && mode == STORE_WRITE)
			return make_file(path);
		return -errno;
	}
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	if (mode == STORE_READ)
		return st.st_size ? 0 : -ENOENT;
	if (st.st_mode & 077)
		(void)chmod(path, st.st_mode & 0700);
	return 0;
}

/*
 * The URI form, so that `immutable` can be said: then SQLite neither locks
 * nor looks for a -wal.
 */
static char *uri_of(const char *path, const char *query)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = strlen(path);
	char *uri = malloc(n * 3 + strlen(query) + sizeof("file:./"));
	char *to = uri;

	if (!uri)
		return NULL;
	to = stpcpy(to, path[0] == '/' ? "file:" : "file:./");
	for (const char *c = path; *c; c++) {
		if (strchr("%?#", *c)) {
			*to++ = '%';
			*to++ = hex[(unsigned char)*c >> 4];
			*to++ = hex[*c & 15];
		} else {
			*to++ = *c;
		}
	}
	memcpy(to, query, strlen(query) + 1);
	return uri;
}

static int connect_to(sqlite3 **ret, const char *path, const char *query)
{
	/* never OPEN_CREATE: what is not there is not made by reading */
	const int how =
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	char *uri = uri_of(path, query);
	sqlite3 *db = NULL;
	int code, r;

	if (!uri)
		return -ENOMEM;
	code = sqlite3_open_v2(uri, &db, how, NULL);
	free(uri);
	if (code) {
		r = db_errno(db, code);
		sqlite3_close(db);
		return r;
	}
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
	*ret = db;
	return 0;
}

static bool is_there(const char *path, const char *suffix)
{
	char whole[PATH_MAX];
	struct stat st;

	if ((size_t)snprintf(whole, sizeof(whole), "%s%s", path, suffix) >=
	    sizeof(whole))
		return true;
	return !stat(whole, &st) && st.st_size > 0;
}

/*
 * A reader opens the file for writing where it may, because the last one to
 * leave then removes -wal and -shm again; query_only keeps it a reader. Where
 * these two cannot be made (a read-only folder) and no -wal waits to be read,
 * nobody can be writing either, and the file is read as it stands.
 */
static int connect_reader(sqlite3 **ret, const char *path)
{
	int64_t version;
	sqlite3 *db = NULL;
	int r = connect_to(&db, path, "");

	if (r)
		return r;
	r = db_number(db, "PRAGMA user_version", &version);
	if ((r == -EACCES || r == -EROFS || r == -EIO || r == -ENOENT) &&
	    !is_there(path, "-wal")) {
		sqlite3_close(db);
		return connect_to(ret, path, "?immutable=1");
	}
	if (r) {
		sqlite3_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

/* To turn to WAL needs the file alone, and does not wait for it by itself. */
static int turn_to_wal(sqlite3 *db)
{
	int r;

	for (int waited_ms = 0;; waited_ms += 100) {
		r = db_exec(db, "PRAGMA journal_mode=WAL");
		if (r != -EBUSY || waited_ms >= BUSY_TIMEOUT_MS)
			return r;
		sqlite3_sleep(100);
	}
}

/*
 * synchronous=FULL: a commit survives a power cut. The writer lowers it for
 * the rows of a running session (rows.c).
 */
static int settle_writer(sqlite3 *db)
{
	int r = turn_to_wal(db);

	if (!r)
		r = db_exec(db, "PRAGMA synchronous=FULL;"
		                "PRAGMA foreign_keys=ON;"
		                "PRAGMA secure_delete=ON;");
	return r ? r : migrate_run(db);
}

/* A hostile file must not run what its schema says. */
static void harden(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
}

static int open_writer(sqlite3 **ret, const char *path)
{
	sqlite3 *db = NULL;
	int r = connect_to(&db, path, "");

	if (r)
		return r;
	harden(db);
	r = migrate_version(db);
	if (r >= 0 && sqlite3_db_readonly(db, "main") == 1)
		r = -EROFS;
	if (r >= 0)
		r = settle_writer(db);
	if (r) {
		sqlite3_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

static int open_reader(sqlite3 **ret, const char *path)
{
	sqlite3 *db = NULL;
	int version;
	int r = connect_reader(&db, path);

	if (r)
		return r;
	harden(db);
	version = migrate_version(db);
	if (version >= 0 && version < MIGRATE_NEWEST) {
		/* an older lull's: brought up to date, then read */
		sqlite3_close(db);
		r = open_writer(&db, path);
		if (r)
			return r;
	} else if (version < 0) {
		sqlite3_close(db);
		return version;
	}
	r = db_exec(db, "PRAGMA query_only=ON");
	if (r) {
		sqlite3_close(db);
		return r;
	}
	*ret = db;
	return 0;
}

/*
 * What SQLite could not do to its -wal and -shm it tells in the words of the
 * step that failed; the disk itself knows better.
 */
static int ask_disk(const char *path, int r)
{
	struct statvfs disk;

	if ((r != -ENOENT && r != -EIO) || statvfs(path, &disk))
		return r;
	if (disk.f_flag & ST_RDONLY)
		return -EROFS;
	return disk.f_bavail ? r : -ENOSPC;
}

int db_open(sqlite3 **ret, const char *path, enum store_mode mode,
            struct store_error *error)
{
	int r = prepare_file(path, mode);

	if (!r)
		r = mode == STORE_READ ? open_reader(ret, path)
		                       : open_writer(ret, path);
	if (r && mode == STORE_WRITE)
		r = ask_disk(path, r);
	if (r && error)
		db_say(error->what, sizeof(error->what), path, r);
	return r;
}
