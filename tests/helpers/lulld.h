/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_LULLD_H
#define LULL_TESTS_HELPERS_LULLD_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "daemon/app.h"
#include "daemon/bus.h"
#include "daemon/mpris.h"
#include "store/store.h"

/**
 * The whole daemon but its main(), seen over one end of a socket pair: the
 * real content, session and store, in a home of its own. Both ends live in one
 * thread. Nothing sleeps: the loop runs until what is waited for is there, or
 * the test fails.
 */
struct lulld {
	const char *address; /**< of a bus to be on; NULL: a socket pair */
	char *folder; /**< home; every path of the daemon lies below it */
	sd_event *event;
	struct app *app;
	struct bus *bus;
	struct mpris *mpris;
	sd_bus *server, *client;

	/* what the client was told */
	unsigned saids;
	unsigned questions;
	char question[64], choices[128], text[512];
	bool ended;
	uint64_t id;
	char changed[2048]; /**< names, in order, one a line */
};

/* cmocka's; with a daemon, or with a home alone for lulld_wake_up(). */
int lulld_set_up(void **state);
int lulld_set_up_home(void **state);
int lulld_tear_down(void **state);
void lulld_wake_up(struct lulld *w);
/* The clips of other tests will do: before it wakes up. */
void lulld_share_clips(void);
void lulld_lie_down(struct lulld *w);
/** lulld_again() - a new one in the same home. */
void lulld_again(struct lulld *w);

/** lulld_drive() - run the loop until @until. */
void lulld_drive(struct lulld *w, bool (*until)(struct lulld *w));
/** lulld_settle() - run it until nothing is due. */
void lulld_settle(struct lulld *w);
bool lulld_ended(struct lulld *w);
bool lulld_said(struct lulld *w);
bool lulld_asked(struct lulld *w);
bool lulld_playing(struct lulld *w);
bool lulld_hears_the_sensor(struct lulld *w);
bool lulld_told_of_time(struct lulld *w);

/** lulld_method() - a call, its arguments as in sd_bus_message_append(). */
sd_bus_message *lulld_method(struct lulld *w, const char *name,
                             const char *types, ...);
/** lulld_reply() - make a call; the caller's to unref, also an error. */
sd_bus_message *lulld_reply(struct lulld *w, sd_bus_message *m);
void lulld_assert_ok(struct lulld *w, sd_bus_message *m);
/** lulld_assert_refused() - as @name, in one line with each word of @holds,
    which are told apart by |. */
void lulld_assert_refused(struct lulld *w, sd_bus_message *m, const char *name,
                          const char *holds);
void lulld_assert_text(struct lulld *w, const char *property,
                       const char *expected);
double lulld_number(struct lulld *w, const char *property);

/** lulld_start_quiet() - tension_relief without sound or questions. */
void lulld_start_quiet(struct lulld *w, const char *sensor);
/** lulld_start_asking() - with questions, up to the first. */
void lulld_start_asking(struct lulld *w);
void lulld_say(struct lulld *w, const char *word);
void lulld_answer(struct lulld *w, const char *id, const char *value);

void lulld_store_path(const struct lulld *w, char *ret, size_t len);
struct store *lulld_open_store(const struct lulld *w);
void lulld_read_session(const struct lulld *w, uint64_t id,
                        struct store_session *ret);
void lulld_write_config(const struct lulld *w, const char *text);

#endif
