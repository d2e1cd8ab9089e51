/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/population_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>

#include "drivers/random.h"

#define RESAMPLES 2000
/* R13 */
#define SHORTEST 0.8
#define LONGEST  1.25
/* Issue 6, "Show" 2 */
#define REACH_PCT 95.0

static bool in_group(const struct study *s, unsigned i,
                     enum population_group group)
{
	return s->persons[i].groups & UINT32_C(1) << group;
}

bool report_bar(const char *name, double value, const char *unit, double limit,
                bool ok)
{
	printf("%-34s %10.2f %-10s %8g %s\n", name, value, unit, limit,
	       ok ? "ok" : "MISS");
	return ok;
}

void report_interval(const double *values, size_t n, double *ret_mean,
                     double *ret_low, double *ret_high)
{
	static double means[RESAMPLES];
	struct random random;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	*ret_mean = n > 0 ? sum / (double)n : NAN;
	*ret_low = *ret_high = NAN;
	if (n < 3)
		return;
	random_init(&random, n, 1);
	for (int k = 0; k < RESAMPLES; k++) {
		means[k] = 0;
		for (size_t i = 0; i < n; i++)
			means[k] += values[random_next(&random) % n];
		means[k] /= (double)n;
	}
	gsl_sort(means, 1, RESAMPLES);
	*ret_low = means[RESAMPLES / 40];
	*ret_high = means[RESAMPLES - 1 - RESAMPLES / 40];
}

/* --- adherence, closed loop beside the clock -------------------------------
 */

/* Over all routines of one person; NAN: never paced. */
static double adherence(const struct study *s, unsigned i,
                        enum population_arm arm)
{
	double paced_s = 0, adherent_s = 0;

	for (size_t k = 0; k < s->n_routines; k++) {
		const struct population_result *r = study_result(s, i, k, arm);

		paced_s += r->paced_s;
		adherent_s += r->adherent_s;
	}
	return paced_s > 0 ? 100 * adherent_s / paced_s : NAN;
}

static bool group_row(const struct study *s, enum population_group group,
                      double *difference)
{
	double arm[ARMS] = {0}, mean, low, high;
	size_t n = 0;
	bool ok;

	for (unsigned i = 0; i < s->n_persons; i++) {
		double closed = adherence(s, i, ARM_CLOSED);
		double clock = adherence(s, i, ARM_CLOCK);

		if (!in_group(s, i, group) || isnan(closed - clock))
			continue;
		arm[ARM_CLOSED] += closed;
		arm[ARM_CLOCK] += clock;
		difference[n++] = closed - clock;
	}
	report_interval(difference, n, &mean, &low, &high);
	/* worse: the whole interval is below zero; better: above */
	ok = group == GROUP_NOT_SLOW ? low > 0 : !(high < 0);
	printf("  %-18s %4zu %8.1f %8.1f %+8.1f  [%+.1f, %+.1f]%s\n",
	       population_groups[group], n, arm[ARM_CLOSED] / (double)n,
	       arm[ARM_CLOCK] / (double)n, mean, low, high,
	       ok || n < 3 ? "" : "  MISS");
	return ok || n < 3;
}

static bool print_groups(const struct study *s)
{
	double *room = calloc(s->n_persons + 1, sizeof(*room));
	bool ok = room;

	puts("\nTime at a true adherence of 0.75 or more, % of paced time; closed"
	     "\nminus clock with a 95 % interval (persons resampled)");
	printf("  %-18s %4s %8s %8s %8s\n", "group", "n", "closed", "clock",
	       "effect");
	for (int g = 0; g < GROUPS && room; g++)
		ok = group_row(s, (enum population_group)g, room) && ok;
	free(room);
	return report_bar("groups worse than by the clock", ok ? 0 : 1, "any",
	                  0, ok);
}

/* --- what must be zero ------------------------------------------------------
 */

static double sum_arm(const struct study *s, enum population_arm arm,
                      double (*of)(const struct population_result *,
                                   const struct routine *))
{
	double sum = 0;

	for (unsigned i = 0; i < s->n_persons; i++)
		for (size_t k = 0; k < s->n_routines; k++)
			sum += of(study_result(s, i, k, arm), s->routines[k]);
	return sum;
}

