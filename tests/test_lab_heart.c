/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/heart.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/test.h"

#define EPOCH_US  UINT64_C(5000000)
#define MINUTE_US UINT64_C(60000000)

/* All beats of a minute, asked for every @every_us. */
static size_t minute(const char *uri, uint64_t every_us,
                     struct heart_beat ret[200])
{
	struct heart *h = NULL;
	size_t n = 0;

	assert_int_equal(heart_create(&h, uri, EPOCH_US), 0);
	for (uint64_t t = 0; t <= EPOCH_US + MINUTE_US; t += every_us)
		while (heart_take(h, t, &ret[n]) > 0) {
			assert_true(ret[n].t_us <= t);
			assert_true(t - ret[n].t_us < every_us);
			assert_true(++n < 200);
		}
	heart_destroy(h);
	return n;
}

static void beats_when_it_happens_and_alike_for_every_asker(void **state)
{
	struct heart_beat often[200], seldom[200];
	size_t n = minute("person:7", 10000, often);

	(void)state;
	assert_in_range(n, 40, 120);
	assert_int_equal(minute("person:7", 1000000, seldom), n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(often[i].t_us, seldom[i].t_us);
		assert_int_equal(often[i].rr_ticks, seldom[i].rr_ticks);
	}
}

static void beats_no_earlier_than_it_foretold(void **state)
{
	struct heart_beat beat;
	struct heart *h = NULL;
	uint64_t t = EPOCH_US;

	(void)state;
	assert_int_equal(heart_create(&h, "person:7", EPOCH_US), 0);
	for (int n = 0; n < 50;) {
		uint64_t next_us;

		if (heart_take(h, t, &beat) > 0) {
			assert_int_equal(beat.t_us, t);
			n++;
			continue;
		}
		next_us = heart_next(h);
		assert_true(next_us > t);
		t = next_us;
	}
	heart_destroy(h);
}

static void refuses_a_sensor_that_lives_on_a_clock_of_its_own(void **state)
{
	struct heart *h = NULL;

	(void)state;
	assert_int_equal(heart_create(&h, "ble:", 0), -EOPNOTSUPP);
	assert_int_equal(heart_create(&h, "file:/nowhere", 0), -ENOENT);
	assert_null(h);
}

static void writes_the_truth_a_line_a_beat(void **state)
{
	const struct heart_beat beat = {.t_us = 12345678, .rr_ticks = 812};
	char *text = NULL;
	size_t len = 0;
	FILE *truth = open_memstream(&text, &len);

	(void)state;
	heart_truth(truth, &beat, true, BEAT_CONTACT_GOOD);
	heart_truth(truth, &beat, false, BEAT_CONTACT_POOR);
	heart_truth(truth, &beat, true, BEAT_CONTACT_UNKNOWN);
	fclose(truth);
	assert_string_equal(text, "12345678 812 sent skin\n"
	                          "12345678 812 away off\n"
	                          "12345678 812 sent unknown\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			beats_when_it_happens_and_alike_for_every_asker),
		cmocka_unit_test(beats_no_earlier_than_it_foretold),
		cmocka_unit_test(
			refuses_a_sensor_that_lives_on_a_clock_of_its_own),
		cmocka_unit_test(writes_the_truth_a_line_a_beat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
