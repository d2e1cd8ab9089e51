/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/lulld.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/helpers/test.h"

#define DEADLINE_US (120 * 1000000ULL) /* twice what a voice may take */

/* --- the client's side ------------------------------------------------------
 */

static int on_said(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct lulld *w = data;
	const char *text;

	(void)e;
	assert_true(sd_bus_message_read(m, "s", &text) >= 0);
	assert_true(text[0] != '\0');
	w->saids++;
	return 0;
}

static int on_question(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct lulld *w = data;
	const char *id, *text, *choice;
	size_t used = 0;

	(void)e;
	assert_true(sd_bus_message_read(m, "ss", &id, &text) >= 0);
	snprintf(w->question, sizeof(w->question), "%s", id);
	snprintf(w->text, sizeof(w->text), "%s", text);
	assert_true(sd_bus_message_enter_container(m, 'a', "s") >= 0);
	while (sd_bus_message_read_basic(m, 's', &choice) > 0)
		used += (size_t)snprintf(w->choices + used,
		                         sizeof(w->choices) - used, "%s ",
		                         choice);
	w->questions++;
	return 0;
}

static int on_ended(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct lulld *w = data;

	(void)e;
	assert_true(sd_bus_message_read(m, "t", &w->id) >= 0);
	assert_false(w->ended);
	w->ended = true;
	return 0;
}

static int on_changed(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct lulld *w = data;
	const char *interface, *name;
	size_t used = strlen(w->changed);

	(void)e;
	assert_true(sd_bus_message_read(m, "s", &interface) >= 0);
	assert_string_equal(interface, BUS_SESSION);
	assert_true(sd_bus_message_enter_container(m, 'a', "{sv}") >= 0);
	while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
		assert_true(sd_bus_message_read(m, "s", &name) >= 0);
		assert_true(sd_bus_message_skip(m, "v") >= 0);
		assert_true(sd_bus_message_exit_container(m) >= 0);
		used += (size_t)snprintf(w->changed + used,
		                         sizeof(w->changed) - used, "%s\n",
		                         name);
	}
	return 0;
}

bool lulld_ended(struct lulld *w)
{
	return w->ended;
}

bool lulld_said(struct lulld *w)
{
	return w->saids > 0;
}

bool lulld_asked(struct lulld *w)
{
	return w->questions > 0;
}

bool lulld_playing(struct lulld *w)
{
	return strcmp(app_live(w->app)->state, "playing") == 0;
}

bool lulld_hears_the_sensor(struct lulld *w)
{
	return strcmp(app_live(w->app)->sensor_state, "connected") == 0 &&
	       strstr(w->changed, "\nSensorState\n");
}

