/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/helpers/test.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/config.h"
#include "base/config_write.h"
#include "base/error.h"
#include "base/paths.h"

/* Loads @len bytes as a file c.yaml; the folder's name is cut from @e. */
static int load_bytes(const char *bytes, size_t len, struct config *ret,
                      struct error *e)
{
	char *scratch = test_scratch();
	char path[512];
	int r;

	snprintf(path, sizeof(path), "%s/c.yaml", scratch);
	test_write(path, bytes, len);
	*e = (struct error){.text = ""};
	r = config_load(path, ret, e);
	if (r) {
		size_t n = strlen(scratch) + 1;

		assert_memory_equal(e->text, path, n);
		memmove(e->text, e->text + n, strlen(e->text + n) + 1);
	}
	test_scrap(scratch);
	return r;
}

static int load(const char *text, struct config *ret, struct error *e)
{
	return load_bytes(text, strlen(text), ret, e);
}

static void assert_defaults(const struct config *c)
{
	assert_string_equal(c->sensor, "");
	assert_string_equal(c->audio_api, "");
	assert_int_equal(c->audio_rate_hz, 0);
	assert_string_equal(c->talk, "");
	assert_near(c->master_db, 0, 0);
	assert_near(c->inhale_pct, 40, 0);
	assert_string_equal(c->pacer, "tone");
	assert_string_equal(c->bed, "brown");
	assert_string_equal(c->music, "");
	assert_string_equal(c->migraine, "no");
	assert_near(c->pause_in_pct, 0, 0);
	assert_near(c->pause_out_pct, 0, 0);
	assert_string_equal(c->worse_side, "right");
}

static void no_config_and_an_empty_one_give_the_defaults(void **state)
{
	struct error e = {.text = "untouched"};
	struct config c;

	(void)state;
	assert_int_equal(config_load("/nonexistent/c.yaml", &c, &e), 0);
	assert_defaults(&c);
	assert_string_equal(e.text, "untouched");
	assert_int_equal(load("", &c, &e), 0);
	assert_defaults(&c);
	assert_int_equal(load("# nothing yet\nlevels:\nsensor:\n", &c, &e), 0);
	assert_defaults(&c);
}

static void every_key_is_read(void **state)
{
	uint8_t ant_key[CONFIG_ANT_KEY];
	struct config c;
	struct error e;

	(void)state;
	assert_int_equal(load("sensor: ble:A0:9E:1A:00:00:00\n"
	                      "audio: {api: jack, device: system, "
	                      "rate: 44100}\n"
	                      "voice: {talk: brief}\n"
	                      "levels: {master_db: -3, voice_db: -60, "
	                      "breath_db: -1.5e1,\n"
	                      "  bed_db: 0}\n"
	                      "breath: {inhale_pct: 50, pause_out_pct: 5}\n"
	                      "sound: {pacer: bow, bed: music, "
	                      "music: /m/a b.flac, migraine: yes}\n"
	                      "body: {worse_side: left}\n"
	                      "ant_network_key: 0011223344556677\n",
	                      &c, &e),
	                 0);
	assert_string_equal(c.sensor, "ble:A0:9E:1A:00:00:00");
	assert_string_equal(c.audio_api, "jack");
	assert_string_equal(c.audio_device, "system");
	assert_int_equal(c.audio_rate_hz, 44100);
	assert_string_equal(c.talk, "brief");
	assert_near(c.master_db, -3, 0);
	assert_near(c.voice_db, -60, 0);
	assert_near(c.breath_db, -15, 0);
	assert_near(c.bed_db, 0, 0);
	assert_near(c.inhale_pct, 50, 0);
	assert_near(c.pause_out_pct, 5, 0);
	assert_string_equal(c.pacer, "bow");
	assert_string_equal(c.bed, "music");
	assert_string_equal(c.music, "/m/a b.flac");
	assert_string_equal(c.migraine, "yes");
	assert_string_equal(c.worse_side, "left");
	assert_string_equal(c.ant_network_key, "0011223344556677");
	assert_true(config_ant_key(&c, ant_key));
	assert_memory_equal(ant_key, "\x00\x11\x22\x33\x44\x55\x66\x77", 8);
	assert_int_equal(load("ant_network_key: 0A1b2C3d4E5fa09F", &c, &e), 0);
	assert_true(config_ant_key(&c, ant_key));
	assert_memory_equal(ant_key, "\x0a\x1b\x2c\x3d\x4e\x5f\xa0\x9f", 8);
	assert_int_equal(load("voice: {talk: auto}", &c, &e), 0);
	assert_string_equal(c.talk, "");
	assert_false(config_ant_key(&c, ant_key));
	assert_int_equal(load("sensor: 'ble:'", &c, &e), 0);
	assert_string_equal(c.sensor, "ble:");
}

