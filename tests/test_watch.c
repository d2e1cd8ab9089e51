/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "cli/bus.h"
#include "tests/helpers/fake_bluez.h"
#include "tests/helpers/run.h"

#define DEADLINE_MS 30000

struct played {
	sd_event *event;
	sd_bus *bus;
	char state[32], mode[32], routine[64], asked[64];
	char word[32], answer[64];
};

struct terminal {
	pid_t pid;
	int fd;
	char all[1 << 18];
	size_t n;
};

static char address[256];

static int get_text(sd_bus *on, const char *path, const char *interface,
                    const char *property, sd_bus_message *reply, void *data,
                    sd_bus_error *e)
{
	(void)on;
	(void)path;
	(void)interface;
	(void)property;
	(void)e;
	return sd_bus_message_append_basic(reply, 's', data);
}

static int on_word(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct played *p = data;
	const char *word;

	(void)e;
	assert_true(sd_bus_message_read(m, "s", &word) >= 0);
	snprintf(p->word, sizeof(p->word), "%s", word);
	return sd_bus_reply_method_return(m, NULL);
}

static int on_answer(sd_bus_message *m, void *data, sd_bus_error *e)
{
	struct played *p = data;
	const char *id, *value;

	(void)e;
	assert_true(sd_bus_message_read(m, "sv", &id, "s", &value) >= 0);
	snprintf(p->answer, sizeof(p->answer), "%s=%s", id, value);
	return sd_bus_reply_method_return(m, NULL);
}

#define TEXT(name, member)                                                     \
	SD_BUS_PROPERTY(name, "s", get_text, offsetof(struct played, member),  \
	                SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("Command", "s", "", on_word, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Answer", "sv", "", on_answer,
                      SD_BUS_VTABLE_UNPRIVILEGED),
	TEXT("State", state),
	TEXT("Mode", mode),
	TEXT("Routine", routine),
	TEXT("Asked", asked),
	SD_BUS_VTABLE_END,
};

static void play(struct played *p, const char *state)
{
	*p = (struct played){.mode = "tension", .routine = "tension_relief"};
	snprintf(p->state, sizeof(p->state), "%s", state);
	assert_true(sd_event_new(&p->event) >= 0);
	assert_true(sd_bus_new(&p->bus) >= 0);
	assert_true(sd_bus_set_address(p->bus, address) >= 0);
	assert_true(sd_bus_set_bus_client(p->bus, 1) >= 0);
	assert_true(sd_bus_start(p->bus) >= 0);
	assert_true(sd_bus_add_object_vtable(p->bus, NULL, BUS_PATH,
	                                     BUS_SESSION, vtable, p) >= 0);
	assert_true(sd_bus_request_name(p->bus, BUS_NAME, 0) >= 0);
	assert_true(sd_bus_attach_event(p->bus, p->event, 0) >= 0);
}

static void go(struct played *p)
{
	p->bus = sd_bus_flush_close_unref(p->bus);
	p->event = sd_event_unref(p->event);
}

static void say(struct played *p, const char *text)
{
	assert_true(sd_bus_emit_signal(p->bus, BUS_PATH, BUS_SESSION, "Said",
	                               "s", text) >= 0);
}

static void become(struct played *p, const char *state)
{
	snprintf(p->state, sizeof(p->state), "%s", state);
	assert_true(sd_bus_emit_properties_changed(p->bus, BUS_PATH,
	                                           BUS_SESSION, "State",
	                                           "Asked", NULL) >= 0);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void watch(struct terminal *t)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	const char *lull = run_path();

	*t = (struct terminal){.n = 0};
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		setenv("DBUS_SESSION_BUS_ADDRESS", address, 1);
		setenv("TERM", "xterm-256color", 1);
		unsetenv("NO_COLOR");
		execl(lull, "lull", "watch", (char *)NULL);
		_exit(127);
	}
}

