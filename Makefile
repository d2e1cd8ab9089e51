# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lull: one Makefile. Each folder of the house becomes an archive of its own,
# and a program or a test links only the folders that it may include.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
AR ?= ar
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g

SANITIZE ?=
COVERAGE ?=
comma := ,
BUILD := build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))$(if $(COVERAGE),-coverage)

# --- what is built ----------------------------------------------------------

SIGNAL := signal/arena.c signal/artifact.c signal/breathing.c signal/calm.c \
	signal/clean.c signal/clean_mend.c signal/coherence.c signal/detrend.c \
	signal/dfa.c signal/estimate.c signal/fibrillation.c signal/gate.c \
	signal/hrv.c signal/hrv_freq.c signal/hrv_geometry.c signal/hrv_live.c \
	signal/hrv_sums.c signal/hrv_time.c signal/line.c signal/rhythm.c signal/lomb.c \
	signal/odd.c signal/pacing.c signal/ranks.c signal/rate.c \
	signal/resonance.c \
	signal/sample_entropy.c signal/series.c signal/spline.c signal/student.c \
	signal/welch.c \
	signal/window.c signal/window_span.c
DRIVERS := drivers/ant.c drivers/ant_hrm.c drivers/ant_link.c \
	drivers/ant_radio.c drivers/ant_start.c drivers/ant_strap.c \
	drivers/ant_usb.c drivers/arrival.c drivers/ble.c drivers/ble_bus.c \
	drivers/ble_device.c drivers/ble_hrm.c drivers/ble_link.c \
	drivers/ble_rfkill.c drivers/ble_unit.c drivers/capture.c \
	drivers/capture_beats.c drivers/file.c drivers/fit.c \
	drivers/fit_write.c drivers/hrv_logger.c drivers/label.c \
	drivers/load.c drivers/pair.c drivers/pair_merge.c drivers/pair_run.c \
	drivers/person.c drivers/person_breath.c \
	drivers/person_heart.c drivers/person_strap.c drivers/random.c \
	drivers/recording.c drivers/room.c drivers/rr.c drivers/rr_rows.c \
	drivers/rr_start.c drivers/scan.c drivers/sensor.c drivers/strap.c
AUDIO := audio/backend.c audio/bank.c audio/bed.c audio/chime.c audio/engine.c \
	audio/engine_device.c audio/hiss.c audio/limiter.c audio/loudness.c \
	audio/lowpass.c audio/mixer.c audio/music.c audio/music_file.c \
	audio/oggserial.c audio/outlet.c audio/pacer.c audio/pacer_voice.c \
	audio/queue.c audio/reed.c audio/render.c audio/report.c audio/sound.c \
	audio/tape.c audio/voice.c audio/voice_cache.c audio/voice_chain.c \
	audio/voice_flite.c audio/voice_hts.c audio/voice_label.c \
	audio/voice_labels.c audio/voice_own.c
BASE := src/base/config.c src/base/config_write.c src/base/date.c \
	src/base/error.c src/base/log.c src/base/paths.c \
	src/base/utf8.c
SESSION := src/session/breath.c src/session/coach.c src/session/event.c \
	src/session/guard.c src/session/listen.c src/session/offer.c \
	src/session/plan.c \
	src/session/routine.c src/session/safety.c src/session/session.c \
	src/session/speech.c src/session/steps.c src/session/tune.c \
	src/session/walk.c src/session/words.c
CONTENT := src/content/content.c src/content/copy.c src/content/json.c \
	src/content/own.c src/content/read.c src/content/read_question.c \
	src/content/read_routine.c src/content/sha256.c \
	src/content/yaml.c
DIARY := src/diary/csv.c src/diary/csv_map.c src/diary/date.c src/diary/day.c \
	src/diary/headache.c src/diary/lot.c src/diary/many.c \
	src/diary/medicine.c src/diary/trial.c src/diary/window.c
REPORT := src/report/chart.c src/report/headaches.c \
	src/report/markup.c src/report/page.c src/report/page_doctor.c \
	src/report/page_person.c src/report/page_style.c src/report/report.c \
	src/report/response.c src/report/svg.c src/report/trend.c \
	src/report/words.c
STORE := src/store/before.c src/store/bring.c src/store/change.c \
	src/store/db.c src/store/diary.c \
	src/store/figures.c src/store/keep.c src/store/listen.c \
	src/store/lock.c src/store/migrate.c src/store/read.c \
	src/store/rows.c src/store/store.c src/store/trial.c \
	src/store/writer.c
