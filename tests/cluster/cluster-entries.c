/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of nodes about rooms, good and damaged. */
#include <cluster/rooms/log-entry.h>
#include <cluster/rooms/room-info.h>
#include <cluster/rooms/subjects.h>
#include <habla-test.h>
#include <string.h>

static GBytes *
make_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
assert_text (GBytes *bytes, const char *expected)
{
  g_assert_nonnull (bytes);
  g_assert_cmpmem (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
test_log_entry (void)
{
  g_autoptr (GBytes) record = make_bytes ("{\"a\":\n1}");
  const HablaLogEntry entry = { 3, G_MAXUINT64, 7, record };
  g_autoptr (GBytes) message = habla_log_entry_encode (&entry);
  g_auto (HablaLogEntry) decoded = { 0 };

  assert_text (message, "3 18446744073709551615 7\n{\"a\":\n1}");
  g_assert_true (habla_log_entry_decode (&decoded, message));
  g_assert_cmpuint (decoded.epoch, ==, 3);
  g_assert_cmpuint (decoded.previous, ==, G_MAXUINT64);
  g_assert_cmpuint (decoded.sequence, ==, 7);
  g_assert_true (g_bytes_equal (decoded.record, record));
}

static void
test_log_entry_without_record (void)
{
  const HablaLogEntry entry = { .epoch = 1 };
  g_autoptr (GBytes) message = habla_log_entry_encode (&entry);
  g_auto (HablaLogEntry) decoded = { 0 };

  g_assert_true (habla_log_entry_decode (&decoded, message));
  g_assert_null (decoded.record);
}

static void
test_damaged_log_entries (void)
{
  static const char *const texts[] = { "", "\n", "1 2\n{}", "1 2 3", "1 2 3 4\n{}", "1 2 x\n{}",
    "-1 2 3\n{}", "1 2 18446744073709551616\n{}", "1  2 3\n{}",
    "1 2 0000000000000000000000000000000000000000000000000000000000000000000003\n{}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) message = make_bytes (texts[i]);
    HablaLogEntry decoded;

    g_assert_false (habla_log_entry_decode (&decoded, message));
    g_assert_null (decoded.record);
  }
}

static void
test_room_info (void)
{
  g_autofree char *owner = habla_room_info_hash_key ("secret");
  g_autoptr (GBytes) state = make_bytes ("{}");
  const HablaRoomInfo info = { 12, owner, TRUE, state };
  g_autoptr (GBytes) whole = habla_room_info_encode (&info, 1000);
  g_autoptr (GBytes) without_state = habla_room_info_encode (&info, 10);
  g_auto (HablaRoomInfo) decoded = { 0 };
  g_auto (HablaRoomInfo) small = { 0 };

  g_assert_null (g_strstr_len (
      g_bytes_get_data (without_state, NULL), g_bytes_get_size (without_state), "secret"));
  g_assert_true (habla_room_info_decode (&decoded, whole));
  g_assert_cmpuint (decoded.begin, ==, 12);
  g_assert_cmpstr (decoded.owner, ==, owner);
  g_assert_true (decoded.is_present);
  assert_text (decoded.state, "{}");
  g_assert_true (habla_room_info_decode (&small, without_state));
  g_assert_null (small.state);
}

static void
test_damaged_room_infos (void)
{
  static const char *const texts[] = { "", "1 -\n{}", "x - 1\n{}", "1 - 1", "1 - 1 1\n" };
  HablaRoomInfo decoded;

  g_assert_false (habla_room_info_decode (&decoded, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) info = make_bytes (texts[i]);

    g_assert_false (habla_room_info_decode (&decoded, info));
  }
}

static void
test_readers (void)
{
  const HablaReaders values[] = { { "es", 2 }, { "pt-BR", 0 } };
  g_autoptr (GArray) readers = g_array_new (FALSE, FALSE, sizeof (HablaReaders));
  g_autoptr (GArray) decoded = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_array_append_vals (readers, values, G_N_ELEMENTS (values));
  text = habla_subjects_encode_readers ("node1", readers);
  g_assert_cmpstr (text, ==, "node1\n2 es\n0 pt-BR");
  decoded = habla_subjects_decode_readers (text, &lines);
  g_assert_cmpstr (lines[0], ==, "node1");
  g_assert_cmpuint (decoded->len, ==, 2);
  g_assert_cmpstr (g_array_index (decoded, HablaReaders, 1).language, ==, "pt-BR");
}

static void
test_damaged_readers (void)
{
  static const char *const texts[] = { "", "node\n", "node\nes", "node\nx es", "node\n-1 es" };
  g_autoptr (GString) many = g_string_new ("node");

  for (guint i = 0; i < 1000; i++)
    g_string_append (many, "\n1 es");
  for (guint i = 0; i <= G_N_ELEMENTS (texts); i++) {
    GStrv lines = NULL;

    g_assert_null (
        habla_subjects_decode_readers (i < G_N_ELEMENTS (texts) ? texts[i] : many->str, &lines));
    g_assert_null (lines);
  }
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/cluster-entries/log", test_log_entry);
  g_test_add_func ("/cluster-entries/log-without-record", test_log_entry_without_record);
  g_test_add_func ("/cluster-entries/log-damaged", test_damaged_log_entries);
  g_test_add_func ("/cluster-entries/info", test_room_info);
  g_test_add_func ("/cluster-entries/info-damaged", test_damaged_room_infos);
  g_test_add_func ("/cluster-entries/readers", test_readers);
  g_test_add_func ("/cluster-entries/readers-damaged", test_damaged_readers);
  return habla_test_run ();
}
