/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/journal.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "content/content.h"
#include "player/reader.h"
#include "player/text.h"

/* A first line carries a whole routine. */
#define LINE_MAX_BYTES (4 * 1024 * 1024)
#define PER_MIN_MAX    60.0
#define NOISE_MAX_BPM  300.0
#define NOISE_MAX_PCT  1e6
#define LEVEL_MIN_DB   (-121.0) /* off; config.yaml goes to -60 */
#define PAUSE_MAX      20.0     /* as in config.yaml */

static void put_flags(struct text *x, uint32_t flags)
{
	bool first = true;

	text_raw(x, "\"flags\":[");
	for (int i = 0; i < FLAGS; i++) {
		if (!(flags & flag_bit((enum flag)i)))
			continue;
		if (!first)
			text_raw(x, ",");
		text_string(x, flag_name((enum flag)i));
		first = false;
	}
	text_raw(x, "]");
}

static void put_settled(struct text *x, const struct session_use *use)
{
	if (use->settled_n == 0)
		return;
	text_raw(x, ",\"settled\":{\"n\":");
	text_integer(x, use->settled_n);
	text_raw(x, ",\"mean\":");
	text_number(x, use->settled);
	text_raw(x, ",\"low\":");
	text_number(x, use->settled_low);
	text_raw(x, ",\"high\":");
	text_number(x, use->settled_high);
	text_raw(x, "}");
}

static void put_uses(struct text *x, const struct session_profile *p)
{
	text_raw(x, "\"uses\":{");
	for (size_t i = 0; i < p->n_uses; i++) {
		if (i > 0)
			text_raw(x, ",");
		text_string(x, p->uses[i].technique);
		text_raw(x, ":{\"uses\":");
		text_integer(x, p->uses[i].uses);
		text_raw(x, ",\"rating\":");
		text_number(x, p->uses[i].rating);
		text_raw(x, ",\"today\":");
		text_raw(x, p->uses[i].today ? "true" : "false");
		put_settled(x, &p->uses[i]);
		text_raw(x, "}");
	}
	text_raw(x, "}");
}

static void put_firm(struct text *x, const struct session_profile *p)
{
	text_raw(x, ",\"firm\":{");
	for (size_t i = 0; i < p->n_firm; i++) {
		if (i > 0)
			text_raw(x, ",");
		text_string(x, p->firm[i].area);
		text_raw(x, ":");
		text_number(x, p->firm[i].hours);
	}
	text_raw(x, "}");
}

static void put_profile(struct text *x, const struct session_profile *p)
{
	text_raw(x, ",\"profile\":{");
	put_flags(x, p->flags);
	text_raw(x, ",\"flags_known\":");
	text_raw(x, p->flags_known ? "true" : "false");
	text_raw(x, ",\"sessions\":");
	text_integer(x, p->sessions);
	text_raw(x, ",\"resonance\":");
	text_number(x, p->resonance_per_min);
	text_raw(x, ",\"resonance_at\":");
	text_string(x, p->resonance_at);
	text_raw(x, ",\"tuned_today\":");
	text_raw(x, p->tuned_today ? "true" : "false");
	text_raw(x, ",\"noise_hr_bpm\":");
	text_number(x, p->noise_hr_bpm);
	text_raw(x, ",\"noise_rmssd_pct\":");
	text_number(x, p->noise_rmssd_pct);
	text_raw(x, ",\"worse_side\":");
	text_string(x, event_side_name(p->worse_side));
	put_firm(x, p);
	text_raw(x, ",");
	put_uses(x, p);
	text_raw(x, "}");
}

static void put_sound(struct text *x, const struct session_sound *s)
{
	text_raw(x, ",\"sound\":{\"pacer\":");
	text_string(x, s->pacer);
	text_raw(x, ",\"bed\":");
	text_string(x, s->bed);
	text_raw(x, ",\"music\":");
	text_string(x, s->music);
	text_raw(x, ",\"migraine\":");
	text_raw(x, s->migraine ? "true" : "false");
	text_raw(x, ",\"pause_in_pct\":");
	text_number(x, s->pause_in_pct);
	text_raw(x, ",\"pause_out_pct\":");
	text_number(x, s->pause_out_pct);
	text_raw(x, "}");
}

