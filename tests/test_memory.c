/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered of a person, out of the stored sessions. */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "player/memory.h"
#include "store/store.h"
#include "tests/helpers/test.h"

#define DAY   INT64_C(86400)
#define NOW_S (INT64_C(20000) * DAY)

static char *folder, path[600];
static sqlite3 *db;
static int64_t next_id;

static int set_up(void **state)
{
	struct store *s = NULL;

	(void)state;
	folder = test_scratch();
	snprintf(path, sizeof(path), "%s/lull.db", folder);
	assert_int_equal(store_open(&s, path, STORE_WRITE, NULL), 0);
	store_close(s);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	next_id = 1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sqlite3_close(db);
	test_scrap(folder);
	return 0;
}

__attribute__((format(printf, 1, 2))) static void sql(const char *format, ...)
{
	char text[2000];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
}

/* Return: its number. */
static int64_t session(const char *routine, int64_t start_s, bool simulated,
                       const char *first_line)
{
	sql("INSERT INTO session(id, start, start_s, routine, sensor,"
	    " simulated, result, first_line)"
	    " VALUES(%lld, 'day %lld', %lld, '%s', 'ble:', %d, 'completed',"
	    " '%s')",
	    (long long)next_id, (long long)(start_s / DAY), (long long)start_s,
	    routine, simulated, first_line);
	return next_id++;
}

static void decision(int64_t id, int seq, const char *what, const char *because)
{
	sql("INSERT INTO event(session, seq, t_us, kind, line)"
	    " VALUES(%lld, %d, 0, 'decision', '{\"what\":\"%s\","
	    "\"because\":{%s}}')",
	    (long long)id, seq, what, because);
}

static void use(int64_t id, int seq, const char *technique)
{
	sql("INSERT INTO technique_use(session, seq, technique)"
	    " VALUES(%lld, %d, '%s')",
	    (long long)id, seq, technique);
}

/* Two stretches of a session: @first with a rise of @a, then both others with
   one of @b. */
static void stretches(const char *routine, int64_t start_s, bool simulated,
                      double a, double b)
{
	int64_t id = session(routine, start_s, simulated, "");
	char because[128];

	use(id, 10, "trap_hold");
	snprintf(because, sizeof(because),
	         "\"calm\":%g,\"calm_before\":50,\"per_min\":6.1", 50 + a);
	decision(id, 19, "keep", because);
	use(id, 20, "rest_listen");
	use(id, 30, "suboccipital_fingers");
	use(id, 40, "temporalis_circles");
	snprintf(because, sizeof(because),
	         "\"calm\":%g,\"calm_before\":%g,\"per_min\":5.4", 50 + a + b,
	         50 + a);
	decision(id, 49, "rose", because);
	use(id, 50, "rest_listen");
}

static struct store *reader(void)
{
	struct store *s = NULL;

	assert_int_equal(store_open(&s, path, STORE_READ, NULL), 0);
	return s;
}

static const struct memory_technique *found(const struct memory *m,
                                            const char *id)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->techniques[i].id, id) == 0)
			return &m->techniques[i];
	return NULL;
}

static void what_is_done_between_two_windows_shares_their_rise(void **state)
{
	static struct memory m;
	struct store *s;

	(void)state;
	for (int i = 0; i < 6; i++)
		stretches("tension_relief", NOW_S - i * DAY, false, 2,
		          i % 2 ? 9 : 11);
	s = reader();
	assert_int_equal(memory_of(s, "tension_relief", INT64_MIN, &m), 0);
	assert_int_equal(m.n, 3);
	assert_int_equal(found(&m, "trap_hold")->calm.n, 6);
	assert_near(found(&m, "trap_hold")->calm.mean, 2, 1e-9);
	assert_near(found(&m, "suboccipital_fingers")->calm.mean, 10, 1e-9);
	assert_near(found(&m, "temporalis_circles")->calm.mean, 10, 1e-9);
	/* by the pace in the window, to the nearest half breath */
	assert_near(memory_pace(3), 6, 1e-9);
	assert_int_equal(m.paces[3].n, 6);
	assert_near(m.paces[3].mean, 2, 1e-9);
	assert_int_equal(m.paces[2].n, 6);
	assert_near(m.paces[2].mean, 10, 1e-9);
	store_close(s);
}

static void only_what_compares_is_put_together(void **state)
{
	static struct memory m;
	struct store *s;

	(void)state;
	stretches("tension_relief", NOW_S, false, 2, 10);
	stretches("tension_relief", NOW_S, true, 30, 30); /* no real heart */
	stretches("evening_winddown", NOW_S, false, 20, 20);
	s = reader();
	assert_int_equal(memory_of(s, "tension_relief", INT64_MIN, &m), 0);
	assert_int_equal(found(&m, "trap_hold")->calm.n, 1);
	assert_near(found(&m, "trap_hold")->calm.mean, 2, 1e-9);
	store_close(s);
}

/* Two uses with what the sessions so far have shown of them. */
static struct session_profile profile_of(int64_t from_s)
{
	struct session_profile p = {.n_uses = 2};
	struct store *s = reader();

	strcpy(p.uses[0].technique, "trap_hold");
	strcpy(p.uses[1].technique, "suboccipital_fingers");
	assert_int_equal(memory_profile(s, "tension_relief", from_s, NOW_S, &p),
	                 0);
	store_close(s);
	return p;
}

