/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audio/music_file.h"

#include <ebur128.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/dsp.h"
#include "audio/music.h"

#define CHANNELS_MAX 32
#define RATE_MIN     4000
#define RATE_MAX     768000
#define SHORTEST_S   1.0
#define PIECES       12
#define PIECE_S      10.0
#define BLOCK        2048
#define LOUDEST      8.0f /* +18 dBFS: beyond it is damage, no music */

/* Two readers of one file: while one plays its end, the other begins. */
struct reader {
	SNDFILE *file;
	sf_count_t at;
};

struct music_file {
	SF_INFO info;
	struct reader now, next;
	sf_count_t frames; /* that can be read */
	sf_count_t cross;
	float *raw; /* BLOCK frames of all channels */
	float piece[2 * BLOCK];
};

/* --- opening -------------------------------------------------------------- */

static int open_reader(struct reader *r, const char *path, SF_INFO *info)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (S_ISDIR(st.st_mode))
		error = -EISDIR;
	else if (!S_ISREG(st.st_mode)) /* a pipe would block */
		error = -EBADMSG;
	if (error) {
		close(fd);
		return error;
	}
	*info = (SF_INFO){0};
	r->file = sf_open_fd(fd, SFM_READ, info, SF_TRUE);
	return r->file ? 0 : -EBADMSG; /* the descriptor is closed either way */
}

static bool plays(const SF_INFO *info)
{
	return info->channels >= 1 && info->channels <= CHANNELS_MAX &&
	       info->samplerate >= RATE_MIN && info->samplerate <= RATE_MAX &&
	       info->seekable && info->frames > 0;
}

static bool can_read(struct music_file *f, sf_count_t at)
{
	return sf_seek(f->now.file, at, SEEK_SET) == at &&
	       sf_readf_float(f->now.file, f->raw, 1) == 1;
}

/* A file that was cut off promises more than it holds, and once a seek has
 * failed in one it is of no more use: opened again, it is read through. */
static int count_frames(struct music_file *f, const char *path)
{
	sf_count_t got;
	SF_INFO info;
	int error;

	f->frames = f->info.frames;
	if (can_read(f, f->frames - 1))
		return sf_seek(f->now.file, 0, SEEK_SET) == 0 ? 0 : -EBADMSG;
	sf_close(f->now.file);
	error = open_reader(&f->now, path, &info);
	if (error)
		return error;
	f->frames = 0;
	while ((got = sf_readf_float(f->now.file, f->raw, BLOCK)) > 0)
		f->frames += got;
	sf_close(f->now.file);
	return open_reader(&f->now, path, &info);
}

static int measure_length(struct music_file *f, const char *path)
{
	int error;

	f->raw = malloc((size_t)f->info.channels * BLOCK * sizeof(*f->raw));
	if (!f->raw)
		return -ENOMEM;
	error = count_frames(f, path);
	if (error)
		return error;
	if ((double)f->frames < SHORTEST_S * f->info.samplerate)
		return -ENODATA;
	f->cross = (sf_count_t)(MUSIC_CROSS_S * f->info.samplerate);
	if (f->cross > f->frames / 4)
		f->cross = f->frames / 4;
	return 0;
}

int music_file_open(struct music_file **ret, const char *path)
{
	struct music_file *f = calloc(1, sizeof(*f));
	SF_INFO again;
	int error;

	if (!f)
		return -ENOMEM;
	error = open_reader(&f->now, path, &f->info);
	if (!error)
		error = open_reader(&f->next, path, &again);
	if (!error && !plays(&f->info))
		error = -EBADMSG;
	if (!error)
		error = measure_length(f, path);
	if (error) {
		music_file_close(f);
		return error;
	}
	*ret = f;
	return 0;
}

struct music_file *music_file_close(struct music_file *f)
{
	if (!f)
		return NULL;
	if (f->now.file)
		sf_close(f->now.file);
	if (f->next.file)
		sf_close(f->next.file);
	free(f->raw);
	free(f);
	return NULL;
}

unsigned music_file_rate_hz(const struct music_file *f)
{
	return (unsigned)f->info.samplerate;
}

/* --- reading -------------------------------------------------------------- */

static float sane(float x)
{
	return isfinite(x) ? fminf(fmaxf(x, -LOUDEST), LOUDEST) : 0.0f;
}

