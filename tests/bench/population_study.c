/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population_study.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"

#define THREADS 2

static int take_routine(struct study *s, const struct content *content,
                        const char *id, struct error *error)
{
	size_t n = s->n_routines;
	int r;

	if (n == STUDY_ROUTINES_MAX) {
		error_set(error, "more than %d routines", STUDY_ROUTINES_MAX);
		return -E2BIG;
	}
	r = content_routine(content, id, &s->routines[n], error);
	if (r < 0)
		return r;
	s->n_routines++;
	return population_clips(s->routines[n], &s->clips[n], &s->n_clips[n]);
}

static int take_routines(struct study *s, const char *dir, struct error *error)
{
	const struct content_entry *entries;
	struct content *content;
	int r = content_load(&content, dir, NULL, error);
	size_t n;

	if (r < 0)
		return r;
	n = content_routines(content, &entries);
	for (size_t i = 0; i < n && r == 0; i++)
		r = take_routine(s, content, entries[i].id, error);
	content_destroy(content);
	return r;
}

int study_create(struct study **ret, enum population_set set, unsigned draw,
                 unsigned n_persons, const char *content_dir,
                 struct error *error)
{
	struct study *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->set = set;
	s->draw = draw;
	s->n_persons = n_persons;
	r = take_routines(s, content_dir, error);
	s->persons = calloc(n_persons + 1, sizeof(*s->persons));
	s->results = calloc(n_persons * s->n_routines * ARMS + 1,
	                    sizeof(*s->results));
	if (r == 0 && (!s->persons || !s->results))
		r = -ENOMEM;
	if (r < 0) {
		study_destroy(s);
		return r;
	}
	for (unsigned i = 0; i < n_persons; i++)
		population_person(set, draw, i, &s->persons[i]);
	*ret = s;
	return 0;
}

struct study *study_destroy(struct study *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < STUDY_ROUTINES_MAX; i++) {
		routine_destroy(s->routines[i]);
		free(s->clips[i]);
	}
	free(s->persons);
	free(s->results);
	free(s);
	return NULL;
}

struct population_result *study_result(const struct study *s, unsigned person,
                                       size_t routine, enum population_arm arm)
{
	return &s->results[(person * s->n_routines + routine) * ARMS + arm];
}

struct work {
	struct study *study;
	atomic_uint next; /* person */
	atomic_int error;
};

static int run_person(struct study *s, unsigned i)
{
	int r = 0;

	for (size_t k = 0; k < s->n_routines; k++)
		for (int arm = 0; arm < ARMS && r == 0; arm++)
			r = population_run(
				&s->persons[i], s->routines[k],
				(enum population_arm)arm, s->clips[k],
				s->n_clips[k], NULL,
				study_result(s, i, k,
			                     (enum population_arm)arm));
	return r;
}

static void *run_persons(void *data)
{
	struct work *work = data;

	for (;;) {
		unsigned i = atomic_fetch_add(&work->next, 1);
		int r;

		if (i >= work->study->n_persons || atomic_load(&work->error))
			return NULL;
		r = run_person(work->study, i);
		if (r < 0)
			atomic_store(&work->error, r);
	}
}

int study_run(struct study *s)
{
	struct work work = {.study = s};
	pthread_t threads[THREADS];
	int n = 0, r = 0;

	for (; n < THREADS && r == 0; n++)
		r = pthread_create(&threads[n], NULL, run_persons, &work);
	if (r != 0)
		n--;
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return r != 0 ? -r : atomic_load(&work.error);
}
