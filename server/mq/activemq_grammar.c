#include "mq/activemq_grammar.h"

#include <stdlib.h>

/* A type that the schema defines inside an attribute has no name of its own; a validator makes one
 * up. */
const struct activemq_type activemq_types[] = {
    {.name = "checkpointIntervalType",
     .reported = "checkpointIntervalType",
     .base = "xs:long",
     .least = 5000,
     .most = 25000},
    {.name = "indexWriteBatchSizeType",
     .reported = "indexWriteBatchSizeType",
     .base = "xs:long",
     .least = 1000,
     .most = 3000},
    {.name = "kahaDB.journalDiskSyncStrategy",
     .reported = "#AnonType_journalDiskSyncStrategykahaDB",
     .base = "xs:string",
     .values = {"always", "periodic", "never"}},
    {.name = "kahaDB.preallocationStrategy",
     .reported = "#AnonType_preallocationStrategykahaDB",
     .base = "xs:string",
     .values = {"sparse_file", "os_kernel_copy", "zeros"}},
    {.name = "memoryUsage.percentOfJvmHeap",
     .reported = "#AnonType_percentOfJvmHeapmemoryUsage",
     .base = "xs:integer",
     .least = 0,
     .most = 70},
    {.name = "protocol", .reported = "protocol", .base = "xs:string", .values = {"openwire"}},
};

const size_t activemq_type_count = sizeof activemq_types / sizeof activemq_types[0];

/* What several collections hold. */
#define DESTINATIONS                               \
    {                                              \
        "queue", "tempQueue", "tempTopic", "topic" \
    }
#define FILTERED_DESTINATIONS                                             \
    {                                                                     \
        "queue", "tempQueue", "tempTopic", "topic", "filteredDestination" \
    }
#define RECOVERY_POLICIES                                                                        \
    {                                                                                            \
        "fixedCountSubscriptionRecoveryPolicy", "fixedSizedSubscriptionRecoveryPolicy",          \
            "lastImageSubscriptionRecoveryPolicy", "noSubscriptionRecoveryPolicy",               \
            "queryBasedSubscriptionRecoveryPolicy", "retainedMessageSubscriptionRecoveryPolicy", \
            "timedSubscriptionRecoveryPolicy"                                                    \
    }

static const struct activemq_collection authorization_map_collections[] = {
    {.name = "authorizationEntries",
     .of = {"authorizationEntry", "tempDestinationAuthorizationEntry"}},
    {.name = "defaultEntry",
     .single = true,
     .of = {"authorizationEntry", "tempDestinationAuthorizationEntry"}},
    {.name = "tempDestinationAuthorizationEntry",
     .single = true,
     .of = {"tempDestinationAuthorizationEntry"}},
    {.name = NULL},
};

static const struct activemq_collection authorization_plugin_collections[] = {
    {.name = "map", .single = true, .of = {"authorizationMap", "cachedLDAPAuthorizationMap"}},
    {.name = NULL},
};

static const struct activemq_collection broker_collections[] = {
    {.name = "destinationInterceptors", .of = {"mirroredQueue", "virtualDestinationInterceptor"}},
    {.name = "destinationPolicy", .single = true, .of = {"policyMap"}},
    {.name = "destinations", .of = DESTINATIONS},
    {.name = "networkConnectors", .of = {"networkConnector"}},
    {.name = "persistenceAdapter", .single = true, .of = {"kahaDB"}},
    {.name = "plugins",
     .of = {"authorizationPlugin", "discardingDLQBrokerPlugin", "forcePersistencyModeBrokerPlugin",
            "redeliveryPlugin", "statisticsBrokerPlugin", "timeStampingBrokerPlugin"}},
    {.name = "systemUsage", .single = true, .of = {"systemUsage"}},
    {.name = "transportConnectors", .of = {"transportConnector"}},
    {.name = NULL},
};

static const struct activemq_collection composite_destination_collections[] = {
    {.name = "forwardTo", .of = FILTERED_DESTINATIONS},
    {.name = NULL},
};

