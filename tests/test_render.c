/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/oggserial.h"
#include "audio/render.h"
#include "tests/helpers/ear.h"
#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

#define RATE   VARIED_RATE_HZ
#define FRAMES (10 * RATE + 77)

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
	static char path[2][600];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static int render_to(const char *path, uint64_t step)
{
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	struct render *r;
	int error = render_create(&r, path, m, RATE);

	if (!error) {
		for (uint64_t at = step; at < FRAMES && !error; at += step)
			error = render_until(r, at);
		if (!error)
			error = render_until(r, FRAMES);
		if (!error)
			error = render_finish(r);
		assert_null(render_destroy(r));
	}
	mixer_destroy(m);
	bank_destroy(bank);
	return error;
}

static unsigned char *bytes_of(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes;
	long n;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	assert_true(n > 0);
	rewind(f);
	bytes = malloc((size_t)n);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)n, f), n);
	fclose(f);
	*ret_n = (size_t)n;
	return bytes;
}

static void assert_same_file(const char *a, const char *b)
{
	size_t n_a, n_b;
	unsigned char *x = bytes_of(a, &n_a), *y = bytes_of(b, &n_b);

	assert_int_equal(n_a, n_b);
	assert_memory_equal(x, y, n_a);
	free(x);
	free(y);
}

static size_t files_in_folder(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void the_same_commands_give_the_same_bytes_in_every_format(void **state)
{
	const char *endings[] = {"wav", "flac", "ogg", "OGG"};

	(void)state;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		char a[32], b[32];

		snprintf(a, sizeof(a), "a.%s", endings[i]);
		snprintf(b, sizeof(b), "b.%s", endings[i]);
		assert_int_equal(render_to(in_folder(a), 4096), 0);
		assert_int_equal(render_to(in_folder(b), 777), 0);
		assert_same_file(in_folder(a), in_folder(b));
	}
}

static float *samples_of(const char *path, int *ret_format)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	float *x = malloc(FRAMES * 2 * sizeof(*x));

	assert_non_null(f);
	assert_non_null(x);
	assert_int_equal(info.samplerate, RATE);
	assert_int_equal(info.channels, 2);
	assert_int_equal(info.frames, FRAMES);
	assert_int_equal(sf_readf_float(f, x, FRAMES), FRAMES);
	*ret_format = info.format;
	sf_close(f);
	return x;
}

static void
a_wav_holds_the_mixers_floats_and_the_others_the_same_sound(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	float *want = malloc(FRAMES * 2 * sizeof(*want)), *got;
	int format;

	(void)state;
	assert_non_null(want);
	mixer_thread_init();
	mixer_render(m, want, FRAMES);
	mixer_destroy(m);
	bank_destroy(bank);

	assert_int_equal(render_to(in_folder("x.wav"), 1000), 0);
	got = samples_of(in_folder("x.wav"), &format);
	assert_int_equal(format, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
	assert_memory_equal(want, got, FRAMES * 2 * sizeof(*want));
	free(got);

	assert_int_equal(render_to(in_folder("x.flac"), 1000), 0);
	got = samples_of(in_folder("x.flac"), &format);
	assert_int_equal(format, SF_FORMAT_FLAC | SF_FORMAT_PCM_24);
	for (size_t i = 0; i < 2 * FRAMES; i++)
		assert_near((double)want[i], (double)got[i], 0x1.0p-23);
	free(got);

	assert_int_equal(render_to(in_folder("x.ogg"), 1000), 0);
	got = samples_of(in_folder("x.ogg"), &format);
	assert_int_equal(format, SF_FORMAT_OGG | SF_FORMAT_VORBIS);
	for (size_t i = 0; i < 2 * FRAMES; i++)
		assert_near((double)want[i], (double)got[i], 0.05);
	free(got);
	free(want);
}

static void
a_command_for_the_frame_rendered_until_is_still_in_time(void **state)
{
	struct mixer_config config = {.rate_hz = RATE};
	struct sound s = {.kind = SOUND_BREATH};
	struct render *r;
	struct mixer *m;

	(void)state;
	assert_int_equal(mixer_create(&m, &config), 0);
	assert_int_equal(render_create(&r, in_folder("x.wav"), m, RATE), 0);
	for (uint64_t f = 1; f < 5 * RATE; f += 20011) {
		assert_int_equal(render_until(r, f), 0);
		s.frame = f;
		s.breath.frames = 20011;
		s.breath.inhale_frames = 9000;
		assert_true(queue_push(mixer_queue(m), &s));
	}
	assert_int_equal(render_until(r, 5 * RATE), 0);
	assert_int_equal(render_finish(r), 0);
	assert_int_equal(mixer_frame(m), 5 * RATE);
	assert_int_equal(mixer_late(m), 0);
	render_destroy(r);
	mixer_destroy(m);
}

static void it_says_how_loud_all_of_it_was(void **state)
{
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank), *again = varied_mixer(bank);
	struct render *r;
	float *x;

	(void)state;
	assert_int_equal(render_create(&r, in_folder("a.wav"), m, RATE), 0);
	assert_true(isnan(render_lufs(r)));
	assert_int_equal(render_until(r, VARIED_FRAMES), 0);
	assert_int_equal(render_finish(r), 0);
	x = ear_render(again, VARIED_SECONDS);
	assert_near(render_lufs(r), ear_lufs(x, 0, VARIED_SECONDS), 0.05);
	free(x);
	render_destroy(r);
	mixer_destroy(again);
	mixer_destroy(m);
	bank_destroy(bank);
}

