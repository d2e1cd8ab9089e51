/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/limiter.h"
#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

#define RATE VARIED_RATE_HZ

/* --- helpers -------------------------------------------------------------- */

static float *render(struct mixer *m, size_t frames, size_t block)
{
	float *out = malloc(frames * 2 * sizeof(*out));

	assert_non_null(out);
	mixer_thread_init();
	for (size_t at = 0; at < frames; at += block) {
		size_t n = frames - at < block ? frames - at : block;

		mixer_render(m, out + 2 * at, n);
	}
	return out;
}

static struct mixer *mixer_with(const struct bank *bank)
{
	const struct sound_scene usual = {0};

	return cue_mixer(&usual, bank, NULL);
}

static void push_kind(struct mixer *m, double t_s, enum sound_kind kind)
{
	struct sound s;

	cue_push(m, cue_at(&s, t_s, kind));
}

static void push_levels(struct mixer *m, double t_s, float master_db,
                        float voice_db, float breath_db, float bed_db)
{
	struct sound s;

	cue_at(&s, t_s, SOUND_LEVELS)->levels.master_db = master_db;
	s.levels.voice_db = voice_db;
	s.levels.breath_db = breath_db;
	s.levels.bed_db = bed_db;
	cue_push(m, &s);
}

#define OFF  (-200.0f)
#define LEAD (MIXER_VOICE_LEAD_MS / 1000.0)

static float peak(const float *out, double from_s, double to_s)
{
	float most = 0.0f;

	for (size_t i = 2 * (size_t)(from_s * RATE);
	     i < 2 * (size_t)(to_s * RATE); i++)
		most = fmaxf(most, fabsf(out[i]));
	return most;
}

/* One clip at a constant 0.1: any cut shows as a step. */
static struct bank *flat_bank(double s)
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

/* --- blocks --------------------------------------------------------------- */

