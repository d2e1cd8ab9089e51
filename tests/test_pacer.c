/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/mixer.h"
#include "audio/pacer.h"
#include "tests/helpers/test.h"

#define RATE    48000
#define BREATHS 200
#define CHUNK   64

static const enum sound_pacer heard_voices[] = {
	SOUND_PACER_TONE, SOUND_PACER_BREATH, SOUND_PACER_BOW};

#define VOICES (sizeof(heard_voices) / sizeof(*heard_voices))

/* Rates and ratios 3 to 20 a minute, 30 to 60 % in. */
static struct pacer_breath breath_at(double rate_hz, uint64_t *random)
{
	struct pacer_breath b = {0};

	b.frames = (uint32_t)(60.0 / (3.0 + 17.0 * test_uniform(random)) *
	                      rate_hz);
	b.inhale = (uint32_t)((0.3 + 0.3 * test_uniform(random)) * b.frames);
	return b;
}

static struct pacer_breath random_breath(uint64_t *random)
{
	return breath_at(RATE, random);
}

static void begin(struct pacer *p, uint64_t frame, uint32_t frames,
                  uint32_t inhale)
{
	const struct pacer_breath b = {.frames = frames, .inhale = inhale};

	pacer_begin(p, frame, &b);
}

/* --- the onset ------------------------------------------------------------ */

static void a_breath_begins_at_its_frame_and_peaks_at_the_turn(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, RATE, 1);
	begin(&p, 1000, 5 * RATE, 2 * RATE);
	assert_true(pacer_at(&p, 999).level == 0.0f);
	assert_true(pacer_at(&p, 1000).level == 0.0f);
	assert_true(pacer_at(&p, 1001).level > 0.0f);
	assert_true(pacer_at(&p, 1000 + 2 * RATE).level == 1.0f);
	assert_true(pacer_at(&p, 1000 + 2 * RATE).bright == 1.0f);
	assert_true(pacer_at(&p, 999 + 5 * RATE).level > 0.0f);
	assert_true(pacer_at(&p, 1000 + 5 * RATE).level == 0.0f);
}

static void
with_pauses_it_stands_still_at_the_top_and_is_silent_below(void **state)
{
	const struct pacer_breath b = {16 * RATE, 4 * RATE, 4 * RATE, 4 * RATE};
	struct pacer p;

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_begin(&p, 0, &b);
	assert_true(pacer_at(&p, 3 * RATE).bright < 1.0f);
	for (uint64_t f = 4 * RATE; f <= 8 * RATE; f += 1000) {
		assert_true(pacer_at(&p, f).level == 1.0f);
		assert_true(pacer_at(&p, f).bright == 1.0f);
	}
	assert_true(pacer_at(&p, 9 * RATE).bright < 1.0f);
	assert_true(pacer_at(&p, 12 * RATE - 1).level > 0.0f);
	for (uint64_t f = 12 * RATE; f < 16 * RATE; f += 1000)
		assert_true(pacer_at(&p, f).level == 0.0f);
}

static struct mixer *mixer_with(unsigned rate_hz, enum sound_pacer voice,
                                enum sound_bed bed)
{
	struct mixer_config config = {.rate_hz = rate_hz, .seed = 11};
	struct mixer *m;

	config.scene.pacer = voice;
	config.scene.bed = bed;
	assert_int_equal(mixer_create(&m, &config), 0);
	return m;
}

static void push_breath(struct mixer *m, uint64_t frame,
                        const struct pacer_breath *b)
{
	struct sound s = {.frame = frame, .kind = SOUND_BREATH};

	s.breath.frames = b->frames;
	s.breath.inhale_frames = b->inhale;
	s.breath.top_frames = b->top;
	s.breath.bottom_frames = b->bottom;
	assert_true(queue_push(mixer_queue(m), &s));
}

/* A schedule of breaths, and what must be heard of it: silence before the
 * first, and then exactly one zero where two breaths meet. */
struct schedule {
	uint64_t onset[BREATHS + 1];
	struct pacer_breath breath[BREATHS + 1];
	int n;
};

