/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/bus.h"
#include "cli/frame.h"
#include "cli/load.h"

struct shown {
	struct bus_state state;
	struct frame_model model;
	struct frame frame;
	char all[16384]; /* the lines */
};

static void playing(struct shown *s)
{
	struct error error = {""};
	struct routine *r;

	*s = (struct shown){.all = ""};
	bus_state_init(&s->state);
	snprintf(s->state.state, sizeof(s->state.state), "playing");
	snprintf(s->state.mode, sizeof(s->state.mode), "tension");
	snprintf(s->state.routine, sizeof(s->state.routine), "tension_relief");
	snprintf(s->state.quality, sizeof(s->state.quality), "ok");
	snprintf(s->state.sensor, sizeof(s->state.sensor), "person:1");
	snprintf(s->state.sensor_state, sizeof(s->state.sensor_state),
	         "connected");
	snprintf(s->state.calm_state, sizeof(s->state.calm_state), "settling");
	s->state.step_n = 6;
	s->state.pressure = 4;
	s->state.step_left_s = 80;
	s->state.left_s = 552;
	s->state.hr_bpm = 63.6;
	s->state.breaths_per_min = 6;
	assert_int_equal(load_routine("tension_relief", &r, &error), 0);
	s->model = (struct frame_model){.state = &s->state,
	                                .routine = r,
	                                .said = "Ease off, slowly.",
	                                .told = "A note.",
	                                .breath = NAN,
	                                .help = true};
}

static void done(struct shown *s)
{
	routine_destroy((struct routine *)(uintptr_t)s->model.routine);
}

static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void make(struct shown *s, size_t width, size_t height)
{
	size_t used = 0;

	frame_make(&s->model, width, height, &s->frame);
	assert_true(s->frame.n <= height);
	for (size_t i = 0; i < s->frame.n; i++) {
		assert_true(columns(s->frame.lines[i].text) <= width);
		used += (size_t)snprintf(s->all + used, sizeof(s->all) - used,
		                         "%s\n", s->frame.lines[i].text);
	}
}

static void assert_holds(const char *all, const char *words, bool holds)
{
	if ((strstr(all, words) != NULL) != holds)
		print_error("%s \"%s\" in:\n%s\n", holds ? "no" : "a", words,
		            all);
	assert_true((strstr(all, words) != NULL) == holds);
}

static void a_frame_says_step_hands_breath_heart_calm_and_time(void **state)
{
	static const char *const words[] = {
		"Ease head, neck and shoulder tension",
		"9:12 to go",
		"step 6 of 14: ",
		"1:20",
		"fingertips",
		"Pressure: 4 of ten at most.",
		"6.0 breaths a minute",
		"heart 64 a minute",
		"settling",
		"signal ok",
		"\"Ease off, slowly.\"",
		"A note.",
		"x stop",
		"Esc leaves",
	};
	struct shown s;

	(void)state;
	playing(&s);
	make(&s, 80, 24);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_holds(s.all, words[i], true);
	done(&s);
}

static void what_is_not_known_is_left_out_never_guessed(void **state)
{
	struct shown s;

	(void)state;
	playing(&s);
	s.state.hr_bpm = s.state.left_s = s.state.step_left_s = NAN;
	s.state.calm_state[0] = '\0';
	s.state.breaths_per_min = 0;
	s.state.pressure = 0;
	snprintf(s.state.sensor_state, sizeof(s.state.sensor_state),
	         "no_contact");
	make(&s, 80, 24);
	assert_holds(s.all, "heart", false);
	assert_holds(s.all, "to go", false);
	assert_holds(s.all, "breaths", false);
	assert_holds(s.all, "Pressure", false);
	assert_holds(s.all, "sensor no contact", true);
	s.state.sensor[0] = '\0';
	make(&s, 80, 24);
	assert_holds(s.all, "no sensor: by the clock", true);
	done(&s);
}

