/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <media/container.h>

G_BEGIN_DECLS

/**
 * HablaContainerParser:
 *
 * Turns a recording that arrives in chunks of any size, whole or from its middle on, into one
 * that a demuxer accepts. A whole recording passes unchanged. A continued one gets a header, and
 * its times start at 0 with the first complete block (WebM), fragment (MP4) or page (Ogg). Bytes
 * that belong to no unit are discarded.
 *
 * A whole recording whose header is damaged stays damaged: no other header is spliced into it.
 *
 * The output does not depend on how the input was cut, and memory is bounded (200 kB). There
 * is no lock.
 */
typedef struct _HablaContainerParser HablaContainerParser;

/* @header: (nullable): from habla_container_parser_get_header() of an earlier part, for a
 *   recording that may be continued; ignored unless it is whole and consistent */
HablaContainerParser *habla_container_parser_new (GBytes *header);
/* Discards what was not returned yet. */
void habla_container_parser_free (HablaContainerParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaContainerParser, habla_container_parser_free)

/* @data: the recording's next @size bytes
 * Returns: (transfer full) (nullable): the next bytes for a demuxer, if there are any */
GBytes *habla_container_parser_push (HablaContainerParser *self, const guint8 *data, gsize size);
/* Bytes were lost between what was pushed and what will be: discards an incomplete unit, and
 * continues at the next one. */
void habla_container_parser_interrupt (HablaContainerParser *self);

/* Returns: the container; unknown before enough bytes were pushed */
HablaContainer habla_container_parser_get_container (HablaContainerParser *self);
/* Returns: (transfer full) (nullable): everything before the first audio; %NULL before it is
 *   complete, and if it is inconsistent or larger than 64 KiB */
GBytes *habla_container_parser_get_header (HablaContainerParser *self);
/* Returns: whether a whole recording is damaged before its first audio; all that follows is
 *   discarded */
gboolean habla_container_parser_is_damaged (HablaContainerParser *self);
/* Returns: whether everything is discarded since nobody can decode it without its header (MP4) */
gboolean habla_container_parser_lacks_header (HablaContainerParser *self);
/* Returns: how many bytes were discarded */
guint64 habla_container_parser_get_discarded (HablaContainerParser *self);

G_END_DECLS
