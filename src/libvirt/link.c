/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to libvirt and the calls that are made through it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>
#include <libxml/uri.h>
#include <libxml/xmlerror.h>

#include "base/plain.h"
#include "libvirt/link.h"
#include "system/event-loop.h"

/* A libvirtd that says nothing for so long is gone, even if its socket is not. */
#define KEEPALIVE_INTERVAL_S 5
#define KEEPALIVE_COUNT 3

static const char *last_error_text(void)
{
	const char *text = virGetLastErrorMessage();

	return text && *text ? text : "libvirt gives no reason";
}

int libvirt_fail(struct libvirt_link *link)
{
	int code = virGetLastErrorCode();

	snprintf(link->error, sizeof(link->error), "%s", last_error_text());
	switch (code) {
	case VIR_ERR_NO_DOMAIN:
		return -ENOENT;
	case VIR_ERR_OPERATION_INVALID:
	case VIR_ERR_NO_SUPPORT:
	case VIR_ERR_CONFIG_UNSUPPORTED:
		return -EOPNOTSUPP;
	case VIR_ERR_INVALID_ARG:
		return -ERANGE;
	case VIR_ERR_OPERATION_DENIED:
	case VIR_ERR_ACCESS_DENIED:
		return -EACCES;
	case VIR_ERR_OPERATION_TIMEOUT: /* it waited for a job of somebody else */
		return -EBUSY;
	default:
		return -EIO;
	}
}

