/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/before.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/out.h"
#include "cli/past.h"
#include "store/before.h"
#include "store/change.h"
#include "store/diary.h"

#define EXPECTED                                                               \
	"expected caffeine, nicotine, meal, exercise, alcohol, medicine, "     \
	"or none by itself"
#define LINE 128

/* --- what is known ----------------------------------------------------------
 */

/* Of the day of the session, as the person slept before it. */
static void diary_words(struct store *s, const struct store_session *row,
                        char *ret, size_t len)
{
	char events[DIARY_TEXT];
	struct diary_day day;
	enum change_part part;
	int32_t date;
	double slept;
	int n = 0;

	ret[0] = '\0';
	if (!change_when(row->start, &date, &part) ||
	    store_diary_get(s, date, &day) < 0)
		return;
	slept = day.value[DIARY_SLEEP];
	if (!isnan(slept))
		n = snprintf(ret, len, "%g h of sleep", slept);
	if (strstr(diary_text(&day, DIARY_EVENTS, events), "menses"))
		snprintf(ret + n, len - (size_t)n, "%smenses", n ? ", " : "");
}

void before_line(struct store *s, const struct store_session *row, char *ret,
                 size_t len)
{
	char said[BEFORE_TEXT], diary[64];

	before_words(row->before, said);
	diary_words(s, row, diary, sizeof(diary));
	snprintf(ret, len, "%s%s%s",
	         row->before == 0 ? "nothing that moves the heart" : said,
	         *diary && row->before >= 0 ? "; " : "", diary);
}

/* --- after a session --------------------------------------------------------
 */

static bool ask(struct store *s, int64_t session)
{
	static const char question[] =
		"\nWhat was before it, so that like is compared with like? "
		"Within 2 hours c caffeine,\nn nicotine, m a meal, e exercise; "
		"within a day a alcohol; h a medicine that changes\nthe heart "
		"rate. As: c m; or 0 for none of it (Enter: not now)?";
	int set = BEFORE_NOT_SAID;
	char line[LINE];

	if (!ask_in_time(question, line, sizeof(line)))
		return false;
	while (before_read(line, &set) < 0 && !feof(stdin)) {
		puts(EXPECTED ": their letters will do");
		ask_line("As: c m?", line, sizeof(line));
	}
	if (set != BEFORE_NOT_SAID && store_before_put(s, session, set) < 0)
		out_fail("before: %s", store_message(s));
	return true;
}

bool before_after(int64_t session)
{
	struct store_session row;
	struct store *s = NULL;
	bool there;

	if (!ask_begin() || past_open(&s, STORE_WRITE, "before") >= 0)
		return false;
	there = store_session(s, session, &row) < 0 || row.simulated ||
	        row.beats == 0 || row.before != BEFORE_NOT_SAID ||
	        ask(s, session);
	store_close(s);
	return there;
}

/* --- the command ------------------------------------------------------------
 */

static int tell(struct store *s, int64_t id, bool json)
{
	struct store_session row;
	char line[256];

	if (store_session(s, id, &row) < 0)
		return out_fail("before: %s", store_message(s));
	if (json)
		return out_json(past_row_json(&row));
	before_line(s, &row, line, sizeof(line));
	printf("before session %lld: %s\n", (long long)id,
	       *line ? line : "not said");
	return OUT_DONE;
}

static int read_words(int n, char **words, int *ret)
{
	*ret = BEFORE_NOT_SAID;
	for (int i = 0; i < n; i++) {
		int more = BEFORE_NOT_SAID;

		if (before_read(words[i], &more) < 0 ||
		    (*ret == 0 && more > 0) || (*ret > 0 && more == 0)) {
			out_fail("before: '%.40s': " EXPECTED, words[i]);
			return OUT_USAGE;
		}
		if (more != BEFORE_NOT_SAID)
			*ret = *ret > 0 ? *ret | more : more;
	}
	return -1;
}

int before_run(const struct command *c, int argc, char **argv)
{
	bool json = false;
	const struct opt opts[] = {
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	struct store *s = NULL;
	struct opt_args args = {0};
	int64_t id = 0;
	int set = BEFORE_NOT_SAID, at = 0;
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0 && args.n && isdigit((unsigned char)args.at[0][0]))
		status = past_number(c->name, args.at[at++], &id);
	if (status < 0)
		status = read_words(args.n - at, args.at + at, &set);
	if (status < 0)
		status = past_open(&s, args.n > at ? STORE_WRITE : STORE_READ,
		                   c->name);
	if (status < 0)
		status = past_id(s, c->name, &id);
	if (status < 0 && args.n > at) {
		int r = store_before_put(s, id, set);

		if (r < 0 && r != -ENOENT)
			status = out_fail("before: %s", store_message(s));
	}
	if (status < 0)
		status = tell(s, id, json);
	store_close(s);
	return status;
}
