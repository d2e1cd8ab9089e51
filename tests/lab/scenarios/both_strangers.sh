# SPDX-License-Identifier: GPL-3.0-or-later
# Two hearts on the two radios are never taken for one: only the first is
# stored, with a gap where its link was lost.
. /lab/scenarios/both.inc
both_begin person:7 person:8 90
lab_wait 40
lab_tell s1 away
lab_wait 10
lab_tell s1 back
lab_await s1 subscribed 10
lab_session_end
lab_tell stick quit
# another's heart is none of the referee's business
rm "$out/stick.truth"
