/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_SENSOR_H
#define LULL_DRIVERS_SENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "signal/beat.h"

/**
 * The sensor interface: what a driver is, and what its user hears of it.
 * A sensor is named by a URI, `scheme:address`; the scheme picks the driver.
 *
 * All of it runs in the loop thread. Times are microseconds of the clock that
 * the user of the sensor steps it with: CLOCK_MONOTONIC in the daemon, a
 * simulated clock that starts at 0 in a render.
 */

struct sd_event;
struct sensor;

enum sensor_state {
	SENSOR_SEARCHING,
	SENSOR_CONNECTED,
	SENSOR_NO_CONTACT, /**< connected, but not on skin */
	SENSOR_GAP,        /**< connected, but beats are missing here */
	SENSOR_LOST,       /**< gone; a driver may find it again */
};

/** A radio packet as it came in, before any decoder has seen it. */
struct sensor_packet {
	uint64_t t_us; /**< arrival */
	const uint8_t *bytes;
	size_t len;
};

enum tri {
	TRI_UNKNOWN,
	TRI_NO,
	TRI_YES,
};

/** A sensor on the air, as far as it is known. */
struct sensor_found {
	char uri[64]; /**< what opens it, e.g. ant:12345 */
	char name[64];
	char maker[64];  /**< "": not known */
	char worn[16];   /**< chest, wrist, …; "": not known */
	int rssi_dbm;    /**< 0: not known */
	int battery_pct; /**< -1: not known */
	unsigned bpm;    /**< what it shows now; 0: it does not say */
	enum tri rr;     /**< does it send intervals? */
};

/** Who listens to a sensor. Every call comes from the loop thread. */
struct sensor_listener {
	/** beat->t_us is the reconstructed time of the beat. */
	void (*beat)(void *data, const struct beat *beat);
	/**
	 * @error: 0, or the negative errno that led to this state; told again
	 * of the state it is in: what keeps it there, for the person. While
	 * searching: -ENOTUNIQ several are on the air, so one must be chosen;
	 * -ENOMSG none is heard; others: what keeps the radio from working.
	 */
	void (*state)(void *data, enum sensor_state state, int error);
	/** Optional: raw packets, for a capture. */
	void (*packet)(void *data, const struct sensor_packet *packet);
	/** Optional: a sensor was found, or more is known of it: of all in a
	    scan, or while several may be meant; else of the connected one. */
	void (*found)(void *data, const struct sensor_found *found);
	void *data;
};

/** What reaches the ear of a simulated person, as plain values. */
enum heard_kind {
	HEARD_BREATH,     /**< one paced breath begins at t_us */
	HEARD_NO_PACE,    /**< the pacer fell silent */
	HEARD_HANDS_LAP,  /**< told to let the hands rest */
	HEARD_HANDS_EASY, /**< told to do small work, elbows supported */
	HEARD_HANDS_UP,   /**< told to raise the arms, squeeze or stretch */
};

struct heard {
	uint64_t t_us;
	enum heard_kind kind;
	double period_s;    /**< HEARD_BREATH: length of this breath */
	double inhale_frac; /**< HEARD_BREATH: share of it that is inhale */
};

/** What a driver may need of its surroundings. */
struct sensor_context {
	struct sd_event *event; /**< NULL on a simulated clock */
	bool realtime;          /**< file: play at real speed, not at once */
	const uint8_t *ant_key; /**< 8 bytes, for opening; NULL: none */
	const char *bus; /**< ble: address of BlueZ's bus; NULL: the system's */
};

/** A driver: no hook may block; those marked optional may be NULL. */
struct sensor_driver {
	const char *name; /**< URI scheme: ble ant file person pair */
	/** Return: 0, -EINVAL for an address it cannot read, or its errno. */
	int (*open)(struct sensor *s, const char *address);
	/** Also called after a failed open. */
	void (*close)(struct sensor *s);
	/** Optional, right after open: only tell the listener what is on the
	    air, until close; connect to nothing. */
	int (*scan)(struct sensor *s);
	/**
	 * Optional, for drivers that live on their user's clock: deliver all
	 * up to @now_us, say when to come back (UINT64_MAX: never again).
	 */
	int (*step)(struct sensor *s, uint64_t now_us, uint64_t *ret_next_us);
	/** Optional, for the simulated person: what reaches the ear. */
	void (*hear)(struct sensor *s, const struct heard *heard);
};

struct sensor {
	const struct sensor_driver *driver;
	struct sensor_listener listener;
	struct sensor_context context;
	void *data; /**< the driver's own */
};

/**
 * sensor_create() - open the sensor that a URI names
 * @ret: the sensor, the caller's to destroy
 * @uri: `scheme:address`, e.g. `person:7`, `file:walk.rr`
 * @listener: copied; its functions must outlive the sensor
 * @context: copied
 *
 * Return: 0; -EPROTONOSUPPORT if no driver has that scheme; -EINVAL if the
 * address makes no sense to it; -ENOMEM; or the driver's own error, e.g.
 * -ENOENT or -EBADMSG for a file that cannot be read.
 */
int sensor_create(struct sensor **ret, const char *uri,
                  const struct sensor_listener *listener,
                  const struct sensor_context *context);

/** sensor_destroy() - close it; takes NULL. Return: NULL. */
struct sensor *sensor_destroy(struct sensor *s);

/**
 * sensor_step() - let a sensor on its user's clock deliver what is due
 * @ret_next_us: when to step it again; UINT64_MAX if it needs no stepping
 *
 * Return: 0 or the driver's negative errno.
 */
int sensor_step(struct sensor *s, uint64_t now_us, uint64_t *ret_next_us);

/**
 * sensor_scan() - make one that was just created look around instead
 *
 * The listener is told of each sensor found. Whether that works it hears as
 * well: searching, with 0 or what is in the way.
 *
 * Return: 0, -EOPNOTSUPP if this driver has nothing to look for.
 */
int sensor_scan(struct sensor *s);

/** sensor_hear() - pass on what is heard; nothing for a real strap. */
void sensor_hear(struct sensor *s, const struct heard *heard);

/** sensor_state_name() - the word of INTERFACES for a state. */
const char *sensor_state_name(enum sensor_state state);

/** sensor_known() - does a driver have this URI's scheme? */
bool sensor_known(const char *uri);

/**
 * sensor_list_found() - one more for a person who has to choose between several
 * @list: "" or what this made of the ones before; of @len bytes
 */
void sensor_list_found(char *list, size_t len,
                       const struct sensor_found *found);

/** sensor_simulated() - does this URI name a recording or a person? */
bool sensor_simulated(const char *uri);

#endif
