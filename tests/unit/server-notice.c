/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <pipeline/engines/server-notice.h>
#include <string.h>

/* @structure: (transfer full) */
static void
check_message (GstStructure *structure, HablaServerNotice expected, const char *says)
{
  g_autoptr (GstMessage) message = gst_message_new_element (NULL, structure);
  g_autofree char *text = NULL;

  g_assert_cmpint (habla_server_notice_read (message, &text), ==, expected);
  if (says == NULL)
    g_assert_null (text);
  else
    g_assert_cmpstr (text, ==, says);
}

static void
test_messages (void)
{
  check_message (gst_structure_new ("habla/data-leaves", "engine", G_TYPE_STRING, "e", "data",
                     G_TYPE_STRING, "text", "server", G_TYPE_STRING, "https://a", NULL),
      HABLA_SERVER_NOTICE_LEAVES, "e sends the text of this session to https://a");
  check_message (gst_structure_new ("habla/engine-degraded", "engine", G_TYPE_STRING, "e",
                     "fallback", G_TYPE_STRING, "f", "reason", G_TYPE_STRING, "r", NULL),
      HABLA_SERVER_NOTICE_DEGRADED, "f replaces e until it works again: r");
  check_message (gst_structure_new ("habla/engine-recovered", "engine", G_TYPE_STRING, "e", NULL),
      HABLA_SERVER_NOTICE_RECOVERED, "e works again");
  check_message (gst_structure_new_empty ("habla/caption"), HABLA_SERVER_NOTICE_NONE, NULL);
}

static void
check_engine (const char *launch, const char *expected)
{
  g_autofree char *server = habla_server_notice_describe_engine (launch);

  g_assert_cmpstr (server, ==, expected);
}

static void
test_engines (void)
{
  check_engine (NULL, NULL);
  check_engine ("identity", NULL);
  check_engine ("no such element", NULL);
  if (gst_element_factory_find ("openaitranslator") == NULL) {
    g_test_skip ("openaitranslator is not built");
    return;
  }
  check_engine ("openaitranslator", NULL);
  check_engine ("openaitranslator url=http://127.0.0.1:11434", NULL);
  check_engine ("openaitranslator url=http://localhost/v1 model=m", NULL);
  check_engine (
      "openaitranslator url=https://api.example.com/v1 model=m", "https://api.example.com");
  check_engine ("identity ! openaitranslator url=http://192.0.2.1:80", "http://192.0.2.1");
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);

  g_test_add_func ("/server-notice/messages", test_messages);
  g_test_add_func ("/server-notice/engines", test_engines);

  return habla_test_run ();
}
