/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_HRV_GROWTH_H
#define LULL_TESTS_BENCH_HRV_GROWTH_H

#include "tests/bench/hrv_work.h"

/** growth_print() - how each piece of work grows from 1,000 intervals to a
    million; @loose: off every grid. Return: whether none grows too steeply. */
bool growth_print(struct work_engine *e, const struct work_input *million,
                  const struct work_input *loose);

/** growth_limits() - how far each stands from what this machine can do at
    all. */
void growth_limits(struct work_engine *e, const struct work_input *day);

#endif
