/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_POPULATION_REPORT_H
#define LULL_TESTS_BENCH_POPULATION_REPORT_H

#include "tests/bench/population_study.h"

/** report_print() - the study in tables; its first line says what it is.
    Return: whether all that must hold does. */
bool report_print(const struct study *s);

/** report_bar() - one figure with its limit, as every bench prints it.
    Return: @ok. */
bool report_bar(const char *name, double value, const char *unit, double limit,
                bool ok);

/** report_interval() - of the mean, 95 %, by 2,000 seeded resamples */
void report_interval(const double *values, size_t n, double *ret_mean,
                     double *ret_low, double *ret_high);

#endif
