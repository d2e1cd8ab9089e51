/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_HRV_WORK_H
#define LULL_TESTS_BENCH_HRV_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "signal/arena.h"
#include "signal/hrv.h"

/**
 * What the bench of the HRV engine works on, each piece of work, and how long
 * it takes: processor time of one thread, medians of WORK_RUNS.
 */

#define WORK_RUNS 9

/** work_need() - ends the bench, saying what failed, unless @good. */
void work_need(bool good, const char *what);
double work_now_s(void);

/** Intervals in a row; its arrays stay until the bench ends. */
struct work_input {
	double *t_s, *rr_ms;
	size_t n;
};

/** work_invent() - breath, slow waves and noise, in a strap's ticks. */
void work_invent(struct work_input *s, size_t n);
/** work_read_day() - a shared recording of 24 h, or one made up where it is
    absent, which is said. */
void work_read_day(struct work_input *s);
/** work_jitter() - the same, off every grid. */
void work_jitter(const struct work_input *from, struct work_input *ret);
/** work_nn() - the first @n of it, or all. */
struct nn work_nn(const struct work_input *s, size_t n);

struct work_engine {
	struct arena arena;
	struct hrv_work *work;
	struct hrv_freq *freq;
};

typedef void work_run(struct work_engine *e, const struct nn *nn);
work_run work_full, work_without_entropy, work_entropy, work_artifacts;
work_run work_time_domain, work_geometry, work_welch, work_lomb, work_dfa;

/** work_median() - of WORK_RUNS values, which it sorts. */
double work_median(double *runs);
/** work_median_s() - how long @work takes on @nn. */
double work_median_s(struct work_engine *e, work_run *work,
                     const struct nn *nn);

#endif
