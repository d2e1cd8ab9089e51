/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/engine.h"

#include <errno.h>
#include <portaudio.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "audio/backend.h"

#define RATE_HZ       48000
#define LATENCY_S     0.05 /* of a device with a buffer of its own */
#define LATENCY_MAX_S 0.2  /* audio.md 2: what is reported may be garbage */
#define ALSA_FRAMES   256
#define CHANNELS_MAX  8
#define SCATTER       256 /* frames at a time, to other than two channels */
#define ALIVE_US      500000
#define JACK_CYCLE_MS 300 /* longer than any: 8192 frames at 32 kHz are 256 */

struct engine {
	PaStream *stream;
	struct mixer *_Atomic mixer; /* NULL: abandoned, be silent */
	_Atomic bool inside;         /* the callback runs */
	int channels;
	bool backend; /* taken */
	bool jack;

	/* The clock, written by the callback alone: odd while it changes. */
	_Atomic unsigned turn;
	_Atomic uint64_t frames, mono_us;

	_Atomic uint64_t callbacks, underflows, worst_ns;
	float stereo[2 * SCATTER];
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* --- the callback --------------------------------------------------------- */

/* A sequence lock. Source: H. Boehm, "Can seqlocks get along with programming
 * language memory models?" (MSPC 2012), figure 6. */
static void publish_clock(struct engine *e, uint64_t frames, uint64_t mono_us)
{
	unsigned turn = atomic_load_explicit(&e->turn, memory_order_relaxed);

	atomic_store_explicit(&e->turn, turn + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&e->frames, frames, memory_order_relaxed);
	atomic_store_explicit(&e->mono_us, mono_us, memory_order_relaxed);
	atomic_store_explicit(&e->turn, turn + 2, memory_order_release);
}

/* Mono hears both sides; a device of more channels hears them on its first
 * two. */
static void scatter(struct engine *e, struct mixer *m, float *out,
                    unsigned long frames)
{
	while (frames) {
		size_t n = frames < SCATTER ? frames : SCATTER;

		mixer_render(m, e->stereo, n);
		memset(out, 0, n * (size_t)e->channels * sizeof(*out));
		for (size_t i = 0; i < n; i++, out += e->channels) {
			const float *lr = e->stereo + 2 * i;

			out[0] = e->channels > 1 ? lr[0]
			                         : 0.5f * (lr[0] + lr[1]);
			if (e->channels > 1)
				out[1] = lr[1];
		}
		frames -= n;
	}
}

static void count(struct engine *e, PaStreamCallbackFlags flags, uint64_t ns)
{
	atomic_fetch_add_explicit(&e->callbacks, 1, memory_order_relaxed);
	if (flags & paOutputUnderflow)
		atomic_fetch_add_explicit(&e->underflows, 1,
		                          memory_order_relaxed);
	if (ns > atomic_load_explicit(&e->worst_ns, memory_order_relaxed))
		atomic_store_explicit(&e->worst_ns, ns, memory_order_relaxed);
}

static int callback(const void *in, void *out, unsigned long frames,
                    const PaStreamCallbackTimeInfo *time,
                    PaStreamCallbackFlags flags, void *data)
{
	struct engine *e = data;
	uint64_t began_ns = now_ns();
	struct mixer *m;

	(void)in;
	(void)time;
	mixer_thread_init();
	atomic_store(&e->inside, true);
	m = atomic_load(&e->mixer);
	if (!m) {
		memset(out, 0, frames * (size_t)e->channels * sizeof(float));
	} else {
		if (e->channels == 2)
			mixer_render(m, out, frames);
		else
			scatter(e, m, out, frames);
		publish_clock(e, mixer_frame(m), began_ns / 1000);
		count(e, flags, now_ns() - began_ns);
	}
	atomic_store(&e->inside, false);
	return paContinue;
}

/* --- which device --------------------------------------------------------- */

static int error_of(PaError error)
{
	switch (error) {
	case paNoError:
		return 0;
	case paInsufficientMemory:
		return -ENOMEM;
	case paDeviceUnavailable:
		return -EBUSY;
	case paInvalidDevice:
		return -ENODEV;
	default:
		return -EIO;
	}
}

/* What a person calls a host API; PortAudio has long names for some. */
static const char *api_name(const PaHostApiInfo *info)
{
	switch (info->type) {
	case paALSA:
		return "ALSA";
	case paJACK:
		return "JACK";
	case paOSS:
		return "OSS";
	default:
		return info->name;
	}
}

static bool api_is(const PaHostApiInfo *info, const char *name)
{
	return strcasecmp(name, api_name(info)) == 0;
}

static bool plays(PaDeviceIndex i)
{
	const PaDeviceInfo *d = Pa_GetDeviceInfo(i);

	return d && d->maxOutputChannels > 0;
}

static PaDeviceIndex default_of(const char *api)
{
	for (PaHostApiIndex i = 0; i < Pa_GetHostApiCount(); i++) {
		const PaHostApiInfo *info = Pa_GetHostApiInfo(i);

		if (info && api_is(info, api) &&
		    plays(info->defaultOutputDevice))
			return info->defaultOutputDevice;
	}
	return paNoDevice;
}

static bool suits(PaDeviceIndex i, const char *api, const char *name,
                  bool whole)
{
	const PaDeviceInfo *d = Pa_GetDeviceInfo(i);

	if (!plays(i))
		return false;
	if (api && !api_is(Pa_GetHostApiInfo(d->hostApi), api))
		return false;
	if (!name)
		return true;
	return whole ? strcmp(d->name, name) == 0 : !!strstr(d->name, name);
}

static PaDeviceIndex find(const char *api, const char *name)
{
	PaDeviceIndex n = Pa_GetDeviceCount();

	for (PaDeviceIndex i = 0; i < n; i++)
		if (suits(i, api, name, true))
			return i;
	for (PaDeviceIndex i = 0; i < n; i++)
		if (suits(i, api, name, false))
			return i;
	return paNoDevice;
}

static PaDeviceIndex choose(const struct engine_config *config)
{
	PaDeviceIndex i;

	if (config->device)
		return find(config->api, config->device);
	if (config->api) {
		i = default_of(config->api);
		return i != paNoDevice ? i : find(config->api, NULL);
	}
	i = default_of("jack");
	if (i == paNoDevice)
		i = default_of("alsa");
	return i != paNoDevice ? i : find(NULL, NULL);
}

static PaTime latency_of(const PaDeviceInfo *d, PaHostApiTypeId type)
{
	PaTime s = type == paALSA ? LATENCY_S : d->defaultLowOutputLatency;

	if (!(s > 0.0)) /* also what is not a number */
		return LATENCY_S;
	return s < LATENCY_MAX_S ? s : LATENCY_MAX_S;
}

static PaHostApiTypeId type_of(const PaDeviceInfo *d)
{
	return Pa_GetHostApiInfo(d->hostApi)->type;
}

static PaStreamParameters output(PaDeviceIndex i, int channels)
{
	const PaDeviceInfo *d = Pa_GetDeviceInfo(i);
	PaStreamParameters p = {
		.device = i,
		.channelCount = channels,
		.sampleFormat = paFloat32,
		.suggestedLatency = latency_of(d, type_of(d)),
	};

	return p;
}

static int most_channels(PaDeviceIndex i)
{
	int n = Pa_GetDeviceInfo(i)->maxOutputChannels;

	return n < CHANNELS_MAX ? n : CHANNELS_MAX;
}

/* A rate at which the device plays: the wanted, or its own. */
static int pick_rate(PaDeviceIndex i, unsigned wanted, unsigned *ret)
{
	PaStreamParameters p =
		output(i, most_channels(i) < 2 ? most_channels(i) : 2);
	double own = Pa_GetDeviceInfo(i)->defaultSampleRate;
	PaError error = Pa_IsFormatSupported(NULL, &p, wanted);

	if (error == paInvalidSampleRate && own >= 1.0) {
		wanted = (unsigned)own;
		error = paNoError;
	}
	if (error == paInvalidChannelCount) /* engine_create() tries more */
		error = paNoError;
	if (error)
		return error_of(error);
	*ret = wanted;
	return 0;
}

static int probe(const struct engine_config *config, char *ret_name, size_t len,
                 unsigned *ret_rate_hz)
{
	PaDeviceIndex i = choose(config);
	const PaDeviceInfo *d;
	int error;

	if (i == paNoDevice)
		return -ENODEV;
	error = pick_rate(i, config->rate_hz ? config->rate_hz : RATE_HZ,
	                  ret_rate_hz);
	if (error)
		return error;
	d = Pa_GetDeviceInfo(i);
	if (ret_name && len)
		snprintf(ret_name, len, "%s: %s",
		         api_name(Pa_GetHostApiInfo(d->hostApi)), d->name);
	return 0;
}

int engine_probe(const struct engine_config *config, char *ret_name, size_t len,
                 unsigned *ret_rate_hz)
{
	int error = backend_take();

	if (error)
		return error;
	error = probe(config, ret_name, len, ret_rate_hz);
	backend_drop();
	return error;
}

/* --- the stream ----------------------------------------------------------- */

static PaError open_with(struct engine *e, PaDeviceIndex i, int channels,
                         unsigned rate_hz)
{
	PaStreamParameters p = output(i, channels);
	unsigned long frames = type_of(Pa_GetDeviceInfo(i)) == paALSA
	                               ? ALSA_FRAMES
	                               : paFramesPerBufferUnspecified;

	e->channels = channels;
	return Pa_OpenStream(&e->stream, NULL, &p, rate_hz, frames, paNoFlag,
	                     callback, e);
}

static int start(struct engine *e, const struct engine_config *config,
                 unsigned rate_hz)
{
	PaDeviceIndex i = choose(config);
	PaError error;
	int most;

	if (i == paNoDevice)
		return -ENODEV;
	most = most_channels(i);
	e->jack = type_of(Pa_GetDeviceInfo(i)) == paJACK;
	error = open_with(e, i, most < 2 ? most : 2, rate_hz);
	if (error == paInvalidChannelCount && most > 2)
		error = open_with(e, i, most, rate_hz);
	if (error) {
		e->stream = NULL;
		return error_of(error);
	}
	return error_of(Pa_StartStream(e->stream));
}

int engine_create(struct engine **ret, const struct engine_config *config,
                  struct mixer *mixer, unsigned rate_hz)
{
	struct engine *e = calloc(1, sizeof(*e));
	int error;

