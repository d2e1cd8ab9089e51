/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/outlet.h"

#include <assert.h>
#include <errno.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

#include "audio/dsp.h"
#include "audio/flush.h"

#define CHUNK         256 /* frames at a time */
#define CHANNELS_MAX  64
#define US_PER_S      INT64_C(1000000)
#define SETTLE_MAX_US 200000
#define AHEAD_US      1000000 /* taken ahead of time: no device's buffer */
/* Until the resampler has all memory it wants; a multiple of 147, so that at
 * 44.1 kHz (147 to 160) it then holds a whole number of frames. */
#define WARM_CHUNKS 294

enum phase {
	PHASE_SETTLING,
	PHASE_PLAYING,
	PHASE_REFUSED, /* the device keeps no time */
};

struct outlet {
	struct outlet_config config;
	struct mixer *mixer;
	size_t read; /* of the tape */
	enum phase phase;
	uint64_t first_us; /* of the first callback; 0: none yet */
	uint64_t last_us;  /* of the one before, while it settles */
	uint64_t taken;    /* device frames, since then */
	uint64_t base;     /* the mixer's frame when it began to play */
	uint64_t played;   /* device frames, since then */
	uint32_t fade_at, fade_frames;
	soxr_t resampler; /* NULL: both rates are the same */
	bool warm;        /* it gets the mixer's sound */
	uint64_t fed;     /* frames given to it in all */
	uint64_t drawn;   /* and taken from it */
	size_t left;      /* of @stereo, not handed over yet */
	float in[2 * CHUNK], stereo[2 * CHUNK];
};

/* --- the mixer's end ------------------------------------------------------ */

static void feed(struct outlet *o)
{
	const struct sound *s;

	while ((s = tape_read(o->config.tape, o->read)) &&
	       queue_push(mixer_queue(o->mixer), s))
		o->read++;
}

static void mix(struct outlet *o, float *stereo, size_t n)
{
	feed(o);
	mixer_render(o->mixer, stereo, n);
}

/* Unheard. */
static void mix_until(struct outlet *o, uint64_t frame)
{
	uint64_t at;

	while ((at = mixer_frame(o->mixer)) < frame)
		mix(o, o->in,
		    frame - at < CHUNK ? (size_t)(frame - at) : CHUNK);
}

static size_t give(void *data, soxr_in_t *ret, size_t n)
{
	struct outlet *o = data;

	if (n > CHUNK)
		n = CHUNK;
	if (o->warm)
		mix(o, o->in, n);
	else
		memset(o->in, 0, sizeof(o->in));
	o->fed += n;
	*ret = o->in;
	return n;
}

/* Always asked for the same number: what the resampler needs of memory is then
 * known once it is warm. */
static void resample(struct outlet *o)
{
	if (soxr_output(o->resampler, o->stereo, CHUNK) != CHUNK)
		memset(o->stereo, 0, sizeof(o->stereo));
	o->drawn += CHUNK;
	o->left = CHUNK;
}

/* The next frames at the device's rate, at most @n: their number. */
static size_t draw(struct outlet *o, size_t n, float **ret)
{
	if (n > CHUNK)
		n = CHUNK;
	*ret = o->stereo;
	if (!o->resampler) {
		mix(o, o->stereo, n);
		return n;
	}
	if (!o->left)
		resample(o);
	if (n > o->left)
		n = o->left;
	*ret += 2 * (CHUNK - o->left);
	o->left -= n;
	return n;
}

/* Frames that were fed to the resampler and are yet to come out of it. */
static uint64_t inside(const struct outlet *o)
{
	uint64_t out =
		o->drawn * o->config.mixing.rate_hz / o->config.device_hz;

	return o->fed > out ? o->fed - out : 0;
}

/* --- its life ------------------------------------------------------------- */

static int make_resampler(struct outlet *o)
{
	soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
	soxr_error_t error = NULL;

	o->resampler =
		soxr_create(o->config.mixing.rate_hz, o->config.device_hz, 2,
	                    &error, &io, &quality, NULL);
	if (!o->resampler || error)
		return -ENOMEM;
	if (soxr_set_input_fn(o->resampler, give, o, CHUNK))
		return -EINVAL;
	for (int i = 0; i < WARM_CHUNKS; i++)
		resample(o);
	o->left = 0;
	return 0;
}

int outlet_create(struct outlet **ret, const struct outlet_config *config)
{
	struct outlet *o;
	int error;

	if (!config->device_hz || !config->channels ||
	    config->channels > CHANNELS_MAX)
		return -EINVAL;
	o = calloc(1, sizeof(*o));
	if (!o)
		return -ENOMEM;
	o->config = *config;
	error = mixer_create(&o->mixer, &config->mixing);
	if (!error && config->device_hz != config->mixing.rate_hz)
		error = make_resampler(o);
	if (error) {
		outlet_destroy(o);
		return error;
	}
	*ret = o;
	return 0;
}

struct outlet *outlet_destroy(struct outlet *o)
{
	if (!o)
		return NULL;
	if (o->resampler)
		soxr_delete(o->resampler);
	mixer_destroy(o->mixer);
	free(o);
	return NULL;
}

/* --- where it joins ------------------------------------------------------- */

/* The frame that sounds at @mono_us. */
static uint64_t due(const struct outlet *o, uint64_t mono_us)
{
	int64_t us = (int64_t)mono_us - o->config.epoch_us;
	int64_t rate = o->config.mixing.rate_hz;

	if (us < 0)
		return 0;
	return (uint64_t)(us / US_PER_S * rate +
	                  us % US_PER_S * rate / US_PER_S);
}

