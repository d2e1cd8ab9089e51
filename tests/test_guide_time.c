/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When breaths, words and the end of a session are heard, and by whom. */
#include "player/guide.h"

#include <string.h>

#include "audio/mixer.h"
#include "audio/queue.h"
#include "tests/helpers/outset.h"
#include "tests/helpers/test.h"

#define S UINT64_C(1000000)

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

/* A guide into @queue, which is empty then; its scene is set. */
static struct guide guide_into(struct queue *queue, const struct outset *b,
                               unsigned rate_hz)
{
	queue_init(queue);
	return (struct guide){
		.start = &b->start,
		.push = push,
		.data = queue,
		.rate_hz = rate_hz,
		.set = true,
	};
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
	struct outset *b = *state;
	struct queue queue;
	struct guide g = guide_into(&queue, b, 44100);
	uint64_t seed = 4, t = 0, next_frame = guide_frame(0, 44100);

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
	struct outset *b = *state;
	struct queue queue;
	struct guide g = guide_into(&queue, b, 48000);
	struct event e = {.t_us = S, .kind = EVENT_SAY};

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
	struct outset *b = *state;
	struct event e = {.t_us = 10 * S, .kind = EVENT_SAY};
	struct queue queue;
	struct guide first = guide_into(&queue, b, 48000);
	struct guide g = first;
	const uint64_t lead = MIXER_VOICE_LEAD_MS * UINT64_C(1000);

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
	struct outset *b = *state;
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

#define WITH(test)                                                             \
	cmocka_unit_test_setup_teardown(test, outset_set_up, outset_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_time_is_heard_50_ms_later_on_the_nearest_frame),
		WITH(breaths_join_without_a_frame_between),
		WITH(words_are_found_by_phrase_and_variant),
		WITH(the_end_waits_for_its_words_and_a_stop_does_not),
		WITH(a_simulated_person_hears_what_is_played_when_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
