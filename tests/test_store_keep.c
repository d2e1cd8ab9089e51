/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/bring.h"
#include "store/diary.h"
#include "store/keep.h"
#include "store/migrate.h"
#include "store/writer.h"

#define BEATS 500
#define TODAY 20782

struct place {
	char *folder;
	char path[512], copy[512];
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	snprintf(p->copy, sizeof(p->copy), "%s/copy.db", p->folder);
	*state = p;
	return 0;
}

static int tear_down(void **state)
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

	if (store_open(&s, path, mode, &error) != 0)
		fail_msg("%s", error.what);
	return s;
}

static struct writer *open_writer(const char *path)
{
	struct store_error error = {.what = ""};
	struct writer *w = NULL;

	if (writer_create(&w, path, NULL, NULL, &error) != 0)
		fail_msg("%s", error.what);
	return w;
}

/* A session whose every row holds @word. */
static void begin(struct writer *w, const char *start, const char *word)
{
	char line[128];
	const struct writer_begin b = {.start = start,
	                               .routine = word,
	                               .sensor = "ble:",
	                               .line = line};

	snprintf(line, sizeof(line), "{\"kind\":\"session\",\"w\":\"%s\"}",
	         word);
	assert_int_equal(writer_begin(w, &b), 0);
	for (int i = 0; i < BEATS; i++) {
		const struct writer_event e = {.t_us = (uint64_t)i * 1000000,
		                               .kind = "beat",
		                               .line = line,
		                               .row = ROW_BEAT,
		                               .at_us = (uint64_t)i * 1000000,
		                               .rr_ms = 800 + i % 7};

		assert_int_equal(writer_event(w, &e), 0);
	}
	writer_flush(w);
}

static void end(struct writer *w)
{
	const struct writer_end e = {.result = "completed",
	                             .stop = "",
	                             .hr_before = 70,
	                             .hr_after = 66,
	                             .rmssd_before = NAN,
	                             .rmssd_after = NAN,
	                             .headache_before = NAN,
	                             .headache_after = NAN,
	                             .tension_before = NAN,
	                             .tension_after = NAN};

	assert_int_equal(writer_end(w, &e), 0);
	writer_flush(w);
}

static void two_sessions(const char *path)
{
	struct writer *w = open_writer(path);

	begin(w, "2026-11-20T21:05:00+01:00", "KEEPTHIS");
	end(w);
	begin(w, "2026-11-22T21:05:00+01:00", "FORGETME");
	end(w);
	writer_destroy(w);
}

static uint64_t beats_of(const char *path, int64_t id)
{
	struct store *s = open_store(path, STORE_READ);
	struct store_session row = {.beats = 0};
	int r = store_session(s, id, &row);

	store_close(s);
	return r == 0 ? row.beats : 0;
}

/* How often @word stands in the file, as bytes. */
static unsigned found_in(const char *path, const char *word)
{
	size_t len = strlen(word), n = 0;
	unsigned found = 0;
	struct stat st;
	char *bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	bytes = malloc((size_t)st.st_size + 1);
	assert_non_null(bytes);
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, bytes + n, (size_t)st.st_size - n);

		assert_true(got > 0);
		n += (size_t)got;
	}
	close(fd);
	for (char *at = bytes; n >= len; at++, n--)
		found += memcmp(at, word, len) == 0;
	free(bytes);
	return found;
}

static unsigned traces(const struct place *p, const char *word)
{
	char wal[520];

	snprintf(wal, sizeof(wal), "%s-wal", p->path);
	return found_in(p->path, word) + found_in(wal, word);
}

static void put_day(const char *path, int32_t date, const char *note)
{
	struct store *s = open_store(path, STORE_WRITE);
	struct diary_day day;

	diary_blank(&day, date, 1795600000);
	diary_set_note(&day, note, NULL);
	assert_int_equal(store_diary_put(s, &day, 1795600000), 0);
	store_close(s);
}

/* --- copies -----------------------------------------------------------------
 */