	if (!e)
		return -ENOMEM;
	atomic_init(&e->mixer, mixer);
	error = backend_take();
	e->backend = !error;
	if (!error)
		error = start(e, config, rate_hz);
	if (error) {
		engine_destroy(e);
		return error;
	}
	*ret = e;
	return 0;
}

static bool calls(const struct engine *e)
{
	const struct timespec ms = {.tv_nsec = 1000000};
	uint64_t before =
		atomic_load_explicit(&e->callbacks, memory_order_relaxed);

	for (int i = 0; i < JACK_CYCLE_MS; i++) {
		nanosleep(&ms, NULL);
		if (atomic_load_explicit(&e->callbacks, memory_order_relaxed) !=
		    before)
			return true;
	}
	return false;
}

/* A JACK server that went away calls no more, and to stop its stream
 * PortAudio waits ten minutes for it (19.6, pa_jack.c). Such a stream is left
 * as it is, silent and without a mixer, to the end of the process. */
static bool abandoned(struct engine *e)
{
	if (!e->jack || calls(e))
		return false;
	atomic_store(&e->mixer, NULL);
	while (atomic_load(&e->inside))
		sched_yield();
	return true;
}

struct engine *engine_destroy(struct engine *e)
{
	if (!e)
		return NULL;
	if (e->stream && Pa_IsStreamStopped(e->stream) == 0 && abandoned(e))
		return NULL;
	if (e->stream) {
		if (Pa_IsStreamStopped(e->stream) == 0)
			Pa_StopStream(e->stream);
		Pa_CloseStream(e->stream);
	}
	if (e->backend)
		backend_drop();
	free(e);
	return NULL;
}

bool engine_clock(const struct engine *e, uint64_t mono_us,
                  uint64_t *ret_frames, uint64_t *ret_mono_us)
{
	uint64_t frames, at_us;
	unsigned before, after;

	do {
		before = atomic_load_explicit(&e->turn, memory_order_acquire);
		frames = atomic_load_explicit(&e->frames, memory_order_relaxed);
		at_us = atomic_load_explicit(&e->mono_us, memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&e->turn, memory_order_relaxed);
	} while (before != after || before & 1);
	if (!before) /* no callback yet */
		return false;
	if (mono_us > at_us && mono_us - at_us > ALIVE_US)
		return false;
	*ret_frames = frames;
	*ret_mono_us = at_us;
	return true;
}

void engine_stats(const struct engine *e, struct engine_stats *ret)
{
	ret->callbacks =
		atomic_load_explicit(&e->callbacks, memory_order_relaxed);
	ret->underflows =
		atomic_load_explicit(&e->underflows, memory_order_relaxed);
	ret->worst_ns =
		atomic_load_explicit(&e->worst_ns, memory_order_relaxed);
}
