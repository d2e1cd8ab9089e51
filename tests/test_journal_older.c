/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first line of a session as each earlier version wrote it: what it had no
 * name for is taken out of today's, and it is read all the same.
 */
#include "player/journal.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "tests/helpers/book.h"
#include "tests/helpers/test.h"

/* What came into the first line, in which order: a version lacks all from
   @lacks on. Found by comparing the lines of built old versions. */
enum came {
	LEVELS,
	SOUND,
	LANGUAGE,
	KINDS_OF_DAY,
	RESULT, /* what is spoken of it, and the noise it is held against */
	LATELY, /* where hands pressed firmly of late, and what is offered */
	NOTHING,
};

static const struct version {
	const char *engine;
	enum came lacks;
} versions[] = {
	{"lull-1", LEVELS},
	{"lull-1", SOUND},
	{"lull-2", SOUND},
	{"lull-3", LANGUAGE},
	/* before this engine's number was made known with its content */
	{"lull-4", KINDS_OF_DAY},
	{"lull-4", RESULT},
	{"lull-5", LATELY},
	{SESSION_ENGINE, NOTHING},
};

/* The cues and questions there were before there were kinds of day. */
static const char *const first_cues[] = {
	"cue.start",          "cue.inhale",
	"cue.exhale",         "cue.not_deep",
	"cue.slower",         "cue.follow_you",
	"cue.easier",         "cue.listen",
	"cue.extend",         "cue.move_on",
	"cue.dizzy",          "cue.hands_away",
	"cue.no_signal",      "cue.close",
	"cue.opening",        "cue.pressure",
	"cue.side_left",      "cue.side_right",
	"cue.hurts",          "cue.paused",
	"cue.resumed",        "cue.signal_back",
	"cue.skipped",        "cue.irregular",
	"cue.profile",        "cue.flat_heart",
	"cue.after",          "cue.minor",
	"cue.seen_blocked",   "cue.stop_urgent",
	"cue.stop_soon",      "cue.disclaimer",
	"cue.stop_emergency", NULL,
};
static const char *const results[] = {
	"cue.no_change",    "cue.beats_slower",
	"cue.beats_faster", "cue.varies_more",
	"cue.varies_less",  "cue.slower_more",
	"cue.slower_less",  "cue.faster_more",
	"cue.faster_less",  NULL,
};
static const char *const later_questions[] = {
	"aura", "balls", "breathless", "nausea", "sore", "unusual", NULL,
};

static const char *const cues_of_lately[] = {
	"cue.firm_lately", "cue.eyes_closed", "cue.grew", "cue.grew_rest", NULL,
};
static const char *const questions_of_lately[] = {"breathe_more", NULL};

static bool among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

/* @keep: those of @names stay, else those go. */
static void thin_out(json_t *list, const char *const *names, bool keep)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		json_t *id = json_object_get(json_array_get(list, i), "id");

		if (among(names, json_string_value(id)) != keep)
			json_array_remove(list, i);
	}
}

static void take_from_each(json_t *list, const char *key)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		json_object_del(json_array_get(list, i), key);
}

static void before_kinds_of_day(json_t *line)
{
	json_t *routine = json_object_get(line, "routine");
	json_t *questions = json_object_get(routine, "questions");
	json_t *uses =
		json_object_get(json_object_get(line, "profile"), "uses");
	const char *key;
	json_t *use;

	json_object_del(json_object_get(line, "settings"), "mode");
	json_object_del(json_object_get(line, "profile"), "tuned_today");
	json_object_foreach (uses, key, use)
		json_object_del(use, "today");
	json_object_set_new(routine, "ask", json_pack("[s]", "activity"));
	json_object_del(routine, "mode");
	json_object_del(routine, "gate");
	take_from_each(json_object_get(routine, "steps"), "say");
	take_from_each(json_object_get(routine, "steps"), "say_after");
	take_from_each(json_object_get(routine, "techniques"), "not_first");
	take_from_each(json_object_get(routine, "techniques"), "once_a_day");
	thin_out(json_object_get(routine, "cues"), first_cues, true);
	thin_out(questions, later_questions, false);
	for (size_t i = 0; i < json_array_size(questions); i++)
		take_from_each(json_object_get(json_array_get(questions, i),
		                               "choices"),
		               "say");
}

static void before_lately(json_t *line)
{
	json_t *routine = json_object_get(line, "routine");

	json_object_del(json_object_get(line, "profile"), "firm");
	take_from_each(json_object_get(routine, "techniques"), "area");
	take_from_each(json_object_get(routine, "steps"), "offer");
	thin_out(json_object_get(routine, "cues"), cues_of_lately, false);
	thin_out(json_object_get(routine, "questions"), questions_of_lately,
	         false);
}