static void a_backup_during_a_session_has_all_that_was_committed(void **state)
{
	struct place *p = *state;
	struct writer *w = open_writer(p->path);
	struct store_session row;
	struct store *s;
	struct stat st;

	begin(w, "2026-11-20T21:05:00+01:00", "RUNNING");
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_backup(s, p->copy, NULL), 0);
	store_close(s);
	end(w);
	writer_destroy(w);
	assert_int_equal(stat(p->copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(beats_of(p->copy, 1), BEATS);
	/* and restored it is the session up to that second, cut off there */
	assert_int_equal(store_restore(p->path, p->copy, NULL), 0);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_session(s, 1, &row), 0);
	assert_string_equal(row.result, "interrupted");
	assert_int_equal(row.beats, BEATS);
	assert_near(row.seconds, BEATS - 1, 0);
	store_close(s);
}

static void a_backup_never_goes_over_a_file(void **state)
{
	struct place *p = *state;
	struct store_error error = {.what = ""};
	struct store *s;

	two_sessions(p->path);
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_backup(s, p->path, &error), -EEXIST);
	assert_non_null(strstr(error.what, "is there already"));
	assert_true(store_backup(s, "/nowhere/x.db", &error) < 0);
	store_close(s);
	assert_int_equal(beats_of(p->path, 2), BEATS);
}

static void what_is_restored_is_what_was_backed_up(void **state)
{
	struct place *p = *state;
	char before[520];
	struct store *s;

	two_sessions(p->path);
	put_day(p->path, TODAY, "a day");
	s = open_store(p->path, STORE_READ);
	assert_int_equal(store_backup(s, p->copy, NULL), 0);
	store_close(s);
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(
		store_erase(s, &(struct store_erase){.session = 1, .from = 1}),
		1);
	store_close(s);
	assert_int_equal(store_restore(p->path, p->copy, NULL), 0);
	assert_int_equal(beats_of(p->path, 1), BEATS);
	assert_int_equal(beats_of(p->path, 2), BEATS);
	/* and what was there is beside it */
	snprintf(before, sizeof(before), "%s.before", p->path);
	assert_int_equal(beats_of(before, 1), 0);
	assert_int_equal(beats_of(before, 2), BEATS);
}

static void a_backup_is_restored_where_nothing_was(void **state)
{
	struct place *p = *state;

	two_sessions(p->copy);
	assert_int_equal(store_restore(p->path, p->copy, NULL), 0);
	assert_int_equal(beats_of(p->path, 2), BEATS);
}

/* Ten thousand beats of ten sessions, as every version has them. */
static const char fixture[] =
	"WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i"
	" WHERE n < 9)"
	" INSERT INTO session(start, start_s, routine, sensor, simulated,"
	" result, first_line) SELECT '2026-11-2' || n || 'T21:05:00+01:00',"
	" 1795200000 + n, 'r', 'ble:', 0, 'completed', '{}' FROM i;"
	"WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i"
	" WHERE n < 999)"
	" INSERT INTO beat(session, n, t_us, at_us, rr_ms, class)"
	" SELECT id, i.n, i.n * 800000 + 7, i.n * 800000,"
	" 700 + (i.n * 37 + id) % 301 / 1.024, 'ok' FROM i, session;";

static void fill_old(const char *path, int version)
{
	const char *steps[MIGRATE_NEWEST];
	sqlite3 *db;

	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < version; i++)
		steps[i] = migrate_step((size_t)i);
	assert_int_equal(migrate_steps(db, steps, (size_t)version), 0);
	assert_int_equal(sqlite3_exec(db, fixture, NULL, NULL, NULL),
	                 SQLITE_OK);
	if (version >= 2)
		assert_int_equal(
			sqlite3_exec(db,
		                     "INSERT INTO diary VALUES(20780, 1, 2,"
		                     " 'KEPT'); INSERT INTO diary_value"
		                     " VALUES(20780, 'worst', '7')",
		                     NULL, NULL, NULL),
			SQLITE_OK);
	sqlite3_close(db);
}

/* All of the table, in one text. */
static char *beats_text(const char *path)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;
	char *text;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db,
	                           "SELECT group_concat(session || ' ' || n ||"
	                           " ' ' || t_us || ' ' || at_us || ' ' ||"
	                           " format('%!.17g', rr_ms) || ' ' || class)"
	                           " FROM (SELECT * FROM beat"
	                           " ORDER BY session, n)",
	                           -1, &s, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	text = strdup((const char *)sqlite3_column_text(s, 0));
	assert_non_null(text);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return text;
}

