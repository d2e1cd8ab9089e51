/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SESSION_ROUTINE_H
#define LULL_SESSION_ROUTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/event.h"

/**
 * What is planned: plain values, complete in themselves. A routine carries
 * every technique, phrase and question that it can use, so that a session's
 * first event is enough to play it again. Filled by src/content; nothing here
 * decides by prose.
 */

#define ROUTINE_STEPS_MAX    32
#define ROUTINE_CHOICES_MAX  12
#define ROUTINE_LANGUAGE_MAX 16

/** Contraindication flags, reference/content.md A.0, and E.1's further ones. */
enum flag {
	FLAG_PREG,
	FLAG_ANTICOAG,
	FLAG_CAROTID,
	FLAG_FAINT,
	FLAG_NECK_INJURY,
	FLAG_NECK_UNSTABLE,
	FLAG_ICP,
	FLAG_SKIN,
	FLAG_FEVER,
	FLAG_GCA,
	FLAG_TMJ,
	FLAG_EYE,
	FLAG_SHOULDER,
	FLAG_NUMB,
	FLAG_CANCER,
	FLAG_ALLODYNIA, /**< touch hurts now; per session */
	FLAG_AGE65,
	FLAG_LUNG,  /**< severe lung or heart disease: no slower than 8/min */
	FLAG_PACER, /**< pacemaker or ICD: HRV not available */
	FLAG_AF,    /**< known irregular heartbeat: HRV off */
	FLAG_BETA,  /**< heart-rate medicine: the heart rate stays flat */
	FLAG_PANIC, /**< panic with breathing exercises */
	FLAG_EPILEPSY,
	FLAG_MINOR,    /**< under 18: only with an adult */
	FLAG_NO_TOUCH, /**< any touch hurts now; per session */
	FLAG_NAUSEA,   /**< per session: no deep breaths, no sigh */
	FLAG_AURA,     /**< per session: breathing only */
	FLAG_NO_BALLS, /**< none at hand; per session */
	FLAGS,
};

const char *flag_name(enum flag flag);
/** Return: 0 or -EINVAL. */
int flag_from(const char *name, enum flag *ret);
static inline uint32_t flag_bit(enum flag flag)
{
	return UINT32_C(1) << flag;
}

enum technique_mode {
	MODE_STILL,
	MODE_STROKE,
	MODE_SQUEEZE,
	MODE_HOLD,
	MODE_CIRCLE,
	MODE_MOVE,
	MODE_STRETCH,
	MODE_BREATHE, /**< no technique: `do: breathe` */
	MODES,
};
const char *technique_mode_name(enum technique_mode mode);
int technique_mode_from(const char *name, enum technique_mode *ret);

/** How well the strap hears during it. reference/content.md, A.0. */
enum technique_sig { SIG_GOOD, SIG_FAIR, SIG_POOR, SIGS };
const char *technique_sig_name(enum technique_sig sig);
int technique_sig_from(const char *name, enum technique_sig *ret);

/** The lengths and kinds in which a phrase exists. */
enum variant {
	VARIANT_FULL,
	VARIANT_BRIEF,
	VARIANT_MINIMAL,
	VARIANT_LIGHT, /**< pressing techniques under a cap of 3 or less */
	VARIANT_EASE,  /**< spoken at the end of a hold */
	VARIANTS,
};
const char *variant_name(enum variant v);
int variant_from(const char *name, enum variant *ret);

/** Something that can be said. NULL: not in that variant; empty: nothing is
    said in it. */
#define PHRASE_WORDINGS 4
struct phrase {
	char id[EVENT_ID_MAX]; /**< of the technique, or `cue.NAME` */
	char *text[VARIANTS];
	/** Other wordings of the same, so that nothing is said twice alike in
	    a row; NULL behind the last. */
	char *more[VARIANTS][PHRASE_WORDINGS - 1];
};

/** Seconds. */
struct dose {
	double min, target, max;
};

struct technique {
	char id[EVENT_ID_MAX];
	char area[EVENT_ID_MAX]; /**< firm work on one is for once a day; "":
	                              shared with no other technique */
	char *name, *region, *position, *hands, *feel, *stop, *evidence;
	char *pace, *reps, *breath; /**< for readers: how fast, how often, and
	                                 what is done on which breath */
	int pressure_min, pressure_max; /**< 0 to 10 */
	enum technique_mode mode;
	struct dose dose;
	bool each_side;       /**< one side, then the other */
	enum event_side side; /**< of one that is not */
	uint32_t contra;      /**< flag bits that remove it */
	enum technique_sig sig;
	bool neck;             /**< hands on the neck: R12 watches, neck flags
	                            remove it */
	bool when_touch_hurts; /**< may stay when touch hurts */
	bool by_choice;        /**< never in a default routine */
	bool not_first;        /**< not in a person's first session */
	bool once_a_day;
	char *src;            /**< comma separated keys of its sources */
	struct phrase phrase; /**< id equals the technique's */
};

/** Where the pacer goes in a step. reference/content.md C.3 and G. */
enum breath_mode {
	BREATH_NAT,    /**< no pacer, unpaced measurement */
	BREATH_OWN,    /**< no pacer, breathe as you like */
	BREATH_HOLD,   /**< keep the present pace */
	BREATH_FOLLOW, /**< the person's own rate first, then walk */
	BREATH_WALK,   /**< walk on from the present pace */
	BREATH_MODES,
};
const char *breath_mode_name(enum breath_mode mode);
int breath_mode_from(const char *name, enum breath_mode *ret);

