/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/mpris.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/log.h"
#include "session/session.h"

#define NAME_HAD     1 /* D-Bus: RequestName's PRIMARY_OWNER ... */
#define NAME_HAD_YET 4 /* ... and ALREADY_OWNER */
#define LEVELS_MOST  6 /* words that one setting of the volume is worth */
#define TRACK_PATH   "/org/lull/Lull1/step/%d"

struct mpris {
	struct app *app;
	sd_bus *on; /**< NULL: not attached */
	sd_bus_slot *root, *player;
	sd_bus_slot *naming;     /**< the call that takes or leaves the name */
	struct live live;        /**< as last told */
	struct mpris_face shown; /**< likewise; properties are read from it */
};

/* --- what is shown ----------------------------------------------------------
 */

static bool is(const struct live *l, const char *state)
{
	return strcmp(l->state, state) == 0;
}

static const char *status_of(const struct live *l)
{
	if (is(l, "paused"))
		return "Paused";
	/* while it ends there is nothing left to be led */
	return is(l, "idle") || is(l, "ending") ? "Stopped" : "Playing";
}

void mpris_face(const struct live *l, struct mpris_face *ret)
{
	*ret = (struct mpris_face){
		.status = status_of(l),
		.track = !is(l, "idle"),
		.can_hold = is(l, "playing") || is(l, "paused"),
		.can_skip =
			is(l, "playing") || is(l, "paused") || is(l, "asking"),
		.volume = isnan(l->master_db) ? 1.0
	                                      : pow(10.0, l->master_db / 20.0),
	};
	if (!ret->track)
		return;
	ret->step_n = l->step_n;
	if (l->step_s > 0)
		ret->length_us = llround(l->step_s * 1e6);
	snprintf(ret->title, sizeof(ret->title), "%s", l->title);
	snprintf(ret->artist, sizeof(ret->artist), "%s", l->step_title);
}

int64_t mpris_position_us(const struct live *l)
{
	if (!(l->step_s > 0) || isnan(l->step_left_s))
		return 0;
	return llround(fmax(l->step_s - l->step_left_s, 0) * 1e6);
}

/* --- the keys ---------------------------------------------------------------
 */

/* What the session does not take just now has, by the specification, no
   effect. */
static void word(struct mpris *m, const char *name)
{
	struct error why = {""};

	if (app_command(m->app, name, &why) < 0)
		log_line(LOG_LEVEL_DEBUG, "media key: %s", why.text);
}

static int on_next(sd_bus_message *message, void *data, sd_bus_error *e)
{
	struct mpris *m = data;

	(void)e;
	if (m->shown.can_skip)
		word(m, "skip");
	return sd_bus_reply_method_return(message, NULL);
}

static void pause_or_play(struct mpris *m, bool pause)
{
	if (m->shown.can_hold)
		word(m, pause ? "pause" : "resume");
}

static int on_pause(sd_bus_message *message, void *data, sd_bus_error *e)
{
	(void)e;
	pause_or_play(data, true);
	return sd_bus_reply_method_return(message, NULL);
}

static int on_play(sd_bus_message *message, void *data, sd_bus_error *e)
{
	(void)e;
	pause_or_play(data, false);
	return sd_bus_reply_method_return(message, NULL);
}

static int on_play_pause(sd_bus_message *message, void *data, sd_bus_error *e)
{
	struct mpris *m = data;

	if (!m->shown.can_hold)
		return sd_bus_error_set(e, SD_BUS_ERROR_NOT_SUPPORTED,
		                        m->shown.track
		                                ? "not now: only in a step"
		                                : "no session runs: lull "
		                                  "start");
	pause_or_play(m, strcmp(m->shown.status, "Playing") == 0);
	return sd_bus_reply_method_return(message, NULL);
}

static int on_stop(sd_bus_message *message, void *data, sd_bus_error *e)
{
	struct mpris *m = data;

	(void)e;
	if (strcmp(m->shown.status, "Stopped") != 0)
		word(m, "stop");
	return sd_bus_reply_method_return(message, NULL);
}

