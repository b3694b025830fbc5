/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a recording. The last byte selects the chunk size and the cut. */
#include <string.h>
#include <media/container-parser.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* Returns: (transfer full): the output of a parser with @header for @data in chunks of @chunk_size
 */
static GByteArray *
parse (
    const guint8 *data, gsize size, GBytes *header, gsize chunk_size, HablaContainerParser **parser)
{
  GByteArray *out = g_byte_array_new ();

  *parser = habla_container_parser_new (header);
  for (gsize at = 0; at < size; at += chunk_size) {
    g_autoptr (GBytes) result =
        habla_container_parser_push (*parser, data + at, MIN (chunk_size, size - at));

    if (result != NULL)
      g_byte_array_append (out, g_bytes_get_data (result, NULL), g_bytes_get_size (result));
  }
  return out;
}

/* Asserts that the chunk size does not affect the output.
 * Returns: (transfer full) (nullable): the header */
static GBytes *
compare (const guint8 *data, gsize size, GBytes *header, gsize chunk_size)
{
  g_autoptr (HablaContainerParser) first = NULL, second = NULL;
  g_autoptr (GByteArray) whole = parse (data, size, header, MAX (size, 1), &first);
  g_autoptr (GByteArray) chunked = parse (data, size, header, chunk_size, &second);
  gsize kept = header != NULL ? g_bytes_get_size (header) : 0;
  guint64 discarded = habla_container_parser_get_discarded (first);

  g_assert_cmpmem (whole->data, whole->len, chunked->data, chunked->len);
  g_assert_cmpuint (discarded, ==, habla_container_parser_get_discarded (second));
  g_assert_cmpuint (discarded, <=, size);
  /* The parser adds at most a header and a synthetic Cluster. */
  g_assert_cmpuint (whole->len, <=, size - discarded + MAX (kept, 256) + 15);
  /* A valid recording passes unchanged. */
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
  gsize chunk_size, cut;

  if (size == 0)
    return 0;
  size--;
  chunk_size = 1 + data[size] % 64;
  cut = size * (data[size] / 64) / 4;
  header = compare (data, size, NULL, chunk_size);
  same = compare (data + cut, size - cut, header, chunk_size);
  interrupt (data, size, cut);
  return 0;
}
