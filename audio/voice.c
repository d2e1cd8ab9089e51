/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/voice_cache.h"
#include "audio/voice_chain.h"
#include "audio/voice_flite.h"
#include "audio/voice_hts.h"
#include "audio/voice_labels.h"
#include "audio/voice_own.h"

#define SETTINGS_MAX 160

#define TEXT_OF(x)   #x
#define VALUE_OF(x)  TEXT_OF(x)
#define CHAIN        "; chain " VALUE_OF(VOICE_CHAIN_VERSION)
#define FLITE        "flite cmu_us_slt; stretch " VALUE_OF(VOICE_FLITE_STRETCH)
#define CALM                                                                   \
	"hts speed " VALUE_OF(VOICE_HTS_SPEED) "; semitones " VALUE_OF(        \
		VOICE_HTS_SEMITONES) "; postfilter " VALUE_OF(VOICE_HTS_POSTFILTER)

struct voice {
	char *cache_dir; /* NULL: nothing is kept */
	struct voice_own *own;
	struct voice_labels *labels; /* NULL: only flite speaks */
	const char *calm_file;
	char *calm_file_given;
	long long calm_size; /* of its file: part of what it sounds like */
	struct voice_hts *calm;
	bool flite;
	char *complaints[VOICE_COMPLAINTS_MAX];
	size_t n_complaints;
};

/* Who says it, and under what name it is kept. */
struct saying {
	enum voice_source source;
	const char *path;   /* VOICE_OWN */
	const char *spoken; /* VOICE_CALM */
	bool flawed;        /* not kept, so that it is told each time */
	char settings[SETTINGS_MAX];
};

/* --- complaints ------------------------------------------------------------
 */

static bool complained(const struct voice *v, const char *text)
{
	for (size_t i = 0; i < v->n_complaints; i++)
		if (strcmp(v->complaints[i], text) == 0)
			return true;
	return false;
}

/* Out of memory, a complaint is the first thing to go. */
__attribute__((format(printf, 2, 3))) static void
complain(struct voice *v, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	if (v->n_complaints == VOICE_COMPLAINTS_MAX)
		return;
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return;
	if (complained(v, text))
		free(text);
	else
		v->complaints[v->n_complaints++] = text;
}

size_t voice_complaints(const struct voice *v, const char *const **ret)
{
	*ret = (const char *const *)v->complaints;
	return v->n_complaints;
}

/* --- its life --------------------------------------------------------------
 */

static void use_cache(struct voice *v, const char *dir)
{
	int r = voice_cache_folder(dir);

	if (r == 0 && access(dir, R_OK | W_OK | X_OK) < 0)
		r = -errno;
	if (r == 0) {
		v->cache_dir = strdup(dir);
		r = v->cache_dir ? 0 : -ENOMEM;
	}
	if (r < 0)
		complain(v,
		         "%s: clips cannot be kept there: %s: each session "
		         "makes them anew",
		         dir, strerror(-r));
}

static void no_calm_voice(struct voice *v, const char *file, int error)
{
	complain(v, "%s: the calm voice cannot speak: %s: flite speaks instead",
	         file, strerror(-error));
	v->labels = voice_labels_destroy(v->labels);
}

/* The engine itself starts when a clip is to be made; most never are. */
static void use_labels(struct voice *v, const char *path)
{
	int r = voice_labels_load(&v->labels, path);
	struct stat st;

	if (r < 0) {
		complain(v, "%s: no labels: %s: flite speaks instead", path,
		         strerror(-r));
		return;
	}
	v->calm_file = v->calm_file_given ? v->calm_file_given
	                                  : voice_labels_voice(v->labels);
	if (!v->calm_file)
		no_calm_voice(v, path, -ENOENT);
	else if (stat(v->calm_file, &st) < 0 || access(v->calm_file, R_OK) < 0)
		no_calm_voice(v, v->calm_file, -errno);
	else
		v->calm_size = (long long)st.st_size;
}

static void use_own(struct voice *v, const char *dir)
{
	int r = voice_own_create(&v->own, dir);

	if (r < 0)
		complain(v, "%s: recordings cannot be read: %s", dir,
		         strerror(-r));
}

