/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DAEMON_BUS_H
#define LULL_DAEMON_BUS_H

#include "daemon/app.h"

/**
 * The session's face on D-Bus: org.lull.Lull1.Session at /org/lull/Lull1;
 * the sensors' (sensors.h) comes with it.
 *
 *   Start(s routine, a{sv} options)
 *	sensor s      URI; "": by the clock. Absent: the one that is set
 *	no_audio b    silent
 *	ask b	      put the safety and rating questions; true unless given
 *	slow b        in an attack breathe down to 6.5 a minute, not 8
 *	from_step i   number of the first step
 *	seconds d     close after so long
 *	talk s	      auto, full, brief, minimal
 *	mode s	      auto (the routine's), tension, attack, signs, between,
 *		      night
 *	seed t
 *   Command(s word)
 *   Answer(s id, v value)	s, b (yes, no), or a number
 *   signals Said(s text), Question(s id, s text, as choices), Ended(t id);
 *	id 0: it was not stored; Breath(d seconds, d inhale_pct): a breath of
 *	the pacer begins; 0 s: it falls silent
 *
 * Properties, all with PropertiesChanged; seconds are sent when the whole
 * second changes. A number that is not had is NaN, never a guess.
 *   State s		idle, preparing, asking, playing, paused, ending
 *   Mode s		tension, attack, signs, between, night; ""
 *   Asked s		id of the question that stands; ""
 *   Routine s, Step s	Step is the technique, or `breathe`
 *   StepNumber i	as in the routine; 0: none yet
 *   Pressure i		of ten, at most, in this step; 0: none
 *   StepSecondsLeft d, SecondsLeft d, HeartRate d, Calm d, Pace d, Wave d
 *   CalmState s	activated, steady, settling; ""
 *   BreathsPerMinute d the pacer's; 0: it is silent
 *   Quality s		none, bad, weak, ok
 *   Sensor s		URI; "": by the clock
 *   SensorState s	searching, connected, no_contact, gap, lost; ""
 *   SessionId t	of the present or last one; 0 until it is stored
 *   Message s		what the person should know, a line each
 *   Result s, Stop s	"" until the end; Stop: soon, urgent, emergency
 *
 * Errors org.lull.Lull1.Error.Busy, .Blocked, .BadInput, .Failed: the message
 * says what, why and what to do.
 */
#define BUS_NAME    "org.lull.Lull1"
#define BUS_PATH    "/org/lull/Lull1"
#define BUS_SESSION "org.lull.Lull1.Session"
#define BUS_ERROR   "org.lull.Lull1.Error."

struct sd_bus;
struct bus;

/** bus_create() - the app's face; @app outlives it and tells it everything. */
int bus_create(struct bus **ret, struct app *app);
/** bus_destroy() - also from the bus. Return: NULL. */
struct bus *bus_destroy(struct bus *b);
/**
 * bus_attach() - be seen on @on, attached to the loop; it may be one end of a
 * socket pair
 * Return: 0 or sd-bus's errno.
 */
int bus_attach(struct bus *b, struct sd_bus *on);

#endif
