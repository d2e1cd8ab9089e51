/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_BASE_UTF8_H
#define LULL_BASE_UTF8_H

#include <stddef.h>

/** utf8_length() - length of the UTF-8 character at @s; 0: there is none. */
size_t utf8_length(const char *s);

#endif
