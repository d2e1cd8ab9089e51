/* SPDX-License-Identifier: GPL-3.0-or-later */

/* referee FOLDER: is each session in FOLDER/lull.db what the devices of that
 * folder sent (NAME.truth, NAME.log)? One line of figures; status 1, with the
 * faults on stderr, if it is not. */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player/journal.h"
#include "store/store.h"
#include "tests/lab/referee.h"

#define SESSIONS_MAX 1000
#define BACKS_MAX    10000
#define ROOM         200000 /* beats, events: a day's */
#define SAME_MS      0.0051 /* stored figures have steps of 0.01 */
/* An artifact counts in the minute's figure, and is thought better of. */
#define DOUBT_US UINT64_C(66000000)
/* Source: signal/window.h, no believed beat for so long. */
#define SILENT_US UINT64_C(10000000)

struct truths {
	struct referee_truth *all;
	size_t n;
	uint64_t *back_us; /* a device went on the air again */
	size_t n_back;
};

struct session {
	struct referee_beat *beats;
	size_t *at;
	size_t n;
	uint64_t end_us, doubt_us;
	bool doubt, parted;
	size_t estimates, compared, differ;
};

struct totals {
	struct referee_verdict v;
	size_t sessions, beats, compared, estimates, differ;
};

static void *room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p) {
		fprintf(stderr, "referee: no memory\n");
		exit(2);
	}
	return p;
}

/* --- what was sent ---------------------------------------------------------
 */

static FILE *open_in(const char *folder, const char *name)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		fprintf(stderr, "referee: %s: %s\n", path, strerror(errno));
	return file;
}

static void read_truth(struct truths *t, FILE *file)
{
	size_t first = t->n;
	bool any = false;
	char fate[8];

	while (t->n < ROOM &&
	       fscanf(file, "%" SCNu64 " %" SCNu32 " %7s %*s",
	              &t->all[t->n].t_us, &t->all[t->n].rr_ticks, fate) == 3) {
		t->all[t->n].sent = strcmp(fate, "sent") == 0;
		any = any || t->all[t->n].sent;
		t->n++;
	}
	/* nobody listened to this device: it is a neighbour's */
	if (!any)
		t->n = first;
}

/* A strap that is on the air again, or a stick that the kernel has. */
static void read_backs(struct truths *t, FILE *file)
{
	char line[256], what[64];
	double t_s;

	while (t->n_back < BACKS_MAX && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lf %*s %63[^\n]", &t_s, what) == 2 &&
		    (strcmp(what, "told: back") == 0 ||
		     strcmp(what, "back") == 0 ||
		     strcmp(what, "configured") == 0))
			t->back_us[t->n_back++] = (uint64_t)(t_s * 1e6);
}

static int by_time(const void *a, const void *b)
{
	const struct referee_truth *x = a, *y = b;

	if (x->t_us != y->t_us)
		return x->t_us < y->t_us ? -1 : 1;
	return (x->rr_ticks > y->rr_ticks) - (x->rr_ticks < y->rr_ticks);
}

/* One heart on two devices: a beat is sent if either of them sent it. */
static void join_truths(struct truths *t)
{
	size_t n = 0;

	qsort(t->all, t->n, sizeof(*t->all), by_time);
	for (size_t i = 0; i < t->n; i++) {
		if (n > 0 && by_time(&t->all[n - 1], &t->all[i]) == 0)
			t->all[n - 1].sent |= t->all[i].sent;
		else
			t->all[n++] = t->all[i];
	}
	t->n = n;
}

