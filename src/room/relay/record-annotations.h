/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room/relay/record-reader.h"

#include <habla/annotations.h>

G_BEGIN_DECLS

/**
 * habla_record_annotations_write:
 * @builder: in an object
 * @annotations: (nullable): added as the member "annotations" unless there are none
 */
void habla_record_annotations_write (JsonBuilder *builder, const HablaAnnotations *annotations);

/**
 * habla_record_annotations_read:
 * @reader: (inout): of an object that may have the member "annotations"
 *
 * Returns: (transfer full) (nullable): the annotations
 */
HablaAnnotations *habla_record_annotations_read (HablaRecordReader *reader);

G_END_DECLS
