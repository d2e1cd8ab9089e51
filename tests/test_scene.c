/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <ebur128.h>
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/mixer.h"
#include "audio/music.h"
#include "tests/helpers/test.h"

/* What is heard, and how: pacers, beds, music, migraine mode, one key. */

#define RATE 48000
#define OFF  (-200.0f)
#define LEAD (MIXER_VOICE_LEAD_MS / 1000.0)

/* --- helpers -------------------------------------------------------------- */

static struct mixer *mixer_of(const struct sound_scene *scene,
                              const struct bank *bank, struct music *music)
{
	struct mixer_config config = {.rate_hz = RATE,
	                              .seed = 3,
	                              .bank = bank,
	                              .music = music,
	                              .scene = *scene};
	struct mixer *m;

	assert_int_equal(mixer_create(&m, &config), 0);
	return m;
}

static struct sound *at(struct sound *s, double t_s, enum sound_kind kind)
{
	*s = (struct sound){.frame = (uint64_t)(t_s * RATE), .kind = kind};
	return s;
}

static void push(struct mixer *m, const struct sound *s)
{
	assert_true(queue_push(mixer_queue(m), s));
}

static void push_breath(struct mixer *m, double t_s, double period_s)
{
	struct sound s;

	at(&s, t_s, SOUND_BREATH)->breath.frames = (uint32_t)(period_s * RATE);
	s.breath.inhale_frames = s.breath.frames * 2 / 5;
	push(m, &s);
}

static void push_scene(struct mixer *m, double t_s,
                       const struct sound_scene *scene)
{
	struct sound s;

	at(&s, t_s, SOUND_SCENE)->scene = *scene;
	push(m, &s);
}

static void push_say(struct mixer *m, double t_s, uint32_t clip)
{
	struct sound s;

	at(&s, t_s, SOUND_SAY)->say.clip = clip;
	push(m, &s);
}

static float *render(struct mixer *m, double s)
{
	size_t frames = (size_t)(s * RATE);
	float *out = malloc(frames * 2 * sizeof(*out));

	assert_non_null(out);
	mixer_thread_init();
	for (size_t f = 0; f < frames; f += 960) {
		mixer_prepare(m);
		mixer_render(m, out + 2 * f,
		             frames - f < 960 ? frames - f : 960);
	}
	return out;
}

static double rms_db(const float *out, double from_s, double to_s)
{
	size_t from = 2 * (size_t)(from_s * RATE);
	size_t to = 2 * (size_t)(to_s * RATE);
	double sum = 0.0;

	for (size_t i = from; i < to; i++)
		sum += (double)out[i] * (double)out[i];
	return 10.0 * log10(sum / (double)(to - from) + 1e-30);
}

static double lufs(const float *out, double from_s, double to_s)
{
	ebur128_state *e = ebur128_init(2, RATE, EBUR128_MODE_I);
	size_t from = (size_t)(from_s * RATE);
	double loudness;

	assert_non_null(e);
	assert_int_equal(ebur128_add_frames_float(e, out + 2 * from,
	                                          (size_t)(to_s * RATE) - from),
	                 0);
	assert_int_equal(ebur128_loudness_global(e, &loudness), 0);
	ebur128_destroy(&e);
	return loudness;
}

/* How bright: half the logarithm of how much the wave moves. */
static double brightness(const float *out, double from_s, double to_s)
{
	double power = 0.0, moved = 0.0;

	for (size_t i = (size_t)(from_s * RATE) + 1; i < (size_t)(to_s * RATE);
	     i++) {
		double now = (double)out[2 * i];
		double step = now - (double)out[2 * i - 2];

		power += now * now;
		moved += step * step;
	}
	return 0.5 * log2(moved / power);
}

static double correlation(const float *a, const float *b, size_t n)
{
	double ab = 0.0, aa = 0.0, bb = 0.0;

	for (size_t i = 0; i < n; i++) {
		ab += (double)a[2 * i] * (double)b[2 * i];
		aa += (double)a[2 * i] * (double)a[2 * i];
		bb += (double)b[2 * i] * (double)b[2 * i];
	}
	return ab / sqrt(aa * bb);
}

/* --- pacers and beds ------------------------------------------------------ */

