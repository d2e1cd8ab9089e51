/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_SENSORS_H
#define LULL_DAEMON_SENSORS_H

#include "daemon/app.h"

/**
 * The sensors' face on D-Bus: org.lull.Lull1.Sensors at /org/lull/Lull1.
 *
 *   List() -> aa{sv}	       the one that is set, and what the last scan found
 *   Scan(d seconds) -> aa{sv}, as    what is on the air; what is in the way;
 *	                             takes longer than @seconds: daemon/scan.h
 *   Use(s uri)		       it is mine: sessions use it from now on
 *   Forget(s uri)	       it is not
 *
 * Of a sensor: uri s, set b (it is mine); of one that was found also name s,
 * maker s, rssi_dbm i, battery_pct i, worn s, rr b (it sends intervals), each
 * only where it is known.
 *
 * Errors as of org.lull.Lull1.Session, and .NoSensor: there is none at @uri.
 * What is set is kept in config.yaml. Loop thread.
 */
#define SENSORS_INTERFACE "org.lull.Lull1.Sensors"

/** Longest scan. */
#define SENSORS_SCAN_MAX_S 120.0

struct sd_bus;
struct sensors;

/** sensors_create() - @app outlives it */
int sensors_create(struct sensors **ret, struct app *app);
/** sensors_destroy() - takes NULL; a scan that runs is not answered. */
struct sensors *sensors_destroy(struct sensors *s);
/** sensors_attach() - be seen on @on, which is attached to the loop. */
int sensors_attach(struct sensors *s, struct sd_bus *on);

#endif