static void
the_samples_do_not_depend_on_how_frames_are_cut_into_blocks(void **state)
{
	const size_t blocks[] = {1, 7, 64, 256, 1000, 1024};
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	float *want = render(m, VARIED_FRAMES, VARIED_FRAMES);

	(void)state;
	mixer_destroy(m);
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		float *got;

		m = varied_mixer(bank);
		got = render(m, VARIED_FRAMES, blocks[i]);
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
	struct mixer *all = varied_mixer(bank), *m = mixer_with(bank);
	struct mixer_config config = {.rate_hz = RATE, .seed = 7, .bank = bank};
	struct queue *script = calloc(1, sizeof(*script));
	float *want = render(all, VARIED_FRAMES, 256);
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
		out[i] = render(m, 4 * RATE, 256);
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
	float *out = render(m, VARIED_FRAMES, 256);

	(void)state;
	assert_true(peak(out, 0, VARIED_SECONDS) < LIMITER_CEILING / 1.5f);
	assert_true(ear_step(out, 0, VARIED_SECONDS) < STEP_MAX);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void it_begins_with_100_ms_of_silence(void **state)
{
	struct mixer *m = mixer_with(NULL);
	float *out = render(m, RATE, 256);

	(void)state;
	assert_true(peak(out, 0, 0.1) == 0.0f);
	assert_true(peak(out, 0.1, 1) > 0.0f);
	free(out);
	mixer_destroy(m);
}

static void voice_is_at_minus_23_lufs_breath_at_32_and_bed_at_40(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = mixer_with(bank);
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	cue_say(m, 1, 0);
	out = render(m, 6 * RATE, 256);
	assert_near(ear_lufs(out, 1 + LEAD, 4.5 + LEAD), -23.0, 1.0);
	assert_near(20 * log10((double)peak(out, 2, 4)), -23.0, 0.1);
	free(out);
	mixer_destroy(m);

	m = mixer_with(NULL);
	push_levels(m, 0, 0, 0, 0, OFF);
	cue_breath(m, 1, 10);
	out = render(m, 61 * RATE, 256);
	assert_near(ear_lufs(out, 1, 61), -32.0, 1.0);
	free(out);
	mixer_destroy(m);

	m = mixer_with(NULL);
	out = render(m, 64 * RATE, 256);
	assert_near(ear_lufs(out, 4, 64), -40.0, 2.0);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void voice_stays_at_minus_23_lufs_over_breath_and_bed(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = mixer_with(bank);
	float *out;

	(void)state;
	cue_breath(m, 0.2, 10);
	cue_say(m, 6, 0);
	out = render(m, 10 * RATE, 256);
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
		m[i] = mixer_with(bank);
		push_levels(m[i], 0, 0, OFF, 0, 0);
		cue_breath(m[i], 0.2, 16);
	}
	cue_say(m[1], 5, 0); /* 3.5 s, itself turned off */
	plain = render(m[0], 10 * RATE, 256);
	ducked = render(m[1], 10 * RATE, 256);
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

static void a_second_phrase_fades_the_first_out_in_80_ms(void **state)
{
	struct bank *bank = flat_bank(2.0);
	struct mixer *m = mixer_with(bank);
	const float full = 0.1f * MIXER_PAN;
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	cue_say(m, 1, 0);
	cue_say(m, 1.501, 1);
	push_kind(m, 2.0, SOUND_HUSH);
	out = render(m, 3 * RATE, 256);
	assert_near(out[2 * (size_t)(1.6 * RATE)], full, 1e-6);
	assert_near(out[2 * (size_t)((1.541 + LEAD) * RATE)],
	            1.5 * (double)full, 1e-4);
	assert_near(out[2 * (size_t)((1.582 + LEAD) * RATE)], full, 1e-6);
	assert_near(out[2 * (size_t)(2.04 * RATE)], 0.5 * (double)full, 1e-4);
	assert_true(peak(out, 2.081, 3) == 0.0f);
	assert_true(ear_step(out, 0, 3) < 2e-4f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void a_phrase_is_bit_exact_and_its_lead_after_its_frame(void **state)
{
	struct bank *bank = flat_bank(1.0);
	struct mixer *m = mixer_with(bank);
	size_t at = RATE + 33;
	struct sound s = {.frame = at, .kind = SOUND_SAY};
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	cue_push(m, &s);
	out = render(m, 3 * RATE, 7);
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

static void of_seventy_phrases_at_once_the_last_is_heard(void **state)
{
	struct bank *bank = flat_bank(1.0);
	struct mixer *m = mixer_with(bank);
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	for (int i = 0; i < 70; i++)
		cue_say(m, 1.0 + 0.002 * i, i % 2);
	out = render(m, 4 * RATE, 256);
	assert_true(peak(out, 0.5, 1.138 + LEAD) == 0.0f);
	assert_near(peak(out, 1.2 + LEAD, 2), 0.1f * MIXER_PAN, 1e-6);
	assert_true(peak(out, 2.14 + LEAD, 4) == 0.0f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void phrases_that_cut_each_other_short_never_click(void **state)
{
	struct bank *bank = flat_bank(1.0);
	struct mixer *m = mixer_with(bank);
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	for (int i = 0; i < 70; i++)
		cue_say(m, 1.0 + 0.125 * i, i % 2);
	out = render(m, 12 * RATE, 256);
	assert_true(ear_step(out, 0, 12) < 1e-3f);
	assert_true(peak(out, 1, 12) < 0.2f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void
pause_silences_breath_and_bed_within_150_ms_but_not_the_voice(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = mixer_with(bank);
	float *out;

	(void)state;
	cue_breath(m, 0.2, 10);
	push_kind(m, 4.0, SOUND_PAUSE);
	cue_say(m, 5.0, 1); /* 0.9 s */
	push_kind(m, 7.0, SOUND_RESUME);
	out = render(m, 10 * RATE, 256);
	assert_true(ear_rms_db(out, 3.5, 4.0) > -45.0);
	assert_true(peak(out, 4.15, 5 + LEAD) == 0.0f);
	assert_near(20 * log10((double)peak(out, 5.3, 5.8)), -23.0, 0.1);
	assert_true(peak(out, 5.9 + LEAD, 7) == 0.0f);
	assert_true(ear_rms_db(out, 7.0, 7.1) < ear_rms_db(out, 8, 9) - 15.0);
	assert_true(ear_rms_db(out, 8.0, 9.0) > -45.0);
	assert_true(ear_step(out, 3.5, 5) < 0.015f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void levels_move_over_400_ms(void **state)
{
	struct bank *bank = flat_bank(3.0);
	struct mixer *m = mixer_with(bank);
	double full = 0.1 * (double)MIXER_PAN;
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	cue_say(m, 1, 0);
	push_levels(m, 2, -6.0f, -6.0f, OFF, OFF);
	push_levels(m, 3, NAN, NAN, NAN, NAN); /* no levels at all */
	out = render(m, 4 * RATE, 256);
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
	struct mixer *m = mixer_with(bank);
	struct sound end = {.frame = 4 * RATE + 5, .kind = SOUND_END};
	float *out;

	(void)state;
	cue_breath(m, 0.2, 10);
	cue_say(m, 3, 0);
	end.end.fade_frames = 2 * RATE;
	cue_push(m, &end);
	cue_say(m, 7, 1);
	push_kind(m, 8, SOUND_CHIME);
	out = render(m, 10 * RATE, 256);
	assert_true(ear_rms_db(out, 5.8, 5.9) < ear_rms_db(out, 3.5, 4) - 12.0);
	assert_true(ear_rms_db(out, 5.8, 5.9) > -100.0);
	assert_true(peak(out, 6.001, 10) == 0.0f);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void a_chime_swells_for_300_ms_and_is_gone_after_3300(void **state)
{
	struct mixer *m = mixer_with(NULL);
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	push_kind(m, 1, SOUND_CHIME);
	push_kind(m, 6, SOUND_CHIME);
	push_kind(m, 6.5, SOUND_CHIME);
	out = render(m, 11 * RATE, 256);
	assert_true(peak(out, 0.5, 1) == 0.0f);
	assert_true(ear_rms_db(out, 1, 1.05) <
	            ear_rms_db(out, 1.25, 1.4) - 15.0);
	assert_true(ear_rms_db(out, 3.9, 4) <
	            ear_rms_db(out, 1.25, 1.4) - 25.0);
	assert_true(peak(out, 1, 4) > 0.02f);
	assert_true(peak(out, 1, 4) < 0.1f);
	assert_true(peak(out, 4.31, 6) == 0.0f);
	assert_true(ear_step(out, 0, 11) < 0.006f);
	free(out);
	mixer_destroy(m);
}

/* --- the rest ------------------------------------------------------------- */

static void a_late_command_acts_at_once_and_is_counted(void **state)
{
	struct bank *bank = flat_bank(1.0);
	struct mixer *m = mixer_with(bank);
	float *out;

	(void)state;
	push_levels(m, 0, 0, 0, OFF, OFF);
	out = render(m, 2 * RATE, 256);
	free(out);
	assert_int_equal(mixer_late(m), 0);
	cue_say(m, 1.5, 0);
	cue_say(m, 3.5, 1);
	out = render(m, 2 * RATE, 256);
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
	struct bank *bank = flat_bank(2.0);
	struct mixer *m;
	float *out, *x = bank->clips[0].samples;
	uint64_t random = 4;

	(void)state;
	for (uint32_t i = 0; i < bank->clips[0].frames; i++) /* bursts */
		x[i] = (float)(2 * test_uniform(&random) - 1) *
		       (i / 5000 % 2 ? 1.0f : 0.05f);
	m = mixer_with(bank);
	push_levels(m, 0, 12.0f, 12.0f, 12.0f, 12.0f);
	cue_breath(m, 0.2, 4);
	cue_say(m, 1, 0);
	out = render(m, 4 * RATE, 256);
	assert_true(ear_true_peak_db(out, 0, 4) <= -3.0);
	assert_true(peak(out, 1, 3) > 0.5f);
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
		out = render(m, 2 * rates[i], 100);
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

static void a_clip_that_the_bank_has_not_is_no_harm(void **state)
{
	struct bank *bank;
	struct mixer *with, *without = mixer_with(NULL);
	float *out;

	(void)state;
	assert_int_equal(bank_create(&bank, 1, RATE), 0);
	with = mixer_with(bank);
	push_levels(with, 0, 0, 0, OFF, OFF);
	cue_say(with, 0.5, 0);
	cue_say(with, 0.6, 1);
	cue_say(with, 0.7, UINT32_MAX);
	out = render(with, RATE, 256);
	assert_true(peak(out, 0.5, 1) == 0.0f);
	free(out);
	cue_say(without, 0.5, 0);
	free(render(without, RATE, 256));
	mixer_destroy(with);
	mixer_destroy(without);
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
		T(it_begins_with_100_ms_of_silence),
		T(voice_is_at_minus_23_lufs_breath_at_32_and_bed_at_40),
		T(voice_stays_at_minus_23_lufs_over_breath_and_bed),
		T(breath_and_bed_are_8_db_down_before_the_voice_begins),
		T(a_second_phrase_fades_the_first_out_in_80_ms),
		T(a_phrase_is_bit_exact_and_its_lead_after_its_frame),
		T(of_seventy_phrases_at_once_the_last_is_heard),
		T(phrases_that_cut_each_other_short_never_click),
		T(pause_silences_breath_and_bed_within_150_ms_but_not_the_voice),
		T(levels_move_over_400_ms),
		T(the_end_fades_all_and_is_final),
		T(a_chime_swells_for_300_ms_and_is_gone_after_3300),
		T(a_late_command_acts_at_once_and_is_counted),
		T(turned_up_far_too_loud_no_peak_passes_minus_3_dbtp),
		T(any_rate_from_8_to_192_khz_works_and_no_other),
		T(a_clip_that_the_bank_has_not_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