static void every_pacer_voice_is_at_minus_32_lufs(void **state)
{
	(void)state;
	for (int v = 0; v < SOUND_PACER_SILENT; v++) {
		struct sound_scene scene = {.pacer = (enum sound_pacer)v,
		                            .bed = SOUND_BED_NONE};
		struct mixer *m = mixer_of(&scene, NULL, NULL);
		float *out;

		push_breath(m, 1, 10);
		out = render(m, 61);
		assert_near(lufs(out, 11, 61), -32.0, 1.0);
		free(out);
		mixer_destroy(m);
	}
}

static void every_bed_is_at_minus_40_lufs_and_none_is_silent(void **state)
{
	(void)state;
	for (int b = 0; b < SOUND_BEDS; b++) {
		struct sound_scene scene = {.bed = (enum sound_bed)b};
		struct mixer *m = mixer_of(&scene, NULL, NULL);
		float *out = render(m, 64);

		if (b == SOUND_BED_NONE || b == SOUND_BED_MUSIC)
			assert_true(rms_db(out, 0, 64) < -200.0);
		else
			assert_near(lufs(out, 4, 64), -40.0, 2.0);
		free(out);
		mixer_destroy(m);
	}
}

/* No stretch of two seconds is like another, at any shift looked at. */
static void no_bed_comes_round_again_within_two_minutes(void **state)
{
	(void)state;
	for (int b = 0; b < SOUND_BED_MUSIC; b++) {
		struct sound_scene scene = {.bed = (enum sound_bed)b};
		struct mixer *m;
		float *out;

		if (b ==
		    SOUND_BED_PAD) /* notes are like notes: by their drift */
			continue;
		m = mixer_of(&scene, NULL, NULL);
		out = render(m, 120);
		for (size_t f = 8 * RATE; f + 2 * RATE < 120 * RATE; f += 997)
			assert_true(fabs(correlation(out + 2 * 4 * RATE,
			                             out + 2 * f, RATE / 20)) <
			            0.9);
		free(out);
		mixer_destroy(m);
	}
}

static void the_sea_comes_in_with_the_breath(void **state)
{
	struct sound_scene scene = {.pacer = SOUND_PACER_SILENT,
	                            .bed = SOUND_BED_SEA};
	struct mixer *m = mixer_of(&scene, NULL, NULL);
	float *out;

	(void)state;
	push_breath(m, 1, 10);
	out = render(m, 91);
	for (int k = 1; k < 9; k++) {
		double begin = 1.0 + 10.0 * k;

		assert_true(rms_db(out, begin + 3.5, begin + 5.5) >
		            rms_db(out, begin - 1, begin + 1) + 3.0);
		assert_true(brightness(out, begin + 3.5, begin + 5.5) >
		            brightness(out, begin - 1, begin + 1) + 0.3);
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
			struct mixer *m = mixer_of(&scene, NULL, NULL);
			struct sound s;

			at(&s, 0.1, SOUND_CALM)->calm = (float)calm;
			push(m, &s);
			out[calm] = render(m, 120);
			mixer_destroy(m);
		}
		/* slowly: after two seconds hardly a change */
		assert_near(brightness(out[0], 1, 2), brightness(out[1], 1, 2),
		            0.1);
		assert_true(brightness(out[0], 80, 120) >
		            brightness(out[1], 80, 120) + 0.1);
		/* subtly: it gets neither loud nor silent */
		assert_near(lufs(out[0], 80, 120), lufs(out[1], 80, 120), 1.5);
		free(out[0]);
		free(out[1]);
	}
}

static void another_bed_fades_over_without_a_step(void **state)
{
	struct sound_scene scene = {.bed = SOUND_BED_PAD};
	struct mixer *m = mixer_of(&scene, NULL, NULL);
	float *out, most = 0.0f;

	(void)state;
	scene.bed = SOUND_BED_RAIN;
	push_scene(m, 10, &scene);
	out = render(m, 20);
	for (size_t i = 2 * 4 * RATE; i < 2 * 12 * RATE; i++)
		most = fmaxf(most, fabsf(out[i] - out[i - 2]));
	assert_true(most < 0.002f); /* of the pad, 0.02 high and slow */
	assert_true(rms_db(out, 12.9, 13.05) < rms_db(out, 8, 10) - 20.0);
	assert_true(rms_db(out, 17, 20) > rms_db(out, 8, 10) - 6.0);
	free(out);
	mixer_destroy(m);
}

