/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/request.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A basic value of any type that D-Bus has, and its type. */
struct value {
	char type;
	union {
		const char *s;
		int b;
		uint8_t y;
		int16_t n;
		uint16_t q;
		int32_t i;
		uint32_t u;
		int64_t x;
		uint64_t t;
		double d;
	};
};

/* Return: 0; -EINVAL: no basic value. */
static int read_variant(sd_bus_message *m, struct value *ret)
{
	const char *contents;
	char type;
	int r = sd_bus_message_peek_type(m, &type, &contents);

	if (r <= 0 || type != 'v')
		return -EINVAL;
	if (strlen(contents) != 1 || !strchr("sbynqiuxtd", contents[0])) {
		r = sd_bus_message_skip(m, "v");
		return r < 0 ? r : -EINVAL;
	}
	ret->type = contents[0];
	r = sd_bus_message_enter_container(m, 'v', contents);
	if (r >= 0)
		r = sd_bus_message_read_basic(m, ret->type, &ret->s);
	if (r >= 0)
		r = sd_bus_message_exit_container(m);
	return r < 0 ? -EINVAL : 0;
}

static double number_of(const struct value *v)
{
	switch (v->type) {
	case 'y':
		return v->y;
	case 'n':
		return v->n;
	case 'q':
		return v->q;
	case 'i':
		return v->i;
	case 'u':
		return v->u;
	case 'x':
		return (double)v->x;
	case 't':
		return (double)v->t;
	default:
		return v->d;
	}
}

static bool is_number(const struct value *v)
{
	return strchr("ynqiuxtd", v->type);
}

static int take_text(const struct value *v, char *ret, size_t len)
{
	if (v->type != 's' || strlen(v->s) >= len)
		return -EINVAL;
	memcpy(ret, v->s, strlen(v->s) + 1);
	return 0;
}

static int take_yes(const struct value *v, bool *ret)
{
	if (v->type != 'b')
		return -EINVAL;
	*ret = v->b;
	return 0;
}

static int take_step(const struct value *v, int *ret)
{
	if (v->type != 'i' || v->i < 0)
		return -EINVAL;
	*ret = v->i;
	return 0;
}

static int take_seconds(const struct value *v, double *ret)
{
	if (!is_number(v))
		return -EINVAL;
	*ret = number_of(v);
	return 0;
}

static int take_seed(const struct value *v, struct setup_options *o)
{
	if (v->type != 't')
		return -EINVAL;
	o->seed = v->t;
	o->seed_given = true;
	return 0;
}

/* Return: 0; -EINVAL: of the wrong type or size; -ENOENT: no such option. */
static int take_option(struct setup_options *o, const char *key,
                       const struct value *v)
{
	if (strcmp(key, "sensor") == 0) {
		o->sensor_given = true;
		return take_text(v, o->sensor, sizeof(o->sensor));
	}
	if (strcmp(key, "no_audio") == 0)
		return take_yes(v, &o->no_audio);
	if (strcmp(key, "ask") == 0)
		return take_yes(v, &o->ask);
	if (strcmp(key, "slow") == 0)
		return take_yes(v, &o->slow);
	if (strcmp(key, "from_step") == 0)
		return take_step(v, &o->from_step);
	if (strcmp(key, "seconds") == 0)
		return take_seconds(v, &o->seconds);
	if (strcmp(key, "talk") == 0)
		return take_text(v, o->talk, sizeof(o->talk));
	if (strcmp(key, "mode") == 0)
		return take_text(v, o->mode, sizeof(o->mode));
	if (strcmp(key, "seed") == 0)
		return take_seed(v, o);
	return -ENOENT;
}

/* One entry, its container entered. */
static int read_option(sd_bus_message *m, struct setup_options *o,
                       struct error *error)
{
	struct value v;
	const char *key;
	int r = sd_bus_message_read_basic(m, 's', &key);

	if (r < 0)
		return r;
	r = read_variant(m, &v);
	if (r == 0)
		r = take_option(o, key, &v);
	if (r == -ENOENT)
		error_set(
			error,
			"%.40s: there is no such option: one of sensor, "
			"no_audio, ask, slow, from_step, seconds, talk, mode, "
			"seed",
			key);
	else if (r < 0)
		error_set(error,
		          "%.40s: not such a value: expected sensor s, "
		          "no_audio b, ask b, slow b, from_step i, seconds d, "
		          "talk s, mode s, seed t",
		          key);
	return r < 0 ? -EINVAL : 0;
}

int request_options(sd_bus_message *m, struct setup_options *ret,
                    struct error *error)
{
	struct setup_options o;
	int r = sd_bus_message_enter_container(m, 'a', "{sv}");

	setup_options_init(&o);
	while (r >= 0) {
		r = sd_bus_message_enter_container(m, 'e', "sv");
		if (r <= 0)
			break;
		r = read_option(m, &o, error);
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(m);
	}
	if (r < 0) {
		error_set(error, "options: not readable: expected a{sv}");
		return -EINVAL;
	}

	*ret = o;
	return 0;
}

int request_value(sd_bus_message *m, char *ret, size_t len, struct error *error)
{
	struct value v;
	int r = read_variant(m, &v);

	if (r < 0) {
		error_set(error, "the answer is no plain value: expected text, "
		                 "a number, or a boolean");
		return -EINVAL;
	}
	if (v.type == 'b') {
		snprintf(ret, len, "%s", v.b ? "yes" : "no");
		return 0;
	}
	if (is_number(&v)) {
		snprintf(ret, len, "%.10g", number_of(&v));
		return 0;
	}
	r = take_text(&v, ret, len);
	if (r < 0)
		error_set(error, "the answer is too long: at most %zu letters",
		          len - 1);
	return r;
}
