/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/stick_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPE         120
#define TRANSMISSION 1

/* Beats that the truth has no line for. */
#define UNKNOWN UINT64_MAX

static void note(void *data, const char *line)
{
	struct stick_device *s = data;

	s->hears = false;
	device_say(s->device, "%s", line);
}

void stick_device_begin(struct stick_device *s, struct device *device)
{
	*s = (struct stick_device){.device = device, .seed = 1};
	stick_ant_init(&s->ant, note, s);
}

void stick_device_wear(struct stick_device *s, struct heart *heart,
                       uint16_t number, uint64_t now_us)
{
	struct stick_strap *strap = &s->straps[s->n++];

	*strap = (struct stick_strap){
		.heart = heart,
		.id = {number, TYPE, TRANSMISSION},
		/* straps that meet in a slot would not be heard */
		.slot_us = now_us + STICK_HRM_PERIOD_US * s->n / 3,
	};
}

/* --- commands --------------------------------------------------------------
 */

static unsigned number_of(const char *argument, unsigned without)
{
	return argument[0] ? (unsigned)strtoul(argument, NULL, 10) : without;
}

static int order_strap(struct stick_device *s, const char *command)
{
	struct stick_strap *strap = &s->straps[0];
	const char *with;

	if (device_argument(command, "away")) {
		strap->away = true;
	} else if (device_argument(command, "back")) {
		strap->away = false;
	} else if ((with = device_argument(command, "contact"))) {
		bool off = strcmp(with, "off") == 0;

		if (strap->hrm.off && !off)
			stick_truth_begin(&s->truth);
		strap->hrm.off = off;
	} else if (device_argument(command, "roll")) {
		stick_hrm_roll(&strap->hrm);
		stick_truth_begin(&s->truth);
	} else {
		return -EINVAL;
	}
	return 0;
}

static int order_stick(struct stick_device *s, const char *command)
{
	const char *with;

	if (device_argument(command, "silent"))
		s->ant.silent = true;
	else if (device_argument(command, "speak"))
		s->ant.silent = false;
	else if ((with = device_argument(command, "drop")))
		s->ant.drop += number_of(with, 1);
	else if ((with = device_argument(command, "garbage")))
		stick_ant_garbage(&s->ant, number_of(with, 1), &s->seed);
	else if ((with = device_argument(command, "badsum")))
		s->ant.bad_sum += number_of(with, 1);
	else if (device_argument(command, "close-channel"))
		stick_ant_close(&s->ant);
	else if ((with = device_argument(command, "mute-reset")))
		s->ant.mute += number_of(with, 1);
	else if (device_argument(command, "wrong-key"))
		s->ant.air_key[0] ^= 0xff;
	else
		return -EINVAL;
	return 0;
}

int stick_device_command(struct stick_device *s, const char *command)
{
	int r = order_strap(s, command);

	if (r < 0)
		r = order_stick(s, command);
	if (r == 0)
		device_say(s->device, "%s", command);
	else
		device_say(s->device, "unknown: %s", command);
	return r;
}

void stick_device_take(struct stick_device *s, uint64_t now_us,
                       const uint8_t *bytes, size_t len)
{
	stick_ant_take(&s->ant, now_us, bytes, len);
}

void stick_device_power(struct stick_device *s)
{
	stick_truth_break(&s->truth);
	stick_ant_power(&s->ant);
	s->hears = false;
}

/* --- the truth -------------------------------------------------------------
 */

static void tell_truth(struct stick_device *s)
{
	struct stick_truth_beat beat;

	while (stick_truth_next(&s->truth, &beat))
		if (beat.index != UNKNOWN)
			heart_truth(s->device->truth,
			            &s->beats[beat.index % STICK_DEVICE_BEATS],
			            beat.sent, BEAT_CONTACT_UNKNOWN);
}

/* What never gets out is known not to be sent. */
static void remember(struct stick_device *s, uint64_t index, uint8_t count,
                     bool felt)
{
	if (stick_truth_beat(&s->truth, index, count, felt))
		return;
	stick_truth_end(&s->truth);
	stick_truth_break(&s->truth);
	tell_truth(s);
	(void)stick_truth_beat(&s->truth, index, count, felt);
}

void stick_device_gave(struct stick_device *s, uint64_t now_us,
                       const struct stick_ant_out *out)
{
	if (out->breaks)
		stick_truth_break(&s->truth);
	if (out->strap != 0)
		return;
	if (!s->hears)
		device_say(s->device, "heard");
	s->hears = true;
	stick_truth_page(&s->truth, now_us, out->page, s->straps[0].hrm.old);
	tell_truth(s);
}

void stick_device_end(struct stick_device *s)
{
	stick_truth_end(&s->truth);
	tell_truth(s);
}

/* --- the clock -------------------------------------------------------------
 */

static void gap(struct stick_device *s, struct stick_strap *strap,
                const struct heart_beat *beat)
{
	uint64_t ticks = (beat->t_us - strap->beat_us) * BEAT_TICKS_PER_S /
	                 UINT64_C(1000000);

	if (strap->hrm.off || ticks <= beat->rr_ticks)
		return;
	stick_hrm_gap(&strap->hrm, ticks - beat->rr_ticks);
	for (int i = STICK_HRM_GAP; strap == s->straps && i-- > 0;)
		remember(s, UNKNOWN, (uint8_t)(strap->hrm.count - i), true);
}

static void take_beat(struct stick_device *s, struct stick_strap *strap,
                      const struct heart_beat *beat)
{
	bool felt = !strap->hrm.off;

	if (beat->after_gap && strap->beat_us)
		gap(s, strap, beat);
	stick_hrm_beat(&strap->hrm, beat->rr_ticks);
	if (!felt)
		strap->hrm.count--;
	strap->beat_us = beat->t_us;
	if (strap != s->straps)
		return;
	s->beats[s->n_beats % STICK_DEVICE_BEATS] = *beat;
	remember(s, s->n_beats++, strap->hrm.count, felt);
}

static void take_slot(struct stick_device *s, struct stick_strap *strap,
                      uint64_t now_us)
{
	bool sends = strap->beat_us && !strap->away;
	uint8_t page[ANT_LINK_PAYLOAD];

	stick_hrm_page(&strap->hrm, page);
	stick_ant_slot(&s->ant, now_us, (int)(strap - s->straps), &strap->id,
	               sends ? page : NULL);
	while (strap->slot_us <= now_us)
		strap->slot_us += STICK_HRM_PERIOD_US;
}

static int take_beats(struct stick_device *s, struct stick_strap *strap,
                      uint64_t now_us)
{
	struct heart_beat beat;
	int r;

	while ((r = heart_take(strap->heart, now_us, &beat)) > 0)
		take_beat(s, strap, &beat);
	return r;
}

int stick_device_step(struct stick_device *s, uint64_t now_us,
                      uint64_t *ret_next_us)
{
	uint64_t next_us = stick_ant_step(&s->ant, now_us);

	for (size_t i = 0; i < s->n; i++) {
		struct stick_strap *strap = &s->straps[i];
		int r;

		/* a page says what the heart did up to its slot */
		if (strap->slot_us <= now_us) {
			r = take_beats(s, strap, strap->slot_us);
			if (r < 0)
				return r;
			take_slot(s, strap, now_us);
		}
		if (strap->slot_us < next_us)
			next_us = strap->slot_us;
	}
	*ret_next_us = next_us;
	return 0;
}
