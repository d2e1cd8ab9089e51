/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_ENOUGH_H
#define LULL_AUDIO_ENOUGH_H

#include <stdbool.h>

/**
 * Who reads a clip does so in pieces of a tenth of a second, and asks between
 * two of them: is it enough? It may wait before it answers, so that the reader
 * leaves the processor to others.
 */
struct enough {
	bool (*ask)(void *data);
	void *data;
};

#endif
