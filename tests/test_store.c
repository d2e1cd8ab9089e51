/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/migrate.h"
#include "store/store.h"
#include "store/writer.h"

#define DAY_S  INT64_C(86400)
#define NOBODY 65534 /* the kernel's overflow user: owns nothing */

/* --- a folder with a store in it ----------------------------------------- */

struct place {
	char *folder;
	char path[512];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	*state = p;
	return 0;
}

static int drop_place(void **state)
{
	struct place *p = *state;

	test_scrap(p->folder);
	free(p);
	return 0;
}

static struct store *open_store(const char *path, enum store_mode mode)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;
	int r = store_open(&s, path, mode, &error);

	if (r)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	return s;
}

static sqlite3 *open_sqlite(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db = open_sqlite(path);

	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static int64_t number_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static unsigned mode_of(const char *path, const char *suffix)
{
	char whole[700];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s%s", path, suffix);
	if (stat(whole, &st))
		return 0;
	return st.st_mode & 07777;
}

static char *bytes_of(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	char *bytes;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	*ret_len = fread(bytes, 1, (size_t)st.st_size + 1, file);
	assert_int_equal(*ret_len, st.st_size);
	fclose(file);
	return bytes;
}

static void put_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* Opening it fails with @expected, says so, and changes no byte. */
static void assert_refused(const char *path, enum store_mode mode, int expected)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;
	size_t len_before, len;
	char *before = bytes_of(path, &len_before), *after;

	assert_int_equal(store_open(&s, path, mode, &error), expected);
	assert_null(s);
	assert_non_null(strstr(error.what, "lull.db: "));
	after = bytes_of(path, &len);
	assert_int_equal(len, len_before);
	assert_memory_equal(before, after, len);
	assert_int_equal(mode_of(path, "-wal"), 0);
	assert_int_equal(mode_of(path, "-shm"), 0);
	free(before);
	free(after);
}

/* --- sessions to read ---------------------------------------------------- */

static const struct writer_end plain_end = {
	.result = "completed",
	.stop = "",
	.hr_before = NAN,
	.hr_after = NAN,
	.rmssd_before = NAN,
	.rmssd_after = NAN,
	.headache_before = NAN,
	.headache_after = NAN,
	.tension_before = NAN,
	.tension_after = NAN,
};

static struct writer *open_writer(const char *path)
{
	struct store_error error = {.what = ""};
	struct writer *w = NULL;
	int r = writer_create(&w, path, NULL, NULL, &error);

	if (r)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	return w;
}

static void begin(struct writer *w, const char *start, bool simulated)
{
	const struct writer_begin b = {
		.start = start,
		.routine = "tension_relief",
		.sensor = simulated ? "person:1" : "ble:",
		.simulated = simulated,
		.line = "{\"kind\":\"session\"}",
	};

	assert_int_equal(writer_begin(w, &b), 0);
}

static void technique(struct writer *w, const char *name)
{
	const struct writer_event e = {
		.t_us = 5000000,
		.kind = "step",
		.line = "{}",
		.row = ROW_TECHNIQUE,
		.technique = name,
	};

	assert_int_equal(writer_event(w, &e), 0);
}

static void end(struct writer *w, const char *result)
{
	struct writer_end e = plain_end;

	e.result = result;
	assert_int_equal(writer_end(w, &e), 0);
}

static void whole_session(struct writer *w, const char *start, bool simulated,
                          const char *result)
{
	begin(w, start, simulated);
	end(w, result);
}

struct ids {
	int64_t id[16];
	size_t n;
	size_t stop_at;
};

static int keep_id(void *data, const struct store_session *row)
{
	struct ids *ids = data;

	assert_true(ids->n < 16);
	ids->id[ids->n++] = row->id;
	return ids->n == ids->stop_at;
}

/* --- files ---------------------------------------------------------------- */

