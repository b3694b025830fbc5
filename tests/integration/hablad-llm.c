/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses language models over REST, with servers in the test that behave well and badly. */
#include "habla-test.h"
#include "hablad.h"
#include "remote-server.h"

#include <signal.h>
#include <string.h>

#define KEY "sk-secret-0123456789"

typedef enum {
  MODE_GOOD,
  MODE_ERROR,
  MODE_BUSY,
  MODE_REFUSED,
  MODE_REDIRECT,
  MODE_GARBAGE,
  MODE_HUGE,
  MODE_STALL,
} Mode;

static gint mode;         /* atomic */
static gint n_keys;       /* atomic: requests with the right key */
static gint n_other_keys; /* atomic: with any other one */
static gint n_topics;     /* atomic: requests for the topic, with the quick model */
static gint n_lists;      /* atomic: requests for the models */
static RemoteServer *server, *other_server;

static void
answer_list (const RemoteCall *call, RemoteReply *reply)
{
  static const struct {
    guint status;
    RemoteFault fault;
    const char *body;
    const char *headers;
  } bad[] = {
    [MODE_ERROR] = { 500, REMOTE_FAULT_NONE, "{\"error\":\"" KEY "\"}", NULL },
    [MODE_BUSY] = { 503, REMOTE_FAULT_NONE, "{}", NULL },
    [MODE_REFUSED] = { 401, REMOTE_FAULT_NONE, "{\"error\":\"" KEY "\"}", NULL },
    [MODE_REDIRECT] = { 307, REMOTE_FAULT_NONE, "", "Location: /v1/chat/completions\r\n" },
    [MODE_GARBAGE] = { 200, REMOTE_FAULT_NONE, "{\"data\":[{\"id\":7},", NULL },
    [MODE_HUGE] = { 200, REMOTE_FAULT_HUGE, "[", NULL },
    [MODE_STALL] = { 200, REMOTE_FAULT_STALL, "{}", NULL },
  };
  gint now = g_atomic_int_get (&mode);

  g_atomic_int_inc (&n_lists);
  if (now != MODE_GOOD) {
    reply->status = bad[now].status;
    reply->fault = bad[now].fault;
    reply->body = g_strdup (bad[now].body);
    reply->headers = g_strdup (bad[now].headers);
    return;
  }
  if (g_str_has_suffix (call->path, "/api/tags"))
    reply->body = g_strdup ("{\"models\":[{\"name\":\"qwen3:8b\"},{\"name\":\"a\\\" ! fakesink\"},"
                            "{\"name\":\"tiny:1b\"},{\"name\":null},7]}");
  else
    reply->body = g_strdup ("{\"object\":\"list\",\"data\":[{\"id\":\"gpt-x\"}]}");
}

static void
answer (const RemoteCall *call, RemoteReply *reply, gpointer data)
{
  if (strstr (call->headers, "Authorization: Bearer " KEY) != NULL)
    g_atomic_int_inc (&n_keys);
  else if (strstr (call->headers, "Authorization") != NULL)
    g_atomic_int_inc (&n_other_keys);
  if (!g_str_has_suffix (call->path, "/v1/chat/completions")) {
    answer_list (call, reply);
    return;
  }
  reply->type = "text/event-stream";
  if (strstr (call->body, "what the lesson is about") != NULL) {
    if (strstr (call->body, "\"model\":\"tiny:1b\"") != NULL)
      g_atomic_int_inc (&n_topics);
    reply->body =
        g_strdup ("data: {\"choices\":[{\"delta\":{\"content\":\"A lesson about mornings.\"},"
                  "\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\r\n\r\n");
    return;
  }
  /* The client reads the first words before the others. */
  reply->body = g_strdup_printf (
      "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"translation\\\":\\\"Muy\"}}]}\n\n"
      ":%65536s\n\ndata: {\"choices\":[{\"delta\":{\"content\":\" buenos "
      "días.\\\",\\\"corrected_source\\\":\\\"\\\"}\"}}]}\r\n\r\n"
      "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\r\n\r\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":500}}\r\n\r\n"
      "data: [DONE]\r\n\r\n",
      "");
}

