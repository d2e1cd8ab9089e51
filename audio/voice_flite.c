/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_flite.h"

#include <errno.h>
#include <flite/flite.h>
#include <pthread.h>
#include <stdlib.h>

/* Not thread safe, whatever we do. */
static struct {
	pthread_mutex_t lock;
	unsigned users;
	cst_voice *slt;
} engine = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* flite_cmu_us_slt has no header */
cst_voice *register_cmu_us_slt(const char *folder);
void unregister_cmu_us_slt(cst_voice *voice);

int voice_flite_take(void)
{
	int error = 0;

	pthread_mutex_lock(&engine.lock);
	if (!engine.users) {
		flite_init();
		engine.slt = register_cmu_us_slt(NULL);
		if (engine.slt)
			flite_feat_set_float(engine.slt->features,
			                     "duration_stretch",
			                     (float)VOICE_FLITE_STRETCH);
	}
	if (engine.slt)
		engine.users++;
	else
		error = -ENOSYS;
	pthread_mutex_unlock(&engine.lock);
	return error;
}

void voice_flite_drop(void)
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
static cst_wave *speak(const char *text)
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

static int to_float(const cst_wave *wave, float **ret)
{
	size_t n = (size_t)wave->num_samples;
	float *x = malloc(n * sizeof(*x));

	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		x[i] = (float)wave->samples[i] * 0x1.0p-15f;
	*ret = x;
	return 0;
}

int voice_flite_speak(const char *text, float **ret, size_t *ret_n,
                      unsigned *ret_rate_hz)
{
	cst_wave *wave = speak(text);
	int error = -EIO;

	if (!wave)
		return -EIO;
	if (wave->num_channels == 1 && wave->num_samples > 0 &&
	    wave->sample_rate > 0)
		error = to_float(wave, ret);
	if (!error) {
		*ret_n = (size_t)wave->num_samples;
		*ret_rate_hz = (unsigned)wave->sample_rate;
	}
	delete_wave(wave);
	return error;
}
