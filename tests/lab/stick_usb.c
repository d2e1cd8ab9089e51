/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lab/stick_usb.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usb/gadgetfs.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What a Dynastream stick says of itself (C.1). */
#define VENDOR  0x0fcf
#define IN      0x81
#define OUT     0x01
#define PACKET  64
#define MAX_MA  100
#define STRINGS 4

#define ENGLISH 0x0409

/* gadgetfs: what stands before the descriptors. */
#define TAG_DEVICE   0
#define TAG_ENDPOINT 1

/* How often a thread that waits in the kernel is told to come back. */
#define WAKE_NS 20000000

struct stick_usb {
	char folder[64];
	uint16_t product;
	int ep0; /* -1: not plugged in */

	/* while a host uses it: */
	bool linked, busy;
	int in, out; /* endpoints */
	int work[2]; /* to the sender: ours, its */
	int news[2]; /* from both threads: ours, theirs */
	pthread_t sender, receiver;
};

/* --- bytes ------------------------------------------------------------------
 */

static void *send_all(void *data)
{
	const struct stick_usb *u = data;
	const struct stick_usb_news gave = {.kind = STICK_USB_GAVE};
	uint8_t bytes[STICK_USB_BYTES];
	ssize_t n;

	while ((n = recv(u->work[1], bytes, sizeof(bytes), 0)) > 0) {
		if (write(u->in, bytes, (size_t)n) != n)
			break;
		if (send(u->news[1], &gave, sizeof(gave), MSG_NOSIGNAL) < 0)
			break;
	}
	return NULL;
}

static void *receive_all(void *data)
{
	const struct stick_usb *u = data;
	struct stick_usb_news came = {.kind = STICK_USB_CAME};
	ssize_t n;

	while ((n = read(u->out, came.bytes, sizeof(came.bytes))) >= 0) {
		came.len = (size_t)n;
		if (send(u->news[1], &came, sizeof(came), MSG_NOSIGNAL) < 0)
			break;
	}
	return NULL;
}

static void ignore(int signal)
{
	(void)signal;
}

static void end_thread(pthread_t thread)
{
	struct timespec until;

	do {
		pthread_kill(thread, SIGUSR1);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WAKE_NS;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
	} while (pthread_timedjoin_np(thread, NULL, &until) == ETIMEDOUT);
}

