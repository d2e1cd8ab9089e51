/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/mixer.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "audio/bed.h"
#include "audio/chime.h"
#include "audio/dsp.h"
#include "audio/flush.h"
#include "audio/limiter.h"
#include "audio/pacer.h"

#define RATE_MIN     8000
#define RATE_MAX     192000
#define CHUNK_S      0.002 /* at most; two chunks are all that it runs ahead */

#define HUSH_S       0.08
#define DUCK_S       0.15
#define LEVELS_S     0.4
#define PAUSE_S      0.09 /* and SOUND_LEAD_US: within 150 ms of the word */
#define RESUME_S     1.0
#define SILENT_S     0.1 /* audio.md 2: a stream's begin may be lost */
#define RISE_S       3.0
#define END_MIN_S    0.01

#define LEVEL_OFF_DB (-120.0f) /* below: nothing at all */
#define LEVEL_MAX_DB 12.0f

#define PLAYERS      8 /* one speaks, the others fade, 80 ms each */

enum ramp {
	RAMP_MASTER,
	RAMP_VOICE,
	RAMP_BREATH,
	RAMP_BED,
	RAMP_DUCK,
	RAMP_PAUSE,
	RAMP_RISE, /* of the bed, once, at the stream's begin */
	RAMP_END,
	N_RAMPS,
};

enum bus {
	BUS_VOICE,
	BUS_CHIME,
	BUS_BREATH,
	BUS_BED,
	N_BUSES,
};

struct player {
	const struct clip *clip; /* NULL: free */
	uint32_t at;
	struct dsp_ramp fade;
};

struct mixer {
	unsigned rate_hz;
	uint32_t chunk;
	const struct bank *bank;
	struct queue queue;
	uint64_t inner;  /* next frame to make, a multiple of chunk */
	uint32_t out_at; /* frames of @out already handed over */

	struct pacer pacer;
	struct bed bed;
	struct chime chime;
	struct player players[PLAYERS];
	struct player *speaking;
	struct dsp_ramp ramps[N_RAMPS];
	struct limiter limiter;

	float left[LIMITER_CHUNK_MAX], right[LIMITER_CHUNK_MAX];
	float bed_left[LIMITER_CHUNK_MAX], bed_right[LIMITER_CHUNK_MAX];
	float out[2 * LIMITER_CHUNK_MAX];

	_Atomic uint64_t handed;
	_Atomic unsigned late;
};

static uint32_t frames_of(const struct mixer *m, double s)
{
	return (uint32_t)(s * m->rate_hz);
}

static uint32_t chunk_of(unsigned rate_hz)
{
	uint32_t chunk = 1;

	while (chunk * 2 <= CHUNK_S * rate_hz)
		chunk *= 2;
	return chunk;
}

int mixer_create(struct mixer **ret, const struct mixer_config *config)
{
	struct mixer *m;

	if (config->rate_hz < RATE_MIN || config->rate_hz > RATE_MAX)
		return -EINVAL;
	if (config->bank && config->bank->rate_hz != config->rate_hz)
		return -EINVAL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->rate_hz = config->rate_hz;
	m->bank = config->bank;
	m->chunk = chunk_of(m->rate_hz);
	m->out_at = m->chunk;
	queue_init(&m->queue);
	pacer_init(&m->pacer, m->rate_hz, config->seed);
	bed_init(&m->bed, m->rate_hz, config->seed);
	chime_init(&m->chime, m->rate_hz);
	limiter_init(&m->limiter, m->rate_hz, m->chunk);
	for (int i = 0; i < N_RAMPS; i++)
		dsp_ramp_to(&m->ramps[i], 1.0f, 0);
	dsp_ramp_to(&m->ramps[RAMP_RISE], 0.0f, 0);
	dsp_ramp_to(&m->ramps[RAMP_RISE], 0.0f, frames_of(m, SILENT_S));
	*ret = m;
	return 0;
}

struct mixer *mixer_destroy(struct mixer *m)
{
	free(m);
	return NULL;
}

struct queue *mixer_queue(struct mixer *m)
{
	return &m->queue;
}

/* --- commands ------------------------------------------------------------- */

static void ramp(struct mixer *m, enum ramp which, float target, double s)
{
	dsp_ramp_to(&m->ramps[which], target, frames_of(m, s));
}

static void hush(struct mixer *m)
{
	if (m->speaking)
		dsp_ramp_to(&m->speaking->fade, 0.0f, frames_of(m, HUSH_S));
	m->speaking = NULL;
	ramp(m, RAMP_DUCK, 1.0f, DUCK_S);
}

