/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PublisherFile:
 * @data: what is published
 * @type: value of `Content-Type`
 * @etag: (nullable): value of `ETag`, with its quotation marks
 * @status: of the answer; 0 = 200, or 206 for a part
 * @location: (nullable): value of `Location`
 * @ignores_ranges: whether it always sends everything
 * @hides_length: whether it sends no `Content-Length`
 * @cut_after: the connection is cut after so many bytes of each answer; 0 = never
 * @stall_after: the answer stops after so many bytes, and the connection stays; 0 = never
 * @n_faults: how many answers are cut or stalled; -1 = all
 *
 * What a publisher answers to requests for one path.
 */
typedef struct {
  GBytes *data;
  char *type;
  char *etag;
  guint status;
  char *location;
  gboolean ignores_ranges;
  gboolean hides_length;
  gsize cut_after;
  gsize stall_after;
  int n_faults;
} PublisherFile;

/**
 * Publisher:
 *
 * An HTTPS server on loopback, with threads of its own, in place of all publishers: as the mirror
 * of `HABLA_MODELS_MIRROR`, its paths begin with the names of their hosts.
 */
typedef struct _Publisher Publisher;

/* Returns: (transfer full): a server; sets HABLA_MODELS_MIRROR and HABLA_MODELS_CA_FILE */
Publisher *publisher_new (void);
void publisher_free (Publisher *self);

/**
 * publisher_add:
 * @url: an `https` address
 * @data: (transfer full): what is published there
 *
 * Returns: (transfer none): the file, to be changed only while nothing asks for it
 */
PublisherFile *publisher_add (Publisher *self, const char *url, GBytes *data);

/* Returns: (transfer full): the address of the server itself, with a slash */
char *publisher_get_address (Publisher *self);

/* Returns: requests for @url since the last call of this function for it */
guint publisher_take_requests (Publisher *self, const char *url);

/* Returns: bytes of bodies sent since the last call */
guint64 publisher_take_sent (Publisher *self);

G_END_DECLS
