/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SESSION_MACHINE_H
#define LULL_SESSION_MACHINE_H

/*
 * The inside of the session machine, shared by the files of this folder only.
 *
 *   asking --answered--> playing <--word--> paused
 *     ^                    |  |
 *     +---- a rule asks ---+  +--last step, closing words--> ended
 *
 * While asking or paused the step's clock stands still and the pacer is
 * silent; session time runs on.
 */

#include <stdbool.h>

#include "session/session.h"
#include "signal/calm.h"
#include "signal/resonance.h"
#include "signal/window.h"

#define MACHINE_S          UINT64_C(1000000) /* one second of session time */
#define MACHINE_NEVER      UINT64_MAX
#define ATTACK_FLOOR_ASKED 6.5 /* R11: in an attack, if wished for */

enum phase {
	PHASE_ASKING,
	PHASE_PLAYING,
	PHASE_PAUSED,
	PHASE_CLOSING, /* the last words are being said */
	PHASE_ENDED,
};

/* What goes on once the questions that stand in line are answered. */
enum then {
	THEN_OPEN,   /* the gate is passed: plan, and begin */
	THEN_STEP,   /* begin the step that asked */
	THEN_NEXT,   /* the step that asked is over */
	THEN_RESUME, /* a rule asked: the step goes on */
};

/* A step as it will be played. */
struct planned {
	bool play;
	double seconds; /* both sides together */
	double max;
	bool adapted; /* one adaptation a step */
	bool stays;   /* R6: not yet told that it lasts longer */
};

/* The pacer: one breath at a time. */
struct breath {
	bool on;
	double period_s;
	uint64_t began_us, ends_us;
	double inhale_pct;   /* of the breath that goes on */
	int follow_left;     /* breaths still at the person's own rate */
	double own_period_s; /* where the walk set out; NAN: not known */
	bool own_known;      /* the person's own rate was measured */
	double gained_s;     /* since the walk last held for a breath */
	int slower;          /* breaths in a row no quicker than that */
	bool walking;        /* a walk is under way */
	int waited;          /* breaths that it has been held up for */
	int walk_i;          /* the step that last set out to walk; -1: none */
	bool again;  /* R5: the walk is tried once more, wherever that is */
	bool paused; /* its step was over before it was there */
	int held_i;  /* the step in which it was for long; -1: none */
	uint64_t walked_us; /* when the last walk ended; NEVER: none has */
	bool told_slower;
	int longer_i;     /* the step was made longer for the walk; -1: none */
	double planned_s; /* how long it was to be */
	bool arrived;
	bool meeting; /* R5: drifting to the person's rate */
	int meets;    /* how often R5 acted on this walk */
	uint64_t meet_us;
	uint64_t blind_since_us; /* adherence unseen since */
	bool easing;             /* R8: quicker by half a breath, as soon as
	                            the pace may turn */
	int sighs;               /* R8: still to come */
	int turn;                /* the pace went slower 1, quicker -1 */
	uint64_t turned_us;      /* when that began */
	double slow_s;           /* C.4: breathed this slowly so far */
	uint64_t off_us;         /* when the pacer last fell silent */
	uint64_t rest_until_us;  /* C.4: as they like until then; NEVER */
};

/* The search for the resonance rate. */
struct tune {
	int n, at; /* rates, and which is tried; n 0: none */
	struct resonance_probe probes[RESONANCE_PROBES];
	struct resonance_take take;
	bool taking;
	double set_s, from_s; /* of the step: the rate was set, the take begun
	                       */
	bool done;            /* all were tried for long enough */
	double lost_s;        /* not followed on the way to it for so long */
	bool over;            /* the person ended it, for this step */
	double adherence;     /* summed over */
	int seconds;          /* ... these */
	double to_s;          /* the period the pacer goes to; NAN: none */
};

struct say {
	const struct phrase *phrase;
	const struct question *question; /* or this, spoken */
	enum variant variant;
	enum {
		PLACE_EXHALE, /* with the next breath out */
		PLACE_TURN,   /* with the next turn of the breath */
		PLACE_NOW,    /* at once */
	} place;
	bool step_bound;   /* dropped when the step is over */
	bool hands;        /* it says what the hands do now */
	bool passing;      /* dropped when it has waited too long */
	uint64_t since_us; /* when it was to be said */
};