static void put_settings(struct text *x, const struct session_settings *s)
{
	text_raw(x, ",\"settings\":{\"mode\":");
	text_string(x, session_mode_name(s->mode));
	text_raw(x, ",\"talk\":");
	text_string(x, verbosity_name(s->talk));
	text_raw(x, ",\"ask\":");
	text_raw(x, s->ask ? "true" : "false");
	text_raw(x, ",\"slow\":");
	text_raw(x, s->slow ? "true" : "false");
	text_raw(x, ",\"inhale_pct\":");
	text_number(x, s->inhale_pct);
	text_raw(x, ",\"from_step\":");
	text_integer(x, s->from_step);
	text_raw(x, ",\"seconds\":");
	text_number(x, s->seconds);
	text_raw(x, ",\"master_db\":");
	text_number(x, s->master_db);
	text_raw(x, ",\"voice_db\":");
	text_number(x, s->voice_db);
	text_raw(x, ",\"breath_db\":");
	text_number(x, s->breath_db);
	text_raw(x, ",\"bed_db\":");
	text_number(x, s->bed_db);
	put_sound(x, &s->sound);
	text_raw(x, "}");
}

/* `cue.start/full`, and `cue.start/full/2` for another wording. */
static void clip_name(char *ret, size_t len, const struct session_clip *clip)
{
	int n = snprintf(ret, len, "%s/%s", clip->phrase,
	                 variant_name(clip->variant));

	if (clip->wording > 0)
		snprintf(ret + n, len - (size_t)n, "/%d", clip->wording + 1);
}

static void put_clips(struct text *x, const struct session_clip *clips,
                      size_t n)
{
	char name[EVENT_ID_MAX + 32];

	text_raw(x, ",\"clips\":{");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			text_raw(x, ",");
		clip_name(name, sizeof(name), &clips[i]);
		text_string(x, name);
		text_raw(x, ":");
		text_integer(x, clips[i].ms);
	}
	text_raw(x, "}");
}

int journal_write_start(const struct session_start *start, char **ret)
{
	char *routine, seed[24];
	struct text x = {0};
	int r = content_to_json(start->routine, &routine);

	if (r < 0)
		return r;
	text_raw(&x, "{\"kind\":\"session\",\"format\":1,\"engine\":");
	text_string(&x, start->engine);
	text_raw(&x, ",\"routine\":");
	text_raw(&x, routine);
	text_raw(&x, ",\"content_sha\":");
	text_string(&x, start->routine->content_sha);
	put_profile(&x, &start->profile);
	put_settings(&x, &start->settings);
	put_clips(&x, start->clips, start->n_clips);
	/* as a string: JSON readers lose whole numbers of 64 bits */
	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)start->seed);
	text_raw(&x, ",\"seed\":");
	text_string(&x, seed);
	text_raw(&x, ",\"start\":");
	text_string(&x, start->start);
	text_raw(&x, ",\"sensor\":");
	text_string(&x, start->sensor);
	text_raw(&x, "}");
	free(routine);
	return text_take(&x, ret);
}

static void read_flags(struct reader *r, uint32_t *ret)
{
	const json_t *flags = reader_take(r, "flags");
	enum flag flag;

	if (flags && !json_is_array(flags))
		reader_fault(r, "flags", "expected a list");
	for (size_t i = 0; !r->failed && i < json_array_size(flags); i++) {
		const char *name = json_string_value(json_array_get(flags, i));

		if (!name || flag_from(name, &flag) < 0)
			reader_unknown(r, "flags", name ? name : "");
		else
			*ret |= flag_bit(flag);
	}
}

/* The first files did not hold this: nothing was remembered. */
static void read_settled(struct reader *r, struct session_use *use)
{
	struct reader below;

	if (!reader_has(r, "settled"))
		return;
	below = reader_object(r, "settled", "profile.uses.settled.");
	use->settled_n = (unsigned)reader_integer(&below, "n", 1, INT_MAX);
	use->settled = reader_figure(&below, "mean");
	use->settled_low = reader_figure(&below, "low");
	use->settled_high = reader_figure(&below, "high");
	r->failed |= below.failed;
}

static void read_uses(struct reader *r, struct session_profile *p)
{
	const size_t max = sizeof(p->uses) / sizeof(p->uses[0]);
	struct reader uses = reader_object(r, "uses", "profile.uses.");
	const char *key;
	json_t *value;

	if (json_object_size(uses.object) > max) {
		reader_fault(r, "uses", "expected at most %zu", max);
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)uses.object, key, value) {
		struct session_use *use = &p->uses[p->n_uses++];
		struct reader one = reader_object(&uses, key, "profile.uses.");

		if (strlen(key) >= sizeof(use->technique))
			reader_fault(&one, key, "is too long");
		else
			strcpy(use->technique, key);
		use->uses = (int)reader_integer(&one, "uses", 0, INT_MAX);
		use->rating = reader_figure(&one, "rating");
		use->today =
			reader_has(&one, "today") && reader_bool(&one, "today");
		read_settled(&one, use);
		uses.failed |= one.failed;
	}
	r->failed |= uses.failed;
}

