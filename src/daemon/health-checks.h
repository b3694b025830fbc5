/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <llm/llm.h>

G_BEGIN_DECLS

/* Functions for habla_health_add_check(). All block: call them in a worker thread. */

/**
 * habla_check_devices:
 * @user_data: unused
 * @message: (out) (transfer full): the result, for people
 *
 * Reports whether this machine has a microphone, or a sound server that may have one.
 *
 * Returns: %TRUE: browsers bring their own microphone, so that none here is no fault
 */
gboolean habla_check_devices (gpointer user_data, char **message);

/**
 * habla_check_disk:
 * @path: a folder, which may be missing
 * @message: (out) (transfer full): the free space, for people
 *
 * Returns: whether at least 100 MiB are free on the disk of @path
 */
gboolean habla_check_disk (gpointer path, char **message);

/**
 * habla_check_elements:
 * @user_data: unused
 * @message: (out) (transfer full): the missing elements, for people
 *
 * Returns: whether the elements that decode and show what clients send are installed
 */
gboolean habla_check_elements (gpointer user_data, char **message);

/**
 * habla_check_engines:
 * @manager: a #HablaRoomManager
 * @message: (out) (transfer full): the result, for people
 *
 * Returns: whether the engines translate a test text
 */
gboolean habla_check_engines (gpointer manager, char **message);

/**
 * habla_check_pipelines:
 * @user_data: unused
 * @message: (out) (transfer full): the result, for people
 *
 * Returns: whether all pipelines of ended sessions were torn down
 */
gboolean habla_check_pipelines (gpointer user_data, char **message);

/**
 * HablaServersCheck:
 * @transcriber: (nullable): of the settings
 * @synthesizer: (nullable): of the settings
 * @llm: has the present translator
 *
 * What habla_check_servers() looks at.
 */
typedef struct {
  const char *transcriber;
  const char *synthesizer;
  HablaLlm *llm;
} HablaServersCheck;

/**
 * habla_check_servers:
 * @servers: a #HablaServersCheck
 * @message: (out) (transfer full): the servers, for people
 *
 * Tells to which other machines engines send what is said.
 *
 * Returns: %TRUE: whoever chose the engines wanted it
 */
gboolean habla_check_servers (gpointer servers, char **message);

G_END_DECLS
