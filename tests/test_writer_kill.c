/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/place.h"
#include "tests/helpers/test.h"

#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/store.h"
#include "store/writer.h"
#include "tests/helpers/written.h"

#define KILLS     10
#define KILL_ROWS 1500
/* For the scheduler, where ten writers share a busy machine. */
#define KILL_SLACK_MS 1000

struct victim {
	pid_t pid;
	int pipe; /* one byte a row */
	int kill_at, seen;
	uint64_t killed_ms;
	char path[600];
	uint64_t *queued_ms; /* shared memory */
};

/* The child: one row in about two milliseconds, until it dies. */
static void write_until_killed(struct victim *v, int out)
{
	struct writer *w = NULL;

	if (writer_create(&w, v->path, NULL, NULL, NULL))
		_exit(1);
	written_begin(w);
	for (uint64_t i = 0; i < KILL_ROWS; i++) {
		v->queued_ms[i] = written_now_ms();
		if (written_event(w, i) || write(out, "", 1) != 1)
			_exit(2);
		poll(NULL, 0, 2);
	}
	for (;;)
		pause();
}

static void start_victim(struct victim *v, const char *folder, int n,
                         uint64_t *seed)
{
	int ends[2];

	snprintf(v->path, sizeof(v->path), "%s/%d.db", folder, n);
	v->kill_at = 1 + (int)(test_uniform(seed) * (KILL_ROWS - 1));
	v->queued_ms =
		mmap(NULL, KILL_ROWS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(v->queued_ms, MAP_FAILED);
	assert_int_equal(pipe(ends), 0);
	v->pid = fork();
	assert_true(v->pid >= 0);
	if (!v->pid)
		write_until_killed(v, ends[1]);
	close(ends[1]);
	v->pipe = ends[0];
}

/* Return: whether it is dead now. */
static bool follow_victim(struct victim *v)
{
	char bytes[64];
	ssize_t n = read(v->pipe, bytes, sizeof(bytes));
	int status;

	assert_true(n > 0); /* else it ended by itself */
	v->seen += (int)n;
	if (v->seen < v->kill_at)
		return false;
	v->killed_ms = written_now_ms();
	kill(v->pid, SIGKILL);
	assert_int_equal(waitpid(v->pid, &status, 0), v->pid);
	assert_true(WIFSIGNALED(status));
	close(v->pipe);
	return true;
}

static void kill_all(struct victim *victims)
{
	int alive = KILLS;

	while (alive) {
		struct pollfd fds[KILLS];

		for (int i = 0; i < KILLS; i++)
			fds[i] = (struct pollfd){
				.fd = victims[i].killed_ms ? -1
			                                   : victims[i].pipe,
				.events = POLLIN,
			};
		assert_true(poll(fds, KILLS, WRITTEN_DEADLINE_MS) > 0);
		for (int i = 0; i < KILLS; i++)
			if (fds[i].revents && follow_victim(&victims[i]))
				alive--;
	}
}

static void is_ok(const char *path)
{
	sqlite3_stmt *s;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(s, 0), "ok");
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void shows_interrupted(const char *path)
{
	struct store *s = written_store(path, STORE_READ);
	struct store_session x;

	if (!store_session(s, 1, &x))
		assert_string_equal(x.result, "interrupted");
	store_close(s);
}

static void examine(const struct victim *v)
{
	struct store *s;
	struct store_session x;
	uint64_t kept;
	int recovered;

	is_ok(v->path);
	shows_interrupted(v->path);
	kept = written_seen(v->path, 1); /* a prefix: written_check() */
	/* no row is missing that had its second; 0: none was written */
	assert_true(kept == KILL_ROWS || !v->queued_ms[kept] ||
	            v->queued_ms[kept] + WRITTEN_COMMIT_MS + KILL_SLACK_MS >
	                    v->killed_ms);
	s = written_store(v->path, STORE_WRITE);
	recovered = store_recover(s);
	assert_in_range(recovered, 0, 1);
	assert_true(recovered == 1 || !kept);
	if (recovered) {
		assert_int_equal(store_session(s, 1, &x), 0);
		assert_string_equal(x.result, "interrupted");
		assert_int_equal(x.events, kept);
		assert_near(x.seconds, kept ? (double)(kept - 1) / 10 : 0,
		            1e-9);
	}
	store_close(s);
}

static void
a_killed_writer_loses_a_second_at_most_and_nothing_else(void **state)
{
	struct place *p = *state;
	const char *given = getenv("LULL_TEST_SEED");
	uint64_t seed =
		given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	struct victim victims[KILLS] = {0};

	print_message("LULL_TEST_SEED=%llu\n", (unsigned long long)seed);
	for (int i = 0; i < KILLS; i++)
		start_victim(&victims[i], p->folder, i, &seed);
	kill_all(victims);
	for (int i = 0; i < KILLS; i++) {
		examine(&victims[i]);
		munmap(victims[i].queued_ms, KILL_ROWS * sizeof(uint64_t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(
			a_killed_writer_loses_a_second_at_most_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