static void an_older_backup_is_brought_up_to_date_with_every_beat(void **state)
{
	struct place *p = *state;

	for (int version = 1; version < MIGRATE_NEWEST; version++) {
		struct diary_day day = {.note = ""};
		char *was, *is;
		struct store *s;

		fill_old(p->copy, version);
		was = beats_text(p->copy);
		assert_true(strlen(was) > 300000);
		assert_int_equal(store_restore(p->path, p->copy, NULL), 0);
		is = beats_text(p->path);
		assert_string_equal(is, was);
		free(was);
		free(is);
		assert_int_equal(beats_of(p->path, 10), 1000);
		s = open_store(p->path, STORE_READ);
		if (version >= 2)
			assert_int_equal(store_diary_get(s, 20780, &day), 0);
		assert_string_equal(day.note, version >= 2 ? "KEPT" : "");
		store_close(s);
	}
}

static void what_is_no_sound_backup_changes_nothing(void **state)
{
	struct place *p = *state;
	struct store_error error = {.what = ""};
	FILE *f;

	two_sessions(p->path);
	f = fopen(p->copy, "we");
	fputs("this is no store, but it is long enough to look like a file", f);
	fclose(f);
	assert_int_equal(store_restore(p->path, p->copy, &error), -EBADMSG);
	assert_true(error.what[0] != '\0');
	assert_int_equal(truncate(p->copy, 0), 0);
	assert_int_equal(store_restore(p->path, p->copy, &error), -EBADMSG);
	unlink(p->copy);
	assert_true(store_restore(p->path, p->copy, &error) < 0);
	/* one that was cut in half */
	two_sessions(p->copy);
	assert_int_equal(truncate(p->copy, 24576), 0);
	assert_true(store_restore(p->path, p->copy, &error) < 0);
	assert_int_equal(beats_of(p->path, 1), BEATS);
}

static void bring(struct store_bring *b, uint64_t n)
{
	const struct store_beat beats[] = {{800000, 800, 0, true},
	                                   {1600000 + n, 800, 0, false}};
	const struct store_recording r = {"", "file:x.rr", "RR text", beats, 2};
	int64_t id;

	assert_int_equal(store_bring_recording(b, &r, &id), 0);
	assert_int_equal(store_bring_commit(b), 0);
}

/* As a power cut would leave it: the file without its log. */
static unsigned recordings_in_the_file(const struct place *p)
{
	char command[1200];
	struct store *s;
	unsigned n = 0;

	snprintf(command, sizeof(command), "cp '%s' '%s'", p->path, p->copy);
	assert_int_equal(system(command), 0);
	s = open_store(p->copy, STORE_READ);
	for (int64_t id = 1; id <= 3; id++) {
		struct store_session row;

		n += store_session(s, id, &row) == 0;
	}
	store_close(s);
	unlink(p->copy);
	return n;
}

static void what_is_brought_in_is_in_the_file_once_it_is_finished(void **state)
{
	struct place *p = *state;
	struct store *s = open_store(p->path, STORE_WRITE), *other;
	struct store_bring *b;

	/* nobody who closes it last empties the log */
	other = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_bring_create(&b, s), 0);
	for (uint64_t i = 0; i < 3; i++)
		bring(b, i);
	assert_int_equal(recordings_in_the_file(p), 0);
	assert_int_equal(store_bring_finish(b), 0);
	assert_int_equal(recordings_in_the_file(p), 3);
	assert_int_equal(store_bring_finish(b), 0);
	store_bring_destroy(b);
	store_close(s);
	store_close(other);
}

static void while_a_daemon_writes_nothing_is_restored(void **state)
{
	struct place *p = *state;
	struct writer *w;

	two_sessions(p->path);
	two_sessions(p->copy);
	w = open_writer(p->path);
	assert_int_equal(store_restore(p->path, p->copy, NULL), -EBUSY);
	writer_destroy(w);
	assert_int_equal(beats_of(p->path, 2), BEATS);
}

/* --- gone for good ----------------------------------------------------------
 */

