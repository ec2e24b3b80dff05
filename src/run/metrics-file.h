/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the metrics of 'run', for the node exporter of Prometheus. */
#pragma once

#include "run/metrics.h"
#include "run/owned-file.h"

/*
 * Where @settings want it: in @ret_path, the caller's; NULL: nowhere. Without a setting
 * it belongs into the directory that systemd has made for the service, if there is one.
 * Returns 0, or -ENOMEM with @ret_path untouched.
 */
int metrics_file_path(const struct settings *settings, char **ret_path);

/*
 * Put the metrics of @view into @file at @path, see owned_file_write(). Returns what that
 * does, or -ENOMEM.
 */
int metrics_file_write(struct owned_file *file, const char *path,
		       const struct metrics_view *view);