static void say(struct mixer *m, uint32_t clip)
{
	struct player *p = NULL;

	if (!m->bank || clip >= m->bank->n || !m->bank->clips[clip].samples ||
	    !m->bank->clips[clip].frames)
		return;
	for (int i = 0; i < PLAYERS && !p; i++)
		if (!m->players[i].clip)
			p = &m->players[i];
	if (!p) /* PLAYERS clips within 80 ms: nobody could hear one more */
		return;
	hush(m);
	*p = (struct player){.clip = &m->bank->clips[clip],
	                     .fade = {.value = 1.0f, .target = 1.0f}};
	m->speaking = p;
	ramp(m, RAMP_DUCK, dsp_db(MIXER_DUCK_DB), DUCK_S);
}

static void level(struct mixer *m, enum ramp which, float db)
{
	if (isnan(db))
		return;
	if (db > LEVEL_MAX_DB)
		db = LEVEL_MAX_DB;
	ramp(m, which, db < LEVEL_OFF_DB ? 0.0f : dsp_db(db), LEVELS_S);
}

static void levels(struct mixer *m, const struct sound *s)
{
	level(m, RAMP_MASTER, s->levels.master_db);
	level(m, RAMP_VOICE, s->levels.voice_db);
	level(m, RAMP_BREATH, s->levels.breath_db);
	level(m, RAMP_BED, s->levels.bed_db);
}

static bool ending(const struct mixer *m)
{
	return m->ramps[RAMP_END].target == 0.0f;
}

static void end(struct mixer *m, uint32_t fade_frames)
{
	uint32_t least = frames_of(m, END_MIN_S);

	dsp_ramp_to(&m->ramps[RAMP_END], 0.0f,
	            fade_frames > least ? fade_frames : least);
}

static void obey(struct mixer *m, uint64_t now, const struct sound *s)
{
	if (ending(m))
		return;
	switch (s->kind) {
	case SOUND_BREATH:
		pacer_begin(&m->pacer, now, s->breath.frames,
		            s->breath.inhale_frames);
		break;
	case SOUND_NO_BREATH:
		pacer_end(&m->pacer);
		break;
	case SOUND_SAY:
		say(m, s->say.clip);
		break;
	case SOUND_HUSH:
		hush(m);
		break;
	case SOUND_LEVELS:
		levels(m, s);
		break;
	case SOUND_PAUSE:
		ramp(m, RAMP_PAUSE, 0.0f, PAUSE_S);
		break;
	case SOUND_RESUME:
		ramp(m, RAMP_PAUSE, 1.0f, RESUME_S);
		break;
	case SOUND_CHIME:
		chime_strike(&m->chime, now);
		break;
	case SOUND_END:
		end(m, s->end.fade_frames);
		break;
	}
}

/* Obey what is due at @now; return the frames, of at most @n, to the next. */
static uint32_t take_commands(struct mixer *m, uint64_t now, uint32_t n)
{
	const struct sound *s;

	while ((s = queue_peek(&m->queue))) {
		if (s->frame > now)
			return s->frame - now < n ? (uint32_t)(s->frame - now)
			                          : n;
		if (s->frame < now)
			atomic_fetch_add_explicit(&m->late, 1,
			                          memory_order_relaxed);
		obey(m, now, s);
		queue_pop(&m->queue);
	}
	return n;
}

/* --- sound ---------------------------------------------------------------- */

static uint32_t least(uint32_t a, uint32_t b)
{
	return a && a < b ? a : b;
}

/* A segment ends where any gain stops moving or a clip ends. */
static uint32_t until_change(const struct mixer *m, uint32_t n)
{
	for (int i = 0; i < N_RAMPS; i++)
		n = least(m->ramps[i].left, n);
	for (int i = 0; i < PLAYERS; i++) {
		const struct player *p = &m->players[i];

		if (!p->clip)
			continue;
		n = least(p->fade.left, n);
		n = least(p->clip->frames - p->at, n);
	}
	return n;
}

static void bus_gains(const struct mixer *m, float *gain)
{
	const struct dsp_ramp *r = m->ramps;
	float all = r[RAMP_MASTER].value * r[RAMP_END].value;
	float below = all * r[RAMP_DUCK].value * r[RAMP_PAUSE].value;

	gain[BUS_VOICE] = all * r[RAMP_VOICE].value * MIXER_PAN;
	gain[BUS_CHIME] = all;
	gain[BUS_BREATH] = below * r[RAMP_BREATH].value;
	gain[BUS_BED] = below * r[RAMP_BED].value * r[RAMP_RISE].value;
}

/* out += (from .. to) x in, the gain moving linearly */
static void add(float *out, const float *in, float from, float to, uint32_t n)
{
	float step = (to - from) / (float)n;

	for (uint32_t i = 0; i < n; i++)
		out[i] += (from + step * (float)i) * in[i];
}