void outlet_catch_up(struct outlet *o, uint64_t mono_us)
{
	bool joins = o->config.epoch_us != OUTLET_FROM_START;
	uint64_t to = joins ? due(o, mono_us) : 0, at;
	struct music *music = o->config.mixing.music;
	uint64_t modes = flush_on();

	while ((at = mixer_frame(o->mixer)) < to) {
		if (music)
			music_fill(music);
		mix_until(o, to - at < MUSIC_BLOCK ? to : at + MUSIC_BLOCK);
	}
	flush_restore(modes);
}

static uint64_t mixer_frames(const struct outlet *o, uint64_t device_frames)
{
	return device_frames * o->config.mixing.rate_hz / o->config.device_hz;
}

/* With this callback's @frames the clock is where it belongs at its time; what
 * the resampler still holds is silence, and takes the place of as much. */
static void begin(struct outlet *o, size_t frames, uint64_t mono_us)
{
	uint64_t ahead = mixer_frames(o, frames);

	o->base = o->config.head;
	if (o->config.epoch_us != OUTLET_FROM_START) {
		o->base = due(o, mono_us);
		o->base = o->base > ahead ? o->base - ahead : 0;
		o->fade_frames =
			(uint32_t)(OUTLET_FADE_S * o->config.device_hz);
	}
	if (o->resampler)
		mix_until(o, o->base + inside(o));
	else
		mix_until(o, o->base);
	o->warm = true;
	o->phase = PHASE_PLAYING;
}

/* A device takes its buffer's worth at once, or makes up for a bad start: a
 * session's clock that began on such a callback would run ahead with it. */
static bool steady(const struct outlet *o, size_t frames, uint64_t mono_us)
{
	uint64_t passed_us = mono_us - o->first_us;
	uint64_t half_us = frames * (US_PER_S / 2) / o->config.device_hz;

	if (passed_us < OUTLET_SETTLE_US)
		return false;
	return mono_us - o->last_us >= half_us || passed_us >= SETTLE_MAX_US;
}

static void settle(struct outlet *o, size_t frames, uint64_t mono_us)
{
	if (!o->first_us)
		o->first_us = o->last_us = mono_us;
	if (o->config.cyclic || steady(o, frames, mono_us))
		begin(o, frames, mono_us);
	o->last_us = mono_us;
}

/* A crystal is off by far less than a hundredth. */
static bool keeps_time(const struct outlet *o, uint64_t mono_us)
{
	uint64_t sounds_us = o->taken * US_PER_S / o->config.device_hz;
	uint64_t passed_us = o->first_us ? mono_us - o->first_us : 0;

	return sounds_us <= passed_us + passed_us / 100 + AHEAD_US;
}

/* --- the device's end ----------------------------------------------------- */

static void fade(struct outlet *o, float *stereo, size_t n)
{
	for (size_t i = 0; i < n && o->fade_at < o->fade_frames; i++) {
		float gain =
			dsp_smooth((float)o->fade_at++ / (float)o->fade_frames);

		stereo[2 * i] *= gain;
		stereo[2 * i + 1] *= gain;
	}
}

static void mute(const struct outlet *o, float *stereo, size_t n)
{
	unsigned sides = atomic_load_explicit(&o->config.report->mute,
	                                      memory_order_relaxed);

	for (size_t k = 0; k < 2; k++)
		if (sides & 1u << k)
			for (size_t i = 0; i < n; i++)
				stereo[2 * i + k] = 0.0f;
}

/* Mono hears both sides; a device of more channels hears them on its first
 * two. */
static void scatter(float *out, size_t channels, const float *stereo, size_t n)
{
	if (channels == 2) {
		memcpy(out, stereo, 2 * n * sizeof(*out));
		return;
	}
	memset(out, 0, n * channels * sizeof(*out));
	for (size_t i = 0; i < n; i++, out += channels) {
		const float *lr = stereo + 2 * i;

		out[0] = channels > 1 ? lr[0] : 0.5f * (lr[0] + lr[1]);
		if (channels > 1)
			out[1] = lr[1];
	}
}

static void play(struct outlet *o, float *out, size_t frames)
{
	size_t channels = o->config.channels;

	while (frames) {
		float *stereo;
		size_t n = draw(o, frames, &stereo);

		fade(o, stereo, n);
		mute(o, stereo, n);
		scatter(out, channels, stereo, n);
		out += n * channels;
		o->played += n;
		frames -= n;
	}
}

void outlet_fill(struct outlet *o, float *out, size_t frames, uint64_t mono_us)
{
	struct report *r = o->config.report;

	mixer_thread_init();
	if (!keeps_time(o, mono_us)) {
		atomic_store(&r->error, -EPROTO);
		o->phase = PHASE_REFUSED;
	}
	if (o->phase == PHASE_SETTLING)
		settle(o, frames, mono_us);
	o->taken += frames;
	if (o->phase != PHASE_PLAYING) {
		memset(out, 0, frames * o->config.channels * sizeof(*out));
		return;
	}
	play(o, out, frames);
	atomic_store_explicit(&r->late, mixer_late(o->mixer),
	                      memory_order_relaxed);
	report_clock(r, o->base + mixer_frames(o, o->played), mono_us);
}
