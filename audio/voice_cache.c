/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/voice_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/voice.h"

#define FRAMES_MAX  (600 * VOICE_CACHE_RATE_HZ) /* nobody speaks for longer */
#define FULL_SCALE  32768.0f
#define COMMENT_MAX 256

/* Source: Fowler, Noll, Vo: FNV-1a, 64 bit (draft-eastlake-fnv). The second
 * half of a name starts elsewhere. */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)
#define FNV_OTHER UINT64_C(0x6c756c6c2d636c69)

static uint64_t fnv(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * FNV_PRIME;
	return hash;
}

uint64_t voice_cache_hash(const char *text)
{
	return fnv(FNV_BASIS, text, strlen(text));
}

static uint64_t hash_of(uint64_t basis, const char *settings, const char *text)
{
	/* with its NUL, so that no two pairs run together */
	return fnv(fnv(basis, settings, strlen(settings) + 1), text,
	           strlen(text));
}

static int path_of(char *path, const char *dir, const char *settings,
                   const char *text)
{
	int n = snprintf(path, PATH_MAX, "%s/%016" PRIx64 "%016" PRIx64 ".flac",
	                 dir, hash_of(FNV_BASIS, settings, text),
	                 hash_of(FNV_OTHER, settings, text));

	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static void comment_of(char *comment, const char *settings, const int *pcm,
                       size_t n)
{
	snprintf(comment, COMMENT_MAX, "%s; %zu; %016" PRIx64, settings, n,
	         fnv(FNV_BASIS, pcm, n * sizeof(*pcm)));
}

int voice_cache_folder(const char *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s", dir) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static bool is_text(SNDFILE *file, int which, const char *text)
{
	const char *got = sf_get_string(file, which);

	return got && strcmp(got, text) == 0;
}

/* The samples of a file that opened, left-justified in 32 bits. */
static int *read_pcm(SNDFILE *file, const SF_INFO *info, const char *settings,
                     const char *text)
{
	char comment[COMMENT_MAX];
	size_t n = (size_t)info->frames;
	int *pcm;

	if (info->channels != 1 || info->samplerate != VOICE_CACHE_RATE_HZ ||
	    info->frames <= 0 || info->frames > FRAMES_MAX)
		return NULL;
	pcm = malloc(n * sizeof(*pcm));
	if (!pcm)
		return NULL;
	if (sf_readf_int(file, pcm, info->frames) == info->frames &&
	    is_text(file, SF_STR_TITLE, text)) {
		comment_of(comment, settings, pcm, n);
		if (is_text(file, SF_STR_COMMENT, comment))
			return pcm;
	}
	free(pcm);
	return NULL;
}

int voice_cache_load(const char *dir, const char *settings, const char *text,
                     float **ret, size_t *ret_n)
{
	char path[PATH_MAX];
	SF_INFO info = {0};
	SNDFILE *file;
	float *x;
	int *pcm;

	if (path_of(path, dir, settings, text))
		return -ENOENT;
	file = sf_open(path, SFM_READ, &info);
	if (!file)
		return -ENOENT;
	pcm = read_pcm(file, &info, settings, text);
	sf_close(file);
	if (!pcm)
		return -ENOENT;
	x = malloc((size_t)info.frames * sizeof(*x));
	for (sf_count_t i = 0; x && i < info.frames; i++)
		x[i] = (float)(pcm[i] >> 16) / FULL_SCALE;
	free(pcm);
	if (!x)
		return -ENOMEM;
	*ret = x;
	*ret_n = (size_t)info.frames;
	return 0;
}

/* The first block of a FLAC file is its STREAMINFO: rate in 20 bits, channels
 * in 3, bits in 5, samples in 36, from its byte 10 on.
 * Source: RFC 9639, 8.1 and 8.2. */
#define INFO_AT  8
#define INFO_END 42

static uint64_t frames_of(const unsigned char head[INFO_END])
{
	static const unsigned char begin[] = {'f', 'L', 'a', 'C'};
	const unsigned char *at = head + INFO_AT + 10;
	uint64_t packed = 0;

	if (memcmp(head, begin, sizeof(begin)) != 0 || (head[4] & 0x7f) != 0)
		return 0;
	for (int i = 0; i < 8; i++)
		packed = packed << 8 | at[i];
	if (packed >> 44 != VOICE_CACHE_RATE_HZ || (packed >> 41 & 7) != 0)
		return 0;
	return packed & 0xfffffffff;
}

int voice_cache_look(const char *dir, const char *settings, const char *text,
                     uint32_t *ret_frames)
{
	unsigned char head[INFO_END];
	char path[PATH_MAX];
	uint64_t frames = 0;
	int fd;

	if (path_of(path, dir, settings, text))
		return -ENOENT;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -ENOENT;
	if (pread(fd, head, sizeof(head), 0) == sizeof(head))
		frames = frames_of(head);
	/* a disk that sleeps must not be what a word waits for */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED);
	close(fd);
	if (!frames || frames > FRAMES_MAX)
		return -ENOENT;
	*ret_frames = (uint32_t)frames;
	return 0;
}

static int write_pcm(int fd, const char *settings, const char *text,
                     const int *pcm, size_t n)
{
	SF_INFO info = {.samplerate = VOICE_CACHE_RATE_HZ,
	                .channels = 1,
	                .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
	SNDFILE *file = sf_open_fd(fd, SFM_WRITE, &info, SF_FALSE);
	char comment[COMMENT_MAX];
	bool good;

	if (!file)
		return -EIO;
	comment_of(comment, settings, pcm, n);
	good = !sf_set_string(file, SF_STR_TITLE, text) &&
	       !sf_set_string(file, SF_STR_COMMENT, comment) &&
	       sf_writef_int(file, pcm, (sf_count_t)n) == (sf_count_t)n;
	if (sf_close(file))
		good = false;
	return good ? 0 : -EIO;
}

static int store_pcm(const char *dir, const char *settings, const char *text,
                     const int *pcm, size_t n)
{
	char path[PATH_MAX], temp[PATH_MAX];
	int fd, error = path_of(path, dir, settings, text);

	if (error || snprintf(temp, sizeof(temp), "%s/.clip-XXXXXX", dir) >=
	                     (int)sizeof(temp))
		return -ENAMETOOLONG;
	fd = mkostemp(temp, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return -errno;
	error = write_pcm(fd, settings, text, pcm, n);
	if (close(fd) < 0 && !error)
		error = -errno;
	if (!error && rename(temp, path) < 0)
		error = -errno;
	if (error)
		unlink(temp);
	return error;
}

int voice_cache_store(const char *dir, const char *settings, const char *text,
                      const float *x, size_t n)
{
	int *pcm, error;

	if (n > FRAMES_MAX)
		return -EFBIG;
	pcm = malloc(n * sizeof(*pcm));
	if (!pcm)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int)lrintf(x[i] * FULL_SCALE) * 65536;
	error = store_pcm(dir, settings, text, pcm, n);
	free(pcm);
	return error;
}

uint64_t voice_cache_size(const char *dir, const char *settings,
                          const char *text)
{
	char path[PATH_MAX];
	struct stat st;

	if (path_of(path, dir, settings, text) || stat(path, &st) < 0)
		return 0;
	return (uint64_t)st.st_size;
}