bool lulld_told_of_time(struct lulld *w)
{
	return strstr(w->changed, "\nSecondsLeft\n") && lulld_playing(w);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

void lulld_drive(struct lulld *w, bool (*until)(struct lulld *w))
{
	uint64_t deadline = now_us() + DEADLINE_US;

	while (!until(w)) {
		assert_true(now_us() < deadline);
		assert_true(sd_event_run(w->event, DEADLINE_US) >= 0);
	}
}

struct reply {
	sd_bus_message *message;
};

static int on_reply(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct reply *reply = data;

	(void)e;
	reply->message = sd_bus_message_ref(m);
	return 0;
}

/* Both ends live in one thread, so a call is sent and the loop driven. */
sd_bus_message *lulld_reply(struct lulld *w, sd_bus_message *m)
{
	struct reply reply = {NULL};
	uint64_t deadline = now_us() + DEADLINE_US;

	assert_true(sd_bus_call_async(w->client, NULL, m, on_reply, &reply,
	                              0) >= 0);
	sd_bus_message_unref(m);
	while (!reply.message) {
		assert_true(now_us() < deadline);
		assert_true(sd_event_run(w->event, DEADLINE_US) >= 0);
	}
	return reply.message;
}

sd_bus_message *lulld_method(struct lulld *w, const char *name,
                             const char *types, ...)
{
	sd_bus_message *m;
	va_list args;

	assert_true(sd_bus_message_new_method_call(w->client, &m, BUS_NAME,
	                                           BUS_PATH, BUS_SESSION,
	                                           name) >= 0);
	va_start(args, types);
	assert_true(sd_bus_message_appendv(m, types, args) >= 0);
	va_end(args);
	return m;
}

void lulld_assert_ok(struct lulld *w, sd_bus_message *m)
{
	sd_bus_message *reply = lulld_reply(w, m);
	const sd_bus_error *e = sd_bus_message_get_error(reply);

	if (e)
		print_error("%s: %s\n", e->name, e->message);
	assert_null(e);
	sd_bus_message_unref(reply);
}

/* Refused as @name, with each word of @holds, told apart by |, in the line. */
void lulld_assert_refused(struct lulld *w, sd_bus_message *m, const char *name,
                          const char *holds)
{
	sd_bus_message *reply = lulld_reply(w, m);
	const sd_bus_error *e = sd_bus_message_get_error(reply);
	char full[96], words[256], *rest = words, *word;

	assert_non_null(e);
	snprintf(full, sizeof(full), "org.lull.Lull1.Error.%s", name);
	assert_string_equal(e->name, full);
	snprintf(words, sizeof(words), "%s", holds);
	while ((word = strsep(&rest, "|"))) {
		if (!strstr(e->message, word))
			print_error("no \"%s\" in: %s\n", word, e->message);
		assert_non_null(strstr(e->message, word));
	}
	assert_null(strchr(e->message, '\n'));
	sd_bus_message_unref(reply);
}

static sd_bus_message *get(struct lulld *w, const char *property,
                           const char *type)
{
	sd_bus_message *m, *reply;

	assert_true(sd_bus_message_new_method_call(
			    w->client, &m, BUS_NAME, BUS_PATH,
			    "org.freedesktop.DBus.Properties", "Get") >= 0);
	assert_true(sd_bus_message_append(m, "ss", BUS_SESSION, property) >= 0);
	reply = lulld_reply(w, m);
	assert_null(sd_bus_message_get_error(reply));
	assert_true(sd_bus_message_enter_container(reply, 'v', type) > 0);
	return reply;
}

void lulld_assert_text(struct lulld *w, const char *property,
                       const char *expected)
{
	sd_bus_message *reply = get(w, property, "s");
	const char *value;

	assert_true(sd_bus_message_read(reply, "s", &value) >= 0);
	assert_string_equal(value, expected);
	sd_bus_message_unref(reply);
}

double lulld_number(struct lulld *w, const char *property)
{
	sd_bus_message *reply = get(w, property, "d");
	double value;

	assert_true(sd_bus_message_read(reply, "d", &value) >= 0);
	sd_bus_message_unref(reply);
	return value;
}

void lulld_start_quiet(struct lulld *w, const char *sensor)
{
	lulld_assert_ok(w, lulld_method(w, "Start", "sa{sv}", "tension_relief",
	                                4, "no_audio", "b", 1, "ask", "b", 0,
	                                "sensor", "s", sensor, "seed", "t",
	                                UINT64_C(7)));
}

void lulld_start_asking(struct lulld *w)
{
	lulld_assert_ok(w, lulld_method(w, "Start", "sa{sv}", "tension_relief",
	                                2, "no_audio", "b", 1, "sensor", "s",
	                                "person:1"));
	lulld_drive(w, lulld_asked);
}

void lulld_say(struct lulld *w, const char *word)
{
	lulld_assert_ok(w, lulld_method(w, "Command", "s", word));
}

void lulld_answer(struct lulld *w, const char *id, const char *value)
{
	lulld_assert_ok(w, lulld_method(w, "Answer", "sv", id, "s", value));
}

/* --- a world ----------------------------------------------------------------
 */

static sd_bus *connect_to(struct lulld *w)
{
	sd_bus *bus;

	assert_true(sd_bus_new(&bus) >= 0);
	assert_true(sd_bus_set_address(bus, w->address) >= 0);
	assert_true(sd_bus_set_bus_client(bus, 1) >= 0);
	assert_true(sd_bus_start(bus) >= 0);
	return bus;
}

/* Names are asked for before the loop has the connection. */
static void connect_over_a_bus(struct lulld *w)
{
	w->server = connect_to(w);
	assert_true(sd_bus_request_name(w->server, BUS_NAME, 0) >= 0);
	assert_true(sd_bus_attach_event(w->server, w->event, 0) >= 0);
	w->client = connect_to(w);
	assert_true(sd_bus_attach_event(w->client, w->event, 0) >= 0);
}

static void connect_both(struct lulld *w)
{
	sd_id128_t id = SD_ID128_MAKE(1e, 0f, 5c, 7a, 3d, 22, 4b, 61, 90, 4d,
	                              aa, 10, 7e, 53, c2, 08);
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX,
	                            SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                            0, ends),
	                 0);
	assert_true(sd_bus_new(&w->server) >= 0);
	assert_true(sd_bus_set_fd(w->server, ends[0], ends[0]) >= 0);
	assert_true(sd_bus_set_server(w->server, 1, id) >= 0);
	assert_true(sd_bus_set_anonymous(w->server, 1) >= 0);
	assert_true(sd_bus_attach_event(w->server, w->event, 0) >= 0);
	assert_true(sd_bus_start(w->server) >= 0);
	assert_true(sd_bus_new(&w->client) >= 0);
	assert_true(sd_bus_set_fd(w->client, ends[1], ends[1]) >= 0);
	assert_true(sd_bus_set_anonymous(w->client, 1) >= 0);
	assert_true(sd_bus_attach_event(w->client, w->event, 0) >= 0);
	assert_true(sd_bus_start(w->client) >= 0);
}

