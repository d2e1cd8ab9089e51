/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <portaudio.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LAST_S 3 /* to go, once it is asked to; then it is killed */

/* --- the child ------------------------------------------------------------ */

/* Die quietly: no core file, no handler of the parent's. */
static void settle_signals(void)
{
	static const int deadly[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE,
	                             SIGALRM, SIGTERM, SIGHUP};
	const struct rlimit none = {0, 0};
	sigset_t empty;

	for (size_t i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		signal(deadly[i], SIG_DFL);
	/* Ctrl-C reaches all of a terminal: the parent decides */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	setrlimit(RLIMIT_CORE, &none);
}

/* Return: where @fd is now; all others are closed, 0 to 2 lead nowhere. */
static int settle_files(int fd)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; null >= 0 && i <= 2; i++)
		dup2(null, i);
	if (fd != 3)
		fd = dup2(fd, 3);
	close_range(4, ~0u, 0);
	return fd;
}

__attribute__((noreturn)) static void be_child(int fd, backend_body *body,
                                               void *data, _Atomic int *error)
{
	int e = 0;

	settle_signals();
	fd = settle_files(fd);
	atomic_store(error, -ENODEV); /* should Pa_Initialize() abort */
	if (fd < 0 || Pa_Initialize() != paNoError)
		_exit(1);
	atomic_store(error, 0);
	e = body(data, fd);
	if (e)
		atomic_store(error, e);
	alarm(LAST_S);
	Pa_Terminate();
	_exit(e ? 1 : 0);
}

bool backend_asked(int fd, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, wait_ms) > 0;
}

bool backend_told(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

/* --- the parent ----------------------------------------------------------- */

int backend_start(struct backend *b, backend_body *body, void *data,
                  _Atomic int *error)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	b->pid = fork();
	if (b->pid == 0)
		be_child(fds[1], body, data, error);
	close(fds[1]);
	if (b->pid < 0) {
		int e = -errno;

		close(fds[0]);
		b->pid = 0;
		return e;
	}
	b->fd = fds[0];
	return 0;
}

/* One that is gone hears nothing, and is found so. */
void backend_tell(const struct backend *b)
{
	(void)send(b->fd, "", 1, MSG_NOSIGNAL);
}

static void forget(struct backend *b)
{
	close(b->fd);
	*b = (struct backend){.fd = -1};
}

bool backend_alive(struct backend *b)
{
	pid_t r;

	if (!b->pid)
		return false;
	r = waitpid(b->pid, NULL, WNOHANG);
	if (r == 0 || (r < 0 && errno == EINTR))
		return true;
	forget(b);
	return false;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

void backend_end(struct backend *b, uint64_t wait_us)
{
	const struct timespec ms = {.tv_nsec = 1000000};
	uint64_t began_us = now_us();

	if (!b->pid)
		return;
	shutdown(b->fd, SHUT_RDWR);
	while (backend_alive(b)) {
		if (now_us() - began_us < wait_us) {
			nanosleep(&ms, NULL);
			continue;
		}
		kill(b->pid, SIGKILL);
		while (waitpid(b->pid, NULL, 0) < 0 && errno == EINTR)
			;
		forget(b);
	}
}