static int read_truths(struct truths *t, const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (!dir)
		return -errno;
	t->all = room(ROOM, sizeof(*t->all));
	t->back_us = room(BACKS_MAX, sizeof(*t->back_us));
	while ((entry = readdir(dir)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');
		bool truth = dot && strcmp(dot, ".truth") == 0;
		FILE *file;

		if (!truth && (!dot || strcmp(dot, ".log") != 0))
			continue;
		file = open_in(folder, entry->d_name);
		if (!file)
			continue;
		if (truth)
			read_truth(t, file);
		else
			read_backs(t, file);
		fclose(file);
	}
	closedir(dir);
	join_truths(t);
	return 0;
}

/* --- what was stored -------------------------------------------------------
 */

/* Only where no beat of the window was ever doubted is the plain sum due. */
static void take_estimate(struct session *s, const struct estimate *e)
{
	double rmssd_ms = referee_rmssd(s->beats, s->n, e->t_us);

	s->estimates++;
	if (!(e->artifact_pct <= 0.0)) {
		s->doubt = !isnan(e->artifact_pct) || s->doubt;
		if (s->doubt)
			s->doubt_us = e->t_us;
	}
	if (s->doubt && e->t_us < s->doubt_us + DOUBT_US)
		return;
	/* none is due either when nothing came for a while */
	if (isnan(e->rmssd_ms) &&
	    (isnan(rmssd_ms) || s->n == 0 ||
	     e->t_us > s->beats[s->n - 1].at_us + SILENT_US))
		return;
	s->compared++;
	if (fabs(e->rmssd_ms - rmssd_ms) <= SAME_MS)
		return;
	s->differ++;
	fprintf(stderr, "referee: at %.3f s RMSSD is %.2f, not %.4f ms\n",
	        (double)e->t_us * 1e-6, e->rmssd_ms, rmssd_ms);
}

static void take_event(struct session *s, const struct event *e)
{
	if (e->t_us > s->end_us)
		s->end_us = e->t_us;
	if (e->kind == EVENT_SENSOR) {
		s->parted |= e->sensor.state != EVENT_SENSOR_CONNECTED;
	} else if (e->kind == EVENT_BEAT && s->n < ROOM) {
		s->beats[s->n++] = (struct referee_beat){
			.t_us = e->t_us,
			.at_us = e->beat.at_us,
			.rr_ticks = e->beat.rr_ticks,
			.rr_ms = e->beat.rr_ms,
			.parted = s->parted,
			.ok = true,
		};
		s->parted = false;
	} else if (e->kind == EVENT_BEAT_CLASS && s->n > 0) {
		s->beats[s->n - 1].ok = e->beat_class.class_ == BEAT_OK;
		if (e->beat_class.class_ != BEAT_OK) {
			s->doubt = true;
			s->doubt_us = e->t_us;
		}
	} else if (e->kind == EVENT_ESTIMATE) {
		take_estimate(s, &e->estimate);
	}
}

static int take_line(void *data, const char *line, size_t len)
{
	struct journal_error error;
	struct journal_event event;
	int r;

	/* the first line is no event */
	if (strstr(line, "\"kind\":\"session\""))
		return 0;
	r = journal_read(line, len, &event, &error);
	if (r < 0) {
		fprintf(stderr, "referee: %s\n", error.what);
		return r;
	}
	take_event(data, &event.event);
	journal_event_finish(&event);
	return 0;
}

struct ids {
	int64_t id[SESSIONS_MAX]; /* newest first */
	size_t n;
};

static int take_id(void *data, const struct store_session *row)
{
	struct ids *ids = data;

	ids->id[ids->n++] = row->id;
	return ids->n == SESSIONS_MAX;
}

/* --- the judgement ---------------------------------------------------------
 */

static void add(struct totals *all, const struct session *s,
                const struct referee_verdict *v)
{
	all->sessions++;
	all->beats += s->n;
	all->estimates += s->estimates;
	all->compared += s->compared;
	all->differ += s->differ;
	all->v.sent += v->sent;
	all->v.stored += v->stored;
	all->v.lost += v->lost;
	all->v.invented += v->invented;
	all->v.swapped += v->swapped;
	all->v.away += v->away;
	all->v.holes += v->holes;
	all->v.unmarked += v->unmarked;
}

static void print_gaps(const struct session *s)
{
	size_t n = 0;

	for (size_t i = 1; i < s->n; i++)
		if (s->beats[i].parted)
			printf("%s %.1f", n++ ? "" : " gaps",
			       referee_hole_s(s->beats, i));
	printf(n ? " s" : " no gaps");
}

/* From each return on the air in this session to the first beat of it. */
static void print_backs(const struct session *s, const struct truths *t,
                        uint64_t offset_us)
{
	size_t n = 0;

	for (size_t b = 0; b < t->n_back; b++)
		for (size_t i = 1; i < s->n; i++) {
			uint64_t us = s->beats[i].t_us + offset_us;

			if (us <= t->back_us[b])
				continue;
			if (s->beats[i - 1].t_us + offset_us < t->back_us[b])
				printf("%s %.2f", n++ ? "" : ", back after",
				       (double)(us - t->back_us[b]) * 1e-6);
			break;
		}
	if (n)
		printf(" s");
}

static int judge_session(struct store *store, int64_t id,
                         const struct truths *t, size_t *from,
                         struct totals *all)
{
	struct session s = {.beats = room(ROOM, sizeof(*s.beats)),
	                    .at = room(ROOM, sizeof(*s.at))};
	struct referee_verdict v = {0};
	int r = store_lines(store, id, take_line, &s);

	if (r == 0 && t->n > 0)
		*from = referee_align(t->all, t->n, *from, s.beats, s.n,
		                      s.end_us, s.at, &v);
	if (r == 0) {
		add(all, &s, &v);
		printf("; session %" PRId64 ":", id);
		print_gaps(&s);
		print_backs(&s, t, v.offset_us);
	}
	free(s.beats);
	free(s.at);
	return r;
}

static bool print_verdict(const struct totals *all, bool truth)
{
	const struct referee_verdict *v = &all->v;

	if (truth)
		printf("; sent %zu, received %zu, lost %zu, away %zu", v->sent,
		       v->stored, v->lost, v->away);
	printf("; RMSSD compared %zu of %zu\n", all->compared, all->estimates);
	if (v->lost + v->invented + v->swapped + v->unmarked + all->differ == 0)
		return true;
	fprintf(stderr,
	        "referee: %zu lost, %zu not sent or stored twice, %zu swapped, "
	        "%zu holes without a gap, %zu RMSSD that differ\n",
	        v->lost, v->invented, v->swapped, v->unmarked, all->differ);
	return false;
}

static bool judge(struct store *store, const struct truths *t)
{
	struct totals all = {0};
	struct ids ids = {.n = 0};
	size_t from = 0;

	if (store_sessions(store, 0, take_id, &ids) < 0)
		return false;
	printf("%zu sessions", ids.n);
	for (size_t i = ids.n; i-- > 0;)
		if (judge_session(store, ids.id[i], t, &from, &all) < 0) {
			fprintf(stderr, "referee: %s\n", store_message(store));
			return false;
		}
	return print_verdict(&all, t->n > 0);
}

int main(int argc, char **argv)
{
	struct store_error error = {""};
	struct store *store = NULL;
	struct truths truths = {0};
	char path[PATH_MAX];
	bool good;

	if (argc != 2) {
		fprintf(stderr, "usage: referee FOLDER\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/lull.db", argv[1]);
	if (store_open(&store, path, STORE_READ, &error) < 0 ||
	    read_truths(&truths, argv[1]) < 0) {
		fprintf(stderr, "referee: %s: %s\n", argv[1], error.what);
		return 2;
	}
	good = judge(store, &truths);
	store_close(store);
	free(truths.all);
	free(truths.back_us);
	return good ? 0 : 1;
}
