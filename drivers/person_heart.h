/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_DRIVERS_PERSON_HEART_H
#define LULL_DRIVERS_PERSON_HEART_H

#include <stdbool.h>

#include "drivers/random.h"
#include "drivers/sensor.h"

/**
 * How the simulated person's heart beats: integral pulse frequency
 * modulation. A beat falls where the integral of the rate passes one (Hyndman
 * and Mohn 1975; Mateo and Laguna, IEEE TBME 47(8), 2000: general knowledge).
 *
 * Beat period = 60000 / rate + wander + wave + breath (ms), where
 *
 * rate	   resting rate, 58 to 82 bpm by seed, and what moves it:
 *	   settling, 3 to 8 bpm lower with a time constant of 2 to 4 minutes
 *	   while well guided, and back (heart rate falls within massage
 *	   sessions: reference/content.md B.1 [Lawler06]; sizes ours);
 *	   arousal, about one event in 5 minutes, 6 to 12 bpm, fading in 30 s
 *	   (D.5, R8 looks for such; sizes ours);
 *	   hands, 4 to 8 bpm with arms up, 1 to 2 in easy work, within
 *	   8 s (arm work raises the rate: general knowledge).
 * wander  1/f, as a sum of first-order processes with time constants of 3, 30
 *	   and 300 s and equal variance (1/f in resting heart rate: Kobayashi
 *	   and Musha, IEEE TBME 29(6), 1982: general knowledge).
 * wave	   of the baroreflex near 0.1 Hz: narrow-band noise, 8 to 18 ms
 *	   (de Boer, Karemaker, Strackee, AJP 253, 1987: general knowledge).
 * breath  respiratory sinus arrhythmia. Peak to trough depends on the
 *	   breathing rate: 100 to 240 ms at a resonance of 4.5 to 6.5 a
 *	   minute (content.md C.1; 10 to 20 bpm: D.4), falling to 30 to 90 ms
 *	   at 15 a minute (Hirsch and Bishop, AJP 241, 1981: general
 *	   knowledge), which gives an RMSSD of 15 to 45 ms at rest
 *	   (hrv.md 6: 23 to 45 ms at 35 to 44 years). The heart
 *	   follows the lungs by a fixed 0.5 to 0.9 s (vagal response 0.5 to
 *	   0.6 s: D.2 [Borst83]), so that its phase lag grows with the rate.
 *
 * A beat is premature with a chance of 0 to 0.3 % by seed, with a full
 * compensatory pause. Asleep the rate sinks by the trait's bpm within minutes;
 * nobody falls asleep by seed.
 */

#define PERSON_HEART_STEP_S      0.025
#define PERSON_HEART_DELAY_STEPS 40

/** What a heart is like; the seeds' ranges stand above. */
struct person_heart_traits {
	double rest_bpm, settle_bpm, settle_tau_s;
	double arousal_every_s;                     /**< on average */
	double arousal_least_bpm, arousal_most_bpm; /**< of one event */
	double up_bpm, easy_bpm;                    /**< what hands add */
	double asleep_bpm;                          /**< lower when asleep */
	double wander_ms, wave_ms, wave_hz;
	double resonance_per_min, peak_ms,
		floor_ms; /**< of the breath's wave */
	double ectopic;   /**< chance of a beat */
	double delay_s;   /**< from lung to heart, under a second */
};

struct person_heart {
	struct random random;
	struct person_heart_traits is;
	unsigned delay; /**< steps from lung to heart */

	double settled_bpm, arousal_bpm, arousal_felt_bpm;
	double hands_bpm, hands_felt_bpm, asleep_bpm;
	bool arms_up;
	double wander[3], wave[2];
	double depth_ms; /**< of the breath's wave now, peak to trough */
	double lungs[PERSON_HEART_DELAY_STEPS];
	unsigned step;
	double rate_bpm;  /**< all that moves it, without the waves */
	double period_ms; /**< with them */

	double charge; /**< integral of the rate since the last beat */
	double full;   /**< a beat falls here: 1 but around premature ones */
};

/** What the heart feels of the breath. */
struct person_heart_breath {
	double volume; /**< -1 to 1 */
	double per_min;
	bool guided, asleep;
};

void person_heart_init(struct person_heart *h, uint64_t seed);
/** person_heart_become() - one that has not beaten yet gets other traits. */
void person_heart_become(struct person_heart *h,
                         const struct person_heart_traits *traits);
/** person_heart_hear() - what the hands are told. */
void person_heart_hear(struct person_heart *h, enum heard_kind kind);
/** person_heart_depth() - peak to trough at a steady breathing rate, ms. */
double person_heart_depth(const struct person_heart *h, double per_min);
/**
 * person_heart_step() - one step of PERSON_HEART_STEP_S on
 * @ret_into_s: when in the step the beat fell
 * Return: whether one fell.
 */
bool person_heart_step(struct person_heart *h,
                       const struct person_heart_breath *breath,
                       double *ret_into_s);

#endif
