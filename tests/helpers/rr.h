/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_RR_H
#define LULL_TESTS_HELPERS_RR_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Synthetic RR intervals with right beat times: the heart rate is integrated
 * and a beat falls where the integral passes one more whole (integral pulse
 * frequency modulation, without a threshold's reset). The mean heart rate is
 * exactly what is asked for, whatever the swing. The same everywhere.
 */
struct rr_spec {
	double hr_bpm;   /**< mean */
	double hr_slope; /**< bpm per minute */
	double rsa_ms;   /**< of RR, peak to trough */
	double breaths_per_min;
	/** Breathing rate over time, instead of the constant; may be NULL. */
	double (*rate_at)(double t_s, void *data);
	/** Mean heart rate over time, instead of the constant; or NULL. */
	double (*hr_at)(double t_s, void *data);
	/** RSA over time, instead of the constant; may be NULL. */
	double (*rsa_at)(double t_s, void *data);
	void *data;
	double noise_ms;  /**< standard deviation, on each interval */
	double ectopic_s; /**< a premature beat each so many s; 0: none */
	double missed_s;  /**< a beat not heard each so many s; 0: none */
	uint64_t seed;    /**< of the noise */
};

struct rr_source {
	struct rr_spec spec;
	double clock_s, phase, whole; /**< where the integration stands */
	double beat_s;                /**< the last beat handed out */
	double next_ectopic_s, next_missed_s;
	uint64_t random;
};

/** rr_start() - a heart that beats at 0 s and from then on. */
void rr_start(struct rr_source *r, const struct rr_spec *spec);

/** rr_next() - the next beat: its time, and the interval that it ends. */
void rr_next(struct rr_source *r, double *ret_t_s, double *ret_rr_ms);

#endif
