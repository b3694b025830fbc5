/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <command/output/caption-order.h>

static void
note (const char *language, const HablaUtterance *utterance, gpointer data)
{
  g_string_append_printf (data, "%s%" G_GUINT64_FORMAT " ", language, (guint64) utterance->id);
}

static void
add (HablaCaptionOrder *order, const char *language, guint64 id)
{
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (id, "text", language);

  habla_caption_order_add (order, language, utterance);
}

static void
assert_printed (GString *printed, const char *expected)
{
  g_assert_cmpstr (printed->str, ==, expected);
  g_string_truncate (printed, 0);
}

static void
test_groups (void)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  g_autoptr (HablaCaptionOrder) order = habla_caption_order_new (3, 60000, note, printed);

  add (order, "en", 1);
  assert_printed (printed, "en1 ");
  add (order, "en", 2);
  add (order, "en", 3);
  add (order, "es", 2);
  assert_printed (printed, "");
  add (order, "es", 1);
  assert_printed (printed, "es1 ");
  add (order, "fr", 1);
  assert_printed (printed, "fr1 en2 es2 ");
  add (order, "es", 3);
  add (order, "fr", 3);
  add (order, "en", 4);
  assert_printed (printed, "");
  add (order, "fr", 2);
  assert_printed (printed, "fr2 en3 es3 fr3 en4 ");
}

/* The rest is printed in order at the end, and a caption that comes later is not lost. */
static void
test_flush (void)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  g_autoptr (HablaCaptionOrder) order = habla_caption_order_new (2, 60000, note, printed);

  add (order, "en", 1);
  add (order, "en", 2);
  add (order, "en", 3);
  habla_caption_order_flush (order);
  assert_printed (printed, "en1 en2 en3 ");
  add (order, "es", 2);
  assert_printed (printed, "es2 ");
  add (order, "en", 4);
  assert_printed (printed, "en4 ");
}

static void
test_one_language (void)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  g_autoptr (HablaCaptionOrder) order = habla_caption_order_new (1, 60000, note, printed);

  for (guint i = 1; i <= 3; i++)
    add (order, "en", i);
  assert_printed (printed, "en1 en2 en3 ");
}

/* A translation that never comes holds the others up for the given time only. */
static void
test_wait (void)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  g_autoptr (HablaCaptionOrder) order = habla_caption_order_new (2, 20, note, printed);

  add (order, "en", 1);
  add (order, "en", 2);
  assert_printed (printed, "en1 ");
  while (printed->len == 0)
    g_main_context_iteration (NULL, TRUE);
  assert_printed (printed, "en2 ");
}

static void
test_bound (void)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  g_autoptr (HablaCaptionOrder) order = habla_caption_order_new (2, 60000, note, printed);

  for (guint i = 1; i <= 66; i++)
    add (order, "en", i);
  assert_printed (printed, "en1 en2 en3 ");
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/caption-order/groups", test_groups);
  g_test_add_func ("/caption-order/flush", test_flush);
  g_test_add_func ("/caption-order/one-language", test_one_language);
  g_test_add_func ("/caption-order/wait", test_wait);
  g_test_add_func ("/caption-order/bound", test_bound);
  return habla_test_run ();
}
