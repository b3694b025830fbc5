/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "environment.h"

#include <config.h>
#include <gst/gst.h>
#include <soak-paths.h>
#include <string.h>
#include <sys/utsname.h>

static void
environment_add (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value != NULL ? value : "");
}

/* Returns: (transfer full) (nullable): the value after the first @key in @path */
static char *
environment_find_value (const char *path, const char *key)
{
  g_autofree char *text = NULL;
  const char *line, *value;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (line = strstr (text, key)) == NULL)
    return NULL;
  value = line + strlen (key) + strspn (line + strlen (key), " \t:=\"");
  return g_strndup (value, strcspn (value, "\"\n"));
}

/* Returns: (transfer full) (nullable): the commit of the sources, with "+" if they are modified */
static char *
environment_find_commit (void)
{
  const char *argv[] = { "git", "-C", SOAK_SOURCES, "describe", "--always", "--abbrev=12",
    "--dirty=+", "--exclude=*", NULL };
  g_autofree char *out = NULL;
  int status;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
          NULL, NULL, &out, NULL, &status, NULL) ||
      !g_spawn_check_wait_status (status, NULL))
    return NULL;
  return g_strdup (g_strstrip (out));
}

void
soak_environment_add (JsonBuilder *builder, SoakRun *run)
{
  g_autofree char *cpu = environment_find_value ("/proc/cpuinfo", "model name");
  g_autofree char *memory = environment_find_value ("/proc/meminfo", "MemTotal");
  g_autofree char *system = environment_find_value ("/etc/os-release", "PRETTY_NAME");
  g_autofree char *load = NULL;
  g_autofree char *commit = environment_find_commit ();
  g_autofree char *gst = gst_version_string ();
  g_autofree char *glib =
      g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);
  g_autofree char *soup = g_strdup_printf (
      "%u.%u.%u", soup_get_major_version (), soup_get_minor_version (), soup_get_micro_version ());
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  struct utsname names;

  uname (&names);
  g_file_get_contents ("/proc/loadavg", &load, NULL, NULL);
  json_builder_set_member_name (builder, "environment");
  json_builder_begin_object (builder);
  environment_add (builder, "date", date);
  environment_add (builder, "version", VERSION);
  environment_add (builder, "commit", commit);
  environment_add (builder, "system", system);
  environment_add (builder, "kernel", names.release);
  environment_add (builder, "cpu", cpu);
  json_builder_set_member_name (builder, "cores");
  json_builder_add_int_value (builder, g_get_num_processors ());
  environment_add (builder, "memory", memory);
  environment_add (builder, "load at the end", load != NULL ? g_strchomp (load) : NULL);
  environment_add (builder, "gstreamer", gst);
  environment_add (builder, "glib", glib);
  environment_add (builder, "libsoup", soup);
  environment_add (builder, "leaks tracer", run->options->no_tracer ? "off" : "on");
  json_builder_end_object (builder);
}
