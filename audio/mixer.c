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
#include "audio/lanes.h"
#include "audio/limiter.h"
#include "audio/lowpass.h"
#include "audio/pacer.h"
#include "audio/sum.h"

#define RATE_MIN     8000
#define RATE_MAX     192000
#define CHUNK_S      0.0027 /* at most; two chunks are all that it runs ahead */
#define CHUNK_MIN    16

#define HUSH_S       0.08
#define RELEASE_S    1.2 /* after the voice, breath and bed come back */
#define LEVELS_S     0.4
#define SCENE_S      0.6
#define LOUD_AGAIN_S 4.0  /* out of migraine mode */
#define PAUSE_S      0.09 /* and SOUND_LEAD_US: within 150 ms of the word */
#define RESUME_S     1.0
#define SILENT_S     (SOUND_LEAD_US / 1e6) /* nothing is ordered before */
#define RISE_S       3.0
#define ENTER_S      2.5 /* of the pacer, from silence */
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
	RAMP_RISE,  /* of the bed, once, at the stream's begin */
	RAMP_ENTER, /* of the pacer, whenever it begins */
	RAMP_WORDS, /* all but the breath, unless it is to be alone */
	RAMP_HEARD,
	RAMP_GENTLE,
	RAMP_WET, /* of the low-passes of migraine mode */
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

/* The phrase that is about to begin. */
struct coming {
	const struct clip *clip; /* NULL: none */
	uint32_t wait;
};

struct mixer {
	unsigned rate_hz;
	uint32_t chunk;
	const struct bank *bank;
	struct queue queue;
	uint64_t inner;  /* next frame to make, a multiple of chunk */
	uint32_t out_at; /* frames of @out already handed over */

	struct sound_scene scene;
	struct pacer pacer;
	struct bed bed;
	struct chime chime;
	struct player players[PLAYERS];
	struct player *speaking;
	struct coming coming;
	bool waits; /* the pacer, for the end of a phrase, to come in */
	struct dsp_ramp ramps[N_RAMPS];
	struct lowpass lowpass; /* left, right, voice */
	struct limiter limiter;

	/* stereo, but for the voice */
	float mix[2 * LIMITER_CHUNK_MAX], under[2 * LIMITER_CHUNK_MAX];
	float breath[2 * LIMITER_CHUNK_MAX], voice[LIMITER_CHUNK_MAX];
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
	uint32_t chunk = CHUNK_MIN;

	while (chunk * 2 <= CHUNK_S * rate_hz)
		chunk *= 2;
	return chunk;
}

static enum sound_bed bed_of(const struct sound_scene *scene)
{
	return scene->gentle ? SOUND_BED_NONE : scene->bed;
}

/* The ramps that a scene moves, and where to. */
static void ramps_of(const struct sound_scene *s, float *to)
{
	to[RAMP_WORDS] = s->heard == SOUND_HEARD_ALL ? 1.0f : 0.0f;
	to[RAMP_HEARD] = s->heard == SOUND_HEARD_NOTHING ? 0.0f : 1.0f;
	to[RAMP_GENTLE] = s->gentle ? dsp_db(MIXER_GENTLE_DB) : 1.0f;
	to[RAMP_WET] = s->gentle ? 1.0f : 0.0f;
}

static void begin(struct mixer *m, const struct sound_scene *scene)
{
	float to[N_RAMPS];

	m->scene = *scene;
	pacer_voice(&m->pacer, scene->pacer, scene->gentle);
	ramps_of(scene, to);
	for (int i = RAMP_WORDS; i <= RAMP_WET; i++)
		dsp_ramp_to(&m->ramps[i], to[i], 0);
}

