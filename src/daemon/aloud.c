/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/aloud.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "audio/music.h"
#include "base/log.h"

#define GAPS_TOLD 3 /* ours: one may be chance, and two */

void aloud_init(struct aloud *a)
{
	*a = (struct aloud){.ready_fd = -1};
}

/* The bank first: who plays has it from the fork on. */
void aloud_open(struct aloud *a, const struct config *config, uint64_t seed)
{
	a->config = *config;
	a->voiceless = voices_bank(&a->bank, SOUND_RATE_HZ);
	a->silent = speaker_create(&a->speaker, config, a->bank, seed);
	a->open = true;
}

/* The worker's thread. */
static void on_ready(void *data)
{
	struct aloud *a = data;

	(void)eventfd_write(a->ready_fd, 1);
}

static int on_ready_fd(sd_event_source *source, int fd, uint32_t events,
                       void *data)
{
	struct aloud *a = data;
	eventfd_t count;

	(void)source;
	(void)events;
	(void)eventfd_read(fd, &count);
	a->woken(a->data);
	return 0;
}

static int prepare_voices(struct aloud *a, struct sd_event *event,
                          const struct routine *routine)
{
	int r;

	if (a->voiceless < 0)
		return a->voiceless;
	a->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a->ready_fd < 0)
		return -errno;
	r = sd_event_add_io(event, &a->ready, a->ready_fd, EPOLLIN, on_ready_fd,
	                    a);
	if (r < 0)
		return r;
	r = voices_create(&a->voices, routine, a->bank, SOUND_RATE_HZ, on_ready,
	                  a);
	if (r == 0)
		(void)voices_start(a->voices); /* aloud_fix() tells */
	return r;
}

static void tell_voiceless(const struct aloud *a, int error)
{
	live_tell(a->live, "No voice in this session: %s", strerror(-error));
}

static void tell_silent(const struct aloud *a, int error)
{
	live_tell(a->live, "Sound: %s: the session goes on silent",
	          strerror(-error));
}

void aloud_prepare(struct aloud *a, struct sd_event *event, struct live *live,
                   const struct routine *routine, void (*woken)(void *data),
                   void *data)
{
	int r;

	a->live = live;
	a->woken = woken;
	a->data = data;
	r = prepare_voices(a, event, routine);
	if (r < 0)
		tell_voiceless(a, r);
	if (a->silent < 0)
		tell_silent(a, a->silent);
}

bool aloud_ready(const struct aloud *a)
{
	return !a->voices || voices_ready(a->voices);
}

/* What nobody can hear is not worth waiting for. */
bool aloud_waits(const struct aloud *a, uint64_t mono_us)
{
	return a->speaker && speaker_opens(a->speaker, mono_us);
}

static void tell_complaints(const struct aloud *a)
{
	const char *const *lines;
	size_t n = voices_complaints(a->voices, &lines);

	for (size_t i = 0; i < n; i++)
		live_tell(a->live, "%s", lines[i]);
}

void aloud_fix(struct aloud *a, struct session_start *start)
{
	size_t missing;
	int r;

	if (!a->voices)
		return;
	r = voices_fix(a->voices, &start->clips, &start->n_clips, &missing);
	if (r < 0)
		tell_voiceless(a, r);
	else if (missing)
		live_tell(a->live,
		          "%zu phrases were not spoken in time and are left "
		          "out of this session",
		          missing);
	tell_complaints(a);
}

void aloud_start(struct aloud *a)
{
	int r;

	if (!a->speaker)
		return;
	r = speaker_start(a->speaker);
	a->awaited = r == 0;
	if (r < 0) {
		a->speaker = speaker_destroy(a->speaker);
		tell_silent(a, r);
	}
}

static void mind_gaps(struct aloud *a)
{
	struct engine_stats stats;

	speaker_stats(a->speaker, &stats);
	if (a->told_gaps || stats.underflows < GAPS_TOLD)
		return;
	a->told_gaps = true;
	live_tell(a->live, "The sound has gaps: other programs keep this "
	                   "computer too busy: close what you can");
}

/* Where it is lost by itself the person hears nothing more, and should know
   that this is not the end. */
uint64_t aloud_mind(struct aloud *a, uint64_t mono_us, int64_t epoch_us)
{
	uint64_t next_us = UINT64_MAX;
	enum speaker_news news;
	int error = 0;

	if (!a->speaker)
		return next_us;
	news = speaker_mind(a->speaker, mono_us, epoch_us, &error, &next_us);
	if (news == SPEAKER_PLAYS && !a->awaited)
		live_tell(a->live, "Sound is back: %s",
		          speaker_device(a->speaker));
	else if (news == SPEAKER_PLAYS)
		log_line(LOG_LEVEL_INFO, "sound: %s",
		         speaker_device(a->speaker));
	else if (news == SPEAKER_FAILS)
		live_tell(a->live,
		          "%s: the session goes on silent, and is heard as "
		          "soon as one can be had (lull doctor)",
		          engine_strerror(error));
	else if (news == SPEAKER_LOST)
		live_tell(a->live,
		          "The sound device is gone (%s): the session goes on, "
		          "and is heard again when it is back",
		          speaker_device(a->speaker));
	if (news == SPEAKER_PLAYS && a->awaited && speaker_music(a->speaker))
		live_tell(a->live, "%s: %s: the session goes on without music",
		          a->config.music,
		          music_strerror(speaker_music(a->speaker)));
	if (news != SPEAKER_NONE)
		a->awaited = false;
	mind_gaps(a);
	return next_us;
}

bool aloud_awaited(const struct aloud *a)
{
	return a->awaited;
}

void aloud_go_on(struct aloud *a)
{
	a->awaited = false;
	if (a->speaker)
		speaker_give_up(a->speaker);
}

void aloud_say(struct aloud *a, const struct event *say)
{
	if (a->voices && a->speaker)
		voices_hold(a->voices, say);
}

void aloud_clock(const struct aloud *a, uint64_t mono_us,
                 struct clock_stream *ret)
{
	*ret = (struct clock_stream){.running = false};
	if (a->speaker)
		speaker_clock(a->speaker, mono_us, ret);
}

void aloud_tell_troubles(const struct aloud *a, unsigned dropped)
{
	struct engine_stats stats;

	if (!a->speaker)
		return;
	speaker_stats(a->speaker, &stats);
	log_line(LOG_LEVEL_INFO, "callback: %llu calls, longest %llu us",
	         (unsigned long long)stats.callbacks,
	         (unsigned long long)stats.worst_ns / 1000);
	log_line(LOG_LEVEL_INFO, "device: open in %llu ms, begun in %llu ms",
	         (unsigned long long)stats.open_us / 1000,
	         (unsigned long long)stats.start_us / 1000);
	if (stats.late || dropped || stats.underflows)
		live_tell(a->live, "Sound: %llu cues late, %u lost, %llu gaps",
		          (unsigned long long)stats.late, dropped,
		          (unsigned long long)stats.underflows);
}

/* The worker before the descriptor that it writes to. */
void aloud_finish(struct aloud *a)
{
	a->speaker = speaker_destroy(a->speaker);
	a->voices = voices_destroy(a->voices);
	a->bank = bank_destroy(a->bank);
	a->ready = sd_event_source_disable_unref(a->ready);
	if (a->ready_fd >= 0)
		close(a->ready_fd);
	aloud_init(a);
}
