/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/event.h"

#include <errno.h>
#include <string.h>

#include "signal/beat.h"
#include "tests/helpers/test.h"

static void every_kind_reads_back_from_its_name(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_KINDS; i++) {
		enum event_kind kind = EVENT_KINDS;
		const char *name = event_kind_name((enum event_kind)i);

		assert_int_equal(event_kind_from(name, &kind), 0);
		assert_int_equal(kind, i);
	}
}

static void the_five_inputs_are_inputs_and_nothing_else_is(void **state)
{
	const char *const inputs[] = {"beat", "sensor", "command", "answer",
	                              "suspended"};
	int n = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		enum event_kind kind;

		assert_int_equal(event_kind_from(inputs[i], &kind), 0);
		assert_true(event_is_input(kind));
	}
	for (int i = 0; i < EVENT_KINDS; i++)
		n += event_is_input((enum event_kind)i);
	assert_int_equal(n, 5);
}

/* One table of words: every value there and back, nothing else taken. */
#define PROVE(what, type, count)                                               \
	do {                                                                   \
		type got = (type)0;                                            \
		for (int i = 0; i < (int)(count); i++) {                       \
			const char *name = event_##what##_name((type)i);       \
			assert_non_null(name);                                 \
			assert_int_equal(event_##what##_from(name, &got), 0);  \
			assert_int_equal(got, i);                              \
		}                                                              \
		got = (type)1;                                                 \
		assert_int_equal(event_##what##_from("", &got), -EINVAL);      \
		assert_int_equal(event_##what##_from("Nonsense", &got),        \
		                 -EINVAL);                                     \
		assert_int_equal(got, 1);                                      \
	} while (0)

static void every_word_reads_back_and_no_other_is_taken(void **state)
{
	(void)state;
	PROVE(kind, enum event_kind, EVENT_KINDS);
	PROVE(sensor, enum event_sensor, EVENT_SENSORS);
	PROVE(word, enum event_word, WORDS);
	PROVE(hush, enum event_hush, HUSHES);
	PROVE(side, enum event_side, SIDES);
	PROVE(result, enum event_result, RESULTS);
	PROVE(stop, enum event_stop, STOPS);
	PROVE(class, enum beat_class, BEAT_REJECTED + 1);
	PROVE(quality, enum quality, QUALITY_OK + 1);
	PROVE(contact, int, BEAT_CONTACT_GOOD + 1);
}

static void the_words_are_those_of_the_interface(void **state)
{
	(void)state;
	assert_string_equal(event_word_name(WORD_DIZZY), "dizzy");
	assert_string_equal(event_word_name(WORD_LESS), "less");
	assert_string_equal(event_sensor_name(EVENT_SENSOR_NO_CONTACT),
	                    "no_contact");
	assert_string_equal(event_result_name(RESULT_CLOSED_EARLY),
	                    "closed_early");
	assert_string_equal(event_class_name(BEAT_CORRECTED), "corrected");
	assert_string_equal(event_stop_name(STOP_URGENT), "urgent");
	assert_string_equal(event_contact_name(BEAT_CONTACT_POOR), "poor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_reads_back_from_its_name),
		cmocka_unit_test(
			the_five_inputs_are_inputs_and_nothing_else_is),
		cmocka_unit_test(every_word_reads_back_and_no_other_is_taken),
		cmocka_unit_test(the_words_are_those_of_the_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
