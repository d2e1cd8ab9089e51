/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_VARIED_H
#define LULL_TESTS_HELPERS_VARIED_H

#include <stdint.h>

#include "audio/mixer.h"

/**
 * A varied minute: every kind of sound command, at frames that fall anywhere
 * in a block, breaths whose length changes each time, phrases over phrases.
 */
#define VARIED_RATE_HZ 48000
#define VARIED_SECONDS 60
#define VARIED_FRAMES  ((uint64_t)VARIED_RATE_HZ * VARIED_SECONDS)
#define VARIED_CLIPS   4

/** varied_bank() - clips of -23 LUFS, tones of 1 kHz and near, faded. */
struct bank *varied_bank(void);

/** varied_push() - the whole minute into @q, which must be empty. */
void varied_push(struct queue *q);

/** varied_mixing() - what varied_mixer() is made of. */
struct mixer_config varied_mixing(const struct bank *bank);

/** varied_mixer() - one that is ready to render the minute. */
struct mixer *varied_mixer(const struct bank *bank);

#endif
