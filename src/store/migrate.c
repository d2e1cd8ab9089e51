/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/migrate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "store/db.h"

/*
 * Version 1. A session is its lines, in order; what a review asks for across
 * sessions stands beside them in columns. A step that was released is never
 * edited: the next one follows it.
 *
 * session: result '' while it runs, and of one that was cut off until
 * store_recover(). seconds, beats and events are set with the result. The
 * first line comes last, so that a listing does not read through it. Ids are
 * never used again: exported files and notes name them.
 */
static const char version_1[] =
	"CREATE TABLE session("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	start TEXT NOT NULL,"      /* ISO 8601 with offset */
	"	start_s INTEGER NOT NULL," /* the same in Unix time, to sort by
                                            */
	"	routine TEXT NOT NULL,"
	"	sensor TEXT NOT NULL,"
	"	simulated INTEGER NOT NULL CHECK(simulated IN (0, 1)),"
	"	result TEXT NOT NULL DEFAULT '',"
	"	rule INTEGER NOT NULL DEFAULT 0,"
	"	stop TEXT NOT NULL DEFAULT '',"
	"	seconds REAL,"
	"	beats INTEGER,"
	"	events INTEGER,"
	"	hr_before REAL, hr_after REAL,"
	"	rmssd_before REAL, rmssd_after REAL,"
	"	headache_before REAL, headache_after REAL,"
	"	tension_before REAL, tension_after REAL,"
	"	first_line TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX session_start ON session(start_s, id);"
	"CREATE INDEX session_result ON session(result, simulated);"

	/* seq from 0; one that is missing did not reach the disk */
	"CREATE TABLE event("
	"	session INTEGER NOT NULL"
	"		REFERENCES session(id) ON DELETE CASCADE,"
	"	seq INTEGER NOT NULL,"
	"	t_us INTEGER NOT NULL,"
	"	kind TEXT NOT NULL,"
	"	line TEXT NOT NULL,"
	"	PRIMARY KEY(session, seq)"
	") STRICT, WITHOUT ROWID;"

	/* n from 0; t_us its arrival, at_us the beat; class NULL: not known */
	"CREATE TABLE beat("
	"	session INTEGER NOT NULL"
	"		REFERENCES session(id) ON DELETE CASCADE,"
	"	n INTEGER NOT NULL,"
	"	t_us INTEGER NOT NULL,"
	"	at_us INTEGER NOT NULL,"
	"	rr_ms REAL NOT NULL,"
	"	class TEXT,"
	"	PRIMARY KEY(session, n)"
	") STRICT, WITHOUT ROWID;"

	/* done to its end; seq of the event that says so */
	"CREATE TABLE technique_use("
	"	session INTEGER NOT NULL"
	"		REFERENCES session(id) ON DELETE CASCADE,"
	"	seq INTEGER NOT NULL,"
	"	technique TEXT NOT NULL,"
	"	PRIMARY KEY(session, seq)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX technique_use_technique"
	"	ON technique_use(technique, session);"

	"CREATE TABLE flags("
	"	id INTEGER PRIMARY KEY,"
	"	t INTEGER NOT NULL," /* Unix time */
	"	flags TEXT NOT NULL" /* names, comma separated */
	") STRICT;"

	/* outlives its session: massage waits for a doctor all the same */
	"CREATE TABLE block("
	"	id INTEGER PRIMARY KEY,"
	"	session INTEGER REFERENCES session(id) ON DELETE SET NULL,"
	"	t INTEGER NOT NULL,"
	"	stop TEXT NOT NULL"
	"		CHECK(stop IN ('soon', 'urgent', 'emergency')),"
	"	seen_t INTEGER" /* NULL: not seen yet */
	") STRICT;"
	"CREATE INDEX block_session ON block(session);"
	"CREATE INDEX block_open ON block(stop) WHERE seen_t IS NULL;";

/*
 * Version 2: the headache diary. date: days since 1970-01-01; a day is there
 * as soon as anything was said of it. A field stands as it is written for a
 * person, so that its words may change their order.
 */
static const char version_2[] =
	"CREATE TABLE diary("
	"	date INTEGER PRIMARY KEY,"
	"	entered_s INTEGER NOT NULL," /* Unix time */
	"	changed_s INTEGER NOT NULL,"
	"	note TEXT NOT NULL"
	") STRICT;"

	"CREATE TABLE diary_value("
	"	date INTEGER NOT NULL"
	"		REFERENCES diary(date) ON DELETE CASCADE,"
	"	key TEXT NOT NULL,"
	"	value TEXT NOT NULL,"
	"	PRIMARY KEY(date, key)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE diary_medicine("
	"	date INTEGER NOT NULL"
	"		REFERENCES diary(date) ON DELETE CASCADE,"
	"	n INTEGER NOT NULL,"
	"	name TEXT NOT NULL,"
	"	class TEXT NOT NULL,"
	"	dose TEXT NOT NULL,"
	"	minute INTEGER CHECK(minute BETWEEN 0 AND 1439),"
	"	worked INTEGER CHECK(worked IN (0, 1)),"
	"	PRIMARY KEY(date, n)"
	") STRICT, WITHOUT ROWID;";

