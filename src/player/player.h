/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_PLAYER_H
#define LULL_PLAYER_PLAYER_H

#include <stdint.h>

#include "drivers/sensor.h"
#include "session/session.h"

/**
 * The player: runs one session on some clock. Inputs go in, ticks are
 * delivered at their exact time before any later input, and everything, inputs
 * and outputs, goes to whoever listens, in order. The daemon, the render and
 * the replay are this with other ends.
 *
 * Loop thread. Time is session time in microseconds, given by the caller.
 */
struct player;

struct player_listener {
	/** Every input and every output, in order. */
	void (*event)(void *data, const struct event *event);
	void *data;
};

/** player_create() - @listeners are copied, @start as by session_create().
    Return: 0, -EINVAL if @start makes no sense, -ENOMEM. */
int player_create(struct player **ret, const struct session_start *start,
                  const struct player_listener *listeners, size_t n);
struct player *player_destroy(struct player *p);

/** player_advance() - deliver every tick due by @now_us. */
void player_advance(struct player *p, uint64_t now_us);
/** player_next() - the machine's next deadline; UINT64_MAX at its end. */
uint64_t player_next(const struct player *p);
bool player_ended(const struct player *p);

/*
 * Inputs; each advances to its time first and is stamped no earlier than the
 * last. Listeners get the input, then what it led to. After the end inputs are
 * dropped. Must not be called from within a listener.
 */
/** player_input() - one ready input, at its t_us.
    Return: 0; -EINVAL if it is no input; -EALREADY after the end. */
int player_input(struct player *p, const struct event *input);
void player_beat(struct player *p, uint64_t now_us, const struct beat *beat,
                 uint64_t at_us);
void player_sensor(struct player *p, uint64_t now_us, enum sensor_state state);
/** player_word() - Return: 0, -EALREADY, or -EINVAL for an unknown word. */
int player_word(struct player *p, uint64_t now_us, const char *word);
/** player_answer() - Return: 0, -EALREADY, or -EINVAL if @id or @value is too
    long or not UTF-8. */
int player_answer(struct player *p, uint64_t now_us, const char *id,
                  const char *value);
void player_suspended(struct player *p, uint64_t now_us, double seconds);

void player_status(const struct player *p, struct session_status *ret);

#endif
