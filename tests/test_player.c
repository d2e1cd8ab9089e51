/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/player.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/mixer.h"
#include "content/content.h"
#include "player/guide.h"
#include "player/journal.h"
#include "player/offline.h"
#include "player/text.h"
#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

struct bench {
	struct content *content;
	struct routine *routine;
	struct session_start start;
	char *folder;
};

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct error error = {""};

	assert_non_null(b);
	if (content_load(&b->content, content_dir(), NULL, &error) < 0 ||
	    content_routine(b->content, "tension_relief", &b->routine, &error) <
	            0)
		fail_msg("%s", error.text);
	session_start_init(&b->start);
	b->start.routine = b->routine;
	b->start.seed = 42;
	strcpy(b->start.start, "2031-05-04T19:30:00+02:00");
	strcpy(b->start.sensor, "person:7");
	b->folder = test_scratch();
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	test_scrap(b->folder);
	routine_destroy(b->routine);
	content_destroy(b->content);
	free(b);
	return 0;
}

/* --- the player ----------------------------------------------------------- */

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

static void open_player(struct bench *b, struct watch *w)
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
	struct beat beat = {.rr_ticks = 820, .rr_ms = 1};
	struct watch w = {0};

	open_player(b, &w);
	player_beat(w.player, S, &beat, S);
	assert_int_equal(w.inputs, 1);
	assert_non_null(strstr(w.told.at, "\"class\":\"ok\""));
	close_player(&w);
}

/* --- the guide ------------------------------------------------------------ */

static void a_time_is_heard_50_ms_later_on_the_nearest_frame(void **state)
{
	(void)state;
	assert_int_equal(guide_frame(0, 48000), 2400);
	assert_int_equal(guide_frame(10, 48000), 2400); /* 2400.48 */
	assert_int_equal(guide_frame(11, 48000), 2401); /* 2400.528 */
	assert_int_equal(guide_frame(S, 44100), 46305);
	assert_true(guide_frame(864000 * S, 192000) ==
	            UINT64_C(864000) * 192000 + 9600);
}

static bool push(void *data, const struct sound *sound)
{
	return queue_push(data, sound);
}

static struct event breath(uint64_t from_us, uint64_t to_us, double inhale)
{
	struct event e = {.t_us = from_us, .kind = EVENT_BREATH};

	e.breath.per_min = 60e6 / (double)(to_us - from_us);
	e.breath.inhale_pct = inhale;
	e.breath.end_us = to_us;
	return e;
}

static void breaths_join_without_a_frame_between(void **state)
{
	struct bench *b = *state;
	struct queue queue;
	struct guide g = {
		.start = &b->start,
		.push = push,
		.data = &queue,
		.rate_hz = 44100,
		.set = true,
	};
	uint64_t seed = 4, t = 0, next_frame = guide_frame(0, 44100);

	queue_init(&queue);
	for (int i = 0; i < 10000; i++) {
		uint64_t end = t + 3 * S + test_random(&seed) % (9 * S);
		struct event e = breath(t, end, 40);
		const struct sound *sound;

		guide_event(&g, &e);
		sound = queue_peek(&queue);
		assert_non_null(sound);
		assert_int_equal(sound->kind, SOUND_BREATH);
		assert_true(sound->frame == next_frame);
		assert_near((double)sound->breath.inhale_frames,
		            sound->breath.frames * 0.4, 0.5);
		next_frame = sound->frame + sound->breath.frames;
		queue_pop(&queue);
		t = end;
	}
	assert_int_equal(g.dropped, 0);
}

static const struct sound *pop(struct queue *queue)
{
	const struct sound *sound = queue_peek(queue);

	assert_non_null(sound);
	queue_pop(queue); /* the slot stays as it is until it is used again */
	return sound;
}

