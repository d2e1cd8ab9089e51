/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_CUE_H
#define LULL_TESTS_HELPERS_CUE_H

#include "audio/mixer.h"
#include "audio/music.h"

/** Sound commands by the second, for a mixer at EAR_RATE_HZ. They are pushed
 * in the order of their times, as into any queue. */

/** cue_mixer() - @bank, @music: NULL: none; both outlive it */
struct mixer *cue_mixer(const struct sound_scene *scene,
                        const struct bank *bank, struct music *music);

/** cue_plain_mixer() - of no scene but the usual. */
struct mixer *cue_plain_mixer(const struct bank *bank);

/** cue_at() - set @s to a command of @kind, all else 0. Return: @s. */
struct sound *cue_at(struct sound *s, double t_s, enum sound_kind kind);
void cue_push(struct mixer *m, const struct sound *s);
/** cue_sort() - by their times, and else as they came. */
void cue_sort(struct sound *s, size_t n);

/** cue_breath() - 40 % of it in. */
void cue_breath(struct mixer *m, double t_s, double period_s);
void cue_scene(struct mixer *m, double t_s, const struct sound_scene *scene);
/** cue_kind() - a command that needs no more than its kind. */
void cue_kind(struct mixer *m, double t_s, enum sound_kind kind);
/** cue_levels() - of the whole and of its parts. CUE_OFF: nothing is heard. */
#define CUE_OFF (-200.0f)
void cue_levels(struct mixer *m, double t_s, float master_db, float voice_db,
                float breath_db, float bed_db);
void cue_say(struct mixer *m, double t_s, uint32_t clip);

/** cue_flat_bank() - one clip: 440 Hz, as loud from begin to end. */
struct bank *cue_flat_bank(double s);
/** cue_steady_bank() - two clips at a constant 0.1: any cut shows as a step. */
struct bank *cue_steady_bank(double s);

#endif
