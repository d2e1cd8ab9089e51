/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <stdio.h>
#include <string.h>

#include "drivers/ble_device.h"

#define S UINT64_C(1000000)

static void tell(struct ble_devices *d, const char *path, const char *interface,
                 const char *name, const char *text, long number)
{
	const struct ble_property p = {
		.path = path,
		.interface = interface,
		.name = name,
		.text = text,
		.number = number,
		.source = BLE_ADDED,
	};

	(void)ble_device_take(d, &p, 5 * S);
}

#define DEV "/org/bluez/hci0/dev_A0_00_00_00_00_"

static void strap_at(struct ble_devices *d, const char *path,
                     const char *address)
{
	tell(d, "/org/bluez/hci0", "org.bluez.Adapter1", "Powered", NULL, 1);
	tell(d, path, "org.bluez.Device1", "Address", address, 0);
	tell(d, path, "org.bluez.Device1", "UUIDs",
	     "0000180d-0000-1000-8000-00805f9b34fb", 0);
}

static void the_only_connected_strap_goes_before_others_on_the_air(void **state)
{
	struct ble_devices d;
	unsigned straps;

	(void)state;
	ble_device_clear(&d);
	strap_at(&d, DEV "01", "A0:00:00:00:00:01");
	strap_at(&d, DEV "02", "A0:00:00:00:00:02");
	assert_null(ble_device_choose(&d, 0, &straps));
	assert_int_equal(straps, 2);
	tell(&d, DEV "02", "org.bluez.Device1", "Connected", NULL, 1);
	assert_string_equal(ble_device_choose(&d, 0, &straps)->address,
	                    "A0:00:00:00:00:02");
	tell(&d, DEV "01", "org.bluez.Device1", "Connected", NULL, 1);
	assert_null(ble_device_choose(&d, 0, &straps));
}

