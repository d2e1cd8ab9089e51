/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>

#include "drivers/ant.h"
#include "drivers/ant_radio.h"
#include "tests/helpers/listener.h"
#include "tests/helpers/test.h"
#include "tests/lab/stick_ant.h"
#include "tests/lab/stick_hrm.h"

/*
 * The virtual stick of the lab against the driver, byte for byte, on a clock
 * that nobody waits for. What the driver tells must be what it could know.
 */

#define BEATS_MAX 8000
#define STRAPS    2
#define SEEDS     200

static const uint8_t key[] = STICK_ANT_KEY;

struct strap_there {
	struct stick_ant_id id;
	struct stick_hrm hrm;
	bool away;
	uint64_t slot_us, beat_us;
};

/* Everything between the hearts and the driver. */
static struct air {
	struct ant_port port;
	struct stick_ant stick;
	struct strap_there straps[STRAPS];
	size_t n;
	uint64_t now_us, seed;
	bool plugged, opened, gone; /* the last two: news to come */

	struct stick_truth truth; /* of the first strap */
	struct {
		uint16_t rr_ticks;
		bool sent;
	} beats[BEATS_MAX];
	size_t n_beats, n_known;
} air;

static struct listener heard;
static struct sensor_listener listener;
static struct ant_radio radio;

/* --- the port --------------------------------------------------------------
 */

static int port_fd(struct ant_port *p)
{
	(void)p;
	return -1;
}

static void decide(void)
{
	struct stick_truth_beat beat;

	while (stick_truth_next(&air.truth, &beat)) {
		assert_int_equal(beat.index, air.n_known);
		air.beats[air.n_known++].sent = beat.sent;
	}
}

static void hand_over(const struct stick_ant_out *out)
{
	if (out->breaks)
		stick_truth_break(&air.truth);
	if (out->strap == 0)
		stick_truth_page(&air.truth, air.now_us, out->page,
		                 air.straps[0].hrm.old);
	decide();
}

static int port_next(struct ant_port *p, struct ant_port_news *ret)
{
	struct stick_ant_out out;

	(void)p;
	*ret = (struct ant_port_news){.t_us = air.now_us};
	if (air.gone || air.opened) {
		ret->kind = air.gone ? ANT_PORT_GONE : ANT_PORT_OPENED;
		ret->error = air.gone ? -ENODEV : 0;
		*(air.gone ? &air.gone : &air.opened) = false;
		return 1;
	}
	if (!air.plugged || !stick_ant_next(&air.stick, &out))
		return 0;
	hand_over(&out);
	ret->kind = ANT_PORT_BYTES_CAME;
	ret->len = out.len;
	memcpy(ret->bytes, out.bytes, out.len);
	return 1;
}

static int port_write(struct ant_port *p, const uint8_t *bytes, size_t len)
{
	(void)p;
	stick_ant_take(&air.stick, air.now_us, bytes, len);
	return 0;
}

static void port_renew(struct ant_port *p)
{
	(void)p;
	stick_ant_power(&air.stick);
	air.opened = true;
}

static struct ant_port *port_close(struct ant_port *p)
{
	(void)p;
	return NULL;
}

static const struct ant_port_ops ops = {
	.fd = port_fd,
	.next = port_next,
	.write = port_write,
	.renew = port_renew,
	.close = port_close,
};

/* --- the clock -------------------------------------------------------------
 */

static void add_strap(uint16_t number)
{
	struct strap_there *s = &air.straps[air.n++];

	*s = (struct strap_there){
		.id = {number, 120, 1},
		.slot_us = air.now_us + 17000 * air.n,
		.beat_us = air.now_us + 400000,
	};
}

static int setup(void **state)
{
	(void)state;
	memset(&air, 0, sizeof(air));
	air.port.ops = &ops;
	air.now_us = 1000000;
	air.seed = 1;
	air.plugged = air.opened = true;
	stick_ant_init(&air.stick, NULL, NULL);
	listener = listener_of(&heard);
	add_strap(12345);
	return 0;
}

static void begin(uint32_t wanted)
{
	ant_radio_init(&radio, &air.port, &listener, key, wanted);
}

static void beat(struct strap_there *s)
{
	uint16_t rr = (uint16_t)(700 + test_random(&air.seed) % 300);
	bool first = s == air.straps, felt = !s->hrm.off;

	stick_hrm_beat(&s->hrm, rr);
	if (!felt)
		s->hrm.count--;
	s->beat_us += rr * UINT64_C(1000000) / 1024;
	if (!first)
		return;
	assert_true(air.n_beats < BEATS_MAX);
	air.beats[air.n_beats].rr_ticks = rr;
	assert_true(stick_truth_beat(&air.truth, air.n_beats++, s->hrm.count,
	                             felt));
}

