/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/record.h"

#include <string.h>
#include <time.h>

void record_init(struct record *r, struct writer *writer, const char *store,
                 struct live *live)
{
	*r = (struct record){
		.recorder.writer = writer,
		.store = store,
		.live = live,
	};
}

void record_begin(struct record *r, const struct session_start *start)
{
	int e;

	keep_init(&r->keep, start->routine);
	e = recorder_begin(&r->recorder, start);
	if (e == 0)
		return;
	live_tell(r->live, "This session will not be kept: %s", strerror(-e));
	r->recorder.writer = NULL;
}

/* Without a writer there is nothing to wait for. */
static void read_status(const struct record *r, struct writer_status *ret)
{
	*ret = (struct writer_status){.ended = true};
	if (r->recorder.writer)
		writer_status(r->recorder.writer, ret);
}

void record_press(struct record *r)
{
	struct writer_status status;

	if (r->pressed || !r->store || !keep_presses(&r->keep))
		return;
	r->pressed = true;
	read_status(r, &status);
	/* should this fail, the end tries again and says so */
	(void)keep_write(&r->keep, r->store, status.session, time(NULL), NULL);
}

static void settle_keep(struct record *r, const struct player *p,
                        int64_t session)
{
	struct store_error why = {""};
	struct session_status status;

	if (!r->store)
		return;
	player_status(p, &status);
	keep_status(&r->keep, &status);
	if (keep_write(&r->keep, r->store, session, time(NULL), &why) < 0)
		live_tell(r->live, "Your answers were not kept: %s", why.what);
}

bool record_settle(struct record *r, const struct player *p, bool late)
{
	struct writer_status status;

	if (r->settled)
		return true;
	read_status(r, &status);
	if (!status.ended && !status.error && !late)
		return false;
	r->settled = true;
	if (!status.ended || status.lost || r->recorder.error)
		live_tell(r->live,
		          "The record of this session is not whole: %s",
		          status.error ? status.what
		                       : "the disk is slow or memory is short");
	r->live->session = (uint64_t)status.session;
	settle_keep(r, p, status.session);
	return true;
}
