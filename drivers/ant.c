/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "drivers/ant_radio.h"
#include "drivers/ant_usb.h"

#define DEVICE_MAX 0xfffff

/* How long a stick may take to open. */
#define CHECK_MS 3000

struct ant {
	struct ant_port *port;
	struct ant_radio radio;
	sd_event_source *news, *timer;
};

static uint64_t mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int step(struct ant *a)
{
	uint64_t next_us = ant_radio_step(&a->radio, mono_us());

	return sd_event_source_set_time(a->timer, next_us);
}

static int on_news(sd_event_source *source, int fd, uint32_t events, void *data)
{
	struct ant *a = data;
	struct ant_port_news news;

	(void)source;
	(void)fd;
	(void)events;
	while (a->port->ops->next(a->port, &news) > 0)
		ant_radio_news(&a->radio, &news);
	return step(a);
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
	struct ant *a = data;
	int r;

	(void)usec;
	r = step(a);
	return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ON);
}

/* Return: 0 for an address of none, which is any. */
static int parse_address(const char *address, uint32_t *ret)
{
	uint32_t device = 0;

	for (const char *at = address; *at; at++) {
		if (*at < '0' || *at > '9')
			return -EINVAL;
		device = device * 10 + (uint32_t)(*at - '0');
		if (device > DEVICE_MAX)
			return -EINVAL;
	}
	if (*address && device == 0)
		return -EINVAL;
	*ret = device;
	return 0;
}

int ant_open_port(struct sensor *s, uint32_t device, struct ant_port *port)
{
	struct ant *a = calloc(1, sizeof(*a));
	int r;

	if (!a) {
		port->ops->close(port);
		return -ENOMEM;
	}
	s->data = a;
	a->port = port;
	ant_radio_init(&a->radio, port, &s->listener, s->context.ant_key,
	               device);
	r = sd_event_add_io(s->context.event, &a->news, port->ops->fd(port),
	                    EPOLLIN, on_news, a);
	if (r >= 0)
		r = sd_event_add_time(s->context.event, &a->timer,
		                      CLOCK_MONOTONIC, UINT64_MAX, 1000,
		                      on_time, a);
	if (r >= 0)
		r = sd_event_source_set_enabled(a->timer, SD_EVENT_ON);
	return r < 0 ? r : 0;
}

static int ant_open(struct sensor *s, const char *address)
{
	struct ant_port *port = NULL;
	uint32_t device;
	int r = parse_address(address, &device);

	if (r == 0 && !s->context.event)
		r = -EOPNOTSUPP;
	if (r == 0 && !s->context.ant_key)
		r = -ENOKEY;
	if (r == 0)
		r = ant_usb_create(&port);
	return port ? ant_open_port(s, device, port) : r;
}

static void ant_close(struct sensor *s)
{
	struct ant *a = s->data;

	if (!a)
		return;
	sd_event_source_disable_unref(a->news);
	sd_event_source_disable_unref(a->timer);
	ant_radio_finish(&a->radio);
	a->port->ops->close(a->port);
	free(a);
	s->data = NULL;
}

static int ant_scan(struct sensor *s)
{
	struct ant *a = s->data;

	ant_radio_scan(&a->radio, mono_us());
	return step(a);
}

static const struct {
	int error;
	const char *text;
} words[] = {
	{-ENOKEY, "there is no ANT+ network key: become an ANT+ Adopter (free, "
                  "thisisant.com), then write ant_network_key: \"16 "
                  "hexadecimal digits\" into config.yaml"},
	{-ENODEV, "no ANT+ stick is plugged in: plug it in"},
	{-EACCES, "the ANT+ stick may not be used, its udev rule is missing: "
                  "sudo make install, then plug the stick in anew"},
	{-EBUSY, "the ANT+ stick is used by another program: close that"},
	{-EIO, "the ANT+ stick does not answer: plug it in anew"},
	{-ECONNRESET, "the ANT+ stick started anew: if that goes on, plug it "
                      "in elsewhere"},
	{-EPROTO, "the ANT+ stick refuses what it is told: try another one"},
	{-ENOTUNIQ,
         "several straps are on the air: choose yours with --sensor"},
	{-ENOMSG,
         "no strap is heard: put it on, wet it, see that its number "
         "is right; else ant_network_key in config.yaml is wrong, which a "
         "stick does not say"},
	{-EOPNOTSUPP, "this strap calculates its beats and does not measure "
                      "them: use another"},
};

const char *ant_words(int error)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].error == error)
			return words[i].text;
	return NULL;
}

int ant_check(const char *address, const uint8_t *key)
{
	struct ant_port_news news;
	struct ant_port *port = NULL;
	struct pollfd ready;
	uint32_t device;
	int r = parse_address(address, &device);

	if (r == 0 && !key)
		r = -ENOKEY;
	if (r == 0)
		r = ant_usb_create(&port);
	if (!port)
		return r;
	ready = (struct pollfd){port->ops->fd(port), POLLIN, 0};
	r = -EIO;
	while (poll(&ready, 1, CHECK_MS) > 0)
		if (port->ops->next(port, &news) > 0 &&
		    news.kind != ANT_PORT_BYTES_CAME) {
			r = news.kind == ANT_PORT_OPENED ? 0 : news.error;
			break;
		}
	port->ops->close(port);
	return r;
}

const struct sensor_driver ant_driver = {
	.name = "ant",
	.open = ant_open,
	.close = ant_close,
	.scan = ant_scan,
};