static void slot(struct strap_there *s)
{
	uint8_t page[ANT_LINK_PAYLOAD];

	stick_hrm_page(&s->hrm, page);
	stick_ant_slot(&air.stick, air.now_us, (int)(s - air.straps), &s->id,
	               s->away ? NULL : page);
	s->slot_us += STICK_HRM_PERIOD_US;
}

static uint64_t tend_air(void)
{
	uint64_t next_us = stick_ant_step(&air.stick, air.now_us);

	for (size_t i = 0; i < air.n; i++) {
		struct strap_there *s = &air.straps[i];

		if (s->beat_us <= air.now_us)
			beat(s);
		if (s->slot_us <= air.now_us)
			slot(s);
		next_us = s->beat_us < next_us ? s->beat_us : next_us;
		next_us = s->slot_us < next_us ? s->slot_us : next_us;
	}
	return next_us;
}

static void run(double s)
{
	uint64_t until_us = air.now_us + (uint64_t)(s * 1e6);
	struct ant_port_news news;
	uint64_t next_us, radio_us;

	while (air.now_us < until_us) {
		next_us = tend_air();
		do {
			while (port_next(&air.port, &news) > 0)
				ant_radio_news(&radio, &news);
			radio_us = ant_radio_step(&radio, air.now_us);
		} while (air.opened || air.gone ||
		         (air.plugged && air.stick.n_out > 0));
		next_us = radio_us < next_us ? radio_us : next_us;
		air.now_us = next_us < until_us ? next_us : until_us;
		heard.now_us = air.now_us;
	}
}

static void unplug(void)
{
	air.plugged = false;
	air.gone = true;
}

static void plug(void)
{
	stick_ant_power(&air.stick);
	air.plugged = air.opened = true;
}

/* --- what came of it -------------------------------------------------------
 */

static unsigned told(enum sensor_state state, int error)
{
	unsigned n = 0;

	for (size_t i = 0; i < heard.n; i++)
		n += !heard.told[i].is_beat && heard.told[i].state == state &&
		     heard.told[i].error == error;
	return n;
}

/* From the first beat told to the last: each that was sent once, in order,
   with its interval; a gap where some were not, and nowhere else, unless the
   strap was lost for so short that none was missed.
   @spare: so many gaps where none was, which silence may make.
   Return: how many gaps. */
static unsigned assert_true_to_truth_but(unsigned spare)
{
	unsigned gaps = 0;
	bool begun = false, hole = false, lost = false;
	size_t at = 0;

	stick_truth_end(&air.truth);
	decide();
	for (size_t i = 0; i < heard.n; i++) {
		bool away = false;

		if (!heard.told[i].is_beat) {
			hole = hole || heard.told[i].state == SENSOR_GAP;
			lost = lost || heard.told[i].state == SENSOR_LOST;
			continue;
		}
		for (; at < air.n_known && !air.beats[at].sent; at++)
			away = true;
		assert_true(at < air.n_known);
		assert_int_equal(heard.told[i].beat.rr_ticks,
		                 air.beats[at].rr_ticks);
		if (begun && away)
			assert_true(hole);
		if (begun && hole && !away && !lost)
			assert_true(spare-- > 0);
		gaps += begun && hole;
		begun = true;
		hole = lost = false;
		at++;
	}
	assert_true(begun);
	for (; at < air.n_known; at++)
		assert_false(air.beats[at].sent);
	return gaps;
}

static unsigned assert_true_to_truth(void)
{
	return assert_true_to_truth_but(0);
}

static void settle(void)
{
	begin(12345);
	run(20);
	assert_in_range(heard.beats, 18, 27);
}

/* --- messages lost ---------------------------------------------------------
 */

static void every_beat_of_a_quiet_hour_is_told(void **state)
{
	(void)state;
	begin(12345);
	run(3600);
	assert_in_range(heard.beats, 4000, 4500);
	assert_int_equal(assert_true_to_truth(), 0);
}

static void one_lost_message_costs_nothing(void **state)
{
	(void)state;
	settle();
	for (int i = 0; i < 100; i++) {
		air.stick.drop = 1;
		run(3);
	}
	assert_int_equal(assert_true_to_truth(), 0);
}

static void two_lost_messages_cost_nothing(void **state)
{
	(void)state;
	settle();
	for (int i = 0; i < 100; i++) {
		air.stick.drop = 2;
		run(3);
	}
	assert_int_equal(assert_true_to_truth(), 0);
}