static double too_slow_min(const struct population_result *r,
                           const struct routine *routine)
{
	(void)routine;
	return r->too_slow_s / 60;
}

static double over_min(const struct population_result *r,
                       const struct routine *routine)
{
	(void)routine;
	return r->over_s / 60;
}

static double out_of_bounds(const struct population_result *r,
                            const struct routine *routine)
{
	return r->result == RESULT_COMPLETED && !r->rule &&
	       (r->seconds < SHORTEST * routine->total_s ||
	        r->seconds > LONGEST * routine->total_s);
}

static double refused(const struct population_result *r,
                      const struct routine *routine)
{
	double sum = 0;

	(void)routine;
	for (int n = 0; n < POPULATION_RULES; n++)
		sum += r->refused[n];
	return sum;
}

static bool print_zeros(const struct study *s)
{
	static const struct {
		const char *name, *unit;
		double (*of)(const struct population_result *,
		             const struct routine *);
	} zeros[] = {
		{"slower than the floor", "min", too_slow_min},
		{"over-breathing proxy", "min", over_min},
		{"completed out of R13's bounds", "sessions", out_of_bounds},
		{"decided on a refused window", "decisions", refused},
	};
	bool ok = true;

	puts("\nWhat must be zero, in the closed loop (and by the clock)");
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
		double closed = sum_arm(s, ARM_CLOSED, zeros[i].of);
		double clock = sum_arm(s, ARM_CLOCK, zeros[i].of);

		ok = report_bar(zeros[i].name, closed, zeros[i].unit, 0,
		                closed <= 0) &&
		     ok;
		ok = report_bar("  by the clock", clock, zeros[i].unit, 0,
		                clock <= 0) &&
		     ok;
	}
	return ok;
}

/* --- decisions --------------------------------------------------------------
 */

static void print_decisions(const struct study *s)
{
	puts("\nDecisions of the closed loop, and those against the truth");
	printf("  %-6s %9s %9s %9s %24s\n", "rule", "decided", "refused",
	       "false", "after artifacts or arms");
	for (int n = 1; n < POPULATION_RULES; n++) {
		unsigned sum[4] = {0};

		for (unsigned i = 0; i < s->n_persons; i++)
			for (size_t k = 0; k < s->n_routines; k++) {
				const struct population_result *r =
					study_result(s, i, k, ARM_CLOSED);

				sum[0] += r->decided[n];
				sum[1] += r->refused[n];
				sum[2] += r->wrong[n];
				sum[3] += r->disturbed[n];
			}
		if (sum[0] > 0)
			printf("  R%-5d %9u %9u %9u %24u\n", n, sum[0], sum[1],
			       sum[2], sum[3]);
	}
}

/* --- how sessions ended ------------------------------------------------------
 */

static void print_ends(const struct study *s)
{
	puts("\nHow sessions of the closed loop ended, and their length as a "
	     "share of\nthe nominal one (R13: 0.80 to 1.25 if completed)");
	printf("  %-18s %9s %6s %6s %6s  %s\n", "routine", "completed", "least",
	       "mean", "most", "closed early, % of sessions by rule");
	for (size_t k = 0; k < s->n_routines; k++) {
		double least = INFINITY, most = 0, sum = 0;
		unsigned rules[POPULATION_RULES] = {0}, completed = 0;

		for (unsigned i = 0; i < s->n_persons; i++) {
			const struct population_result *r =
				study_result(s, i, k, ARM_CLOSED);
			double share = r->seconds / s->routines[k]->total_s;

			if (r->result != RESULT_COMPLETED || r->rule) {
				rules[r->rule % POPULATION_RULES]++;
				continue;
			}
			completed++;
			sum += share;
			least = fmin(least, share);
			most = fmax(most, share);
		}
		printf("  %-18s %9u %6.2f %6.2f %6.2f ", s->routines[k]->id,
		       completed, least, sum / completed, most);
		for (int n = 0; n < POPULATION_RULES; n++)
			if (rules[n] > 0)
				printf(" R%d %.1f", n,
				       100.0 * rules[n] / s->n_persons);
		puts("");
	}
}

