/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The installed models. */
#include "api/api-private.h"

#include <habla/model.h>
#include <json/json-writer.h>

static void
add_model (JsonBuilder *builder, HablaModel *model)
{
  habla_json_begin_object (builder, NULL);
  habla_json_add_string (builder, "id", habla_model_get_id (model));
  habla_json_add_string (builder, "engine", habla_model_get_engine (model));
  habla_json_add_string (builder, "job", habla_model_get_job (model));
  habla_json_add_string (builder, "architecture", habla_model_get_architecture (model));
  habla_json_add_strings (builder, "languages", habla_model_get_languages (model));
  habla_json_add_int (builder, "quality", habla_model_get_quality (model));
  if (habla_model_get_license (model) != NULL)
    habla_json_add_string (builder, "license", habla_model_get_license (model));
  json_builder_end_object (builder);
}

/* Worker thread. */
static void
list (gpointer input, GCancellable *cancellable, HablaWorkResult *result)
{
  g_autoptr (GPtrArray) models = habla_model_list_installed (NULL, NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  habla_json_begin_array (builder, NULL);
  for (guint i = 0; i < models->len; i++)
    add_model (builder, g_ptr_array_index (models, i));
  json_builder_end_array (builder);
  result->status = SOUP_STATUS_OK;
  result->json = json_builder_get_root (builder);
}

static void
answer_list (const HablaRequest *request)
{
  habla_async_response_run (request, list, NULL, NULL);
}

const HablaRoute habla_routes_models[] = {
  { .path = "/api/models", .methods = "GET", .handler = answer_list },
  {},
};
