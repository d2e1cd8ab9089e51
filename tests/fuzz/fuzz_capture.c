/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "drivers/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *prefix, const uint8_t *data, size_t size)
{
	size_t head = strlen(prefix), n = 0;
	char *copy = malloc(head + size + !(head + size));
	struct capture_count count;
	struct load_error error = {0};
	int r;

	if (!copy)
		return;
	memcpy(copy, prefix, head);
	memcpy(copy + head, data, size);
	r = capture_parse(copy, head + size, &count, &error);
	if (r < 0 && (!error.reason || error.line == 0))
		abort();
	for (size_t i = 0; i < head + size; i++)
		n += copy[i] == '\n';
	if (count.ble + count.ant + count.states > n)
		abort();
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse("", data, size);
	parse("# lull capture 1\n", data, size);
	return 0;
}
