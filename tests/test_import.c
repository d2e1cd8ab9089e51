/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/recording.h"

static void is_refused(const char *command, const char *path)
{
	char args[1400];

	snprintf(args, sizeof(args), "%s %s", command, path);
	home_run(args);
	assert_int_equal(home.ran.status, 1);
}

static void put_bytes(const char *name, const char *bytes, size_t len)
{
	FILE *f = fopen(home_path(name), "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *text;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = malloc((size_t)st.st_size + 1);
	assert_non_null(text);
	*ret_len = fread(text, 1, (size_t)st.st_size, f);
	text[*ret_len] = '\0';
	fclose(f);
	return text;
}

static void read_beats(const char *path, struct rr *ret)
{
	struct load_error error = {0};

	if (recording_read(path, ret, &error) != 0)
		fail_msg("%s: line %u: %s", path, error.line, error.reason);
}

static void assert_same_beats(const char *a, const char *b, bool times)
{
	struct rr x, y;

	read_beats(a, &x);
	read_beats(b, &y);
	assert_int_equal(x.n, y.n);
	for (size_t i = 0; i < x.n; i++) {
		assert_near(x.intervals[i].rr_ms, y.intervals[i].rr_ms, 0);
		if (!times)
			continue;
		assert_int_equal(x.intervals[i].t_us, y.intervals[i].t_us);
		assert_int_equal(x.intervals[i].gap, y.intervals[i].gap);
	}
	rr_finish(&x);
	rr_finish(&y);
}

/* The kept figures of session @id. */
static char *kept_figures(int id)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db = NULL;
	char *line;

	assert_int_equal(sqlite3_open(home_path("state/lull/lull.db"), &db), 0);
	assert_int_equal(sqlite3_prepare_v2(
				 db,
				 "SELECT line FROM figures WHERE session = ?1",
				 -1, &s, NULL),
	                 0);
	sqlite3_bind_int(s, 1, id);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	line = strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return line;
}

/* --- recordings -------------------------------------------------------------
 */

/* To the last digit: the same text. */
static void the_figures_of_each_recording_are_those_of_analyze(void **state)
{
	static const char *const names[] = {
		"h10_breath_dhyb.rr",  "h10_detectpvc.rr",
		"hrvpy_rest.rr",       "hrvpy_noisy.rr",
		"pyhrv_short.rr",      "pyhrv_long.rr",
		"h10_arrival_ibi.csv", "nk_bio_resting_8min_100hz.rr",
	};

	(void)state;
	for (int i = 0; i < 8; i++) {
		char *kept, *from, *to;

		home_done("import", test_data(names[i]));
		kept = kept_figures(i + 1);
		home_done("analyze --json", test_data(names[i]));
		from = strstr(home.ran.text, "\"beats\"");
		to = strstr(home.ran.text, ",\"settings\"");
		assert_non_null(from);
		assert_non_null(to);
		*to = '\0';
		assert_int_equal(kept[0], '{');
		assert_int_equal(strlen(kept), strlen(from) + 2);
		assert_memory_equal(kept + 1, from, strlen(from));
		free(kept);
	}
}

static void what_show_tells_of_a_recording_is_what_analyze_tells(void **state)
{
	char *shown, *told;

	(void)state;
	home_done("import", test_data("h10_detectpvc.rr"));
	home_done("show", "1");
	shown = strdup(strstr(home.ran.text, "RR text"));
	home_done("analyze", test_data("h10_detectpvc.rr"));
	told = strstr(home.ran.text, "RR text");
	assert_string_equal(shown, told);
	free(shown);
}

/* A copy of @name, in the store and out again as @format. */
static void goes_out_again(const char *path, const char *format, bool times)
{
	char copy[600];

	home_done("import", path);
	snprintf(copy, sizeof(copy), "%s", home_export("out", 1, format));
	assert_same_beats(path, copy, times);
}

