/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/engine.h"
#include "audio/voice.h"
#include "base/config.h"
#include "base/paths.h"
#include "cli/bus.h"
#include "cli/doctor_ble.h"
#include "cli/load.h"
#include "cli/out.h"
#include "drivers/ant.h"
#include "drivers/file.h"
#include "drivers/pair.h"
#include "player/script.h"
#include "store/store.h"

#define RATE_HZ       48000
#define SOUND_WAIT_US 3000000 /* a sound system that answers does so sooner */

struct finding {
	bool ok;
	char text[1024];
};

__attribute__((format(printf, 3, 4))) static void
found(struct finding *f, bool ok, const char *format, ...)
{
	va_list ap;

	f->ok = ok;
	va_start(ap, format);
	vsnprintf(f->text, sizeof(f->text), format, ap);
	va_end(ap);
}

static void check_bus(struct finding *f, const struct config *config)
{
	struct error error = {0};
	struct bus bus = {0};
	int r = bus_open(&bus, &error);

	(void)config;
	if (r == 0)
		found(f, true, "session bus");
	else
		found(f, false, "%s", error.text);
	bus_close(&bus);
}

static void check_daemon(struct finding *f, const struct config *config)
{
	struct error error = {0};
	struct bus_state state;
	struct bus bus = {0};
	int r = bus_open(&bus, &error);

	(void)config;
	if (r == 0)
		r = bus_runs(&bus, &error);
	if (r > 0)
		r = bus_state(&bus, &state, &error) < 0 ? -EIO : 1;
	if (r == -ENOMEDIUM)
		found(f, false, "cannot run without a session bus");
	else if (r < 0)
		found(f, false, "%s", error.text);
	else if (r > 0)
		found(f, true, "runs, %s", state.state);
	else
		found(f, true, "not running: lull start starts it");
	bus_close(&bus);
}

static void check_store(struct finding *f, const struct config *config)
{
	struct store_error error = {0};
	struct store *s = NULL;
	char path[4096], stop[16] = "";
	struct stat st = {0};
	int r = paths_store(path, sizeof(path));

	(void)config;
	if (r < 0) {
		found(f, false, "no home folder: set HOME");
		return;
	}
	r = store_open(&s, path, STORE_READ, &error);
	if (r == -ENOENT) {
		found(f, true, "none yet: the first session makes %s", path);
	} else if (r < 0) {
		found(f, false, "%s: %s", path, error.what);
	} else if (access(path, W_OK) < 0) {
		found(f, false, "%s: %s: %s %s", path, strerror(errno),
		      errno == EROFS ? "mount its disk writable:" : "chmod u+w",
		      path);
	} else {
		stat(path, &st);
		r = store_blocked(s, stop, sizeof(stop));
		found(f, true, "%s, %.1f MB%s%s%s", path,
		      (double)st.st_size / 1e6,
		      r > 0 ? "; massage is paused (" : "", stop,
		      r > 0 ? "): lull seen, once a doctor has" : "");
	}
	store_close(s);
}

static void check_content(struct finding *f, const struct config *config)
{
	const struct content_entry *entries;
	struct content *content = NULL;
	struct error error = {0};

	(void)config;
	if (load_content(&content, &error) < 0) {
		found(f, false, "%s", error.text);
		return;
	}
	found(f, true, "%zu routine%s in %s",
	      content_routines(content, &entries),
	      content_routines(content, &entries) == 1 ? "" : "s",
	      content_dir());
	content_destroy(content);
}

/* The first line of a session by who says it there, made now: a clip that was
   kept, or a recording, would prove nothing of that. */
static int say_first(struct voice *v, const struct routine *r,
                     struct voice_take *ret)
{
	struct script_line *lines;
	size_t n;
	int e = script_make(r, &lines, &n);

	if (e < 0)
		return e;
	e = n ? voice_say(v, NULL, lines[0].text, RATE_HZ, ret) : -ENODATA;
	free(lines);
	return e;
}

static void judge_voice(struct finding *f, const struct voice *v,
                        const struct voice_take *take)
{
	bool flite = take->source == VOICE_FLITE;
	const char *const *complaints;

	if (voice_complaints(v, &complaints))
		found(f, false, "%s%s", complaints[0],
		      flite ? ": apt install festvox-us-slt-hts" : "");
	else
		found(f, true, "%s speaks: a clip of %.1f s",
		      flite ? "flite" : "the calm voice",
		      (double)take->frames / RATE_HZ);
}