static void words_are_found_by_phrase_and_variant(void **state)
{
	static const struct session_clip clips[] = {
		{"cue.start", VARIANT_FULL, 0, 1000},
		{"cue.start", VARIANT_BRIEF, 0, 500},
		{"cue.start", VARIANT_BRIEF, 1, 600},
		{"cue.close", VARIANT_FULL, 0, 2000},
	};
	struct bench *b = *state;
	struct queue queue;
	struct guide g = {
		.start = &b->start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};
	struct event e = {.t_us = S, .kind = EVENT_SAY};

	queue_init(&queue);
	b->start.clips = clips;
	b->start.n_clips = 4;
	strcpy(e.say.phrase, "cue.start");
	strcpy(e.say.variant, "brief");
	guide_event(&g, &e);
	assert_int_equal(queue_peek(&queue)->kind, SOUND_SAY);
	assert_int_equal(pop(&queue)->say.clip, 1);
	e.say.wording = 1;
	guide_event(&g, &e);
	assert_int_equal(pop(&queue)->say.clip, 2);
	strcpy(e.say.variant, "light"); /* there is no such clip */
	guide_event(&g, &e);
	assert_null(queue_peek(&queue));
}

static void end_session(struct guide *g, uint64_t t_us,
                        enum event_result result)
{
	struct event e = {.t_us = t_us, .kind = EVENT_END};

	e.end.result = result;
	guide_event(g, &e);
}

static void the_end_waits_for_its_words_and_a_stop_does_not(void **state)
{
	static const struct session_clip clips[] = {
		{"cue.close", VARIANT_FULL, 0, 2000},
	};
	struct bench *b = *state;
	struct event e = {.t_us = 10 * S, .kind = EVENT_SAY};
	struct queue queue;
	struct guide first = {
		.start = &b->start,
		.push = push,
		.data = &queue,
		.rate_hz = 48000,
		.set = true,
	};
	struct guide g = first;
	const uint64_t lead = MIXER_VOICE_LEAD_MS * UINT64_C(1000);

	queue_init(&queue);
	b->start.clips = clips;
	b->start.n_clips = 1;
	strcpy(e.say.phrase, "cue.close");
	strcpy(e.say.variant, "full");
	guide_event(&g, &e);
	end_session(&g, 11 * S, RESULT_COMPLETED);
	assert_int_equal(pop(&queue)->kind, SOUND_SAY);
	assert_int_equal(queue_peek(&queue)->kind, SOUND_CHIME);
	assert_int_equal(pop(&queue)->frame, guide_frame(12 * S + lead, 48000));
	assert_int_equal(queue_peek(&queue)->end.fade_frames, 4 * 48000);
	assert_int_equal(pop(&queue)->frame, guide_frame(12 * S + lead, 48000));
	assert_int_equal(g.silent_frame, guide_frame(16 * S + lead, 48000));

	g = first;
	guide_event(&g, &e);
	end_session(&g, 11 * S, RESULT_STOPPED);
	pop(&queue);
	assert_int_equal(queue_peek(&queue)->kind, SOUND_END);
	assert_int_equal(queue_peek(&queue)->end.fade_frames, 48000);
	assert_int_equal(pop(&queue)->frame, guide_frame(11 * S, 48000));

	g = first;
	guide_event(&g, &e);
	end_session(&g, 10 * S, RESULT_STOPPED); /* with these words */
	pop(&queue);
	assert_int_equal(pop(&queue)->frame, guide_frame(12 * S + lead, 48000));

	g = first;
	guide_event(&g, &e);
	end_session(&g, 10 * S, RESULT_INTERRUPTED);
	pop(&queue);
	assert_int_equal(pop(&queue)->frame, guide_frame(10 * S, 48000));
	assert_null(queue_peek(&queue));
}

static struct heard last_heard;

static void keep_heard(struct sensor *s, const struct heard *heard)
{
	(void)s;
	last_heard = *heard;
}

