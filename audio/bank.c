/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/bank.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int bank_create(struct bank **ret, size_t n, unsigned rate_hz)
{
	struct bank *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->fd = -1;
	b->clips = calloc(n ? n : 1, sizeof(*b->clips));
	if (!b->clips) {
		bank_destroy(b);
		return -ENOMEM;
	}
	b->n = n;
	b->rate_hz = rate_hz;
	*ret = b;
	return 0;
}

static size_t shared_size(size_t n)
{
	return sizeof(struct bank) + n * sizeof(struct clip);
}

static void destroy_file(struct bank *b)
{
	if (b->map)
		munmap(b->map, BANK_BYTES_MAX);
	if (b->fd >= 0)
		close(b->fd);
	munmap(b, shared_size(b->room));
}

static void *share(size_t size, int fd)
{
	int flags = MAP_SHARED | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int open_file(const char *folder)
{
	int fd = -1;

	if (folder)
		fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd >= 0 ? fd : memfd_create("lull-voices", MFD_CLOEXEC);
}

int bank_create_file(struct bank **ret, const char *folder, size_t n,
                     unsigned rate_hz)
{
	struct bank *b = share(shared_size(n), -1);
	int r = 0;

	if (!b)
		return -ENOMEM;
	b->clips = (struct clip *)(b + 1);
	b->room = b->n = n;
	b->rate_hz = rate_hz;
	b->fd = open_file(folder);
	if (b->fd >= 0)
		b->map = share(BANK_BYTES_MAX, b->fd);
	if (!b->map)
		r = b->fd < 0 ? -errno : -ENOMEM;
	if (r < 0) {
		destroy_file(b);
		return r;
	}
	*ret = b;
	return 0;
}

struct bank *bank_destroy(struct bank *b)
{
	if (!b)
		return NULL;
	if (b->map) {
		destroy_file(b);
		return NULL;
	}
	for (size_t i = 0; b->clips && i < b->n; i++)
		free(b->clips[i].samples);
	free(b->clips);
	free(b);
	return NULL;
}

static size_t length(const struct bank *b, size_t i)
{
	return b->clips[i].frames * sizeof(float);
}

static int write_whole(int fd, const void *from, size_t len, size_t offset)
{
	const char *bytes = from;

	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		bytes += n;
		offset += (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Each clip begins on a page, so that it can be held by itself. */
static int take_room(struct bank *b, size_t i, uint32_t frames)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = (frames * sizeof(float) + page - 1) / page * page;

	if (bytes > BANK_BYTES_MAX - b->bytes)
		return -ENOSPC;
	b->clips[i].offset = b->bytes;
	b->clips[i].frames = frames;
	b->bytes += bytes;
	return 0;
}

static int put_away(struct bank *b, size_t i, float *samples, uint32_t frames)
{
	size_t offset = b->bytes;
	int r;

	if (b->sealed)
		return -EBUSY;
	r = take_room(b, i, frames);
	if (r == 0)
		r = write_whole(b->fd, samples, length(b, i), offset);
	if (r < 0) {
		b->clips[i].frames = 0;
		b->bytes = offset;
		return r;
	}
	free(samples);
	return 0;
}

int bank_set(struct bank *b, size_t i, float *samples, uint32_t frames)
{
	if (i >= b->n)
		return -ERANGE;
	if (b->map)
		return put_away(b, i, samples, frames);
	if (b->clips[i].samples != samples)
		free(b->clips[i].samples);
	b->clips[i].samples = samples;
	b->clips[i].frames = samples ? frames : 0;
	return 0;
}

int bank_reserve(struct bank *b, size_t i, uint32_t frames, size_t line)
{
	int r;

	if (i >= b->n || !b->map || b->sealed || !frames)
		return -ERANGE;
	r = take_room(b, i, frames);
	if (r < 0)
		return r;
	b->clips[i].line = line;
	b->clips[i].awaited = true;
	return 0;
}

void bank_source(struct bank *b, bank_reader *read, void *data)
{
	b->read = read;
	b->read_data = data;
}

int bank_fetch(struct bank *b, size_t i, const struct enough *enough)
{
	struct clip *clip;
	int r;

	if (i >= b->n || !b->clips[i].awaited)
		return 0;
	if (!b->sealed || !b->read)
		return -ENODATA;
	clip = &b->clips[i];
	r = b->read(b->read_data, clip->line, clip->samples, clip->frames,
	            enough);
	clip->awaited = r == -ECANCELED;
	return r;
}

int bank_seal(struct bank *b, size_t n)
{
	if (n == 0)
		return -ENODATA;
	b->n = n;
	if (!b->map)
		return 0;
	/* the last clip's page is whole */
	if (ftruncate(b->fd, (off_t)b->bytes) < 0)
		return -errno;
	b->sealed = true;
	for (size_t i = 0; i < n; i++) {
		void *samples = b->map + b->clips[i].offset;

		if (b->clips[i].frames)
			b->clips[i].samples = samples;
	}
	return 0;
}

uint32_t bank_ms(const struct bank *b, size_t i)
{
	uint64_t ms;

	if (i >= b->n || !b->clips[i].frames || !b->rate_hz)
		return 0;
	ms = ((uint64_t)b->clips[i].frames * 1000 + b->rate_hz - 1) /
	     b->rate_hz;
	return ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

/* Where locking is not allowed, reading it in is the next best. */
void bank_hold(const struct bank *b, size_t i)
{
	if (!b->sealed || i >= b->n || !b->clips[i].frames)
		return;
	if (mlock(b->map + b->clips[i].offset, length(b, i)) < 0)
		(void)madvise(b->map + b->clips[i].offset, length(b, i),
		              MADV_POPULATE_READ);
}

void bank_let_go(const struct bank *b, size_t i)
{
	if (!b->sealed || i >= b->n || !b->clips[i].frames)
		return;
	(void)munlock(b->map + b->clips[i].offset, length(b, i));
	(void)madvise(b->map + b->clips[i].offset, length(b, i), MADV_DONTNEED);
}
