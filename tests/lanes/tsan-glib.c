/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells the thread sanitizer about the synchronization of GLib's locks.
 *
 * GLib 2.74 implements GMutex and GCond with futexes, and Debian's GLib is not built with the
 * sanitizer, so the sanitizer does not see that they order threads. The functions in this file are
 * linked into the test programs and override those of GLib in all libraries, including GStreamer.
 * They report acquire and release to the sanitizer and call the real function. GRecMutex, GRWLock
 * and GThread use pthreads, which the sanitizer supports.
 *
 * A release orders only earlier accesses before accesses after the acquire, so no race is hidden.
 * With ignore_noninstrumented_modules=1 the sanitizer reports only races between accesses of
 * Habla's code.
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

/* The fast path of the macro is an atomic load of @location, which acquires this release. */
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

/* Accesses before a reference is dropped happen before the object is freed. */
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

/* A pool passes its data under an internal lock of GLib: its function runs after the push, and
 * returns before g_thread_pool_free() with @wait does. */
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
  /* Never freed, because a pool does not notify when it is destroyed. */
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

/* A bus is a lock-free queue. */
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
