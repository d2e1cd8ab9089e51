# SPDX-License-Identifier: GPL-3.0-or-later
# The installed daemon, an ordinary user's, plays to a real ALSA card.
lab_sound
lab_daemon
lab_session person:7 60
lab_session_end
