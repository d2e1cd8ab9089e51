/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/ant_radio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A stick that says anything, and answers well now and then. */
struct fuzz {
	struct ant_port port;
	uint8_t command, written;
	bool renewed;
	uint64_t beat_us;
};

static int take_write(struct ant_port *p, const uint8_t *bytes, size_t len)
{
	struct fuzz *f = (struct fuzz *)p;
	struct ant_link_message m;

	if (len < 5 || len > ANT_PORT_BYTES ||
	    ant_link_parse(bytes, len - ANT_START_PADDING, &m) < 0 ||
	    ++f->written > 200) /* in one step: it would never end */
		abort();
	f->command = m.id;
	return 0;
}

static void take_renew(struct ant_port *p)
{
	((struct fuzz *)p)->renewed = true;
}

static void take_beat(void *data, const struct beat *beat)
{
	struct fuzz *f = data;

	if (beat->t_us <= f->beat_us || !(beat->rr_ms > 0))
		abort();
	f->beat_us = beat->t_us;
}

static void take_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	if (error > 0 || state > SENSOR_LOST)
		abort();
}

static void take_found(void *data, const struct sensor_found *found)
{
	(void)data;
	if (strncmp(found->uri, "ant:", 4) != 0 || strlen(found->uri) > 11)
		abort();
}

static void answer(const struct fuzz *f, struct ant_port_news *news)
{
	static const uint8_t startup = 0x20;
	static const uint8_t can[8] = {8, 8, 0, 0xba, 0x36, 0, 0xdf, 0x79};
	const uint8_t ok[3] = {0, f->command, 0};

	if (f->command == ANT_RESET)
		news->len =
			ant_link_compose(news->bytes, ANT_STARTUP, &startup, 1);
	else if (f->command == ANT_REQUEST)
		news->len =
			ant_link_compose(news->bytes, ANT_CAPABILITIES, can, 8);
	else
		news->len = ant_link_compose(news->bytes, ANT_RESPONSE, ok, 3);
}

/* Each step: a byte that says what and how long, then what it needs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ant_port_ops ops = {.write = take_write,
	                                        .renew = take_renew};
	static const uint8_t key[ANT_KEY_BYTES] = {1};
	struct fuzz f = {.port.ops = &ops};
	const struct sensor_listener listener = {.beat = take_beat,
	                                         .state = take_state,
	                                         .found = take_found,
	                                         .data = &f};
	struct ant_port_news news = {.t_us = 1000000};
	struct ant_radio radio;

	if (size < 3)
		return 0;
	ant_radio_init(&radio, &f.port, &listener, key,
	               (data[0] | (uint32_t)data[1] << 8) * (data[2] & 0x0f));
	for (data += 3, size -= 3; size > 0;) {
		unsigned what = data[0] & 7, step = data[0] >> 3;

		data++;
		size--;
		news.t_us += (uint64_t)step * step * 20000;
		news.kind = ANT_PORT_BYTES_CAME;
		news.len = 0;
		if (what == 0 || f.renewed) {
			news.kind = step & 1 ? ANT_PORT_GONE : ANT_PORT_OPENED;
			news.error = -ENODEV;
			f.renewed = false;
		} else if (what <= 3) {
			answer(&f, &news);
		} else if (what <= 5 && size >= 14) {
			/* a broadcast, so that not all is lost to checksums */
			news.len = ant_link_compose(news.bytes, ANT_BROADCAST,
			                            data, 14);
			data += 14;
			size -= 14;
		} else if (what == 6 && size >= 4) {
			news.len = ant_link_compose(news.bytes, data[0],
			                            data + 1, 3);
			data += 4;
			size -= 4;
		} else {
			news.len = step < size ? step : size;
			memcpy(news.bytes, data, news.len);
			data += news.len;
			size -= news.len;
		}
		f.written = 0;
		ant_radio_news(&radio, &news);
		if (ant_radio_step(&radio, news.t_us) <= news.t_us)
			abort();
	}
	ant_radio_finish(&radio);
	return 0;
}