static void rr_text_comes_out_beat_by_beat(void **state)
{
	(void)state;
	goes_out_again(test_data("hrvpy_noisy.rr"), "kubios", true);
}

static void times_and_gaps_come_out_too(void **state)
{
	char path[600];

	(void)state;
	home_write("a.rr", "0.9 0.9\n1.8 0.9\n12.5 0.8\n13.3125 0.8125\n");
	snprintf(path, sizeof(path), "%s", home_path("a.rr"));
	goes_out_again(path, "kubios-times", true);
}

static void an_hrv_logger_file_comes_out_beat_by_beat(void **state)
{
	char path[600];

	(void)state;
	home_write("l.csv", "date,rr,since start\n"
	                    "2025-03-15 09:00:15.123,823,0\n"
	                    "2025-03-15 09:00:16.001,812,823\n"
	                    "2025-03-15 09:00:16.900,900,1635\n"
	                    "2025-03-15 09:00:26.900,811,12000\n"
	                    "2025-03-15 09:00:27.700,799,12811\n");
	snprintf(path, sizeof(path), "%s", home_path("l.csv"));
	goes_out_again(path, "kubios-times", true);
	home_run("sessions");
	home_says("HRV Logger");
}

static void an_elite_hrv_file_comes_out_beat_by_beat(void **state)
{
	char path[600];

	(void)state;
	home_write("e.txt", "\xef\xbb\xbf"
	                    "812\r\n799\r\n823\r\n901\r\n");
	snprintf(path, sizeof(path), "%s", home_path("e.txt"));
	goes_out_again(path, "kubios", true);
}

static void a_fit_file_comes_out_and_in_beat_by_beat(void **state)
{
	char path[600], fit[600], text[200 * 8] = "";

	(void)state;
	for (int i = 0; i < 200; i++)
		sprintf(text + strlen(text), "%d\n", 700 + i * 37 % 300);
	home_write("a.rr", text);
	snprintf(path, sizeof(path), "%s", home_path("a.rr"));
	home_done("import", path);
	snprintf(fit, sizeof(fit), "%s", home_export("a.fit", 1, "fit"));
	assert_same_beats(fit, path, true);
	/* the same beats: it is known again */
	home_done("import", fit);
	home_says("is in the store already: session 1");
}

/* --- many of them -----------------------------------------------------------
 */

static void the_same_recording_stays_once(void **state)
{
	(void)state;
	home_write("a.rr", "812\n799\n823\n");
	home_write("b.rr", "0.812\n0.799\n0.823\n");
	home_write("c.rr", "812\n799\n824\n");
	home_done("import", home_path("[abc].rr"));
	home_says("2 brought in, 1 were there already, 0 could not be read");
	home_run("sessions --json");
	assert_null(strstr(home.ran.text, "\"id\": 3"));
}

static void one_file_that_cannot_be_read_keeps_no_other_out(void **state)
{
	(void)state;
	home_write("a.rr", "812\n799\n823\n");
	home_write("b.rr", "812\nhello\n");
	home_write("c.rr", "712\n699\n723\n");
	is_refused("import", home_path("[abc].rr"));
	home_says("b.rr:2: ");
	home_says("2 brought in, 0 were there already, 1 could not be read");
}

static void a_recording_counts_in_no_statistics(void **state)
{
	(void)state;
	home_write("a.rr", "812\n799\n823\n");
	home_done("import --date 2026-11-22T21:05:00+01:00", home_path("a.rr"));
	home_run("stats");
	home_says("0 sessions");
	home_run("sessions");
	home_says("2026-11-22 21:05  (recording)");
	home_run("sessions --json");
	home_says("\"recording\": \"RR text\"");
}

