/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/load.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/room.h"

/* What a pipe holds: the first room for what has no size. */
#define STREAM_ROOM ((size_t)64 << 10)

static int errno_of(void)
{
	return errno > 0 ? -errno : -EIO;
}

const char *load_error_place(const struct load_error *error,
                             char ret[LOAD_PLACE_MAX])
{
	ret[0] = '\0';
	if (error->line)
		snprintf(ret, LOAD_PLACE_MAX, "line %u: ", error->line);
	else if (error->byte)
		snprintf(ret, LOAD_PLACE_MAX, "byte %u: ", error->byte);
	return ret;
}

/* Return: bytes read, 0 at the end, or a negative errno. */
static ssize_t read_some(int fd, char *bytes, size_t len)
{
	for (;;) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t r = read(fd, bytes, len);

		if (r >= 0)
			return r;
		if (errno == EAGAIN) /* whoever gave it to us made it so */
			(void)poll(&wait, 1, -1);
		else if (errno != EINTR)
			return errno_of();
	}
}

static int grow(char **bytes, size_t *room, size_t first)
{
	size_t wanted = *room ? *room * 2 : first;
	char *more;

	if (wanted > LOAD_BYTES_MAX + 1)
		wanted = LOAD_BYTES_MAX + 1;
	more = room_grow(*bytes, *room, wanted);
	if (!more)
		return -ENOMEM;
	*bytes = more;
	*room = wanted;
	return 0;
}

/* @first: the room to begin with; a byte beyond its end saves a file a turn */
static int drain(int fd, size_t first, char **bytes, size_t *ret_len)
{
	size_t n = 0, room = 0;

	for (;;) {
		ssize_t got;
		int r = n == room ? grow(bytes, &room, first) : 0;

		if (r < 0)
			return r;
		got = read_some(fd, *bytes + n, room - n);
		if (got < 0)
			return (int)got;
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > LOAD_BYTES_MAX)
			return -EFBIG;
	}
	*ret_len = n;
	return 0;
}

/* The reason is set beforehand; only what it does not say is set here. */
static int load_fd(int fd, const struct stat *st, char **ret, size_t *ret_len,
                   struct load_error *error)
{
	size_t first = STREAM_ROOM;
	char *bytes = NULL;
	int r = 0;

	if (S_ISREG(st->st_mode)) {
		if (st->st_size > (off_t)LOAD_BYTES_MAX)
			r = -EFBIG;
		first = (size_t)st->st_size + 1;
	}
	if (r == 0)
		r = drain(fd, first, &bytes, ret_len);
	if (r == -EFBIG)
		error->reason = "expected at most 64 MiB";
	else if (r == -ENOMEM)
		error->reason = "out of memory";
	if (r < 0) {
		free(bytes);
		return r;
	}
	*ret = bytes;
	return 0;
}

int load_stream(int fd, char **ret, size_t *ret_len, struct load_error *error)
{
	struct stat st;

	*error = (struct load_error){.reason = "it cannot be read"};
	if (fstat(fd, &st) < 0)
		return errno_of();
	if (S_ISDIR(st.st_mode)) {
		error->reason = "expected a file, not a folder";
		return -EINVAL;
	}
	return load_fd(fd, &st, ret, ret_len, error);
}

int load_input(const char *path, char **ret, size_t *ret_len,
               struct load_error *error)
{
	int r, fd;

	if (strcmp(path, "-") == 0)
		return load_stream(STDIN_FILENO, ret, ret_len, error);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	*error = (struct load_error){.reason = "it cannot be opened"};
	if (fd < 0)
		return errno_of();
	r = load_stream(fd, ret, ret_len, error);
	close(fd);
	return r;
}

static int load_plain(int fd, char **ret, size_t *ret_len,
                      struct load_error *error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno_of();
	if (!S_ISREG(st.st_mode)) {
		error->reason = "expected a plain file";
		return -EINVAL;
	}
	return load_fd(fd, &st, ret, ret_len, error);
}

int load_bytes(const char *path, char **ret, size_t *ret_len,
               struct load_error *error)
{
	/* A pipe without a writer must not stop the loop. */
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*error = (struct load_error){.reason = "it cannot be opened"};
	if (fd < 0)
		return errno_of();
	error->reason = "it cannot be read";
	r = load_plain(fd, ret, ret_len, error);
	close(fd);
	return r;
}

int load_check_text(const char *bytes, size_t len, struct load_error *error)
{
	const char *nul = len ? memchr(bytes, '\0', len) : NULL;

	if (!nul)
		return 0;
	*error = (struct load_error){.line = 1,
	                             .reason = "expected text: it holds NULs"};
	for (const char *c = bytes; c < nul; c++)
		error->line += *c == '\n';
	return -EBADMSG;
}
