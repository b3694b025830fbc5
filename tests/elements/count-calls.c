/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions here replace those of the C library and of GLib, count calls, and call the
 * originals. Sanitizers and valgrind replace them as well, and only one replacement is
 * possible. */
#define _GNU_SOURCE
#include "count-calls.h"

#include <dlfcn.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define CAN_COUNT FALSE
#else
#define CAN_COUNT TRUE
#endif

static _Thread_local CallCounts counts;

#if CAN_COUNT
#define EXPORT __attribute__ ((visibility ("default")))

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

EXPORT void *
malloc (size_t size)
{
  counts.allocations++;
  return __libc_malloc (size);
}

EXPORT void *
calloc (size_t n, size_t size)
{
  counts.allocations++;
  return __libc_calloc (n, size);
}

EXPORT void *
realloc (void *memory, size_t size)
{
  counts.allocations++;
  return __libc_realloc (memory, size);
}

EXPORT void *
aligned_alloc (size_t alignment, size_t size)
{
  counts.allocations++;
  return __libc_memalign (alignment, size);
}

/* Looked up at each call: this needs no lock and does not allocate. */
static void
call_next (const char *name, gpointer lock)
{
  void (*next) (gpointer) = dlsym (RTLD_NEXT, name);

  counts.locks++;
  next (lock);
}

EXPORT void
g_mutex_lock (GMutex *mutex)
{
  call_next ("g_mutex_lock", mutex);
}

EXPORT void
g_rec_mutex_lock (GRecMutex *mutex)
{
  call_next ("g_rec_mutex_lock", mutex);
}
#endif

/* GLib before 2.76 has its own allocator for small blocks unless this is set before it starts. */
void
count_calls_init (char *argv[])
{
  if (!CAN_COUNT || g_getenv ("G_SLICE") != NULL)
    return;
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  execv ("/proc/self/exe", argv);
  g_error ("failed to restart the process");
}

gboolean
can_count_calls (void)
{
  return CAN_COUNT && g_strcmp0 (g_getenv ("HABLA_TEST_LANE"), "valgrind") != 0;
}

CallCounts
count_calls (void)
{
  return counts;
}