static void what_a_recording_has_not_is_told_in_one_line(void **state)
{
	static const char *const args[] = {"why 1", "replay 1",
	                                   "export 1 --format json",
	                                   "export 1 --format csv-steps"};

	(void)state;
	home_write("a.rr", "812\n799\n823\n");
	home_done("import", home_path("a.rr"));
	for (size_t i = 0; i < 4; i++) {
		home_run(args[i]);
		assert_int_equal(home.ran.status, 1);
		home_says("a recording, of beats alone");
		assert_ptr_equal(strchr(home.ran.text, '\n') + 1,
		                 home.ran.text + strlen(home.ran.text));
	}
	home_run("export 1 --format csv");
	assert_string_equal(home.ran.text, "beat_s,arrived_s,rr_ms,contact\r\n"
	                                   "0.812000,,812,unknown\r\n"
	                                   "1.611000,,799,unknown\r\n"
	                                   "2.434000,,823,unknown\r\n");
}

static unsigned found_in(const char *path, const void *what, size_t n)
{
	unsigned found = 0;
	size_t len;
	char *bytes;

	if (access(path, R_OK) != 0)
		return 0;
	bytes = read_file(path, &len);
	for (size_t i = 0; i + n <= len; i++)
		found += memcmp(bytes + i, what, n) == 0;
	free(bytes);
	return found;
}

/* In the file and in its log. */
static unsigned traces(const void *what, size_t n)
{
	return found_in(home_path("state/lull/lull.db"), what, n) +
	       found_in(home_path("state/lull/lull.db-wal"), what, n);
}

static void an_erased_recording_leaves_no_trace(void **state)
{
	/* of each a beat as it is packed: its bytes are in no other file */
	const double forgotten = 811.2578125, kept = 911.2578125;

	(void)state;
	home_write("FORGETME.rr", "811.2578125\n797.5\n823.125\n");
	home_write("KEEPTHIS.rr", "911.2578125\n897.5\n923.125\n");
	home_done("import", home_path("*.rr"));
	assert_true(traces(&forgotten, sizeof(forgotten)) > 0);
	home_done("erase 1 --yes", "");
	assert_int_equal(traces("FORGETME", 8), 0);
	assert_int_equal(traces(&forgotten, sizeof(forgotten)), 0);
	assert_true(traces("KEEPTHIS", 8) > 0);
	assert_true(traces(&kept, sizeof(kept)) > 0);
}

/* --- sessions ---------------------------------------------------------------
 */

static void a_session_comes_out_and_in_line_by_line(void **state)
{
	char *was, *is, path[600];
	size_t len, n;

	(void)state;
	home_done("render tension_relief --person 3 --from 2 --seconds 120 "
	          "--no-voice --save",
	          "");
	snprintf(path, sizeof(path), "%s", home_export("a.jsonl", 1, "json"));
	home_done("import", path);
	home_says("is in the store already: session 1");
	home_done("erase 1 --yes", "");
	home_done("import", path);
	home_says("session 2");
	was = read_file(path, &len);
	is = read_file(home_export("b.jsonl", 2, "json"), &n);
	assert_int_equal(n, len);
	assert_memory_equal(is, was, len);
	free(was);
	free(is);
	home_done("replay", "2");
	home_says("identical");
	home_done("show", "2");
	home_says("person:3 (simulated)");
}

static void a_session_that_was_cut_off_comes_in_as_interrupted(void **state)
{
	char *text, *at, path[600];
	size_t len;

	(void)state;
	home_done("render tension_relief --person 3 --from 2 --seconds 60 "
	          "--no-voice --events",
	          home_path("a.jsonl"));
	text = read_file(home_path("a.jsonl"), &len);
	at = memrchr(text, '\n', len - 1);
	at[1] = '\0';
	home_write("cut.jsonl", text);
	snprintf(path, sizeof(path), "%s", home_path("cut.jsonl"));
	home_done("import", path);
	home_run("sessions --json");
	home_says("\"result\": \"interrupted\"");
	/* and of one that is damaged nothing */
	at[-1] = '\0';
	strcat(text, "x");
	home_write("bad.jsonl", text);
	is_refused("import", home_path("bad.jsonl"));
	home_run("sessions --json");
	assert_null(strstr(home.ran.text, "\"id\": 2"));
	free(text);
}

