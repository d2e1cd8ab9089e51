/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "tests/helpers/test.h"

#define NONE ((double)NAN)

/* --- the first line ---------------------------------------------------- */

struct played {
	struct content *content;
	struct routine *routine;
	struct session_clip clips[2];
	struct session_start start;
};

static int set_up(void **state)
{
	struct played *p = calloc(1, sizeof(*p));
	struct error error = {""};

	assert_non_null(p);
	if (content_load(&p->content, content_dir(), NULL, &error) < 0 ||
	    content_routine(p->content, "tension_relief", &p->routine, &error) <
	            0)
		fail_msg("%s", error.text);
	session_start_init(&p->start);
	p->start.routine = p->routine;
	p->clips[0] = (struct session_clip){"trap_hold", VARIANT_LIGHT, 3, 1};
	p->clips[1] = (struct session_clip){"cue.start", VARIANT_BRIEF, 0,
	                                    UINT32_MAX};
	p->start.n_clips = 2;
	p->start.clips = p->clips;
	p->start.seed = UINT64_MAX;
	p->start.profile.flags = flag_bit(FLAG_PREG) | flag_bit(FLAG_MINOR);
	p->start.profile.flags_known = true;
	p->start.profile.sessions = 12;
	p->start.profile.resonance_per_min = 5.75;
	p->start.profile.worse_side = SIDE_LEFT;
	p->start.profile.n_uses = 1;
	strcpy(p->start.profile.uses[0].technique, "trap_hold");
	p->start.profile.uses[0].uses = 3;
	p->start.profile.uses[0].rating = NONE;
	p->start.profile.uses[0].settled_n = 7;
	p->start.profile.uses[0].settled = 10.2;
	p->start.profile.uses[0].settled_low = 8.5;
	p->start.profile.uses[0].settled_high = 11.9;
	strcpy(p->start.profile.resonance_at, "2031-05-02T08:00:00+02:00");
	p->start.settings.ask = true;
	p->start.settings.from_step = 2;
	p->start.settings.slow = true;
	p->start.settings.seconds = 90.5;
	p->start.settings.master_db = -4.5;
	p->start.settings.voice_db = -1.5;
	p->start.settings.breath_db = -60;
	p->start.settings.bed_db = -0.25;
	strcpy(p->start.settings.sound.pacer, "bow");
	strcpy(p->start.settings.sound.bed, "music");
	strcpy(p->start.settings.sound.music, "/m/a b.flac");
	p->start.settings.sound.migraine = true;
	p->start.settings.sound.pause_out_pct = 7.5;
	strcpy(p->start.start, "2031-05-04T19:30:00+02:00");
	strcpy(p->start.sensor, "person:7");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct played *p = *state;

	routine_destroy(p->routine);
	content_destroy(p->content);
	free(p);
	return 0;
}

static void the_first_line_holds_all_that_the_session_knew(void **state)
{
	struct played *p = *state;
	struct journal_error error = {""};
	struct journal_start back;
	char *first, *second;
	int r;

	assert_int_equal(journal_write_start(&p->start, &first), 0);
	assert_null(strchr(first, '\n'));
	assert_memory_equal(first, "{\"kind\":\"session\",\"format\":1,", 29);
	r = journal_read_start(first, strlen(first), &back, &error);
	if (r < 0)
		print_error("%s\n", error.what);
	assert_int_equal(r, 0);
	assert_true(back.start.seed == UINT64_MAX);
	assert_int_equal(back.start.n_clips, 2);
	assert_string_equal(back.start.clips[1].phrase, "cue.start");
	assert_int_equal(back.start.clips[1].variant, VARIANT_BRIEF);
	assert_int_equal(back.start.clips[0].wording, 3);
	assert_int_equal(back.start.clips[1].wording, 0);
	assert_true(back.start.clips[1].ms == UINT32_MAX);
	assert_int_equal(back.start.profile.flags, p->start.profile.flags);
	assert_int_equal(back.start.profile.worse_side, SIDE_LEFT);
	assert_string_equal(back.start.profile.uses[0].technique, "trap_hold");
	assert_true(isnan(back.start.profile.uses[0].rating));
	assert_int_equal(back.start.profile.uses[0].settled_n, 7);
	assert_near(back.start.profile.uses[0].settled_low, 8.5, 0);
	assert_near(back.start.profile.uses[0].settled_high, 11.9, 0);
	assert_string_equal(back.start.profile.resonance_at,
	                    "2031-05-02T08:00:00+02:00");
	assert_int_equal(back.start.routine->n_steps, p->routine->n_steps);
	assert_string_equal(back.start.sensor, "person:7");
	assert_int_equal(journal_write_start(&back.start, &second), 0);
	assert_string_equal(first, second);
	free(first);
	free(second);
	journal_start_finish(&back);
}

