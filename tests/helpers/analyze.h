/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_ANALYZE_H
#define LULL_TESTS_HELPERS_ANALYZE_H

#include <jansson.h>

#include "tests/helpers/run.h"

/** Running `lull analyze`. */

extern char *analyze_home;  /**< the test's own folder */
extern struct ran analyzed; /**< what the last one printed */

/** analyze() - with these options, as a shell reads them. */
__attribute__((format(printf, 1, 2))) void analyze(const char *format, ...);
/** analyze_json() - what it printed, of status 0; json_decref() it. */
json_t *analyze_json(void);
/** analyze_value() - by a path like `welch.lf_ms2`; NULL if not there. */
json_t *analyze_value(json_t *j, const char *path);

/** analyze_one_line() - it ended with @status and one plain line of @words. */
void analyze_one_line(int status, const char *words);

/** For a group of tests: make the folder, and take it away. */
int analyze_set_up(void **state);
int analyze_tear_down(void **state);

#endif