/* Whether more was to be had. */
static bool read_some(struct terminal *t, int wait_ms)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return false;
	assert_true(t->n + 1 < sizeof(t->all));
	n = read(t->fd, t->all + t->n, sizeof(t->all) - 1 - t->n);
	if (n > 0)
		t->n += (size_t)n;
	t->all[t->n] = '\0';
	return n > 0;
}

/* The daemon's loop and the terminal, until both have nothing to do for a
   moment. */
static void turn(struct played *p, struct terminal *t)
{
	while (p->bus && sd_event_run(p->event, 0) > 0)
		;
	(void)read_some(t, 20);
}

static void see_since(struct played *p, struct terminal *t, size_t from,
                      const char *text)
{
	int64_t deadline = now_ms() + DEADLINE_MS;

	while (!strstr(t->all + from, text)) {
		if (now_ms() > deadline)
			print_error("no \"%s\" in:\n%s\n", text, t->all + from);
		assert_true(now_ms() < deadline);
		turn(p, t);
	}
}

static void see(struct played *p, struct terminal *t, const char *text)
{
	see_since(p, t, 0, text);
}

static void press(struct terminal *t, const char *keys)
{
	assert_int_equal(write(t->fd, keys, strlen(keys)),
	                 (ssize_t)strlen(keys));
}

/* Its exit status, or minus the signal that ended it. */
static int wait_end(struct played *p, struct terminal *t)
{
	int64_t deadline = now_ms() + DEADLINE_MS;
	int status;

	while (waitpid(t->pid, &status, WNOHANG) == 0) {
		assert_true(now_ms() < deadline);
		turn(p, t);
	}
	while (read_some(t, 0))
		;
	close(t->fd);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#define ENTER "\033[?1049h"
#define LEAVE "\033[0m\033[?25h\033[?1049l"

static void assert_given_back(const struct terminal *t)
{
	const char *left = strstr(t->all, LEAVE);

	assert_non_null(strstr(t->all, ENTER));
	assert_non_null(left);
	assert_null(strstr(left, "\033[?25l"));
}

static bool has_echo(const struct terminal *t)
{
	struct termios now;

	assert_int_equal(tcgetattr(t->fd, &now), 0);
	return now.c_lflag & ECHO;
}

static void it_shows_follows_and_leaves_on_esc(void **state)
{
	struct played p;
	struct terminal t;

	(void)state;
	play(&p, "playing");
	watch(&t);
	see(&p, &t, "Ease head, neck and shoulder tension");
	assert_non_null(strstr(t.all, "48;5;16;38;5;242m")); /* grey on black */
	say(&p, "Let that go.");
	see(&p, &t, "\"Let that go.\"");
	press(&t, "\033");
	assert_int_equal(wait_end(&p, &t), 0);
	assert_given_back(&t);
	assert_string_equal(p.word, ""); /* the session was not stopped */
	go(&p);
}

static void every_signal_gives_the_terminal_back(void **state)
{
	static const int signals[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT,
	                              SIGSEGV, SIGABRT, SIGBUS};
	struct played p;
	struct terminal t;

	(void)state;
	play(&p, "playing");
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		bool fault = i >= 4;
		int end;

		watch(&t);
		see(&p, &t, "Ease head");
		assert_false(has_echo(&t));
		assert_int_equal(kill(t.pid, signals[i]), 0);
		end = wait_end(&p, &t);
		/* under a sanitizer a fault ends by its exit */
		assert_true(fault ? end != 0 : end == 0);
		assert_given_back(&t);
		assert_string_equal(p.word, "");
	}
	go(&p);
}

