/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_label.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOUNDS_MAX   2000 /* of a text of VOICE_LABEL_TEXT_MAX bytes */
#define NAME_ROOM    12
#define LINE_ROOM    256
#define BREAK_MINOR  3
#define PAUSE        "pau"
#define NO_VOWEL     "novowel"
#define NOBODY       "x"
#define CONTENT_WORD "content"

struct segment {
	char name[NAME_ROOM];
	int syllable; /* -1: a pause */
	int in_syllable;
};

struct syllable {
	bool stress, accent;
	int n; /* sounds */
	int word, in_word;
	char vowel[NAME_ROOM];
};

struct word {
	char kind[NAME_ROOM];
	int n; /* syllables */
	int phrase;
};

struct clause {
	int first_syllable, n_syllables;
	int first_word, n_words;
	int level; /* of the break behind it */
	char tone[NAME_ROOM];
};

struct speech {
	struct segment sounds[SOUNDS_MAX];
	struct syllable syllables[SOUNDS_MAX];
	struct word words[SOUNDS_MAX];
	struct clause phrases[SOUNDS_MAX];
	int n_sounds, n_syllables, n_words, n_phrases;
};

/* --- from the spoken form ------------------------------------------------- */

static bool take_name(char ret[NAME_ROOM], const char *at, size_t len)
{
	if (!len || len >= NAME_ROOM)
		return false;
	memcpy(ret, at, len);
	ret[len] = '\0';
	return true;
}

static bool add_sound(struct speech *s, const char *at, size_t len,
                      int syllable, int in_syllable)
{
	struct segment *sound = &s->sounds[s->n_sounds];

	if (s->n_sounds == SOUNDS_MAX || !take_name(sound->name, at, len))
		return false;
	sound->syllable = syllable;
	sound->in_syllable = in_syllable;
	s->n_sounds++;
	return true;
}

static bool add_pause(struct speech *s)
{
	return add_sound(s, PAUSE, strlen(PAUSE), -1, 0);
}

/* `1+p-l-ey-s` */
static bool add_syllable(struct speech *s, const char *at, size_t len)
{
	struct syllable *y = &s->syllables[s->n_syllables];
	const char *end = at + len;

	if (len < 3 || !strchr("01", at[0]) || !strchr("+=", at[1]))
		return false;
	*y = (struct syllable){.stress = at[0] == '1',
	                       .accent = at[1] == '+',
	                       .word = s->n_words,
	                       .in_word = s->words[s->n_words].n};
	strcpy(y->vowel, NO_VOWEL);
	for (at += 2; at < end;) {
		size_t n = strcspn(at, "-. ");

		if (!add_sound(s, at, n, s->n_syllables, y->n))
			return false;
		if (strchr("aeiou", *at) && strcmp(y->vowel, NO_VOWEL) == 0)
			memcpy(y->vowel, s->sounds[s->n_sounds - 1].name,
			       NAME_ROOM);
		y->n++;
		at += n + (at[n] == '-');
	}
	s->n_syllables++;
	s->words[s->n_words].n++;
	return true;
}

/* `content:1+b-ae-k` */
static bool add_word(struct speech *s, const char *at, size_t len)
{
	struct word *w = &s->words[s->n_words];
	const char *end = at + len, *colon = memchr(at, ':', len);

	*w = (struct word){.phrase = s->n_phrases};
	if (!colon || !take_name(w->kind, at, (size_t)(colon - at)))
		return false;
	for (at = colon + 1; at < end;) {
		size_t n = strcspn(at, ". ");

		if (!add_syllable(s, at, n))
			return false;
		at += n + (at[n] == '.');
	}
	s->n_words++;
	return w->n > 0;
}

/* `/4:L-L%` ends the phrase that was begun. */
static bool end_phrase(struct speech *s, const char *at, size_t len)
{
	struct clause *p = &s->phrases[s->n_phrases];

	if (len < 4 || at[2] != ':' || !strchr("34", at[1]) ||
	    !take_name(p->tone, at + 3, len - 3))
		return false;
	p->level = at[1] - '0';
	p->n_syllables = s->n_syllables - p->first_syllable;
	p->n_words = s->n_words - p->first_word;
	s->n_phrases++;
	s->phrases[s->n_phrases] = (struct clause){
		.first_syllable = s->n_syllables, .first_word = s->n_words};
	return p->n_words > 0 && add_pause(s);
}

