/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/years.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diary/date.h"
#include "store/diary.h"
#include "store/store.h"
#include "tests/helpers/test.h"

#define DAY_S 86400

/* Shares of days: of headaches before the first session, and since. */
#define ACHES_BEFORE 0.4
#define ACHES_SINCE  0.25
/* Of one day with the next. */
#define RUNS    0.3
#define ENTERED 0.95

static void name_path(char *ret, const char *home, const char *below)
{
	snprintf(ret, PATH_MAX, "%s/%s", home, below);
}

void years_environment(const char *home)
{
	static const char *const folders[][2] = {
		{"HOME", ""},
		{"XDG_STATE_HOME", "state"},
		{"XDG_CACHE_HOME", "cache"},
		{"XDG_CONFIG_HOME", "config"},
		{"XDG_DATA_HOME", "data"},
	};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		name_path(path, home, folders[i][1]);
		setenv(folders[i][0], path, 1);
	}
}

static int give_up(const char *what, const char *why)
{
	fprintf(stderr, "years: %s: %s\n", what, why);
	return -EIO;
}

/* --- the sessions -----------------------------------------------------------
 */

/* One of each person, in a store of its own beside the one that is made. */
static int play(const struct years *y, const char *lull, const char *home)
{
	char command[2 * PATH_MAX];

	for (unsigned i = 1; i <= y->persons; i++) {
		snprintf(command, sizeof(command),
		         "XDG_STATE_HOME='%s/played' '%s' render "
		         "tension_relief --person %u --sessions %u --no-voice "
		         "--save --json >/dev/null",
		         home, lull, i, 3 + i);
		if (system(command) != 0)
			return give_up(lull, "cannot play a session");
	}
	return 0;
}

static int run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return give_up("SQLite", sqlite3_errmsg(db));
}

/* The heart after differs anew in each session, as hearts do. */
#define COPY_SESSION                                                           \
	"INSERT INTO session(start, start_s, routine, sensor, simulated,"      \
	" result, rule, stop, seconds, beats, events, hr_before, hr_after,"    \
	" rmssd_before, rmssd_after, headache_before, headache_after,"         \
	" tension_before, tension_after, first_line)"                          \
	" SELECT ?2, unixepoch(?2), routine, 'ble:', 0, result, rule, stop,"   \
	" seconds, beats, events, hr_before, hr_after + ?3,"                   \
	" rmssd_before, rmssd_after * (1 + ?4), ?5, ?5 - 1, ?5, ?5 - 2,"       \
	" first_line FROM played.session WHERE id = ?1"

static const char *const copies[] = {
	COPY_SESSION,
	"INSERT INTO event SELECT ?2, seq, t_us, kind, line"
	" FROM played.event WHERE session = ?1",
	"INSERT INTO beat SELECT ?2, n, t_us, at_us, rr_ms, class"
	" FROM played.beat WHERE session = ?1",
	"INSERT INTO technique_use SELECT ?2, seq, technique"
	" FROM played.technique_use WHERE session = ?1",
};
#define COPIES (sizeof(copies) / sizeof(copies[0]))

static bool step(sqlite3_stmt *s)
{
	bool done = sqlite3_step(s) == SQLITE_DONE;

	return sqlite3_reset(s) == SQLITE_OK && done;
}

static bool copy(sqlite3 *db, sqlite3_stmt *const *statements, int64_t from,
                 const char *start, uint64_t *chance)
{
	sqlite3_stmt *s = statements[0];
	int64_t id;

	sqlite3_bind_int64(s, 1, from);
	sqlite3_bind_text(s, 2, start, -1, SQLITE_STATIC);
	sqlite3_bind_double(s, 3, 6 * test_uniform(chance) - 4);
	sqlite3_bind_double(s, 4, test_uniform(chance) - 0.4);
	sqlite3_bind_int(s, 5, 2 + (int)(6 * test_uniform(chance)));
	if (!step(s))
		return false;
	id = sqlite3_last_insert_rowid(db);
	for (size_t i = 1; i < COPIES; i++) {
		sqlite3_bind_int64(statements[i], 1, from);
		sqlite3_bind_int64(statements[i], 2, id);
		if (!step(statements[i]))
			return false;
	}
	return true;
}

