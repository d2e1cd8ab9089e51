/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_RENDER_H
#define LULL_AUDIO_RENDER_H

#include <stdint.h>

#include "audio/mixer.h"

/**
 * The offline renderer: the same mixer, into a sound file, as fast as it goes.
 * WAV is 48 kHz stereo float32, FLAC 24 bit, Ogg Vorbis; chosen by the file's
 * ending, in any case. The same commands give the same bytes, Ogg included:
 * libsndfile draws its stream's number at random and has no way to set it, so
 * it is written over when the file is finished (audio/oggserial.h).
 */
struct render;

/**
 * render_create()
 * @path: `*.wav`, `*.flac` or `*.ogg`; written beside itself and moved into
 *        place by render_finish(), so that half a file is never left
 * @mixer: outlives the render
 *
 * Return: 0, -EINVAL for an unknown ending, -ENOMEM, or the file's errno.
 */
int render_create(struct render **ret, const char *path, struct mixer *mixer,
                  unsigned rate_hz);

/** render_lufs() - of all that was written: how loud a session is
 * (audio/loudness.h). NAN: it is silent, or not at 48 kHz. */
double render_lufs(const struct render *r);

/**
 * render_until() - all commands for frames before @frame have been pushed
 *
 * What can be rendered by that is: all but the last MIXER_AHEAD_US, which the
 * next call or render_finish() writes. So a command for @frame itself may
 * still come after this call.
 *
 * Return: 0; -EIO, -ENOSPC or another errno of the file; -EFBIG if a WAV would
 * pass 4 GiB. A failed render stays failed.
 */
int render_until(struct render *r, uint64_t frame);

/** render_finish() - write all frames before the last render_until()'s, close,
 * move into place. Return: 0 or errno. */
int render_finish(struct render *r);
/** render_destroy() - drops an unfinished file; takes NULL. Return: NULL. */
struct render *render_destroy(struct render *r);

#endif
