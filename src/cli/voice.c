/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/voice.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/voice_chain.h"
#include "base/paths.h"
#include "cli/load.h"
#include "cli/out.h"
#include "player/script.h"

#define RATE_HZ         VOICE_CACHE_RATE_HZ
#define LOUDNESS_OFF_LU 0.5 /* from VOICE_LOUDNESS_LUFS */
#define PEAK_MAX_DBTP   (-3.0)
#define WORDS_PER_MIN   160.0 /* the mean lies under this */

/* One phrase, as it sounds. */
struct heard_line {
	char name[SCRIPT_NAME_MAX];
	const char *who; /* NULL: it has no clip */
	double seconds, lufs, dbtp;
	int words;
};

struct check {
	struct content *content;
	struct script_line *lines;
	size_t n;
	struct voice *voice;
	struct heard_line *heard;

	size_t silent, off; /* without a clip; not as loud as it should be */
	double seconds;
	int words;
};

static int count_words(const char *text)
{
	int n = 0;

	while (*(text += strspn(text, " "))) {
		n++;
		text += strcspn(text, " ");
	}
	return n;
}

static const char *who(enum voice_source source)
{
	switch (source) {
	case VOICE_OWN:
		return "own";
	case VOICE_CALM:
		return "calm";
	case VOICE_FLITE:
		break;
	}
	return "flite";
}

static bool is_off(const struct heard_line *h)
{
	return !(fabs(h->lufs - VOICE_LOUDNESS_LUFS) <= LOUDNESS_OFF_LU) ||
	       !(h->dbtp < PEAK_MAX_DBTP);
}

static void hear(struct check *c, size_t i)
{
	struct heard_line *h = &c->heard[i];
	struct voice_take take;

	*h = (struct heard_line){.seconds = NAN, .lufs = NAN, .dbtp = NAN};
	script_name(&c->lines[i], h->name);
	h->words = count_words(c->lines[i].text);
	if (voice_say(c->voice, h->name, c->lines[i].text, RATE_HZ, &take) <
	    0) {
		c->silent++;
		return;
	}
	h->who = who(take.source);
	h->seconds = (double)take.frames / RATE_HZ;
	(void)voice_chain_loudness(take.samples, take.frames, RATE_HZ,
	                           &h->lufs);
	(void)voice_chain_peak(take.samples, take.frames, RATE_HZ, &h->dbtp);
	free(take.samples);
	c->off += is_off(h);
	c->seconds += h->seconds;
	c->words += h->words;
}

static void hear_all(struct check *c)
{
	struct out_bar bar;

	out_bar_init(&bar, stderr);
	for (size_t i = 0; i < c->n; i++) {
		out_bar_show(&bar, stderr, "voice", (double)i / (double)c->n);
		hear(c, i);
	}
	out_bar_clear(&bar, stderr);
}

static double per_minute(int words, double seconds)
{
	return seconds > 0 ? words * 60.0 / seconds : NAN;
}

static json_t *check_json(const struct check *c)
{
	json_t *rows = json_array(), *troubles = json_array();
	const char *const *lines;
	size_t n = voice_complaints(c->voice, &lines);

	for (size_t i = 0; i < c->n; i++) {
		const struct heard_line *h = &c->heard[i];

		json_array_append_new(
			rows,
			json_pack("{ss ss? so so so so ss}", "phrase", h->name,
		                  "voice", h->who, "seconds",
		                  out_real(h->seconds), "words_per_min",
		                  out_real(per_minute(h->words, h->seconds)),
		                  "lufs", out_real(h->lufs), "dbtp",
		                  out_real(h->dbtp), "text", c->lines[i].text));
	}
	for (size_t i = 0; i < n; i++)
		json_array_append_new(troubles, json_string(lines[i]));
	return json_pack("{so so sI so so}", "phrases", rows, "troubles",
	                 troubles, "without_clip", (json_int_t)c->silent,
	                 "seconds", out_real(c->seconds), "words_per_min",
	                 out_real(per_minute(c->words, c->seconds)));
}