/* Nor this: nowhere had anybody pressed. */
static void read_firm(struct reader *r, struct session_profile *p)
{
	struct reader below;
	const char *key;
	json_t *value;

	if (!reader_has(r, "firm"))
		return;
	below = reader_object(r, "firm", "profile.firm.");
	if (json_object_size(below.object) > SESSION_FIRM_MAX) {
		reader_fault(r, "firm", "expected at most %d",
		             SESSION_FIRM_MAX);
		return;
	}
	json_object_foreach ((json_t *)(uintptr_t)below.object, key, value) {
		struct session_firm *firm = &p->firm[p->n_firm++];

		if (strlen(key) >= sizeof(firm->area))
			reader_fault(&below, key, "is too long");
		else
			strcpy(firm->area, key);
		firm->hours = reader_number(&below, key, 0, HUGE_VAL);
	}
	r->failed |= below.failed;
}

/* Before the result was spoken there was none in the first line. */
static double read_noise(struct reader *r, const char *key, double max,
                         double usual)
{
	return reader_has(r, key) ? reader_number(r, key, 0, max) : usual;
}

static void read_profile(struct reader *r, struct session_profile *p)
{
	struct reader below = reader_object(r, "profile", "profile.");
	const char *side;

	read_flags(&below, &p->flags);
	p->flags_known = reader_bool(&below, "flags_known");
	p->sessions = (int)reader_integer(&below, "sessions", 0, INT_MAX);
	p->resonance_per_min =
		reader_number(&below, "resonance", 0, PER_MIN_MAX);
	if (reader_has(&below, "resonance_at")) /* nor this */
		reader_copy(&below, "resonance_at", p->resonance_at,
		            sizeof(p->resonance_at));
	p->tuned_today = reader_has(&below, "tuned_today") &&
	                 reader_bool(&below, "tuned_today");
	p->noise_hr_bpm = read_noise(&below, "noise_hr_bpm", NOISE_MAX_BPM,
	                             SESSION_NOISE_HR_BPM);
	p->noise_rmssd_pct = read_noise(&below, "noise_rmssd_pct",
	                                NOISE_MAX_PCT, SESSION_NOISE_RMSSD_PCT);
	side = reader_string(&below, "worse_side");
	if (event_side_from(side, &p->worse_side) < 0)
		reader_unknown(&below, "worse_side", side);
	read_firm(&below, p);
	read_uses(&below, p);
	r->failed |= below.failed;
}

/* The first files did not hold these: then all was heard at full level. */
static double read_level(struct reader *r, const char *key)
{
	return reader_has(r, key) ? reader_number(r, key, LEVEL_MIN_DB, 0) : 0;
}

static void read_name(struct reader *r, const char *key, char *ret, size_t len)
{
	const char *name = reader_string(r, key);

	if (strlen(name) >= len)
		reader_unknown(r, key, name);
	else
		memcpy(ret, name, strlen(name) + 1);
}

/* Nor did they hold this. */
static void read_sound(struct reader *r, struct session_sound *s)
{
	struct reader below;

	if (!reader_has(r, "sound"))
		return;
	below = reader_object(r, "sound", "settings.sound.");
	read_name(&below, "pacer", s->pacer, sizeof(s->pacer));
	read_name(&below, "bed", s->bed, sizeof(s->bed));
	read_name(&below, "music", s->music, sizeof(s->music));
	s->migraine = reader_bool(&below, "migraine");
	s->pause_in_pct = reader_number(&below, "pause_in_pct", 0, PAUSE_MAX);
	s->pause_out_pct = reader_number(&below, "pause_out_pct", 0, PAUSE_MAX);
	r->failed |= below.failed;
}

static void read_settings(struct reader *r, struct session_settings *s)
{
	struct reader below = reader_object(r, "settings", "settings.");
	const char *talk = reader_string(&below, "talk");
	/* the first files knew no kinds of day */
	const char *mode = reader_has(&below, "mode")
	                           ? reader_string(&below, "mode")
	                           : session_mode_name(SESSION_MODE_AUTO);

	if (session_mode_from(mode, &s->mode) < 0)
		reader_unknown(&below, "mode", mode);
	if (verbosity_from(talk, &s->talk) < 0)
		reader_unknown(&below, "talk", talk);
	s->ask = reader_bool(&below, "ask");
	/* the first files did not hold this */
	s->slow = reader_has(&below, "slow") && reader_bool(&below, "slow");
	s->inhale_pct = reader_number(&below, "inhale_pct", 0, 100);
	s->from_step = (int)reader_integer(&below, "from_step", 0, INT_MAX);
	s->seconds = reader_number(&below, "seconds", 0, READER_TIME_MAX_S);
	s->master_db = reader_number(&below, "master_db", LEVEL_MIN_DB, 0);
	s->voice_db = read_level(&below, "voice_db");
	s->breath_db = read_level(&below, "breath_db");
	s->bed_db = read_level(&below, "bed_db");
	read_sound(&below, &s->sound);
	r->failed |= below.failed;
}

