/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <stdint.h>
#include <string.h>

#include "signal/arena.h"

static void pieces_are_aligned_and_apart(void **state)
{
	unsigned char *piece[64];
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < 64; i++) {
		piece[i] = arena_take(&a, 1000 * i + 1, 3);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % 64, 0);
		memset(piece[i], (int)i, 3000 * i + 3);
	}
	for (size_t i = 0; i < 64; i++)
		for (size_t k = 0; k < 3000 * i + 3; k++)
			assert_int_equal(piece[i][k], i);
	arena_finish(&a);
}

static void what_is_released_is_taken_again_and_the_rest_stays(void **state)
{
	struct arena_mark mark;
	struct arena a;
	char *kept, *first;

	(void)state;
	arena_init(&a);
	kept = arena_take(&a, 100, 1);
	memset(kept, 'k', 100);
	mark = arena_mark(&a);
	first = arena_take(&a, 100000, 8);
	for (int round = 0; round < 100; round++) {
		arena_release(&a, mark);
		assert_ptr_equal(arena_take(&a, 100000, 8), first);
		memset(first, round, 800000);
		assert_non_null(arena_take(&a, 1000000, 8));
	}
	assert_true(a.n <= 4);
	for (int i = 0; i < 100; i++)
		assert_int_equal(kept[i], 'k');
	arena_finish(&a);
}

static void more_than_there_can_be_is_refused(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	assert_null(arena_take(&a, SIZE_MAX / 2, 3));
	assert_null(arena_take(&a, SIZE_MAX, 1));
	assert_non_null(arena_take(&a, 0, 8));
	arena_release(&a, (struct arena_mark){0});
	arena_finish(&a);
	arena_finish(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(
			what_is_released_is_taken_again_and_the_rest_stays),
		cmocka_unit_test(more_than_there_can_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
