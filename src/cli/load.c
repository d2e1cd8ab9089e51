/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "cli/out.h"

int load_content(struct content **ret, struct error *error)
{
	char own[4096];
	int r = paths_own(own, sizeof(own));

	return content_load(ret, content_dir(), r < 0 ? NULL : own, error);
}

int load_routine(const char *id, struct routine **ret, struct error *error)
{
	struct content *content = NULL;
	int r = load_content(&content, error);

	if (r < 0)
		return r;
	r = content_routine(content, id, ret, error);
	if (r == -ENOENT)
		error_set(error,
		          "'%.60s': there is no such routine: lull "
		          "routines lists them",
		          id);
	content_destroy(content);
	return r;
}

int load_sensor(const char *uri, char **ret, struct error *error)
{
	bool relative =
		strncmp(uri, "file:", 5) == 0 && uri[5] && uri[5] != '/';
	char *folder = relative ? getcwd(NULL, 0) : NULL, *placed = NULL;

	if (relative && !folder) {
		error_set(error, "%s: this folder has no name: cd to another",
		          uri);
		return -ENOENT;
	}
	if (!relative)
		placed = strdup(uri);
	else if (asprintf(&placed, "file:%s/%s", folder, uri + 5) < 0)
		placed = NULL;
	free(folder);
	if (!placed) {
		error_set(error, "no memory: close other programs");
		return -ENOMEM;
	}
	*ret = placed;
	return 0;
}

int load_talk(const char *command, const char *word, enum verbosity *ret)
{
	enum verbosity talk;

	if (verbosity_from(word, &talk) < 0 || talk < TALK_FULL) {
		out_fail("%s: --talk: '%.40s': expected full, brief or "
		         "minimal: see lull %s --help",
		         command, word, command);
		return OUT_USAGE;
	}
	if (ret)
		*ret = talk;
	return -1;
}

int load_mode(const char *command, const char *word, enum session_mode *ret)
{
	enum session_mode mode;

	if (session_mode_from(word, &mode) < 0 || mode == SESSION_MODE_AUTO) {
		out_fail("%s: --mode: '%.40s': expected tension, attack, "
		         "signs, between or night: see lull %s --help",
		         command, word, command);
		return OUT_USAGE;
	}
	if (ret)
		*ret = mode;
	return -1;
}
