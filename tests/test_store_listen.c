/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "store/listen.h"
#include "store/writer.h"

/* What is asked of one session: what was heard, what it is told by, and which
   came before it. */

struct place {
	char *folder;
	char path[512];
	struct writer *w;
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct store_error error = {.what = ""};

	assert_non_null(p);
	p->folder = test_scratch();
	snprintf(p->path, sizeof(p->path), "%s/lull.db", p->folder);
	assert_int_equal(writer_create(&p->w, p->path, NULL, NULL, &error), 0);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	writer_destroy(p->w);
	test_scrap(p->folder);
	free(p);
	return 0;
}

static void begin(struct place *p, const char *start)
{
	const struct writer_begin b = {
		.start = start,
		.routine = "tension_relief",
		.sensor = "ble:",
		.line = "{\"kind\":\"session\"}",
	};

	assert_int_equal(writer_begin(p->w, &b), 0);
}

static void event(struct place *p, const char *kind, const char *line)
{
	const struct writer_event e = {.kind = kind, .line = line};

	assert_int_equal(writer_event(p->w, &e), 0);
}

static void beat(struct place *p, const char *class_)
{
	const struct writer_event heard = {.kind = "beat",
	                                   .line = "{\"kind\":\"beat\"}",
	                                   .row = ROW_BEAT,
	                                   .rr_ms = 800};
	const struct writer_event told = {.kind = "beat_class",
	                                  .line = "{\"kind\":\"beat_class\"}",
	                                  .row = ROW_BEAT_CLASS,
	                                  .class_ = class_};

	assert_int_equal(writer_event(p->w, &heard), 0);
	if (class_)
		assert_int_equal(writer_event(p->w, &told), 0);
}

static void end(struct place *p)
{
	const struct writer_end e = {"completed", "",  0,   NAN, NAN, NAN,
	                             NAN,         NAN, NAN, NAN, NAN};

	assert_int_equal(writer_end(p->w, &e), 0);
}

static struct store *read_store(struct place *p)
{
	struct store_error error = {.what = ""};
	struct store *s = NULL;

	writer_flush(p->w);
	assert_int_equal(store_open(&s, p->path, STORE_READ, &error), 0);
	return s;
}

static void a_session_of_each(struct place *p)
{
	begin(p, "2026-03-01T08:00:00+01:00");
	event(p, "step", "{\"kind\":\"step\"}");
	beat(p, "ok");
	beat(p, "corrected");
	beat(p, "rejected");
	beat(p, "rejected");
	beat(p, NULL); /* the last one's is not known at the end */
	event(p, "estimate", "{\"kind\":\"estimate\",\"quality\":\"ok\"}");
	event(p, "estimate", "{ \"quality\" : \"ok\" }");
	event(p, "estimate", "{\"quality\":\"weak\",\"of\":\"ok\"}");
	event(p, "estimate", "{\"quality\":\"ok\""); /* damaged */
	event(p, "decision", "{\"kind\":\"decision\"}");
	end(p);
}

static void
beats_and_estimates_are_counted_by_what_was_made_of_them(void **state)
{
	struct place *p = *state;
	struct store_heard heard;
	struct store *s;

	a_session_of_each(p);
	begin(p, "2026-03-02T08:00:00+01:00");
	end(p);
	s = read_store(p);
	assert_int_equal(store_heard(s, 1, &heard), 0);
	assert_int_equal(heard.beats, 5);
	assert_int_equal(heard.corrected, 1);
	assert_int_equal(heard.rejected, 2);
	assert_int_equal(heard.estimates, 4);
	assert_int_equal(heard.estimates_ok, 2);
	assert_int_equal(store_heard(s, 2, &heard), 0);
	assert_int_equal(heard.beats + heard.estimates, 0);
	store_close(s);
}

static int join(void *data, const char *line, size_t len)
{
	char *text = data;

	assert_int_equal(strlen(line), len);
	strcat(strcat(text, line), "\n");
	return 0;
}

static void a_tale_has_all_lines_but_those_that_are_counted(void **state)
{
	struct place *p = *state;
	char text[512] = "", all[1024] = "";
	struct store *s;

	a_session_of_each(p);
	s = read_store(p);
	assert_int_equal(store_tale(s, 1, join, text), 0);
	assert_string_equal(text, "{\"kind\":\"session\"}\n"
	                          "{\"kind\":\"step\"}\n"
	                          "{\"kind\":\"decision\"}\n");
	assert_int_equal(store_lines(s, 1, join, all), 0);
	assert_non_null(strstr(all, "beat_class"));
	assert_int_equal(store_tale(s, 2, join, text), -ENOENT);
	store_close(s);
}

static int list(void *data, const struct store_session *row)
{
	char *text = data, id[24];

	snprintf(id, sizeof(id), "%lld ", (long long)row->id);
	strcat(text, id);
	return 0;
}

/* 3 began between 1 and 2; 4 at the very second of 1. */
static void those_before_a_session_are_by_their_start(void **state)
{
	static const char *const starts[] = {
		"2026-03-01T08:00:00+01:00", "2026-03-01T08:00:00-05:00",
		"2026-03-01T08:00:00+00:00", "2026-03-01T07:00:00+00:00"};
	static const char *const expected[] = {"1 ", "2 3 4 1 ", "3 4 1 ",
	                                       "4 1 ", ""};
	struct place *p = *state;
	struct store *s;

	for (int i = 0; i < 4; i++) {
		begin(p, starts[i]);
		end(p);
	}
	s = read_store(p);
	for (int i = 0; i < 5; i++) {
		char text[64] = "";

		struct store_session row = {.id = 1 + i};
		int64_t start_s = 0;

		if (i < 4) {
			assert_int_equal(store_session(s, 1 + i, &row), 0);
			assert_int_equal(date_read(row.start, &start_s), 0);
		}
		assert_int_equal(
			store_sessions_to(s, start_s, row.id, list, text), 0);
		assert_string_equal(text, expected[i]);
	}
	store_close(s);
}

#define place_test(name)                                                       \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(
			beats_and_estimates_are_counted_by_what_was_made_of_them),
		place_test(a_tale_has_all_lines_but_those_that_are_counted),
		place_test(those_before_a_session_are_by_their_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
