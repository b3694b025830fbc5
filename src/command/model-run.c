/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/model-run.h"

#include "command/exit-status.h"
#include "command/output/terminal-output.h"

#include <glib-unix.h>
#include <habla/error.h>
#include <models/installed-model.h>
#include <models/installer.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_COLUMNS 80

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

struct _HablaModelRun {
  GMainLoop *loop;
  GCancellable *cancellable;
  GAsyncResult *result; /* of the last operation */
  int status;
  int signal; /* that cancelled the run; 0 = none */
  guint sources[G_N_ELEMENTS (signals)];

  const char *what; /* (nullable): name for the progress line */
  gboolean on_terminal;
  gboolean has_line; /* the progress line is on the terminal */
  HablaInstallPhase phase;
  guint64 begin;  /* bytes of the phase when it began: those of an earlier run */
  gint64 started; /* of the phase, in monotonic microseconds */
};

HablaModelRun *
habla_model_run_new (void)
{
  HablaModelRun *self = g_new0 (HablaModelRun, 1);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->on_terminal = isatty (STDERR_FILENO);
  return self;
}

void
habla_model_run_free (HablaModelRun *self)
{
  g_main_loop_unref (self->loop);
  g_object_unref (self->cancellable);
  g_free (self);
}

int
habla_model_run_get_status (HablaModelRun *self)
{
  return self->signal != 0 ? 128 + self->signal : self->status;
}

gboolean
habla_model_run_is_cancelled (HablaModelRun *self)
{
  return self->signal != 0;
}

static void
model_run_erase (HablaModelRun *self)
{
  if (self->has_line)
    fputs ("\r\033[K", stderr);
  self->has_line = FALSE;
}

static void
model_run_show (HablaModelRun *self, const char *text)
{
  struct winsize size = { 0 };
  g_autofree char *clipped = NULL;
  gboolean has_size = ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

  if (!self->on_terminal)
    return;
  clipped =
      habla_terminal_output_clip (text, (has_size ? size.ws_col : DEFAULT_COLUMNS) - 1, FALSE);
  model_run_erase (self);
  fputs (clipped, stderr);
  fflush (stderr);
  self->has_line = TRUE;
}

static void
model_run_print (HablaModelRun *self, const char *type, const char *text)
{
  g_autoptr (HablaTerminalOutput) output = habla_terminal_output_new (FALSE, FALSE);

  model_run_erase (self);
  fflush (stdout);
  habla_terminal_output_print_message (output, type, "%s", text);
}

/* The errors of <models/...> are about publishers, files and folders of models. */
static HablaExitStatus
find_status (const GError *error)
{
  if (g_error_matches (error, HABLA_ERROR, HABLA_ERROR_INPUT))
    return HABLA_EXIT_DATA;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return HABLA_EXIT_IO;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    return HABLA_EXIT_CANNOT_CREATE;
  if (error->domain == HABLA_ERROR || error->domain == HABLA_EXIT_ERROR)
    return habla_exit_status_from_error (error);
  return HABLA_EXIT_UNAVAILABLE;
}

void
habla_model_run_fail (HablaModelRun *self, const GError *error)
{
  if (error == NULL)
    return;
  if (self->signal != 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    model_run_print (self, "note", "Stopped; what is downloaded is kept for the next time");
    return;
  }
  model_run_print (self, "error", error->message);
  if (self->status == HABLA_EXIT_OK)
    self->status = find_status (error);
}

static gboolean
model_run_cancel (HablaModelRun *self, int number)
{
  self->signal = number;
  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (signals[i] == number)
      self->sources[i] = 0;
  /* The signal has its default action again. */
  return G_SOURCE_REMOVE;
}

static gboolean
on_interrupt (gpointer self)
{
  return model_run_cancel (self, SIGINT);
}

static gboolean
on_terminate (gpointer self)
{
  return model_run_cancel (self, SIGTERM);
}

static gboolean
on_hangup (gpointer self)
{
  return model_run_cancel (self, SIGHUP);
}

static void
model_run_watch_signals (HablaModelRun *self)
{
  const GSourceFunc functions[] = { on_interrupt, on_terminate, on_hangup };

  for (guint i = 0; self->signal == 0 && i < G_N_ELEMENTS (signals); i++)
    self->sources[i] = g_unix_signal_add (signals[i], functions[i], self);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HablaModelRun *self = user_data;

  self->result = g_object_ref (result);
  g_main_loop_quit (self->loop);
}

/* Runs the main loop until the operation is done. Returns: (transfer full): its result */
static GAsyncResult *
model_run_wait (HablaModelRun *self)
{
  g_main_loop_run (self->loop);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_clear_handle_id (&self->sources[i], g_source_remove);
  model_run_erase (self);
  return g_steal_pointer (&self->result);
}

