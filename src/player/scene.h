/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LULL_PLAYER_SCENE_H
#define LULL_PLAYER_SCENE_H

#include "audio/sound.h"
#include "session/session.h"

/** scene_of() - what a session's settings say of what is heard; where they
    say nothing, or what this version does not have, the default. */
struct sound_scene scene_of(const struct session_settings *settings);

#endif
