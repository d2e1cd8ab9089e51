/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/render.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "audio/music.h"
#include "audio/sound.h"
#include "base/date.h"
#include "base/paths.h"
#include "cli/answers.h"
#include "cli/load.h"
#include "cli/out.h"
#include "cli/past.h"
#include "cli/show.h"
#include "drivers/file.h"
#include "player/offline.h"
#include "store/before.h"
#include "store/change.h"

#define LEVEL_MIN_DB (-60) /* as in config.yaml */
#define RATE_HZ      48000 /* INTERFACES, `lull render` */
/* A render depends on nothing but what it is given, so not on the day. */
#define DATE_DEFAULT "1970-01-01T00:00:00+00:00"
/* As many as JSON keeps whole. */
#define SEED_MAX ((double)(UINT64_C(1) << 53))

struct render_plan {
	const char *routine_id;
	const char *beats, *answers_path, *talk, *mode, *date, *sound, *events;
	uint64_t person, sessions, from;
	double seconds;
	const char *voice, *pacer, *bed;
	double master_db, voice_db, breath_db, bed_db;
	bool migraine, save, no_voice, slow, json;

	struct routine *routine;
	struct answers answers;
	struct session_start start;
	struct clips *clips;
	struct recorder recorder;
	char events_part[4096];
	struct out_bar bar;
	double took_s, ran_s, lufs;
	int64_t session;
};

