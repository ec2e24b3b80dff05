/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libvirt tells of its own accord. */
#include <stdlib.h>
#include <string.h>

#include "config/metadata.h"
#include "libvirt/listener.h"
#include "system/monotonic.h"

struct libvirt_listener *libvirt_listener_new(struct hypervisor *hypervisor)
{
	struct libvirt_listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return NULL;
	atomic_init(&listener->n_references, 1);
	listener->hypervisor = hypervisor;
	return listener;
}

static struct libvirt_listener *ref(struct libvirt_listener *listener)
{
	atomic_fetch_add(&listener->n_references, 1);
	return listener;
}

void libvirt_listener_unref(struct libvirt_listener *listener)
{
	if (listener && atomic_fetch_sub(&listener->n_references, 1) == 1)
		free(listener);
}

static void unref(void *listener)
{
	libvirt_listener_unref(listener);
}

/* Events are delivered by the event loop, so in the main thread. */
static void tell(const struct libvirt_listener *listener, enum hypervisor_event_kind kind,
		 virDomainPtr handle, uint64_t current_kib)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "";

	if (!listener->hypervisor || (handle && virDomainGetUUIDString(handle, uuid) < 0))
		return;
	hypervisor_tell(listener->hypervisor, &(struct hypervisor_event){
						      .kind = kind,
						      .uuid = uuid,
						      .current_kib = current_kib,
						      .at_ms = monotonic_now_ms(),
					      });
}

static void balloon_changed(virConnectPtr connection, virDomainPtr handle,
			    unsigned long long actual_kib, void *listener)
{
	(void)connection;
	tell(listener, HYPERVISOR_BALLOON, handle, actual_kib);
}

static int lifecycle_changed(virConnectPtr connection, virDomainPtr handle, int event,
			     int detail, void *opaque)
{
	struct libvirt_listener *listener = opaque;
	char uuid[VIR_UUID_STRING_BUFLEN];

	(void)connection;
	(void)detail;
	switch (event) {
	case VIR_DOMAIN_EVENT_STARTED:
	case VIR_DOMAIN_EVENT_RESUMED:
		if (listener->hypervisor && listener->on_started &&
		    virDomainGetUUIDString(handle, uuid) == 0)
			listener->on_started(listener->hypervisor, uuid);
		tell(listener, HYPERVISOR_STARTED, handle, 0);
		break;
	case VIR_DOMAIN_EVENT_DEFINED:
	case VIR_DOMAIN_EVENT_UNDEFINED:
		break;
	default:
		tell(listener, HYPERVISOR_STOPPED, handle, 0);
	}
	return 0;
}

static void rebooted(virConnectPtr connection, virDomainPtr handle, void *listener)
{
	(void)connection;
	tell(listener, HYPERVISOR_REBOOTED, handle, 0);
}

static void metadata_changed(virConnectPtr connection, virDomainPtr handle, int type,
			     const char *namespace_uri, void *opaque)
{
	struct libvirt_listener *listener = opaque;

	(void)connection;
	(void)handle;
	if (type == VIR_DOMAIN_METADATA_ELEMENT && namespace_uri &&
	    strcmp(namespace_uri, METADATA_NAMESPACE) == 0)
		atomic_store(&listener->has_changed, true);
}

/* Plugged in or out: it may be one that locks the guest's memory. */
static void devices_changed(virConnectPtr connection, virDomainPtr handle,
			    const char *alias, void *opaque)
{
	struct libvirt_listener *listener = opaque;

	(void)connection;
	(void)handle;
	(void)alias;
	atomic_store(&listener->has_changed, true);
}

static const struct {
	int id;
	virConnectDomainEventGenericCallback callback;
} events[LIBVIRT_N_EVENTS] = {
	{ VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE,
	  VIR_DOMAIN_EVENT_CALLBACK(balloon_changed) },
	{ VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(lifecycle_changed) },
	{ VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(rebooted) },
	{ VIR_DOMAIN_EVENT_ID_METADATA_CHANGE,
	  VIR_DOMAIN_EVENT_CALLBACK(metadata_changed) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(devices_changed) },
	{ VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
	  VIR_DOMAIN_EVENT_CALLBACK(devices_changed) },
};

int libvirt_callbacks_add_events(struct libvirt_callbacks *callbacks,
				 struct libvirt_listener *listener,
				 virConnectPtr connection)
{
	for (size_t i = 0; i < LIBVIRT_N_EVENTS; i++) {
		int id = virConnectDomainEventRegisterAny(connection, NULL, events[i].id,
							  events[i].callback,
							  ref(listener), unref);

		if (id < 0) {
			unref(listener);
			return -1;
		}
		callbacks->events[callbacks->n_events++] = id;
	}
	return 0;
}

static void tell_closed(int timer, void *listener)
{
	virEventRemoveTimeout(timer);
	tell(listener, HYPERVISOR_CLOSED, NULL, 0);
}

/* In whatever thread reads from the connection: the main one is told by a timer. */
static void closed(virConnectPtr connection, int reason, void *opaque)
{
	struct libvirt_listener *listener = opaque;

	(void)connection;
	(void)reason;
	atomic_store(&listener->is_closed, true);
	if (virEventAddTimeout(0, tell_closed, ref(listener), unref) < 0)
		unref(listener);
}

void libvirt_callbacks_add_close(struct libvirt_callbacks *callbacks,
				 struct libvirt_listener *listener,
				 virConnectPtr connection)
{
	/*
	 * No reference: drivers that cannot tell pretend to, and would never give it
	 * back. The link has one, and unregisters this before it lets that go.
	 */
	callbacks->has_close =
		virConnectRegisterCloseCallback(connection, closed, listener, NULL) == 0;
}

void libvirt_callbacks_remove(struct libvirt_callbacks *callbacks,
			      virConnectPtr connection)
{
	for (size_t i = 0; i < callbacks->n_events; i++)
		virConnectDomainEventDeregisterAny(connection, callbacks->events[i]);
	if (callbacks->has_close)
		virConnectUnregisterCloseCallback(connection, closed);
	*callbacks = (struct libvirt_callbacks){ 0 };
}