int voice_create(struct voice **ret, const struct voice_config *config)
{
	static const struct voice_config none;
	const struct voice_config *c = config ? config : &none;
	struct voice *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	if (c->voice_file) {
		v->calm_file_given = strdup(c->voice_file);
		if (!v->calm_file_given) {
			free(v);
			return -ENOMEM;
		}
	}
	if (c->cache_dir)
		use_cache(v, c->cache_dir);
	if (c->labels)
		use_labels(v, c->labels);
	if (c->own_dir)
		use_own(v, c->own_dir);
	*ret = v;
	return 0;
}

struct voice *voice_destroy(struct voice *v)
{
	if (!v)
		return NULL;
	if (v->flite)
		voice_flite_drop();
	voice_hts_destroy(v->calm);
	voice_labels_destroy(v->labels);
	voice_own_destroy(v->own);
	for (size_t i = 0; i < v->n_complaints; i++)
		free(v->complaints[i]);
	free(v->calm_file_given);
	free(v->cache_dir);
	free(v);
	return NULL;
}

/* --- who speaks ------------------------------------------------------------
 */

static const char *label_of(const struct voice *v, const char *text)
{
	return v->labels ? voice_labels_find(v->labels, text) : NULL;
}

bool voice_has_label(const struct voice *v, const char *text)
{
	return label_of(v, text) != NULL;
}

bool voice_has_own(const struct voice *v, const char *name)
{
	return v->own && voice_own_find(v->own, name);
}

/* A recording that was changed is another one. */
static bool choose_own(const struct voice *v, const char *name,
                       struct saying *s)
{
	struct stat st;

	s->path = v->own && name ? voice_own_find(v->own, name) : NULL;
	if (!s->path || stat(s->path, &st) < 0)
		return false;
	s->source = VOICE_OWN;
	snprintf(s->settings, sizeof(s->settings), "own %lld %lld.%09ld" CHAIN,
	         (long long)st.st_size, (long long)st.st_mtim.tv_sec,
	         st.st_mtim.tv_nsec);
	return true;
}

static void choose_engine(const struct voice *v, const char *text,
                          struct saying *s)
{
	s->spoken = label_of(v, text);
	s->source = s->spoken ? VOICE_CALM : VOICE_FLITE;
	if (s->spoken)
		snprintf(s->settings, sizeof(s->settings),
		         CALM "; %lld; %016" PRIx64 CHAIN, v->calm_size,
		         voice_cache_hash(s->spoken));
	else
		snprintf(s->settings, sizeof(s->settings), FLITE CHAIN);
}

static int speak_own(struct voice *v, struct saying *s, float **ret,
                     size_t *ret_n, unsigned *ret_rate_hz)
{
	enum voice_flaw flaw;
	int r = voice_own_read(s->path, ret, ret_n, ret_rate_hz, &flaw);

	s->flawed = flaw != VOICE_FLAW_NONE;
	if (s->flawed)
		complain(v, "%s %s", s->path, voice_flaw_text(flaw));
	return r;
}

static int speak_calm(struct voice *v, const char *spoken, float **ret,
                      size_t *ret_n, unsigned *ret_rate_hz)
{
	int r = v->calm ? 0 : voice_hts_create(&v->calm, v->calm_file);

	if (r < 0) {
		no_calm_voice(v, v->calm_file, r);
		return r;
	}
	return voice_hts_speak(v->calm, spoken, ret, ret_n, ret_rate_hz);
}

static int speak_flite(struct voice *v, const char *text, float **ret,
                       size_t *ret_n, unsigned *ret_rate_hz)
{
	if (!v->flite && voice_flite_take() < 0)
		return -EIO;
	v->flite = true;
	return voice_flite_speak(text, ret, ret_n, ret_rate_hz);
}

static int make(struct voice *v, struct saying *s, const char *text,
                float **ret, size_t *ret_n)
{
	unsigned rate_hz = 0;
	float *raw = NULL;
	size_t n = 0;
	int r = -EIO;

	switch (s->source) {
	case VOICE_OWN:
		r = speak_own(v, s, &raw, &n, &rate_hz);
		break;
	case VOICE_CALM:
		r = speak_calm(v, s->spoken, &raw, &n, &rate_hz);
		break;
	case VOICE_FLITE:
		r = speak_flite(v, text, &raw, &n, &rate_hz);
		break;
	}
	if (r < 0)
		return r;
	r = voice_chain_run(raw, n, rate_hz, VOICE_CACHE_RATE_HZ, ret, ret_n);
	free(raw);
	return r;
}

