/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/outlet.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/test.h"
#include "tests/helpers/varied.h"

#define RATE      VARIED_RATE_HZ
#define SECONDS   30
#define EPOCH_US  INT64_C(5000000) /* of frame 0, where it is known */
#define PERIOD_US 5333             /* of 256 frames */

static struct bank *bank;
static struct tape *tape;
static float *render; /* the same commands, SECONDS of them */

static int make_all(void **state)
{
	static struct queue q;
	struct mixer *m;

	(void)state;
	bank = varied_bank();
	assert_int_equal(tape_create(&tape), 0);
	queue_init(&q);
	varied_push(&q);
	for (const struct sound *s; (s = queue_peek(&q)); queue_pop(&q))
		assert_true(tape_add(tape, s));
	render = malloc(sizeof(*render) * 2 * RATE * SECONDS);
	assert_non_null(render);
	m = varied_mixer(bank);
	mixer_thread_init();
	mixer_render(m, render, (size_t)RATE * SECONDS);
	mixer_destroy(m);
	return 0;
}

static int free_all(void **state)
{
	(void)state;
	free(render);
	tape_destroy(tape);
	bank_destroy(bank);
	return 0;
}

static struct outlet *outlet_of(struct report *report, unsigned device_hz,
                                unsigned channels, int64_t epoch_us)
{
	const struct outlet_config config = {
		.mixing = varied_mixing(bank),
		.tape = tape,
		.report = report,
		.device_hz = device_hz,
		.channels = channels,
		.epoch_us = epoch_us,
	};
	struct outlet *o = NULL;

	memset(report, 0, sizeof(*report));
	assert_int_equal(outlet_create(&o, &config), 0);
	return o;
}

/* A device that keeps time: callbacks of @n frames each, from @mono_us on,
 * until one gave sound; *@mono_us is that one's. */
static void until_it_plays(struct outlet *o, const struct report *report,
                           float *out, size_t n, unsigned device_hz,
                           uint64_t *mono_us)
{
	uint64_t began_us = *mono_us, frames, at_us;

	for (uint64_t i = 0; i < 200; i++) {
		*mono_us = began_us + i * n * 1000000 / device_hz;
		outlet_fill(o, out, n, *mono_us);
		if (report_read(report, &frames, &at_us)) {
			assert_int_equal(at_us, *mono_us);
			return;
		}
		for (size_t k = 0; k < n; k++)
			assert_true(out[k] == 0.0f);
	}
	fail_msg("it never plays");
}

/* The callback's own frames are already counted in the report. */
static uint64_t clock_of(const struct report *r)
{
	uint64_t frames = 0, at_us;

	assert_true(report_read(r, &frames, &at_us));
	return frames;
}

static void
from_the_start_it_gives_the_render_however_blocks_are_cut(void **state)
{
	static const size_t cuts[] = {1, 256, 64, 1000, 7, 2048, 333};
	struct report report;
	struct outlet *o = outlet_of(&report, RATE, 2, OUTLET_FROM_START);
	static float out[2 * 2048];
	uint64_t mono_us = 77000000, at;

	(void)state;
	until_it_plays(o, &report, out, 256, RATE, &mono_us);
	assert_int_equal(clock_of(&report), 256);
	assert_memory_equal(out, render, sizeof(float) * 2 * 256);
	at = 256;
	for (size_t i = 0; at + 2048 < (uint64_t)RATE * SECONDS; i++) {
		size_t n = cuts[i % (sizeof(cuts) / sizeof(*cuts))];

		mono_us += n * 1000000 / RATE;
		outlet_fill(o, out, n, mono_us);
		assert_memory_equal(out, render + 2 * at,
		                    sizeof(float) * 2 * n);
		at += n;
		assert_int_equal(clock_of(&report), at);
	}
	assert_int_equal(report.late, 0);
	outlet_destroy(o);
}

/* One that calls once a period needs no time to settle, and what is silent at
 * the start in any case need not be waited for. */
static void a_cyclic_device_is_heard_at_once_from_the_heads_end_on(void **state)
{
	static const unsigned rates[] = {RATE, 44100};
	static float out[2 * 300];
	const uint64_t head = RATE / 20;

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		struct report report = {0};
		struct outlet *o = NULL;
		const struct outlet_config config = {
			.mixing = varied_mixing(bank),
			.tape = tape,
			.report = &report,
			.device_hz = rates[i],
			.channels = 2,
			.epoch_us = OUTLET_FROM_START,
			.head = head,
			.cyclic = true,
		};

		assert_int_equal(outlet_create(&o, &config), 0);
		outlet_fill(o, out, 300, 77000000);
		assert_near((double)clock_of(&report),
		            (double)head + 300.0 * RATE / rates[i], 1.0);
		if (rates[i] == RATE)
			assert_memory_equal(out, render + 2 * head,
			                    sizeof(float) * 2 * 300);
		assert_int_equal(report.late, 0);
		outlet_destroy(o);
	}
}

