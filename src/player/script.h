/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_SCRIPT_H
#define LULL_PLAYER_SCRIPT_H

#include <stddef.h>

#include "audio/voice.h"
#include "session/session.h"

/**
 * The script: every line that a session of one routine may say, in the order
 * of need: the questions before a session, the cues, the techniques as the
 * routine lists them; each in all its lengths and wordings.
 */
struct script_line {
	char phrase[EVENT_ID_MAX]; /**< `ask.ID` for a question */
	enum variant variant;
	int wording;
	const char *text; /**< the routine's */
};

/** script_make() - @ret: malloc()ed. Return: 0 or -ENOMEM. */
int script_make(const struct routine *r, struct script_line **ret,
                size_t *ret_n);

/** Room for a line's name, with its NUL. */
#define SCRIPT_NAME_MAX (EVENT_ID_MAX + 16)
/** script_name() - what a recording of it is called: `cue.start.full`, and
    `cue.start.full.2` for another wording. */
void script_name(const struct script_line *line, char ret[SCRIPT_NAME_MAX]);

/**
 * script_own() - leave out the wordings that a person has not recorded where
 * they have recorded another of the same: nobody wants two voices in turn
 *
 * Return: how many lines are left, at the front of @lines.
 */
size_t script_own(struct script_line *lines, size_t n, const struct voice *v);

/** script_clip() - a clip of @ms for it. */
void script_clip(const struct script_line *line, uint32_t ms,
                 struct session_clip *ret);

/**
 * script_voice() - the voice that a routine is spoken with: the labels of its
 * language, the person's recordings and the clips of before
 *
 * $LULL_VOICE, if set, is the .htsvoice file to use. Return: 0 or -ENOMEM.
 */
int script_voice(struct voice **ret, const struct routine *r,
                 const char *cache_dir);

#endif
