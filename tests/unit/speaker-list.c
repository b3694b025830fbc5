/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <gio/gio.h>
#include <room/parts/speaker-list.h>

static void
test_speakers (void)
{
  g_autoptr (GPtrArray) speakers = habla_speaker_list_new ();
  g_autofree char *long_name = g_strnfill (HABLA_MAX_SPEAKER_NAME + 1, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (habla_speaker_list_add (speakers, HABLA_SPEAKER_TYPED)->label, ==, "Typed");
  g_assert_cmpstr (
      habla_speaker_list_add (speakers, HABLA_SPEAKER_DEFAULT)->label, ==, "Speaker 1");
  g_assert_cmpstr (habla_speaker_list_add (speakers, "x")->label, ==, "Speaker 2");
  g_assert_cmpstr (habla_speaker_list_find (speakers, "x")->color, !=,
      habla_speaker_list_find (speakers, HABLA_SPEAKER_TYPED)->color);
  g_assert_true (habla_speaker_list_rename (speakers, "x", "Ana", NULL));
  g_assert_true (habla_speaker_list_rename (speakers, "x", "  ", NULL));
  g_assert_null (habla_speaker_list_find (speakers, "x")->custom_name);
  g_assert_false (habla_speaker_list_rename (speakers, "x", long_name, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  while (speakers->len < HABLA_MAX_SPEAKERS) {
    g_autofree char *id = g_strdup_printf ("s%u", speakers->len);

    g_assert_true (habla_speaker_list_check (speakers, id, NULL));
    habla_speaker_list_add (speakers, id);
  }
  g_assert_true (habla_speaker_list_check (speakers, "x", NULL));
  g_assert_false (habla_speaker_list_check (speakers, "one more", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/speaker-list/all", test_speakers);
  return habla_test_run ();
}
