/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QEMUs and the hook scripts of libvirt that run on this machine, as their command
 * lines tell: all that can be known when libvirt itself does not answer.
 */
#pragma once

#include <stddef.h>

#include "core/domain.h"

struct qemu {
	char uuid[DOMAIN_UUID_SIZE];
	char *name; /* owned */
};

struct hook {
	char *domain, *operation; /* owned; such as "vm1", "prepare" */
};

/* Owned by whoever filled it; free with qemus_clear(). */
struct qemus {
	size_t n;
	struct qemu *entries;
	size_t n_hooks;
	struct hook *hooks;
};

/*
 * Read /proc below @root ("": this machine). Processes of other users may be hidden.
 * Returns 0 or a negative errno with @ret_qemus untouched.
 */
int qemus_read(const char *root, struct qemus *ret_qemus);

/* Free what @qemus owns and leave it empty. */
void qemus_clear(struct qemus *qemus);
