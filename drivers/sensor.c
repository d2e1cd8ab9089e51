/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/sensor.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/ant.h"
#include "drivers/ble.h"
#include "drivers/file.h"
#include "drivers/pair.h"
#include "drivers/person.h"

static const struct sensor_driver *const drivers[] = {
	&ant_driver, &ble_driver, &file_driver, &pair_driver, &person_driver,
};

static const struct sensor_driver *driver_of(const char *uri,
                                             const char **ret_address)
{
	const char *colon = strchr(uri, ':');
	size_t n = colon ? (size_t)(colon - uri) : 0;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		const char *name = drivers[i]->name;

		if (n != strlen(name) || memcmp(uri, name, n) != 0)
			continue;
		*ret_address = colon + 1;
		return drivers[i];
	}
	return NULL;
}

int sensor_create(struct sensor **ret, const char *uri,
                  const struct sensor_listener *listener,
                  const struct sensor_context *context)
{
	const char *address;
	const struct sensor_driver *driver = driver_of(uri, &address);
	struct sensor *s;
	int r;

	assert(listener->beat && listener->state);
	if (!driver)
		return -EPROTONOSUPPORT;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->driver = driver;
	s->listener = *listener;
	s->context = *context;
	r = driver->open(s, address);
	if (r < 0) {
		sensor_destroy(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct sensor *sensor_destroy(struct sensor *s)
{
	if (s) {
		s->driver->close(s);
		free(s);
	}
	return NULL;
}

int sensor_step(struct sensor *s, uint64_t now_us, uint64_t *ret_next_us)
{
	if (s->driver->step)
		return s->driver->step(s, now_us, ret_next_us);
	*ret_next_us = UINT64_MAX;
	return 0;
}

int sensor_scan(struct sensor *s)
{
	return s->driver->scan ? s->driver->scan(s) : -EOPNOTSUPP;
}

void sensor_hear(struct sensor *s, const struct heard *heard)
{
	if (s->driver->hear)
		s->driver->hear(s, heard);
}

const char *sensor_state_name(enum sensor_state state)
{
	switch (state) {
	case SENSOR_SEARCHING:
		return "searching";
	case SENSOR_CONNECTED:
		return "connected";
	case SENSOR_NO_CONTACT:
		return "no_contact";
	case SENSOR_GAP:
		return "gap";
	case SENSOR_LOST:
		return "lost";
	}
	assert(!"a sensor state");
	return "lost";
}

bool sensor_known(const char *uri)
{
	const char *address;

	return driver_of(uri, &address) != NULL;
}

bool sensor_simulated(const char *uri)
{
	const char *address;
	const struct sensor_driver *driver = driver_of(uri, &address);
	char part[PAIR_PART_MAX];

	if (driver == &pair_driver)
		return pair_part(uri, 0, part) && sensor_simulated(part) &&
		       pair_part(uri, 1, part) && sensor_simulated(part);
	/* Only these live on their user's clock. */
	return driver && driver->step;
}

void sensor_list_found(char *list, size_t len, const struct sensor_found *found)
{
	size_t at = strlen(list);

	snprintf(list + at, len - at, "%s%s", at ? ", " : "", found->uri);
	at = strlen(list);
	if (found->bpm)
		snprintf(list + at, len - at, " (%u bpm)", found->bpm);
}
