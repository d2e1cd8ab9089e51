# SPDX-License-Identifier: GPL-3.0-or-later
# One strap on two radios: a link that is lost and a stick that is pulled out
# cost no beat, each way and twice.
. /lab/scenarios/both.inc
both_begin person:7 person:7 220
for round in 1 2; do
	lab_wait 40
	lab_tell s1 away
	lab_wait 20
	lab_tell s1 back
	lab_await s1 subscribed 10
	lab_wait 30
	lab_tell stick pull
	lab_wait 10
	lab_tell stick plug
	lab_await stick heard 10
done
lab_session_end
lab_tell stick quit
