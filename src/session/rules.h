/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SESSION_RULES_H
#define LULL_SESSION_RULES_H

/*
 * What the table of coach.c is made of: for each row when it would act, a
 * question that changes nothing, and what it then does. Shared by the files
 * of this folder only.
 */

#include "session/machine.h"

/* R1: what the gate lets through. */
static inline bool rules_usable(enum quality q)
{
	return q == QUALITY_OK || q == QUALITY_WEAK;
}

/* What a measurement or a listening window shows, made once for its rules. */
struct facts {
	struct window_span span;
	double calm;                /* of it; NAN */
	double before;              /* of the window before */
	double before_that;         /* and of the one before that */
	double first_bpm, last_bpm; /* of its first and last whole breaths */
};

/* listen.c: measurements and listening windows, R1 R2 R6 R7 R10 */
void listen_facts(const struct session *s, struct facts *ret);
bool listen_unheard(const struct session *s, const struct facts *f);
void listen_by_clock(struct session *s, const struct facts *f);
bool listen_settling(const struct session *s, const struct facts *f);
void listen_measure_on(struct session *s, const struct facts *f);
void listen_measured(struct session *s, const struct facts *f);
bool listen_rose(const struct session *s, const struct facts *f);
void listen_extend(struct session *s, const struct facts *f);
bool listen_flat(const struct session *s, const struct facts *f);
void listen_take_back(struct session *s, const struct facts *f);
void listen_compare(struct session *s, const struct facts *f);
bool listen_plateau(const struct session *s, const struct facts *f);
void listen_move_on(struct session *s, const struct facts *f);
/* After the decision: what the next window is compared with. */
void listen_remember(struct session *s, const struct facts *f);

/* guard.c: what watches over the person, R8 R11 R12 R13 R14 */
bool guard_races(const struct session *s, const struct facts *f);
void guard_back_off_heart(struct session *s, const struct facts *f);
bool guard_calm_falls(const struct session *s, const struct facts *f);
void guard_back_off_calm(struct session *s, const struct facts *f);
void guard_open_attack(struct session *s);
bool guard_worse(const struct session *s, const struct facts *f);
void guard_end_attack(struct session *s, const struct facts *f);
bool guard_drops(const struct session *s, const struct facts *f);
void guard_hands_away(struct session *s, const struct facts *f);
bool guard_silent(const struct session *s, const struct facts *f);
void guard_hands_away_silent(struct session *s, const struct facts *f);
bool guard_asleep(const struct session *s, const struct facts *f);
void guard_let_sleep(struct session *s, const struct facts *f);
bool guard_no_sensor(const struct session *s, const struct facts *f);
bool guard_unheard(const struct session *s, const struct facts *f);
void guard_open(struct session *s, const struct facts *f);
bool guard_heard(const struct session *s, const struct facts *f);
void guard_close(struct session *s, const struct facts *f);

/* walk.c: where the pace goes, R3 R4 R5 */
bool walk_lost(const struct session *s, const struct facts *f);
void walk_meet(struct session *s, const struct facts *f);
bool walk_found(const struct session *s, const struct facts *f);
void walk_retry(struct session *s, const struct facts *f);

/* breath.c: not slowly for too long, C.4 */
bool breath_too_long(const struct session *s, const struct facts *f);
void breath_rest(struct session *s, const struct facts *f);

/* offer.c: more breathing, where the heart beats faster than at first (G) */
void offer_note(struct session *s); /* a step ends */
bool offer_due(const struct session *s, const struct facts *f);
void offer_make(struct session *s, const struct facts *f);

#endif
