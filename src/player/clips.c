/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/clips.h"

#include <errno.h>
#include <stdlib.h>

#include "player/script.h"

struct clips {
	struct voice *voice;
	unsigned rate_hz;
	struct script_line *lines;
	size_t n_lines, at; /* at: the next to be taken */

	struct bank *bank, *own; /* own: NULL: it is another's */
	struct session_clip *list;
	size_t n;
};

/* --- taking them ------------------------------------------------------------
 */

static int speak(struct clips *c, const char *name, const char *text)
{
	struct voice_take take;
	int r = voice_say(c->voice, name, text, c->rate_hz, &take);

	if (r < 0)
		return r;
	r = take.frames ? bank_set(c->bank, c->n, take.samples, take.frames)
	                : -ENODATA;
	if (r < 0)
		free(take.samples);
	return r;
}

static int take(struct clips *c, size_t line)
{
	const char *text = c->lines[line].text;
	char name[SCRIPT_NAME_MAX];
	uint32_t frames;

	script_name(&c->lines[line], name);
	if (voice_look(c->voice, name, text, c->rate_hz, &frames) == 0)
		return bank_reserve(c->bank, c->n, frames, line);
	return speak(c, name, text);
}

int clips_take(struct clips *c)
{
	size_t line = c->at;
	int r;

	if (line == c->n_lines)
		return 0;
	c->at++;
	r = take(c, line);
	if (r == -ENOMEM)
		return r;
	if (r == 0) {
		script_clip(&c->lines[line], bank_ms(c->bank, c->n),
		            &c->list[c->n]);
		c->n++;
	}
	return 1;
}

/* A clip that was only looked at: from the cache, or made anew. */
static int read_line(void *data, size_t line, float *into, uint32_t frames,
                     const struct enough *enough)
{
	struct clips *c = data;
	char name[SCRIPT_NAME_MAX];

	script_name(&c->lines[line], name);
	return voice_fill(c->voice, name, c->lines[line].text, into, frames,
	                  enough);
}

int clips_seal(struct clips *c)
{
	return bank_seal(c->bank, c->n);
}

/* --- its life ---------------------------------------------------------------
 */

static int take_bank(struct clips *c, struct bank *bank, const char *cache_dir)
{
	int r = 0;

	if (!bank) {
		r = bank_create_file(&c->own, cache_dir, c->n_lines,
		                     c->rate_hz);
		bank = c->own;
	}
	if (r < 0)
		return r;
	c->bank = bank;
	bank_source(bank, read_line, c);
	return 0;
}

static int start(struct clips *c, const struct routine *routine,
                 const char *cache_dir, struct bank *bank)
{
	int r = script_voice(&c->voice, routine, cache_dir);

	if (r == 0)
		r = script_make(routine, &c->lines, &c->n_lines);
	if (r < 0)
		return r;
	c->n_lines = script_own(c->lines, c->n_lines, c->voice);
	c->list = calloc(c->n_lines + 1, sizeof(*c->list));
	if (!c->list)
		return -ENOMEM;
	return take_bank(c, bank, cache_dir);
}

int clips_create(struct clips **ret, const struct routine *routine,
                 const char *cache_dir, struct bank *bank, unsigned rate_hz)
{
	struct clips *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->rate_hz = rate_hz;
	r = start(c, routine, cache_dir, bank);
	if (r < 0) {
		clips_destroy(c);
		return r;
	}
	*ret = c;
	return 0;
}

struct clips *clips_destroy(struct clips *c)
{
	if (!c)
		return NULL;
	bank_destroy(c->own);
	voice_destroy(c->voice);
	free(c->lines);
	free(c->list);
	free(c);
	return NULL;
}

/* --- looking at them --------------------------------------------------------
 */

size_t clips_lines(const struct clips *c)
{
	return c->n_lines;
}

struct bank *clips_bank(const struct clips *c)
{
	return c->bank;
}

size_t clips_list(const struct clips *c, const struct session_clip **ret)
{
	*ret = c->list;
	return c->n;
}

size_t clips_complaints(const struct clips *c, const char *const **ret)
{
	return voice_complaints(c->voice, ret);
}
