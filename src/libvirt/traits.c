/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the XML of a running domain tells. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "config/period-mark.h"
#include "libvirt/traits.h"

#define BALLOON "/domain/devices/memballoon"

/* The document is only read, and none of its texts is more than a word. */
#define PARSE_OPTIONS                                                                    \
	(XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |                     \
	 XML_PARSE_NOBLANKS | XML_PARSE_COMPACT)

/*
 * Devices with VFIO or vDPA pin all of the guest's memory, and QEMU then keeps the
 * balloon from giving any of it back; vfio-ccw and vfio-ap do not. Huge pages are not
 * given back in the balloon's small ones.
 */
static const struct {
	enum domain_trait trait;
	const char *word; /* XML without it does not have the trait: see has_trait() */
	const char *is_there;
} known_traits[] = {
	{ DOMAIN_PASSES_DEVICES, "hostdev",
	  "/domain/devices/hostdev[@type='pci' or @type='mdev' and @model='vfio-pci']"
	  "|/domain/devices/interface[@type='hostdev']" },
	{ DOMAIN_PASSES_DEVICES, "vdpa",
	  "/domain/devices/interface[@type='vdpa']"
	  "|/domain/devices/disk[@type='vhostvdpa']" },
	{ DOMAIN_PASSES_DEVICES, "nvme", "/domain/devices/disk[@type='nvme']" },
	{ DOMAIN_LOCKS_MEMORY, "locked", "/domain/memoryBacking/locked" },
	{ DOMAIN_HAS_HUGE_PAGES, "hugepages", "/domain/memoryBacking/hugepages" },
	{ DOMAIN_IS_ENCRYPTED, "launchSecurity", "/domain/launchSecurity" },
	{ DOMAIN_AUTODEFLATES, "autodeflate", BALLOON "[@autodeflate='on']" },
	{ DOMAIN_REPORTS_FREE_PAGES, "freePageReporting",
	  BALLOON "[@freePageReporting='on']" },
	{ DOMAIN_HAS_PLUGGED_MEMORY, "virtio-mem",
	  "/domain/devices/memory[@model='virtio-mem']" },
	{ DOMAIN_HAS_PLUGGED_MEMORY, "dimm", "/domain/devices/memory[@model='dimm']" },
	{ DOMAIN_IS_NUMA_BOUND, "numatune",
	  "/domain/numatune/memory[not(@mode) or @mode='strict']" },
};

/* The string value of @expression, or NULL; owned by the caller, free with xmlFree(). */
static xmlChar *evaluate(xmlXPathContextPtr context, const char *expression)
{
	xmlXPathObjectPtr object = xmlXPathEvalExpression(BAD_CAST expression, context);
	xmlChar *text = object ? xmlXPathCastToString(object) : NULL;

	xmlXPathFreeObject(object);
	return text;
}

/* The first element that @expression names, or NULL. */
static xmlNodePtr find(xmlXPathContextPtr context, const char *expression)
{
	xmlXPathObjectPtr object = xmlXPathEvalExpression(BAD_CAST expression, context);
	xmlNodePtr element =
		object && object->nodesetval && object->nodesetval->nodeNr > 0
			? object->nodesetval->nodeTab[0]
			: NULL;

	xmlXPathFreeObject(object);
	return element;
}

/* In KiB, which is what libvirt writes itself; 0: it is not there. */
static uint64_t read_size(xmlXPathContextPtr context, const char *expression)
{
	xmlChar *text = evaluate(context, expression);
	uint64_t kib = text ? strtoull((const char *)text, NULL, 10) : 0;

	xmlFree(text);
	return kib;
}

/* libvirt writes at most INT_MAX; anything else is none. */
static unsigned parse_period(const xmlChar *text)
{
	char *end;
	long value;

	errno = 0;
	value = strtol((const char *)text, &end, 10);
	return *end || errno || value < 0 || value > INT_MAX ? 0 : (unsigned)value;
}

static void read_balloon(xmlXPathContextPtr context, struct libvirt_traits *traits)
{
	xmlChar *model = evaluate(context, BALLOON "/@model");
	xmlChar *period = evaluate(context, BALLOON "/stats/@period");

	/* Drivers without the element, such as Xen's, have a balloon all the same. */
	traits->has_balloon = !model || !xmlStrEqual(model, BAD_CAST "none");
	traits->has_stats_period = model && *model;
	if (period && *period)
		traits->stats_period_s = parse_period(period);
	xmlFree(model);
	xmlFree(period);
}

/*
 * Most domains have none of the traits, and to look for a word takes a thousandth of the
 * time of an expression: with all of them for each of 1,000 domains the first sample
 * would take half as long again.
 */
static bool has_trait(xmlXPathContextPtr context, const char *xml, size_t i)
{
	return strstr(xml, known_traits[i].word) &&
	       find(context, known_traits[i].is_there);
}

/* Most domains have neither, see has_trait(). */
#define FIND_METADATA(context, xml, namespace)                                           \
	(strstr(xml, namespace)                                                          \
		 ? find(context, "/domain/metadata/*[namespace-uri()='" namespace "']")  \
		 : NULL)

static void read_metadata(xmlXPathContextPtr context, const char *xml,
			  struct libvirt_traits *traits)
{
	xmlNodePtr settings = FIND_METADATA(context, xml, METADATA_NAMESPACE);
	xmlNodePtr mark = FIND_METADATA(context, xml, PERIOD_MARK_NAMESPACE);

	if (settings)
		metadata_read(settings, &traits->choices, traits->metadata_error);
	/* One that cannot be read is nobody's: it is overwritten when there is need. */
	if (mark)
		period_mark_read(mark, &traits->period_mark);
}

static void read_traits(xmlXPathContextPtr context, const char *xml,
			struct libvirt_traits *traits)
{
	read_balloon(context, traits);
	traits->maximum_kib = read_size(context, "/domain/memory[@unit='KiB']");
	traits->current_kib = read_size(context, "/domain/currentMemory[@unit='KiB']");
	for (size_t i = 0; i < sizeof(known_traits) / sizeof(known_traits[0]); i++)
		if (has_trait(context, xml, i))
			traits->traits |= known_traits[i].trait;
	read_metadata(context, xml, traits);
}

int libvirt_parse_traits(const char *xml, struct libvirt_traits *ret_traits)
{
	struct libvirt_traits traits = { 0 };
	xmlDocPtr document =
		xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, PARSE_OPTIONS);
	xmlXPathContextPtr context = document ? xmlXPathNewContext(document) : NULL;

	if (!context) {
		xmlFreeDoc(document);
		return -EINVAL;
	}
	read_traits(context, xml, &traits);
	xmlXPathFreeContext(context);
	xmlFreeDoc(document);
	*ret_traits = traits;
	return 0;
}

int libvirt_put_traits(struct domain *domain, const struct libvirt_traits *traits)
{
	domain->has_balloon = traits->has_balloon;
	if (traits->has_stats_period) {
		domain->stats_period_s = traits->stats_period_s;
		domain->present |= DOMAIN_STATS_PERIOD;
	}
	domain->traits = traits->traits;
	domain->period_mark = traits->period_mark;
	domain->choices = traits->choices;
	if (traits->metadata_error[0] == '\0')
		return 0;
	domain->metadata_error = strdup(traits->metadata_error);
	return domain->metadata_error ? 0 : -ENOMEM;
}
