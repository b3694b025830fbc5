/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <http/async-response.h>

G_BEGIN_DECLS

/**
 * habla_client_folder_warn:
 * @folder: the client folder
 *
 * Logs a warning if @folder has no page for `/`. Blocks for as long as it takes to look for three
 * files.
 */
void habla_client_folder_warn (const char *folder);

/**
 * HablaClientFolderFallback:
 * @response: (transfer full): the response to a request for which the folder has no file
 * @path: of the URL
 *
 * Answers in place of the folder.
 */
typedef void (*HablaClientFolderFallback) (HablaAsyncResponse *response, const char *path);

/**
 * habla_client_folder_answer:
 * @request: a request with the method GET
 * @fallback: answers if the folder has no such file
 *
 * Answers with a file of the API's client folder, which worker threads find and read: never with a
 * hidden file, a link, or a list of files. docs/clients.md has the names under which a file is
 * looked for.
 */
void habla_client_folder_answer (const HablaRequest *request, HablaClientFolderFallback fallback);

G_END_DECLS
