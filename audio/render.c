/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/render.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "audio/flush.h"
#include "audio/loudness.h"
#include "audio/oggserial.h"

#define BLOCK      2048 /* frames: 16 KiB, within any first-level cache */
#define TEMP_TRIES 100
#define OGG_SERIAL 0x6c756c6cu /* "lull" */

/* RIFF sizes are 32 bit; room for the headers is left. */
#define WAV_FRAMES_MAX ((UINT64_C(0xffffffff) - 4096) / (2 * sizeof(float)))

struct render {
	SNDFILE *file;
	int fd;
	int error; /* the file's first */
	int format;
	char *path, *temp; /* temp: NULL once moved away */
	struct mixer *mixer;
	unsigned rate_hz;
	uint64_t frame; /* next to write */
	uint64_t until; /* asked for */
	uint64_t ahead; /* frames held back until then */
	struct loudness loudness;
	float block[2 * BLOCK];
};

/* --- the file, so that its errors come through as they are ---------------- */

static sf_count_t file_length(void *data)
{
	const struct render *r = data;
	off_t at = lseek(r->fd, 0, SEEK_CUR), end;

	end = lseek(r->fd, 0, SEEK_END);
	lseek(r->fd, at, SEEK_SET);
	return end;
}

static sf_count_t file_seek(sf_count_t offset, int whence, void *data)
{
	const struct render *r = data;

	return lseek(r->fd, offset, whence);
}

static sf_count_t file_tell(void *data)
{
	const struct render *r = data;

	return lseek(r->fd, 0, SEEK_CUR);
}

static sf_count_t file_read(void *to, sf_count_t count, void *data)
{
	const struct render *r = data;
	ssize_t n = read(r->fd, to, (size_t)count);

	return n < 0 ? 0 : n;
}

static sf_count_t file_write(const void *from, sf_count_t count, void *data)
{
	struct render *r = data;
	const char *p = from;
	sf_count_t done = 0;

	while (done < count && !r->error) {
		ssize_t n = write(r->fd, p + done, (size_t)(count - done));

		if (n >= 0)
			done += n;
		else if (errno != EINTR)
			r->error = -errno;
	}
	return done;
}

static SF_VIRTUAL_IO file_io = {
	.get_filelen = file_length,
	.seek = file_seek,
	.read = file_read,
	.write = file_write,
	.tell = file_tell,
};

/* --- what is written ------------------------------------------------------ */

static int format_of(const char *path)
{
	static const struct {
		const char *ending;
		int format;
	} formats[] = {
		{".wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
		{".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
		{".ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
	};
	const char *ending = strrchr(path, '.');

	for (size_t i = 0; ending && i < sizeof(formats) / sizeof(*formats);
	     i++)
		if (strcasecmp(ending, formats[i].ending) == 0)
			return formats[i].format;
	return 0;
}

/* mkstemp() would give 0600; this is a file like any other that the person
 * asked for, so their umask decides. */
static int open_temp(struct render *r)
{
	size_t room = strlen(r->path) + 32;

	r->temp = malloc(room);
	if (!r->temp)
		return -ENOMEM;
	for (int i = 0; i < TEMP_TRIES; i++) {
		snprintf(r->temp, room, "%s.%ld-%d.part", r->path,
		         (long)getpid(), i);
		r->fd = open(r->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
		             0666);
		if (r->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	r->error = -errno;
	free(r->temp);
	r->temp = NULL;
	return r->error;
}

static int open_file(struct render *r, unsigned rate_hz)
{
	SF_INFO info = {
		.samplerate = (int)rate_hz, .channels = 2, .format = r->format};
	int error = open_temp(r);

	if (error)
		return error;
	r->file = sf_open_virtual(&file_io, SFM_WRITE, &info, r);
	if (!r->file)
		return r->error ? r->error : -EINVAL;
	/* the PEAK chunk holds the time of day */
	sf_command(r->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
	return 0;
}

int render_create(struct render **ret, const char *path, struct mixer *mixer,
                  unsigned rate_hz)
{
	int format = format_of(path), error;
	struct render *r;

	if (!format)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->fd = -1;
	r->format = format;
	r->mixer = mixer;
	r->rate_hz = rate_hz;
	loudness_init(&r->loudness);
	r->frame = r->until = mixer_frame(mixer);
	r->ahead = (uint64_t)rate_hz * MIXER_AHEAD_US / 1000000;
	r->path = strdup(path);
	error = r->path ? open_file(r, rate_hz) : -ENOMEM;
	if (error) {
		render_destroy(r);
		return error;
	}
	*ret = r;
	return 0;
}

static int fail(struct render *r, int error)
{
	if (!r->error)
		r->error = error;
	return r->error;
}

static void write_until(struct render *r, uint64_t frame)
{
	uint64_t modes = flush_on();

	while (r->frame < frame && !r->error) {
		sf_count_t n = BLOCK;

		if (frame - r->frame < BLOCK)
			n = (sf_count_t)(frame - r->frame);
		mixer_prepare(r->mixer);
		mixer_render(r->mixer, r->block, (size_t)n);
		loudness_add(&r->loudness, r->block, (size_t)n);
		if (sf_writef_float(r->file, r->block, n) != n)
			fail(r, -EIO);
		r->frame += (uint64_t)n;
	}
	flush_restore(modes);
}

double render_lufs(const struct render *r)
{
	return r->rate_hz == LOUDNESS_RATE_HZ ? loudness_lufs(&r->loudness)
	                                      : (double)NAN;
}

int render_until(struct render *r, uint64_t frame)
{
	if (r->error)
		return r->error;
	if ((r->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV &&
	    frame > WAV_FRAMES_MAX)
		return fail(r, -EFBIG);
	if (frame > r->until)
		r->until = frame;
	if (r->until > r->ahead)
		write_until(r, r->until - r->ahead);
	return r->error;
}

int render_finish(struct render *r)
{
	write_until(r, r->until);
	if (sf_close(r->file))
		fail(r, -EIO);
	r->file = NULL;
	if (!r->error && (r->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG) {
		int error = oggserial_set(r->fd, OGG_SERIAL);

		if (error)
			fail(r, error);
	}
	if (close(r->fd) < 0)
		fail(r, -errno);
	r->fd = -1;
	if (!r->error && rename(r->temp, r->path) < 0)
		fail(r, -errno);
	if (!r->error) {
		free(r->temp);
		r->temp = NULL;
	}
	return r->error;
}

struct render *render_destroy(struct render *r)
{
	if (!r)
		return NULL;
	if (r->file)
		sf_close(r->file);
	if (r->fd >= 0)
		close(r->fd);
	if (r->temp)
		unlink(r->temp);
	free(r->temp);
	free(r->path);
	free(r);
	return NULL;
}
