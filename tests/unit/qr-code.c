/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Draws the codes from what the module returns, and lets another program decode them. */
#include "habla-test.h"

#include <stdio.h>
#include <string.h>
#include <util/qr-code.h>

#define LINK "https://192.0.2.7:8443/?room=physics&listen=1#code=ABCDEFGH"
#define SCALE 4

typedef struct {
  int width; /* in modules, with the margin */
  gboolean dark[200][200];
} Picture;

/* Reads the rectangles of the document, of which the first is the white ground. */
static void
read_svg (const char *svg, Picture *picture)
{
  const char *path;
  int left, top, width, height;

  memset (picture, 0, sizeof *picture);
  g_assert_cmpint (
      sscanf (strstr (svg, "viewBox"), "viewBox=\"%d %d %d %d\"", &left, &top, &width, &height), ==,
      4);
  g_assert_cmpint (width, ==, height);
  picture->width = width;
  path = strstr (svg, "d=\"M-4");
  g_assert_nonnull (path);
  for (path = strstr (path + 3, "d=\"") + 3; *path == 'M'; path = strchr (path, 'z') + 1) {
    int x, y, length;

    g_assert_cmpint (sscanf (path, "M%d %dh%dv1h-%*dz", &x, &y, &length), ==, 3);
    while (length-- > 0)
      picture->dark[y - top][x++ - left] = TRUE;
  }
}

static void
read_terminal (const char *text, Picture *picture)
{
  static const char *const blocks[] = { " ", "▄", "▀", "█" };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  memset (picture, 0, sizeof *picture);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    int x = 0;

    for (const char *c = strchr (lines[i], 'm') + 1; *c != '\033'; c = g_utf8_next_char (c), x++) {
      guint block = 0;

      while (strncmp (c, blocks[block], strlen (blocks[block])) != 0)
        block++;
      picture->dark[2 * i][x] = (block & 2) != 0;
      picture->dark[2 * i + 1][x] = (block & 1) != 0;
    }
    picture->width = x;
  }
}

/* Returns: (nullable): what zbarimg reads; %NULL if it is not installed */
static char *
decode (const Picture *picture)
{
  g_autofree char *program = g_find_program_in_path ("zbarimg");
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "code.pgm", NULL);
  const char *argv[] = { program, "--quiet", "--raw", "--nodbus", path, NULL };
  GString *file = g_string_new (NULL);
  char *output = NULL;
  int status;

  if (program == NULL) {
    g_string_free (file, TRUE);
    return NULL;
  }
  g_string_append_printf (file, "P5 %d %d 255\n", picture->width * SCALE, picture->width * SCALE);
  for (int y = 0; y < picture->width * SCALE; y++)
    for (int x = 0; x < picture->width * SCALE; x++)
      g_string_append_c (file, picture->dark[y / SCALE][x / SCALE] ? 0 : (char) 255);
  g_assert_true (g_file_set_contents (path, file->str, file->len, NULL));
  g_string_free (file, TRUE);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
      &output, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  return g_strchomp (output);
}

static void
test_svg (void)
{
  g_autofree char *svg = habla_qr_code_to_svg (LINK);
  g_autofree char *text = NULL;
  Picture picture;

  if (svg == NULL) {
    g_test_skip ("built without libqrencode");
    return;
  }
  g_assert_true (g_str_has_prefix (svg, "<svg xmlns="));
  read_svg (svg, &picture);
  text = decode (&picture);
  if (text == NULL)
    g_test_skip ("zbarimg is not installed");
  else
    g_assert_cmpstr (text, ==, LINK);
}

/* The same modules as in the SVG document. */
static void
test_terminal (void)
{
  g_autofree char *svg = habla_qr_code_to_svg (LINK);
  g_autofree char *text = habla_qr_code_to_terminal (LINK);
  Picture from_svg, from_terminal;

  if (svg == NULL) {
    g_test_skip ("built without libqrencode");
    return;
  }
  g_assert_true (g_utf8_validate (text, -1, NULL));
  read_svg (svg, &from_svg);
  read_terminal (text, &from_terminal);
  g_assert_cmpmem (&from_svg, sizeof from_svg, &from_terminal, sizeof from_terminal);
}

static void
test_bounds (void)
{
  g_autofree char *longest = g_strnfill (1000, 'x');
  g_autofree char *longer = g_strnfill (1001, 'x');
  g_autofree char *svg = habla_qr_code_to_svg (longest);

  if (svg == NULL) {
    g_test_skip ("built without libqrencode");
    return;
  }
  g_assert_null (habla_qr_code_to_svg (longer));
  g_assert_null (habla_qr_code_to_terminal (longer));
  g_assert_null (habla_qr_code_to_svg (""));
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/qr-code/svg", test_svg);
  g_test_add_func ("/qr-code/terminal", test_terminal);
  g_test_add_func ("/qr-code/bounds", test_bounds);
  return habla_test_run ();
}
