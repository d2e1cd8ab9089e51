/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/setup.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/date.h"
#include "base/paths.h"
#include "content/content.h"
#include "drivers/sensor.h"
#include "player/memory.h"
#include "store/before.h"
#include "store/change.h"
#include "store/store.h"

#define DAY_S 86400

void setup_options_init(struct setup_options *o)
{
	*o = (struct setup_options){.ask = true};
}

static int read_config(struct config *ret, struct error *error)
{
	char path[PATH_MAX];
	int r = paths_config(path, sizeof(path));

	if (r < 0) {
		error_set(error, "no home folder: set HOME");
		return r;
	}
	r = config_load(path, ret, error);
	return r < 0 ? -EIO : 0;
}

static int read_routine(const char *id, struct routine **ret,
                        struct error *error)
{
	struct content *content = NULL;
	char own[PATH_MAX];
	int r = paths_own(own, sizeof(own));

	r = content_load(&content, content_dir(), r == 0 ? own : NULL, error);
	if (r < 0)
		return -EIO;
	r = content_routine(content, id, ret, error);
	if (r == -ENOENT)
		error_set(error,
		          "routine %s: there is none of this name: `lull "
		          "routines` lists them",
		          id);
	content_destroy(content);
	return r == -ENOMEM || r == 0 ? r : -EINVAL;
}

static bool routine_touches(const struct routine *r)
{
	for (size_t i = 0; i < r->n_steps; i++) {
		const struct technique *t = routine_technique(r, &r->steps[i]);

		if (t && (t->pressure_max > 0 || t->neck))
			return true;
	}
	return false;
}

static uint32_t flags_of(char *names)
{
	uint32_t bits = 0;
	char *rest = names, *name;
	enum flag flag;

	while ((name = strsep(&rest, ",")))
		if (flag_from(name, &flag) == 0)
			bits |= flag_bit(flag);
	return bits;
}

static int read_profile(struct setup *s, struct store *store)
{
	struct session_profile *p = &s->start.profile;
	struct store_use uses[sizeof(p->uses) / sizeof(p->uses[0])];
	char flags[512];
	int r = store_profile(store, time(NULL), flags, sizeof(flags),
	                      &p->flags_known, &p->sessions);

	if (r < 0)
		return r;
	p->flags = flags_of(flags);
	/* asked anew, so that an old yes can become a no */
	if (s->start.settings.ask && !p->flags_known)
		p->flags = 0;
	r = store_uses(store, uses, sizeof(uses) / sizeof(uses[0]), &p->n_uses);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n_uses; i++) {
		struct session_use *use = &p->uses[i];

		snprintf(use->technique, sizeof(use->technique), "%.*s",
		         (int)sizeof(use->technique) - 1, uses[i].technique);
		use->uses = uses[i].uses;
		use->rating = uses[i].rating;
		use->today = time(NULL) - uses[i].last_s < DAY_S;
	}
	return memory_profile(store, s->routine->id,
	                      config_memory_s(&s->config), time(NULL), p);
}

_Static_assert(CHANGE_HR_BPM == SESSION_NOISE_HR_BPM &&
                       CHANGE_RMSSD_PCT == SESSION_NOISE_RMSSD_PCT,
               "what is spoken and what is shown begin at the same noise");

/* What is spoken at the end is what lull show will say of it, as long as
   nothing is said of what was before the session. */
static int read_noise(struct setup *s, struct store *store)
{
	struct store_session row = {.id = INT64_MAX, .before = BEFORE_NOT_SAID};
	struct session_start *start = &s->start;
	struct change_band band;
	int r;

	snprintf(row.routine, sizeof(row.routine), "%s", s->routine->id);
	snprintf(row.start, sizeof(row.start), "%s", start->start);
	row.simulated = !start->sensor[0] || sensor_simulated(start->sensor);
	row.attack = session_mode_of(start) == SESSION_ATTACK;
	r = change_band_before(store, &row, config_memory_s(&s->config), &band);
	if (r < 0)
		return r;
	start->profile.noise_hr_bpm = band.hr_bpm;
	start->profile.noise_rmssd_pct = band.rmssd_pct;
	return 0;
}

static int ask_store(struct setup *s, struct store *store, struct error *error)
{
	char stop[16] = "";
	int r = store_blocked(store, stop, sizeof(stop));

	if (r > 0 && routine_touches(s->routine)) {
		error_set(error,
		          "massage is paused: an answer was a red flag (%s), "
		          "which a doctor should see: once one has, say: lull "
		          "seen",
		          stop);
		return -EPERM;
	}
	if (r >= 0)
		r = read_profile(s, store);
	if (r >= 0)
		r = read_noise(s, store);
	if (r < 0) {
		error_set(error, "store: %s", store_message(store));
		return -EIO;
	}
	return 0;
}

