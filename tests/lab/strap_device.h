/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STRAP_DEVICE_H
#define LULL_TESTS_LAB_STRAP_DEVICE_H

#include <stdbool.h>

#include "tests/lab/device.h"
#include "tests/lab/heart.h"
#include "tests/lab/strap_att.h"
#include "tests/lab/strap_hci.h"
#include "tests/lab/strap_hrm.h"

/**
 * A virtual Bluetooth strap between the bytes of its controller and the
 * commands of a scenario. Time is a parameter.
 *
 * It advertises while nobody holds it, lets one central connect, and notifies
 * as soon as there is a beat to tell, but not twice in half a second, and once
 * a second in any case, as straps do.
 */

#define STRAP_DEVICE_SOONEST_US UINT64_C(500000)
#define STRAP_DEVICE_LATEST_US  UINT64_C(1000000)
/** btvirt tells of an advertisement once each time that it is begun. */
#define STRAP_DEVICE_BEACON_US UINT64_C(500000)

#define STRAP_DEVICE_QUEUE     16

struct strap_device {
	struct device *device;
	struct heart *heart;
	const char *shown_name;
	/** Hand bytes to the controller. Return: 0 or negative errno. */
	int (*write)(void *data, const uint8_t *bytes, size_t len);
	void *data;

	bool away, claimed, silent;
	bool last_heard; /**< its next packet is the last that is taken */
	bool unheard;    /**< nobody takes what this link still carries */
	bool ready;      /**< the controller is set up */
	bool advertises; /**< since it wants to */
	bool on_air;     /**< as the controller was told */
	bool linked, dropping;
	unsigned handle;

	struct strap_att att;
	struct strap_hrm hrm;
	uint64_t notified_us; /**< the last packet */
	uint64_t beacon_us;   /**< the next advertisement */

	unsigned slow_ms; /**< before an answer that tells of services */
	uint8_t late[STRAP_ATT_MTU];
	size_t late_len; /**< 0: no answer waits */
	uint64_t late_us;

	/* commands to the controller, oldest first; one at a time */
	struct strap_hci_packet queue[STRAP_DEVICE_QUEUE];
	size_t queued;
	bool busy;
};

/**
 * strap_device_begin() - reset the controller
 * @s: device, heart, shown_name, write and data are set, all else is zero
 */
void strap_device_begin(struct strap_device *s, const char *maker);

/** strap_device_take() - one packet of the controller. */
void strap_device_take(struct strap_device *s, const uint8_t *bytes, size_t len,
                       uint64_t now_us);

/**
 * strap_device_command() - one of the scenario: away, back, silent, speak,
 * contact on|off|unsupported, drop REASON, slow-services MS, pack N|all, hr16
 * on|off, energy on|off, raw HEX, claim, release Return: 0; -EINVAL for one
 * that makes no sense.
 */
int strap_device_command(struct strap_device *s, const char *command,
                         uint64_t now_us);

/**
 * strap_device_step() - what the time means
 * @ret_next_us: when to come back, before news
 * Return: 0 or the heart's negative errno.
 */
int strap_device_step(struct strap_device *s, uint64_t now_us,
                      uint64_t *ret_next_us);

#endif
