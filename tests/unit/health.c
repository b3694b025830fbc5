/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "habla-test.h"

#include <json-glib/json-glib.h>
#include <monitoring/health.h>
#include <string.h>

#define INTERVAL 20 /* milliseconds */
#define TIMEOUT (habla_test_scale (60) * G_USEC_PER_SEC)

typedef struct {
  HablaMetrics *metrics;
  HablaHealth *health;

  GMutex lock;
  GCond changed;
  gboolean is_blocked; /* protected by lock */
  gboolean works;      /* protected by lock */
  guint rounds;        /* protected by lock */
  guint running;       /* protected by lock */
  guint most;          /* protected by lock; that ran at once */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->changed);
  fixture->works = TRUE;
  fixture->metrics = habla_metrics_new ();
  fixture->health = habla_health_new (INTERVAL, fixture->metrics);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->health, habla_health_free);
  habla_metrics_free (fixture->metrics);
  g_mutex_clear (&fixture->lock);
  g_cond_clear (&fixture->changed);
}

static gboolean
check (gpointer user_data, char **message)
{
  Fixture *fixture = user_data;
  gboolean works;

  g_mutex_lock (&fixture->lock);
  fixture->rounds++;
  fixture->running++;
  fixture->most = MAX (fixture->most, fixture->running);
  g_cond_broadcast (&fixture->changed);
  while (fixture->is_blocked)
    g_cond_wait (&fixture->changed, &fixture->lock);
  fixture->running--;
  works = fixture->works;
  g_mutex_unlock (&fixture->lock);
  *message = g_strdup (works ? "\"all\" well" : "failed");
  return works;
}

static void
set_blocked (Fixture *fixture, gboolean is_blocked)
{
  g_mutex_lock (&fixture->lock);
  fixture->is_blocked = is_blocked;
  g_cond_broadcast (&fixture->changed);
  g_mutex_unlock (&fixture->lock);
}

static JsonObject *
parse (GBytes *body)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (node));
}

static JsonObject *
get_ready (Fixture *fixture, gboolean *is_ready)
{
  g_autoptr (GBytes) body = habla_health_get_ready (fixture->health, TRUE, is_ready);

  return parse (body);
}

static void
assert_status (Fixture *fixture, const char *status, gboolean expect_ready)
{
  gboolean is_ready;
  g_autoptr (GBytes) body = habla_health_get_live (fixture->health, TRUE);
  g_autoptr (JsonObject) live = parse (body);
  g_autoptr (JsonObject) ready = get_ready (fixture, &is_ready);

  g_assert_cmpstr (json_object_get_string_member (live, "status"), ==, status);
  g_assert_cmpstr (json_object_get_string_member (ready, "status"), ==, status);
  g_assert_cmpint (is_ready, ==, expect_ready);
}

/* Clients of other machines do not get the messages of the checks. */
static void
assert_has_message (Fixture *fixture, gboolean has_messages)
{
  gboolean is_ready;
  g_autoptr (GBytes) live = habla_health_get_live (fixture->health, has_messages);
  g_autoptr (GBytes) ready = habla_health_get_ready (fixture->health, has_messages, &is_ready);
  GBytes *const bodies[] = { live, ready };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autofree char *text =
        g_strndup (g_bytes_get_data (bodies[i], NULL), g_bytes_get_size (bodies[i]));

    g_assert_nonnull (strstr (text, "\"message\""));
    g_assert_cmpint (strstr (text, "well") != NULL, ==, has_messages);
  }
}

static void
wait_for_status (Fixture *fixture, const char *status)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT;

  for (;;) {
    gboolean is_ready;
    g_autoptr (JsonObject) ready = get_ready (fixture, &is_ready);

    if (g_strcmp0 (json_object_get_string_member (ready, "status"), status) == 0)
      return;
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
test_shape (Fixture *fixture, gconstpointer data)
{
  gboolean is_ready;
  g_autoptr (JsonObject) ready = NULL;
  JsonObject *component;

  habla_health_add_check (fixture->health, "engines", TRUE, check, fixture);
  assert_status (fixture, "starting", FALSE);
  habla_health_start (fixture->health);
  wait_for_status (fixture, "ok");
  assert_status (fixture, "ok", TRUE);
  ready = get_ready (fixture, &is_ready);
  g_assert_cmpint (json_object_get_int_member (ready, "age_ms"), >=, 0);
  g_assert_true (g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$",
      json_object_get_string_member (ready, "checked_at"), 0, 0));
  component = json_object_get_object_member (
      json_object_get_object_member (ready, "components"), "engines");
  g_assert_cmpstr (json_object_get_string_member (component, "status"), ==, "ok");
  g_assert_cmpstr (json_object_get_string_member (component, "message"), ==, "\"all\" well");
  g_assert_cmpfloat (json_object_get_double_member (component, "latency_ms"), >=, 0);
  assert_has_message (fixture, TRUE);
  assert_has_message (fixture, FALSE);
}

