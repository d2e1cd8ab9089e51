/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/heart.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "drivers/ant.h"
#include "drivers/ble.h"
#include "drivers/file.h"

/* A coin cell holds on for some sessions from here: ours. */
#define BATTERY_LOW_PCT 15

static bool is(const char *uri, const char *scheme)
{
	return strncmp(uri, scheme, strlen(scheme)) == 0;
}

/* Whose states these are. */
static const char *source_of(const struct heart *s)
{
	return s->pair && s->sensor ? pair_lead(s->sensor) : s->uri;
}

static const char *words_of(const struct heart *s, int error)
{
	const char *uri = source_of(s);

	if (s->pair && error == -EXDEV)
		return "the two radios do not hear one heart, as far as can "
		       "be told: only one of them is used: lull use names "
		       "yours";
	return is(uri, "ble:")   ? ble_reason(error)
	       : is(uri, "ant:") ? ant_words(error)
	                         : NULL;
}

/* Which radio is heard is for who looks for a fault. */
static void mind_pair(struct heart *s)
{
	const char *lead = pair_lead(s->sensor);

	if (!s->joined && pair_joined(s->sensor)) {
		s->joined = true;
		log_line(LOG_LEVEL_INFO, "sensor: both radios hear one heart");
	}
	if (s->lead && s->lead != lead)
		log_line(LOG_LEVEL_INFO, "sensor: %s leads", lead);
	s->lead = lead;
}

static void on_beat(void *data, const struct beat *beat)
{
	struct heart *s = data;

	if (s->pair)
		mind_pair(s);
	s->listener.beat(s->listener.data, beat);
}

/* Of what a radio tells on its way, and a person can do something about. */
static void tell_once(struct heart *s, int error)
{
	const char *words = words_of(s, error);
	bool several = error == -ENOTUNIQ && s->found[0];
	char line[512];

	for (size_t i = 0; i < s->n_told; i++)
		if (s->told[i] == error)
			return;
	if (!words || !s->listener.tell || s->n_told == HEART_TOLD_MAX)
		return;
	s->told[s->n_told++] = error;
	snprintf(line, sizeof(line), "Sensor: %s%s%s", words,
	         several ? ": " : "", several ? s->found : "");
	s->listener.tell(s->listener.data, line);
}

static void on_state(void *data, enum sensor_state state, int error)
{
	struct heart *s = data;
	bool same = s->known && s->state == state;

	s->known = true;
	s->state = state;
	/* a Bluetooth link that fell once is no trouble to tell of; a reason
	 * alone is for the person, not for the session */
	if (error < 0 && (same || !is(source_of(s), "ble:")))
		tell_once(s, error);
	if (!(same && error < 0))
		s->listener.state(s->listener.data, state);
}

static void tell_battery(struct heart *s, const struct sensor_found *found)
{
	char line[128];

	if (s->battery_told || !s->listener.tell || found->battery_pct < 0 ||
	    found->battery_pct > BATTERY_LOW_PCT)
		return;
	s->battery_told = true;
	snprintf(line, sizeof(line),
	         "Sensor: its battery is at %d %%: have another at hand",
	         found->battery_pct);
	s->listener.tell(s->listener.data, line);
}

static void on_found(void *data, const struct sensor_found *found)
{
	struct heart *s = data;

	if (is(found->uri, "ble:")) /* only of the one that is connected */
		tell_battery(s, found);
	else if (is(source_of(s), "ant:"))
		sensor_list_found(s->found, sizeof(s->found), found);
}

/* A recording says which line it is. Return: whether it did. */
static bool explain_file(struct error *error, const char *uri)
{
	struct load_error why = {.line = 0};
	char place[LOAD_PLACE_MAX];

	if (strncmp(uri, "file:", 5) != 0 || file_check(uri + 5, &why) == 0)
		return false;
	if (why.line)
		error_set(error, "%s:%u: %s: mend that line", uri + 5, why.line,
		          why.reason);
	else
		error_set(error, "%s: %s%s: choose another recording", uri + 5,
		          load_error_place(&why, place), why.reason);
	return true;
}

void heart_explain(struct error *error, const char *uri, int r)
{
	if (explain_file(error, uri))
		return;
	switch (-r) {
	case ENOKEY:
		error_set(error, "sensor %s: %s", uri, ant_words(r));
		break;
	case EPROTONOSUPPORT:
		error_set(error,
		          "sensor %s: there is no driver of this name: `lull "
		          "start --help` names them",
		          uri);
		break;
	case EINVAL:
		error_set(error,
		          "sensor %s: the address makes no sense: `lull start "
		          "--help` shows how one is written",
		          uri);
		break;
	default:
		error_set(error, "sensor %s: %s: choose another with --sensor",
		          uri, strerror(-r));
	}
}

/* The other radio is listened to as well where there may be one. */
static void choose_radios(struct heart *s, const char *uri, bool ant)
{
	const char *other = is(uri, "ble:") ? "ant:" : "ble:";

	if (ant && (is(uri, "ble:") || is(uri, "ant:")))
		snprintf(s->uri, sizeof(s->uri), "pair:%s+%s", uri, other);
	else
		snprintf(s->uri, sizeof(s->uri), "%s", uri);
	s->pair = is(s->uri, "pair:");
}

int heart_open(struct heart *s, const char *uri, struct sd_event *event,
               const struct config *config,
               const struct heart_listener *listener, struct error *error)
{
	struct sensor_listener hears = {
		.beat = on_beat,
		.state = on_state,
		.found = on_found,
		.data = s,
	};
	struct sensor_context context = {.event = event, .realtime = true};
	uint8_t ant_key[CONFIG_ANT_KEY];
	int r;

	*s = (struct heart){.listener = *listener};
	if (!uri[0])
		return 0;
	if (config_ant_key(config, ant_key))
		context.ant_key = ant_key;
	choose_radios(s, uri, context.ant_key != NULL);
	r = sensor_create(&s->sensor, s->uri, &hears, &context);
	if (r == 0)
		return 0;
	heart_explain(error, uri, r);
	return r == -ENOMEM ? r : -EINVAL;
}

void heart_close(struct heart *s)
{
	s->sensor = sensor_destroy(s->sensor);
}

uint64_t heart_step(struct heart *s, uint64_t mono_us)
{
	uint64_t next_us = UINT64_MAX;
	int r;

	if (!s->sensor)
		return next_us;
	r = sensor_step(s->sensor, mono_us, &next_us);
	if (r == 0)
		return next_us;
	if (s->state != SENSOR_LOST)
		on_state(s, SENSOR_LOST, r);
	return UINT64_MAX;
}

const char *heart_state_name(const struct heart *s)
{
	return s->sensor && s->known ? sensor_state_name(s->state) : "";
}
