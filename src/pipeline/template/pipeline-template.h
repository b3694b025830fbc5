/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * HablaPipelineTemplate:
 *
 * A launch line with parameters, in a file `NAME.launch`:
 *
 * |[
 * # A file with captions in every language.
 * # param input = lesson.wav | the file to read
 * # param to = es | the target languages
 * # param from = en | the source language
 * # engine translator = | translates text
 * # fragment sink = fakesink | the sink of captions
 * filesrc location=${input} ! decodebin ! … ! tee name=transcript
 * each to: transcript. ! queue ! ${translator} output-language-code=${to} ! ${sink}
 * ]|
 *
 * The first comment is the summary. A `param` is a value, which reaches the property that `${NAME}`
 * is assigned to unchanged, whatever characters it contains. A `fragment` is inserted into the
 * launch line, and may use parameters itself. A line after `each NAME:` is repeated for each of the
 * comma-separated values of NAME. Other lines that begin with `#` are comments.
 *
 * An `engine` is a fragment that names no element: by default, `${transcriber}` becomes the best
 * installed element for the language `${from}`, `${translator}` the one from `${from}` into
 * `${to}`, and `${synthesizer}` the one for `${to}`, see habla_engine_choose(). What follows the
 * equals sign is added to it, such as `overflow=compress`.
 */
typedef struct _HablaPipelineTemplate HablaPipelineTemplate;

/**
 * HablaPipelineParameter:
 * @name: the name in `${name}`
 * @value: the current value; properties only if @is_chosen
 * @about: description for people
 * @is_fragment: whether it is a part of the launch line, not a value
 * @is_chosen: whether it is an engine, and the best element is put before @value; not once
 *   habla_pipeline_template_set() has named one
 */
typedef struct {
  char *name;
  char *value;
  char *about;
  gboolean is_fragment;
  gboolean is_chosen;
} HablaPipelineParameter;

/**
 * habla_pipeline_template_list:
 *
 * Reads folders.
 *
 * Returns: (transfer full): the names that habla_pipeline_template_load() finds, sorted
 */
GStrv habla_pipeline_template_list (void);

/**
 * habla_pipeline_template_load:
 * @name_or_path: a name of habla_pipeline_template_list(); or the path of a file, which contains a
 *   slash or ends in `.launch`
 * @error: return location for a %HABLA_ERROR_PARAMETER or %HABLA_ERROR_INPUT
 *
 * Reads a file.
 *
 * Returns: (transfer full) (nullable): the template
 */
HablaPipelineTemplate *habla_pipeline_template_load (const char *name_or_path, GError **error);

/**
 * habla_pipeline_template_parse:
 * @text: contents of the file
 * @origin: name of the file, for messages
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Returns: (transfer full) (nullable): the template
 */
HablaPipelineTemplate *habla_pipeline_template_parse (
    const char *text, const char *origin, GError **error);

/**
 * habla_pipeline_template_free:
 * @self: (transfer full): a template
 */
void habla_pipeline_template_free (HablaPipelineTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HablaPipelineTemplate, habla_pipeline_template_free)

/**
 * habla_pipeline_template_get_summary:
 * @self: a template
 *
 * Returns: (transfer none): its description in one line; empty if it has none
 */
const char *habla_pipeline_template_get_summary (HablaPipelineTemplate *self);

/**
 * habla_pipeline_template_get_parameters:
 * @self: a template
 *
 * Returns: (transfer none) (element-type HablaPipelineParameter): its parameters, in the order of
 *   the file
 */
GPtrArray *habla_pipeline_template_get_parameters (HablaPipelineTemplate *self);

/**
 * habla_pipeline_template_has:
 * @self: a template
 * @parameter: a name
 *
 * Returns: whether @self has this parameter
 */
gboolean habla_pipeline_template_has (HablaPipelineTemplate *self, const char *parameter);

/**
 * habla_pipeline_template_set:
 * @self: a template
 * @parameter: a name
 * @value: the new value, in UTF-8
 * @error: return location for a %HABLA_ERROR_PARAMETER
 *
 * Returns: whether @self has this parameter
 */
gboolean habla_pipeline_template_set (
    HablaPipelineTemplate *self, const char *parameter, const char *value, GError **error);

/**
 * habla_pipeline_template_expand:
 * @self: a template
 * @error: return location for a %HABLA_ERROR_PARAMETER, or an error of habla_engine_choose()
 *
 * Engines are chosen among those that are installed now.
 *
 * Returns: (transfer full) (nullable): the launch line with all parameters replaced
 */
char *habla_pipeline_template_expand (HablaPipelineTemplate *self, GError **error);

/**
 * habla_pipeline_template_create:
 * @self: a template
 * @error: return location for a %HABLA_ERROR_NOT_INSTALLED that names the package of a missing
 *   element, a %HABLA_ERROR_PARAMETER with file and line, or an error of habla_engine_choose()
 *
 * Returns: (transfer full) (nullable): a #GstPipeline in state NULL, which
 *   habla_decode_guard_watch() guards
 */
GstElement *habla_pipeline_template_create (HablaPipelineTemplate *self, GError **error);

G_END_DECLS
