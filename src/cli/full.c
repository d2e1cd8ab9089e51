/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "cli/doctor.h"
#include "cli/out.h"
#include "cli/render.h"
#include "cli/replay.h"
#include "cli/sound.h"
#include "cli/voice.h"

/*
 * The commands that need sound, as `lull` has them: it becomes `lull-full`,
 * which is linked of the same files and of theirs instead of this one. To load
 * what they need, speech, sound files and devices, takes longer than most
 * answers out of the store.
 */

static int become(const char *name, int argc, char **argv)
{
	char path[PATH_MAX], lull[] = "lull";
	char **words = calloc((size_t)argc + 3, sizeof(*words));
	int r = paths_program("lull-full", path, sizeof(path));

	if (!words)
		return out_fail("%s: no memory: close other programs", name);
	words[0] = lull;
	words[1] = strdup(name);
	for (int i = 0; i < argc; i++)
		words[2 + i] = argv[i];
	if (!r && words[1]) {
		execv(path, words);
		r = -errno;
	}
	free(words[1]);
	free(words);
	return out_fail("%s: lull-full: %s: install all of lull: make install",
	                name, strerror(r ? -r : ENOMEM));
}

int doctor_run(const struct command *c, int argc, char **argv)
{
	return become(c->name, argc, argv);
}

int render_run(const struct command *c, int argc, char **argv)
{
	return become(c->name, argc, argv);
}

int replay_run(const struct command *c, int argc, char **argv)
{
	return become(c->name, argc, argv);
}

int sound_run(const struct command *c, int argc, char **argv)
{
	return become(c->name, argc, argv);
}

int voice_run(const struct command *c, int argc, char **argv)
{
	return become(c->name, argc, argv);
}
