/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libvirt answers at odd moments, on its test driver. Some of its functions stand
 * here in the place of libvirt's own: the driver has no node statistics, refuses no XML,
 * and never hangs.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include <libvirt/libvirt.h>

#include "core/classify.h"
#include "core/history.h"
#include "libvirt/facts.h"
#include "libvirt/hypervisor.h"
#include "system/worker.h"
#include "testing.h"

static struct hypervisor *hypervisor;
static virConnectPtr administrator;
static virDomainPtr domain;
static struct snapshot snapshot;
static bool has_node_stats, refuses_xml, has_own_xml, refuses_free, is_cut_off;
static unsigned n_xmls, n_infos; /* so often asked for */
static atomic_bool hangs_at_metadata;
static unsigned long long bulk_current_kib; /* 0: no bulk figures, as it is */

/* As QEMU's driver does it: the number of figures must be exactly right. */
int virNodeGetMemoryStats(virConnectPtr connection, int cell,
			  virNodeMemoryStatsPtr parameters, int *n_parameters,
			  unsigned flags)
{
	static const virNodeMemoryStats stats[] = {
		{ VIR_NODE_MEMORY_STATS_TOTAL, 16000000 },
		{ VIR_NODE_MEMORY_STATS_FREE, 4000000 },
		{ VIR_NODE_MEMORY_STATS_BUFFERS, 300000 },
		{ VIR_NODE_MEMORY_STATS_CACHED, 2000000 },
	};

	(void)connection;
	assert_int_equal(cell, VIR_NODE_MEMORY_STATS_ALL_CELLS);
	assert_int_equal(flags, 0);
	if (!has_node_stats || (*n_parameters != 0 && *n_parameters != 4))
		return -1;
	if (*n_parameters == 4)
		memcpy(parameters, stats, sizeof(stats));
	*n_parameters = 4;
	return 0;
}

unsigned long long virNodeGetFreeMemory(virConnectPtr connection)
{
	unsigned long version;

	(void)connection;
	if (!refuses_free)
		return 5 * GIB * 1024;
	virConnectGetVersion(NULL, &version); /* sets an error */
	return 0;
}

/* Figures as QEMU's driver gives them, of a domain with a maximum of 8 GiB. */
static int give_bulk_figures(virConnectPtr connection, virDomainStatsRecordPtr **records)
{
	virDomainStatsRecordPtr record = calloc(1, sizeof(*record));
	int n_max = 0;

	record->dom = virDomainLookupByName(connection, "test");
	virTypedParamsAddULLong(&record->params, &record->nparams, &n_max,
				"balloon.current", bulk_current_kib);
	virTypedParamsAddULLong(&record->params, &record->nparams, &n_max,
				"balloon.maximum", 8 * GIB);
	virTypedParamsAddULLong(&record->params, &record->nparams, &n_max,
				"balloon.last-update", 1234567);
	*records = calloc(2, sizeof(**records));
	(*records)[0] = record;
	return 1;
}

int virConnectGetAllDomainStats(virConnectPtr connection, unsigned stats,
				virDomainStatsRecordPtr **records, unsigned flags)
{
	int (*libvirts)(virConnectPtr, unsigned, virDomainStatsRecordPtr **, unsigned);

	if (bulk_current_kib > 0)
		return give_bulk_figures(connection, records);
	*(void **)&libvirts = dlsym(RTLD_NEXT, "virConnectGetAllDomainStats");
	return libvirts(connection, stats, records, flags);
}

char *virDomainGetXMLDesc(virDomainPtr handle, unsigned flags)
{
	char *(*libvirts)(virDomainPtr, unsigned);

	n_xmls++;
	if (has_own_xml) {
		*(void **)&libvirts = dlsym(RTLD_NEXT, "virDomainGetXMLDesc");
		return libvirts(handle, flags);
	}
	return refuses_xml ? NULL
			   : strdup("<domain><memory unit='KiB'>8388608</memory><devices>"
				    "<memballoon model='virtio'/></devices></domain>");
}

int virConnectIsAlive(virConnectPtr connection)
{
	(void)connection;
	return !is_cut_off;
}

