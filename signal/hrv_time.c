/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signal/hrv_time.h"

#include <math.h>

#include <gsl/gsl_statistics_double.h>

static size_t count_over(const double *d, size_t n, double limit_ms)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += fabs(d[i]) > limit_ms;
	return count;
}

static double mean_inst_hr(const double *rr_ms, size_t n)
{
	double sum = 0.0;

	for (size_t i = 0; i < n; i++)
		sum += 60000.0 / rr_ms[i];
	return sum / (double)n;
}

static size_t differences(const double *rr_ms, const bool *joined, size_t n,
                          double *ret)
{
	size_t n_diff = 0;

	for (size_t i = 1; i < n; i++)
		if (!joined || joined[i])
			ret[n_diff++] = rr_ms[i] - rr_ms[i - 1];
	return n_diff;
}

static void of_differences(const double *d, size_t n, struct hrv_time *ret)
{
	ret->n_diff = n;
	if (n == 0)
		return;
	/* the sum of squares about 0 */
	ret->rmssd_ms = sqrt(gsl_stats_tss_m(d, 1, n, 0.0) / (double)n);
	ret->nn50 = count_over(d, n, 50.0);
	ret->nn20 = count_over(d, n, 20.0);
	ret->pnn50_pct = 100.0 * (double)ret->nn50 / (double)n;
	ret->pnn20_pct = 100.0 * (double)ret->nn20 / (double)n;
	if (n > 1)
		ret->sdsd_ms = gsl_stats_sd(d, 1, n);
}

void hrv_time_of(const double *rr_ms, const bool *joined, size_t n,
                 double *work, struct hrv_time *ret)
{
	*ret = (struct hrv_time){
		.n = n,
		.mean_nn_ms = NAN,
		.mean_hr_bpm = NAN,
		.mean_inst_hr_bpm = NAN,
		.sdnn_ms = NAN,
		.rmssd_ms = NAN,
		.sdsd_ms = NAN,
		.pnn50_pct = NAN,
		.pnn20_pct = NAN,
	};
	if (n == 0)
		return;
	ret->mean_nn_ms = gsl_stats_mean(rr_ms, 1, n);
	ret->mean_hr_bpm = 60000.0 / ret->mean_nn_ms;
	ret->mean_inst_hr_bpm = mean_inst_hr(rr_ms, n);
	if (n > 1)
		ret->sdnn_ms = gsl_stats_sd_m(rr_ms, 1, n, ret->mean_nn_ms);
	of_differences(work, differences(rr_ms, joined, n, work), ret);
}

void hrv_time_gather(const struct series *s, double from_s, double to_s,
                     struct hrv_time_clean *ret)
{
	const struct series_beat *before = NULL;
	size_t end = series_after(s, to_s);

	ret->n = 0;
	ret->joined_s = 0.0;
	for (size_t i = series_after(s, from_s); i < end; i++) {
		const struct series_beat *b = series_at(s, i);

		if (b->class == BEAT_OK) {
			bool joined = before && before->class == BEAT_OK &&
			              before->segment == b->segment;

			ret->rr_ms[ret->n] = b->value_ms;
			ret->joined[ret->n++] = joined;
			if (joined)
				ret->joined_s += b->value_ms * 1e-3;
		}
		before = b;
	}
}
