/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/pacer.h"

#include <string.h>

#include "audio/dsp.h"

#define SHORTEST_S  0.1
#define REST_S      0.03    /* fade of what a breath cut short leaves */
#define EDGE_MAX    0.45f   /* of a phase, where breaths are very short */
#define TONE_GAIN   0.0323f /* set by measurement: breath alone -32 LUFS */
#define NOISE_GAIN  0.0338f
#define NOISE_HZ    280.0f /* centre of the noise at the low end */
#define NOISE_RANGE 2.3f   /* octaves up to the turn */
#define NOISE_Q     0.8f

/* Gains and colour at one end of a segment. */
struct voicing {
	float partial[4];
	float noise;
	float noise_hz;
	double tone_hz;
};

void pacer_init(struct pacer *p, unsigned rate_hz, uint64_t seed)
{
	memset(p, 0, sizeof(*p));
	p->rate_hz = rate_hz;
	p->noise[0] = seed ^ UINT64_C(0x70616365725f6c00);
	p->noise[1] = seed ^ UINT64_C(0x70616365725f7200);
}

static float part(uint32_t of, uint32_t whole)
{
	return (float)((double)of / whole);
}

/* An onset from 0, or the same backwards: @from frames away from the 0. */
static float edge(const struct pacer *p, uint32_t from, uint32_t phase)
{
	float frames = (float)(PACER_EDGE_S * p->rate_hz);
	float most = EDGE_MAX * (float)phase;

	return dsp_smooth((float)from / (frames < most ? frames : most));
}

static struct pacer_point shape(const struct pacer *p, uint32_t x)
{
	struct pacer_point at;

	if (x < p->inhale) {
		at.bright = part(x, p->inhale);
		at.level = edge(p, x, p->inhale);
	} else {
		at.bright = part(p->frames - x, p->frames - p->inhale);
		at.level = edge(p, p->frames - x, p->frames - p->inhale);
	}
	at.level *= PACER_LOW + (1.0f - PACER_LOW) * at.bright;
	return at;
}

struct pacer_point pacer_at(const struct pacer *p, uint64_t frame)
{
	struct pacer_point at = {0};
	uint64_t since = frame - p->rest_from;

	if (p->on && frame - p->start <= p->frames)
		at = shape(p, (uint32_t)(frame - p->start));
	if (since < p->rest_frames) {
		float left = 1.0f - part((uint32_t)since, p->rest_frames);

		at.level += p->rest.level * left;
		at.bright += (p->rest.bright - at.bright) * left;
	}
	return at;
}

void pacer_begin(struct pacer *p, uint64_t frame, uint32_t frames,
                 uint32_t inhale)
{
	if (frames < SHORTEST_S * p->rate_hz || !inhale || inhale >= frames)
		return;
	p->rest = pacer_at(p, frame);
	p->rest_from = frame;
	p->rest_frames =
		p->rest.level > 0.0f ? (uint32_t)(REST_S * p->rate_hz) : 0;
	p->on = true;
	p->last = false;
	p->start = frame;
	p->frames = frames;
	p->inhale = inhale;
}

void pacer_end(struct pacer *p)
{
	p->last = true;
}

/* Overtones come in one after the other as the sound brightens. */
static struct voicing voice(struct pacer_point at)
{
	float tone = TONE_GAIN * at.level, b = at.bright;
	struct voicing v = {
		.partial = {tone, tone * (0.12f + 0.43f * b),
	                    tone * (0.03f + 0.32f * b * b),
	                    tone * 0.25f * b * b * b},
		.noise = NOISE_GAIN * at.level,
		.noise_hz = NOISE_HZ * exp2f(NOISE_RANGE * b),
		.tone_hz =
			PACER_TONE_HZ * (1.0 + (PACER_RISE - 1.0) * (double)b),
	};

	return v;
}

/* Two noises through a band-pass each, added.
 * Source: A. Simper, "Linear Trapezoidal Integrated State Variable Filter"
 * (Cytomic, 2013). */
