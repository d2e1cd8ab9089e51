/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_ENGINE_DEVICE_H
#define LULL_AUDIO_ENGINE_DEVICE_H

#include <portaudio.h>
#include <stddef.h>

#include "audio/engine.h"

/**
 * Which of PortAudio's devices it is, and what it takes. Between
 * Pa_Initialize() and Pa_Terminate().
 */

/** engine_error() - of PortAudio's. */
int engine_error(PaError error);
/** engine_choose() - Return: paNoDevice if there is none. */
PaDeviceIndex engine_choose(const struct engine_config *config);
/** engine_named() - the device that engine_name() gave that name. */
PaDeviceIndex engine_named(const char *name);
/** engine_name() - "JACK: system". */
void engine_name(PaDeviceIndex i, char *ret, size_t len);
/** engine_is() - is it of this host API? */
bool engine_is(PaDeviceIndex i, PaHostApiTypeId type);
/** engine_output() - stereo, or mono where it has one channel. */
PaStreamParameters engine_output(PaDeviceIndex i);
/** engine_most() - channels that it has, at most 8. */
int engine_most(PaDeviceIndex i);
/** engine_rate() - @wanted_hz if it takes that, else its own.
 * Return: 0; or why it takes neither. */
int engine_rate(PaDeviceIndex i, unsigned wanted_hz, unsigned *ret_hz);

#endif