/* --- one key -------------------------------------------------------------- */

static struct bank *flat_bank(double s)
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

static void one_key_leaves_the_breath_alone_and_one_nothing(void **state)
{
	struct bank *bank = flat_bank(30);
	struct sound_scene scene = {.bed = SOUND_BED_RAIN};
	struct mixer *m = mixer_of(&scene, bank, NULL), *lone;
	struct sound_scene bare = {.bed = SOUND_BED_NONE};
	float *out, *alone;

	(void)state;
	push_breath(m, 0.5, 10);
	push_say(m, 5, 0);
	scene.heard = SOUND_HEARD_BREATH;
	push_scene(m, 10, &scene);
	scene.heard = SOUND_HEARD_NOTHING;
	push_scene(m, 20, &scene);
	scene.heard = SOUND_HEARD_ALL;
	push_scene(m, 30, &scene);
	out = render(m, 34);
	lone = mixer_of(&bare, NULL, NULL);
	push_breath(lone, 0.5, 10);
	alone = render(lone, 34);
	/* the breath and nothing else, as ducked as before */
	assert_true(correlation(out + 2 * 11 * RATE, alone + 2 * 11 * RATE,
	                        8 * RATE) > 0.999999);
	assert_true(rms_db(out, 9, 10) > rms_db(out, 11, 18) + 15.0);
	assert_true(rms_db(out, 20.61, 30) < -200.0);
	assert_true(rms_db(out, 31, 34) > -30.0);
	free(out);
	free(alone);
	mixer_destroy(m);
	mixer_destroy(lone);
	bank_destroy(bank);
}

/* --- migraine mode -------------------------------------------------------- */

#define SESSION_S 240

/* Twelve minutes would show no more than five: all kinds of things happen. The
 * phrase is the worst there can be: it begins at full level, with all
 * harmonics up to 12 kHz, and is louder than speech. */
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