static void a_new_store_and_its_folder_are_private(void **state)
{
	struct place *p = *state;
	mode_t before = umask(0);
	struct store *s;
	char path[600], folder[560];

	snprintf(folder, sizeof(folder), "%s/a/lull", p->folder);
	snprintf(path, sizeof(path), "%s/lull.db", folder);
	s = open_store(path, STORE_WRITE);
	assert_int_equal(store_set_flags(s, 0, "preg"), 0);
	assert_int_equal(mode_of(folder, ""), 0700);
	assert_int_equal(mode_of(path, ""), 0600);
	assert_int_equal(mode_of(path, "-wal"), 0600);
	assert_int_equal(mode_of(path, "-shm"), 0600);
	store_close(s);
	umask(0777);

	struct writer *w = open_writer(p->path);

	assert_int_equal(mode_of(p->path, ""), 0600);
	assert_int_equal(mode_of(p->path, ".lock"), 0600);
	writer_destroy(w);
	umask(before);
}

static void a_store_that_others_could_read_is_closed_to_them(void **state)
{
	struct place *p = *state;

	store_close(open_store(p->path, STORE_WRITE));
	assert_int_equal(chmod(p->path, 0644), 0);
	store_close(open_store(p->path, STORE_WRITE));
	assert_int_equal(mode_of(p->path, ""), 0600);
}

static void reading_makes_no_file_and_leaves_none(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	int64_t id;

	assert_int_equal(store_open(&s, p->path, STORE_READ, &error), -ENOENT);
	assert_non_null(strstr(error.what, "none yet"));
	assert_int_equal(mode_of(p->path, ""), 0);
	put_bytes(p->path, "", 0);
	assert_int_equal(store_open(&s, p->path, STORE_READ, NULL), -ENOENT);
	store_close(open_store(p->path, STORE_WRITE));
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_last_id(s, &id), -ENOENT);
	assert_non_null(strstr(store_message(s), "lull start"));
	store_close(s);
	assert_int_equal(mode_of(p->path, "-wal"), 0);
	assert_int_equal(mode_of(p->path, "-shm"), 0);
	assert_int_equal(mode_of(p->path, ".lock"), 0);
}

static void a_reader_cannot_write(void **state)
{
	struct place *p = *state;
	struct store *s;

	store_close(open_store(p->path, STORE_WRITE));
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_set_flags(s, 1, "preg"), -EROFS);
	assert_non_null(strstr(store_message(s), "cannot be written"));
	assert_int_equal(store_recover(s), -EROFS);
	store_close(s);
}

static void a_name_with_the_signs_of_an_uri_is_only_a_name(void **state)
{
	struct place *p = *state;
	char path[600];

	snprintf(path, sizeof(path), "%s/a b%%41?mode=ro#x.db", p->folder);
	store_close(open_store(path, STORE_WRITE));
	assert_int_equal(mode_of(path, ""), 0600);
	store_close(open_store(path, STORE_READ));
}

static void what_is_no_store_is_refused_and_left_alone(void **state)
{
	static const char text[] = "dear diary, this is no database";
	struct place *p = *state;
	char page[8192];

	put_bytes(p->path, text, sizeof(text));
	assert_refused(p->path, STORE_WRITE, -EBADMSG);
	assert_refused(p->path, STORE_READ, -EBADMSG);
	memset(page, 0xa5, sizeof(page));
	put_bytes(p->path, page, sizeof(page));
	assert_refused(p->path, STORE_WRITE, -EBADMSG);
	memcpy(page, "SQLite format 3", 16);
	put_bytes(p->path, page, sizeof(page));
	assert_refused(p->path, STORE_WRITE, -EBADMSG);
}

static void the_database_of_another_program_is_refused(void **state)
{
	struct place *p = *state;

	run_sql(p->path, "CREATE TABLE bookmark(url TEXT)");
	assert_refused(p->path, STORE_WRITE, -EBADMSG);
	assert_refused(p->path, STORE_READ, -EBADMSG);
	run_sql(p->path, "DROP TABLE bookmark; PRAGMA application_id=7");
	assert_refused(p->path, STORE_WRITE, -EBADMSG);
}