static void hear_of(struct lulld *w, const char *interface, const char *name,
                    sd_bus_message_handler_t handler)
{
	assert_true(sd_bus_match_signal(w->client, NULL, NULL, BUS_PATH,
	                                interface, name, handler, w) >= 0);
}

/* A home of its own; every path of the daemon lies below it. */
static void settle_in(const char *folder)
{
	setenv("HOME", folder, 1);
	unsetenv("XDG_STATE_HOME");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("XDG_DATA_HOME");
}

void lulld_share_clips(void)
{
	const char *build = getenv("BUILD");
	char cwd[PATH_MAX - 100], path[PATH_MAX];

	assert_non_null(getcwd(cwd, sizeof(cwd)));
	snprintf(path, sizeof(path), "%s/%.80s/test-cache", cwd,
	         build ? build : "build");
	setenv("XDG_CACHE_HOME", path, 1);
}

void lulld_wake_up(struct lulld *w)
{
	assert_true(sd_event_new(&w->event) >= 0);
	assert_int_equal(app_create(&w->app, w->event), 0);
	app_recover(w->app);
	assert_int_equal(bus_create(&w->bus, w->app), 0);
	assert_int_equal(mpris_create(&w->mpris, w->app), 0);
	if (w->address)
		connect_over_a_bus(w);
	else
		connect_both(w);
	assert_int_equal(bus_attach(w->bus, w->server), 0);
	assert_int_equal(mpris_attach(w->mpris, w->server), 0);
	hear_of(w, BUS_SESSION, "Said", on_said);
	hear_of(w, BUS_SESSION, "Question", on_question);
	hear_of(w, BUS_SESSION, "Ended", on_ended);
	hear_of(w, "org.freedesktop.DBus.Properties", "PropertiesChanged",
	        on_changed);
}

void lulld_lie_down(struct lulld *w)
{
	mpris_destroy(w->mpris);
	bus_destroy(w->bus);
	app_destroy(w->app);
	sd_bus_close_unref(w->client);
	sd_bus_close_unref(w->server);
	sd_event_unref(w->event);
}

int lulld_set_up_home(void **state)
{
	struct lulld *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->folder = test_scratch();
	settle_in(w->folder);
	*state = w;
	return 0;
}

int lulld_set_up(void **state)
{
	lulld_set_up_home(state);
	lulld_wake_up(*state);
	return 0;
}

int lulld_tear_down(void **state)
{
	struct lulld *w = *state;

	lulld_lie_down(w);
	test_scrap(w->folder);
	free(w);
	return 0;
}

void lulld_store_path(const struct lulld *w, char *ret, size_t len)
{
	snprintf(ret, len, "%s/.local/state/lull/lull.db", w->folder);
}

struct store *lulld_open_store(const struct lulld *w)
{
	char path[512];
	struct store *s;

	lulld_store_path(w, path, sizeof(path));
	assert_int_equal(store_open(&s, path, STORE_WRITE, NULL), 0);
	return s;
}

void lulld_read_session(const struct lulld *w, uint64_t id,
                        struct store_session *ret)
{
	struct store *s = lulld_open_store(w);

	assert_int_equal(store_session(s, (int64_t)id, ret), 0);
	store_close(s);
}

void lulld_write_config(const struct lulld *w, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/.config", w->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/.config/lull", w->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/.config/lull/config.yaml", w->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

void lulld_settle(struct lulld *w)
{
	while (sd_event_run(w->event, 0) > 0)
		;
}

void lulld_again(struct lulld *w)
{
	lulld_lie_down(w);
	*w = (struct lulld){.folder = w->folder, .address = w->address};
	lulld_wake_up(w);
}