static bool parse(struct speech *s, const char *spoken)
{
	bool open = false;

	if (!add_pause(s))
		return false;
	while (*spoken) {
		size_t len = strcspn(spoken, " ");

		open = *spoken != '/';
		/* a sound for each: so none of the lists runs over either */
		if (s->n_sounds >= SOUNDS_MAX - 1 ||
		    !(open ? add_word(s, spoken, len)
		           : end_phrase(s, spoken, len)))
			return false;
		spoken += len;
		spoken += strspn(spoken, " ");
	}
	return s->n_phrases > 0 && !open;
}

/* --- counting --------------------------------------------------------------
 */

struct line {
	char *at;
	size_t room;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *l,
                                                      const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(l->at, l->room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= l->room)
		n = l->room ? (int)l->room - 1 : 0;
	l->at += n;
	l->room -= (size_t)n;
}

static const char *name_at(const struct speech *s, int i)
{
	return i < 0 || i >= s->n_sounds ? NOBODY : s->sounds[i].name;
}

static const struct syllable *syllable_at(const struct speech *s, int i)
{
	static const struct syllable none;

	return i < 0 || i >= s->n_syllables ? &none : &s->syllables[i];
}

static const struct word *word_at(const struct speech *s, int i)
{
	static const struct word none = {.kind = "0"};

	return i < 0 || i >= s->n_words ? &none : &s->words[i];
}

static const struct clause *phrase_at(const struct speech *s, int i)
{
	static const struct clause none;

	return i < 0 || i >= s->n_phrases ? &none : &s->phrases[i];
}

static bool is_content(const struct word *w)
{
	return strcmp(w->kind, CONTENT_WORD) == 0;
}

static bool marked(const struct syllable *y, bool accent)
{
	return accent ? y->accent : y->stress;
}

/* Festival leaves the phrase's first syllable out of those behind. */
static int marked_before(const struct speech *s, const struct clause *p, int i,
                         bool accent)
{
	int n = 0;

	for (int k = p->first_syllable + 1; k < i; k++)
		n += marked(&s->syllables[k], accent);
	return n;
}

static int marked_after(const struct speech *s, const struct clause *p, int i,
                        bool accent)
{
	int n = 0;

	for (int k = i + 1; k < p->first_syllable + p->n_syllables; k++)
		n += marked(&s->syllables[k], accent);
	return n;
}

/* Syllables to the nearest marked one within the phrase; 0: there is none. */
static int marked_near(const struct speech *s, const struct clause *p, int i,
                       int step, bool accent)
{
	int end = p->first_syllable + p->n_syllables;

	for (int k = i + step; k >= p->first_syllable && k < end; k += step)
		if (marked(&s->syllables[k], accent))
			return (k - i) * step;
	return 0;
}

static int content_between(const struct speech *s, int from, int to)
{
	int n = 0;

	for (int k = from; k < to; k++)
		n += is_content(&s->words[k]);
	return n;
}

static int content_near(const struct speech *s, const struct clause *p, int i,
                        int step)
{
	int end = p->first_word + p->n_words;

	for (int k = i + step; k >= p->first_word && k < end; k += step)
		if (is_content(&s->words[k]))
			return (k - i) * step;
	return 0;
}

/* Minor phrases since the last major break. */
static int minor_before(const struct speech *s, int phrase)
{
	int n = 0;

	while (phrase-- > 0 && s->phrases[phrase].level == BREAK_MINOR)
		n++;
	return n;
}

/* --- the labels ------------------------------------------------------------
 */

static void put_syllable(struct line *l, char name, const char *between,
                         const struct syllable *y)
{
	put(l, "/%c:%d%c%d%c%d", name, y->stress, between[0], y->accent,
	    between[0], y->n);
}

static void put_quinphone(struct line *l, const struct speech *s, int i)
{
	const struct segment *sound = &s->sounds[i];

	put(l, "%s^%s-%s+%s=%s", name_at(s, i - 2), name_at(s, i - 1),
	    sound->name, name_at(s, i + 1), name_at(s, i + 2));
	if (sound->syllable < 0)
		put(l, "@x_x");
	else
		put(l, "@%d_%d", sound->in_syllable + 1,
		    s->syllables[sound->syllable].n - sound->in_syllable);
}

