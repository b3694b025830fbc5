/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-api.h"

static HablaRoomManager *
make_manager (HablaMetrics *metrics)
{
  static char *spanish[] = { (char *) "es", NULL };
  HablaRoomManagerOptions options = {
    .pipeline = "session",
    .max_sessions = 2,
    .max_members = 4,
    .drain_timeout = 1000,
    .max_audio_backlog = 1024 * 1024,
    .resume_window = 1000,
    .settings = { (char *) "en", spanish, HABLA_MODE_CONVERSATION },
    .metrics = metrics,
  };

  return habla_room_manager_new (&options);
}

static void
close_websockets (gpointer user_data)
{
  TestApi *self = user_data;

  habla_api_close_clients (self->api);
}

static gboolean
check_code (const char *path, const char *code, gpointer user_data)
{
  TestApi *self = user_data;

  return habla_api_check_code (self->api, path, code);
}

static HablaRouter *
make_router (TestServer *test)
{
  TestApi *self = test->data;

  self->options.token = test->options.token;
  self->options.idle_timeout = test->options.idle_timeout;
  self->api = habla_api_new (&self->options);
  test->options.close_websockets = close_websockets;
  test->options.check_code = check_code;
  test->options.user_data = self;
  return habla_api_get_router (self->api);
}

static void
note_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *done = user_data;

  *done = TRUE;
}

static void
free_api (TestServer *test)
{
  TestApi *self = test->data;
  gboolean done = FALSE;

  g_clear_pointer (&self->api, habla_api_free);
  habla_room_manager_shut_down (self->options.manager, note_done, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  habla_room_manager_free (self->options.manager);
  habla_health_free (self->options.health);
  habla_phrasebook_unref (self->options.phrasebook);
  habla_llm_free (self->options.llm);
  g_free (self);
}

TestServer *
test_api_new (void)
{
  TestServer *test = test_server_new ();
  TestApi *self = g_new0 (TestApi, 1);
  const HablaLlmOptions llm = {
    .urls = { "http://127.0.0.1:1", "http://127.0.0.1:1", "http://127.0.0.1:1" }, .timeout = 1000
  };

  self->options = (HablaApiOptions){
    .health = habla_health_new (1000, test->options.metrics),
    .manager = make_manager (test->options.metrics),
    .phrasebook = habla_phrasebook_new (),
    .llm = habla_llm_new (&llm),
    .metrics = test->options.metrics,
    .soft_backlog = 64 * 1024,
    .hard_backlog = 1024 * 1024,
  };
  test->data = self;
  test->make_router = make_router;
  test->free_data = free_api;
  return test;
}

TestApi *
test_api_get (TestServer *test)
{
  return test->data;
}
