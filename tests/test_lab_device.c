/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/device.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/helpers/test.h"

static struct device device;
static char *folder;

static int begin(void **state)
{
	char path[256];

	(void)state;
	folder = test_scratch();
	snprintf(path, sizeof(path), "%s/out", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(device_open(&device, folder, "a"), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	device_close(&device);
	test_scrap(folder);
	return 0;
}

static void tell(const char *text)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/a.in", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void takes_whole_lines_however_they_come(void **state)
{
	char command[DEVICE_COMMAND_MAX];

	(void)state;
	assert_false(device_command(&device, command));
	tell("aw");
	assert_false(device_command(&device, command));
	tell("ay\ndrop 0x13\n");
	assert_true(device_command(&device, command));
	assert_string_equal(command, "away");
	assert_true(device_command(&device, command));
	assert_string_equal(device_argument(command, "drop"), "0x13");
	assert_null(device_argument(command, "dro"));
	assert_string_equal(device_argument("quit", "quit"), "");
	assert_false(device_command(&device, command));
}

static void says_when_who_and_what(void **state)
{
	char path[256], line[128], name[8], what[16];
	unsigned long s, us;
	FILE *log;

	(void)state;
	device_say(&device, "dropped %d", 8);
	snprintf(path, sizeof(path), "%s/out/a.log", folder);
	log = fopen(path, "re");
	assert_non_null(fgets(line, sizeof(line), log));
	fclose(log);
	assert_int_equal(sscanf(line, "%lu.%6lu %7s %15s", &s, &us, name, what),
	                 4);
	assert_string_equal(name, "a");
	assert_string_equal(what, "dropped");
	assert_true(s * 1000000 + us <= device_now_us());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			takes_whole_lines_however_they_come, begin, end),
		cmocka_unit_test_setup_teardown(says_when_who_and_what, begin,
	                                        end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
