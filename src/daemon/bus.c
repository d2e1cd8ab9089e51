/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/bus.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/log.h"
#include "daemon/request.h"
#include "daemon/sensors.h"

struct bus {
	struct app *app;
	sd_bus *on; /**< NULL: not attached */
	sd_bus_slot *slot;
	struct live live; /**< as last told; the properties are read from it */
	struct sensors *sensors;
};

/* --- methods ----------------------------------------------------------------
 */

static int refuse(sd_bus_error *e, int r, const struct error *why)
{
	const char *name;

	switch (-r) {
	case EBUSY:
		name = BUS_ERROR "Busy";
		break;
	case EPERM:
		name = BUS_ERROR "Blocked";
		break;
	case EINVAL:
		name = BUS_ERROR "BadInput";
		break;
	default:
		name = BUS_ERROR "Failed";
	}
	return sd_bus_error_set(e, name, why->text);
}

static int on_prepare(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct bus *b = data;

	(void)e;
	app_prepare(b->app);
	return sd_bus_reply_method_return(m, NULL);
}

static int on_start(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct bus *b = data;
	struct setup_options options;
	struct error why = {""};
	const char *routine;
	int r = sd_bus_message_read_basic(m, 's', &routine);

	if (r < 0)
		return r;
	r = request_options(m, &options, &why);
	if (r == 0)
		r = app_start(b->app, routine, &options, &why);
	return r < 0 ? refuse(e, r, &why) : sd_bus_reply_method_return(m, NULL);
}

static int on_command(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct bus *b = data;
	struct error why = {""};
	const char *word;
	int r = sd_bus_message_read_basic(m, 's', &word);

	if (r < 0)
		return r;
	r = app_command(b->app, word, &why);
	return r < 0 ? refuse(e, r, &why) : sd_bus_reply_method_return(m, NULL);
}

static int on_answer(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct bus *b = data;
	char value[EVENT_VALUE_MAX];
	struct error why = {""};
	const char *id;
	int r = sd_bus_message_read_basic(m, 's', &id);

	if (r < 0)
		return r;
	r = request_value(m, value, sizeof(value), &why);
	if (r == 0)
		r = app_answer(b->app, id, value, &why);
	return r < 0 ? refuse(e, r, &why) : sd_bus_reply_method_return(m, NULL);
}

/* --- properties -------------------------------------------------------------
 */

/* sd-bus reads the other types itself, from the same places. */
static int get_array(sd_bus *on, const char *path, const char *interface,
                     const char *property, sd_bus_message *reply, void *data,
                     sd_bus_error *e)
{
	(void)on;
	(void)path;
	(void)interface;
	(void)property;
	(void)e;
	return sd_bus_message_append_basic(reply, 's', data);
}