int mixer_create(struct mixer **ret, const struct mixer_config *config)
{
	const float edges[LANES] = {MIXER_GENTLE_TONE_HZ, MIXER_GENTLE_TONE_HZ,
	                            MIXER_GENTLE_VOICE_HZ,
	                            MIXER_GENTLE_VOICE_HZ};
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
	queue_init(&m->queue);
	pacer_init(&m->pacer, m->rate_hz, config->seed);
	bed_init(&m->bed, m->rate_hz, config->seed, bed_of(&config->scene),
	         config->music);
	chime_init(&m->chime, m->rate_hz);
	lowpass_init(&m->lowpass, m->rate_hz, edges);
	limiter_init(&m->limiter, m->rate_hz, m->chunk);
	for (int i = 0; i < N_RAMPS; i++)
		dsp_ramp_to(&m->ramps[i], 1.0f, 0);
	dsp_ramp_to(&m->ramps[RAMP_RISE], 0.0f, 0);
	dsp_ramp_to(&m->ramps[RAMP_RISE], 0.0f, frames_of(m, SILENT_S));
	begin(m, &config->scene);
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
	struct dsp_ramp *r = &m->ramps[which];
	const float growth = MIXER_GENTLE_RISE_DB / 20.0f * (float)M_LN10;

	if (m->scene.gentle && target > r->value)
		dsp_ramp_grow(r, target, growth / (float)m->rate_hz,
		              frames_of(m, MIXER_GENTLE_ONSET_S));
	else
		dsp_ramp_to(r, target, frames_of(m, s));
}

static bool speaks(const struct mixer *m)
{
	return m->speaking || m->coming.clip;
}

/* What is set before anything is heard is so from the begin on. */
static bool silent_yet(const struct mixer *m)
{
	return m->inner <= frames_of(m, SILENT_S);
}

static void settle(struct mixer *m, enum ramp which, float target, double s)
{
	if (silent_yet(m))
		dsp_ramp_to(&m->ramps[which], target, 0);
	else if (target != m->ramps[which].target)
		ramp(m, which, target, s);
}

/* The voice is over: the others come back, unless it goes on at once. */
static void release(struct mixer *m)
{
	if (speaks(m))
		return;
	ramp(m, RAMP_DUCK, 1.0f, RELEASE_S);
	if (m->waits)
		ramp(m, RAMP_ENTER, 1.0f, ENTER_S);
	m->waits = false;
}

static void fade_speaker(struct mixer *m)
{
	if (m->speaking)
		dsp_ramp_to(&m->speaking->fade, 0.0f, frames_of(m, HUSH_S));
	m->speaking = NULL;
}

static void hush(struct mixer *m)
{
	fade_speaker(m);
	m->coming.clip = NULL;
	release(m);
}

/* One that has not begun yet gives way to the next. */
static void say(struct mixer *m, uint32_t clip)
{
	const double lead_s = MIXER_VOICE_LEAD_MS / 1000.0;

	if (!m->bank || clip >= m->bank->n || !m->bank->clips[clip].samples ||
	    !m->bank->clips[clip].frames)
		return;
	m->coming.clip = &m->bank->clips[clip];
	m->coming.wait = frames_of(m, lead_s);
	ramp(m, RAMP_DUCK, dsp_db(MIXER_DUCK_DB), lead_s);
}

/* The phrase that was to come begins with the next frame. */
static void speak(struct mixer *m)
{
	struct player *p = NULL;

	for (int i = 0; i < PLAYERS && !p; i++)
		if (!m->players[i].clip)
			p = &m->players[i];
	fade_speaker(m);
	if (p) {
		*p = (struct player){.clip = m->coming.clip};
		dsp_ramp_to(&p->fade, 1.0f,
		            m->scene.gentle ? frames_of(m, MIXER_GENTLE_ONSET_S)
		                            : 0);
	}
	m->speaking = p;
	m->coming.clip = NULL;
	release(m);
}

static void level(struct mixer *m, enum ramp which, float db)
{
	if (isnan(db))
		return;
	if (db > LEVEL_MAX_DB)
		db = LEVEL_MAX_DB;
	settle(m, which, db < LEVEL_OFF_DB ? 0.0f : dsp_db(db), LEVELS_S);
}