static void make_older(json_t *line, const struct version *v)
{
	json_t *settings = json_object_get(line, "settings");

	json_object_set_new(line, "engine", json_string(v->engine));
	if (v->lacks <= KINDS_OF_DAY)
		before_kinds_of_day(line);
	if (v->lacks <= LATELY)
		before_lately(line);
	if (v->lacks <= RESULT) {
		thin_out(json_object_get(json_object_get(line, "routine"),
		                         "cues"),
		         results, false);
		json_object_del(json_object_get(line, "profile"),
		                "noise_hr_bpm");
		json_object_del(json_object_get(line, "profile"),
		                "noise_rmssd_pct");
	}
	if (v->lacks <= LANGUAGE)
		json_object_del(json_object_get(line, "routine"), "language");
	if (v->lacks <= SOUND)
		json_object_del(settings, "sound");
	if (v->lacks <= LEVELS) {
		json_object_del(settings, "voice_db");
		json_object_del(settings, "breath_db");
		json_object_del(settings, "bed_db");
	}
}

/* As @v would have written it. */
static char *older(const struct session_start *start, const struct version *v)
{
	char *text, *ret;
	json_t *line;

	assert_int_equal(journal_write_start(start, &text), 0);
	line = json_loads(text, 0, NULL);
	assert_non_null(line);
	make_older(line, v);
	ret = json_dumps(line, JSON_COMPACT);
	assert_non_null(ret);
	json_decref(line);
	free(text);
	return ret;
}

static void assert_told(const struct journal_start *s, const struct version *v)
{
	const struct routine *r = s->start.routine;
	int step = r ? routine_step(r, 6) : -1;
	bool kinds = v->lacks > KINDS_OF_DAY;

	assert_non_null(r);
	assert_string_equal(s->start.engine, v->engine);
	assert_string_equal(r->name, "Ease head, neck and shoulder tension");
	assert_int_equal(r->n_steps, 14);
	assert_true(step >= 0);
	assert_string_equal(routine_technique(r, &r->steps[step])->name,
	                    "Upper trapezius sustained press");
	assert_int_equal(r->mode, SESSION_TENSION);
	assert_false(r->short_gate);
	assert_int_equal(s->start.settings.mode,
	                 kinds ? SESSION_NIGHT : SESSION_MODE_AUTO);
	assert_int_equal(s->start.profile.tuned_today, kinds);
	assert_near(s->start.profile.noise_hr_bpm,
	            v->lacks > RESULT ? 3.5 : SESSION_NOISE_HR_BPM, 0);
	assert_near(s->start.profile.noise_rmssd_pct,
	            v->lacks > RESULT ? 31 : SESSION_NOISE_RMSSD_PCT, 0);
	assert_int_equal(s->start.profile.n_uses, 1);
	assert_int_equal(s->start.profile.uses[0].uses, 7);
	assert_int_equal(s->start.profile.uses[0].today, kinds);
	assert_near(s->start.settings.voice_db, v->lacks > LEVELS ? -3 : 0, 0);
	assert_string_equal(s->start.settings.sound.pacer,
	                    v->lacks > SOUND ? "bow" : "");
}

static void the_first_line_of_each_earlier_version_is_read_whole(void **state)
{
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");
	struct session_start start;

	(void)state;
	session_start_init(&start);
	start.routine = r;
	start.settings.mode = SESSION_NIGHT;
	start.settings.voice_db = -3;
	strcpy(start.settings.sound.pacer, "bow");
	start.profile.tuned_today = true;
	start.profile.noise_hr_bpm = 3.5;
	start.profile.noise_rmssd_pct = 31;
	start.profile.n_uses = 1;
	strcpy(start.profile.uses[0].technique, "jaw_drop");
	start.profile.uses[0].uses = 7;
	start.profile.uses[0].rating = 4;
	start.profile.uses[0].today = true;
	strcpy(start.start, "2026-11-20T21:00:00+01:00");
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		const struct version *v = &versions[i];
		struct journal_error error = {""};
		char *line = older(&start, v);
		struct journal_start back;
		int got = journal_read_start(line, strlen(line), &back, &error);

		assert_int_equal(
			got, strcmp(v->engine, SESSION_ENGINE) ? -EPROTO : 0);
		if (!back.routine)
			print_error("%s: %s\n", v->engine, error.what);
		assert_told(&back, v);
		journal_start_finish(&back);
		free(line);
	}
	routine_destroy(r);
	content_destroy(c);
}

/* A line that lost a routine's part is not taken for an older one. */
static void what_every_version_had_may_not_be_missing(void **state)
{
	static const char *const parts[] = {"id",         "name",
	                                    "verbosity",  "steps",
	                                    "techniques", "content_sha"};
	struct content *c = book_load();
	struct routine *r = book_routine(c, "tension_relief");
	struct session_start start;

	(void)state;
	session_start_init(&start);
	start.routine = r;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct journal_error error = {""};
		struct journal_start back;
		char *text, *line;
		json_t *whole;

		assert_int_equal(journal_write_start(&start, &text), 0);
		whole = json_loads(text, 0, NULL);
		json_object_del(json_object_get(whole, "routine"), parts[i]);
		line = json_dumps(whole, JSON_COMPACT);
		assert_int_equal(
			journal_read_start(line, strlen(line), &back, &error),
			-EBADMSG);
		assert_non_null(strstr(error.what, "routine: "));
		json_decref(whole);
		free(line);
		free(text);
	}
	routine_destroy(r);
	content_destroy(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_line_of_each_earlier_version_is_read_whole),
		cmocka_unit_test(what_every_version_had_may_not_be_missing),
	};

	return cmocka_run_group_tests_name("journal_older", tests, NULL, NULL);
}
