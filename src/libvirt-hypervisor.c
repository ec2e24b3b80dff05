/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/virterror.h>
#include <libxml/uri.h>
#include <libxml/xmlerror.h>

#include "cleanup.h"
#include "libvirt-hypervisor.h"
#include "libvirt-internal.h"
#include "monotonic.h"

static struct libvirt_hypervisor *downcast(struct hypervisor *base)
{
	return (struct libvirt_hypervisor *)base;
}

static const char *last_error_text(void)
{
	const char *text = virGetLastErrorMessage();

	return text && *text ? text : "libvirt gives no reason";
}

int libvirt_fail(struct libvirt_hypervisor *hypervisor)
{
	int code = virGetLastErrorCode();

	snprintf(hypervisor->base.error, sizeof(hypervisor->base.error), "%s",
		 last_error_text());
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
	default:
		return -EIO;
	}
}

void libvirt_forget_domains(struct libvirt_hypervisor *hypervisor)
{
	for (size_t i = 0; i < hypervisor->n_domains; i++)
		virDomainFree(hypervisor->domains[i].handle);
	free(hypervisor->domains);
	hypervisor->domains = NULL;
	hypervisor->n_domains = 0;
}

static int64_t now_ms(struct hypervisor *base)
{
	(void)base;
	return monotonic_now_ms();
}

/* A domain that the last sample did not show is gone. */
static int find_domain(struct libvirt_hypervisor *hypervisor, const char *uuid,
		       struct libvirt_domain **ret_domain)
{
	struct libvirt_domain *domain = libvirt_find(hypervisor, uuid);

	if (!domain) {
		snprintf(hypervisor->base.error, sizeof(hypervisor->base.error),
			 "the domain is gone");
		return -ENOENT;
	}
	*ret_domain = domain;
	return 0;
}

/*
 * Note why @domain refused. A persistent domain that was shut down since the last sample
 * is no longer active, but libvirt has it still: that is an invalid operation to it.
 */
static int fail_at_domain(struct libvirt_hypervisor *hypervisor,
			  const struct libvirt_domain *domain)
{
	int r = libvirt_fail(hypervisor);

	return r == -EOPNOTSUPP && virDomainIsActive(domain->handle) == 0 ? -ENOENT : r;
}

static int set_target(struct hypervisor *base, const char *uuid, uint64_t target_kib)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);
	struct libvirt_domain *domain;
	int r = find_domain(hypervisor, uuid, &domain);

	if (r < 0)
		return r;
	if (virDomainSetMemoryFlags(domain->handle, target_kib, VIR_DOMAIN_AFFECT_LIVE) <
	    0)
		return fail_at_domain(hypervisor, domain);
	return 0;
}

static int set_stats_period(struct hypervisor *base, const char *uuid, unsigned period_s)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);
	struct libvirt_domain *domain;
	int r = find_domain(hypervisor, uuid, &domain);

	if (r < 0)
		return r;
	if (virDomainSetMemoryStatsPeriod(domain->handle, (int)period_s,
					  VIR_DOMAIN_AFFECT_LIVE) < 0)
		return fail_at_domain(hypervisor, domain);
	domain->traits.stats_period_s = period_s;
	return 0;
}

static void balloon_changed(virConnectPtr connection, virDomainPtr handle,
			    unsigned long long actual_kib, void *opaque)
{
	struct hypervisor *base = opaque;
	char uuid[VIR_UUID_STRING_BUFLEN];

	(void)connection;
	if (virDomainGetUUIDString(handle, uuid) == 0 &&
	    base->on_balloon(base->on_balloon_data, uuid, actual_kib, now_ms(base)))
		base->is_woken = true;
}

static int listen_for_balloons(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);

	hypervisor->balloon_callback = virConnectDomainEventRegisterAny(
		hypervisor->connection, NULL, VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE,
		VIR_DOMAIN_EVENT_CALLBACK(balloon_changed), base, NULL);
	return hypervisor->balloon_callback < 0 ? libvirt_fail(hypervisor) : 0;
}