#define PROPERTY(name, type, getter, member)                                   \
	SD_BUS_PROPERTY(name, type, getter, offsetof(struct bus, live.member), \
	                SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Prepare", "", "", on_prepare,
                      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("Start", "sa{sv}",
                                 SD_BUS_PARAM(routine) SD_BUS_PARAM(options),
                                 "", , on_start, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("Command", "s", SD_BUS_PARAM(word), "", ,
                                 on_command, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES("Answer", "sv",
                                 SD_BUS_PARAM(id) SD_BUS_PARAM(value), "", ,
                                 on_answer, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_SIGNAL_WITH_NAMES("Said", "s", SD_BUS_PARAM(text), 0),
	SD_BUS_SIGNAL_WITH_NAMES(
		"Question", "ssas",
		SD_BUS_PARAM(id) SD_BUS_PARAM(text) SD_BUS_PARAM(choices), 0),
	SD_BUS_SIGNAL_WITH_NAMES("Breath", "dd",
                                 SD_BUS_PARAM(seconds) SD_BUS_PARAM(inhale_pct),
                                 0),
	SD_BUS_SIGNAL_WITH_NAMES("Ended", "t", SD_BUS_PARAM(id), 0),
	PROPERTY("State", "s", NULL, state),
	PROPERTY("Mode", "s", NULL, mode),
	PROPERTY("Routine", "s", get_array, routine),
	PROPERTY("Step", "s", get_array, step),
	PROPERTY("StepNumber", "i", NULL, step_n),
	PROPERTY("Pressure", "i", NULL, pressure),
	PROPERTY("StepSecondsLeft", "d", NULL, step_left_s),
	PROPERTY("SecondsLeft", "d", NULL, left_s),
	PROPERTY("Asked", "s", get_array, asked),
	PROPERTY("HeartRate", "d", NULL, hr_bpm),
	PROPERTY("Calm", "d", NULL, calm),
	PROPERTY("CalmState", "s", NULL, calm_state),
	PROPERTY("Pace", "d", NULL, pace),
	PROPERTY("Wave", "d", NULL, wave),
	PROPERTY("BreathsPerMinute", "d", NULL, per_min),
	PROPERTY("Quality", "s", NULL, quality),
	PROPERTY("Sensor", "s", get_array, sensor),
	PROPERTY("SensorState", "s", NULL, sensor_state),
	PROPERTY("SessionId", "t", NULL, session),
	PROPERTY("Message", "s", get_array, message),
	PROPERTY("Result", "s", NULL, result),
	PROPERTY("Stop", "s", NULL, stop),
	SD_BUS_VTABLE_END,
};

/* --- signals ----------------------------------------------------------------
 */

static bool same(double a, double b)
{
	return (isnan(a) && isnan(b)) || a == b;
}

static bool same_second(double a, double b)
{
	return same(floor(a), floor(b));
}

/* Names of what differs; the list ends with NULL. */
static size_t differences(const struct live *a, const struct live *b,
                          char *ret[])
{
	const struct {
		const char *name;
		bool same;
	} all[] = {
		{"State", strcmp(a->state, b->state) == 0},
		{"Mode", strcmp(a->mode, b->mode) == 0},
		{"Routine", strcmp(a->routine, b->routine) == 0},
		{"Step", strcmp(a->step, b->step) == 0},
		{"StepNumber", a->step_n == b->step_n},
		{"Pressure", a->pressure == b->pressure},
		{"StepSecondsLeft",
	         same_second(a->step_left_s, b->step_left_s)},
		{"SecondsLeft", same_second(a->left_s, b->left_s)},
		{"Asked", strcmp(a->asked, b->asked) == 0},
		{"HeartRate", same(a->hr_bpm, b->hr_bpm)},
		{"Calm", same(a->calm, b->calm)},
		{"CalmState", strcmp(a->calm_state, b->calm_state) == 0},
		{"Pace", same(a->pace, b->pace)},
		{"Wave", same(a->wave, b->wave)},
		{"BreathsPerMinute", same(a->per_min, b->per_min)},
		{"Quality", strcmp(a->quality, b->quality) == 0},
		{"Sensor", strcmp(a->sensor, b->sensor) == 0},
		{"SensorState", strcmp(a->sensor_state, b->sensor_state) == 0},
		{"SessionId", a->session == b->session},
		{"Message", strcmp(a->message, b->message) == 0},
		{"Result", strcmp(a->result, b->result) == 0},
		{"Stop", strcmp(a->stop, b->stop) == 0},
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!all[i].same)
			ret[n++] = (char *)(uintptr_t)all[i].name;
	ret[n] = NULL;
	return n;
}

static void check(int r)
{
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "bus: %s", strerror(-r));
}

static void on_changed(void *data, const struct live *live)
{
	char *names[32];
	struct bus *b = data;
	size_t n = differences(&b->live, live, names);

	b->live = *live;
	if (n && b->on)
		check(sd_bus_emit_properties_changed_strv(b->on, BUS_PATH,
		                                          BUS_SESSION, names));
}

static void on_said(void *data, const char *text)
{
	struct bus *b = data;

	if (b->on)
		check(sd_bus_emit_signal(b->on, BUS_PATH, BUS_SESSION, "Said",
		                         "s", text));
}

static void on_breath(void *data, double seconds, double inhale_pct)
{
	struct bus *b = data;

	if (b->on)
		check(sd_bus_emit_signal(b->on, BUS_PATH, BUS_SESSION, "Breath",
		                         "dd", seconds, inhale_pct));
}

static int emit_question(sd_bus *on, const char *id, const char *text,
                         const char *const *choices)
{
	sd_bus_message *m = NULL;
	int r = sd_bus_message_new_signal(on, &m, BUS_PATH, BUS_SESSION,
	                                  "Question");

	if (r >= 0)
		r = sd_bus_message_append(m, "ss", id, text);
	if (r >= 0)
		r = sd_bus_message_open_container(m, 'a', "s");
	for (size_t i = 0; r >= 0 && choices && choices[i]; i++)
		r = sd_bus_message_append_basic(m, 's', choices[i]);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	if (r >= 0)
		r = sd_bus_send(on, m, NULL);
	sd_bus_message_unref(m);
	return r;
}

static void on_question(void *data, const char *id, const char *text,
                        const char *const *choices)
{
	struct bus *b = data;

	if (b->on)
		check(emit_question(b->on, id, text, choices));
}

static void on_ended(void *data, uint64_t id)
{
	struct bus *b = data;

	if (b->on)
		check(sd_bus_emit_signal(b->on, BUS_PATH, BUS_SESSION, "Ended",
		                         "t", id));
}

/* --- its life ---------------------------------------------------------------
 */

int bus_create(struct bus **ret, struct app *app)
{
	struct bus *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	r = sensors_create(&b->sensors, app);
	if (r < 0) {
		free(b);
		return r;
	}
	b->app = app;
	b->live = *app_live(app);
	r = app_listen(app, &(struct app_listener){
				    .said = on_said,
				    .question = on_question,
				    .breath = on_breath,
				    .changed = on_changed,
				    .ended = on_ended,
				    .data = b,
			    });
	if (r < 0) {
		bus_destroy(b);
		return r;
	}

	*ret = b;
	return 0;
}

struct bus *bus_destroy(struct bus *b)
{
	if (!b)
		return NULL;
	sensors_destroy(b->sensors);
	app_unlisten(b->app, b);
	sd_bus_slot_unref(b->slot);
	sd_bus_unref(b->on);
	free(b);
	return NULL;
}

int bus_attach(struct bus *b, struct sd_bus *on)
{
	int r = sd_bus_add_object_vtable(on, &b->slot, BUS_PATH, BUS_SESSION,
	                                 vtable, b);

	if (r < 0)
		return r;
	b->on = sd_bus_ref(on);
	return sensors_attach(b->sensors, on);
}