static void levels(struct mixer *m, const struct sound *s)
{
	level(m, RAMP_MASTER, s->levels.master_db);
	level(m, RAMP_VOICE, s->levels.voice_db);
	level(m, RAMP_BREATH, s->levels.breath_db);
	level(m, RAMP_BED, s->levels.bed_db);
}

static void scene(struct mixer *m, const struct sound_scene *scene)
{
	bool louder = m->scene.gentle && !scene->gentle;
	float to[N_RAMPS];

	if ((unsigned)scene->pacer >= SOUND_PACERS ||
	    (unsigned)scene->bed >= SOUND_BEDS ||
	    (unsigned)scene->heard >= SOUND_HEARDS)
		return;
	m->scene = *scene;
	pacer_voice(&m->pacer, scene->pacer, scene->gentle);
	bed_turn(&m->bed, bed_of(scene), silent_yet(m));
	ramps_of(scene, to);
	for (int i = RAMP_WORDS; i <= RAMP_WET; i++)
		settle(m, i, to[i], louder ? LOUD_AGAIN_S : SCENE_S);
}

/* After silence the pacer comes in softly, and never under a phrase: words
 * first, then what they speak of. */
static void breathe(struct mixer *m, uint64_t now, const struct sound *s)
{
	const struct pacer_breath breath = {
		.frames = s->breath.frames,
		.inhale = s->breath.inhale_frames,
		.top = s->breath.top_frames,
		.bottom = s->breath.bottom_frames,
	};
	bool enters = !m->pacer.on;

	pacer_begin(&m->pacer, now, &breath);
	if (!enters || !m->pacer.on)
		return;
	dsp_ramp_to(&m->ramps[RAMP_ENTER], 0.0f, 0);
	m->waits = speaks(m);
	if (!m->waits)
		ramp(m, RAMP_ENTER, 1.0f, ENTER_S);
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
		breathe(m, now, s);
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
		if (!m->scene.gentle)
			chime_strike(&m->chime, now);
		break;
	case SOUND_SCENE:
		scene(m, &s->scene);
		break;
	case SOUND_CALM:
		bed_calm(&m->bed, s->calm);
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

/* A segment ends where any gain stops moving, a clip begins or ends. */
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
	return m->coming.clip ? least(m->coming.wait, n) : n;
}

static void bus_gains(const struct mixer *m, float *gain)
{
	const struct dsp_ramp *r = m->ramps;
	float all = r[RAMP_MASTER].value * r[RAMP_END].value *
	            r[RAMP_HEARD].value * r[RAMP_GENTLE].value;
	float words = all * r[RAMP_WORDS].value;
	float below = r[RAMP_DUCK].value * r[RAMP_PAUSE].value;

	gain[BUS_VOICE] = words * r[RAMP_VOICE].value * MIXER_PAN;
	gain[BUS_CHIME] = words;
	gain[BUS_BREATH] =
		all * below * r[RAMP_BREATH].value * r[RAMP_ENTER].value;
	gain[BUS_BED] = words * below * r[RAMP_BED].value * r[RAMP_RISE].value;
}

/* --- a segment ------------------------------------------------------------ */

static void play(struct mixer *m, struct player *p, uint32_t n)
{
	float from = p->fade.value, to = dsp_ramp_skip(&p->fade, n);

	sum_mono(m->voice, p->clip->samples + p->at, from, to, n);
	p->at += n;
	if (p->at < p->clip->frames && (p->fade.left || to > 0.0f))
		return;
	p->clip = NULL;
	if (m->speaking != p)
		return;
	m->speaking = NULL;
	release(m);
}

static bool voices(struct mixer *m, uint32_t n)
{
	bool heard = false;

	for (int i = 0; i < PLAYERS; i++) {
		if (!m->players[i].clip)
			continue;
		if (!heard)
			memset(m->voice, 0, n * sizeof(*m->voice));
		heard = true;
		play(m, &m->players[i], n);
	}
	if (m->coming.clip) {
		m->coming.wait -= n;
		if (!m->coming.wait)
			speak(m);
	}
	return heard;
}

