/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_VOICE_LABELS_H
#define LULL_AUDIO_VOICE_LABELS_H

#include <stddef.h>

/**
 * The labels of a language: how each of its texts is spoken. They are made
 * ahead by `make labels`, so that neither a build nor a session needs the
 * program that knows it.
 *
 * A line a text, `TEXT<TAB>SPOKEN` (voice_label.h says what SPOKEN is). A text
 * that changed finds no line: it needs no hash to be found out. Lines that
 * begin with # are comments; `# voice: PATH` names the .htsvoice file that the
 * labels are for.
 */
struct voice_labels;

/**
 * voice_labels_load()
 * Return: 0, errno of the file, -EBADMSG if a line has no tab, -EFBIG over
 * 4 MiB, -ENOMEM.
 */
int voice_labels_load(struct voice_labels **ret, const char *path);
/** voice_labels_destroy() - takes NULL. Return: NULL. */
struct voice_labels *voice_labels_destroy(struct voice_labels *l);

/** voice_labels_find() - the spoken form of exactly this text; NULL: none. */
const char *voice_labels_find(const struct voice_labels *l, const char *text);

/** voice_labels_voice() - the voice file that they are for; NULL: not told. */
const char *voice_labels_voice(const struct voice_labels *l);

#endif
