/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/sound.h"

#include <errno.h>
#include <string.h>

static const char *const pacers[SOUND_PACERS] = {
	[SOUND_PACER_TONE] = "tone",
	[SOUND_PACER_BREATH] = "breath",
	[SOUND_PACER_BOW] = "bow",
	[SOUND_PACER_SILENT] = "silent",
};

static const char *const beds[SOUND_BEDS] = {
	[SOUND_BED_BROWN] = "brown", [SOUND_BED_PAD] = "pad",
	[SOUND_BED_RAIN] = "rain",   [SOUND_BED_SEA] = "sea",
	[SOUND_BED_MUSIC] = "music", [SOUND_BED_NONE] = "none",
};

static const char *const heards[SOUND_HEARDS] = {
	[SOUND_HEARD_ALL] = "all",
	[SOUND_HEARD_BREATH] = "breath",
	[SOUND_HEARD_NOTHING] = "nothing",
};

static int find(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -EINVAL;
}

const char *sound_pacer_name(enum sound_pacer pacer)
{
	return (unsigned)pacer < SOUND_PACERS ? pacers[pacer] : NULL;
}

int sound_pacer_from(const char *name, enum sound_pacer *ret)
{
	int i = find(pacers, SOUND_PACERS, name);

	if (i < 0)
		return i;
	*ret = (enum sound_pacer)i;
	return 0;
}

const char *sound_bed_name(enum sound_bed bed)
{
	return (unsigned)bed < SOUND_BEDS ? beds[bed] : NULL;
}

int sound_bed_from(const char *name, enum sound_bed *ret)
{
	int i = find(beds, SOUND_BEDS, name);

	if (i < 0)
		return i;
	*ret = (enum sound_bed)i;
	return 0;
}

const char *sound_heard_name(enum sound_heard heard)
{
	return (unsigned)heard < SOUND_HEARDS ? heards[heard] : NULL;
}

int sound_heard_from(const char *name, enum sound_heard *ret)
{
	int i = find(heards, SOUND_HEARDS, name);

	if (i < 0)
		return i;
	*ret = (enum sound_heard)i;
	return 0;
}
