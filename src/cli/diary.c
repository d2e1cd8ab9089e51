/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/diary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/date.h"
#include "drivers/sensor.h"

/* --- what a person says of a day --------------------------------------------
 */

/* @value behind `medicine=`; empty: takes all of them back. */
static int say_medicine(struct diary_day *day, const char *value,
                        struct error *error)
{
	if (!*value) {
		day->n_medicines = 0;
		return 0;
	}
	return diary_add_medicine(day, value, error);
}

static int say_word(struct diary_day *day, const char *word,
                    struct error *error)
{
	size_t n = strcspn(word, "=");
	enum diary_field field;
	char key[32];

	if (!word[n] && (strcmp(word, "yes") == 0 || strcmp(word, "no") == 0))
		return diary_set(day, DIARY_HEADACHE, word, error);
	snprintf(key, sizeof(key), "%.*s", (int)(n < 31 ? n : 31), word);
	field = diary_find(key);
	if (word[n] && strcmp(key, "medicine") == 0)
		return say_medicine(day, word + n + 1, error);
	if (word[n] && strcmp(key, "note") == 0)
		return diary_set_note(day, word + n + 1, error);
	if (word[n] && field < DIARY_FIELDS)
		return diary_set(day, field, word + n + 1, error);
	error_set(error,
	          "%.40s: expected yes, no, or what is known, as worst=7: lull "
	          "diary --help names all of it",
	          word);
	return -EINVAL;
}

static int say_words(struct diary_day *day, int n, char **words,
                     struct error *error)
{
	int r = 0;

	for (int i = 0; r == 0 && i < n; i++)
		r = say_word(day, words[i], error);
	return r;
}

/* --- asking -----------------------------------------------------------------
 */

/* Until it can be read; an empty answer leaves it unsaid. */
static void ask_field(struct diary_day *day, enum diary_field field,
                      const char *question)
{
	struct error error = {""};
	char line[DIARY_TEXT];

	do {
		ask_line(question, line, sizeof(line));
		if (!*line || diary_set(day, field, line, &error) == 0)
			return;
		puts(error.text);
	} while (!feof(stdin));
}

static void ask_medicines(struct diary_day *day)
{
	struct error error = {""};
	char line[DIARY_TEXT];

	do {
		ask_line(
			day->n_medicines
				? "Another medicine?"
				: "Medicine, as: ibuprofen, 400 mg, 14:30, worked?",
			line, sizeof(line));
		if (*line && diary_add_medicine(day, line, &error) < 0)
			puts(error.text);
	} while (*line && !feof(stdin));
}

static void ask_rest(struct diary_day *day)
{
	struct error error = {""};
	char line[DIARY_NOTE + 8];

	do {
		ask_line("More, as stress=4, sleep=7 or note=...?", line,
		         sizeof(line));
		if (*line && say_word(day, line, &error) < 0)
			puts(error.text);
	} while (*line && !feof(stdin));
}

/* Return: whether anything was said. */
static bool ask_day(struct diary_day *day, int32_t today)
{
	char question[64], date[DATE_TEXT];

	snprintf(question, sizeof(question), "A headache %s (yes or no)?",
	         day->date == today ? "today" : date_text(day->date, date));
	puts("An empty answer leaves it unsaid.");
	ask_field(day, DIARY_HEADACHE, question);
	if (isnan(day->value[DIARY_HEADACHE]))
		return false;
	if (day->value[DIARY_HEADACHE] == 1) {
		ask_field(day, DIARY_WORST, "The worst pain, 0 to 10?");
		ask_field(day, DIARY_HOURS, "For how many hours?");
		ask_medicines(day);
	}
	ask_rest(day);
	return true;
}

/* --- after a session --------------------------------------------------------
 */

/* By night the day is the one that has gone. */
#define NIGHT_S (5 * 3600)

