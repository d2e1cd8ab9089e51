/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/outset.h"

#include <stdlib.h>
#include <string.h>

#include "tests/helpers/book.h"
#include "tests/helpers/test.h"

int outset_set_up(void **state)
{
	struct outset *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->content = book_load();
	b->routine = book_routine(b->content, "tension_relief");
	session_start_init(&b->start);
	b->start.routine = b->routine;
	b->start.seed = 42;
	strcpy(b->start.start, "2031-05-04T19:30:00+02:00");
	strcpy(b->start.sensor, "person:7");
	b->folder = test_scratch();
	*state = b;
	return 0;
}

int outset_tear_down(void **state)
{
	struct outset *b = *state;

	test_scrap(b->folder);
	routine_destroy(b->routine);
	content_destroy(b->content);
	free(b);
	return 0;
}
