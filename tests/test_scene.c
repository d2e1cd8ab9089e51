/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "audio/mixer.h"
#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

/* What is heard, and how: pacers, beds, one key. */

#define RATE EAR_RATE_HZ

/* --- pacers and beds ------------------------------------------------------ */

static void every_pacer_voice_is_at_minus_32_lufs(void **state)
{
	(void)state;
	for (int v = 0; v < SOUND_PACER_SILENT; v++) {
		struct sound_scene scene = {.pacer = (enum sound_pacer)v,
		                            .bed = SOUND_BED_NONE};
		struct mixer *m = cue_mixer(&scene, NULL, NULL);
		float *out;

		cue_breath(m, 1, 10);
		out = ear_render(m, 41);
		assert_near(ear_lufs(out, 11, 41), -32.0, 1.0);
		free(out);
		mixer_destroy(m);
	}
}

static void every_bed_is_at_minus_40_lufs_and_none_is_silent(void **state)
{
	(void)state;
	for (int b = 0; b < SOUND_BEDS; b++) {
		struct sound_scene scene = {.bed = (enum sound_bed)b};
		struct mixer *m = cue_mixer(&scene, NULL, NULL);
		float *out = ear_render(m, 44);

		if (b == SOUND_BED_NONE || b == SOUND_BED_MUSIC)
			assert_true(ear_rms_db(out, 0, 44) < -200.0);
		else
			assert_near(ear_lufs(out, 4, 44), -40.0, 2.0);
		free(out);
		mixer_destroy(m);
	}
}

#define COARSE  24 /* frames in one: a loop of any length is seen */
#define PATTERN 250

/* Coarser, and the steps rather than the wave: what is low moves slowly, and
 * is always a little like itself. */
static float *coarse(const float *x, size_t n)
{
	float *out = calloc(n, sizeof(*out)), before = 0.0f;

	assert_non_null(out);
	for (size_t i = 0; i < n; i++) {
		float now = 0.0f;

		for (size_t k = i * COARSE; k < (i + 1) * COARSE; k++)
			now += x[2 * k];
		out[i] = now - before;
		before = now;
	}
	return out;
}

static float likeness(const float *a, const float *b)
{
	float ab = 0.0f, aa = 0.0f, bb = 0.0f;

	for (size_t i = 0; i < PATTERN; i++) {
		ab += a[i] * b[i];
		aa += a[i] * a[i];
		bb += b[i] * b[i];
	}
	return ab / sqrtf(aa * bb);
}

/* Of the pad the notes are like themselves at any time: it is by their drift
 * that it never comes again. */
static void no_noise_comes_round_again_within_two_minutes(void **state)
{
	const enum sound_bed noises[] = {SOUND_BED_BROWN, SOUND_BED_RAIN,
	                                 SOUND_BED_SEA};
	const size_t n = 120 * RATE / COARSE, from = 4 * RATE / COARSE;

	(void)state;
	for (size_t b = 0; b < sizeof(noises) / sizeof(*noises); b++) {
		struct sound_scene scene = {.bed = noises[b]};
		struct mixer *m = cue_mixer(&scene, NULL, NULL);
		float *out = ear_render(m, 120), *x = coarse(out, n), most = 0;

		for (size_t f = from + PATTERN; f + PATTERN < n; f++)
			most = fmaxf(most, likeness(x + from, x + f));
		assert_true(most < 0.5f);
		free(x);
		free(out);
		mixer_destroy(m);
	}
}

static void the_sea_comes_in_with_the_breath(void **state)
{
	struct sound_scene scene = {.pacer = SOUND_PACER_SILENT,
	                            .bed = SOUND_BED_SEA};
	struct mixer *m = cue_mixer(&scene, NULL, NULL);
	float *out;

	(void)state;
	cue_breath(m, 1, 10);
	out = ear_render(m, 91);
	for (int k = 1; k < 9; k++) {
		double begin = 1.0 + 10.0 * k;

		assert_true(ear_rms_db(out, begin + 3.5, begin + 5.5) >
		            ear_rms_db(out, begin - 1, begin + 1) + 3.0);
		assert_true(ear_brightness(out, begin + 3.5, begin + 5.5) >
		            ear_brightness(out, begin - 1, begin + 1) + 0.3);
	}
	free(out);
	mixer_destroy(m);
}

static void the_bed_follows_calm_slowly_and_subtly(void **state)
{
	const enum sound_bed beds[] = {SOUND_BED_BROWN, SOUND_BED_RAIN};

	(void)state;
	for (size_t b = 0; b < sizeof(beds) / sizeof(*beds); b++) {
		float *out[2];

		for (int calm = 0; calm < 2; calm++) {
			struct sound_scene scene = {.bed = beds[b]};
			struct mixer *m = cue_mixer(&scene, NULL, NULL);
			struct sound s;

			cue_at(&s, 0.1, SOUND_CALM)->calm = (float)calm;
			cue_push(m, &s);
			out[calm] = ear_render(m, 60);
			mixer_destroy(m);
		}
		/* slowly: after two seconds hardly a change */
		assert_near(ear_brightness(out[0], 1, 2),
		            ear_brightness(out[1], 1, 2), 0.1);
		assert_true(ear_brightness(out[0], 40, 60) >
		            ear_brightness(out[1], 40, 60) + 0.1);
		/* subtly: it gets neither loud nor silent */
		assert_near(ear_lufs(out[0], 40, 60), ear_lufs(out[1], 40, 60),
		            1.5);
		free(out[0]);
		free(out[1]);
	}
}