int virDomainGetInfo(virDomainPtr handle, virDomainInfoPtr info)
{
	(void)handle;
	n_infos++;
	*info = (virDomainInfo){ .state = VIR_DOMAIN_RUNNING,
				 .maxMem = 8 * GIB,
				 .memory = 2 * GIB };
	return 0;
}

char *virDomainGetMetadata(virDomainPtr handle, int type, const char *uri, unsigned flags)
{
	(void)handle;
	assert_int_equal(type, VIR_DOMAIN_METADATA_ELEMENT);
	assert_string_equal(uri, "urn:memcoord:domain:1");
	while (atomic_load(&hangs_at_metadata))
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	return strdup(flags == VIR_DOMAIN_AFFECT_CONFIG ? "<config/>" : "<live/>");
}

/* test:///default is one and the same host for all connections of this process. */
static int set_up(void **state)
{
	char *error = NULL;

	(void)state;
	has_node_stats = refuses_xml = has_own_xml = refuses_free = is_cut_off = false;
	n_xmls = n_infos = 0;
	bulk_current_kib = 0;
	assert_int_equal(libvirt_hypervisor_open("test:///default", false, NULL,
						 &hypervisor, &error),
			 0);
	administrator = virConnectOpen("test:///default");
	assert_non_null(administrator);
	domain = virDomainLookupByName(administrator, "test");
	assert_non_null(domain);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	snapshot_clear(&snapshot);
	virDomainFree(domain);
	virConnectClose(administrator);
	hypervisor_close(hypervisor);
	return 0;
}

static void look(void)
{
	snapshot_clear(&snapshot);
	assert_int_equal(hypervisor_sample(hypervisor, &snapshot), 0);
}

static void node_statistics_count_free_memory_and_buffers(void **state)
{
	(void)state;
	has_node_stats = true;
	look();
	assert_int_equal(snapshot.host.total_kib, 16000000);
	assert_int_equal(snapshot.host.available_kib, 4300000);
}

static void without_node_statistics_free_memory_must_do(void **state)
{
	(void)state;
	look();
	assert_int_equal(snapshot.host.total_kib, 3 * GIB);
	assert_int_equal(snapshot.host.available_kib, 5 * GIB);
}

/* 0 KiB would have everything taken from the domains. */
static void unknown_free_memory_is_not_none(void **state)
{
	(void)state;
	refuses_free = true;
	assert_true(hypervisor_sample(hypervisor, &snapshot) < 0);
	assert_non_null(strstr(hypervisor_error(hypervisor), "invalid connection"));
}

/* Listed, never dropped; and known as soon as libvirt tells. */
static void a_domain_that_cannot_be_read_is_unknown(void **state)
{
	struct demand demand = { 0 };

	(void)state;
	refuses_xml = true;
	look();
	assert_int_equal(snapshot.n_domains, 1);
	assert_true(domain_has(&snapshot.domains[0], DOMAIN_CURRENT | DOMAIN_MAXIMUM));
	struct verdict verdict =
		classify_trust(&snapshot.domains[0], &demand, snapshot.now_ms);
	assert_int_equal(verdict.class, CLASS_UNKNOWN);
	assert_int_equal(verdict.reason, REASON_BUSY);

	refuses_xml = false;
	look();
	assert_int_equal(snapshot.n_domains, 1);
	assert_true(domain_has(&snapshot.domains[0],
			       DOMAIN_LAST_UPDATE | DOMAIN_STATS_PERIOD));
}

/* One call for its figures, and none for what it keeps until it ends. */
static void a_domain_is_asked_once_for_what_stays(void **state)
{
	char uuid[DOMAIN_UUID_SIZE];

	(void)state;
	for (int i = 0; i < 3; i++) {
		look();
		assert_int_equal(snapshot.n_domains, 1);
		assert_int_equal(snapshot.domains[0].maximum_kib, 8 * GIB);
		assert_int_equal(snapshot.domains[0].state, DOMAIN_RUNNING);
		assert_int_equal(virDomainGetUUIDString(domain, uuid), 0);
		assert_string_equal(snapshot.domains[0].uuid, uuid);
		assert_int_equal(n_xmls, 1);
		assert_int_equal(n_infos, 0);
	}
}

