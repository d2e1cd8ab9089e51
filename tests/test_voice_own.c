/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who speaks, and what of it may be missing or bad. */
#include "tests/helpers/test.h"

#include <ebur128.h>
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/voice.h"
#include "audio/voice_chain.h"
#include "audio/voice_label.h"
#include "audio/voice_labels.h"

#define RATE   VOICE_CACHE_RATE_HZ
#define LABELS "src/content/phrases/en.labels"
#define TEXT                                                                   \
	"Let each breath be small and easy. You need less air than you think."
#define NAME "cue.not_deep.full"

static char *folder;

static int set_up(void **state)
{
	(void)state;
	folder = test_scratch();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_scrap(folder);
	return 0;
}

static const char *path_in(const char *file)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return path;
}

/* --- recordings ------------------------------------------------------------
 */

struct sine {
	int rate_hz, channels, format;
	double seconds, level; /* over 1: it is clipped */
};

static void record(const char *file, struct sine s)
{
	SF_INFO info = {.samplerate = s.rate_hz,
	                .channels = s.channels,
	                .format = s.format};
	SNDFILE *f = sf_open(path_in(file), SFM_WRITE, &info);
	float frame[8];

	assert_non_null(f);
	sf_command(f, SFC_SET_CLIPPING, NULL, SF_TRUE);
	for (int i = 0; i < (int)(s.seconds * s.rate_hz); i++) {
		for (int c = 0; c < s.channels; c++)
			frame[c] = (float)fmax(
				-1.0, fmin(1.0, s.level * sin(2 * M_PI * 300 *
			                                      i / s.rate_hz)));
		assert_int_equal(sf_writef_float(f, frame, 1), 1);
	}
	sf_close(f);
}

static const struct sine good = {RATE, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2.0,
                                 0.3};

static struct voice_take say_with(struct voice *v)
{
	struct voice_take take;

	assert_int_equal(voice_say(v, NAME, TEXT, RATE, &take), 0);
	return take;
}

static struct voice *with_own(void)
{
	const struct voice_config config = {.own_dir = folder};
	struct voice *v;

	assert_int_equal(voice_create(&v, &config), 0);
	return v;
}

static void assert_complains(const struct voice *v, const char *part)
{
	const char *const *lines;
	size_t n = voice_complaints(v, &lines);

	assert_int_equal(n, 1);
	if (!strstr(lines[0], part))
		fail_msg("'%s' does not say '%s'", lines[0], part);
	assert_null(strchr(lines[0], '\n'));
}

/* Said by @source, with one complaint that says @part (NULL: none). */
static void assert_heard(enum voice_source source, const char *part)
{
	struct voice *v = with_own();
	struct voice_take take = say_with(v), again = say_with(v);
	const char *const *lines;

	assert_int_equal(take.source, source);
	assert_int_equal(again.frames, take.frames);
	if (part)
		assert_complains(v, part); /* once, though said twice */
	else
		assert_int_equal(voice_complaints(v, &lines), 0);
	free(take.samples);
	free(again.samples);
	voice_destroy(v);
}

static void assert_level(const struct voice_take *take)
{
	double lufs, dbtp;

	assert_int_equal(
		voice_chain_loudness(take->samples, take->frames, RATE, &lufs),
		0);
	assert_int_equal(
		voice_chain_peak(take->samples, take->frames, RATE, &dbtp), 0);
	assert_near(lufs, VOICE_LOUDNESS_LUFS, 0.1);
	assert_true(dbtp < -3.0);
}

