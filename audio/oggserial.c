/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/oggserial.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HEADER     27
#define SERIAL_AT  14
#define CRC_AT     22
#define N_SEGMENTS 26
#define PAGE_MAX   (HEADER + 255 + 255 * 255)

#define POLYNOMIAL                                                             \
	0x04c11db7u /* RFC 3533: not reflected, from 0, not inverted */

static uint32_t crc(const unsigned char *p, size_t n)
{
	uint32_t crc = 0;

	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)p[i] << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? POLYNOMIAL : 0);
	}
	return crc;
}

static void put_le32(unsigned char *p, uint32_t x)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(x >> 8 * i);
}

/* The length of the page that starts @p, or 0. */
static size_t page_length(const unsigned char *p, size_t n)
{
	size_t length;

	if (n < HEADER || memcmp(p, "OggS", 4) != 0)
		return 0;
	length = HEADER + p[N_SEGMENTS];
	if (n < length)
		return 0;
	for (size_t i = HEADER, end = length; i < end; i++)
		length += p[i];
	return n < length ? 0 : length;
}

int oggserial_set(int fd, uint32_t serial)
{
	unsigned char page[PAGE_MAX];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, page, sizeof(page), at)) > 0) {
		size_t length = page_length(page, (size_t)n);

		if (!length)
			return -EBADMSG;
		put_le32(page + SERIAL_AT, serial);
		put_le32(page + CRC_AT, 0);
		put_le32(page + CRC_AT, crc(page, length));
		n = pwrite(fd, page, HEADER, at);
		if (n != HEADER)
			return n < 0 ? -errno : -EIO;
		at += (off_t)length;
	}
	if (n < 0)
		return -errno;
	return at ? 0 : -EBADMSG;
}