static void a_stopped_one_gives_it_back_meanwhile(void **state)
{
	struct played p;
	struct terminal t;
	int64_t deadline = now_ms() + DEADLINE_MS;
	int status = 0;
	size_t from;

	(void)state;
	play(&p, "playing");
	watch(&t);
	see(&p, &t, "Ease head");
	press(&t, "\032"); /* Ctrl-Z */
	while (waitpid(t.pid, &status, WNOHANG | WUNTRACED) == 0) {
		assert_true(now_ms() < deadline);
		turn(&p, &t);
	}
	assert_true(WIFSTOPPED(status));
	see(&p, &t, LEAVE);
	assert_true(has_echo(&t));
	from = t.n;
	assert_int_equal(kill(t.pid, SIGCONT), 0);
	see_since(&p, &t, from, ENTER);
	see_since(&p, &t, from, "Ease head");
	press(&t, "\033");
	assert_int_equal(wait_end(&p, &t), 0);
	go(&p);
}

static void another_size_draws_it_anew(void **state)
{
	struct winsize size = {.ws_row = 10, .ws_col = 50};
	struct played p;
	struct terminal t;
	size_t from;

	(void)state;
	play(&p, "paused");
	watch(&t);
	see(&p, &t, "paused");
	from = t.n;
	assert_int_equal(ioctl(t.fd, TIOCSWINSZ, &size), 0);
	see_since(&p, &t, from, "\033[2J");
	see_since(&p, &t, from, "paused");
	press(&t, "\003"); /* Ctrl-C */
	assert_int_equal(wait_end(&p, &t), 0);
	go(&p);
}

static void put_question(struct played *p, const char *other)
{
	snprintf(p->asked, sizeof(p->asked), "faint");
	assert_true(sd_bus_emit_signal(p->bus, BUS_PATH, BUS_SESSION,
	                               "Question", "ssas", "faint",
	                               "Do you feel faint?", 2, "yes",
	                               other) >= 0);
	become(p, "asking");
}

static void keys_are_words_and_answers(void **state)
{
	struct played p;
	struct terminal t;
	int64_t deadline = now_ms() + DEADLINE_MS;
	size_t from;

	(void)state;
	play(&p, "playing");
	watch(&t);
	see(&p, &t, "Ease head");
	press(&t, "e");
	while (strcmp(p.word, "easier") != 0) {
		assert_true(now_ms() < deadline);
		turn(&p, &t);
	}
	press(&t, "p");
	while (strcmp(p.word, "pause") != 0) {
		assert_true(now_ms() < deadline);
		turn(&p, &t);
	}

	/* a question, answered here; then one that another answers */
	put_question(&p, "no");
	see(&p, &t, "y yes   n no");
	press(&t, "n");
	while (strcmp(p.answer, "faint=no") != 0) {
		assert_true(now_ms() < deadline);
		turn(&p, &t);
	}
	from = t.n;
	put_question(&p, "later");
	see_since(&p, &t, from, "y yes   l later");
	from = t.n;
	p.asked[0] = '\0';
	become(&p, "paused");
	see_since(&p, &t, from, "paused");
	press(&t, "x"); /* a word again */
	while (strcmp(p.word, "stop") != 0) {
		assert_true(now_ms() < deadline);
		turn(&p, &t);
	}
	press(&t, "\033");
	assert_int_equal(wait_end(&p, &t), 0);
	go(&p);
}

static void a_question_that_stood_before_is_seen(void **state)
{
	struct played p;
	struct terminal t;
	int64_t deadline = now_ms() + DEADLINE_MS;

	(void)state;
	play(&p, "asking");
	snprintf(p.asked, sizeof(p.asked), "known");
	watch(&t);
	see(&p, &t, "Is this headache like the ones you know?");
	press(&t, "y");
	while (strcmp(p.answer, "known=yes") != 0) {
		assert_true(now_ms() < deadline);
		turn(&p, &t);
	}
	press(&t, "\033");
	assert_int_equal(wait_end(&p, &t), 0);
	go(&p);
}

static void in_an_attack_it_is_nearly_black_red(void **state)
{
	struct played p;
	struct terminal t;

	(void)state;
	play(&p, "playing");
	snprintf(p.mode, sizeof(p.mode), "attack");
	watch(&t);
	see(&p, &t, "48;5;16;38;5;88m");
	see(&p, &t, "Ease head");
	press(&t, "\033");
	assert_int_equal(wait_end(&p, &t), 0);
	go(&p);
}

