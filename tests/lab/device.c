/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/device.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int begin_file(const char *folder, const char *name, const char *ending,
                      FILE **ret)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/out/%s.%s", folder, name, ending);
	file = fopen(path, "we");
	if (!file)
		return -errno;
	setvbuf(file, NULL, _IOLBF, BUFSIZ);
	*ret = file;
	return 0;
}

static int make_pipe(const char *folder, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.in", folder, name);
	if (mkfifo(path, 0600) < 0 && errno != EEXIST)
		return -errno;
	/* its own writer too: no end of file between two commands */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int device_open(struct device *d, const char *folder, const char *name)
{
	int r;

	*d = (struct device){.name = name, .commands = -1};
	r = begin_file(folder, name, "log", &d->log);
	if (r >= 0)
		r = begin_file(folder, name, "truth", &d->truth);
	if (r >= 0)
		r = make_pipe(folder, name);
	if (r < 0) {
		device_close(d);
		return r;
	}
	d->commands = r;
	return 0;
}

void device_close(struct device *d)
{
	if (d->log)
		fclose(d->log);
	if (d->truth)
		fclose(d->truth);
	if (d->commands > 0)
		close(d->commands);
	*d = (struct device){.commands = -1};
}

uint64_t device_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

void device_say(const struct device *d, const char *format, ...)
{
	uint64_t now_us = device_now_us();
	va_list args;

	fprintf(d->log, "%" PRIu64 ".%06" PRIu64 " %s ", now_us / 1000000,
	        now_us % 1000000, d->name);
	va_start(args, format);
	vfprintf(d->log, format, args);
	va_end(args);
	fputc('\n', d->log);
}

bool device_command(struct device *d, char ret[DEVICE_COMMAND_MAX])
{
	size_t n, shown;
	char *end;
	ssize_t got =
		read(d->commands, d->text + d->len, sizeof(d->text) - d->len);

	if (got > 0)
		d->len += (size_t)got;
	end = memchr(d->text, '\n', d->len);
	if (!end && d->len < sizeof(d->text))
		return false;
	n = end ? (size_t)(end - d->text) : d->len;
	shown = n < DEVICE_COMMAND_MAX ? n : DEVICE_COMMAND_MAX - 1;
	memcpy(ret, d->text, shown);
	ret[shown] = '\0';
	n += end ? 1 : 0;
	d->len -= n;
	memmove(d->text, d->text + n, d->len);
	return true;
}

const char *device_argument(const char *command, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(command, word, n) != 0 ||
	    (command[n] != '\0' && command[n] != ' '))
		return NULL;
	return command + n + strspn(command + n, " ");
}