/* It joins at the frame of its time, faded in, and is the render after. */
static void joins(uint64_t t_us)
{
	struct report report;
	struct outlet *o = outlet_of(&report, RATE, 2, EPOCH_US);
	float out[2 * 256];
	uint64_t mono_us = (uint64_t)EPOCH_US + t_us, at, fade;
	float last = 0.0f;

	outlet_catch_up(o, mono_us);
	until_it_plays(o, &report, out, 256, RATE, &mono_us);
	at = clock_of(&report);
	assert_near((double)at,
	            (double)(mono_us - (uint64_t)EPOCH_US) * RATE / 1e6, 1.0);
	fade = (uint64_t)(OUTLET_FADE_S * RATE);
	for (uint64_t done = 0; done < fade + RATE; done += 256) {
		const float *r = render + 2 * (at - 256);

		for (size_t k = 0; k < 2 * 256; k++) {
			uint64_t i = done + k / 2;

			if (i >= fade)
				assert_true(out[k] == r[k]);
			else
				assert_true(fabsf(out[k]) <= fabsf(r[k]));
			if (i < RATE / 100) /* no step out of silence */
				assert_true(fabsf(out[k]) < 0.001f);
		}
		last = fmaxf(last, fabsf(out[0]));
		mono_us += PERIOD_US;
		outlet_fill(o, out, 256, mono_us);
		at = clock_of(&report);
	}
	assert_true(last > 0.001f);
	outlet_destroy(o);
}

static void in_mid_session_it_joins_at_its_time_faded_in(void **state)
{
	(void)state;
	joins(3000000);
	joins(7123456);
	joins(13999999);
}

static void
a_session_that_has_not_begun_is_joined_at_its_first_frame(void **state)
{
	struct report report;
	struct outlet *o = outlet_of(&report, RATE, 2, EPOCH_US);
	float out[2 * 256];
	uint64_t mono_us = 1000000;

	(void)state;
	outlet_catch_up(o, mono_us);
	until_it_plays(o, &report, out, 256, RATE, &mono_us);
	assert_int_equal(clock_of(&report), 256);
	outlet_destroy(o);
}

static void a_device_that_takes_all_at_once_is_refused(void **state)
{
	struct report report;
	struct outlet *o = outlet_of(&report, RATE, 2, OUTLET_FROM_START);
	static float out[2 * 4096];
	uint64_t frames, at_us;

	(void)state;
	for (int i = 0; i < 100; i++) { /* eight seconds' worth in 10 ms */
		outlet_fill(o, out, 4096, 1000000 + (uint64_t)i * 100);
		for (size_t k = 0; k < 2 * 4096; k++)
			assert_true(out[k] == 0.0f);
	}
	assert_int_equal(atomic_load(&report.error), -EPROTO);
	assert_false(report_read(&report, &frames, &at_us));
	outlet_destroy(o);
}

static void a_buffer_filled_at_once_does_not_move_the_clock(void **state)
{
	struct report report;
	struct outlet *o = outlet_of(&report, RATE, 2, EPOCH_US);
	float out[2 * 256];
	uint64_t mono_us = (uint64_t)EPOCH_US + 2000000, at;

	(void)state;
	/* 100 ms of sound in 38: for longer than it settles */
	for (int i = 0; i < 20; i++, mono_us += 2000)
		outlet_fill(o, out, 256, mono_us);
	mono_us += PERIOD_US;
	until_it_plays(o, &report, out, 256, RATE, &mono_us);
	at = clock_of(&report);
	assert_near((double)at,
	            (double)(mono_us - (uint64_t)EPOCH_US) * RATE / 1e6, 1.0);
	outlet_destroy(o);
}

static void
mono_hears_both_sides_and_eight_channels_hear_the_first_two(void **state)
{
	static const unsigned channels[] = {1, 8};
	static float out[8 * 256];

	(void)state;
	for (size_t c = 0; c < 2; c++) {
		unsigned n = channels[c];
		struct report report;
		struct outlet *o =
			outlet_of(&report, RATE, n, OUTLET_FROM_START);
		uint64_t mono_us = 9000000, at = 0;

		until_it_plays(o, &report, out, 256, RATE, &mono_us);
		for (; at < 5 * RATE; at += 256) {
			for (size_t i = 0; i < 256; i++) {
				const float *r = render + 2 * (at + i);
				float first =
					n == 1 ? 0.5f * (r[0] + r[1]) : r[0];

				assert_true(out[n * i] == first);
				assert_true(n == 1 || out[n * i + 1] == r[1]);
				for (size_t k = 2; k < n; k++)
					assert_true(out[n * i + k] == 0.0f);
			}
			mono_us += PERIOD_US;
			outlet_fill(o, out, 256, mono_us);
		}
		outlet_destroy(o);
	}
}

