/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/fit.h"
#include "tests/fuzz/fuzz_check.h"

/* What the first byte of an input asks for. */
#define WRAPPED 0x01 /* in a header and right check sums, else bare */
#define SHORT   0x02 /* a header of 12 bytes, else of 14 */
#define DEFINED 0x04 /* behind a definition of intervals */
#define TWICE   0x08 /* two such files in a row */

static const uint8_t definition[] = {0x40, 0, 0, 78, 0, 1, 0, 4, 0x84};

static void put_le(uint8_t *at, size_t value, int n)
{
	for (int i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* Return: the bytes of a file around @data. */
static size_t wrap(unsigned how, const uint8_t *data, size_t size, uint8_t *ret)
{
	size_t header = how & SHORT ? 12 : 14, len = header;

	memset(ret, 0, header);
	if (how & DEFINED) {
		memcpy(ret + len, definition, sizeof(definition));
		len += sizeof(definition);
	}
	if (size > 0)
		memcpy(ret + len, data, size);
	len += size;
	ret[0] = (uint8_t)header;
	put_le(ret + 4, len - header, 4);
	memcpy(ret + 8, ".FIT", 4);
	if (header > 12)
		put_le(ret + 12, fit_crc(0, ret, 12), 2);
	put_le(ret + len, fit_crc(0, ret, len), 2);
	return len + 2;
}

static void parse(const void *bytes, size_t len)
{
	char *copy = fuzz_copy(NULL, 0, bytes, len);
	struct load_error error = {0};
	struct rr rr;
	int r = fit_parse(copy, len, &rr, &error);

	if (r < 0 && (error.line || error.byte > len + 1))
		abort();
	if (r == 0 && rr.n > len / 2)
		abort();
	fuzz_check_rr(r, &rr, &error, 1, 65534);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t file[2 * 4096 + 128];
	size_t len, half;

	if (size == 0 || size > 4096)
		return 0;
	half = data[0] & TWICE ? size / 2 : size;
	if (!(data[0] & WRAPPED)) {
		parse(data + 1, size - 1);
		return 0;
	}
	len = wrap(data[0], data + 1, half ? half - 1 : 0, file);
	if (data[0] & TWICE && half > 0)
		len += wrap(data[half], data + half, size - half, file + len);
	parse(file, len);
	return 0;
}