PLAYER := src/player/analyze_fields.c src/player/bring.c src/player/clips.c \
	src/player/clock.c \
	src/player/derive.c src/player/guide.c src/player/journal.c \
	src/player/journal_beats.c src/player/journal_equal.c \
	src/player/journal_read.c src/player/journal_start.c \
	src/player/memory.c src/player/offline.c src/player/offline_clips.c \
	src/player/offline_replay.c src/player/player.c \
	src/player/reader.c src/player/recorder.c src/player/script.c \
	src/player/stage.c src/player/text.c
# What the lab's virtual devices are made of.
LAB := tests/lab/device.c tests/lab/heart.c tests/lab/referee.c \
	tests/lab/stick_ant.c tests/lab/stick_device.c tests/lab/stick_hrm.c \
	tests/lab/stick_usb.c tests/lab/strap_att.c tests/lab/strap_device.c \
	tests/lab/strap_hci.c tests/lab/strap_hrm.c
DAEMON := src/daemon/ahead.c src/daemon/aloud.c src/daemon/app.c src/daemon/bus.c \
	src/daemon/heart.c src/daemon/keep.c src/daemon/live.c \
	src/daemon/main.c src/daemon/mpris.c src/daemon/play.c \
	src/daemon/record.c \
	src/daemon/refresh.c \
	src/daemon/request.c src/daemon/scan.c src/daemon/sensors.c \
	src/daemon/setup.c src/daemon/show.c src/daemon/speaker.c \
	src/daemon/voices.c
CLI := src/cli/analyze.c src/cli/analyze_input.c \
	src/cli/analyze_plot.c src/cli/analyze_print.c src/cli/analyze_run.c \
	src/cli/answers.c src/cli/ask.c src/cli/before.c src/cli/bus.c \
	src/cli/canvas.c src/cli/diary.c \
	src/cli/diary_csv.c src/cli/diary_list.c src/cli/export.c \
	src/cli/follow.c src/cli/frame.c src/cli/gather.c src/cli/import.c \
	src/cli/keep.c src/cli/keys.c src/cli/live.c src/cli/load.c \
	src/cli/main.c src/cli/memory.c src/cli/opt.c \
	src/cli/out.c src/cli/past.c src/cli/plan.c src/cli/record.c \
	src/cli/recording.c src/cli/report.c src/cli/screen.c \
	src/cli/sensors.c src/cli/show.c src/cli/spawn.c src/cli/start.c \
	src/cli/stats.c src/cli/stats_headache.c src/cli/tale.c \
	src/cli/trial.c src/cli/tuned.c src/cli/watch.c src/cli/why.c \
	src/cli/why_text.c
# The commands that need sound are lull-full's; lull has full.c in their stead,
# and so need not load what sound is made with.
FULL := src/cli/doctor.c src/cli/doctor_ble.c src/cli/render.c \
	src/cli/replay.c src/cli/sound.c src/cli/voice.c
QUICK := src/cli/full.c

FOLDERS := signal drivers audio base session content diary store report player
LIBRARIES := gsl sndfile soxr libebur128 portaudio-2.0 sqlite3 yaml-0.1 \
	jansson libsystemd libusb-1.0
# those without a pkg-config file
PLAIN_LIBS := -lcsv -lHTSEngine -lflite_cmu_us_slt -lflite_usenglish \
	-lflite_cmulex -lflite

# Tests, by the folder that they prove; each links what that folder may see.
TESTS_signal := test_arena test_artifact test_artifact_study test_breathing \
	test_calm test_clean test_coherence test_detrend test_dfa \
	test_fibrillation test_hrv test_hrv_freq test_hrv_freq_limits \
	test_hrv_geometry test_hrv_live test_hrv_time test_resonance \
	test_rhythm test_sample_entropy test_spline test_window \
	test_window_pace
LINK_test_hrv_geometry := -Wl,--wrap=aligned_alloc
LINK_test_detrend := -Wl,--wrap=aligned_alloc
LINK_test_hrv_freq_limits := -Wl,--wrap=aligned_alloc,--wrap=calloc \
	-Wl,--wrap=gsl_fft_complex_wavetable_alloc \
	-Wl,--wrap=gsl_fft_complex_workspace_alloc \
	-Wl,--wrap=gsl_fft_real_wavetable_alloc \
	-Wl,--wrap=gsl_fft_real_workspace_alloc
