/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_FUZZ_WORDS_H
#define LULL_TESTS_FUZZ_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes from here on stand for a word each: text that is only noise never
   comes past the first column. */
#define FUZZ_WORDS_FROM 0xe0
#define FUZZ_WORD_MAX   40

/** fuzz_words() - @data with its words spelt out. @ret: FUZZ_WORD_MAX bytes
    each. Return: its length. */
static inline size_t fuzz_words(const char *const *words, size_t n,
                                const uint8_t *data, size_t size, char *ret)
{
	size_t len = 0;

	for (size_t i = 0; i < size; i++) {
		size_t word = (size_t)data[i] - FUZZ_WORDS_FROM, k;

		if (data[i] < FUZZ_WORDS_FROM || word >= n) {
			ret[len++] = (char)data[i];
			continue;
		}
		k = strlen(words[word]);
		memcpy(ret + len, words[word], k);
		len += k;
	}
	return len;
}

#endif
