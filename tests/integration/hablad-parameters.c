/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends each path, query parameter and JSON member missing, empty, with a wrong type, too long,
 * twice or not UTF-8: hablad responds without an assertion failure or critical warning. */
#include "habla-test.h"
#include "hablad.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char *const values[] = { "", "=", "=0", "=-1", "=1e9", "=99999999999999999999",
  "=latest", "=a%20b", "=%00", "=%ff%fe", "=%c3%28", "=..%2f..%2fetc", "=%25s%25n", "=true", "=[]",
  /* make_values() adds a long one. */
  NULL };

static const char *const members[] = { "null", "true", "0", "-1", "1.5", "1e308",
  "9223372036854775807", "\"\"", "\"a\"", "\"latest\"", "[]", "[[]]", "{}", "[null]",
  "[{\"index\":0}]", "[{\"index\":\"a\",\"text\":1}]", "[{\"index\":-1,\"text\":\"a\"}]", NULL };

/* Returns: (transfer full): the values @constant, and a long one */
static GPtrArray *
make_values (const char *const *constant, char quote)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *text = g_strnfill (5000, 'a');

  for (guint i = 0; constant[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (constant[i]));
  g_ptr_array_add (all, quote ? g_strdup_printf ("\"%s\"", text) : g_strconcat ("=", text, NULL));
  return all;
}

static JsonParser *
load_description (void)
{
  g_autofree char *path = g_build_filename (HABLA_DOCS, "openapi.json", NULL);
  JsonParser *parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return parser;
}

static void
send_request (Hablad *hablad, const char *method, const char *path, const char *body)
{
  g_autofree char *response = NULL;
  guint status;

  g_test_message ("%s %.100s %.100s", method, path, body != NULL ? body : "");
  response = hablad_request (hablad, method, path, body, &status);
  /* 501: no WebRTC; 502: the server of a language model does not run; 503: a disabled feature. */
  g_assert_cmpuint (status, >=, 200);
  g_assert_true (status < 500 || (status >= 501 && status <= 503));
  g_assert_true (g_utf8_validate (response, -1, NULL));
}

/* Sends each parameter of a path with each value, and all of them twice with the same value. */
static void
try_query (Hablad *hablad, const char *method, const char *path, JsonArray *parameters)
{
  g_autoptr (GPtrArray) all = make_values (values, 0);

  for (guint v = 0; v < all->len; v++) {
    g_autoptr (GString) together = g_string_new (path);

    g_string_append_c (together, '?');
    for (guint i = 0; i < json_array_get_length (parameters); i++) {
      JsonObject *parameter = json_array_get_object_element (parameters, i);
      const char *name = json_object_get_string_member (parameter, "name");
      g_autofree char *one = g_strdup_printf ("%s?%s%s", path, name, (char *) all->pdata[v]);

      send_request (hablad, method, one, NULL);
      for (guint twice = 0; twice < 2; twice++)
        g_string_append_printf (together, "%s%s&", name, (char *) all->pdata[v]);
    }
    send_request (hablad, method, together->str, NULL);
  }
}

static JsonObject *
resolve (JsonObject *root, JsonObject *object)
{
  const char *reference = json_object_get_string_member_with_default (object, "$ref", NULL);
  g_auto (GStrv) steps = reference != NULL ? g_strsplit (reference + 2, "/", -1) : NULL;

  if (reference == NULL)
    return object;
  for (guint i = 0; steps[i] != NULL; i++)
    root = json_object_get_object_member (root, steps[i]);
  return root;
}

static void
try_body (Hablad *hablad, const char *method, const char *path, JsonObject *root, JsonObject *body)
{
  static const char *const bodies[] = { "", "{}", "[]", "null", "\"a\"", "{\"unknown\":1}", "{",
    NULL };
  g_autoptr (GPtrArray) all = make_values (members, '"');
  JsonObject *content, *schema, *properties;
  g_autoptr (GList) names = NULL;

  for (guint i = 0; bodies[i] != NULL; i++)
    send_request (hablad, method, path, bodies[i]);
  content = json_object_get_object_member (resolve (root, body), "content");
  if (!json_object_has_member (content, "application/json"))
    return;
  schema = json_object_get_object_member (
      json_object_get_object_member (content, "application/json"), "schema");
  properties = json_object_get_object_member (resolve (root, schema), "properties");
  names = json_object_get_members (properties);
  for (GList *name = names; name != NULL; name = name->next)
    for (guint v = 0; v < all->len; v++) {
      g_autoptr (GString) text = g_string_new ("{");

      for (GList *other = names; other != NULL; other = other->next)
        g_string_append_printf (text, "%s\"%s\":%s", other != names ? "," : "",
            (char *) other->data, other == name ? (char *) all->pdata[v] : "\"a\"");
      g_string_append_c (text, '}');
      send_request (hablad, method, path, text->str);
    }
}