static void a_session_is_given_means_and_intervals(void **state)
{
	struct session_profile p;

	(void)state;
	p = profile_of(INT64_MIN);
	assert_int_equal(p.uses[0].settled_n, 0);
	for (int i = 0; i < 8; i++)
		stretches("tension_relief", NOW_S - i * DAY, false, 2,
		          i % 2 ? 9 : 11);
	p = profile_of(INT64_MIN);
	assert_int_equal(p.uses[1].settled_n, 8);
	assert_near(p.uses[1].settled, 10, 1e-9);
	/* sd 1.069, t(7) 2.365: 0.894 to each side, in tenths */
	assert_near(p.uses[1].settled_low, 9.1, 1e-9);
	assert_near(p.uses[1].settled_high, 10.9, 1e-9);
}

static void what_was_before_the_reset_is_forgotten(void **state)
{
	struct session_profile p;
	int64_t id;

	(void)state;
	for (int i = 0; i < 8; i++)
		stretches("tension_relief", NOW_S - i * DAY, false, 2, 10);
	id = session("resonance_find", NOW_S - 2 * DAY, false, "breathe_probe");
	decision(id, 5, "resonance", "\"per_min\":5.5");
	p = profile_of(INT64_MIN);
	assert_int_equal(p.uses[0].settled_n, 8);
	assert_near(p.resonance_per_min, 5.5, 0);
	p = profile_of(NOW_S - 3 * DAY);
	assert_int_equal(p.uses[0].settled_n, 4);
	assert_near(p.resonance_per_min, 5.5, 0);
	p = profile_of(NOW_S - DAY);
	assert_int_equal(p.uses[0].settled_n, 2);
	assert_near(p.resonance_per_min, 0, 0);
	p = profile_of(NOW_S + 1);
	assert_int_equal(p.uses[0].settled_n, 0);
}

static void found_rate(int64_t start_s, bool simulated, const char *what,
                       double per_min)
{
	int64_t id = session("resonance_find", start_s, simulated,
	                     "{\"do\":\"breathe_probe\"}");
	char because[64];

	decision(id, 4, "probe", "\"per_min\":6.5");
	snprintf(because, sizeof(because),
	         "\"per_min\":%g,\"low_per_min\":null", per_min);
	decision(id, 5, what, because);
}

static void the_last_rate_that_was_found_is_used_for_30_days(void **state)
{
	struct session_profile p;

	(void)state;
	found_rate(NOW_S - 30 * DAY - 1, false, "resonance", 6.5);
	assert_near(profile_of(INT64_MIN).resonance_per_min, 0, 0);
	found_rate(NOW_S - 30 * DAY, false, "resonance", 6);
	assert_near(profile_of(INT64_MIN).resonance_per_min, 6, 0);
	found_rate(NOW_S - 3 * DAY, false, "resonance", 5);
	/* neither of a simulated heart, nor one that was not clear */
	found_rate(NOW_S - 2 * DAY, true, "resonance", 4.5);
	found_rate(NOW_S - 1 * DAY, false, "resonance_unsure", 4.5);
	p = profile_of(INT64_MIN);
	assert_near(p.resonance_per_min, 5, 0);
	assert_string_equal(p.resonance_at, "day 19997");
	assert_false(p.tuned_today);
}

static void it_is_of_today_for_a_day(void **state)
{
	(void)state;
	found_rate(NOW_S - DAY, false, "resonance", 5);
	assert_false(profile_of(INT64_MIN).tuned_today);
	found_rate(NOW_S - DAY + 1, false, "resonance", 5);
	assert_true(profile_of(INT64_MIN).tuned_today);
}

static void begun(int64_t id, int seq, const char *more)
{
	sql("INSERT INTO event(session, seq, t_us, kind, line)"
	    " VALUES(%lld, %d, 0, 'step', '{\"phase\":\"begin\"%s}')",
	    (long long)id, seq, more);
}

static void where_hands_pressed_in_the_last_two_days_is_known(void **state)
{
	struct session_profile p;
	int64_t id = session("tension_relief", NOW_S - 2 * DAY - 1, false, "");

	(void)state;
	begun(id, 1, ",\"firm\":\"shoulder\"");
	assert_int_equal(profile_of(INT64_MIN).n_firm, 0);
	id = session("tension_relief", NOW_S - 2 * DAY, false, "");
	begun(id, 1, ",\"firm\":\"shoulder\"");
	begun(id, 2, "");
	/* by the clock is by a person, too; a simulated one has no skin */
	id = session("desk_reset", NOW_S - 9000, true, "");
	sql("UPDATE session SET sensor = '' WHERE id = %lld", (long long)id);
	begun(id, 1, ",\"firm\":\"skull_base\"");
	id = session("desk_reset", NOW_S - 60, true, "");
	begun(id, 1, ",\"firm\":\"shoulder\"");
	/* and no forgetting of the memory forgets it */
	p = profile_of(NOW_S);
	assert_int_equal(p.n_firm, 2);
	assert_string_equal(p.firm[0].area, "skull_base");
	assert_near(p.firm[0].hours, 2.5, 1e-9);
	assert_string_equal(p.firm[1].area, "shoulder");
	assert_near(p.firm[1].hours, 48, 1e-9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_done_between_two_windows_shares_their_rise),
		TEST(only_what_compares_is_put_together),
		TEST(a_session_is_given_means_and_intervals),
		TEST(what_was_before_the_reset_is_forgotten),
		TEST(the_last_rate_that_was_found_is_used_for_30_days),
		TEST(it_is_of_today_for_a_day),
		TEST(where_hands_pressed_in_the_last_two_days_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
