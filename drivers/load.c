/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int errno_of(void)
{
	return errno > 0 ? -errno : -EIO;
}

static int fill(int fd, char *text, size_t len, size_t *ret)
{
	size_t n = 0;

	while (n < len) {
		ssize_t r = read(fd, text + n, len - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return errno_of();
		if (r == 0)
			break;
		n += (size_t)r;
	}
	*ret = n;
	return 0;
}

static int check_plain(int fd, off_t *ret_size, struct load_error *error)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno_of();
	if (!S_ISREG(st.st_mode)) {
		error->reason = "expected a plain file";
		return -EINVAL;
	}
	if (st.st_size > (off_t)LOAD_BYTES_MAX) {
		error->reason = "expected a file of at most 64 MiB";
		return -EFBIG;
	}
	*ret_size = st.st_size;
	return 0;
}

static int load_fd(int fd, char **ret_text, size_t *ret_len,
                   struct load_error *error)
{
	const char *nul;
	size_t len = 0;
	off_t size = 0;
	char *text;
	int r = check_plain(fd, &size, error);

	if (r < 0)
		return r;
	text = calloc(1, (size_t)size + 1);
	if (!text)
		return -ENOMEM;
	r = fill(fd, text, (size_t)size, &len);
	if (r < 0) {
		free(text);
		return r;
	}
	text[len] = '\0';
	nul = memchr(text, '\0', len);
	if (nul) {
		*error = (struct load_error){1, "expected text: it holds NULs"};
		for (const char *c = text; c < nul; c++)
			error->line += *c == '\n';
		free(text);
		return -EBADMSG;
	}
	*ret_text = text;
	*ret_len = len;
	return 0;
}

int load_text(const char *path, char **ret_text, size_t *ret_len,
              struct load_error *error)
{
	/* A pipe without a writer must not stop the loop. */
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*error = (struct load_error){0, "it cannot be opened"};
	if (fd < 0)
		return errno_of();
	error->reason = "it cannot be read";
	r = load_fd(fd, ret_text, ret_len, error);
	close(fd);
	return r;
}
