/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <string.h>

#include "drivers/ble.h"
#include "drivers/ble_bus.h"

static void errors_of_bluez_become_errno_by_name_and_words(void **state)
{
	static const struct {
		const char *name, *message;
		int error;
	} cases[] = {
		{"org.bluez.Error.Failed", "le-connection-abort-by-local",
	         -ECONNABORTED},
		{"org.bluez.Error.Failed", "Operation already in progress",
	         -EALREADY},
		{"org.bluez.Error.Failed", "br-connection-canceled",
	         -ECANCELED},
		{"org.bluez.Error.Failed", NULL, -EIO},
		{"org.bluez.Error.InProgress", "In Progress", -EINPROGRESS},
		{"org.bluez.Error.NotAvailable",
	         "br-connection-profile-unavailable", -EPROTONOSUPPORT},
		{"org.bluez.Error.NotReady", "", -ENETDOWN},
		{"org.freedesktop.DBus.Error.UnknownObject", "", -ENOENT},
		{"org.freedesktop.DBus.Error.UnknownMethod",
	         "Method \"Connect\" doesn't exist", -ENOENT},
		{"org.freedesktop.DBus.Error.ServiceUnknown", "", -EUNATCH},
		{"org.freedesktop.DBus.Error.Spawn.ChildExited", "", -EUNATCH},
		{"org.freedesktop.DBus.Error.AccessDenied", "", -EACCES},
		{"org.freedesktop.DBus.Error.NoReply", "", -ETIMEDOUT},
		{"com.example.Whatever", "", -EIO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ble_bus_errno(cases[i].name, cases[i].message),
		                 cases[i].error);
}

static void every_reason_of_the_link_has_words_that_say_what_to_do(void **state)
{
	static const int reasons[] = {
		-EPERM,           -EIO,          -ENOENT,     -ECANCELED,
		-ENOTCONN,        -EOPNOTSUPP,   -EUNATCH,    -EACCES,
		-ENODEV,          -ENETDOWN,     -ERFKILL,    -EBUSY,
		-ENOTUNIQ,        -EHOSTUNREACH, -ENODATA,    -ERANGE,
		-ETIMEDOUT,       -ECONNABORTED, -ECONNRESET, -EPROTO,
		-EPROTONOSUPPORT,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const char *words = ble_reason(reasons[i]);

		assert_non_null(words);
		assert_non_null(strchr(words, ':'));
		assert_null(strchr(words, '\n'));
	}
	assert_null(ble_reason(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			errors_of_bluez_become_errno_by_name_and_words),
		cmocka_unit_test(
			every_reason_of_the_link_has_words_that_say_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
