/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "base/log.h"
#include "daemon/heart.h"
#include "daemon/record.h"
#include "daemon/show.h"
#include "player/clock.h"
#include "player/guide.h"
#include "player/player.h"

/*
 *   PREPARING --- voices ready, or 60 s, or not needed ---> STARTING
 *   STARTING ---- the stream runs, 3 s, or silent ---------> RUNNING
 *   RUNNING ----- the session's end -----------------------> ENDING
 *   ENDING ------ sound faded out and end stored ----------> DONE
 *   PREPARING --- stop, interrupt -------------------------> DONE
 *
 * STARTING is RUNNING while session time stands still.
 */
enum play_phase {
	PLAY_PREPARING,
	PLAY_STARTING,
	PLAY_RUNNING,
	PLAY_ENDING,
	PLAY_DONE,
};

#define VOICES_US                                                              \
	60000000 /**< to wait for clips; what is made then is used             \
	          */
#define PREPARE_LOOK_US 50000    /**< meanwhile, whether there is a device */
#define STREAM_US       3000000  /**< to wait for a stream's first callback */
#define STORE_US        10000000 /**< to wait for the end to reach the disk */
#define LATENCY_US      300000   /**< more than a device holds back */
#define SHORTEST_US     500 /**< between two wakes: clocks drift, a spin costs */
#define ASLEEP_US       5000000 /**< DESIGN, Time: BOOTTIME ahead by this */
#define INTERRUPT_S     601.0 /**< a suspension that ends a session, likewise */

struct play {
	struct play_listener listener;
	struct setup setup;
	struct live *live;
	enum play_phase phase;
	uint64_t deadline_us; /**< CLOCK_MONOTONIC, of the phase */
	uint64_t silence_us;  /**< ENDING: when the sound is over, likewise */
	int64_t asleep_us;    /**< CLOCK_BOOTTIME ahead of MONOTONIC */
	sd_event_source *timer;
	struct heart heart;
	struct aloud aloud;
	struct clock clock;
	struct player *player;
	struct guide guide;
	struct record record;
};

