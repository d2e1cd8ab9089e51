/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "cli/screen.h"

#define MARGIN    2
#define BAR_MOST  40
#define BAR_LEAST 10
#define TEXT_MAX  1024

/* Least needed last: from the end they are left out where room is short. */
enum block {
	BLOCK_ASK,
	BLOCK_STEP,
	BLOCK_BREATH,
	BLOCK_HEAD,
	BLOCK_HANDS,
	BLOCK_HEART,
	BLOCK_SAID,
	BLOCK_TOLD,
	BLOCK_KEYS,
	BLOCKS,
};

/* As they stand one below the other. */
static const enum block order[BLOCKS] = {
	BLOCK_HEAD, BLOCK_STEP, BLOCK_HANDS, BLOCK_BREATH, BLOCK_HEART,
	BLOCK_SAID, BLOCK_ASK,  BLOCK_TOLD,  BLOCK_KEYS,
};

static bool strong(enum block b)
{
	return b == BLOCK_ASK || b == BLOCK_STEP || b == BLOCK_BREATH;
}

static bool is(const struct frame_model *m, const char *state)
{
	return strcmp(m->state->state, state) == 0;
}

bool frame_still(const struct bus_state *state)
{
	return strcmp(state->mode, "attack") == 0;
}

/* Characters, not bytes. */
static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* --- what is said of each ------------------------------------------------- */

static void head(const struct frame_model *m, size_t width, char *ret,
                 size_t len)
{
	const struct bus_state *s = m->state;
	const char *name = m->routine ? m->routine->name : s->routine;
	char left[16], right[48] = "";
	size_t pad;

	if (is(m, "idle")) {
		snprintf(ret, len, "No session runs: lull start%s%s%s",
		         *s->result ? "   (the last one: " : "", s->result,
		         *s->result ? ")" : "");
		return;
	}
	if (!isnan(s->left_s) && frame_still(s))
		snprintf(right, sizeof(right), "%.0f min to go",
		         ceil(s->left_s / 60));
	else if (!isnan(s->left_s))
		snprintf(right, sizeof(right), "%s to go",
		         out_clock(left, sizeof(left), s->left_s));
	if (!is(m, "playing"))
		snprintf(right, sizeof(right), "%s", s->state);
	pad = columns(name) + columns(right) + 3 < width
	              ? width - columns(name) - columns(right)
	              : 3;
	snprintf(ret, len, "%s%*s%s", name, (int)pad, "", right);
}

static const struct technique *technique_of(const struct frame_model *m)
{
	int n = m->state->step_n;
	int i = m->routine && n ? routine_step(m->routine, n) : -1;

	return i < 0 ? NULL
	             : routine_technique(m->routine, &m->routine->steps[i]);
}

static void step(const struct frame_model *m, char *ret, size_t len)
{
	char name[160], left[16];

	if (!m->state->step_n || is(m, "idle"))
		return;
	screen_step(m->state->step_n, m->routine, name, sizeof(name));
	if (frame_still(m->state))
		snprintf(ret, len, "%s", name);
	else
		snprintf(ret, len, "%s   %s", name,
		         out_clock(left, sizeof(left), m->state->step_left_s));
}

static void hands(const struct frame_model *m, char *ret, size_t len)
{
	const struct technique *t = technique_of(m);

	if (!t || is(m, "idle"))
		return;
	if (m->state->pressure > 0)
		snprintf(ret, len, "%s Pressure: %d of ten at most.", t->hands,
		         m->state->pressure);
	else
		snprintf(ret, len, "%s", t->hands);
}

static void bar(const struct frame_model *m, size_t width, char *ret,
                size_t len)
{
	size_t room = width > 30 ? width - 30 : BAR_LEAST;
	size_t whole = room < BAR_MOST ? room : BAR_MOST;
	size_t full = (size_t)lround(m->breath * (double)whole), used;

	used = (size_t)snprintf(ret, len, "%s ", m->inhale ? "in " : "out");
	for (size_t i = 0; i < whole && used + 4 < len; i++)
		used += (size_t)snprintf(ret + used, len - used, "%s",
		                         i >= full ? " "
		                         : m->utf8 ? "\xe2\x94\x81"
		                                   : "=");
}

static void breath(const struct frame_model *m, size_t width, char *ret,
                   size_t len)
{
	double rate = m->state->breaths_per_min;
	char line[256] = "";

	if (!(rate > 0) || is(m, "idle"))
		return;
	if (!isnan(m->breath) && !frame_still(m->state))
		bar(m, width, line, sizeof(line));
	snprintf(ret, len, "%s%s%.1f breaths a minute", line, *line ? "  " : "",
	         rate);
}