static void each_mistake_is_named_with_its_line_and_field(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"sensor: x\nsenser: y\n", "c.yaml:2: senser: no such key"},
		{"levels:\n  master_db: 0\n\n  loud: 1\n",
	         "c.yaml:4: levels.loud: no such key"},
		{"levels: {master_db: 3}",
	         "c.yaml:1: levels.master_db: expected a number from -60 to "
	         "0"},
		{"levels:\n  bed_db: loud",
	         "c.yaml:2: levels.bed_db: expected a number from -60 to 0"},
		{"ant_network_key: 001122334455667",
	         "c.yaml:1: ant_network_key: expected 16 hexadecimal digits"},
		{"ant_network_key: 00112233445566xy",
	         "c.yaml:1: ant_network_key: expected 16 hexadecimal digits"},
		{"levels: {bed_db: nan}",
	         "c.yaml:1: levels.bed_db: expected a number from -60 to 0"},
		{"sound: {bed: hail}", "c.yaml:1: sound.bed: expected one of "
	                               "brown|pad|rain|sea|music|none"},
		{"breath: {pause_in_pct: 30}",
	         "c.yaml:1: breath.pause_in_pct: expected a number from 0 to "
	         "20"},
		{"breath: {inhale_pct: 0x28}",
	         "c.yaml:1: breath.inhale_pct: expected a number from 30 to "
	         "60"},
		{"audio: {rate: 48000.5}",
	         "c.yaml:1: audio.rate: expected a whole number from 8000 to "
	         "192000"},
		{"audio: {rate: [1]}",
	         "c.yaml:1: audio.rate: expected a whole number from 8000 to "
	         "192000"},
		{"audio: {rate: 99999999999999999999}",
	         "c.yaml:1: audio.rate: expected a whole number from 8000 to "
	         "192000"},
		{"voice: {talk: aut}", "c.yaml:1: voice.talk: expected one of "
	                               "auto|full|brief|minimal"},
		{"voice: {talk: \"\"}", "c.yaml:1: voice.talk: expected one of "
	                                "auto|full|brief|minimal"},
		{"body: {worse_side: left|right}",
	         "c.yaml:1: body.worse_side: expected one of left|right"},
		{"sensor: \"a\\nb\"",
	         "c.yaml:1: sensor: expected one line of text"},
		{"sensor: {a: b}",
	         "c.yaml:1: sensor: expected one line of text"},
		{"audio: {api: 12345678901234567890123456789012}",
	         "c.yaml:1: audio.api: expected at most 31 bytes"},
		{"sensor: a\nsensor: b",
	         "c.yaml:2: sensor: expected it only once"},
		{"levels: loud", "c.yaml:1: levels: expected keys and values"},
		{"- a\n- b", "c.yaml:1: config: expected keys and values"},
		{"[a]: b", "c.yaml:1: ?: no such key"},
		{"sensor: a\n---\nsensor: b",
	         "c.yaml:3: a second document: expected one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config c;
		struct error e;

		assert_int_equal(load(cases[i].text, &c, &e), -EBADMSG);
		assert_string_equal(e.text, cases[i].error);
		assert_defaults(&c);
	}
}

static void what_is_no_yaml_is_named_with_its_line(void **state)
{
	static const char *const texts[] = {
		"sensor: a\nlevels: {",
		"sensor: x\n\tvoice: y",
		"sensor: x\nvoice: \xff\xfe",
		"sensor: *x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config c;
		struct error e;

		assert_int_equal(load(texts[i], &c, &e), -EBADMSG);
		assert_memory_equal(e.text, "c.yaml:", 7);
		assert_non_null(strstr(e.text, ": not YAML: "));
		assert_defaults(&c);
	}
}

static void a_nul_byte_in_a_value_is_refused(void **state)
{
	static const char text[] = "sensor: \"a\\0b\"";
	struct config c;
	struct error e;

	(void)state;
	assert_int_equal(load(text, &c, &e), -EBADMSG);
	assert_string_equal(e.text,
	                    "c.yaml:1: sensor: expected one line of text");
}

static void a_huge_or_deep_config_is_refused(void **state)
{
	static char bytes[70000];
	struct config c;
	struct error e;

	(void)state;
	memset(bytes, '#', sizeof(bytes));
	assert_int_equal(load_bytes(bytes, 65536, &c, &e), 0);
	assert_int_equal(load_bytes(bytes, 65537, &c, &e), -EFBIG);
	assert_non_null(strstr(e.text, "64 KiB"));
	memset(bytes, '[', sizeof(bytes));
	assert_int_equal(load_bytes(bytes, 60000, &c, &e), -EBADMSG);
}

static void a_folder_and_a_pipe_are_no_config(void **state)
{
	char *scratch = test_scratch();
	char path[512];
	struct config c;
	struct error e;

	(void)state;
	assert_int_equal(config_load(scratch, &c, &e), -EBADMSG);
	assert_non_null(strstr(e.text, "expected a file"));
	snprintf(path, sizeof(path), "%s/fifo", scratch);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(config_load(path, &c, &e), -EBADMSG);
	assert_int_equal(config_load(path, &c, NULL), -EBADMSG);
	test_scrap(scratch);
}

/* --- config_write ------------------------------------------------------- */