/* --- what is hostile --------------------------------------------------------
 */

/* The session of make_session() with @was in its first line replaced. */
static void put_changed(const char *name, const char *was, const char *is)
{
	char *text, *at;
	size_t len;
	FILE *f;

	text = read_file(home_path("good.jsonl"), &len);
	at = strstr(text, was);
	assert_non_null(at);
	f = fopen(home_path(name), "we");
	assert_non_null(f);
	fwrite(text, 1, (size_t)(at - text), f);
	fputs(is, f);
	fputs(at + strlen(was), f);
	fclose(f);
	free(text);
}

static void make_session(const char *date)
{
	char args[200];

	snprintf(args, sizeof(args),
	         "render tension_relief --person 3 --from 2 --seconds 30 "
	         "--no-voice --date %s --events",
	         date);
	unlink(home_path("good.jsonl"));
	home_done(args, home_path("good.jsonl"));
}

static void a_routine_name_stays_text_or_is_refused(void **state)
{
	static const char was[] = "Ease head, neck and shoulder tension";
	char *huge = malloc(10241);

	(void)state;
	assert_non_null(huge);
	memset(huge, 'x', 10240);
	huge[10240] = '\0';
	make_session("2026-10-25T02:55:00+02:00");
	put_changed("markup.jsonl", was, "<script>alert(1)</script> & &lt;");
	put_changed("turned.jsonl", was, "a\u202eb\u2066c");
	put_changed("huge.jsonl", was, huge);
	put_changed("bell.jsonl", was, "a\\u0007\\u001b[31mb");
	free(huge);
	home_done("import", home_path("markup.jsonl"));
	home_run("show 1");
	home_says("<script>alert(1)</script> & &lt;");
	home_done("import", home_path("turned.jsonl"));
	home_run("show 2");
	home_says("a?b?c");
	is_refused("import", home_path("huge.jsonl"));
	home_says("name: expected at most 400 bytes");
	is_refused("import", home_path("bell.jsonl"));
	home_says("name: expected one line of printable text");
}

static void a_session_that_cannot_have_begun_then_is_refused(void **state)
{
	static const char was[] = "2026-10-25T02:55:00+02:00";
	static const char *const wrong[][2] = {
		{"2026-02-31T02:55:00+02:00", "of the calendar"},
		{"2026-10-25T25:61:00+02:00", "of the calendar"},
		{"2026-10-25T02:55:00+15:00", "of the calendar"},
		{"2199-10-25T02:55:00+02:00", "yet to come"},
	};

	(void)state;
	make_session(was);
	for (size_t i = 0; i < 4; i++) {
		put_changed("bad.jsonl", was, wrong[i][0]);
		is_refused("import", home_path("bad.jsonl"));
		home_says(wrong[i][0]);
		home_says(wrong[i][1]);
	}
	home_run("sessions --json");
	home_says("[]");
	home_write("a.rr", "812\n799\n");
	for (size_t i = 0; i < 4; i++) {
		char args[800];

		snprintf(args, sizeof(args), "import --date %s %s", wrong[i][0],
		         home_path("a.rr"));
		home_run(args);
		assert_int_equal(home.ran.status, 2);
	}
}