static int by_frame(const void *a, const void *b)
{
	const struct sound *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

static float *session(enum sound_pacer voice, bool gentle)
{
	struct sound_scene scene = {.pacer = voice, .gentle = gentle};
	struct bank *bank = harsh_bank();
	struct mixer *m = mixer_of(&scene, bank, NULL);
	struct sound s[32];
	size_t n = 0;
	float *out;

	at(&s[n++], 0.05, SOUND_CHIME);
	at(&s[n], 2, SOUND_BREATH)->breath.frames = 15 * RATE / 2;
	s[n++].breath.inhale_frames = 3 * RATE;
	for (int k = 0; k < 11; k++)
		at(&s[n++], 10 + 20 * k, SOUND_SAY);
	at(&s[n++], 61, SOUND_LEVELS)->levels.master_db = -12;
	at(&s[n++], 75, SOUND_LEVELS);
	at(&s[n++], 120, SOUND_PAUSE);
	at(&s[n++], 125, SOUND_RESUME);
	at(&s[n++], 202, SOUND_CHIME);
	qsort(s, n, sizeof(*s), by_frame);
	for (size_t i = 0; i < n; i++)
		push(m, &s[i]);
	out = render(m, SESSION_S);
	assert_int_equal(mixer_late(m), 0);
	mixer_destroy(m);
	bank_destroy(bank);
	return out;
}

#define FFT 4096

/* Source: J. Cooley and J. Tukey, Math. Comput. 19 (1965) 297. */
static void fft(double complex *x, size_t n)
{
	double complex even[FFT / 2], odd[FFT / 2];

	if (n == 1)
		return;
	for (size_t i = 0; i < n / 2; i++) {
		even[i] = x[2 * i];
		odd[i] = x[2 * i + 1];
	}
	fft(even, n / 2);
	fft(odd, n / 2);
	for (size_t i = 0; i < n / 2; i++) {
		double complex turned =
			cexp(-2.0 * I * M_PI * (double)i / (double)n) * odd[i];

		x[i] = even[i] + turned;
		x[i + n / 2] = even[i] - turned;
	}
}

/* Power above 3 kHz against *@ret_all, by windows of Hann's every second. */
static double above_3_khz_db(const float *out, double s, double *ret_all_db)
{
	const size_t from = 3000 * FFT / RATE + 3; /* the window's own width */
	double above = 0.0, all = 0.0;

	for (size_t f = 0; f + FFT < (size_t)(s * RATE); f += RATE / 2) {
		double complex x[FFT];

		for (size_t i = 0; i < FFT; i++)
			x[i] = (double)out[2 * (f + i)] *
			       (1.0 - cos(2.0 * M_PI * (double)i / FFT));
		fft(x, FFT);
		for (size_t i = 1; i < FFT / 2; i++) {
			double power = creal(x[i] * conj(x[i]));

			all += power;
			above += i >= from ? power : 0.0;
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
		double by = lufs(loud, 0, SESSION_S) - lufs(soft, 0, SESSION_S);
		double all, above = above_3_khz_db(soft, SESSION_S, &all);
		double all_before;
		double before = above_3_khz_db(loud, SESSION_S, &all_before);

		print_message("%s: %.1f LU softer; above 3 kHz %.1f dB of all, "
		              "%.1f dB of before\n",
		              sound_pacer_name((enum sound_pacer)v), by,
		              above - all, above - before);
		assert_true(by > 12.0 && by < 18.0);
		assert_true(above < all - 40.0);
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
		level[i] = pow(10.0, rms_db(out, (double)(i * step) / RATE,
		                            (double)((i + 1) * step) / RATE) /
		                             20.0);
	most = peak_rms(level, n);
	for (size_t i = 1; i < n; i++)
		/* and a little for the beat of partials and voice */
		assert_true(level[i] - level[i - 1] < 1.5 * SLOPE * most);
	free(out);
	free(level);
}

/* Louder again, back from a pause, up after a phrase: measured on a pacer that
 * stands still, in a pause at its top, so that nothing else moves. */
static void its_levels_rise_by_1_db_a_second_at_most(void **state)
{
	struct sound_scene scene = {.gentle = true};
	struct bank *bank = flat_bank(5);
	struct mixer *m = mixer_of(&scene, bank, NULL);
	struct sound s;
	double before = 0.0;
	float *out;

	(void)state;
	at(&s, 0.2, SOUND_BREATH)->breath.frames = 200 * RATE;
	s.breath.inhale_frames = RATE;
	s.breath.top_frames = 180 * RATE;
	push(m, &s);
	at(&s, 20, SOUND_LEVELS)->levels.master_db = -12;
	push(m, &s);
	push(m, at(&s, 25, SOUND_LEVELS));
	s = *at(&s, 45, SOUND_LEVELS);
	s.levels.voice_db = OFF; /* the phrase itself is not looked at */
	push(m, &s);
	push_say(m, 60, 0);
	push(m, at(&s, 90, SOUND_PAUSE));
	push(m, at(&s, 95, SOUND_RESUME));
	out = render(m, 120);
	for (int i = 18 * 4; i < 120 * 4; i++) {
		double now = rms_db(out, i / 4.0, i / 4.0 + 0.25);
		bool onset = i >= 95 * 4 && i < 96 * 4;

		if (i > 18 * 4 && !onset && before > -200.0)
			assert_true(now - before < 0.25 * 1.0 + 0.1);
		before = now;
	}
	/* and they do come back */
	assert_near(rms_db(out, 40, 44), rms_db(out, 17, 19.5), 0.3);
	assert_near(rms_db(out, 80, 89), rms_db(out, 17, 19.5), 0.3);
	assert_near(rms_db(out, 110, 119), rms_db(out, 17, 19.5), 0.3);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void it_has_no_chime_and_no_bed(void **state)
{
	struct sound_scene scene = {.gentle = true, .bed = SOUND_BED_RAIN};
	struct mixer *m = mixer_of(&scene, NULL, NULL);
	struct sound s;
	float *out;

	(void)state;
	push(m, at(&s, 1, SOUND_CHIME));
	out = render(m, 8);
	assert_true(rms_db(out, 0, 8) < -200.0);
	free(out);
	mixer_destroy(m);
}

static void it_can_be_turned_on_and_off_on_the_way(void **state)
{
	struct sound_scene scene = {.bed = SOUND_BED_NONE};
	struct mixer *m = mixer_of(&scene, NULL, NULL);
	float *out, most = 0.0f;

	(void)state;
	push_breath(m, 0.5, 5);
	scene.gentle = true;
	push_scene(m, 22, &scene);
	scene.gentle = false;
	push_scene(m, 42, &scene);
	out = render(m, 70);
	for (size_t i = 2; i < 2 * 70 * RATE; i++)
		most = fmaxf(most, fabsf(out[i] - out[i - 2]));
	assert_true(most < 0.012f);
	assert_near(rms_db(out, 25, 40) - rms_db(out, 5, 20),
	            (double)MIXER_GENTLE_DB, 2.5);
	assert_near(rms_db(out, 55, 70) - rms_db(out, 5, 20), 0, 0.5);
	free(out);
	mixer_destroy(m);
}

/* --- the person's own music ----------------------------------------------- */

static char *folder;

static int make_folder(void **state)
{
	(void)state;
	folder = test_scratch();
	return 0;
}

static int scrap_folder(void **state)
{
	(void)state;
	test_scrap(folder);
	return 0;
}

static const char *in_folder(const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* A chord that swells, in every channel its own note. */
static const char *make_music(const char *name, int format, int rate_hz,
                              int channels, double s, float gain)
{
	SF_INFO info = {
		.samplerate = rate_hz, .channels = channels, .format = format};
	SNDFILE *f = sf_open(in_folder(name), SFM_WRITE, &info);
	float frame[8];

	assert_non_null(f);
	for (int i = 0; i < (int)(s * rate_hz); i++) {
		for (int c = 0; c < channels; c++)
			frame[c] = gain *
			           (float)sin(2.0 * M_PI * (220.0 + 55.0 * c) *
			                      i / rate_hz);
		assert_int_equal(sf_writef_float(f, frame, 1), 1);
	}
	sf_close(f);
	return in_folder(name);
}

static void music_of_any_kind_is_brought_to_its_loudness(void **state)
{
	static const struct {
		const char *name;
		int format, rate_hz, channels;
		float gain;
	} kinds[] = {
		{"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, 0.9f},
		{"b.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 48000, 1, 0.05f},
		{"c.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22050, 2, 0.3f},
		{"d.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 192000, 8, 0.1f},
	};
	struct sound_scene scene = {.bed = SOUND_BED_MUSIC};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *path = make_music(
			kinds[i].name, kinds[i].format, kinds[i].rate_hz,
			kinds[i].channels, 12, kinds[i].gain);
		struct music *music;
		struct mixer *m;
		float *out;

		assert_int_equal(music_create(&music, path, RATE), 0);
		m = mixer_of(&scene, NULL, music);
		out = render(m, 40); /* the file three times */
		assert_near(lufs(out, 4, 40), MUSIC_LUFS, 1.5);
		for (int s = 4; s < 39; s++) /* and never a hole */
			assert_true(rms_db(out, s, s + 1) >
			            rms_db(out, 4, 40) - 5.0);
		assert_int_equal(music_missed(music), 0);
		free(out);
		mixer_destroy(m);
		music_destroy(music);
	}
}

static void music_in_a_thread_is_the_same_to_the_bit(void **state)
{
	struct sound_scene scene = {.bed = SOUND_BED_MUSIC};
	const char *path = make_music("x.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16,
	                              44100, 2, 3, 0.5f);
	struct music *music[2];
	struct mixer *m[2];
	float *want, got[2 * 480];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(music_create(&music[i], path, RATE), 0);
		m[i] = mixer_of(&scene, NULL, music[i]);
	}
	want = render(m[0], 2);
	assert_int_equal(music_run(music[1]), 0);
	mixer_thread_init();
	for (size_t f = 0; f < 2 * RATE; f += 480) { /* what lies ready */
		mixer_render(m[1], got, 480);
		assert_memory_equal(got, want + 2 * f, sizeof(got));
	}
	assert_int_equal(music_missed(music[1]), 0);
	free(want);
	for (int i = 0; i < 2; i++) {
		mixer_destroy(m[i]);
		music_destroy(music[i]);
	}
}

static void write_bytes(const char *name, const char *bytes, size_t n)
{
	FILE *f = fopen(in_folder(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void what_is_no_music_is_refused_in_plain_words(void **state)
{
	static char noise[20000];
	struct music *music = NULL;
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)test_random(&random);
	write_bytes("drm.mp3", noise, sizeof(noise));
	write_bytes("text.wav", "no sound", 8);
	write_bytes("empty.ogg", "", 0);
	assert_int_equal(music_create(&music, in_folder("none"), RATE),
	                 -ENOENT);
	assert_int_equal(music_create(&music, folder, RATE), -EISDIR);
	assert_int_equal(music_create(&music, "/dev/null", RATE), -EBADMSG);
	assert_int_equal(music_create(&music, in_folder("drm.mp3"), RATE),
	                 -EBADMSG);
	assert_int_equal(music_create(&music, in_folder("text.wav"), RATE),
	                 -EBADMSG);
	assert_int_equal(music_create(&music, in_folder("empty.ogg"), RATE),
	                 -EBADMSG);
	assert_int_equal(
		music_create(&music,
	                     make_music("s.wav",
	                                SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE,
	                                2, 5, 0.0f),
	                     RATE),
		-ENODATA);
	assert_int_equal(
		music_create(&music,
	                     make_music("t.wav",
	                                SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE,
	                                2, 0.5, 0.5f),
	                     RATE),
		-ENODATA);
	assert_null(music);
	assert_non_null(strstr(music_strerror(-EBADMSG), "no sound file"));
	assert_string_equal(music_strerror(-ENOENT), strerror(ENOENT));
}

static void what_is_not_finite_in_a_file_is_silent(void **state)
{
	SF_INFO info = {.samplerate = RATE,
	                .channels = 1,
	                .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	struct sound_scene scene = {.bed = SOUND_BED_MUSIC};
	struct music *music;
	struct mixer *m;
	SNDFILE *f = sf_open(in_folder("nan.wav"), SFM_WRITE, &info);
	float *out;

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 5 * RATE; i++) {
		float x = i % 1000 == 7   ? NAN
		          : i % 1000 == 9 ? INFINITY
		                          : 0.1f * sinf(0.03f * (float)i);

		assert_int_equal(sf_writef_float(f, &x, 1), 1);
	}
	sf_close(f);
	assert_int_equal(music_create(&music, in_folder("nan.wav"), RATE), 0);
	m = mixer_of(&scene, NULL, music);
	out = render(m, 10);
	for (size_t i = 0; i < 2 * 10 * RATE; i++)
		assert_true(fabsf(out[i]) < 0.8f);
	free(out);
	mixer_destroy(m);
	music_destroy(music);
}

static void a_file_that_was_cut_off_plays_what_it_holds(void **state)
{
	const char *path =
		make_music("cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, RATE,
	                   2, 20, 0.3f);
	struct sound_scene scene = {.bed = SOUND_BED_MUSIC};
	struct music *music;
	struct mixer *m;
	FILE *f = fopen(path, "r+");
	float *out;
	long n;

	(void)state;
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	assert_int_equal(ftruncate(fileno(f), n / 2), 0);
	fclose(f);
	assert_int_equal(music_create(&music, path, RATE), 0);
	m = mixer_of(&scene, NULL, music);
	out = render(m, 40);
	for (int s = 4; s < 39; s++)
		assert_true(rms_db(out, s, s + 1) > -60.0);
	free(out);
	mixer_destroy(m);
	music_destroy(music);
}

#define T(name) cmocka_unit_test(name)
#define F(name) cmocka_unit_test_setup_teardown(name, make_folder, scrap_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_pacer_voice_is_at_minus_32_lufs),
		T(every_bed_is_at_minus_40_lufs_and_none_is_silent),
		T(no_bed_comes_round_again_within_two_minutes),
		T(the_sea_comes_in_with_the_breath),
		T(the_bed_follows_calm_slowly_and_subtly),
		T(another_bed_fades_over_without_a_step),
		T(one_key_leaves_the_breath_alone_and_one_nothing),
		T(migraine_mode_is_15_lu_softer_and_40_db_down_above_3_khz),
		T(nothing_in_it_rises_faster_than_its_slope),
		T(its_levels_rise_by_1_db_a_second_at_most),
		T(it_has_no_chime_and_no_bed),
		T(it_can_be_turned_on_and_off_on_the_way),
		F(music_of_any_kind_is_brought_to_its_loudness),
		F(music_in_a_thread_is_the_same_to_the_bit),
		F(what_is_no_music_is_refused_in_plain_words),
		F(what_is_not_finite_in_a_file_is_silent),
		F(a_file_that_was_cut_off_plays_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
