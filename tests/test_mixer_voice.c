/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the mixer makes of phrases: one, and one over another. */
#include <stdlib.h>

#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"

#define RATE EAR_RATE_HZ
#define LEAD (MIXER_VOICE_LEAD_MS / 1000.0)

static void a_second_phrase_fades_the_first_out_in_80_ms(void **state)
{
	struct bank *bank = cue_steady_bank(2.0);
	struct mixer *m = cue_plain_mixer(bank);
	const float full = 0.1f * MIXER_PAN;
	float *out;

	(void)state;
	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	cue_say(m, 1, 0);
	cue_say(m, 1.501, 1);
	cue_kind(m, 2.0, SOUND_HUSH);
	out = ear_render_by(m, 3 * RATE, 256);
	assert_near(out[2 * (size_t)(1.6 * RATE)], full, 1e-6);
	assert_near(out[2 * (size_t)((1.541 + LEAD) * RATE)],
	            1.5 * (double)full, 1e-4);
	assert_near(out[2 * (size_t)((1.582 + LEAD) * RATE)], full, 1e-6);
	assert_near(out[2 * (size_t)(2.04 * RATE)], 0.5 * (double)full, 1e-4);
	assert_true(ear_peak(out, 2.081, 3) == 0.0f);
	assert_true(ear_step(out, 0, 3) < 2e-4f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void a_phrase_is_bit_exact_and_its_lead_after_its_frame(void **state)
{
	struct bank *bank = cue_steady_bank(1.0);
	struct mixer *m = cue_plain_mixer(bank);
	size_t at = RATE + 33;
	struct sound s = {.frame = at, .kind = SOUND_SAY};
	float *out;

	(void)state;
	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	cue_push(m, &s);
	out = ear_render_by(m, 3 * RATE, 7);
	at += MIXER_VOICE_LEAD_MS * RATE / 1000;
	for (size_t i = 0; i < RATE; i++) {
		assert_true(out[2 * (at + i)] ==
		            bank->clips[0].samples[i] * MIXER_PAN);
		assert_true(out[2 * (at + i)] == out[2 * (at + i) + 1]);
	}
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

/* @s of seventy phrases, one after another by @apart_s; free() it. */
static float *seventy_phrases(double apart_s, double s)
{
	struct bank *bank = cue_steady_bank(1.0);
	struct mixer *m = cue_plain_mixer(bank);
	float *out;

	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	for (int i = 0; i < 70; i++)
		cue_say(m, 1.0 + apart_s * i, i % 2);
	out = ear_render_by(m, (size_t)(s * RATE), 256);
	mixer_destroy(m);
	bank_destroy(bank);
	return out;
}

static void of_seventy_phrases_at_once_the_last_is_heard(void **state)
{
	float *out = seventy_phrases(0.002, 4);

	(void)state;
	assert_true(ear_peak(out, 0.5, 1.138 + LEAD) == 0.0f);
	assert_near(ear_peak(out, 1.2 + LEAD, 2), 0.1f * MIXER_PAN, 1e-6);
	assert_true(ear_peak(out, 2.14 + LEAD, 4) == 0.0f);
	free(out);
}

static void phrases_that_cut_each_other_short_never_click(void **state)
{
	float *out = seventy_phrases(0.125, 12);

	(void)state;
	assert_true(ear_step(out, 0, 12) < 1e-3f);
	assert_true(ear_peak(out, 1, 12) < 0.2f);
	free(out);
}

static void a_clip_that_the_bank_has_not_is_no_harm(void **state)
{
	struct bank *bank;
	struct mixer *with, *without = cue_plain_mixer(NULL);
	float *out;

	(void)state;
	assert_int_equal(bank_create(&bank, 1, RATE), 0);
	with = cue_plain_mixer(bank);
	cue_levels(with, 0, 0, 0, CUE_OFF, CUE_OFF);
	cue_say(with, 0.5, 0);
	cue_say(with, 0.6, 1);
	cue_say(with, 0.7, UINT32_MAX);
	out = ear_render_by(with, RATE, 256);
	assert_true(ear_peak(out, 0.5, 1) == 0.0f);
	free(out);
	cue_say(without, 0.5, 0);
	free(ear_render_by(without, RATE, 256));
	mixer_destroy(with);
	mixer_destroy(without);
	bank_destroy(bank);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_second_phrase_fades_the_first_out_in_80_ms),
		T(a_phrase_is_bit_exact_and_its_lead_after_its_frame),
		T(of_seventy_phrases_at_once_the_last_is_heard),
		T(phrases_that_cut_each_other_short_never_click),
		T(a_clip_that_the_bank_has_not_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
