/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/sensors.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "base/config.h"
#include "base/config_write.h"
#include "base/log.h"
#include "base/paths.h"
#include "daemon/bus.h"
#include "daemon/heart.h"
#include "daemon/scan.h"
#include "drivers/pair.h"

struct sensors {
	struct app *app;
	sd_bus *on; /* NULL: not attached */
	sd_bus_slot *slot;
	sd_event *event;
	sd_bus_message *asked; /* for the scan that runs; NULL: none does */
	struct scan scan;
};

static int refuse(sd_bus_error *e, int r, const struct error *why)
{
	return sd_bus_error_set(e,
	                        r == -ENODEV   ? BUS_ERROR "NoSensor"
	                        : r == -EBUSY  ? BUS_ERROR "Busy"
	                        : r == -EINVAL ? BUS_ERROR "BadInput"
	                                       : BUS_ERROR "Failed",
	                        why->text);
}

/* --- the one that is set ----------------------------------------------------
 */

static int read_set(struct config *ret, char *path, size_t len,
                    struct error *error)
{
	int r = paths_config(path, len);

	if (r < 0)
		error_set(error, "no home folder: set HOME");
	return r < 0 ? r : config_load(path, ret, error);
}

static void ignore_beat(void *data, const struct beat *beat)
{
	(void)data;
	(void)beat;
}

static void ignore_state(void *data, enum sensor_state state, int error)
{
	(void)data;
	(void)state;
	(void)error;
}

/* Can it be opened, as far as that is known without waiting for it? */
static int check_uri(struct sensors *s, const char *uri,
                     const struct config *config, struct error *error)
{
	const struct sensor_listener listener = {.beat = ignore_beat,
	                                         .state = ignore_state};
	struct sensor_context context = {.event = s->event, .realtime = true};
	uint8_t ant_key[CONFIG_ANT_KEY];
	struct sensor *sensor = NULL;
	int r;

	if (config_ant_key(config, ant_key))
		context.ant_key = ant_key;
	r = sensor_create(&sensor, uri, &listener, &context);
	sensor_destroy(sensor);
	if (r < 0)
		heart_explain(error, uri, r);
	return r == -ENOENT || r == -ENODEV             ? -ENODEV
	       : r == -EPROTONOSUPPORT || r == -EBADMSG ? -EINVAL
	                                                : r;
}

static int on_use(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct sensors *s = data;
	struct error why = {""};
	struct config config;
	char path[PATH_MAX];
	const char *uri;
	int r = sd_bus_message_read_basic(m, 's', &uri);

	if (r < 0)
		return r;
	r = read_set(&config, path, sizeof(path), &why);
	if (r == 0)
		r = check_uri(s, uri, &config, &why);
	if (r == 0)
		r = config_write_sensor(path, uri, &why);
	return r < 0 ? refuse(e, r, &why) : sd_bus_reply_method_return(m, NULL);
}

/* Is @uri, maybe with options behind it, the sensor @address? */
static bool is_sensor(const char *uri, const char *address)
{
	size_t n = strlen(address);

	return strncmp(uri, address, n) == 0 && (!uri[n] || uri[n] == '?');
}

/* Also one of a pair. @ret_rest: what is left of @set without it. */
static bool is_set(const char *set, const char *address,
                   char ret_rest[PAIR_PART_MAX])
{
	char part[PAIR_PART_MAX], other[PAIR_PART_MAX] = "";
	bool its = is_sensor(set, address);

	for (unsigned i = 0; !its && i < 2; i++) {
		its = pair_part(set, i, part) && is_sensor(part, address);
		if (its)
			(void)pair_part(set, !i, other);
	}
	memcpy(ret_rest, other, sizeof(other));
	return its;
}

static int on_forget(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct error why = {""};
	struct config config;
	char path[PATH_MAX], rest[PAIR_PART_MAX];
	const char *uri;
	int r = sd_bus_message_read_basic(m, 's', &uri);

	(void)data;
	if (r < 0)
		return r;
	r = read_set(&config, path, sizeof(path), &why);
	if (r == 0 && !is_set(config.sensor, uri, rest)) {
		error_set(&why,
		          "%.80s: it is not the one that is set: lull "
		          "sensors shows which is",
		          uri);
		r = -EINVAL;
	}
	if (r == 0)
		r = config_write_sensor(path, rest, &why);
	return r < 0 ? refuse(e, r, &why) : sd_bus_reply_method_return(m, NULL);
}

/* --- telling ----------------------------------------------------------------
 */

