/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/opt.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/out.h"

int opt_count(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text)
		return -EINVAL;
	for (const char *c = text; *c; c++) {
		unsigned digit = (unsigned)(*c - '0');

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return -EINVAL;
		value = value * 10 + digit;
	}
	if (value < min || value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

static int number_of(const char *text, double min, double max, double *ret)
{
	char *end;
	double value;

	/* strtod() would also take hexadecimal, "inf" and "nan" */
	if (!*text || strspn(text, "0123456789.+-") != strlen(text))
		return -EINVAL;
	value = strtod(text, &end);
	if (*end || !isfinite(value) || value < min || value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

static const char *dashes(const struct opt *o)
{
	return o->name[1] ? "--" : "-";
}

static int take(const struct opt *o, const char *value, struct error *error)
{
	uint64_t count;
	double number;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->ret = true;
		return 0;
	case OPT_TEXT:
		if (!*value)
			break;
		*(const char **)o->ret = value;
		return 0;
	case OPT_COUNT:
		if (opt_count(value, (uint64_t)o->min, (uint64_t)o->max,
		              &count) < 0)
			break;
		*(uint64_t *)o->ret = count;
		return 0;
	case OPT_NUMBER:
		if (number_of(value, o->min, o->max, &number) < 0)
			break;
		*(double *)o->ret = number;
		return 0;
	}
	if (o->kind == OPT_TEXT)
		error_set(error, "%s%s: nothing given: expected %s", dashes(o),
		          o->name, o->value);
	else
		error_set(error,
		          "%s%s: '%.40s': expected a %snumber, %.10g to %.10g",
		          dashes(o), o->name, value,
		          o->kind == OPT_COUNT ? "whole " : "", o->min, o->max);
	return -EINVAL;
}

static const struct opt *find(const struct opt *opts, const char *name,
                              size_t len)
{
	for (; opts->name; opts++)
		if (strlen(opts->name) == len &&
		    strncmp(opts->name, name, len) == 0)
			return opts;
	return NULL;
}

/* One option at argv[*i]; moves *i past a value that stands behind it. */
static int read_option(const struct opt *opts, int argc, char **argv, int *i,
                       struct error *error)
{
	const char *arg = argv[*i];
	bool is_long = arg[1] == '-';
	const char *name = arg + (is_long ? 2 : 1);
	size_t len = is_long ? strcspn(name, "=") : 1;
	const struct opt *o = find(opts, name, len);
	const char *value = name[len] ? name + len + is_long : NULL;

	if (!o || is_long != (len > 1)) {
		error_set(error, "%.60s: no such option", arg);
		return -EINVAL;
	}
	if (o->kind == OPT_FLAG && value) {
		error_set(error, "%.60s: takes no value", arg);
		return -EINVAL;
	}
	if (o->kind != OPT_FLAG && !value) {
		if (*i + 1 >= argc) {
			error_set(error, "%.60s: nothing given: expected %s",
			          arg, o->value);
			return -EINVAL;
		}
		value = argv[++*i];
	}
	return take(o, value, error);
}

int opt_read(const struct command *c, const struct opt *opts, int argc,
             char **argv, struct opt_args *ret, struct error *error)
{
	struct opt_args args = {.at = argv};
	bool ended = false;
	int r;

	for (int i = 0; i < argc; i++) {
		char *arg = argv[i];

		if (!ended && strcmp(arg, "--") == 0) {
			ended = true;
			continue;
		}
		if (!ended &&
		    (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0))
			return 1;
		if (!ended && arg[0] == '-' && arg[1]) {
			r = read_option(opts, argc, argv, &i, error);
			if (r < 0)
				return r;
			continue;
		}
		if (args.n == c->max_args) {
			error_set(error, "%.60s: not expected", arg);
			return -EINVAL;
		}
		args.at[args.n++] = arg;
	}
	if (args.n < c->min_args) {
		error_set(error, "expected %s", c->args);
		return -EINVAL;
	}
	args.at[args.n] = NULL;
	*ret = args;
	return 0;
}

void opt_help(const struct command *c, const struct opt *opts)
{
	struct out_table t;

	printf("usage: lull %s%s%s%s\n\n%s.\n", c->name, *c->args ? " " : "",
	       c->args, opts->name ? " [options]" : "", c->about);
	if (c->more)
		printf("\n%s\n", c->more);
	if (!opts->name)
		return;
	putchar('\n');
	out_table_init(&t, "ll");
	for (; opts->name; opts++) {
		out_table_cell(&t, "  %s%s%s%s", dashes(opts), opts->name,
		               opts->kind == OPT_FLAG ? "" : " ",
		               opts->kind == OPT_FLAG ? "" : opts->value);
		out_table_cell(&t, "%s", opts->help);
	}
	out_table_print(&t, stdout, false);
	out_table_finish(&t);
}

int opt_start(const struct command *c, const struct opt *opts, int argc,
              char **argv, struct opt_args *ret)
{
	struct error error = {0};
	int r = opt_read(c, opts, argc, argv, ret, &error);

	if (r == 1) {
		opt_help(c, opts);
		return OUT_DONE;
	}
	if (r < 0) {
		out_fail("%s: %s: see lull %s --help", c->name, error.text,
		         c->name);
		return OUT_USAGE;
	}
	return -1;
}