/* `full`, or `full/2` */
static bool read_variant(const char *text, struct session_clip *clip)
{
	size_t len = strcspn(text, "/");
	char name[16];

	if (len >= sizeof(name))
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	if (variant_from(name, &clip->variant) < 0)
		return false;
	if (!text[len])
		return true;
	/* one digit, and no more than there can be */
	clip->wording = text[len + 1] - '1';
	return clip->wording > 0 && clip->wording < PHRASE_WORDINGS &&
	       !text[len + 2];
}

static void read_clip(struct reader *r, const char *key,
                      struct session_clip *clip)
{
	const char *slash = strchr(key, '/');
	const json_t *ms = json_object_get(r->object, key);

	if (!slash || (size_t)(slash - key) >= sizeof(clip->phrase) ||
	    !read_variant(slash + 1, clip)) {
		reader_fault(r, key, "expected PHRASE/VARIANT");
		return;
	}
	memcpy(clip->phrase, key, (size_t)(slash - key));
	if (!json_is_integer(ms) || json_integer_value(ms) < 1 ||
	    json_integer_value(ms) > UINT32_MAX) {
		reader_fault(r, key, "expected milliseconds above 0");
		return;
	}
	clip->ms = (uint32_t)json_integer_value(ms);
}

static int read_clips(struct reader *r, struct session_clip **ret, size_t *n)
{
	struct reader below = reader_object(r, "clips", "clips.");
	size_t size = json_object_size(below.object), i = 0;
	struct session_clip *clips;
	const char *key;
	json_t *value;

	if (below.failed || size == 0)
		return 0;
	clips = calloc(size, sizeof(*clips));
	if (!clips)
		return -ENOMEM;
	json_object_foreach ((json_t *)(uintptr_t)below.object, key, value)
		read_clip(&below, key, &clips[i++]);
	r->failed |= below.failed;
	*ret = clips;
	*n = size;
	return 0;
}

static uint64_t read_seed(struct reader *r)
{
	const char *text = reader_string(r, "seed");
	char *end;
	uint64_t seed;

	errno = 0;
	seed = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno != 0)
		reader_fault(r, "seed", "expected a whole number as a text");
	return seed;
}

static int read_routine(struct reader *r, struct routine **ret)
{
	const json_t *value = reader_take(r, "routine");
	struct routine *routine = NULL;
	struct error why = {.text = ""};
	const char *sha;
	char *text;
	int result;

	if (!value)
		return 0;
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	if (!text)
		return -ENOMEM;
	result = content_from_json(text, strlen(text), &routine, &why);
	free(text);
	if (result == -ENOMEM)
		return result;
	if (result < 0) {
		reader_fault(r, "routine", "%.180s", why.text);
		return 0;
	}
	*ret = routine;
	sha = reader_string(r, "content_sha");
	if (strlen(sha) >= sizeof(routine->content_sha))
		reader_fault(r, "content_sha", "is too long");
	else
		strcpy(routine->content_sha, sha);
	return 0;
}

static int read_start(struct reader *r, struct journal_start *s)
{
	const char *kind = reader_string(r, "kind");
	int result;

	if (strcmp(kind, "session") != 0)
		reader_fault(r, "kind", "expected \"session\"");
	(void)reader_integer(r, "format", 1, 1);
	reader_copy(r, "engine", s->start.engine, sizeof(s->start.engine));
	read_profile(r, &s->start.profile);
	read_settings(r, &s->start.settings);
	s->start.seed = read_seed(r);
	reader_copy(r, "start", s->start.start, sizeof(s->start.start));
	reader_copy(r, "sensor", s->start.sensor, sizeof(s->start.sensor));
	result = read_clips(r, &s->clips, &s->start.n_clips);
	if (result == 0)
		result = read_routine(r, &s->routine);
	s->start.clips = s->clips;
	s->start.routine = s->routine;
	return result;
}

int journal_read_start(const char *line, size_t len, struct journal_start *ret,
                       struct journal_error *error)
{
	struct reader r = {.where = "", .error = error};
	struct journal_start s = {0};
	bool other;
	json_t *root;
	int result = reader_parse(line, len, LINE_MAX_BYTES, &root, error);

	if (result < 0)
		return result;
	r.object = root;
	result = read_start(&r, &s);
	other = s.start.engine[0] && strcmp(s.start.engine, SESSION_ENGINE);
	if (result == 0 && r.failed && !other)
		result = -EBADMSG;
	json_decref(root);
	if (result < 0) {
		journal_start_finish(&s);
		return result;
	}
	*ret = s;
	return other ? -EPROTO : 0;
}

void journal_start_finish(struct journal_start *s)
{
	routine_destroy(s->routine);
	free(s->clips);
	*s = (struct journal_start){0};
}