static void another_bed_fades_over_without_a_step(void **state)
{
	struct sound_scene scene = {.bed = SOUND_BED_PAD};
	struct mixer *m = cue_mixer(&scene, NULL, NULL);
	float *out;

	(void)state;
	scene.bed = SOUND_BED_RAIN;
	cue_scene(m, 10, &scene);
	out = ear_render(m, 20);
	/* of the pad, 0.02 high and slow */
	assert_true(ear_step(out, 4, 12) < 0.002f);
	assert_true(ear_rms_db(out, 12.9, 13.05) <
	            ear_rms_db(out, 8, 10) - 20.0);
	assert_true(ear_rms_db(out, 17, 20) > ear_rms_db(out, 8, 10) - 6.0);
	free(out);
	mixer_destroy(m);
}

/* --- one key -------------------------------------------------------------- */

static void one_key_leaves_the_breath_alone_and_one_nothing(void **state)
{
	struct bank *bank = cue_flat_bank(30);
	struct sound_scene scene = {.bed = SOUND_BED_RAIN};
	struct mixer *m = cue_mixer(&scene, bank, NULL), *lone;
	struct sound_scene bare = {.bed = SOUND_BED_NONE};
	float *out, *alone;

	(void)state;
	cue_breath(m, 0.5, 10);
	cue_say(m, 5, 0);
	scene.heard = SOUND_HEARD_BREATH;
	cue_scene(m, 10, &scene);
	scene.heard = SOUND_HEARD_NOTHING;
	cue_scene(m, 20, &scene);
	scene.heard = SOUND_HEARD_ALL;
	cue_scene(m, 30, &scene);
	out = ear_render(m, 34);
	lone = cue_mixer(&bare, NULL, NULL);
	cue_breath(lone, 0.5, 10);
	alone = ear_render(lone, 34);
	/* the breath and nothing else, as ducked as before */
	assert_true(ear_correlation(out + 2 * 11 * RATE, alone + 2 * 11 * RATE,
	                            8 * RATE) > 0.999999);
	assert_true(ear_rms_db(out, 9, 10) > ear_rms_db(out, 11, 18) + 15.0);
	assert_true(ear_rms_db(out, 20.61, 30) < -200.0);
	assert_true(ear_rms_db(out, 31, 34) > -30.0);
	free(out);
	free(alone);
	mixer_destroy(m);
	mixer_destroy(lone);
	bank_destroy(bank);
}

#define SCENE_MINUTES 3

/* Scenes anywhere in the varied minute, half a second to three apart. */
static size_t restless(struct sound *s, uint64_t seed)
{
	static struct queue q;
	size_t n = 0;

	queue_init(&q);
	varied_push(&q);
	for (const struct sound *next; (next = queue_peek(&q)); queue_pop(&q))
		s[n++] = *next;
	for (double t = 0.3; t < 57.0; t += 0.5 + 2.5 * test_uniform(&seed)) {
		struct sound_scene *scene =
			&cue_at(&s[n++], t, SOUND_SCENE)->scene;

		scene->pacer = test_random(&seed) % SOUND_PACERS;
		scene->bed = test_random(&seed) % SOUND_BEDS;
		scene->heard = test_random(&seed) % (2 * SOUND_HEARDS);
		if (scene->heard >= SOUND_HEARDS)
			scene->heard = SOUND_HEARD_ALL;
		scene->gentle = test_random(&seed) % 3 == 0;
	}
	cue_sort(s, n);
	return n;
}

static void however_scenes_follow_one_another_nothing_clicks(void **state)
{
	struct bank *bank = varied_bank();
	struct sound s[2 * QUEUE_SIZE];

	(void)state;
	for (uint64_t seed = 1; seed <= SCENE_MINUTES; seed++) {
		const struct mixer_config config = varied_mixing(bank);
		size_t n = restless(s, seed), pushed = 0;
		struct mixer *m;
		float *out;

		assert_int_equal(mixer_create(&m, &config), 0);
		while (pushed < n && queue_push(mixer_queue(m), &s[pushed]))
			pushed++;
		assert_int_equal(pushed, n);
		out = ear_render(m, VARIED_SECONDS);
		assert_int_equal(mixer_late(m), 0);
		assert_true(ear_click(out, 0, VARIED_SECONDS, 1e-4f) < 6.0);
		free(out);
		mixer_destroy(m);
	}
	bank_destroy(bank);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_pacer_voice_is_at_minus_32_lufs),
		T(every_bed_is_at_minus_40_lufs_and_none_is_silent),
		T(no_noise_comes_round_again_within_two_minutes),
		T(the_sea_comes_in_with_the_breath),
		T(the_bed_follows_calm_slowly_and_subtly),
		T(another_bed_fades_over_without_a_step),
		T(one_key_leaves_the_breath_alone_and_one_nothing),
		T(however_scenes_follow_one_another_nothing_clicks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