/* What a device at another rate gets is the render there: the same within a
 * resampler's error, at the same time. Compared where the instants of both
 * rates meet: each 147th frame of 44.1 kHz is each 160th of 48. */
static void resampled(unsigned device_hz, uint64_t up, uint64_t down,
                      double most_db)
{
	struct report report;
	struct outlet *o = outlet_of(&report, device_hz, 2, OUTLET_FROM_START);
	float *got = calloc((size_t)device_hz * 12, sizeof(*got));
	uint64_t mono_us = 9000000, n;
	double error = 0, power = 0;

	assert_non_null(got);
	until_it_plays(o, &report, got, 300, device_hz, &mono_us);
	for (n = 300; n + 300 < (uint64_t)device_hz * 6; n += 300)
		outlet_fill(o, got + 2 * n, 300,
		            mono_us += 300 * 1000000 / device_hz);
	assert_near((double)clock_of(&report),
	            (double)n * RATE / (double)device_hz, 1.0);
	/* its first frames take the place of what the resampler held */
	for (uint64_t i = 40; i * down < n; i++)
		for (size_t k = 0; k < 2; k++) {
			double want = render[2 * i * up + k];
			double diff = got[2 * i * down + k] - want;

			error += diff * diff;
			power += want * want;
		}
	assert_true(power > 0);
	assert_true(10 * log10(error / power) < most_db);
	assert_int_equal(report.late, 0);
	free(got);
	outlet_destroy(o);
}

static void a_device_of_another_rate_gets_it_at_the_same_time(void **state)
{
	(void)state;
	resampled(44100, 160, 147, -60);
	resampled(96000, 1, 2, -60);
	/* what lies above its band is missing there */
	resampled(32000, 3, 2, -40);
}

static void a_side_that_is_muted_is_silent(void **state)
{
	struct report report;
	struct outlet *o = outlet_of(&report, RATE, 2, OUTLET_FROM_START);
	float out[2 * 256];
	uint64_t mono_us = 9000000;

	(void)state;
	until_it_plays(o, &report, out, 256, RATE, &mono_us);
	atomic_store(&report.mute, 2);
	for (uint64_t at = 256; at < RATE; at += 256) {
		mono_us += PERIOD_US;
		outlet_fill(o, out, 256, mono_us);
		for (size_t i = 0; i < 256; i++) {
			assert_true(out[2 * i] == render[2 * (at + i)]);
			assert_true(out[2 * i + 1] == 0.0f);
		}
	}
	outlet_destroy(o);
}

static void a_device_without_rate_or_channels_is_refused(void **state)
{
	struct outlet_config config = {.mixing = varied_mixing(bank),
	                               .tape = tape};
	struct outlet *o = NULL;

	(void)state;
	assert_int_equal(outlet_create(&o, &config), -EINVAL);
	config.device_hz = RATE;
	assert_int_equal(outlet_create(&o, &config), -EINVAL);
	config.channels = 100;
	assert_int_equal(outlet_create(&o, &config), -EINVAL);
	assert_null(o);
	assert_null(outlet_destroy(NULL));
}

static void a_tape_that_is_full_says_so(void **state)
{
	struct sound s = {.kind = SOUND_CHIME};
	struct tape *t;

	(void)state;
	assert_int_equal(tape_create(&t), 0);
	assert_null(tape_read(t, 0));
	for (size_t i = 0; i < TAPE_SIZE; i++) {
		s.frame = i;
		assert_true(tape_add(t, &s));
	}
	assert_false(tape_add(t, &s));
	assert_int_equal(tape_read(t, 12345)->frame, 12345);
	assert_null(tape_read(t, TAPE_SIZE));
	assert_null(tape_destroy(t));
	assert_null(tape_destroy(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_cyclic_device_is_heard_at_once_from_the_heads_end_on),
		cmocka_unit_test(
			from_the_start_it_gives_the_render_however_blocks_are_cut),
		cmocka_unit_test(in_mid_session_it_joins_at_its_time_faded_in),
		cmocka_unit_test(
			a_session_that_has_not_begun_is_joined_at_its_first_frame),
		cmocka_unit_test(a_device_that_takes_all_at_once_is_refused),
		cmocka_unit_test(
			a_buffer_filled_at_once_does_not_move_the_clock),
		cmocka_unit_test(
			mono_hears_both_sides_and_eight_channels_hear_the_first_two),
		cmocka_unit_test(
			a_device_of_another_rate_gets_it_at_the_same_time),
		cmocka_unit_test(a_side_that_is_muted_is_silent),
		cmocka_unit_test(a_device_without_rate_or_channels_is_refused),
		cmocka_unit_test(a_tape_that_is_full_says_so),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