/* Evenly over the days: in the morning or in the evening. */
static bool copy_all(sqlite3 *db, const struct years *y,
                     sqlite3_stmt *const *statements)
{
	int32_t days = (int32_t)(y->days - y->baseline);
	uint64_t chance = y->seed;
	bool ok = true;

	for (unsigned i = 0; ok && i < y->sessions; i++) {
		int32_t ago =
			days - 1 -
			(int32_t)((uint64_t)i * (uint64_t)days / y->sessions);
		char date[DATE_TEXT], start[40];

		snprintf(start, sizeof(start), "%sT%s:%02u:00+01:00",
		         date_text(y->today - ago, date), i % 3 ? "20" : "07",
		         i % 60);
		ok = copy(db, statements, 1 + i % y->persons, start, &chance);
	}
	return ok;
}

static int deal(sqlite3 *db, const struct years *y)
{
	sqlite3_stmt *statements[COPIES] = {NULL};
	bool ok = true;

	for (size_t i = 0; ok && i < COPIES; i++)
		ok = sqlite3_prepare_v2(db, copies[i], -1, &statements[i],
		                        NULL) == SQLITE_OK;
	ok = ok && copy_all(db, y, statements);
	for (size_t i = 0; i < COPIES; i++)
		sqlite3_finalize(statements[i]);
	return ok ? 0 : give_up("SQLite", sqlite3_errmsg(db));
}

/* A file that is being made may be lost: nothing waits for the disk. */
static int64_t fill(const struct years *y, const char *path, const char *home)
{
	char sql[PATH_MAX + 64];
	sqlite3 *db = NULL;
	sqlite3_stmt *count = NULL;
	int64_t r;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		return give_up(path, "cannot be opened");
	snprintf(sql, sizeof(sql),
	         "PRAGMA synchronous=OFF; PRAGMA journal_mode=DELETE;"
	         "ATTACH '%s/played/lull/lull.db' AS played; BEGIN",
	         home);
	r = run(db, sql);
	if (r == 0)
		r = deal(db, y);
	if (r == 0)
		r = run(db, "COMMIT; DETACH played; PRAGMA journal_mode=WAL");
	if (r == 0 &&
	    sqlite3_prepare_v2(db, "SELECT sum(beats) FROM session", -1, &count,
	                       NULL) == SQLITE_OK &&
	    sqlite3_step(count) == SQLITE_ROW)
		r = sqlite3_column_int64(count, 0);
	sqlite3_finalize(count);
	sqlite3_close(db);
	return r;
}

/* --- the diary --------------------------------------------------------------
 */

static void say(struct diary_day *day, enum diary_field field, const char *text)
{
	/* all that is said below is in the table of fields */
	(void)diary_set(day, field, text, NULL);
}

static void say_number(struct diary_day *day, enum diary_field field,
                       unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	say(day, field, text);
}

static void describe(struct diary_day *day, uint64_t *chance)
{
	unsigned how = (unsigned)(8 * test_uniform(chance));

	say_number(day, DIARY_WORST, 2 + how);
	say_number(day, DIARY_HOURS, 2 + 2 * how);
	say(day, DIARY_START, how % 2 ? "14:30" : "08:15");
	say(day, DIARY_SIDE, how > 4 ? "left" : "both");
	say(day, DIARY_QUALITY, how > 4 ? "throbbing" : "pressing");
	say(day, DIARY_NAUSEA, how > 5 ? "yes" : "no");
	say(day, DIARY_LIGHT, how > 3 ? "yes" : "no");
	say(day, DIARY_SOUND, how > 3 ? "yes" : "no");
	say(day, DIARY_EVENTS, how % 2 ? "stress,short-sleep" : "none");
	if (how > 3)
		(void)diary_add_medicine(
			day, "sumatriptan, 50 mg, 15:00, worked", NULL);
	if (how > 6)
		(void)diary_set_note(day, "in bed, curtains drawn", NULL);
}

