/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "audio/mixer.h"
#include "audio/pacer.h"
#include "tests/helpers/test.h"

#define RATE    48000
#define BREATHS 200
#define CHUNK   64

/* Rates and ratios 3 to 20 a minute, 30 to 60 % in. */
static void random_breath(uint64_t *random, uint32_t *frames, uint32_t *inhale)
{
	*frames = (uint32_t)((3.0 + 17.0 * test_uniform(random)) * RATE);
	*inhale = (uint32_t)((0.3 + 0.3 * test_uniform(random)) * *frames);
}

/* --- the onset ------------------------------------------------------------ */

static void a_breath_begins_at_its_frame_and_peaks_at_the_turn(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 1000, 5 * RATE, 2 * RATE);
	assert_true(pacer_at(&p, 999).level == 0.0f);
	assert_true(pacer_at(&p, 1000).level == 0.0f);
	assert_true(pacer_at(&p, 1001).level > 0.0f);
	assert_true(pacer_at(&p, 1000 + 2 * RATE).level == 1.0f);
	assert_true(pacer_at(&p, 1000 + 2 * RATE).bright == 1.0f);
	assert_true(pacer_at(&p, 999 + 5 * RATE).level > 0.0f);
	assert_true(pacer_at(&p, 1000 + 5 * RATE).level == 0.0f);
}

/* What the ear gets: exactly one zero where two breaths meet. */
static void
each_of_200_onsets_is_on_its_sample_though_each_breath_differs(void **state)
{
	struct mixer_config config = {.rate_hz = RATE};
	uint64_t random = 3, onset[BREATHS + 1], at = 0, next = 0;
	struct sound s = {.kind = SOUND_LEVELS};
	struct mixer *m;
	float out[2 * 480], before = 0.0f;
	int i = 0, met = 0;

	(void)state;
	assert_int_equal(mixer_create(&m, &config), 0);
	s.levels.bed_db = -200.0f;
	assert_true(queue_push(mixer_queue(m), &s));
	onset[0] = next = RATE + 17;
	while (met <= BREATHS) {
		while (i <= BREATHS && next < at + RATE) {
			uint32_t frames, inhale;

			random_breath(&random, &frames, &inhale);
			frames /= 8; /* quicker, for the test's sake */
			s = (struct sound){.frame = next, .kind = SOUND_BREATH};
			s.breath.frames = frames;
			s.breath.inhale_frames = inhale / 8;
			assert_true(queue_push(mixer_queue(m), &s));
			onset[i++] = next;
			next += frames;
		}
		mixer_render(m, out, 480);
		for (int k = 0; k < 480 && met <= BREATHS; k++) {
			uint64_t f = at + (uint64_t)k;
			float x = out[2 * k];

			if (f >= RATE && f < onset[0])
				assert_true(x == 0.0f);
			if (f == onset[met]) {
				assert_true(x == 0.0f);
				assert_true(!met || before != 0.0f);
			}
			if (f == onset[met] + 1) {
				assert_true(x != 0.0f);
				met++;
			}
			before = x;
		}
		at += 480;
	}
	assert_int_equal(mixer_late(m), 0);
	mixer_destroy(m);
}

static void without_a_command_a_breath_repeats_with_its_length(void **state)
{
	struct pacer p;
	float l[CHUNK], r[CHUNK];

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 0, 3 * RATE + 1, RATE);
	for (uint64_t f = 0; f < 10 * RATE; f += CHUNK)
		assert_true(pacer_render(&p, f, l, r, CHUNK));
	assert_int_equal(p.start, 3 * (3 * RATE + 1));
}

static void told_to_end_it_finishes_its_breath_and_is_silent(void **state)
{
	struct pacer p;
	float l[CHUNK], r[CHUNK];
	uint64_t last = 0, length = 4 * RATE + 11;

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 0, (uint32_t)length, 2 * RATE);
	for (uint64_t f = 0; f < 2 * length; f += CHUNK) {
		if (f == CHUNK * 100)
			pacer_end(&p);
		if (!pacer_render(&p, f, l, r, CHUNK))
			continue;
		for (uint64_t i = 0; i < CHUNK; i++)
			if (l[i] != 0.0f)
				last = f + i;
	}
	assert_int_equal(last, length - 1);
}