static void assert_file(const char *path, const char *text)
{
	char bytes[1024];
	FILE *f = fopen(path, "r");
	struct stat st;
	size_t n;

	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes) - 1, f);
	fclose(f);
	bytes[n] = '\0';
	assert_string_equal(bytes, text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void setting_the_sensor_leaves_every_other_line_as_it_is(void **state)
{
	static const struct {
		const char *before, *uri, *after;
	} cases[] = {
		{"", "ble:", "sensor: \"ble:\"\n"},
		{"# mine\nlevels:\n  bed_db: -6 # soft", "person:1",
	         "# mine\nlevels:\n  bed_db: -6 # soft\n"
	         "sensor: \"person:1\"\n"},
		{"sensor: 'file:/a # b' # the old one\n\nvoice: {talk: full}\n",
	         "ble:",
	         "sensor: \"ble:\"  # the old one\n\nvoice: {talk: full}\n"},
		{"voice: {talk: full}\nsensor : person:1\n# end\n",
	         "file:/\"x\\",
	         "voice: {talk: full}\nsensor: \"file:/\\\"x\\\\\"\n# end\n"},
		{"# a\nsensor: person:1\n# b\n", "", "# a\n# b\n"},
		{"# a\n", "", "# a\n"},
	};
	char *scratch = test_scratch(), path[PATH_MAX];
	struct config config;
	struct error error;

	(void)state;
	snprintf(path, sizeof(path), "%s/config.yaml", scratch);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_write(path, cases[i].before, strlen(cases[i].before));
		assert_int_equal(
			config_write_sensor(path, cases[i].uri, &error), 0);
		assert_file(path, cases[i].after);
		assert_int_equal(config_load(path, &config, &error), 0);
		assert_string_equal(config.sensor, cases[i].uri);
	}
	test_scrap(scratch);
}

static void where_memory_begins_is_set_and_taken_back(void **state)
{
	static const char when[] = "2026-11-26T10:00:00+01:00";
	char *scratch = test_scratch(), path[PATH_MAX];
	struct config config;
	struct error error;

	(void)state;
	snprintf(path, sizeof(path), "%s/config.yaml", scratch);
	test_write(path, "sensor: \"ble:\"\n", 15);
	assert_int_equal(config_load(path, &config, &error), 0);
	assert_true(config_memory_s(&config) == INT64_MIN);
	assert_int_equal(config_write_memory(path, when, &error), 0);
	assert_file(path, "sensor: \"ble:\"\nmemory_from: "
	                  "\"2026-11-26T10:00:00+01:00\"\n");
	assert_int_equal(config_load(path, &config, &error), 0);
	assert_true(config_memory_s(&config) == 1795683600);
	assert_int_equal(config_write_memory(path, "yesterday", &error),
	                 -EBADMSG);
	assert_int_equal(config_write_memory(path, "", &error), 0);
	assert_file(path, "sensor: \"ble:\"\n");
	test_write(path, "memory_from: soon\n", 18);
	assert_int_equal(config_load(path, &config, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "1: memory_from: expected a time"));
	test_scrap(scratch);
}

static void the_first_setting_makes_the_file_and_its_folder(void **state)
{
	char *scratch = test_scratch(), path[PATH_MAX];
	struct error error;

	(void)state;
	snprintf(path, sizeof(path), "%s/a/lull/config.yaml", scratch);
	assert_int_equal(config_write_sensor(path, "ble:", &error), 0);
	assert_file(path, "sensor: \"ble:\"\n");
	test_scrap(scratch);
}

static void
a_file_that_cannot_be_changed_by_the_line_is_left_alone(void **state)
{
	static const char *const left[] = {
		"{sensor: person:1}\n",
		"sensor: |-\n  person:1\n",
		"\"sensor\": person:1\n",
		"sensor: person:1\nnonsense: 3\n",
	};
	char *scratch = test_scratch(), path[PATH_MAX], beside[PATH_MAX + 4];
	struct error error;
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/config.yaml", scratch);
	snprintf(beside, sizeof(beside), "%s.new", path);
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		test_write(path, left[i], strlen(left[i]));
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(config_write_sensor(path, "ble:", &error),
		                 -EBADMSG);
		assert_non_null(strstr(error.text, path));
		assert_file(path, left[i]);
		assert_int_equal(stat(beside, &st), -1);
	}
	test_scrap(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			setting_the_sensor_leaves_every_other_line_as_it_is),
		cmocka_unit_test(where_memory_begins_is_set_and_taken_back),
		cmocka_unit_test(
			the_first_setting_makes_the_file_and_its_folder),
		cmocka_unit_test(
			a_file_that_cannot_be_changed_by_the_line_is_left_alone),
		cmocka_unit_test(no_config_and_an_empty_one_give_the_defaults),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(each_mistake_is_named_with_its_line_and_field),
		cmocka_unit_test(what_is_no_yaml_is_named_with_its_line),
		cmocka_unit_test(a_nul_byte_in_a_value_is_refused),
		cmocka_unit_test(a_huge_or_deep_config_is_refused),
		cmocka_unit_test(a_folder_and_a_pipe_are_no_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
