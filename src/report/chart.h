/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_REPORT_CHART_H
#define LULL_REPORT_CHART_H

#include <stdio.h>

#include "report/headaches.h"
#include "report/svg.h"
#include "report/trend.h"

/**
 * The pictures of the report, each one <svg> with its meaning in words for who
 * does not see it. Colours and letters are classes of the page's style; what
 * differs, differs in lightness or shape too, so that grey print reads alike.
 * Nothing that a person said stands in a picture. Pure.
 */

/** chart_windows() - headache days of each 28, migraine within, medicine
    beside. */
void chart_windows(FILE *f, const struct headaches *h);

/** chart_calendar() - each day of the last year, by how bad it was. */
void chart_calendar(FILE *f, const struct headaches *h);

/** chart_weeks() - sessions and headache days of each week, one above the
    other. @plan: sessions a week; 0: none */
void chart_weeks(FILE *f, const struct trend *t, const struct headaches *h,
                 unsigned plan);

/** chart_baseline() - each baseline of a group: heart rate, or RMSSD. */
void chart_baseline(FILE *f, const struct trend *t, int group, bool rmssd);

/** chart_change() - headache days before and since, and their difference with
    its interval. Only where they were compared. */
void chart_change(FILE *f, const struct headache_change *c);

/** chart_axis() - a scale for chart_interval(), with 0 on it.
    @lo, @hi: what it must hold */
struct svg_axis chart_axis(double lo, double hi);

/** chart_interval() - a mean with its interval, against 0.
    @low, @high: NAN: only the mean; @band: the noise to either side; 0: none */
void chart_interval(FILE *f, const struct svg_axis *axis, double mean,
                    double low, double high, double band);

#endif
