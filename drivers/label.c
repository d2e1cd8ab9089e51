/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/label.h"

#include <stdbool.h>
#include <string.h>

static bool shows(uint32_t c)
{
	return c >= 0x20 && (c < 0x7f || c >= 0xa0);
}

/* Length of the character at the head of @u; 0: there is none. */
static size_t character(const uint8_t *u, size_t len, uint32_t *ret)
{
	/* the first that needs so many bytes: shorter ones written longer
	   are none */
	static const uint32_t first[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = u[0] < 0x80   ? 1
	           : u[0] < 0xc0 ? 0
	           : u[0] < 0xe0 ? 2
	           : u[0] < 0xf0 ? 3
	           : u[0] < 0xf8 ? 4
	                         : 0;
	uint32_t c = n > 1 ? u[0] & (0x7fu >> n) : u[0];

	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < first[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret = c;
	return n;
}

void label_copy(char *ret, size_t size, const void *bytes, size_t len)
{
	const uint8_t *u = bytes, *end = u + strnlen(bytes, len);
	size_t used = 0;

	while (u < end) {
		uint32_t c = 0;
		size_t n = character(u, (size_t)(end - u), &c);
		bool good = n > 0 && shows(c);
		size_t takes = good ? n : 1;

		if (used + takes >= size)
			break;
		memcpy(ret + used, good ? (const char *)u : "?", takes);
		used += takes;
		u += n > 0 ? n : 1;
	}
	ret[used] = '\0';
}
