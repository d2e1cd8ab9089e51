/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_own.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audio/voice_chain.h"

#define FILES_MAX      4096
#define CHANNELS_MAX   8
#define RATE_MIN_HZ    4000
#define RATE_MAX_HZ    384000
#define RATE_NARROW_HZ 16000
#define CLIPPED_AT     0.999f
#define CLIPPED_RUN    3 /* samples in a row that are flat at the top */
#define CLIPPED_RUNS   3 /* once may be a click */

struct voice_own {
	size_t n;
	struct recording {
		char *name, *path;
	} * files; /* by name */
};

/* --- the folder ------------------------------------------------------------
 */

static int by_name(const void *a, const void *b)
{
	const struct recording *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int add(struct voice_own *o, const char *folder, const char *file)
{
	const char *dot = strrchr(file, '.');
	struct recording r = {0}, *more;

	if (!dot || dot == file || o->n == FILES_MAX)
		return 0;
	r.name = strndup(file, (size_t)(dot - file));
	if (asprintf(&r.path, "%s/%s", folder, file) < 0)
		r.path = NULL;
	more = reallocarray(o->files, o->n + 1, sizeof(*more));
	if (more)
		o->files = more;
	if (!r.name || !r.path || !more) {
		free(r.name);
		free(r.path);
		return -ENOMEM;
	}
	o->files[o->n++] = r;
	return 0;
}

int voice_own_create(struct voice_own **ret, const char *folder)
{
	struct voice_own *o = calloc(1, sizeof(*o));
	DIR *d = o ? opendir(folder) : NULL;
	int r = o ? 0 : -ENOMEM;

	if (o && !d && errno != ENOENT)
		r = -errno;
	for (struct dirent *e; d && r == 0 && (e = readdir(d));)
		r = add(o, folder, e->d_name);
	if (d)
		closedir(d);
	if (r < 0) {
		voice_own_destroy(o);
		return r;
	}
	if (o->n)
		qsort(o->files, o->n, sizeof(*o->files), by_name);
	*ret = o;
	return 0;
}

struct voice_own *voice_own_destroy(struct voice_own *o)
{
	if (!o)
		return NULL;
	for (size_t i = 0; i < o->n; i++) {
		free(o->files[i].name);
		free(o->files[i].path);
	}
	free(o->files);
	free(o);
	return NULL;
}

const char *voice_own_find(const struct voice_own *o, const char *name)
{
	union {
		const char *given;
		char *named;
	} id = {.given = name};
	const struct recording key = {.name = id.named}, *found;

	if (!o->n)
		return NULL;
	found = bsearch(&key, o->files, o->n, sizeof(key), by_name);
	return found ? found->path : NULL;
}

/* --- a recording -----------------------------------------------------------
 */

const char *voice_flaw_text(enum voice_flaw flaw)
{
	switch (flaw) {
	case VOICE_FLAW_NO_SOUND_FILE:
		return "is no sound file: the built-in voice speaks instead";
	case VOICE_FLAW_CUT:
		return "is cut short: the built-in voice speaks instead: copy "
		       "it again";
	case VOICE_FLAW_LONG:
		return "is longer than a minute: the built-in voice speaks "
		       "instead: record one phrase";
	case VOICE_FLAW_SILENT:
		return "is silent: the built-in voice speaks instead: record "
		       "it again";
	case VOICE_FLAW_CLIPPED:
		return "is clipped and will sound harsh: record it again, less "
		       "loud";
	case VOICE_FLAW_NARROW:
		return "has a rate under 16 kHz and will sound dull: record it "
		       "at 48 kHz";
	case VOICE_FLAW_NONE:
		break;
	}
	return "is good";
}

int voice_flaw_fatal(enum voice_flaw flaw)
{
	return flaw != VOICE_FLAW_NONE && flaw != VOICE_FLAW_CLIPPED &&
	       flaw != VOICE_FLAW_NARROW;
}

/* libsndfile makes do with what is there of a WAV or AIFF file, and says so
 * only in its own log. */
static bool header_says_more(SNDFILE *file)
{
	char log[4096] = "";

	sf_command(file, SFC_GET_LOG_INFO, log, sizeof(log) - 1);
	return strstr(log, "(should be ") != NULL;
}

/* Return: frames read, each the mean of its channels. */
static sf_count_t read_mono(SNDFILE *file, const SF_INFO *info, float *out)
{
	float block[512 * CHANNELS_MAX];
	sf_count_t done = 0, n;

	while (done < info->frames) {
		sf_count_t want = info->frames - done;

		n = sf_readf_float(file, block, want < 512 ? want : 512);
		if (n <= 0)
			break;
		for (sf_count_t i = 0; i < n; i++) {
			float sum = 0.0f;

			for (int c = 0; c < info->channels; c++)
				sum += block[i * info->channels + c];
			out[done + i] = sum / (float)info->channels;
		}
		done += n;
	}
	return done;
}

static enum voice_flaw flaw_of(float *x, size_t n, int rate_hz)
{
	unsigned run = 0, runs = 0;
	float peak = 0.0f;

	for (size_t i = 0; i < n; i++) {
		if (!isfinite(x[i]))
			x[i] = 0.0f;
		peak = fmaxf(peak, fabsf(x[i]));
		run = fabsf(x[i]) >= CLIPPED_AT ? run + 1 : 0;
		runs += run == CLIPPED_RUN;
	}
	if (peak < VOICE_CHAIN_SILENT_PEAK)
		return VOICE_FLAW_SILENT;
	if (runs >= CLIPPED_RUNS)
		return VOICE_FLAW_CLIPPED;
	return rate_hz < RATE_NARROW_HZ ? VOICE_FLAW_NARROW : VOICE_FLAW_NONE;
}

static enum voice_flaw flaw_of_form(SNDFILE *file, const SF_INFO *info)
{
	if (!file || info->channels < 1 || info->channels > CHANNELS_MAX ||
	    info->samplerate < RATE_MIN_HZ || info->samplerate > RATE_MAX_HZ)
		return VOICE_FLAW_NO_SOUND_FILE;
	if (header_says_more(file))
		return VOICE_FLAW_CUT;
	if (info->frames < 1)
		return VOICE_FLAW_SILENT;
	if (info->frames > (sf_count_t)VOICE_OWN_SECONDS_MAX * info->samplerate)
		return VOICE_FLAW_LONG;
	return VOICE_FLAW_NONE;
}

static bool is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int voice_own_read(const char *path, float **ret, size_t *ret_n,
                   unsigned *ret_rate_hz, enum voice_flaw *ret_flaw)
{
	SF_INFO info = {0};
	SNDFILE *file =
		is_regular(path) ? sf_open(path, SFM_READ, &info) : NULL;
	enum voice_flaw flaw = flaw_of_form(file, &info);
	size_t n = flaw ? 0 : (size_t)info.frames;
	float *x = malloc((n + 1) * sizeof(*x));
	int r = x ? 0 : -ENOMEM;

	if (x && !flaw)
		flaw = read_mono(file, &info, x) < info.frames
		               ? VOICE_FLAW_CUT
		               : flaw_of(x, n, info.samplerate);
	if (file)
		sf_close(file);
	*ret_flaw = flaw;
	if (!r && voice_flaw_fatal(flaw))
		r = -EBADMSG;
	if (r < 0) {
		free(x);
		return r;
	}
	*ret = x;
	*ret_n = n;
	*ret_rate_hz = (unsigned)info.samplerate;
	return 0;
}
