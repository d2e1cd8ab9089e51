/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/writer.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db.h"
#include "store/lock.h"
#include "store/rows.h"

#define QUEUE_ROWS  65536
#define QUEUE_BYTES (64u * 1024 * 1024)
/* Kept free of events, so that a session's begin and end still go in. */
#define RESERVED_ROWS  64
#define RESERVED_BYTES (1024u * 1024)
/* The oldest row waits this long for company; the disk has the rest of the
 * second that may be lost (DESIGN, "Threads"). */
#define GATHER_MS 750
/* One transaction, so that no other program waits long for its turn. */
#define BATCH_ROWS 4096
/* Between two tries while the disk fails. */
#define RETRY_MS 1000

/*
 * Rows stay in the ring until they are committed, so that a failed
 * transaction is simply tried again. The thread reads ring[head] up to the
 * length it saw, outside of the mutex: the loop only writes beyond.
 */
struct writer {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t work; /* to the thread: rows, a flush, or stop */
	pthread_cond_t done; /* from it: a try was made */

	/* the thread's own */
	sqlite3 *db;
	struct rows rows;

	/* set once */
	char *path;
	int lock;
	void (*woken)(void *data);
	void *woken_data;

	/* under the mutex */
	struct row **ring;
	size_t head, n, bytes;
	bool stop;
	bool hurry;        /* writer_flush(): one try at once */
	size_t urgent;     /* begins and ends in the queue */
	uint64_t retry_ms; /* no try before; 0: none failed */
	uint64_t tries_failed, committed, queued; /* since writer_create() */
	uint64_t generation, seq, beats,
		classes; /* of the session last begun */
	struct writer_status status;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* When the queue is to be written; it holds a row at least. */
static uint64_t due_ms(const struct writer *w)
{
	uint64_t due = w->ring[w->head]->queued_ms + GATHER_MS;

	if (w->stop || w->hurry)
		return 0;
	if (w->urgent || w->n > QUEUE_ROWS / 2 || w->bytes > QUEUE_BYTES / 2)
		due = 0;
	return due > w->retry_ms ? due : w->retry_ms;
}

/* Return: how many rows to write; 0: the writer ends. */
static size_t wait_for_work(struct writer *w)
{
	for (;;) {
		uint64_t due;
		struct timespec until;

		if (!w->n && w->stop)
			return 0;
		if (!w->n) {
			w->hurry = false;
			pthread_cond_wait(&w->work, &w->mutex);
			continue;
		}
		due = due_ms(w);
		if (due <= now_ms())
			return w->n < BATCH_ROWS ? w->n : BATCH_ROWS;
		until.tv_sec = (time_t)(due / 1000);
		until.tv_nsec = (long)(due % 1000) * 1000000;
		pthread_cond_timedwait(&w->work, &w->mutex, &until);
	}
}

static void drop_head(struct writer *w)
{
	struct row *row = w->ring[w->head];

	w->urgent -= row->type != ROW_TYPE_EVENT;
	w->bytes -= row->bytes;
	w->ring[w->head] = NULL;
	w->head = (w->head + 1) % QUEUE_ROWS;
	w->n--;
	free(row);
}

/* Return: whether a session's end is on the disk now. */
static bool note_written(struct writer *w, size_t n)
{
	bool ended = false;

	w->retry_ms = 0;
	w->committed += n;
	for (size_t i = 0; i < n; i++) {
		const struct row *row = w->ring[w->head];

		if (row->generation == w->generation && row->lost)
			w->status.lost++;
		else if (row->generation == w->generation &&
		         row->type == ROW_TYPE_END)
			ended = w->status.ended = true;
		drop_head(w);
	}
	/* the present session's begin may be still in the queue */
	if (w->rows.session && w->rows.generation == w->generation)
		w->status.session = w->rows.session;
	return ended;
}

/* Return: whether this is the first failure of the session. */
static bool note_failed(struct writer *w, int e)
{
	bool first = !w->status.error;

	w->tries_failed++;
	w->hurry = false;
	w->retry_ms = now_ms() + RETRY_MS;
	if (first) {
		w->status.error = e;
		db_say(w->status.what, sizeof(w->status.what), w->path, e);
	}
	if (!w->stop)
		return first;
	/* the last attempt was this */
	log_line(LOG_LEVEL_ERROR, "%zu rows of a session are lost: %s", w->n,
	         w->status.what);
	w->status.lost += w->n;
	while (w->n)
		drop_head(w);
	return first;
}

static void *write_until_stopped(void *data)
{
	struct writer *w = data;
	size_t n;

	pthread_mutex_lock(&w->mutex);
	while ((n = wait_for_work(w)) > 0) {
		size_t head = w->head;
		bool tell;
		int r;

		pthread_mutex_unlock(&w->mutex);
		r = rows_write(&w->rows, w->ring, QUEUE_ROWS, head, n);
		pthread_mutex_lock(&w->mutex);
		tell = r ? note_failed(w, r) : note_written(w, n);
		pthread_cond_broadcast(&w->done);
		if (tell && w->woken) {
			pthread_mutex_unlock(&w->mutex);
			w->woken(w->woken_data);
			pthread_mutex_lock(&w->mutex);
		}
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

/* Signals are the loop's. */
static int start_thread(struct writer *w)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&w->thread, NULL, write_until_stopped, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}

static void init_sync(struct writer *w)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->work, &monotonic);
	pthread_cond_init(&w->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void release(struct writer *w)
{
	pthread_cond_destroy(&w->done);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->mutex);
	rows_finish(&w->rows);
	sqlite3_close(w->db);
	if (w->lock >= 0)
		close(w->lock); /* after the file: then nobody writes */
	free(w->ring);
	free(w->path);
	free(w);
}

/* Opened before it is locked: opening makes the folder. */
static int open_store(struct writer *w, struct store_error *error)
{
	int r = db_open(&w->db, w->path, STORE_WRITE, error);

	if (r)
		return r;
	r = rows_init(&w->rows, w->db);
	if (!r)
		r = lock_take(w->path, &w->lock);
	if (r == -EBUSY && error)
		snprintf(error->what, sizeof(error->what),
		         "the store: another lulld writes it: end that one");
	else if (r && error)
		db_say(error->what, sizeof(error->what), w->path, r);
	return r;
}

int writer_create(struct writer **ret, const char *path,
                  void (*woken)(void *data), void *data,
                  struct store_error *error)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r = -ENOMEM;