static void close_pair(int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static int open_endpoint(const struct stick_usb *u, const char *name,
                         uint8_t address)
{
	const struct usb_endpoint_descriptor d = {
		.bLength = USB_DT_ENDPOINT_SIZE,
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = address,
		.bmAttributes = USB_ENDPOINT_XFER_BULK,
		.wMaxPacketSize = PACKET,
		.bInterval = 1,
	};
	const uint32_t tag = TAG_ENDPOINT;
	uint8_t bytes[sizeof(tag) + USB_DT_ENDPOINT_SIZE];
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", u->folder, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	memcpy(bytes, &tag, sizeof(tag));
	memcpy(bytes + sizeof(tag), &d, USB_DT_ENDPOINT_SIZE);
	if (write(fd, bytes, sizeof(bytes)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

static void unlink_host(struct stick_usb *u)
{
	if (!u->linked)
		return;
	shutdown(u->work[0], SHUT_RDWR);
	shutdown(u->news[0], SHUT_RDWR);
	end_thread(u->sender);
	end_thread(u->receiver);
	close(u->in);
	close(u->out);
	close_pair(u->work);
	close_pair(u->news);
	u->linked = u->busy = false;
}

static int link_host(struct stick_usb *u)
{
	const int type = SOCK_SEQPACKET | SOCK_CLOEXEC;

	unlink_host(u);
	u->in = open_endpoint(u, "ep1in-bulk", IN);
	if (u->in < 0)
		return u->in;
	u->out = open_endpoint(u, "ep1out-bulk", OUT);
	if (u->out < 0)
		return u->out;
	if (socketpair(AF_UNIX, type, 0, u->work) < 0 ||
	    socketpair(AF_UNIX, type, 0, u->news) < 0)
		return -errno;
	if (pthread_create(&u->sender, NULL, send_all, u) != 0 ||
	    pthread_create(&u->receiver, NULL, receive_all, u) != 0)
		return -EAGAIN;
	u->linked = true;
	return 0;
}

/* --- the control endpoint ---------------------------------------------------
 */

static size_t fill_string(unsigned index, uint8_t *ret)
{
	static const char *const strings[STRINGS] = {
		NULL, "Dynastream Innovations", "ANT USB Stick", "123"};
	const char *text;
	size_t n;

	if (index == 0) {
		memcpy(ret,
		       (uint8_t[]){4, USB_DT_STRING, ENGLISH & 0xff,
		                   ENGLISH >> 8},
		       4);
		return 4;
	}
	if (index >= STRINGS)
		return 0;
	text = strings[index];
	n = strlen(text);
	for (size_t i = 0; i < n; i++) {
		ret[2 + 2 * i] = (uint8_t)text[i];
		ret[3 + 2 * i] = 0;
	}
	ret[0] = (uint8_t)(2 + 2 * n);
	ret[1] = USB_DT_STRING;
	return ret[0];
}

/* The wrong direction is how gadgetfs is told to refuse. */
static void refuse(const struct stick_usb *u, const struct usb_ctrlrequest *r)
{
	uint8_t none = 0;

	if (r->bRequestType & USB_DIR_IN)
		(void)!read(u->ep0, &none, 0);
	else
		(void)!write(u->ep0, &none, 0);
}

static void acknowledge(const struct stick_usb *u)
{
	uint8_t none;

	(void)!read(u->ep0, &none, 0);
}

static void answer(const struct stick_usb *u, const struct usb_ctrlrequest *r,
                   const uint8_t *bytes, size_t len)
{
	if (len > r->wLength)
		len = r->wLength;
	(void)!write(u->ep0, bytes, len);
}

/* Return: 1 and news, 0, or negative errno. */
static int set_up(struct stick_usb *u, const struct usb_ctrlrequest *request,
                  struct stick_usb_news *ret)
{
	uint8_t bytes[256] = {0};
	size_t len = 0;
	int r = 0;

	switch (request->bRequest) {
	case USB_REQ_GET_DESCRIPTOR:
		if (request->wValue >> 8 == USB_DT_STRING)
			len = fill_string(request->wValue & 0xff, bytes);
		break;
	case USB_REQ_GET_INTERFACE:
		len = 1;
		break;
	case USB_REQ_SET_INTERFACE:
		acknowledge(u);
		return 0;
	case USB_REQ_SET_CONFIGURATION:
		unlink_host(u);
		ret->kind = STICK_USB_RESET;
		if (request->wValue) {
			r = link_host(u);
			ret->kind = STICK_USB_CONFIGURED;
		}
		acknowledge(u);
		return r < 0 ? r : 1;
	default:
		break;
	}
	if (len > 0)
		answer(u, request, bytes, len);
	else
		refuse(u, request);
	return 0;
}

static int take_event(struct stick_usb *u, struct stick_usb_news *ret)
{
	struct usb_gadgetfs_event event;
	ssize_t n = read(u->ep0, &event, sizeof(event));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n < (ssize_t)sizeof(event))
		return 0;
	if (event.type == GADGETFS_SETUP)
		return set_up(u, &event.u.setup, ret);
	if (event.type != GADGETFS_DISCONNECT)
		return 0;
	unlink_host(u);
	ret->kind = STICK_USB_RESET;
	return 1;
}

/* --- the plug ---------------------------------------------------------------
 */

static size_t put(uint8_t *bytes, size_t at, const void *what, size_t len)
{
	memcpy(bytes + at, what, len);
	return at + len;
}

static size_t describe(const struct stick_usb *u, uint8_t *ret)
{
	const uint32_t tag = TAG_DEVICE;
	const struct usb_device_descriptor device = {
		.bLength = USB_DT_DEVICE_SIZE,
		.bDescriptorType = USB_DT_DEVICE,
		.bcdUSB = 0x0200,
		.bMaxPacketSize0 = PACKET,
		.idVendor = VENDOR,
		.idProduct = u->product,
		.bcdDevice = 0x0100,
		.iManufacturer = 1,
		.iProduct = 2,
		.iSerialNumber = 3,
		.bNumConfigurations = 1,
	};
	const struct usb_interface_descriptor interface = {
		.bLength = USB_DT_INTERFACE_SIZE,
		.bDescriptorType = USB_DT_INTERFACE,
		.bNumEndpoints = 2,
		.bInterfaceClass = USB_CLASS_VENDOR_SPEC,
		.iInterface = 2,
	};
	const uint8_t endpoints[2][USB_DT_ENDPOINT_SIZE] = {
		{USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, IN,
	         USB_ENDPOINT_XFER_BULK, PACKET, 0, 1},
		{USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, OUT,
	         USB_ENDPOINT_XFER_BULK, PACKET, 0, 1},
	};
	const struct usb_config_descriptor config = {
		.bLength = USB_DT_CONFIG_SIZE,
		.bDescriptorType = USB_DT_CONFIG,
		.wTotalLength = USB_DT_CONFIG_SIZE + USB_DT_INTERFACE_SIZE +
	                        sizeof(endpoints),
		.bNumInterfaces = 1,
		.bConfigurationValue = 1,
		.bmAttributes = USB_CONFIG_ATT_ONE,
		.bMaxPower = MAX_MA / 2,
	};
	size_t at = put(ret, 0, &tag, sizeof(tag));

	at = put(ret, at, &config, USB_DT_CONFIG_SIZE);
	at = put(ret, at, &interface, USB_DT_INTERFACE_SIZE);
	at = put(ret, at, endpoints, sizeof(endpoints));
	return put(ret, at, &device, USB_DT_DEVICE_SIZE);
}

int stick_usb_plug(struct stick_usb *u)
{
	uint8_t bytes[128];
	char path[128];
	int r;

	if (u->ep0 >= 0)
		return -EALREADY;
	snprintf(path, sizeof(path), "%s/dummy_udc", u->folder);
	u->ep0 = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (u->ep0 < 0)
		return -errno;
	if (write(u->ep0, bytes, describe(u, bytes)) >= 0)
		return 0;
	r = -errno;
	close(u->ep0);
	u->ep0 = -1;
	return r;
}

void stick_usb_pull(struct stick_usb *u)
{
	unlink_host(u);
	if (u->ep0 >= 0)
		close(u->ep0);
	u->ep0 = -1;
}

/* --- for the caller ---------------------------------------------------------
 */

int stick_usb_create(struct stick_usb **ret, const char *folder,
                     uint16_t product)
{
	const struct sigaction action = {.sa_handler = ignore};
	struct stick_usb *u = calloc(1, sizeof(*u));

	if (!u)
		return -ENOMEM;
	snprintf(u->folder, sizeof(u->folder), "%s", folder);
	u->product = product;
	u->ep0 = -1;
	sigaction(SIGUSR1, &action, NULL);
	*ret = u;
	return 0;
}

struct stick_usb *stick_usb_destroy(struct stick_usb *u)
{
	if (u)
		stick_usb_pull(u);
	free(u);
	return NULL;
}

bool stick_usb_ready(const struct stick_usb *u)
{
	return u->linked && !u->busy;
}

void stick_usb_give(struct stick_usb *u, const uint8_t *bytes, size_t len)
{
	assert(stick_usb_ready(u) && len > 0 && len <= STICK_USB_BYTES);
	u->busy = send(u->work[0], bytes, len, MSG_NOSIGNAL) >= 0;
}

void stick_usb_fds(const struct stick_usb *u, int ret[2])
{
	ret[0] = u->ep0;
	ret[1] = u->linked ? u->news[0] : -1;
}

int stick_usb_next(struct stick_usb *u, struct stick_usb_news *ret)
{
	*ret = (struct stick_usb_news){.len = 0};
	if (u->linked && recv(u->news[0], ret, sizeof(*ret), MSG_DONTWAIT) ==
	                         (ssize_t)sizeof(*ret)) {
		if (ret->kind == STICK_USB_GAVE)
			u->busy = false;
		return 1;
	}
	return u->ep0 >= 0 ? take_event(u, ret) : 0;
}