static void a_simulated_person_hears_what_is_played_when_it_is(void **state)
{
	static const struct sensor_driver driver = {.name = "ear",
	                                            .hear = keep_heard};
	const struct {
		const char *technique;
		enum heard_kind hands;
	} cases[] = {{"breathe", HEARD_HANDS_LAP},
	             {"rest_listen", HEARD_HANDS_LAP},
	             {"trap_hold", HEARD_HANDS_EASY},
	             {"trap_squeeze", HEARD_HANDS_UP}};
	struct sensor ear = {.driver = &driver};
	struct bench *b = *state;
	struct guide g = {.start = &b->start,
	                  .rate_hz = 48000,
	                  .sensor = &ear,
	                  .sensor_epoch_us = 1000 * S};
	struct event e = breath(3 * S, 11 * S, 35);

	guide_event(&g, &e);
	assert_int_equal(last_heard.kind, HEARD_BREATH);
	assert_true(last_heard.t_us == 1003 * S + 50000);
	assert_near(last_heard.period_s, 8, 1e-9);
	assert_near(last_heard.inhale_frac, 0.35, 1e-9);
	e = (struct event){.t_us = 11 * S, .kind = EVENT_BREATH};
	guide_event(&g, &e);
	assert_int_equal(last_heard.kind, HEARD_NO_PACE);
	for (size_t i = 0; i < 4; i++) {
		e = (struct event){.t_us = 12 * S, .kind = EVENT_STEP};
		e.step.begin = true;
		strcpy(e.step.technique, cases[i].technique);
		guide_event(&g, &e);
		assert_int_equal(last_heard.kind, cases[i].hands);
	}
}

/* --- off the clock -------------------------------------------------------- */

/* A whole session as its lines, one text. */
static char *run(struct bench *b, const struct offline_answer *answers,
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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
	struct bench *b = *state;
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

/* --- the recorder --------------------------------------------------------- */

static int take_line(void *data, const char *line, size_t len)
{
	const char **at = data;

	if (strncmp(*at, line, len) != 0 || (*at)[len] != '\n')
		return -EBADMSG;
	*at += len + 1;
	return 0;
}

static void the_store_gets_the_lines_that_the_file_gets(void **state)
{
	struct bench *b = *state;
	struct store_error store_error;
	struct store_session row;
	struct writer_status status;
	struct recorder recorder = {0};
	struct offline o = {
		.start = &b->start, .rate_hz = 48000, .recorder = &recorder};
	struct error error = {""};
	struct store *store;
	char path[300], *text;
	const char *at;
	size_t len;

	b->start.settings.seconds = 150;
	snprintf(path, sizeof(path), "%s/lull.db", b->folder);
	recorder.file = open_memstream(&text, &len);
	assert_int_equal(
		writer_create(&recorder.writer, path, NULL, NULL, &store_error),
		0);
	assert_int_equal(offline_run(&o, &error), 0);
	writer_flush(recorder.writer);
	writer_status(recorder.writer, &status);
	assert_int_equal(status.error, 0);
	assert_true(status.ended);
	writer_destroy(recorder.writer);
	fclose(recorder.file);
	assert_int_equal(store_open(&store, path, STORE_READ, &store_error), 0);
	at = text;
	assert_int_equal(store_lines(store, status.session, take_line, &at), 0);
	assert_int_equal(*at, '\0');
	assert_int_equal(store_session(store, status.session, &row), 0);
	assert_true(row.simulated);
	assert_string_equal(row.result, "closed_early");
	assert_true(row.beats > 100);
	store_close(store);
	free(text);
}

static void a_full_disk_ends_the_run_with_its_error(void **state)
{
	struct bench *b = *state;
	struct recorder recorder = {.file = fopen("/dev/full", "we")};
	struct offline o = {
		.start = &b->start, .rate_hz = 48000, .recorder = &recorder};
	struct error error = {""};

	if (!recorder.file)
		skip();
	assert_int_equal(offline_run(&o, &error), -ENOSPC);
	assert_non_null(strstr(error.text, "recorded"));
	fclose(recorder.file);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(deadlines_come_before_later_inputs_and_outputs_after_theirs),
		WITH(how_often_it_is_called_changes_nothing),
		WITH(after_the_end_nothing_is_taken_and_nothing_told),
		WITH(what_is_no_input_is_refused_untold),
		WITH(a_straps_ticks_are_what_counts),
		cmocka_unit_test(
			a_time_is_heard_50_ms_later_on_the_nearest_frame),
		WITH(breaths_join_without_a_frame_between),
		WITH(words_are_found_by_phrase_and_variant),
		WITH(the_end_waits_for_its_words_and_a_stop_does_not),
		WITH(a_simulated_person_hears_what_is_played_when_it_is),
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
		WITH(the_store_gets_the_lines_that_the_file_gets),
		WITH(a_full_disk_ends_the_run_with_its_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