static void a_folder_in_its_place_is_refused(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	char below[600];

	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(store_open(&s, p->path, STORE_WRITE, &error),
	                 -EBADMSG);
	snprintf(below, sizeof(below), "%s/file", p->folder);
	put_bytes(below, "x", 1);
	snprintf(below, sizeof(below), "%s/file/lull.db", p->folder);
	assert_int_equal(store_open(&s, below, STORE_WRITE, &error), -ENOTDIR);
	assert_non_null(strstr(error.what, "file/lull.db: "));
}

static void a_long_path_still_leaves_room_for_the_reason(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	char path[1200];
	int n = snprintf(path, sizeof(path), "%s", p->folder);

	for (int i = 0; i < 6; i++)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "/%0120d", 0);
	assert_int_equal(store_open(&s, path, STORE_READ, &error), -ENOENT);
	assert_non_null(strstr(error.what, "first session"));
}

/* --- versions --------------------------------------------------------------
 */

static void a_newer_store_is_refused_and_not_one_byte_changes(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	char sql[64];

	store_close(open_store(p->path, STORE_WRITE));
	snprintf(sql, sizeof(sql), "PRAGMA user_version=%d",
	         MIGRATE_NEWEST + 1);
	run_sql(p->path, sql);
	assert_refused(p->path, STORE_WRITE, -EPROTO);
	assert_refused(p->path, STORE_READ, -EPROTO);
	assert_int_equal(store_open(&s, p->path, STORE_WRITE, &error), -EPROTO);
	assert_non_null(strstr(error.what, "newer"));
}

/* A store as the lull that knew only @version steps left it. */
static void make_version(const char *path, int version)
{
	sqlite3 *db = open_sqlite(path);
	const char *steps[MIGRATE_NEWEST];

	for (int i = 0; i < version; i++)
		steps[i] = migrate_step((size_t)i);
	assert_int_equal(migrate_steps(db, steps, (size_t)version), 0);
	assert_int_equal(number_of(db, "PRAGMA user_version"), version);
	if (!version)
		assert_int_equal(
			sqlite3_exec(db, "PRAGMA application_id=0x4c756c6c",
		                     NULL, NULL, NULL),
			SQLITE_OK);
	sqlite3_close(db);
}

static void
every_earlier_version_is_brought_up_by_writer_and_reader(void **state)
{
	static const enum store_mode modes[] = {STORE_WRITE, STORE_READ};
	struct place *p = *state;

	assert_null(migrate_step(MIGRATE_NEWEST));
	for (int version = 0; version <= MIGRATE_NEWEST; version++)
		for (int i = 0; i < 2; i++) {
			struct store *s;
			struct ids ids = {.n = 0};
			sqlite3 *db;

			unlink(p->path);
			make_version(p->path, version);
			s = open_store(p->path, modes[i]);
			assert_int_equal(store_sessions(s, 0, keep_id, &ids),
			                 0);
			assert_int_equal(ids.n, 0);
			store_close(s);
			db = open_sqlite(p->path);
			assert_int_equal(number_of(db, "PRAGMA user_version"),
			                 MIGRATE_NEWEST);
			assert_int_equal(number_of(db, "PRAGMA application_id"),
			                 MIGRATE_APPLICATION_ID);
			sqlite3_close(db);
		}
}

