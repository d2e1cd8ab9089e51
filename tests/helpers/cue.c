/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/cue.h"

#include <math.h>
#include <stdlib.h>

#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"

#define RATE EAR_RATE_HZ

struct mixer *cue_mixer(const struct sound_scene *scene,
                        const struct bank *bank, struct music *music)
{
	struct mixer_config config = {
		.rate_hz = RATE,
		.seed = 3,
		.bank = bank,
		.music = music,
		.scene = *scene,
	};
	struct mixer *m;

	assert_int_equal(mixer_create(&m, &config), 0);
	return m;
}

struct mixer *cue_plain_mixer(const struct bank *bank)
{
	const struct sound_scene usual = {0};

	return cue_mixer(&usual, bank, NULL);
}

struct sound *cue_at(struct sound *s, double t_s, enum sound_kind kind)
{
	*s = (struct sound){.frame = (uint64_t)(t_s * RATE), .kind = kind};
	return s;
}

void cue_push(struct mixer *m, const struct sound *s)
{
	assert_true(queue_push(mixer_queue(m), s));
}

void cue_sort(struct sound *s, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct sound one = s[i];
		size_t k = i;

		for (; k > 0 && s[k - 1].frame > one.frame; k--)
			s[k] = s[k - 1];
		s[k] = one;
	}
}

void cue_breath(struct mixer *m, double t_s, double period_s)
{
	struct sound s;

	cue_at(&s, t_s, SOUND_BREATH)->breath.frames =
		(uint32_t)(period_s * RATE);
	s.breath.inhale_frames = s.breath.frames * 2 / 5;
	cue_push(m, &s);
}

void cue_scene(struct mixer *m, double t_s, const struct sound_scene *scene)
{
	struct sound s;

	cue_at(&s, t_s, SOUND_SCENE)->scene = *scene;
	cue_push(m, &s);
}

void cue_kind(struct mixer *m, double t_s, enum sound_kind kind)
{
	struct sound s;

	cue_push(m, cue_at(&s, t_s, kind));
}

void cue_levels(struct mixer *m, double t_s, float master_db, float voice_db,
                float breath_db, float bed_db)
{
	struct sound s;

	cue_at(&s, t_s, SOUND_LEVELS)->levels.master_db = master_db;
	s.levels.voice_db = voice_db;
	s.levels.breath_db = breath_db;
	s.levels.bed_db = bed_db;
	cue_push(m, &s);
}

void cue_say(struct mixer *m, double t_s, uint32_t clip)
{
	struct sound s;

	cue_at(&s, t_s, SOUND_SAY)->say.clip = clip;
	cue_push(m, &s);
}

struct bank *cue_flat_bank(double s)
{
	uint32_t frames = (uint32_t)(s * RATE);
	float *x = malloc(frames * sizeof(*x));
	struct bank *b;

	assert_non_null(x);
	for (uint32_t i = 0; i < frames; i++)
		x[i] = 0.1f * (float)sin(2.0 * M_PI * 440.0 * i / RATE);
	assert_int_equal(bank_create(&b, 1, RATE), 0);
	assert_int_equal(bank_set(b, 0, x, frames), 0);
	return b;
}

struct bank *cue_steady_bank(double s)
{
	struct bank *b;
	uint32_t frames = (uint32_t)(s * RATE), ramp = RATE / 50;

	assert_int_equal(bank_create(&b, 2, RATE), 0);
	for (size_t k = 0; k < 2; k++) {
		float *x = malloc(frames * sizeof(*x));

		assert_non_null(x);
		for (uint32_t i = 0; i < frames; i++) {
			uint32_t edge = i < frames - 1 - i ? i : frames - 1 - i;

			x[i] = 0.1f *
			       (edge < ramp ? (float)edge / (float)ramp : 1.0f);
		}
		assert_int_equal(bank_set(b, k, x, frames), 0);
	}
	return b;
}
