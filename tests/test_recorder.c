/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player/offline.h"
#include "tests/helpers/outset.h"
#include "tests/helpers/test.h"

static int take_line(void *data, const char *line, size_t len)
{
	const char **at = data;

	if (strncmp(*at, line, len) != 0 || (*at)[len] != '\n')
		return -EBADMSG;
	*at += len + 1;
	return 0;
}

static void the_store_gets_the_lines_that_the_file_gets(void **state)
{
	struct outset *b = *state;
	struct store_error store_error;
	struct store_session row;
	struct writer_status status;
	struct recorder recorder = {0};
	struct offline o = {
		.start = &b->start, .rate_hz = 48000, .recorder = &recorder};
	struct error error = {""};
	struct store *store;
	char path[300], *text;
	const char *at;
	size_t len;

	b->start.settings.seconds = 150;
	snprintf(path, sizeof(path), "%s/lull.db", b->folder);
	recorder.file = open_memstream(&text, &len);
	assert_int_equal(
		writer_create(&recorder.writer, path, NULL, NULL, &store_error),
		0);
	assert_int_equal(offline_run(&o, &error), 0);
	writer_flush(recorder.writer);
	writer_status(recorder.writer, &status);
	assert_int_equal(status.error, 0);
	assert_true(status.ended);
	writer_destroy(recorder.writer);
	fclose(recorder.file);
	assert_int_equal(store_open(&store, path, STORE_READ, &store_error), 0);
	at = text;
	assert_int_equal(store_lines(store, status.session, take_line, &at), 0);
	assert_int_equal(*at, '\0');
	assert_int_equal(store_session(store, status.session, &row), 0);
	assert_true(row.simulated);
	assert_string_equal(row.result, "closed_early");
	assert_true(row.beats > 100);
	store_close(store);
	free(text);
}

static void a_full_disk_ends_the_run_with_its_error(void **state)
{
	struct outset *b = *state;
	struct recorder recorder = {.file = fopen("/dev/full", "we")};
	struct offline o = {
		.start = &b->start, .rate_hz = 48000, .recorder = &recorder};
	struct error error = {""};

	if (!recorder.file)
		skip();
	assert_int_equal(offline_run(&o, &error), -ENOSPC);
	assert_non_null(strstr(error.text, "recorded"));
	fclose(recorder.file);
}

#define WITH(test)                                                             \
	cmocka_unit_test_setup_teardown(test, outset_set_up, outset_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_store_gets_the_lines_that_the_file_gets),
		WITH(a_full_disk_ends_the_run_with_its_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
