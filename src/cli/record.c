/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/record.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "base/config.h"
#include "base/date.h"
#include "base/paths.h"
#include "cli/bus.h"
#include "cli/load.h"
#include "cli/out.h"
#include "drivers/ant.h"
#include "drivers/ant_strap.h"
#include "drivers/ble.h"
#include "drivers/capture.h"
#include "drivers/pair.h"
#include "drivers/sensor.h"

struct record {
	const char *path, *uri;
	char first[PAIR_PART_MAX]; /* of a pair: a capture holds one radio */
	double seconds;            /* 0: until it is stopped */
	sd_event *event;
	sd_event_source *timer;
	struct sensor *sensor;
	FILE *file;
	uint64_t begun_us; /* CLOCK_MONOTONIC */
	size_t packets;
	int error;       /* of writing */
	char why[512];   /* nothing comes: in words */
	char found[256]; /* what is on the air, of several */
	struct out_bar bar;
};

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* --- what comes in ----------------------------------------------------------
 */

static void wrote(struct record *s, int r)
{
	if (r == 0)
		return;
	s->error = r;
	sd_event_exit(s->event, 0);
}

static bool is_ant(const struct record *s)
{
	return strncmp(s->uri, "ant:", 4) == 0;
}

static void on_packet(void *data, const struct sensor_packet *packet)
{
	struct record *s = data;
	struct sensor_packet at = *packet;
	uint8_t hidden[ANT_LINK_FRAME_MAX];
	bool ant = is_ant(s);

	if (ant) {
		at.len = ant_strap_hide(packet->bytes, packet->len, hidden);
		at.bytes = hidden;
	}
	at.t_us = packet->t_us > s->begun_us ? packet->t_us - s->begun_us : 0;
	s->packets++;
	wrote(s, capture_write_packet(s->file, ant ? CAPTURE_ANT : CAPTURE_BLE,
	                              &at));
	if (s->seconds > 0)
		out_bar_show(&s->bar, stderr, "recording",
		             (double)at.t_us / 1e6 / s->seconds);
}

static void on_state(void *data, enum sensor_state state, int error)
{
	struct record *s = data;
	const char *words = is_ant(s) ? ant_words(error) : NULL;

	if (strncmp(s->uri, "ble:", 4) == 0)
		words = ble_reason(error);

	/* a reason alone is no state */
	if (error == 0 || state == SENSOR_LOST)
		wrote(s, capture_write_state(s->file, now_us() - s->begun_us,
		                             state));
	/* what was heard goes on; what never was is not waited for */
	if (words && (s->packets == 0 || error == -ENODATA)) {
		bool several = error == -ENOTUNIQ && s->found[0];

		snprintf(s->why, sizeof(s->why), "%s%s%s", words,
		         several ? ": " : "", several ? s->found : "");
		sd_event_exit(s->event, 0);
	}
}

static void on_found(void *data, const struct sensor_found *found)
{
	struct record *s = data;

	if (is_ant(s)) /* the others tell of each again and again */
		sensor_list_found(s->found, sizeof(s->found), found);
}

static void on_beat(void *data, const struct beat *beat)
{
	(void)data; /* the packet holds it */
	(void)beat;
}

/* --- when -------------------------------------------------------------------
 */

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
	struct record *s = data;
	uint64_t now = now_us(), next_us, end_us = UINT64_MAX;
	int r;

	(void)usec;
	if (s->seconds > 0)
		end_us = s->begun_us + (uint64_t)(s->seconds * 1e6);
	r = sensor_step(s->sensor, now < end_us ? now : end_us, &next_us);
	if (now >= end_us || r < 0 ||
	    (next_us == UINT64_MAX && sensor_simulated(s->uri)))
		return sd_event_exit(s->event, r < 0 ? r : 0);
	if (next_us > end_us)
		next_us = end_us;
	if (next_us == UINT64_MAX)
		return 0;
	r = sd_event_source_set_time(source, next_us);
	return r < 0 ? r
	             : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_signal(sd_event_source *source,
                     const struct signalfd_siginfo *info, void *data)
{
	struct record *s = data;

	(void)source;
	(void)info;
	return sd_event_exit(s->event, 0);
}

