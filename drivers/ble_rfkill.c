/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ble_rfkill.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The first word of folder/name/leaf; "" where there is none. */
static void read_word(int folder, const char *name, const char *leaf,
                      char ret[16])
{
	int at = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = at < 0 ? -1 : openat(at, leaf, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, ret, 15);

	ret[n > 0 ? n : 0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
	if (at >= 0)
		close(at);
}

static bool blocked(int folder, const char *name)
{
	char type[16], soft[16], hard[16];

	read_word(folder, name, "type", type);
	if (strcmp(type, "bluetooth") != 0)
		return false;
	read_word(folder, name, "soft", soft);
	read_word(folder, name, "hard", hard);
	return strcmp(soft, "1") == 0 || strcmp(hard, "1") == 0;
}

bool ble_rfkill_blocked(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = entry->d_name[0] != '.' &&
		        blocked(dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}
