/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each decision is told as; the grammar is in why.h. The words are those
 * that src/session gives its decisions.
 */
#include "cli/why.h"

#define CALM_SINCE                                                             \
	"[CALM {calm_before} -> {calm} since the last one|CALM {calm}, the "   \
	"first one|no CALM]"
#define BEATS_ODD "[{artifact_pct} % of the beats odd|no beats heard]"

/* clang-format off */
const struct why_sentence why_sentences[] = {
	{ 1, "by_clock", "listening: the signal is not good enough ("
	  BEATS_ODD "), so it goes on by the clock" },
	{ 1, "hrv_off", "your heartbeat pattern is not suited to this measure "
	  "today, in {windows} windows; the routine continues with the clock" },

	{ 2, "baseline_extend", "at rest: the heart rate still changes by "
	  "{hr_slope.1} bpm a minute, so the measurement runs on to "
	  "{seconds} s" },
	{ 2, "baseline", "at rest: [heart rate {hr_bpm} bpm|no heart rate]"
	  "[, RMSSD {rmssd_ms} ms][, own breath {own_per_min.1}/min]; changes "
	  "count from here" },
	{ 2, "recheck", "at rest again: [heart rate {hr_bpm} bpm|no heart "
	  "rate][, RMSSD {rmssd_ms} ms][, own breath {own_per_min.1}/min]" },

	{ 2, "new_posture", "you sit or lie otherwise after {step.step}: what was "
	  "measured before is not compared with what comes" },

	{ 3, "start", "breath: [your own was {own_per_min.1}/min, so the pacer "
	  "begins at {per_min.1}/min|your own was not heard, so the pacer "
	  "begins at {per_min.1}/min]" },

	{ 4, "walk", "breath: [the heart follows at {adherence.pct} %, so "
	  "it|it] slows a little each breath from {per_min.1}/min towards "
	  "{goal_per_min.1}/min" },
	{ 4, "walk_by_clock", "breath: no heart beat is heard, so it slows by "
	  "the clock from {per_min.1}/min towards {goal_per_min.1}/min" },
	{ 4, "walk_hold", "breath: waits at {per_min.1}/min before it slows "
	  "on[ (heart follows at {adherence.pct} %, CALM {calm})| (heart "
	  "follows at {adherence.pct} %)| (the signal does not say enough)]" },
	{ 4, "walk_pause", "breath: the time of the step is over at "
	  "{per_min.1}/min, on the way to {goal_per_min.1}/min" },
	{ 4, "walk_done", "breath: arrived at {per_min.1}/min"
	  "[, the heart follows at {adherence.pct} %]; it stays there" },

	{ 4, "walk_longer", "breath: on its way from {per_min.1}/min to "
	  "{goal_per_min.1}/min when the step's usual time was over, so the "
	  "step takes more of its longest[ (heart follows at {adherence.pct} "
	  "%)]" },

	{ 4, "probe", "resonance: at {per_min.1}/min the heart swings by "
	  "{rsa_bpm.1} bpm a breath, +-{rsa_se_bpm.1}, with "
	  "{coherence.pct} % of its changes at that pace ({breaths} breaths, "
	  "the heart follows at {adherence.pct} %)" },
	{ 4, "probe_unsure", "resonance: {per_min.1}/min does not count "
	  "({breaths} whole breaths, [{artifact_pct.1} % of the beats odd|no "
	  "beats], [the heart follows at {adherence.pct} %|not seen to be "
	  "followed])" },
	{ 4, "search_on", "resonance: {tried} of {of} rates are through, so the "
	  "search runs on to {seconds} s" },
	{ 4, "resonance", "resonance: your rate is {per_min.1}/min[, and anything "
	  "from {low_per_min.2} to {high_per_min.2} fits what was measured|, "
	  "and anything down to {low_per_min.2} or quicker fits what was "
	  "measured|, and anything up to {high_per_min.2} or slower fits what "
	  "was measured][ ({valid} of {tried} rates counted)]; the widest "
	  "swing was {rsa_bpm.1} bpm a breath" },
	{ 4, "resonance_unsure", "resonance: not clear: [the {alike} of "
	  "{tried} rates that count cannot be told apart|too little was "
	  "heard][; the rate stays {per_min.1}/min]" },
	{ 4, "natural", "breath: five minutes of slow breathing are enough for "
	  "now, so there is no pacer for {seconds} s: as you like" },

	{ 5, "meet", "breath: at {per_min.1}/min you keep your own pace, so the "
	  "pacer comes to [your {own_per_min.1}/min|you]" },
	{ 5, "retry", "breath: the heart follows again[ at {adherence.pct} "
	  "%], so the slowing is tried once more from {per_min.1}/min" },

	{ 6, "extend", "listening window: " CALM_SINCE " and still settling"
	  "[ (heart rate in it {first_bpm} -> {last_bpm} bpm)], so "
	  "{step.step} gets {seconds} s more[, as it has settled you most: "
	  "CALM rose by {settled_low} to {settled_high} with it, "
	  "{settled_n} times]" },

	{ 7, "enough_flat", "listening window: " CALM_SINCE ", no rise in "
	  "{windows} windows, so the steps to come keep their usual length" },
	{ 7, "enough_plateau", "CALM {calm} and steady for a minute"
	  "[ (heart rate {hr_slope.1} bpm a minute)], so {step.step} ends at "
	  "its usual length, {seconds} s" },

	{ 8, "back_off", "[heart rate {hr_bpm} bpm for 20 s, over {limit_bpm}, "
	  "with {baseline_bpm} at rest|CALM {calm_before_that} -> "
	  "{calm_before} -> {calm} across two windows]: softer hands, the "
	  "breath a little quicker, no firm press next" },
	{ 8, "back_off_close", "[heart rate {hr_bpm} bpm for 20 s, over "
	  "{limit_bpm}, with {baseline_bpm} at rest|CALM {calm_before_that} "
	  "-> {calm_before} -> {calm} across two windows], for the second "
	  "time: no hands any more, a minute of breathing, then the end" },
	{ 8, "leave_out", "{step.step} is left out, after backing off" },

	{ 9, "pause", "you said pause: breath and clock stand still" },
	{ 9, "resume", "you said resume: it goes on" },
	{ 9, "skip", "you said skip[: {step.step} ends here]" },
	{ 9, "easier", "you said easier: breath one a minute quicker"
	  "[ than {per_min.1}/min], softer hands for the rest of the step" },
	{ 9, "quieter", "you said quieter" },
	{ 9, "louder", "you said louder" },
	{ 9, "less", "you said less: shorter phrases" },
	{ 9, "more", "you said more: longer phrases" },
	{ 9, "hurts", "you said hurts[ in {step.step}]: softer, and a "
	  "question" },
	{ 9, "dizzy", "you said dizzy: hands away, breath no slower than "
	  "8/min, and a question" },
	{ 9, "stop", "you said stop" },
	{ 9, "hush", "you said hush: the breath alone, then nothing, then all" },

	{ 10, "keep", "listening window: " CALM_SINCE ": not risen by 8, "
	  "the plan stays" },
	{ 10, "rose", "listening window: " CALM_SINCE
	  "[, heart rate in it {first_bpm} -> {last_bpm} bpm]: risen, but no "
	  "step is made longer for it" },

	{ 10, "offer", "listening window: heart rate {hr_bpm} bpm, {first_bpm} "
	  "when it began, so a minute of breathing is offered" },

	{ 11, "attack_end", "you said it grows"
	  "[: headache {headache_before} -> {headache}]"
	  "[: nausea {nausea_before} -> {nausea}]: straight to the quiet "
	  "end" },

	{ 12, "hands_away", "heart rate {before_bpm} -> {last_bpm} bpm from one "
	  "breath to the next in {step.step}: hands away from the neck, and a "
	  "question" },
	{ 12, "hands_away_silent", "no beat for 3 s on a good contact in "
	  "{step.step}: hands away from the neck, and a question" },

	{ 13, "asleep", "no word for {minutes_quiet} minutes and a steady heart "
	  "rate ({hr_bpm} bpm): asleep, so everything fades out" },

	{ 13, "shorter", "today it takes {seconds} s instead of {usual_s} s, as "
	  "what was left out found no room elsewhere" },

	{ 14, "open_loop", "the sensor is not heard well enough: pace and clock "
	  "go on as they are" },
	{ 14, "closed_loop", "the sensor is heard again: decisions go on" },

	{ 15, "leave_out", "{step.step} is left out today[ ({*})]; its "
	  "{seconds} s go to other steps where they may" },
	{ 15, "grew", "you said that your headache has grown"
	  "[, {headache_before} -> {headache}], so it asks what may be wrong" },
	{ 15, "unanswered", "the question '{*}' went unanswered" },
};
/* clang-format on */

const size_t why_n_sentences = sizeof(why_sentences) / sizeof(why_sentences[0]);
