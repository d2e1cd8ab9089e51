/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sensors.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bus.h"
#include "cli/load.h"
#include "cli/out.h"

#define SCAN_MAX_S 120
/* for the closer looks after a scan, of daemon/scan.h, and some patience */
#define REPLY_S           (4 * (10 + 4) + 25)
#define ROWS_MAX          64
#define CLEANUP(function) __attribute__((cleanup(function)))

struct row {
	char uri[256], name[64], maker[64], worn[16];
	int rssi_dbm;    /* 0: not known */
	int battery_pct; /* -1: not known */
	int rr;          /* does it send intervals? -1: not known */
	int set;
};

struct rows {
	struct row at[ROWS_MAX];
	size_t n;
	char trouble[512]; /* the first; "": none */
};

/* --- what the daemon tells --------------------------------------------------
 */

static int take_text(sd_bus_message *m, char *ret, size_t len)
{
	const char *text;
	int r = sd_bus_message_read(m, "v", "s", &text);

	if (r >= 0)
		out_plain(ret, len, text);
	return r;
}

/* One `sv` entry, its container entered; what is not known is skipped. */
static int take_entry(sd_bus_message *m, struct row *row)
{
	const char *key;
	int r = sd_bus_message_read_basic(m, 's', &key);

	if (r < 0)
		return r;
	if (strcmp(key, "uri") == 0)
		return take_text(m, row->uri, sizeof(row->uri));
	if (strcmp(key, "name") == 0)
		return take_text(m, row->name, sizeof(row->name));
	if (strcmp(key, "maker") == 0)
		return take_text(m, row->maker, sizeof(row->maker));
	if (strcmp(key, "rssi_dbm") == 0)
		return sd_bus_message_read(m, "v", "i", &row->rssi_dbm);
	if (strcmp(key, "battery_pct") == 0)
		return sd_bus_message_read(m, "v", "i", &row->battery_pct);
	if (strcmp(key, "worn") == 0)
		return take_text(m, row->worn, sizeof(row->worn));
	if (strcmp(key, "rr") == 0)
		return sd_bus_message_read(m, "v", "b", &row->rr);
	if (strcmp(key, "set") == 0)
		return sd_bus_message_read(m, "v", "b", &row->set);
	return sd_bus_message_skip(m, "v");
}

static int take_row(sd_bus_message *m, struct row *row)
{
	int r = 1;

	*row = (struct row){.battery_pct = -1, .rr = -1};
	while (r > 0) {
		r = sd_bus_message_enter_container(m, 'e', "sv");
		if (r <= 0)
			break;
		r = take_entry(m, row);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
	}
	return r;
}

static int take_rows(sd_bus_message *m, struct rows *rows)
{
	struct row beyond;
	int r = sd_bus_message_enter_container(m, 'a', "a{sv}");

	while (r >= 0) {
		struct row *row =
			rows->n < ROWS_MAX ? &rows->at[rows->n] : &beyond;

		r = sd_bus_message_enter_container(m, 'a', "{sv}");
		if (r <= 0)
			break;
		r = take_row(m, row);
		if (r >= 0)
			r = sd_bus_message_exit_container(m);
		rows->n += r >= 0 && rows->n < ROWS_MAX;
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int take_trouble(sd_bus_message *m, struct rows *rows)
{
	const char *text;
	int r = sd_bus_message_enter_container(m, 'a', "s");

	if (r >= 0)
		r = sd_bus_message_read_basic(m, 's', &text);
	if (r > 0)
		out_plain(rows->trouble, sizeof(rows->trouble), text);
	return r;
}

/* @seconds: 0: what is known. */
static int ask(double seconds, struct rows *ret, struct error *error)
{
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	sd_bus_message *reply CLEANUP(sd_bus_message_unrefp) = NULL;
	struct bus bus = {0};
	int r = bus_open(&bus, error);

	if (r == 0)
		r = bus_ensure(&bus, error);
	if (r == 0)
		r = bus_method(&bus, BUS_SENSORS, seconds > 0 ? "Scan" : "List",
		               &m, error);
	if (r == 0 && seconds > 0)
		r = sd_bus_message_append(m, "d", seconds) < 0 ? -EIO : 0;
	if (r == 0)
		r = bus_call(&bus, m, (uint64_t)((seconds + REPLY_S) * 1e6),
		             &reply, error);
	if (r == 0 && (take_rows(reply, ret) < 0 ||
	               (seconds > 0 && take_trouble(reply, ret) < 0))) {
		error_set(error, "the daemon speaks another version: stop it "
		                 "and say this again");
		r = -EIO;
	}
	bus_close(&bus);
	return r;
}

/* --- what is shown ----------------------------------------------------------
 */

static json_t *json_of(const struct rows *rows)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->at[i];

		json_array_append_new(
			list,
			json_pack("{ss sb ss ss ss so so so}", "uri", row->uri,
		                  "set", row->set, "name", row->name, "maker",
		                  row->maker, "worn", row->worn, "rr",
		                  row->rr >= 0 ? json_boolean(row->rr)
		                               : json_null(),
		                  "rssi_dbm",
		                  row->rssi_dbm ? json_integer(row->rssi_dbm)
		                                : json_null(),
		                  "battery_pct",
		                  row->battery_pct >= 0
		                          ? json_integer(row->battery_pct)
		                          : json_null()));
	}
	return list;
}