static const struct activemq_collection network_connector_collections[] = {
    {.name = "connectionFilter", .single = true, .wildcard = ACTIVEMQ_ANY},
    {.name = "durableDestinations", .of = FILTERED_DESTINATIONS},
    {.name = "dynamicallyIncludedDestinations", .of = FILTERED_DESTINATIONS},
    {.name = "excludedDestinations", .of = FILTERED_DESTINATIONS},
    {.name = "localUri", .single = true, .wildcard = ACTIVEMQ_ANY},
    {.name = "objectName", .single = true, .wildcard = ACTIVEMQ_ANY},
    {.name = "staticallyIncludedDestinations", .of = FILTERED_DESTINATIONS},
    {.name = "uri", .single = true, .wildcard = ACTIVEMQ_ANY},
    {.name = NULL},
};

static const struct activemq_collection policy_entry_collections[] = {
    {.name = "deadLetterStrategy",
     .single = true,
     .of = {"discarding", "individualDeadLetterStrategy", "sharedDeadLetterStrategy"}},
    {.name = "destination", .single = true, .of = DESTINATIONS},
    {.name = "dispatchPolicy",
     .single = true,
     .of = {"clientIdFilterDispatchPolicy", "priorityDispatchPolicy",
            "priorityNetworkDispatchPolicy", "roundRobinDispatchPolicy", "simpleDispatchPolicy",
            "strictOrderDispatchPolicy"}},
    {.name = "messageEvictionStrategy",
     .single = true,
     .of = {"oldestMessageEvictionStrategy", "oldestMessageWithLowestPriorityEvictionStrategy",
            "uniquePropertyMessageEvictionStrategy"}},
    {.name = "messageGroupMapFactory",
     .single = true,
     .of = {"cachedMessageGroupMapFactory", "messageGroupHashBucketFactory",
            "simpleMessageGroupMapFactory"}},
    {.name = "networkBridgeFilterFactory",
     .single = true,
     .of = {"conditionalNetworkBridgeFilterFactory"}},
    {.name = "pendingDurableSubscriberPolicy",
     .single = true,
     .of = {"fileDurableSubscriberCursor", "storeDurableSubscriberCursor", "vmDurableCursor"}},
    {.name = "pendingMessageLimitStrategy",
     .single = true,
     .of = {"constantPendingMessageLimitStrategy", "prefetchRatePendingMessageLimitStrategy"}},
    {.name = "pendingQueuePolicy",
     .single = true,
     .of = {"fileQueueCursor", "storeCursor", "vmQueueCursor"}},
    {.name = "pendingSubscriberPolicy", .single = true, .of = {"fileCursor", "vmCursor"}},
    {.name = "slowConsumerStrategy",
     .single = true,
     .of = {"abortSlowAckConsumerStrategy", "abortSlowConsumerStrategy"}},
    {.name = "subscriptionRecoveryPolicy", .single = true, .of = RECOVERY_POLICIES},
    {.name = NULL},
};

static const struct activemq_collection policy_map_collections[] = {
    {.name = "defaultEntry", .single = true, .of = {"policyEntry"}},
    {.name = "policyEntries", .of = {"policyEntry"}},
    {.name = NULL},
};

static const struct activemq_collection redelivery_plugin_collections[] = {
    {.name = "redeliveryPolicyMap", .single = true, .of = {"redeliveryPolicyMap"}},
    {.name = NULL},
};

static const struct activemq_collection redelivery_policy_map_collections[] = {
    {.name = "defaultEntry", .single = true, .of = {"redeliveryPolicy"}},
    {.name = "redeliveryPolicyEntries", .of = {"redeliveryPolicy"}},
    {.name = NULL},
};

static const struct activemq_collection retained_message_collections[] = {
    {.name = "wrapped", .single = true, .of = RECOVERY_POLICIES},
    {.name = NULL},
};

static const struct activemq_collection shared_dead_letter_strategy_collections[] = {
    {.name = "deadLetterQueue", .single = true, .of = DESTINATIONS},
    {.name = NULL},
};

static const struct activemq_collection system_usage_collections[] = {
    {.name = "memoryUsage", .single = true, .wildcard = ACTIVEMQ_OTHER, .of = {"memoryUsage"}},
    {.name = NULL},
};