static void a_migration_that_fails_leaves_the_version_before_it(void **state)
{
	static const char *const steps[] = {
		"CREATE TABLE a(x); INSERT INTO a VALUES(1)",
		"INSERT INTO a VALUES(2); CREATE TABLE b(x); "
		"INSERT INTO missing VALUES(3)",
		"CREATE TABLE c(x)",
	};
	static const char *const mended[] = {
		"SELECT no_such_function()", /* done already: never run */
		"INSERT INTO a VALUES(2)",
		"CREATE TABLE c(x)",
	};
	struct place *p = *state;
	sqlite3 *db = open_sqlite(p->path);

	assert_true(migrate_steps(db, steps, 3) < 0);
	assert_int_equal(sqlite3_get_autocommit(db), 1);
	assert_int_equal(number_of(db, "PRAGMA user_version"), 1);
	assert_int_equal(number_of(db, "SELECT sum(x) FROM a"), 1);
	assert_int_equal(number_of(db, "SELECT count(*) FROM sqlite_schema"),
	                 1);
	assert_int_equal(migrate_steps(db, mended, 3), 0);
	assert_int_equal(number_of(db, "PRAGMA user_version"), 3);
	assert_int_equal(number_of(db, "SELECT sum(x) FROM a"), 3);
	sqlite3_close(db);
}

static const char *const raced_steps[] = {"CREATE TABLE a(x)",
                                          "CREATE TABLE b(x)"};

/* What the other program does while this one waits for its turn. */
static int let_the_other_finish(void *other, int tries)
{
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	return tries == 0;
}

static void two_programs_that_migrate_at_once_do_it_once(void **state)
{
	struct place *p = *state;
	sqlite3 *db = open_sqlite(p->path), *other = open_sqlite(p->path);
	char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s;"
	                            "PRAGMA user_version=1",
	                            raced_steps[0]);

	assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), 0);
	sqlite3_free(sql);
	sqlite3_busy_handler(db, let_the_other_finish, other);
	assert_int_equal(migrate_steps(db, raced_steps, 2), 0);
	assert_int_equal(number_of(db, "PRAGMA user_version"), 2);
	assert_int_equal(number_of(db, "SELECT count(*) FROM sqlite_schema"),
	                 2);
	sqlite3_close(other);
	sqlite3_close(db);
}

/* --- read-only -------------------------------------------------------------
 */

/* Runs @check as a user to whom the place is read-only. Return: its status. */
static int as_nobody(int (*check)(const struct place *p), const struct place *p)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		if (!geteuid() &&
		    (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		     setresuid(NOBODY, NOBODY, NOBODY)))
			_exit(99);
		_exit(check(p));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void seal(const struct place *p, unsigned file, unsigned folder)
{
	assert_int_equal(chmod(p->path, file), 0);
	assert_int_equal(chmod(p->folder, folder), 0);
}

/* The numbers that these return are the line to look at. */
static int reads_all(const struct place *p)
{
	struct ids ids = {.n = 0};
	struct store *s = NULL;
	struct store_session x;

	if (store_open(&s, p->path, STORE_READ, NULL))
		return 1;
	if (store_sessions(s, 0, keep_id, &ids) || ids.n != 1)
		return 2;
	if (store_session(s, ids.id[0], &x) ||
	    strcmp(x.result, "completed") != 0)
		return 3;
	if (store_set_flags(s, 1, "x") != -EROFS)
		return 4;
	store_close(s);
	return mode_of(p->path, "-shm") || mode_of(p->path, "-wal") ? 5 : 0;
}

static int cannot_write(const struct place *p)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;
	struct writer *w = NULL;
	int r = store_open(&s, p->path, STORE_WRITE, &error);

	if (r != -EROFS && r != -EACCES)
		return 1;
	if (!strstr(error.what, "folder"))
		return 2;
	r = writer_create(&w, p->path, NULL, NULL, &error);
	return r == -EROFS || r == -EACCES ? 0 : 3;
}

static int cannot_read(const struct place *p)
{
	struct store *s = NULL;

	return store_open(&s, p->path, STORE_READ, NULL) == -EACCES ? 0 : 1;
}

