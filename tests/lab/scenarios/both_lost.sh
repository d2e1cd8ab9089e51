# SPDX-License-Identifier: GPL-3.0-or-later
# Both radios lost at once: what neither brought is a gap.
. /lab/scenarios/both.inc
both_begin person:7 person:7 120
lab_wait 40
lab_tell s1 away
lab_tell stick pull
lab_wait 10
lab_tell s1 back
lab_tell stick plug
lab_await s1 subscribed 10
lab_await stick heard 10
lab_session_end
lab_tell stick quit
