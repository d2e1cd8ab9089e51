/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "audio/limiter.h"
#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

#define RATE VARIED_RATE_HZ
#define LEAD (MIXER_VOICE_LEAD_MS / 1000.0)

/* --- blocks --------------------------------------------------------------- */

static void
the_samples_do_not_depend_on_how_frames_are_cut_into_blocks(void **state)
{
	const size_t blocks[] = {1, 7, 64, 256, 1000, 1024};
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	float *want = ear_render_by(m, VARIED_FRAMES, VARIED_FRAMES);

	(void)state;
	mixer_destroy(m);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		float *got;

		m = varied_mixer(bank);
		got = ear_render_by(m, VARIED_FRAMES, blocks[i]);
		assert_memory_equal(want, got,
		                    VARIED_FRAMES * 2 * sizeof(*got));
		assert_int_equal(mixer_late(m), 0);
		assert_int_equal(mixer_frame(m), VARIED_FRAMES);
		free(got);
		mixer_destroy(m);
	}
	free(want);
	bank_destroy(bank);
}

/* As live: each command arrives its lead before its frame, not at the start. */
static void nor_on_when_a_command_arrives_if_it_is_in_time(void **state)
{
	const uint64_t ahead = (uint64_t)MIXER_AHEAD_US * RATE / 1000000;
	struct bank *bank = varied_bank();
	struct mixer *all = varied_mixer(bank), *m = cue_plain_mixer(bank);
	struct mixer_config config = {.rate_hz = RATE, .seed = 7, .bank = bank};
	struct queue *script = calloc(1, sizeof(*script));
	float *want = ear_render_by(all, VARIED_FRAMES, 256);
	float *got = malloc(VARIED_FRAMES * 2 * sizeof(*got));

	(void)state;
	assert_non_null(script);
	assert_non_null(got);
	mixer_destroy(m);
	assert_int_equal(mixer_create(&m, &config), 0);
	varied_push(script);
	for (uint64_t f = 0; f < VARIED_FRAMES; f += 250) {
		const struct sound *s;

		while ((s = queue_peek(script)) && s->frame < f + 250 + ahead) {
			cue_push(m, s);
			queue_pop(script);
		}
		mixer_render(m, got + 2 * f, 250);
	}
	assert_int_equal(mixer_late(m), 0);
	assert_memory_equal(want, got, VARIED_FRAMES * 2 * sizeof(*got));
	free(got);
	free(want);
	free(script);
	mixer_destroy(m);
	mixer_destroy(all);
	bank_destroy(bank);
}

static void
another_seed_gives_another_bed_and_the_same_seed_the_same(void **state)
{
	struct mixer_config config = {.rate_hz = RATE, .seed = 1};
	float *out[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct mixer *m;

		config.seed = i == 2 ? 2 : 1;
		assert_int_equal(mixer_create(&m, &config), 0);
		out[i] = ear_render_by(m, 4 * RATE, 256);
		mixer_destroy(m);
	}
	assert_memory_equal(out[0], out[1], 8 * RATE * sizeof(float));
	assert_memory_not_equal(out[0], out[2], 8 * RATE * sizeof(float));
	for (int i = 0; i < 3; i++)
		free(out[i]);
}

/* --- what the ear gets ---------------------------------------------------- */

/* The clips' 1 kHz at 0.07 a side steps by 0.0093, two of them fading over
 * each other, the breath and a +3 dB level add theirs. */
#define STEP_MAX 0.035f

