/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <room/parts/exchange-log.h>

static HablaExchangeEntry *
add (HablaExchangeLog *exchanges, guint run, guint64 id)
{
  static char *targets[] = { (char *) "es", NULL };
  static const HablaRoomSettings settings = { (char *) "en", targets, HABLA_MODE_CONVERSATION };
  g_autoptr (HablaUtterance) utterance = habla_utterance_new (id, "text", "en");
  HablaExchangeEntry *entry = habla_exchange_log_add (exchanges, run, utterance, &settings, NULL);

  habla_exchange_log_await (entry, "es", 0);
  return entry;
}

static void
test_exchanges (void)
{
  guint64 next_id = 1;
  HablaExchangeLog *exchanges = habla_exchange_log_new (4, &next_id);
  HablaExchangeEntry *entry;

  for (guint64 id = 1; id <= 3; id++)
    add (exchanges, 1, id);
  g_assert_cmpuint (habla_exchange_log_count_pending (exchanges, 1), ==, 3);
  entry = habla_exchange_log_find_awaiting (exchanges, 1, 2, "es");
  g_assert_cmpuint (entry->exchange.id, ==, 2);
  g_assert_true (habla_exchange_log_answer (exchanges, entry, "es", "texto"));
  /* Answers come in order: the first one will not come. */
  g_assert_true (habla_exchange_log_is_answered (habla_exchange_log_get (exchanges, 1), "es"));
  g_assert_false (habla_exchange_log_is_answered (habla_exchange_log_get (exchanges, 3), "es"));
  g_assert_null (habla_exchange_log_find_awaiting (exchanges, 1, 2, "es"));
  g_assert_true (habla_exchange_log_knows (exchanges, 1, 2));
  g_assert_false (habla_exchange_log_knows (exchanges, 2, 2));

  entry = add (exchanges, 2, 1);
  habla_exchange_log_await (entry, "fr", 1000);
  g_assert_cmpint (habla_exchange_log_give_up_late (exchanges, 999), ==, 1000);
  g_assert_false (habla_exchange_log_is_answered (entry, "fr"));
  g_assert_cmpint (habla_exchange_log_give_up_late (exchanges, 1000), ==, 0);
  g_assert_true (habla_exchange_log_is_answered (entry, "fr"));
  g_assert_true (habla_exchange_log_is_full (exchanges));
  add (exchanges, 2, 2);
  g_assert_null (habla_exchange_log_get (exchanges, 1));
  g_assert_cmpuint (habla_exchange_log_get_first_id (exchanges), ==, 2);
  g_assert_cmpuint (habla_exchange_log_get (exchanges, 5)->utterance, ==, 2);
  g_assert_true (habla_exchange_log_give_up (exchanges, 1, "es"));
  g_assert_false (habla_exchange_log_give_up (exchanges, 1, "es"));
  g_assert_cmpuint (habla_exchange_log_settle (exchanges, 2), ==, 2);
  g_assert_cmpuint (habla_exchange_log_count_pending (exchanges, 2), ==, 0);
  /* Other rooms use ids, too. */
  next_id = 100;
  add (exchanges, 2, 3);
  g_assert_cmpuint (habla_exchange_log_get (exchanges, 100)->utterance, ==, 3);
  g_assert_null (habla_exchange_log_get (exchanges, 6));
  g_assert_cmpuint (habla_exchange_log_get_from (exchanges, 6)->exchange.id, ==, 100);
  g_assert_cmpuint (habla_exchange_log_get_from (exchanges, 1)->exchange.id, ==, 3);
  g_assert_null (habla_exchange_log_get_from (exchanges, 101));
  g_assert_cmpuint (habla_exchange_log_get_next_id (exchanges), ==, 101);
  habla_exchange_log_forget (exchanges);
  g_assert_cmpstr (habla_exchange_log_get (exchanges, 3)->exchange.source, ==, "");
  g_assert_true (habla_exchange_log_knows (exchanges, 2, 2));
  habla_exchange_log_free (exchanges);
}

int
main (int argc, char *argv[])
{
  habla_test_init (&argc, &argv);
  g_test_add_func ("/exchange-log/all", test_exchanges);
  return habla_test_run ();
}
