/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Marks exported symbols; the build hides all others. */
#define HABLA_API __attribute__ ((visibility ("default"))) extern