static void assert_onsets(enum sound_pacer voice, const struct schedule *s)
{
	struct mixer *m = mixer_with(RATE, voice, SOUND_BED_NONE);
	float out[2 * 480], before = 0.0f;
	uint64_t at = 0;
	int pushed = 0, met = 0;

	while (met < s->n) {
		for (; pushed < s->n && s->onset[pushed] < at + RATE; pushed++)
			push_breath(m, s->onset[pushed], &s->breath[pushed]);
		mixer_render(m, out, 480);
		for (int k = 0; k < 480 && met < s->n; k++) {
			uint64_t f = at + (uint64_t)k;
			float x = out[2 * k];

			if (f < s->onset[0])
				assert_true(x == 0.0f);
			if (f == s->onset[met]) {
				assert_true(x == 0.0f);
				assert_true(!met || before != 0.0f);
			}
			if (f == s->onset[met] + 1) {
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

static void
each_of_200_onsets_is_on_its_sample_though_each_breath_differs(void **state)
{
	struct schedule s = {.n = BREATHS};
	uint64_t random = 3, next = RATE + 17;

	(void)state;
	for (int i = 0; i < s.n; i++) {
		s.breath[i] = random_breath(&random);
		s.breath[i].frames /= 8; /* quicker, for the test's sake */
		s.breath[i].inhale /= 8;
		s.onset[i] = next;
		next += s.breath[i].frames;
	}
	for (size_t v = 0; v < VOICES; v++)
		assert_onsets(heard_voices[v], &s);
}

/* The schedule in closed form: at a rate r + g t breaths have passed by
 * r t + g t^2 / 2; each breath begins at the frame nearest to its time. */
static double glide_s(double breaths)
{
	const double r = 15.0 / 60.0, g = (5.5 - 15.0) / 60.0 / 600.0;

	return (-r + sqrt(r * r + 2.0 * g * breaths)) / g;
}

static void
each_onset_is_on_its_sample_while_the_rate_glides_from_15_to_5(void **state)
{
	struct schedule s = {.n = 0};

	(void)state;
	while (glide_s(s.n + 1) < 600.0) {
		uint64_t from = (uint64_t)llround(glide_s(s.n) * RATE);
		uint64_t to = (uint64_t)llround(glide_s(s.n + 1) * RATE);

		s.onset[s.n] = from + RATE;
		s.breath[s.n].frames = (uint32_t)(to - from);
		s.breath[s.n].inhale = (uint32_t)((to - from) * 2 / 5);
		s.n++;
	}
	assert_int_equal(s.n, 102); /* (15 + 5.5) / 2 a minute, ten minutes */
	assert_onsets(SOUND_PACER_TONE, &s);
}

static void without_a_command_a_breath_repeats_with_its_length(void **state)
{
	struct pacer p;
	float x[2 * CHUNK];

	(void)state;
	pacer_init(&p, RATE, 1);
	begin(&p, 0, 3 * RATE + 1, RATE);
	for (uint64_t f = 0; f < 10 * RATE; f += CHUNK)
		assert_true(pacer_render(&p, f, x, CHUNK));
	assert_int_equal(p.start, 3 * (3 * RATE + 1));
}

static void told_to_end_it_finishes_its_breath_and_is_silent(void **state)
{
	struct pacer p;
	float x[2 * CHUNK];
	uint64_t last = 0, length = 4 * RATE + 11;

	(void)state;
	pacer_init(&p, RATE, 1);
	begin(&p, 0, (uint32_t)length, 2 * RATE);
	for (uint64_t f = 0; f < 2 * length; f += CHUNK) {
		if (f == CHUNK * 100)
			pacer_end(&p);
		if (!pacer_render(&p, f, x, CHUNK))
			continue;
		for (uint64_t i = 0; i < CHUNK; i++)
			if (x[2 * i] != 0.0f)
				last = f + i;
	}
	assert_int_equal(last, length - 1);
}

static void what_is_no_breath_is_ignored(void **state)
{
	const struct pacer_breath paused = {RATE, RATE / 2, RATE / 4, RATE / 4};
	struct pacer p;

	(void)state;
	pacer_init(&p, RATE, 1);
	begin(&p, 0, 0, 0);
	assert_false(p.on);
	begin(&p, 0, RATE, 0);
	assert_false(p.on);
	begin(&p, 0, RATE, RATE);
	assert_false(p.on);
	begin(&p, 0, RATE / 20, RATE / 40);
	assert_false(p.on);
	pacer_begin(&p, 0, &paused); /* no time to breathe out */
	assert_false(p.on);
	begin(&p, 0, UINT32_MAX, UINT32_MAX - 1);
	assert_true(p.on);
}

static void a_silent_pacer_is_silent_and_keeps_time(void **state)
{
	struct pacer p;
	float x[2 * CHUNK];

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_voice(&p, SOUND_PACER_SILENT, false);
	begin(&p, 0, 3 * RATE, RATE);
	for (uint64_t f = 0; f < 7 * RATE; f += CHUNK) {
		if (!pacer_render(&p, f, x, CHUNK))
			continue;
		for (int i = 0; i < 2 * CHUNK; i++)
			assert_true(x[i] == 0.0f);
	}
	assert_int_equal(p.start, 6 * RATE);
}

static void another_voice_begins_with_the_next_breath(void **state)
{
	struct pacer p;
	float x[2 * CHUNK];

	(void)state;
	pacer_init(&p, RATE, 1);
	begin(&p, 0, 4 * RATE, 2 * RATE);
	for (uint64_t f = 0; f < 8 * RATE; f += CHUNK) {
		if (f == RATE)
			pacer_voice(&p, SOUND_PACER_BOW, false);
		pacer_render(&p, f, x, CHUNK);
		assert_int_equal(p.voice, f + CHUNK <= 4 * RATE
		                                  ? SOUND_PACER_TONE
		                                  : SOUND_PACER_BOW);
	}
}

/* --- the sound ------------------------------------------------------------ */

/* What a voice may do from one sample to the next; a cut at full level is a
 * multiple of that. Noise moves most. */
#define STEP_MAX 0.012f

static void a_breath_cut_short_never_clicks(void **state)
{
	struct pacer p;
	float x[2 * CHUNK], before = 0.0f, most = 0.0f, level = 0.0f;
	uint64_t random = 5, next = 0;
	int cuts = 0;

	(void)state;
	pacer_init(&p, RATE, 1);
	for (uint64_t f = 0; f < 120 * RATE; f += CHUNK) {
		if (f >= next) { /* anywhere in the breath before */
			struct pacer_breath b = random_breath(&random);

			pacer_voice(&p, cuts % SOUND_PACER_SILENT, cuts & 1);
			cuts++;
			pacer_begin(&p, f, &b);
			assert_near(pacer_at(&p, f).level, level, 1e-3);
			next = f + (uint64_t)(test_uniform(&random) * b.frames);
		}
		pacer_render(&p, f, x, CHUNK);
		for (int i = 0; i < CHUNK; i++) {
			most = fmaxf(most, fabsf(x[2 * i] - before));
			before = x[2 * i];
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
	begin(&p, 0, 10 * RATE, 4 * RATE);
	for (uint64_t f = RATE / 2; f < 10 * RATE - RATE * 7 / 10; f++)
		least = fminf(least, pacer_at(&p, f).level);
	assert_true(least >= 0.5f);
}

static void gentle_onsets_take_half_a_second_then_1_db_a_second(void **state)
{
	struct pacer p;
	uint64_t random = 12;

	(void)state;
	pacer_init(&p, RATE, 1);
	pacer_voice(&p, SOUND_PACER_TONE, true);
	for (int i = 0; i < 50; i++) {
		struct pacer_breath b = random_breath(&random);
		float before = 0.0f;

		p.on = false;
		pacer_begin(&p, 0, &b);
		for (uint64_t f = 0; f < b.frames; f += RATE / 100) {
			float now = pacer_at(&p, f).level, step = now - before;

			/* the steepest place of the S: 1.5 over its length */
			assert_true(step <= 1.51f * 0.01f / 0.4f);
			if (f > RATE / 2 && step > 0.0f)
				assert_true(20 * log10f(now / before) <= 0.01f);
			before = now;
		}
	}
}

/* --- in or out? ----------------------------------------------------------- */

/* Half the rate, for the test's sake: what tells lies far below. */
#define HALF    24000
#define WINDOWS 10
#define WINDOW  (HALF / 10)
#define MEAN    6 /* frames: what is above 2 kHz is left out */

struct sight {
	double level_db, centroid;
};

/* Level, and the centroid of the spectrum's power by its second moment: how
 * much the wave moves against how large it is. */
static struct sight look(const float *x, int n)
{
	double power = 0.0, low = 0.0, moved = 0.0, before = 0.0;

	for (int i = 0; i < n; i += MEAN) {
		double now = 0.0;

		for (int k = i; k < i + MEAN; k++) {
			now += (double)x[2 * k];
			power += (double)x[2 * k] * (double)x[2 * k];
		}
		low += now * now;
		moved += i ? (now - before) * (now - before) : 0.0;
		before = now;
	}
	return (struct sight){10.0 * log10(power), 5.0 * log10(moved / low)};
}

/* The classifier: 1 in, -1 out, 0 cannot tell. It hears one phase between its
 * edges and knows nothing of the pacer. */
static int in_or_out(const float *x, uint32_t frames)
{
	uint32_t skip = (uint32_t)(PACER_FADE_S * HALF), room;
	double level = 0.0, bright = 0.0;

	if (skip > frames * 35 / 100)
		skip = frames * 35 / 100;
	room = frames - 2 * skip > WINDOW ? frames - 2 * skip - WINDOW : 0;
	for (int i = 0; i < WINDOWS; i++) {
		double away = i - 0.5 * (WINDOWS - 1);
		struct sight s = look(
			x + 2 * (skip + room * (uint32_t)i / (WINDOWS - 1)),
			WINDOW);

		level += away * s.level_db;
		bright += away * s.centroid;
	}
	if (level > 0.0 && bright > 0.0)
		return 1;
	return level < 0.0 && bright < 0.0 ? -1 : 0;
}

/* The first breath is left out: the pacer is still coming in. */
static void assert_told_apart(enum sound_pacer voice, enum sound_bed bed)
{
	struct pacer_breath b = {.frames = 5 * HALF, .inhale = 2 * HALF}, next;
	struct mixer *m = mixer_with(HALF, voice, bed);
	float *out = malloc(sizeof(*out) * 2 * 21 * HALF);
	uint64_t random = 9;

	assert_non_null(out);
	mixer_thread_init();
	push_breath(m, 4 * HALF, &b);
	mixer_render(m, out, 4 * HALF);
	for (int i = 0; i <= BREATHS; i++, b = next) {
		next = breath_at(HALF, &random);
		push_breath(m, mixer_frame(m) + b.frames, &next);
		mixer_render(m, out, b.frames);
		if (!i)
			continue;
		assert_int_equal(in_or_out(out, b.inhale), 1);
		assert_int_equal(in_or_out(out + 2 * (size_t)b.inhale,
		                           b.frames - b.inhale),
		                 -1);
	}
	assert_int_equal(mixer_late(m), 0);
	free(out);
	mixer_destroy(m);
}

static void in_and_out_are_told_apart_in_200_of_200_breaths(void **state)
{
	(void)state;
	for (size_t v = 0; v < VOICES; v++)
		assert_told_apart(heard_voices[v], SOUND_BED_NONE);
}

static void and_over_the_bed_in_200_of_200(void **state)
{
	(void)state;
	for (size_t v = 0; v < VOICES; v++)
		assert_told_apart(heard_voices[v], SOUND_BED_BROWN);
}

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

/* The fifth over the tone's note, against the note, in 200 ms up to @at. */
static double fifth_db(const float *stereo, const struct pacer *p, uint64_t at)
{
	const int n = RATE / 5;
	double bright = (double)pacer_at(p, at - (uint64_t)n / 2).bright;
	double hz = PACER_TONE_HZ * (1.0 + 0.122 * bright);
	const float *x = stereo + 2 * (at - (uint64_t)n);

	return 10.0 * log10(power_at(x, n, 1.5 * hz) / power_at(x, n, hz));
}

static void the_turn_and_the_end_are_heard_before_they_come(void **state)
{
	float *out = malloc(sizeof(*out) * 2 * 10 * RATE);
	struct pacer p;

	(void)state;
	assert_non_null(out);
	pacer_init(&p, RATE, 1);
	begin(&p, 0, 10 * RATE, 5 * RATE);
	for (uint64_t f = 0; f < 10 * RATE; f += CHUNK)
		assert_true(pacer_render(&p, f, out + 2 * f, CHUNK));
	assert_true(fifth_db(out, &p, 5 * RATE) >
	            fifth_db(out, &p, 4 * RATE) + 10.0);
	/* and the rise has slowed to half of its mean */
	assert_true(pacer_at(&p, 5 * RATE).bright -
	                    pacer_at(&p, 19 * RATE / 4).bright <
	            0.6f * 0.05f);
	assert_true(pacer_at(&p, 99 * RATE / 10).level <
	            0.1f * pacer_at(&p, 9 * RATE).level);
	free(out);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_breath_begins_at_its_frame_and_peaks_at_the_turn),
		T(with_pauses_it_stands_still_at_the_top_and_is_silent_below),
		T(each_of_200_onsets_is_on_its_sample_though_each_breath_differs),
		T(each_onset_is_on_its_sample_while_the_rate_glides_from_15_to_5),
		T(without_a_command_a_breath_repeats_with_its_length),
		T(told_to_end_it_finishes_its_breath_and_is_silent),
		T(what_is_no_breath_is_ignored),
		T(a_silent_pacer_is_silent_and_keeps_time),
		T(another_voice_begins_with_the_next_breath),
		T(a_breath_cut_short_never_clicks),
		T(between_onset_and_end_the_level_moves_by_6_db_at_most),
		T(gentle_onsets_take_half_a_second_then_1_db_a_second),
		T(in_and_out_are_told_apart_in_200_of_200_breaths),
		T(and_over_the_bed_in_200_of_200),
		T(the_turn_and_the_end_are_heard_before_they_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
