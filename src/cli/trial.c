/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/trial.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/paths.h"
#include "cli/load.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/date.h"
#include "store/change.h"
#include "store/diary.h"
#include "store/trial.h"

#define AHEAD_MAX 366 /* days until it may begin */

/** All that is shown of it. */
struct shown {
	struct trial_tally tally;
	struct trial_result result;
	unsigned sessions[TRIAL_BLOCKS_MAX];
	int32_t today;
};

/* --- out of the store -------------------------------------------------------
 */

static int count_session(void *data, const struct store_session *row)
{
	struct shown *x = data;
	struct trial_block b;
	enum change_part part;
	int32_t date;

	if (!row->simulated && !row->recording[0] &&
	    change_when(row->start, &date, &part) &&
	    trial_block_on(&x->tally.trial, date, &b))
		x->sessions[b.n]++;
	return 0;
}

static int read_trial(struct store *s, struct shown *x)
{
	struct trial trial;
	int r = store_trial_last(s, &trial);

	*x = (struct shown){.today = past_day(time(NULL))};
	if (r)
		return r;
	trial_tally(&x->tally, &trial);
	r = store_diary_days(s, trial.start, x->today, trial_add, &x->tally);
	if (r == 0)
		r = store_sessions(s, 0, count_session, x);
	if (r == 0)
		trial_judge(&x->tally, x->today, &x->result);
	return r;
}

static const char *read_words(struct store *s, char ret[TRIAL_TEXT])
{
	struct trial trial;

	ret[0] = 0;
	if (store_trial_last(s, &trial) == 0)
		trial_day_words(&trial, past_day(time(NULL)), ret);
	return ret;
}

const char *trial_today(struct store *s, char ret[TRIAL_TEXT])
{
	struct store *own = NULL;
	char path[PATH_MAX];

	ret[0] = 0;
	if (s)
		return read_words(s, ret);
	if (paths_store(path, sizeof(path)) < 0 ||
	    store_open(&own, path, STORE_READ, NULL) < 0)
		return ret;
	read_words(own, ret);
	store_close(own);
	return ret;
}

/* --- for people -------------------------------------------------------------
 */

static void print_plan(const struct trial *t)
{
	char first[TRIAL_TEXT], second[TRIAL_TEXT], from[DATE_TEXT],
		to[DATE_TEXT];

	printf("Your trial: %s, or %s; %u pairs of blocks of %u days, %s to "
	       "%s\n",
	       trial_arm_words(t, TRIAL_FIRST, first),
	       trial_arm_words(t, TRIAL_SECOND, second), t->pairs, t->weeks * 7,
	       date_text(t->start, from), date_text(trial_after(t) - 1, to));
	if (t->ended != TRIAL_OPEN)
		printf("You ended it on %s.\n", date_text(t->ended, from));
}

static bool is_begun(const struct shown *x, const struct trial_block *b)
{
	return b->from <= x->today && b->from < x->tally.trial.ended;
}

static bool is_told(const struct shown *x)
{
	return x->result.verdict != TRIAL_WAITS;
}

static void block_row(struct out_table *t, const struct shown *x, unsigned n)
{
	const struct trial_block *b = &x->tally.blocks[n];
	char from[DATE_TEXT], arm[TRIAL_TEXT];

	out_table_cell(t, "%u", n + 1);
	out_table_cell(t, "%s", date_text(b->from, from));
	out_table_cell(t, "%s", trial_arm_words(&x->tally.trial, b->arm, arm));
	out_table_cell(t, "%u of %d", b->entered, b->to + 1 - b->from);
	out_table_cell(t, "%u", x->sessions[n]);
	if (is_told(x) && b->entered > 0)
		out_table_cell(t, "%u", b->aches);
	else
		out_table_cell(t, "-");
	out_table_cell(t, "%s",
	               b->to < x->today && !trial_counts(b)
	                       ? "too few days entered"
	                       : "");
}

static void print_blocks(const struct shown *x)
{
	static const char *const header[] = {
		"BLOCK",    "FROM",          "DRAWN", "ENTERED",
		"SESSIONS", "HEADACHE DAYS", ""};
	struct out_table t;

	if (!is_begun(x, &x->tally.blocks[0]))
		return;
	out_table_init(&t, "rllrrrl");
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		out_table_cell(&t, "%s", header[i]);
	for (unsigned n = 0; n < 2 * x->tally.trial.pairs; n++)
		if (is_begun(x, &x->tally.blocks[n]))
			block_row(&t, x, n);
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
}

static void print_result(const struct shown *x)
{
	const struct trial *t = &x->tally.trial;
	const struct trial_result *r = &x->result;
	char first[TRIAL_TEXT], second[TRIAL_TEXT], words[TRIAL_TEXT];

	trial_words(t, r, words);
	if (r->counted < TRIAL_PAIRS_LEAST || !is_told(x)) {
		printf("%c%s\n", toupper((unsigned char)words[0]), words + 1);
		if (!is_told(x))
			puts("The blocks are compared when all are over: who "
			     "looks again and again finds a\ndifference "
			     "sooner or later.");
		return;
	}
	printf("Headache days in 28: %s %.1f; %s %.1f; of %u pairs\n",
	       trial_arm_words(t, TRIAL_FIRST, first), r->arms[TRIAL_FIRST],
	       trial_arm_words(t, TRIAL_SECOND, second), r->arms[TRIAL_SECOND],
	       r->counted);
	printf("Difference: %+.1f, most likely between %+.1f and %+.1f: %s\n",
	       r->per_28, r->low, r->high, words);
	printf("If the blocks made no difference, the lot gives one as large "
	       "in %.0f of 100 cases.\n",
	       100 * r->chance);
	puts(trial_caution());
}

