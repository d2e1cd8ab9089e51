/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * An open file description lock: unlike flock() it can be asked about without
 * being taken, so that a reader never stands in a writer's way; unlike POSIX's
 * own it also tells two descriptors of one process apart.
 */
static struct flock whole_file(void)
{
	return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

static int lock_path(const char *store_path, char *ret, size_t len)
{
	int n = snprintf(ret, len, "%s.lock", store_path);

	return n < 0 || (size_t)n >= len ? -ENAMETOOLONG : 0;
}

int lock_take(const char *store_path, int *ret)
{
	struct flock all = whole_file();
	char path[PATH_MAX];
	int r = lock_path(store_path, path, sizeof(path));
	int fd;

	if (r)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, 0600) || fcntl(fd, F_OFD_SETLK, &all)) {
		r = errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
		close(fd);
		return r;
	}
	*ret = fd;
	return 0;
}

bool lock_is_held(const char *store_path)
{
	struct flock all = whole_file();
	char path[PATH_MAX];
	bool held;
	int fd;

	if (lock_path(store_path, path, sizeof(path)))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	held = !fcntl(fd, F_OFD_GETLK, &all) && all.l_type != F_UNLCK;
	close(fd);
	return held;
}