static void a_daemon_that_goes_ends_it_in_words(void **state)
{
	struct played p;
	struct terminal t;

	(void)state;
	play(&p, "playing");
	watch(&t);
	see(&p, &t, "Ease head");
	go(&p);
	assert_int_equal(wait_end(&p, &t), 1);
	assert_given_back(&t);
	assert_non_null(strstr(t.all, "the daemon has gone"));
}

/* Four times a second at most, and only what differs: a breath of 10 s. */
static void it_draws_seldom_and_little(void **state)
{
	struct played p;
	struct terminal t;
	int64_t begun;
	size_t from, n = 0, drawings;

	(void)state;
	play(&p, "playing");
	watch(&t);
	see(&p, &t, "Ease head");
	snprintf(p.mode, sizeof(p.mode), "tension");
	assert_true(sd_bus_emit_signal(p.bus, BUS_PATH, BUS_SESSION, "Breath",
	                               "dd", 10.0, 40.0) >= 0);
	from = t.n;
	for (begun = now_ms(); now_ms() < begun + 1500;) {
		for (int i = 0; i < 10; i++)
			say(&p, i % 2 ? "In." : "Out.");
		turn(&p, &t);
	}
	drawings = (size_t)(now_ms() - begun) / 250 + 2;
	for (const char *c = t.all + from; (c = strstr(c, "\033[K")); c++)
		n++;
	assert_true(n > 0);
	/* two lines each; the first words move what stands below them */
	assert_true(n <= drawings * 2 + 10);
	assert_null(strstr(t.all + from, "Ease head"));
	press(&t, "\033");
	assert_int_equal(wait_end(&p, &t), 0);
	go(&p);
}

static void without_a_terminal_it_is_plain_text_once(void **state)
{
	static struct ran ran;
	char *home = test_scratch(), bus[400];
	struct played p;

	(void)state;
	/* nobody runs this daemon's loop while the program does: no daemon */
	snprintf(bus, sizeof(bus), "DBUS_SESSION_BUS_ADDRESS=%s", address);
	run_on(&ran, bus, home, "watch");
	assert_int_equal(ran.status, 3);
	assert_non_null(strstr(ran.text, "no daemon runs: lull start"));

	play(&p, "playing");
	for (int once = 0; once < 2; once++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0) {
			run_on(&ran, bus, home,
			       once ? "watch --once" : "watch");
			_exit(ran.status == 0 && !strchr(ran.text, '\033') &&
			                      strstr(ran.text, "Ease head") &&
			                      !strstr(ran.text, "x stop")
			              ? 0
			              : 1);
		}
		while (waitpid(pid, &status, WNOHANG) == 0)
			assert_true(sd_event_run(p.event, 20000) >= 0);
		assert_int_equal(status, 0);
	}
	go(&p);
	test_scrap(home);
}

static int start_bus(void **state)
{
	struct fake_bluez *f;
	int r = fake_start_bus(state);

	if (r < 0)
		return r;
	f = *state;
	snprintf(address, sizeof(address), "%s", f->address);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test(name)
		TEST(it_shows_follows_and_leaves_on_esc),
		TEST(every_signal_gives_the_terminal_back),
		TEST(a_stopped_one_gives_it_back_meanwhile),
		TEST(another_size_draws_it_anew),
		TEST(keys_are_words_and_answers),
		TEST(a_question_that_stood_before_is_seen),
		TEST(in_an_attack_it_is_nearly_black_red),
		TEST(a_daemon_that_goes_ends_it_in_words),
		TEST(it_draws_seldom_and_little),
		TEST(without_a_terminal_it_is_plain_text_once),
	};

	return cmocka_run_group_tests(tests, start_bus, fake_stop_bus);
}
