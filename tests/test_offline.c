/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/offline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal.h"
#include "tests/helpers/outset.h"
#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

/* A whole session as its lines, one text. */
static char *run(struct outset *b, const struct offline_answer *answers,
                 const char *sound)
{
	char *text;
	size_t len;
	FILE *file = open_memstream(&text, &len);
	struct recorder recorder = {.file = file};
	const struct offline o = {.start = &b->start,
	                          .answers = answers,
	                          .sound = sound,
	                          .rate_hz = 48000,
	                          .recorder = &recorder};
	struct error error = {""};

	assert_non_null(file);
	if (offline_run(&o, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(recorder.error, 0);
	fclose(file);
	return text;
}

/* Lines of a text, one after another. */
static int next_of_text(void *data, const char **ret, size_t *ret_len)
{
	const char **at = data;
	const char *end;

	if (!**at)
		return 0;
	end = strchr(*at, '\n');
	*ret = *at;
	*ret_len = end ? (size_t)(end - *at) : strlen(*at);
	*at += *ret_len + (end != NULL);
	return 1;
}

static int replay(const char *text, struct offline_difference *ret,
                  struct error *error)
{
	const char *at = text;
	const struct offline_lines lines = {next_of_text, &at};

	return offline_replay(&lines, NULL, NULL, ret, error);
}

static void replays_alike(const char *text)
{
	struct offline_difference d;
	struct error error = {""};

	if (replay(text, &d, &error) < 0)
		fail_msg("%s", error.text);
	if (!d.identical)
		print_error("%s at %f:\n%s\n%s\n", d.key, d.t_s, d.stored,
		            d.now);
	assert_true(d.identical);
	assert_true(d.outputs > 0);
	offline_difference_finish(&d);
}

static void
a_session_run_twice_is_the_same_to_the_byte_and_replays(void **state)
{
	struct outset *b = *state;
	char *first = run(b, NULL, NULL), *second = run(b, NULL, NULL);

	assert_string_equal(first, second);
	assert_non_null(strstr(first, "\"result\":\"completed\""));
	replays_alike(first);
	free(first);
	free(second);
}

/* The @n-th line of @text that holds @what. */
static char *find_line(char *text, const char *what, int n)
{
	char *at = text;

	while (n-- > 0) {
		at = strstr(at + 1, what);
		assert_non_null(at);
	}
	return at;
}

static void
one_beat_200_ms_longer_is_told_by_the_first_output_that_differs(void **state)
{
	struct outset *b = *state;
	struct offline_difference d;
	char *text, *changed, *beat, *digits_end;
	struct error error = {""};
	unsigned long ticks;

	text = run(b, NULL, NULL);
	beat = find_line(text, "\"rr_ticks\":", 30) + strlen("\"rr_ticks\":");
	ticks = strtoul(beat, &digits_end, 10);
	assert_true(asprintf(&changed, "%.*s%lu%s", (int)(beat - text), text,
	                     ticks + 205, digits_end) > 0);
	assert_int_equal(replay(changed, &d, &error), 0);
	assert_false(d.identical);
	assert_false(d.other_engine);
	assert_non_null(d.stored);
	assert_non_null(d.now);
	assert_string_not_equal(d.stored, d.now);
	assert_true(d.key[0] != '\0');
	assert_true(d.t_s >= 20 && d.t_s < 60);
	offline_difference_finish(&d);
	free(changed);
	free(text);
}

static void
a_session_without_its_end_is_compared_as_far_as_it_goes(void **state)
{
	struct outset *b = *state;
	char *text = run(b, NULL, NULL);
	size_t len = strlen(text);

	/* cut anywhere between two lines */
	for (size_t cut = len / 7; cut < len; cut += len / 7) {
		char *end = strchr(text + cut, '\n'), kept = end[1];

		end[1] = '\0';
		replays_alike(text);
		end[1] = kept;
	}
	free(text);
}

static void a_damaged_line_is_named_by_its_number(void **state)
{
	struct outset *b = *state;
	struct offline_difference d;
	struct error error = {""};
	char *text, *at;

	b->start.settings.seconds = 20;
	text = run(b, NULL, NULL);
	/* the last line is cut short */
	at = text + strlen(text) - 10;
	*at = '\0';
	assert_int_equal(replay(text, &d, &error), -EBADMSG);
	assert_memory_equal(error.text, "line ", 5);
	assert_true(strtol(error.text + 5, NULL, 10) > 20);
	/* an input that is later than what follows it */
	at = find_line(text, "\"kind\":\"beat\"", 1);
	while (at[-1] != '\n')
		at--;
	at[strlen("{\"t\":")] = '9';
	assert_int_equal(replay(text, &d, &error), -EBADMSG);
	assert_non_null(strstr(error.text, ": t: runs backwards"));
	/* not a line at all */
	assert_int_equal(replay("", &d, &error), -ENODATA);
	assert_int_equal(replay("{}\n", &d, &error), -EBADMSG);
	assert_string_equal(error.text, "line 1: kind: is missing");
	free(text);
}

static void outputs_that_are_missing_or_too_many_are_differences(void **state)
{
	struct outset *b = *state;
	struct offline_difference d;
	struct error error = {""};
	char *text, *line, *next;

	b->start.settings.seconds = 20;
	text = run(b, NULL, NULL);
	line = find_line(text, "\"kind\":\"say\"", 1);
	while (line[-1] != '\n')
		line--;
	next = strchr(line, '\n') + 1;
	memmove(line, next, strlen(next) + 1);
	assert_int_equal(replay(text, &d, &error), 0);
	assert_false(d.identical);
	assert_non_null(strstr(d.now, "\"say\""));
	offline_difference_finish(&d);
	free(text);
}

static void another_engines_session_is_not_compared(void **state)
{
	struct outset *b = *state;
	struct offline_difference d;
	struct error error = {""};
	char *text;

	b->start.settings.seconds = 20;
	text = run(b, NULL, NULL);
	memcpy(strstr(text, SESSION_ENGINE), "lull-X", 6);
	assert_int_equal(replay(text, &d, &error), 0);
	assert_true(d.other_engine);
	assert_false(d.identical);
	assert_string_equal(d.engine, "lull-X");
	offline_difference_finish(&d);
	free(text);
}

/* A choice that changes nothing. */
static const char *harmless(const struct question *q)
{
	for (size_t i = 0; i < q->n_choices; i++) {
		const struct choice *c = &q->choices[i];

		if (c->stop == STOP_NONE && !c->set_flags &&
		    c->pressure_cap < 0 && c->floor_per_min <= 0)
			return c->value;
	}
	return NULL;
}

static void a_question_is_answered_two_seconds_after_it_was_put(void **state)
{
	struct offline_answer answers[64] = {0};
	struct event asked = {0};
	struct outset *b = *state;
	size_t n = 0, given = 0;
	struct journal_event e;
	const char *at, *line;
	char *text;
	size_t len;

	for (size_t i = 0; i < b->routine->n_questions && n < 63; i++) {
		const struct question *q = &b->routine->questions[i];

		if (harmless(q))
			answers[n++] =
				(struct offline_answer){q->id, harmless(q)};
	}
	b->start.profile.flags_known = true;
	b->start.settings.ask = true;
	b->start.settings.seconds = 20;
	text = run(b, answers, NULL);
	at = strchr(text, '\n') + 1;
	while (next_of_text(&at, &line, &len)) {
		assert_int_equal(journal_read(line, len, &e, NULL), 0);
		if (e.event.kind == EVENT_QUESTION)
			asked = e.event;
		if (e.event.kind == EVENT_ANSWER) {
			given++;
			assert_true(e.event.t_us == asked.t_us + 2 * S);
			assert_string_equal(e.event.answer.id,
			                    asked.question.id);
		}
		journal_event_finish(&e);
	}
	assert_true(given >= 3);
	assert_non_null(strstr(text, "\"result\":\"closed_early\""));
	replays_alike(text);
	free(text);
	/* nobody answers: the gate decides by silence */
	text = run(b, NULL, NULL);
	assert_null(strstr(text, "\"kind\":\"answer\""));
	replays_alike(text);
	free(text);
}

static void a_strap_cannot_be_rendered_from(void **state)
{
	struct outset *b = *state;
	const struct offline o = {.start = &b->start, .rate_hz = 48000};
	struct error error = {""};

	strcpy(b->start.sensor, "ble:");
	assert_int_equal(offline_run(&o, &error), -EINVAL);
	assert_non_null(strstr(error.text, "ble:"));
	strcpy(b->start.sensor, "file:/nowhere/at.all");
	assert_int_equal(offline_run(&o, &error), -ENOENT);
}

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *bytes;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	*len = (size_t)ftell(f);
	rewind(f);
	bytes = malloc(*len);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, *len, f), *len);
	fclose(f);
	return bytes;
}

