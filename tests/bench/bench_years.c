/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "diary/date.h"
#include "tests/helpers/test.h"
#include "tests/helpers/years.h"

/* The commands as a person runs them, after ten years of daily use: CPU time
   of the whole program, so that others on the machine do not count; medians.
   Its memory is the largest of all runs. Source of the limits: issue 7. */

#define RUNS_MAX   9
#define MEMORY_MIB 60.0
#define SEED       20261126
#define FILES      5000
#define ROWS       1000000
#define IMPORTS    3

struct ran {
	double cpu_ms, memory_mib;
	bool ok;
};

static bool missed;

static void row(const char *name, double value, const char *unit, double limit)
{
	bool ok = value <= limit;

	printf("%-34s %10.4g %-4s %8.4g %s\n", name, value, unit, limit,
	       ok ? "ok" : "MISS");
	missed |= !ok;
}

static double ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec * 1e-3;
}

static struct ran run_once(char *const *argv)
{
	struct rusage used = {0};
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
			execv(argv[0], argv);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		status = 1;
	return (struct ran){.cpu_ms = ms(used.ru_utime) + ms(used.ru_stime),
	                    .memory_mib = (double)used.ru_maxrss / 1024,
	                    .ok = status == 0};
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* @line: what follows `lull`, words parted by single blanks */
static void measure(const char *name, char *lull, const char *line,
                    double limit_ms)
{
	double cpu_ms[RUNS_MAX], memory_mib = 0;
	char words[256], label[64], *argv[16] = {lull}, *rest = words;

	snprintf(words, sizeof(words), "%s", line);
	for (int i = 1; i < 15 && (argv[i] = strsep(&rest, " ")); i++)
		;
	for (int i = 0; i < RUNS_MAX; i++) {
		struct ran ran = run_once(argv);

		if (!ran.ok) {
			printf("lull %s: failed\n", line);
			missed = true;
			return;
		}
		cpu_ms[i] = ran.cpu_ms;
		memory_mib = fmax(memory_mib, ran.memory_mib);
	}
	qsort(cpu_ms, RUNS_MAX, sizeof(cpu_ms[0]), compare);
	row(name, cpu_ms[RUNS_MAX / 2], "ms", limit_ms);
	snprintf(label, sizeof(label), "%s_memory", name);
	row(label, memory_mib, "MiB", MEMORY_MIB);
}

static bool has_report(char *lull)
{
	char report[] = "report", help[] = "--help";
	char *argv[] = {lull, report, help, NULL};

	return run_once(argv).ok;
}

static int32_t today(void)
{
	time_t now = time(NULL);
	struct tm tm;
	int32_t date = 0;

	localtime_r(&now, &tm);
	(void)date_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &date);
	return date;
}

/* --- what is brought in -----------------------------------------------------
 */

/* Many words follow `lull`. Each run has a store of its own, new. Seconds on
 * the wall: it has all cores; others on the machine count. */
static void measure_import(const char *name, char **argv, const char *home,
                           double limit_s)
{
	double s[IMPORTS], memory_mib = 0;
	char folder[4096], label[64];

	for (int i = 0; i < IMPORTS; i++) {
		struct timespec a, b;
		struct ran ran;

		snprintf(folder, sizeof(folder), "%s/%s%d", home, name, i);
		test_scrap(strdup(folder)); /* of an earlier bench */
		setenv("XDG_STATE_HOME", folder, 1);
		clock_gettime(CLOCK_MONOTONIC, &a);
		ran = run_once(argv);
		clock_gettime(CLOCK_MONOTONIC, &b);
		s[i] = (double)(b.tv_sec - a.tv_sec) +
		       (double)(b.tv_nsec - a.tv_nsec) * 1e-9;
		memory_mib = fmax(memory_mib, ran.memory_mib);
		printf("  %s: %.2f s of CPU%s\n", name, ran.cpu_ms / 1e3,
		       ran.ok ? "" : ", and failed");
		missed |= !ran.ok;
	}
	qsort(s, IMPORTS, sizeof(s[0]), compare);
	row(name, s[IMPORTS / 2], "s", limit_s);
	snprintf(label, sizeof(label), "%s_memory", name);
	row(label, memory_mib, "MiB", MEMORY_MIB);
}

static void measure_files(const struct years *y, char *lull, const char *home)
{
	char folder[4096], path[4200];
	char **argv = calloc(FILES + 3, sizeof(*argv));

	snprintf(folder, sizeof(folder), "%s/files", home);
	if (!argv || (mkdir(folder, 0700) < 0 && errno != EEXIST) ||
	    years_files(y, home, folder, FILES) < 0) {
		missed = true;
		free(argv);
		return;
	}
	argv[0] = lull;
	argv[1] = strdup("import");
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%05u.rr", folder, i);
		argv[2 + i] = strdup(path);
	}
	measure_import("import_5000_files", argv, home, 5);
	for (unsigned i = 1; i < FILES + 2; i++)
		free(argv[i]);
	free(argv);
}

static void measure_table(const struct years *y, char *lull, const char *home)
{
	char path[4096], diary[] = "diary", word[] = "import";
	char *argv[] = {lull, diary, word, path, NULL};

	snprintf(path, sizeof(path), "%s/table.csv", home);
	if (years_table(y, path, ROWS) < 0)
		missed = true;
	else
		measure_import("diary_of_a_million_rows", argv, home, 30);
}

/* LULL_YEARS: a folder to make them in and keep them, for looking into. */
static char *find_home(void)
{
	const char *kept = getenv("LULL_YEARS");

	return kept ? strdup(kept) : test_scratch();
}

static void let_go(char *home)
{
	if (getenv("LULL_YEARS"))
		free(home);
	else
		test_scrap(home);
}

static bool is_made(const char *home)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/state/lull/lull.db", home);
	return access(path, R_OK) == 0;
}

int main(void)
{
	const struct years years = {YEARS_TEN, .today = today(), .seed = SEED};
	const char *build = getenv("BUILD");
	char *home = find_home(), lull[4096];
	int64_t beats = 0;

	snprintf(lull, sizeof(lull), "%s/lull", build ? build : "build");
	years_environment(home);
	if (!is_made(home))
		beats = years_make(&years, lull, home);
	if (beats < 0) {
		let_go(home);
		return 1;
	}
	if (beats > 0)
		printf("%u sessions, %.2f million beats, %u days of diary, "
		       "seed %d\n",
		       years.sessions, (double)beats / 1e6, years.days, SEED);
	measure("stats", lull, "stats", 50);
	measure("stats_of_a_year", lull, "stats --days 365", 100);
	measure("sessions_last_30", lull, "sessions --last 30", 20);
	measure("show_the_last", lull, "show", 20);
	measure("show_one_amid", lull, "show 2000", 20);
	measure("diary_of_a_month", lull, "diary list", 20);
	if (has_report(lull))
		measure("report_of_a_year", lull, "report --from=-364", 1000);
	measure_files(&years, lull, home);
	measure_table(&years, lull, home);
	let_go(home);
	return missed;
}
