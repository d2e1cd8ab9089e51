/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/keep.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/paths.h"
#include "cli/out.h"
#include "cli/past.h"
#include "diary/date.h"
#include "store/keep.h"

int keep_backup(const struct command *c, int argc, char **argv)
{
	const struct opt none[] = {{0}};
	struct store_error error = {""};
	struct store *s = NULL;
	struct opt_args args;
	int status = opt_start(c, none, argc, argv, &args);

	if (status < 0)
		status = past_open(&s, STORE_READ, "backup");
	if (status >= 0)
		return status;
	if (store_backup(s, args.at[0], &error) < 0)
		status = out_fail("backup: %s", error.what);
	else
		status = printf("%s holds all that is stored\n", args.at[0]) < 0
		                 ? OUT_FAILED
		                 : OUT_DONE;
	store_close(s);
	return status;
}

/* Return: whether the person says yes; on no terminal only --yes does. */
static bool agreed(bool yes, const char *question)
{
	char line[16];

	if (yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	printf("%s Type yes to go on: ", question);
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) && strcmp(line, "yes\n") == 0;
}

int keep_restore(const struct command *c, int argc, char **argv)
{
	bool yes = false;
	const struct opt opts[] = {
		{"yes", OPT_FLAG, &yes, NULL, "do not ask", 0, 0}, {0}};
	struct store_error error = {""};
	char path[4096];
	struct opt_args args;
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	if (paths_store(path, sizeof(path)) < 0)
		return out_fail("restore: no home folder: set HOME");
	if (!agreed(yes, "All that is stored now gives way to the backup."))
		return out_fail("restore: nothing was changed: --yes goes on "
		                "without asking");
	r = store_restore(path, args.at[0], &error);
	if (r == -EBUSY)
		return out_fail("restore: the daemon has the store: systemctl "
		                "--user stop lulld, then say this again");
	if (r < 0)
		return out_fail("restore: %s", error.what);
	return printf("restored; what was there before is in %s.before\n",
	              path) < 0
	               ? OUT_FAILED
	               : OUT_DONE;
}

/* --- erase ------------------------------------------------------------------
 */

struct erase {
	const char *from, *to;
	bool all, diary, yes;
};

/* The start of a local day, in Unix time. */
static int read_days(const struct erase *e, struct store_erase *ret)
{
	struct error error = {""};
	int32_t today = past_day(time(NULL));
	int32_t from = DATE_FIRST, to = today;

	if ((e->from && date_parse(e->from, today, &from, &error) < 0) ||
	    (e->to && date_parse(e->to, today, &to, &error) < 0)) {
		out_fail("erase: %s", error.text);
		return OUT_USAGE;
	}
	ret->from_s = e->from ? past_start(from) : INT64_MIN;
	ret->to_s = past_start(to + 1);
	if (e->diary) {
		ret->from = from;
		ret->to = to;
	}
	return -1;
}

static int read_what(const struct erase *e, const char *id,
                     struct store_erase *ret)
{
	bool days = e->from || e->to;

	*ret = (struct store_erase){.from = 1, .to = 0};
	if ((id != NULL) + days + e->all != 1 || (e->diary && !days)) {
		out_fail("erase: expected one of: a session's number; --from "
		         "and --to; --all");
		return OUT_USAGE;
	}
	if (id)
		return past_number("erase", id, &ret->session);
	if (days)
		return read_days(e, ret);
	*ret = (struct store_erase){.from_s = INT64_MIN,
	                            .to_s = INT64_MAX,
	                            .from = INT32_MIN,
	                            .to = INT32_MAX,
	                            .settings = true};
	return -1;
}

static const char *words_of(const struct store_erase *what, int n)
{
	return what->from <= what->to ? "(sessions and diary days)"
	       : n == 1               ? "session"
	                              : "sessions";
}

/* What a restore put aside is a whole store, too: with all it goes; else it
   is told. */
static int tell_before(const struct store_erase *what)
{
	char path[PATH_MAX + 16], store[PATH_MAX];

	if (paths_store(store, sizeof(store)) < 0)
		return OUT_DONE;
	snprintf(path, sizeof(path), "%s.before", store);
	if (access(path, F_OK) < 0)
		return OUT_DONE;
	if (!what->settings)
		printf("What a restore put aside stays: %s\n", path);
	else if (unlink(path) < 0)
		return out_fail("erase: %s: %s: remove it", path,
		                strerror(errno));
	return OUT_DONE;
}

static int erase(struct store *s, const struct store_erase *what, bool yes)
{
	char question[128];
	int n = store_erase_count(s, what);

	if (n < 0)
		return out_fail("erase: %s", store_message(s));
	if (n == 0 && !what->settings)
		return out_fail("erase: there is nothing of that time");
	snprintf(question, sizeof(question),
	         "%d %s will be gone for good; copies of yours stay.", n,
	         words_of(what, n));
	if (!agreed(yes, question))
		return out_fail("erase: nothing was erased: --yes goes on "
		                "without asking");
	n = store_erase(s, what);
	if (n < 0)
		return out_fail("erase: %s", store_message(s));
	if (printf("erased: %d %s\n", n, words_of(what, n)) < 0)
		return OUT_FAILED;
	return tell_before(what);
}

int keep_erase(const struct command *c, int argc, char **argv)
{
	struct erase e = {0};
	const struct opt opts[] = {
		{"from", OPT_TEXT, &e.from, "DATE",
	         "sessions of this day and later", 0, 0},
		{"to", OPT_TEXT, &e.to, "DATE", "sessions up to this day", 0,
	         0},
		{"diary", OPT_FLAG, &e.diary, NULL,
	         "with --from or --to: the diary of those days too", 0, 0},
		{"all", OPT_FLAG, &e.all, NULL,
	         "every session, the diary, and the answers to the questions",
	         0, 0},
		{"yes", OPT_FLAG, &e.yes, NULL, "do not ask", 0, 0},
		{0},
	};
	struct store_erase what;
	struct store *s = NULL;
	struct opt_args args;
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = read_what(&e, args.n > 0 ? args.at[0] : NULL, &what);
	if (status < 0)
		status = past_open(&s, STORE_WRITE, "erase");
	if (status >= 0)
		return status;
	status = erase(s, &what, e.yes);
	store_close(s);
	return status;
}
