/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "audio/mixer.h"
#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"

/* Migraine mode: content.md, E.4, and audio.md, 5. */

#define RATE      EAR_RATE_HZ
#define OFF       (-200.0f)

#define SESSION_S 90

/* Twelve minutes would show no more than one and a half: all kinds of things
 * happen. The phrase is the worst there can be: it begins at full level, with
 * all harmonics up to 12 kHz, and is louder than speech. */
static struct bank *harsh_bank(void)
{
	uint32_t frames = 6 * RATE;
	float *x = calloc(frames, sizeof(*x));
	struct bank *b;

	assert_non_null(x);
	for (int k = 1; k <= 8; k++)
		for (uint32_t i = 0; i < frames; i++)
			x[i] += 0.1f / (float)k *
			        (float)sin(2.0 * M_PI * 1500.0 * k * i / RATE);
	assert_int_equal(bank_create(&b, 1, RATE), 0);
	assert_int_equal(bank_set(b, 0, x, frames), 0);
	return b;
}

static float *session(enum sound_pacer voice, bool gentle)
{
	struct sound_scene scene = {.pacer = voice, .gentle = gentle};
	struct bank *bank = harsh_bank();
	struct mixer *m = cue_mixer(&scene, bank, NULL);
	struct sound s[32];
	size_t n = 0;
	float *out;

	cue_at(&s[n++], 0.05, SOUND_CHIME);
	cue_at(&s[n], 2, SOUND_BREATH)->breath.frames = 15 * RATE / 2;
	s[n++].breath.inhale_frames = 3 * RATE;
	for (int k = 0; k < 4; k++)
		cue_at(&s[n++], 10 + 20 * k, SOUND_SAY);
	cue_at(&s[n++], 41, SOUND_LEVELS)->levels.master_db = -12;
	cue_at(&s[n++], 55, SOUND_LEVELS);
	cue_at(&s[n++], 78, SOUND_PAUSE);
	cue_at(&s[n++], 83, SOUND_RESUME);
	cue_at(&s[n++], 84, SOUND_CHIME);
	cue_sort(s, n);
	for (size_t i = 0; i < n; i++)
		cue_push(m, &s[i]);
	out = ear_render(m, SESSION_S);
	assert_int_equal(mixer_late(m), 0);
	mixer_destroy(m);
	bank_destroy(bank);
	return out;
}

#define FFT 4096

/* Power above 3 kHz, and *@ret_all_db. */
static double above_3_khz_db(const float *out, double *ret_all_db)
{
	const size_t from = 3000 * FFT / RATE + 3; /* the window's own width */
	double above = 0.0, all = 0.0, power[FFT / 2];

	for (size_t f = 0; f + FFT < SESSION_S * RATE; f += RATE) {
		ear_spectrum(out + 2 * f, FFT, power);
		for (size_t i = 1; i < FFT / 2; i++) {
			all += power[i];
			above += i >= from ? power[i] : 0.0;
		}
	}
	*ret_all_db = 10.0 * log10(all);
	return 10.0 * log10(above);
}

static void
migraine_mode_is_15_lu_softer_and_40_db_down_above_3_khz(void **state)
{
	(void)state;
	for (int v = 0; v < SOUND_PACER_SILENT; v++) {
		float *loud = session((enum sound_pacer)v, false);
		float *soft = session((enum sound_pacer)v, true);
		double by = ear_lufs(loud, 0, SESSION_S) -
		            ear_lufs(soft, 0, SESSION_S);
		double all, above = above_3_khz_db(soft, &all);
		double all_before;
		double before = above_3_khz_db(loud, &all_before);

		print_message("%s: %.1f LU softer; above 3 kHz %.1f dB of all, "
		              "%.1f dB of before\n",
		              sound_pacer_name((enum sound_pacer)v), by,
		              above - all, above - before);
		assert_true(by > 12.0 && by < 18.0);
		/* of a session's own words also against all of it:
		   tests/tools/gentle.c */
		assert_true(above < before - 40.0);
		free(loud);
		free(soft);
	}
}

/* The set slope: what begins takes 300 ms; the steepest 10 ms of a linear
 * onset are a thirtieth of it, of an S of half a second one in 33. */
#define SLOPE (1.0 / 30.0)

static double peak_rms(const double *level, size_t n)
{
	double most = 0.0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, level[i]);
	return most;
}

