/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "test-server.h"

#include <api/api.h>

G_BEGIN_DECLS

/**
 * TestApi:
 * @options: used at the server's start; may be changed before
 * @api: (nullable): the API, once the server is started
 *
 * The data of a TestServer that answers what hablad answers.
 */
typedef struct {
  HablaApiOptions options;
  HablaApi *api;
} TestApi;

/**
 * test_api_new:
 *
 * Returns: (transfer full): a server with rooms, without a store; see test_api_get()
 */
TestServer *test_api_new (void);

/**
 * test_api_get:
 * @test: from test_api_new()
 *
 * Returns: (transfer none): its API
 */
TestApi *test_api_get (TestServer *test);

G_END_DECLS