/** Lengths of talk; also of a step, where TALK_AUTO is the routine's. */
enum verbosity {
	TALK_AUTO, /**< full for the first three uses, then brief */
	TALK_WEEK, /**< full for the first seven uses, then minimal */
	TALK_FULL,
	TALK_BRIEF,
	TALK_MINIMAL,
	TALKS,
};
const char *verbosity_name(enum verbosity v);
int verbosity_from(const char *name, enum verbosity *ret);

struct step {
	int n; /**< its number in the file, 1 and up; names it everywhere */
	int technique; /**< index; -1: breathe */
	bool probe;    /**< `do: breathe_probe`: the rates beside the person's
	                    own are tried, C.1 */
	struct dose s; /**< both sides together */
	enum breath_mode breath;
	double floor_per_min; /**< no slower here than this; 0: the session's */
	uint32_t rules;       /**< bit n: rule Rn may act here */
	uint32_t skip_flags;  /**< skipped with any of these flags */
	uint32_t skip_after;  /**< bit n: skipped after any Rn (`skip_if: [R8]`)
	                       */
	bool skip_early;      /**< skipped in sessions 1 to 3 */
	bool skip_tuned;      /**< skipped where the rate was tuned today */
	bool after_r8_skip;   /**< `after_r8: skip`: dropped by a second R8 */
	enum verbosity talk;  /**< TALK_AUTO: the routine's */
	double quieter_db;    /**< from here on, all is quieter by this */
	double fade_s;    /**< the breath's tone fades over the last of it */
	bool new_posture; /**< `posture: changes`: after it the person lies
	                       or sits otherwise, and what was measured
	                       before is no measure any more */
	char say[4][EVENT_ID_MAX];       /**< cues before its own words */
	char say_after[4][EVENT_ID_MAX]; /**< and when it is over */
	char ask[4][EVENT_ID_MAX];       /**< questions before it */
	char ask_after[4][EVENT_ID_MAX]; /**< questions after it */
	int time_to[4]; /**< steps (n) its freed time goes to; 0 ends */
	int offer;      /**< where the heart beats faster in this window than in
	                     that step (n), more breathing is offered; 0: no */
};

enum question_when {
	ASK_PROFILE, /**< E.1: once, again after 30 days */
	ASK_SESSION, /**< E.2: before every session */
	ASK_STEP,    /**< where a step or a rule asks for it */
};

/** One choice of a question and what it means. */
struct choice {
	char value[EVENT_VALUE_MAX];
	enum event_stop stop;   /**< the session ends with this stop screen */
	uint32_t set_flags;     /**< flags it sets */
	int pressure_cap;       /**< no firmer than this today; -1: no change */
	double floor_per_min;   /**< no slower than this today; 0: no change */
	bool refuse;            /**< no session, and no stop screen */
	double breathe_s;       /**< so much breathing, and then the end */
	char say[EVENT_ID_MAX]; /**< a cue that answers it; "": none */
};

struct question {
	char id[EVENT_ID_MAX];
	char *text;
	enum question_when when;
	size_t n_choices;
	struct choice choices[ROUTINE_CHOICES_MAX];
	const char *values[ROUTINE_CHOICES_MAX + 1]; /**< NULL-ended */
	int unanswered; /**< index of the choice silence stands for; -1: none */
	double timeout_s;
};

/** What kind of day it is; what each means stands in session/plan.c. */
enum session_mode {
	SESSION_MODE_AUTO, /**< as the routine says */
	SESSION_TENSION,
	SESSION_ATTACK,  /**< E.4: light, sound and touch may hurt */
	SESSION_SIGNS,   /**< warning signs, no attack yet */
	SESSION_BETWEEN, /**< between attacks */
	SESSION_NIGHT,
	SESSION_MODES,
};
const char *session_mode_name(enum session_mode mode);
int session_mode_from(const char *name, enum session_mode *ret);

struct routine {
	char id[EVENT_ID_MAX];
	char *name, *goal, *posture;
	double total_s;
	enum session_mode mode;
	bool short_gate; /**< `gate: short`: instead of the questions that are
	                      put before each session, only its own */
	enum verbosity verbosity;
	int pressure_cap;
	char ask[4][EVENT_ID_MAX]; /**< questions before it, beside E.2 */
	int extend_order[8];       /**< steps (n) in order; 0 ends */
	int asleep_from;           /**< from this step (n) on who falls asleep
	                                is let sleep; 0: nowhere */
	size_t n_steps;
	struct step steps[ROUTINE_STEPS_MAX];
	size_t n_techniques;
	struct technique *techniques;
	size_t n_cues;
	struct phrase *cues; /**< ids `cue.NAME` */
	size_t n_questions;
	struct question *questions;
	char language[ROUTINE_LANGUAGE_MAX]; /**< of its phrases, e.g. "en" */
	char content_sha[65]; /**< SHA-256 over the content it came from, hex */
};

/** routine_destroy() - frees all that it owns; takes NULL. Return: NULL. */
struct routine *routine_destroy(struct routine *r);

/** phrase_text() - wording @w, from 0; NULL: there is none. */
const char *phrase_text(const struct phrase *p, enum variant v, int w);
/** phrase_wordings() - how many there are; 0 if nothing is said. */
int phrase_wordings(const struct phrase *p, enum variant v);

/* Look-ups; NULL where there is none. */
const struct technique *routine_technique(const struct routine *r,
                                          const struct step *step);
const struct phrase *routine_phrase(const struct routine *r, const char *id);
const struct question *routine_question(const struct routine *r,
                                        const char *id);
/** routine_step() - index of the step with number @n, or -1. */
int routine_step(const struct routine *r, int n);

/** technique_firm() - a hold or squeeze that a listening window follows. */
bool technique_firm(const struct technique *t);
/** technique_area() - its area, or its id where it has none. */
const char *technique_area(const struct technique *t);

#endif
