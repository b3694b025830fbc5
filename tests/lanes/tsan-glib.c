/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GLib's locks as the thread sanitizer must see them.
 *
 * GLib 2.74 makes GMutex and GCond of futexes, and Debian's GLib is not built with the
 * sanitizer, which therefore sees no order between two threads that take turns. The
 * functions here are linked into the test programs, come before GLib's for each library
 * (GStreamer's too), tell the sanitizer what is ordered by what, and call GLib's.
 * GRecMutex, GRWLock and GThread are pthreads underneath, which the sanitizer knows.
 *
 * Only what one thread does before handing over is ordered before what the other does
 * after: no access is hidden. With ignore_noninstrumented_modules=1 the sanitizer reports
 * races between accesses of our own code.
 */
#include "tsan-shim.h"

SHIM void (g_mutex_lock) (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

SHIM
gboolean (g_mutex_trylock) (GMutex *mutex)
{
  REAL (g_mutex_trylock);
  gboolean locked = real (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

SHIM void (g_mutex_unlock) (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

SHIM void (g_cond_wait) (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

SHIM
gboolean (g_cond_wait_until) (GCond *cond, GMutex *mutex, gint64 end_time)
{
  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  gboolean signalled = real (cond, mutex, end_time);

  __tsan_acquire (mutex);
  return signalled;
}

/* The fast path of the macro is an atomic load of @location in our own code: it acquires
 * what is released here. */
SHIM void (g_once_init_leave) (volatile void *location, gsize result)
{
  REAL (g_once_init_leave);
  __tsan_release ((void *) location);
  real (location, result);
}

SHIM
gboolean (g_once_init_enter) (volatile void *location)
{
  REAL (g_once_init_enter);
  gboolean first = real (location);

  __tsan_acquire ((void *) location);
  return first;
}

/* Who drops a reference is done with the object; who drops the last one frees it. */
SHIM void (g_object_unref) (gpointer object)
{
  REAL (g_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

SHIM void (gst_object_unref) (gpointer object)
{
  REAL (gst_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

SHIM void (gst_mini_object_unref) (GstMiniObject *object)
{
  REAL (gst_mini_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

SHIM void (g_async_queue_push) (GAsyncQueue *queue, gpointer data)
{
  REAL (g_async_queue_push);
  __tsan_release (queue);
  real (queue, data);
}

SHIM
gpointer (g_async_queue_pop) (GAsyncQueue *queue)
{
  REAL (g_async_queue_pop);
  gpointer data = real (queue);

  __tsan_acquire (queue);
  return data;
}

SHIM
gpointer (g_async_queue_try_pop) (GAsyncQueue *queue)
{
  REAL (g_async_queue_try_pop);
  gpointer data = real (queue);

  __tsan_acquire (queue);
  return data;
}

SHIM
gpointer (g_async_queue_timeout_pop) (GAsyncQueue *queue, guint64 timeout)
{
  REAL (g_async_queue_timeout_pop);
  gpointer data = real (queue, timeout);

  __tsan_acquire (queue);
  return data;
}

/* A pool hands over its data under a lock inside GLib: its function runs after whoever
 * pushed, and is over before whoever freed the pool and waited goes on. */
typedef struct {
  GFunc function;
  gpointer user_data;
} PoolFunction;

static char pools;

static void
run_pool_function (gpointer data, gpointer user_data)
{
  PoolFunction *self = user_data;

  __tsan_acquire (&pools);
  self->function (data, self->user_data);
  __tsan_release (&pools);
}

SHIM GThreadPool *(g_thread_pool_new) (GFunc function, gpointer user_data, gint max_threads,
    gboolean exclusive, GError **error)
{
  REAL (g_thread_pool_new);
  /* Lives as long as the process: a pool does not say when it is gone. */
  PoolFunction *self = g_new (PoolFunction, 1);

  self->function = function;
  self->user_data = user_data;
  return real (run_pool_function, self, max_threads, exclusive, error);
}

SHIM
gboolean (g_thread_pool_push) (GThreadPool *pool, gpointer data, GError **error)
{
  REAL (g_thread_pool_push);
  __tsan_release (&pools);
  return real (pool, data, error);
}

SHIM void (g_thread_pool_free) (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  REAL (g_thread_pool_free);
  real (pool, immediate, wait);
  if (wait)
    __tsan_acquire (&pools);
}

/* A bus is a queue without locks. */
static char buses;

SHIM
gboolean (gst_element_post_message) (GstElement *element, GstMessage *message)
{
  REAL (gst_element_post_message);
  __tsan_release (&buses);
  return real (element, message);
}

SHIM GstMessage *(
    gst_bus_timed_pop_filtered) (GstBus *bus, GstClockTime timeout, GstMessageType types)
{
  REAL (gst_bus_timed_pop_filtered);
  GstMessage *message = real (bus, timeout, types);

  __tsan_acquire (&buses);
  return message;
}