static void add_noise(struct pacer *p, const struct voicing *from,
                      const struct voicing *to, float *left, float *right,
                      uint32_t n)
{
	float g = tanf((float)(DSP_TAU / 2.0 / p->rate_hz) * 0.5f *
	               (from->noise_hz + to->noise_hz));
	float a1 = 1.0f / (1.0f + g * (g + 1.0f / NOISE_Q));
	float a2 = g * a1, a3 = g * a2;
	float step = (to->noise - from->noise) / (float)n;
	float l1 = p->band[0][0], l2 = p->band[0][1];
	float r1 = p->band[1][0], r2 = p->band[1][1];

	for (uint32_t i = 0; i < n; i++) {
		float gain = from->noise + step * (float)i;
		float l3 = dsp_noise(&p->noise[0]) - l2;
		float r3 = dsp_noise(&p->noise[1]) - r2;
		float lv = a1 * l1 + a2 * l3, rv = a1 * r1 + a2 * r3;

		l2 += 2.0f * (a2 * l1 + a3 * l3);
		r2 += 2.0f * (a2 * r1 + a3 * r3);
		l1 = 2.0f * lv - l1;
		r1 = 2.0f * rv - r1;
		left[i] += gain * lv;
		right[i] += gain * rv;
	}
	p->band[0][0] = l1;
	p->band[0][1] = l2;
	p->band[1][0] = r1;
	p->band[1][1] = r2;
}

/* One sine and, by the addition theorems, its overtones 2 to 4. */
static void set_tone(struct pacer *p, const struct voicing *from,
                     const struct voicing *to, float *left, float *right,
                     uint32_t n)
{
	double hz = 0.5 * (from->tone_hz + to->tone_hz);
	struct dsp_turn t = dsp_turn_at(&p->phase, hz / p->rate_hz, n);
	float h[4], step[4];

	for (int k = 0; k < 4; k++) {
		h[k] = from->partial[k];
		step[k] = (to->partial[k] - from->partial[k]) / (float)n;
	}
	for (uint32_t i = 0; i < n; i++) {
		float s2 = 2.0f * t.s * t.c, c2 = 1.0f - 2.0f * t.s * t.s;
		float s3 = t.s * c2 + t.c * s2, s4 = 2.0f * s2 * c2;
		float k = (float)i;

		left[i] = (h[0] + step[0] * k) * t.s +
		          (h[1] + step[1] * k) * s2 +
		          (h[2] + step[2] * k) * s3 + (h[3] + step[3] * k) * s4;
		right[i] = left[i];
		dsp_turn_next(&t);
	}
}

static void segment(struct pacer *p, uint64_t frame, float *left, float *right,
                    uint32_t n)
{
	struct voicing from = voice(pacer_at(p, frame));
	struct voicing to = voice(pacer_at(p, frame + n));

	set_tone(p, &from, &to, left, right, n);
	add_noise(p, &from, &to, left, right, n);
}

/* A breath is over at @frame: the next, or silence. */
static void turn_over(struct pacer *p, uint64_t frame)
{
	if (!p->on || frame - p->start < p->frames)
		return;
	if (p->last)
		p->on = false;
	else
		p->start += p->frames;
}

bool pacer_render(struct pacer *p, uint64_t frame, float *left, float *right,
                  uint32_t n)
{
	bool heard = false;

	for (uint32_t done = 0, part_n; done < n; done += part_n) {
		uint64_t now = frame + done;

		part_n = n - done;
		turn_over(p, now);
		if (!p->on) {
			if (heard) {
				memset(left + done, 0, part_n * sizeof(*left));
				memset(right + done, 0,
				       part_n * sizeof(*right));
			}
			break;
		}
		if (p->start + p->frames - now < part_n)
			part_n = (uint32_t)(p->start + p->frames - now);
		segment(p, now, left + done, right + done, part_n);
		heard = true;
	}
	return heard;
}
