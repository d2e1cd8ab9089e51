/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/limiter.h"

#include <math.h>
#include <string.h>

#include "audio/lanes.h"

#define RELEASE_S  0.3f /* ours: slower than a word, faster than a phrase */
#define NEARLY_ONE 0.9995f
#define KEPT       (LIMITER_TAPS - 1)

/* BS.1770-4, annex 2: phases 0 and 1; 3 and 2 are these backwards. */
static const float taps[2][LIMITER_TAPS] = {
	{0.0017089843750f, 0.0109863281250f, -0.0196533203125f,
         0.0332031250000f, -0.0594482421875f, 0.1373291015625f,
         0.9721679687500f, -0.1022949218750f, 0.0476074218750f,
         -0.0266113281250f, 0.0148925781250f, -0.0083007812500f},
	{-0.0291748046875f, 0.0292968750000f, -0.0517578125000f,
         0.0891113281250f, -0.1665039062500f, 0.4650878906250f,
         0.7797851562500f, -0.2003173828125f, 0.1015625000000f,
         -0.0582275390625f, 0.0330810546875f, -0.0189208984375f},
};

/* The sum of the absolute taps of phase 1, rounded up: no peak between
 * samples is more than so many times the greatest sample. */
#define OVERSHOOT 2.03f

void limiter_init(struct limiter *l, unsigned rate_hz, uint32_t chunk)
{
	memset(l, 0, sizeof(*l));
	l->chunk = chunk;
	l->release = 1.0f - expf(-(float)chunk / (RELEASE_S * (float)rate_hz));
	l->gain = 1.0f;
	l->allowed = 1.0f;
}

static float sample_peak(const float *x, uint32_t n)
{
	lanes peak = lanes_all(0.0f);

	for (uint32_t i = 0; i + LANES <= n; i += LANES)
		peak = lanes_max(peak, lanes_abs(lanes_load(x + i)));
	for (uint32_t i = n - n % LANES; i < n; i++)
		peak[0] = fmaxf(peak[0], fabsf(x[i]));
	return lanes_greatest(peak);
}

/* Two frames at a time: four points between them and the next, both sides. */
static float true_peak(const float *window, uint32_t chunk)
{
	lanes peak = lanes_all(0.0f);

	for (uint32_t i = 0; i < 2 * chunk; i += LANES) {
		lanes at[4] = {0};

		for (int k = 0; k < LIMITER_TAPS; k++) {
			lanes x = lanes_load(window + i + 2 * k);

			at[0] += x * taps[0][k];
			at[1] += x * taps[1][k];
			at[2] += x * taps[1][LIMITER_TAPS - 1 - k];
			at[3] += x * taps[0][LIMITER_TAPS - 1 - k];
		}
		for (int k = 0; k < 4; k++)
			peak = lanes_max(peak, lanes_abs(at[k]));
	}
	return lanes_greatest(peak);
}

static float peak_of(const struct limiter *l)
{
	float peak = sample_peak(l->window, 2 * (KEPT + l->chunk));

	/* where nothing can be too loud there is nothing to look for */
	if (peak * OVERSHOOT <= LIMITER_CEILING)
		return 0.0f;
	return fmaxf(peak, true_peak(l->window, l->chunk));
}

/* The gain at the border between the held chunk and the newest. */
static float border(const struct limiter *l, float allowed)
{
	float gain = l->gain + (1.0f - l->gain) * l->release;

	if (gain > NEARLY_ONE)
		gain = 1.0f;
	return fminf(fminf(gain, l->allowed), allowed);
}

static void let_out(const struct limiter *l, float end, float *out)
{
	float step = (end - l->gain) / (float)l->chunk;
	lanes gain = {l->gain, l->gain, l->gain + step, l->gain + step};

	if (l->gain == 1.0f && end == 1.0f) {
		memcpy(out, l->held, 2 * l->chunk * sizeof(*out));
		return;
	}
	for (uint32_t i = 0; i < 2 * l->chunk; i += LANES) {
		lanes_store(out + i, lanes_load(l->held + i) * gain);
		gain += 2.0f * step;
	}
}

void limiter_step(struct limiter *l, const float *in, float *out)
{
	size_t bytes = 2 * l->chunk * sizeof(*in);
	float allowed, end, peak;

	memcpy(l->window + 2 * KEPT, in, bytes);
	peak = peak_of(l);
	allowed = peak > LIMITER_CEILING ? LIMITER_CEILING / peak : 1.0f;
	end = border(l, allowed);
	let_out(l, end, out);
	/* what is held lies where the interpolator has looked */
	memcpy(l->held, l->window + 2 * (KEPT - LIMITER_LAG), bytes);
	memcpy(l->window, l->window + 2 * l->chunk,
	       2 * KEPT * sizeof(*l->window));
	l->gain = end;
	l->allowed = allowed;
}