static void a_read_only_store_is_read_and_writing_is_refused(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	size_t len_before, len;
	char *before, *after;

	whole_session(w, "2026-03-01T08:00:00+01:00", false, "completed");
	writer_destroy(w);
	before = bytes_of(p->path, &len_before);
	seal(p, 0444, 0555);
	assert_int_equal(as_nobody(reads_all, p), 0);
	assert_int_equal(as_nobody(cannot_write, p), 0);
	seal(p, 0000, 0555);
	assert_int_equal(as_nobody(cannot_read, p), 0);
	seal(p, 0600, 0700);
	after = bytes_of(p->path, &len);
	assert_int_equal(len, len_before);
	assert_memory_equal(before, after, len);
	free(before);
	free(after);
}

/* --- what is asked ---------------------------------------------------------
 */

static void sessions_come_newest_first_by_their_start(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	struct ids all = {.n = 0}, two = {.n = 0}, stopped = {.stop_at = 1};
	struct store *s;
	int64_t last;

	/* 3 is between 1 and 2 once the offsets are counted in */
	whole_session(w, "2026-03-01T08:00:00+01:00", false, "completed");
	whole_session(w, "2026-03-01T08:00:00-05:00", false, "completed");
	whole_session(w, "2026-03-01T08:00:00+00:00", false, "completed");
	whole_session(w, "2026-03-01T08:00:00+00:00", false, "completed");
	writer_destroy(w);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_sessions(s, 0, keep_id, &all), 0);
	assert_int_equal(all.n, 4);
	assert_int_equal(all.id[0], 2);
	assert_int_equal(all.id[1], 4);
	assert_int_equal(all.id[2], 3);
	assert_int_equal(all.id[3], 1);
	assert_int_equal(store_sessions(s, 2, keep_id, &two), 0);
	assert_int_equal(two.n, 2);
	assert_int_equal(two.id[1], 4);
	assert_int_equal(store_sessions(s, 0, keep_id, &stopped), 0);
	assert_int_equal(stopped.n, 1);
	assert_int_equal(store_last_id(s, &last), 0);
	assert_int_equal(last, 2);
	store_close(s);
}

static int refuse_line(void *data, const char *line, size_t len)
{
	(void)data;
	(void)line;
	(void)len;
	fail();
	return 0;
}

static void a_session_that_is_not_there_is_named(void **state)
{
	struct place *p = *state;
	struct store_session x = {.id = 77};
	struct store *s = open_store(p->path, STORE_WRITE);

	assert_int_equal(store_session(s, 41, &x), -ENOENT);
	assert_int_equal(x.id, 77);
	assert_non_null(strstr(store_message(s), "session 41: there is none"));
	assert_int_equal(store_lines(s, 42, refuse_line, NULL), -ENOENT);
	assert_non_null(strstr(store_message(s), "session 42: there is none"));
	store_close(s);
}

static void result_is(const char *path, int64_t id, const char *result)
{
	struct store *s = open_store(path, STORE_READ);
	struct store_session x;

	assert_int_equal(store_session(s, id, &x), 0);
	assert_string_equal(x.result, result);
	assert_near(x.seconds, 5, 0);
	assert_int_equal(x.events, 1);
	assert_int_equal(x.beats, 0);
	store_close(s);
}

static void
a_session_cut_off_shows_as_interrupted_and_recovers_as_that(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	struct store *s;

	begin(w, "2026-03-01T08:00:00Z", false);
	technique(w, "brow_smooth");
	writer_flush(w);
	result_is(p->path, 1, "");
	writer_destroy(w); /* no end was written */
	result_is(p->path, 1, "interrupted");

	/* with a writer there again only its own session runs */
	w = open_writer(p->path);
	begin(w, "2026-03-01T09:00:00Z", false);
	technique(w, "brow_smooth");
	writer_flush(w);
	result_is(p->path, 1, "interrupted");
	result_is(p->path, 2, "");
	end(w, "stopped");
	writer_destroy(w);
	result_is(p->path, 2, "stopped");

	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_recover(s), 1);
	assert_int_equal(store_recover(s), 0);
	store_close(s);

	sqlite3 *db = open_sqlite(p->path);

	assert_int_equal(number_of(db, "SELECT result = 'interrupted' AND"
	                               " seconds = 5 AND events = 1 AND"
	                               " beats = 0 FROM session WHERE id = 1"),
	                 1);
	sqlite3_close(db);
}

