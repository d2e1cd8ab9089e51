/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_STAGE_H
#define LULL_PLAYER_STAGE_H

#include "audio/render.h"
#include "base/error.h"
#include "player/guide.h"

/**
 * The stage: where a session off the live clock is heard. A guide and, where
 * a sound file is wanted, the mixer and the render behind it.
 */
struct stage {
	struct guide guide;
	struct music *music;
	struct mixer *mixer;
	struct render *render;
	struct bank *bank;
	const char *path;
	double lufs; /**< of the whole, once closed */
};

/**
 * stage_init() - @path: of the sound file; NULL: silent, the guide only
 * @bank: clip i is @start's clip i; NULL: no voice; outlives the stage,
 *         which fetches each clip before it is said
 * Return: 0, -EINVAL, -ENOMEM or the file's errno, with @error; for a bed of
 * music that cannot be played, as music_create().
 */
int stage_init(struct stage *s, const struct session_start *start,
               struct bank *bank, const char *path, unsigned rate_hz,
               struct error *error);
/** stage_until() - render all that is settled at session time @t_us: what is
    yet to come is heard after it. Return: 0, -EIO or -ENOSPC with @error. */
int stage_until(struct stage *s, uint64_t t_us, struct error *error);
/** stage_close() - the fade, a second of silence, and the file is whole.
    Return: as stage_until(), or the file's errno. */
int stage_close(struct stage *s, uint64_t t_us, struct error *error);
/** stage_finish() - frees; a file that was not closed is dropped. */
void stage_finish(struct stage *s);

#endif
