/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _HablaPipelineTemplate HablaPipelineTemplate;

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

GStrv habla_pipeline_template_list (void);

HablaPipelineTemplate *habla_pipeline_template_load (const char *name_or_path, GError **error);
HablaPipelineTemplate *habla_pipeline_template_parse (
    const char *text, const char *origin, GError **error);
void habla_pipeline_template_free (HablaPipelineTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineTemplate, habla_pipeline_template_free)

const char *habla_pipeline_template_get_summary (HablaPipelineTemplate *self);
GPtrArray *habla_pipeline_template_get_parameters (HablaPipelineTemplate *self);
gboolean habla_pipeline_template_has (HablaPipelineTemplate *self, const char *parameter);
gboolean habla_pipeline_template_set (
    HablaPipelineTemplate *self, const char *parameter, const char *value, GError **error);
char *habla_pipeline_template_expand (HablaPipelineTemplate *self, GError **error);
GstElement *habla_pipeline_template_create (HablaPipelineTemplate *self, GError **error);
GstElement *habla_pipeline_template_create_bin (HablaPipelineTemplate *self, GError **error);

G_END_DECLS
