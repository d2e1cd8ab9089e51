/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * onsets SOUND EVENTS [SHIFT]: does each breath of a session (`lull render
 * --bed none`, its JSON Lines) begin at its very sample? Its level is 0 at
 * that sample alone. SHIFT: of a capture, the frame of it that is frame 0.
 *
 * Breaths that begin after silence, or while a phrase or the chime sounds, are
 * left out.
 */
#include <jansson.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE     48000
#define LEAD_S   0.05 /* audio/sound.h: SOUND_LEAD_US */
#define AROUND   4800 /* frames on either side that are searched */
#define NEAR     24   /* and those that tell how soft it is there */
#define LAST_BIT 0x1p-31f
#define SPOKEN_S 0.3 /* before a phrase and after it */
#define CHIME_S  4.0

struct span {
	double from_s, to_s;
};

struct session {
	json_t *clips;
	struct span spoken[4096];
	size_t n_spoken;
	double breath_end_s; /* of the one before; NAN: none */
	float *sound;
	sf_count_t frames, shift;
	float least; /* what the last bit of both sides is worth; 0 of floats */
	unsigned judged, left_out;
	long worst;
};

static double number(const json_t *event, const char *key)
{
	return json_number_value(json_object_get(event, key));
}

static void note_span(struct session *s, double from_s, double to_s)
{
	if (s->n_spoken < sizeof(s->spoken) / sizeof(*s->spoken))
		s->spoken[s->n_spoken++] = (struct span){from_s, to_s};
}

static void note_sound(struct session *s, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "kind"));
	const json_t *wording = json_object_get(event, "wording");
	double t_s = number(event, "t");
	char clip[128];
	int n;

	if (kind && strcmp(kind, "say") == 0) {
		n = snprintf(
			clip, sizeof(clip), "%s/%s",
			json_string_value(json_object_get(event, "phrase")),
			json_string_value(json_object_get(event, "variant")));
		if (wording)
			snprintf(clip + n, sizeof(clip) - (size_t)n, "/%d",
			         (int)json_number_value(wording));
		note_span(s, t_s - SPOKEN_S,
		          t_s + number(s->clips, clip) / 1000 + SPOKEN_S);
	} else if (kind &&
	           (strcmp(kind, "step") == 0 || strcmp(kind, "end") == 0)) {
		note_span(s, t_s, t_s + CHIME_S);
	}
}

static bool alone(const struct session *s, double t_s)
{
	for (size_t i = 0; i < s->n_spoken; i++)
		if (t_s >= s->spoken[i].from_s && t_s <= s->spoken[i].to_s)
			return false;
	return true;
}

static float loud(const struct session *s, sf_count_t frame)
{
	return fabsf(s->sound[2 * frame]) + fabsf(s->sound[2 * frame + 1]);
}

/* The softest zero nearby; -1: there is none. */
static sf_count_t onset_near(const struct session *s, sf_count_t frame)
{
	float least = INFINITY;
	sf_count_t best = -1;

	for (sf_count_t f = frame - AROUND; f <= frame + AROUND; f++) {
		float around = 0.0f;

		if (f < NEAR || f + NEAR >= s->frames || loud(s, f) != 0.0f)
			continue;
		for (sf_count_t k = 1; k <= NEAR; k++)
			around += loud(s, f - k) + loud(s, f + k);
		if (around < least) {
			least = around;
			best = f;
		}
	}
	return best;
}

/* A capture has 32 bits: next to an onset its samples may be 0, too, or the
 * last bit of each side. Not for long, or nothing is heard there at all. */
static bool same_zero(const struct session *s, sf_count_t a, sf_count_t b)
{
	if (labs((long)(a - b)) > NEAR)
		return false;
	for (sf_count_t f = a < b ? a : b; f <= (a < b ? b : a); f++)
		if (loud(s, f) > s->least)
			return false;
	return true;
}

static void judge(struct session *s, const json_t *event)
{
	double t_s = number(event, "t");
	bool follows = t_s == s->breath_end_s;
	sf_count_t want = llround((t_s + LEAD_S) * RATE) + s->shift, found;
	long off;

	s->breath_end_s =
		number(event, "per_min") > 0 ? number(event, "end") : NAN;
	if (!follows || isnan(s->breath_end_s) || !alone(s, t_s + LEAD_S)) {
		s->left_out++;
		return;
	}
	found = onset_near(s, want);
	if (found >= 0 && same_zero(s, found, want))
		found = want;
	off = found < 0 ? AROUND : labs((long)(found - want));
	if (off > s->worst)
		s->worst = off;
	if (off)
		printf("at %.3f s: off by %ld frames\n", t_s, off);
	s->judged++;
}

/* First what else sounds, then the breaths. */
static int read_events(struct session *s, const char *path,
                       void (*take)(struct session *, const json_t *))
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!f) {
		perror(path);
		return -1;
	}
	while (getline(&line, &size, f) > 0) {
		json_t *event = json_loads(line, 0, NULL);
		json_t *clips = json_object_get(event, "clips");

		if (clips && !s->clips)
			s->clips = json_incref(clips);
		take(s, event);
		json_decref(event);
	}
	free(line);
	fclose(f);
	return 0;
}

static void take_breath(struct session *s, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "kind"));

	if (kind && strcmp(kind, "breath") == 0)
		judge(s, event);
}

static int read_sound(struct session *s, const char *path)
{
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);

	if (!f || info.channels != 2 || info.samplerate != RATE) {
		fprintf(stderr, "%s: not stereo at 48 kHz\n", path);
		return -1;
	}
	if ((info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_32)
		s->least = 2 * LAST_BIT;
	s->sound = calloc((size_t)info.frames * 2, sizeof(*s->sound));
	if (s->sound)
		s->frames = sf_readf_float(f, s->sound, info.frames);
	sf_close(f);
	return s->sound ? 0 : -1;
}

int main(int argc, char **argv)
{
	static struct session s = {.breath_end_s = NAN};

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: onsets SOUND EVENTS [SHIFT]\n");
		return 2;
	}
	s.shift = argc > 3 ? atol(argv[3]) : 0;
	if (read_sound(&s, argv[1]) < 0 ||
	    read_events(&s, argv[2], note_sound) < 0 ||
	    read_events(&s, argv[2], take_breath) < 0)
		return 2;
	printf("%u breaths, %u left out: off by at most %ld frames\n", s.judged,
	       s.left_out, s.worst);
	free(s.sound);
	json_decref(s.clips);
	return s.judged && !s.worst ? 0 : 1;
}
