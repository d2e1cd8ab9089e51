/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

static int copy(char *ret, size_t len, const char *a, const char *b,
                const char *c)
{
	if (strlen(a) + strlen(b) + strlen(c) >= len)
		return -ENAMETOOLONG;
	stpcpy(stpcpy(stpcpy(ret, a), b), c);
	return 0;
}

static int below_home(char *ret, size_t len, const char *folder,
                      const char *leaf)
{
	const char *home = absolute("HOME");

	return home ? copy(ret, len, home, folder, leaf) : -ENOENT;
}

/* Source: XDG Base Directory Specification 0.8: a relative path is ignored. */
static int below(char *ret, size_t len, const char *variable,
                 const char *folder, const char *leaf)
{
	const char *base = absolute(variable);

	if (base)
		return copy(ret, len, base, "", leaf);
	return below_home(ret, len, folder, leaf);
}

int paths_store(char *ret, size_t len)
{
	return paths_state(ret, len, "lull.db");
}

int paths_state(char *ret, size_t len, const char *leaf)
{
	char tail[PATH_MAX];
	int r = copy(tail, sizeof(tail), "/lull/", leaf, "");

	if (r)
		return r;
	return below(ret, len, "XDG_STATE_HOME", "/.local/state", tail);
}

int paths_clips(char *ret, size_t len)
{
	return below(ret, len, "XDG_CACHE_HOME", "/.cache", "/lull");
}

int paths_config(char *ret, size_t len)
{
	return below(ret, len, "XDG_CONFIG_HOME", "/.config",
	             "/lull/config.yaml");
}

int paths_own(char *ret, size_t len)
{
	return below(ret, len, "XDG_DATA_HOME", "/.local/share", "/lull");
}

int paths_voice(char *ret, size_t len)
{
	return below(ret, len, "XDG_DATA_HOME", "/.local/share", "/lull/voice");
}

int paths_here(char *ret, size_t len)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n < 0)
		return -ENOENT;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	return copy(ret, len, self, "", "");
}

int paths_program(const char *name, char *ret, size_t len)
{
	static const char *const folders[] = {"/", "/../libexec/lull/"};
	char here[PATH_MAX], path[PATH_MAX];
	int r = paths_here(here, sizeof(here));

	if (r)
		return r;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		r = copy(path, sizeof(path), here, folders[i], name);
		if (!r && access(path, X_OK))
			r = errno == EACCES ? -EACCES : -ENOENT;
		if (r != -ENOENT)
			break;
	}
	return r ? r : copy(ret, len, path, "", "");
}

/* What is there already keeps its mode: it is not ours to change. */
static int make_one(const char *folder)
{
	struct stat st;

	if (!mkdir(folder, 0700))
		return 0;
	if (errno != EEXIST && errno != EROFS && errno != EACCES)
		return -errno;

	int r = -errno;

	if (stat(folder, &st))
		return r == -EEXIST ? -errno : r;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int paths_make(const char *folder)
{
	char path[PATH_MAX];
	size_t n = strlen(folder);
	int r;

	if (!n)
		return -ENOENT;
	if (n >= sizeof(path))
		return -ENAMETOOLONG;
	memcpy(path, folder, n + 1);
	for (char *slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		r = make_one(path);
		if (r)
			return r;
		*slash = '/';
	}
	return make_one(path);
}