/* Results are available at once however long the checks take, and rounds do not overlap. */
static void
test_never_waits (Fixture *fixture, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + 4 * INTERVAL * 1000;

  fixture->is_blocked = TRUE;
  habla_health_add_check (fixture->health, "engines", TRUE, check, fixture);
  habla_health_start (fixture->health);
  assert_status (fixture, "starting", FALSE);
  while (g_get_monotonic_time () < end) {
    gboolean is_ready;
    g_autoptr (JsonObject) ready = get_ready (fixture, &is_ready);

    g_assert_false (is_ready);
    g_main_context_iteration (NULL, FALSE);
  }
  set_blocked (fixture, FALSE);
  wait_for_status (fixture, "ok");
  g_mutex_lock (&fixture->lock);
  g_assert_cmpuint (fixture->most, ==, 1);
  g_mutex_unlock (&fixture->lock);
}

static void
test_refreshes (Fixture *fixture, gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT;

  habla_health_add_check (fixture->health, "disk", FALSE, check, fixture);
  habla_health_start (fixture->health);
  wait_for_status (fixture, "ok");
  g_mutex_lock (&fixture->lock);
  fixture->works = FALSE;
  g_mutex_unlock (&fixture->lock);
  wait_for_status (fixture, "degraded");
  assert_status (fixture, "degraded", TRUE);
  g_mutex_lock (&fixture->lock);
  fixture->rounds = 0;
  g_mutex_unlock (&fixture->lock);
  for (guint rounds = 0; rounds < 3;) {
    g_main_context_iteration (NULL, TRUE);
    g_mutex_lock (&fixture->lock);
    rounds = fixture->rounds;
    g_mutex_unlock (&fixture->lock);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  }
}

static void
test_critical (Fixture *fixture, gconstpointer data)
{
  fixture->works = FALSE;
  habla_health_add_check (fixture->health, "engines", TRUE, check, fixture);
  habla_health_start (fixture->health);
  wait_for_status (fixture, "down");
  assert_status (fixture, "down", FALSE);
}

/* Checks that hang make the status down, whatever the last result was. */
static void
test_stale (Fixture *fixture, gconstpointer data)
{
  habla_health_add_check (fixture->health, "engines", FALSE, check, fixture);
  habla_health_start (fixture->health);
  wait_for_status (fixture, "ok");
  set_blocked (fixture, TRUE);
  wait_for_status (fixture, "down");
  set_blocked (fixture, FALSE);
  wait_for_status (fixture, "ok");
}

static void
test_stopping (Fixture *fixture, gconstpointer data)
{
  habla_health_add_check (fixture->health, "engines", TRUE, check, fixture);
  habla_health_start (fixture->health);
  wait_for_status (fixture, "ok");
  habla_health_set_stopping (fixture->health);
  assert_status (fixture, "down", FALSE);
}

static gpointer
unblock (gpointer data)
{
  Fixture *fixture = data;

  g_mutex_lock (&fixture->lock);
  while (fixture->running == 0)
    g_cond_wait (&fixture->changed, &fixture->lock);
  g_mutex_unlock (&fixture->lock);
  set_blocked (fixture, FALSE);
  return NULL;
}

/* Waits for the round in progress, and drops its results. */
static void
test_freed (Fixture *fixture, gconstpointer data)
{
  GThread *thread;

  fixture->is_blocked = TRUE;
  habla_health_add_check (fixture->health, "engines", TRUE, check, fixture);
  habla_health_start (fixture->health);
  thread = g_thread_new ("unblock", unblock, fixture);
  g_clear_pointer (&fixture->health, habla_health_free);
  g_assert_cmpuint (fixture->running, ==, 0);
  g_thread_join (thread);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_metrics (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  habla_health_add_check (fixture->health, "engines", TRUE, check, fixture);
  habla_health_start (fixture->health);
  wait_for_status (fixture, "ok");
  g_bytes_unref (habla_health_get_live (fixture->health, TRUE));
  text = habla_metrics_expose (fixture->metrics);
  g_assert_nonnull (strstr (text, "habla_health_status{status=\"ok\"} 1\n"));
  g_assert_nonnull (strstr (text, "habla_health_status{status=\"down\"} 0\n"));
  g_assert_null (strstr (text, "habla_health_cache_hits_total 0\n"));
  g_assert_nonnull (strstr (text, "habla_health_age_seconds "));
  g_assert_null (strstr (text, "habla_health_check_seconds_count 0\n"));
}

int
main (int argc, char **argv)
{
  habla_test_init (&argc, &argv);
#define ADD(name, function) g_test_add ("/health/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("shape", test_shape);
  ADD ("never waits", test_never_waits);
  ADD ("refreshes", test_refreshes);
  ADD ("critical", test_critical);
  ADD ("stale", test_stale);
  ADD ("stopping", test_stopping);
  ADD ("freed", test_freed);
  ADD ("metrics", test_metrics);
  return habla_test_run ();
}