/*
 * Version 3: recordings that were brought in, and what is derived of beats. A
 * recording is a session without lines; beats: as bring.c packs them, sum:
 * over them, to know one again. Figures are of the engine that stands beside
 * them; another one makes them anew.
 */
static const char version_3[] =
	"CREATE TABLE recording("
	"	session INTEGER PRIMARY KEY"
	"		REFERENCES session(id) ON DELETE CASCADE,"
	"	format TEXT NOT NULL,"
	"	sum INTEGER NOT NULL,"
	"	beats BLOB NOT NULL"
	") STRICT;"
	"CREATE INDEX recording_sum ON recording(sum);"

	/* all that a listing says, so that it need not go from row to row, each
           of which has a first line of 30 kB beside it */
	"DROP INDEX session_start;"
	"CREATE INDEX session_listing ON session(start_s, id, start, routine,"
	"	sensor, simulated, result, rule, stop, seconds, hr_before,"
	"	hr_after, rmssd_before, rmssd_after, headache_before,"
	"	headache_after, tension_before, tension_after, beats, events);"

	"CREATE TABLE figures("
	"	session INTEGER PRIMARY KEY"
	"		REFERENCES session(id) ON DELETE CASCADE,"
	"	engine TEXT NOT NULL,"
	"	line TEXT NOT NULL" /* a JSON object; "": no beats */
	") STRICT;";

/*
 * Version 4: a person's own trials (diary/trial.h). The seed is the lot: with
 * it any block can be drawn again. start, ended: days since 1970-01-01.
 */
static const char version_4[] =
	"CREATE TABLE trial("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	seed INTEGER NOT NULL,"
	"	start INTEGER NOT NULL,"
	"	weeks INTEGER NOT NULL CHECK(weeks > 0),"
	"	pairs INTEGER NOT NULL CHECK(pairs > 0),"
	"	first_arm TEXT NOT NULL,"
	"	second_arm TEXT NOT NULL,"
	"	ended INTEGER" /* NULL: not by the person */
	") STRICT;";

/*
 * Version 5: what compares with what. attack: a session for the day of one, as
 * its first line says. had: what was before it and moves a heart by itself
 * (before.h), in words; NULL: not said.
 */
static const char version_5[] =
	"ALTER TABLE session ADD COLUMN attack INTEGER NOT NULL DEFAULT 0"
	"	CHECK(attack IN (0, 1));"
	"ALTER TABLE session ADD COLUMN had TEXT;"
	"UPDATE session SET attack = 1 WHERE " DB_ATTACK(
		"first_line") ";"
			      "DROP INDEX session_listing;"
			      "CREATE INDEX session_listing ON session(start_s, id, start, routine,"
			      "	sensor, simulated, result, rule, stop, seconds, hr_before,"
			      "	hr_after, rmssd_before, rmssd_after, headache_before,"
			      "	headache_after, tension_before, tension_after, beats, events,"
			      "	attack, had);";

static const char *const steps_known[] = {version_1, version_2, version_3,
                                          version_4, version_5};

#define STEPS (sizeof(steps_known) / sizeof(steps_known[0]))
_Static_assert(STEPS == MIGRATE_NEWEST, "one step for each version");

const char *migrate_step(size_t n)
{
	return n < STEPS ? steps_known[n] : NULL;
}

int migrate_version(sqlite3 *db)
{
	int64_t id, version, tables;
	int r = db_number(db, "PRAGMA application_id", &id);

	if (!r)
		r = db_number(db, "PRAGMA user_version", &version);
	if (!r)
		r = db_number(db, "SELECT count(*) FROM sqlite_schema",
		              &tables);
	if (r)
		return r;
	if (id != MIGRATE_APPLICATION_ID && (id || version || tables))
		return -EBADMSG;
	if (version < 0)
		return -EBADMSG;
	return version > MIGRATE_NEWEST ? -EPROTO : (int)version;
}

/* @version is read again inside: another program may have been faster. */
static int run_step(sqlite3 *db, const char *sql, int64_t version)
{
	char mark[96];
	int64_t now;
	int r = db_number(db, "PRAGMA user_version", &now);

	if (r || now > version)
		return r;
	r = db_exec(db, sql);
	if (r)
		return r;
	snprintf(mark, sizeof(mark),
	         "PRAGMA application_id=%d; PRAGMA user_version=%" PRId64,
	         MIGRATE_APPLICATION_ID, version + 1);
	return db_exec(db, mark);
}

int migrate_steps(sqlite3 *db, const char *const *steps, size_t n)
{
	int64_t version = 0;
	int r = db_number(db, "PRAGMA user_version", &version);

	for (; !r && version < (int64_t)n; version++) {
		r = db_exec(db, "BEGIN IMMEDIATE");
		if (r)
			break;
		r = run_step(db, steps[version], version);
		if (!r)
			r = db_exec(db, "COMMIT");
		if (r)
			db_rollback(db);
	}
	return r;
}

int migrate_run(sqlite3 *db)
{
	return migrate_steps(db, steps_known, STEPS);
}
