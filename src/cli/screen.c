/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/screen.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/frame.h"
#include "cli/out.h"

void screen_init(struct screen *s, FILE *out, const struct routine *routine)
{
	*s = (struct screen){
		.out = out,
		.terminal = isatty(fileno(out)),
		.colours = out_colours(out),
		.routine = routine,
	};
}

void screen_clear(struct screen *s)
{
	if (s->line_on)
		fputs("\r\033[K", s->out);
	s->line_on = false;
}

void screen_wrap(char *text, size_t width)
{
	char *space = NULL;
	size_t column = 0;

	for (char *c = text; *c; c++) {
		if (*c == ' ')
			space = c;
		if (((unsigned char)*c & 0xc0) != 0x80)
			column++;
		if (column <= width || !space)
			continue;
		*space = '\n';
		column = (size_t)(c - space);
		space = NULL;
	}
}

static size_t width_of(const struct screen *s)
{
	struct winsize size = {0};

	if (ioctl(fileno(s->out), TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return 80;
	return size.ws_col;
}

/* Dark reds of the 256 colours, the brighter one for what is bold. */
static const char *style_of(const struct screen *s, enum out_style style)
{
	if (!s->still || !s->colours)
		return out_style(style, s->colours);
	return style == OUT_BOLD ? "\033[38;5;124m" : "\033[38;5;88m";
}

static void print(struct screen *s, enum out_style style, bool styled,
                  const char *text)
{
	char plain[1024];

	out_plain(plain, sizeof(plain), text);
	if (s->terminal)
		screen_wrap(plain, width_of(s));
	screen_clear(s);
	styled |= s->still;
	fprintf(s->out, "%s%s%s\n", styled ? style_of(s, style) : "", plain,
	        out_reset(styled && s->colours));
	fflush(s->out);
}

void screen_say(struct screen *s, const char *text)
{
	print(s, OUT_BOLD, true, text);
}

void screen_tell(struct screen *s, const char *text)
{
	print(s, OUT_DIM, true, text);
}

void screen_keys(struct screen *s)
{
	screen_clear(s);
	fprintf(s->out, "%s%s%s\n", out_style(OUT_DIM, s->colours),
	        keys_words(), out_reset(s->colours));
}

void screen_question(struct screen *s, const char *text,
                     const struct keys *keys)
{
	char line[512] = "  ";

	print(s, OUT_BOLD, true, text);
	keys_choices(keys, line + 2, sizeof(line) - 2);
	print(s, OUT_DIM, false, line);
}

static const char *step_name(const struct routine *routine, int n)
{
	int i = routine ? routine_step(routine, n) : -1;
	const struct technique *t;

	if (i < 0)
		return "";
	t = routine_technique(routine, &routine->steps[i]);
	return t ? t->name : "Breathing";
}

void screen_step(int n, const struct routine *routine, char *ret, size_t len)
{
	const char *name = step_name(routine, n);

	if (*name)
		snprintf(ret, len, "step %d of %zu: %s", n, routine->n_steps,
		         name);
	else
		snprintf(ret, len, "step %d", n);
}

void screen_line(const struct bus_state *state, const struct routine *routine,
                 char *ret, size_t len)
{
	char step[128], left[16], all[16], hr[16], calm[16], rate[32] = "";

	if (!state->step_n || strcmp(state->state, "preparing") == 0 ||
	    strcmp(state->state, "ending") == 0) {
		snprintf(ret, len, "%s", state->state);
		return;
	}
	screen_step(state->step_n, routine, step, sizeof(step));
	if (frame_still(state)) {
		snprintf(ret, len, "%s%s%s", step,
		         strcmp(state->state, "playing") == 0 ? "" : "   ",
		         strcmp(state->state, "playing") == 0 ? ""
		                                              : state->state);
		return;
	}
	if (state->breaths_per_min > 0)
		snprintf(rate, sizeof(rate), "   %.1f/min",
		         state->breaths_per_min);
	snprintf(ret, len, "%s  %s   %s to go   HR %s   CALM %s%s%s%s", step,
	         out_clock(left, sizeof(left), state->step_left_s),
	         out_clock(all, sizeof(all), state->left_s),
	         out_number(hr, sizeof(hr), state->hr_bpm, 0),
	         out_number(calm, sizeof(calm), state->calm, 0), rate,
	         strcmp(state->state, "playing") == 0 ? "" : "   ",
	         strcmp(state->state, "playing") == 0 ? "" : state->state);
}

static void show_line(struct screen *s, const struct bus_state *state)
{
	char line[512], plain[512];
	size_t width = width_of(s);

	screen_line(state, s->routine, line, sizeof(line));
	if (s->line_on && strcmp(line, s->line) == 0)
		return;
	snprintf(s->line, sizeof(s->line), "%s", line);
	out_plain(plain, width < sizeof(plain) ? width : sizeof(plain), line);
	fprintf(s->out, "\r\033[K%s%s%s", style_of(s, OUT_DIM), plain,
	        out_reset(s->colours));
	fflush(s->out);
	s->line_on = true;
}

void screen_state(struct screen *s, const struct bus_state *state)
{
	bool other_step = state->step_n && state->step_n != s->step_n;
	bool paused = strcmp(state->state, "paused") == 0;
	bool was_paused = strcmp(s->state, "paused") == 0;
	bool idle = strcmp(state->state, "idle") == 0;
	char line[256], step[160], left[16];

	s->still = idle ? s->still : frame_still(state);
	s->step_n = state->step_n ? state->step_n : s->step_n;
	snprintf(s->state, sizeof(s->state), "%s", state->state);
	if (s->terminal) {
		show_line(s, state);
		return;
	}
	if (paused != was_paused)
		screen_tell(s, paused ? "paused" : "it goes on");
	if (!other_step)
		return;
	screen_step(state->step_n, s->routine, step, sizeof(step));
	snprintf(line, sizeof(line), "-- %s, %s", step,
	         out_clock(left, sizeof(left), state->step_left_s));
	screen_tell(s, line);
}

static void view_say(void *data, const char *text)
{
	screen_say(data, text);
}

static void view_tell(void *data, const char *text)
{
	screen_tell(data, text);
}

static void view_question(void *data, const char *text, const struct keys *keys)
{
	if (text)
		screen_question(data, text, keys);
}

static void view_state(void *data, const struct bus_state *state)
{
	if (strcmp(state->state, "idle") != 0)
		screen_state(data, state);
}

struct view screen_view(struct screen *s)
{
	return (struct view){
		.say = view_say,
		.tell = view_tell,
		.question = view_question,
		.state = view_state,
		.data = s,
	};
}
