/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "daemon/app.h"
#include "daemon/bus.h"
#include "daemon/mpris.h"
#include "session/session.h"

/* INTERFACES, "Exit status". */
enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_NO_BUS };

static const char usage[] =
	"Usage: lulld [OPTION]\n"
	"The daemon of Lull: one a user, on the session bus. `lull start`\n"
	"starts it where it is wanted.\n"
	"\n"
	"  -h, --help     show this and leave\n"
	"  -V, --version  show the version and leave\n"
	"\n"
	"See lulld(1).\n";

/* Return: -1 to go on, else an exit status. */
static int read_arguments(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(usage, stdout);
			return EXIT_DONE;
		case 'V':
			printf("lulld (engine %s)\n", SESSION_ENGINE);
			return EXIT_DONE;
		default:
			fprintf(stderr,
			        "lulld: %s: unknown option: see lulld --help\n",
			        argv[optind - 1]);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "lulld: %s: takes no argument: see lulld --help\n",
	        argv[optind]);
	return EXIT_USAGE;
}

static int on_signal(sd_event_source *source,
                     const struct signalfd_siginfo *info, void *data)
{
	(void)source;
	(void)info;
	app_quit(data);
	return 0;
}

/* Blocked before any thread begins, so that only the loop sees them. */
static int catch_signals(sd_event *event, struct app *app)
{
	int r = sd_event_add_signal(event, NULL, SIGTERM, on_signal, app);

	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, on_signal, app);
	return r;
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0;
}

/* Plain lines: they are for whoever started us, not for the journal alone. */
static int say(int r, const char *what)
{
	fprintf(stderr, "lulld: %s: %s\n", what, strerror(-r));
	return EXIT_FAILED;
}

static int take_name(sd_bus *on)
{
	int r = sd_bus_request_name(on, BUS_NAME, 0);

	if (r == -EEXIST) {
		fprintf(stderr, "lulld: another lulld runs: use that one, or "
		                "stop it first\n");
		return EXIT_FAILED;
	}
	return r < 0 ? say(r, BUS_NAME) : EXIT_DONE;
}

static int serve(sd_event *event, sd_bus *on, struct app *app, struct bus *bus,
                 struct mpris *mpris)
{
	int r = sd_bus_attach_event(on, event, 0), status;

	if (r >= 0)
		r = bus_attach(bus, on);
	if (r >= 0)
		r = mpris_attach(mpris, on);
	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(on, true);
	if (r >= 0)
		r = catch_signals(event, app);
	if (r < 0)
		return say(r, "bus");
	status = take_name(on);
	if (status != EXIT_DONE)
		return status;

	app_recover(app);
	r = sd_event_loop(event);
	return r < 0 ? say(r, "loop") : r;
}

static int run(sd_event *event, sd_bus *on)
{
	struct app *app = NULL;
	struct bus *bus = NULL;
	struct mpris *mpris = NULL;
	int status, r = app_create(&app, event);

	if (r == 0)
		r = bus_create(&bus, app);
	if (r == 0)
		r = mpris_create(&mpris, app);
	status = r < 0 ? say(r, "start") : serve(event, on, app, bus, mpris);
	mpris_destroy(mpris);
	bus_destroy(bus);
	app_destroy(app);
	return status;
}

int main(int argc, char **argv)
{
	sd_event *event = NULL;
	sd_bus *on = NULL;
	int r, status = read_arguments(argc, argv);

	if (status >= 0)
		return status;
	gsl_set_error_handler_off();
	/* huge pages would hold megabytes more than it uses */
	(void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	r = sd_bus_open_user(&on);
	if (r < 0) {
		fprintf(stderr,
		        "lulld: no session bus: %s: run it under "
		        "dbus-run-session\n",
		        strerror(-r));
		return EXIT_NO_BUS;
	}
	r = block_signals();
	if (r >= 0)
		r = sd_event_default(&event);
	status = r < 0 ? say(r, "loop") : run(event, on);
	sd_bus_flush_close_unref(on);
	sd_event_unref(event);
	return status;
}
