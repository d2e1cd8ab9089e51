/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_BACKEND_H
#define LULL_AUDIO_BACKEND_H

/**
 * backend_take() - PortAudio, initialised without noise and without harm
 *
 * An ALSA configuration without any pcm makes Pa_Initialize() abort the whole
 * process: a child tries it first. What ALSA and JACK print meanwhile
 * goes nowhere. Loop thread; takes some tens of milliseconds.
 *
 * Return: 0, then one backend_drop() is owed; -ENODEV if the child died of it;
 * -EIO if PortAudio cannot start, -EAGAIN if no child can be had.
 */
int backend_take(void);
void backend_drop(void);

#endif
