/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/ble_host.h"

#include "tests/helpers/test.h"

static void on_found(void *data, const struct sensor_found *f)
{
	struct ble_host *h = data;

	h->found = *f;
	h->founds++;
}

void ble_host_init(struct ble_host *h, struct fake_bluez *bluez)
{
	fake_begin(bluez, NULL);
	h->bluez = bluez;
	h->sensor = NULL;
}

void ble_host_finish(struct ble_host *h)
{
	h->sensor = sensor_destroy(h->sensor);
	fake_end(h->bluez);
}

int ble_host_open(struct ble_host *h, const char *uri)
{
	struct sensor_listener listener = listener_of(&h->ears);
	const struct sensor_context context = {.event = h->bluez->event,
	                                       .bus = h->bluez->address};

	h->founds = 0;
	listener.found = on_found;
	return sensor_create(&h->sensor, uri, &listener, &context);
}

void ble_host_begin(struct ble_host *h, const char *uri)
{
	assert_int_equal(ble_host_open(h, uri), 0);
	fake_settle(h->bluez);
}

void ble_host_scan(struct ble_host *h)
{
	assert_int_equal(ble_host_open(h, "ble:"), 0);
	assert_int_equal(sensor_scan(h->sensor), 0);
	fake_settle(h->bluez);
}

void ble_host_close(struct ble_host *h)
{
	h->sensor = sensor_destroy(h->sensor);
	fake_settle(h->bluez);
}

void ble_host_stream(struct ble_host *h)
{
	fake_run(h->bluez);
	ble_host_begin(h, BLE_HOST_STRAP);
	fake_advertise(h->bluez, 0);
	assert_true(h->bluez->straps[0].notifying);
	ble_host_hear(h);
	fake_forget(h->bluez);
}

void ble_host_skip(struct ble_host *h, uint64_t us)
{
	ble_skip(h->sensor, us);
	fake_settle(h->bluez);
}

void ble_host_hear(struct ble_host *h)
{
	static const uint8_t beat[] = {0x16, 0x3c, 0x11, 0x04};
	size_t before = h->ears.beats;

	fake_notify(h->bluez, 0, beat, sizeof(beat));
	assert_int_equal(h->ears.beats, before + 1);
}

enum sensor_state ble_host_state(const struct ble_host *h)
{
	for (size_t i = h->ears.n; i > 0; i--)
		if (!h->ears.told[i - 1].is_beat)
			return h->ears.told[i - 1].state;
	return SENSOR_SEARCHING;
}

bool ble_host_told(const struct ble_host *h, int error)
{
	for (size_t i = 0; i < h->ears.n; i++)
		if (!h->ears.told[i].is_beat && h->ears.told[i].error == error)
			return true;
	return false;
}
