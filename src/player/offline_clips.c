/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/offline.h"

#include <errno.h>

static int take_all(struct clips *c, const struct offline_voice *o)
{
	size_t n = clips_lines(c), i = 0;
	int r;

	while ((r = clips_take(c)) > 0)
		if (o->progress)
			o->progress(o->data, (double)i++ / (double)n);
	if (r == 0)
		r = clips_seal(c);
	return r == -ENODATA ? 0 : r; /* a session without words */
}

static void complain(const struct clips *c, const struct offline_voice *o)
{
	const char *const *lines;
	size_t n = clips_complaints(c, &lines);

	for (size_t i = 0; o->tell && i < n; i++)
		o->tell(o->data, lines[i]);
}

int offline_clips(const struct routine *routine, const struct offline_voice *o,
                  struct clips **ret)
{
	struct clips *c;
	int r = clips_create(&c, routine, o->cache_dir, NULL, o->rate_hz);

	if (r < 0)
		return r;
	r = take_all(c, o);
	if (r < 0) {
		clips_destroy(c);
		return r;
	}
	complain(c, o);
	*ret = c;
	return 0;
}
