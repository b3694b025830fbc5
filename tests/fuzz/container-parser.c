/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a recording. The last byte says how they are cut. */
#include <string.h>
#include <media/container-parser.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* All output of a parser with @header for @data, in pieces of @piece bytes. */
static GByteArray *
parse (const guint8 *data, gsize size, GBytes *header, gsize piece, HablaContainerParser **parser)
{
  GByteArray *out = g_byte_array_new ();

  *parser = habla_container_parser_new (header);
  for (gsize at = 0; at < size; at += piece) {
    g_autoptr (GBytes) result =
        habla_container_parser_push (*parser, data + at, MIN (piece, size - at));

    if (result != NULL)
      g_byte_array_append (out, g_bytes_get_data (result, NULL), g_bytes_get_size (result));
  }
  return out;
}

/* The cut makes no difference. Returns: (nullable): the header. */
static GBytes *
compare (const guint8 *data, gsize size, GBytes *header, gsize piece)
{
  g_autoptr (HablaContainerParser) first = NULL, second = NULL;
  g_autoptr (GByteArray) whole = parse (data, size, header, MAX (size, 1), &first);
  g_autoptr (GByteArray) pieces = parse (data, size, header, piece, &second);
  gsize kept = header != NULL ? g_bytes_get_size (header) : 0;
  guint64 discarded = habla_container_parser_get_discarded (first);

  g_assert_cmpmem (whole->data, whole->len, pieces->data, pieces->len);
  g_assert_cmpuint (discarded, ==, habla_container_parser_get_discarded (second));
  g_assert_cmpuint (discarded, <=, size);
  /* A header and a made-up Cluster are all that may be added. */
  g_assert_cmpuint (whole->len, <=, size - discarded + MAX (kept, 256) + 15);
  /* What is a whole recording all the way passes unchanged. */
  if (discarded == 0 && size >= 4 && memcmp (data, "\x1a\x45\xdf\xa3", 4) == 0)
    g_assert_cmpmem (whole->data, whole->len, data, MIN (whole->len, size));
  return habla_container_parser_get_header (first);
}

static void
interrupt (const guint8 *data, gsize size, gsize at)
{
  g_autoptr (HablaContainerParser) parser = habla_container_parser_new (NULL);
  g_autoptr (GBytes) first = habla_container_parser_push (parser, data, at);
  g_autoptr (GBytes) second = NULL;

  habla_container_parser_interrupt (parser);
  second = habla_container_parser_push (parser, data + at, size - at);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GBytes) header = NULL, same = NULL;
  gsize piece, cut;

  if (size == 0)
    return 0;
  size--;
  piece = 1 + data[size] % 64;
  cut = size * (data[size] / 64) / 4;
  header = compare (data, size, NULL, piece);
  same = compare (data + cut, size - cut, header, piece);
  interrupt (data, size, cut);
  return 0;
}
