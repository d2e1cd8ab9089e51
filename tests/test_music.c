/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/mixer.h"
#include "audio/music.h"
#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"

/* A bed that is the person's own music. */

#define RATE EAR_RATE_HZ

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

/* A chord, in every channel its own note. */
static const char *make_music(const char *name, int format, int rate_hz,
                              int channels, double s, float gain)
{
	SF_INFO info = {
		.samplerate = rate_hz, .channels = channels, .format = format};
	SNDFILE *f = sf_open(in_folder(name), SFM_WRITE, &info);
	sf_count_t n = (sf_count_t)(s * rate_hz);
	float *x = malloc((size_t)(n * channels) * sizeof(*x));

	assert_non_null(f);
	assert_non_null(x);
	for (sf_count_t i = 0; i < n * channels; i++)
		x[i] = gain * sinf((float)M_PI * 2.0f / (float)rate_hz *
		                   (220.0f + 55.0f * (float)(i % channels)) *
		                   (float)(i / channels));
	assert_int_equal(sf_writef_float(f, x, n), n);
	sf_close(f);
	free(x);
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
			kinds[i].channels, 6, kinds[i].gain);
		struct music *music;
		struct mixer *m;
		float *out;

		assert_int_equal(music_create(&music, path, RATE), 0);
		m = cue_mixer(&scene, NULL, music);
		out = ear_render(m, 18); /* the file thrice */
		assert_near(ear_lufs(out, 4, 18), MUSIC_LUFS, 1.5);
		for (int s = 4; s < 17; s++) /* and never a hole */
			assert_true(ear_rms_db(out, s, s + 1) >
			            ear_rms_db(out, 4, 18) - 5.0);
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
		m[i] = cue_mixer(&scene, NULL, music[i]);
	}
	want = ear_render(m[0], 2);
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
	m = cue_mixer(&scene, NULL, music);
	out = ear_render(m, 10);
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
	m = cue_mixer(&scene, NULL, music);
	out = ear_render(m, 40);
	for (int s = 4; s < 39; s++)
		assert_true(ear_rms_db(out, s, s + 1) > -60.0);
	free(out);
	mixer_destroy(m);
	music_destroy(music);
}

#define F(name) cmocka_unit_test_setup_teardown(name, make_folder, scrap_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		F(music_of_any_kind_is_brought_to_its_loudness),
		F(music_in_a_thread_is_the_same_to_the_bit),
		F(what_is_no_music_is_refused_in_plain_words),
		F(what_is_not_finite_in_a_file_is_silent),
		F(a_file_that_was_cut_off_plays_what_it_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
