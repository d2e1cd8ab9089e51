/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_ANALYZE_PRINT_H
#define LULL_CLI_ANALYZE_PRINT_H

#include "cli/analyze_run.h"

/** analyze_print() - one file for people: all figures, or a row a window. */
void analyze_print(const struct analyze_result *r,
                   const struct analyze_settings *s);

#endif