static void of_an_erased_session_no_byte_stays_in_the_file(void **state)
{
	struct place *p = *state;
	const struct store_erase what = {.session = 2, .from = 1};
	struct store *s;

	two_sessions(p->path);
	assert_true(traces(p, "FORGETME") > BEATS);
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_erase_count(s, &what), 1);
	assert_int_equal(store_erase(s, &what), 1);
	/* while it is still open, with its log beside it */
	assert_int_equal(traces(p, "FORGETME"), 0);
	store_close(s);
	assert_int_equal(traces(p, "FORGETME"), 0);
	assert_true(traces(p, "KEEPTHIS") > BEATS);
	assert_int_equal(beats_of(p->path, 1), BEATS);
}

static void days_are_erased_with_or_without_their_diary(void **state)
{
	struct place *p = *state;
	/* 2026-11-22 by the clock of the session, and a day of the diary */
	struct store_erase what = {
		.from_s = 1795300000, .to_s = 1795400000, .from = 1};
	struct store *s;

	two_sessions(p->path);
	put_day(p->path, TODAY, "REMEMBERED");
	put_day(p->path, TODAY - 3, "FORGOTTEN");
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_erase(s, &what), 1);
	assert_int_equal(traces(p, "FORGETME"), 0);
	assert_true(traces(p, "FORGOTTEN") > 0);
	what.from = what.to = TODAY - 3;
	assert_int_equal(store_erase(s, &what), 1);
	assert_int_equal(traces(p, "FORGOTTEN"), 0);
	assert_true(traces(p, "REMEMBERED") > 0);
	store_close(s);
}

static void all_is_erased_but_what_waits_for_a_doctor(void **state)
{
	struct place *p = *state;
	const struct store_erase all = {.from_s = INT64_MIN,
	                                .to_s = INT64_MAX,
	                                .from = INT32_MIN,
	                                .to = INT32_MAX,
	                                .settings = true};
	struct store *s;
	char stop[16];

	two_sessions(p->path);
	put_day(p->path, TODAY, "REMEMBERED");
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_set_flags(s, 1, "PREGNANTNESS"), 0);
	assert_int_equal(store_block(s, 1, "urgent", 1), 0);
	assert_int_equal(store_erase(s, &all), 3);
	assert_int_equal(traces(p, "FORGETME") + traces(p, "KEEPTHIS") +
	                         traces(p, "REMEMBERED") +
	                         traces(p, "PREGNANTNESS"),
	                 0);
	assert_int_equal(store_blocked(s, stop, sizeof(stop)), 1);
	store_close(s);
}

static void a_session_that_runs_is_not_erased(void **state)
{
	struct place *p = *state;
	const struct store_erase what = {.session = 1, .from = 1};
	struct writer *w = open_writer(p->path);
	struct store *s;

	begin(w, "2026-11-20T21:05:00+01:00", "RUNNING");
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_erase(s, &what), -EBUSY);
	assert_non_null(strstr(store_message(s), "a session runs"));
	end(w);
	assert_int_equal(store_erase(s, &what), 1);
	store_close(s);
	writer_destroy(w);
}

static void a_session_that_is_not_there_is_named(void **state)
{
	struct place *p = *state;
	const struct store_erase what = {.session = 7, .from = 1};
	struct store *s;

	two_sessions(p->path);
	s = open_store(p->path, STORE_WRITE);
	assert_int_equal(store_erase(s, &what), -ENOENT);
	assert_non_null(strstr(store_message(s), "session 7"));
	store_close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_backup_during_a_session_has_all_that_was_committed),
		TEST(a_backup_never_goes_over_a_file),
		TEST(what_is_restored_is_what_was_backed_up),
		TEST(a_backup_is_restored_where_nothing_was),
		TEST(an_older_backup_is_brought_up_to_date_with_every_beat),
		TEST(what_is_no_sound_backup_changes_nothing),
		TEST(while_a_daemon_writes_nothing_is_restored),
		TEST(what_is_brought_in_is_in_the_file_once_it_is_finished),
		TEST(of_an_erased_session_no_byte_stays_in_the_file),
		TEST(days_are_erased_with_or_without_their_diary),
		TEST(all_is_erased_but_what_waits_for_a_doctor),
		TEST(a_session_that_runs_is_not_erased),
		TEST(a_session_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