#define SPEECH_MAX     16
#define SPEECH_PHRASES 256 /* of a routine: cues, then techniques */
struct speech {
	struct say queue[SPEECH_MAX];
	size_t n;
	uint64_t free_us; /* nothing is spoken from here on */
	uint64_t rest_us; /* in an attack, until then only what cannot wait */
	/* which wording is next; 0: none was said yet */
	uint8_t turns[SPEECH_PHRASES][VARIANTS];
	int shift; /* less, more: steps of length away from usual */
	bool told_pressure;
	bool told_light; /* on the first side of this step */
};

#define ASK_MAX 40
struct asking {
	const struct question *queue[ASK_MAX];
	size_t at, n;
	enum then then;
	bool standing; /* queue[at] was put */
	bool unspoken; /* the words that led to it held the question */
	uint64_t deadline_us;
};

/* What the sensor last said. */
struct ear {
	enum event_sensor state;
	bool heard; /* any beat in this session */
	int contact;
	uint64_t last_beat_us; /* when it was taken */
	bool open_loop;        /* R14 */
	bool told, told_back;  /* once each */
};

#define CALM_MEMORY 64
#define COACH_ROWS  24 /* of the coach's table, at most */
struct session {
	struct session_start start;
	const struct routine *routine;
	struct session_listener listener;
	uint64_t now_us;

	enum phase phase;
	bool begun;               /* the first tick was taken */
	enum event_result result; /* while closing */
	int result_rule;
	uint32_t flags;
	bool flags_asked;
	int pressure_cap;     /* of today */
	double floor_per_min; /* of today; 0: the session count's */
	enum event_stop stop;
	bool touch_hurts_neck; /* R12, dizzy: neck steps are off */
	bool asked_sore;       /* E.3: whether a spot is sore was answered */
	bool grew;             /* A.0: clearly worse than before; was asked */

	struct planned plan[ROUTINE_STEPS_MAX];
	int i;           /* index of the step; -1: none yet */
	int part, parts; /* sides */
	bool in_step;
	bool eased;            /* "easier" holds for this step */
	uint64_t step_us;      /* when the step began */
	uint64_t part_us;      /* when this side began */
	uint64_t part_end_us;  /* while playing */
	uint64_t part_left_us; /* while the clock stands still */
	bool ease_said;
	uint64_t ease_us;      /* how long its easing words take */
	uint64_t first_us;     /* when the first step began */
	uint64_t suspended_us; /* since when it waits after a suspend */

	uint64_t tick_us; /* the next whole second */
	struct window *window;
	struct calm calm;
	struct estimate estimate;
	bool any_estimate;
	double calm_past[CALM_MEMORY]; /* one a second, by tick count */
	unsigned ticks;
	bool hrv_off;

	uint64_t since_us[COACH_ROWS]; /* each rule's reason, since when */
	double window_calm[2]; /* of the windows before, last first; NAN */
	int windows_flat;      /* in a row without a rise */
	uint64_t adapted_us;   /* R13: the last audible one; NEVER */
	int windows_irregular;
	uint64_t still_us; /* no arms were up since; NEVER: they are */
	uint64_t word_us;  /* the person's last word or answer */
	int backed_off;    /* R8: how often */
	uint32_t acted;    /* bit n: rule Rn has decided */
	bool attack;       /* R11: a routine for attacks */
	bool worse;        /* R11: the person says so */
	double headache[2], nausea[2]; /* first and last answer; NAN */
	bool falling_asleep;           /* all is faded out, then the end */
	double awake_db;               /* the level before that */

	double nominal_s, played_s; /* R13: today's plan; what was played */
	int short_rule;             /* that last took something away; 0: none */
	int closed_rule;            /* the rest is cut short by it; 0: none */
	double breathe_last_s;      /* R8: breathing only, before the end */
	double offer_from_bpm;      /* G: heart rate to hold a window against */
	bool offered;
	double rated[4]; /* headache, tension before; the same after */
	struct event_rest before, after;
	bool recheck; /* a baseline is there: unpaced checks are "after" */
	double own_per_min; /* breathing at rest; NAN */

	struct breath breath;
	struct tune tune;
	struct speech speech;
	struct asking asking;
	struct ear ear;
	double master_db;
	bool silenced; /* breath and bed are faded out */
	enum event_hush hush;
};

/* session.c */
void machine_emit(struct session *s, struct event *event);
/* A decision with its figures; keys are static strings. */
void machine_decide(struct session *s, int rule, const char *what, size_t n,
                    const struct event_figure *because);