static int keep_diary(const struct years *y, struct store *s)
{
	uint64_t chance = y->seed;
	bool ache = false;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < y->days; i++) {
		int32_t date = y->today - (int32_t)(y->days - 1 - i);
		double share = i < y->baseline ? ACHES_BEFORE : ACHES_SINCE;
		int64_t at = (int64_t)date * DAY_S + DAY_S * 5 / 6;
		struct diary_day day;

		ache = test_uniform(&chance) <
		       share + RUNS * ((ache ? 1 : 0) - share);
		if (test_uniform(&chance) >= ENTERED)
			continue;
		diary_blank(&day, date, at);
		say(&day, DIARY_HEADACHE, ache ? "yes" : "no");
		say_number(&day, DIARY_SLEEP,
		           5 + (unsigned)(4 * test_uniform(&chance)));
		say_number(&day, DIARY_STRESS,
		           (unsigned)(10 * test_uniform(&chance)));
		if (ache)
			describe(&day, &chance);
		r = store_diary_put(s, &day, at);
	}
	return r;
}

static int make_diary(const struct years *y, const char *path)
{
	struct store_error error = {""};
	struct store *s = NULL;
	int r = store_open(&s, path, STORE_WRITE, &error);

	if (r < 0)
		return give_up(path, error.what);
	r = store_diary_batch(s);
	if (r == 0)
		r = keep_diary(y, s);
	if (r == 0)
		r = store_diary_batch_end(s, true);
	if (r < 0)
		(void)give_up(path, store_message(s));
	store_close(s);
	return r;
}

int64_t years_make(const struct years *y, const char *lull, const char *home)
{
	char path[PATH_MAX];
	int64_t r;

	name_path(path, home, "state/lull/lull.db");
	r = play(y, lull, home);
	if (r == 0)
		r = make_diary(y, path);
	return r < 0 ? r : fill(y, path, home);
}

/* --- what is brought in -----------------------------------------------------
 */

#define CUT_BEATS 350
#define TOO_MANY  4096 /* beats of one session */

static size_t read_beats(sqlite3_stmt *s, int64_t session, double *ret)
{
	size_t n = 0;

	sqlite3_bind_int64(s, 1, session);
	while (n < TOO_MANY && sqlite3_step(s) == SQLITE_ROW)
		ret[n++] = sqlite3_column_double(s, 0);
	sqlite3_reset(s);
	return n;
}

static int write_cut(const char *folder, unsigned number, const double *beats)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%05u.rr", folder, number);
	f = fopen(path, "we");
	if (!f)
		return give_up(path, "cannot be written");
	for (size_t i = 0; i < CUT_BEATS; i++)
		fprintf(f, "%.10g\n", beats[i]);
	return fclose(f) == 0 ? 0 : give_up(path, "cannot be written");
}

/* Person after person, each cut two beats behind that person's last; a session
   that was closed early gives fewer. */
static int write_cuts(sqlite3_stmt *s, const struct years *y,
                      const char *folder, unsigned n)
{
	static double beats[TOO_MANY];
	unsigned done = 0;
	int r = 0;

	for (unsigned person = 0; r == 0 && done < n; person++) {
		size_t from = person / y->persons * 2;
		size_t all = read_beats(s, 1 + person % y->persons, beats);

		if (from + CUT_BEATS <= all)
			r = write_cut(folder, done++, beats + from);
		else if (from > TOO_MANY)
			r = give_up(folder, "too many for these sessions");
	}
	return r;
}

int years_files(const struct years *y, const char *home, const char *folder,
                unsigned n)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int r;

	name_path(path, home, "played/lull/lull.db");
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) ||
	    sqlite3_prepare_v2(db,
	                       "SELECT rr_ms FROM beat WHERE session = ?1"
	                       " ORDER BY n",
	                       -1, &s, NULL))
		r = give_up(path, "cannot be read");
	else
		r = write_cuts(s, y, folder, n);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return r;
}

int years_table(const struct years *y, const char *path, unsigned n)
{
	FILE *f = fopen(path, "we");
	char date[DATE_TEXT];

	if (!f)
		return give_up(path, "cannot be written");
	fputs("date,headache,worst,medicine,note\n", f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s,yes,%u,\"ibuprofen, aspirin\",row %u\n",
		        date_text(y->today - (int32_t)(i % y->days), date),
		        i % 11, i);
	return fclose(f) == 0 ? 0 : give_up(path, "cannot be written");
}
