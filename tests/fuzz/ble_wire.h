/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_FUZZ_BLE_WIRE_H
#define LULL_TESTS_FUZZ_BLE_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/*
 * What a bluetoothd may say, made of a fuzzer's bytes: messages' bodies, right
 * and wrong ones. One thread; the bytes are the caller's and stay where they
 * are until the next wire_feed().
 */

#define ADAPTER "org.bluez.Adapter1"
#define DEVICE  "org.bluez.Device1"
#define CHAR    "org.bluez.GattCharacteristic1"
#define HCI0    "/org/bluez/hci0"
#define STRAP   HCI0 "/dev_A0_9E_1A_00_00_01"
#define MEASURE STRAP "/service0010/char0011"
#define MAKER   STRAP "/service0020/char0021"
#define UUID(x) "0000" x "-0000-1000-8000-00805f9b34fb"
#define OWNER   ":1.7"
#define ADDRESS "A0:9E:1A:00:00:01"

/** wire_feed() - all that follows is made of these bytes, from the first on. */
void wire_feed(const uint8_t *data, size_t size);

/** wire_left() - how many of them are not used yet. */
size_t wire_left(void);

/** wire_byte() - the next one; 0 behind the last. */
unsigned wire_byte(void);

/** wire_bytes() - at most @max of them into @ret; one says how many. Return:
    that number. */
size_t wire_bytes(uint8_t ret[], size_t max);

/** wire_path() - an object's path, of a device or of none. */
const char *wire_path(void);

/** wire_must() - aborts if @r says that sd-bus itself failed. */
void wire_must(int r);

/** wire_put_any() - a body of the signature @right, or now and then of another
    one. */
void wire_put_any(sd_bus_message *m, const char *right);

/** wire_put_world() - the objects of an adapter and one strap in good order. */
void wire_put_world(sd_bus_message *m);

/** wire_error() - one of the errors that bluetoothd and the bus answer @call
    with. Owner: the caller. */
sd_bus_message *wire_error(sd_bus_message *call);

#endif
