/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_TREND_H
#define LULL_REPORT_TREND_H

#include <stdint.h>

#include "signal/student.h"
#include "store/change.h"
#include "store/store.h"

/**
 * What the sessions of some days come to. Only what compares is compared: one
 * routine, which has one posture, at one time of the day, after the same
 * (store/ before.h), and attacks with attacks. Pure.
 */

/** trend_part_words() - `in the morning`, static. */
const char *trend_part_words(enum change_part part);

/** Of every interval. */
#define TREND_COVERAGE 0.95
#define TREND_GROUPS   32

/** Sessions that compare. */
struct trend_group {
	char routine[48];
	enum change_part part;
	bool attack;
	int before; /**< store/before.h; 0: none, or not said */
	unsigned sessions;
	struct student hr, rmssd; /**< slower by bpm; changed by % */
	struct change_norms norms;
};

/** One session. */
struct trend_point {
	int32_t date;
	int group; /**< -1: none, or not heard before and after */
	double hr_before, rmssd_before;
	double hr_slower; /**< NAN */
};

struct trend_week {
	int32_t from; /**< its first of seven days */
	unsigned sessions;
	double minutes;
};

struct trend {
	int32_t from, to; /**< the days that count, both with them */
	int32_t first;    /**< day of the very first session, whenever;
	                       DATE_LAST: none */
	unsigned sessions, whole;
	unsigned simulated; /**< left out: of a recording or a made-up person */
	unsigned heard;     /**< with the heart at rest before and after */
	double minutes;
	struct student headache, tension; /**< less by, of 10 */
	struct trend_group all;           /**< of any routine at any hour */
	struct trend_group groups[TREND_GROUPS];
	size_t n_groups;
	struct trend_point *points; /**< the newest first */
	size_t n_points, room;
	int error;                /**< -ENOMEM: points are missing */
	struct trend_week *weeks; /**< whole ones up to @to, the oldest first */
	size_t n_weeks;
};

/** trend_begin() - nothing counted yet; trend_finish() it also on failure.
    Return: 0 or -ENOMEM. */
int trend_begin(struct trend *t, int32_t from, int32_t to);
void trend_finish(struct trend *t);

/** trend_group_words() - when, and after what: `in the morning, after
   caffeine`.
    @ret: at least TREND_WORDS bytes. */
const char *trend_group_words(const struct trend_group *g, char *ret);
#define TREND_WORDS 160

/** trend_add() - a store_sessions() function, of all sessions; @data: the
    trend. Simulated hearts are passed over. Return: 0, or trend->error. */
int trend_add(void *data, const struct store_session *row);

/** trend_main() - the group with the most sessions; -1: none. */
int trend_main(const struct trend *t);

/** Days whose baselines are compared: from the first session of a group on,
    and up to the end of the trend. Those of both count as the first. */
#define TREND_ENDS 28

/** A baseline at the end of the trend against its begin. */
struct trend_drift {
	unsigned n_then, n_now;
	double then, now;         /**< means */
	double change, low, high; /**< with its interval; NAN: too few */
	bool clear;               /**< the interval is on one side of 0 */
};

/**
 * trend_drift() - of the heart rate before, in bpm, or of RMSSD, in ms
 * @group: whose sessions
 *
 * Source: Welch 1947, The generalization of Student's problem.
 */
void trend_drift(const struct trend *t, int group, bool rmssd,
                 struct trend_drift *ret);

/** trend_adherence() - the share of the plan that was kept, from the week of
    the first session on; more in one week makes up for no other.
    @per_week: sessions planned, > 0. Return: 0 to 1; NAN without a week. */
double trend_adherence(const struct trend *t, double per_week);

/** trend_too_much() - was less than half of the plan done in each of the last
    two weeks? Then a shorter one is worth an offer. */
bool trend_too_much(const struct trend *t, double per_week);

#endif
