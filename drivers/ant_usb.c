/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drivers/ant_usb.h"

#include <errno.h>
#include <libusb-1.0/libusb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "drivers/ant_link.h"

/* C.1 */
#define VENDOR        0x0fcf
#define PRODUCT_USB2  0x1008
#define PRODUCT_USB_M 0x1009
#define CONFIGURATION 1
#define INTERFACE     0
#define WRITE_MS      200 /* at least 125 */
#define CLOSING_US    125000
#define RETRY_US      UINT64_C(2000000)
#define IDLE_US       UINT64_C(60000000)

/* Reads refused in a row: it does not mend. */
#define STALLS_MAX 8

/* Reads that wait at any time, each of more than any packet can hold. */
#define READS      2
#define READ_BYTES 1024

/* Of the news, the last are kept for a stick that comes or goes. */
#define NEWS       128
#define NEWS_STICK 8
#define WRITES     16
#define WRITE_MAX  ANT_PORT_BYTES

struct ant_usb {
	struct ant_port port;
	libusb_context *context;
	pthread_t thread;
	int fd;

	pthread_mutex_t lock; /* of these: */
	struct ant_port_news news[NEWS];
	size_t news_at, n_news;
	struct {
		size_t len;
		uint8_t bytes[WRITE_MAX];
	} writes[WRITES];
	size_t n_writes;
	bool renew, stop;

	/* the thread's own: */
	libusb_hotplug_callback_handle hotplug;
	bool hotplugs; /* libusb tells what is plugged in */
	bool look;     /* for a stick, now */
	bool retry;    /* and in a while */
	int told;      /* the error that was told last; 0: it is open */
	libusb_device_handle *stick;
	uint8_t in, out; /* endpoints */
	struct libusb_transfer *reads[READS];
	uint8_t buffers[READS][READ_BYTES];
	bool waits[READS];
	bool stalled;
	unsigned stalls; /* in a row */
	int broken;
	struct ant_link link;
	uint64_t quiet_us; /* the stick may be busy with a write until then */
};

