/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_MIXER_H
#define LULL_AUDIO_MIXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/bank.h"
#include "audio/music.h"
#include "audio/queue.h"
#include "audio/sound.h"

/**
 * The mixer: sound commands in, interleaved stereo float out. The same code
 * runs in the audio callback and in the offline renderer, and what it gives
 * depends on the commands and their frames alone, never on how the frames are
 * cut into blocks.
 */
struct mixer;

/**
 * The mixer works ahead of what it hands out (its limiter looks ahead, its
 * sources run in chunks), by less than this: a command is in time if it is in
 * the queue this long before its own frame is rendered. SOUND_LEAD_US leaves
 * eight times as much. It costs no delay: what belongs at a frame is heard at
 * it.
 */
#define MIXER_AHEAD_US 6000

/** A phrase is heard so long after its command's frame: breath and bed have
 * made room by then. */
#define MIXER_VOICE_LEAD_MS 120

/** A clip goes to both sides, each this much lower, so that a mono clip of
 * -23 LUFS is -23 LUFS in the mix. Source: ITU-R BS.1770-4, annex 1: the
 * powers of left and right add up. */
#define MIXER_PAN     0.70710678f

#define MIXER_DUCK_DB (-8.0f) /**< breath and bed below a voice */

/** Migraine mode (content.md, E.4; audio.md, 5): 12 to 18 dB below normal,
 * voice up to 3 kHz, tones to 1.5 kHz, every onset 300 ms or longer, no level
 * that rises by more than 1 dB in a second.
 *
 * Of what the voice has above 3 kHz MIXER_GENTLE_LEFT_DB is left, so that with
 * the level it is 40 dB softer than in normal mode at each frequency. Not less:
 * a recogniser, which goes by how the bands of a sound compare, mistakes half
 * of the words where nothing is left (tests/wer.sh). */
#define MIXER_GENTLE_DB       (-14.0f)
#define MIXER_GENTLE_LEFT_DB  (-28.0f)
#define MIXER_GENTLE_VOICE_HZ 3000.0f
#define MIXER_GENTLE_TONE_HZ  1500.0f
#define MIXER_GENTLE_ONSET_S  0.3
#define MIXER_GENTLE_RISE_DB  1.0f

struct mixer_config {
	unsigned rate_hz;         /**< 8000 to 192000 */
	uint64_t seed;            /**< of the bed's noise */
	const struct bank *bank;  /**< outlives the mixer; NULL: no voice */
	struct music *music;      /**< outlives the mixer; NULL: none */
	struct sound_scene scene; /**< at the begin */
};

/** mixer_create() - Return: 0, -ENOMEM, or -EINVAL for a rate out of range or
 * a bank of another rate. */
int mixer_create(struct mixer **ret, const struct mixer_config *config);
/** mixer_destroy() - takes NULL. Return: NULL. */
struct mixer *mixer_destroy(struct mixer *m);

/**
 * mixer_queue() - where commands go in
 *
 * One producer (the loop thread), one consumer (whoever renders). Commands
 * must be pushed in the order of their frames.
 */
struct queue *mixer_queue(struct mixer *m);

/**
 * mixer_render() - the next @frames frames
 * @out: interleaved stereo, 2 * @frames floats, within [-1, 1]
 *
 * A command that comes too late (MIXER_AHEAD_US) takes effect at once and is
 * counted. Ignored are a clip that the bank has not, a breath that
 * pacer_begin() refuses, a level that is not a number, and all after SOUND_END.
 * RT safe: no allocation, lock, log or system call. Denormals are flushed by
 * the caller's thread (see mixer_thread_init()).
 */
void mixer_render(struct mixer *m, float *out, size_t frames);

/** mixer_prepare() - for a renderer, before each mixer_render() of at most
 * MUSIC_BLOCK frames: decode what that will want. May do file I/O; a live
 * stream has music_run() for it. */
void mixer_prepare(struct mixer *m);

/** mixer_thread_init() - set the rendering thread's FPU modes, for good: for
 * threads that only render. RT safe. */
void mixer_thread_init(void);

/** mixer_frame() - frames rendered so far. Any thread. */
uint64_t mixer_frame(const struct mixer *m);
/** mixer_late() - commands that came too late so far. Any thread. */
unsigned mixer_late(const struct mixer *m);

#endif