#define FIGURES(...)                                                           \
	sizeof((struct event_figure[]){__VA_ARGS__}) /                         \
		sizeof(struct event_figure),                                   \
		(struct event_figure[])                                        \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define NO_FIGURES 0, NULL
void machine_level(struct session *s, bool paused);
void machine_end(struct session *s, enum event_result result, int rule);
/* End once all that is to be said has been said. */
void machine_close(struct session *s, enum event_result result, int rule);
/* The step's clock and the pacer stand still; and go on. */
void machine_hold(struct session *s, enum phase phase);
void machine_go(struct session *s);
/* The person sleeps: everything grows quiet, then the end, without a word. */
void machine_fade(struct session *s);
void machine_wake(struct session *s);

/* steps.c */
const struct step *steps_now(const struct session *s);
const struct technique *steps_technique(const struct session *s);
/* R1: do the present step's hands hide the heart? */
bool steps_hide_heart(const struct session *s);
/* May rule @rule act in the present step? */
bool steps_allow(const struct session *s, int rule);
void steps_open(struct session *s);       /* the gate is passed */
void steps_next(struct session *s);       /* end this one, begin the next */
void steps_begin_next(struct session *s); /* after its questions */
void steps_part_end(struct session *s);
void steps_close(struct session *s);
/* What is still to come is left out, but for a last window and measurement,
   and @breathe_s of breathing before it; the session closes by @rule. */
void steps_finish(struct session *s, int rule, double breathe_s);
/* Nothing that is still to come is played, but so much breathing. */
void steps_breathe_on(struct session *s, double seconds);
/* Is step @i left out, or has a rule taken it away since? */
bool steps_dropped(const struct session *s, int i);
/* Seconds of the step gone so far, pauses left out. */
double steps_elapsed(const struct session *s);
/* Give the present step a new length, not before now. */
void steps_set_length(struct session *s, double seconds);
/* R6: what was made longer says so once its usual time is over. */
void steps_stay(struct session *s);
/* When the easing words are due; NEVER if there are none to come. */
uint64_t steps_ease_us(const struct session *s);
/* When the pressure scale is: before the hands that first press begin. */
uint64_t steps_scale_us(const struct session *s);
void steps_scale(struct session *s);
double steps_left_total(const struct session *s);

/* plan.c */
void plan_make(struct session *s);
/* Step @i is not played after all: its time goes where the routine says. */
void plan_leave_out(struct session *s, int i, const char *why);
/* Say what of it was left out, and what the person should know. */
void plan_tell(struct session *s);
/* How long closing words and questions may take yet. */
double plan_after_s(const struct session *s);
/* The closing words. */
void plan_farewell(struct session *s);
/* How long phrases are now: the person's wish, the day's, the step's. */
enum verbosity plan_talk(const struct session *s);
/* By how much all is quieter on such a day. */
double plan_level_db(const struct session *s);
/* The person lies or sits otherwise: what was measured is no measure now. */
void plan_new_posture(struct session *s);
int plan_cap(const struct session *s, const struct technique *t);
/* Is there to be firm work in it? */
bool plan_firm(const struct session *s, const struct technique *t);
/* R11: is breathing slower than 8 a minute wished for in this attack? */
bool plan_slow(const struct session *s);
double plan_total(const struct session *s);
/* The slowest rate of the session, or of a step of it. */
double plan_floor(const struct session *s, const struct step *step);

/* safety.c */
void safety_gate(struct session *s);
/* One question in mid step; @spoken: the words before did not hold it. */
void safety_ask(struct session *s, const char *id, bool spoken);
/* What is asked when a step is over. Return: whether anything is. */
bool safety_after(struct session *s, const struct step *step);
void safety_put(struct session *s); /* put the next, or go on */
int safety_answer(struct session *s, const char *id, const char *value);
void safety_timeout(struct session *s);
void safety_skip(struct session *s);

