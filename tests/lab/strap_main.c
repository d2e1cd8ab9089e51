/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A virtual Bluetooth strap on a controller of its own: strap NAME HCI_INDEX
 * URI [--epoch T_US] [--name SHOWN] [--folder FOLDER] [--claimed]. The
 * controller is taken from the kernel (its user channel): to be started before
 * bluetoothd, which then does not see it. `quit` ends it. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lab/strap_device.h"

#define MAKER "Lull Lab"

/* The kernel's words, without the headers of a library for three of them. */
#define PROTOCOL_HCI 1
#define CHANNEL_USER 1

struct hci_address {
	sa_family_t family;
	unsigned short device, channel;
};

struct options {
	const char *name, *uri, *shown, *folder;
	unsigned index;
	uint64_t epoch_us;
	bool claimed;
};

static int open_controller(unsigned index)
{
	const struct hci_address address = {AF_BLUETOOTH, (unsigned short)index,
	                                    CHANNEL_USER};
	int fd = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	                PROTOCOL_HCI);
	int r;

	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static int write_controller(void *data, const uint8_t *bytes, size_t len)
{
	const int *fd = data;

	return write(*fd, bytes, len) < 0 ? -errno : 0;
}

static int take_packets(struct strap_device *s, int fd)
{
	uint8_t bytes[1100];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		strap_device_take(s, bytes, (size_t)n, device_now_us());
	return n == 0 ? -ENODEV : errno == EAGAIN ? 0 : -errno;
}

/* Return: whether to go on. */
static bool take_commands(struct strap_device *s)
{
	char command[DEVICE_COMMAND_MAX];

	while (device_command(s->device, command)) {
		if (strcmp(command, "quit") == 0)
			return false;
		(void)strap_device_command(s, command, device_now_us());
	}
	return true;
}

static int wait_for(int controller, int commands, uint64_t until_us)
{
	struct pollfd fds[] = {{.fd = controller, .events = POLLIN},
	                       {.fd = commands, .events = POLLIN}};
	uint64_t now_us = device_now_us();
	uint64_t us = until_us > now_us ? until_us - now_us : 0;
	const struct timespec timeout = {.tv_sec = (time_t)(us / 1000000),
	                                 .tv_nsec =
	                                         (long)(us % 1000000) * 1000};

	if (ppoll(fds, 2, until_us == UINT64_MAX ? NULL : &timeout, NULL) < 0)
		return errno == EINTR ? 0 : -errno;
	return fds[0].revents & (POLLERR | POLLHUP) ? -ENODEV : 0;
}

static int run(struct strap_device *s, int controller)
{
	uint64_t next_us;
	int r;

	while (take_commands(s)) {
		r = take_packets(s, controller);
		if (r >= 0)
			r = strap_device_step(s, device_now_us(), &next_us);
		if (r >= 0)
			r = wait_for(controller, s->device->commands, next_us);
		if (r < 0)
			return r;
	}
	return 0;
}

static int live(const struct options *o)
{
	struct device device = {.commands = -1};
	struct strap_device s = {.device = &device, .shown_name = o->shown};
	int controller = -1, r;

	r = heart_create(&s.heart, o->uri, o->epoch_us);
	if (r >= 0)
		r = device_open(&device, o->folder, o->name);
	if (r >= 0)
		r = controller = open_controller(o->index);
	if (r >= 0) {
		s.write = write_controller;
		s.data = &controller;
		s.claimed = o->claimed;
		strap_device_begin(&s, MAKER);
		r = run(&s, controller);
	}
	if (controller >= 0)
		close(controller);
	device_close(&device);
	heart_destroy(s.heart);
	return r;
}

static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{"epoch", required_argument, NULL, 'e'},
		{"name", required_argument, NULL, 'n'},
		{"folder", required_argument, NULL, 'f'},
		{"claimed", no_argument, NULL, 'c'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 'e')
			o->epoch_us = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			o->shown = optarg;
		else if (c == 'f')
			o->folder = optarg;
		else if (c == 'c')
			o->claimed = true;
		else
			return -EINVAL;
	}
	if (argc - optind != 3)
		return -EINVAL;
	o->name = argv[optind];
	o->index = (unsigned)strtoul(argv[optind + 1], NULL, 10);
	o->uri = argv[optind + 2];
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = {.shown = "Lab HR",
	                    .folder = "/run/lab",
	                    .epoch_us = device_now_us()};
	int r = read_options(argc, argv, &o);

	if (r < 0) {
		fputs("usage: strap NAME HCI_INDEX URI [--epoch T_US] "
		      "[--name SHOWN] [--folder FOLDER] [--claimed]\n",
		      stderr);
		return 2;
	}
	r = live(&o);
	if (r < 0)
		fprintf(stderr, "strap %s: %s\n", o.name, strerror(-r));
	return r < 0;
}