LINK_test_hrv := -Wl,--wrap=aligned_alloc
LINK_test_sample_entropy := -Wl,--wrap=aligned_alloc
TESTS_drivers := test_ant test_ant_events test_ant_hrm test_ant_link \
	test_ant_start test_ant_strap test_ant_usb \
	test_arrival test_ble test_ble_device test_ble_failures test_ble_hrm \
	test_ble_link test_ble_link_failures test_ble_recovery test_ble_unit \
	test_ble_words \
	test_capture test_file test_fit test_label test_pair test_pair_loss \
	test_pair_merge test_pair_run test_person test_person_traits \
	test_recording test_rr_start test_scan test_strap
HELPERS_drivers := air ant_heart ble_host ble_scene fake_bluez fit_write stick
$(BUILD)/tests/test_ant_usb: $(BUILD)/tests/helpers/fake_usb.o
# all of libusb that drivers/ant_usb.c calls
LINK_test_ant_usb := -Wl,--wrap=clock_gettime $(addprefix \
	-Wl$(comma)--wrap=libusb_, init exit has_capability \
	hotplug_register_callback hotplug_deregister_callback get_device_list \
	free_device_list get_device_descriptor open close get_device \
	get_configuration set_configuration set_auto_detach_kernel_driver \
	claim_interface release_interface get_active_config_descriptor \
	free_config_descriptor clear_halt submit_transfer cancel_transfer \
	bulk_transfer reset_device handle_events_timeout_completed \
	interrupt_event_handler)
LINK_test_clean := -Wl,--wrap=aligned_alloc
HELPERS_signal := belt inject sitter spectrum strip
LINK_test_file := -Wl,--wrap=calloc,--wrap=reallocarray
TESTS_audio := test_engine test_limiter test_loudness test_lowpass \
	test_migraine test_mixer test_mixer_voice test_music test_outlet \
	test_pacer test_queue test_render test_rt test_scene test_voice \
	test_voice_own
LINK_test_content := -Wl,--wrap=calloc,--wrap=strdup
LINK_test_rt := -Wl,--wrap=pthread_mutex_lock,--wrap=write,--wrap=clock_gettime
HELPERS_audio := cue ear varied
HELPERS_cli := analyze belt fake_bluez home run
HELPERS_daemon := fake_bluez lulld stick
LINK_test_daemon := -Wl,--wrap=ant_usb_create
BENCHES_audio := bench_audio bench_peers
TESTS_session := test_event
# whole sessions on the real content
HELPERS_content := book play rule
TESTS_content := test_cases test_content test_content_bad test_content_json \
	test_lately test_plan test_property test_questions test_routines \
	test_rules test_rules_breath test_rules_care test_rules_meet test_safety \
	test_session test_speech test_told test_tune test_wording test_words
TESTS_base := test_base test_config
TESTS_store := test_change test_store test_store_before test_store_diary \
	test_store_keep test_store_listen test_store_migrate test_store_read \
	test_store_trial test_writer test_writer_disk \
	test_writer_kill
HELPERS_store := place written
LINK_test_writer := -Wl,--wrap=pthread_cond_wait,--wrap=pthread_cond_timedwait
TESTS_report := test_markup test_report
TESTS_diary := test_diary test_diary_csv test_headache test_trial
TESTS_player := test_clock test_derive test_guide test_guide_time \
	test_journal test_journal_beats test_journal_older test_journal_start \
	test_memory test_offline test_player test_recorder test_script
HELPERS_player := book outset
LINK_test_journal_start := -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
TESTS_cli := test_after_session test_analyze test_analyze_cut \
	test_analyze_plot test_cli test_diary_command test_export test_frame \
	test_import test_import_date test_keep_command test_memory_command \
	test_program test_reference \
	test_report_command test_stats_command test_trial_command \
	test_watch test_why
TESTS_daemon := test_ahead test_bus test_daemon test_mpris test_sensors test_voices
TESTS_lab := test_lab_device test_lab_heart test_lab_referee \
	test_lab_stick test_lab_strap
$(BUILD)/tests/test_lab_stick: $(BUILD)/tests/helpers/ether.o
HELPERS_app := book
TESTS_app := test_find test_population

# Fuzzers and benches.
FUZZERS := fuzz_ant_hrm fuzz_ant_link fuzz_ant_radio fuzz_ble_bus fuzz_ble_hrm \
	fuzz_ble_link fuzz_capture fuzz_diary_csv fuzz_fit fuzz_hrv_logger \
	fuzz_journal fuzz_journal_beats \
	fuzz_recording fuzz_routine fuzz_rr
