/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks, servers and disks that fail while a model is downloaded: the error says what to do, and
 * nothing is installed by half. */
#include "habla-test.h"
#include "models-test.h"
#include "publisher.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <habla/error.h>
#include <models/installed-model.h>
#include <string.h>
#include <sys/mount.h>

#define URL "https://models.example/model.onnx"
#define SIZE 400000

static Publisher *publisher;

static const HablaInstallOptions no_check = { .skip_check = TRUE };

typedef struct {
  char *folder; /* of models */
  GBytes *weights;
  PublisherFile *file;
  HablaAvailableModel *model;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = models_test_use_new_folder ();
  self->weights = models_test_make_noise (SIZE);
  self->file = publisher_add (publisher, URL, g_bytes_ref (self->weights));
  self->model = models_test_make_model ("m", HABLA_MODEL_SOURCE_FILE, URL, self->weights);
  self->model->download_size = SIZE;
  publisher_take_requests (publisher, URL);
  publisher_take_sent (publisher);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_free (self->folder);
  g_bytes_unref (self->weights);
  habla_available_model_unref (self->model);
}

static HablaModelSource *
get_source (Fixture *self)
{
  return g_ptr_array_index (self->model->sources, 0);
}

static void
forget_hash (Fixture *self)
{
  g_clear_pointer (&get_source (self)->hash, g_free);
  get_source (self)->size = 0;
}

static void
succeed (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = models_test_install (self->model, &no_check, NULL, &error);
  g_autofree char *text = NULL, *names = NULL;
  gsize length;

  g_assert_no_error (error);
  g_file_get_contents (habla_model_get_file (model, "Model"), &text, &length, NULL);
  g_assert_cmpmem (text, length, g_bytes_get_data (self->weights, NULL), SIZE);
  names = models_test_list (self->folder);
  g_assert_cmpstr (names, ==, "m");
}

/* @rest: whether the part that has arrived is kept */
static void
fail (Fixture *self, GQuark domain, int code, const char *remedy, gboolean rest)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = models_test_install (self->model, &no_check, NULL, &error);
  g_autofree char *names = models_test_list (self->folder);

  g_assert_null (model);
  g_test_message ("%s", error->message);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, remedy));
  g_assert_cmpstr (names, ==, rest ? ".m.part" : "");
}

/* The connection is cut three times, and each time made again for the rest. */
static void
test_cut (Fixture *self, gconstpointer data)
{
  self->file->etag = g_strdup ("\"1\"");
  self->file->cut_after = 100000;
  self->file->n_faults = 3;
  succeed (self);
  g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 4);
  g_assert_cmpuint (publisher_take_sent (publisher), <=, SIZE + SIZE / 4);
}

/* A server that gives no hash and no size: only the validator makes sure that both parts fit. */
static void
test_continue (Fixture *self, gconstpointer data)
{
  gboolean is_changed = GPOINTER_TO_INT (data);
  guint64 sent;

  forget_hash (self);
  self->file->etag = g_strdup ("\"1\"");
  self->file->stall_after = 200000;
  self->file->n_faults = 1;
  fail (self, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "run the command again", TRUE);
  publisher_take_sent (publisher);
  if (is_changed) {
    g_free (self->file->etag);
    self->file->etag = g_strdup ("\"2\"");
  }
  succeed (self);
  sent = publisher_take_sent (publisher);
  if (is_changed)
    g_assert_cmpuint (sent, ==, SIZE);
  else
    g_assert_cmpuint (sent, <=, SIZE / 2 + SIZE / 4);
}

/* Without ranges, a cut means everything again. */
static void
test_no_ranges (Fixture *self, gconstpointer data)
{
  self->file->ignores_ranges = TRUE;
  self->file->cut_after = 200000;
  self->file->n_faults = 1;
  succeed (self);
  g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 2);
}

/* What is complete on the disk already is not downloaded again. */
static void
test_complete_part (Fixture *self, gconstpointer data)
{
  g_autofree char *part = g_build_filename (self->folder, ".m.part", "downloads", "0", NULL);

  models_test_write (part, self->weights);
  succeed (self);
  g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 0);
}

/* A part that another program has damaged: the hash finds it, and the next attempt works. */
static void
test_damaged_part (Fixture *self, gconstpointer data)
{
  g_autofree char *part = g_build_filename (self->folder, ".m.part", "downloads", "0", NULL);
  g_autoptr (GBytes) damaged = g_bytes_new_static ("other", 5);

  models_test_write (part, damaged);
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "another hash", FALSE);
  succeed (self);
}