/* --- CALM beside the truth
 * ---------------------------------------------------- */

static void calm_row(const struct study *s, enum population_group group)
{
	double sum = 0, squares = 0;
	unsigned n = 0, claims = 0, over = 0, sessions = 0;

	for (unsigned i = 0; i < s->n_persons; i++)
		for (size_t k = 0; k < s->n_routines; k++) {
			const struct population_result *r =
				study_result(s, i, k, ARM_CLOSED);
			double off = r->calm - r->calm_true;

			if (!in_group(s, i, group))
				continue;
			sessions++;
			claims += r->claims;
			over += r->overclaims;
			if (isnan(off))
				continue;
			sum += off;
			squares += off * off;
			n++;
		}
	printf("  %-18s %8u %+7.1f %6.1f %12.1f %12.2f\n",
	       population_groups[group], n, sum / n, sqrt(squares / n),
	       100.0 * claims / sessions, 100.0 * over / sessions);
}

static void print_calm(const struct study *s)
{
	puts("\nCALM over the last step, minus the truth's (mean, and root mean "
	     "square);\nsessions that say calmer than before, and without truth "
	     "(%)");
	printf("  %-18s %8s %7s %6s %12s %12s\n", "group", "sessions", "bias",
	       "rms", "say calmer", "untrue");
	for (int g = 0; g < GROUPS; g++)
		calm_row(s, (enum population_group)g);
}

/* --- the walk to the floor
 * ----------------------------------------------------- */

/* Able to follow, as slowly as that; a strap that is heard. */
static bool able(const struct study *s, unsigned i, double floor_per_min)
{
	return s->persons[i].traits.breath.lowest_per_min <= floor_per_min &&
	       !in_group(s, i, GROUP_NEVER) && !in_group(s, i, GROUP_SLEEPER) &&
	       !in_group(s, i, GROUP_DIZZY);
}

/* The pacer got there, and they with it. */
static bool reached(const struct study *s, unsigned i, size_t k)
{
	return study_result(s, i, k, ARM_CLOSED)->at_floor > 0;
}

/* Could person @i reach the floor of routine @k, by R4's arithmetic? */
static bool fits(const struct study *s, unsigned i, size_t k)
{
	double floor = population_floor(&s->persons[i], s->routines[k]);
	double own = population_own(&s->persons[i], s->routines[k]);

	return floor > 0 && able(s, i, floor) &&
	       population_shows(&s->persons[i]) &&
	       population_walk_s(own, floor) <=
	               population_room_s(s->routines[k]) -
	                       study_result(s, i, k, ARM_CLOSED)->left_out_s;
}

/* Able to follow, and they do not fit. */
static unsigned count_unfit(const struct study *s, size_t k)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n_persons; i++) {
		double floor = population_floor(&s->persons[i], s->routines[k]);

		n += floor > 0 && able(s, i, floor) && !fits(s, i, k);
	}
	return n;
}

/* @good: also a strap that is heard throughout. */
static double reach_pct(const struct study *s, size_t k, bool good,
                        unsigned *ret_n)
{
	unsigned n = 0, there = 0;

	for (unsigned i = 0; i < s->n_persons; i++) {
		if (!fits(s, i, k) || (good && in_group(s, i, GROUP_BAD_STRAP)))
			continue;
		n++;
		there += reached(s, i, k);
	}
	*ret_n = n;
	return n > 0 ? 100.0 * there / n : NAN;
}

/* Of those who fit and did not reach: what held their walk for longest. */
static void print_held(const struct study *s, size_t k)
{
	unsigned most[WALK_HOLDS] = {0}, n = 0;
	double sum_s[WALK_HOLDS] = {0};

	for (unsigned i = 0; i < s->n_persons; i++) {
		const double *held_s =
			study_result(s, i, k, ARM_CLOSED)->held_s;
		int longest = WALK_UNSEEN;

		if (!fits(s, i, k) || in_group(s, i, GROUP_BAD_STRAP) ||
		    reached(s, i, k))
			continue;
		n++;
		for (int h = 0; h < WALK_HOLDS; h++)
			sum_s[h] += held_s[h];
		for (int h = longest; h < WALK_HOLDS; h++)
			if (held_s[h] > held_s[longest])
				longest = h;
		most[longest]++;
	}
	if (n == 0)
		return;
	printf("  %s: %u did not\n", s->routines[k]->id, n);
	for (int h = 0; h < WALK_HOLDS; h++)
		if (sum_s[h] > 0)
			printf("    %-26s %6.0f s each, longest of %u\n",
			       walk_holds[h], sum_s[h] / n, most[h]);
}

