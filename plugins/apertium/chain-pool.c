/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One chain for each mode in the process while it has users: a chain takes about 100 MB, and
 * one chain handles several requests faster than several chains do. */
#include "chain-pool.h"

typedef struct {
  ApertiumChain *chain; /* NULL while it starts */
  guint users;
} Entry;

static GMutex lock;
static GCond started;      /* an entry got its chain or was removed */
static GHashTable *chains; /* protected by lock; Entry by file of the mode; NULL while empty */

static void
chain_pool_remove_entry (const char *file)
{
  g_hash_table_remove (chains, file);
  if (g_hash_table_size (chains) == 0)
    g_clear_pointer (&chains, g_hash_table_unref);
}

static ApertiumChain *
chain_pool_start_chain (const ApertiumMode *mode, GError **error)
{
  g_autoptr (GPtrArray) stages = apertium_mode_load_stages (mode, error);

  return stages != NULL ? apertium_chain_new (mode->name, stages, error) : NULL;
}

ApertiumChain *
apertium_chain_pool_acquire (const ApertiumMode *mode, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Entry *entry;

  while (chains != NULL && (entry = g_hash_table_lookup (chains, mode->file)) != NULL) {
    if (entry->chain != NULL) {
      entry->users++;
      return entry->chain;
    }
    g_cond_wait (&started, &lock);
  }

  if (chains == NULL)
    chains = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  entry = g_new0 (Entry, 1);
  g_hash_table_insert (chains, g_strdup (mode->file), entry);

  g_mutex_unlock (&lock);
  ApertiumChain *chain = chain_pool_start_chain (mode, error);
  g_mutex_lock (&lock);

  if (chain != NULL) {
    entry->chain = chain;
    entry->users = 1;
  } else {
    chain_pool_remove_entry (mode->file);
  }
  g_cond_broadcast (&started);
  return chain;
}

static gboolean
chain_pool_is_entry_of (gpointer file, gpointer entry, gpointer chain)
{
  return ((Entry *) entry)->chain == chain;
}

void
apertium_chain_pool_release (ApertiumChain *chain)
{
  Entry *entry;
  gboolean last;

  g_mutex_lock (&lock);
  entry = g_hash_table_find (chains, chain_pool_is_entry_of, chain);
  entry->users--;
  last = entry->users == 0;
  if (last) {
    g_hash_table_foreach_remove (chains, chain_pool_is_entry_of, chain);
    if (g_hash_table_size (chains) == 0)
      g_clear_pointer (&chains, g_hash_table_unref);
  }
  g_mutex_unlock (&lock);

  if (last)
    apertium_chain_free (chain);
}
