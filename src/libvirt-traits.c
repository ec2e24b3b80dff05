/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "libvirt-internal.h"

/* The string value of @expression, or NULL; owned by the caller, free with xmlFree(). */
static xmlChar *evaluate(xmlXPathContextPtr context, const char *expression)
{
	xmlXPathObjectPtr object = xmlXPathEvalExpression(BAD_CAST expression, context);
	xmlChar *text = object ? xmlXPathCastToString(object) : NULL;

	xmlXPathFreeObject(object);
	return text;
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
	xmlChar *model = evaluate(context, "/domain/devices/memballoon/@model");
	xmlChar *period = evaluate(context, "/domain/devices/memballoon/stats/@period");

	/* Drivers without the element, such as Xen's, have a balloon all the same. */
	traits->has_balloon = !model || !xmlStrEqual(model, BAD_CAST "none");
	traits->has_stats_period = model && *model;
	if (period && *period)
		traits->stats_period_s = parse_period(period);
	xmlFree(model);
	xmlFree(period);
}

int libvirt_parse_traits(const char *xml, struct libvirt_traits *ret_traits)
{
	struct libvirt_traits traits = { 0 };
	xmlDocPtr document =
		xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
			      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlXPathContextPtr context = document ? xmlXPathNewContext(document) : NULL;

	if (!context) {
		xmlFreeDoc(document);
		return -EINVAL;
	}
	read_balloon(context, &traits);
	xmlXPathFreeContext(context);
	xmlFreeDoc(document);
	*ret_traits = traits;
	return 0;
}
