/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_SESSION_SESSION_H
#define LULL_SESSION_SESSION_H

#include <stdint.h>

#include "session/event.h"
#include "session/routine.h"
#include "signal/calm.h"

/**
 * The session: a pure machine. Inputs go in with the time at which they were
 * taken, outputs come out of the same call, and session_next() says when it
 * wants to be called though nothing happens. It knows no clock, no file, no
 * thread and no sound; the same start and the same inputs give the same
 * outputs, bit for bit.
 */

/** Version of signal and coach: raised by any change of what they put out. */
#define SESSION_ENGINE "lull-9"

/** By how much `quieter` and `louder` change the level. */
#define SESSION_LEVEL_STEP_DB 6.0

/** Length of one phrase's clip, fixed at the start. */
struct session_clip {
	char phrase[EVENT_ID_MAX];
	enum variant variant;
	int wording; /**< from 0 */
	uint32_t ms; /**< > 0 */
};

/** The noise of a person who has too few baselines. Source: D.4. */
#define SESSION_NOISE_HR_BPM    2.0
#define SESSION_NOISE_RMSSD_PCT 20.0

#define SESSION_FIRM_MAX        16

/** What is known of the person. */
struct session_profile {
	uint32_t flags;   /**< flag bits */
	bool flags_known; /**< asked within 30 days: E.1 is not asked again */
	int sessions;     /**< finished ones with a real heart */
	double resonance_per_min; /**< 0: not known */
	char resonance_at[40];    /**< start of the session that found it */
	bool tuned_today;         /**< ... and that was within 24 h */
	/** Within it, to either side, a change of the heart at rest is noise.
	 */
	double noise_hr_bpm, noise_rmssd_pct;
	enum event_side
		worse_side; /**< SIDE_LEFT or SIDE_RIGHT; comes second */
	/** Where hands pressed firmly of late (E.3), and how many hours ago
	    that session began. */
	size_t n_firm;
	struct session_firm {
		char area[EVENT_ID_MAX];
		double hours;
	} firm[SESSION_FIRM_MAX];
	size_t n_uses;
	struct session_use {
		char technique[EVENT_ID_MAX];
		int uses;
		double rating; /**< 0 to 10, the person's last; NAN */
		bool today;    /**< was played today */
		/** By how much CALM rose, from one listening window to the
		    next with this between, in this routine: mean and 95 %
		    interval of so many times; 0: never. */
		unsigned settled_n;
		double settled, settled_low, settled_high;
	} uses[64];
};

/** How breath and bed sound, in the words of audio/sound.h; no rule looks at
    it. */
struct session_sound {
	char pacer[12];  /**< "": tone */
	char bed[12];    /**< "": brown */
	char music[512]; /**< file of the bed `music`; "": none */
	bool migraine;   /**< soft, dark and slow, without bed and chime */
	/** Pauses after the inhale and the exhale, 0 to 20 of a breath. */
	double pause_in_pct, pause_out_pct;
};

struct session_settings {
	enum session_mode mode; /**< AUTO: as the routine says */
	enum verbosity talk;    /**< TALK_AUTO: as the routine says */
	bool ask;               /**< put the safety and rating questions */
	bool slow;         /**< R11: in an attack down to 6.5 a minute, not 8 */
	double inhale_pct; /**< 30 to 60 of a breath */
	int from_step;     /**< number of the first step; 0: the first */
	double seconds;    /**< close after so long; 0: the whole */
	double master_db;  /**< 0 and below */
	/** Of what is heard, 0 and below; under -120: off. No rule looks at
	    them. */
	double voice_db, breath_db, bed_db;
	struct session_sound sound;
};

/** All that the machine knows at the start; the session's first event. */
struct session_start {
	char engine[16];
	const struct routine *routine; /**< outlives the session */
	struct session_profile profile;
	struct session_settings settings;
	size_t n_clips;
	const struct session_clip *clips; /**< outlive the session */
	uint64_t seed;
	char start[40];   /**< ISO 8601 with offset */
	char sensor[256]; /**< its URI; "": by the clock alone */
};

/** session_start_init() - defaults: nothing known, nothing asked, 40 % in. */
void session_start_init(struct session_start *s);

/** session_mode_of() - the kind of day it will be: the person's word, or the
    routine's. */
enum session_mode session_mode_of(const struct session_start *start);

/** Who takes the outputs; called within session_step(), in order. */
struct session_listener {
	void (*output)(void *data, const struct event *event);
	void *data;
};

struct session;

/**
 * session_create() - a session about to begin at t = 0
 * @start: copied, but for what outlives it
 * Return: 0, -EINVAL if @start makes no sense, -ENOMEM.
 */
int session_create(struct session **ret, const struct session_start *start,
                   const struct session_listener *listener);
struct session *session_destroy(struct session *s);

/**
 * session_step() - take one input
 * @input: its t_us is not before the last one's, nor after session_next()
 *
 * Return: 0; -EINVAL if it is no input or its time runs backwards (nothing
 * happens then); -EALREADY if the session has ended.
 */
int session_step(struct session *s, const struct event *input);

/**
 * session_tick() - the deadline that session_next() named has come
 * @t_us: exactly that time
 */
int session_tick(struct session *s, uint64_t t_us);

/** session_next() - the next deadline; UINT64_MAX once it has ended. */
uint64_t session_next(const struct session *s);

/** What shows on a status line, at the last step or tick. */
struct session_status {
	const char *state; /**< asking, playing, paused, ended */
	int step_n;        /**< 0: none yet */
	const char *technique;
	int pressure;  /**< of ten, at most, in this step; 0: none */
	double step_s; /**< length of the step that goes on; 0: none does */
	double step_left_s, left_s;
	double per_min;   /**< of the pacer; 0: silent */
	double master_db; /**< how loud all is; 0 and below */
	struct estimate estimate;
	double calm_shown; /**< smoothed, rounded to 5; NAN */
	enum calm_state calm_state;
	const char *question; /**< id of the one that stands, or NULL */
	uint32_t flags;       /**< in force now, this session's answers too */
	bool flags_asked;     /**< the questions of E.1 were put and done */
};
void session_status(const struct session *s, struct session_status *ret);

#endif
