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

int bank_create_file(struct bank **ret, const char *folder, size_t n,
                     unsigned rate_hz)
{
	struct bank *b;
	int r = bank_create(&b, n, rate_hz);

	if (r < 0)
		return r;
	if (folder)
		b->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (b->fd < 0)
		b->fd = memfd_create("lull-voices", MFD_CLOEXEC);
	if (b->fd < 0) {
		r = -errno;
		bank_destroy(b);
		return r;
	}
	*ret = b;
	return 0;
}

struct bank *bank_destroy(struct bank *b)
{
	if (!b)
		return NULL;
	for (size_t i = 0; b->clips && b->fd < 0 && i < b->n; i++)
		free(b->clips[i].samples);
	if (b->map)
		munmap(b->map, b->bytes);
	if (b->fd >= 0)
		close(b->fd);
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
static void take_room(struct bank *b, size_t i, uint32_t frames)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	b->clips[i].offset = b->bytes;
	b->clips[i].frames = frames;
	b->bytes += (length(b, i) + page - 1) / page * page;
}

static int put_away(struct bank *b, size_t i, float *samples, uint32_t frames)
{
	int r;

	if (b->map)
		return -EBUSY;
	r = write_whole(b->fd, samples, frames * sizeof(*samples), b->bytes);
	if (r < 0)
		return r;
	take_room(b, i, frames);
	free(samples);
	return 0;
}

int bank_set(struct bank *b, size_t i, float *samples, uint32_t frames)
{
	if (i >= b->n)
		return -ERANGE;
	if (b->fd >= 0)
		return put_away(b, i, samples, frames);
	if (b->clips[i].samples != samples)
		free(b->clips[i].samples);
	b->clips[i].samples = samples;
	b->clips[i].frames = samples ? frames : 0;
	return 0;
}

int bank_reserve(struct bank *b, size_t i, uint32_t frames, size_t line)
{
	if (i >= b->n || b->fd < 0 || b->map || !frames)
		return -ERANGE;
	take_room(b, i, frames);
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
	if (!b->map || !b->read)
		return -ENODATA;
	clip = &b->clips[i];
	r = b->read(b->read_data, clip->line, clip->samples, clip->frames,
	            enough);
	clip->awaited = r == -ECANCELED;
	return r;
}

int bank_seal(struct bank *b, size_t n)
{
	void *map;

	if (n == 0)
		return -ENODATA;
	b->n = n;
	if (b->fd < 0)
		return 0;
	/* the last clip's page is whole */
	if (ftruncate(b->fd, (off_t)b->bytes) < 0)
		return -errno;
	map = mmap(NULL, b->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd,
	           0);
	if (map == MAP_FAILED)
		return -errno;
	b->map = map;
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
	if (!b->map || i >= b->n || !b->clips[i].frames)
		return;
	if (mlock(b->map + b->clips[i].offset, length(b, i)) < 0)
		(void)madvise(b->map + b->clips[i].offset, length(b, i),
		              MADV_POPULATE_READ);
}

void bank_let_go(const struct bank *b, size_t i)
{
	if (!b->map || i >= b->n || !b->clips[i].frames)
		return;
	(void)munlock(b->map + b->clips[i].offset, length(b, i));
	(void)madvise(b->map + b->clips[i].offset, length(b, i), MADV_DONTNEED);
}