static void a_recording_of_ones_own_wins_in_every_format(void **state)
{
	static const struct {
		const char *file;
		int format;
	} kinds[] = {
		{NAME ".wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
		{NAME ".wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
		{NAME ".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
		{NAME ".ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
		{NAME ".aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct sine s = good;
		struct voice_take take;
		struct voice *v;

		s.format = kinds[i].format;
		s.channels = i % 2 ? 2 : 1;
		s.rate_hz = i % 2 ? 44100 : RATE;
		record(kinds[i].file, s);
		v = with_own();
		assert_true(voice_has_own(v, NAME));
		assert_false(voice_has_own(v, "cue.not_deep.brief"));
		take = say_with(v);
		assert_int_equal(take.source, VOICE_OWN);
		assert_near(take.frames / (double)RATE, 2.0, 0.1);
		assert_level(&take);
		free(take.samples);
		voice_destroy(v);
		assert_int_equal(unlink(path_in(kinds[i].file)), 0);
	}
}

static void a_changed_recording_is_another_one(void **state)
{
	char *cache = test_scratch();
	const struct voice_config config = {.own_dir = folder,
	                                    .cache_dir = cache};
	struct voice_take take;
	struct sine s = good;
	struct voice *v;

	(void)state;
	record(NAME ".wav", good);
	assert_int_equal(voice_create(&v, &config), 0);
	take = say_with(v);
	free(take.samples);
	s.seconds = 3.0;
	record(NAME ".wav", s);
	take = say_with(v);
	assert_near(take.frames / (double)RATE, 3.0, 0.1);
	free(take.samples);
	voice_destroy(v);
	test_scrap(cache);
}

static void
a_silent_recording_is_named_and_the_built_in_voice_speaks(void **state)
{
	struct sine s = good;

	(void)state;
	s.level = 0.0;
	record(NAME ".wav", s);
	assert_heard(VOICE_FLITE, NAME ".wav is silent");
	s = good;
	s.seconds = 0.0;
	record(NAME ".wav", s);
	assert_heard(VOICE_FLITE, "is silent");
}

static void a_clipped_one_is_named_and_heard(void **state)
{
	struct sine s = good;

	(void)state;
	s.level = 4.0;
	record(NAME ".wav", s);
	assert_heard(VOICE_OWN, "is clipped");
}

static void one_of_8_khz_is_named_and_heard(void **state)
{
	struct sine s = good;

	(void)state;
	s.rate_hz = 8000;
	record(NAME ".wav", s);
	assert_heard(VOICE_OWN, "under 16 kHz");
}

static void one_of_an_hour_is_named_and_not_even_read(void **state)
{
	struct sine s = good;
	long header = 44;

	(void)state;
	s.rate_hz = 8000;
	s.seconds = 0.1;
	s.format = SF_FORMAT_WAV | SF_FORMAT_PCM_U8;
	record(NAME ".wav", s);
	{ /* a hole of an hour behind a header that says so */
		const uint32_t bytes = 3600 * 8000, all = bytes + 36;
		FILE *f = fopen(path_in(NAME ".wav"), "r+b");

		assert_non_null(f);
		fseek(f, 4, SEEK_SET);
		fwrite(&all, 4, 1, f);
		fseek(f, 40, SEEK_SET);
		fwrite(&bytes, 4, 1, f);
		fclose(f);
		assert_int_equal(
			truncate(path_in(NAME ".wav"), header + (long)bytes),
			0);
	}
	assert_heard(VOICE_FLITE, "longer than a minute");
}

static void
one_that_was_cut_short_is_named_and_the_built_in_voice_speaks(void **state)
{
	static const struct {
		const char *file;
		int format;
	} kinds[] = {
		{NAME ".wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
		{NAME ".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sine s = good;
		struct stat st;

		s.format = kinds[i].format;
		record(kinds[i].file, s);
		assert_int_equal(stat(path_in(kinds[i].file), &st), 0);
		assert_int_equal(
			truncate(path_in(kinds[i].file), st.st_size / 2), 0);
		assert_heard(VOICE_FLITE, "is cut short");
		assert_int_equal(unlink(path_in(kinds[i].file)), 0);
	}
}

static void
what_is_no_sound_is_named_and_the_built_in_voice_speaks(void **state)
{
	FILE *f = fopen(path_in(NAME ".wav"), "w");

	(void)state;
	assert_non_null(f);
	fputs("just words, and no sound at all\n", f);
	fclose(f);
	assert_heard(VOICE_FLITE, "is no sound file");
	assert_int_equal(unlink(path_in(NAME ".wav")), 0);
	assert_int_equal(mkfifo(path_in(NAME ".wav"), 0600), 0);
	assert_heard(VOICE_FLITE, "is no sound file");
}

/* --- the calm voice --------------------------------------------------------
 */

/* Skips where the voice file is not installed. */
static struct voice *calm(void)
{
	const struct voice_config config = {.labels = LABELS};
	struct voice *v;

	assert_int_equal(voice_create(&v, &config), 0);
	if (voice_has_label(v, TEXT))
		return v;
	voice_destroy(v);
	print_message("skipped: no festvox-us-slt-hts\n");
	skip();
	return NULL;
}

static void
the_calm_voice_speaks_what_has_a_label_and_flite_the_rest(void **state)
{
	struct voice *v = calm();
	struct voice_take a = say_with(v), b = say_with(v), other;

	(void)state;
	assert_int_equal(a.source, VOICE_CALM);
	assert_int_equal(a.frames, b.frames);
	assert_memory_equal(a.samples, b.samples,
	                    a.frames * sizeof(*a.samples));
	assert_level(&a);
	/* 13 words at under 200 a minute; the mean is slower */
	assert_true(a.frames / (double)RATE > 13 * 60 / 200.0);
	assert_int_equal(
		voice_say(v, NULL, "A routine of my own.", RATE, &other), 0);
	assert_int_equal(other.source, VOICE_FLITE);
	free(a.samples);
	free(b.samples);
	free(other.samples);
	voice_destroy(v);
}

/* Without @file flite speaks, and one line says so. */
static void assert_flite_takes_over(const char *file)
{
	const struct voice_config config = {.labels = LABELS,
	                                    .voice_file = file};
	struct voice_take take;
	struct voice *v;

	assert_int_equal(voice_create(&v, &config), 0);
	for (int i = 0; i < 2; i++) {
		take = say_with(v);
		assert_int_equal(take.source, VOICE_FLITE);
		free(take.samples);
	}
	assert_complains(v, file);
	assert_complains(v, "flite speaks instead");
	voice_destroy(v);
}

static void without_its_voice_file_flite_speaks_and_says_so_once(void **state)
{
	FILE *f = fopen(path_in("bad.htsvoice"), "w");

	(void)state;
	assert_non_null(f);
	fputs("no voice at all\n", f);
	fclose(f);
	assert_flite_takes_over("/nowhere/slt.htsvoice");
	assert_flite_takes_over(path_in("bad.htsvoice"));
}

static void a_voice_file_that_is_cut_short_is_no_voice(void **state)
{
	struct voice_labels *labels;
	char *bytes = malloc(1 << 21);
	FILE *in, *out;
	size_t n;

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(voice_labels_load(&labels, LABELS), 0);
	in = fopen(voice_labels_voice(labels), "r");
	voice_labels_destroy(labels);
	if (!in) {
		free(bytes);
		print_message("skipped: no festvox-us-slt-hts\n");
		skip();
	}
	n = fread(bytes, 1, 1 << 21, in);
	fclose(in);
	for (size_t keep = n - 1; keep > 8; keep /= 3) {
		out = fopen(path_in("cut.htsvoice"), "w");
		assert_non_null(out);
		assert_int_equal(fwrite(bytes, 1, keep, out), keep);
		fclose(out);
		assert_flite_takes_over(path_in("cut.htsvoice"));
	}
	free(bytes);
}

static void without_labels_flite_speaks_and_says_so(void **state)
{
	const struct voice_config config = {.labels = "/nowhere/en.labels"};
	struct voice_take take;
	struct voice *v;

	(void)state;
	assert_int_equal(voice_create(&v, &config), 0);
	take = say_with(v);
	assert_int_equal(take.source, VOICE_FLITE);
	assert_complains(v, "/nowhere/en.labels: no labels");
	free(take.samples);
	voice_destroy(v);
}

static void
a_folder_that_keeps_no_clips_is_named_and_speech_goes_on(void **state)
{
	struct voice_config config = {.cache_dir = path_in("file")};
	struct voice_take take;
	struct voice *v;
	FILE *f = fopen(path_in("file"), "w");

	(void)state;
	assert_non_null(f);
	fclose(f);
	assert_int_equal(voice_create(&v, &config), 0);
	take = say_with(v);
	assert_complains(v, "clips cannot be kept there");
	free(take.samples);
	voice_destroy(v);
	if (geteuid() == 0)
		return; /* whom no mode keeps out */
	assert_int_equal(chmod(folder, 0500), 0);
	config.cache_dir = folder;
	assert_int_equal(voice_create(&v, &config), 0);
	assert_complains(v, "Permission denied");
	voice_destroy(v);
	assert_int_equal(chmod(folder, 0700), 0);
}

/* --- labels ----------------------------------------------------------------
 */

static void labels_count_out_the_context_that_the_voice_asks_for(void **state)
{
	/* festival's own, of "And let go." */
	static const char *const want[] = {
		"x^x-pau+ae=n@x_x/A:0_0_0/B:x-x-x@x-x&x-x#x-x$x-x!x-x;x-x|x/"
		"C:1+0+3/D:0_0/E:x+x@x+x&x+x#x+x/F:cc_1/G:0_0/H:x=x@1=1|0/"
		"I:3=3/J:3+3-1",
		"x^pau-ae+n=d@1_3/A:0_0_0/B:1-0-3@1-1&1-3#1-3$1-3!0-1;0-1|ae/"
		"C:1+1+3/D:0_0/E:cc+1@1+3&0+2#0+1/F:content_1/G:0_0/"
		"H:3=3@1=1|L-L%/I:0=0/J:3+3-1",
	};
	char **labels;
	size_t n;

	(void)state;
	assert_int_equal(voice_label_expand("cc:1=ae-n-d content:1+l-eh-t "
	                                    "content:1+g-ow /4:L-L%",
	                                    &labels, &n),
	                 0);
	assert_int_equal(n, 10);
	assert_string_equal(labels[0], want[0]);
	assert_string_equal(labels[1], want[1]);
	assert_null(labels[10]);
	free(labels);
}

static void a_malformed_label_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"content",
		"content:",
		"content:1+g-ow",
		"/4:L-L%",
		"content:2+g-ow /4:L-L%",
		"content:1*g-ow /4:L-L%",
		"content:1+ /4:L-L%",
		"content:1+g--ow /4:L-L%",
		"content:1+g-ow /5:L-L%",
		"content:1+g-ow /4:",
		"averylongkindofword:1+g-ow /4:L-L%",
	};
	char **labels = NULL, *text = malloc(40000);
	size_t n = 7;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (voice_label_expand(bad[i], &labels, &n) != -EBADMSG)
			fail_msg("'%s' was taken", bad[i]);
	text[0] = '\0';
	for (int i = 0; i < 2000; i++) /* more sounds than a text has */
		strcpy(text + strlen(text), "cc:1=ae-n ");
	strcpy(text + strlen(text), "/4:L-L%");
	assert_int_equal(voice_label_expand(text, &labels, &n), -EBADMSG);
	assert_null(labels);
	assert_int_equal(n, 7);
	free(text);
}

static void a_file_of_labels_without_tabs_is_refused(void **state)
{
	struct voice_labels *l = NULL;
	FILE *f = fopen(path_in("xx.labels"), "w");

	(void)state;
	assert_non_null(f);
	fputs("# voice: /a/b\n\nOne.\tcc:1+w-ah-n /4:L-L%\nTwo.\n", f);
	fclose(f);
	assert_int_equal(voice_labels_load(&l, path_in("xx.labels")), -EBADMSG);
	assert_null(l);
	assert_int_equal(truncate(path_in("xx.labels"), 40), 0);
	assert_int_equal(voice_labels_load(&l, path_in("xx.labels")), 0);
	assert_string_equal(voice_labels_voice(l), "/a/b");
	assert_non_null(voice_labels_find(l, "One."));
	assert_null(voice_labels_find(l, "One"));
	voice_labels_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(a_recording_of_ones_own_wins_in_every_format),
		T(a_changed_recording_is_another_one),
		T(a_silent_recording_is_named_and_the_built_in_voice_speaks),
		T(a_clipped_one_is_named_and_heard),
		T(one_of_8_khz_is_named_and_heard),
		T(one_of_an_hour_is_named_and_not_even_read),
		T(one_that_was_cut_short_is_named_and_the_built_in_voice_speaks),
		T(what_is_no_sound_is_named_and_the_built_in_voice_speaks),
		T(the_calm_voice_speaks_what_has_a_label_and_flite_the_rest),
		T(without_its_voice_file_flite_speaks_and_says_so_once),
		T(a_voice_file_that_is_cut_short_is_no_voice),
		T(without_labels_flite_speaks_and_says_so),
		T(a_folder_that_keeps_no_clips_is_named_and_speech_goes_on),
		T(labels_count_out_the_context_that_the_voice_asks_for),
		T(a_malformed_label_is_refused),
		T(a_file_of_labels_without_tabs_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
