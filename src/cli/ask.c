/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ask.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void read_line(char *ret, size_t len)
{
	if (!fgets(ret, (int)len, stdin))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

static void put(const char *question)
{
	printf("%s ", question);
	fflush(stdout);
}

void ask_line(const char *question, char *ret, size_t len)
{
	put(question);
	read_line(ret, len);
}

bool ask_in_time(const char *question, char *ret, size_t len)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	tcflush(STDIN_FILENO, TCIFLUSH);
	put(question);
	if (poll(&in, 1, ASK_S * 1000) > 0) {
		read_line(ret, len);
		return true;
	}
	putchar('\n');
	ret[0] = '\0';
	return false;
}

bool ask_begin(void)
{
	sigset_t set;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return true;
}
