/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/file.h"

#include <errno.h>
#include <stdlib.h>

#include "drivers/ant_strap.h"
#include "drivers/capture.h"
#include "drivers/capture_beats.h"
#include "drivers/recording.h"
#include "drivers/strap.h"

struct file {
	bool started, ended;
	uint64_t zero_us; /* file time 0 on the user's clock */

	struct rr rr; /* any other recording, or: */
	size_t at;

	char *text; /* a capture */
	struct capture_reader reader;
	struct capture_entry entry; /* the next one, if more is 1 */
	int more;
	struct strap strap;
	struct ant_strap ant;
};

static int check_capture(const char *text, size_t len, bool whole,
                         struct load_error *error)
{
	int r = load_check_text(text, len, error);

	return r < 0 ? r : capture_beats_check(text, len, whole, error);
}

int file_check(const char *path, struct load_error *error)
{
	struct rr rr = {0};
	char *bytes;
	size_t len = 0;
	int r = load_bytes(path, &bytes, &len, error);

	if (r < 0)
		return r;
	if (recording_format_of(bytes, len) == RECORDING_CAPTURE)
		r = check_capture(bytes, len, true, error);
	else
		r = recording_parse(bytes, len, &rr, error);
	rr_finish(&rr);
	free(bytes);
	return r;
}

static int open_capture(struct sensor *s, size_t len, struct load_error *error)
{
	struct file *f = s->data;
	int r = check_capture(f->text, len, false, error);

	if (r < 0)
		return r;
	strap_init(&f->strap, &s->listener);
	r = capture_begin(&f->reader, f->text, len, error);
	if (r < 0)
		return r;
	f->more = capture_next(&f->reader, &f->entry, error);
	return 0;
}

static int file_open(struct sensor *s, const char *address)
{
	struct file *f = calloc(1, sizeof(*f));
	struct load_error error;
	size_t len = 0;
	int r;

	if (!f)
		return -ENOMEM;
	s->data = f;
	if (!*address)
		return -EINVAL;
	r = load_bytes(address, &f->text, &len, &error);
	if (r < 0)
		return r;
	if (recording_format_of(f->text, len) == RECORDING_CAPTURE)
		return open_capture(s, len, &error);
	r = recording_parse(f->text, len, &f->rr, &error);
	free(f->text);
	f->text = NULL;
	return r;
}

static void file_close(struct sensor *s)
{
	struct file *f = s->data;

	if (!f)
		return;
	rr_finish(&f->rr);
	free(f->text);
	free(f);
	s->data = NULL;
}

static void tell(struct sensor *s, enum sensor_state state)
{
	s->listener.state(s->listener.data, state, 0);
}

static uint64_t step_rr(struct sensor *s, uint64_t now_us)
{
	struct file *f = s->data;

	for (; f->at < f->rr.n; f->at++) {
		const struct rr_interval *i = &f->rr.intervals[f->at];
		struct beat beat = {.t_us = f->zero_us + i->t_us,
		                    .rr_ms = i->rr_ms,
		                    .contact = BEAT_CONTACT_UNKNOWN};

		if (beat.t_us > now_us)
			return beat.t_us;
		if (i->gap) {
			tell(s, SENSOR_GAP);
			tell(s, SENSOR_CONNECTED);
		}
		s->listener.beat(s->listener.data, &beat);
	}
	tell(s, SENSOR_LOST);
	f->ended = true;
	return UINT64_MAX;
}

static uint64_t step_capture(struct sensor *s, uint64_t now_us)
{
	struct file *f = s->data;
	struct load_error error;
	uint64_t next_us;

	while (f->more > 0) {
		uint64_t t_us = f->zero_us + f->entry.t_us;

		if (t_us > now_us) {
			strap_step(&f->strap, now_us, &next_us);
			return next_us < t_us ? next_us : t_us;
		}
		capture_beats_play(&f->entry, t_us, &f->strap, &f->ant);
		f->more = capture_next(&f->reader, &f->entry, &error);
	}
	strap_lost(&f->strap, f->more);
	f->ended = true;
	return UINT64_MAX;
}

static int file_step(struct sensor *s, uint64_t now_us, uint64_t *ret_next_us)
{
	struct file *f = s->data;

	*ret_next_us = UINT64_MAX;
	if (f->ended)
		return 0;
	if (!f->started) {
		f->started = true;
		f->zero_us = s->context.realtime ? now_us : 0;
		if (f->text)
			strap_searching(&f->strap);
		else
			tell(s, SENSOR_CONNECTED);
	}
	*ret_next_us = f->text ? step_capture(s, now_us) : step_rr(s, now_us);
	return 0;
}

const struct sensor_driver file_driver = {
	.name = "file",
	.open = file_open,
	.close = file_close,
	.step = file_step,
};