static void heart(const struct frame_model *m, char *ret, size_t len)
{
	const struct bus_state *s = m->state;
	bool hears = strcmp(s->sensor_state, "connected") == 0;
	char rate[48] = "", calm[48] = "", signal[64];

	if (is(m, "idle"))
		return;
	if (!isnan(s->hr_bpm) && !frame_still(s))
		snprintf(rate, sizeof(rate), "heart %.0f a minute   ",
		         s->hr_bpm);
	if (*s->calm_state)
		snprintf(calm, sizeof(calm), "%s   ", s->calm_state);
	if (!*s->sensor)
		snprintf(signal, sizeof(signal), "no sensor: by the clock");
	else if (hears)
		snprintf(signal, sizeof(signal), "signal %s",
		         strcmp(s->quality, "none") == 0 ? "not yet"
		                                         : s->quality);
	else
		snprintf(signal, sizeof(signal), "sensor %s",
		         *s->sensor_state ? s->sensor_state : "none yet");
	for (char *c = signal; *c; c++)
		if (*c == '_')
			*c = ' ';
	snprintf(ret, len, "%s%s%s", rate, calm, signal);
}

static void ask(const struct frame_model *m, char *ret, size_t len)
{
	char choices[512];

	if (!m->question)
		return;
	keys_choices(m->keys, choices, sizeof(choices));
	snprintf(ret, len, "%s\n%s", m->question, choices);
}

static void text_of(const struct frame_model *m, enum block b, size_t width,
                    char *ret, size_t len)
{
	*ret = '\0';
	switch (b) {
	case BLOCK_HEAD:
		head(m, width, ret, len);
		break;
	case BLOCK_STEP:
		step(m, ret, len);
		break;
	case BLOCK_HANDS:
		hands(m, ret, len);
		break;
	case BLOCK_BREATH:
		breath(m, width, ret, len);
		break;
	case BLOCK_HEART:
		heart(m, ret, len);
		break;
	case BLOCK_SAID:
		if (*m->said && !is(m, "idle"))
			snprintf(ret, len, "\"%s\"", m->said);
		break;
	case BLOCK_ASK:
		ask(m, ret, len);
		break;
	case BLOCK_TOLD:
		snprintf(ret, len, "%s", m->told);
		break;
	case BLOCK_KEYS:
		if (m->help)
			snprintf(ret, len, "%s%sEsc leaves",
			         is(m, "idle") ? "" : keys_words(),
			         is(m, "idle") ? "" : "  ");
		break;
	case BLOCKS:
		break;
	}
}

/* --- into lines ----------------------------------------------------------- */

struct wrapped {
	char text[TEXT_MAX];
	size_t lines; /* 0: nothing */
};

static void wrap(struct wrapped *w, size_t width)
{
	char plain[TEXT_MAX], *rest = w->text, *line;
	size_t used = 0;

	plain[0] = '\0';
	while ((line = strsep(&rest, "\n")) && used + 1 < sizeof(plain)) {
		out_plain(plain + used, sizeof(plain) - used, line);
		used += strlen(plain + used);
		if (rest && used + 1 < sizeof(plain))
			plain[used++] = '\n';
		plain[used] = '\0';
	}
	screen_wrap(plain, width);
	memcpy(w->text, plain, sizeof(plain));
	w->lines = w->text[0] != '\0';
	for (const char *c = w->text; *c; c++)
		w->lines += *c == '\n';
}

/* @airy: with an empty line above each, and above the first. */
static size_t height_of(const struct wrapped *all, bool airy)
{
	size_t height = 0;

	for (int b = 0; b < BLOCKS; b++)
		if (all[b].lines)
			height += all[b].lines + airy;
	return height;
}

/* Leave out from the end of the list, but nothing up to @kept.
   Return: whether it fits. */
static bool make_room(struct wrapped *all, size_t most, bool airy, int kept)
{
	for (int b = BLOCKS - 1; b > kept; b--)
		if (height_of(all, airy) > most)
			all[b].lines = 0;
	return height_of(all, airy) <= most;
}

static void cut(char *text, size_t width)
{
	size_t n = 0;

	for (char *c = text; *c; c++) {
		if (((unsigned char)*c & 0xc0) != 0x80 && n++ == width) {
			*c = '\0';
			return;
		}
	}
}

static void put(struct frame *f, size_t most, const char *text, size_t width,
                bool bright)
{
	struct frame_line *line = &f->lines[f->n];

	if (f->n == most)
		return;
	f->n++;
	line->strong = bright;
	snprintf(line->text, sizeof(line->text), "%s%s", *text ? "  " : "",
	         text);
	cut(line->text, width);
}

void frame_make(const struct frame_model *m, size_t width, size_t height,
                struct frame *ret)
{
	size_t most = height < FRAME_LINES ? height : FRAME_LINES;
	size_t inner = width > 2 * MARGIN + 1 ? width - 2 * MARGIN : 1;
	struct wrapped all[BLOCKS];
	bool airy;

	for (int b = 0; b < BLOCKS; b++) {
		text_of(m, b, inner, all[b].text, TEXT_MAX);
		wrap(&all[b], inner);
	}
	airy = make_room(all, most, true, BLOCK_HEART);
	if (!airy)
		(void)make_room(all, most, false, BLOCK_ASK);
	ret->n = 0;
	for (int i = 0; i < BLOCKS; i++) {
		struct wrapped *w = &all[order[i]];
		char *rest = w->text, *line;

		if (!w->lines)
			continue;
		if (airy)
			put(ret, most, "", width, false);
		while ((line = strsep(&rest, "\n")))
			put(ret, most, line, width, strong(order[i]));
	}
}