static const char *key_of(const struct saying *s, const char *text)
{
	return s->source == VOICE_OWN ? s->path : text;
}

static int say_as(struct voice *v, struct saying *s, const char *text,
                  float **ret, size_t *ret_n)
{
	const char *key = key_of(s, text);
	int r = -ENOENT;

	if (v->cache_dir)
		r = voice_cache_load(v->cache_dir, s->settings, key, ret,
		                     ret_n);
	if (r != -ENOENT)
		return r;
	r = make(v, s, text, ret, ret_n);
	/* a full disk only costs time */
	if (!r && v->cache_dir && !s->flawed)
		(void)voice_cache_store(v->cache_dir, s->settings, key, *ret,
		                        *ret_n);
	return r;
}

/* The best that there is; where it fails, the next. */
static int say(struct voice *v, const char *name, const char *text,
               struct voice_take *ret)
{
	struct saying s = {0};
	int r = -EIO;
	float *x;
	size_t n;

	if (choose_own(v, name, &s))
		r = say_as(v, &s, text, &x, &n);
	if (r < 0 && r != -ENOMEM) {
		choose_engine(v, text, &s);
		r = say_as(v, &s, text, &x, &n);
	}
	if (r < 0 && r != -ENOMEM && s.source == VOICE_CALM) {
		s.source = VOICE_FLITE;
		snprintf(s.settings, sizeof(s.settings), FLITE CHAIN);
		r = say_as(v, &s, text, &x, &n);
	}
	if (r < 0)
		return r == -ENOMEM ? r : -EIO;
	*ret = (struct voice_take){x, (uint32_t)n, s.source, 0};
	if (v->cache_dir)
		ret->bytes_kept = voice_cache_size(v->cache_dir, s.settings,
		                                   key_of(&s, text));
	return 0;
}

int voice_say(struct voice *v, const char *name, const char *text,
              unsigned rate_hz, struct voice_take *ret)
{
	struct voice_take take;
	size_t n, len = strlen(text);
	float *x;
	int r;

	if (!len || len > VOICE_TEXT_MAX || !rate_hz)
		return -EINVAL;
	r = say(v, name, text, &take);
	if (r < 0)
		return r;
	if (rate_hz != VOICE_CACHE_RATE_HZ) {
		r = voice_chain_resample(take.samples, take.frames,
		                         VOICE_CACHE_RATE_HZ, rate_hz, &x, &n);
		free(take.samples);
		if (r < 0)
			return r;
		take.samples = x;
		take.frames = (uint32_t)n;
	}
	*ret = take;
	return 0;
}

int voice_look(const struct voice *v, const char *name, const char *text,
               unsigned rate_hz, uint32_t *ret_frames)
{
	struct saying s = {0};

	if (!v->cache_dir || rate_hz != VOICE_CACHE_RATE_HZ)
		return -ENOENT;
	if (!choose_own(v, name, &s))
		choose_engine(v, text, &s);
	return voice_cache_look(v->cache_dir, s.settings, key_of(&s, text),
	                        ret_frames);
}

int voice_fill(struct voice *v, const char *name, const char *text, float *into,
               uint32_t frames, const struct enough *enough)
{
	struct voice_take take;
	struct saying s = {0};
	int r = -ENOENT;

	if (!choose_own(v, name, &s))
		choose_engine(v, text, &s);
	if (v->cache_dir)
		r = voice_cache_fill(v->cache_dir, s.settings, key_of(&s, text),
		                     into, frames, enough);
	if (r != -ENOENT)
		return r;
	r = say(v, name, text, &take);
	if (r < 0)
		return r;
	if (take.frames == frames)
		memcpy(into, take.samples, frames * sizeof(*into));
	else
		r = -ERANGE;
	free(take.samples);
	return r;
}

int voice_clip(struct voice *v, const char *text, unsigned rate_hz,
               float **ret_samples, uint32_t *ret_frames)
{
	struct voice_take take;
	int r = voice_say(v, NULL, text, rate_hz, &take);

	if (r < 0)
		return r;
	*ret_samples = take.samples;
	*ret_frames = take.frames;
	return 0;
}
