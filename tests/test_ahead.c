/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "daemon/ahead.h"

#define SEED_AHEAD 11
#define SEED_OTHER 12

struct world {
	char *folder;
	sd_event *event;
	struct config config;
	struct ahead ahead;
	struct aloud aloud;
};

/* The child finds no device, which is all the same here. */
static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char path[512];
	FILE *f;

	assert_non_null(w);
	w->folder = test_scratch();
	setenv("HOME", w->folder, 1);
	unsetenv("XDG_CACHE_HOME");
	snprintf(path, sizeof(path), "%s/alsa.conf", w->folder);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("pcm.!default { type null }\n", f);
	fclose(f);
	setenv("ALSA_CONFIG_PATH", path, 1);
	setenv("JACK_DEFAULT_SERVER", "lull-test-none", 1);
	setenv("JACK_NO_START_SERVER", "1", 1);
	assert_true(sd_event_new(&w->event) >= 0);
	assert_int_equal(config_load("/no/such", &w->config, NULL), 0);
	aloud_init(&w->ahead.aloud);
	aloud_init(&w->aloud);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	aloud_finish(&w->aloud);
	ahead_close(&w->ahead);
	sd_event_unref(w->event);
	test_scrap(w->folder);
	free(w);
	return 0;
}

static void open_ahead(struct world *w)
{
	ahead_open(&w->ahead, w->event, &w->config, SEED_AHEAD);
	assert_true(w->ahead.aloud.open);
	assert_non_null(w->ahead.aloud.speaker);
	assert_non_null(w->ahead.aloud.bank);
}

/* Return: the seed that the session has then. */
static uint64_t take(struct world *w, bool chosen, uint64_t seed)
{
	ahead_take(&w->ahead, &w->config, chosen, &seed, &w->aloud);
	assert_true(w->aloud.open);
	assert_non_null(w->aloud.speaker);
	assert_false(w->ahead.aloud.open);
	assert_null(w->ahead.aloud.speaker);
	assert_null(w->ahead.over);
	return seed;
}

static void a_session_takes_what_was_opened_and_its_seed(void **state)
{
	struct world *w = *state;
	const struct speaker *opened;

	open_ahead(w);
	opened = w->ahead.aloud.speaker;
	assert_int_equal(take(w, false, SEED_OTHER), SEED_AHEAD);
	assert_ptr_equal(w->aloud.speaker, opened);
}

static void the_very_seed_that_is_chosen_may_be_the_one(void **state)
{
	struct world *w = *state;
	const struct speaker *opened;

	open_ahead(w);
	opened = w->ahead.aloud.speaker;
	assert_int_equal(take(w, true, SEED_AHEAD), SEED_AHEAD);
	assert_ptr_equal(w->aloud.speaker, opened);
}

static void a_seed_that_is_chosen_is_kept(void **state)
{
	struct world *w = *state;

	open_ahead(w);
	assert_int_equal(take(w, true, SEED_OTHER), SEED_OTHER);
}

static void what_is_set_meanwhile_is_heard(void **state)
{
	struct world *w = *state;

	open_ahead(w);
	strcpy(w->config.bed, "rain");
	assert_int_equal(take(w, false, SEED_OTHER), SEED_OTHER);
	assert_string_equal(w->aloud.config.bed, "rain");
}

static void another_strap_changes_nothing_that_is_heard(void **state)
{
	struct world *w = *state;

	open_ahead(w);
	strcpy(w->config.sensor, "person:4");
	assert_int_equal(take(w, false, SEED_OTHER), SEED_AHEAD);
}

static void unprepared_it_is_opened_at_the_start(void **state)
{
	struct world *w = *state;

	assert_int_equal(take(w, false, SEED_OTHER), SEED_OTHER);
}

static void one_that_is_open_is_kept(void **state)
{
	struct world *w = *state;
	const struct speaker *opened;

	open_ahead(w);
	opened = w->ahead.aloud.speaker;
	ahead_open(&w->ahead, w->event, &w->config, SEED_OTHER);
	assert_ptr_equal(w->ahead.aloud.speaker, opened);
	assert_int_equal(take(w, false, SEED_OTHER), SEED_AHEAD);
}

static void without_a_session_it_is_closed_in_time(void **state)
{
	struct world *w = *state;
	uint64_t now_us, over_us;

	open_ahead(w);
	assert_true(sd_event_now(w->event, CLOCK_MONOTONIC, &now_us) >= 0);
	assert_true(sd_event_source_get_time(w->ahead.over, &over_us) >= 0);
	assert_true(over_us > now_us);
	assert_true(over_us <= now_us + 2000000);
	/* that much later */
	assert_true(sd_event_source_set_time(w->ahead.over, now_us) >= 0);
	while (w->ahead.aloud.open)
		assert_true(sd_event_run(w->event, UINT64_MAX) >= 0);
	assert_null(w->ahead.aloud.speaker);
	assert_null(w->ahead.aloud.bank);
	assert_null(w->ahead.over);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_session_takes_what_was_opened_and_its_seed),
		TEST(the_very_seed_that_is_chosen_may_be_the_one),
		TEST(a_seed_that_is_chosen_is_kept),
		TEST(what_is_set_meanwhile_is_heard),
		TEST(another_strap_changes_nothing_that_is_heard),
		TEST(unprepared_it_is_opened_at_the_start),
		TEST(one_that_is_open_is_kept),
		TEST(without_a_session_it_is_closed_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
