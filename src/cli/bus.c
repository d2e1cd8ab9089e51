/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/bus.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "cli/spawn.h"

#define DBUS              "org.freedesktop.DBus"
#define DBUS_PATH         "/org/freedesktop/DBus"
#define PROPERTIES        "org.freedesktop.DBus.Properties"

#define CLEANUP(function) __attribute__((cleanup(function)))

int bus_open(struct bus *b, struct error *error)
{
	int r = sd_bus_open_user(&b->bus);

	if (r >= 0)
		return 0;
	b->bus = NULL;
	error_set(error,
	          "no session bus%s%s%s: run it as `dbus-run-session -- "
	          "lull ...`",
	          r == -ENOMEDIUM ? "" : " (",
	          r == -ENOMEDIUM ? "" : strerror(-r),
	          r == -ENOMEDIUM ? "" : ")");
	return -ENOMEDIUM;
}

void bus_close(struct bus *b)
{
	b->bus = sd_bus_flush_close_unref(b->bus);
}

/* The one place where a D-Bus error becomes an errno and a line. */
static int failure(const sd_bus_error *e, int r, struct error *error)
{
	static const struct {
		const char *name;
		int error;
	} known[] = {
		{"org.lull.Lull1.Error.Busy", -EBUSY},
		{"org.lull.Lull1.Error.Blocked", -EPERM},
		{"org.lull.Lull1.Error.BadInput", -EINVAL},
		{"org.lull.Lull1.Error.NoSensor", -ENODEV},
		{"org.lull.Lull1.Error.Failed", -EIO},
	};

	if (sd_bus_error_has_name(e, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(e, SD_BUS_ERROR_NAME_HAS_NO_OWNER)) {
		error_set(error, "no daemon runs: lull start");
		return -ESRCH;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!sd_bus_error_has_name(e, known[i].name))
			continue;
		error_set(error, "%s", e->message ? e->message : "refused");
		return known[i].error;
	}
	error_set(error, "the daemon does not answer: %s: lull doctor",
	          e->message ? e->message : strerror(-r));
	return -EIO;
}

/* A call never wakes a daemon up: bus_ensure() does, for those that may. */
int bus_call(struct bus *b, sd_bus_message *m, uint64_t us,
             sd_bus_message **ret, struct error *error)
{
	sd_bus_error e CLEANUP(sd_bus_error_free) = SD_BUS_ERROR_NULL;
	int r = sd_bus_message_set_auto_start(m, false);

	if (r >= 0)
		r = sd_bus_call(b->bus, m, us, &e, ret);
	return r < 0 ? failure(&e, r, error) : 0;
}

int bus_method(struct bus *b, const char *interface, const char *name,
               sd_bus_message **ret, struct error *error)
{
	int r = sd_bus_message_new_method_call(b->bus, ret, BUS_NAME, BUS_PATH,
	                                       interface, name);

	if (r < 0)
		error_set(error, "bus: %s: lull doctor", strerror(-r));
	return r < 0 ? -EIO : 0;
}

int bus_runs(struct bus *b, struct error *error)
{
	sd_bus_message *reply CLEANUP(sd_bus_message_unrefp) = NULL;
	sd_bus_error e CLEANUP(sd_bus_error_free) = SD_BUS_ERROR_NULL;
	int owned, r;

	r = sd_bus_call_method(b->bus, DBUS, DBUS_PATH, DBUS, "NameHasOwner",
	                       &e, &reply, "s", BUS_NAME);
	if (r >= 0)
		r = sd_bus_message_read(reply, "b", &owned);
	return r < 0 ? failure(&e, r, error) : owned;
}

int bus_ensure(struct bus *b, struct error *error)
{
	sd_bus_error e CLEANUP(sd_bus_error_free) = SD_BUS_ERROR_NULL;
	int r = bus_runs(b, error);

	if (r != 0)
		return r < 0 ? r : 0;
	r = sd_bus_call_method(b->bus, DBUS, DBUS_PATH, DBUS,
	                       "StartServiceByName", &e, NULL, "su", BUS_NAME,
	                       UINT32_C(0));
	if (r >= 0)
		return 0;
	/* Not installed as a service here, or that failed: beside us, then. */
	r = spawn_daemon(b->bus, BUS_NAME, error);
	/* another client may have been quicker by a moment */
	return r < 0 && bus_runs(b, NULL) > 0 ? 0 : r;
}

static int append_option(sd_bus_message *m, const char *key, const char *type,
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

static int append_start(sd_bus_message *m, const char *routine,
                        const struct bus_start *s)
{
	int yes = 1, step = s->from_step;
	int r = sd_bus_message_append_basic(m, 's', routine);

	if (r >= 0)
		r = sd_bus_message_open_container(m, 'a', "{sv}");
	if (r >= 0)
		r = append_option(m, "ask", "b", &yes);
	if (r >= 0 && s->sensor)
		r = append_option(m, "sensor", "s", s->sensor);
	if (r >= 0 && s->talk)
		r = append_option(m, "talk", "s", s->talk);
	if (r >= 0 && s->mode)
		r = append_option(m, "mode", "s", s->mode);
	if (r >= 0 && s->no_audio)
		r = append_option(m, "no_audio", "b", &yes);
	if (r >= 0 && s->slow)
		r = append_option(m, "slow", "b", &yes);
	if (r >= 0 && s->from_step)
		r = append_option(m, "from_step", "i", &step);
	if (r >= 0 && s->seconds > 0)
		r = append_option(m, "seconds", "d", &s->seconds);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

void bus_prepare(struct bus *b)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;

	if (bus_method(b, BUS_SESSION, "Prepare", &m, NULL) < 0 ||
	    sd_bus_message_set_auto_start(m, false) < 0 ||
	    sd_bus_message_set_expect_reply(m, false) < 0 ||
	    sd_bus_send(b->bus, m, NULL) < 0)
		return;
	(void)sd_bus_flush(b->bus);
}

int bus_start(struct bus *b, const char *routine, const struct bus_start *s,
              struct error *error)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	int r = bus_method(b, BUS_SESSION, "Start", &m, error);

	if (r < 0)
		return r;
	r = append_start(m, routine, s);
	if (r < 0) {
		error_set(error, "bus: %s: use plain text", strerror(-r));
		return -EINVAL;
	}
	return bus_call(b, m, 0, NULL, error);
}

