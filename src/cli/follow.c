/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/follow.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session/event.h"

static void leave(struct follow *s)
{
	s->ended = true;
	sd_event_exit(s->event, 0);
}

static void word(struct follow *s, const char *name)
{
	struct error error = {0};

	if (bus_command(s->bus, name, &error) < 0)
		s->view.tell(s->view.data, error.text);
}

/* Answered, by us, by another or by silence. */
static void unask(struct follow *s)
{
	s->question[0] = '\0';
	s->view.question(s->view.data, NULL, NULL);
}

static void answer(struct follow *s, const char *value)
{
	struct error error = {0};

	s->view.tell(s->view.data, value);
	if (bus_answer(s->bus, s->question, value, &error) < 0)
		s->view.tell(s->view.data, error.text);
	unask(s);
}

/* --- what the daemon tells ------------------------------------------------ */

void follow_tell(struct follow *s)
{
	char text[sizeof(s->told)], *rest = text;
	size_t known = strlen(s->told);

	/* A line each, and more are appended; a new session begins anew. */
	if (strncmp(s->state.message, s->told, known) != 0)
		known = 0;
	snprintf(text, sizeof(text), "%s", s->state.message + known);
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			s->view.tell(s->view.data, line);
	snprintf(s->told, sizeof(s->told), "%s", s->state.message);
}

static void look(struct follow *s)
{
	const char *state = s->state.state;

	if (*state && strcmp(state, "idle") != 0 &&
	    strcmp(state, "preparing") != 0)
		s->began = true;
	s->view.state(s->view.data, &s->state);
}

static int on_changed(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct follow *s = data;
	const char *interface;

	(void)error;
	if (sd_bus_message_read(m, "s", &interface) < 0 ||
	    strcmp(interface, BUS_SESSION) != 0 ||
	    bus_state_take(m, &s->state) < 0)
		return 0;
	follow_tell(s);
	/* the question itself is told before the property changes */
	if (s->question[0] && strcmp(s->question, s->state.asked) != 0)
		unask(s);
	look(s);
	return 0;
}

static int on_said(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct follow *s = data;
	const char *text;

	(void)error;
	if (sd_bus_message_read(m, "s", &text) >= 0)
		s->view.say(s->view.data, text);
	return 0;
}

static void forget_choices(struct follow *s)
{
	for (char **c = s->choices; c && *c; c++)
		free(*c);
	free(s->choices);
	s->choices = NULL;
}

void follow_question(struct follow *s, const char *id, const char *text,
                     const char *const *choices)
{
	const char *value = s->answers ? answers_find(s->answers, id) : NULL;

	keys_init(&s->keys, choices);
	snprintf(s->question, sizeof(s->question), "%s", id);
	s->view.question(s->view.data, text, &s->keys);
	if (value)
		answer(s, value);
}

static int on_question(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct follow *s = data;
	const char *id, *text;
	char **choices = NULL;

	(void)error;
	if (sd_bus_message_read(m, "ss", &id, &text) < 0 ||
	    sd_bus_message_read_strv(m, &choices) < 0 || !choices)
		return 0;
	forget_choices(s);
	s->choices = choices;
	follow_question(s, id, text, (const char *const *)choices);
	return 0;
}

static int on_breath(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct follow *s = data;
	double seconds, inhale_pct;

	(void)error;
	if (s->view.breath &&
	    sd_bus_message_read(m, "dd", &seconds, &inhale_pct) >= 0)
		s->view.breath(s->view.data, seconds, inhale_pct);
	return 0;
}

static int on_ended(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct follow *s = data;

	(void)error;
	if (sd_bus_message_read(m, "t", &s->session) >= 0 && !s->watching)
		leave(s);
	return 0;
}

static int on_owner(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const char *name, *before, *now;
	struct follow *s = data;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &before, &now) >= 0 && !*now)
		sd_event_exit(s->event, -EPIPE);
	return 0;
}

