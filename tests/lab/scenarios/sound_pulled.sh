# SPDX-License-Identifier: GPL-3.0-or-later
# The sound card is pulled out amid a session, and put back after ten seconds:
# the session goes on, its clock holds, and sound is there again, faded in, at
# the place where the session is.
lab_card
lab_daemon
lab_hear 1
lab_session "$(lab_steady_heart)" 60
lab_wait 15
lab_hear_no_more
lab_card_pull
lab_await lulld "device is gone" 10
lab_wait 10
lab_card_back
lab_hear 2
lab_await lulld "Sound is back" 30
lab_session_end
lab_hear_no_more
