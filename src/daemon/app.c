/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/app.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "base/log.h"
#include "base/paths.h"
#include "daemon/ahead.h"
#include "daemon/play.h"
#include "daemon/refresh.h"
#include "store/store.h"
#include "store/writer.h"

struct app {
	sd_event *event;
	struct app_listener faces[APP_FACES];
	size_t n_faces;
	char store[PATH_MAX];
	struct writer *writer; /**< NULL: the store cannot be written */
	int woken_fd;          /**< written by the writer's thread */
	sd_event_source *woken;
	struct live live;
	struct ahead ahead;
	struct play *play; /**< NULL: idle */
	struct refresh refresh;
	bool quitting;
};

/* --- the store --------------------------------------------------------------
 */

/* The writer's thread. */
static void on_written(void *data)
{
	struct app *a = data;

	(void)eventfd_write(a->woken_fd, 1);
}

static int on_woken(sd_event_source *source, int fd, uint32_t events,
                    void *data)
{
	struct app *a = data;
	eventfd_t count;

	(void)source;
	(void)events;
	(void)eventfd_read(fd, &count);
	if (a->play)
		play_stored(a->play);
	return 0;
}

/* The writer first: its lock is what makes the store ours to recover. */
static int take_store(struct app *a, struct store_error *why)
{
	struct store *s = NULL;
	int r;

	if (a->writer)
		return 0;
	r = writer_create(&a->writer, a->store, on_written, a, why);
	if (r == 0)
		r = store_open(&s, a->store, STORE_WRITE, why);
	if (r < 0)
		return r;
	r = store_recover(s);
	if (r > 0)
		log_line(LOG_LEVEL_INFO,
		         "%d sessions that never ended are now marked "
		         "interrupted",
		         r);
	else if (r < 0)
		log_line(LOG_LEVEL_WARNING, "%s", store_message(s));
	store_close(s);
	return 0;
}

void app_recover(struct app *a)
{
	struct store_error why = {""};

	if (take_store(a, &why) < 0)
		log_line(LOG_LEVEL_WARNING, "%s", why.what);
	else
		refresh_start(&a->refresh, a->store);
}

/* --- the play ---------------------------------------------------------------
 */

static void on_said(void *data, const char *text)
{
	struct app *a = data;

	for (size_t i = 0; i < a->n_faces; i++)
		if (a->faces[i].said)
			a->faces[i].said(a->faces[i].data, text);
}

static void on_question(void *data, const char *id, const char *text,
                        const char *const *choices)
{
	struct app *a = data;

	for (size_t i = 0; i < a->n_faces; i++)
		if (a->faces[i].question)
			a->faces[i].question(a->faces[i].data, id, text,
			                     choices);
}

static void on_breath(void *data, double seconds, double inhale_pct)
{
	struct app *a = data;

	for (size_t i = 0; i < a->n_faces; i++)
		if (a->faces[i].breath)
			a->faces[i].breath(a->faces[i].data, seconds,
			                   inhale_pct);
}

static void on_changed(void *data)
{
	struct app *a = data;

	for (size_t i = 0; i < a->n_faces; i++)
		if (a->faces[i].changed)
			a->faces[i].changed(a->faces[i].data, &a->live);
}

static void on_done(void *data, uint64_t id)
{
	struct app *a = data;

	a->play = play_destroy(a->play);
	(void)malloc_trim(0); /* what a session took, the system has again */
	live_figures_none(&a->live);
	a->live.state = "idle";
	log_line(LOG_LEVEL_INFO, "session %llu: %s", (unsigned long long)id,
	         a->live.result);
	on_changed(a);
	for (size_t i = 0; i < a->n_faces; i++)
		if (a->faces[i].ended)
			a->faces[i].ended(a->faces[i].data, id);
	if (a->quitting)
		sd_event_exit(a->event, 0);
	else if (a->writer)
		refresh_start(&a->refresh, a->store);
}

void app_prepare(struct app *a)
{
	struct setup_options usual;
	struct setup setup;

	if (a->play || a->quitting)
		return;
	setup_options_init(&usual);
	if (setup_begin(&setup, &usual, NULL) == 0)
		ahead_open(&a->ahead, a->event, &setup.config,
		           setup.start.seed);
}

/* @setup and @aloud are emptied. */
static int start_play(struct app *a, struct setup *setup, struct aloud *aloud,
                      struct live *live, struct error *error)
{
	struct play_listener listener = {
		.said = on_said,
		.question = on_question,
		.breath = on_breath,
		.changed = on_changed,
		.done = on_done,
		.data = a,
	};
	struct store_error why = {""};
	struct live before = a->live;
	int r;