bool render_sound_ok(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot &&
	       (strcasecmp(dot, ".wav") == 0 || strcasecmp(dot, ".flac") == 0 ||
	        strcasecmp(dot, ".ogg") == 0);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int check_beats(const char *path)
{
	struct load_error error = {0};
	char place[LOAD_PLACE_MAX];

	if (file_check(path, &error) == 0)
		return -1;
	return out_fail("render: %s: %s%s", path,
	                load_error_place(&error, place), error.reason);
}

/* What is spoken at the end of a session that is kept is what lull show will
   say of it. */
static int fill_noise(struct render_plan *p)
{
	struct session_start *s = &p->start;
	struct store_session row = {
		.simulated = true, .id = INT64_MAX, .before = BEFORE_NOT_SAID};
	struct change_band band;
	struct store *store = NULL;
	int status = past_open(&store, STORE_WRITE, "render");

	if (status >= 0)
		return status;
	snprintf(row.routine, sizeof(row.routine), "%s", p->routine->id);
	snprintf(row.start, sizeof(row.start), "%s", s->start);
	row.attack = session_mode_of(s) == SESSION_ATTACK;
	if (change_band_before(store, &row, past_memory_s(), &band) < 0) {
		status = out_fail("render: %s", store_message(store));
	} else {
		s->profile.noise_hr_bpm = band.hr_bpm;
		s->profile.noise_rmssd_pct = band.rmssd_pct;
	}
	store_close(store);
	return status;
}

static int fill_start(struct render_plan *p)
{
	struct session_start *s = &p->start;

	session_start_init(s);
	snprintf(s->engine, sizeof(s->engine), "%s", SESSION_ENGINE);
	s->routine = p->routine;
	s->profile.sessions = (int)p->sessions;
	s->settings.ask = p->answers_path != NULL;
	s->settings.slow = p->slow;
	s->settings.from_step = (int)p->from;
	s->settings.seconds = p->seconds;
	s->seed = p->beats ? 1 : p->person;
	if (p->talk && load_talk("render", p->talk, &s->settings.talk) >= 0)
		return OUT_USAGE;
	if (p->mode && load_mode("render", p->mode, &s->settings.mode) >= 0)
		return OUT_USAGE;
	if (p->from && routine_step(p->routine, (int)p->from) < 0)
		return out_fail("render: --from %u: %s has no such step: lull "
		                "routine show %s",
		                (unsigned)p->from, p->routine_id,
		                p->routine_id);
	if (p->beats)
		snprintf(s->sensor, sizeof(s->sensor), "file:%s", p->beats);
	else
		snprintf(s->sensor, sizeof(s->sensor), "person:%llu",
		         (unsigned long long)p->person);
	if (p->save && !p->date)
		date_now(s->start, sizeof(s->start));
	else
		snprintf(s->start, sizeof(s->start), "%s",
		         p->date ? p->date : DATE_DEFAULT);
	return p->save ? fill_noise(p) : -1;
}

static void speaking(void *data, double share)
{
	struct render_plan *p = data;

	out_bar_show(&p->bar, stderr, "voice", share);
}

static void complain(void *data, const char *line)
{
	(void)data;
	fprintf(stderr, "lull: render: %s\n", line);
}

/* By its whole name: a replay may be made elsewhere. */
static int fill_music(struct render_plan *p)
{
	struct session_sound *sound = &p->start.settings.sound;
	char *path = realpath(p->bed, NULL);
	int error = errno;
	struct music *music;

	if (path && strlen(path) < sizeof(sound->music)) {
		strcpy(sound->music, path);
		error = -music_create(&music, path, RATE_HZ);
		if (!error)
			music_destroy(music);
	} else if (path) {
		error = ENAMETOOLONG;
	}
	free(path);
	return error ? out_fail("render: --bed %s: %s: expected a sound file, "
	                        "or brown, pad, rain, sea or none",
	                        p->bed, music_strerror(-error))
	             : -1;
}

/* What is heard. A bed that has no such name is a file. */
static int fill_sound(struct render_plan *p)
{
	struct session_settings *s = &p->start.settings;
	struct session_sound *sound = &s->sound;
	enum sound_pacer pacer;
	enum sound_bed bed;

	s->master_db = p->master_db;
	s->voice_db = p->voice_db;
	s->breath_db = p->breath_db;
	s->bed_db = p->bed_db;
	sound->migraine = p->migraine;
	if (p->pacer && sound_pacer_from(p->pacer, &pacer) == 0)
		snprintf(sound->pacer, sizeof(sound->pacer), "%s", p->pacer);
	if (!p->bed)
		return -1;
	if (sound_bed_from(p->bed, &bed) == 0) {
		snprintf(sound->bed, sizeof(sound->bed), "%s", p->bed);
		return -1;
	}
	snprintf(sound->bed, sizeof(sound->bed), "%s",
	         sound_bed_name(SOUND_BED_MUSIC));
	return fill_music(p);
}

static int speak(struct render_plan *p)
{
	char cache[4096];
	const struct offline_voice voice = {
		.cache_dir = cache,
		.rate_hz = RATE_HZ,
		.progress = speaking,
		.tell = complain,
		.data = p,
	};
	int r;

	if (p->no_voice || p->voice)
		return -1;
	r = paths_clips(cache, sizeof(cache));
	if (r < 0)
		return out_fail("render: no home folder: set HOME");
	out_bar_init(&p->bar, stderr);
	r = offline_clips(p->routine, &voice, &p->clips);
	out_bar_clear(&p->bar, stderr);
	if (r < 0)
		return out_fail("render: the voice: %s: lull doctor, or render "
		                "with --no-voice",
		                strerror(-r));
	p->start.n_clips = clips_list(p->clips, &p->start.clips);
	return -1;
}

static int open_ends(struct render_plan *p)
{
	struct store_error error = {0};
	char path[4096];
	int r;

	if (p->events) {
		snprintf(p->events_part, sizeof(p->events_part), "%s.part",
		         p->events);
		p->recorder.file = fopen(p->events_part, "we");
		if (!p->recorder.file)
			return out_fail("render: %s: %s: choose another file",
			                p->events, strerror(errno));
	}
	if (!p->save)
		return -1;
	r = paths_store(path, sizeof(path));
	if (r < 0)
		return out_fail("render: no home folder: set HOME");
	r = writer_create(&p->recorder.writer, path, NULL, NULL, &error);
	return r < 0 ? out_fail("render: %s", error.what) : -1;
}

static void progress(void *data, double t_s, double total_s)
{
	struct render_plan *p = data;

	p->ran_s = t_s;
	out_bar_show(&p->bar, stderr, "render",
	             total_s > 0 ? t_s / total_s : 0);
}

static int run(struct render_plan *p)
{
	struct error error = {0};
	const struct offline o = {
		.start = &p->start,
		.answers = p->answers_path ? p->answers.at : NULL,
		.bank = p->clips ? clips_bank(p->clips) : NULL,
		.sound = p->sound,
		.ret_lufs = p->sound ? &p->lufs : NULL,
		.rate_hz = RATE_HZ,
		.recorder = p->events || p->save ? &p->recorder : NULL,
		.progress = progress,
		.data = p,
	};
	double began = now_s();
	int r;

	out_bar_init(&p->bar, stderr);
	r = offline_run(&o, &error);
	out_bar_clear(&p->bar, stderr);
	p->took_s = now_s() - began;
	return r < 0 ? out_fail("render: %s",
	                        error.text[0] ? error.text : strerror(-r))
	             : -1;
}

static int close_events(struct render_plan *p)
{
	FILE *f = p->recorder.file;
	int r = p->recorder.error;

	p->recorder.file = NULL;
	if (!f)
		return -1;
	if (fclose(f) != 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(p->events_part, p->events) < 0)
		r = -errno;
	if (r < 0) {
		unlink(p->events_part);
		return out_fail("render: %s: %s: see to the disk", p->events,
		                strerror(-r));
	}
	return -1;
}

static int close_store(struct render_plan *p)
{
	struct writer_status status;

	if (!p->recorder.writer)
		return -1;
	writer_flush(p->recorder.writer);
	writer_status(p->recorder.writer, &status);
	p->recorder.writer = writer_destroy(p->recorder.writer);
	if (status.error < 0 || !status.ended)
		return out_fail("render: store: %s: lull doctor",
		                status.what[0] ? status.what
		                               : "it was not kept whole");
	p->session = status.session;
	return -1;
}

static int report(const struct render_plan *p)
{
	struct store *store = NULL;
	char clock[16], loud[32] = "";
	int status;

	if (p->json)
		return out_json(json_pack(
			"{ss? ss? so so so so}", "sound", p->sound, "events",
			p->events, "session",
			p->session ? json_integer(p->session) : json_null(),
			"seconds", out_real(p->ran_s), "took_s",
			out_real(p->took_s), "lufs", out_real(p->lufs)));
	if (isfinite(p->lufs))
		snprintf(loud, sizeof(loud), ", %.1f LUFS", p->lufs);
	printf("%s%s%s of session in %.1f s, %.0f times real time%s\n",
	       p->sound ? p->sound : "", p->sound ? ": " : "",
	       out_clock(clock, sizeof(clock), p->ran_s), p->took_s,
	       p->took_s > 0 ? p->ran_s / p->took_s : 0, loud);
	if (!p->session)
		return OUT_DONE;
	status = past_open(&store, STORE_READ, "render");
	if (status < 0)
		status = show_print(store, p->session);
	store_close(store);
	return status;
}

static int load(struct render_plan *p)
{
	struct error error = {0};
	int r = load_routine(p->routine_id, &p->routine, &error);

	if (r == 0 && p->answers_path)
		r = answers_load(&p->answers, p->answers_path, p->routine,
		                 &error);
	return r < 0 ? out_fail("render: %s", error.text) : -1;
}

static int render(struct render_plan *p)
{
	int status = load(p);

	if (status < 0 && p->beats)
		status = check_beats(p->beats);
	if (status < 0)
		status = fill_start(p);
	if (status < 0)
		status = fill_sound(p);
	if (status < 0)
		status = speak(p);
	if (status < 0)
		status = open_ends(p);
	if (status < 0)
		status = run(p);
	if (status < 0)
		status = close_events(p);
	if (status < 0)
		status = close_store(p);
	return status < 0 ? report(p) : status;
}

static void release(struct render_plan *p)
{
	if (p->recorder.file) {
		fclose(p->recorder.file);
		unlink(p->events_part);
	}
	writer_destroy(p->recorder.writer);
	clips_destroy(p->clips);
	answers_finish(&p->answers);
	routine_destroy(p->routine);
}

/* What options say together. Return: -1 to go on, or the exit status. */
static int check_usage(const struct render_plan *p, bool person_given)
{
	enum sound_pacer pacer;
	const char *wrong = NULL;
	int64_t unix_s;

	if (p->beats && person_given)
		wrong = "--beats and --person: expected one of them";
	else if (!p->sound && !p->events && !p->save)
		wrong = "nothing to write: expected -o, --events or --save";
	else if (p->sound && !render_sound_ok(p->sound))
		wrong = "-o: expected a name that ends in .wav, .flac or .ogg";
	else if (p->voice && strcmp(p->voice, "none") != 0)
		wrong = "--voice: expected none";
	else if (p->pacer && sound_pacer_from(p->pacer, &pacer) < 0)
		wrong = "--pacer: expected tone, breath, bow or silent";
	else if (p->date && date_read(p->date, &unix_s) < 0)
		wrong = "--date: expected one like 2026-11-22T21:05:00+01:00";
	else if (p->events && strlen(p->events) > 4000)
		wrong = "--events: the name is too long";
	if (!wrong)
		return -1;
	out_fail("render: %s: see lull render --help", wrong);
	return OUT_USAGE;
}

int render_run(const struct command *c, int argc, char **argv)
{
	struct render_plan p = {.person = UINT64_MAX, .lufs = NAN};
	struct opt_args args = {0};
	const struct opt opts[] = {
		{"beats", OPT_TEXT, &p.beats, "FILE",
	         "the heart: RR text, HRV Logger, FIT or a capture", 0, 0},
		{"person", OPT_COUNT, &p.person, "SEED",
	         "the heart: a simulated person (1)", 0, SEED_MAX},
		{"o", OPT_TEXT, &p.sound, "FILE", "sound: .wav, .flac or .ogg",
	         0, 0},
		{"events", OPT_TEXT, &p.events, "FILE",
	         "inputs and outputs as JSON Lines", 0, 0},
		{"save", OPT_FLAG, &p.save, NULL, "keep it in the store, too",
	         0, 0},
		{"answers", OPT_TEXT, &p.answers_path, "FILE",
	         "put the questions, answer from here", 0, 0},
		{"seconds", OPT_NUMBER, &p.seconds, "N", "close after so long",
	         1, LOAD_SECONDS_MAX},
		{"from", OPT_COUNT, &p.from, "STEP", "begin with this step", 1,
	         LOAD_STEP_MAX},
		{"sessions", OPT_COUNT, &p.sessions, "N",
	         "sessions that the person has had (0)", 0, 1000000},
		{"talk", OPT_TEXT, &p.talk, "HOW", "full, brief or minimal", 0,
	         0},
		{"mode", OPT_TEXT, &p.mode, "DAY",
	         "tension, attack, signs, between or night", 0, 0},
		{"slow", OPT_FLAG, &p.slow, NULL,
	         "in an attack, breathe down to 6.5 a minute, not 8", 0, 0},
		{"date", OPT_TEXT, &p.date, "ISO",
	         "when it is said to begin (1970; with --save, now)", 0, 0},
		{"voice", OPT_TEXT, &p.voice, "none", "say nothing", 0, 0},
		{"no-voice", OPT_FLAG, &p.no_voice, NULL, "likewise", 0, 0},
		{"pacer", OPT_TEXT, &p.pacer, "HOW",
	         "the breath: tone, breath, bow or silent", 0, 0},
		{"bed", OPT_TEXT, &p.bed, "WHAT",
	         "what lies below: brown, pad, rain, sea, none or a sound file",
	         0, 0},
		{"migraine", OPT_FLAG, &p.migraine, NULL,
	         "much softer and darker, no bed, no chime", 0, 0},
		{"master-db", OPT_NUMBER, &p.master_db, "DB", "all softer",
	         LEVEL_MIN_DB, 0},
		{"voice-db", OPT_NUMBER, &p.voice_db, "DB", "the voice softer",
	         LEVEL_MIN_DB, 0},
		{"breath-db", OPT_NUMBER, &p.breath_db, "DB",
	         "the breath softer", LEVEL_MIN_DB, 0},
		{"bed-db", OPT_NUMBER, &p.bed_db, "DB", "the bed softer",
	         LEVEL_MIN_DB, 0},
		{"json", OPT_FLAG, &p.json, NULL, "what was done as JSON", 0,
	         0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0)
		status = check_usage(&p, p.person != UINT64_MAX);
	if (status >= 0)
		return status;
	if (p.person == UINT64_MAX)
		p.person = 1;
	p.routine_id = args.at[0];
	status = render(&p);
	release(&p);
	return status;
}