static char *
make_folder (void)
{
  static guint count;
  g_autofree char *name = g_strdup_printf ("data-%u", ++count);

  return g_build_filename (habla_test_get_dir (), name, NULL);
}

/* @more: (nullable): more lines of [llm] */
static Hablad *
start (const char *data, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "[llm]\nollama-url=%s\nlmstudio-url=%s\nopenai-url=%s/v1\ninput-price=100\noutput-price=400\n"
      "%s",
      remote_server_get_url (server), remote_server_get_url (server),
      remote_server_get_url (server), more != NULL ? more : "timeout=60000\n");
  g_autofree char *option = hablad_write_config (text);

  return hablad_start_with_data ((const char *const[]){ option, NULL }, data);
}

/* @json: (nullable): a body with ' instead of ". Returns: (transfer full): the answer */
static JsonNode *
ask (Hablad *hablad, const char *method, const char *path, const char *json, guint wanted)
{
  g_autofree char *body = json != NULL ? g_strdelimit (g_strdup (json), "'", '"') : NULL;
  guint status;
  g_autofree char *text = hablad_request (hablad, method, path, body, &status);
  g_autofree char *shown = g_strescape (text, NULL);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_test_message ("%s %s %s: %u %.500s", method, path, json, status, shown);
  g_assert_cmpuint (status, ==, wanted);
  g_assert_null (strstr (text, "secret"));
  node = json_from_string (text, &error);
  g_assert_no_error (error);
  return node;
}

static void
check (Hablad *hablad, const char *method, const char *path, const char *json, guint wanted)
{
  g_autoptr (JsonNode) node = ask (hablad, method, path, json, wanted);

  if (wanted >= 400)
    g_assert_cmpuint (
        strlen (json_object_get_string_member (json_node_get_object (node), "detail")), >, 10);
}

static void
assert_current (Hablad *hablad, const char *provider, const char *model, const char *quick_model)
{
  g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/llm/current", NULL, 200);
  JsonObject *object = json_node_get_object (node);

  g_assert_cmpstr (json_object_get_string_member (object, "provider"), ==, provider);
  g_assert_cmpstr (json_object_get_string_member (object, "model"), ==, model);
  g_assert_cmpstr (json_object_get_string_member (object, "quick_model"), ==, quick_model);
  g_assert_cmpint (json_object_has_member (object, "costs"), ==, g_str_equal (provider, "openai"));
}

/* Returns: whether the server translates typed text */
static gboolean
is_translated_by_server (Hablad *hablad)
{
  g_autoptr (HabladClient) client = hablad_client_new (hablad, NULL);
  JsonObject *translation;
  const char *text;
  gboolean is_remote;

  hablad_client_send_text (client, "Good morning.");
  translation = hablad_client_expect (client, "translation");
  text = json_object_get_string_member (translation, "translated");
  g_test_message ("%s", text);
  is_remote = g_str_equal (text, "Muy buenos días.");
  hablad_client_close (client);
  return is_remote;
}

static JsonObject *
get_object (JsonNode *node, const char *name)
{
  return json_object_get_object_member (json_node_get_object (node), name);
}

static void
test_lists (void)
{
  g_autofree char *data = make_folder ();
  Hablad *hablad = start (data, "timeout=60000\napi-key-env=HABLA_TEST_UNSET\n");
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) models = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *log = NULL;
  JsonArray *providers;
  gint n;

  hablad_wait_ready (hablad);
  node = ask (hablad, "GET", "/api/llm/providers", NULL, 200);
  providers = json_object_get_array_member (json_node_get_object (node), "providers");
  g_assert_cmpuint (json_array_get_length (providers), ==, 3);
  for (guint i = 0; i < 3; i++) {
    static const char *const names[] = { "ollama", "lmstudio", "openai" };
    JsonObject *provider = json_array_get_object_element (providers, i);

    g_assert_cmpstr (json_object_get_string_member (provider, "name"), ==, names[i]);
    g_assert_true (g_str_has_prefix (
        json_object_get_string_member (provider, "url"), remote_server_get_url (server)));
    g_assert_cmpstr (
        json_object_get_string_member (provider, "status"), ==, i < 2 ? "ok" : "no_api_key");
    g_assert_cmpint (
        json_array_get_length (json_object_get_array_member (provider, "models")), ==, 2 - (int) i);
  }
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "active"), ==, "");
  /* From memory: no further request. */
  n = g_atomic_int_get (&n_lists);
  check (hablad, "GET", "/api/llm/providers", NULL, 200);
  models = ask (hablad, "GET", "/api/llm/models?provider=ollama", NULL, 200);
  shown = json_to_string (models, FALSE);
  g_assert_cmpstr (shown, ==, "{\"models\":[\"qwen3:8b\",\"tiny:1b\"]}");
  g_assert_cmpint (g_atomic_int_get (&n_lists), ==, n);
  check (hablad, "GET", "/api/llm/models", NULL, 422);
  check (hablad, "GET", "/api/llm/models?provider=", NULL, 400);
  check (hablad, "GET", "/api/llm/models?provider=other", NULL, 400);
  check (hablad, "GET", "/api/llm/models?provider=openai", NULL, 400);
  assert_current (hablad, "", "", "");
  log = hablad_get_log (hablad);
  g_assert_nonnull (strstr (log, "variable HABLA_TEST_UNSET is not set"));
  hablad_stop (hablad);
}

