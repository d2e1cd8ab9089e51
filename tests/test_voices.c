/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/voices.h"

#define CUES        20 /* more than one worker is given at once */
#define DEADLINE_MS 30000
#define RATE_HZ     48000

struct world {
	char *folder;
	int fd;
	struct phrase cues[CUES];
	char texts[CUES][16];
	char endless[1600];
	struct question question;
	struct routine routine;
	struct bank *bank;
	struct voices *voices;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->folder = test_scratch();
	setenv("HOME", w->folder, 1);
	unsetenv("XDG_CACHE_HOME");
	w->fd = eventfd(0, EFD_CLOEXEC);
	assert_true(w->fd >= 0);
	for (int i = 0; i < CUES; i++) {
		struct phrase *cue = &w->cues[i];

		snprintf(cue->id, sizeof(cue->id), "cue.n%d", i);
		snprintf(w->texts[i], sizeof(w->texts[i]), "%d.", i % 4);
		cue->text[VARIANT_FULL] = w->texts[i];
	}
	w->question = (struct question){
		.id = "known",
		.text = w->texts[1],
		.when = ASK_SESSION,
	};
	w->routine = (struct routine){
		.n_cues = CUES,
		.cues = w->cues,
		.n_questions = 1,
		.questions = &w->question,
	};
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	w->voices = voices_destroy(w->voices);
	w->bank = bank_destroy(w->bank);
	close(w->fd);
	test_scrap(w->folder);
	free(w);
	return 0;
}

/* The worker's thread. */
static void on_done(void *data)
{
	struct world *w = data;

	(void)eventfd_write(w->fd, 1);
}

static void start(struct world *w)
{
	assert_int_equal(voices_bank(&w->bank, RATE_HZ), 0);
	assert_int_equal(voices_create(&w->voices, &w->routine, w->bank,
	                               RATE_HZ, on_done, w),
	                 0);
	assert_int_equal(voices_start(w->voices), 0);
}

static void make_all(struct world *w)
{
	struct pollfd poll_fd = {.fd = w->fd, .events = POLLIN};
	eventfd_t count;

	assert_int_equal(poll(&poll_fd, 1, DEADLINE_MS), 1);
	assert_int_equal(eventfd_read(w->fd, &count), 0);
	assert_int_equal(count, 1);
	assert_true(voices_ready(w->voices));
}

static void hold(struct world *w, const char *phrase)
{
	struct event say = {.kind = EVENT_SAY, .say = {.variant = "full"}};

	strcpy(say.say.phrase, phrase);
	voices_hold(w->voices, &say);
}

static void fetch(struct world *w, const char *phrase)
{
	hold(w, phrase);
	voices_settle(w->voices);
}

static double loudest(const struct clip *clip)
{
	double most = 0;

	for (uint32_t i = 0; i < clip->frames; i++)
		most = fmax(most, fabs((double)clip->samples[i]));
	return most;
}

static void every_phrase_becomes_a_clip_of_its_own_length(void **state)
{
	struct world *w = *state;
	const struct session_clip *clips;
	const struct bank *bank;
	size_t n, missing;

	start(w);
	make_all(w);
	assert_int_equal(voices_fix(w->voices, &clips, &n, &missing), 0);
	bank = w->bank;
	assert_int_equal(n, CUES + 1);
	assert_int_equal(missing, 0);
	assert_int_equal(bank->n, n);
	assert_string_equal(clips[0].phrase, "ask.known");
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(clips[i].variant, VARIANT_FULL);
		assert_int_equal(clips[i].ms, bank_ms(bank, i));
		assert_in_range(clips[i].ms, 100, 3000);
	}
	for (size_t i = 0; i < CUES; i++) {
		char id[EVENT_ID_MAX];

		snprintf(id, sizeof(id), "cue.n%zu", i);
		assert_string_equal(clips[i + 1].phrase, id);
		fetch(w, id);
		assert_true(loudest(&bank->clips[i + 1]) > 0.01);
	}
	/* the same text is the same clip, wherever it lies */
	assert_int_equal(clips[1].ms, clips[17].ms);
	assert_memory_equal(bank->clips[1].samples, bank->clips[17].samples,
	                    bank->clips[1].frames * sizeof(float));
	/* held, let go of and held again, it is what it was */
	hold(w, "cue.n0");
	assert_true(loudest(&bank->clips[1]) > 0.01);
	hold(w, "cue.none");
}

