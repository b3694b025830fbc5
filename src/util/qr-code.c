/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h> /* of the build */

#include "util/qr-code.h"

#ifdef HAVE_QRENCODE
#include <qrencode.h>
#include <string.h>

#define MAX_TEXT 1000
/* Light modules around a code, which readers need to find it. */
#define MARGIN 4
/* Black on white, whatever the colours of the terminal are. */
#define BLACK_ON_WHITE "\033[30;47m"
#define PLAIN "\033[0m"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QRcode, QRcode_free)

static QRcode *
qr_code_encode (const char *text)
{
  return strlen (text) <= MAX_TEXT ? QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, TRUE)
                                   : NULL;
}

/* Coordinates begin at the code; the margin is light. */
static gboolean
qr_code_is_dark (const QRcode *code, int x, int y)
{
  return x >= 0 && y >= 0 && x < code->width && y < code->width &&
         (code->data[y * code->width + x] & 1) != 0;
}

char *
habla_qr_code_to_svg (const char *text)
{
  g_autoptr (QRcode) code = qr_code_encode (text);
  GString *svg;

  if (code == NULL)
    return NULL;
  svg = g_string_new (NULL);
  g_string_append_printf (svg,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%d %d %d %d\" "
      "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M%d %dh%dv%dh-%dz\"/>"
      "<path fill=\"#000\" d=\"",
      -MARGIN, -MARGIN, code->width + 2 * MARGIN, code->width + 2 * MARGIN, -MARGIN, -MARGIN,
      code->width + 2 * MARGIN, code->width + 2 * MARGIN, code->width + 2 * MARGIN);
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width; x++) {
      int begin = x;

      while (qr_code_is_dark (code, x, y))
        x++;
      if (x > begin)
        g_string_append_printf (svg, "M%d %dh%dv1h-%dz", begin, y, x - begin, x - begin);
    }
  g_string_append (svg, "\"/></svg>\n");
  return g_string_free (svg, FALSE);
}

char *
habla_qr_code_to_terminal (const char *text)
{
  static const char *const blocks[] = { " ", "▄", "▀", "█" };
  g_autoptr (QRcode) code = qr_code_encode (text);
  GString *lines;

  if (code == NULL)
    return NULL;
  lines = g_string_new (NULL);
  for (int y = -MARGIN; y < code->width + MARGIN; y += 2) {
    g_string_append (lines, BLACK_ON_WHITE);
    for (int x = -MARGIN; x < code->width + MARGIN; x++)
      g_string_append (
          lines, blocks[2 * qr_code_is_dark (code, x, y) + qr_code_is_dark (code, x, y + 1)]);
    g_string_append (lines, PLAIN "\n");
  }
  return g_string_free (lines, FALSE);
}

#else

char *
habla_qr_code_to_svg (const char *text)
{
  return NULL;
}

char *
habla_qr_code_to_terminal (const char *text)
{
  return NULL;
}
#endif