/* Each case is refused and changes nothing. */
static void
test_bad_choices (void)
{
  static const struct {
    Mode mode;
    guint status;
    const char *json;
    const char *detail;
  } rows[] = {
    { MODE_GOOD, 422, "{}" },
    { MODE_GOOD, 422, "{'provider':7}" },
    { MODE_GOOD, 422, "{'provider':'ollama','model':7}" },
    { MODE_GOOD, 400, "{'provider':'other'}" },
    { MODE_GOOD, 400, "{'provider':'ollama','model':'none'}" },
    { MODE_GOOD, 400, "{'provider':'ollama','model':'a\\' ! fakesink'}" },
    { MODE_GOOD, 400, "{'provider':'ollama','model':'tiny:1b','quick_model':'none'}" },
    { MODE_GOOD, 400, "{'provider':'openai','model':'gpt-x'}" },
    { MODE_GOOD, 422, "{'provider':'ollama','url':'file:///etc/passwd'}" },
    { MODE_GOOD, 422, "{'provider':'ollama','url':'http://user:word@127.0.0.1'}" },
    { MODE_GOOD, 422, "{'provider':'ollama','url':'http://127.0.0.1\\' ! fakesink'}" },
    { MODE_GOOD, 502, "{'provider':'ollama','url':'http://127.0.0.1:1'}" },
    { MODE_ERROR, 502, "{'provider':'ollama'}" },
    { MODE_REDIRECT, 502, "{'provider':'ollama'}", "answers 307" },
    { MODE_GARBAGE, 502, "{'provider':'lmstudio'}" },
    { MODE_HUGE, 502, "{'provider':'ollama'}", "1 MiB" },
    { MODE_REFUSED, 400, "{'provider':'ollama'}" },
    { MODE_BUSY, 503, "{'provider':'ollama'}" },
  };
  g_autofree char *data = make_folder ();
  Hablad *hablad = start (data, NULL);

  check (hablad, "POST", "/api/llm/select",
      "{'provider':'ollama','model':'tiny:1b','quick_model':'qwen3:8b'}", 200);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) node = NULL;
    const char *detail;

    g_atomic_int_set (&mode, rows[i].mode);
    node = ask (hablad, "POST", "/api/llm/select", rows[i].json, rows[i].status);
    detail = json_object_get_string_member (json_node_get_object (node), "detail");
    g_assert_cmpuint (strlen (detail), >, 10);
    if (rows[i].detail != NULL)
      g_assert_nonnull (strstr (detail, rows[i].detail));
    assert_current (hablad, "ollama", "tiny:1b", "qwen3:8b");
  }
  g_atomic_int_set (&mode, MODE_GOOD);
  hablad_stop (hablad);
}

