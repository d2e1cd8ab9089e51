/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_VIEW_H
#define LULL_CLI_VIEW_H

#include "cli/bus.h"
#include "cli/keys.h"

/** Where a session that is followed is shown. Called from the loop. */
struct view {
	/** What the voice says. */
	void (*say)(void *data, const char *text);
	/** What else is to be known, one line. */
	void (*tell)(void *data, const char *text);
	/** @text: NULL: none stands any more; @keys: of its choices, outlive
	    it */
	void (*question)(void *data, const char *text, const struct keys *keys);
	/** Step, time, heart: something of it has changed. */
	void (*state)(void *data, const struct bus_state *state);
	/** A breath begins; 0 s: the pacer is silent. May be NULL. */
	void (*breath)(void *data, double seconds, double inhale_pct);
	void *data;
};

#endif