/* Category 13, the generic sensor to the last of it. */
static void without_uuids_a_strap_is_known_by_its_appearance(void **state)
{
	static const struct {
		long appearance;
		bool strap;
	} cases[] = {{831, false}, {832, true},  {833, true},
	             {895, true},  {896, false}, {192, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ble_devices d;
		unsigned straps;

		ble_device_clear(&d);
		tell(&d, "/org/bluez/hci0", "org.bluez.Adapter1", "Powered",
		     NULL, 1);
		tell(&d, DEV "01", "org.bluez.Device1", "Address",
		     "A0:00:00:00:00:01", 0);
		assert_null(ble_device_choose(&d, 0, &straps));
		tell(&d, DEV "01", "org.bluez.Device1", "Appearance", NULL,
		     cases[i].appearance);
		assert_int_equal(ble_device_choose(&d, 0, &straps) != NULL,
		                 cases[i].strap);
		assert_int_equal(straps, cases[i].strap);
	}
}

static void a_strap_heard_long_ago_does_not_stand_in_the_way(void **state)
{
	struct ble_devices d;
	unsigned straps;

	(void)state;
	ble_device_clear(&d);
	strap_at(&d, DEV "01", "A0:00:00:00:00:01");
	/* the only known one, not heard lately */
	assert_non_null(ble_device_choose(&d, 6 * S, &straps));
	strap_at(&d, DEV "02", "A0:00:00:00:00:02");
	d.devices[1].heard_us = 9 * S;
	assert_string_equal(ble_device_choose(&d, 6 * S, &straps)->address,
	                    "A0:00:00:00:00:02");
	assert_int_equal(straps, 1);
}

static void
more_devices_than_there_is_room_for_never_push_out_a_strap(void **state)
{
	struct ble_devices d;
	char path[BLE_PATH_MAX], address[BLE_ADDRESS_MAX];

	(void)state;
	ble_device_clear(&d);
	strap_at(&d, DEV "FF", "A0:00:00:00:00:FF");
	for (unsigned i = 0; i < 3 * BLE_DEVICES_MAX; i++) {
		snprintf(path, sizeof(path),
		         "/org/bluez/hci0/dev_B0_00_00_00_%02X_%02X", i >> 8,
		         i & 0xff);
		snprintf(address, sizeof(address), "B0:00:00:00:%02X:%02X",
		         i >> 8, i & 0xff);
		tell(&d, path, "org.bluez.Device1", "Address", address, 0);
	}
	assert_non_null(ble_device_find(&d, "a0:00:00:00:00:ff"));
}

static void a_name_too_long_never_ends_inside_a_character(void **state)
{
	char name[2 * BLE_NAME_MAX + 1];
	struct ble_devices d;
	const char *kept;

	(void)state;
	for (size_t i = 0; i < BLE_NAME_MAX; i++)
		memcpy(name + 2 * i, "\u00e4", 3);
	ble_device_clear(&d);
	strap_at(&d, DEV "01", "A0:00:00:00:00:01");
	tell(&d, DEV "01", "org.bluez.Device1", "Alias", name, 0);
	kept = d.devices[0].name;
	assert_int_equal(strlen(kept), BLE_NAME_MAX - 2);
	assert_memory_equal(kept, name, strlen(kept));
}

static void a_maker_that_is_no_text_is_made_one(void **state)
{
	static const uint8_t bytes[] = {'P', 0xff, 0x1b, 'x', 0, 'y'};
	struct ble_property p = {
		.path = DEV "01/service0020/char0021",
		.interface = "org.bluez.GattCharacteristic1",
		.name = "UUID",
		.text = "00002a29-0000-1000-8000-00805f9b34fb",
	};
	struct ble_devices d;

	(void)state;
	ble_device_clear(&d);
	strap_at(&d, DEV "01", "A0:00:00:00:00:01");
	(void)ble_device_take(&d, &p, S);
	p.name = "Value";
	p.text = NULL;
	p.bytes = bytes;
	p.len = sizeof(bytes);
	(void)ble_device_take(&d, &p, S);
	assert_string_equal(d.devices[0].maker, "P??x");
}

static void an_address_that_is_none_is_not_taken(void **state)
{
	struct ble_devices d;
	unsigned straps;

	(void)state;
	ble_device_clear(&d);
	strap_at(&d, DEV "01", "A0:00:00:00:00\n1");
	assert_null(ble_device_choose(&d, 0, &straps));
	strap_at(&d, DEV "01", "a0:00:00:00:00:01");
	assert_string_equal(ble_device_choose(&d, 0, &straps)->address,
	                    "A0:00:00:00:00:01");
}

static void a_battery_beyond_100_is_not_known(void **state)
{
	struct ble_devices d;

	(void)state;
	ble_device_clear(&d);
	strap_at(&d, DEV "01", "A0:00:00:00:00:01");
	tell(&d, DEV "01", "org.bluez.Battery1", "Percentage", NULL, 100);
	assert_int_equal(d.devices[0].battery_pct, 100);
	tell(&d, DEV "01", "org.bluez.Battery1", "Percentage", NULL, 101);
	assert_int_equal(d.devices[0].battery_pct, -1);
	tell(&d, DEV "01", "org.bluez.Battery1", "Percentage", NULL, -7);
	assert_int_equal(d.devices[0].battery_pct, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_only_connected_strap_goes_before_others_on_the_air),
		cmocka_unit_test(
			a_strap_heard_long_ago_does_not_stand_in_the_way),
		cmocka_unit_test(
			more_devices_than_there_is_room_for_never_push_out_a_strap),
		cmocka_unit_test(
			without_uuids_a_strap_is_known_by_its_appearance),
		cmocka_unit_test(a_name_too_long_never_ends_inside_a_character),
		cmocka_unit_test(a_maker_that_is_no_text_is_made_one),
		cmocka_unit_test(an_address_that_is_none_is_not_taken),
		cmocka_unit_test(a_battery_beyond_100_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
