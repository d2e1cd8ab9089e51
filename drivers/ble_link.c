/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble_link.h"

#include <errno.h>

#define SECOND UINT64_C(1000000)

/* Sources: reference/sensors.md; those without one are ours. */
const struct ble_times ble_link_times = {
	.choose_us = 3 * SECOND, /* three advertisements of a slow strap */
	.air_us = 30 * SECOND,   /* BlueZ keeps a device as long (B.3) */
	.blind_us = 10 * SECOND,
	.absent_us = 20 * SECOND,
	.discovery_us = 10 * SECOND, /* B.3 */
	.afresh_us = 30 * SECOND,
	.connect_us = 45 * SECOND, /* B.1, 7 */
	.check_us = 2 * SECOND,
	.resolve_us = 30 * SECOND,   /* B.1, 8 */
	.look_us = 5 * SECOND,       /* B.1, 9 */
	.subscribe_us = 30 * SECOND, /* BlueZ's ATT time-out (B.1, 7) */
	.retry_us = SECOND / 5,      /* B.3 */
	.silent_us = 10 * SECOND,    /* B.3 */
	.dead_us = 20 * SECOND,      /* B.3 */
	.drop_us = 5 * SECOND,       /* more than its timer of 2 s (B.1, 11) */
	.settle_us = 5 * SECOND,
	.pause_us = SECOND,          /* B.4 */
	.pause_max_us = 30 * SECOND, /* B.4 */
};

void ble_link_init(struct ble_link *l, const struct ble_times *times, bool scan)
{
	*l = (struct ble_link){.times = times};
	l->state = scan ? BLE_SCAN : BLE_OFF;
}

static void enter(struct ble_link *l, enum ble_state state, uint64_t now_us)
{
	l->state = state;
	l->since_us = now_us;
	l->asked = false;
	l->answered = false;
	l->renewed = l->renewed && state != BLE_RESOLVE; /* a new link */
	l->serial++;
}

static uint64_t pause_of(const struct ble_link *l, unsigned nth)
{
	uint64_t pause_us = l->times->pause_us;

	while (nth-- > 0 && pause_us < l->times->pause_max_us)
		pause_us *= 2;
	return pause_us < l->times->pause_max_us ? pause_us
	                                         : l->times->pause_max_us;
}

static void fail(struct ble_link *l, enum ble_state state, int error,
                 uint64_t now_us)
{
	l->failures++;
	l->failed_us = now_us;
	l->error = error;
	enter(l, state, now_us);
}

