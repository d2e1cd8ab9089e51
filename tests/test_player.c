/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/player.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal.h"
#include "player/text.h"
#include "tests/helpers/outset.h"
#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

/* Watches the order in which a player tells. */
struct watch {
	struct player *player;
	uint64_t last_us;
	bool beat_before; /* the event before was a beat */
	uint64_t inputs, outputs, classes;
	struct text told; /* every output's line */
};

static void watch_event(void *data, const struct event *e)
{
	struct watch *w = data;
	char *line;

	assert_true(e->t_us >= w->last_us);
	w->last_us = e->t_us;
	if (w->beat_before)
		assert_int_equal(e->kind, EVENT_BEAT_CLASS);
	w->beat_before = e->kind == EVENT_BEAT;
	if (event_is_input(e->kind)) {
		/* no deadline of an earlier time is still to come */
		assert_true(player_next(w->player) >= e->t_us);
		w->inputs++;
		return;
	}
	w->outputs++;
	w->classes += e->kind == EVENT_BEAT_CLASS;
	assert_int_equal(journal_write(e, &line), 0);
	text_raw(&w->told, line);
	text_raw(&w->told, "\n");
	free(line);
}

static void open_player(struct outset *b, struct watch *w)
{
	struct player_listener listener = {watch_event, w};

	assert_int_equal(player_create(&w->player, &b->start, &listener, 1), 0);
}

static void close_player(struct watch *w)
{
	char *told;

	w->player = player_destroy(w->player);
	if (text_take(&w->told, &told) == 0)
		free(told);
}

static void feed_at_random(struct watch *w, uint64_t *seed, uint64_t until_us)
{
	static const char *const words[] = {"easier", "quieter", "less",
	                                    "pause",  "resume",  "louder",
	                                    "hush"};
	struct beat beat = {.rr_ms = 900};
	uint64_t t = 0;

	while (t < until_us && !player_ended(w->player)) {
		uint64_t pick = test_random(seed);

		/* now and then the caller's clock is behind */
		t += pick % 10 == 0 ? 0 : test_random(seed) % (2 * S);
		if (pick % 10 == 1 && t > S)
			t -= S;
		beat.rr_ms = 800 + (double)(pick % 200);
		if (pick % 40 == 2)
			player_word(w->player, t, words[pick / 40 % 7]);
		else if (pick % 40 == 3)
			player_sensor(w->player, t,
			              (enum sensor_state)(pick / 40 % 5));
		else
			player_beat(w->player, t, &beat, t);
	}
}

static void
deadlines_come_before_later_inputs_and_outputs_after_theirs(void **state)
{
	struct outset *b = *state;
	uint64_t seed = 9;

	for (int i = 0; i < 20; i++) {
		struct watch w = {0};

		open_player(b, &w);
		feed_at_random(&w, &seed, 1000 * S);
		assert_true(w.inputs > 50);
		assert_true(w.classes > 50);
		assert_true(w.outputs > w.classes);
		close_player(&w);
	}
}

static void how_often_it_is_called_changes_nothing(void **state)
{
	struct outset *b = *state;
	struct watch once = {0}, often = {0};

	open_player(b, &once);
	open_player(b, &often);
	player_advance(once.player, 2000 * S);
	for (uint64_t t = 0; t <= 2000 * S; t += 7013)
		player_advance(often.player, t);
	assert_true(player_ended(once.player));
	assert_true(player_ended(often.player));
	text_raw(&once.told, "");
	assert_int_equal(once.told.len, often.told.len);
	assert_memory_equal(once.told.at, often.told.at, often.told.len);
	close_player(&once);
	close_player(&often);
}

static void after_the_end_nothing_is_taken_and_nothing_told(void **state)
{
	struct outset *b = *state;
	struct watch w = {0};
	struct session_status status;

	open_player(b, &w);
	assert_int_equal(player_word(w.player, 5 * S, "stop"), 0);
	player_advance(w.player, 60 * S);
	assert_true(player_ended(w.player));
	assert_true(player_next(w.player) == UINT64_MAX);
	player_status(w.player, &status);
	assert_string_equal(status.state, "ended");
	w.inputs = w.outputs = 0;
	player_beat(w.player, 61 * S, &(struct beat){.rr_ms = 800}, 61 * S);
	assert_int_equal(player_word(w.player, 62 * S, "pause"), -EALREADY);
	player_suspended(w.player, 63 * S, 9);
	assert_int_equal(w.inputs + w.outputs, 0);
	close_player(&w);
}

static void what_is_no_input_is_refused_untold(void **state)
{
	struct outset *b = *state;
	struct watch w = {0};
	char longest[EVENT_VALUE_MAX + 1];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	open_player(b, &w);
	assert_int_equal(player_word(w.player, S, "faster"), -EINVAL);
	assert_int_equal(player_answer(w.player, S, "a", longest), -EINVAL);
	assert_int_equal(player_answer(w.player, S, longest, "a"), -EINVAL);
	assert_int_equal(player_answer(w.player, S, "a", "\xff"), -EINVAL);
	assert_int_equal(
		player_input(w.player, &(struct event){.kind = EVENT_SAY}),
		-EINVAL);
	assert_int_equal(w.inputs + w.outputs, 0);
	close_player(&w);
}

static void a_straps_ticks_are_what_counts(void **state)
{
	struct outset *b = *state;
	struct beat beat = {.rr_ticks = 820, .rr_ms = 1};
	struct watch w = {0};

	open_player(b, &w);
	player_beat(w.player, S, &beat, S);
	assert_int_equal(w.inputs, 1);
	assert_non_null(strstr(w.told.at, "\"class\":\"ok\""));
	close_player(&w);
}

#define WITH(test)                                                             \
	cmocka_unit_test_setup_teardown(test, outset_set_up, outset_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(deadlines_come_before_later_inputs_and_outputs_after_theirs),
		WITH(how_often_it_is_called_changes_nothing),
		WITH(after_the_end_nothing_is_taken_and_nothing_told),
		WITH(what_is_no_input_is_refused_untold),
		WITH(a_straps_ticks_are_what_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