static void no_sample_of_the_varied_minute_clicks_or_clips(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	float *out = ear_render_by(m, VARIED_FRAMES, 256);

	(void)state;
	assert_true(ear_peak(out, 0, VARIED_SECONDS) < LIMITER_CEILING / 1.5f);
	assert_true(ear_step(out, 0, VARIED_SECONDS) < STEP_MAX);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void it_is_silent_until_the_first_command_can_come(void **state)
{
	struct mixer *m = cue_plain_mixer(NULL);
	float *out = ear_render_by(m, RATE, 256);

	(void)state;
	assert_true(ear_peak(out, 0, SOUND_LEAD_US / 1e6) == 0.0f);
	assert_true(ear_peak(out, SOUND_LEAD_US / 1e6, 0.1) > 0.0f);
	free(out);
	mixer_destroy(m);
}

static void voice_is_at_minus_23_lufs_breath_at_32_and_bed_at_40(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = cue_plain_mixer(bank);
	float *out;

	(void)state;
	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	cue_say(m, 1, 0);
	out = ear_render_by(m, 6 * RATE, 256);
	assert_near(ear_lufs(out, 1 + LEAD, 4.5 + LEAD), -23.0, 1.0);
	assert_near(20 * log10((double)ear_peak(out, 2, 4)), -23.0, 0.1);
	free(out);
	mixer_destroy(m);

	m = cue_plain_mixer(NULL);
	cue_levels(m, 0, 0, 0, 0, CUE_OFF);
	cue_breath(m, 1, 10);
	out = ear_render_by(m, 61 * RATE, 256);
	assert_near(ear_lufs(out, 1, 61), -32.0, 1.0);
	free(out);
	mixer_destroy(m);

	m = cue_plain_mixer(NULL);
	out = ear_render_by(m, 64 * RATE, 256);
	assert_near(ear_lufs(out, 4, 64), -40.0, 2.0);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void voice_stays_at_minus_23_lufs_over_breath_and_bed(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = cue_plain_mixer(bank);
	float *out;

	(void)state;
	cue_breath(m, 0.2, 10);
	cue_say(m, 6, 0);
	out = ear_render_by(m, 10 * RATE, 256);
	assert_near(ear_lufs(out, 6 + LEAD, 9.5 + LEAD), -23.0, 1.0);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void breath_and_bed_are_8_db_down_before_the_voice_begins(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m[2];
	float *plain, *ducked;

	(void)state;
	for (int i = 0; i < 2; i++) {
		m[i] = cue_plain_mixer(bank);
		cue_levels(m[i], 0, 0, CUE_OFF, 0, 0);
		cue_breath(m[i], 0.2, 16);
	}
	cue_say(m[1], 5, 0); /* 3.5 s, itself turned off */
	plain = ear_render_by(m[0], 10 * RATE, 256);
	ducked = ear_render_by(m[1], 10 * RATE, 256);
	assert_memory_equal(plain, ducked, 2 * 5 * RATE * sizeof(*plain));
	assert_near(ear_rms_db(ducked, 5 + LEAD, 8.5 + LEAD) -
	                    ear_rms_db(plain, 5 + LEAD, 8.5 + LEAD),
	            (double)MIXER_DUCK_DB, 0.01);
	assert_true(ear_rms_db(ducked, 5.03, 5.06) -
	                    ear_rms_db(plain, 5.03, 5.06) >
	            -5.0); /* on its way */
	assert_true(ear_rms_db(ducked, 9.2, 9.3) - ear_rms_db(plain, 9.2, 9.3) <
	            -2.0);
	assert_near(ear_rms_db(ducked, 9.83, 10) - ear_rms_db(plain, 9.83, 10),
	            0, 1e-4);
	assert_true(ear_step(ducked, 0, 10) < 0.01f);
	free(plain);
	free(ducked);
	mixer_destroy(m[0]);
	mixer_destroy(m[1]);
	bank_destroy(bank);
}

static void
pause_silences_breath_and_bed_within_150_ms_but_not_the_voice(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = cue_plain_mixer(bank);
	float *out;

	(void)state;
	cue_breath(m, 0.2, 10);
	cue_kind(m, 4.0, SOUND_PAUSE);
	cue_say(m, 5.0, 1); /* 0.9 s */
	cue_kind(m, 7.0, SOUND_RESUME);
	out = ear_render_by(m, 10 * RATE, 256);
	assert_true(ear_rms_db(out, 3.5, 4.0) > -45.0);
	assert_true(ear_peak(out, 4.15, 5 + LEAD) == 0.0f);
	assert_near(20 * log10((double)ear_peak(out, 5.3, 5.8)), -23.0, 0.1);
	assert_true(ear_peak(out, 5.9 + LEAD, 7) == 0.0f);
	assert_true(ear_rms_db(out, 7.0, 7.1) < ear_rms_db(out, 8, 9) - 15.0);
	assert_true(ear_rms_db(out, 8.0, 9.0) > -45.0);
	assert_true(ear_step(out, 3.5, 5) < 0.015f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void levels_move_over_400_ms(void **state)
{
	struct bank *bank = cue_steady_bank(3.0);
	struct mixer *m = cue_plain_mixer(bank);
	double full = 0.1 * (double)MIXER_PAN;
	float *out;

	(void)state;
	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	cue_say(m, 1, 0);
	cue_levels(m, 2, -6.0f, -6.0f, CUE_OFF, CUE_OFF);
	cue_levels(m, 3, NAN, NAN, NAN, NAN); /* no levels at all */
	out = ear_render_by(m, 4 * RATE, 256);
	assert_near(out[4 * RATE - 2], full, 1e-6);
	assert_true((double)out[2 * (size_t)(2.2 * RATE)] < 0.8 * full);
	assert_true((double)out[2 * (size_t)(2.2 * RATE)] > 0.3 * full);
	assert_near(out[2 * (size_t)(2.4 * RATE)], full * pow(10, -0.6), 1e-6);
	assert_near(out[2 * (size_t)(3.8 * RATE)], full * pow(10, -0.6), 1e-6);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void the_end_fades_all_and_is_final(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = cue_plain_mixer(bank);
	struct sound end = {.frame = 4 * RATE + 5, .kind = SOUND_END};
	float *out;

	(void)state;
	cue_breath(m, 0.2, 10);
	cue_say(m, 3, 0);
	end.end.fade_frames = 2 * RATE;
	cue_push(m, &end);
	cue_say(m, 7, 1);
	cue_kind(m, 8, SOUND_CHIME);
	out = ear_render_by(m, 10 * RATE, 256);
	assert_true(ear_rms_db(out, 5.8, 5.9) < ear_rms_db(out, 3.5, 4) - 12.0);
	assert_true(ear_rms_db(out, 5.8, 5.9) > -100.0);
	assert_true(ear_peak(out, 6.001, 10) == 0.0f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void a_chime_swells_for_300_ms_and_is_gone_after_3300(void **state)
{
	struct mixer *m = cue_plain_mixer(NULL);
	float *out;

	(void)state;
	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	cue_kind(m, 1, SOUND_CHIME);
	cue_kind(m, 6, SOUND_CHIME);
	cue_kind(m, 6.5, SOUND_CHIME);
	out = ear_render_by(m, 11 * RATE, 256);
	assert_true(ear_peak(out, 0.5, 1) == 0.0f);
	assert_true(ear_rms_db(out, 1, 1.05) <
	            ear_rms_db(out, 1.25, 1.4) - 15.0);
	assert_true(ear_rms_db(out, 3.9, 4) <
	            ear_rms_db(out, 1.25, 1.4) - 25.0);
	assert_true(ear_peak(out, 1, 4) > 0.02f);
	assert_true(ear_peak(out, 1, 4) < 0.1f);
	assert_true(ear_peak(out, 4.31, 6) == 0.0f);
	assert_true(ear_step(out, 0, 11) < 0.006f);
	free(out);
	mixer_destroy(m);
}

/* --- the rest ------------------------------------------------------------- */

static void a_late_command_acts_at_once_and_is_counted(void **state)
{
	struct bank *bank = cue_steady_bank(1.0);
	struct mixer *m = cue_plain_mixer(bank);
	float *out;

	(void)state;
	cue_levels(m, 0, 0, 0, CUE_OFF, CUE_OFF);
	out = ear_render_by(m, 2 * RATE, 256);
	free(out);
	assert_int_equal(mixer_late(m), 0);
	cue_say(m, 1.5, 0);
	cue_say(m, 3.5, 1);
	out = ear_render_by(m, 2 * RATE, 256);
	assert_int_equal(mixer_late(m), 1);
	/* the clip's own 20 ms onset, and the 6 ms it may be ahead */
	assert_near(out[2 * (size_t)((LEAD + 0.026) * RATE)], 0.1f * MIXER_PAN,
	            1e-6);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void turned_up_far_too_loud_no_peak_passes_minus_3_dbtp(void **state)
{
	struct bank *bank = cue_steady_bank(2.0);
	struct mixer *m;
	float *out, *x = bank->clips[0].samples;
	uint64_t random = 4;

	(void)state;
	for (uint32_t i = 0; i < bank->clips[0].frames; i++) /* bursts */
		x[i] = (float)(2 * test_uniform(&random) - 1) *
		       (i / 5000 % 2 ? 1.0f : 0.05f);
	m = cue_plain_mixer(bank);
	cue_levels(m, 0, 12.0f, 12.0f, 12.0f, 12.0f);
	cue_breath(m, 0.2, 4);
	cue_say(m, 1, 0);
	out = ear_render_by(m, 4 * RATE, 256);
	assert_true(ear_true_peak_db(out, 0, 4) <= -3.0);
	assert_true(ear_peak(out, 1, 3) > 0.5f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void any_rate_from_8_to_192_khz_works_and_no_other(void **state)
{
	const unsigned rates[] = {8000,  11025, 16000, 22050, 44100,
	                          48000, 88200, 96000, 192000};
	struct mixer_config config = {.seed = 1};
	struct mixer *m = NULL;
	struct bank *bank;

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		struct sound s = {.frame = rates[i] / 10, .kind = SOUND_BREATH};
		float *out;

		config.rate_hz = rates[i];
		assert_int_equal(mixer_create(&m, &config), 0);
		s.breath.frames = 4 * rates[i];
		s.breath.inhale_frames = 2 * rates[i];
		cue_push(m, &s);
		out = ear_render_by(m, 2 * rates[i], 100);
		for (unsigned k = 0; k < 4 * rates[i]; k++)
			assert_true(fabsf(out[k]) < 0.2f);
		free(out);
		m = mixer_destroy(m);
	}
	config.rate_hz = 7999;
	assert_int_equal(mixer_create(&m, &config), -EINVAL);
	config.rate_hz = 192001;
	assert_int_equal(mixer_create(&m, &config), -EINVAL);
	assert_int_equal(bank_create(&bank, 1, 44100), 0);
	config.rate_hz = 48000;
	config.bank = bank;
	assert_int_equal(mixer_create(&m, &config), -EINVAL);
	assert_null(m);
	bank_destroy(bank);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_samples_do_not_depend_on_how_frames_are_cut_into_blocks),
		T(nor_on_when_a_command_arrives_if_it_is_in_time),
		T(another_seed_gives_another_bed_and_the_same_seed_the_same),
		T(no_sample_of_the_varied_minute_clicks_or_clips),
		T(it_is_silent_until_the_first_command_can_come),
		T(voice_is_at_minus_23_lufs_breath_at_32_and_bed_at_40),
		T(voice_stays_at_minus_23_lufs_over_breath_and_bed),
		T(breath_and_bed_are_8_db_down_before_the_voice_begins),
		T(pause_silences_breath_and_bed_within_150_ms_but_not_the_voice),
		T(levels_move_over_400_ms),
		T(the_end_fades_all_and_is_final),
		T(a_chime_swells_for_300_ms_and_is_gone_after_3300),
		T(a_late_command_acts_at_once_and_is_counted),
		T(turned_up_far_too_loud_no_peak_passes_minus_3_dbtp),
		T(any_rate_from_8_to_192_khz_works_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
