/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pictures FOLDER: a minute of each pacer voice as FOLDER/NAME.svg: its
 * spectrogram, its level, and where one breathes in and out.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/helpers/cue.h"
#include "tests/helpers/ear.h"

#define BEGIN_S    10 /* the pacer has come in */
#define LENGTH_S   60
#define PERIOD_S   10
#define INHALE_S   4

#define FFT        4096
#define COLUMNS    300
#define ROWS       64
#define LOW_HZ     90.0
#define HIGH_HZ    9000.0
#define SHADES     24
#define DARK_DB    (-65.0) /* below the loudest of all */

#define CELL_X     3
#define CELL_Y     5
#define LEFT       50
#define TOP        50
#define WIDE       (COLUMNS * CELL_X)
#define HIGH       (ROWS * CELL_Y)
#define LEVEL_TOP  (TOP + HIGH + 20)
#define LEVEL_HIGH 80
#define LEVEL_DB   40.0 /* from its foot to its head */

struct picture {
	double db[COLUMNS][ROWS], level_db[COLUMNS];
	double loudest_db, loudest_level_db;
};

static double row_hz(double row)
{
	return LOW_HZ * pow(HIGH_HZ / LOW_HZ, row / ROWS);
}

/* Power of what falls between two frequencies, of a bin at least. */
static double between_db(const double *power, double from_hz, double to_hz)
{
	double bin_hz = (double)EAR_RATE_HZ / FFT, sum = 0.0;
	size_t from = (size_t)(from_hz / bin_hz + 0.5);
	size_t to = (size_t)(to_hz / bin_hz + 0.5);

	for (size_t i = from; i < to || i == from; i++)
		sum += power[i];
	return 10.0 * log10(sum + 1e-12);
}

static void look(const float *sound, struct picture *p)
{
	double power[FFT / 2], column_s = (double)LENGTH_S / COLUMNS;

	p->loudest_db = p->loudest_level_db = -300.0;
	for (int x = 0; x < COLUMNS; x++) {
		double t_s = BEGIN_S + column_s * x;

		ear_spectrum(sound + 2 * (size_t)(t_s * EAR_RATE_HZ), FFT,
		             power);
		p->level_db[x] = ear_rms_db(sound, t_s, t_s + column_s);
		p->loudest_level_db = fmax(p->loudest_level_db, p->level_db[x]);
		for (int y = 0; y < ROWS; y++) {
			p->db[x][y] =
				between_db(power, row_hz(y), row_hz(y + 1));
			p->loudest_db = fmax(p->loudest_db, p->db[x][y]);
		}
	}
}

static int shade_of(const struct picture *p, int x, int y)
{
	double up = 1.0 - (p->db[x][y] - p->loudest_db) / DARK_DB;

	return up <= 0.0 ? 0 : (int)(up * (SHADES - 1) + 0.5);
}

/* One path a shade, of runs of cells. */
static void draw_cells(FILE *f, const struct picture *p)
{
	for (int shade = 1; shade < SHADES; shade++) {
		int light = 255 * shade / (SHADES - 1);

		fprintf(f, "<path fill=\"rgb(%d,%d,%d)\" d=\"", light,
		        light * light / 255,
		        60 + (light > 60) * (light - 60) / 3);
		for (int y = 0; y < ROWS; y++)
			for (int x = 0, n; x < COLUMNS; x += n) {
				for (n = 0; x + n < COLUMNS &&
				            shade_of(p, x + n, y) == shade;)
					n++;
				if (n)
					fprintf(f, "M%d,%dh%dv%dh%dz",
					        LEFT + x * CELL_X,
					        TOP + HIGH - (y + 1) * CELL_Y,
					        n * CELL_X, CELL_Y,
					        -n * CELL_X);
				else
					n = 1;
			}
		fputs("\"/>\n", f);
	}
}

static void draw_hz(FILE *f)
{
	static const int marks[] = {100, 200, 500, 1000, 2000, 5000};

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		fprintf(f,
		        "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%d Hz"
		        "</text>\n",
		        LEFT - 4,
		        TOP + HIGH -
		                HIGH * log(marks[i] / LOW_HZ) /
		                        log(HIGH_HZ / LOW_HZ) +
		                4,
		        marks[i]);
}

static void draw_phase(FILE *f, double from_s, double to_s, const char *name,
                       const char *colour)
{
	double x = LEFT + WIDE * from_s / LENGTH_S;
	double wide = WIDE * (to_s - from_s) / LENGTH_S;

	fprintf(f,
	        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"16\" "
	        "fill=\"%s\"/>\n"
	        "<path stroke=\"%s\" d=\"M%.1f,%dV%d\"/>\n"
	        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
	        x, TOP - 18, wide, colour, colour, x, TOP - 18,
	        LEVEL_TOP + LEVEL_HIGH, x + wide / 2, TOP - 6, name);
}

static void draw_level(FILE *f, const struct picture *p)
{
	fputs("<path fill=\"none\" stroke=\"black\" d=\"", f);
	for (int x = 0; x < COLUMNS; x++) {
		double down = p->loudest_level_db - p->level_db[x];

		fprintf(f, "%c%d,%.1f", x ? 'L' : 'M', LEFT + x * CELL_X,
		        LEVEL_TOP + LEVEL_HIGH * fmin(down / LEVEL_DB, 1.0));
	}
	fprintf(f,
	        "\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">level"
	        "</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">-%.0f dB"
	        "</text>\n",
	        LEFT - 4, LEVEL_TOP + 8, LEFT - 4, LEVEL_TOP + LEVEL_HIGH,
	        LEVEL_DB);
}

static void draw(FILE *f, const char *name, const struct picture *p)
{
	fprintf(f,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	        "height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n"
	        "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
	        "<text x=\"%d\" y=\"20\" font-size=\"14\">%s: a minute at %d "
	        "breaths a minute</text>\n"
	        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	        "fill=\"rgb(0,0,60)\"/>\n",
	        LEFT + WIDE + 20, LEVEL_TOP + LEVEL_HIGH + 20, LEFT, name,
	        60 / PERIOD_S, LEFT, TOP, WIDE, HIGH);
	draw_cells(f, p);
	for (int t = 0; t < LENGTH_S; t += PERIOD_S) {
		draw_phase(f, t, t + INHALE_S, "in", "#f2b134");
		draw_phase(f, t + INHALE_S, t + PERIOD_S, "out", "#9ec5e8");
	}
	draw_hz(f);
	draw_level(f, p);
	fputs("</svg>\n", f);
}

static int make(const char *folder, enum sound_pacer voice)
{
	struct sound_scene scene = {.pacer = voice, .bed = SOUND_BED_NONE};
	struct mixer *m = cue_mixer(&scene, NULL, NULL);
	static struct picture picture;
	char path[4096];
	float *sound;
	FILE *f;

	cue_breath(m, 0, PERIOD_S); /* INHALE_S of it in */
	sound = ear_render(m, BEGIN_S + LENGTH_S + 1);
	look(sound, &picture);
	free(sound);
	mixer_destroy(m);
	snprintf(path, sizeof(path), "%s/%s.svg", folder,
	         sound_pacer_name(voice));
	f = fopen(path, "we");
	if (!f) {
		fprintf(stderr, "pictures: %s: %s\n", path, strerror(errno));
		return 1;
	}
	draw(f, sound_pacer_name(voice), &picture);
	if (fclose(f) != 0)
		return 1;
	printf("%s\n", path);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: pictures FOLDER\n");
		return 2;
	}
	for (int v = 0; v < SOUND_PACER_SILENT; v++)
		status |= make(argv[1], (enum sound_pacer)v);
	return status;
}
