/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANALYZE_RUN_H
#define LULL_CLI_ANALYZE_RUN_H

#include <stddef.h>

#include "base/error.h"
#include "cli/analyze_input.h"
#include "cli/out.h"
#include "player/analyze_fields.h"

/** What is to be done. */
struct analyze_plan {
	char **path; /**< @n of them, `-` at most once */
	int n;
	struct analyze_settings settings;
	const char *plot; /**< an SVG to write, of the one file; or NULL */
	bool keep;        /**< hand on the files themselves, too */
};

/** What became of one file. */
struct analyze_result {
	const char *path;
	struct analysis *at; /**< one, or one a window */
	size_t n;
	struct analyze_kept kept; /**< only where the plan says so */
	int status;               /**< 0 or a negative errno, and then: */
	struct error error;       /**< `FILE:LINE: what was expected` */
};

/**
 * analyze_run_all() - all files, on all cores; of few files, their windows too
 * @each: called in this thread, in the order of the files, as soon as each
 *        and all before it are done; the result lives until it returns
 * @bar: shown on stderr while it waits
 *
 * Memory is bounded by the cores, not by the files.
 * Return: 0; -ENOMEM or -EAGAIN if not even one worker could be had.
 */
int analyze_run_all(const struct analyze_plan *p,
                    void (*each)(void *data, const struct analyze_result *r),
                    void *data, struct out_bar *bar);

#endif