BENCHES_signal := bench_hrv
# what it works on, and how that grows
BENCH_HRV := $(patsubst %,$(BUILD)/tests/bench/%.o,hrv_growth hrv_work)
$(BUILD)/tests/bench/bench_hrv: $(BENCH_HRV)
BENCHES_drivers := bench_decoders
BENCHES_app := bench_population bench_sensors bench_session bench_years
HELPERS_bench_app := fake_bluez stick test years
# what the simulated population is made of
POPULATION := $(patsubst %,$(BUILD)/tests/bench/%.o,population \
	population_frozen population_run population_study population_walk \
	population_watch)
$(BUILD)/tests/test_find $(BUILD)/tests/test_population: $(POPULATION)
$(BUILD)/tests/bench/bench_population: $(POPULATION) \
	$(BUILD)/tests/bench/population_report.o

# --- how --------------------------------------------------------------------

FLAGS := -std=c17 -D_GNU_SOURCE -I. -Isrc -MMD -MP -fPIE -ffp-contract=off \
	-fno-math-errno -pthread -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wvla -Wundef -Wformat=2 \
	-DLULL_DATADIR='"$(PREFIX)/share/lull"'
FLAGS += $(if $(CI),-Werror)
FLAGS += $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all)
FLAGS += $(if $(COVERAGE),--coverage)
PKG_FLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) 2>/dev/null)
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(LIBRARIES) 2>/dev/null)
LINK := -pie -pthread -Wl,--as-needed $(if $(SANITIZE),-fsanitize=$(SANITIZE)) \
	$(if $(COVERAGE),--coverage)

PROGRAMS := $(BUILD)/lulld $(BUILD)/lull $(BUILD)/lull-full

.DEFAULT_GOAL := all
.PHONY: all
all: $(PROGRAMS)

# one short line a file; V=1 shows the whole
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)" $(patsubst $(BUILD)/%,%,$(2)))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(FLAGS) $(PKG_FLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# archive: folder, sources
define archive
$(BUILD)/lib$(1).a: $$(patsubst %.c,$(BUILD)/%.o,$(2))
	@rm -f $$@
	$$(call say,ar,$$@)
	$(Q)$(AR) rcs $$@ $$^
ALL_SOURCES += $(2)
endef
$(eval $(call archive,signal,$(SIGNAL)))
$(eval $(call archive,drivers,$(DRIVERS)))
$(eval $(call archive,audio,$(AUDIO)))
$(eval $(call archive,base,$(BASE)))
$(eval $(call archive,session,$(SESSION)))
$(eval $(call archive,content,$(CONTENT)))
$(eval $(call archive,diary,$(DIARY)))
$(eval $(call archive,store,$(STORE)))
$(eval $(call archive,report,$(REPORT)))
$(eval $(call archive,player,$(PLAYER)))
$(eval $(call archive,daemon,$(DAEMON)))
$(eval $(call archive,cli,$(CLI)))
$(eval $(call archive,full,$(FULL)))
$(eval $(call archive,quick,$(QUICK)))
$(eval $(call archive,lab,$(LAB)))

# What each folder may link: the arrows of the house.
archives = $(patsubst %,$(BUILD)/lib%.a,$(1))
SEES_base := base
SEES_signal := signal
SEES_drivers := drivers signal
SEES_audio := audio
SEES_session := session signal
SEES_content := content session signal base
SEES_diary := diary signal base
SEES_store := store diary signal base
SEES_report := report store diary signal base
SEES_player := player content store diary session drivers signal audio base
SEES_app := $(SEES_player)
SEES_daemon := daemon $(SEES_app)
SEES_cli := full cli report $(SEES_app)
SEES_lab := lab drivers signal

