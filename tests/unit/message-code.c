/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <util/message-code.h>

static void
test_find (void)
{
  static const struct {
    const char *message;
    const char *code;
  } rows[] = {
    { "The room is full: it has 2 connections, as many as max-members allows", "room-full" },
    { "The room is full: 30 clients hear it, as many as max-members allows", "room-full" },
    { "8 rooms are active, as many as max-sessions allows; try again when one of them has stopped",
        "too-many-rooms" },
    { "“ca” cannot be translated into “tr” here (available: es); install",
        "language-not-translated" },
    { "This room is not translated into “tr”; choose one of: es fr", "language-not-offered" },
    { "Nothing was heard for 15 minutes; listening has stopped. Check the microphone and start "
      "again",
        "silence-stopped" },
    { "Nothing was heard for 14 minutes; listening stops in 1 minute. Speak", "silence-warning" },
    { "/home/ana/habla.db: database or disk is full; free some space on its disk", "disk-full" },
    { "The text is empty", NULL },
    { "the room is full: it is not", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (habla_message_code_find (rows[i].message), ==, rows[i].code);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-code/find", test_find);
  return g_test_run ();
}
