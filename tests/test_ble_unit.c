/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include "drivers/ble_unit.h"

/* @per_s units a second, notified each second with jitter; a gap at @gap_s. */
static enum ble_unit_guess listen_for(double per_s, unsigned seconds,
                                      unsigned gap_s)
{
	enum ble_unit_guess guess = BLE_UNIT_UNKNOWN;
	struct ble_unit u = {0};
	uint64_t seed = 1;
	double sent = 0;

	for (unsigned i = 1; i <= seconds; i++) {
		double t_s = i + 0.4 * test_uniform(&seed);
		uint32_t units = (uint32_t)(i * per_s - sent);

		sent += units;
		if (gap_s && i >= gap_s && i < gap_s + 4)
			continue;
		guess = ble_unit_take(&u, (uint64_t)(t_s * 1e6), units);
	}
	return guess;
}

static void milliseconds_are_found_out_in_minutes_and_not_before(void **state)
{
	(void)state;
	assert_int_equal(listen_for(1000, 290, 0), BLE_UNIT_UNKNOWN);
	assert_int_equal(listen_for(1000, 320, 0), BLE_UNIT_MS);
	assert_int_equal(listen_for(1024, 320, 0), BLE_UNIT_TICKS);
	assert_int_equal(listen_for(1000, 320, 100), BLE_UNIT_UNKNOWN);
	assert_int_equal(listen_for(1000, 420, 100), BLE_UNIT_MS);
	/* lost beats fit neither */
	assert_int_equal(listen_for(1012, 600, 0), BLE_UNIT_UNKNOWN);
	assert_int_equal(listen_for(960, 600, 0), BLE_UNIT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			milliseconds_are_found_out_in_minutes_and_not_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