static void
test_unbounded (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) more = models_test_make_noise (SIZE + 1);

  /* Larger than the list says, with and without telling. */
  self->file->data = (g_bytes_unref (self->file->data), g_bytes_ref (more));
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "another size", FALSE);
  self->file->hides_length = TRUE;
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "sends more", FALSE);
}

static void
test_short (Fixture *self, gconstpointer data)
{
  self->file->hides_length = TRUE;
  self->file->cut_after = 200000;
  self->file->ignores_ranges = TRUE;
  fail (self, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "run the command again", TRUE);
}

static void
test_hash (Fixture *self, gconstpointer data)
{
  char *hash = get_source (self)->hash;

  hash[5] = hash[5] == '0' ? '1' : '0';
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "another hash", FALSE);
  g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 1);
}

static void
test_status (Fixture *self, gconstpointer data)
{
  self->file->status = 404;
  fail (self, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "habla models import", FALSE);
  self->file->status = 403;
  fail (self, G_IO_ERROR, G_IO_ERROR_FAILED, "wait an hour", FALSE);
  self->file->status = 503;
  fail (self, G_IO_ERROR, G_IO_ERROR_FAILED, "again later", FALSE);
  self->file->status = 407;
  fail (self, G_IO_ERROR, G_IO_ERROR_FAILED, "proxy", FALSE);
}

static void
test_captive_portal (Fixture *self, gconstpointer data)
{
  g_free (self->file->type);
  self->file->type = g_strdup ("text/html; charset=utf-8");
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "login", FALSE);
}

static void
test_redirections (Fixture *self, gconstpointer data)
{
  g_autofree char *address = publisher_get_address (publisher);

  self->file->status = 302;
  self->file->location = g_strdup ("model.onnx");
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "redirects more than 5 times", FALSE);
  g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 6);
  g_free (self->file->location);
  self->file->location = g_strdup ("http://models.example/model.onnx");
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "without encryption", FALSE);
  g_clear_pointer (&self->file->location, g_free);
  fail (self, HABLA_ERROR, HABLA_ERROR_INPUT, "redirects", FALSE);
  self->file->location = g_strconcat (address, "cdn.example/other", NULL);
  publisher_add (publisher, "https://cdn.example/other", g_bytes_ref (self->weights));
  succeed (self);
}

static void
test_certificate (Fixture *self, gconstpointer data)
{
  g_autofree char *file = g_strdup (g_getenv ("HABLA_MODELS_CA_FILE"));

  g_unsetenv ("HABLA_MODELS_CA_FILE");
  fail (self, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "clock", FALSE);
  g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 0);
  g_setenv ("HABLA_MODELS_CA_FILE", "/missing.pem", TRUE);
  fail (self, G_TLS_ERROR, G_TLS_ERROR_MISC, "HABLA_MODELS_CA_FILE", FALSE);
  g_setenv ("HABLA_MODELS_CA_FILE", file, TRUE);
}

static void
test_mirror (Fixture *self, gconstpointer data)
{
  g_autofree char *mirror = g_strdup (g_getenv ("HABLA_MODELS_MIRROR"));

  g_setenv ("HABLA_MODELS_MIRROR", "http://127.0.0.1:1/", TRUE);
  fail (self, HABLA_ERROR, HABLA_ERROR_PARAMETER, "https://", FALSE);
  /* No one listens. */
  g_setenv ("HABLA_MODELS_MIRROR", "https://127.0.0.1:1", TRUE);
  fail (self, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "check the network", FALSE);
  g_setenv ("HABLA_MODELS_MIRROR", mirror, TRUE);
}

static void
cancel (HablaInstallPhase phase, guint64 done, guint64 total, gpointer cancellable)
{
  if (done > 0)
    g_cancellable_cancel (cancellable);
}

