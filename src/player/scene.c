/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "player/scene.h"

struct sound_scene scene_of(const struct session_settings *settings)
{
	struct sound_scene scene = {0};

	(void)sound_pacer_from(settings->pacer, &scene.pacer);
	(void)sound_bed_from(settings->bed, &scene.bed);
	return scene;
}
