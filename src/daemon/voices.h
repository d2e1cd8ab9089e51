/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_VOICES_H
#define LULL_DAEMON_VOICES_H

#include <stdbool.h>

#include "audio/bank.h"
#include "session/session.h"

/**
 * The voices: every phrase of a routine as a clip, looked up or spoken ahead of
 * the session by a worker thread. What is not there when the session begins is
 * not used in it.
 *
 * The bank lies in an unlinked file; a clip is read and locked into memory
 * before it is said, and let go of after the next one. Loop thread.
 */
struct voices;

/**
 * voices_bank() - a bank for them, while nobody knows yet for which
 * @ret: to be destroyed after the voices
 *
 * Return: 0, or negative errno.
 */
int voices_bank(struct bank **ret, unsigned rate_hz);
/**
 * voices_create() - every phrase of @routine is to be spoken
 * @routine, @bank: outlive the voices
 * @done: called once in the worker's thread, when all are taken
 *
 * Return: 0, or negative errno.
 */
int voices_create(struct voices **ret, const struct routine *routine,
                  struct bank *bank, unsigned rate_hz, void (*done)(void *data),
                  void *data);
/** voices_start() - the worker begins. Return: 0, or negative errno: there is
 * nothing to be spoken, then, which voices_fix() says as well. */
int voices_start(struct voices *v);
struct voices *voices_destroy(struct voices *v);

/** voices_ready() - are all taken? */
bool voices_ready(const struct voices *v);

/**
 * voices_fix() - no more: what is made by now is the bank, which is sealed
 * @ret_clips: the voices' own; clip i of the bank is i of them
 * @ret_missing: phrases that were not ready or could not be spoken
 *
 * Return: 0 or negative errno; nothing can be said then.
 */
int voices_fix(struct voices *v, const struct session_clip **ret_clips,
               size_t *ret_n, size_t *ret_missing);

/** voices_complaints() - what went wrong, one plain line each; right after
    voices_fix(). */
size_t voices_complaints(const struct voices *v, const char *const **ret);

/** voices_hold() - @say is to be said next, after voices_fix(): its clip is
    read by the worker, and stays in memory until the one after the next.
    Before the command is queued. */
void voices_hold(struct voices *v, const struct event *say);
/** voices_settle() - waits until it is read. */
void voices_settle(struct voices *v);

#endif
