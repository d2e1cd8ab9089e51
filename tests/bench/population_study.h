/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_BENCH_POPULATION_STUDY_H
#define LULL_TESTS_BENCH_POPULATION_STUDY_H

#include "base/error.h"
#include "tests/bench/population_run.h"

#define STUDY_ROUTINES_MAX 16

/** Every routine of the content with every person, in both arms. */
struct study {
	enum population_set set;
	unsigned draw;
	unsigned n_persons;
	struct population_person *persons;
	size_t n_routines;
	struct routine *routines[STUDY_ROUTINES_MAX];
	struct session_clip *clips[STUDY_ROUTINES_MAX];
	size_t n_clips[STUDY_ROUTINES_MAX];
	struct population_result *results; /**< see study_result() */
};

/** study_create() - @content_dir: its routines are those that are played.
    Return: 0 or negative errno with @error. */
int study_create(struct study **ret, enum population_set set, unsigned draw,
                 unsigned n_persons, const char *content_dir,
                 struct error *error);
struct study *study_destroy(struct study *s);

/** study_run() - play it all, on two threads. Return: 0 or negative errno. */
int study_run(struct study *s);

struct population_result *study_result(const struct study *s, unsigned person,
                                       size_t routine, enum population_arm arm);

#endif
