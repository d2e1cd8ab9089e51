/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/varied.h"

#include <math.h>
#include <stdlib.h>

#include "tests/helpers/test.h"

#define RATE VARIED_RATE_HZ

/* A sine of this peak is -23 LUFS: -20 dB -3.01 dB; K-weighting at 1 kHz
 * gives back what BS.1770's constant takes. */
#define CLIP_PEAK 0.1

static const struct {
	double hz;
	unsigned ms;
} clips[VARIED_CLIPS] = {
	{1000.0, 3500}, {950.0, 900}, {1000.0, 2100}, {1050.0, 330}};

static float *make_clip(double hz, uint32_t frames)
{
	float *x = malloc(frames * sizeof(*x));
	double in = 0.03 * RATE, out = 0.08 * RATE;

	assert_non_null(x);
	for (uint32_t i = 0; i < frames; i++) {
		double gain = fmin(1.0, fmin(i / in, (frames - 1 - i) / out));

		x[i] = (float)(gain * CLIP_PEAK *
		               sin(2 * M_PI * hz * i / RATE));
	}
	return x;
}

struct bank *varied_bank(void)
{
	struct bank *b;

	assert_int_equal(bank_create(&b, VARIED_CLIPS, RATE), 0);
	for (size_t i = 0; i < VARIED_CLIPS; i++) {
		uint32_t frames = clips[i].ms * (RATE / 1000);

		assert_int_equal(
			bank_set(b, i, make_clip(clips[i].hz, frames), frames),
			0);
	}
	return b;
}

struct script {
	struct sound sounds[QUEUE_SIZE];
	size_t n;
};

static struct sound *at(struct script *s, double t_s, enum sound_kind kind)
{
	struct sound *sound = &s->sounds[s->n++];

	assert_true(s->n <= QUEUE_SIZE);
	*sound = (struct sound){.frame = (uint64_t)(t_s * RATE), .kind = kind};
	return sound;
}

static void breaths(struct script *s, uint64_t *random)
{
	double t = 0.4137;

	while (t < VARIED_SECONDS) {
		double period = 3.0 + 5.0 * test_uniform(random);
		struct sound *b = at(s, t, SOUND_BREATH);

		b->breath.frames = (uint32_t)(period * RATE);
		b->breath.inhale_frames =
			(uint32_t)(period * RATE *
		                   (0.3 + 0.3 * test_uniform(random)));
		t += test_random(random) % 4 ? period : 0.7 * period;
	}
	at(s, 33.331, SOUND_NO_BREATH);
}

static void phrases(struct script *s, uint64_t *random)
{
	for (double t = 1.0; t < 58.0; t += 0.5 + 4.0 * test_uniform(random))
		at(s, t, SOUND_SAY)->say.clip =
			(uint32_t)(test_random(random) % VARIED_CLIPS);
}

static void levels(struct script *s, double t_s, float voice_db,
                   float breath_db)
{
	struct sound *l = at(s, t_s, SOUND_LEVELS);

	l->levels.voice_db = voice_db;
	l->levels.breath_db = breath_db;
}

static int by_frame(const void *a, const void *b)
{
	const struct sound *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

void varied_push(struct queue *q)
{
	struct script *s = calloc(1, sizeof(*s));
	uint64_t random = 20;

	assert_non_null(s);
	at(s, 0.05, SOUND_CHIME);
	breaths(s, &random);
	phrases(s, &random);
	levels(s, 12.3, -6.0f, 3.0f);
	levels(s, 15.9, 0.0f, 0.0f);
	at(s, 20.02, SOUND_PAUSE);
	at(s, 24.9, SOUND_RESUME);
	at(s, 30.003, SOUND_HUSH);
	at(s, 40.0, SOUND_CHIME);
	at(s, 41.1, SOUND_CHIME);
	at(s, 57.5, SOUND_END)->end.fade_frames = RATE;
	qsort(s->sounds, s->n, sizeof(*s->sounds), by_frame);
	for (size_t i = 0; i < s->n; i++)
		assert_true(queue_push(q, &s->sounds[i]));
	free(s);
}

struct mixer_config varied_mixing(const struct bank *bank)
{
	return (struct mixer_config){.rate_hz = RATE, .seed = 7, .bank = bank};
}

struct mixer *varied_mixer(const struct bank *bank)
{
	struct mixer_config config = varied_mixing(bank);
	struct mixer *m;

	assert_int_equal(mixer_create(&m, &config), 0);
	varied_push(mixer_queue(m));
	return m;
}
