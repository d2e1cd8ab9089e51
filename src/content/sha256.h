/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CONTENT_SHA256_H
#define LULL_CONTENT_SHA256_H

#include <stddef.h>
#include <stdint.h>

/**
 * SHA-256, to name the exact content that a session was made from.
 * Source: FIPS 180-4. Pure; a copy of the struct forks the sum.
 */
struct sha256 {
	uint32_t h[8];
	uint64_t bytes;
	uint8_t block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t len);
/** sha256_hex() - the sum so far, in lower-case hex; @s may go on. */
void sha256_hex(const struct sha256 *s, char ret[65]);

#endif
