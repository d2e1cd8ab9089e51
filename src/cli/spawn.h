/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_CLI_SPAWN_H
#define LULL_CLI_SPAWN_H

#include <systemd/sd-bus.h>

#include "base/error.h"

/**
 * spawn_daemon() - start `lulld` from beside this program, wait for @name
 *
 * It runs in a session of its own; what it logs goes to STATE/lull/lulld.log,
 * so that it holds none of our streams open.
 *
 * Return: 0, or -ESRCH with @error: it is not there, ended at once, or did
 * not take the name within 5 s.
 */
int spawn_daemon(sd_bus *bus, const char *name, struct error *error);

#endif
