/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_YEARS_H
#define LULL_TESTS_HELPERS_YEARS_H

#include <stdint.h>

/**
 * Years of use, made up: sessions of simulated persons, played by `lull` and
 * then dealt out over the days, and a diary whose headaches come in runs and
 * become fewer. The same seed gives the same store.
 */
struct years {
	unsigned persons;  /**< simulated sessions, from which all are copied */
	unsigned days;     /**< of diary, to @today with it */
	unsigned baseline; /**< of these without sessions, at the beginning */
	unsigned sessions;
	int32_t today; /**< diary/date.h */
	uint64_t seed;
};

/** Ten years, a session on nearly each of their days and two on some: five
    million beats. */
#define YEARS_TEN .persons = 20, .days = 3650, .baseline = 84, .sessions = 4500

/**
 * years_make() - into @home, where `lull` then finds its store
 * @lull: the program
 *
 * @home must be new. Return: beats stored, or negative errno after saying why
 * on stderr.
 */
int64_t years_make(const struct years *y, const char *lull, const char *home);

/** years_files() - @n recordings of 350 beats, about five minutes, cut out of
    the persons' sessions; no two alike. Return: 0, or as above. */
int years_files(const struct years *y, const char *home, const char *folder,
                unsigned n);

/** years_table() - a diary of @n rows as CSV, several attacks on each of its
    days. Return: 0, or as above. */
int years_table(const struct years *y, const char *path, unsigned n);

/** years_environment() - let this process, and what it starts, live in @home.
 */
void years_environment(const char *home);

#endif