/* Not even that, if nobody wants to know; unless without it the size means nothing. */
static void a_brief_sample_has_no_xml(void **state)
{
	static const struct {
		unsigned long long current_kib;
		unsigned n_xmls; /* asked for in two looks */
	} cases[] = {
		{ 0, 0 },
		{ 2 * GIB, 0 },
		{ 8 * GIB, 0 },
		{ 8 * GIB + 1, 1 },
	};

	(void)state;
	hypervisor->is_brief = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bulk_current_kib = cases[i].current_kib;
		n_xmls = 0;
		look();
		look();
		assert_int_equal(n_xmls, cases[i].n_xmls);
		assert_true(domain_has(&snapshot.domains[0], DOMAIN_CURRENT |
								     DOMAIN_MAXIMUM |
								     DOMAIN_LAST_UPDATE));
		assert_int_equal(domain_has(&snapshot.domains[0], DOMAIN_STATS_PERIOD),
				 cases[i].n_xmls > 0);
	}

	/* who wants to know all of a sudden gets it */
	bulk_current_kib = 2 * GIB;
	hypervisor->is_brief = false;
	virDomainDestroy(domain);
	virDomainCreate(domain);
	n_xmls = 0;
	look();
	look();
	assert_int_equal(n_xmls, 1);
	assert_true(domain_has(&snapshot.domains[0], DOMAIN_STATS_PERIOD));
}

/* Under the name and the UUID that it had before. */
static void a_domain_that_was_started_again_is_new(void **state)
{
	(void)state;
	look();
	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(virDomainCreate(domain), 0);
	look();
	assert_int_equal(n_xmls, 2);
	assert_int_equal(hypervisor_set_target(hypervisor, snapshot.domains[0].uuid, GIB),
			 0);
	look();
	assert_int_equal(snapshot.domains[0].current_kib, GIB);
}

/* Row 22. */
static void nothing_goes_beyond_the_maximum(void **state)
{
	(void)state;
	look();
	assert_int_equal(hypervisor_set_target(hypervisor, snapshot.domains[0].uuid,
					       snapshot.domains[0].maximum_kib + 1),
			 -ERANGE);
}

/* Row 26: a persistent domain that has been shut down is still there, and not running. */
static void a_domain_that_was_shut_down_is_gone(void **state)
{
	(void)state;
	look();
	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(hypervisor_set_target(hypervisor, snapshot.domains[0].uuid, GIB),
			 -ENOENT);
	assert_int_equal(
		hypervisor_set_stats_period(hypervisor, snapshot.domains[0].uuid, 1),
		-ENOENT);
	look();
	assert_int_equal(snapshot.n_domains, 0);
	assert_int_equal(virDomainCreate(domain), 0);
}

static void definitions_are_read_each_with_its_own(void **state)
{
	struct definitions definitions;
	char uuid[VIR_UUID_STRING_BUFLEN];

	(void)state;
	assert_int_equal(virDomainGetUUIDString(domain, uuid), 0);
	for (size_t i = 0; i < 3; i++) {
		const char *names[] = { "test", uuid, "1" };

		assert_int_equal(
			hypervisor_read_definitions(hypervisor, names[i], &definitions),
			0);
		assert_string_equal(definitions.uuid, uuid);
		assert_string_equal(definitions.name, "test");
		assert_string_equal(definitions.of[DEFINITION_LIVE].metadata, "<live/>");
		assert_string_equal(definitions.of[DEFINITION_CONFIG].metadata,
				    "<config/>");
		definitions_clear(&definitions);
	}
	assert_int_equal(hypervisor_read_definitions(hypervisor, "2", &definitions),
			 -ENOENT);
}

static void definitions_that_are_refused(void **state)
{
	struct definitions definitions;

	(void)state;
	refuses_xml = true;
	assert_int_equal(hypervisor_read_definitions(hypervisor, "test", &definitions),
			 -EIO);
}

