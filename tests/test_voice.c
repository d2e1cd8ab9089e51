/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <ebur128.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/mixer.h"
#include "audio/voice.h"
#include "audio/voice_chain.h"
#include "tests/helpers/test.h"

#define RATE       VOICE_CACHE_RATE_HZ

#define LONG_TEXT  "Small and easy. You can breathe less than you think."
#define SHORT_TEXT "Rest."

struct made {
	float *samples;
	uint32_t frames;
};

static struct made make_at(const char *cache, const char *text, unsigned rate)
{
	const struct voice_config config = {.cache_dir = cache};
	struct voice *v;
	struct made made;

	assert_int_equal(voice_create(&v, &config), 0);
	assert_int_equal(voice_clip(v, text, rate, &made.samples, &made.frames),
	                 0);
	voice_destroy(v);
	return made;
}

static struct made make(const char *cache, const char *text)
{
	return make_at(cache, text, RATE);
}

static void assert_same(struct made a, struct made b)
{
	assert_int_equal(a.frames, b.frames);
	assert_memory_equal(a.samples, b.samples,
	                    a.frames * sizeof(*a.samples));
}

static char *only_file(const char *folder)
{
	static char path[1024];
	DIR *d = opendir(folder);
	int n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			n += snprintf(path, sizeof(path), "%s/%s", folder,
			              e->d_name) > 0;
	closedir(d);
	assert_int_equal(n, 1);
	return path;
}

/* --- loudness ------------------------------------------------------------- */