static void
on_progress (HablaInstallPhase phase, guint64 done, guint64 total, gpointer user_data)
{
  static const char *const verbs[] = { "downloading", "unpacking", "checking" };
  HablaModelRun *self = user_data;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (GString) line = g_string_new (NULL);

  if (!self->on_terminal)
    return;
  if (self->started == 0 || phase != self->phase) {
    self->phase = phase;
    self->begin = done;
    self->started = now;
  }
  g_string_printf (line, "%s: %s", self->what, verbs[phase]);
  if (total > 0) {
    g_autofree char *size = g_format_size (total);

    g_string_append_printf (line, " %u %% of %s", (guint) (100.0 * done / total), size);
  }
  if (phase == HABLA_INSTALL_DOWNLOADING && now > self->started + G_USEC_PER_SEC) {
    g_autofree char *speed = g_format_size (
        (guint64) ((done - self->begin) * (double) G_USEC_PER_SEC / (now - self->started)));

    g_string_append_printf (line, ", %s/s", speed);
  }
  model_run_show (self, line->str);
}

HablaCatalogue *
habla_model_run_load_catalogue (HablaModelRun *self, HablaCatalogueUpdate update)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *const *warnings;
  HablaCatalogue *catalogue;

  model_run_watch_signals (self);
  if (update > HABLA_CATALOGUE_OFFLINE)
    model_run_show (self, "Asking the publishers for their lists of models");
  habla_catalogue_load_async (update, self->cancellable, on_done, self);
  result = model_run_wait (self);
  catalogue = habla_catalogue_load_finish (result, &error);
  habla_model_run_fail (self, error);
  if (catalogue == NULL || update <= HABLA_CATALOGUE_OFFLINE)
    return catalogue;
  warnings = habla_catalogue_get_warnings (catalogue);
  for (guint i = 0; warnings[i] != NULL; i++)
    model_run_print (self, "warning", warnings[i]);
  return catalogue;
}

/* Prints the result of an installation. */
static gboolean
model_run_finish_install (HablaModelRun *self)
{
  g_autoptr (GAsyncResult) result = model_run_wait (self);
  g_autofree char *warning = NULL;
  g_autofree char *size = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HablaModel) model = habla_install_finish (result, &warning, &error);

  if (warning != NULL)
    model_run_print (self, "warning", warning);
  if (model == NULL) {
    habla_model_run_fail (self, error);
    return FALSE;
  }
  if (habla_model_get_unusable (model) != NULL) {
    g_set_error (&error, HABLA_ERROR, HABLA_ERROR_ENGINE,
        "%s was installed, but engines do not use it: %s; run “habla models verify %s” after a "
        "change, or “habla models remove %s”",
        habla_model_get_id (model), habla_model_get_unusable (model), habla_model_get_id (model),
        habla_model_get_id (model));
    habla_model_run_fail (self, error);
    return FALSE;
  }
  size = g_format_size (habla_installed_model_get_size (model));
  printf (
      "Installed %s (%s) in %s\n", habla_model_get_id (model), size, habla_model_get_path (model));
  fflush (stdout);
  return TRUE;
}

gboolean
habla_model_run_install (HablaModelRun *self, HablaAvailableModel *model)
{
  const HablaInstallOptions options = { .progress = on_progress, .progress_data = self };

  self->what = model->id;
  self->started = 0;
  model_run_watch_signals (self);
  habla_install_async (model, &options, self->cancellable, on_done, self);
  return model_run_finish_install (self);
}

gboolean
habla_model_run_import (HablaModelRun *self, const char *path, HablaCatalogue *catalogue)
{
  const HablaInstallOptions options = { .progress = on_progress, .progress_data = self };
  g_autofree char *name = g_filename_display_basename (path);

  self->what = name;
  self->started = 0;
  model_run_watch_signals (self);
  habla_install_import_async (
      path, habla_catalogue_get_models (catalogue), &options, self->cancellable, on_done, self);
  return model_run_finish_install (self);
}

gboolean
habla_model_run_verify (HablaModelRun *self, const char *id)
{
  g_autofree char *line = g_strdup_printf ("%s: checking", id);
  g_autofree char *warning = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  model_run_watch_signals (self);
  model_run_show (self, line);
  habla_installed_model_verify_async (id, self->cancellable, on_done, self);
  result = model_run_wait (self);
  if (!habla_installed_model_verify_finish (result, &warning, &error)) {
    habla_model_run_fail (self, error);
    return FALSE;
  }
  if (warning != NULL)
    model_run_print (self, "warning", warning);
  printf ("%s is intact%s\n", id, warning != NULL ? "" : ", and works");
  fflush (stdout);
  return TRUE;
}