/* Listed with what is known; a connection that is lost is no fault of a definition. */
static void a_persistent_definition_that_is_refused(void **state)
{
	(void)state;
	assert_int_equal(hypervisor_sample_definitions(hypervisor, &snapshot), 0);
	assert_int_equal(snapshot.n_domains, 1);
	assert_null(snapshot.domains[0].definition_error);
	snapshot_clear(&snapshot);

	refuses_xml = true;
	assert_int_equal(hypervisor_sample_definitions(hypervisor, &snapshot), 0);
	assert_int_equal(snapshot.n_domains, 1);
	assert_string_equal(snapshot.domains[0].name, "test");
	assert_int_equal(snapshot.domains[0].state, DOMAIN_RUNNING);
	assert_int_equal(snapshot.domains[0].present, 0);
	assert_non_null(snapshot.domains[0].definition_error);
	snapshot_clear(&snapshot);

	is_cut_off = true;
	assert_int_equal(hypervisor_sample_definitions(hypervisor, &snapshot), -EIO);
}

/* Whoever waits for 'set' is told. */
static void a_call_for_definitions_that_hangs_is_given_up(void **state)
{
	struct definitions definitions;

	(void)state;
	atomic_store(&hangs_at_metadata, true);
	hypervisor->patience_ms = 100;
	assert_int_equal(hypervisor_read_definitions(hypervisor, "test", &definitions),
			 -ETIMEDOUT);
	assert_string_equal(hypervisor_error(hypervisor),
			    "libvirt does not answer in time");
	atomic_store(&hangs_at_metadata, false);
	while (worker_n_left() > 0)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	hypervisor->patience_ms = 0;
	assert_int_equal(hypervisor_read_definitions(hypervisor, "test", &definitions),
			 0);
	definitions_clear(&definitions);
}

/* Others have changed it, and libvirt told nobody. */
static void a_domain_is_read_again_on_request(void **state)
{
	(void)state;
	look();
	assert_int_equal(hypervisor_refresh(hypervisor, snapshot.domains[0].uuid), 0);
	assert_int_equal(n_xmls, 1);
	look();
	look();
	assert_int_equal(n_xmls, 2);
	/* what cannot be read now is as it was, and not tried for ever */
	refuses_xml = true;
	assert_int_equal(hypervisor_refresh(hypervisor, snapshot.domains[0].uuid), 0);
	look();
	look();
	assert_int_equal(n_xmls, 3);
	assert_true(domain_has(&snapshot.domains[0],
			       DOMAIN_LAST_UPDATE | DOMAIN_STATS_PERIOD));
	/* and one that is not known does no harm */
	assert_int_equal(hypervisor_refresh(hypervisor, "unknown"), 0);
}

/* Does the definition have that mark (NULL: none)? The library's own answer. */
static bool has_mark(unsigned flags, const char *element)
{
	char *(*libvirts)(virDomainPtr, int, const char *, unsigned);
	char *text;
	bool result;

	*(void **)&libvirts = dlsym(RTLD_NEXT, "virDomainGetMetadata");
	text = libvirts(domain, VIR_DOMAIN_METADATA_ELEMENT, "urn:memcoord:borrowed:1",
			flags);
	result = text && element ? strcmp(text, element) == 0 : text == element;
	free(text);
	return result;
}

/* In the live definition alone; and whoever writes it need not read everything again. */
static void a_mark_is_written_and_removed(void **state)
{
	const struct period_mark mark = { true, 10, 1 };

	(void)state;
	has_own_xml = true;
	look();
	assert_int_equal(hypervisor_listen(hypervisor, NULL, NULL), 0);
	assert_int_equal(
		hypervisor_mark_stats_period(hypervisor, snapshot.domains[0].uuid, &mark),
		0);
	look();
	assert_int_equal(snapshot.domains[0].period_mark.original_s, 10);
	assert_int_equal(n_xmls, 2);
	assert_true(has_mark(VIR_DOMAIN_AFFECT_LIVE,
			     "<borrowed stats-period=\"10\" set=\"1\"/>"));
	assert_true(has_mark(VIR_DOMAIN_AFFECT_CONFIG, NULL));
	assert_int_equal(
		hypervisor_mark_stats_period(hypervisor, snapshot.domains[0].uuid, NULL),
		0);
	look();
	assert_false(snapshot.domains[0].period_mark.is_there);
	assert_int_equal(n_xmls, 3);
	assert_true(has_mark(VIR_DOMAIN_AFFECT_LIVE, NULL));
	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(
		hypervisor_mark_stats_period(hypervisor, snapshot.domains[0].uuid, &mark),
		-ENOENT);
	assert_int_equal(virDomainCreate(domain), 0);
}