static const struct activemq_collection virtual_destination_interceptor_collections[] = {
    {.name = "virtualDestinations",
     .required = true,
     .of = {"compositeQueue", "compositeTopic", "virtualTopic"}},
    {.name = NULL},
};

/* In byte order of their names. */
const struct activemq_element activemq_elements[] = {
    {.name = "abortSlowAckConsumerStrategy",
     .attributes = "abortConnection:boolean checkPeriod:long ignoreIdleConsumers:boolean "
                   "ignoreNetworkConsumers:boolean maxSlowCount:long maxSlowDuration:long "
                   "maxTimeSinceLastAck:long name:string"},
    {.name = "abortSlowConsumerStrategy",
     .attributes = "abortConnection:boolean checkPeriod:long ignoreNetworkConsumers:boolean "
                   "maxSlowCount:long maxSlowDuration:long name:string"},
    {.name = "authorizationEntry",
     .attributes = "admin:string queue:string read:string tempQueue:boolean tempTopic:boolean "
                   "topic:string write:string"},
    {.name = "authorizationMap", .collections = authorization_map_collections},
    {.name = "authorizationPlugin", .collections = authorization_plugin_collections},
    {.name = "broker",
     .attributes = "advisorySupport:string allowTempAutoCreationOnSend:boolean "
                   "anonymousProducerAdvisorySupport:boolean cacheTempDestinations:boolean "
                   "consumerSystemUsagePortion:integer dedicatedTaskRunner:boolean "
                   "deleteAllMessagesOnStartup:string "
                   "enableMessageExpirationOnActiveDurableSubs:boolean "
                   "keepDurableSubsActive:boolean maxPurgedDestinationsPerSweep:integer "
                   "maxSchedulerRepeatAllowed:integer monitorConnectionSplits:boolean "
                   "offlineDurableSubscriberTaskSchedule:long "
                   "offlineDurableSubscriberTimeout:long persistenceThreadPriority:integer "
                   "persistent:string populateJMSXUserID:boolean "
                   "producerSystemUsagePortion:integer rejectDurableConsumers:boolean "
                   "rollbackOnlyOnAsyncException:boolean "
                   "schedulePeriodForDestinationPurge:integer schedulerSupport:string "
                   "splitSystemUsageForProducersConsumers:boolean systemUsage:string "
                   "taskRunnerPriority:integer timeBeforePurgeTempDestinations:integer "
                   "useAuthenticatedPrincipalForJMSXUserID:boolean useMirroredQueues:boolean "
                   "useTempMirroredQueues:boolean useVirtualDestSubs:boolean "
                   "useVirtualDestSubsOnCreation:boolean useVirtualTopics:boolean",
     .collections = broker_collections},
    {.name = "cachedLDAPAuthorizationMap",
     .attributes = "legacyGroupMapping:boolean queueSearchBase:string refreshInterval:integer "
                   "tempSearchBase:string topicSearchBase:string",
     .ldap = true},
    {.name = "cachedMessageGroupMapFactory", .attributes = "cacheSize:integer"},
    {.name = "clientIdFilterDispatchPolicy", .attributes = "ptpClientId:string ptpSuffix:string"},
    {.name = "compositeQueue",
     .attributes = "concurrentSend:boolean copyMessage:boolean forwardOnly:boolean name:string "
                   "sendWhenNotMatched:boolean",
     .collections = composite_destination_collections},
    {.name = "compositeTopic",
     .attributes = "concurrentSend:boolean copyMessage:boolean forwardOnly:boolean name:string "
                   "sendWhenNotMatched:boolean",
     .collections = composite_destination_collections},
    {.name = "conditionalNetworkBridgeFilterFactory",
     .attributes = "rateDuration:integer rateLimit:integer replayDelay:integer "
                   "replayWhenNoConsumers:boolean selectorAware:boolean"},
    {.name = "constantPendingMessageLimitStrategy", .attributes = "limit:integer"},
    {.name = "discarding",
     .attributes = "deadLetterQueue:string enableAudit:boolean expiration:long "
                   "maxAuditDepth:integer maxProducersToAudit:integer processExpired:boolean "
                   "processNonPersistent:boolean"},
    {.name = "discardingDLQBrokerPlugin",
     .attributes = "dropAll:boolean dropOnly:string dropTemporaryQueues:boolean "
                   "dropTemporaryTopics:boolean reportInterval:integer"},
    {.name = "fileCursor"},
    {.name = "fileDurableSubscriberCursor"},
    {.name = "fileQueueCursor"},
    {.name = "filteredDestination", .attributes = "queue:string selector:string topic:string"},
    {.name = "fixedCountSubscriptionRecoveryPolicy", .attributes = "maximumSize:integer"},
    {.name = "fixedSizedSubscriptionRecoveryPolicy",
     .attributes = "maximumSize:integer useSharedBuffer:boolean"},
    {.name = "forcePersistencyModeBrokerPlugin", .attributes = "persistenceFlag:boolean"},
    {.name = "individualDeadLetterStrategy",
     .attributes = "destinationPerDurableSubscriber:boolean enableAudit:boolean "
                   "expiration:long maxAuditDepth:integer maxProducersToAudit:integer "
                   "processExpired:boolean processNonPersistent:boolean queuePrefix:string "
                   "queueSuffix:string topicPrefix:string topicSuffix:string "
                   "useQueueForQueueMessages:boolean useQueueForTopicMessages:boolean"},
    {.name = "kahaDB",
     .attributes = "checkpointInterval:checkpointIntervalType cleanupOnStop:boolean "
                   "concurrentStoreAndDispatchQueues:boolean "
                   "indexWriteBatchSize:indexWriteBatchSizeType journalDiskSyncInterval:long "
                   "journalDiskSyncStrategy:kahaDB.journalDiskSyncStrategy "
                   "preallocationStrategy:kahaDB.preallocationStrategy"},
    {.name = "lastImageSubscriptionRecoveryPolicy"},
    {.name = "memoryUsage", .attributes = "percentOfJvmHeap:memoryUsage.percentOfJvmHeap"},
    {.name = "messageGroupHashBucketFactory",
     .attributes = "bucketCount:integer cacheSize:integer"},
    {.name = "mirroredQueue", .attributes = "copyMessage:boolean postfix:string prefix:string"},
    {.name = "networkConnector",
     .attributes = "advisoryAckPercentage:integer advisoryForFailedForward:boolean "
                   "advisoryPrefetchSize:integer alwaysSyncSend:boolean bridgeFactory:string "
                   "bridgeTempDestinations:boolean brokerName:string brokerURL:string "
                   "checkDuplicateMessagesOnDuplex:boolean clientIdToken:string "
                   "conduitNetworkQueueSubscriptions:boolean conduitSubscriptions:boolean "
                   "connectionFilter:string consumerPriorityBase:integer consumerTTL:integer "
                   "decreaseNetworkConsumerPriority:boolean destinationFilter:string "
                   "dispatchAsync:boolean duplex:boolean dynamicOnly:boolean "
                   "gcDestinationViews:boolean gcSweepTime:long localUri:string "
                   "messageTTL:integer name:string networkTTL:integer objectName:string "
                   "prefetchSize:string staticBridge:boolean "
                   "suppressDuplicateQueueSubscriptions:boolean "
                   "suppressDuplicateTopicSubscriptions:boolean syncDurableSubs:boolean "
                   "uri:string useBrokerNameAsIdSees:boolean useCompression:boolean "
                   "useVirtualDestSubs:boolean userName:string",
     .collections = network_connector_collections},
    {.name = "noSubscriptionRecoveryPolicy"},
    {.name = "oldestMessageEvictionStrategy",
     .attributes = "evictExpiredMessagesHighWatermark:integer"},
    {.name = "oldestMessageWithLowestPriorityEvictionStrategy",
     .attributes = "evictExpiredMessagesHighWatermark:integer"},
    {.name = "policyEntry",
     .attributes = "advisoryForConsumed:boolean advisoryForDelivery:boolean "
                   "advisoryForDiscardingMessages:boolean advisoryForDispatched:boolean "
                   "advisoryForFastProducers:boolean advisoryForSlowConsumers:boolean "
                   "advisoryWhenFull:boolean allConsumersExclusiveByDefault:boolean "
                   "alwaysRetroactive:boolean blockedProducerWarningInterval:long "
                   "consumersBeforeDispatchStarts:integer cursorMemoryHighWaterMark:integer "
                   "doOptimzeMessageStorage:boolean durableTopicPrefetch:integer "
                   "enableAudit:boolean expireMessagesPeriod:long "
                   "gcInactiveDestinations:boolean gcWithNetworkConsumers:boolean "
                   "inactiveTimeoutBeforeGC:long inactiveTimoutBeforeGC:long "
                   "includeBodyForAdvisory:boolean lazyDispatch:boolean maxAuditDepth:integer "
                   "maxBrowsePageSize:integer maxDestinations:integer "
                   "maxExpirePageSize:integer maxPageSize:integer maxProducersToAudit:integer "
                   "maxQueueAuditDepth:integer memoryLimit:string "
                   "messageGroupMapFactoryType:string minimumMessageSize:long "
                   "optimizeMessageStoreInFlightLimit:integer optimizedDispatch:boolean "
                   "persistJMSRedelivered:boolean prioritizedMessages:boolean "
                   "producerFlowControl:boolean queue:string queueBrowserPrefetch:integer "
                   "queuePrefetch:integer reduceMemoryFootprint:boolean "
                   "sendAdvisoryIfNoConsumers:boolean sendDuplicateFromStoreToDLQ:boolean "
                   "sendFailIfNoSpace:boolean sendFailIfNoSpaceAfterTimeout:long "
                   "storeUsageHighWaterMark:integer strictOrderDispatch:boolean "
                   "tempQueue:boolean tempTopic:boolean timeBeforeDispatchStarts:integer "
                   "topic:string topicPrefetch:integer useCache:boolean "
                   "useConsumerPriority:boolean usePrefetchExtension:boolean "
                   "useTopicSubscriptionInflightStats:boolean",
     .collections = policy_entry_collections},
    {.name = "policyMap", .collections = policy_map_collections},
    {.name = "prefetchRatePendingMessageLimitStrategy", .attributes = "multiplier:double"},
    {.name = "priorityDispatchPolicy"},
    {.name = "priorityNetworkDispatchPolicy"},
    {.name = "queryBasedSubscriptionRecoveryPolicy", .attributes = "query:string"},
    {.name = "queue", .attributes = "DLQ:boolean physicalName:string"},
    {.name = "redeliveryPlugin",
     .attributes = "fallbackToDeadLetter:boolean sendToDlqIfMaxRetriesExceeded:boolean",
     .collections = redelivery_plugin_collections},
    {.name = "redeliveryPolicy",
     .attributes = "backOffMultiplier:double collisionAvoidancePercent:short "
                   "initialRedeliveryDelay:long maximumRedeliveries:integer "
                   "maximumRedeliveryDelay:long preDispatchCheck:boolean queue:string "
                   "redeliveryDelay:long tempQueue:boolean tempTopic:boolean topic:string "
                   "useCollisionAvoidance:boolean useExponentialBackOff:boolean"},
    {.name = "redeliveryPolicyMap", .collections = redelivery_policy_map_collections},
    {.name = "retainedMessageSubscriptionRecoveryPolicy",
     .collections = retained_message_collections},
    {.name = "roundRobinDispatchPolicy"},
    {.name = "sharedDeadLetterStrategy",
     .attributes = "enableAudit:boolean expiration:long maxAuditDepth:integer "
                   "maxProducersToAudit:integer processExpired:boolean "
                   "processNonPersistent:boolean",
     .collections = shared_dead_letter_strategy_collections},
    {.name = "simpleDispatchPolicy"},
    {.name = "simpleMessageGroupMapFactory"},
    {.name = "statisticsBrokerPlugin"},
    {.name = "storeCursor"},
    {.name = "storeDurableSubscriberCursor",
     .attributes = "immediatePriorityDispatch:boolean useCache:boolean"},
    {.name = "strictOrderDispatchPolicy"},
    {.name = "systemUsage",
     .attributes = "sendFailIfNoSpace:boolean sendFailIfNoSpaceAfterTimeout:long",
     .collections = system_usage_collections,
     .single = true},
    {.name = "tempDestinationAuthorizationEntry",
     .attributes = "admin:string queue:string read:string tempQueue:boolean tempTopic:boolean "
                   "topic:string write:string"},
    {.name = "tempQueue", .attributes = "DLQ:boolean physicalName:string"},
    {.name = "tempTopic", .attributes = "DLQ:boolean physicalName:string"},
    {.name = "timeStampingBrokerPlugin",
     .attributes = "futureOnly:boolean processNetworkMessages:boolean ttlCeiling:long "
                   "zeroExpirationOverride:long"},
    {.name = "timedSubscriptionRecoveryPolicy", .attributes = "recoverDuration:long"},
    {.name = "topic", .attributes = "DLQ:boolean physicalName:string"},
    {.name = "transportConnector",
     .attributes = "name:protocol rebalanceClusterClients:boolean updateClusterClients:boolean "
                   "updateClusterClientsOnRemove:boolean"},
    {.name = "uniquePropertyMessageEvictionStrategy",
     .attributes = "evictExpiredMessagesHighWatermark:integer propertyName:string"},
    {.name = "virtualDestinationInterceptor",
     .collections = virtual_destination_interceptor_collections,
     .required = true},
    {.name = "virtualTopic",
     .attributes = "concurrentSend:boolean dropOnResourceLimit:boolean local:boolean "
                   "name:string postfix:string prefix:string selectorAware:boolean "
                   "setOriginalDestination:boolean transactedSend:boolean"},
    {.name = "vmCursor"},
    {.name = "vmDurableCursor"},
    {.name = "vmQueueCursor"},
};