/* Return: whether anything was said. */
static bool ask_shortly(struct diary_day *day, int32_t today)
{
	struct error error = {""};
	char date[DATE_TEXT], line[DIARY_TEXT], question[96];

	snprintf(question, sizeof(question),
	         "\nFor the diary: a headache %s (yes or no; Enter: not now)?",
	         day->date == today ? "today" : date_text(day->date, date));
	ask_in_time(question, line, sizeof(line));
	if (*line && diary_set(day, DIARY_HEADACHE, line, &error) < 0) {
		puts(error.text);
		ask_field(day, DIARY_HEADACHE, "Yes or no?");
	}
	if (isnan(day->value[DIARY_HEADACHE]))
		return false;
	if (day->value[DIARY_HEADACHE] == 1) {
		ask_field(day, DIARY_WORST, "The worst pain, 0 to 10?");
		ask_medicines(day);
	}
	return true;
}

static void ask_and_put(struct store *s, struct diary_day *day, int32_t today,
                        int64_t now_s)
{
	struct error error = {""};
	char date[DATE_TEXT];

	if (!ask_shortly(day, today))
		return;
	if (diary_check(day, &error) < 0)
		out_fail("diary: %s", error.text);
	else if (store_diary_put(s, day, now_s) < 0)
		out_fail("diary: %s", store_message(s));
	else
		printf("Entered; lull diary edit --date %s adds to it.\n",
		       date_text(day->date, date));
}

static bool is_asked(struct store *s, int64_t session, int32_t date)
{
	struct store_session row;
	struct diary_day day;

	return store_session(s, session, &row) == 0 &&
	       !sensor_simulated(row.sensor) &&
	       store_diary_get(s, date, &day) == -ENOENT;
}

void diary_after(int64_t session, int64_t now_s)
{
	int32_t today = past_day(now_s), date = past_day(now_s - NIGHT_S);
	struct store *s = NULL;
	struct diary_day day;

	if (!ask_begin() || past_open(&s, STORE_WRITE, "diary") >= 0)
		return;
	if (is_asked(s, session, date)) {
		diary_blank(&day, date, now_s);
		ask_and_put(s, &day, today, now_s);
	}
	store_close(s);
}

/* --- add, edit, remove ------------------------------------------------------
 */

static void tell(const struct diary_day *day)
{
	char date[DATE_TEXT], text[DIARY_TEXT];
	const char *between = ": ";

	fputs(date_text(day->date, date), stdout);
	for (enum diary_field f = 0; f < DIARY_FIELDS; f++) {
		if (!*diary_text(day, f, text))
			continue;
		printf("%s%s %s", between, diary_spec(f)->key, text);
		between = ", ";
	}
	for (size_t i = 0; i < day->n_medicines; i++) {
		char plain[DIARY_TEXT];

		diary_medicine_text(&day->medicines[i], text);
		out_plain(plain, sizeof(plain), text);
		printf("%s%s", strcmp(between, ": ") == 0 ? between : "; ",
		       plain);
		between = "; ";
	}
	if (day->note[0]) {
		char plain[DIARY_NOTE];

		out_plain(plain, sizeof(plain), day->note);
		printf("%snote: %s",
		       strcmp(between, ": ") == 0 ? between : "; ", plain);
	}
	putchar('\n');
}

/* Return: 0, 1 if nothing was said, or negative errno with @error. */
static int change(const struct diary_ask *q, struct diary_day *day,
                  struct error *error)
{
	int r = 0;

	if (q->n == 0 && !ask_day(day, q->today))
		return 1;
	r = say_words(day, q->n, q->words, error);
	return r < 0 ? r : diary_check(day, error);
}

static int put(struct store *s, const struct diary_ask *q, bool known)
{
	struct error error = {""};
	struct diary_day day;
	char date[DATE_TEXT];
	int r = store_diary_get(s, q->date, &day);

	if (r == -ENOENT && known)
		return out_fail("diary: %s: nothing was entered of that day: "
		                "lull diary add --date %s",
		                date_text(q->date, date), date);
	if (r < 0 && r != -ENOENT)
		return out_fail("diary: %s", store_message(s));
	if (r == -ENOENT)
		diary_blank(&day, q->date, q->now_s);
	r = change(q, &day, &error);
	if (r < 0)
		return out_fail("diary: %s", error.text);
	if (r == 0 && store_diary_put(s, &day, q->now_s) < 0)
		return out_fail("diary: %s", store_message(s));
	if (r == 0)
		tell(&day);
	else
		puts("Nothing was entered.");
	return OUT_DONE;
}