/* @from in the first line of a session becomes @to. */
static int read_changed(struct played *p, const char *from, const char *to,
                        struct journal_start *ret, struct journal_error *error)
{
	char *line, *at, *changed;
	int r;

	assert_int_equal(journal_write_start(&p->start, &line), 0);
	at = strstr(line, from);
	assert_non_null(at);
	assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - line), line, to,
	                     at + strlen(from)) > 0);
	r = journal_read_start(changed, strlen(changed), ret, error);
	free(changed);
	free(line);
	return r;
}

static void a_damaged_first_line_is_refused_by_name(void **state)
{
	const struct {
		const char *from, *to, *why;
	} cases[] = {
		{"\"kind\":\"session\"", "\"kind\":\"beat\"", "kind: "},
		{"\"format\":1", "\"format\":2", "format: "},
		{"\"seed\":\"", "\"seed\":\"-", "seed: "},
		{"\"seed\":\"", "\"seed\":\"9", "seed: "},
		{"\"flags\":[\"preg\"", "\"flags\":[\"tall\"",
	         "profile.flags: \"tall\""},
		{"\"sessions\":12", "\"sessions\":-1", "profile.sessions: "},
		{"\"left\"", "\"up\"", "profile.worse_side: "},
		{"\"ask\":true", "\"ask\":1", "settings.ask: "},
		{"\"seconds\":90.5", "\"seconds\":-1", "settings.seconds: "},
		{"trap_hold/light", "trap_hold/dark",
	         "clips.trap_hold/dark/4: "},
		{"trap_hold/light/4\":1", "trap_hold/light/4\":0",
	         "clips.trap_hold/light/4: "},
		{"trap_hold/light/4", "trap_hold/light/5",
	         "clips.trap_hold/light/5: "},
		{"\"steps\":[", "\"steps\":[7,", "routine: "},
		{"\"uses\":3,", "", "profile.uses.uses: is missing"},
		{"\"settings\":", "\"sittings\":", "settings: is missing"},
	};
	struct played *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct journal_error error = {""};
		struct journal_start back;
		int r = read_changed(p, cases[i].from, cases[i].to, &back,
		                     &error);

		if (strncmp(error.what, cases[i].why, strlen(cases[i].why)))
			print_error("%s\nsaid: %s\n", cases[i].to, error.what);
		assert_int_equal(r, -EBADMSG);
		assert_memory_equal(error.what, cases[i].why,
		                    strlen(cases[i].why));
	}
}

static void what_was_remembered_is_kept_and_an_older_line_has_none(void **state)
{
	struct played *p = *state;
	struct journal_error error = {""};
	struct journal_start back;

	assert_int_equal(
		read_changed(p,
	                     ",\"settled\":{\"n\":7,\"mean\":10.2,\"low\":8.5,"
	                     "\"high\":11.9}",
	                     "", &back, &error),
		0);
	assert_int_equal(back.start.profile.uses[0].settled_n, 0);
	journal_start_finish(&back);
	assert_int_equal(
		read_changed(p,
	                     "\"resonance_at\":\"2031-05-02T08:00:00+02:00\",",
	                     "", &back, &error),
		0);
	assert_string_equal(back.start.profile.resonance_at, "");
	journal_start_finish(&back);
}

static void how_it_sounded_is_kept_and_an_older_line_has_none(void **state)
{
	struct journal_start back;
	const struct session_sound *sound = &back.start.settings.sound;

	assert_int_equal(
		read_changed(*state, "\"ask\"", "\"ask\"", &back, NULL), 0);
	assert_string_equal(sound->pacer, "bow");
	assert_string_equal(sound->bed, "music");
	assert_string_equal(sound->music, "/m/a b.flac");
	assert_true(sound->migraine);
	assert_near(sound->pause_in_pct, 0, 0);
	assert_near(sound->pause_out_pct, 7.5, 0);
	journal_start_finish(&back);
	assert_int_equal(
		read_changed(*state,
	                     ",\"sound\":{\"pacer\":\"bow\","
	                     "\"bed\":\"music\",\"music\":\"/m/a b.flac\","
	                     "\"migraine\":true,\"pause_in_pct\":0,"
	                     "\"pause_out_pct\":7.5}",
	                     "", &back, NULL),
		0);
	assert_string_equal(sound->pacer, "");
	assert_false(sound->migraine);
	journal_start_finish(&back);
}