static void print(const struct rows *rows)
{
	struct out_table t;

	out_table_init(&t, "llllrr");
	out_table_cell(&t, "sensor");
	out_table_cell(&t, "mine");
	out_table_cell(&t, "name");
	out_table_cell(&t, "intervals");
	out_table_cell(&t, "signal");
	out_table_cell(&t, "battery");
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->at[i];
		char signal[24] = "-", battery[24] = "-";

		if (row->rssi_dbm)
			snprintf(signal, sizeof(signal), "%d dBm",
			         row->rssi_dbm);
		if (row->battery_pct >= 0)
			snprintf(battery, sizeof(battery), "%d %%",
			         row->battery_pct);
		out_table_cell(&t, "%s", row->uri);
		out_table_cell(&t, "%s", row->set ? "yes" : "");
		out_table_cell(&t, "%s", row->name[0] ? row->name : "-");
		out_table_cell(&t, "%s",
		               row->rr < 0 ? "-"
		               : row->rr   ? "yes"
		                           : "no");
		out_table_cell(&t, "%s", signal);
		out_table_cell(&t, "%s", battery);
	}
	out_table_print(&t, stdout, true);
	out_table_finish(&t);
}

static int show(const struct rows *rows, bool json, double seconds)
{
	int status = json ? out_json(json_of(rows)) : OUT_DONE;

	if (rows->n > 0) {
		if (!json)
			print(rows);
		return status;
	}
	if (seconds > 0) {
		out_fail("sensors: %s",
		         rows->trouble[0]
		                 ? rows->trouble
		                 : "none is heard: wet the strap, put it on, "
		                   "and close the phone app that may hold it");
		return OUT_NO_SENSOR;
	}
	if (!json)
		puts("none is set: lull sensors --scan 10 looks for straps, "
		     "lull use URI chooses one");
	return status;
}

int sensors_list(const struct command *c, int argc, char **argv)
{
	struct rows rows = {.n = 0};
	struct error error = {0};
	struct opt_args args;
	double seconds = 0;
	bool json = false;
	const struct opt opts[] = {
		{"scan", OPT_NUMBER, &seconds, "SECONDS",
	         "look for straps for so long", 1, SCAN_MAX_S},
		{"json", OPT_FLAG, &json, NULL, "as JSON", 0, 0},
		{0},
	};
	int r, status = opt_start(c, opts, argc, argv, &args);

	if (status >= 0)
		return status;
	r = ask(seconds, &rows, &error);
	if (r == 0)
		return show(&rows, json, seconds);
	out_fail("sensors: %s", error.text);
	return bus_status(r);
}

/* Two are one strap on two radios. */
static int join(const struct opt_args *args, char **ret, struct error *error)
{
	char *pair = NULL;
	int r;

	if (args->n < 2)
		return load_sensor(args->at[0], ret, error);
	if (asprintf(&pair, "pair:%s+%s", args->at[0], args->at[1]) < 0) {
		error_set(error, "no memory: close other programs");
		return -ENOMEM;
	}
	r = load_sensor(pair, ret, error);
	free(pair);
	return r;
}

static int tell(const struct command *c, int argc, char **argv,
                const char *method)
{
	const struct opt none[] = {{0}};
	sd_bus_message *m CLEANUP(sd_bus_message_unrefp) = NULL;
	struct error error = {0};
	struct opt_args args;
	struct bus bus = {0};
	char *uri = NULL;
	int r, status = opt_start(c, none, argc, argv, &args);

	if (status >= 0)
		return status;
	r = join(&args, &uri, &error);
	if (r == 0)
		r = bus_open(&bus, &error);
	if (r == 0)
		r = bus_ensure(&bus, &error);
	if (r == 0)
		r = bus_method(&bus, BUS_SENSORS, method, &m, &error);
	if (r == 0 && sd_bus_message_append(m, "s", uri) < 0) {
		error_set(&error, "%s: use plain text", uri);
		r = -EINVAL;
	}
	if (r == 0)
		r = bus_call(&bus, m, 0, NULL, &error);
	bus_close(&bus);
	free(uri);
	if (r < 0)
		out_fail("%s: %s", c->name, error.text);
	return bus_status(r);
}

int sensors_use(const struct command *c, int argc, char **argv)
{
	return tell(c, argc, argv, "Use");
}

int sensors_forget(const struct command *c, int argc, char **argv)
{
	return tell(c, argc, argv, "Forget");
}
