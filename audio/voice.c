/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice.h"

#include <errno.h>
#include <flite/flite.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice_cache.h"
#include "audio/voice_chain.h"

#define TEXT_MAX    1000
#define STRETCH     1.15 /* calmer than the 213 words/min of audio.md 1 */

#define TEXT_OF(x)  #x
#define VALUE_OF(x) TEXT_OF(x)
#define SETTINGS                                                               \
	"flite cmu_us_slt; stretch " VALUE_OF(STRETCH) "; chain " VALUE_OF(    \
		VOICE_CHAIN_VERSION)

struct voice {
	char *cache_dir; /* NULL: nothing is kept */
};

/* The engine is one per process and not thread safe, whatever we do. */
static struct {
	pthread_mutex_t lock;
	unsigned users;
	cst_voice *slt;
} engine = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* flite_cmu_us_slt has no header */
cst_voice *register_cmu_us_slt(const char *folder);
void unregister_cmu_us_slt(cst_voice *voice);

static int engine_take(void)
{
	int error = 0;

	pthread_mutex_lock(&engine.lock);
	if (!engine.users) {
		flite_init();
		engine.slt = register_cmu_us_slt(NULL);
		if (engine.slt)
			flite_feat_set_float(engine.slt->features,
			                     "duration_stretch",
			                     (float)STRETCH);
	}
	if (engine.slt)
		engine.users++;
	else
		error = -ENOSYS;
	pthread_mutex_unlock(&engine.lock);
	return error;
}

static void engine_drop(void)
{
	pthread_mutex_lock(&engine.lock);
	if (--engine.users == 0) {
		unregister_cmu_us_slt(engine.slt);
		engine.slt = NULL;
	}
	pthread_mutex_unlock(&engine.lock);
}

/* flite draws its noise from rand(): lend it a sequence of its own, always
 * the same, so that a text always sounds the same. */
static cst_wave *engine_speak(const char *text)
{
	char mine[128], *before;
	cst_wave *wave;

	pthread_mutex_lock(&engine.lock);
	before = initstate(1, mine, sizeof(mine));
	wave = flite_text_to_wave(text, engine.slt);
	setstate(before);
	pthread_mutex_unlock(&engine.lock);
	return wave;
}

int voice_create(struct voice **ret, const char *cache_dir)
{
	struct voice *v = calloc(1, sizeof(*v));
	int error;

	if (!v)
		return -ENOMEM;
	error = engine_take();
	if (error) {
		free(v);
		return error;
	}
	if (cache_dir && voice_cache_folder(cache_dir) == 0) {
		v->cache_dir = strdup(cache_dir);
		if (!v->cache_dir) {
			voice_destroy(v);
			return -ENOMEM;
		}
	}
	*ret = v;
	return 0;
}

struct voice *voice_destroy(struct voice *v)
{
	if (!v)
		return NULL;
	engine_drop();
	free(v->cache_dir);
	free(v);
	return NULL;
}

static int make(const char *text, float **ret, size_t *ret_n)
{
	cst_wave *wave = engine_speak(text);
	int error = -EIO;

	if (!wave)
		return -EIO;
	if (wave->num_channels == 1 && wave->num_samples > 0 &&
	    wave->sample_rate > 0)
		error = voice_chain_run(wave->samples,
		                        (size_t)wave->num_samples,
		                        (unsigned)wave->sample_rate,
		                        VOICE_CACHE_RATE_HZ, ret, ret_n);
	delete_wave(wave);
	return error;
}

static int clip_at_cache_rate(const struct voice *v, const char *text,
                              float **ret, size_t *ret_n)
{
	int error = -ENOENT;

	if (v->cache_dir)
		error = voice_cache_load(v->cache_dir, SETTINGS, text, ret,
		                         ret_n);
	if (error != -ENOENT)
		return error;
	error = make(text, ret, ret_n);
	if (!error && v->cache_dir) /* a full disk only costs time */
		(void)voice_cache_store(v->cache_dir, SETTINGS, text, *ret,
		                        *ret_n);
	return error;
}

int voice_clip(struct voice *v, const char *text, unsigned rate_hz,
               float **ret_samples, uint32_t *ret_frames)
{
	float *x, *y;
	size_t n, len = strlen(text);
	int error;

	if (!len || len > TEXT_MAX || !rate_hz)
		return -EINVAL;
	error = clip_at_cache_rate(v, text, &x, &n);
	if (error)
		return error;
	if (rate_hz != VOICE_CACHE_RATE_HZ) {
		error = voice_chain_resample(x, n, VOICE_CACHE_RATE_HZ, rate_hz,
		                             &y, &n);
		free(x);
		if (error)
			return error;
		x = y;
	}
	*ret_samples = x;
	*ret_frames = (uint32_t)n;
	return 0;
}