static void
test_slow (void)
{
  g_autofree char *data = make_folder ();
  Hablad *hablad = start (data, "timeout=300\n");
  g_autoptr (JsonNode) node = NULL;
  JsonArray *providers;

  g_atomic_int_set (&mode, MODE_STALL);
  check (hablad, "POST", "/api/llm/select", "{'provider':'ollama'}", 502);
  check (hablad, "GET", "/api/llm/models?provider=ollama", NULL, 502);
  node = ask (hablad, "GET", "/api/llm/providers", NULL, 200);
  providers = json_object_get_array_member (json_node_get_object (node), "providers");
  g_assert_cmpstr (
      json_object_get_string_member (json_array_get_object_element (providers, 0), "status"), ==,
      "down");
  g_atomic_int_set (&mode, MODE_GOOD);
  hablad_stop (hablad);
}

/* Waits until the sentences of @n requests are counted. */
static JsonNode *
wait_for_requests (Hablad *hablad, gint64 n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  for (;;) {
    g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/llm/current", NULL, 200);

    if (json_object_get_int_member (get_object (node, "metrics"), "successes") >= n)
      return g_steal_pointer (&node);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    hablad_iterate ();
  }
}

static void
test_translation (void)
{
  g_autofree char *data = make_folder ();
  Hablad *hablad = start (data, NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *metrics;

  hablad_wait_ready (hablad);
  g_assert_false (is_translated_by_server (hablad));
  check (hablad, "POST", "/api/llm/select", "{'provider':'ollama'}", 200);
  assert_current (hablad, "ollama", "qwen3:8b", "");
  hablad_wait_for_metric (hablad, "habla_rooms", 0);
  g_assert_true (is_translated_by_server (hablad));
  node = wait_for_requests (hablad, 1);
  metrics = get_object (node, "metrics");
  g_assert_cmpint (json_object_get_int_member (metrics, "requests"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (metrics, "failures"), ==, 0);
  g_assert_cmpfloat (json_object_get_double_member (metrics, "total_latency_ms"), >, 0);
  g_assert_false (json_object_get_boolean_member (metrics, "degraded"));
  hablad_stop (hablad);
  hablad = start (data, NULL);
  hablad_wait_ready (hablad);
  assert_current (hablad, "ollama", "qwen3:8b", "");
  g_assert_true (is_translated_by_server (hablad));
  check (hablad, "POST", "/api/llm/select", "{'provider':''}", 200);
  assert_current (hablad, "", "", "");
  hablad_wait_for_metric (hablad, "habla_rooms", 0);
  g_assert_false (is_translated_by_server (hablad));
  hablad_stop (hablad);
  g_assert_cmpint (g_atomic_int_get (&n_keys), ==, 0);
}

static void
assert_costs (JsonNode *node, const char *prefix, gint64 input, gint64 output)
{
  JsonObject *costs = get_object (node, "costs");
  g_autofree char *input_name = g_strconcat (prefix, "_input_tokens", NULL);
  g_autofree char *output_name = g_strconcat (prefix, "_output_tokens", NULL);
  g_autofree char *cost_name = g_strconcat (prefix, "_cost_usd", NULL);

  g_assert_cmpint (json_object_get_int_member (costs, input_name), ==, input);
  g_assert_cmpint (json_object_get_int_member (costs, output_name), ==, output);
  g_assert_cmpfloat_with_epsilon (
      json_object_get_double_member (costs, cost_name), input * 1e-6 + output * 4e-6, 1e-9);
}

/* The key is sent to the configured server alone, and is in no log. */
static void
test_key (void)
{
  g_autofree char *data = make_folder ();
  g_autofree char *path = g_build_filename (habla_test_get_dir (), "key", NULL);
  g_autofree char *more = g_strdup_printf ("timeout=60000\napi-key-file=%s\n", path);
  g_autofree char *other =
      g_strdup_printf ("{'provider':'openai','url':'%s'}", remote_server_get_url (other_server));
  g_autofree char *log = NULL;
  Hablad *hablad;
  gint n;

  g_assert_true (g_file_set_contents_full (path, KEY "\n", -1, 0, 0600, NULL));
  hablad = start (data, more);
  hablad_wait_ready (hablad);
  check (hablad, "POST", "/api/llm/select", "{'provider':'openai','model':'gpt-x'}", 200);
  g_assert_cmpint (g_atomic_int_get (&n_keys), ==, 1);
  g_assert_true (is_translated_by_server (hablad));
  {
    g_autoptr (JsonNode) node = wait_for_requests (hablad, 1);

    assert_costs (node, "session", 1000, 500);
    assert_costs (node, "all_time", 1000, 500);
  }
  n = g_atomic_int_get (&n_keys);
  g_assert_cmpint (n, ==, 2);
  hablad_stop (hablad);
  hablad = start (data, more);
  hablad_wait_ready (hablad);
  {
    g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/llm/current", NULL, 200);

    assert_costs (node, "session", 0, 0);
    assert_costs (node, "all_time", 1000, 500);
  }
  n = g_atomic_int_get (&n_keys);
  check (hablad, "POST", "/api/llm/select", other, 200);
  g_assert_true (is_translated_by_server (hablad));
  check (hablad, "GET", "/api/llm/models?provider=openai", NULL, 200);
  check (hablad, "POST", "/api/llm/select", "{'provider':'lmstudio'}", 200);
  g_assert_cmpint (g_atomic_int_get (&n_keys), ==, n);
  g_assert_cmpint (g_atomic_int_get (&n_other_keys), ==, 0);
  log = hablad_get_log (hablad);
  g_assert_null (strstr (log, "secret"));
  hablad_stop (hablad);
}

/* Returns: (transfer full): the topic of the last session, as REST has it */
static char *
dup_topic (Hablad *hablad)
{
  g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/sessions", NULL, 200);
  JsonArray *sessions = json_node_get_array (node);
  JsonObject *session =
      json_array_get_length (sessions) > 0 ? json_array_get_object_element (sessions, 0) : NULL;

  return session != NULL ? g_strdup (json_object_get_string_member_with_default (
                               session, "topic_summary", NULL))
                         : NULL;
}

/* After ten sentences, the quick model has summarised the lesson, for history and export. */
static void
test_topic (void)
{
  g_autofree char *data = make_folder ();
  Hablad *hablad = start (data, NULL);
  g_autoptr (HabladClient) client = NULL;
  g_autofree char *topic = NULL;
  g_autofree char *progress = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gint64 deadline;
  guint status;
  gint64 id;

  check (hablad, "POST", "/api/llm/select",
      "{'provider':'ollama','model':'qwen3:8b','quick_model':'tiny:1b'}", 200);
  client = hablad_client_new (hablad, NULL);
  for (guint i = 0; i < 10; i++) {
    hablad_client_send_text (client, "Good morning.");
    hablad_client_expect (client, "translation");
  }
  /* While the model wrote. */
  progress = hablad_client_join (client, "partial_translation", "text");
  g_assert_true (g_str_has_prefix (progress, "Muy"));
  /* The translation ends it. */
  g_assert_nonnull (strstr (progress, "Muy\n\n"));
  deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;
  while ((topic = dup_topic (hablad)) == NULL) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    g_usleep (50000);
  }
  g_assert_cmpstr (topic, ==, "A lesson about mornings.");
  g_assert_cmpint (g_atomic_int_get (&n_topics), >=, 1);
  {
    g_autoptr (JsonNode) node = ask (hablad, "GET", "/api/sessions", NULL, 200);

    id = json_object_get_int_member (
        json_array_get_object_element (json_node_get_array (node), 0), "id");
  }
  path = g_strdup_printf ("/api/sessions/%" G_GINT64_FORMAT "/export", id);
  text = hablad_request (hablad, "GET", path, NULL, &status);
  g_assert_nonnull (strstr (text, "\nA lesson about mornings.\n"));
  hablad_client_close (client);
  hablad_stop (hablad);
}

int
main (int argc, char **argv)
{
  int result;

  habla_test_init (&argc, &argv);
  server = remote_server_new (answer, NULL, NULL);
  other_server = remote_server_new (answer, NULL, NULL);
  g_test_add_func ("/hablad-llm/lists", test_lists);
  g_test_add_func ("/hablad-llm/bad-choices", test_bad_choices);
  g_test_add_func ("/hablad-llm/slow", test_slow);
  g_test_add_func ("/hablad-llm/translation", test_translation);
  g_test_add_func ("/hablad-llm/key", test_key);
  g_test_add_func ("/hablad-llm/topic", test_topic);
  result = habla_test_run ();
  remote_server_free (server);
  remote_server_free (other_server);
  return result;
}
