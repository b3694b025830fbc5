/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _HablaPipelineDescription HablaPipelineDescription;

/**
 * HablaPipelineParameter:
 * @name: what `${name}` stands for
 * @value: what it stands for now
 * @about: what it is, for people
 * @is_fragment: it is a part of a launch line, not a value
 */
typedef struct {
  char *name;
  char *value;
  char *about;
  gboolean is_fragment;
} HablaPipelineParameter;

GStrv habla_pipeline_description_list (void);
const char *habla_pipeline_find_package (const char *element);

HablaPipelineDescription *habla_pipeline_description_load (
    const char *name_or_path, GError **error);
HablaPipelineDescription *habla_pipeline_description_parse (
    const char *text, const char *origin, GError **error);
void habla_pipeline_description_free (HablaPipelineDescription *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineDescription, habla_pipeline_description_free)

const char *habla_pipeline_description_get_summary (HablaPipelineDescription *self);
GPtrArray *habla_pipeline_description_get_parameters (HablaPipelineDescription *self);
gboolean habla_pipeline_description_has (HablaPipelineDescription *self, const char *parameter);
gboolean habla_pipeline_description_set (
    HablaPipelineDescription *self, const char *parameter, const char *value, GError **error);
char *habla_pipeline_description_expand (HablaPipelineDescription *self, GError **error);
GstElement *habla_pipeline_description_create (HablaPipelineDescription *self, GError **error);
GstElement *habla_pipeline_description_create_bin (HablaPipelineDescription *self, GError **error);

G_END_DECLS