static void time_is_up(int timer, void *opaque)
{
	bool *is_over = opaque;

	(void)timer;
	*is_over = true;
}

static void fd_is_ready(int watch, int fd, int events, void *opaque)
{
	bool *is_over = opaque;

	(void)watch;
	(void)fd;
	(void)events;
	*is_over = true;
}

static int wait_until(struct hypervisor *base, int64_t until_ms, int wake_fd)
{
	int64_t left_ms = until_ms - now_ms(base);
	bool is_over = false;
	int watch = -1, r = 0;

	if (left_ms < 0)
		left_ms = 0;

	int timer = virEventAddTimeout(left_ms > INT_MAX ? INT_MAX : (int)left_ms,
				       time_is_up, &is_over, NULL);
	if (timer < 0)
		return libvirt_fail(downcast(base));
	if (wake_fd >= 0) {
		watch = virEventAddHandle(wake_fd, VIR_EVENT_HANDLE_READABLE, fd_is_ready,
					  &is_over, NULL);
		if (watch < 0)
			r = libvirt_fail(downcast(base));
	}
	while (r == 0 && !is_over && !base->is_woken)
		if (virEventRunDefaultImpl() < 0)
			r = libvirt_fail(downcast(base));
	virEventRemoveTimeout(timer);
	if (watch >= 0)
		virEventRemoveHandle(watch);
	return r;
}

static bool is_alive(struct hypervisor *base)
{
	return virConnectIsAlive(downcast(base)->connection) == 1;
}

static void close_connection(struct hypervisor *base)
{
	struct libvirt_hypervisor *hypervisor = downcast(base);

	if (hypervisor->balloon_callback >= 0)
		virConnectDomainEventDeregisterAny(hypervisor->connection,
						   hypervisor->balloon_callback);
	libvirt_forget_domains(hypervisor);
	if (hypervisor->connection)
		virConnectClose(hypervisor->connection);
	free(base->uri);
	free(hypervisor);
}

static const struct hypervisor_ops libvirt_ops = {
	.now_ms = now_ms,
	.sample = libvirt_sample,
	.set_target = set_target,
	.set_stats_period = set_stats_period,
	.listen = listen_for_balloons,
	.wait = wait_until,
	.is_alive = is_alive,
	.close = close_connection,
};

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

static int initialize_libvirt(void)
{
	static bool is_done;

	if (is_done)
		return 0;
	virSetErrorFunc(NULL, swallow_error);
	xmlSetGenericErrorFunc(NULL, swallow_xml_error);
	if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0)
		return -EIO;
	is_done = true;
	return 0;
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

static int describe_connection(struct libvirt_hypervisor *hypervisor)
{
	const char *driver = virConnectGetType(hypervisor->connection);

	hypervisor->base.uri = virConnectGetURI(hypervisor->connection);
	if (!driver || !hypervisor->base.uri)
		return libvirt_fail(hypervisor);
	hypervisor->is_local =
		strcmp(driver, "QEMU") == 0 && !names_a_host(hypervisor->base.uri);
	hypervisor->base.is_private = strcmp(driver, "TEST") == 0;
	return 0;
}

static int explain_failure(const char *uri, char **ret_error)
{
	if (asprintf(ret_error, "cannot connect to %s: %s%s", uri ? uri : "libvirt",
		     last_error_text(), connection_cure()) < 0)
		*ret_error = NULL;
	return -ENOTCONN;
}

int libvirt_hypervisor_open(const char *uri, bool read_only,
			    struct hypervisor **ret_hypervisor, char **ret_error)
{
	struct libvirt_hypervisor *hypervisor = calloc(1, sizeof(*hypervisor));

	if (!hypervisor)
		return -ENOMEM;
	hypervisor->base.ops = &libvirt_ops;
	hypervisor->balloon_callback = -1;
	if (initialize_libvirt() == 0)
		hypervisor->connection =
			read_only ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
	if (!hypervisor->connection || describe_connection(hypervisor) < 0) {
		int r = explain_failure(uri, ret_error);

		close_connection(&hypervisor->base);
		return r;
	}
	*ret_hypervisor = &hypervisor->base;
	return 0;
}
