/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/pacer.h"

#include <math.h>
#include <string.h>

#include "audio/dsp.h"
#include "audio/pacer_voice.h"

#define SHORTEST_S 0.1
#define REST_S     0.06  /* fade of what a breath cut short leaves */
#define EDGE_MAX   0.45f /* of a phase, where breaths are very short */
#define NEXT_MAX   0.3f
#define TURN_S     0.4 /* from the colour of the inhale to the exhale's */

void pacer_init(struct pacer *p, unsigned rate_hz, uint64_t seed)
{
	memset(p, 0, sizeof(*p));
	p->rate_hz = rate_hz;
	p->low = PACER_LOW;
	hiss_init(&p->hiss, rate_hz, seed ^ UINT64_C(0x7061636572));
	for (int k = 0; k < PACER_REEDS; k++)
		reed_init(&p->reeds[k], 0.37 * k);
}

void pacer_voice(struct pacer *p, enum sound_pacer voice, bool gentle)
{
	p->wanted = voice;
	p->wanted_gentle = gentle;
	if (p->on)
		return;
	p->voice = voice;
	p->gentle = gentle;
}

/* --- the shape of a breath ------------------------------------------------ */

static float part(uint32_t of, uint32_t whole)
{
	return (float)((double)of / whole);
}

/* Half a straight line, half an S: it slows down towards both ends and never
 * stands still. */
static float bend(float t)
{
	return 0.5f * (t + dsp_smooth(t));
}

/* 0 to 1 within @s, or within @most of the @phase where that is shorter;
 * @from frames away from the 0. */
static float edge(const struct pacer *p, double s, float most, uint32_t from,
                  uint32_t phase)
{
	float frames = (float)(s * p->rate_hz);

	most *= (float)phase;
	return dsp_smooth((float)from / (frames < most ? frames : most));
}

static float between(const struct pacer *p, float bright)
{
	return p->low + (1.0f - p->low) * bright;
}

static struct pacer_point inhale(const struct pacer *p, uint32_t x)
{
	const struct pacer_breath *b = &p->breath;
	double onset = p->gentle ? PACER_GENTLE_S : PACER_ONSET_S;
	uint32_t turn = b->inhale + b->top;
	struct pacer_point at = {
		.bright = x < b->inhale ? bend(part(x, b->inhale)) : 1.0f,
		.next = 1.0f - edge(p, PACER_NEXT_S, NEXT_MAX, turn - x, turn),
	};

	at.level =
		between(p, at.bright) * edge(p, onset, EDGE_MAX, x, b->inhale);
	return at;
}

static struct pacer_point exhale(const struct pacer *p, uint32_t x)
{
	const struct pacer_breath *b = &p->breath;
	uint32_t end = b->frames - b->bottom, turn = b->inhale + b->top;
	uint32_t phase = end - turn;
	struct pacer_point at = {0};

	if (x >= end)
		return at;
	at.bright = bend(part(end - x, phase));
	at.out = edge(p, TURN_S, NEXT_MAX, x - turn, phase);
	at.next = 1.0f - at.out;
	at.level = between(p, at.bright) *
	           edge(p, PACER_FADE_S, EDGE_MAX, end - x, phase);
	return at;
}

static struct pacer_point shape(const struct pacer *p, uint32_t x)
{
	return x < p->breath.inhale + p->breath.top ? inhale(p, x)
	                                            : exhale(p, x);
}

struct pacer_point pacer_at(const struct pacer *p, uint64_t frame)
{
	struct pacer_point at = {0};
	uint64_t since = frame - p->rest_from;

	if (p->on && frame - p->start < p->breath.frames)
		at = shape(p, (uint32_t)(frame - p->start));
	if (since < p->rest_frames) {
		float left = 1.0f - part((uint32_t)since, p->rest_frames);

		at.level += p->rest.level * left;
		at.bright += (p->rest.bright - at.bright) * left;
		at.out += (p->rest.out - at.out) * left;
		at.next += (p->rest.next - at.next) * left;
	}
	return at;
}

/* --- breaths -------------------------------------------------------------- */

static bool is_breath(const struct pacer *p, const struct pacer_breath *b)
{
	uint64_t rest = (uint64_t)b->inhale + b->top + b->bottom;

	return b->frames >= SHORTEST_S * p->rate_hz && b->inhale &&
	       rest < b->frames;
}

/* Gentle: what rises from PACER_LOW to 1 in a short inhale rises too fast.
 * The bend is steepest in its middle, one and a quarter of its mean. */
static float low_of(const struct pacer *p)
{
	float s = (float)(p->breath.inhale / p->rate_hz);
	float low = dsp_db(-PACER_RISE_DB * s / 1.25f);

	return p->gentle && low > PACER_LOW ? low : PACER_LOW;
}

static void take_voice(struct pacer *p)
{
	p->voice = p->wanted;
	p->gentle = p->wanted_gentle;
	p->low = low_of(p);
}

void pacer_begin(struct pacer *p, uint64_t frame,
                 const struct pacer_breath *breath)
{
	if (!is_breath(p, breath))
		return;
	p->rest = pacer_at(p, frame);
	p->rest_from = frame;
	p->rest_frames =
		p->rest.level > 0.0f ? (uint32_t)(REST_S * p->rate_hz) : 0;
	p->on = true;
	p->last = false;
	p->start = frame;
	p->breath = *breath;
	if (!p->rest_frames) /* what fades keeps its voice, and so must this */
		take_voice(p);
	else
		p->low = low_of(p);
}

void pacer_end(struct pacer *p)
{
	p->last = true;
}

/* A breath is over at @frame: the next, or silence. */
static void turn_over(struct pacer *p, uint64_t frame)
{
	if (!p->on || frame - p->start < p->breath.frames)
		return;
	if (p->last) {
		p->on = false;
	} else {
		p->start += p->breath.frames;
		take_voice(p);
	}
}

static bool segment(struct pacer *p, uint64_t frame, float *stereo, uint32_t n)
{
	struct pacer_point from = pacer_at(p, frame);
	struct pacer_point to = pacer_at(p, frame + n);

	if (from.level == 0.0f && to.level == 0.0f)
		return false;
	pacer_voice_add(p, &from, &to, stereo, n);
	return true;
}

bool pacer_render(struct pacer *p, uint64_t frame, float *stereo, uint32_t n)
{
	bool heard = false;
	uint32_t part_n;

	if (!p->on)
		return false;
	memset(stereo, 0, 2 * n * sizeof(*stereo));
	for (uint32_t done = 0; done < n; done += part_n) {
		uint64_t now = frame + done;

		part_n = n - done;
		turn_over(p, now);
		if (!p->on)
			break;
		if (p->start + p->breath.frames - now < part_n)
			part_n = (uint32_t)(p->start + p->breath.frames - now);
		heard |= segment(p, now, stereo + 2 * done, part_n);
	}
	return heard;
}
