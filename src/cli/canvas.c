/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/canvas.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cli/out.h"

#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[0m\033[?25h\033[?1049l"

/* Of the 256 colours: black, two greys of 4:1 and 6:1, two dark reds. */
#define BLACK     16
#define GREY      242
#define PALE_GREY 246
#define RED       88
#define PALE_RED  124

/* What a fault gives back; set before any can happen. */
static struct termios before;
static bool before_known;

/* Calls nothing that a signal may not. */
static void on_fault(int number)
{
	ssize_t n = write(STDOUT_FILENO, LEAVE, sizeof(LEAVE) - 1);

	(void)n;
	if (before_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	(void)raise(number); /* its own action stands again */
}

static void watch_faults(void)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction act = {.sa_handler = on_fault,
	                        .sa_flags = (int)SA_RESETHAND};

	before_known = tcgetattr(STDIN_FILENO, &before) == 0;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &act, NULL);
}

void canvas_open(struct canvas *c)
{
	static bool watched;

	if (!watched)
		watch_faults();
	watched = true;
	c->on = true;
	c->colours = out_colours(stdout);
	fputs(ENTER, stdout);
	canvas_measure(c);
}

void canvas_close(struct canvas *c)
{
	if (!c->on)
		return;
	c->on = false;
	fputs(LEAVE, stdout);
	fflush(stdout);
}

static void colour(const struct canvas *c, bool strong)
{
	int ink = c->red ? (strong ? PALE_RED : RED)
	                 : (strong ? PALE_GREY : GREY);

	if (c->colours)
		printf("\033[48;5;%d;38;5;%dm", BLACK, ink);
}

static void clear(struct canvas *c)
{
	colour(c, false);
	fputs("\033[2J", stdout);
	c->shown.n = 0;
}

void canvas_measure(struct canvas *c)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col ||
	    !size.ws_row) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	c->width = size.ws_col;
	c->height = size.ws_row;
	clear(c);
	fflush(stdout);
}

static bool same(const struct canvas *c, const struct frame *frame, size_t i)
{
	const struct frame_line *a = &frame->lines[i], *b = &c->shown.lines[i];

	if (i >= c->shown.n || i >= frame->n)
		return i >= c->shown.n && i >= frame->n;
	return a->strong == b->strong && strcmp(a->text, b->text) == 0;
}

void canvas_draw(struct canvas *c, const struct frame *frame, bool red)
{
	if (!c->on)
		return;
	if (red != c->red) {
		c->red = red;
		clear(c);
	}
	for (size_t i = 0; i < frame->n || i < c->shown.n; i++) {
		if (same(c, frame, i))
			continue;
		colour(c, i < frame->n && frame->lines[i].strong);
		printf("\033[%zu;1H%s\033[K", i + 1,
		       i < frame->n ? frame->lines[i].text : "");
	}
	c->shown = *frame;
	fflush(stdout);
}
