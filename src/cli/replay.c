/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/paths.h"
#include "cli/out.h"
#include "cli/past.h"
#include "cli/render.h"
#include "player/offline.h"

/* A day of session is far below this. */
#define LOAD_BYTES_MAX (256L * 1024 * 1024)

/* A recorded session: a file, or the lines of the store. */
struct tape {
	FILE *file;
	char *line;
	size_t room;
	char **lines;
	size_t n, n_room, at;
};

static int next(void *data, const char **ret, size_t *ret_len)
{
	struct tape *t = data;
	ssize_t n;

	if (!t->file) {
		if (t->at == t->n)
			return 0;
		*ret = t->lines[t->at++];
		*ret_len = strlen(*ret);
		return 1;
	}
	errno = 0;
	n = getline(&t->line, &t->room, t->file);
	if (n < 0)
		return errno ? -errno : 0;
	if (n && t->line[n - 1] == '\n')
		t->line[--n] = '\0';
	*ret = t->line;
	*ret_len = (size_t)n;
	return 1;
}

static int keep_line(void *data, const char *line, size_t len)
{
	struct tape *t = data;

	if (t->n == t->n_room) {
		size_t room = t->n_room ? 2 * t->n_room : 1024;
		char **lines = realloc(t->lines, room * sizeof(*lines));

		if (!lines)
			return -ENOMEM;
		t->lines = lines;
		t->n_room = room;
	}
	t->lines[t->n] = strndup(line, len);
	return t->lines[t->n] ? (t->n++, 0) : -ENOMEM;
}

static int open_stored(struct tape *t, const char *arg)
{
	struct store *s = NULL;
	int64_t id = 0;
	int r, status = past_number("replay", arg, &id);

	if (status < 0)
		status = past_open(&s, STORE_READ, "replay");
	if (status < 0) {
		r = store_lines(s, id, keep_line, t);
		if (r == -ENOENT)
			status = out_fail("replay: session %s: there is none: "
			                  "lull sessions lists them",
			                  arg);
		else if (r == -ENODATA)
			status = out_fail("replay: %s", store_message(s));
		else if (r < 0)
			status = out_fail("replay: session %s: %s: lull doctor",
			                  arg, strerror(-r));
	}
	store_close(s);
	return status;
}

static int open_file(struct tape *t, const char *path)
{
	struct stat st;

	t->file = fopen(path, "re");
	if (!t->file || fstat(fileno(t->file), &st) < 0)
		return out_fail("replay: %s: %s: expected a session's number "
		                "or a file of events",
		                path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return out_fail("replay: %s: no plain file: expected a file of "
		                "events",
		                path);
	if (st.st_size > LOAD_BYTES_MAX)
		return out_fail("replay: %s: over 256 MiB: no session is so "
		                "long",
		                path);
	return -1;
}

static void close_tape(struct tape *t)
{
	if (t->file)
		fclose(t->file);
	free(t->line);
	for (size_t i = 0; i < t->n; i++)
		free(t->lines[i]);
	free(t->lines);
}

static json_t *difference_json(const struct offline_difference *d)
{
	return json_pack("{sb sb ss sI so ss ss? ss?}", "identical",
	                 d->identical, "other_engine", d->other_engine,
	                 "engine", d->engine, "outputs", (json_int_t)d->outputs,
	                 "t",
	                 d->identical || d->other_engine ? json_null()
	                                                 : out_real(d->t_s),
	                 "key", d->key, "stored", d->stored, "now", d->now);
}

static void print_line(const char *label, const char *line)
{
	char plain[512];

	out_plain(plain, sizeof(plain), line ? line : "nothing");
	printf("  %s %s\n", label, plain);
}

static int report(const struct offline_difference *d, bool json)
{
	int status = d->identical || d->other_engine ? OUT_DONE : OUT_FAILED;

	if (json)
		return out_json(difference_json(d)) == OUT_DONE ? status
		                                                : OUT_FAILED;
	if (d->other_engine) {
		printf("decided by another engine, %s: not compared, as this "
		       "is %s; lull why tells\nwhat it decided\n",
		       d->engine, SESSION_ENGINE);
		return status;
	}
	if (d->identical) {
		printf("identical: %llu outputs\n",
		       (unsigned long long)d->outputs);
		return status;
	}
	printf("differs: output %llu, at %.6f s, in %s\n",
	       (unsigned long long)d->outputs + 1, d->t_s,
	       d->key[0] ? d->key : "what it is");
	print_line("stored", d->stored);
	print_line("now   ", d->now);
	return status;
}

static int replay(struct tape *t, const char *name, const char *sound,
                  bool json)
{
	const struct offline_lines lines = {.next = next, .data = t};
	struct offline_difference d = {0};
	struct error error = {0};
	char cache[4096];
	int r;

	if (paths_clips(cache, sizeof(cache)) < 0)
		return out_fail("replay: no home folder: set HOME");
	r = offline_replay(&lines, sound, cache, &d, &error);
	if (r < 0)
		return out_fail("replay: %s: %s", name,
		                error.text[0] ? error.text : strerror(-r));
	r = report(&d, json);
	offline_difference_finish(&d);
	return r;
}

int replay_run(const struct command *c, int argc, char **argv)
{
	const char *sound = NULL;
	struct opt_args args = {0};
	struct tape tape = {0};
	bool json = false;
	uint64_t id;
	const struct opt opts[] = {
		{"o", OPT_TEXT, &sound, "FILE",
	         "also the sound: .wav, .flac or .ogg", 0, 0},
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int status = opt_start(c, opts, argc, argv, &args);

	if (status < 0 && sound && !render_sound_ok(sound)) {
		out_fail("replay: -o: expected a name that ends in .wav, .flac "
		         "or .ogg: see lull replay --help");
		return OUT_USAGE;
	}
	if (status >= 0)
		return status;
	if (opt_count(args.at[0], 1, INT64_MAX, &id) == 0)
		status = open_stored(&tape, args.at[0]);
	else
		status = open_file(&tape, args.at[0]);
	if (status < 0)
		status = replay(&tape, args.at[0], sound, json);
	close_tape(&tape);
	return status;
}
