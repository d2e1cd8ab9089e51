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
#define BLOCK       (VOICE_CACHE_RATE_HZ / 10) /* what is read at a time */

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

static void comment_of(char *comment, const char *settings, size_t n,
                       uint64_t hash)
{
	snprintf(comment, COMMENT_MAX, "%s; %zu; %016" PRIx64, settings, n,
	         hash);
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

/* Samples of a file are left-justified in 32 bits. */
static void to_floats(float *to, const int *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (float)(pcm[i] >> 16) / FULL_SCALE;
}

static int read_blocks(SNDFILE *file, float *into, size_t n,
                       const struct enough *enough, uint64_t *ret_hash)
{
	int *pcm = malloc(BLOCK * sizeof(*pcm));
	int r = pcm ? 0 : -ENOMEM;
	size_t done = 0;

	*ret_hash = FNV_BASIS;
	while (r == 0 && done < n) {
		size_t block = n - done < BLOCK ? n - done : BLOCK;

		if (done && enough && enough->ask(enough->data))
			r = -ECANCELED;
		else if (sf_readf_int(file, pcm, (sf_count_t)block) !=
		         (sf_count_t)block)
			r = -ENOENT;
		if (r < 0)
			break;
		*ret_hash = fnv(*ret_hash, pcm, block * sizeof(*pcm));
		to_floats(into + done, pcm, block);
		done += block;
	}
	free(pcm);
	return r;
}

static int read_whole(SNDFILE *file, const char *settings, const char *text,
                      float *into, size_t n, const struct enough *enough)
{
	char comment[COMMENT_MAX];
	uint64_t hash;
	int r;

	if (!is_text(file, SF_STR_TITLE, text))
		return -ENOENT;
	r = read_blocks(file, into, n, enough, &hash);
	if (r < 0)
		return r;
	comment_of(comment, settings, n, hash);
	return is_text(file, SF_STR_COMMENT, comment) ? 0 : -ENOENT;
}

/* NULL: there is none. */
static SNDFILE *open_clip(const char *dir, const char *settings,
                          const char *text, size_t *ret_n)
{
	char path[PATH_MAX];
	SF_INFO info = {0};
	SNDFILE *file;

	if (path_of(path, dir, settings, text))
		return NULL;
	file = sf_open(path, SFM_READ, &info);
	if (file &&
	    (info.channels != 1 || info.samplerate != VOICE_CACHE_RATE_HZ ||
	     info.frames <= 0 || info.frames > FRAMES_MAX)) {
		sf_close(file);
		return NULL;
	}
	*ret_n = (size_t)info.frames;
	return file;
}

int voice_cache_load(const char *dir, const char *settings, const char *text,
                     float **ret, size_t *ret_n)
{
	size_t n;
	SNDFILE *file = open_clip(dir, settings, text, &n);
	float *x;
	int r;

	if (!file)
		return -ENOENT;
	x = malloc(n * sizeof(*x));
	r = x ? read_whole(file, settings, text, x, n, NULL) : -ENOMEM;
	sf_close(file);
	if (r < 0) {
		free(x);
		return r;
	}
	*ret = x;
	*ret_n = n;
	return 0;
}

int voice_cache_fill(const char *dir, const char *settings, const char *text,
                     float *into, size_t n, const struct enough *enough)
{
	size_t have;
	SNDFILE *file = open_clip(dir, settings, text, &have);
	int r = -ENOENT;

	if (!file)
		return r;
	if (have == n)
		r = read_whole(file, settings, text, into, n, enough);
	sf_close(file);
	return r;
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
	double most = 1.0; /* packed as small as can be: it is done once */
	char comment[COMMENT_MAX];
	bool good;

	if (!file)
		return -EIO;
	sf_command(file, SFC_SET_COMPRESSION_LEVEL, &most, sizeof(most));
	comment_of(comment, settings, n, fnv(FNV_BASIS, pcm, n * sizeof(*pcm)));
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