static void an_unknown_ending_or_folder_is_refused(void **state)
{
	(void)state;
	assert_int_equal(render_to(in_folder("x.mp3"), 4096), -EINVAL);
	assert_int_equal(render_to(in_folder("x"), 4096), -EINVAL);
	assert_int_equal(render_to(in_folder("no/x.wav"), 4096), -ENOENT);
	assert_int_equal(files_in_folder(), 0);
}

static void
an_unfinished_render_leaves_nothing_and_an_old_file_alone(void **state)
{
	struct mixer_config config = {.rate_hz = RATE};
	struct mixer *m;
	struct render *r;
	FILE *old = fopen(in_folder("x.flac"), "w");
	size_t n;
	unsigned char *bytes;

	(void)state;
	assert_non_null(old);
	fputs("old", old);
	fclose(old);
	assert_int_equal(mixer_create(&m, &config), 0);
	assert_int_equal(render_create(&r, in_folder("x.flac"), m, RATE), 0);
	assert_int_equal(render_until(r, RATE), 0);
	assert_int_equal(files_in_folder(), 2);
	assert_null(render_destroy(r));
	mixer_destroy(m);
	assert_int_equal(files_in_folder(), 1);
	bytes = bytes_of(in_folder("x.flac"), &n);
	assert_int_equal(n, 3);
	free(bytes);
}

static void a_file_that_may_not_grow_is_reported_and_removed(void **state)
{
	const char *names[] = {"x.wav", "x.flac", "x.ogg"};
	struct rlimit before, small;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 30000;
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		int error;

		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		error = render_to(in_folder(names[i]), 4096);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_int_equal(error, -EFBIG);
		assert_int_equal(files_in_folder(), 0);
	}
}

#define NO_MOUNT 99

/* In a child: its own mounts, a disk of 64 KiB. */
static int render_to_small_disk(const char *name)
{
	char path[700];

	if (unshare(CLONE_NEWNS) < 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return NO_MOUNT;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder, "tmpfs", 0, "size=64k") < 0)
		return NO_MOUNT;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return -render_to(path, 4096);
}

static void a_full_disk_is_enospc(void **state)
{
	const char *names[] = {"x.wav", "x.flac"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		pid_t child = fork();
		int status;

		assert_true(child >= 0);
		if (child == 0)
			_exit(render_to_small_disk(names[i]));
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == NO_MOUNT) {
			print_message("skipped: may not mount here\n");
			skip();
		}
		assert_int_equal(WEXITSTATUS(status), ENOSPC);
	}
}

static void a_wav_of_over_4_gib_is_refused_before_it_is_written(void **state)
{
	struct mixer_config config = {.rate_hz = RATE};
	struct mixer *m;
	struct render *r;

	(void)state;
	assert_int_equal(mixer_create(&m, &config), 0);
	assert_int_equal(render_create(&r, in_folder("x.wav"), m, RATE), 0);
	assert_int_equal(render_until(r, UINT64_C(1) << 29), -EFBIG);
	assert_int_equal(render_until(r, 1), -EFBIG);
	assert_null(render_destroy(r));
	mixer_destroy(m);
}

static void only_a_whole_ogg_file_gets_a_number(void **state)
{
	int fd = open(in_folder("no.ogg"), O_RDWR | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(oggserial_set(fd, 1), -EBADMSG);
	assert_int_equal(write(fd, "OggS but no page, much too short", 32), 32);
	assert_int_equal(oggserial_set(fd, 1), -EBADMSG);
	close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make_folder, scrap_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_same_commands_give_the_same_bytes_in_every_format),
		T(a_wav_holds_the_mixers_floats_and_the_others_the_same_sound),
		T(a_command_for_the_frame_rendered_until_is_still_in_time),
		T(it_says_how_loud_all_of_it_was),
		T(an_unknown_ending_or_folder_is_refused),
		T(an_unfinished_render_leaves_nothing_and_an_old_file_alone),
		T(a_file_that_may_not_grow_is_reported_and_removed),
		T(a_full_disk_is_enospc),
		T(a_wav_of_over_4_gib_is_refused_before_it_is_written),
		T(only_a_whole_ogg_file_gets_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
