/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BED_H
#define LULL_AUDIO_BED_H

#include <stdbool.h>
#include <stdint.h>

#include "audio/hiss.h"
#include "audio/music.h"
#include "audio/reed.h"
#include "audio/sound.h"

/**
 * The bed: what lies under breath and voice, made as it goes and never the
 * same twice: its noise comes again after 2^128 frames, and levels, colours
 * and notes wander apart from each other.
 *
 * pad: three low notes, each wide and wandering. brown: brown noise.
 * rain: steady rain, and drops. sea: waves that come in with the inhale and
 * run back with the exhale; without a breath they come by themselves.
 * music: the person's own.
 *
 * It follows CALM slowly and subtly: calmer is a little darker, and another
 * note of the pad comes nearer.
 */
#define BED_NOTES 4
#define BED_CALM_S                                                             \
	25.0f          /**< ours: to 63 % of a new CALM; slower than a breath, \
	                  faster than a step */
#define BED_FADE_S 3.0 /**< from one kind to silence, from there to another */

/** A value that wanders between 0 and 1, in some seconds from place to place.
 */
struct bed_drift {
	float from, to;
	uint32_t at, frames;
};

struct bed {
	double rate_hz;
	struct music *music; /**< NULL: there is none */
	enum sound_bed kind, wanted;
	float shown; /**< 0 to 1: the fade between two kinds */
	float calm, calm_to;
	float wave, wave_at; /**< of the sea; cycles of its own */
	float drop[2];       /**< of the rain, either side */
	uint64_t dice;
	struct bed_drift level, colour, note[BED_NOTES];
	struct reed reeds[2 * BED_NOTES];
	struct hiss hiss;
};

/**
 * bed_init()
 * @kind: heard from the first frame on
 * @music: outlives the bed; NULL: as music, it is silent
 */
void bed_init(struct bed *b, unsigned rate_hz, uint64_t seed,
              enum sound_bed kind, struct music *music);

/** bed_turn() - fade to another kind; @at_once: without a fade. RT safe. */
void bed_turn(struct bed *b, enum sound_bed kind, bool at_once);

/** bed_calm() - @calm: 0 to 1, or NAN: not known. RT safe. */
void bed_calm(struct bed *b, float calm);

/**
 * bed_render() - set @stereo to the next @n frames; @n is the same at each
 * call
 * @breath: how far in one has breathed, 0 to 1; negative: no breath
 *
 * Return: false if all of it is silence (and nothing was written). RT safe.
 */
bool bed_render(struct bed *b, float breath, float *stereo, uint32_t n);

#endif