static void one_beat_unheard_comes_back_by_page_4(void **state)
{
	size_t before;

	(void)state;
	settle();
	before = heard.beats;
	for (int i = 0; i < 100; i++) {
		air.stick.drop = 4;
		run(4);
	}
	/* a background page may tell of it instead, and is no page 4 */
	assert_in_range(assert_true_to_truth(), 0, 3);
	assert_in_range(heard.beats - before, 440, 580);
}

static void of_an_old_strap_a_beat_unheard_is_a_gap(void **state)
{
	(void)state;
	air.straps[0].hrm.old = true;
	settle();
	air.stick.drop = 7;
	run(10);
	assert_int_equal(assert_true_to_truth(), 1);
}

static void
behind_seven_lost_messages_page_4_has_the_last_interval(void **state)
{
	(void)state;
	settle();
	for (int i = 0; i < 20; i++) {
		air.stick.drop = 7;
		run(10);
	}
	assert_int_equal(told(SENSOR_LOST, -ETIMEDOUT), 0);
	assert_in_range(assert_true_to_truth(), 1, 20);
}

static void twenty_lost_messages_are_one_gap(void **state)
{
	(void)state;
	settle();
	air.stick.drop = 20;
	run(20);
	assert_int_equal(told(SENSOR_LOST, -ETIMEDOUT), 1);
	assert_int_equal(assert_true_to_truth(), 1);
}

/* --- bytes damaged ---------------------------------------------------------
 */

static void garbage_between_messages_costs_nothing(void **state)
{
	(void)state;
	settle();
	for (size_t n = 1; n < 200; n++) {
		stick_ant_garbage(&air.stick, n, &air.seed);
		run(2);
	}
	assert_int_equal(assert_true_to_truth(), 0);
}

static void two_bad_checksums_cost_nothing(void **state)
{
	(void)state;
	settle();
	for (int i = 0; i < 50; i++) {
		air.stick.bad_sum = 2;
		run(3);
	}
	assert_int_equal(assert_true_to_truth(), 0);
}

/* --- the stick -------------------------------------------------------------
 */

static void a_reset_unanswered_once_only_takes_longer(void **state)
{
	(void)state;
	air.stick.mute = 1;
	begin(12345);
	run(20);
	assert_in_range(heard.beats, 15, 24);
	assert_int_equal(assert_true_to_truth(), 0);
}

static void a_channel_that_closes_by_itself_is_one_gap(void **state)
{
	(void)state;
	settle();
	stick_ant_close(&air.stick);
	run(20);
	assert_int_equal(assert_true_to_truth(), 1);
}

static void a_stick_that_falls_silent_is_reset_by_usb(void **state)
{
	(void)state;
	settle();
	air.stick.silent = true;
	run(40);
	assert_false(air.stick.silent);
	assert_int_equal(assert_true_to_truth(), 1);
}

static void pulled_out_and_put_back_is_one_gap_and_a_second(void **state)
{
	size_t before;

	(void)state;
	settle();
	for (int i = 0; i < 20; i++) {
		unplug();
		run(5 + i);
		before = heard.beats;
		plug();
		run(1.5);
		assert_true(heard.beats > before);
		run(10);
	}
	assert_int_equal(assert_true_to_truth(), 20);
}

static void time_and_count_begin_anew_without_a_gap(void **state)
{
	(void)state;
	stick_hrm_roll(&air.straps[0].hrm);
	settle();
	run(300); /* all 256 counts, and the time four times */
	assert_int_equal(assert_true_to_truth(), 0);
}

/* --- the air ---------------------------------------------------------------
 */

static void a_strap_that_goes_away_and_comes_back_is_one_gap(void **state)
{
	(void)state;
	settle();
	for (int s = 3; s < 120; s += 13) {
		air.straps[0].away = true;
		run(s);
		air.straps[0].away = false;
		run(40);
	}
	assert_int_equal(assert_true_to_truth(), 9);
}

static void off_skin_is_told_and_behind_it_is_a_gap(void **state)
{
	(void)state;
	settle();
	air.straps[0].hrm.off = true;
	run(12);
	air.straps[0].hrm.off = false;
	stick_truth_begin(&air.truth);
	run(20);
	assert_int_equal(told(SENSOR_NO_CONTACT, 0), 1);
	assert_int_equal(assert_true_to_truth(), 1);
}