static int print_all(const struct shown *x)
{
	char line[TRIAL_TEXT];

	print_plan(&x->tally.trial);
	trial_day_words(&x->tally.trial, x->today, line);
	if (line[0])
		puts(line);
	print_blocks(x);
	print_result(x);
	return OUT_DONE;
}

/* --- for programs -----------------------------------------------------------
 */

static json_t *block_json(const struct shown *x, unsigned n)
{
	const struct trial_block *b = &x->tally.blocks[n];
	char from[DATE_TEXT], to[DATE_TEXT], arm[TRIAL_TEXT];

	return json_pack(
		"{ss ss ss si so si sb}", "arm",
		trial_arm_words(&x->tally.trial, b->arm, arm), "from",
		date_text(b->from, from), "to", date_text(b->to, to), "entered",
		(int)b->entered, "headache_days",
		is_told(x) && b->entered ? json_integer(b->aches) : json_null(),
		"sessions", (int)x->sessions[n], "counts", trial_counts(b));
}

static json_t *blocks_json(const struct shown *x)
{
	json_t *rows = json_array();

	for (unsigned n = 0; n < 2 * x->tally.trial.pairs; n++)
		if (is_begun(x, &x->tally.blocks[n]))
			json_array_append_new(rows, block_json(x, n));
	return rows;
}

/* The number of the block, from 1. */
static json_t *today_json(const struct shown *x)
{
	struct trial_block b;

	return trial_block_on(&x->tally.trial, x->today, &b)
	               ? json_integer(b.n + 1)
	               : json_null();
}

/* The lot of blocks to come is told when there are none. */
static json_t *seed_json(const struct shown *x)
{
	char text[24];

	if (!is_told(x))
		return json_null();
	snprintf(text, sizeof(text), "%llu",
	         (unsigned long long)x->tally.trial.seed);
	return json_string(text);
}

static json_t *all_json(const struct shown *x)
{
	const struct trial *t = &x->tally.trial;
	const struct trial_result *r = &x->result;
	char first[TRIAL_TEXT], second[TRIAL_TEXT], words[TRIAL_TEXT],
		from[DATE_TEXT], to[DATE_TEXT], ended[DATE_TEXT];

	return json_pack(
		"{s{ss ss so si si s[ss] so so so si si so so so so so ss}}",
		"trial", "from", date_text(t->start, from), "to",
		date_text(trial_after(t) - 1, to), "ended",
		t->ended == TRIAL_OPEN
			? json_null()
			: json_string(date_text(t->ended, ended)),
		"weeks", (int)t->weeks, "pairs", (int)t->pairs, "arms",
		trial_arm_words(t, TRIAL_FIRST, first),
		trial_arm_words(t, TRIAL_SECOND, second), "seed", seed_json(x),
		"block_today", today_json(x), "blocks", blocks_json(x),
		"pairs_to_come", (int)r->coming, "pairs_counted",
		(int)r->counted, "first_per_28", out_real(r->arms[TRIAL_FIRST]),
		"second_per_28", out_real(r->arms[TRIAL_SECOND]), "difference",
		out_real(r->per_28), "interval",
		json_pack("{so so}", "low", out_real(r->low), "high",
	                  out_real(r->high)),
		"chance", out_real(r->chance), "words",
		trial_words(t, r, words));
}

/* --- the command ------------------------------------------------------------
 */

static int show(struct store *s, bool json)
{
	static struct shown x;
	int r = read_trial(s, &x);

	if (r == -ENOENT && json)
		return out_json(json_pack("{sn}", "trial"));
	if (r == -ENOENT)
		return puts("There is no trial: lull trial begin") < 0
		               ? OUT_FAILED
		               : OUT_DONE;
	if (r < 0)
		return out_fail("trial: %s", store_message(s));
	return json ? out_json(all_json(&x)) : print_all(&x);
}

/* As written, also of days to come: `2026-12-01`, `today`, `tomorrow`. */
static int read_start(const char *text, int32_t today, int32_t *ret)
{
	struct error error = {""};
	int32_t date = today + 1;

	if (text && strcmp(text, "today") == 0)
		date = today;
	else if (text && strcmp(text, "tomorrow") != 0 &&
	         (!isdigit((unsigned char)text[0]) ||
	          date_parse(text, today + AHEAD_MAX, &date, &error) < 0))
		date = today - 1;
	if (date >= today) {
		*ret = date;
		return -1;
	}
	out_fail("trial: --from: expected today, tomorrow or a day like "
	         "2026-12-01 within a year: what is over cannot be drawn any "
	         "more");
	return OUT_USAGE;
}