static void the_sound_of_a_replay_is_the_sound_of_the_session(void **state)
{
	struct outset *b = *state;
	struct offline_difference d;
	struct error error = {""};
	struct offline_lines lines = {.next = next_of_text};
	char one[300], two[300], *text, *x, *y;
	const char *at;
	size_t n, m;

	b->start.settings.seconds = 20;
	b->start.settings.from_step = 2;
	snprintf(one, sizeof(one), "%s/one.wav", b->folder);
	snprintf(two, sizeof(two), "%s/two.wav", b->folder);
	text = run(b, NULL, one);
	at = text;
	lines.data = &at;
	assert_int_equal(offline_replay(&lines, two, NULL, &d, &error), 0);
	assert_true(d.identical);
	x = slurp(one, &n);
	y = slurp(two, &m);
	assert_int_equal(n, m);
	assert_true(n > 20 * 48000 * 8);
	assert_memory_equal(x, y, n);
	free(x);
	free(y);
	free(text);
}

static void the_clips_are_all_that_can_be_said_in_its_order(void **state)
{
	struct outset *b = *state;
	struct routine part = *b->routine;
	const struct offline_voice voice = {.cache_dir = b->folder,
	                                    .rate_hz = 48000};
	const struct session_clip *list;
	struct clips *clips;
	size_t n, asks = 0;

	part.n_techniques = 1;
	part.n_cues = 1;
	part.n_questions = 40 < part.n_questions ? 40 : part.n_questions;
	while (part.n_questions > 0 &&
	       part.questions[part.n_questions - 1].when != ASK_PROFILE)
		part.n_questions--;
	assert_int_equal(offline_clips(&part, &voice, &clips), 0);
	n = clips_list(clips, &list);
	assert_true(n >= 2);
	for (size_t i = 0; i < n; i++) {
		assert_true(list[i].ms > 0);
		assert_int_equal(list[i].ms, bank_ms(clips_bank(clips), i));
		asks += strncmp(list[i].phrase, "ask.", 4) == 0;
	}
	assert_string_equal(list[n - 1].phrase, part.techniques[0].id);
	for (size_t i = 0; i < part.n_questions; i++)
		asks -= part.questions[i].when != ASK_PROFILE;
	assert_int_equal(asks, 0); /* none of the profile's, all the others */
	clips_destroy(clips);
}

#define WITH(test)                                                             \
	cmocka_unit_test_setup_teardown(test, outset_set_up, outset_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_session_run_twice_is_the_same_to_the_byte_and_replays),
		WITH(one_beat_200_ms_longer_is_told_by_the_first_output_that_differs),
		WITH(a_session_without_its_end_is_compared_as_far_as_it_goes),
		WITH(a_damaged_line_is_named_by_its_number),
		WITH(outputs_that_are_missing_or_too_many_are_differences),
		WITH(another_engines_session_is_not_compared),
		WITH(a_question_is_answered_two_seconds_after_it_was_put),
		WITH(a_strap_cannot_be_rendered_from),
		WITH(the_sound_of_a_replay_is_the_sound_of_the_session),
		WITH(the_clips_are_all_that_can_be_said_in_its_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