static void check_voice(struct finding *f, const struct config *config)
{
	struct voice_take take = {0};
	struct routine *r = NULL;
	struct voice *v = NULL;
	struct error error = {0};
	int e;

	(void)config;
	if (load_routine(LOAD_DEFAULT, &r, &error) < 0) {
		found(f, false, "%s", error.text);
		return;
	}
	e = script_voice(&v, r, NULL);
	if (e == 0)
		e = say_first(v, r, &take);
	if (e < 0)
		found(f, false, "no speech: %s: make deps", strerror(-e));
	else
		judge_voice(f, v, &take);
	free(take.samples);
	voice_destroy(v);
	routine_destroy(r);
}

static bool cache_size(const char *path, unsigned *ret_n, double *ret_bytes)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	struct stat st;

	if (!folder)
		return false;
	while ((entry = readdir(folder))) {
		if (fstatat(dirfd(folder), entry->d_name, &st, 0) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		*ret_n += 1;
		*ret_bytes += (double)st.st_size;
	}
	closedir(folder);
	return true;
}

static void check_cache(struct finding *f, const struct config *config)
{
	double bytes = 0;
	char path[4096];
	unsigned n = 0;

	(void)config;
	if (paths_clips(path, sizeof(path)) < 0)
		found(f, false, "no home folder: set HOME");
	else if (!cache_size(path, &n, &bytes) && errno == ENOENT)
		found(f, true, "none yet: the first session makes %s", path);
	else if (access(path, R_OK | W_OK | X_OK) < 0)
		found(f, false, "%s: %s: chmod u+rwx %s", path, strerror(errno),
		      path);
	else
		found(f, true, "%s, %u clips, %.1f MB", path, n, bytes / 1e6);
}

static void check_sound(struct finding *f, const struct config *config)
{
	const struct engine_config wanted = {
		.api = config->audio_api[0] ? config->audio_api : NULL,
		.device = config->audio_device[0] ? config->audio_device : NULL,
		.rate_hz = config->audio_rate_hz,
	};
	unsigned rate_hz = 0;
	char name[256] = "";
	int r = engine_probe(&wanted, SOUND_WAIT_US, name, sizeof(name),
	                     &rate_hz);

	if (r == 0)
		found(f, true, "%s, %u Hz", name, rate_hz);
	else if (r == -ETIMEDOUT)
		found(f, false,
		      "the sound system does not answer: sessions run silent "
		      "until it does: start it anew");
	else if (wanted.api || wanted.device)
		found(f, false,
		      "no device '%s%s%s': sessions run silent: see audio: in "
		      "config.yaml",
		      config->audio_api, wanted.device ? " " : "",
		      config->audio_device);
	else
		found(f, false,
		      "no sound device: sessions run silent until there is "
		      "one: plug one in, or start JACK");
}

static void check_ant(struct finding *f, const struct config *config)
{
	uint8_t key[CONFIG_ANT_KEY];
	bool keyed = config_ant_key(config, key);
	int r = ant_check(config->sensor + 4, keyed ? key : NULL);

	if (r == 0)
		found(f, true, "%s, through an ANT+ stick that can be used",
		      config->sensor);
	else if (r == -EINVAL)
		found(f, false,
		      "%s: expected ant: or ant:12345, a device number: see "
		      "sensor: in config.yaml",
		      config->sensor);
	else
		found(f, false, "%s: %s", config->sensor,
		      ant_words(r) ? ant_words(r) : strerror(-r));
}

static void check_sensor(struct finding *f, const struct config *config);

/* Both of a pair: all of what is wrong. */
static void check_pair(struct finding *f, const struct config *config)
{
	struct config one = *config;
	struct finding found_of[2];
	char part[PAIR_PART_MAX];

	for (unsigned i = 0; i < 2; i++) {
		if (!pair_part(config->sensor, i, part)) {
			found(f, false,
			      "%s: expected two sensors, e.g. "
			      "pair:ble:A0:9E:1A:00:00:00+ant:12345: lull use",
			      config->sensor);
			return;
		}
		snprintf(one.sensor, sizeof(one.sensor), "%s", part);
		check_sensor(&found_of[i], &one);
	}
	found(f, found_of[0].ok && found_of[1].ok, "%s; %s",
	      found_of[0].ok && !found_of[1].ok ? found_of[1].text
	                                        : found_of[0].text,
	      found_of[0].ok && !found_of[1].ok ? found_of[0].text
	                                        : found_of[1].text);
}