static double whole_loudness(const float *x, uint32_t n, double *ret_peak_db)
{
	ebur128_state *e =
		ebur128_init(1, RATE, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
	double lufs, peak;

	assert_non_null(e);
	assert_int_equal(ebur128_add_frames_float(e, x, n), 0);
	assert_int_equal(ebur128_loudness_global(e, &lufs), 0);
	assert_int_equal(ebur128_true_peak(e, 0, &peak), 0);
	ebur128_destroy(&e);
	*ret_peak_db = 20.0 * log10(peak);
	return lufs;
}

static void
speech_is_at_minus_23_lufs_with_true_peaks_under_minus_3(void **state)
{
	const char *texts[] = {
		LONG_TEXT,
		"Let your breath be easy. I will follow you first, then slow down a little at a time.",
		"That is enough for now. Open your eyes when you are ready, and get up slowly.",
		"Breathe in, softly.",
		"A little longer out.",
		SHORT_TEXT,
		"In.",
		"Out.",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct made m = make(NULL, texts[i]);
		double peak, lufs = whole_loudness(m.samples, m.frames, &peak);

		assert_true(m.frames >= VOICE_CHAIN_SHORTEST_S * RATE);
		assert_near(lufs, VOICE_LOUDNESS_LUFS, 0.1);
		assert_true(peak < -3.0);
		free(m.samples);
	}
}

static void speech_is_at_minus_23_lufs_in_the_mix(void **state)
{
	struct mixer_config config = {.rate_hz = RATE};
	struct made made = make(NULL, LONG_TEXT);
	struct sound s = {.kind = SOUND_LEVELS};
	ebur128_state *e = ebur128_init(2, RATE, EBUR128_MODE_I);
	float *out = malloc(2 * made.frames * sizeof(*out));
	struct bank *bank;
	struct mixer *m;
	double lufs;

	(void)state;
	assert_non_null(e);
	assert_non_null(out);
	assert_true(made.frames >= 3 * RATE);
	assert_int_equal(bank_create(&bank, 1, RATE), 0);
	assert_int_equal(bank_set(bank, 0, made.samples, made.frames), 0);
	config.bank = bank;
	assert_int_equal(mixer_create(&m, &config), 0);
	s.levels.breath_db = s.levels.bed_db = -200.0f;
	assert_true(queue_push(mixer_queue(m), &s));
	s = (struct sound){.kind = SOUND_SAY};
	assert_true(queue_push(mixer_queue(m), &s));
	mixer_render(m, out, made.frames);
	assert_int_equal(ebur128_add_frames_float(e, out, made.frames), 0);
	assert_int_equal(ebur128_loudness_global(e, &lufs), 0);
	assert_near(lufs, VOICE_LOUDNESS_LUFS, 0.1);
	ebur128_destroy(&e);
	free(out);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void
a_sine_of_known_loudness_is_measured_right_at_every_length(void **state)
{
	const uint32_t lengths[] = {RATE / 10, RATE / 4, RATE / 2,
	                            RATE,      3 * RATE, 10 * RATE};
	float *x = malloc(10 * RATE * sizeof(*x));
	double lufs = 1.0;

	(void)state;
	assert_non_null(x);
	/* EBU Tech 3341, case 1: 1 kHz at -23 dBFS on two sides is -23 LUFS;
	 * on one alone it is 3.01 less */
	for (int i = 0; i < 10 * RATE; i++)
		x[i] = (float)(pow(10, -23 / 20.0) *
		               sin(2 * M_PI * 1000 * i / RATE));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		assert_int_equal(
			voice_chain_loudness(x, lengths[i], RATE, &lufs), 0);
		assert_near(lufs, -23.0 - 3.01, 0.1);
	}
	memset(x, 0, RATE * sizeof(*x));
	lufs = 1.0;
	assert_int_equal(voice_chain_loudness(x, RATE, RATE, &lufs), -EIO);
	assert_int_equal(voice_chain_loudness(x, 0, RATE, &lufs), -EIO);
	assert_true(lufs == 1.0);
	free(x);
}

static void peaky_speech_gives_way_in_loudness_not_in_peak(void **state)
{
	float *raw = calloc(4 * 16000, sizeof(*raw));
	float *x;
	size_t n;
	double peak;

	(void)state;
	assert_non_null(raw);
	for (int i = 8000; i < 4 * 16000; i += 4000) /* a click each 250 ms */
		for (int k = 0; k < 8; k++)
			raw[i + k] = 0.75f;
	assert_int_equal(voice_chain_run(raw, 4 * 16000, 16000, RATE, &x, &n),
	                 0);
	assert_true(whole_loudness(x, (uint32_t)n, &peak) < -23.0);
	assert_near(peak, VOICE_CHAIN_PEAK_DBTP, 0.1);
	free(x);
	free(raw);
}

static void a_clip_is_faded_high_passed_and_of_16_bits(void **state)
{
	struct made m = make(NULL, LONG_TEXT);
	double sum = 0.0;

	(void)state;
	assert_true(m.samples[0] == 0.0f);
	assert_true(m.samples[m.frames - 1] == 0.0f);
	for (uint32_t i = 0; i < m.frames; i++) {
		double steps = (double)m.samples[i] * 32768.0;

		assert_true(steps == rint(steps));
		sum += (double)m.samples[i];
	}
	assert_near(sum / m.frames, 0.0, 1e-4);
	free(m.samples);
}

/* --- sameness and the cache ----------------------------------------------- */

static void the_same_text_gives_the_same_samples_cached_or_not(void **state)
{
	char *folder = test_scratch(), *path;
	struct made bare = make(NULL, LONG_TEXT), other, fresh, cached;
	struct stat st;

	(void)state;
	other = make(NULL, SHORT_TEXT); /* moves the engine on */
	fresh = make(folder, LONG_TEXT);
	path = only_file(folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(chmod(path, 0400), 0);
	cached = make(folder, LONG_TEXT);
	assert_same(bare, fresh);
	assert_same(bare, cached);
	free(bare.samples);
	free(other.samples);
	free(fresh.samples);
	free(cached.samples);
	test_scrap(folder);
}

static void a_cached_clip_tells_its_length_at_once(void **state)
{
	char *folder = test_scratch();
	const struct voice_config config = {.cache_dir = folder};
	struct made made;
	struct voice *v;
	uint32_t frames = 0;
	FILE *f;

	(void)state;
	assert_int_equal(voice_create(&v, &config), 0);
	assert_int_equal(voice_look(v, NULL, LONG_TEXT, RATE, &frames),
	                 -ENOENT);
	made = make(folder, LONG_TEXT);
	assert_int_equal(voice_look(v, NULL, LONG_TEXT, RATE, &frames), 0);
	assert_int_equal(frames, made.frames);
	assert_int_equal(voice_look(v, NULL, SHORT_TEXT, RATE, &frames),
	                 -ENOENT);
	assert_int_equal(voice_look(v, NULL, LONG_TEXT, 44100, &frames),
	                 -ENOENT);
	f = fopen(only_file(folder), "w"); /* no FLAC */
	assert_non_null(f);
	fputs("fLaC, but no more of it than its name", f);
	fclose(f);
	assert_int_equal(voice_look(v, NULL, LONG_TEXT, RATE, &frames),
	                 -ENOENT);
	voice_destroy(v);
	free(made.samples);
	test_scrap(folder);
}

static void a_cached_clip_is_read_not_made(void **state)
{
	char *folder = test_scratch();
	struct made a = make(folder, SHORT_TEXT), b;
	struct stat before, after;

	(void)state;
	assert_int_equal(stat(only_file(folder), &before), 0);
	b = make(folder, SHORT_TEXT);
	assert_int_equal(stat(only_file(folder), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* not replaced */
	assert_same(a, b);
	free(a.samples);
	free(b.samples);
	test_scrap(folder);
}

static void damage(const char *path, long at)
{
	FILE *f = fopen(path, "r+b");
	int byte;

	assert_non_null(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	byte = fgetc(f);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	fputc(byte ^ 0x41, f);
	fclose(f);
}

static void a_damaged_clip_is_never_heard(void **state)
{
	char *folder = test_scratch();
	struct made want = make(folder, SHORT_TEXT), got;
	char *path = only_file(folder);
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	for (long at = 0; at < st.st_size; at += at < 300 ? 13 : 4999) {
		damage(path, at);
		got = make(folder, SHORT_TEXT);
		assert_same(want, got);
		free(got.samples);
		(void)only_file(folder);
	}
	for (off_t size = st.st_size - 1; size > 0; size /= 3) {
		assert_int_equal(truncate(path, size), 0);
		got = make(folder, SHORT_TEXT);
		assert_same(want, got);
		free(got.samples);
	}
	free(want.samples);
	test_scrap(folder);
}

static void a_clip_of_another_text_under_the_name_is_not_taken(void **state)
{
	char *folder = test_scratch();
	char kept[1024];
	struct made rest = make(folder, SHORT_TEXT), in, got;

	(void)state;
	strcpy(kept, only_file(folder));
	assert_int_equal(unlink(kept), 0);
	in = make(folder, "In.");
	assert_int_equal(rename(only_file(folder), kept), 0);
	got = make(folder, SHORT_TEXT); /* as if the hashes were the same */
	assert_same(rest, got);
	free(rest.samples);
	free(in.samples);
	free(got.samples);
	test_scrap(folder);
}

static void
folders_are_made_0700_and_an_impossible_one_is_no_error(void **state)
{
	char *folder = test_scratch(), deep[600];
	struct made m;
	struct stat st;

	(void)state;
	snprintf(deep, sizeof(deep), "%s/a/b/clips", folder);
	m = make(deep, SHORT_TEXT);
	free(m.samples);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	m = make("/proc/no/such/folder", SHORT_TEXT);
	free(m.samples);
	test_scrap(folder);
}

static void another_rate_gives_the_same_length_cached_or_not(void **state)
{
	char *folder = test_scratch();
	struct made at_48 = make(folder, LONG_TEXT);
	struct made at_44 = make_at(folder, LONG_TEXT, 44100);
	struct made bare = make_at(NULL, LONG_TEXT, 44100);

	(void)state;
	assert_same(at_44, bare);
	assert_near(at_44.frames / 44100.0, at_48.frames / 48000.0, 1e-3);
	free(at_48.samples);
	free(at_44.samples);
	free(bare.samples);
	test_scrap(folder);
}

/* --- bad input ------------------------------------------------------------ */

static void what_cannot_be_said_is_refused(void **state)
{
	char long_text[VOICE_TEXT_MAX + 2];
	struct voice *v;
	float *x = NULL;
	uint32_t n = 7;

	(void)state;
	memset(long_text, 'a', VOICE_TEXT_MAX + 1);
	long_text[VOICE_TEXT_MAX + 1] = '\0';
	assert_int_equal(voice_create(&v, NULL), 0);
	assert_int_equal(voice_clip(v, "", RATE, &x, &n), -EINVAL);
	assert_int_equal(voice_clip(v, long_text, RATE, &x, &n), -EINVAL);
	assert_int_equal(voice_clip(v, "...", RATE, &x, &n), -EIO);
	assert_int_equal(voice_clip(v, " \n ", RATE, &x, &n), -EIO);
	assert_null(x);
	assert_int_equal(n, 7);
	assert_null(voice_destroy(v));
	assert_null(voice_destroy(NULL));
}

static void any_bytes_are_survived(void **state)
{
	uint64_t random = 6;
	struct voice *v;

	(void)state;
	assert_int_equal(voice_create(&v, NULL), 0);
	for (int i = 0; i < 30; i++) {
		char text[64] = "";
		size_t len = 1 + test_random(&random) % (sizeof(text) - 1);
		float *x;
		uint32_t n;
		int error;

		for (size_t k = 0; k < len; k++)
			text[k] = (char)(1 + test_random(&random) % 255);
		text[len == sizeof(text) ? len - 1 : len] = '\0';
		error = voice_clip(v, text, RATE, &x, &n);
		assert_true(!error || error == -EIO);
		if (!error)
			free(x);
	}
	voice_destroy(v);
}

/* --- the worker ----------------------------------------------------------- */

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(speech_is_at_minus_23_lufs_with_true_peaks_under_minus_3),
		T(speech_is_at_minus_23_lufs_in_the_mix),
		T(a_sine_of_known_loudness_is_measured_right_at_every_length),
		T(peaky_speech_gives_way_in_loudness_not_in_peak),
		T(a_clip_is_faded_high_passed_and_of_16_bits),
		T(the_same_text_gives_the_same_samples_cached_or_not),
		T(a_cached_clip_tells_its_length_at_once),
		T(a_cached_clip_is_read_not_made),
		T(a_damaged_clip_is_never_heard),
		T(a_clip_of_another_text_under_the_name_is_not_taken),
		T(folders_are_made_0700_and_an_impossible_one_is_no_error),
		T(another_rate_gives_the_same_length_cached_or_not),
		T(what_cannot_be_said_is_refused),
		T(any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