static void a_phrase_that_cannot_be_spoken_is_left_out(void **state)
{
	struct world *w = *state;
	const struct session_clip *clips;
	const struct bank *bank;
	size_t n, missing;

	memset(w->endless, 'a', sizeof(w->endless) - 1);
	w->cues[2].text[VARIANT_FULL] = w->endless;
	w->routine.n_cues = 4;
	start(w);
	make_all(w);
	assert_int_equal(voices_fix(w->voices, &clips, &n, &missing), 0);
	bank = w->bank;
	assert_int_equal(n, 4);
	assert_int_equal(missing, 1);
	assert_string_equal(clips[3].phrase, "cue.n3");
	assert_true(loudest(&bank->clips[3]) > 0.01);
}

static void what_is_not_ready_is_not_used(void **state)
{
	struct world *w = *state;
	const struct session_clip *clips = NULL;
	size_t n = 0, missing = 0;
	int r;

	start(w);
	r = voices_fix(w->voices, &clips, &n, &missing);
	assert_true(voices_ready(w->voices));
	/* the worker may have made some by now */
	if (r < 0) {
		assert_int_equal(r, -ENODATA);
		return;
	}
	assert_int_equal(n + missing, CUES + 1);
	for (size_t i = 0; i < n; i++)
		assert_true(clips[i].ms > 0);
}

/* As of a session before this one, in the same folder. */
static float *clip_of_before(struct world *w, size_t i, uint32_t *ret_frames)
{
	const struct session_clip *clips;
	const struct bank *bank;
	size_t n, missing, bytes;
	float *x;

	start(w);
	make_all(w);
	assert_int_equal(voices_fix(w->voices, &clips, &n, &missing), 0);
	bank = w->bank;
	*ret_frames = bank->clips[i].frames;
	bytes = *ret_frames * sizeof(*x);
	x = malloc(bytes);
	assert_non_null(x);
	memcpy(x, bank->clips[i].samples, bytes);
	w->voices = voices_destroy(w->voices);
	return x;
}

static void begin_again(struct world *w, const struct bank **ret)
{
	const struct session_clip *clips;
	size_t n, missing;

	start(w);
	make_all(w);
	assert_int_equal(voices_fix(w->voices, &clips, &n, &missing), 0);
	*ret = w->bank;
	assert_int_equal(n, CUES + 1);
	assert_int_equal(missing, 0);
}

static void what_lies_in_the_cache_is_read_when_it_is_said(void **state)
{
	struct world *w = *state;
	const struct bank *bank;
	uint32_t frames;
	float *before = clip_of_before(w, 3, &frames);

	begin_again(w, &bank);
	assert_int_equal(bank->clips[3].frames, frames);
	assert_true(loudest(&bank->clips[3]) == 0.0);
	fetch(w, "cue.n2");
	assert_memory_equal(bank->clips[3].samples, before,
	                    frames * sizeof(*before));
	free(before);
}

/* As when questions are answered faster than they are read out. */
static void what_is_cut_short_is_read_when_it_is_said_again(void **state)
{
	struct world *w = *state;
	const struct bank *bank;
	uint32_t frames;
	float *before = clip_of_before(w, 3, &frames);

	begin_again(w, &bank);
	for (int i = 0; i < 10; i++) {
		hold(w, "cue.n2");
		hold(w, "cue.n3");
	}
	fetch(w, "cue.n2");
	assert_memory_equal(bank->clips[3].samples, before,
	                    frames * sizeof(*before));
	free(before);
}

static void a_clip_that_is_gone_meanwhile_is_made_anew(void **state)
{
	struct world *w = *state;
	const struct bank *bank;
	uint32_t frames;
	float *before = clip_of_before(w, 3, &frames);
	char command[300];

	begin_again(w, &bank);
	snprintf(command, sizeof(command), "rm -r '%s/.cache'", w->folder);
	assert_int_equal(system(command), 0);
	fetch(w, "cue.n2");
	assert_memory_equal(bank->clips[3].samples, before,
	                    frames * sizeof(*before));
	free(before);
}

static void given_up_half_way_nothing_is_left(void **state)
{
	struct world *w = *state;

	start(w);
	w->voices = voices_destroy(w->voices);
	assert_null(w->voices);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(every_phrase_becomes_a_clip_of_its_own_length),
		TEST(a_phrase_that_cannot_be_spoken_is_left_out),
		TEST(what_is_not_ready_is_not_used),
		TEST(what_lies_in_the_cache_is_read_when_it_is_said),
		TEST(what_is_cut_short_is_read_when_it_is_said_again),
		TEST(a_clip_that_is_gone_meanwhile_is_made_anew),
		TEST(given_up_half_way_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