/* A pause has neighbours, but no place of its own. */
static void pause_label(struct line *l, const struct speech *s, int i)
{
	int before = i > 0 ? s->sounds[i - 1].syllable : -1;
	int after = i + 1 < s->n_sounds ? s->sounds[i + 1].syllable : -1;
	int w0 = before < 0 ? -1 : s->syllables[before].word;
	int w1 = after < 0 ? -1 : s->syllables[after].word;
	const struct clause *p0 =
		phrase_at(s, w0 < 0 ? -1 : s->words[w0].phrase);
	const struct clause *p1 =
		phrase_at(s, w1 < 0 ? -1 : s->words[w1].phrase);

	put_syllable(l, 'A', "_", syllable_at(s, before));
	put(l, "/B:x-x-x@x-x&x-x#x-x$x-x!x-x;x-x|x");
	put_syllable(l, 'C', "+", syllable_at(s, after));
	put(l, "/D:%s_%d/E:x+x@x+x&x+x#x+x/F:%s_%d", word_at(s, w0)->kind,
	    word_at(s, w0)->n, word_at(s, w1)->kind, word_at(s, w1)->n);
	put(l, "/G:%d_%d/H:x=x@1=%d|0/I:%d=%d", p0->n_syllables, p0->n_words,
	    s->n_phrases, p1->n_syllables, p1->n_words);
}

static void sound_syllable(struct line *l, const struct speech *s,
                           const struct clause *p, int i)
{
	const struct syllable *y = &s->syllables[i];

	put_syllable(l, 'A', "_", syllable_at(s, i - 1));
	put_syllable(l, 'B', "-", y);
	put(l, "@%d-%d&%d-%d", y->in_word + 1, s->words[y->word].n - y->in_word,
	    i - p->first_syllable + 1, p->first_syllable + p->n_syllables - i);
	put(l, "#%d-%d", marked_before(s, p, i, false) + 1,
	    marked_after(s, p, i, false) + 1);
	put(l, "$%d-%d", marked_before(s, p, i, true) + 1,
	    marked_after(s, p, i, true) + 1);
	put(l, "!%d-%d", marked_near(s, p, i, -1, false),
	    marked_near(s, p, i, 1, false));
	put(l, ";%d-%d|%s", marked_near(s, p, i, -1, true),
	    marked_near(s, p, i, 1, true), y->vowel);
	put_syllable(l, 'C', "+", syllable_at(s, i + 1));
}

static void sound_word(struct line *l, const struct speech *s,
                       const struct clause *p, int i)
{
	const struct word *w = &s->words[i];
	int end = p->first_word + p->n_words;

	put(l, "/D:%s_%d", word_at(s, i - 1)->kind, word_at(s, i - 1)->n);
	put(l, "/E:%s+%d@%d+%d&%d+%d#%d+%d", w->kind, w->n,
	    i - p->first_word + 1, end - i,
	    content_between(s, p->first_word, i),
	    content_between(s, i + 1, end), content_near(s, p, i, -1),
	    content_near(s, p, i, 1));
	put(l, "/F:%s_%d", word_at(s, i + 1)->kind, word_at(s, i + 1)->n);
}

static void sound_label(struct line *l, const struct speech *s, int syllable)
{
	int word = s->syllables[syllable].word;
	int phrase = s->words[word].phrase;
	const struct clause *p = &s->phrases[phrase];
	const struct clause *before = phrase_at(s, phrase - 1);
	const struct clause *after = phrase_at(s, phrase + 1);
	int minor = minor_before(s, phrase);

	sound_syllable(l, s, p, syllable);
	sound_word(l, s, p, word);
	put(l, "/G:%d_%d/H:%d=%d@%d=%d|%s/I:%d=%d", before->n_syllables,
	    before->n_words, p->n_syllables, p->n_words, minor + 1,
	    s->n_phrases - minor, p->tone, after->n_syllables, after->n_words);
}

static int write_labels(const struct speech *s, char ***ret, size_t *ret_n)
{
	size_t n = (size_t)s->n_sounds;
	char **lines = malloc((n + 1) * sizeof(*lines) + n * LINE_ROOM);
	char *room = (char *)(lines + n + 1);

	if (!lines)
		return -ENOMEM;
	for (int i = 0; i < s->n_sounds; i++) {
		struct line l = {room, LINE_ROOM};

		lines[i] = room;
		put_quinphone(&l, s, i);
		if (s->sounds[i].syllable < 0)
			pause_label(&l, s, i);
		else
			sound_label(&l, s, s->sounds[i].syllable);
		put(&l, "/J:%d+%d-%d", s->n_syllables, s->n_words,
		    s->n_phrases);
		room += LINE_ROOM;
	}
	lines[n] = NULL;
	*ret = lines;
	*ret_n = n;
	return 0;
}

int voice_label_expand(const char *spoken, char ***ret, size_t *ret_n)
{
	struct speech *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	r = parse(s, spoken) ? write_labels(s, ret, ret_n) : -EBADMSG;
	free(s);
	return r;
}