static int make_loop(struct record *s)
{
	sigset_t set;
	int r = sd_event_new(&s->event);

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (r >= 0 && sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		r = -errno;
	if (r >= 0)
		r = sd_event_add_signal(s->event, NULL, SIGINT, on_signal, s);
	if (r >= 0)
		r = sd_event_add_signal(s->event, NULL, SIGTERM, on_signal, s);
	if (r >= 0)
		r = sd_event_add_time(s->event, &s->timer, CLOCK_MONOTONIC, 0,
		                      1000, on_timer, s);
	return r;
}

static int open_sensor(struct record *s, const struct config *config)
{
	const struct sensor_listener listener = {
		.beat = on_beat,
		.state = on_state,
		.packet = on_packet,
		.found = on_found,
		.data = s,
	};
	struct sensor_context context = {.event = s->event, .realtime = true};
	uint8_t ant_key[CONFIG_ANT_KEY];

	if (config_ant_key(config, ant_key))
		context.ant_key = ant_key;

	return sensor_create(&s->sensor, s->uri, &listener, &context);
}

/* The URI names the strap, so that only its kind is written down. */
static int write_head(struct record *s)
{
	char kind[16], date[64];
	const bool ms = strstr(s->uri, BLE_MS_OPTION);
	const char *const pairs[] = {
		"kind",
		kind,
		"origin",
		"lull record",
		"date",
		date,
		"consent",
		"mine; ask before you pass it on",
		ms ? CAPTURE_RR_KEY : NULL,
		CAPTURE_RR_MS,
		NULL,
	};

	snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(s->uri, ":"), s->uri);
	date_now(date, sizeof(date));
	s->file = fopen(s->path, "wxe");
	return s->file ? capture_write_head(s->file, pairs) : -errno;
}

/* --- the command ------------------------------------------------------------
 */

/* A daemon that plays has the strap, and we would take it away. */
static int check_daemon(struct error *error)
{
	struct bus_state state;
	struct error none = {0};
	struct bus bus = {0};
	int r = bus_open(&bus, &none);

	if (r == 0)
		r = bus_runs(&bus, &none);
	if (r > 0)
		r = bus_state(&bus, &state, &none) == 0 &&
		    strcmp(state.state, "idle") != 0;
	bus_close(&bus);
	if (r <= 0)
		return 0;
	error_set(error, "a session runs: end it first: lull stop");
	return -EBUSY;
}

static int choose(struct record *s, struct config *config, struct error *error)
{
	char path[4096];
	int r = paths_config(path, sizeof(path));

	if (r == 0)
		r = config_load(path, config, error);
	if (!s->uri)
		s->uri = config->sensor[0] ? config->sensor : "ble:";
	if (pair_part(s->uri, 0, s->first))
		s->uri = s->first;
	return r;
}

static int run(struct record *s, const struct config *config,
               struct error *error)
{
	int r = write_head(s);

	if (r < 0) {
		error_set(error, "%s: %s: choose another with -o", s->path,
		          strerror(-r));
		return r;
	}
	s->begun_us = now_us();
	r = make_loop(s);
	if (r >= 0)
		r = open_sensor(s, config);
	if (r >= 0)
		r = sd_event_loop(s->event);
	if (r == -ENOKEY)
		error_set(error, "sensor %s: %s", s->uri, ant_words(r));
	else if (r == -EPROTONOSUPPORT || r == -EINVAL)
		error_set(error,
		          "sensor %s: no such address: lull start --help "
		          "shows how one is written",
		          s->uri);
	else if (r < 0)
		error_set(error, "sensor %s: %s: lull doctor", s->uri,
		          strerror(-r));
	return r;
}

static int finish(struct record *s, int r, const struct error *error)
{
	out_bar_clear(&s->bar, stderr);
	s->sensor = sensor_destroy(s->sensor);
	sd_event_source_unref(s->timer);
	sd_event_unref(s->event);
	if (s->file && fclose(s->file) != 0 && s->error == 0)
		s->error = -errno;
	/* an empty one is of no use, and stands in the way of the next */
	if (s->file && s->packets == 0)
		unlink(s->path);
	if (s->error)
		return out_fail("record: %s: %s: make room", s->path,
		                strerror(-s->error));
	if (s->packets > 0 && s->why[0])
		return out_fail("record: %s", s->why);
	if (s->packets > 0) {
		printf("%zu packets in %s\n", s->packets, s->path);
		return OUT_DONE;
	}
	out_fail("record: %s", error->text[0] ? error->text
	                       : s->why[0]    ? s->why
	                                      : "nothing was heard: wet the "
	                                        "strap and put it on");
	return !s->file || r == -EINVAL || r == -EPROTONOSUPPORT
	               ? OUT_FAILED
	               : OUT_NO_SENSOR;
}

int record_run(const struct command *c, int argc, char **argv)
{
	struct record s = {.path = NULL};
	struct config config = {.sensor = ""};
	struct error error = {0};
	struct opt_args args;
	const struct opt opts[] = {
		{"o", OPT_TEXT, &s.path, "FILE", "a new file", 0, 0},
		{"sensor", OPT_TEXT, &s.uri, "URI",
	         "else the one that is set, else ble:", 0, 0},
		{"seconds", OPT_NUMBER, &s.seconds, "N", "for so long", 1,
	         LOAD_SECONDS_MAX},
		{0},
	};
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (!s.path) {
		out_fail("record: no file: -o FILE: see lull record --help");
		return OUT_USAGE;
	}
	out_bar_init(&s.bar, stderr);
	r = choose(&s, &config, &error);
	if (r == 0)
		r = check_daemon(&error);
	if (r == 0)
		r = run(&s, &config, &error);
	return finish(&s, r, &error);
}
