/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/aloud.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "base/log.h"

void aloud_init(struct aloud *a, struct live *live)
{
	*a = (struct aloud){.live = live, .ready_fd = -1};
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
	if (a->voices && voices_advance(a->voices))
		a->woken(a->data);
	return 0;
}

static int prepare_voices(struct aloud *a, struct sd_event *event,
                          const struct routine *routine)
{
	int r;

	a->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a->ready_fd < 0)
		return -errno;
	r = sd_event_add_io(event, &a->ready, a->ready_fd, EPOLLIN, on_ready_fd,
	                    a);
	if (r < 0)
		return r;
	return voices_start(&a->voices, routine, a->rate_hz, on_ready, a);
}

void aloud_prepare(struct aloud *a, struct sd_event *event,
                   const struct config *config, const struct routine *routine,
                   void (*woken)(void *data), void *data)
{
	char name[128];
	int r;

	a->config = config;
	a->woken = woken;
	a->data = data;
	r = speaker_probe(config, name, sizeof(name), &a->rate_hz);
	if (r < 0) {
		a->rate_hz = 0;
		live_tell(a->live, "%s: the session goes on silent",
		          r == -ENODEV ? "No sound device" : strerror(-r));
		return;
	}
	log_line(LOG_LEVEL_INFO, "sound: %s, %u Hz", name, a->rate_hz);
	r = prepare_voices(a, event, routine);
	if (r < 0)
		live_tell(a->live, "No voice in this session: %s",
		          strerror(-r));
}

bool aloud_ready(const struct aloud *a)
{
	return !a->voices || voices_ready(a->voices);
}

static void tell_complaints(const struct aloud *a)
{
	const char *const *lines;
	size_t n = voices_complaints(a->voices, &lines);

	for (size_t i = 0; i < n; i++)
		live_tell(a->live, "%s", lines[i]);
}

static const struct bank *fix_voices(struct aloud *a,
                                     struct session_start *start)
{
	const struct bank *bank = NULL;
	size_t missing;
	int r;

	if (!a->voices)
		return NULL;
	r = voices_fix(a->voices, &bank, &start->clips, &start->n_clips,
	               &missing);
	if (r < 0)
		live_tell(a->live, "No voice in this session: %s",
		          strerror(-r));
	else if (missing)
		live_tell(a->live,
		          "%zu phrases were not spoken in time and are left "
		          "out of this session",
		          missing);
	tell_complaints(a);
	return bank;
}

void aloud_start(struct aloud *a, struct session_start *start)
{
	const struct bank *bank;
	int r;

	if (!a->rate_hz)
		return;
	bank = fix_voices(a, start);
	r = speaker_create(&a->speaker, a->config, bank, a->rate_hz,
	                   start->seed);
	if (r == 0)
		return;
	start->n_clips = 0;
	live_tell(a->live, "sound: %s: the session goes on silent",
	          strerror(-r));
}

void aloud_say(struct aloud *a, const struct event *say)
{
	if (a->voices && a->speaker)
		voices_hold(a->voices, say);
}

void aloud_silence(struct aloud *a, const char *why)
{
	live_tell(a->live, "%s: the session goes on silent", why);
	a->lost = a->speaker;
	a->speaker = NULL;
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
	uint64_t underflows;
	unsigned late;

	if (!a->speaker)
		return;
	speaker_troubles(a->speaker, &late, &underflows);
	if (late || dropped || underflows)
		live_tell(a->live, "sound: %u cues late, %u lost, %llu gaps",
		          late, dropped, (unsigned long long)underflows);
}

struct burial {
	struct speaker *speaker;
	struct voices *voices;
};

static void *bury(void *data)
{
	struct burial *b = data;

	speaker_destroy(b->speaker);
	voices_destroy(b->voices);
	free(b);
	return NULL;
}

/* What cannot be closed safely is left as it is. */
static void close_lost(struct aloud *a)
{
	struct burial *b = malloc(sizeof(*b));
	pthread_t thread;

	if (b) {
		*b = (struct burial){a->lost, a->voices};
		if (pthread_create(&thread, NULL, bury, b) == 0)
			pthread_detach(thread);
		else
			free(b);
	}
	a->lost = NULL;
	a->voices = NULL;
}

/* The worker before the descriptor that it writes to. */
void aloud_finish(struct aloud *a)
{
	if (a->lost)
		close_lost(a);
	a->speaker = speaker_destroy(a->speaker);
	a->voices = voices_destroy(a->voices);
	a->ready = sd_event_source_disable_unref(a->ready);
	if (a->ready_fd >= 0)
		close(a->ready_fd);
	a->ready_fd = -1;
}