/* speech.c */
void speech_cue(struct session *s, const char *name);
/* Of what happens just now: dropped where it would come too late. */
void speech_remark(struct session *s, const char *name);
/* Which side is next; dropped with the step. */
void speech_side(struct session *s, enum event_side side);
/* Return: whether it still waited to be said. */
bool speech_forget(struct session *s, const char *name);
/* The pressure scale, once a session; light where nothing will be firm. */
void speech_pressure(struct session *s, bool light);
uint32_t speech_pressure_ms(const struct session *s, bool light);
/* Forget what waits; the next words cut in on what is being said. */
void speech_cut(struct session *s);
/* Forget what waits and cut in; _now only where the person wants talk. */
void speech_urgent(struct session *s, const char *name);
void speech_now(struct session *s, const char *name);
/* Nothing more is said, but for safety. */
void speech_silent(struct session *s);
void speech_technique(struct session *s, enum variant variant);
/* How long until all that was begun has been spoken. */
uint64_t speech_left_us(const struct session *s);
/* Return: how long it will be until the question has been spoken, in us. */
uint64_t speech_question(struct session *s, const struct question *q);
void speech_pump(struct session *s);
/* When the next words are due; NEVER if none wait. */
uint64_t speech_due(const struct session *s);
/* How long words may wait for the breath to turn; 0: no pacer. */
uint64_t speech_turn_us(const struct session *s);
void speech_drop_step(struct session *s);
/* Where nothing but breath was heard for minutes: small and easy (C.4). */
void speech_reassure(struct session *s);
/* Of the longest wording. */
uint32_t speech_ms(const struct session *s, const struct phrase *p,
                   enum variant v);
enum variant speech_variant(const struct session *s, const struct phrase *p,
                            int uses);

/* breath.c */
#define RATE_MAX 20.0 /* R3: no pace is quicker, whatever asks for it */
void breath_begin(struct session *s, double period_s); /* at now */
void breath_off(struct session *s);
void breath_boundary(struct session *s); /* breath_due() has come */
/* When the breath ends, or the pause between two; NEVER. */
uint64_t breath_due(const struct session *s);
void breath_step_begin(struct session *s);
/* R8: half a breath a minute quicker, and a set of sighs if allowed. */
void breath_ease(struct session *s);
/* The person's word moved the pace: no walk for a minute. */
void breath_turned(struct session *s);
/* C.5: slower again not so soon after it was made quicker. */
bool breath_may_slow(const struct session *s);
/* Dizzy: no pacer for half a minute. */
void breath_let_be(struct session *s);
double breath_per_min(const struct session *s);
/* When the breath that goes on turns from in to out. */
uint64_t breath_exhale_us(const struct session *s);

/* walk.c */
void walk_start(struct session *s); /* R3: the first breath */
void walk_step_begins(struct session *s);
void walk_tick(struct session *s);
double walk_next(struct session *s); /* the length of the next breath */
/* The longest that the present step may ever walk to; R5's retry, no further
   than its walk was to go. */
double walk_floor_s(const struct session *s);
/* The step's time is over and the walk is not: give it the rest of its
   longest, until it is. */
bool walk_longer(struct session *s);

/* tune.c: resonance, C.1 */
/* Is it the whole search, or the re-tune beside a rate that is known? */
bool tune_whole(const struct step *step);
/* Why there is no trying rates today; NULL: there is. */
const char *tune_refused(const struct session *s, const struct step *step);
/* Why no rate is tried beside the known one now that it would be: the pacer is
   not followed; NULL: it is. */
const char *tune_unfollowed(const struct session *s, const struct step *step);
void tune_begin(struct session *s);
/* The person's word: no more of it. */
void tune_abandon(struct session *s);
void tune_beat(struct session *s, const struct beat *beat,
               enum beat_class class_);
void tune_tick(struct session *s);
/* The length of the next breath, while tune.to_s is a number. */
double tune_next(struct session *s);
bool tune_runs(const struct session *s);
/* The time is over and the search is not: give it the rest of its longest. */
bool tune_longer(struct session *s);
void tune_end(struct session *s); /* the step is over: the result */

/* coach.c: the rules */
enum moment {
	MOMENT_TICK,   /* a second of a step has passed */
	MOMENT_BREATH, /* a breath of the pacer is over */
	MOMENT_WINDOW, /* a listening window ends: one decision */
	MOMENT_REST,   /* an unpaced measurement ends: one decision */
};
/* The first row of the table that is due decides. */
void coach_act(struct session *s, enum moment moment);
void coach_open(struct session *s); /* the gate is passed */
void coach_step_begins(struct session *s);
/* R13: at most one audible adaptation in 45 s; a walk is one. */
bool coach_may_adapt(const struct session *s);
void coach_adapted(struct session *s);
/* R13: seconds that may still be added to the session. */
double coach_budget(const struct session *s);
/* R13: completed, or closed early by @rule; in an attack all that has begun
   is whole (E.4). */
enum event_result coach_result(const struct session *s, int *rule);

/* words.c */
void coach_word(struct session *s, enum event_word word);

#endif
