/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_AUDIO_OGGSERIAL_H
#define LULL_AUDIO_OGGSERIAL_H

#include <stdint.h>

/**
 * oggserial_set() - give every page of an Ogg file one stream number
 * @fd: open for reading and writing; its offset is not kept
 *
 * libsndfile draws that number at random, so that no two files of the same
 * sound are the same; one stream alone in its file needs none in particular.
 * Source: RFC 3533, section 6 (page header, bytes 14 to 17 and 22 to 25).
 *
 * Return: 0; -EBADMSG if it is no Ogg file; -EIO or another errno.
 */
int oggserial_set(int fd, uint32_t serial);

#endif
