/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recording/recording-budget.h"

#include "recording/recording-folder.h"
#include "recording/recording.h"

struct _HablaRecordingBudget {
  char *root;       /* immutable */
  guint64 max_size; /* immutable */

  GMutex disk_lock; /* serialises measuring the folder and deleting recordings */

  GMutex lock;
  gboolean is_measured; /* protected by lock */
  guint64 used;         /* protected by lock; bytes on the disk */
  guint64 taken;        /* protected by lock; bytes ever taken */
  guint64 pending;      /* protected by lock; bytes taken that are not written yet */
};

HablaRecordingBudget *
habla_recording_budget_new (const char *root, guint64 max_size)
{
  HablaRecordingBudget *self = g_atomic_rc_box_new0 (HablaRecordingBudget);

  self->root = g_strdup (root);
  self->max_size = max_size;
  g_mutex_init (&self->disk_lock);
  g_mutex_init (&self->lock);
  return self;
}

HablaRecordingBudget *
habla_recording_budget_ref (HablaRecordingBudget *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
budget_clear (HablaRecordingBudget *self)
{
  g_mutex_clear (&self->disk_lock);
  g_mutex_clear (&self->lock);
  g_free (self->root);
}

void
habla_recording_budget_unref (HablaRecordingBudget *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) budget_clear);
}

guint64
habla_recording_budget_get_max_size (HablaRecordingBudget *self)
{
  return self->max_size;
}

/* Fails until the folder has been measured. Returns: whether @size was taken */
static gboolean
budget_try (HablaRecordingBudget *self, gsize size)
{
  gboolean is_taken;

  g_mutex_lock (&self->lock);
  is_taken =
      self->is_measured && self->used <= self->max_size && size <= self->max_size - self->used;
  if (is_taken) {
    self->used += size;
    self->taken += size;
    self->pending += size;
  }
  g_mutex_unlock (&self->lock);
  return is_taken;
}

/* Called with disk_lock held. Pending bytes, and bytes taken during the measurement, may count
 * twice; no byte is missed. */
static void
budget_measure (HablaRecordingBudget *self)
{
  g_autoptr (GPtrArray) ids = NULL;
  guint64 size = 0, before, pending;

  g_mutex_lock (&self->lock);
  before = self->taken;
  pending = self->pending;
  g_mutex_unlock (&self->lock);
  ids = habla_recording_list (self->root);
  for (guint i = 0; i < ids->len; i++) {
    g_autofree char *folder = g_build_filename (self->root, g_ptr_array_index (ids, i), NULL);
    gint64 written = 0;

    size += habla_recording_folder_measure (folder, &written);
  }
  g_mutex_lock (&self->lock);
  self->used = size + pending + (self->taken - before);
  self->is_measured = TRUE;
  g_mutex_unlock (&self->lock);
}

/* Called with disk_lock held. Deletes the oldest recordings that are not in use until @size fits.
 * Returns: whether @size was taken */
static gboolean
budget_make_room (HablaRecordingBudget *self, gsize size)
{
  g_autoptr (GPtrArray) ids = habla_recording_list (self->root);

  for (guint i = ids->len; i > 0; i--) {
    const char *id = g_ptr_array_index (ids, i - 1);
    g_autofree char *folder = g_build_filename (self->root, id, NULL);
    gint64 written = 0;
    guint64 freed = habla_recording_folder_measure (folder, &written);

    if (!habla_recording_folder_delete (self->root, id))
      continue;
    g_message ("Deleted recording %s: all recordings together have reached max-size", id);
    g_mutex_lock (&self->lock);
    self->used -= MIN (self->used, freed);
    g_mutex_unlock (&self->lock);
    if (budget_try (self, size))
      return TRUE;
  }
  return FALSE;
}

gboolean
habla_recording_budget_take (HablaRecordingBudget *self, gsize size)
{
  gboolean is_taken;

  if (self->max_size == 0 || budget_try (self, size))
    return TRUE;
  g_mutex_lock (&self->disk_lock);
  /* Another thread may have made room meanwhile. */
  is_taken = budget_try (self, size);
  if (!is_taken) {
    budget_measure (self);
    is_taken = budget_try (self, size) || (size <= self->max_size && budget_make_room (self, size));
  }
  g_mutex_unlock (&self->disk_lock);
  return is_taken;
}

void
habla_recording_budget_settle (HablaRecordingBudget *self, gsize size)
{
  g_mutex_lock (&self->lock);
  self->pending -= MIN (self->pending, size);
  g_mutex_unlock (&self->lock);
}

void
habla_recording_budget_measure (HablaRecordingBudget *self)
{
  g_mutex_lock (&self->disk_lock);
  budget_measure (self);
  g_mutex_unlock (&self->disk_lock);
}