static void move_ramps(struct mixer *m, uint32_t n)
{
	struct dsp_ramp *rise = &m->ramps[RAMP_RISE];

	for (int i = 0; i < N_RAMPS; i++)
		dsp_ramp_skip(&m->ramps[i], n);
	if (!rise->left && rise->target == 0.0f)
		ramp(m, RAMP_RISE, 1.0f, RISE_S);
}

/* Migraine mode: breath and voice through their low-passes. */
static void soften(struct mixer *m, float from, float to, bool breath,
                   bool voice, uint32_t n)
{
	const lanes most = {1.0f, 1.0f, 1.0f - dsp_db(MIXER_GENTLE_LEFT_DB)};
	float wet = from, step = (to - from) / (float)n;

	if (!breath)
		memset(m->breath, 0, 2 * n * sizeof(*m->breath));
	if (!voice)
		memset(m->voice, 0, n * sizeof(*m->voice));
	for (uint32_t i = 0; i < n; i++, wet += step) {
		lanes x = {m->breath[2 * i], m->breath[2 * i + 1], m->voice[i]};
		lanes y = x + wet * most * (lowpass_next(&m->lowpass, x) - x);

		m->breath[2 * i] = y[0];
		m->breath[2 * i + 1] = y[1];
		m->voice[i] = y[2];
	}
}

static void segment(struct mixer *m, uint32_t at, bool under, uint32_t n)
{
	uint64_t now = m->inner + at;
	float from[N_BUSES], to[N_BUSES], *out = m->mix + 2 * at;
	float dry = m->ramps[RAMP_WET].value, wet;
	bool breath, voice;

	bus_gains(m, from);
	move_ramps(m, n);
	bus_gains(m, to);
	wet = m->ramps[RAMP_WET].value;
	if (under)
		sum_stereo(out, m->under + 2 * at, from[BUS_BED], to[BUS_BED],
		           n);
	breath = pacer_render(&m->pacer, now, m->breath, n);
	voice = voices(m, n);
	if (dry > 0.0f || wet > 0.0f) {
		soften(m, dry, wet, breath, voice, n);
		breath = voice = true; /* what the filters still hold */
	}
	if (breath)
		sum_stereo(out, m->breath, from[BUS_BREATH], to[BUS_BREATH], n);
	if (voice)
		sum_both(out, m->voice, from[BUS_VOICE], to[BUS_VOICE], n);
	if (m->chime.on) {
		memset(m->breath, 0, 2 * n * sizeof(*m->breath));
		chime_add(&m->chime, now, m->breath, n);
		sum_stereo(out, m->breath, from[BUS_CHIME], to[BUS_CHIME], n);
	}
}

static void next_chunk(struct mixer *m)
{
	struct pacer_point at = pacer_at(&m->pacer, m->inner);
	float in = m->pacer.on ? at.bright : -1.0f;
	bool under = bed_render(&m->bed, in, m->under, m->chunk);
	uint32_t n;

	memset(m->mix, 0, 2 * m->chunk * sizeof(*m->mix));
	for (uint32_t at_f = 0; at_f < m->chunk; at_f += n) {
		n = take_commands(m, m->inner + at_f, m->chunk - at_f);
		n = until_change(m, n);
		segment(m, at_f, under, n);
	}
	m->inner += m->chunk;
	limiter_step(&m->limiter, m->mix, m->out);
}

void mixer_render(struct mixer *m, float *out, size_t frames)
{
	uint64_t handed =
		atomic_load_explicit(&m->handed, memory_order_relaxed);
	size_t done = 0;

	if (!m->inner && frames) { /* what the limiter holds back */
		next_chunk(m);
		next_chunk(m);
		m->out_at = LIMITER_LAG;
	}
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

void mixer_prepare(struct mixer *m)
{
	if (m->bed.music)
		music_fill(m->bed.music);
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