/* The one place where libusb's codes become errno. */
static int errno_of(int r)
{
	switch (r) {
	case LIBUSB_SUCCESS:
		return 0;
	case LIBUSB_ERROR_ACCESS:
		return -EACCES;
	case LIBUSB_ERROR_BUSY:
		return -EBUSY;
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND:
		return -ENODEV;
	case LIBUSB_ERROR_NO_MEM:
		return -ENOMEM;
	case LIBUSB_ERROR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

static uint64_t mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- between the threads --------------------------------------------------
 */

static void tell(struct ant_usb *u, enum ant_port_kind kind, int error,
                 const uint8_t *bytes, size_t len)
{
	struct ant_port_news *n;
	size_t room = kind == ANT_PORT_BYTES_CAME ? NEWS - NEWS_STICK : NEWS;

	pthread_mutex_lock(&u->lock);
	if (u->n_news < room)
		u->n_news++;
	else if (kind == ANT_PORT_BYTES_CAME)
		goto out; /* nobody listens: the beat counter tells later */
	/* else the last one gives way: what is true now counts */
	n = &u->news[(u->news_at + u->n_news - 1) % NEWS];
	*n = (struct ant_port_news){
		.t_us = mono_us(), .kind = kind, .error = error, .len = len};
	if (len > 0)
		memcpy(n->bytes, bytes, len);
	(void)eventfd_write(u->fd, 1);
out:
	pthread_mutex_unlock(&u->lock);
}

static int usb_fd(struct ant_port *p)
{
	return ((struct ant_usb *)p)->fd;
}

static int usb_next(struct ant_port *p, struct ant_port_news *ret)
{
	struct ant_usb *u = (struct ant_usb *)p;
	eventfd_t count;
	int r = 0;

	pthread_mutex_lock(&u->lock);
	if (u->n_news > 0) {
		*ret = u->news[u->news_at];
		u->news_at = (u->news_at + 1) % NEWS;
		u->n_news--;
		r = 1;
	} else {
		(void)eventfd_read(u->fd, &count);
	}
	pthread_mutex_unlock(&u->lock);
	return r;
}

static int usb_write(struct ant_port *p, const uint8_t *bytes, size_t len)
{
	struct ant_usb *u = (struct ant_usb *)p;
	int r = 0;

	if (len > WRITE_MAX)
		return -EMSGSIZE;
	pthread_mutex_lock(&u->lock);
	if (u->n_writes < WRITES) {
		u->writes[u->n_writes].len = len;
		memcpy(u->writes[u->n_writes++].bytes, bytes, len);
	} else {
		r = -EAGAIN;
	}
	pthread_mutex_unlock(&u->lock);
	libusb_interrupt_event_handler(u->context);
	return r;
}

static void usb_renew(struct ant_port *p)
{
	struct ant_usb *u = (struct ant_usb *)p;

	pthread_mutex_lock(&u->lock);
	u->renew = true;
	u->n_writes = 0;
	pthread_mutex_unlock(&u->lock);
	libusb_interrupt_event_handler(u->context);
}

static bool asked_for(struct ant_usb *u, bool *flag)
{
	bool asked;

	pthread_mutex_lock(&u->lock);
	asked = *flag;
	pthread_mutex_unlock(&u->lock);
	return asked;
}

/* --- reading and writing --------------------------------------------------
 */

static void read_again(struct ant_usb *u, size_t i)
{
	int r = libusb_submit_transfer(u->reads[i]);

	u->waits[i] = r == 0;
	if (r < 0)
		u->broken = errno_of(r);
}

/* A channel that was told to close says when it has. */
static void listen_for_end(struct ant_usb *u, const uint8_t *at, size_t left)
{
	struct ant_link_message m;

	while (ant_link_next(&u->link, &at, &left, &m))
		if (m.id == ANT_RESPONSE && m.len >= 3 && m.data[1] == 1 &&
		    m.data[2] == ANT_EVENT_CLOSED)
			u->quiet_us = 0;
}

static void on_read(struct libusb_transfer *t)
{
	struct ant_usb *u = t->user_data;
	size_t i = t == u->reads[0] ? 0 : 1, some;

	u->waits[i] = false;
	switch (t->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		u->stalls = 0;
		listen_for_end(u, t->buffer, (size_t)t->actual_length);
		for (int at = 0; at < t->actual_length; at += (int)some) {
			some = (size_t)(t->actual_length - at);
			if (some > ANT_PORT_BYTES)
				some = ANT_PORT_BYTES;
			tell(u, ANT_PORT_BYTES_CAME, 0, t->buffer + at, some);
		}
		break;
	case LIBUSB_TRANSFER_STALL: /* cleared outside of this call-back */
		u->stalled = true;
		if (++u->stalls == STALLS_MAX)
			u->broken = -EIO;
		return;
	case LIBUSB_TRANSFER_CANCELLED:
		return;
	case LIBUSB_TRANSFER_ERROR: /* what an unplugged stick says first */
	case LIBUSB_TRANSFER_NO_DEVICE:
		u->broken = -ENODEV;
		return;
	case LIBUSB_TRANSFER_TIMED_OUT:
	case LIBUSB_TRANSFER_OVERFLOW: /* lost bytes: the framing finds on */
		break;
	}
	if (u->stick && !u->broken)
		read_again(u, i);
}

static void unstall(struct ant_usb *u)
{
	u->stalled = false;
	(void)libusb_clear_halt(u->stick, u->in);
	for (size_t i = 0; i < READS; i++)
		if (!u->waits[i] && !u->broken)
			read_again(u, i);
}

static void write_one(struct ant_usb *u, uint8_t *bytes, size_t len)
{
	int done, r;

	/* before: the answer may come while this waits */
	u->quiet_us = mono_us() + CLOSING_US;
	r = libusb_bulk_transfer(u->stick, u->out, bytes, (int)len, &done,
	                         WRITE_MS);
	if (r == LIBUSB_ERROR_PIPE) {
		(void)libusb_clear_halt(u->stick, u->out);
		r = libusb_bulk_transfer(u->stick, u->out, bytes, (int)len,
		                         &done, WRITE_MS);
	}
	if (r == LIBUSB_ERROR_NO_DEVICE || r == LIBUSB_ERROR_IO)
		u->broken = -ENODEV;
}

/* What cannot be sent is not answered, and that is what the other end sees. */
static void write_all(struct ant_usb *u)
{
	uint8_t bytes[WRITE_MAX];
	size_t len;

	do {
		len = 0;
		pthread_mutex_lock(&u->lock);
		if (u->n_writes > 0) {
			len = u->writes[0].len;
			memcpy(bytes, u->writes[0].bytes, len);
			u->n_writes--;
			memmove(u->writes, u->writes + 1,
			        u->n_writes * sizeof(u->writes[0]));
		}
		pthread_mutex_unlock(&u->lock);
		if (len > 0 && u->stick && !u->broken)
			write_one(u, bytes, len);
	} while (len > 0);
}

/* --- the stick ------------------------------------------------------------
 */

static void handle_events(struct ant_usb *u, uint64_t us)
{
	struct timeval wait = {.tv_sec = (time_t)(us / 1000000),
	                       .tv_usec = (suseconds_t)(us % 1000000)};

	(void)libusb_handle_events_timeout_completed(u->context, &wait, NULL);
}

static int find_endpoints(struct ant_usb *u, libusb_device *device)
{
	const struct libusb_interface_descriptor *d;
	struct libusb_config_descriptor *config;
	int r = libusb_get_active_config_descriptor(device, &config);

	if (r < 0)
		return errno_of(r);
	u->in = u->out = 0;
	if (config->bNumInterfaces > INTERFACE &&
	    config->interface[INTERFACE].num_altsetting > 0) {
		d = &config->interface[INTERFACE].altsetting[0];
		for (uint8_t i = 0; i < d->bNumEndpoints; i++) {
			uint8_t at = d->endpoint[i].bEndpointAddress;

			if ((d->endpoint[i].bmAttributes &
			     LIBUSB_TRANSFER_TYPE_MASK) !=
			    LIBUSB_TRANSFER_TYPE_BULK)
				continue;
			if (at & LIBUSB_ENDPOINT_IN)
				u->in = at;
			else
				u->out = at;
		}
	}
	libusb_free_config_descriptor(config);
	return u->in && u->out ? 0 : -EIO;
}

static int claim(libusb_device_handle *stick)
{
	int configuration = 0, r;

	/* Setting it again can be refused while the kernel's driver has it. */
	r = libusb_get_configuration(stick, &configuration);
	if (r == 0 && configuration != CONFIGURATION)
		r = libusb_set_configuration(stick, CONFIGURATION);
	if (r < 0)
		return errno_of(r);
	/* Releasing the interface gives the kernel's driver back. */
	(void)libusb_set_auto_detach_kernel_driver(stick, 1);
	r = libusb_claim_interface(stick, INTERFACE);
	if (r == LIBUSB_ERROR_OTHER || r == LIBUSB_ERROR_NOT_SUPPORTED) {
		/* A system that cannot take a driver off may have none on. */
		(void)libusb_set_auto_detach_kernel_driver(stick, 0);
		r = libusb_claim_interface(stick, INTERFACE);
	}
	return errno_of(r);
}

static void start_reading(struct ant_usb *u)
{
	(void)libusb_clear_halt(u->stick, u->in);
	(void)libusb_clear_halt(u->stick, u->out);
	u->broken = 0;
	u->stalled = false;
	u->stalls = 0;
	u->quiet_us = 0;
	u->link = (struct ant_link){.n = 0};
	for (size_t i = 0; i < READS && !u->broken; i++) {
		libusb_fill_bulk_transfer(u->reads[i], u->stick, u->in,
		                          u->buffers[i], READ_BYTES, on_read, u,
		                          0);
		read_again(u, i);
	}
}

static int open_one(struct ant_usb *u, libusb_device *device)
{
	libusb_device_handle *stick;
	int r = libusb_open(device, &stick);

	if (r < 0)
		return errno_of(r);
	r = claim(stick);
	if (r == 0) {
		r = find_endpoints(u, device);
		if (r == 0) {
			u->stick = stick;
			start_reading(u);
			return 0;
		}
		(void)libusb_release_interface(stick, INTERFACE);
	}
	libusb_close(stick);
	return r;
}

static bool is_stick(libusb_device *device)
{
	struct libusb_device_descriptor d;

	return libusb_get_device_descriptor(device, &d) == 0 &&
	       d.idVendor == VENDOR &&
	       (d.idProduct == PRODUCT_USB2 || d.idProduct == PRODUCT_USB_M);
}

static void look_for_stick(struct ant_usb *u)
{
	libusb_device **list;
	ssize_t n = libusb_get_device_list(u->context, &list);
	int r = n < 0 ? errno_of((int)n) : -ENODEV;

	u->look = false;
	for (ssize_t i = 0; i < n && !u->stick; i++)
		if (is_stick(list[i]))
			r = open_one(u, list[i]);
	if (n >= 0)
		libusb_free_device_list(list, 1);
	u->retry = r < 0 && (r != -ENODEV || !u->hotplugs);
	if (r == 0)
		tell(u, ANT_PORT_OPENED, 0, NULL, 0);
	else if (r != u->told)
		tell(u, ANT_PORT_GONE, r, NULL, 0);
	u->told = r;
}

static bool any_waits(const struct ant_usb *u)
{
	for (size_t i = 0; i < READS; i++)
		if (u->waits[i])
			return true;
	return false;
}

static void close_stick(struct ant_usb *u, bool reset)
{
	libusb_device_handle *stick = u->stick;
	uint64_t until_us = mono_us() + 1000000;

	u->stick = NULL; /* nothing is read again */
	for (size_t i = 0; i < READS; i++)
		if (u->waits[i])
			(void)libusb_cancel_transfer(u->reads[i]);
	while (any_waits(u) && mono_us() < until_us)
		handle_events(u, 100000);
	if (reset)
		(void)libusb_reset_device(stick);
	(void)libusb_release_interface(stick, INTERFACE);
	libusb_close(stick);
	memset(u->waits, 0, sizeof(u->waits));
}

static int LIBUSB_CALL on_hotplug(libusb_context *context,
                                  libusb_device *device,
                                  libusb_hotplug_event event, void *data)
{
	struct ant_usb *u = data;

	(void)context;
	if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED)
		u->look = true;
	else if (u->stick && libusb_get_device(u->stick) == device)
		u->broken = -ENODEV;
	return 0;
}

/* --- the thread -----------------------------------------------------------
 */

static void tend(struct ant_usb *u)
{
	bool renew = asked_for(u, &u->renew);

	if (renew) {
		pthread_mutex_lock(&u->lock);
		u->renew = false;
		pthread_mutex_unlock(&u->lock);
	}
	if (u->stick && u->broken) {
		close_stick(u, false);
		u->told = u->broken;
		tell(u, ANT_PORT_GONE, u->broken, NULL, 0);
		u->retry = true; /* it may be there all the same */
	} else if (u->stick && renew) {
		close_stick(u, true);
		u->look = true;
	}
	if (!u->stick && u->look)
		look_for_stick(u);
	if (u->stick && u->stalled)
		unstall(u);
	write_all(u);
}

static void *run(void *data)
{
	struct ant_usb *u = data;
	uint64_t look_us = 0, now_us;

	u->look = true;
	while (!asked_for(u, &u->stop)) {
		tend(u);
		if (u->stick && (u->broken || u->stalled))
			continue;
		if (u->retry && look_us == 0)
			look_us = mono_us() + RETRY_US;
		handle_events(u, u->retry ? RETRY_US : IDLE_US);
		if (u->retry && mono_us() >= look_us)
			u->look = true;
		if (!u->retry || u->look)
			look_us = 0;
	}
	if (u->stick) {
		write_all(u);
		while (!u->broken && (now_us = mono_us()) < u->quiet_us)
			handle_events(u, u->quiet_us - now_us);
		close_stick(u, false);
	}
	return NULL;
}

static void destroy(struct ant_usb *u)
{
	if (u->hotplugs)
		libusb_hotplug_deregister_callback(u->context, u->hotplug);
	for (size_t i = 0; i < READS; i++)
		libusb_free_transfer(u->reads[i]);
	if (u->context)
		libusb_exit(u->context);
	if (u->fd >= 0)
		close(u->fd);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

static struct ant_port *usb_close(struct ant_port *p)
{
	struct ant_usb *u = (struct ant_usb *)p;

	pthread_mutex_lock(&u->lock);
	u->stop = true;
	pthread_mutex_unlock(&u->lock);
	libusb_interrupt_event_handler(u->context);
	pthread_join(u->thread, NULL);
	destroy(u);
	return NULL;
}

static const struct ant_port_ops ops = {
	.fd = usb_fd,
	.next = usb_next,
	.write = usb_write,
	.renew = usb_renew,
	.close = usb_close,
};

static int set_up(struct ant_usb *u)
{
	const int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED |
	                   LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
	int r;

	u->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (u->fd < 0)
		return -errno;
	r = libusb_init(&u->context);
	if (r < 0)
		return errno_of(r);
	for (size_t i = 0; i < READS; i++) {
		u->reads[i] = libusb_alloc_transfer(0);
		if (!u->reads[i])
			return -ENOMEM;
	}
	/* Without it sticks are looked for every two seconds. */
	u->hotplugs =
		libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) &&
		libusb_hotplug_register_callback(
			u->context, events, 0, VENDOR, LIBUSB_HOTPLUG_MATCH_ANY,
			LIBUSB_HOTPLUG_MATCH_ANY, on_hotplug, u,
			&u->hotplug) == 0;
	return 0;
}

/* Signals are the loop's. */
static int start_thread(struct ant_usb *u)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&u->thread, NULL, run, u);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}

int ant_usb_create(struct ant_port **ret)
{
	struct ant_usb *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return -ENOMEM;
	u->port.ops = &ops;
	u->fd = -1;
	pthread_mutex_init(&u->lock, NULL);
	r = set_up(u);
	if (r == 0)
		r = start_thread(u);
	if (r < 0) {
		destroy(u);
		return r;
	}
	*ret = &u->port;
	return 0;
}