static void row(struct out_table *t, const struct heard_line *h)
{
	char a[32], b[32], d[32], e[32];

	out_table_cell(t, "%s", h->name);
	out_table_cell(t, "%s", h->who ? h->who : "NO CLIP");
	out_table_cell(t, "%s", out_number(a, sizeof(a), h->seconds, 1));
	out_table_cell(
		t, "%s",
		out_number(b, sizeof(b), per_minute(h->words, h->seconds), 0));
	out_table_cell(t, "%s", out_number(d, sizeof(d), h->lufs, 1));
	out_table_cell(t, "%s", out_number(e, sizeof(e), h->dbtp, 1));
	out_table_cell(t, "%s", h->who && is_off(h) ? "off" : "");
}

static int print_table(const struct check *c)
{
	static const char *const header[] = {
		"PHRASE", "VOICE", "SECONDS", "WORDS/MIN", "LUFS", "DBTP", ""};
	struct out_table t;
	int r;

	out_table_init(&t, "llrrrrl");
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		out_table_cell(&t, "%s", header[i]);
	for (size_t i = 0; i < c->n; i++)
		row(&t, &c->heard[i]);
	r = out_table_print(&t, stdout, true);
	out_table_finish(&t);
	return r;
}

static int print_check(const struct check *c)
{
	double rate = per_minute(c->words, c->seconds);
	const char *const *lines;
	size_t n = voice_complaints(c->voice, &lines);
	char clock[16], words[32];
	int r = print_table(c);

	if (r < 0)
		return out_fail("voice check: %s", strerror(-r));
	printf("\n%zu phrases, %s of speech, %s words/min%s\n", c->n,
	       out_clock(clock, sizeof(clock), c->seconds),
	       out_number(words, sizeof(words), rate, 0),
	       rate >= WORDS_PER_MIN ? ": too fast" : "");
	if (c->silent)
		printf("%zu without a clip\n", c->silent);
	if (c->off)
		printf("%zu not at %.0f LUFS, or with a peak over %.0f dBTP\n",
		       c->off, VOICE_LOUDNESS_LUFS, PEAK_MAX_DBTP);
	for (size_t i = 0; i < n; i++)
		printf("%s\n", lines[i]);
	return OUT_DONE;
}

static int check(struct check *c, bool json)
{
	char cache[4096];
	int status, r = paths_clips(cache, sizeof(cache));

	if (r < 0)
		return out_fail("voice check: no home folder: set HOME");
	r = script_voice(&c->voice, content_book(c->content), cache);
	if (r == 0) {
		c->n = script_own(c->lines, c->n, c->voice);
		c->heard = calloc(c->n + 1, sizeof(*c->heard));
	}
	if (!c->heard)
		return out_fail("voice check: no memory: close other programs");
	hear_all(c);
	status = json ? out_json(check_json(c)) : print_check(c);
	if (status == OUT_DONE && c->silent)
		status = OUT_FAILED;
	return status;
}

static int texts(const struct check *c)
{
	char name[SCRIPT_NAME_MAX];

	for (size_t i = 0; i < c->n; i++) {
		script_name(&c->lines[i], name);
		printf("%s\t%s\n", name, c->lines[i].text);
	}
	return OUT_DONE;
}

int voice_run(const struct command *command, int argc, char **argv)
{
	struct opt_args args;
	struct error error = {0};
	struct check c = {0};
	bool json = false;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "of check: as JSON", 0, 0},
		{0},
	};
	int status = opt_start(command, opts, argc, argv, &args);
	bool checks;

	if (status >= 0)
		return status;
	checks = strcmp(args.at[0], "check") == 0;
	if (!checks && strcmp(args.at[0], "texts") != 0) {
		out_fail("voice: '%.40s': expected check or texts: see lull "
		         "voice --help",
		         args.at[0]);
		return OUT_USAGE;
	}
	if (load_content(&c.content, &error) < 0)
		status = out_fail("voice: %s", error.text);
	else if (script_make(content_book(c.content), &c.lines, &c.n) < 0)
		status = out_fail("voice: no memory: close other programs");
	else
		status = checks ? check(&c, json) : texts(&c);
	voice_destroy(c.voice);
	free(c.heard);
	free(c.lines);
	content_destroy(c.content);
	return status;
}