/* The quickest own rate that R4's arithmetic brings to @floor in time. */
static double quickest(double floor, double room_s)
{
	double rate = floor;

	while (rate < 20 && population_walk_s(rate + 0.1, floor) <= room_s)
		rate += 0.1;
	return population_walk_s(floor, floor) <= room_s ? rate : NAN;
}

static bool print_floors(const struct study *s)
{
	static const double floors[] = {8, 7, 6, 5};
	bool ok = true;

	puts("\nThe walk: the longest time of its steps, the quickest own rate "
	     "from which\nR4's arithmetic reaches 8, 7, 6 and 5 a minute in it, "
	     "who of those able to\nfollow that fit reached their floor (and "
	     "without bad straps); and how many are\nable and do not fit: the "
	     "rules' own waits leave them no time, or fewer than\ntwo beats "
	     "a breath show it (population_run.h)");
	for (size_t k = 0; k < s->n_routines; k++) {
		double room_s = population_room_s(s->routines[k]), pct, good;
		unsigned n, n_good;

		printf("  %-18s %4.0f s ", s->routines[k]->id, room_s);
		for (int f = 0; f < 4; f++)
			printf(" %5.1f", quickest(floors[f], room_s));
		pct = reach_pct(s, k, false, &n);
		good = reach_pct(s, k, true, &n_good);
		printf("  %5.1f %% of %u (%.1f of %u); %u\n", pct, n, good,
		       n_good, count_unfit(s, k));
		ok = ok && (n == 0 || good >= REACH_PCT);
	}
	puts("\nWhat their walks spent their time with, who fitted, had a good "
	     "strap and did\nnot reach the floor; and how often that was what "
	     "held them up longest");
	for (size_t k = 0; k < s->n_routines; k++)
		print_held(s, k);
	return report_bar("routines below the share", ok ? 0 : 1, "any", 0, ok);
}

/* --- who never follow --------------------------------------------------------
 */

static void print_never(const struct study *s)
{
	double seen_s = 0, adherent_s = 0, wrong_s = 0, true_s = 0, paced_s = 0;

	for (unsigned i = 0; i < s->n_persons; i++)
		for (size_t k = 0;
		     in_group(s, i, GROUP_NEVER) && k < s->n_routines; k++) {
			const struct population_result *r =
				study_result(s, i, k, ARM_CLOSED);

			seen_s += r->seen_s;
			adherent_s += r->seen_adherent_s;
			wrong_s += r->seen_wrong_s;
			paced_s += r->paced_s;
			true_s += r->adherent_s;
		}
	printf("\nWho never follow were held for adherent (0.75 or more) for "
	       "%.1f %% of the time\nit was estimated, for %.1f %% while fewer "
	       "than half of their breaths fitted;\ntheir breaths truly fitted, "
	       "by chance or because the pacer followed them, for\n%.1f %% of "
	       "paced time\n",
	       100 * adherent_s / seen_s, 100 * wrong_s / seen_s,
	       100 * true_s / paced_s);
}

bool report_print(const struct study *s)
{
	bool ok;

	printf("SIMULATION: %u made-up persons; no evidence about people.\n",
	       s->n_persons);
	printf("Set: %s, draw %u. Engine %s. %zu routines, each in a closed "
	       "loop and by the clock.\n",
	       s->set == POPULATION_REPORTED
	               ? "reported (other seeds, traits 30 % off)"
	               : "tuning",
	       s->draw, SESSION_ENGINE, s->n_routines);
	ok = print_groups(s);
	ok = print_zeros(s) && ok;
	print_decisions(s);
	print_ends(s);
	print_calm(s);
	ok = print_floors(s) && ok;
	print_never(s);
	return ok;
}