$(BUILD)/lulld: $(call archives,daemon $(SEES_app))
$(BUILD)/lull: $(call archives,quick $(filter-out full,$(SEES_cli)))
$(BUILD)/lull-full: $(call archives,$(SEES_cli))
$(PROGRAMS):
	$(call say,ld,$@)
	$(Q)$(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -o $@ \
		-Wl,--start-group $^ -Wl,--end-group \
		$(PKG_LIBS) $(PLAIN_LIBS) -lm

# tests: folder
define tests
$(patsubst %,$(BUILD)/tests/%,$(TESTS_$(1))): $(BUILD)/tests/%: \
		$(BUILD)/tests/%.o $(BUILD)/tests/helpers/test.o \
		$(BUILD)/tests/helpers/rr.o \
		$(patsubst %,$(BUILD)/tests/helpers/%.o,$(HELPERS_$(1))) \
		$$(call archives,$(SEES_$(1)))
	$$(call say,ld,$$@)
	$(Q)$(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -o $$@ \
		-Wl,--start-group $$^ -Wl,--end-group $$(LINK_$$(@F)) \
		$(PKG_LIBS) $(PLAIN_LIBS) -lcmocka -lm
TEST_PROGRAMS += $(patsubst %,$(BUILD)/tests/%,$(TESTS_$(1)))
endef
$(foreach folder,base signal drivers audio session content diary store report player daemon cli lab app,\
	$(eval $(call tests,$(folder))))

-include $(patsubst %.c,$(BUILD)/%.d,$(ALL_SOURCES)) $(TEST_PROGRAMS:=.d) \
	$(wildcard $(BUILD)/tests/helpers/*.d)

# Tests of the built programs, and what they measure with.
TEST_SCRIPTS := tests/test_layers.sh tests/test_kill.sh tests/test_manual.sh \
	tests/test_bad_disk.sh tests/test_bad_input.sh tests/test_dist.sh \
	tests/test_failures.sh tests/test_rules.sh \
	$(if $(SANITIZE),,tests/test_jack.sh tests/test_jack_back.sh \
		tests/test_report_browser.sh)
TOOLS := $(addprefix $(BUILD)/tests/tools/,clips fake_strap gentle glide loudness \
	onsets pictures same_labels same_sound sides sound_within)
$(BUILD)/tests/tools/fake_strap: $(BUILD)/tests/helpers/fake_bluez.o \
	$(BUILD)/tests/helpers/test.o
$(addprefix $(BUILD)/tests/tools/,gentle pictures): \
	$(addprefix $(BUILD)/tests/helpers/,cue.o ear.o test.o)
$(TOOLS): %: %.o $(BUILD)/libaudio.a
	$(call say,ld,$@)
	$(Q)$(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -o $@ \
		-Wl,--start-group $^ -Wl,--end-group $(PKG_LIBS) \
		$(PLAIN_LIBS) -lcmocka -lm
-include $(TOOLS:=.d)

# The lab's virtual devices: each its NAME_main.c, and what they share.
LAB_TOOLS := $(BUILD)/tests/lab/stick $(BUILD)/tests/lab/strap
$(LAB_TOOLS): %: %_main.o $(call archives,$(SEES_lab))
	$(call say,ld,$@)
	$(Q)$(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -o $@ \
		-Wl,--start-group $^ -Wl,--end-group $(PKG_LIBS) -lm
-include $(LAB_TOOLS:=_main.d)
# ... and who judges them, by what the store holds.
REFEREE := $(BUILD)/tests/lab/referee
$(REFEREE): %: %_main.o $(call archives,lab $(SEES_player))
	$(call say,ld,$@)
	$(Q)$(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -o $@ \
		-Wl,--start-group $^ -Wl,--end-group $(PKG_LIBS) $(PLAIN_LIBS) -lm
-include $(REFEREE:=_main.d)

# --- what there is to do ----------------------------------------------------

PACKAGES_BUILD := gcc libc6-dev pkg-config libgsl-dev libsndfile1-dev \
	libsoxr-dev libebur128-dev portaudio19-dev libsqlite3-dev libyaml-dev \
	libjansson-dev libsystemd-dev libusb-1.0-0-dev libcsv-dev \
	flite1-dev libhtsengine-dev dbus-daemon
# the calm voice itself, wanted only where something is to be heard of it
PACKAGES_VOICE := festvox-us-slt-hts
PACKAGES_LABELS := $(PACKAGES_BUILD) $(PACKAGES_VOICE) festival
PACKAGES_CHECK := $(PACKAGES_BUILD) $(PACKAGES_VOICE) libcmocka-dev jackd2 \
	gpsbabel
PACKAGES_CI := $(PACKAGES_CHECK) clang-format
PACKAGES_LAB := $(PACKAGES_BUILD) $(PACKAGES_VOICE) qemu-system-x86 \
	busybox-static bluez bluez-test-tools dbus udev alsa-utils kmod cpio \
	usbutils
PACKAGES_FUZZ := $(PACKAGES_BUILD) clang libclang-rt-14-dev

.PHONY: deps
deps: ; @sh tests/deps.sh $(PACKAGES_BUILD)

.PHONY: check
check:
	@sh tests/deps.sh $(PACKAGES_CHECK)
	@+$(MAKE) --no-print-directory check-built

.PHONY: check-built
check-built: $(PROGRAMS) $(TEST_PROGRAMS) $(TOOLS) $(LAB_TOOLS)
	@BUILD=$(BUILD) sh tests/run.sh $(TEST_PROGRAMS) $(TEST_SCRIPTS)

# Each scenario of the lab once, or three times and then the soak.
LAB_BUILT := $(PROGRAMS) $(TOOLS) $(LAB_TOOLS) $(REFEREE)
.PHONY: check-lab
check-lab:
	@sh tests/deps.sh $(PACKAGES_LAB)
	@+$(MAKE) --no-print-directory $(LAB_BUILT)
	@BUILD=$(BUILD) TRIES=2 sh tests/lab/lab.sh $(SCENARIOS)

.PHONY: check-lab-long
check-lab-long:
	@sh tests/deps.sh $(PACKAGES_LAB)
	@+$(MAKE) --no-print-directory $(LAB_BUILT)
	@BUILD=$(BUILD) ROUNDS=3 sh tests/lab/lab.sh $(SCENARIOS)
	@BUILD=$(BUILD) LIMIT_S=7200 sh tests/lab/lab.sh soak

# every fault of a sound device (tests/helpers/jack.sh), a minute each at most
SOUND_FAULTS := restart rate frozen none mono eight cd stopped starved
.PHONY: check-sound
check-sound:
	@sh tests/deps.sh $(PACKAGES_CHECK)
	@+$(MAKE) --no-print-directory $(PROGRAMS) $(TOOLS)
	@for fault in $(SOUND_FAULTS); do \
		echo "$$fault:"; \
		BUILD=$(BUILD) FAULT=$$fault sh tests/test_jack_back.sh \
			|| exit 1; \
	done
	@BUILD=$(BUILD) FAULT=steady SECONDS_LIVE=60 sh tests/test_jack_back.sh
	@BUILD=$(BUILD) sh tests/test_glide.sh
	@BUILD=$(BUILD) sh tests/test_sound.sh
	@BUILD=$(BUILD) sh tests/test_gentle.sh

# the glide takes its ten minutes
.PHONY: check-sound-long
check-sound-long: check-sound
	@BUILD=$(BUILD) SECONDS_GLIDE=600 sh tests/test_glide.sh

# the breath as a picture, one of each pacer voice
.PHONY: pictures
pictures: $(BUILD)/tests/tools/pictures
	@mkdir -p $(BUILD)/pictures
	@$< $(BUILD)/pictures

.PHONY: demo
demo:
	@sh tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_VOICE)
	@+$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) DEMO_SECONDS=$(or $(DEMO_SECONDS),90) sh tests/demo.sh

.PHONY: layers
layers: ; @sh tests/layers.sh .

.PHONY: check-format
check-format:
	@sh tests/deps.sh clang-format
	@clang-format --dry-run --Werror $$(git ls-files '*.c' '*.h')

.PHONY: format
format:
	@sh tests/deps.sh clang-format
	clang-format -i $$(git ls-files '*.c' '*.h')

.PHONY: tidy
tidy:
	@sh tests/deps.sh $(PACKAGES_CHECK) clang-tidy
	clang-tidy --quiet $(sort $(ALL_SOURCES)) -- \
		$(filter-out -MMD -MP,$(FLAGS)) $(PKG_FLAGS)

# how each text is spoken: only after a change of src/content/phrases
.PHONY: labels
labels:
	@sh tests/deps.sh $(PACKAGES_LABELS)
	@+$(MAKE) --no-print-directory all $(TOOLS)
	@BUILD=$(BUILD) sh src/content/labels.sh

# those of the two below: neither the person's recordings nor their cache
CLIPS = $(abspath $(BUILD))/clips
# every phrase as it sounds: level, peak, pace, and what all of them take
.PHONY: check-voice
check-voice:
	@sh tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_VOICE)
	@+$(MAKE) --no-print-directory all
	@XDG_CACHE_HOME=$(CLIPS) XDG_DATA_HOME=$(CLIPS)/none \
		$(BUILD)/lull voice check

# what a recogniser makes of the voice
.PHONY: wer
wer:
	@sh tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_VOICE) pocketsphinx \
		pocketsphinx-en-us
	@+$(MAKE) --no-print-directory all $(TOOLS)
	@BUILD=$(BUILD) CLIPS_CACHE=$(CLIPS)/lull sh tests/wer.sh

.PHONY: valgrind
valgrind:
	@sh tests/deps.sh $(PACKAGES_CHECK) valgrind
	@+$(MAKE) --no-print-directory all $(TEST_PROGRAMS)
	@BUILD=$(BUILD) WRAP="valgrind -q --error-exitcode=9 \
		--leak-check=full --errors-for-leak-kinds=definite" \
		sh tests/run.sh $(TEST_PROGRAMS)

.PHONY: coverage
coverage:
	@sh tests/deps.sh $(PACKAGES_CHECK) lcov
	@+$(MAKE) --no-print-directory COVERAGE=1 CFLAGS='-O0 -g' check-built
	lcov --quiet --capture --directory build-coverage --no-external \
		--directory . --output-file build-coverage/lcov.info
	lcov --summary build-coverage/lcov.info

# benches: a table each, of `name value unit limit ok|MISS`
define benches
$(patsubst %,$(BUILD)/tests/bench/%,$(BENCHES_$(1))): \
		$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o \
		$(patsubst %,$(BUILD)/tests/helpers/%.o,$(HELPERS_bench_$(1))) \
		$$(call archives,$(SEES_$(1)))
	$$(call say,ld,$$@)
	$(Q)$(CC) $(LINK) $(CFLAGS) $(LDFLAGS) -o $$@ \
		-Wl,--start-group $$^ -Wl,--end-group \
		$(PKG_LIBS) $(PLAIN_LIBS) $(if $(HELPERS_bench_$(1)),-lcmocka) -lm
BENCH_PROGRAMS += $(patsubst %,$(BUILD)/tests/bench/%,$(BENCHES_$(1)))
endef
$(foreach folder,signal drivers audio app,$(eval $(call benches,$(folder))))
-include $(BENCH_PROGRAMS:=.d) $(BENCH_HRV:.o=.d) $(POPULATION:.o=.d) \
	$(BUILD)/tests/bench/population_report.d

.PHONY: bench
bench:
	@sh tests/deps.sh $(PACKAGES_BUILD) libcmocka-dev
	@+$(MAKE) --no-print-directory bench-built
.PHONY: bench-built
bench-built: $(PROGRAMS) $(BENCH_PROGRAMS) $(BUILD)/tests/tools/fake_strap \
		$(BUILD)/tests/tools/same_sound
	@BUILD=$(BUILD) sh tests/bench/run.sh $(BENCH_PROGRAMS)

# an hour of sound with all processors busy
.PHONY: bench-long
bench-long: $(PROGRAMS) $(BUILD)/tests/tools/same_sound
	@BUILD=$(BUILD) SECONDS_XRUN=3600 sh tests/bench/sound.sh

# fuzzers: the parsers' own sources built for libFuzzer, RUNS inputs each
RUNS ?= 1000000
FUZZ_SOURCES := $(SIGNAL) $(DRIVERS) $(BASE) $(SESSION) $(CONTENT) \
	src/player/journal.c $(filter src/player/journal_% src/player/reader.c \
	src/player/text.c,$(PLAYER))
# Every counter is read after every run: the quick ones are built of what they
# reach and no more, and from short inputs.
FUZZ_RR := drivers/arrival.c drivers/load.c drivers/room.c drivers/rr.c \
	drivers/rr_rows.c drivers/rr_start.c drivers/scan.c
FUZZ_STRAP := drivers/arrival.c drivers/ble_hrm.c drivers/strap.c
FUZZ_ANT := $(FUZZ_STRAP) drivers/ant_hrm.c drivers/ant_link.c \
	drivers/ant_strap.c
FUZZ_ONLY_fuzz_ant_hrm := $(FUZZ_ANT)
FUZZ_ONLY_fuzz_ant_link := drivers/ant_link.c
FUZZ_ONLY_fuzz_ant_radio := $(FUZZ_ANT) drivers/ant_radio.c drivers/ant_start.c
FUZZ_ONLY_fuzz_ble_bus := tests/fuzz/ble_wire.c $(FUZZ_STRAP) drivers/ble.c \
	drivers/ble_bus.c drivers/ble_device.c drivers/ble_link.c \
	drivers/ble_unit.c drivers/label.c
FUZZ_ONLY_fuzz_ble_hrm := $(FUZZ_STRAP)
FUZZ_ONLY_fuzz_ble_link := drivers/ble_link.c
FUZZ_ONLY_fuzz_capture := $(DRIVERS)
FUZZ_ONLY_fuzz_rr := $(FUZZ_RR)
FUZZ_ONLY_fuzz_fit := $(FUZZ_RR) drivers/fit.c
FUZZ_ONLY_fuzz_hrv_logger := $(FUZZ_RR) drivers/hrv_logger.c
FUZZ_ONLY_fuzz_recording := $(DRIVERS)
FUZZ_ONLY_fuzz_diary_csv := $(DIARY) src/base/error.c signal/student.c
FUZZ_LEN_fuzz_diary_csv := 128
FUZZ_LEN_fuzz_ant_hrm := 128
FUZZ_LEN_fuzz_ant_link := 256
FUZZ_LEN_fuzz_ant_radio := 128
FUZZ_LEN_fuzz_ble_bus := 64
FUZZ_LEN_fuzz_ble_hrm := 128
FUZZ_LEN_fuzz_ble_link := 64
FUZZ_LEN_fuzz_capture := 128
FUZZ_LEN_fuzz_rr := 256
FUZZ_LEN_fuzz_fit := 128
FUZZ_LEN_fuzz_hrv_logger := 64
FUZZ_LEN_fuzz_recording := 64
FUZZ_LEN_fuzz_journal_beats := 64
# all of sd-bus and sd-event that would go to the system
LINK_fuzz_ble_bus := -Wl,--wrap=clock_gettime,--wrap=ble_rfkill_blocked \
	$(addprefix -Wl$(comma)--wrap=sd_bus_, new set_address set_bus_client start \
	attach_event add_match add_match_async call_async \
	slot_set_destroy_callback slot_set_floating slot_unref send is_ready \
	flush close_unref) $(addprefix -Wl$(comma)--wrap=sd_event_, add_time \
	source_set_time source_set_enabled source_disable_unref)
# What is freed is kept back for a while, but not so long that every run asks
# the system for new pages: three times as many runs a second.
FUZZ_ASAN := quarantine_size_mb=4:malloc_context_size=0:max_malloc_fill_size=0
.PHONY: fuzz
fuzz:
	@sh tests/deps.sh $(PACKAGES_FUZZ)
	@+$(MAKE) --no-print-directory $(FUZZERS:%=fuzz-%)
fuzz-%: tests/fuzz/%.c
	@mkdir -p build-fuzz
	clang -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all \
		$(filter-out -MMD -MP -fPIE,$(FLAGS)) $(PKG_FLAGS) \
		-o build-fuzz/$* $< $(or $(FUZZ_ONLY_$*),$(FUZZ_SOURCES)) \
		$(LINK_$*) $(PKG_LIBS) -lcsv -lm
	ASAN_OPTIONS=$(FUZZ_ASAN) build-fuzz/$* -runs=$(RUNS) \
		-max_len=$(or $(FUZZ_LEN_$*),4096) -verbosity=0 \
		-artifact_prefix=build-fuzz/

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin \
		$(DESTDIR)$(PREFIX)/libexec/lull \
		$(DESTDIR)$(PREFIX)/share/lull/content/routines \
		$(DESTDIR)$(PREFIX)/share/lull/content/phrases \
		$(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/dbus-1/services \
		$(DESTDIR)$(PREFIX)/lib/systemd/user \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/lib/udev/rules.d
	install -m 755 $(BUILD)/lull $(BUILD)/lulld $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/lull-full $(DESTDIR)$(PREFIX)/libexec/lull
	install -m 644 src/content/*.yaml $(DESTDIR)$(PREFIX)/share/lull/content
	install -m 644 src/content/phrases/*.yaml src/content/phrases/*.labels \
		$(DESTDIR)$(PREFIX)/share/lull/content/phrases
	install -m 644 src/content/routines/*.yaml \
		$(DESTDIR)$(PREFIX)/share/lull/content/routines
	install -m 644 src/dist/lull.1 src/dist/lulld.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1
	sed 's|@bindir@|$(PREFIX)/bin|' src/dist/org.lull.Lull1.service.in \
		>$(DESTDIR)$(PREFIX)/share/dbus-1/services/org.lull.Lull1.service
	sed 's|@bindir@|$(PREFIX)/bin|' src/dist/lulld.service.in \
		>$(DESTDIR)$(PREFIX)/lib/systemd/user/lulld.service
	install -m 644 src/dist/lull.bash-completion \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/lull
	install -m 644 src/dist/70-lull.rules \
		$(DESTDIR)$(PREFIX)/lib/udev/rules.d

.PHONY: uninstall
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/lull $(DESTDIR)$(PREFIX)/bin/lulld \
		$(DESTDIR)$(PREFIX)/share/man/man1/lull.1 \
		$(DESTDIR)$(PREFIX)/share/man/man1/lulld.1 \
		$(DESTDIR)$(PREFIX)/share/dbus-1/services/org.lull.Lull1.service \
		$(DESTDIR)$(PREFIX)/lib/systemd/user/lulld.service \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/lull \
		$(DESTDIR)$(PREFIX)/lib/udev/rules.d/70-lull.rules
	rm -rf $(DESTDIR)$(PREFIX)/share/lull $(DESTDIR)$(PREFIX)/libexec/lull

.PHONY: clean
clean: ; rm -rf build build-*