static void nothing_in_it_rises_faster_than_its_slope(void **state)
{
	const size_t step = RATE / 100, n = SESSION_S * 100;
	double *level = malloc(n * sizeof(*level)), most;
	float *out = session(SOUND_PACER_TONE, true);

	(void)state;
	assert_non_null(level);
	for (size_t i = 0; i < n; i++)
		level[i] =
			pow(10.0, ear_rms_db(out, (double)(i * step) / RATE,
		                             (double)((i + 1) * step) / RATE) /
		                          20.0);
	most = peak_rms(level, n);
	for (size_t i = 1; i < n; i++)
		/* and more for the beat of partials, in windows so short */
		assert_true(level[i] - level[i - 1] < 1.65 * SLOPE * most);
	free(out);
	free(level);
}

/* Louder again, back from a pause, up after a phrase: measured on a pacer that
 * stands still, in a pause at its top, so that nothing else moves. */
static void its_levels_rise_by_1_db_a_second_at_most(void **state)
{
	struct sound_scene scene = {.gentle = true};
	struct bank *bank = cue_flat_bank(5);
	struct mixer *m = cue_mixer(&scene, bank, NULL);
	struct sound s;
	double before = 0.0;
	float *out;

	(void)state;
	cue_at(&s, 0.2, SOUND_BREATH)->breath.frames = 200 * RATE;
	s.breath.inhale_frames = RATE;
	s.breath.top_frames = 180 * RATE;
	cue_push(m, &s);
	cue_at(&s, 20, SOUND_LEVELS)->levels.master_db = -12;
	cue_push(m, &s);
	cue_push(m, cue_at(&s, 25, SOUND_LEVELS));
	s = *cue_at(&s, 45, SOUND_LEVELS);
	s.levels.voice_db = OFF; /* the phrase itself is not looked at */
	cue_push(m, &s);
	cue_say(m, 60, 0);
	cue_push(m, cue_at(&s, 90, SOUND_PAUSE));
	cue_push(m, cue_at(&s, 95, SOUND_RESUME));
	out = ear_render(m, 120);
	for (int i = 18 * 4; i < 120 * 4; i++) {
		double now = ear_rms_db(out, i / 4.0, i / 4.0 + 0.25);
		bool onset = i >= 95 * 4 && i < 96 * 4;

		if (i > 18 * 4 && !onset && before > -200.0)
			assert_true(now - before < 0.25 * 1.0 + 0.1);
		before = now;
	}
	/* and they do come back */
	assert_near(ear_rms_db(out, 40, 44), ear_rms_db(out, 17, 19.5), 0.3);
	assert_near(ear_rms_db(out, 80, 89), ear_rms_db(out, 17, 19.5), 0.3);
	assert_near(ear_rms_db(out, 110, 119), ear_rms_db(out, 17, 19.5), 0.3);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void it_has_no_chime_and_no_bed(void **state)
{
	struct sound_scene scene = {.gentle = true, .bed = SOUND_BED_RAIN};
	struct mixer *m = cue_mixer(&scene, NULL, NULL);
	struct sound s;
	float *out;

	(void)state;
	cue_push(m, cue_at(&s, 1, SOUND_CHIME));
	out = ear_render(m, 8);
	assert_true(ear_rms_db(out, 0, 8) < -200.0);
	free(out);
	mixer_destroy(m);
}

static void it_can_be_turned_on_and_off_on_the_way(void **state)
{
	struct sound_scene scene = {.bed = SOUND_BED_NONE};
	struct mixer *m = cue_mixer(&scene, NULL, NULL);
	float *out;

	(void)state;
	cue_breath(m, 0.5, 5);
	scene.gentle = true;
	cue_scene(m, 22, &scene);
	scene.gentle = false;
	cue_scene(m, 42, &scene);
	out = ear_render(m, 70);
	assert_true(ear_step(out, 0, 70) < 0.012f);
	assert_near(ear_rms_db(out, 25, 40) - ear_rms_db(out, 5, 20),
	            (double)MIXER_GENTLE_DB, 2.5);
	assert_near(ear_rms_db(out, 55, 70) - ear_rms_db(out, 5, 20), 0, 0.5);
	free(out);
	mixer_destroy(m);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(migraine_mode_is_15_lu_softer_and_40_db_down_above_3_khz),
		T(nothing_in_it_rises_faster_than_its_slope),
		T(its_levels_rise_by_1_db_a_second_at_most),
		T(it_has_no_chime_and_no_bed),
		T(it_can_be_turned_on_and_off_on_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
