/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as requests of a client: the output does not depend on the chunk size. */
#include <http/framing/request-framer.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static GByteArray *
pass (const guint8 *data, gsize size, gsize chunk_size, gboolean *is_bad)
{
  g_autoptr (HablaRequestFramer) framer = habla_request_framer_new ();
  GByteArray *all = g_byte_array_new ();
  guint8 buffer[64];
  gsize n;

  for (gsize i = 0; i < size; i += chunk_size) {
    n = MIN (chunk_size, size - i);
    memcpy (habla_request_framer_reserve (framer, n), data + i, n);
    habla_request_framer_put (framer, n, n);
    while ((n = habla_request_framer_take (framer, buffer, sizeof buffer)) > 0)
      g_byte_array_append (all, buffer, n);
    *is_bad = habla_request_framer_get_error (framer) != NULL;
    if (*is_bad)
      break;
    g_assert_false (habla_request_framer_is_ready (framer));
  }
  g_assert_cmpuint (all->len, <=, size);
  return all;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  gboolean is_bad = FALSE, is_bad_too = FALSE;
  g_autoptr (GByteArray) whole = pass (data, size, MAX (size, 1), &is_bad);
  g_autoptr (GByteArray) chunked = pass (data, size, 1 + size / 7, &is_bad_too);

  g_assert_cmpint (is_bad, ==, is_bad_too);
  g_assert_cmpmem (whole->data, whole->len, chunked->data, chunked->len);
  return 0;
}
