/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/engine.h"

#include <assert.h>
#include <errno.h>
#include <portaudio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "audio/backend.h"
#include "audio/engine_device.h"
#include "audio/music.h"
#include "audio/outlet.h"
#include "audio/report.h"
#include "audio/tape.h"

#define RATE_HZ     48000
#define ALSA_FRAMES 256
#define ALIVE_US    500000
#define STOP_US     500000
#define GIVE_UP_US  100000 /* to stop one that does not play */
#define LOOK_MS     50     /* of the child, after its stream */

static_assert(ENGINE_FROM_START == OUTLET_FROM_START, "the same moment");

struct engine {
	struct engine_config config; /* its texts are these: */
	char *api, *device, *music;
	struct mixer_config mixing;
	struct tape *tape;
	struct report *report; /* shared, of the present child */
	struct backend backend;
	bool wanted;                  /* asked to play, not stopped since */
	bool held;                    /* the child opens, and waits */
	int64_t epoch_us;             /* where the child joins */
	uint64_t asked_ns;            /* when it was made */
	char same[REPORT_NAME_MAX];   /* the only device it may take; "": any */
	char played[REPORT_NAME_MAX]; /* what played last */
	struct engine_stats before;   /* of the children before this one */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* --- the child ------------------------------------------------------------ */

struct stream {
	struct engine *engine;
	struct report *report;
	struct outlet *outlet;
	PaStream *pa;
	int channels;
	bool cyclic;
};

static void count(struct report *r, PaStreamCallbackFlags flags, uint64_t ns)
{
	atomic_fetch_add_explicit(&r->callbacks, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&r->busy_ns, ns, memory_order_relaxed);
	if (flags & paOutputUnderflow)
		atomic_fetch_add_explicit(&r->underflows, 1,
		                          memory_order_relaxed);
	if (ns > atomic_load_explicit(&r->worst_ns, memory_order_relaxed))
		atomic_store_explicit(&r->worst_ns, ns, memory_order_relaxed);
}

/* audio.md 2: what is reported may be garbage. */
static void note_latency(struct report *r, const PaStreamCallbackTimeInfo *time)
{
	double s = time ? time->outputBufferDacTime - time->currentTime : 0;

	if (s > 0 && s < 2)
		atomic_store_explicit(&r->latency_us, (uint64_t)(s * 1e6),
		                      memory_order_relaxed);
}

/* The clock is read in user space (vdso(7)): no system call. */
static int callback(const void *in, void *out, unsigned long frames,
                    const PaStreamCallbackTimeInfo *time,
                    PaStreamCallbackFlags flags, void *data)
{
	struct stream *s = data;
	uint64_t began_ns = now_ns();

	(void)in;
	outlet_fill(s->outlet, out, frames, began_ns / 1000);
	note_latency(s->report, time);
	count(s->report, flags, now_ns() - began_ns);
	return paContinue;
}

/* Here, as its thread has to be this process's. */
static void open_music(const struct stream *s, struct outlet_config *config)
{
	const char *path = s->engine->config.music;

	if (path)
		atomic_store(&s->report->music,
		             music_create(&config->mixing.music, path,
		                          config->mixing.rate_hz));
}

static int make_outlet(struct stream *s, unsigned rate_hz)
{
	struct outlet_config config = {
		.mixing = s->engine->mixing,
		.tape = s->engine->tape,
		.report = s->report,
		.device_hz = rate_hz,
		.channels = (unsigned)s->channels,
		.epoch_us = s->engine->epoch_us,
		.head = s->engine->config.head,
		.cyclic = s->cyclic,
	};
	int error;

	open_music(s, &config);
	error = outlet_create(&s->outlet, &config);
	if (!error)
		outlet_catch_up(s->outlet, now_ns() / 1000);
	if (!error && config.mixing.music)
		error = music_run(config.mixing.music);
	return error;
}

static PaError open_stream(struct stream *s, PaDeviceIndex i, unsigned rate_hz)
{
	PaStreamParameters p = engine_output(i);
	unsigned long frames = engine_is(i, paALSA)
	                               ? ALSA_FRAMES
	                               : paFramesPerBufferUnspecified;

	p.channelCount = s->channels;
	return Pa_OpenStream(&s->pa, NULL, &p, rate_hz, frames, paNoFlag,
	                     callback, s);
}

static int get_ready(struct stream *s, PaDeviceIndex i, unsigned rate_hz)
{
	int most = engine_most(i);
	PaError pa;

	s->channels = engine_output(i).channelCount;
	s->cyclic = engine_is(i, paJACK);
	pa = open_stream(s, i, rate_hz);
	if (pa == paInvalidChannelCount && most > s->channels) {
		s->channels = most; /* some take all they have or nothing */
		pa = open_stream(s, i, rate_hz);
	}
	if (pa)
		return engine_error(pa);
	return make_outlet(s, rate_hz);
}

static int find(const struct engine *e, struct report *report,
                PaDeviceIndex *ret, unsigned *ret_hz)
{
	PaDeviceIndex i =
		e->same[0] ? engine_named(e->same) : engine_choose(&e->config);
	unsigned wanted_hz = e->config.rate_hz ? e->config.rate_hz : RATE_HZ;
	int error;

	if (i == paNoDevice)
		return -ENODEV;
	error = engine_rate(i, wanted_hz, ret_hz);
	if (error)
		return error;
	engine_name(i, report->name, sizeof(report->name));
	report->device_hz = *ret_hz;
	atomic_store(&report->named, true);
	*ret = i;
	return 0;
}

static uint64_t us_since(uint64_t ns)
{
	return (now_ns() - ns) / 1000;
}

static int begin_stream(struct stream *s)
{
	uint64_t began_ns = now_ns();
	int error = engine_error(Pa_StartStream(s->pa));

	atomic_store(&s->report->start_us, us_since(began_ns));
	return error;
}

static int watch(struct stream *s, int fd)
{
	while (!backend_asked(fd, LOOK_MS)) {
		int error = atomic_load(&s->report->error);

		if (error)
			return error;
		if (Pa_IsStreamActive(s->pa) != 1)
			return -ENOTCONN;
	}
	Pa_StopStream(s->pa);
	Pa_CloseStream(s->pa);
	return 0;
}

/* What is left open here goes with the process. */
static int play(void *data, int fd)
{
	struct engine *e = data;
	struct stream s = {.engine = e, .report = e->report};
	PaDeviceIndex i = paNoDevice;
	unsigned rate_hz = 0;
	int error = find(e, e->report, &i, &rate_hz);

	if (!error)
		error = get_ready(&s, i, rate_hz);
	if (!error)
		atomic_store(&e->report->open_us, us_since(e->asked_ns));
	if (!error && e->held && !backend_told(fd))
		return 0;
	if (!error)
		error = begin_stream(&s);
	return error ? error : watch(&s, fd);
}

static int probe(void *data, int fd)
{
	const struct engine *e = data;
	PaDeviceIndex i = paNoDevice;
	unsigned rate_hz = 0;

	(void)fd;
	return find(e, e->report, &i, &rate_hz);
}

/* --- the parent ----------------------------------------------------------- */

static int copy_config(struct engine *e, const struct engine_config *config)
{
	if (config->api)
		e->api = strdup(config->api);
	if (config->device)
		e->device = strdup(config->device);
	if (config->music)
		e->music = strdup(config->music);
	e->config = (struct engine_config){e->api, e->device, config->rate_hz,
	                                   e->music, config->head};
	return (config->api && !e->api) || (config->device && !e->device) ||
	                       (config->music && !e->music)
	               ? -ENOMEM
	               : 0;
}

static int share(struct report **ret)
{
	void *r = mmap(NULL, sizeof(**ret), PROT_READ | PROT_WRITE,
	               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (r == MAP_FAILED)
		return -ENOMEM;
	*ret = r;
	return 0;
}

static void unshare(struct report *r)
{
	if (r)
		munmap(r, sizeof(*r));
}

int engine_create(struct engine **ret, const struct engine_config *config,
                  const struct mixer_config *mixing)
{
	struct engine *e = calloc(1, sizeof(*e));
	struct mixer *trial = NULL;
	int error;

	if (!e)
		return -ENOMEM;
	e->backend.fd = -1;
	e->mixing = *mixing;
	error = copy_config(e, config);
	if (!error)
		error = mixer_create(&trial, mixing); /* while one can tell */
	mixer_destroy(trial);
	if (!error)
		error = tape_create(&e->tape);
	if (!error)
		error = share(&e->report);
	if (error) {
		engine_destroy(e);
		return error;
	}
	*ret = e;
	return 0;
}

static void add_stats(struct engine_stats *to, const struct report *r)
{
	uint64_t worst_ns = atomic_load(&r->worst_ns);
	uint64_t latency_us = atomic_load(&r->latency_us);

	to->callbacks += atomic_load(&r->callbacks);
	to->underflows += atomic_load(&r->underflows);
	to->late += atomic_load(&r->late);
	to->busy_ns += atomic_load(&r->busy_ns);
	if (worst_ns > to->worst_ns)
		to->worst_ns = worst_ns;
	if (latency_us)
		to->latency_us = latency_us;
	if (atomic_load(&r->start_us)) {
		to->open_us = atomic_load(&r->open_us);
		to->start_us = atomic_load(&r->start_us);
	}
	if (atomic_load(&r->named))
		to->device_hz = r->device_hz;
}

/* The child is gone: what it said is kept, but for its clock. */
static void close_report(struct engine *e)
{
	uint64_t frames, mono_us;

	add_stats(&e->before, e->report);
	if (report_read(e->report, &frames, &mono_us))
		memcpy(e->played, e->report->name, sizeof(e->played));
	memset(e->report, 0, sizeof(*e->report));
}

static int why_lost(struct engine *e)
{
	int error = atomic_load(&e->report->error);

	return error ? error : -EIO; /* it crashed */
}

static int begin(struct engine *e, int64_t epoch_us, bool same, bool held)
{
	int error;

	engine_stop(e);
	e->epoch_us = epoch_us;
	e->same[0] = '\0';
	if (same)
		memcpy(e->same, e->played, sizeof(e->same));
	e->held = held;
	e->asked_ns = now_ns();
	error = backend_start(&e->backend, play, e, &e->report->error);
	e->wanted = !error;
	return error;
}

int engine_open(struct engine *e)
{
	return begin(e, ENGINE_FROM_START, false, true);
}

int engine_play(struct engine *e, int64_t epoch_us, bool same)
{
	if (!e->held || epoch_us != ENGINE_FROM_START || same ||
	    !backend_alive(&e->backend))
		return begin(e, epoch_us, same, false);
	e->held = false;
	backend_tell(&e->backend);
	return 0;
}

void engine_stop(struct engine *e)
{
	uint64_t frames, mono_us;
	bool sounds = engine_clock(e, now_ns() / 1000, &frames, &mono_us);

	/* one that does not call seldom listens */
	backend_end(&e->backend, sounds ? STOP_US : GIVE_UP_US);
	close_report(e);
	e->wanted = false;
	e->held = false;
}

struct engine *engine_destroy(struct engine *e)
{
	if (!e)
		return NULL;
	if (e->report)
		engine_stop(e);
	unshare(e->report);
	tape_destroy(e->tape);
	free(e->api);
	free(e->device);
	free(e->music);
	free(e);
	return NULL;
}

bool engine_push(struct engine *e, const struct sound *sound)
{
	return tape_add(e->tape, sound);
}

enum engine_state engine_state(struct engine *e, uint64_t mono_us,
                               int *ret_error)
{
	uint64_t frames, at_us;
	bool alive, called;
	int error;

	if (!e->wanted)
		return ENGINE_OFF;
	alive = backend_alive(&e->backend);
	called = report_read(e->report, &frames, &at_us);
	if (alive && !called)
		return ENGINE_OPENING;
	if (alive && engine_clock(e, mono_us, &frames, &at_us))
		return ENGINE_PLAYING;
	error = alive ? -ENOTCONN : why_lost(e);
	if (ret_error)
		*ret_error = error;
	return ENGINE_LOST;
}

int engine_music(const struct engine *e)
{
	return atomic_load(&e->report->music);
}

const char *engine_strerror(int error)
{
	switch (error) {
	case -ENODEV:
		return "There is no such sound device";
	case -EBUSY:
		return "The sound device is taken by another program";
	case -EPROTO:
		return "The sound device takes all it gets at once and keeps "
		       "no time";
	case -ETIMEDOUT:
		return "The sound device does not open";
	case -ENOTCONN:
		return "The sound device is gone";
	default:
		return "The sound device does not play";
	}
}

const char *engine_device(const struct engine *e)
{
	uint64_t frames, at_us;

	return report_read(e->report, &frames, &at_us) ? e->report->name
	                                               : e->played;
}

bool engine_clock(const struct engine *e, uint64_t mono_us,
                  uint64_t *ret_frames, uint64_t *ret_mono_us)
{
	uint64_t frames, at_us;

	if (!e->backend.pid || !report_read(e->report, &frames, &at_us))
		return false;
	if (mono_us > at_us && mono_us - at_us > ALIVE_US)
		return false;
	*ret_frames = frames;
	*ret_mono_us = at_us;
	return true;
}

void engine_mute(struct engine *e, unsigned sides)
{
	atomic_store(&e->report->mute, sides);
}

void engine_stats(const struct engine *e, struct engine_stats *ret)
{
	*ret = e->before;
	add_stats(ret, e->report);
}

/* A child of its own for a moment. */
int engine_probe(const struct engine_config *config, uint64_t wait_us,
                 char *ret_name, size_t len, unsigned *ret_rate_hz)
{
	struct engine e = {.config = *config};
	const struct timespec ms = {.tv_nsec = 1000000};
	uint64_t began_ns = now_ns();
	int error = share(&e.report);

	if (error)
		return error;
	error = backend_start(&e.backend, probe, &e, &e.report->error);
	while (!error && backend_alive(&e.backend) &&
	       now_ns() - began_ns < wait_us * UINT64_C(1000))
		nanosleep(&ms, NULL);
	if (!error && e.backend.pid)
		error = -ETIMEDOUT;
	backend_end(&e.backend, 0);
	if (!error && !atomic_load(&e.report->named))
		error = why_lost(&e);
	if (!error) {
		if (ret_name && len)
			snprintf(ret_name, len, "%s", e.report->name);
		*ret_rate_hz = e.report->device_hz;
	}
	unshare(e.report);
	return error;
}