static int listen_to(struct follow *s)
{
	static const struct {
		const char *match;
		sd_bus_message_handler_t take;
	} matches[] = {
		{"type='signal',sender='" BUS_NAME "',interface='" BUS_SESSION
	         "',member='Said'",
	         on_said},
		{"type='signal',sender='" BUS_NAME "',interface='" BUS_SESSION
	         "',member='Question'",
	         on_question},
		{"type='signal',sender='" BUS_NAME "',interface='" BUS_SESSION
	         "',member='Breath'",
	         on_breath},
		{"type='signal',sender='" BUS_NAME "',interface='" BUS_SESSION
	         "',member='Ended'",
	         on_ended},
		{"type='signal',sender='" BUS_NAME "',"
	         "interface='org.freedesktop.DBus.Properties',"
	         "member='PropertiesChanged'",
	         on_changed},
		{"type='signal',sender='org.freedesktop.DBus',"
	         "member='NameOwnerChanged',arg0='" BUS_NAME "'",
	         on_owner},
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < sizeof(matches) / sizeof(matches[0]);
	     i++)
		r = sd_bus_add_match(s->bus->bus, NULL, matches[i].match,
		                     matches[i].take, s);
	return r;
}

/* --- what the person types ------------------------------------------------ */

static void key(struct follow *s, char c)
{
	bool paused = strcmp(s->state.state, "paused") == 0;
	const char *chosen, *name = keys_word(c);

	if (s->question[0]) {
		chosen = keys_press(&s->keys, c);
		if (chosen)
			answer(s, chosen);
		return;
	}
	if (c == 'p')
		name = paused ? "resume" : "pause";
	if (name)
		word(s, name);
}

/* Without a terminal: an answer, or a word, a line each. */
static void line(struct follow *s, const char *text)
{
	const char *chosen = s->question[0] ? keys_line(&s->keys, text) : NULL;
	enum event_word known;

	if (chosen)
		answer(s, chosen);
	else if (event_word_from(text, &known) == 0)
		word(s, text);
	else if (*text)
		s->view.tell(s->view.data, "neither a choice nor a word");
}

static int on_input(sd_event_source *source, int fd, uint32_t events,
                    void *data)
{
	struct follow *s = data;
	char typed[64];
	ssize_t n = read(fd, typed, sizeof(typed));

	(void)events;
	if (n <= 0) {
		if (n == 0 || (errno != EINTR && errno != EAGAIN))
			sd_event_source_set_enabled(source, SD_EVENT_OFF);
		return 0;
	}
	if (s->raw && typed[0] == '\033') {
		if (n == 1 && s->watching)
			leave(s);
		return 0; /* an arrow or another key that is more than one */
	}
	for (ssize_t i = 0; i < n; i++) {
		if (s->raw) {
			key(s, typed[i]);
		} else if (typed[i] == '\n') {
			s->line[s->n_line] = '\0';
			s->n_line = 0;
			line(s, s->line);
		} else if (s->n_line + 1 < sizeof(s->line)) {
			s->line[s->n_line++] = typed[i];
		}
	}
	return 0;
}

static int on_signal(sd_event_source *source,
                     const struct signalfd_siginfo *info, void *data)
{
	struct follow *s = data;

	(void)source;
	(void)info;
	if (s->watching) {
		leave(s);
		return 0;
	}
	if (s->stopping) /* asked twice: do not wait for its last words */
		return sd_event_exit(s->event, -EINTR);
	s->stopping = true;
	word(s, "stop");
	return 0;
}

static void raw_off(struct follow *s)
{
	if (s->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &s->saved);
	s->raw = false;
}

void follow_raw(struct follow *s, bool on)
{
	struct termios t;

	if (!on) {
		raw_off(s);
		return;
	}
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &s->saved) < 0)
		return;
	t = s->saved;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* Ctrl-C stays a signal */
	s->raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &t) == 0;
}

static int attach(struct follow *s)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	size_t n = s->watching ? 4 : 3;
	sigset_t set;
	int r = sd_event_default(&s->event);

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = sd_event_add_signal(s->event, NULL, signals[i], on_signal,
		                        s);
	if (r >= 0)
		r = sd_bus_attach_event(s->bus->bus, s->event,
		                        SD_EVENT_PRIORITY_NORMAL);
	/* or a bus that dies would leave this waiting for ever */
	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(s->bus->bus, true);
	if (r < 0)
		return r;
	/* A regular file cannot be polled: then there is no one typing. */
	r = sd_event_add_io(s->event, NULL, STDIN_FILENO, EPOLLIN, on_input, s);
	return r == -EPERM || r == -EBADF ? 0 : r;
}

int follow_listen(struct follow *s)
{
	int r = listen_to(s);

	return r < 0 ? r : attach(s);
}

int follow_run(struct follow *s)
{
	int r;

	follow_raw(s, true);
	follow_tell(s);
	look(s);
	r = sd_event_loop(s->event);
	follow_raw(s, false);
	return s->ended ? 0 : r;
}

void follow_finish(struct follow *s)
{
	forget_choices(s);
	s->event = sd_event_unref(s->event);
}