static void a_wrong_key_is_silence_and_is_told(void **state)
{
	(void)state;
	air.stick.air_key[0] ^= 1;
	begin(12345);
	run(60);
	assert_int_equal(heard.beats, 0);
	assert_int_equal(told(SENSOR_SEARCHING, -ENOMSG), 1);
	assert_string_equal(ant_words(-ENOMSG),
	                    "no strap is heard: put it on, wet it, see that "
	                    "its number is right; else ant_network_key in "
	                    "config.yaml is wrong, which a stick does not say");
}

static void a_neighbour_is_never_heard_for_a_chosen_strap(void **state)
{
	(void)state;
	add_strap(54321);
	settle();
	air.straps[0].away = true;
	run(90);
	air.straps[0].away = false;
	run(40);
	assert_int_equal(assert_true_to_truth(), 1);
}

static void of_two_and_none_chosen_a_choice_is_asked_for(void **state)
{
	(void)state;
	add_strap(54321);
	begin(0);
	run(20);
	assert_int_equal(heard.beats, 0);
	assert_int_equal(told(SENSOR_SEARCHING, -ENOTUNIQ), 1);
}

/* --- all of it -------------------------------------------------------------
 */

static void go_wrong_somehow(void)
{
	unsigned how = (unsigned)(test_random(&air.seed) % 10);
	unsigned n = (unsigned)(test_random(&air.seed) % 24);

	switch (how) {
	case 0:
		unplug();
		run(n + 1);
		plug();
		break;
	case 1:
		air.straps[0].away = true;
		run(n + 0.5);
		air.straps[0].away = false;
		break;
	case 2:
		stick_ant_close(&air.stick);
		break;
	case 3:
		air.stick.silent = true;
		run(n);
		air.stick.silent = false;
		break;
	case 4:
		stick_ant_garbage(&air.stick, 10 * n, &air.seed);
		break;
	case 5:
		air.stick.bad_sum = n / 2;
		break;
	case 6:
		air.stick.mute = 1;
		break;
	default:
		air.stick.drop = n;
		break;
	}
}

static uint64_t seed;

static int say_seed(void **state)
{
	(void)state;
	print_message("the last seed was %u\n", (unsigned)seed);
	return 0;
}

static void whatever_happens_what_could_be_known_is_told(void **state)
{
	for (seed = 1; seed <= SEEDS; seed++) {
		setup(state);
		air.seed = seed;
		begin(12345);
		run(20);
		for (int i = 0; i < 60; i++) {
			go_wrong_somehow();
			run(1 + (double)(test_random(&air.seed) % 20));
		}
		run(60);
		assert_true_to_truth_but(60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_beat_of_a_quiet_hour_is_told,
	                               setup),
		cmocka_unit_test_setup(one_lost_message_costs_nothing, setup),
		cmocka_unit_test_setup(two_lost_messages_cost_nothing, setup),
		cmocka_unit_test_setup(one_beat_unheard_comes_back_by_page_4,
	                               setup),
		cmocka_unit_test_setup(of_an_old_strap_a_beat_unheard_is_a_gap,
	                               setup),
		cmocka_unit_test_setup(
			behind_seven_lost_messages_page_4_has_the_last_interval,
			setup),
		cmocka_unit_test_setup(twenty_lost_messages_are_one_gap, setup),
		cmocka_unit_test_setup(garbage_between_messages_costs_nothing,
	                               setup),
		cmocka_unit_test_setup(two_bad_checksums_cost_nothing, setup),
		cmocka_unit_test_setup(
			a_reset_unanswered_once_only_takes_longer, setup),
		cmocka_unit_test_setup(
			a_channel_that_closes_by_itself_is_one_gap, setup),
		cmocka_unit_test_setup(
			a_stick_that_falls_silent_is_reset_by_usb, setup),
		cmocka_unit_test_setup(
			pulled_out_and_put_back_is_one_gap_and_a_second, setup),
		cmocka_unit_test_setup(time_and_count_begin_anew_without_a_gap,
	                               setup),
		cmocka_unit_test_setup(
			a_strap_that_goes_away_and_comes_back_is_one_gap,
			setup),
		cmocka_unit_test_setup(off_skin_is_told_and_behind_it_is_a_gap,
	                               setup),
		cmocka_unit_test_setup(a_wrong_key_is_silence_and_is_told,
	                               setup),
		cmocka_unit_test_setup(
			a_neighbour_is_never_heard_for_a_chosen_strap, setup),
		cmocka_unit_test_setup(
			of_two_and_none_chosen_a_choice_is_asked_for, setup),
		cmocka_unit_test_setup_teardown(
			whatever_happens_what_could_be_known_is_told, setup,
			say_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