static int read_arms(const struct opt_args *args, struct trial *t)
{
	for (int i = 1; i < args->n; i++) {
		struct routine *routine = NULL;
		struct error error = {""};

		if (load_routine(args->at[i], &routine, &error) < 0)
			return out_fail("trial: %s", error.text);
		snprintf(t->arms[i - 1], sizeof(t->arms[i - 1]), "%s",
		         routine->id);
		routine_destroy(routine);
	}
	if (args->n < 3 || strcmp(t->arms[0], t->arms[1]) != 0)
		return -1;
	out_fail("trial: begin: expected two routines that are not the same");
	return OUT_USAGE;
}

/* Massage that waits for a doctor cannot be tried out. */
static int check_blocked(struct store *s)
{
	char stop[32];
	int r = store_blocked(s, stop, sizeof(stop));

	if (r < 0)
		return out_fail("trial: %s", store_message(s));
	if (r == 0)
		return -1;
	out_fail("trial: a red flag has stopped practice: see a doctor first: "
	         "then lull seen");
	return OUT_BLOCKED;
}

static int print_begun(const struct trial *t)
{
	char line[TRIAL_TEXT];

	print_plan(t);
	trial_day_words(t, past_day(time(NULL)), line);
	puts(line);
	printf("Each pair has one block of each kind; which comes first was "
	       "drawn by lot, and is told when it\nbegins: lull trial. Enter "
	       "each day whether there was a headache, or none: lull diary add. "
	       "A\nblock counts with four in five of its days; it takes %d "
	       "pairs to tell anything.\n\n%s\n",
	       TRIAL_PAIRS_LEAST, trial_safety());
	return OUT_DONE;
}

static int begin(struct store *s, struct trial *t)
{
	int r, status = check_blocked(s);

	if (status >= 0)
		return status;
	if (getrandom(&t->seed, sizeof(t->seed), 0) != (ssize_t)sizeof(t->seed))
		return out_fail("trial: no lot could be drawn: %s",
		                strerror(errno));
	r = store_trial_begin(s, t, past_day(time(NULL)));
	if (r == -EEXIST)
		return out_fail("trial: one runs already: lull trial shows "
		                "it, lull trial end ends it");
	if (r < 0)
		return out_fail("trial: %s", store_message(s));
	return print_begun(t);
}

static int end(struct store *s)
{
	int r = store_trial_end(s, past_day(time(NULL)));

	if (r == -ENOENT)
		return out_fail("trial: none runs: lull trial begin");
	if (r < 0)
		return out_fail("trial: %s", store_message(s));
	return show(s, false);
}

struct asked {
	const char *from;
	uint64_t weeks, pairs;
	bool json;
};

static int read_trial_asked(const struct asked *a, const struct opt_args *args,
                            struct trial *ret)
{
	int status;

	*ret = (struct trial){.ended = TRIAL_OPEN,
	                      .weeks = (unsigned)a->weeks,
	                      .pairs = (unsigned)a->pairs};
	status = read_start(a->from, past_day(time(NULL)), &ret->start);
	return status < 0 ? read_arms(args, ret) : status;
}

static int run_begin(const struct asked *a, const struct opt_args *args)
{
	struct store *s = NULL;
	struct trial t;
	int status = read_trial_asked(a, args, &t);

	if (status < 0)
		status = past_open(&s, STORE_WRITE, "trial");
	if (status < 0)
		status = begin(s, &t);
	store_close(s);
	return status;
}

static int run_other(const char *verb, const struct asked *a)
{
	bool ends = strcmp(verb, "end") == 0;
	struct store *s = NULL;
	int status = past_open(&s, ends ? STORE_WRITE : STORE_READ, "trial");

	if (status < 0)
		status = ends ? end(s) : show(s, a->json);
	store_close(s);
	return status;
}

int trial_run(const struct command *c, int argc, char **argv)
{
	struct opt_args args = {0};
	struct asked a = {.weeks = TRIAL_WEEKS, .pairs = TRIAL_PAIRS_LEAST};
	const struct opt opts[] = {
		{"from", OPT_TEXT, &a.from, "DATE",
	         "begin: its first day; tomorrow unless told", 0, 0},
		{"weeks", OPT_COUNT, &a.weeks, "N",
	         "begin: of each block; 4 unless told", 1, TRIAL_WEEKS_MAX},
		{"pairs", OPT_COUNT, &a.pairs, "N",
	         "begin: of blocks; 6 unless told, which has none to spare",
	         TRIAL_PAIRS_LEAST, TRIAL_PAIRS_MAX},
		{"json", OPT_FLAG, &a.json, NULL, "show: as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);
	const char *verb = args.n > 0 ? args.at[0] : "show";

	if (status >= 0)
		return status;
	if (strcmp(verb, "begin") == 0)
		return run_begin(&a, &args);
	if ((strcmp(verb, "show") == 0 || strcmp(verb, "end") == 0) &&
	    args.n <= 1)
		return run_other(verb, &a);
	out_fail("trial: expected begin [ROUTINE [ROUTINE]], show or end");
	return OUT_USAGE;
}