static void the_bar_is_as_full_as_the_breath(void **state)
{
	struct shown s;

	(void)state;
	playing(&s);
	s.model.inhale = true;
	s.model.breath = 0.5;
	make(&s, 80, 24);
	assert_holds(s.all, "in  ====================   ", true);
	s.model.inhale = false;
	s.model.breath = 0;
	make(&s, 80, 24);
	assert_holds(s.all, "out      ", true);
	assert_holds(s.all, "=", false);
	s.model.utf8 = true;
	s.model.breath = 1;
	make(&s, 80, 24);
	assert_holds(s.all, "out \xe2\x94\x81\xe2\x94\x81", true);
	done(&s);
}

/* content.md E.4: no animation, nearly black red. */
static void in_an_attack_nothing_moves(void **state)
{
	struct shown s;

	(void)state;
	playing(&s);
	assert_false(frame_still(&s.state));
	snprintf(s.state.mode, sizeof(s.state.mode), "attack");
	assert_true(frame_still(&s.state));
	s.model.breath = 0.5;
	make(&s, 80, 24);
	assert_holds(s.all, "=", false);
	assert_holds(s.all, "6.0 breaths a minute", true);
	assert_holds(s.all, "10 min to go", true); /* of 9:12 */
	assert_holds(s.all, "step 6 of 14: ", true);
	assert_holds(s.all, "1:20", false);
	assert_holds(s.all, "heart", false);
	assert_holds(s.all, "settling", true);
	done(&s);
}

static void a_question_stands_with_its_keys(void **state)
{
	static const char *const choices[] = {"yes", "not_sure", NULL};
	struct shown s;
	struct keys keys;

	(void)state;
	playing(&s);
	keys_init(&keys, choices);
	s.model.keys = &keys;
	s.model.question = "Do you feel faint?";
	make(&s, 80, 24);
	assert_holds(s.all, "Do you feel faint?", true);
	assert_holds(s.all, "y yes   n not sure", true);
	done(&s);
}

static void where_room_is_short_the_least_needed_goes_first(void **state)
{
	static const char *const choices[] = {"yes", "no", NULL};
	/* the least needed first */
	static const char *const words[] = {"x stop", "A note",     "Ease off",
	                                    "heart",  "fingertips", "to go",
	                                    "6.0",    "step 6",     "faint?"};
	struct shown s;
	struct keys keys;
	size_t gone = 0;

	(void)state;
	playing(&s);
	keys_init(&keys, choices);
	s.model.keys = &keys;
	s.model.question = "Do you feel faint?";
	for (size_t height = 30; height > 0; height--) {
		make(&s, 80, height);
		while (gone < 9 && !strstr(s.all, words[gone]))
			gone++;
		for (size_t i = gone; i < 9; i++)
			assert_holds(s.all, words[i], true);
	}
	assert_int_equal(gone, 8);
	done(&s);
}

static void any_size_and_any_text_fit(void **state)
{
	static char text[900];
	struct shown s;

	(void)state;
	playing(&s);
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text + 100, "\033[2J\r\n", 6); /* and no control gets through */
	s.model.told = text;
	for (size_t width = 1; width < 130; width++)
		for (size_t height = 1; height < 70; height += 3)
			make(&s, width, height);
	assert_null(strchr(s.all, '\033'));
	assert_null(strchr(s.all, '\r'));
	done(&s);
}

static void idle_says_how_a_session_begins(void **state)
{
	struct shown s;

	(void)state;
	playing(&s);
	snprintf(s.state.state, sizeof(s.state.state), "idle");
	snprintf(s.state.result, sizeof(s.state.result), "completed");
	make(&s, 80, 24);
	assert_holds(s.all, "No session runs: lull start", true);
	assert_holds(s.all, "the last one: completed", true);
	assert_holds(s.all, "heart", false);
	assert_holds(s.all, "step", false);
	done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test(name)
		TEST(a_frame_says_step_hands_breath_heart_calm_and_time),
		TEST(what_is_not_known_is_left_out_never_guessed),
		TEST(the_bar_is_as_full_as_the_breath),
		TEST(in_an_attack_nothing_moves),
		TEST(a_question_stands_with_its_keys),
		TEST(where_room_is_short_the_least_needed_goes_first),
		TEST(any_size_and_any_text_fit),
		TEST(idle_says_how_a_session_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