static void a_first_line_from_before_the_levels_were_kept_is_read(void **state)
{
	struct journal_start back;

	assert_int_equal(read_changed(*state,
	                              ",\"voice_db\":-1.5,\"breath_db\":-60,"
	                              "\"bed_db\":-0.25",
	                              "", &back, NULL),
	                 0);
	assert_near(back.start.settings.master_db, -4.5, 0);
	assert_near(back.start.settings.voice_db, 0, 0);
	assert_near(back.start.settings.breath_db, 0, 0);
	assert_near(back.start.settings.bed_db, 0, 0);
	journal_start_finish(&back);
}

static void another_engines_session_is_said_to_be_so(void **state)
{
	struct played *p = *state;
	struct journal_error error;
	struct journal_start back;

	assert_int_equal(read_changed(p, "\"engine\":\"" SESSION_ENGINE "\"",
	                              "\"engine\":\"lull-0\"", &back, &error),
	                 -EPROTO);
	assert_string_equal(back.start.engine, "lull-0");
	assert_int_equal(back.start.n_clips, 2);
	journal_start_finish(&back);
}

/* --- without memory ------------------------------------------------------ */

/* Allocations left before one fails; below 0: none fails. */
static int left = -1;

static bool fails(void)
{
	return left >= 0 && left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t size);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t size)
{
	return fails() ? NULL : __real_realloc(at, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static void an_event_without_memory_is_said_to_be_so(void **state)
{
	static const char *const choices[] = {"yes", "no", NULL};
	struct event e = {.t_us = 7, .kind = EVENT_QUESTION};
	struct journal_event back;
	struct journal_error error;
	int r = -ENOMEM;
	char *line;

	(void)state;
	e.question.text = "Is there enough of it?";
	e.question.choices = choices;
	for (int n = 0; r == -ENOMEM; n++) {
		left = n;
		r = journal_write(&e, &line);
		left = -1;
	}
	assert_int_equal(r, 0);
	r = -ENOMEM;
	for (int n = 0; r == -ENOMEM; n++) {
		left = n;
		r = journal_read(line, strlen(line), &back, &error);
		left = -1;
	}
	assert_int_equal(r, 0);
	journal_event_finish(&back);
	free(line);
}

static void a_first_line_without_memory_is_said_to_be_so(void **state)
{
	struct played *p = *state;
	struct journal_error error;
	struct journal_start back;
	int r = -ENOMEM, failed = 0;
	char *line;

	/* every one of the first, then ever fewer: there are thousands */
	for (int n = 0; r == -ENOMEM; n += 1 + n / 40) {
		left = n;
		r = journal_write_start(&p->start, &line);
		left = -1;
		failed++;
	}
	assert_int_equal(r, 0);
	assert_true(failed > 1);
	r = -ENOMEM;
	failed = 0;
	for (int n = 0; r == -ENOMEM; n += 1 + n / 40) {
		left = n;
		r = journal_read_start(line, strlen(line), &back, &error);
		left = -1;
		if (r != 0 && r != -ENOMEM)
			print_error("allocation %d: %s\n", n, error.what);
		failed++;
	}
	assert_int_equal(r, 0);
	assert_true(failed > 50);
	journal_start_finish(&back);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_first_line_holds_all_that_the_session_knew, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_damaged_first_line_is_refused_by_name, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			a_first_line_from_before_the_levels_were_kept_is_read,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_was_remembered_is_kept_and_an_older_line_has_none,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			how_it_sounded_is_kept_and_an_older_line_has_none,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			another_engines_session_is_said_to_be_so, set_up,
			tear_down),
		cmocka_unit_test(an_event_without_memory_is_said_to_be_so),
		cmocka_unit_test_setup_teardown(
			a_first_line_without_memory_is_said_to_be_so, set_up,
			tear_down),
	};

	return cmocka_run_group_tests_name("journal_start", tests, NULL, NULL);
}
