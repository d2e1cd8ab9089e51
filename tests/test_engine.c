/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "audio/engine.h"
#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

/*
 * ALSA and JACK read their surroundings once a process, so each case runs in
 * a child that sets them first.
 */

#define RATE    VARIED_RATE_HZ
#define WAIT_US 20000000 /* before a case is given up */

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

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static const char *in_folder(const char *name)
{
	static char path[4][600];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static void set_alsa(const char *text)
{
	FILE *f = fopen(in_folder("alsa.conf"), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	setenv("ALSA_CONFIG_PATH", in_folder("alsa.conf"), 1);
}

static void set_no_jack(void)
{
	setenv("JACK_DEFAULT_SERVER", "lull-test-none", 1);
	setenv("JACK_NO_START_SERVER", "1", 1);
}

static void assert_in_child(void (*body)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Not assert_: cmocka's would jump back into the parent's test. */
#define must(cond)                                                             \
	do {                                                                   \
		if (!(cond)) {                                                 \
			print_error("%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/* --- no device ------------------------------------------------------------ */

/* Until it is no longer opening. */
static enum engine_state outcome(struct engine *e, int *ret_error)
{
	uint64_t began = now_us();
	enum engine_state state;

	do {
		sched_yield();
		state = engine_state(e, now_us(), ret_error);
	} while (state == ENGINE_OPENING && now_us() - began < WAIT_US);
	return state;
}

/* Also of one that plays, for a moment. */
static void await_loss(struct engine *e, int why)
{
	uint64_t began = now_us();
	enum engine_state state;
	int error = 0;

	do {
		must(now_us() - began < WAIT_US);
		sched_yield();
		state = engine_state(e, now_us(), &error);
	} while (state == ENGINE_OPENING || state == ENGINE_PLAYING);
	must(state == ENGINE_LOST);
	must(error == why);
}

static struct engine *engine_of(const struct engine_config *config)
{
	const struct mixer_config mixing = {.rate_hz = RATE};
	struct engine *e = NULL;

	must(engine_create(&e, config, &mixing) == 0);
	must(engine_state(e, now_us(), NULL) == ENGINE_OFF);
	return e;
}

/* One that is opened ahead, too, once it is told to play. */
static void must_be_lost_opened(const struct engine_config *config, int why)
{
	struct engine *e = engine_of(config);

	must(engine_open(e) == 0);
	must(engine_play(e, ENGINE_FROM_START, false) == 0);
	await_loss(e, why);
	must(engine_destroy(e) == NULL);
}

static void must_be_lost(const struct engine_config *config, int why)
{
	struct engine *e = engine_of(config);
	uint64_t frames, at;

	must(engine_play(e, ENGINE_FROM_START, false) == 0);
	await_loss(e, why);
	must(!engine_clock(e, now_us(), &frames, &at));
	must(engine_destroy(e) == NULL);
}

static void must_find_none(const struct engine_config *config)
{
	char name[64] = "as before";
	unsigned rate = 7;

	must(engine_probe(config, WAIT_US, name, sizeof(name), &rate) ==
	     -ENODEV);
	must(strcmp(name, "as before") == 0);
	must(rate == 7);
	must_be_lost(config, -ENODEV);
}

static void only_a_card_that_is_not_there(void)
{
	set_alsa("pcm.!default { type hw card 31 }\n"
	         "ctl.!default { type hw card 31 }\n"
	         "pcm.none { type hw card 31 }\n");
	set_no_jack();
	must_find_none(&(struct engine_config){0});
	must_find_none(&(struct engine_config){.api = "jack"});
}

static void a_configuration_without_a_device_is_enodev(void **state)
{
	(void)state;
	assert_in_child(only_a_card_that_is_not_there);
}

static void not_one_pcm(void)
{
	set_alsa("# nothing at all\n");
	set_no_jack();
	must_find_none(&(struct engine_config){0});
	must_find_none(&(struct engine_config){.api = "alsa"});
}

static void a_configuration_without_any_pcm_is_survived(void **state)
{
	(void)state;
	assert_in_child(not_one_pcm);
}

static void null_by_many_names(void)
{
	set_alsa("pcm.!default { type null }\npcm.quiet { type null }\n");
	set_no_jack();
	must_find_none(&(struct engine_config){.api = "jack"});
	must_find_none(&(struct engine_config){.api = "no such api"});
	must_find_none(&(struct engine_config){.device = "headset"});
	must_find_none(
		&(struct engine_config){.api = "jack", .device = "quiet"});
}

static void a_device_that_is_named_is_that_one_or_none(void **state)
{
	(void)state;
	assert_in_child(null_by_many_names);
}

static void noise_on_stderr(void)
{
	int fd = open(in_folder("stderr"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct engine_config config = {0};
	unsigned rate;
	char name[64];
	struct stat st;

	must(fd >= 0);
	set_no_jack();
	set_alsa("pcm.!default { type null }\npcm.bad { type no_such }\n");
	must(dup2(fd, 2) == 2);
	must(engine_probe(&config, WAIT_US, name, sizeof(name), &rate) == 0);
	must(fstat(fd, &st) == 0);
	must(st.st_size == 0);
	must(write(2, "x", 1) == 1); /* and it is back */
	must(fstat(fd, &st) == 0);
	must(st.st_size == 1);
}

static void starting_prints_nothing_and_gives_stderr_back(void **state)
{
	(void)state;
	assert_in_child(noise_on_stderr);
}

/* --- a device that eats all ----------------------------------------------- */

static void must_probe(const struct engine_config *config, const char *name)
{
	char got[64];
	unsigned rate;

	must(engine_probe(config, WAIT_US, got, sizeof(got), &rate) == 0);
	must(strcmp(got, name) == 0);
	must(rate == RATE);
}

static void play_into_null(void)
{
	const struct engine_config any = {0};
	const struct engine_config quiet = {.api = "alsa", .device = "quiet"};
	const struct engine_config part = {.device = "qui"};

	set_alsa("pcm.!default { type null }\npcm.quiet { type null }\n");
	set_no_jack();
	must_probe(&any, "ALSA: default");
	must_probe(&quiet, "ALSA: quiet");
	must_probe(&part, "ALSA: quiet");
	must_be_lost(&quiet, -EPROTO);
	must_be_lost_opened(&quiet, -EPROTO);
	must(engine_destroy(NULL) == NULL);
}

static void a_device_that_keeps_no_time_is_refused(void **state)
{
	(void)state;
	assert_in_child(play_into_null);
}

/* --- JACK ----------------------------------------------------------------- */

#define SECONDS   4
#define CAPTURE_S 6

static bool have(const char *program)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1",
	         program);
	return system(command) == 0;
}

static pid_t run(const char *log, const char *command)
{
	pid_t child = fork();

	must(child >= 0);
	if (child == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		prctl(PR_SET_PDEATHSIG, SIGTERM); /* if a must() fails */
		dup2(fd, 1);
		dup2(fd, 2);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return child;
}

/* The recorder opens its file when it is connected. */
static void await_file(const char *path)
{
	uint64_t began = now_us();

	while (access(path, F_OK) < 0 && now_us() - began < WAIT_US)
		sched_yield();
}

static void stop(pid_t child)
{
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
}

static bool until_probe(const struct engine_config *config)
{
	uint64_t began = now_us();
	char name[64];
	unsigned rate;

	while (now_us() - began < WAIT_US)
		if (engine_probe(config, WAIT_US, name, sizeof(name), &rate) ==
		    0)
			return strcmp(name, "JACK: system") == 0 &&
			       rate == RATE;
	return false;
}

static struct engine *varied_engine(const struct engine_config *config,
                                    const struct bank *bank)
{
	const struct mixer_config mixing = varied_mixing(bank);
	static struct queue q;
	struct engine *e;

	queue_init(&q);
	varied_push(&q);
	must(engine_create(&e, config, &mixing) == 0);
	for (const struct sound *s; (s = queue_peek(&q)); queue_pop(&q))
		must(engine_push(e, s));
	return e;
}

/* Under load JACK may report a late cycle; in synchronous mode none is lost. */
static void play_until_recorded(const struct engine_config *config,
                                const struct bank *bank, pid_t recorder)
{
	struct engine *e = varied_engine(config, bank);
	struct engine_stats stats;
	uint64_t frames, at;

	must(engine_play(e, ENGINE_FROM_START, false) == 0);
	must(outcome(e, NULL) == ENGINE_PLAYING);
	must(strcmp(engine_device(e), "JACK: system") == 0);
	must(waitpid(recorder, NULL, 0) == recorder);
	must(engine_clock(e, now_us(), &frames, &at));
	must(frames >= SECONDS * RATE && at <= now_us());
	must(!engine_clock(e, now_us() + 700000, &frames, &at));
	engine_stats(e, &stats);
	must(stats.callbacks > 20 && stats.worst_ns > 0 && stats.late == 0);
	must(stats.device_hz == RATE && stats.busy_ns >= stats.worst_ns);
	engine_stop(e);
	must(engine_state(e, now_us(), NULL) == ENGINE_OFF);
	engine_destroy(e);
}

/* 32 bit whole numbers hold a float below full scale exactly, but for what
 * lies below their last bit. */
static void must_hold(const char *path, const float *want)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	sf_count_t n, first = 0, begin = 0;
	int *got;

	must(f != NULL);
	must(info.channels == 2 && info.samplerate == RATE);
	n = info.frames;
	got = malloc((size_t)n * 2 * sizeof(*got));
	must(got != NULL);
	must(sf_readf_int(f, got, n) == n);
	sf_close(f);
	while (first < n && !got[2 * first])
		first++;
	while (lrint((double)want[2 * begin] * 0x1.0p31) == 0)
		begin++;
	must(n - first > SECONDS * RATE - begin);
	for (sf_count_t i = begin; i < SECONDS * RATE; i++)
		for (int k = 0; k < 2; k++)
			must(got[2 * (first + i - begin) + k] ==
			     lrint((double)want[2 * i + k] * 0x1.0p31));
	free(got);
}

static pid_t start_server(const struct engine_config *config)
{
	char name[32];
	pid_t server;

	snprintf(name, sizeof(name), "lull-test-%ld", (long)getpid());
	set_alsa("pcm.!default { type null }\n");
	setenv("JACK_DEFAULT_SERVER", name, 1);
	setenv("JACK_NO_START_SERVER", "1", 1);
	setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
	server = run(in_folder("jackd.log"),
	             "exec jackd -n \"$JACK_DEFAULT_SERVER\" --no-realtime -S "
	             "-d dummy -r 48000 -p 1024 -P 2 -C 0 -m");
	must(until_probe(config));
	return server;
}

static pid_t start_recorder(const char *path)
{
	char command[800];
	pid_t recorder;

	snprintf(command, sizeof(command),
	         "exec jack_rec -f %s -d %d -b 32 -B 480000 "
	         "system:monitor_1 system:monitor_2",
	         path, CAPTURE_S);
	recorder = run(in_folder("rec.log"), command);
	await_file(path);
	return recorder;
}

static void capture_equals_render(void)
{
	const struct engine_config config = {.api = "jack", .device = "system"};
	struct bank *bank = varied_bank();
	struct mixer *m = varied_mixer(bank);
	float *want = malloc(SECONDS * RATE * 2 * sizeof(*want));
	char out[600];
	pid_t server;

	must(want != NULL);
	mixer_thread_init();
	mixer_render(m, want, SECONDS * RATE);
	mixer_destroy(m);
	snprintf(out, sizeof(out), "%s", in_folder("live.wav"));
	server = start_server(&config);
	play_until_recorded(&config, bank, start_recorder(out));
	stop(server);
	must_hold(out, want);
	free(want);
	bank_destroy(bank);
}

static void until_plays(struct engine *e, int64_t epoch_us, bool same)
{
	uint64_t began = now_us();
	enum engine_state state;

	do {
		must(now_us() - began < WAIT_US);
		must(engine_play(e, epoch_us, same) == 0);
		state = outcome(e, NULL);
	} while (state == ENGINE_LOST);
	must(state == ENGINE_PLAYING);
}

/* It went away at frame so and so; on its return the frames are those that
 * belong to the time by then. */
static void server_dies(void)
{
	const struct engine_config config = {.api = "jack"};
	struct engine *e = engine_of(&config);
	pid_t server = start_server(&config);
	uint64_t began, frames, at, later, later_at;
	int64_t epoch_us, off_us;

	until_plays(e, ENGINE_FROM_START, false);
	must(engine_clock(e, now_us(), &frames, &at));
	epoch_us = (int64_t)at - (int64_t)(frames * 1000000 / RATE);
	stop(server); /* not SIGKILL: JACK would count it for ever, 8 at most */
	await_loss(e, -ENOTCONN);
	began = now_us();
	must(engine_play(e, epoch_us, true) == 0); /* and ends what is left */
	must(outcome(e, NULL) == ENGINE_LOST);
	must(now_us() - began < WAIT_US / 4);
	server = start_server(&config);
	until_plays(e, epoch_us, true);
	must(engine_clock(e, now_us(), &later, &later_at));
	off_us = (int64_t)later_at - (int64_t)(later * 1000000 / RATE);
	must(later > frames && llabs(off_us - epoch_us) < 200000);
	must(engine_destroy(e) == NULL);
	stop(server);
}

/* JACK waits for it without end. */
static void server_stands_still(void)
{
	const struct engine_config config = {.api = "jack"};
	pid_t server = start_server(&config);
	uint64_t began;
	unsigned rate;
	char name[64];

	must(kill(server, SIGSTOP) == 0);
	began = now_us();
	must(engine_probe(&config, WAIT_US / 100, name, sizeof(name), &rate) ==
	     -ETIMEDOUT);
	must(now_us() - began < WAIT_US / 2);
	must(kill(server, SIGCONT) == 0);
	stop(server);
}

static void
a_jack_server_that_stands_still_does_not_hold_a_probe_up(void **state)
{
	(void)state;
	if (!have("jackd")) {
		print_message("skipped: no jackd here\n");
		skip();
	}
	assert_in_child(server_stands_still);
}

static void
a_jack_server_that_dies_is_played_to_again_when_it_is_back(void **state)
{
	(void)state;
	if (!have("jackd")) {
		print_message("skipped: no jackd here\n");
		skip();
	}
	assert_in_child(server_dies);
}

static void what_jack_hears_is_the_render_sample_for_sample(void **state)
{
	(void)state;
	if (!have("jackd") || !have("jack_rec")) {
		print_message("skipped: no jackd or no jack_rec here\n");
		skip();
	}
	assert_in_child(capture_equals_render);
}

#define T(name) cmocka_unit_test_setup_teardown(name, make_folder, scrap_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_configuration_without_a_device_is_enodev),
		T(a_configuration_without_any_pcm_is_survived),
		T(a_device_that_is_named_is_that_one_or_none),
		T(starting_prints_nothing_and_gives_stderr_back),
		T(a_device_that_keeps_no_time_is_refused),
		T(a_jack_server_that_stands_still_does_not_hold_a_probe_up),
		T(what_jack_hears_is_the_render_sample_for_sample),
		T(a_jack_server_that_dies_is_played_to_again_when_it_is_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