/* Errors are returned; libvirt must not print them as well. */
static void swallow_error(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* libxml2 has a voice of its own, for files that libvirt's test driver cannot open. */
__attribute__((format(printf, 2, 3))) static void
swallow_xml_error(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

int libvirt_initialize(void)
{
	virSetErrorFunc(NULL, swallow_error);
	return virInitialize() < 0 ? -EIO : event_loop_open();
}

struct libvirt_link *libvirt_link_new(struct libvirt_listener *listener, const char *uri,
				      bool read_only)
{
	struct libvirt_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->is_read_only = read_only;
	if (uri) {
		link->wanted_uri = strdup(uri);
		if (!link->wanted_uri) {
			free(link);
			return NULL;
		}
	}
	link->listener = listener;
	if (listener)
		atomic_fetch_add(&listener->n_references, 1);
	return link;
}

enum domain_state libvirt_map_state(int state)
{
	switch (state) {
	case VIR_DOMAIN_PAUSED:
		return DOMAIN_PAUSED;
	case VIR_DOMAIN_PMSUSPENDED:
		return DOMAIN_SUSPENDED;
	case VIR_DOMAIN_CRASHED:
		return DOMAIN_CRASHED;
	case VIR_DOMAIN_SHUTDOWN:
	case VIR_DOMAIN_SHUTOFF:
		return DOMAIN_SHUTTING_DOWN;
	default:
		return DOMAIN_RUNNING;
	}
}

static int compare_uuids(const void *key, const void *handle)
{
	return strcmp(key, ((const struct libvirt_handle *)handle)->uuid);
}

static struct libvirt_handle *find_handle(const struct libvirt_link *link,
					  const char *uuid)
{
	return link->n_handles > 0 ? bsearch(uuid, link->handles, link->n_handles,
					     sizeof(*link->handles), compare_uuids)
				   : NULL;
}

void libvirt_link_forget(struct libvirt_link *link)
{
	for (size_t i = 0; i < link->n_handles; i++)
		virDomainFree(link->handles[i].domain);
	free(link->handles);
	link->handles = NULL;
	link->n_handles = 0;
}

/* Without memory it is looked up again the next time. */
void libvirt_link_keep(struct libvirt_link *link, const char *uuid, virDomainPtr domain)
{
	size_t n = link->n_handles, i = 0;
	struct libvirt_handle *handles;

	if (find_handle(link, uuid))
		return;
	handles = reallocarray(link->handles, n + 1, sizeof(*handles));
	if (!handles)
		return;
	link->handles = handles;
	while (i < n && strcmp(handles[i].uuid, uuid) < 0)
		i++;
	memmove(&handles[i + 1], &handles[i], (n - i) * sizeof(*handles));
	virDomainRef(domain);
	handles[i].domain = domain;
	snprintf(handles[i].uuid, sizeof(handles[i].uuid), "%s", uuid);
	link->n_handles = n + 1;
}

virDomainPtr libvirt_link_handle(struct libvirt_link *link, const char *uuid)
{
	const struct libvirt_handle *known = find_handle(link, uuid);
	virDomainPtr domain;

	if (known)
		return known->domain;
	domain = virDomainLookupByUUIDString(link->connection, uuid);
	if (!domain)
		return NULL;
	libvirt_link_keep(link, uuid, domain);
	virDomainFree(domain);
	known = find_handle(link, uuid);
	return known ? known->domain : NULL;
}

void libvirt_link_free(void *data)
{
	struct libvirt_link *link = data;

	if (!link)
		return;
	libvirt_link_forget(link);
	if (link->connection) {
		libvirt_callbacks_remove(&link->callbacks, link->connection);
		virConnectClose(link->connection);
	}
	libvirt_listener_unref(link->listener);
	free(link->wanted_uri);
	free(link->uri);
	free(link);
}

/* The cure that fits the last error, to be appended to it. */
static const char *connection_cure(void)
{
	switch (virGetLastErrorCode()) {
	case VIR_ERR_SYSTEM_ERROR:
		return " (is libvirtd or virtqemud running?)";
	case VIR_ERR_AUTH_FAILED:
	case VIR_ERR_AUTH_UNAVAILABLE:
	case VIR_ERR_AUTH_CANCELLED:
	case VIR_ERR_OPERATION_DENIED:
	case VIR_ERR_ACCESS_DENIED:
		return " (join the group libvirt, or run as root)";
	case VIR_ERR_NO_CONNECT:
	case VIR_ERR_INVALID_ARG:
		return " (give a URI such as qemu:///system with --connect)";
	default:
		return "";
	}
}

static bool names_a_host(const char *uri)
{
	xmlURIPtr parsed = xmlParseURI(uri);
	bool result = parsed && parsed->server && *parsed->server;

	xmlFreeURI(parsed);
	return result;
}

static bool describe_connection(struct libvirt_link *link)
{
	const char *driver = virConnectGetType(link->connection);

	link->uri = virConnectGetURI(link->connection);
	if (!driver || !link->uri)
		return false;
	plain_hide_passwords(link->uri);
	link->is_local = strcmp(driver, "QEMU") == 0 && !names_a_host(link->uri);
	link->is_private = strcmp(driver, "TEST") == 0;
	return true;
}

int libvirt_link_connect(struct libvirt_link *link)
{
	const char *uri = link->wanted_uri;

	xmlSetGenericErrorFunc(NULL, swallow_xml_error); /* of this thread */
	link->connection =
		link->is_read_only ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
	if (!link->connection || !describe_connection(link)) {
		snprintf(link->error, sizeof(link->error), "%s%s", last_error_text(),
			 connection_cure());
		return -ENOTCONN;
	}
	if (link->listener)
		libvirt_callbacks_add_close(&link->callbacks, link->listener,
					    link->connection);
	/* Drivers without a daemon have nothing to keep alive, and say so. */
	virConnectSetKeepAlive(link->connection, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT);
	return 0;
}

int libvirt_link_listen(struct libvirt_link *link)
{
	if (libvirt_callbacks_add_events(&link->callbacks, link->listener,
					 link->connection) < 0)
		return libvirt_fail(link);
	return 0;
}

int libvirt_fail_at_domain(struct libvirt_link *link, virDomainPtr handle)
{
	int r = libvirt_fail(link);

	return r == -EOPNOTSUPP && virDomainIsActive(handle) == 0 ? -ENOENT : r;
}