/* Cancelled while the server sends nothing: ends at once, and is continued later. */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  HablaInstallOptions options = {
    .skip_check = TRUE, .progress = cancel, .progress_data = cancellable
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  self->file->etag = g_strdup ("\"1\"");
  self->file->stall_after = 200000;
  self->file->n_faults = 1;
  habla_install_async (self->model, &options, cancellable, habla_test_store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  model = habla_install_finish (result, NULL, &error);
  g_assert_null (model);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  names = models_test_list (self->folder);
  g_assert_cmpstr (names, ==, ".m.part");
  succeed (self);
}

static void
set_begun (HablaInstallPhase phase, guint64 done, guint64 total, gpointer is_begun)
{
  *(gboolean *) is_begun = TRUE;
}

/* The second of two at once is refused, and leaves the first alone. */
static void
test_two_at_once (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *timeout = g_strdup (g_getenv ("HABLA_MODELS_TIMEOUT"));
  gboolean is_begun = FALSE;
  HablaInstallOptions options = {
    .skip_check = TRUE, .progress = set_begun, .progress_data = &is_begun
  };
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("HABLA_MODELS_TIMEOUT", "3600", TRUE);
  self->file->stall_after = 100000;
  self->file->n_faults = 1;
  habla_install_async (self->model, &options, cancellable, habla_test_store_result, &first);
  while (!is_begun)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (habla_installed_model_remove ("m", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  habla_install_async (self->model, &no_check, NULL, habla_test_store_result, &second);
  while (second == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (first);
  g_assert_null (habla_install_finish (second, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  while (first == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (habla_install_finish (first, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_setenv ("HABLA_MODELS_TIMEOUT", timeout, TRUE);
  succeed (self);
}

/* The estimate says that it fits, but the disk is full before the end. */
static void
test_full_disk (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  if (mount ("habla-test", self->folder, "tmpfs", 0, "size=18m") != 0) {
    g_test_skip ("Only root can make a small disk");
    return;
  }
  {
    g_autofree char *names = NULL;
    g_autoptr (GBytes) large = models_test_make_noise (19 * 1024 * 1024);
    g_autoptr (GError) error = NULL;
    g_autoptr (HablaModel) model = NULL;

    self->model->download_size = 10 * 1024 * 1024;
    model = models_test_install (self->model, &no_check, NULL, &error);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    g_assert_nonnull (strstr (error->message, "HABLA_MODELS_PATH"));
    g_assert_cmpuint (publisher_take_requests (publisher, URL), ==, 0);
    g_clear_error (&error);

    self->model->download_size = 1;
    forget_hash (self);
    publisher_add (publisher, URL, g_bytes_ref (large));
    model = models_test_install (self->model, &no_check, NULL, &error);
    g_test_message ("%s", error->message);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    g_assert_nonnull (strstr (error->message, "make room"));
    names = models_test_list (self->folder);
    g_assert_cmpstr (names, ==, ".m.part");
    g_assert_true (habla_installed_model_remove ("m", NULL));
    g_clear_pointer (&names, g_free);
    names = models_test_list (self->folder);
    g_assert_cmpstr (names, ==, "");
  }
  g_assert_cmpint (umount (self->folder), ==, 0);
}

static void
test_read_only (Fixture *self, gconstpointer data)
{
  g_autofree char *file = g_build_filename (self->folder, "file", NULL);
  g_autofree char *below = g_build_filename (file, "models", NULL);
  HablaInstallOptions options = { .skip_check = TRUE, .folder = below };
  g_autoptr (HablaModel) model = NULL;
  g_autoptr (GError) error = NULL;

  models_test_write (file, self->weights);
  model = models_test_install (self->model, &options, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_nonnull (strstr (error->message, "HABLA_MODELS_PATH"));
}

int
main (int argc, char **argv)
{
  int status;

  habla_test_init (&argc, &argv);
  g_setenv ("HABLA_MODELS_TIMEOUT", habla_test_scale (1) > 1 ? "20" : "5", TRUE);
  publisher = publisher_new ();
#define ADD(name, function, data) \
  g_test_add ("/install-faults/" name, Fixture, data, set_up, function, tear_down)
  ADD ("cut", test_cut, NULL);
  ADD ("continue", test_continue, NULL);
  ADD ("continue-changed", test_continue, GINT_TO_POINTER (TRUE));
  ADD ("no-ranges", test_no_ranges, NULL);
  ADD ("complete-part", test_complete_part, NULL);
  ADD ("damaged-part", test_damaged_part, NULL);
  ADD ("unbounded", test_unbounded, NULL);
  ADD ("short", test_short, NULL);
  ADD ("hash", test_hash, NULL);
  ADD ("status", test_status, NULL);
  ADD ("captive-portal", test_captive_portal, NULL);
  ADD ("redirections", test_redirections, NULL);
  ADD ("certificate", test_certificate, NULL);
  ADD ("mirror", test_mirror, NULL);
  ADD ("cancel", test_cancel, NULL);
  ADD ("two-at-once", test_two_at_once, NULL);
  ADD ("full-disk", test_full_disk, NULL);
  ADD ("read-only", test_read_only, NULL);
  status = habla_test_run ();
  publisher_free (publisher);
  return status;
}
