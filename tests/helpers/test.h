/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_TEST_H
#define LULL_TESTS_HELPERS_TEST_H

/* cmocka's header ritual, once; then what its 1.1.5 lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/** assert_near() - |a - b| <= tolerance in double; NAN is near nothing. */
#define assert_near(a, b, tolerance)                                           \
	test_assert_near((a), (b), (tolerance), __FILE__, __LINE__)
void test_assert_near(double a, double b, double tolerance, const char *file,
                      int line);

/** test_data() - path of a shared recording, or skip() the test, saying so. */
const char *test_data(const char *name);

/** The table of their figures. */
#define TEST_REFERENCE "hrv_reference.csv"

/** Room for every shared recording. */
#define TEST_BEATS_MAX 200000

/**
 * test_recording() - RR intervals of a shared recording
 * @row: its name in the reference table, e.g. "nsr004"; of
 *       "hrvpy_rest[0-300s]" those that end by then
 * @ret_t_s: when each ended, the first having begun at 0; may be NULL
 * @ret_rr_ms: TEST_BEATS_MAX values
 * Return: how many; skips where test_data() does.
 */
size_t test_recording(const char *row, double *ret_t_s, double *ret_rr_ms);

/** What the reference table has most figures of. */
#define TEST_ROWS 7
extern const char *const test_rows[TEST_ROWS];

/** test_reference() - the shared table's value of @key for @row; NAN if it has
    none. @detrend: none or priors. Skips where test_data() does. */
double test_reference(const char *row, const char *detrend, const char *key);

/** test_scratch() - a new empty folder, below TMPDIR; test_scrap() it. */
char *test_scratch(void);
void test_scrap(char *folder);

/** test_write() - a file of these bytes and no others. */
void test_write(const char *path, const void *bytes, size_t len);

/** A seeded generator, the same everywhere (splitmix64). */
uint64_t test_random(uint64_t *state);
/** Uniform in [0, 1). */
double test_uniform(uint64_t *state);

#endif
