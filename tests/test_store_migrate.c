/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/migrate.h"
#include "store/store.h"
#include "store/writer.h"

/* --- versions --------------------------------------------------------------
 */

static void a_newer_store_is_refused_and_not_one_byte_changes(void **state)
{
	struct place *p = *state;
	struct store_error error;
	struct store *s = NULL;
	char sql[64];

	store_close(place_store(p->path, STORE_WRITE));
	snprintf(sql, sizeof(sql), "PRAGMA user_version=%d",
	         MIGRATE_NEWEST + 1);
	place_sql(p->path, sql);
	place_refuses(p->path, STORE_WRITE, -EPROTO);
	place_refuses(p->path, STORE_READ, -EPROTO);
	assert_int_equal(store_open(&s, p->path, STORE_WRITE, &error), -EPROTO);
	assert_non_null(strstr(error.what, "newer"));
}

/* A store as the lull that knew only @version steps left it. */
static void make_version(const char *path, int version)
{
	sqlite3 *db = place_sqlite(path);
	const char *steps[MIGRATE_NEWEST];

	for (int i = 0; i < version; i++)
		steps[i] = migrate_step((size_t)i);
	assert_int_equal(migrate_steps(db, steps, (size_t)version), 0);
	assert_int_equal(place_number(db, "PRAGMA user_version"), version);
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
			s = place_store(p->path, modes[i]);
			assert_int_equal(
				store_sessions(s, 0, place_keep_id, &ids), 0);
			assert_int_equal(ids.n, 0);
			store_close(s);
			db = place_sqlite(p->path);
			assert_int_equal(
				place_number(db, "PRAGMA user_version"),
				MIGRATE_NEWEST);
			assert_int_equal(
				place_number(db, "PRAGMA application_id"),
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
	sqlite3 *db = place_sqlite(p->path);

	assert_true(migrate_steps(db, steps, 3) < 0);
	assert_int_equal(sqlite3_get_autocommit(db), 1);
	assert_int_equal(place_number(db, "PRAGMA user_version"), 1);
	assert_int_equal(place_number(db, "SELECT sum(x) FROM a"), 1);
	assert_int_equal(place_number(db, "SELECT count(*) FROM sqlite_schema"),
	                 1);
	assert_int_equal(migrate_steps(db, mended, 3), 0);
	assert_int_equal(place_number(db, "PRAGMA user_version"), 3);
	assert_int_equal(place_number(db, "SELECT sum(x) FROM a"), 3);
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
	sqlite3 *db = place_sqlite(p->path), *other = place_sqlite(p->path);
	char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s;"
	                            "PRAGMA user_version=1",
	                            raced_steps[0]);

	assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), 0);
	sqlite3_free(sql);
	sqlite3_busy_handler(db, let_the_other_finish, other);
	assert_int_equal(migrate_steps(db, raced_steps, 2), 0);
	assert_int_equal(place_number(db, "PRAGMA user_version"), 2);
	assert_int_equal(place_number(db, "SELECT count(*) FROM sqlite_schema"),
	                 2);
	sqlite3_close(other);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(a_newer_store_is_refused_and_not_one_byte_changes),
		place_test(
			every_earlier_version_is_brought_up_by_writer_and_reader),
		place_test(a_migration_that_fails_leaves_the_version_before_it),
		place_test(two_programs_that_migrate_at_once_do_it_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