/* Front left and right as they are; of what is beyond, even channels belong to
 * the left and odd ones to the right, 3 dB lower. */
static void to_stereo(const float *in, int channels, float *out, size_t n)
{
	for (size_t i = 0; i < n; i++, in += channels) {
		float side[2] = {in[0], in[channels > 1]};

		for (int c = 2; c < channels; c++)
			side[c & 1] += (float)M_SQRT1_2 * in[c];
		out[2 * i] = sane(side[0]);
		out[2 * i + 1] = sane(side[1]);
	}
}

/* What cannot be read is silent: a bad block is no reason to stop. */
static void take(struct music_file *f, struct reader *r, float *out, size_t n)
{
	sf_count_t got = sf_readf_float(r->file, f->raw, (sf_count_t)n);

	if (got < 0)
		got = 0;
	to_stereo(f->raw, f->info.channels, out, (size_t)got);
	memset(out + 2 * got, 0, 2 * (n - (size_t)got) * sizeof(*out));
	r->at += (sf_count_t)n;
}

/* Equal power: the end and the begin have nothing to do with each other. */
static void cross(struct music_file *f, float *out, size_t n)
{
	sf_count_t at = f->now.at - (f->frames - f->cross);

	take(f, &f->now, out, n);
	take(f, &f->next, f->piece, n);
	for (size_t i = 0; i < n; i++) {
		double t = (double)(at + (sf_count_t)i) / (double)f->cross;
		float rise = (float)sin(0.25 * DSP_TAU * t);
		float fall = (float)cos(0.25 * DSP_TAU * t);

		for (size_t k = 2 * i; k < 2 * i + 2; k++)
			out[k] = fall * out[k] + rise * f->piece[k];
	}
}

static void swap(struct music_file *f)
{
	struct reader old = f->now;

	f->now = f->next;
	f->next = old;
	f->next.at = 0;
	sf_seek(f->next.file, 0, SEEK_SET);
}

static size_t at_most(size_t n, sf_count_t left)
{
	if (n > BLOCK)
		n = BLOCK;
	return (sf_count_t)n < left ? n : (size_t)left;
}

void music_file_read(struct music_file *f, float *stereo, size_t n)
{
	while (n) {
		sf_count_t alone = f->frames - f->cross - f->now.at;
		size_t part =
			at_most(n, alone > 0 ? alone : f->frames - f->now.at);

		if (alone > 0)
			take(f, &f->now, stereo, part);
		else
			cross(f, stereo, part);
		if (f->now.at == f->frames)
			swap(f);
		stereo += 2 * part;
		n -= part;
	}
}

/* --- how loud ------------------------------------------------------------- */

static int add_piece(struct music_file *f, ebur128_state *e, sf_count_t at,
                     sf_count_t frames)
{
	if (sf_seek(f->now.file, at, SEEK_SET) != at)
		return 0;
	while (frames > 0) {
		size_t part = at_most(BLOCK, frames);

		take(f, &f->now, f->piece, part);
		if (ebur128_add_frames_float(e, f->piece, part))
			return -ENOMEM;
		frames -= (sf_count_t)part;
	}
	return 0;
}

static int add_pieces(struct music_file *f, ebur128_state *e)
{
	sf_count_t piece = (sf_count_t)(PIECE_S * f->info.samplerate);
	int error = 0;

	if (f->frames <= PIECES * piece)
		return add_piece(f, e, 0, f->frames);
	for (int i = 0; i < PIECES && !error; i++)
		error = add_piece(f, e, (f->frames - piece) / (PIECES - 1) * i,
		                  piece);
	return error;
}

int music_file_lufs(struct music_file *f, double *ret)
{
	ebur128_state *e = ebur128_init(2, (unsigned long)f->info.samplerate,
	                                EBUR128_MODE_I);
	double lufs = -HUGE_VAL;
	int error;

	if (!e)
		return -ENOMEM;
	error = add_pieces(f, e);
	if (!error && ebur128_loudness_global(e, &lufs))
		error = -ENOMEM;
	ebur128_destroy(&e);
	f->now.at = 0;
	if (!error && sf_seek(f->now.file, 0, SEEK_SET) != 0)
		error = -EBADMSG;
	if (error)
		return error;
	if (!isfinite(lufs))
		return -ENODATA;
	*ret = lufs;
	return 0;
}