static void what_is_no_breath_is_ignored(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 0, 0, 0);
	assert_false(p.on);
	pacer_begin(&p, 0, RATE, 0);
	assert_false(p.on);
	pacer_begin(&p, 0, RATE, RATE);
	assert_false(p.on);
	pacer_begin(&p, 0, RATE / 20, RATE / 40);
	assert_false(p.on);
	pacer_begin(&p, 0, UINT32_MAX, UINT32_MAX - 1);
	assert_true(p.on);
}

/* --- the sound ------------------------------------------------------------ */

/* The tone's four partials, 880 Hz at most, and the noise: what they may do
 * from one sample to the next. A cut at full level is twice that. */
#define STEP_MAX 0.015f

static void a_breath_cut_short_never_clicks(void **state)
{
	struct pacer p;
	float l[CHUNK], r[CHUNK], before = 0.0f, most = 0.0f, level = 0.0f;
	uint64_t random = 5, next = 0;

	(void)state;
	pacer_init(&p, RATE, 1);
	for (uint64_t f = 0; f < 60 * RATE; f += CHUNK) {
		if (f >= next) { /* anywhere in the breath before */
			uint32_t frames, inhale;

			random_breath(&random, &frames, &inhale);
			pacer_begin(&p, f, frames, inhale);
			assert_near(pacer_at(&p, f).level, level, 1e-3);
			next = f + (uint64_t)(test_uniform(&random) * frames);
		}
		assert_true(pacer_render(&p, f, l, r, CHUNK));
		for (int i = 0; i < CHUNK; i++) {
			most = fmaxf(most, fabsf(l[i] - before));
			before = l[i];
		}
		level = pacer_at(&p, f + CHUNK).level;
	}
	assert_true(most < STEP_MAX);
	assert_true(most > STEP_MAX / 10); /* the bound is no idle one */
}

static void between_onset_and_end_the_level_moves_by_6_db_at_most(void **state)
{
	struct pacer p;
	float least = 1.0f;

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 0, 10 * RATE, 4 * RATE);
	for (uint64_t f = RATE / 2; f < 10 * RATE - RATE / 2; f++)
		least = fminf(least, pacer_at(&p, f).level);
	assert_true(least >= 0.5f);
}

/* --- in or out? ----------------------------------------------------------- */

#define WINDOWS 12
#define WINDOW  2400 /* 50 ms */
#define BINS    24
#define LOW_HZ  120.0
#define UP      1.14 /* from bin to bin; the last is at 2.4 kHz */

/* Source: G. Goertzel, Am. Math. Monthly 65 (1958) 34. */
static double power_at(const float *x, int n, double hz)
{
	double c = 2.0 * cos(2.0 * M_PI * hz / RATE), s1 = 0.0, s2 = 0.0;

	for (int i = 0; i < n; i++) {
		double s = (double)x[2 * i] + c * s1 - s2;

		s2 = s1;
		s1 = s;
	}
	return s1 * s1 + s2 * s2 - c * s1 * s2;
}

/* The second partial against the first, 100 ms from @at on. */
static double overtone_db(const float *stereo, const struct pacer *p,
                          uint64_t at)
{
	double bright = (double)pacer_at(p, at + RATE / 20).bright;
	double hz = PACER_TONE_HZ * (1.0 + (PACER_RISE - 1.0) * bright);
	const float *x = stereo + 2 * at;

	return 10.0 * log10(power_at(x, RATE / 10, 2.0 * hz) /
	                    power_at(x, RATE / 10, hz));
}

/* So that in and out differ in timbre, whatever the pitch does. */
static void
overtones_come_in_by_10_db_with_the_breath_and_go_with_it(void **state)
{
	float l[CHUNK], r[CHUNK], *out = malloc(sizeof(*out) * 2 * 20 * RATE);
	struct pacer p;
	double low, turn, last;

	(void)state;
	assert_non_null(out);
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 0, 20 * RATE, 10 * RATE);
	for (uint64_t f = 0; f < 20 * RATE; f += CHUNK) {
		assert_true(pacer_render(&p, f, l, r, CHUNK));
		for (size_t i = 0; i < CHUNK; i++)
			out[2 * (f + i)] = l[i];
	}
	low = overtone_db(out, &p, RATE / 2);
	turn = overtone_db(out, &p, 10 * RATE);
	last = overtone_db(out, &p, 19 * RATE);
	assert_true(turn > low + 10.0);
	assert_true(turn > last + 10.0);
	free(out);
}

