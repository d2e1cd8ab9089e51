/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_LAB_STRAP_ATT_H
#define LULL_TESTS_LAB_STRAP_ATT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The attributes of a strap, and its answers to what is asked of them: Generic
 * Access, Heart Rate, Battery, Device Information. No security, no long values,
 * the smallest MTU that there is. Bytes in, bytes out.
 *
 * Source: Bluetooth Core, Vol 3, Part F (ATT); Heart Rate Service 1.0.
 */

#define STRAP_ATT_MTU        23
#define STRAP_ATT_VALUE_MAX  (STRAP_ATT_MTU - 3) /**< of a notification */
#define STRAP_ATT_TEXT_MAX   20
#define STRAP_ATT_ATTRIBUTES 18

struct strap_attribute {
	uint16_t type;
	uint16_t end; /**< of a service: its last handle */
	bool hidden;  /**< it cannot be read */
	uint8_t len;
	uint8_t value[STRAP_ATT_TEXT_MAX];
};

struct strap_att {
	/** [n] has the handle n + 1. */
	struct strap_attribute table[STRAP_ATT_ATTRIBUTES];
};

/**
 * strap_att_init() - nobody is subscribed
 * @name, @maker: at most STRAP_ATT_TEXT_MAX bytes count
 */
void strap_att_init(struct strap_att *a, const char *name, const char *maker,
                    uint8_t battery_pct);

/** strap_att_reset() - another link: subscriptions are a link's own. */
void strap_att_reset(struct strap_att *a);

/** strap_att_subscribed() - are measurements wanted? */
bool strap_att_subscribed(const struct strap_att *a);

/** strap_att_discovers() - is this request one of those that find out which
 * services there are? */
bool strap_att_discovers(const uint8_t *request, size_t len);

/**
 * strap_att_answer() - to one request or command
 * Return: how many bytes of @ret are to be sent; 0: it wants no answer.
 */
size_t strap_att_answer(struct strap_att *a, const uint8_t *request, size_t len,
                        uint8_t ret[STRAP_ATT_MTU]);

/**
 * strap_att_notify() - a measurement as a notification
 * @len: at most STRAP_ATT_VALUE_MAX
 * Return: its length.
 */
size_t strap_att_notify(const uint8_t *value, size_t len,
                        uint8_t ret[STRAP_ATT_MTU]);

#endif
