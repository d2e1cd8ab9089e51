/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A virtual ANT stick with straps around it: stick NAME URI [--epoch T_US]
 * [--number N] [--neighbour N=URI] [--product 1008|1009] [--old] [--away]
 * [--pulled] [--folder FOLDER] [--gadget FOLDER]. Where gadgetfs is mounted it
 * is plugged in until `quit`, `pull` or its end, and again by `plug`. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/lab/stick_device.h"
#include "tests/lab/stick_usb.h"

struct options {
	const char *name, *uri, *folder, *gadget;
	const char *neighbour; /* its heart; NULL: nobody else is near */
	uint16_t number, neighbours, product;
	uint64_t epoch_us;
	bool old, away, pulled;
};

struct stick {
	struct device device;
	struct stick_device s;
	struct stick_usb *usb;
	struct stick_ant_out giving; /* while the host has not got it */
};

/* --- what comes -------------------------------------------------------------
 */

static void take_news(struct stick *k, const struct stick_usb_news *news)
{
	uint64_t now_us = device_now_us();

	switch (news->kind) {
	case STICK_USB_CONFIGURED:
		stick_device_power(&k->s);
		device_say(&k->device, "configured");
		break;
	case STICK_USB_RESET:
		device_say(&k->device, "unused");
		break;
	case STICK_USB_CAME:
		stick_device_take(&k->s, now_us, news->bytes, news->len);
		break;
	case STICK_USB_GAVE:
		stick_device_gave(&k->s, now_us, &k->giving);
		break;
	}
}

static int take_usb(struct stick *k)
{
	struct stick_usb_news news;
	int r;

	while ((r = stick_usb_next(k->usb, &news)) > 0)
		take_news(k, &news);
	return r;
}

static int plug(struct stick *k)
{
	int r = stick_usb_plug(k->usb);

	if (r == 0)
		device_say(&k->device, "plugged");
	return r;
}

static void pull(struct stick *k)
{
	stick_usb_pull(k->usb);
	device_say(&k->device, "pulled");
}

/* Return: 1: go on, 0: quit, or negative errno. */
static int take_commands(struct stick *k)
{
	char command[DEVICE_COMMAND_MAX];
	int r = 0;

	while (r == 0 && device_command(&k->device, command)) {
		if (strcmp(command, "quit") == 0)
			return 0;
		if (strcmp(command, "plug") == 0)
			r = plug(k);
		else if (strcmp(command, "pull") == 0)
			pull(k);
		else
			(void)stick_device_command(&k->s, command);
	}
	return r < 0 ? r : 1;
}

static void give(struct stick *k)
{
	if (stick_usb_ready(k->usb) && stick_ant_next(&k->s.ant, &k->giving))
		stick_usb_give(k->usb, k->giving.bytes, k->giving.len);
}

static int wait_for(struct stick *k, uint64_t until_us)
{
	struct pollfd fds[3] = {{.fd = k->device.commands, .events = POLLIN}};
	uint64_t now_us = device_now_us();
	uint64_t us = until_us > now_us ? until_us - now_us : 0;
	const struct timespec timeout = {.tv_sec = (time_t)(us / 1000000),
	                                 .tv_nsec =
	                                         (long)(us % 1000000) * 1000};
	int usb[2];

	stick_usb_fds(k->usb, usb);
	for (int i = 0; i < 2; i++)
		fds[1 + i] = (struct pollfd){.fd = usb[i], .events = POLLIN};
	return ppoll(fds, 3, &timeout, NULL) < 0 && errno != EINTR ? -errno : 0;
}

static int run(struct stick *k)
{
	uint64_t next_us;
	int r;

	while ((r = take_commands(k)) > 0) {
		r = take_usb(k);
		if (r >= 0)
			r = stick_device_step(&k->s, device_now_us(), &next_us);
		give(k);
		if (r >= 0)
			r = wait_for(k, next_us);
		if (r < 0)
			break;
	}
	return r;
}

/* --- its life ---------------------------------------------------------------
 */

static int wear(struct stick *k, const struct options *o,
                struct heart *hearts[2])
{
	int r = heart_create(&hearts[0], o->uri, o->epoch_us);

	if (r < 0)
		return r;
	stick_device_wear(&k->s, hearts[0], o->number, device_now_us());
	k->s.straps[0].hrm.old = o->old;
	k->s.straps[0].away = o->away;
	if (!o->neighbour)
		return 0;
	r = heart_create(&hearts[1], o->neighbour, o->epoch_us);
	if (r == 0)
		stick_device_wear(&k->s, hearts[1], o->neighbours,
		                  device_now_us());
	return r;
}

static int live(const struct options *o)
{
	struct heart *hearts[2] = {NULL, NULL};
	static struct stick k;
	int r = device_open(&k.device, o->folder, o->name);

	if (r < 0)
		return r;
	stick_device_begin(&k.s, &k.device);
	r = wear(&k, o, hearts);
	if (r == 0)
		r = stick_usb_create(&k.usb, o->gadget, o->product);
	if (r == 0 && !o->pulled)
		r = plug(&k);
	if (r == 0)
		r = run(&k);
	k.usb = stick_usb_destroy(k.usb);
	stick_device_end(&k.s);
	for (int i = 0; i < 2; i++)
		heart_destroy(hearts[i]);
	device_close(&k.device);
	return r;
}

/* N=URI */
static bool read_neighbour(struct options *o, const char *text)
{
	char *end;

	o->neighbours = (uint16_t)strtoul(text, &end, 10);
	o->neighbour = end + 1;
	return *end == '=';
}

static bool read_option(struct options *o, int c)
{
	if (c == 'e')
		o->epoch_us = strtoull(optarg, NULL, 10);
	else if (c == 'n')
		o->number = (uint16_t)strtoul(optarg, NULL, 10);
	else if (c == 'b')
		return read_neighbour(o, optarg);
	else if (c == 'p')
		o->product = (uint16_t)strtoul(optarg, NULL, 16);
	else if (c == 'o')
		o->old = true;
	else if (c == 'a')
		o->away = true;
	else if (c == 'u')
		o->pulled = true;
	else if (c == 'f')
		o->folder = optarg;
	else if (c == 'g')
		o->gadget = optarg;
	else
		return false;
	return true;
}

static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{"epoch", required_argument, NULL, 'e'},
		{"number", required_argument, NULL, 'n'},
		{"neighbour", required_argument, NULL, 'b'},
		{"product", required_argument, NULL, 'p'},
		{"old", no_argument, NULL, 'o'},
		{"away", no_argument, NULL, 'a'},
		{"pulled", no_argument, NULL, 'u'},
		{"folder", required_argument, NULL, 'f'},
		{"gadget", required_argument, NULL, 'g'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (!read_option(o, c))
			return -EINVAL;
	if (argc - optind != 2)
		return -EINVAL;
	o->name = argv[optind];
	o->uri = argv[optind + 1];
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = {.number = 12345,
	                    .product = 0x1008,
	                    .folder = "/run/lab",
	                    .gadget = "/dev/gadget",
	                    .epoch_us = device_now_us()};
	int r = read_options(argc, argv, &o);

	if (r < 0) {
		fputs("usage: stick NAME URI [--epoch T_US] [--number N] "
		      "[--neighbour N=URI] [--product 1008|1009] [--old] "
		      "[--away] [--pulled] [--folder FOLDER] "
		      "[--gadget FOLDER]\n",
		      stderr);
		return 2;
	}
	r = live(&o);
	if (r < 0)
		fprintf(stderr, "stick %s: %s\n", o.name, strerror(-r));
	return r < 0;
}