static double centroid(const float *x, int n)
{
	double sum = 0.0, weighted = 0.0, hz = LOW_HZ;

	for (int k = 0; k < BINS; k++, hz *= UP) {
		double power = hz * power_at(x, n, hz); /* bins widen with hz */

		sum += power;
		weighted += power * log(hz);
	}
	return weighted / sum;
}

static double level_of(const float *x, int n)
{
	double sum = 0.0;

	for (int i = 0; i < n; i++)
		sum += (double)x[2 * i] * (double)x[2 * i];
	return 10.0 * log10(sum / n);
}

static double slope(const double *y, int n)
{
	double sum = 0.0;

	for (int i = 0; i < n; i++)
		sum += y[i] * (i - 0.5 * (n - 1));
	return sum;
}

/* The classifier: 1 in, -1 out, 0 cannot tell. It hears one phase between its
 * edges and knows nothing of the pacer. */
static int in_or_out(const float *x, uint32_t frames)
{
	uint32_t skip = (uint32_t)(PACER_EDGE_S * RATE), room;
	double loud[WINDOWS], bright[WINDOWS];

	if (skip > frames * 45 / 100)
		skip = frames * 45 / 100;
	room = frames - 2 * skip > WINDOW ? frames - 2 * skip - WINDOW : 0;
	for (int i = 0; i < WINDOWS; i++) {
		const float *w =
			x + 2 * (skip + room * (uint32_t)i / (WINDOWS - 1));

		loud[i] = level_of(w, WINDOW);
		bright[i] = centroid(w, WINDOW);
	}
	if (slope(loud, WINDOWS) > 0.0 && slope(bright, WINDOWS) > 0.0)
		return 1;
	if (slope(loud, WINDOWS) < 0.0 && slope(bright, WINDOWS) < 0.0)
		return -1;
	return 0;
}

static void
in_and_out_are_told_apart_in_200_of_200_breaths_over_the_bed(void **state)
{
	struct mixer_config config = {.rate_hz = RATE, .seed = 11};
	uint64_t random = 9;
	struct mixer *m;
	float *out = malloc(sizeof(*out) * 2 * 21 * RATE);

	(void)state;
	assert_non_null(out);
	assert_int_equal(mixer_create(&m, &config), 0);
	mixer_render(m, out, 5 * RATE);
	for (int i = 0; i < BREATHS; i++) {
		struct sound s = {.frame = mixer_frame(m) + RATE,
		                  .kind = SOUND_BREATH};

		random_breath(&random, &s.breath.frames,
		              &s.breath.inhale_frames);
		assert_true(queue_push(mixer_queue(m), &s));
		mixer_render(m, out, RATE);
		mixer_render(m, out, s.breath.frames);
		assert_int_equal(in_or_out(out, s.breath.inhale_frames), 1);
		assert_int_equal(
			in_or_out(out + 2 * (size_t)s.breath.inhale_frames,
		                  s.breath.frames - s.breath.inhale_frames),
			-1);
	}
	free(out);
	mixer_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_breath_begins_at_its_frame_and_peaks_at_the_turn),
		cmocka_unit_test(
			each_of_200_onsets_is_on_its_sample_though_each_breath_differs),
		cmocka_unit_test(
			without_a_command_a_breath_repeats_with_its_length),
		cmocka_unit_test(
			told_to_end_it_finishes_its_breath_and_is_silent),
		cmocka_unit_test(what_is_no_breath_is_ignored),
		cmocka_unit_test(a_breath_cut_short_never_clicks),
		cmocka_unit_test(
			between_onset_and_end_the_level_moves_by_6_db_at_most),
		cmocka_unit_test(
			overtones_come_in_by_10_db_with_the_breath_and_go_with_it),
		cmocka_unit_test(
			in_and_out_are_told_apart_in_200_of_200_breaths_over_the_bed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
