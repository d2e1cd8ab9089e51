/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does with the store as a whole, as it is told. */
#include "tests/helpers/home.h"
#include "tests/helpers/test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void two_recordings(void)
{
	home_write("a.rr", "812\n799\n");
	home_write("b.rr", "712\n699\n");
	home_done("import", home_path("a.rr"));
	home_done("import", home_path("b.rr"));
}

static void what_is_erased_is_told_by_its_kind(void **state)
{
	(void)state;
	two_recordings();
	home_answers("erase 1 --yes", 0, "erased: 1 session\n");
	home_answers("diary add no", 0, "headache no");
	home_answers("erase --all --yes", 0,
	             "erased: 2 (sessions and diary days)\n");
	home_answers("sessions", 0, "No session is stored: lull start");
	home_answers("sessions --json", 0, "[]");
}

static void what_a_restore_put_aside_goes_with_all(void **state)
{
	char aside[640];

	(void)state;
	snprintf(aside, sizeof(aside), "%s/state/lull/lull.db.before",
	         home.folder);
	two_recordings();
	home_done("backup", home_path("kept.db"));
	home_done("restore --yes", home_path("kept.db"));
	home_says("lull.db.before");
	assert_int_equal(access(aside, F_OK), 0);
	home_answers("erase 1 --yes", 0, "What a restore put aside stays: ");
	assert_int_equal(access(aside, F_OK), 0);
	home_answers("erase --all --yes", 0, "erased: 1 (sessions and diary");
	assert_int_equal(access(aside, F_OK), -1);
	assert_int_equal(access(home_path("kept.db"), F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		home_test(what_is_erased_is_told_by_its_kind),
		home_test(what_a_restore_put_aside_goes_with_all),
	};

	return cmocka_run_group_tests_name("keep_command", tests, NULL, NULL);
}