static void rest(struct ble_link *l, uint64_t now_us)
{
	enter(l, BLE_WAIT, now_us);
	l->until_us = now_us;
	if (l->failures > BLE_LINK_AT_ONCE)
		l->until_us += pause_of(l, l->failures - BLE_LINK_AT_ONCE - 1);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct ble_order wait_until(uint64_t until_us)
{
	return (struct ble_order){BLE_NOTHING, 0, until_us};
}

static struct ble_order order(struct ble_link *l, enum ble_action action)
{
	l->asked = true;
	return (struct ble_order){action, ++l->serial, UINT64_MAX};
}

static bool heard(const struct ble_link *l, const struct ble_facts *f,
                  uint64_t now_us)
{
	if (f->heard_us == 0 || f->heard_us + l->times->air_us <= now_us)
		return false;
	/* after a failure only a new sign of life counts */
	return l->failures == 0 || f->heard_us > l->failed_us;
}

/* --- discovery, beside the states -------------------------------------------
 */

static bool wants_discovery(const struct ble_link *l)
{
	switch (l->state) {
	case BLE_SEARCH:
	case BLE_SCAN:
	/* BlueZ drops a device that it found some time after discovery ends:
	   go on until the link stands */
	case BLE_CONNECT:
	case BLE_DROP:
	case BLE_SETTLE:
	case BLE_WAIT:
		return true;
	case BLE_OFF:
	case BLE_RESOLVE:
	case BLE_LOOK:
	case BLE_SUBSCRIBE:
	case BLE_STREAM:
	case BLE_RENEW:
	case BLE_REFUSED:
		break;
	}
	return false;
}

static struct ble_order stop_discovery(struct ble_link *l, uint64_t again_us)
{
	l->discovery = BLE_DISCOVERY_OFF;
	l->discovery_us = again_us;
	return (struct ble_order){BLE_STOP_DISCOVERY, 0, UINT64_MAX};
}

/* BlueZ tells of a strap once while its RSSI stays the same, and may say that
   it discovers when its controller does not: only a new start shows. */
static struct ble_order mind_silence(struct ble_link *l,
                                     const struct ble_facts *f, uint64_t now_us)
{
	uint64_t afresh_us;

	if (l->state != BLE_SEARCH)
		return wait_until(UINT64_MAX);
	if (heard(l, f, now_us) || f->straps > 1)
		l->listens_us = now_us;
	afresh_us = l->listens_us + l->times->afresh_us;
	if (now_us < afresh_us)
		return wait_until(afresh_us);
	return stop_discovery(l, now_us + l->times->pause_us);
}

static struct ble_order
mind_discovery(struct ble_link *l, const struct ble_facts *f, uint64_t now_us)
{
	bool wanted = wants_discovery(l);
	uint64_t wedged_us;

	switch (l->discovery) {
	case BLE_DISCOVERY_STARTING:
		break;
	case BLE_DISCOVERY_OFF:
		if (!wanted)
			break;
		if (now_us < l->discovery_us)
			return wait_until(l->discovery_us);
		l->discovery = BLE_DISCOVERY_STARTING;
		return (struct ble_order){BLE_START_DISCOVERY, 0, UINT64_MAX};
	case BLE_DISCOVERY_ON:
		if (!wanted)
			return stop_discovery(l, 0);
		if (f->discovering) {
			l->discovery_us = now_us;
			l->discovery_failures = 0;
			return mind_silence(l, f, now_us);
		}
		wedged_us = l->discovery_us + l->times->discovery_us;
		if (now_us < wedged_us)
			return wait_until(wedged_us);
		return stop_discovery(
			l, now_us + pause_of(l, l->discovery_failures++));
	}
	return wait_until(UINT64_MAX);
}

static void discovery_replied(struct ble_link *l, int error, uint64_t now_us)
{
	if (l->discovery != BLE_DISCOVERY_STARTING)
		return;
	/* InProgress: it runs, or is about to; Discovering will tell. */
	if (error == 0 || error == -EINPROGRESS) {
		l->discovery = BLE_DISCOVERY_ON;
		l->discovery_us = now_us;
		l->listens_us = now_us;
		return;
	}
	l->discovery = BLE_DISCOVERY_OFF;
	l->discovery_us = now_us + pause_of(l, l->discovery_failures++);
}

/* --- the states -------------------------------------------------------------
 */

static struct ble_order again(void)
{
	return wait_until(0);
}

/* When it may be taken: at once if it was named or heard of alone. */
static uint64_t may_take_us(struct ble_link *l, const struct ble_facts *f,
                            uint64_t now_us)
{
	if (f->chosen)
		return 0;
	if (f->straps == 0) {
		l->first_us = 0;
		return 0;
	}
	if (l->first_us == 0)
		l->first_us = now_us;
	return l->first_us + l->times->choose_us;
}

static struct ble_order search(struct ble_link *l, const struct ble_facts *f,
                               uint64_t now_us)
{
	uint64_t take_us = may_take_us(l, f, now_us);
	uint64_t blind_us = l->since_us + l->times->blind_us;
	uint64_t absent_us = l->since_us + l->times->absent_us;

	if (f->connected) {
		enter(l, BLE_RESOLVE, now_us);
		return again();
	}
	if (!f->known) {
		if (f->straps > 1 && now_us >= take_us)
			l->reason = -ENOTUNIQ;
		else if (f->straps <= 1 && now_us >= absent_us)
			l->reason = -EHOSTUNREACH;
		return wait_until(
			earlier(now_us < take_us ? take_us : UINT64_MAX,
		                now_us < absent_us ? absent_us : UINT64_MAX));
	}
	if (heard(l, f, now_us)) {
		if (now_us < take_us)
			return wait_until(take_us);
		enter(l, BLE_CONNECT, now_us);
		return again();
	}
	if (l->needs_air)
		return wait_until(UINT64_MAX);
	if (now_us < blind_us)
		return wait_until(blind_us);
	enter(l, BLE_CONNECT, now_us);
	return again();
}

static struct ble_order connect_it(struct ble_link *l,
                                   const struct ble_facts *f, uint64_t now_us)
{
	uint64_t until_us = l->since_us + l->times->connect_us;

	if (!f->known) {
		enter(l, BLE_SEARCH, now_us);
		return again();
	}
	if (f->connected && (f->resolved || !l->asked)) {
		enter(l, BLE_RESOLVE, now_us);
		return again();
	}
	if (!l->asked) {
		l->up = false;
		return order(l, BLE_CALL_CONNECT);
	}
	if (now_us < until_us)
		return wait_until(until_us);
	fail(l, BLE_DROP, -ETIMEDOUT, now_us);
	return again();
}

/* Is the link down that stood? */
static bool fell(struct ble_link *l, const struct ble_facts *f)
{
	l->up = l->up || f->connected;
	return l->up && !f->connected;
}

static struct ble_order resolve(struct ble_link *l, const struct ble_facts *f,
                                uint64_t now_us)
{
	uint64_t until_us = l->since_us + l->times->resolve_us;
	uint64_t check_us = l->since_us + l->times->check_us;

	if (fell(l, f)) {
		fail(l, BLE_SETTLE, -ECONNRESET, now_us);
		return again();
	}
	if (f->resolved) {
		enter(l, BLE_LOOK, now_us);
		return again();
	}
	if (!f->connected) {
		if (now_us < check_us)
			return wait_until(check_us);
		if (!l->asked)
			return order(l, BLE_READ_OBJECTS);
		if (l->answered) {
			fail(l, BLE_SETTLE, -ECONNABORTED, now_us);
			return again();
		}
	}
	if (now_us < until_us)
		return wait_until(until_us);
	fail(l, BLE_DROP, -ETIMEDOUT, now_us);
	return again();
}

static struct ble_order look(struct ble_link *l, const struct ble_facts *f,
                             uint64_t now_us)
{
	uint64_t until_us = l->since_us + l->times->look_us;

	if (fell(l, f)) {
		fail(l, BLE_SETTLE, -ECONNRESET, now_us);
		return again();
	}
	if (f->measures) {
		l->subscribes = 0;
		enter(l, BLE_SUBSCRIBE, now_us);
		return again();
	}
	if (!l->asked)
		return order(l, BLE_READ_OBJECTS);
	if (now_us < until_us)
		return wait_until(until_us);
	l->bare++;
	if (l->bare > 1 && !l->removed) {
		l->removed = true;
		fail(l, BLE_SETTLE, -EPROTO, now_us);
		return (struct ble_order){BLE_REMOVE_DEVICE, 0, UINT64_MAX};
	}
	fail(l, BLE_DROP, -EPROTO, now_us);
	return again();
}

static struct ble_order subscribe(struct ble_link *l, const struct ble_facts *f,
                                  uint64_t now_us)
{
	uint64_t until_us = l->since_us + l->times->subscribe_us;

	if (l->renewed)
		until_us = l->value_us + l->times->dead_us;
	if (fell(l, f)) {
		fail(l, BLE_SETTLE, -ECONNRESET, now_us);
		return again();
	}
	if (now_us >= until_us) {
		fail(l, BLE_DROP, -ETIMEDOUT, now_us);
		return again();
	}
	if (l->asked)
		return wait_until(until_us);
	if (now_us < l->until_us)
		return wait_until(l->until_us);
	return order(l, BLE_START_NOTIFY);
}

static struct ble_order stream(struct ble_link *l, const struct ble_facts *f,
                               uint64_t now_us)
{
	uint64_t silent_us = l->value_us + l->times->silent_us;
	uint64_t dead_us = l->value_us + l->times->dead_us;

	if (fell(l, f)) {
		/* Usually the radio for a moment: the first try is free. */
		l->error = -ECONNRESET;
		enter(l, BLE_CONNECT, now_us);
		return again();
	}
	if (now_us >= dead_us) {
		fail(l, BLE_DROP, -ETIMEDOUT, now_us);
		return again();
	}
	if (l->renewed)
		return wait_until(dead_us);
	if (now_us < silent_us)
		return wait_until(silent_us);
	enter(l, BLE_RENEW, now_us);
	l->renewed = true;
	return order(l, BLE_STOP_NOTIFY);
}

static struct ble_order renew(struct ble_link *l, const struct ble_facts *f,
                              uint64_t now_us)
{
	uint64_t dead_us = l->value_us + l->times->dead_us;

	if (fell(l, f)) {
		fail(l, BLE_SETTLE, -ECONNRESET, now_us);
		return again();
	}
	if (now_us < dead_us)
		return wait_until(dead_us);
	fail(l, BLE_DROP, -ETIMEDOUT, now_us);
	return again();
}

static struct ble_order drop(struct ble_link *l, const struct ble_facts *f,
                             uint64_t now_us)
{
	uint64_t until_us = l->since_us + l->times->drop_us;

	if (!l->asked)
		return order(l, BLE_CALL_DISCONNECT);
	if (now_us < until_us && f->known && (f->connected || !l->answered))
		return wait_until(until_us);
	rest(l, now_us);
	return again();
}

static struct ble_order settle(struct ble_link *l, const struct ble_facts *f,
                               uint64_t now_us)
{
	uint64_t until_us = l->since_us + l->times->settle_us;

	if (f->connected && now_us < until_us)
		return wait_until(until_us);
	if (f->connected)
		enter(l, BLE_DROP, now_us);
	else
		rest(l, now_us);
	return again();
}

static struct ble_order wait_over(struct ble_link *l, const struct ble_facts *f,
                                  uint64_t now_us)
{
	bool at_once = l->failures <= BLE_LINK_AT_ONCE && !l->needs_air;

	if (now_us < l->until_us)
		return wait_until(l->until_us);
	enter(l, at_once && f->known ? BLE_CONNECT : BLE_SEARCH, now_us);
	return again();
}

static struct ble_order refuse(struct ble_link *l, const struct ble_facts *f)
{
	if (l->asked || !f->connected)
		return wait_until(UINT64_MAX);
	return order(l, BLE_CALL_DISCONNECT);
}

static struct ble_order state_next(struct ble_link *l,
                                   const struct ble_facts *f, uint64_t now_us)
{
	switch (l->state) {
	case BLE_OFF:
		enter(l, BLE_SEARCH, now_us);
		return again();
	case BLE_SEARCH:
		return search(l, f, now_us);
	case BLE_CONNECT:
		return connect_it(l, f, now_us);
	case BLE_RESOLVE:
		return resolve(l, f, now_us);
	case BLE_LOOK:
		return look(l, f, now_us);
	case BLE_SUBSCRIBE:
		return subscribe(l, f, now_us);
	case BLE_STREAM:
		return stream(l, f, now_us);
	case BLE_RENEW:
		return renew(l, f, now_us);
	case BLE_DROP:
		return drop(l, f, now_us);
	case BLE_SETTLE:
		return settle(l, f, now_us);
	case BLE_WAIT:
		return wait_over(l, f, now_us);
	case BLE_REFUSED:
		return refuse(l, f);
	case BLE_SCAN:
		break;
	}
	return wait_until(UINT64_MAX);
}

static int radio_reason(const struct ble_facts *f)
{
	if (!f->service)
		return -EUNATCH;
	return f->radio == BLE_RADIO_NONE ? -ENODEV : -ENETDOWN;
}

/* Nothing that was begun is left: no call, no link, no discovery. */
static struct ble_order no_radio(struct ble_link *l, const struct ble_facts *f,
                                 uint64_t now_us)
{
	l->reason = radio_reason(f);
	l->discovery = BLE_DISCOVERY_OFF;
	l->discovery_us = 0;
	l->discovery_failures = 0;
	l->failures = 0;
	if (l->state != BLE_SCAN && l->state != BLE_REFUSED &&
	    l->state != BLE_OFF)
		enter(l, BLE_OFF, now_us);
	return wait_until(UINT64_MAX);
}

struct ble_order ble_link_next(struct ble_link *l,
                               const struct ble_facts *facts, uint64_t now_us)
{
	struct ble_order todo, beside;

	if (!facts->service || facts->radio != BLE_RADIO_ON)
		return no_radio(l, facts, now_us);
	if (l->stale) {
		l->stale = false;
		return (struct ble_order){BLE_FORGET_PATHS, 0, UINT64_MAX};
	}
	do {
		l->reason = l->failures > BLE_LINK_AT_ONCE ? l->error : 0;
		todo = state_next(l, facts, now_us);
	} while (todo.action == BLE_NOTHING && todo.until_us == 0);
	if (todo.action != BLE_NOTHING)
		return todo;

	beside = mind_discovery(l, facts, now_us);
	if (l->discovery_failures > 0 && wants_discovery(l) && !facts->known)
		l->reason = -EBUSY;
	beside.until_us = earlier(beside.until_us, todo.until_us);
	return beside;
}

static void connect_replied(struct ble_link *l, int error, uint64_t now_us)
{
	if (error == 0 || error == -EISCONN) {
		l->needs_air = false;
		enter(l, BLE_RESOLVE, now_us);
	} else if (error == -EPROTONOSUPPORT) {
		l->needs_air = true;
		fail(l, BLE_SETTLE, error, now_us);
	} else if (error != -EALREADY && error != -EINPROGRESS) {
		fail(l, BLE_SETTLE, error, now_us);
	} /* else somebody's attempt runs: its outcome will show */
}

static void subscribe_replied(struct ble_link *l, int error, uint64_t now_us)
{
	if (error == 0) {
		enter(l, BLE_STREAM, now_us);
		if (!l->renewed)
			l->value_us = now_us;
	} else if (error == -EINPROGRESS &&
	           ++l->subscribes < BLE_LINK_SUBSCRIBES) {
		l->asked = false;
		l->until_us = now_us + l->times->retry_us;
	} else {
		fail(l, BLE_DROP, error, now_us);
	}
}

void ble_link_reply(struct ble_link *l, enum ble_action action, unsigned serial,
                    int error, uint64_t now_us)
{
	if (action == BLE_START_DISCOVERY) {
		discovery_replied(l, error, now_us);
		return;
	}
	/* what is ordered beside the states has no serial */
	if (serial == 0 || serial != l->serial)
		return;
	l->answered = true;
	l->stale = l->stale || error == -ENOENT;
	switch (l->state) {
	case BLE_CONNECT:
		connect_replied(l, error, now_us);
		break;
	case BLE_SUBSCRIBE:
		subscribe_replied(l, error, now_us);
		break;
	case BLE_RENEW:
		l->subscribes = 0;
		l->until_us = now_us;
		enter(l, BLE_SUBSCRIBE, now_us);
		break;
	case BLE_DROP:
		if (error < 0)
			rest(l, now_us);
		break;
	case BLE_OFF:
	case BLE_SEARCH:
	case BLE_RESOLVE:
	case BLE_LOOK:
	case BLE_STREAM:
	case BLE_SETTLE:
	case BLE_WAIT:
	case BLE_SCAN:
	case BLE_REFUSED:
		break;
	}
}

void ble_link_value(struct ble_link *l, uint64_t now_us)
{
	l->value_us = now_us;
	l->renewed = false;
	/* bluetoothd arms our notifications again before we do (B.4) */
	if (l->state == BLE_SUBSCRIBE || l->state == BLE_RENEW)
		enter(l, BLE_STREAM, now_us);
	if (l->state != BLE_STREAM)
		return;
	l->failures = 0;
	l->bare = 0;
	l->error = 0;
}

void ble_link_refuse(struct ble_link *l, uint64_t now_us)
{
	enter(l, BLE_REFUSED, now_us);
}