static void the_profile_counts_finished_sessions_of_a_real_heart(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	char flags[64] = "untouched";
	int sessions = -1;
	bool known = true;
	struct store *s;

	whole_session(w, "", false, "completed");
	whole_session(w, "", false, "closed_early");
	whole_session(w, "", false, "stopped");
	whole_session(w, "", false, "interrupted");
	whole_session(w, "", true, "completed");
	begin(w, "", false);
	writer_destroy(w);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(
		store_profile(s, 1000, flags, sizeof(flags), &known, &sessions),
		0);
	assert_int_equal(sessions, 2);
	assert_string_equal(flags, "");
	assert_false(known);
	store_close(s);
}

static void flags_are_known_for_thirty_days(void **state)
{
	const int64_t t = 1772000000;
	const struct {
		int64_t now;
		bool known;
	} cases[] = {
		{t, true},
		{t + 30 * DAY_S, true},
		{t + 30 * DAY_S + 1, false},
		{t - 1, false}, /* the clock was set back */
	};
	struct place *p = *state;
	struct store *s = open_store(p->path, STORE_WRITE);
	char flags[64], small[4] = "abc";
	bool known;
	int sessions = 7;

	assert_int_equal(store_set_flags(s, t - DAY_S, "tmj"), 0);
	assert_int_equal(store_set_flags(s, t, "preg,gca"), 0);
	for (size_t i = 0; i < 4; i++) {
		known = !cases[i].known;
		assert_int_equal(store_profile(s, cases[i].now, flags,
		                               sizeof(flags), &known,
		                               &sessions),
		                 0);
		assert_string_equal(flags, "preg,gca");
		assert_int_equal(known, cases[i].known);
	}
	sessions = 7;
	assert_int_equal(
		store_profile(s, t, small, sizeof(small), &known, &sessions),
		-ENOBUFS);
	assert_string_equal(small, "abc");
	assert_int_equal(sessions, 7);
	assert_int_equal(store_set_flags(s, t, ""), 0);
	assert_int_equal(
		store_profile(s, t, flags, sizeof(flags), &known, &sessions),
		0);
	assert_string_equal(flags, "");
	assert_true(known);
	store_close(s);
}

static void uses_are_counted_by_technique_without_simulated_ones(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	struct store_use uses[4];
	size_t n = 99;
	struct store *s;

	begin(w, "", false);
	technique(w, "brow_smooth");
	technique(w, "trap_squeeze");
	technique(w, "trap_squeeze");
	end(w, "completed");
	begin(w, "", true);
	technique(w, "brow_smooth");
	technique(w, "brow_smooth");
	end(w, "completed");
	writer_destroy(w);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_uses(s, uses, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(uses[0].technique, "trap_squeeze");
	assert_int_equal(uses[0].uses, 2);
	assert_true(isnan(uses[0].rating));
	assert_string_equal(uses[1].technique, "brow_smooth");
	assert_int_equal(uses[1].uses, 1);
	assert_int_equal(store_uses(s, uses, 1, &n), 0);
	assert_int_equal(n, 1);
	store_close(s);
}

static void
massage_is_blocked_by_the_gravest_until_a_doctor_has_seen_it(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path, STORE_WRITE);
	char stop[16] = "untouched";

	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 0);
	assert_string_equal(stop, "untouched");
	/* of a session that is not stored, or not yet: blocks all the same */
	assert_int_equal(store_block(s, 999, "soon", 10), 0);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "soon");
	assert_int_equal(store_block(s, 0, "emergency", 11), 0);
	assert_int_equal(store_block(s, 0, "urgent", 12), 0);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "emergency");
	assert_int_equal(store_block(s, 0, "grave", 12), -EINVAL);
	assert_int_equal(store_seen(s, 20), 3);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 0);
	assert_int_equal(store_seen(s, 21), 0);
	assert_int_equal(store_block(s, 0, "urgent", 30), 0);
	store_close(s);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	assert_string_equal(stop, "urgent");
	store_close(s);
}