static int put_day(const struct diary_ask *q, bool known)
{
	struct store *s = NULL;
	int status;

	if (q->n == 0 && !isatty(STDIN_FILENO)) {
		out_fail("diary: say what is known, as: lull diary add yes "
		         "worst=7");
		return OUT_USAGE;
	}
	status = past_open(&s, STORE_WRITE, "diary");
	if (status >= 0)
		return status;
	status = put(s, q, known);
	store_close(s);
	return status;
}

static int add(const struct diary_ask *q)
{
	return put_day(q, false);
}

static int edit(const struct diary_ask *q)
{
	return put_day(q, true);
}

static int drop(const struct diary_ask *q)
{
	struct store *s = NULL;
	char date[DATE_TEXT];
	int r, status = past_open(&s, STORE_WRITE, "diary");

	if (status >= 0)
		return status;
	r = store_diary_remove(s, q->date);
	date_text(q->date, date);
	if (r == -ENOENT)
		status = out_fail("diary: %s: nothing was entered of that day",
		                  date);
	else if (r < 0)
		status = out_fail("diary: %s", store_message(s));
	else
		status = printf("%s is removed\n", date) < 0 ? OUT_FAILED
		                                             : OUT_DONE;
	store_close(s);
	return status;
}

/* --- the command ------------------------------------------------------------
 */

static const struct verb {
	const char *name;
	int (*run)(const struct diary_ask *q);
	int min_words, max_words;
} verbs[] = {
	{"add", add, 0, OPT_ARGS_ANY},
	{"edit", edit, 0, OPT_ARGS_ANY},
	{"remove", drop, 0, 0},
	{"list", diary_list, 0, 0},
	{"import", diary_import, 1, OPT_ARGS_ANY},
	{"export", diary_export, 0, 0},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int read_date(const char *text, int32_t today, int32_t otherwise,
                     int32_t *ret)
{
	struct error error = {""};

	*ret = otherwise;
	if (text && date_parse(text, today, ret, &error) < 0) {
		out_fail("diary: %s", error.text);
		return OUT_USAGE;
	}
	return -1;
}

static int run_verb(const char *name, struct diary_ask *q)
{
	const struct verb *verb = find_verb(name);

	if (!verb) {
		out_fail("diary: %.40s: expected add, edit, remove, list, "
		         "import or export",
		         name);
		return OUT_USAGE;
	}
	if (q->n < verb->min_words) {
		out_fail("diary: import: expected a CSV file: lull diary "
		         "import FILE.csv");
		return OUT_USAGE;
	}
	if (q->n > verb->max_words) {
		out_fail("diary: %.40s: %s takes only options: lull diary "
		         "--help",
		         q->words[0], verb->name);
		return OUT_USAGE;
	}
	return verb->run(q);
}

int diary_run(const struct command *c, int argc, char **argv)
{
	const char *date = NULL, *from = NULL, *to = NULL;
	struct diary_ask q = {.now_s = time(NULL)};
	struct opt_args args;
	uint64_t days = 0;
	const struct opt opts[] = {
		{"date", OPT_TEXT, &date, "DATE",
	         "add, edit, remove: of which day; today unless told", 0, 0},
		{"from", OPT_TEXT, &from, "DATE", "list, export: the first day",
	         0, 0},
		{"to", OPT_TEXT, &to, "DATE", "list, export: the last day", 0,
	         0},
		{"days", OPT_COUNT, &days, "N",
	         "list, export: so many up to the last", 1, 100000},
		{"o", OPT_TEXT, &q.output, "FILE", "export: into it", 0, 0},
		{"replace", OPT_FLAG, &q.replace, NULL,
	         "import: also days that were entered before", 0, 0},
		{"json", OPT_FLAG, &q.json, NULL, "list: as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	q.today = past_day(q.now_s);
	q.words = args.at + 1;
	q.n = args.n - 1;
	status = read_date(date, q.today, q.today, &q.date);
	if (status < 0)
		status = read_date(to, q.today, q.today, &q.to);
	if (status < 0)
		status = read_date(from, q.today,
		                   days ? q.to - (int32_t)days + 1 : DATE_FIRST,
		                   &q.from);
	if (status >= 0)
		return status;
	return run_verb(args.at[0], &q);
}
