/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/paths.h"

#define PATIENCE_MS       5000

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Where its log goes; "/dev/null" where it can go nowhere. */
static void log_path(char *ret, size_t len)
{
	char folder[4096];
	char *slash;

	snprintf(ret, len, "/dev/null");
	if (paths_state(folder, sizeof(folder), "lulld.log") < 0)
		return;
	slash = strrchr(folder, '/');
	*slash = '\0';
	if (paths_make(folder) < 0)
		return;
	*slash = '/';
	snprintf(ret, len, "%s", folder);
}

/* After fork(): only what is safe there. */
static void become(const char *path, const char *log)
{
	int null = open("/dev/null", O_RDWR);
	int errors = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(errors >= 0 ? errors : null, STDERR_FILENO);
	}
	if (null > STDERR_FILENO)
		close(null);
	if (errors > STDERR_FILENO)
		close(errors);
	execl(path, path, (char *)NULL);
	_exit(127);
}

static void last_line(const char *path, char *ret, size_t len)
{
	char line[512];
	FILE *f = fopen(path, "re");

	snprintf(ret, len, "it ended at once");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		const char *text = line;

		line[strcspn(line, "\n")] = '\0';
		if (text[0] == '<' && strchr(text, '>'))
			text = strchr(text, '>') + 1;
		if (*text)
			snprintf(ret, len, "%s", text);
	}
	fclose(f);
}

static int on_owner(sd_bus_message *m, void *data, sd_bus_error *error)
{
	const char *name, *before, *now;

	(void)error;
	if (sd_bus_message_read(m, "sss", &name, &before, &now) >= 0 && *now)
		*(bool *)data = true;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until the name has an owner, the child has ended, or patience has. */
static int wait_for(sd_bus *bus, const bool *owned, int child)
{
	int64_t until = now_ms() + PATIENCE_MS;

	while (!*owned) {
		struct pollfd fds[2] = {
			{.fd = sd_bus_get_fd(bus), .events = POLLIN},
			{.fd = child, .events = POLLIN},
		};
		int64_t left = until - now_ms();
		int r = sd_bus_process(bus, NULL);

		if (r < 0)
			return r;
		if (r > 0)
			continue;
		if (left <= 0)
			return -ETIMEDOUT;
		r = poll(fds, 2, (int)left);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0 && fds[1].revents)
			return -ECHILD;
	}
	return 0;
}

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int spawn_daemon(sd_bus *bus, const char *name, struct error *error)
{
	sd_bus_slot *slot CLEANUP(sd_bus_slot_unrefp) = NULL;
	char path[4096], log[4096], match[256], why[512];
	int child CLEANUP(close_fd) = -1;
	bool owned = false;
	pid_t pid;
	int r;

	r = paths_program("lulld", path, sizeof(path));
	if (r < 0) {
		error_set(error, "no daemon: lulld is not beside lull: "
		                 "install both: make install");
		return -ESRCH;
	}
	log_path(log, sizeof(log));
	snprintf(match, sizeof(match),
	         "type='signal',sender='org.freedesktop.DBus',"
	         "member='NameOwnerChanged',arg0='%s'",
	         name);
	r = sd_bus_add_match(bus, &slot, match, on_owner, &owned);
	if (r < 0) {
		error_set(error, "bus: %s: lull doctor", strerror(-r));
		return -ESRCH;
	}

	pid = fork();
	if (pid == 0)
		become(path, log);
	if (pid > 0)
		child = pidfd_open(pid, 0);
	r = pid < 0 ? -errno : wait_for(bus, &owned, child);
	if (r == 0)
		return 0;
	if (r == -ECHILD)
		waitpid(pid, NULL, 0);
	last_line(log, why, sizeof(why));
	error_set(error, "no daemon: %.300s: %s",
	          r == -ECHILD ? why : strerror(-r), "lull doctor");
	return -ESRCH;
}