int bus_command(struct bus *b, const char *word, struct error *error)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	int r = bus_method(b, BUS_SESSION, "Command", &m, error);

	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "s", word);
	return r < 0 ? -EINVAL : bus_call(b, m, 0, NULL, error);
}

int bus_answer(struct bus *b, const char *id, const char *value,
               struct error *error)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	int r = bus_method(b, BUS_SESSION, "Answer", &m, error);

	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "sv", id, "s", value);
	if (r < 0) {
		error_set(error, "%s: use plain text", strerror(-r));
		return -EINVAL;
	}
	return bus_call(b, m, 0, NULL, error);
}

void bus_state_init(struct bus_state *s)
{
	*s = (struct bus_state){
		.step_left_s = NAN,
		.left_s = NAN,
		.hr_bpm = NAN,
		.calm = NAN,
		.pace = NAN,
		.wave = NAN,
		.breaths_per_min = NAN,
	};
}

#define FIELD(name, type, member)                                              \
	{                                                                      \
		name, type, offsetof(struct bus_state, member),                \
			sizeof(((struct bus_state *)NULL)->member)             \
	}

static const struct field {
	const char *name;
	char type;
	size_t offset, size;
} fields[] = {
	FIELD("State", 's', state),
	FIELD("Mode", 's', mode),
	FIELD("Routine", 's', routine),
	FIELD("Asked", 's', asked),
	FIELD("CalmState", 's', calm_state),
	FIELD("Quality", 's', quality),
	FIELD("Sensor", 's', sensor),
	FIELD("SensorState", 's', sensor_state),
	FIELD("Step", 's', step),
	FIELD("Message", 's', message),
	FIELD("Result", 's', result),
	FIELD("Stop", 's', stop),
	FIELD("StepNumber", 'i', step_n),
	FIELD("Pressure", 'i', pressure),
	FIELD("StepSecondsLeft", 'd', step_left_s),
	FIELD("SecondsLeft", 'd', left_s),
	FIELD("HeartRate", 'd', hr_bpm),
	FIELD("Calm", 'd', calm),
	FIELD("Pace", 'd', pace),
	FIELD("Wave", 'd', wave),
	FIELD("BreathsPerMinute", 'd', breaths_per_min),
	FIELD("SessionId", 't', session),
};

static const struct field *field_of(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

/* One `sv` entry, its container entered; a name we do not know is skipped. */
static int take_entry(sd_bus_message *m, struct bus_state *s)
{
	const struct field *f;
	const char *name, *type, *text;
	char kind;
	void *at;
	int r = sd_bus_message_read_basic(m, 's', &name);

	if (r < 0)
		return r;
	f = field_of(name);
	r = sd_bus_message_peek_type(m, &kind, &type);
	if (r < 0)
		return r;
	if (!f || kind != 'v' || type[0] != f->type)
		return sd_bus_message_skip(m, "v");

	r = sd_bus_message_enter_container(m, 'v', type);
	if (r < 0)
		return r;
	at = (char *)s + f->offset;
	if (f->type == 's') {
		r = sd_bus_message_read_basic(m, 's', &text);
		if (r >= 0)
			snprintf(at, f->size, "%s", text);
	} else {
		r = sd_bus_message_read_basic(m, f->type, at);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

int bus_state_take(sd_bus_message *m, struct bus_state *s)
{
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	while (r >= 0) {
		r = sd_bus_message_enter_container(m, 'e', "sv");
		if (r == 0)
			break;
		if (r > 0)
			r = take_entry(m, s);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

int bus_state(struct bus *b, struct bus_state *ret, struct error *error)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	sd_bus_message *reply CLEANUP(sd_bus_message_unrefp) = NULL;
	struct bus_state state;
	int r = bus_method(b, PROPERTIES, "GetAll", &m, error);

	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "s", BUS_SESSION);
	if (r < 0)
		return -EIO;
	r = bus_call(b, m, 0, &reply, error);
	if (r < 0)
		return r;

	bus_state_init(&state);
	if (bus_state_take(reply, &state) < 0) {
		error_set(error, "the daemon speaks another version: stop it "
		                 "and start this one: lull start");
		return -EIO;
	}
	*ret = state;
	return 0;
}

int bus_status(int error)
{
	switch (error) {
	case 0:
		return OUT_DONE;
	case -ENOMEDIUM:
	case -ESRCH:
		return OUT_NO_DAEMON;
	case -EPERM:
		return OUT_BLOCKED;
	case -ENODEV:
		return OUT_NO_SENSOR;
	default:
		return OUT_FAILED;
	}
}
