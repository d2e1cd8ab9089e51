/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_OPT_H
#define LULL_CLI_OPT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/**
 * Options and arguments of a command: read, checked, explained. A command is
 * described once, as data; its help is printed from that.
 */

enum opt_kind {
	OPT_FLAG,   /**< ret: bool */
	OPT_TEXT,   /**< ret: const char *, not empty */
	OPT_COUNT,  /**< ret: uint64_t, from min to max */
	OPT_NUMBER, /**< ret: double, from min to max */
};

struct opt {
	const char *name; /**< long; of one letter: short. NULL ends a list */
	enum opt_kind kind;
	void *ret;
	const char *value; /**< what stands for its value in the help */
	const char *help;
	double min, max;
};

struct command {
	const char *name;
	const char *args;  /**< in the usage line, e.g. "[ROUTINE]" */
	const char *about; /**< in one line */
	const char *more;  /**< further lines of its help; NULL: none */
	int min_args, max_args;
	int (*run)(const struct command *c, int argc, char **argv);
};

/** As many as there are (max_args). */
#define OPT_ARGS_ANY INT_MAX

/** What is no option, in order. */
struct opt_args {
	int n;
	char **at; /**< as argv ends: NULL behind the last */
};

/**
 * opt_read() - read what follows the command's name
 * @opts: ended by a NULL name; each ret is written only when it was given
 * @argv: @argc words and a NULL; the arguments are gathered at its front
 *
 * Takes `--name value`, `--name=value`, `-o value`, `-ovalue`; `--` ends the
 * options; `-h` and `--help` ask for help.
 *
 * Return: 0; 1 if help was asked for; -EINVAL with @error.
 */
int opt_read(const struct command *c, const struct opt *opts, int argc,
             char **argv, struct opt_args *ret, struct error *error);

/**
 * opt_start() - opt_read(), and what is said about it
 * Return: -1 to go on, or the exit status to leave with.
 */
int opt_start(const struct command *c, const struct opt *opts, int argc,
              char **argv, struct opt_args *ret);

/** opt_help() - the help of one command, on stdout. */
void opt_help(const struct command *c, const struct opt *opts);

/** opt_count() - a whole number from @min to @max. Return: 0 or -EINVAL. */
int opt_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

#endif