const size_t activemq_element_count = sizeof activemq_elements / sizeof activemq_elements[0];

const struct activemq_key activemq_keys[] = {
    {.name = "protocolName",
     .holder = "transportConnectors",
     .entry = "transportConnector",
     .attribute = "name",
     .required = true},
    {.name = "UniqueQueue", .holder = "policyMap", .entry = "policyEntry", .attribute = "queue"},
    {.name = "UniqueTopic", .holder = "policyMap", .entry = "policyEntry", .attribute = "topic"},
};

const size_t activemq_key_count = sizeof activemq_keys / sizeof activemq_keys[0];

int activemq_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_with_element(const void *name, const void *element)
{
    return activemq_compare(*(const struct slice *)name,
                            slice_of(((const struct activemq_element *)element)->name));
}

const struct activemq_element *activemq_element_find(struct slice name)
{
    return bsearch(&name, activemq_elements, activemq_element_count, sizeof activemq_elements[0],
                   compare_with_element);
}

bool activemq_attribute_next(const char **list, struct slice *name, struct slice *type)
{
    if (!*list || **list == '\0')
        return false;
    name->data = *list;
    name->len = strcspn(*list, ":");
    type->data = *list + name->len + 1;
    type->len = strcspn(type->data, " ");
    *list = type->data + type->len;
    *list += **list == ' ';
    return true;
}

static const struct activemq_type *find_type(struct slice name)
{
    for (size_t i = 0; i < activemq_type_count; i++)
        if (slice_equal(name, slice_of(activemq_types[i].name)))
            return &activemq_types[i];
    return NULL;
}

bool activemq_attribute_find(const struct activemq_element *element, struct slice name,
                             const struct activemq_type **type)
{
    const char *list = element->attributes;
    struct slice known, type_name;
    while (activemq_attribute_next(&list, &known, &type_name)) {
        if (!slice_equal(name, known))
            continue;
        *type = find_type(type_name);
        return true;
    }
    return false;
}

const struct activemq_collection *activemq_collection_find(const struct activemq_element *element,
                                                           struct slice name)
{
    for (const struct activemq_collection *c = element->collections; c && c->name; c++)
        if (slice_equal(name, slice_of(c->name)))
            return c;
    return NULL;
}

bool activemq_collection_holds(const struct activemq_collection *collection,
                               const struct activemq_element *element)
{
    if (collection->wildcard == ACTIVEMQ_ANY)
        return true;
    for (size_t i = 0; i < ACTIVEMQ_MOST_HELD && collection->of[i]; i++)
        if (strcmp(collection->of[i], element->name) == 0)
            return true;
    return false;
}