static void set(float *out, const float *in, float from, float to, uint32_t n)
{
	float step = (to - from) / (float)n;

	for (uint32_t i = 0; i < n; i++)
		out[i] = (from + step * (float)i) * in[i];
}

static bool add_player(struct mixer *m, struct player *p, float *mono,
                       uint32_t n)
{
	float from = p->fade.value, to = dsp_ramp_skip(&p->fade, n);

	add(mono, p->clip->samples + p->at, from, to, n);
	p->at += n;
	if (p->at < p->clip->frames && (p->fade.left || to > 0.0f))
		return true;
	p->clip = NULL;
	if (m->speaking == p) {
		m->speaking = NULL;
		ramp(m, RAMP_DUCK, 1.0f, DUCK_S);
	}
	return true;
}

static bool voices(struct mixer *m, float *mono, uint32_t n)
{
	bool heard = false;

	for (int i = 0; i < PLAYERS; i++) {
		if (!m->players[i].clip)
			continue;
		if (!heard)
			memset(mono, 0, n * sizeof(*mono));
		heard = add_player(m, &m->players[i], mono, n);
	}
	return heard;
}

static void add_both(struct mixer *m, uint32_t at, const float *mono,
                     float from, float to, uint32_t n)
{
	add(m->left + at, mono, from, to, n);
	add(m->right + at, mono, from, to, n);
}

static void move_ramps(struct mixer *m, uint32_t n)
{
	struct dsp_ramp *rise = &m->ramps[RAMP_RISE];

	for (int i = 0; i < N_RAMPS; i++)
		dsp_ramp_skip(&m->ramps[i], n);
	if (!rise->left && rise->target == 0.0f)
		ramp(m, RAMP_RISE, 1.0f, RISE_S);
}

static void segment(struct mixer *m, uint32_t at, uint32_t n)
{
	uint64_t now = m->inner + at;
	float a[LIMITER_CHUNK_MAX], b[LIMITER_CHUNK_MAX];
	float from[N_BUSES], to[N_BUSES];

	bus_gains(m, from);
	move_ramps(m, n);
	bus_gains(m, to);
	set(m->left + at, m->bed_left + at, from[BUS_BED], to[BUS_BED], n);
	set(m->right + at, m->bed_right + at, from[BUS_BED], to[BUS_BED], n);
	if (pacer_render(&m->pacer, now, a, b, n)) {
		add(m->left + at, a, from[BUS_BREATH], to[BUS_BREATH], n);
		add(m->right + at, b, from[BUS_BREATH], to[BUS_BREATH], n);
	}
	if (m->chime.on) {
		memset(a, 0, n * sizeof(*a));
		chime_render(&m->chime, now, a, n);
		add_both(m, at, a, from[BUS_CHIME], to[BUS_CHIME], n);
	}
	if (voices(m, a, n))
		add_both(m, at, a, from[BUS_VOICE], to[BUS_VOICE], n);
}

static void next_chunk(struct mixer *m)
{
	uint32_t n;

	bed_render(&m->bed, m->bed_left, m->bed_right, m->chunk);
	for (uint32_t at = 0; at < m->chunk; at += n) {
		n = take_commands(m, m->inner + at, m->chunk - at);
		n = until_change(m, n);
		segment(m, at, n);
	}
	m->inner += m->chunk;
	limiter_step(&m->limiter, m->left, m->right, m->out);
}

void mixer_render(struct mixer *m, float *out, size_t frames)
{
	uint64_t handed =
		atomic_load_explicit(&m->handed, memory_order_relaxed);
	size_t done = 0;

	if (!m->inner && frames) /* the limiter holds the first chunk back */
		next_chunk(m);
	while (done < frames) {
		size_t n = frames - done;

		if (m->out_at == m->chunk) {
			next_chunk(m);
			m->out_at = 0;
		}
		if (n > m->chunk - m->out_at)
			n = m->chunk - m->out_at;
		memcpy(out + 2 * done, m->out + 2 * (size_t)m->out_at,
		       2 * n * sizeof(*out));
		m->out_at += (uint32_t)n;
		done += n;
	}
	atomic_store_explicit(&m->handed, handed + frames,
	                      memory_order_release);
}

void mixer_thread_init(void)
{
	(void)flush_on();
}

uint64_t mixer_frame(const struct mixer *m)
{
	return atomic_load_explicit(&m->handed, memory_order_acquire);
}

unsigned mixer_late(const struct mixer *m)
{
	return atomic_load_explicit(&m->late, memory_order_relaxed);
}
