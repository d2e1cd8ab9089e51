/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_CHIME_H
#define LULL_AUDIO_CHIME_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/reed.h"

/**
 * The chime: a soft mark at the begin and the end of a session. It swells for
 * 0.3 s, so that it cannot startle (reference/audio.md, 5), and is gone in 3 s.
 */
#define CHIME_ONSET_S  0.3
#define CHIME_LENGTH_S 3.3
#define CHIME_PARTIALS 3

struct chime {
	double rate_hz;
	bool on;
	uint64_t start;
	float rest[CHIME_PARTIALS]; /**< of one still ringing at the start */
	struct reed reeds[CHIME_PARTIALS];
};

void chime_init(struct chime *c, unsigned rate_hz);
/** chime_strike() - begin at @frame; one that still rings fades below it. */
void chime_strike(struct chime *c, uint64_t frame);
/** chime_add() - add frames @frame to @frame + @n to @stereo; only while it is
 * on. RT safe. */
void chime_add(struct chime *c, uint64_t frame, float *stereo, uint32_t n);

#endif
