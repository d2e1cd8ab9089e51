/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "cli/analyze.h"
#include "cli/before.h"
#include "cli/diary.h"
#include "cli/doctor.h"
#include "cli/export.h"
#include "cli/import.h"
#include "cli/keep.h"
#include "cli/live.h"
#include "cli/memory.h"
#include "cli/opt.h"
#include "cli/out.h"
#include "cli/past.h"
#include "cli/plan.h"
#include "cli/record.h"
#include "cli/render.h"
#include "cli/replay.h"
#include "cli/report.h"
#include "cli/sensors.h"
#include "cli/show.h"
#include "cli/sound.h"
#include "cli/start.h"
#include "cli/stats.h"
#include "cli/trial.h"
#include "cli/voice.h"
#include "cli/watch.h"
#include "session/session.h"

static const struct command commands[] = {
	{"start", "[ROUTINE]", "a session: safety questions, then the routine",
         "Stays until its end. Keys: p pause/resume, s skip, e easier, "
         "q quieter, l louder,\n- less talk, + more talk, u hush, h hurts, "
         "d dizzy, x stop; Ctrl-C is stop.\nThe routine is tension_relief "
         "unless another is named.",
         0, 1, start_run},
	{"pause", "", "breath, voice and clock stand still", NULL, 0, 0,
         live_word},
	{"resume", "", "and go on", NULL, 0, 0, live_word},
	{"skip", "", "on to the next step", NULL, 0, 0, live_word},
	{"easier", "", "quicker breath, softer hands", NULL, 0, 0, live_word},
	{"quieter", "", "less loud", NULL, 0, 0, live_word},
	{"louder", "", "louder", NULL, 0, 0, live_word},
	{"hush", "", "the breath alone; again: nothing; again: all", NULL, 0, 0,
         live_word},
	{"less", "", "fewer words", NULL, 0, 0, live_word},
	{"more", "", "more words", NULL, 0, 0, live_word},
	{"hurts", "", "it hurts: ease, note it, ask", NULL, 0, 0, live_word},
	{"dizzy", "", "I am dizzy: hands away, ask", NULL, 0, 0, live_word},
	{"stop", "", "end the session", NULL, 0, 0, live_word},
	{"answer", "ID VALUE", "answer the question that stands", NULL, 2, 2,
         live_answer},
	{"status", "", "what the daemon is doing", NULL, 0, 0, live_status},
	{"watch", "", "the session live, full screen, dim",
         "Beside `lull start` or without it. The keys are those of lull start; "
         "Esc or Ctrl-C\nleaves, and the session goes on. On a day of an "
         "attack nothing moves and all is dark\nred. Not on a terminal: once, "
         "as plain text.",
         0, 0, watch_run},
	{"sensors", "", "what is reachable, which one is mine",
         "Without --scan: the one that is set, and what the last scan found.",
         0, 0, sensors_list},
	{"use", "URI [URI]", "this sensor is mine: sessions use it",
         "Two URIs are one strap on two radios: ble:... ant:...", 1, 2,
         sensors_use},
	{"forget", "URI", "it is not mine any more", NULL, 1, 1,
         sensors_forget},
	{"record", "", "raw packets of a sensor into a capture file",
         "Until --seconds are over, or Ctrl-C. Addresses are left out.", 0, 0,
         record_run},
	{"seen", "", "a doctor has seen what a red flag stopped", NULL, 0, 0,
         past_seen},
	{"sessions", "", "the sessions that are stored, newest first", NULL, 0,
         0, past_sessions},
	{"show", "[ID]", "one session; the last unless told", NULL, 0, 1,
         show_run},
	{"before", "[ID] [WORD...]",
         "what was before it and moves a heart by itself",
         "So that like is compared with like: caffeine, nicotine, meal, exercise "
         "(within two\nhours), alcohol (within a day), medicine (that changes "
         "the heart rate), or none.\nWithout a word it tells what is known; "
         "sleep and menses are the diary\'s.",
         0, OPT_ARGS_ANY, before_run},
	{"why", "[ID]", "every decision of it, with its figures", NULL, 0, 1,
         past_why},
	{"routines", "", "what can be played", NULL, 0, 0, plan_routines},
	{"routine", "show ID | check FILE",
         "one routine; whether my own file is right", NULL, 2, 2, plan_routine},
	{"stats", "", "what sessions and diary come to, with intervals",
         "Sessions of the last 28 days unless told; the diary in windows of 28 "
         "days; headache\ndays before the first session and since, where 28 "
         "days on each side were kept.",
         0, 0, stats_run},
	{"memory", "[forget]", "what is remembered of you, and to begin anew",
         "Your own pace (resonance), your heart at rest with its noise band, and "
         "what settled you,\neach with how sure it is. forget: nothing of what "
         "was before is learnt from any more; the\nsessions stay stored.",
         0, 1, memory_run},
	{"trial", "[show | begin [ROUTINE [ROUTINE]] | end]",
         "a trial of your own: blocks with and without practice, by lot",
         "begin: blocks of practice and of none; with one routine, of it and of "
         "none; with two,\nof one and of the other. Which comes first in a pair "
         "is drawn by lot. Blocks are\ncompared when all are over, by their "
         "headache days in the diary. Six pairs of four weeks\ntake 48 weeks; "
         "--weeks 2 takes half.",
         0, 3, trial_run},
	{"diary", "add | edit | remove | list | import FILE | export",
         "the headache diary",
         "  lull diary add                      asks\n"
         "  lull diary add no                   no headache today\n"
         "  lull diary add yes worst=7 hours=3 medicine=\"ibuprofen, 400 "
         "mg, worked\"\n"
         "  lull diary edit --date yesterday sleep=6 note=\"late night\"\n"
         "  lull diary import FILE.csv date=Day worst=\"Pain level\" "
         "dates=dmy\n"
         "\nWhat can be said of a day: headache, start and end (14:30), "
         "hours, course (ended,\ngoing, slept), worst (0 to 10), severity "
         "(none, mild, moderate, severe), side\n(left, right, both), quality "
         "(pressing, throbbing, stabbing), activity, nausea,\nvomiting, "
         "light, sound, smell, touch, aura (yes, no), aura_kind, "
         "aura_minutes,\nneck, stress (0 to 10), preventive (yes, no), "
         "events (stress, let-down,\nshort-sleep, long-sleep, missed-meal, "
         "alcohol, weather, menses, screen),\nwork_lost, work_reduced, "
         "home_lost, home_reduced, sleep (hours),\nhit6, midas (the sums of those "
         "forms), medicine, note.\nAn empty "
         "value takes back what was said.",
         1, OPT_ARGS_ANY, diary_run},
	{"report", "", "one page for a doctor, one for you, to print",
         "One HTML file that opens in any browser and asks for nothing "
         "outside itself. It says\nheadache days, medicine days and what "
         "sessions came to, with their intervals; notes stay\nwhere they "
         "are. The file is new, and only you can read it.",
         0, 0, report_run},
	{"export", "[ID]", "a session for other programs",
         "The last one unless told. What FIT and a plain list cannot hold is "
         "left out: FIT has\nwhole milliseconds, and neither says where beats "
         "are missing.",
         0, 1, export_run},
	{"import", "FILE...", "recordings and sessions into the store",
         "RR text (one or two columns, as of Kubios, Elite HRV and others), HRV "
         "Logger, FIT, a\ncapture, or a session as JSON Lines. A recording that "
         "is there already stays once;\none without a date gets it, with "
         "--date.",
         1, OPT_ARGS_ANY, import_run},
	{"backup", "FILE", "a copy of all that is stored, also in a session",
         NULL, 1, 1, keep_backup},
	{"restore", "FILE", "such a copy in the place of what is stored", NULL,
         1, 1, keep_restore},
	{"erase", "[ID]", "sessions and days out of the store, for good",
         "One session by its number, those of some days, or all. Backups and "
         "exported files\nof yours stay.",
         0, 1, keep_erase},
	{"analyze", "FILE...", "heart-rate variability of recordings",
         "A file holds RR intervals in ms or s, one a line or behind a time; "
         "or is an HRV\nLogger export, a FIT file, a capture or a session as "
         "JSON Lines. `-` is standard\ninput.",
         1, OPT_ARGS_ANY, analyze_run},
	{"render", "ROUTINE",
         "a whole session to a file, faster than real "
         "time",
         "The same options give the same bytes. It asks nothing without "
         "--answers.",
         1, 1, render_run},
	{"replay", "ID | FILE.jsonl",
         "run recorded inputs again, compare every output", NULL, 1, 1,
         replay_run},
	{"voice", "check | texts",
         "every phrase, as it sounds or as it is written",
         "check: who speaks it, how long, how fast, how loud; status 1 if one "
         "has no clip.\ntexts: NAME, a tab, TEXT. A recording of your own, "
         "NAME.wav (or .flac, .ogg,\n.aiff) in ~/.local/share/lull/voice, is "
         "heard in its place.",
         1, 1, voice_run},
	{"sound", "test", "hear the device: left, right, voice, inhale, exhale",
         "Twenty seconds; then its latency, and what the sound costs.", 1, 1,
         sound_run},
	{"doctor", "", "what works here, and what mends the rest", NULL, 0, 0,
         doctor_run},
};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int help(void)
{
	struct out_table t;

	puts("usage: lull COMMAND [options]\n\n"
	     "A relaxation guide, not a medical device. It does not diagnose, "
	     "treat or prevent\nany condition. If your headache is sudden, "
	     "severe, new or unlike your usual ones,\nget medical help.\n");
	out_table_init(&t, "ll");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		out_table_cell(&t, "  %s%s%s", commands[i].name,
		               *commands[i].args ? " " : "", commands[i].args);
		out_table_cell(&t, "%s", commands[i].about);
	}
	out_table_print(&t, stdout, false);
	out_table_finish(&t);
	puts("\nlull COMMAND --help says more.");
	return OUT_DONE;
}

static int help_on(const char *name)
{
	char ask[] = "--help", *argv[] = {ask, NULL};
	const struct command *c = find(name);

	if (!c) {
		out_fail("%.40s: no such command: see lull help", name);
		return OUT_USAGE;
	}
	return c->run(c, 1, argv);
}

int main(int argc, char **argv)
{
	const struct command *c;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	gsl_set_error_handler_off();
	if (argc < 2) {
		out_fail("no command: see lull help");
		return OUT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("lull (engine %s)\n", SESSION_ENGINE);
		return OUT_DONE;
	}
	if (strcmp(argv[1], "help") == 0 && argc > 2)
		return help_on(argv[2]);
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help();
	c = find(argv[1]);
	if (!c) {
		out_fail("%.40s: no such command: see lull help", argv[1]);
		return OUT_USAGE;
	}
	return c->run(c, argc - 2, argv + 2);
}
