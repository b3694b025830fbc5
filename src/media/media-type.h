/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <media/container.h>

G_BEGIN_DECLS

/**
 * HablaMediaType:
 * @container: a container of audio
 * @offset: of @magic from the beginning, in bytes
 * @magic: what such a file contains at @offset
 * @suffix: of file names, with the dot
 * @mime_type: for HTTP
 *
 * An entry of the only table of media types.
 */
typedef struct {
  HablaContainer container;
  guint offset;
  const char *magic;
  const char *suffix;
  const char *mime_type;
} HablaMediaType;

/**
 * habla_media_type_get:
 * @container: a known container
 *
 * Returns: (transfer none): its entry
 */
const HablaMediaType *habla_media_type_get (HablaContainer container);

/**
 * habla_media_type_find_by_content:
 * @data: the first bytes of a file
 * @size: of @data, in bytes
 *
 * Returns: (transfer none) (nullable): the entry whose magic is in @data
 */
const HablaMediaType *habla_media_type_find_by_content (const guint8 *data, gsize size);

/**
 * habla_media_type_find_by_name:
 * @name: a file name or path
 *
 * Returns: (transfer none) (nullable): the entry with the suffix of @name
 */
const HablaMediaType *habla_media_type_find_by_name (const char *name);

G_END_DECLS