/* Previous, Seek, SetPosition, Raise, Quit: what we say we cannot. */
static int on_nothing(sd_bus_message *message, void *data, sd_bus_error *e)
{
	(void)data;
	(void)e;
	return sd_bus_reply_method_return(message, NULL);
}

static int on_open(sd_bus_message *message, void *data, sd_bus_error *e)
{
	(void)message;
	(void)data;
	return sd_bus_error_set(e, SD_BUS_ERROR_NOT_SUPPORTED,
	                        "there is nothing to open here: lull start");
}

/* --- properties -------------------------------------------------------------
 */

#define GETTER(name)                                                           \
	static int name(sd_bus *on, const char *path, const char *interface,   \
	                const char *property, sd_bus_message *reply,           \
	                void *data, sd_bus_error *e)
#define GETTER_IGNORES                                                         \
	(void)on;                                                              \
	(void)path;                                                            \
	(void)interface;                                                       \
	(void)property;                                                        \
	(void)data;                                                            \
	(void)e

GETTER(get_no)
{
	GETTER_IGNORES;
	return sd_bus_message_append(reply, "b", 0);
}

GETTER(get_yes)
{
	GETTER_IGNORES;
	return sd_bus_message_append(reply, "b", 1);
}

GETTER(get_identity)
{
	GETTER_IGNORES;
	return sd_bus_message_append(reply, "s", "Lull");
}

GETTER(get_nothing)
{
	GETTER_IGNORES;
	return sd_bus_message_append(reply, "as", 0);
}

GETTER(get_rate)
{
	GETTER_IGNORES;
	return sd_bus_message_append(reply, "d", 1.0);
}

GETTER(get_status)
{
	const struct mpris *m = data;

	GETTER_IGNORES;
	return sd_bus_message_append(reply, "s", m->shown.status);
}

GETTER(get_volume)
{
	const struct mpris *m = data;

	GETTER_IGNORES;
	return sd_bus_message_append(reply, "d", m->shown.volume);
}

GETTER(get_can_hold)
{
	const struct mpris *m = data;

	GETTER_IGNORES;
	return sd_bus_message_append(reply, "b", (int)m->shown.can_hold);
}

GETTER(get_can_skip)
{
	const struct mpris *m = data;

	GETTER_IGNORES;
	return sd_bus_message_append(reply, "b", (int)m->shown.can_skip);
}

GETTER(get_position)
{
	const struct mpris *m = data;

	GETTER_IGNORES;
	return sd_bus_message_append(reply, "x",
	                             mpris_position_us(app_live(m->app)));
}

static int append_track(sd_bus_message *reply, const struct mpris_face *f)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), TRACK_PATH, f->step_n);
	r = sd_bus_message_append(reply, "{sv}{sv}", "mpris:trackid", "o", path,
	                          "xesam:title", "s", f->title);
	if (r >= 0 && f->length_us > 0)
		r = sd_bus_message_append(reply, "{sv}", "mpris:length", "x",
		                          f->length_us);
	if (r >= 0 && f->artist[0])
		r = sd_bus_message_append(reply, "{sv}{sv}", "xesam:artist",
		                          "as", 1, f->artist,
		                          "xesam:trackNumber", "i", f->step_n);
	return r;
}

