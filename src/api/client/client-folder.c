/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/client/client-folder.h"

#include "api/api-private.h"

#include <http/files/content-type.h>
#include <http/files/file-response.h>
#include <string.h>
#include <unistd.h>
#include <util/regular-file.h>

/* The path under which the first Habla serves its files. */
#define STATIC "static/"

/* Where servers keep the pages that they show at short addresses. */
static const char *const places[] = { "", STATIC, "templates/" };

/* What a worker thread looks for, and what it finds. */
typedef struct {
  HablaClientFolderFallback fallback;
  char *root;
  char *path;     /* of the URL */
  char *redirect; /* (nullable) */

  int fd;
  struct stat status;
  char *name; /* (nullable): of the file */
} Lookup;

static void
lookup_free (Lookup *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->root);
  g_free (self->path);
  g_free (self->redirect);
  g_free (self->name);
  g_free (self);
}

/* In a worker thread */

static gboolean
lookup_try (Lookup *self, const char *place, const char *path, const char *suffix)
{
  g_autofree char *name = g_strconcat (place, path, suffix, NULL);

  self->fd = habla_regular_file_open_below (self->root, name, NULL);
  if (self->fd < 0)
    return FALSE;
  if (fstat (self->fd, &self->status) != 0) {
    close (self->fd);
    self->fd = -1;
    return FALSE;
  }
  self->name = g_steal_pointer (&name);
  return TRUE;
}

/* Relative references in the page of a folder count from its slash. */
static void
lookup_redirect_to_folder (Lookup *self, const char *base)
{
  g_autofree char *escaped = g_uri_escape_string (base, NULL, FALSE);

  self->redirect = g_strconcat ("./", escaped, "/", NULL);
}

static gboolean
lookup_try_place (Lookup *self, const char *place, const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *base = slash != NULL ? slash + 1 : path;

  if (*base == '\0')
    return lookup_try (self, place, path, "index.html");
  if (lookup_try (self, place, path, ""))
    return TRUE;
  if (strchr (base, '.') == NULL && lookup_try (self, place, path, ".html"))
    return TRUE;
  if (!lookup_try (self, place, path, "/index.html"))
    return FALSE;
  lookup_redirect_to_folder (self, base);
  return TRUE;
}

static void
lookup_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Lookup *self = data;
  gboolean is_found = FALSE;

  for (guint i = 0; !is_found && i < G_N_ELEMENTS (places); i++)
    is_found = lookup_try_place (self, places[i], self->path + 1);
  /* The folder may be the one that was served as /static. */
  if (!is_found && g_str_has_prefix (self->path + 1, STATIC))
    is_found = lookup_try_place (self, "", self->path + 1 + strlen (STATIC));
  g_task_return_boolean (task, is_found);
}

void
habla_client_folder_warn (const char *folder)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *name = g_strconcat (places[i], "index.html", NULL);
    int fd = habla_regular_file_open_below (folder, name, NULL);

    if (fd >= 0) {
      close (fd);
      return;
    }
  }
  g_warning ("The client folder %s has no index.html that hablad can read, nor have static and "
             "templates in it: / shows Habla's own page; set --client, or path of [client], to the "
             "folder with the client's index.html",
      folder);
}

/* In the main thread */

static void
lookup_send (Lookup *self, HablaAsyncResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (response->message);
  const char *type = habla_content_type_from_name (self->name);
  const char *policy = habla_api_from_response (response)->client_policy;

  if (policy != NULL)
    soup_message_headers_replace (headers, "Content-Security-Policy", policy);
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  if (g_str_has_prefix (type, "text/html"))
    g_free (habla_page_keep_client_key (response->message, response->connection));
  habla_file_response_send_open (response, g_steal_fd (&self->fd), &self->status, type);
}

static void
lookup_send_redirect (Lookup *self, HablaAsyncResponse *response)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (response->message);

  soup_message_headers_replace (headers, "Location", self->redirect);
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
  soup_server_message_set_status (response->message, SOUP_STATUS_TEMPORARY_REDIRECT, NULL);
  habla_async_response_finish (response);
}

static void
lookup_on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Lookup *self = g_task_get_task_data (G_TASK (result));
  HablaAsyncResponse *response = user_data;
  gboolean is_found = g_task_propagate_boolean (G_TASK (result), NULL);

  if (response->is_gone)
    habla_async_response_finish (response);
  else if (!is_found)
    self->fallback (response, self->path);
  else if (self->redirect != NULL)
    lookup_send_redirect (self, response);
  else
    lookup_send (self, response);
}

void
habla_client_folder_answer (const HablaRequest *request, HablaClientFolderFallback fallback)
{
  Lookup *self = g_new0 (Lookup, 1);
  g_autoptr (GTask) task =
      g_task_new (NULL, NULL, lookup_on_done, habla_async_response_new (request));

  self->fallback = fallback;
  self->root = g_strdup (habla_api_from_request (request)->client_folder);
  self->path = g_strdup (request->path);
  self->fd = -1;
  g_task_set_name (task, "[habla] look for a file of the client");
  g_task_set_task_data (task, self, (GDestroyNotify) lookup_free);
  habla_async_response_run_task (task, lookup_run);
}
