/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_TESTS_HELPERS_RUN_H
#define LULL_TESTS_HELPERS_RUN_H

/** Running the built `lull` ($LULL) as a person would. */

struct ran {
	int status;
	char text[1 << 19]; /**< what it printed, on stdout and stderr */
};

/** run_path() - where the program is; skips the test, saying so, without. */
const char *run_path(void);

/**
 * run_on() - run it with a home of its own and no terminal
 * @bus: what goes before it, e.g. `dbus-run-session --`, or ""
 * @args: as a shell reads them; may redirect
 */
void run_on(struct ran *ret, const char *bus, const char *home,
            const char *args);

#endif