	if (setup->keep && take_store(a, &why) < 0)
		live_tell(live, "This session will not be kept: %s", why.what);
	live->state = "preparing";
	live->mode = session_mode_name(session_mode_of(&setup->start));
	snprintf(live->routine, sizeof(live->routine), "%s",
	         setup->routine->id);
	snprintf(live->title, sizeof(live->title), "%s", setup->routine->name);
	snprintf(live->sensor, sizeof(live->sensor), "%s", setup->start.sensor);
	a->live = *live;
	r = play_create(&a->play, a->event, setup, aloud,
	                setup->keep ? a->writer : NULL, a->store, &a->live,
	                &listener, error);
	if (r < 0)
		a->live = before;
	setup_finish(setup);
	return r;
}

static void take_sound(struct app *a, struct setup *setup,
                       const struct setup_options *options, struct aloud *ret)
{
	aloud_init(ret);
	if (options->no_audio)
		ahead_close(&a->ahead);
	else
		ahead_take(&a->ahead, &setup->config, options->seed_given,
		           &setup->start.seed, ret);
}

int app_start(struct app *a, const char *routine,
              const struct setup_options *options, struct error *error)
{
	struct live live;
	struct setup setup;
	struct aloud aloud;
	int r;

	if (a->play || a->quitting) {
		error_set(error, "a session runs: end it first: lull stop");
		return -EBUSY;
	}
	refresh_pause(&a->refresh);
	live_init(&live);
	r = setup_begin(&setup, options, error);
	if (r < 0)
		return r;
	/* first, as a device takes longer to open than all else */
	take_sound(a, &setup, options, &aloud);
	r = setup_make(&setup, routine, options, a->store, &live, error);
	if (r == 0)
		r = start_play(a, &setup, &aloud, &live, error);
	aloud_finish(&aloud);
	if (r < 0)
		return r;
	log_line(LOG_LEVEL_INFO, "session begins: %s", routine);
	on_changed(a);
	return 0;
}

int app_command(struct app *a, const char *word, struct error *error)
{
	if (a->play)
		return play_word(a->play, word, error);
	error_set(error, "%.40s: no session runs: lull start", word);
	return -EINVAL;
}

int app_answer(struct app *a, const char *id, const char *value,
               struct error *error)
{
	if (a->play)
		return play_answer(a->play, id, value, error);
	error_set(error, "%.40s: no session runs: lull start", id);
	return -EINVAL;
}

const struct live *app_live(const struct app *a)
{
	return &a->live;
}

void app_quit(struct app *a)
{
	if (!a->play || a->quitting)
		sd_event_exit(a->event, 0);
	else
		play_interrupt(a->play);
	a->quitting = true;
}

/* --- its life ---------------------------------------------------------------
 */

int app_create(struct app **ret, struct sd_event *event)
{
	struct app *a = calloc(1, sizeof(*a));
	int r;

	if (!a)
		return -ENOMEM;
	a->event = event;
	live_init(&a->live);
	aloud_init(&a->ahead.aloud);
	a->woken_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = a->woken_fd < 0 ? -errno : 0;
	if (r == 0)
		r = sd_event_add_io(event, &a->woken, a->woken_fd, EPOLLIN,
		                    on_woken, a);
	if (r >= 0)
		r = paths_store(a->store, sizeof(a->store));
	if (r < 0) {
		app_destroy(a);
		return r;
	}

	*ret = a;
	return 0;
}

struct app *app_destroy(struct app *a)
{
	if (!a)
		return NULL;
	a->n_faces = 0;
	a->play = play_destroy(a->play);
	ahead_close(&a->ahead);
	refresh_finish(&a->refresh);
	a->writer = a->writer ? writer_destroy(a->writer) : NULL;
	sd_event_source_disable_unref(a->woken);
	if (a->woken_fd >= 0)
		close(a->woken_fd);
	free(a);
	return NULL;
}

int app_listen(struct app *a, const struct app_listener *listener)
{
	if (a->n_faces == APP_FACES)
		return -ENOSPC;
	a->faces[a->n_faces++] = *listener;
	return 0;
}

void app_unlisten(struct app *a, const void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->n_faces; i++)
		if (a->faces[i].data != data)
			a->faces[kept++] = a->faces[i];
	a->n_faces = kept;
}
