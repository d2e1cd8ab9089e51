/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_ANT_LINK_H
#define LULL_DRIVERS_ANT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The messages between an ANT stick and its host, as bytes:
 *
 *	A4 | LEN | ID | LEN bytes | XOR of all before
 *
 * Source: reference/sensors.md C.2 to C.4. Pure: no clock, no allocation.
 */

/** Most data of one message. All extended fields together make 20 (C.4); a
 * small limit refutes a false beginning soon. */
#define ANT_LINK_DATA_MAX  24
#define ANT_LINK_FRAME_MAX (ANT_LINK_DATA_MAX + 4)

/** What a heart-rate strap sends in one slot. */
#define ANT_LINK_PAYLOAD 8

/** Message IDs (C.2). */
enum ant_link_id {
	ANT_RESPONSE = 0x40,
	ANT_UNASSIGN = 0x41,
	ANT_ASSIGN = 0x42,
	ANT_PERIOD = 0x43,
	ANT_SEARCH_TIMEOUT = 0x44,
	ANT_FREQUENCY = 0x45,
	ANT_NETWORK_KEY = 0x46,
	ANT_RESET = 0x4a,
	ANT_OPEN = 0x4b,
	ANT_CLOSE = 0x4c,
	ANT_REQUEST = 0x4d,
	ANT_BROADCAST = 0x4e,
	ANT_ACKNOWLEDGED = 0x4f,
	ANT_CHANNEL_ID = 0x51,
	ANT_CHANNEL_STATUS = 0x52,
	ANT_CAPABILITIES = 0x54,
	ANT_OPEN_SCAN = 0x5b,
	ANT_LOW_SEARCH_TIMEOUT = 0x63,
	ANT_EXTENDED = 0x66,
	ANT_LIBRARY = 0x6e,
	ANT_STARTUP = 0x6f,
};

/** What an ANT_RESPONSE says: to a command, or of its own accord (an event:
 * message ID 1). */
enum ant_link_code {
	ANT_OK = 0,
	ANT_EVENT_SEARCH_TIMEOUT = 1,
	ANT_EVENT_MISSED = 2, /**< one slot */
	ANT_EVENT_CLOSED = 7,
	ANT_EVENT_TO_SEARCH = 8, /**< lost it, looks for it again */
	ANT_WRONG_STATE = 21,
	ANT_EVENT_OVERFLOW = 52,
	ANT_EVENT_OVERFLOW_2 = 53,
};

/** A whole message; points to where its bytes lie. */
struct ant_link_message {
	uint8_t id;
	uint8_t len;
	const uint8_t *data;  /**< len */
	const uint8_t *frame; /**< len + 4: all of it */
};

/** The receiving end. All zeros is one that has heard nothing. */
struct ant_link {
	uint8_t held[ANT_LINK_FRAME_MAX]; /**< the beginning of a message */
	size_t n;
	size_t given;     /**< of held: handed out by the last call */
	uint64_t skipped; /**< bytes that belonged to no message */
};

/**
 * ant_link_next() - the next whole message
 * @at, @left: bytes that came in, in any cut; moved past what was used
 * @ret: on true; good until the next call, or until the bytes go
 *
 * To be called until it returns false, which is when all were used. What is
 * no message is skipped: after a bad checksum only its first byte, so that a
 * message behind a false beginning is found.
 */
bool ant_link_next(struct ant_link *l, const uint8_t **at, size_t *left,
                   struct ant_link_message *ret);

/**
 * ant_link_parse() - bytes that must be one whole message
 * Return: 0, or -EBADMSG.
 */
int ant_link_parse(const uint8_t *bytes, size_t len,
                   struct ant_link_message *ret);

/**
 * ant_link_compose() - the bytes of a message
 * @len: at most ANT_LINK_DATA_MAX
 * Return: how many, len + 4.
 */
size_t ant_link_compose(uint8_t ret[ANT_LINK_FRAME_MAX], uint8_t id,
                        const uint8_t *data, size_t len);

/** What came from a sensor in one slot. */
struct ant_link_data {
	uint8_t channel;
	const uint8_t *payload; /**< ANT_LINK_PAYLOAD */
	bool known;             /**< it says who sent it: */
	uint32_t device;        /**< 20 bits: the high 4 of @transmission */
	uint8_t type;           /**< without the pairing bit */
	uint8_t transmission;
};

/**
 * ant_link_data() - decode a broadcast or acknowledged message
 *
 * The signal strength between is 3 bytes by the book and 4 from some sticks,
 * so its length is what is left (C.4).
 *
 * Return: 0; -EINVAL for another message; -EBADMSG if it is shorter than its
 * flags promise.
 */
int ant_link_data(const struct ant_link_message *m, struct ant_link_data *ret);

/** ant_link_device() - 20 bits of a channel ID: number, transmission type. */
static inline uint32_t ant_link_device(uint16_t number, uint8_t transmission)
{
	return number | (uint32_t)(transmission & 0xf0) << 12;
}

#endif