static void
test_rest (void)
{
  g_autofree char *option = hablad_write_config ("[server]\nmax-request-rate=0\n");
  g_autoptr (Hablad) hablad = NULL;
  g_autoptr (JsonParser) parser = load_description ();
  JsonObject *root = json_node_get_object (json_parser_get_root (parser));
  JsonObjectIter paths, methods;
  const char *path, *method;
  JsonNode *node;

  hablad = hablad_start ((const char *const[]){ option, NULL });
  json_object_iter_init (&paths, json_object_get_object_member (root, "paths"));
  while (json_object_iter_next (&paths, &path, &node)) {
    json_object_iter_init (&methods, json_node_get_object (node));
    while (json_object_iter_next (&methods, &method, &node)) {
      g_autofree char *verb = g_ascii_strup (method, -1);
      g_auto (GStrv) parts = g_strsplit (path, "{", -1);
      g_autoptr (GString) real = g_string_new (parts[0]);
      JsonObject *operation = json_node_get_object (node);

      for (guint i = 1; parts[i] != NULL; i++)
        g_string_append_printf (real, "1%s", strchr (parts[i], '}') + 1);
      if (json_object_has_member (operation, "parameters"))
        try_query (hablad, verb, real->str, json_object_get_array_member (operation, "parameters"));
      if (json_object_has_member (operation, "requestBody"))
        try_body (hablad, verb, real->str, root,
            json_object_get_object_member (operation, "requestBody"));
    }
  }
  hablad_stop (g_steal_pointer (&hablad));
}

/* Sends each message type with each value in all members. */
static void
test_messages (void)
{
  static const char *const types[] = { "hello", "new_session", "ping", "rename_speaker",
    "segment_end", "set_language", "set_mode", "start_listening", "stop_listening", "take_over",
    "text_input", "toggle_direction" };
  static const char *const names[] = { "token", "code", "speaker_id", "name", "language", "mode",
    "source", "format", "rate", "text", "direction" };
  g_autoptr (Hablad) hablad = hablad_start (NULL);
  g_autoptr (GPtrArray) all = make_values (members, '"');
  g_autofree char *health = NULL;
  guint status;

  for (guint t = 0; t < G_N_ELEMENTS (types); t++) {
    g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);

    hablad_client_expect (client, "status");
    for (guint v = 0; v < all->len; v++) {
      g_autoptr (GString) text = g_string_new (NULL);

      g_string_append_printf (text, "{\"type\":\"%s\"", types[t]);
      for (guint n = 0; n < G_N_ELEMENTS (names); n++)
        g_string_append_printf (text, ",\"%s\":%s", names[n], (char *) all->pdata[v]);
      g_string_append_c (text, '}');
      hablad_client_send (client, text->str);
    }
    hablad_client_send (client, "{\"type\":\"stop_listening\"}");
    hablad_wait_until (({
      hablad_client_send (client, "{\"type\":\"ping\"}");
      hablad_client_has (client, "pong");
    }));
    hablad_client_close (client);
  }
  health = hablad_get (hablad, "/health", &status);
  g_assert_cmpuint (status, ==, 200);
  hablad_stop (g_steal_pointer (&hablad));
}

int
main (int argc, char *argv[])
{
  /* hablad inherits the environment. */
  g_setenv ("G_DEBUG", "fatal-criticals", TRUE);
  habla_test_init (&argc, &argv);
  g_test_add_func ("/hablad/parameters/rest", test_rest);
  g_test_add_func ("/hablad/parameters/messages", test_messages);
  return habla_test_run ();
}