static int append(sd_bus_message *m, const char *key, const char *type,
                  const void *value)
{
	int r = sd_bus_message_open_container(m, 'e', "sv");

	if (r >= 0)
		r = sd_bus_message_append_basic(m, 's', key);
	if (r >= 0)
		r = sd_bus_message_open_container(m, 'v', type);
	if (r >= 0)
		r = sd_bus_message_append_basic(m, type[0], value);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_sensor(sd_bus_message *m, const struct sensor_found *f,
                         int set)
{
	const int rr = f->rr == TRI_YES;
	int r = sd_bus_message_open_container(m, 'a', "{sv}");

	if (r >= 0)
		r = append(m, "uri", "s", f->uri);
	if (r >= 0)
		r = append(m, "set", "b", &set);
	if (r >= 0 && f->name[0])
		r = append(m, "name", "s", f->name);
	if (r >= 0 && f->maker[0])
		r = append(m, "maker", "s", f->maker);
	if (r >= 0 && f->rssi_dbm)
		r = append(m, "rssi_dbm", "i", &f->rssi_dbm);
	if (r >= 0 && f->battery_pct >= 0)
		r = append(m, "battery_pct", "i", &f->battery_pct);
	if (r >= 0 && f->worn[0])
		r = append(m, "worn", "s", f->worn);
	if (r >= 0 && f->rr != TRI_UNKNOWN)
		r = append(m, "rr", "b", &rr);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* @whole: the one that is set, too, where it was not found. */
static int append_found(sd_bus_message *m, const struct sensors *s,
                        const char *set, bool whole)
{
	struct sensor_found mine = {.battery_pct = -1};
	bool told = !whole || !set[0];
	char rest[PAIR_PART_MAX];
	int r = sd_bus_message_open_container(m, 'a', "a{sv}");

	for (size_t i = 0; r >= 0 && i < s->scan.n_found; i++) {
		bool its = is_set(set, s->scan.found[i].uri, rest);

		told = told || its;
		r = append_sensor(m, &s->scan.found[i], its);
	}
	if (r >= 0 && !told) {
		snprintf(mine.uri, sizeof(mine.uri), "%s", set);
		r = append_sensor(m, &mine, true);
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int on_list(sd_bus_message *m, void *data, sd_bus_error *e)
{
	const struct sensors *s = data;
	struct error why = {""};
	sd_bus_message *reply = NULL;
	struct config config;
	char path[PATH_MAX];
	int r = read_set(&config, path, sizeof(path), &why);

	if (r < 0)
		return refuse(e, r, &why);
	r = sd_bus_message_new_method_return(m, &reply);
	if (r >= 0)
		r = append_found(reply, s, config.sensor, true);
	if (r >= 0)
		r = sd_bus_send(s->on, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

/* --- looking ----------------------------------------------------------------
 */

static int answer(struct sensors *s)
{
	sd_bus_message *reply = NULL;
	struct config config = {.sensor = ""};
	char path[PATH_MAX];
	int r;

	(void)read_set(&config, path, sizeof(path), NULL);
	r = sd_bus_message_new_method_return(s->asked, &reply);
	if (r >= 0)
		r = append_found(reply, s, config.sensor, false);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "s");
	for (size_t i = 0; r >= 0 && i < s->scan.n_troubles; i++)
		r = sd_bus_message_append_basic(reply, 's',
		                                s->scan.troubles[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(s->on, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static void on_scanned(void *data)
{
	struct sensors *s = data;
	int r = answer(s);

	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "bus: %s", strerror(-r));
	s->asked = sd_bus_message_unref(s->asked);
}

static int start_scan(struct sensors *s, double seconds)
{
	struct config config = {.sensor = ""};
	uint8_t ant_key[CONFIG_ANT_KEY];
	char path[PATH_MAX];

	(void)read_set(&config, path, sizeof(path), NULL);
	return scan_start(&s->scan, s->event,
	                  config_ant_key(&config, ant_key) ? ant_key : NULL,
	                  seconds, on_scanned, s);
}

static int on_scan(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct sensors *s = data;
	struct error why = {""};
	double seconds;
	int r = sd_bus_message_read_basic(m, 'd', &seconds);

	if (r < 0)
		return r;
	if (!(seconds >= 0.0 && seconds <= SENSORS_SCAN_MAX_S)) {
		error_set(&why, "seconds %g: expected 0 to %g", seconds,
		          SENSORS_SCAN_MAX_S);
		return refuse(e, -EINVAL, &why);
	}
	if (s->asked || strcmp(app_live(s->app)->state, "idle") != 0) {
		error_set(&why, "%s: wait for its end",
		          s->asked ? "a scan runs" : "a session runs");
		return refuse(e, -EBUSY, &why);
	}
	r = start_scan(s, seconds);
	if (r < 0) {
		error_set(&why, "the radios cannot be used: %s: lull doctor",
		          strerror(-r));
		return refuse(e, r, &why);
	}
	s->asked = sd_bus_message_ref(m);
	return 1;
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_NAMES("List", "", , "aa{sv}", SD_BUS_PARAM(sensors),
                                 on_list, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("Scan", "d", SD_BUS_PARAM(seconds), "aa{sv}as",
                                 SD_BUS_PARAM(sensors) SD_BUS_PARAM(troubles),
                                 on_scan, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("Use", "s", SD_BUS_PARAM(uri), "", , on_use,
                                 SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("Forget", "s", SD_BUS_PARAM(uri), "", ,
                                 on_forget, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

/* --- its life ---------------------------------------------------------------
 */

int sensors_create(struct sensors **ret, struct app *app)
{
	struct sensors *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->app = app;
	*ret = s;
	return 0;
}

struct sensors *sensors_destroy(struct sensors *s)
{
	if (!s)
		return NULL;
	scan_stop(&s->scan);
	sd_bus_message_unref(s->asked);
	sd_bus_slot_unref(s->slot);
	sd_bus_unref(s->on);
	free(s);
	return NULL;
}

int sensors_attach(struct sensors *s, struct sd_bus *on)
{
	int r = sd_bus_add_object_vtable(on, &s->slot, BUS_PATH,
	                                 SENSORS_INTERFACE, vtable, s);

	if (r < 0)
		return r;
	s->on = sd_bus_ref(on);
	s->event = sd_bus_get_event(on);
	return s->event ? 0 : -EINVAL;
}