/* A store that cannot be used does not cost the person the session, but for
   one that a newer version wrote: what it knows of red flags cannot be read. */
static int use_store(struct setup *s, const char *path, struct live *live,
                     struct error *error)
{
	struct store_error why = {""};
	struct store *store = NULL;
	int r = store_open(&store, path, STORE_WRITE, &why);

	s->keep = r == 0;
	if (r == -EPROTO || r == -ENOMEM) {
		error_set(error, "%s", why.what);
		return -EIO;
	}
	if (r < 0) {
		live_tell(live, "This session will not be kept: %s", why.what);
		r = store_open(&store, path, STORE_READ, NULL);
		if (r < 0)
			return 0;
	}
	r = ask_store(s, store, error);
	store_close(store);
	return r;
}

static int choose_talk(struct setup *s, const struct setup_options *o,
                       struct error *error)
{
	const char *talk = o->talk[0] ? o->talk : s->config.talk;

	if (!talk[0] || verbosity_from(talk, &s->start.settings.talk) == 0)
		return 0;
	error_set(
		error,
		"talk %s: there is no such: one of auto, full, brief, minimal",
		talk);
	return -EINVAL;
}

static void choose_sound(struct session_sound *ret, const struct config *c)
{
	snprintf(ret->pacer, sizeof(ret->pacer), "%s", c->pacer);
	snprintf(ret->bed, sizeof(ret->bed), "%s", c->bed);
	snprintf(ret->music, sizeof(ret->music), "%s", c->music);
	ret->migraine = strcmp(c->migraine, "yes") == 0;
	ret->pause_in_pct = c->pause_in_pct;
	ret->pause_out_pct = c->pause_out_pct;
}

static int choose_mode(struct setup *s, const struct setup_options *o,
                       struct error *error)
{
	if (!o->mode[0] ||
	    session_mode_from(o->mode, &s->start.settings.mode) == 0)
		return 0;
	error_set(error,
	          "mode %s: there is no such: one of auto, tension, attack, "
	          "signs, between, night",
	          o->mode);
	return -EINVAL;
}

static int choose(struct setup *s, const struct setup_options *o,
                  struct error *error)
{
	struct session_settings *set = &s->start.settings;

	if (o->from_step && routine_step(s->routine, o->from_step) < 0) {
		error_set(error,
		          "from_step %d: %s has no such step: lull routine "
		          "show %s",
		          o->from_step, s->routine->id, s->routine->id);
		return -EINVAL;
	}
	if (!isfinite(o->seconds) || o->seconds < 0.0) {
		error_set(error, "seconds %g: expected 0 (the whole) or more",
		          o->seconds);
		return -EINVAL;
	}
	set->ask = o->ask;
	set->slow = o->slow;
	set->from_step = o->from_step;
	set->seconds = o->seconds;
	set->inhale_pct = s->config.inhale_pct;
	set->master_db = s->config.master_db;
	set->voice_db = s->config.voice_db;
	set->breath_db = s->config.breath_db;
	set->bed_db = s->config.bed_db;
	choose_sound(&set->sound, &s->config);
	if (s->config.worse_side[0])
		event_side_from(s->config.worse_side,
		                &s->start.profile.worse_side);
	return choose_mode(s, o, error) < 0 ? -EINVAL
	                                    : choose_talk(s, o, error);
}

static int fill_start(struct setup *s, const struct setup_options *o,
                      struct error *error)
{
	struct session_start *start = &s->start;
	const char *sensor = o->sensor_given ? o->sensor : s->config.sensor;

	snprintf(start->engine, sizeof(start->engine), SESSION_ENGINE);
	start->routine = s->routine;
	snprintf(start->sensor, sizeof(start->sensor), "%s", sensor);
	date_now(start->start, sizeof(start->start));
	return choose(s, o, error);
}

/* 53 bits, which every reader of JSON keeps. */
static uint64_t any_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		seed = (uint64_t)time(NULL) << 11;
	return seed >> 11;
}

int setup_begin(struct setup *ret, const struct setup_options *options,
                struct error *error)
{
	struct setup s = {.keep = false};
	int r = read_config(&s.config, error);

	if (r < 0)
		return r;
	session_start_init(&s.start);
	s.start.seed = options->seed_given ? options->seed : any_seed();

	*ret = s;
	return 0;
}

int setup_make(struct setup *s, const char *routine,
               const struct setup_options *options, const char *store,
               struct live *live, struct error *error)
{
	int r = read_routine(routine, &s->routine, error);

	if (r == 0)
		r = fill_start(s, options, error);
	if (r == 0)
		r = use_store(s, store, live, error);
	if (r < 0)
		setup_finish(s);
	return r;
}

void setup_finish(struct setup *s)
{
	s->routine = routine_destroy(s->routine);
}
