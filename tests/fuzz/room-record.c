/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arbitrary bytes as a record of a room of another node: the result is a record that stays the same
 * when it is encoded again, or an error. */
#include <room/relay/record.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_again (const HablaRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = habla_record_encode (record);
  g_autoptr (GBytes) second = NULL;
  g_autoptr (HablaRecord) copy = NULL;

  g_assert_cmpuint (g_bytes_get_size (first), <=, HABLA_MAX_RECORD);
  copy = habla_record_decode (first, &error);
  g_assert_no_error (error);
  second = habla_record_encode (copy);
  g_assert_true (g_bytes_equal (first, second));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (HablaRecord) record = habla_record_decode (bytes, &error);

  g_assert_true ((record == NULL) == (error != NULL));
  if (record == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    return 0;
  }
  check_again (record);
  return 0;
}
