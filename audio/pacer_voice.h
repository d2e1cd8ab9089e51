/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_PACER_VOICE_H
#define LULL_AUDIO_PACER_VOICE_H

#include "audio/pacer.h"

/**
 * pacer_voice_add() - add @n frames of the pacer's voice to @stereo
 * @from, @to: the breath at the first frame and just after the last
 *
 * tone: a warm note whose overtones come in one after the other, a second
 * beside it, and a fifth above that announces the turn.
 * breath: noise through two bands, airy and moving up while one breathes in,
 * wide and falling while one breathes out.
 * bow: a rich string that sways the more the brighter it is, another softly
 * beside it, and a fifth above that announces the turn.
 * RT safe.
 */
void pacer_voice_add(struct pacer *p, const struct pacer_point *from,
                     const struct pacer_point *to, float *stereo, uint32_t n);

#endif