GETTER(get_metadata)
{
	const struct mpris *m = data;
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	GETTER_IGNORES;
	if (r >= 0 && m->shown.track)
		r = append_track(reply, &m->shown);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* 0 is, by the specification, to be taken for a pause. */
GETTER(set_rate)
{
	struct mpris *m = data;
	double rate;
	int r = sd_bus_message_read(reply, "d", &rate);

	GETTER_IGNORES;
	if (r >= 0 && rate == 0.0)
		pause_or_play(m, true);
	return r;
}

/* The nearest that `quieter` and `louder` lead to. */
GETTER(set_volume)
{
	struct mpris *m = data;
	const struct live *l = app_live(m->app);
	double volume, want_db;
	int r = sd_bus_message_read(reply, "d", &volume);

	GETTER_IGNORES;
	if (r < 0 || isnan(volume))
		return r;
	want_db = volume > 0 ? fmin(20.0 * log10(volume), 0) : -INFINITY;
	for (int i = 0; i < LEVELS_MOST && !isnan(l->master_db); i++) {
		double off_db = want_db - l->master_db;

		if (fabs(off_db) <= SESSION_LEVEL_STEP_DB / 2)
			break;
		word(m, off_db < 0 ? "quieter" : "louder");
	}
	return r;
}

#define CONSTANT(name, type, getter)                                           \
	SD_BUS_PROPERTY(name, type, getter, 0, SD_BUS_VTABLE_PROPERTY_CONST)
#define PROPERTY(name, type, getter)                                           \
	SD_BUS_PROPERTY(name, type, getter, 0,                                 \
	                SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define METHOD(name, handler)                                                  \
	SD_BUS_METHOD(name, "", "", handler, SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable root_vtable[] = {
	SD_BUS_VTABLE_START(0),
	METHOD("Raise", on_nothing),
	METHOD("Quit", on_nothing),
	CONSTANT("CanQuit", "b", get_no),
	CONSTANT("CanRaise", "b", get_no),
	CONSTANT("HasTrackList", "b", get_no),
	CONSTANT("Identity", "s", get_identity),
	CONSTANT("SupportedUriSchemes", "as", get_nothing),
	CONSTANT("SupportedMimeTypes", "as", get_nothing),
	SD_BUS_VTABLE_END,
};

static const sd_bus_vtable player_vtable[] = {
	SD_BUS_VTABLE_START(0),
	METHOD("Next", on_next),
	METHOD("Previous", on_nothing),
	METHOD("Pause", on_pause),
	METHOD("PlayPause", on_play_pause),
	METHOD("Stop", on_stop),
	METHOD("Play", on_play),
	SD_BUS_METHOD_WITH_NAMES("Seek", "x", SD_BUS_PARAM(Offset), "", ,
                                 on_nothing, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("SetPosition", "ox",
                                 SD_BUS_PARAM(TrackId) SD_BUS_PARAM(Position),
                                 "", , on_nothing, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("OpenUri", "s", SD_BUS_PARAM(Uri), "", ,
                                 on_open, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_NAMES("Seeked", "x", SD_BUS_PARAM(Position), 0),
	PROPERTY("PlaybackStatus", "s", get_status),
	PROPERTY("Metadata", "a{sv}", get_metadata),
	PROPERTY("CanGoNext", "b", get_can_skip),
	PROPERTY("CanPlay", "b", get_can_hold),
	PROPERTY("CanPause", "b", get_can_hold),
	SD_BUS_WRITABLE_PROPERTY("Volume", "d", get_volume, set_volume, 0,
                                 SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE |
                                         SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_WRITABLE_PROPERTY("Rate", "d", get_rate, set_rate, 0,
                                 SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE |
                                         SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY("Position", "x", get_position, 0, 0),
	CONSTANT("MinimumRate", "d", get_rate),
	CONSTANT("MaximumRate", "d", get_rate),
	CONSTANT("CanGoPrevious", "b", get_no),
	CONSTANT("CanSeek", "b", get_no),
	SD_BUS_PROPERTY("CanControl", "b", get_yes, 0, 0),
	SD_BUS_VTABLE_END,
};

/* --- signals ----------------------------------------------------------------
 */

static void check(int r)
{
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "media player: %s", strerror(-r));
}

static bool same_track(const struct mpris_face *a, const struct mpris_face *b)
{
	return a->track == b->track && a->step_n == b->step_n &&
	       a->length_us == b->length_us &&
	       strcmp(a->title, b->title) == 0 &&
	       strcmp(a->artist, b->artist) == 0;
}

/* Names of what differs; the list ends with NULL. */
static size_t differences(const struct mpris_face *a,
                          const struct mpris_face *b, char *ret[])
{
	const struct {
		const char *name;
		bool same;
	} all[] = {
		{"PlaybackStatus", strcmp(a->status, b->status) == 0},
		{"Metadata", same_track(a, b)},
		{"CanGoNext", a->can_skip == b->can_skip},
		{"CanPlay", a->can_hold == b->can_hold},
		{"CanPause", a->can_hold == b->can_hold},
		{"Volume", a->volume == b->volume},
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!all[i].same)
			ret[n++] = (char *)(uintptr_t)all[i].name;
	ret[n] = NULL;
	return n;
}

static int on_named(sd_bus_message *reply, void *data, sd_bus_error *e)
{
	struct mpris *m = data;
	const sd_bus_error *error = sd_bus_message_get_error(reply);
	uint32_t answer = 0;

	(void)e;
	if (!error)
		(void)sd_bus_message_read(reply, "u", &answer);
	if (answer != NAME_HAD && answer != NAME_HAD_YET)
		log_line(LOG_LEVEL_WARNING, "media keys do not reach us: %s",
		         error ? error->message
		               : MPRIS_NAME " is another program's");
	m->naming = sd_bus_slot_unref(m->naming);
	return 0;
}

/* Whether it was ours or not, it is not now. */
static int on_let_go(sd_bus_message *reply, void *data, sd_bus_error *e)
{
	struct mpris *m = data;

	(void)reply;
	(void)e;
	m->naming = sd_bus_slot_unref(m->naming);
	return 0;
}

/* Without a bus daemon there are no names. */
static void be_there(struct mpris *m, bool there)
{
	if (!m->on || sd_bus_is_bus_client(m->on) <= 0)
		return;
	m->naming = sd_bus_slot_unref(m->naming);
	if (there)
		check(sd_bus_request_name_async(m->on, &m->naming, MPRIS_NAME,
		                                0, on_named, m));
	else
		check(sd_bus_release_name_async(m->on, &m->naming, MPRIS_NAME,
		                                on_let_go, m));
}

/* The step's clock stood still while the player, for want of a better word,
   was said to be playing. */
static bool went_on(const struct live *was, const struct live *now)
{
	return is(was, "asking") && is(now, "playing") &&
	       was->step_n == now->step_n;
}

static void on_changed(void *data, const struct live *live)
{
	char *names[8];
	struct mpris *m = data;
	struct mpris_face was = m->shown;
	bool seeked = went_on(&m->live, live);
	size_t n;

	m->live = *live;
	mpris_face(live, &m->shown);
	n = differences(&was, &m->shown, names);
	if (m->shown.track && !was.track)
		be_there(m, true);
	if (m->on && n)
		check(sd_bus_emit_properties_changed_strv(m->on, MPRIS_PATH,
		                                          MPRIS_PLAYER, names));
	if (m->on && seeked)
		check(sd_bus_emit_signal(m->on, MPRIS_PATH, MPRIS_PLAYER,
		                         "Seeked", "x",
		                         mpris_position_us(live)));
	if (!m->shown.track && was.track)
		be_there(m, false);
}

/* --- its life ---------------------------------------------------------------
 */

int mpris_create(struct mpris **ret, struct app *app)
{
	struct mpris *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	m->app = app;
	m->live = *app_live(app);
	mpris_face(&m->live, &m->shown);
	r = app_listen(app, &(struct app_listener){
				    .changed = on_changed,
				    .data = m,
			    });
	if (r < 0) {
		free(m);
		return r;
	}

	*ret = m;
	return 0;
}

struct mpris *mpris_destroy(struct mpris *m)
{
	if (!m)
		return NULL;
	app_unlisten(m->app, m);
	sd_bus_slot_unref(m->naming);
	sd_bus_slot_unref(m->player);
	sd_bus_slot_unref(m->root);
	sd_bus_unref(m->on);
	free(m);
	return NULL;
}

int mpris_attach(struct mpris *m, struct sd_bus *on)
{
	int r = sd_bus_add_object_vtable(on, &m->root, MPRIS_PATH, MPRIS_ROOT,
	                                 root_vtable, m);

	if (r >= 0)
		r = sd_bus_add_object_vtable(on, &m->player, MPRIS_PATH,
		                             MPRIS_PLAYER, player_vtable, m);
	if (r < 0)
		return r;
	m->on = sd_bus_ref(on);
	return 0;
}