/* More than a snapshot, of the domains that the last one had. */
static void what_doctor_asks_for_is_told(void **state)
{
	struct host_facts facts;

	(void)state;
	look();
	assert_int_equal(facts_init(&facts, &snapshot), 0);
	assert_int_equal(libvirt_hypervisor_examine(hypervisor, &facts), 0);
	assert_true(facts.libvirt_version >= 9000000);
	assert_int_equal(strncmp(facts.versions, "libvirt ", 8), 0);
	assert_non_null(strstr(facts.versions, ", TEST "));
	assert_int_equal(facts.n_nodes, 2);
	assert_true(facts.is_private);
	assert_false(facts.is_local);
	assert_int_equal(facts.n_domains, 1);
	assert_true(facts.domains[0].is_defined);
	assert_true(facts.domains[0].will_have_balloon);
	assert_false(facts.domains[0].is_transient);
	facts_clear(&facts);
}

/* It can be asked what it is, but has no definition that could be changed. */
static void a_transient_domain_is_told_from_others(void **state)
{
	virDomainPtr transient = virDomainCreateXML(
		administrator,
		"<domain type='test'><name>transient</name><memory>65536</memory>"
		"<os><type>hvm</type></os></domain>",
		0);
	const struct domain_facts *domain_facts;
	char uuid[DOMAIN_UUID_SIZE];
	struct host_facts facts;

	(void)state;
	assert_non_null(transient);
	assert_int_equal(virDomainGetUUIDString(transient, uuid), 0);
	look();
	assert_int_equal(facts_init(&facts, &snapshot), 0);
	assert_int_equal(libvirt_hypervisor_examine(hypervisor, &facts), 0);
	domain_facts = facts_find(&facts, uuid);
	assert_non_null(domain_facts);
	assert_true(domain_facts->is_transient);
	assert_false(domain_facts->is_defined);
	facts_clear(&facts);
	assert_int_equal(virDomainDestroy(transient), 0);
	virDomainFree(transient);
}

/* A domain whose definition is refused is not taken for one that has none. */
static void a_refused_definition_is_unknown(void **state)
{
	struct host_facts facts;

	(void)state;
	look();
	refuses_xml = true;
	assert_int_equal(facts_init(&facts, &snapshot), 0);
	assert_int_equal(libvirt_hypervisor_examine(hypervisor, &facts), 0);
	assert_false(facts.domains[0].is_defined);
	assert_false(facts.domains[0].is_transient);
	facts_clear(&facts);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(node_statistics_count_free_memory_and_buffers),
		TEST(without_node_statistics_free_memory_must_do),
		TEST(unknown_free_memory_is_not_none),
		TEST(a_domain_that_cannot_be_read_is_unknown),
		TEST(a_domain_is_asked_once_for_what_stays),
		TEST(a_brief_sample_has_no_xml),
		TEST(a_domain_that_was_started_again_is_new),
		TEST(nothing_goes_beyond_the_maximum),
		TEST(a_domain_that_was_shut_down_is_gone),
		TEST(a_domain_is_read_again_on_request),
		TEST(a_mark_is_written_and_removed),
		TEST(definitions_are_read_each_with_its_own),
		TEST(definitions_that_are_refused),
		TEST(a_persistent_definition_that_is_refused),
		TEST(a_call_for_definitions_that_hangs_is_given_up),
		TEST(what_doctor_asks_for_is_told),
		TEST(a_transient_domain_is_told_from_others),
		TEST(a_refused_definition_is_unknown),
	};

	return cmocka_run_group_tests_name("libvirt", tests, NULL, NULL);
}