static uint64_t clock_us(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static uint64_t mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/* May be negative: they are read one after the other. */
static int64_t asleep_us(void)
{
	return (int64_t)(clock_us(CLOCK_BOOTTIME) - clock_us(CLOCK_MONOTONIC));
}

static bool goes_on(const struct play *p)
{
	return p->phase == PLAY_STARTING || p->phase == PLAY_RUNNING;
}

static uint64_t play_now(struct play *p, uint64_t mono)
{
	struct clock_stream stream;

	if (p->phase == PLAY_STARTING)
		return SOUND_LEAD_US;
	aloud_clock(&p->aloud, mono, &stream);
	return clock_now(&p->clock, mono, &stream);
}

static void wake_at(struct play *p, uint64_t mono)
{
	int r = sd_event_source_set_time(p->timer, mono);

	if (r >= 0)
		r = sd_event_source_set_enabled(p->timer, SD_EVENT_ONESHOT);
	if (r < 0)
		log_line(LOG_LEVEL_ERROR, "timer: %s", strerror(-r));
}

/* Everything that comes from outside ends in a wake, which alone moves the
   phases and alone may end the play. */
static void wake_now(void *data)
{
	wake_at(data, 0);
}

static void show(struct play *p)
{
	if (goes_on(p))
		show_player(p->live, p->setup.routine, p->player);
	p->live->sensor_state = heart_state_name(&p->heart);
	p->listener.changed(p->listener.data);
}

/* --- what comes out of the session, and goes in ----------------------------
 */

static void take_end(struct play *p, const struct event *event)
{
	enum event_stop stop = event->end.stop;

	p->live->result = event_result_name(event->end.result);
	p->live->stop = stop == STOP_NONE ? "" : event_stop_name(stop);
}

static void on_event(void *data, const struct event *event)
{
	struct play *p = data;
	const char *text;

	if (event->kind == EVENT_SAY) {
		aloud_say(&p->aloud, event);
		text = show_text(p->setup.routine, event);
		if (text)
			p->listener.said(p->listener.data, text);
	} else if (event->kind == EVENT_QUESTION) {
		p->listener.question(p->listener.data, event->question.id,
		                     event->question.text,
		                     event->question.choices);
	} else if (event->kind == EVENT_BREATH) {
		p->listener.breath(
			p->listener.data,
			(double)(event->breath.end_us - event->t_us) / 1e6,
			event->breath.inhale_pct);
	} else if (event->kind == EVENT_END) {
		take_end(p, event);
	}
}

static void on_beat(void *data, const struct beat *beat)
{
	struct play *p = data;
	uint64_t mono = mono_us(), now, ago;

	if (p->phase != PLAY_RUNNING)
		return;
	now = play_now(p, mono);
	ago = mono > beat->t_us ? mono - beat->t_us : 0;
	player_beat(p->player, now, beat, now > ago ? now - ago : 0);
	wake_now(p);
}

static void on_state(void *data, enum sensor_state state)
{
	struct play *p = data;

	if (p->phase == PLAY_RUNNING)
		player_sensor(p->player, play_now(p, mono_us()), state);
	wake_now(p);
}

static void on_tell(void *data, const char *line)
{
	struct play *p = data;

	live_tell(p->live, "%s", line);
	wake_now(p);
}

/* --- starting ---------------------------------------------------------------
 */

/* Clips that lie ready are there within milliseconds; only where they are not
   is it asked whether there is a device. */
static bool wait_for_voices(struct play *p, uint64_t mono)
{
	uint64_t began_us = p->deadline_us - VOICES_US;

	if (aloud_ready(&p->aloud) || mono >= p->deadline_us)
		return false;
	return mono < began_us + PREPARE_LOOK_US ||
	       aloud_waits(&p->aloud, mono);
}

static int start_player(struct play *p)
{
	const struct player_listener listeners[] = {
		{on_event, p},
		{guide_event, &p->guide},
		{recorder_event, &p->record.recorder},
		{keep_event, &p->record.keep},
	};
	struct speaker *speaker = p->aloud.speaker;

	p->guide = (struct guide){
		.start = &p->setup.start,
		.push = speaker ? speaker_push : NULL,
		.data = speaker,
		.rate_hz = SOUND_RATE_HZ,
		.sensor = p->heart.sensor,
		.sensor_epoch_us = clock_mono(&p->clock, 0),
	};
	return player_create(&p->player, &p->setup.start, listeners,
	                     sizeof(listeners) / sizeof(listeners[0]));
}

/* What is heard first is ordered before the device begins: a session is silent
   for as long as its commands lie ahead, and nobody needs to wait for that. */
static int start_session(struct play *p, uint64_t mono)
{
	int r;

	clock_init(&p->clock, mono - SOUND_LEAD_US);
	r = start_player(p);
	if (r < 0) {
		live_tell(p->live, "The session cannot begin: %s",
		          strerror(-r));
		p->live->result = event_result_name(RESULT_INTERRUPTED);
		p->phase = PLAY_DONE;
		return r;
	}
	record_begin(&p->record, &p->setup.start);
	player_advance(p->player, SOUND_LEAD_US);
	return 0;
}

static void prepare(struct play *p, uint64_t mono)
{
	if (wait_for_voices(p, mono)) {
		wake_at(p, mono + PREPARE_LOOK_US);
		return;
	}
	aloud_fix(&p->aloud, &p->setup.start);
	if (start_session(p, mono) < 0)
		return;
	aloud_start(&p->aloud);
	p->phase = PLAY_STARTING;
	p->deadline_us = mono + STREAM_US;
}

/* The stream's frames and session time are the same thing in two units. */
static void start_clock(struct play *p, uint64_t mono,
                        const struct clock_stream *stream)
{
	clock_init(&p->clock,
	           stream->running
	                   ? stream->mono_us -
	                             stream->frames * 1000000 / stream->rate_hz
	                   : mono - SOUND_LEAD_US);
	(void)clock_now(&p->clock, mono, stream);
	p->asleep_us = asleep_us();
}

/* With the stream, or without, if it is not there yet: it joins later, then. */
static void go_on(struct play *p, uint64_t mono)
{
	struct clock_stream stream;

	aloud_clock(&p->aloud, mono, &stream);
	if (!stream.running)
		aloud_go_on(&p->aloud);
	start_clock(p, mono, &stream);
	p->guide.sensor_epoch_us = clock_mono(&p->clock, 0);
	p->phase = PLAY_RUNNING;
	if (p->heart.known)
		player_sensor(p->player, play_now(p, mono), p->heart.state);
}

static void wait_for_stream(struct play *p, uint64_t mono)
{
	uint64_t next = aloud_mind(&p->aloud, mono, ENGINE_FROM_START);

	if (aloud_awaited(&p->aloud) && mono < p->deadline_us &&
	    !player_ended(p->player))
		wake_at(p, next);
	else
		go_on(p, mono);
}

/* --- running ----------------------------------------------------------------
 */

static void mind_sleep(struct play *p, uint64_t now)
{
	int64_t slept_us = asleep_us() - p->asleep_us;

	if (slept_us < ASLEEP_US)
		return;
	player_suspended(p->player, now, (double)slept_us / 1e6);
	p->asleep_us += slept_us;
}

/* When what was handed to the device has been heard as well. */
static uint64_t silence_us(const struct play *p, uint64_t mono)
{
	struct clock_stream stream;
	uint64_t t_us;

	aloud_clock(&p->aloud, mono, &stream);
	if (!stream.running)
		return mono;
	t_us = p->guide.silent_frame * 1000000 / SOUND_RATE_HZ;
	return clock_mono(&p->clock, t_us) + LATENCY_US;
}

static void begin_ending(struct play *p, uint64_t mono)
{
	show_player(p->live, p->setup.routine, p->player);
	p->phase = PLAY_ENDING;
	p->deadline_us = mono + STORE_US;
	p->silence_us = silence_us(p, mono);
	p->guide.sensor = NULL;
	heart_close(&p->heart);
}

static void run(struct play *p, uint64_t mono)
{
	uint64_t now = play_now(p, mono), next, sensor_us, sound_us;

	sound_us =
		aloud_mind(&p->aloud, mono, (int64_t)clock_mono(&p->clock, 0));
	mind_sleep(p, now);
	sensor_us = heart_step(&p->heart, mono);
	player_advance(p->player, now);
	record_press(&p->record);
	if (player_ended(p->player)) {
		begin_ending(p, mono);
		return;
	}
	next = clock_mono(&p->clock, player_next(p->player));
	if (next > sensor_us)
		next = sensor_us;
	if (next > sound_us)
		next = sound_us;
	wake_at(p, next > mono + SHORTEST_US ? next : mono + SHORTEST_US);
}

static void end(struct play *p, uint64_t mono)
{
	bool late = mono >= p->deadline_us;

	if (!record_settle(&p->record, p->player, late)) {
		wake_at(p, p->deadline_us);
	} else if (mono < p->silence_us) {
		wake_at(p, p->silence_us);
	} else {
		aloud_tell_troubles(&p->aloud, p->guide.dropped);
		p->phase = PLAY_DONE;
	}
}

static int on_wake(sd_event_source *source, uint64_t usec, void *data)
{
	struct play *p = data;
	uint64_t mono = mono_us();

	(void)source;
	(void)usec;
	if (p->phase == PLAY_PREPARING)
		prepare(p, mono);
	if (p->phase == PLAY_STARTING)
		wait_for_stream(p, mono);
	if (p->phase == PLAY_RUNNING)
		run(p, mono);
	if (p->phase == PLAY_ENDING)
		end(p, mono);
	show(p);
	if (p->phase == PLAY_DONE)
		p->listener.done(p->listener.data, p->live->session);
	return 0;
}

/* --- its life ---------------------------------------------------------------
 */

int play_create(struct play **ret, struct sd_event *event, struct setup *setup,
                struct aloud *aloud, struct writer *writer, const char *store,
                struct live *live, const struct play_listener *listener,
                struct error *error)
{
	struct heart_listener hears = {on_beat, on_state, on_tell, NULL};
	struct play *p = calloc(1, sizeof(*p));
	int r;

	if (!p) {
		error_set(error, "no memory: close other programs");
		return -ENOMEM;
	}
	p->listener = *listener;
	p->live = live;
	p->deadline_us = mono_us() + VOICES_US;
	aloud_init(&p->aloud);
	record_init(&p->record, writer, setup->keep ? store : NULL, live);
	hears.data = p;
	r = sd_event_add_time(event, &p->timer, CLOCK_MONOTONIC, 0, 1000,
	                      on_wake, p);
	if (r < 0)
		error_set(error, "timer: %s", strerror(-r));
	else
		r = heart_open(&p->heart, setup->start.sensor, event,
		               &setup->config, &hears, error);
	if (r < 0) {
		play_destroy(p);
		return r;
	}
	p->setup = *setup;
	*setup = (struct setup){.keep = false};
	if (!p->heart.sensor)
		live_tell(live, "No sensor is set: the routine goes by the "
		                "clock; `lull start --sensor URI` names one");
	p->aloud = *aloud;
	aloud_init(aloud);
	if (p->aloud.open)
		aloud_prepare(&p->aloud, event, live, p->setup.routine,
		              wake_now, p);

	*ret = p;
	return 0;
}

struct play *play_destroy(struct play *p)
{
	if (!p)
		return NULL;
	if (goes_on(p))
		play_interrupt(p);
	if (p->player && p->record.recorder.writer)
		writer_flush(p->record.recorder.writer);
	if (p->player)
		(void)record_settle(&p->record, p->player, true);
	sd_event_source_disable_unref(p->timer);
	heart_close(&p->heart);
	aloud_finish(&p->aloud);
	player_destroy(p->player);
	setup_finish(&p->setup);
	free(p);
	return NULL;
}

/* Before it begins a play can only be given up. */
static void give_up(struct play *p, enum event_result result)
{
	p->live->result = event_result_name(result);
	p->phase = PLAY_DONE;
	wake_now(p);
}

int play_word(struct play *p, const char *word, struct error *error)
{
	enum event_word known;

	if (event_word_from(word, &known) < 0)
		return show_words(word, error);
	if (goes_on(p) &&
	    player_word(p->player, play_now(p, mono_us()), word) == 0) {
		show(p);
		wake_now(p);
		return 0;
	}
	if (p->phase == PLAY_PREPARING && known == WORD_STOP) {
		give_up(p, RESULT_STOPPED);
		return 0;
	}
	error_set(error, "%s: %s", word,
	          p->phase == PLAY_PREPARING
	                  ? "the session is being prepared: only stop can be "
	                    "said yet"
	                  : "the session has ended: start another");
	return -EINVAL;
}

int play_answer(struct play *p, const char *id, const char *value,
                struct error *error)
{
	int r;

	if (!goes_on(p)) {
		error_set(error, "%.40s: no question stands now", id);
		return -EINVAL;
	}
	r = show_check_answer(p->setup.routine, p->player, id, value, error);
	if (r < 0)
		return r;
	r = player_answer(p->player, play_now(p, mono_us()), id, value);
	if (r < 0) {
		error_set(error, "%.40s: it was answered by silence", id);
		return -EINVAL;
	}
	show(p);
	wake_now(p);
	return 0;
}

void play_stored(struct play *p)
{
	wake_now(p);
}

void play_interrupt(struct play *p)
{
	if (p->phase == PLAY_PREPARING)
		give_up(p, RESULT_INTERRUPTED);
	else if (goes_on(p))
		player_suspended(p->player, play_now(p, mono_us()),
		                 INTERRUPT_S);
	wake_now(p);
}
