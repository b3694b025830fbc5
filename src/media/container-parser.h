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

/**
 * habla_container_parser_new:
 * @header: (nullable): from habla_container_parser_get_header() of the recording's earlier part,
 * for a recording that may be continued; ignored if the continuation has another format
 *
 * Returns: (transfer full): a parser
 */
HablaContainerParser *habla_container_parser_new (GBytes *header);
/**
 * habla_container_parser_free:
 * @self: (transfer full): a parser; output that was not returned is discarded
 */
void habla_container_parser_free (HablaContainerParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaContainerParser, habla_container_parser_free)

/**
 * habla_container_parser_push:
 * @self: a parser
 * @data: the recording's next bytes
 * @size: bytes of @data
 *
 * Returns: (transfer full) (nullable): the next bytes for a demuxer, if there are any
 */
GBytes *habla_container_parser_push (HablaContainerParser *self, const guint8 *data, gsize size);
/**
 * habla_container_parser_expect_rival:
 * @self: a parser of a whole recording
 *
 * Says that chunks of an earlier recorder, which continues, may come between those of this
 * recording. A chunk of WebM that does not continue the recording is discarded then. Each
 * habla_container_parser_push() must have one chunk, or a part of one.
 */
void habla_container_parser_expect_rival (HablaContainerParser *self);

/**
 * habla_container_parser_interrupt:
 * @self: a parser
 *
 * Says that bytes were lost before the next habla_container_parser_push(): discards an incomplete
 * unit and continues at the next one.
 */
void habla_container_parser_interrupt (HablaContainerParser *self);

/**
 * habla_container_parser_get_container:
 * @self: a parser
 *
 * Returns: the container; unknown before enough bytes were pushed
 */
HablaContainer habla_container_parser_get_container (HablaContainerParser *self);
/**
 * habla_container_parser_get_header:
 * @self: a parser
 *
 * Returns: (transfer full) (nullable): everything before the first audio; %NULL before it is
 *   complete, and if it is larger than 64 KiB. It is not validated: the demuxer must accept it
 */
GBytes *habla_container_parser_get_header (HablaContainerParser *self);
/**
 * habla_container_parser_is_damaged:
 * @self: a parser
 *
 * Returns: whether a whole recording is damaged before its first audio; the rest is discarded
 */
gboolean habla_container_parser_is_damaged (HablaContainerParser *self);
/**
 * habla_container_parser_get_discarded:
 * @self: a parser
 *
 * Returns: the number of discarded bytes
 */
guint64 habla_container_parser_get_discarded (HablaContainerParser *self);

G_END_DECLS