/* The clock goes back from 3 to 2 in the morning of 25 October 2026. */
static void sessions_about_the_end_of_summer_time_keep_their_order(void **state)
{
	static const char *const starts[] = {
		"2026-10-25T02:10:00+01:00", /* the third */
		"2026-10-25T01:58:00+02:00", "2026-10-25T02:50:00+02:00"};
	const char *at[3];

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	for (size_t i = 0; i < 3; i++) {
		make_session(starts[i]);
		home_done("import", home_path("good.jsonl"));
	}
	home_run("sessions --json");
	for (size_t i = 0; i < 3; i++) {
		at[i] = strstr(home.ran.text, starts[i]);
		assert_non_null(at[i]);
	}
	/* the newest first */
	assert_true(at[0] < at[2] && at[2] < at[1]);
	/* that local day has 25 hours: all three are of it, none of others */
	home_run("erase --from 2026-10-24 --to 2026-10-24 --yes");
	home_run("sessions --json");
	home_says(starts[1]);
	home_run("erase --from 2026-10-25 --to 2026-10-25 --yes");
	home_run("sessions --json");
	home_says("[]");
	unsetenv("TZ");
}

static void a_file_name_that_is_no_utf_8_breaks_no_listing(void **state)
{
	char name[300];

	(void)state;
	home_write("F\xf6hn.rr", "812\n799\n");
	memset(name, 'x', sizeof(name));
	memcpy(name + 199, "\xc3\xb6", 2);
	memcpy(name + 240, ".rr", 4);
	home_write(name, "712\n699\n");
	home_done("import --json", home_path("*.rr"));
	home_says("F?hn.rr");
	home_run("sessions --json");
	home_says("file:F?hn.rr");
	home_says("\"sensor\": \"file:xxx");
}

static void a_fit_file_that_is_cut_or_damaged_is_refused(void **state)
{
	char text[300 * 5] = "", fit[600];
	size_t len;
	char *bytes;

	(void)state;
	for (int i = 0; i < 300; i++)
		sprintf(text + strlen(text), "%d\n", 700 + i % 99);
	home_write("a.rr", text);
	home_done("import", home_path("a.rr"));
	snprintf(fit, sizeof(fit), "%s", home_export("a.fit", 1, "fit"));
	bytes = read_file(fit, &len);
	put_bytes("half.fit", bytes, len / 2);
	is_refused("import", home_path("half.fit"));
	home_says("cut off");
	for (size_t at = 20; at < len; at += len / 7) {
		bytes[at] ^= 0x10;
		put_bytes("bad.fit", bytes, len);
		is_refused("import", home_path("bad.fit"));
		home_says("check sum");
		bytes[at] ^= 0x10;
	}
	free(bytes);
}

static void days_are_erased_without_recordings_of_no_known_day(void **state)
{
	(void)state;
	home_write("a.rr", "812\n799\n");
	home_done("import", home_path("a.rr"));
	home_run("erase --to yesterday --yes");
	home_run("sessions");
	home_says("(recording)");
	home_run("erase --all --yes");
	home_run("sessions --json");
	home_says("[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		home_test(the_figures_of_each_recording_are_those_of_analyze),
		home_test(what_show_tells_of_a_recording_is_what_analyze_tells),
		home_test(rr_text_comes_out_beat_by_beat),
		home_test(times_and_gaps_come_out_too),
		home_test(an_hrv_logger_file_comes_out_beat_by_beat),
		home_test(an_elite_hrv_file_comes_out_beat_by_beat),
		home_test(a_fit_file_comes_out_and_in_beat_by_beat),
		home_test(the_same_recording_stays_once),
		home_test(one_file_that_cannot_be_read_keeps_no_other_out),
		home_test(a_recording_counts_in_no_statistics),
		home_test(what_a_recording_has_not_is_told_in_one_line),
		home_test(an_erased_recording_leaves_no_trace),
		home_test(a_session_comes_out_and_in_line_by_line),
		home_test(a_session_that_was_cut_off_comes_in_as_interrupted),
		home_test(a_routine_name_stays_text_or_is_refused),
		home_test(a_session_that_cannot_have_begun_then_is_refused),
		home_test(
			sessions_about_the_end_of_summer_time_keep_their_order),
		home_test(a_file_name_that_is_no_utf_8_breaks_no_listing),
		home_test(a_fit_file_that_is_cut_or_damaged_is_refused),
		home_test(days_are_erased_without_recordings_of_no_known_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