static void erasing_a_session_takes_its_rows_and_keeps_its_block(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	struct store *s;
	sqlite3 *db;
	char stop[16];

	begin(w, "", false);
	technique(w, "brow_smooth");
	end(w, "stopped");
	writer_destroy(w);
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_block(s, 1, "urgent", 5), 0);
	run_sql(p->path, "PRAGMA foreign_keys=ON;"
	                 "DELETE FROM session WHERE id = 1");
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	store_close(s);
	db = open_sqlite(p->path);
	assert_int_equal(number_of(db, "SELECT count(*) FROM event"), 0);
	assert_int_equal(number_of(db, "SELECT count(*) FROM technique_use"),
	                 0);
	sqlite3_close(db);

	/* and its number is not given to another */
	w = open_writer(p->path);
	begin(w, "", false);
	writer_flush(w);

	struct writer_status status;

	writer_status(w, &status);
	assert_int_equal(status.session, 2);
	writer_destroy(w);
}

static void a_damaged_page_is_reported_not_shown(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	struct ids ids = {.n = 0};
	struct store_error error;
	struct store *s = NULL;
	size_t len;
	char *bytes;
	int r;

	whole_session(w, "", false, "completed");
	writer_destroy(w);
	bytes = bytes_of(p->path, &len);
	assert_true(len > 8192);
	memset(bytes + 4096, 0xff, len - 4096); /* all but the first page */
	put_bytes(p->path, bytes, len);
	free(bytes);
	r = store_open(&s, p->path, STORE_READ, &error);
	if (!r)
		r = store_sessions(s, 0, keep_id, &ids);
	assert_int_equal(r, -EBADMSG);
	assert_int_equal(ids.n, 0);
	store_close(s);
}

#define place_test(name)                                                       \
	cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(a_new_store_and_its_folder_are_private),
		place_test(a_store_that_others_could_read_is_closed_to_them),
		place_test(reading_makes_no_file_and_leaves_none),
		place_test(a_reader_cannot_write),
		place_test(a_name_with_the_signs_of_an_uri_is_only_a_name),
		place_test(what_is_no_store_is_refused_and_left_alone),
		place_test(the_database_of_another_program_is_refused),
		place_test(a_folder_in_its_place_is_refused),
		place_test(a_long_path_still_leaves_room_for_the_reason),
		place_test(a_newer_store_is_refused_and_not_one_byte_changes),
		place_test(
			every_earlier_version_is_brought_up_by_writer_and_reader),
		place_test(a_migration_that_fails_leaves_the_version_before_it),
		place_test(two_programs_that_migrate_at_once_do_it_once),
		place_test(a_read_only_store_is_read_and_writing_is_refused),
		place_test(sessions_come_newest_first_by_their_start),
		place_test(a_session_that_is_not_there_is_named),
		place_test(
			a_session_cut_off_shows_as_interrupted_and_recovers_as_that),
		place_test(
			the_profile_counts_finished_sessions_of_a_real_heart),
		place_test(flags_are_known_for_thirty_days),
		place_test(
			uses_are_counted_by_technique_without_simulated_ones),
		place_test(
			massage_is_blocked_by_the_gravest_until_a_doctor_has_seen_it),
		place_test(
			erasing_a_session_takes_its_rows_and_keeps_its_block),
		place_test(a_damaged_page_is_reported_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