static void check_sensor(struct finding *f, const struct config *config)
{
	struct load_error error = {0};
	const char *uri = config->sensor;
	char place[LOAD_PLACE_MAX];

	if (!*uri) {
		found(f, true,
		      "none is set: sessions go by the clock, or "
		      "lull start --sensor URI");
	} else if (strncmp(uri, "file:", 5) == 0) {
		if (file_check(uri + 5, &error) == 0)
			found(f, true, "%s", uri);
		else if (error.line)
			found(f, false, "%s: line %u: %s: mend the file", uri,
			      error.line, error.reason);
		else
			found(f, false, "%s: %s%s: choose another file", uri,
			      load_error_place(&error, place), error.reason);
	} else if (strncmp(uri, "ant:", 4) == 0) {
		check_ant(f, config);
	} else if (strncmp(uri, "pair:", 5) == 0) {
		check_pair(f, config);
	} else if (strncmp(uri, "person:", 7) == 0) {
		found(f, true, "%s, a simulated person", uri);
	} else if (strncmp(uri, "ble:", 4) == 0) {
		found(f, true, "%s, a Bluetooth strap", uri);
	} else {
		found(f, false,
		      "%s: not in this version: use ble:, ant:, file:, "
		      "person: or pair:",
		      uri);
	}
}

static void check_ble(struct finding *f, const struct config *config)
{
	const char *uri = config->sensor;
	char part[PAIR_PART_MAX];

	for (unsigned i = 0; i < 2; i++)
		if (pair_part(config->sensor, i, part) &&
		    strncmp(part, "ble:", 4) == 0) {
			uri = part;
			break;
		}
	f->ok = doctor_ble(uri, f->text, sizeof(f->text));
}

static const struct {
	const char *name;
	void (*check)(struct finding *f, const struct config *config);
} checks[] = {
	{"bus", check_bus},       {"daemon", check_daemon},
	{"store", check_store},   {"content", check_content},
	{"voice", check_voice},   {"clips", check_cache},
	{"sound", check_sound},   {"sensor", check_sensor},
	{"bluetooth", check_ble},
};
#define N_CHECKS (sizeof(checks) / sizeof(checks[0]))

static void check_config(struct finding *f, struct config *ret)
{
	struct error error = {0};
	char path[4096];
	int r = paths_config(path, sizeof(path));

	if (r < 0) {
		found(f, false, "no home folder: set HOME");
		return;
	}
	r = config_load(path, ret, &error);
	if (r < 0)
		found(f, false, "%s", error.text);
	else if (access(path, F_OK) < 0)
		found(f, true, "defaults: there is no %s", path);
	else
		found(f, true, "%s", path);
}

static void print(const char *name, const struct finding *f)
{
	bool colours = out_colours(stdout);
	char plain[1024];

	out_plain(plain, sizeof(plain), f->text);
	printf("%-9s %s%-5s%s %s\n", name,
	       out_style(f->ok ? OUT_GOOD : OUT_BAD, colours),
	       f->ok ? "ok" : "wrong", out_reset(colours), plain);
}

static void take(const char *name, const struct finding *f, json_t *rows,
                 bool *all)
{
	*all = *all && f->ok;
	if (rows)
		json_array_append_new(rows,
		                      json_pack("{ss sb ss}", "part", name,
		                                "ok", f->ok, "text", f->text));
	else
		print(name, f);
}

int doctor_run(const struct command *c, int argc, char **argv)
{
	struct config config = {0};
	struct finding f = {0};
	json_t *rows = NULL;
	struct opt_args args;
	bool json = false, all = true;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (json)
		rows = json_array();
	check_config(&f, &config);
	take("config", &f, rows, &all);
	for (size_t i = 0; i < N_CHECKS; i++) {
		checks[i].check(&f, &config);
		take(checks[i].name, &f, rows, &all);
	}
	if (json && out_json(rows) != OUT_DONE)
		return OUT_FAILED;
	return all ? OUT_DONE : OUT_FAILED;
}
