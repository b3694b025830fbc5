/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command/output/output-claims.h"

#include "command/output/output-file.h"
#include "command/exit-status.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

struct _HablaOutputClaims {
  GHashTable *inputs; /* (element-type utf8): device and inode */
  GHashTable *owners; /* (element-type filename utf8): owners by canonical path of the output */
};

HablaOutputClaims *
habla_output_claims_new (void)
{
  HablaOutputClaims *self = g_new0 (HablaOutputClaims, 1);

  self->inputs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
habla_output_claims_free (HablaOutputClaims *self)
{
  g_hash_table_unref (self->inputs);
  g_hash_table_unref (self->owners);
  g_free (self);
}

static char *
output_claims_name_inode (const struct stat *info)
{
  return g_strdup_printf (
      "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) info->st_dev, (guint64) info->st_ino);
}

void
habla_output_claims_add_input (HablaOutputClaims *self, const char *path)
{
  struct stat info;

  if (stat (path, &info) == 0)
    g_hash_table_add (self->inputs, output_claims_name_inode (&info));
}

/* Returns: (transfer full): the absolute path, in a folder without symbolic links */
static char *
output_claims_locate (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autofree char *name = g_path_get_basename (absolute);
  char resolved[PATH_MAX];

  return g_build_filename (realpath (folder, resolved) != NULL ? resolved : folder, name, NULL);
}

/* @written: @output, or what it is called until it is complete */
static gboolean
output_claims_add_path (HablaOutputClaims *self, const char *written, const char *output,
    const char *owner, GError **error)
{
  g_autofree char *path = output_claims_locate (written);
  g_autofree char *name = g_filename_display_name (output);
  struct stat info;
  const char *other;

  if (stat (written, &info) == 0) {
    g_autofree char *inode = output_claims_name_inode (&info);

    if (g_hash_table_contains (self->inputs, inode)) {
      g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
          written == output ? "%s is the input and would be overwritten; choose another name"
                            : "%s is called like an input until it is complete, which would be "
                              "overwritten; choose another name",
          name);
      return FALSE;
    }
    /* Devices and pipes may have several writers. */
    if (!S_ISREG (info.st_mode))
      return TRUE;
  }
  other = g_hash_table_lookup (self->owners, path);
  if (other != NULL) {
    g_set_error (error, HABLA_EXIT_ERROR, HABLA_EXIT_USAGE,
        "%s would be written twice, for %s and for %s; put {name} or {dir} and {name} into the "
        "name of the output",
        name, other, owner);
    return FALSE;
  }
  g_hash_table_insert (self->owners, g_steal_pointer (&path), g_strdup (owner));
  return TRUE;
}

static gboolean
output_claims_add (HablaOutputClaims *self, const char *output, const char *owner, GError **error)
{
  g_autofree char *partial = habla_output_file_name_partial (output);

  return output_claims_add_path (self, output, output, owner, error) &&
         (partial == NULL || output_claims_add_path (self, partial, output, owner, error));
}

gboolean
habla_output_claims_add_outputs (
    HablaOutputClaims *self, GPtrArray *outputs, const char *owner, GError **error)
{
  for (guint i = 0; i < outputs->len; i++)
    if (!output_claims_add (self, g_ptr_array_index (outputs, i), owner, error))
      return FALSE;
  return TRUE;
}
