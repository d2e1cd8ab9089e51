/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_LABEL_H
#define LULL_AUDIO_VOICE_LABEL_H

#include <stddef.h>

/**
 * voice_label_expand() - the full-context labels of one spoken text
 * @spoken: words in phrases, from which all context that a voice asks for
 *          follows by counting:
 *
 *   content:1+p-l-ey-s det:0=dh-ax content:1+b-r-eh-th /4:L-L%
 *
 *          A word is its part of speech and its syllables, joined by dots; a
 *          syllable is stress (0, 1), accent (+, =) and sounds. A phrase ends
 *          with its break (3 within a sentence, 4 at its end) and its tone.
 * @ret: lines in one block, the caller's to free(); NULL behind the last
 *
 * Source: the features of festvox-us-slt-hts as festival's hts.scm puts them
 * out (hts_feats_output); `make labels` holds both against each other. Pure.
 *
 * Return: 0, -EBADMSG if @spoken is malformed, -ENOMEM.
 */
int voice_label_expand(const char *spoken, char ***ret, size_t *ret_n);

#endif