	if (w) {
		init_sync(w);
		w->lock = -1;
		w->woken = woken;
		w->woken_data = data;
		w->path = strdup(path);
		w->ring = calloc(QUEUE_ROWS, sizeof(struct row *));
	}
	if (!w || !w->path || !w->ring) {
		if (error)
			db_say(error->what, sizeof(error->what), path, r);
	} else {
		r = open_store(w, error);
		if (!r)
			r = start_thread(w);
		if (r == -EAGAIN && error)
			snprintf(error->what, sizeof(error->what),
			         "the store: no thread to be had: close other "
			         "programs");
	}
	if (r) {
		if (w)
			release(w);
		return r;
	}
	*ret = w;
	return 0;
}

struct writer *writer_destroy(struct writer *w)
{
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->mutex);
	w->stop = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	release(w);
	return NULL;
}

static bool is_full(const struct writer *w, const struct row *row)
{
	bool event = row->type == ROW_TYPE_EVENT;
	size_t rows = QUEUE_ROWS - (event ? RESERVED_ROWS : 0);
	size_t bytes = QUEUE_BYTES - (event ? RESERVED_BYTES : 0);

	return w->n >= rows || row->bytes > bytes ||
	       w->bytes > bytes - row->bytes;
}

/* Under the mutex. @row: NULL where there was no memory for it. */
static int enqueue(struct writer *w, struct row *row)
{
	if (!row || is_full(w, row)) {
		w->status.lost++;
		free(row);
		return row ? -ENOBUFS : -ENOMEM;
	}
	row->generation = w->generation;
	row->queued_ms = now_ms();
	w->ring[(w->head + w->n) % QUEUE_ROWS] = row;
	w->n++;
	w->queued++;
	w->bytes += row->bytes;
	w->urgent += row->type != ROW_TYPE_EVENT;
	/* else it is awake, or its timer runs for an older row */
	if (w->n == 1 || row->type != ROW_TYPE_EVENT || w->n > QUEUE_ROWS / 2 ||
	    w->bytes > QUEUE_BYTES / 2)
		pthread_cond_signal(&w->work);
	return 0;
}

int writer_begin(struct writer *w, const struct writer_begin *begin)
{
	struct row *row = row_begin(begin);
	int r;

	pthread_mutex_lock(&w->mutex);
	w->generation++;
	w->seq = w->beats = w->classes = 0;
	w->status = (struct writer_status){0};
	r = enqueue(w, row);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

/* Counted also for a row that is lost: the ones after it keep their place. */
int writer_event(struct writer *w, const struct writer_event *event)
{
	struct row *row = row_event(event);
	uint64_t seq, beat = 0;
	int r;

	pthread_mutex_lock(&w->mutex);
	seq = w->seq++;
	if (event->row == ROW_BEAT)
		beat = w->beats++;
	else if (event->row == ROW_BEAT_CLASS)
		beat = w->classes++;
	if (row) {
		row->seq = seq;
		row->beat = beat;
	}
	r = enqueue(w, row);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

int writer_end(struct writer *w, const struct writer_end *end)
{
	struct row *row = row_end(end);
	int r;

	pthread_mutex_lock(&w->mutex);
	r = enqueue(w, row);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

void writer_status(struct writer *w, struct writer_status *ret)
{
	pthread_mutex_lock(&w->mutex);
	*ret = w->status;
	pthread_mutex_unlock(&w->mutex);
}

void writer_flush(struct writer *w)
{
	uint64_t failed, target;

	pthread_mutex_lock(&w->mutex);
	failed = w->tries_failed;
	target = w->queued;
	w->hurry = true;
	pthread_cond_signal(&w->work);
	while (w->committed < target && w->tries_failed == failed)
		pthread_cond_wait(&w->done, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
}
