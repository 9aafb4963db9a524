/* Made by schema/activemq/derive; do not edit. */
#include "mq/activemq_grammar.h"

#include <stddef.h>

const unsigned activemq_oldest = 515;

const struct activemq_type activemq_types[] = {
    {.name = "boolean", .reported = "boolean", .lexical = ACTIVEMQ_BOOLEAN},
    {.name = "checkpointIntervalType",
     .reported = "checkpointIntervalType",
     .lexical = ACTIVEMQ_INTEGER,
     .least = "5000",
     .most = "25000"},
    {.name = "double", .reported = "double", .lexical = ACTIVEMQ_DOUBLE},
    {.name = "indexWriteBatchSizeType",
     .reported = "indexWriteBatchSizeType",
     .lexical = ACTIVEMQ_INTEGER,
     .least = "1000",
     .most = "3000"},
    {.name = "integer", .reported = "integer", .lexical = ACTIVEMQ_INTEGER},
    {.name = "kahaDB.journalDiskSyncStrategy",
     .reported = "#AnonType_journalDiskSyncStrategykahaDB",
     .lexical = ACTIVEMQ_STRING,
     .values = "always periodic never"},
    {.name = "kahaDB.preallocationStrategy",
     .reported = "#AnonType_preallocationStrategykahaDB",
     .lexical = ACTIVEMQ_STRING,
     .values = "sparse_file os_kernel_copy zeros"},
    {.name = "long",
     .reported = "long",
     .lexical = ACTIVEMQ_INTEGER,
     .least = "-9223372036854775808",
     .most = "9223372036854775807"},
    {.name = "memoryUsage.percentOfJvmHeap",
     .reported = "#AnonType_percentOfJvmHeapmemoryUsage",
     .lexical = ACTIVEMQ_INTEGER,
     .least = "0",
     .most = "70"},
    {.name = "protocol", .reported = "protocol", .lexical = ACTIVEMQ_STRING, .values = "openwire"},
    {.name = "short",
     .reported = "short",
     .lexical = ACTIVEMQ_INTEGER,
     .least = "-32768",
     .most = "32767"},
    {.name = "string", .reported = "string", .lexical = ACTIVEMQ_STRING},
};

const size_t activemq_type_count = sizeof activemq_types / sizeof activemq_types[0];

static const struct activemq_collection authorization_map[] = {
    {.name = "authorizationEntries", .of = "authorizationEntry tempDestinationAuthorizationEntry"},
    {.name = "defaultEntry",
     .single = true,
     .of = "authorizationEntry tempDestinationAuthorizationEntry"},
    {.name = "tempDestinationAuthorizationEntry",
     .required = 519,
     .single = true,
     .of = "tempDestinationAuthorizationEntry"},
    {.name = NULL},
};

static const struct activemq_collection authorization_plugin[] = {
    {.name = "map", .single = true, .of = "authorizationMap cachedLDAPAuthorizationMap"},
    {.name = NULL},
};

static const struct activemq_collection broker[] = {
    {.name = "destinationInterceptors", .of = "mirroredQueue virtualDestinationInterceptor"},
    {.name = "destinationPolicy", .single = true, .of = "policyMap"},
    {.name = "destinations", .of = "queue tempQueue tempTopic topic"},
    {.name = "networkConnectors", .of = "networkConnector"},
    {.name = "persistenceAdapter", .single = true, .of = "kahaDB"},
    {.name = "plugins",
     .of = "authorizationPlugin discardingDLQBrokerPlugin forcePersistencyModeBrokerPlugin "
           "redeliveryPlugin statisticsBrokerPlugin timeStampingBrokerPlugin"},
    {.name = "systemUsage", .single = true, .of = "systemUsage"},
    {.name = "transportConnectors", .of = "transportConnector"},
    {.name = NULL},
};

static const struct activemq_collection composite_queue[] = {
    {.name = "forwardTo", .of = "queue tempQueue tempTopic topic filteredDestination"},
    {.name = NULL},
};

static const struct activemq_collection composite_topic[] = {
    {.name = "forwardTo", .of = "queue tempQueue tempTopic topic filteredDestination"},
    {.name = NULL},
};

static const struct activemq_collection network_connector[] = {
    {.name = "connectionFilter", .of = "##any"},
    {.name = "durableDestinations", .of = "queue tempQueue tempTopic topic filteredDestination"},
    {.name = "dynamicallyIncludedDestinations",
     .of = "queue tempQueue tempTopic topic filteredDestination"},
    {.name = "excludedDestinations", .of = "queue tempQueue tempTopic topic filteredDestination"},
    {.name = "localUri", .since = 517, .of = "##any"},
    {.name = "objectName", .since = 517, .of = "##any"},
    {.name = "staticallyIncludedDestinations",
     .of = "queue tempQueue tempTopic topic filteredDestination"},
    {.name = "uri", .since = 517, .of = "##any"},
    {.name = NULL},
};

static const struct activemq_collection policy_entry[] = {
    {.name = "deadLetterStrategy",
     .required = 519,
     .single = true,
     .of = "discarding individualDeadLetterStrategy sharedDeadLetterStrategy"},
    {.name = "destination", .single = true, .of = "queue tempQueue tempTopic topic"},
    {.name = "dispatchPolicy",
     .single = true,
     .of = "clientIdFilterDispatchPolicy priorityDispatchPolicy priorityNetworkDispatchPolicy "
           "roundRobinDispatchPolicy simpleDispatchPolicy strictOrderDispatchPolicy"},
    {.name = "messageEvictionStrategy",
     .required = 519,
     .single = true,
     .of = "oldestMessageEvictionStrategy oldestMessageWithLowestPriorityEvictionStrategy "
           "uniquePropertyMessageEvictionStrategy"},
    {.name = "messageGroupMapFactory",
     .single = true,
     .of = "cachedMessageGroupMapFactory messageGroupHashBucketFactory "
           "simpleMessageGroupMapFactory"},
    {.name = "networkBridgeFilterFactory",
     .single = true,
     .of = "conditionalNetworkBridgeFilterFactory"},
    {.name = "pendingDurableSubscriberPolicy",
     .single = true,
     .of = "fileDurableSubscriberCursor storeDurableSubscriberCursor vmDurableCursor"},
    {.name = "pendingMessageLimitStrategy",
     .single = true,
     .of = "constantPendingMessageLimitStrategy prefetchRatePendingMessageLimitStrategy"},
    {.name = "pendingQueuePolicy",
     .required = 519,
     .single = true,
     .of = "fileQueueCursor storeCursor vmQueueCursor"},
    {.name = "pendingSubscriberPolicy",
     .required = 519,
     .single = true,
     .of = "fileCursor vmCursor"},
    {.name = "slowConsumerStrategy",
     .required = 519,
     .single = true,
     .of = "abortSlowAckConsumerStrategy abortSlowConsumerStrategy"},
    {.name = "subscriptionRecoveryPolicy",
     .single = true,
     .of = "fixedCountSubscriptionRecoveryPolicy fixedSizedSubscriptionRecoveryPolicy "
           "lastImageSubscriptionRecoveryPolicy noSubscriptionRecoveryPolicy "
           "queryBasedSubscriptionRecoveryPolicy retainedMessageSubscriptionRecoveryPolicy "
           "timedSubscriptionRecoveryPolicy"},
    {.name = NULL},
};

static const struct activemq_collection policy_map[] = {
    {.name = "defaultEntry", .single = true, .of = "policyEntry"},
    {.name = "policyEntries", .of = "policyEntry"},
    {.name = NULL},
};

static const struct activemq_collection redelivery_plugin[] = {
    {.name = "redeliveryPolicyMap", .single = true, .of = "redeliveryPolicyMap"},
    {.name = NULL},
};

static const struct activemq_collection redelivery_policy_map[] = {
    {.name = "defaultEntry", .single = true, .of = "redeliveryPolicy"},
    {.name = "redeliveryPolicyEntries", .of = "redeliveryPolicy"},
    {.name = NULL},
};

static const struct activemq_collection retained_message_subscription_recovery_policy[] = {
    {.name = "wrapped",
     .single = true,
     .of = "fixedCountSubscriptionRecoveryPolicy fixedSizedSubscriptionRecoveryPolicy "
           "lastImageSubscriptionRecoveryPolicy noSubscriptionRecoveryPolicy "
           "queryBasedSubscriptionRecoveryPolicy retainedMessageSubscriptionRecoveryPolicy "
           "timedSubscriptionRecoveryPolicy"},
    {.name = NULL},
};

static const struct activemq_collection shared_dead_letter_strategy[] = {
    {.name = "deadLetterQueue", .single = true, .of = "queue tempQueue tempTopic topic"},
    {.name = NULL},
};

static const struct activemq_collection system_usage[] = {
    {.name = "memoryUsage", .single = true, .of = "memoryUsage"},
    {.name = NULL},
};

static const struct activemq_collection virtual_destination_interceptor[] = {
    {.name = "virtualDestinations",
     .required = 515,
     .of = "compositeQueue compositeTopic virtualTopic"},
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
    {.name = "authorizationMap", .collections = authorization_map},
    {.name = "authorizationPlugin", .collections = authorization_plugin},
    {.name = "broker",
     .attributes = "advisorySupport:string allowTempAutoCreationOnSend:boolean "
                   "anonymousProducerAdvisorySupport:boolean cacheTempDestinations:boolean "
                   "consumerSystemUsagePortion:integer dedicatedTaskRunner:boolean "
                   "deleteAllMessagesOnStartup:string "
                   "enableMessageExpirationOnActiveDurableSubs:boolean:516 "
                   "keepDurableSubsActive:boolean maxPurgedDestinationsPerSweep:integer "
                   "maxSchedulerRepeatAllowed:integer:516 maxUncommittedCount:integer:519 "
                   "monitorConnectionSplits:boolean offlineDurableSubscriberTaskSchedule:long "
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
     .collections = broker},
    {.name = "cachedLDAPAuthorizationMap",
     .attributes = "legacyGroupMapping:boolean queueSearchBase:string refreshInterval:integer "
                   "tempSearchBase:string topicSearchBase:string",
     .ldap = true},
    {.name = "cachedMessageGroupMapFactory", .attributes = "cacheSize:integer"},
    {.name = "clientIdFilterDispatchPolicy", .attributes = "ptpClientId:string ptpSuffix:string"},
    {.name = "compositeQueue",
     .attributes = "concurrentSend:boolean copyMessage:boolean forwardOnly:boolean name:string "
                   "sendWhenNotMatched:boolean:516",
     .collections = composite_queue},
    {.name = "compositeTopic",
     .attributes = "concurrentSend:boolean copyMessage:boolean forwardOnly:boolean name:string "
                   "sendWhenNotMatched:boolean:516",
     .collections = composite_topic},
    {.name = "conditionalNetworkBridgeFilterFactory",
     .attributes = "rateDuration:integer rateLimit:integer replayDelay:integer "
                   "replayWhenNoConsumers:boolean selectorAware:boolean:516"},
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
     .attributes = "destinationPerDurableSubscriber:boolean enableAudit:boolean expiration:long "
                   "maxAuditDepth:integer maxProducersToAudit:integer processExpired:boolean "
                   "processNonPersistent:boolean queuePrefix:string queueSuffix:string "
                   "topicPrefix:string topicSuffix:string useQueueForQueueMessages:boolean "
                   "useQueueForTopicMessages:boolean"},
    {.name = "kahaDB",
     .attributes = "checkpointInterval:checkpointIntervalType cleanupOnStop:boolean:516 "
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
     .collections = network_connector},
    {.name = "noSubscriptionRecoveryPolicy"},
    {.name = "oldestMessageEvictionStrategy",
     .attributes = "evictExpiredMessagesHighWatermark:integer"},
    {.name = "oldestMessageWithLowestPriorityEvictionStrategy",
     .attributes = "evictExpiredMessagesHighWatermark:integer"},
    {.name = "policyEntry",
     .attributes = "advisoryForConsumed:boolean advisoryForDelivery:boolean "
                   "advisoryForDiscardingMessages:boolean advisoryForDispatched:boolean:518 "
                   "advisoryForFastProducers:boolean advisoryForSlowConsumers:boolean "
                   "advisoryWhenFull:boolean allConsumersExclusiveByDefault:boolean "
                   "alwaysRetroactive:boolean blockedProducerWarningInterval:long "
                   "consumersBeforeDispatchStarts:integer cursorMemoryHighWaterMark:integer "
                   "doOptimzeMessageStorage:boolean durableTopicPrefetch:integer "
                   "enableAudit:boolean expireMessagesPeriod:long gcInactiveDestinations:boolean "
                   "gcWithNetworkConsumers:boolean inactiveTimeoutBeforeGC:long "
                   "inactiveTimoutBeforeGC:long includeBodyForAdvisory:boolean "
                   "lazyDispatch:boolean maxAuditDepth:integer maxBrowsePageSize:integer "
                   "maxDestinations:integer maxExpirePageSize:integer maxPageSize:integer "
                   "maxProducersToAudit:integer maxQueueAuditDepth:integer memoryLimit:string "
                   "messageGroupMapFactoryType:string minimumMessageSize:long "
                   "optimizeMessageStoreInFlightLimit:integer optimizedDispatch:boolean "
                   "persistJMSRedelivered:boolean prioritizedMessages:boolean "
                   "producerFlowControl:boolean queue:string queueBrowserPrefetch:integer "
                   "queuePrefetch:integer reduceMemoryFootprint:boolean "
                   "sendAdvisoryIfNoConsumers:boolean sendDuplicateFromStoreToDLQ:boolean:516 "
                   "sendFailIfNoSpace:boolean:516 sendFailIfNoSpaceAfterTimeout:long:516 "
                   "storeUsageHighWaterMark:integer strictOrderDispatch:boolean tempQueue:boolean "
                   "tempTopic:boolean timeBeforeDispatchStarts:integer topic:string "
                   "topicPrefetch:integer useCache:boolean useConsumerPriority:boolean "
                   "usePrefetchExtension:boolean useTopicSubscriptionInflightStats:boolean",
     .collections = policy_entry},
    {.name = "policyMap", .collections = policy_map},
    {.name = "prefetchRatePendingMessageLimitStrategy", .attributes = "multiplier:double"},
    {.name = "priorityDispatchPolicy"},
    {.name = "priorityNetworkDispatchPolicy"},
    {.name = "queryBasedSubscriptionRecoveryPolicy", .attributes = "query:string"},
    {.name = "queue", .attributes = "DLQ:boolean physicalName:string"},
    {.name = "redeliveryPlugin",
     .attributes = "fallbackToDeadLetter:boolean sendToDlqIfMaxRetriesExceeded:boolean",
     .collections = redelivery_plugin},
    {.name = "redeliveryPolicy",
     .attributes = "backOffMultiplier:double collisionAvoidancePercent:short "
                   "initialRedeliveryDelay:long maximumRedeliveries:integer "
                   "maximumRedeliveryDelay:long preDispatchCheck:boolean queue:string "
                   "redeliveryDelay:long tempQueue:boolean tempTopic:boolean topic:string "
                   "useCollisionAvoidance:boolean useExponentialBackOff:boolean"},
    {.name = "redeliveryPolicyMap", .collections = redelivery_policy_map},
    {.name = "retainedMessageSubscriptionRecoveryPolicy",
     .collections = retained_message_subscription_recovery_policy},
    {.name = "roundRobinDispatchPolicy"},
    {.name = "sharedDeadLetterStrategy",
     .attributes = "enableAudit:boolean expiration:long maxAuditDepth:integer "
                   "maxProducersToAudit:integer processExpired:boolean "
                   "processNonPersistent:boolean",
     .collections = shared_dead_letter_strategy},
    {.name = "simpleDispatchPolicy"},
    {.name = "simpleMessageGroupMapFactory"},
    {.name = "statisticsBrokerPlugin"},
    {.name = "storeCursor"},
    {.name = "storeDurableSubscriberCursor",
     .attributes = "immediatePriorityDispatch:boolean useCache:boolean"},
    {.name = "strictOrderDispatchPolicy"},
    {.name = "systemUsage",
     .attributes = "sendFailIfNoSpace:boolean sendFailIfNoSpaceAfterTimeout:long",
     .collections = system_usage,
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
     .collections = virtual_destination_interceptor,
     .required = 515},
    {.name = "virtualTopic",
     .attributes = "concurrentSend:boolean dropOnResourceLimit:boolean:516 local:boolean "
                   "name:string postfix:string prefix:string selectorAware:boolean "
                   "setOriginalDestination:boolean:516 transactedSend:boolean"},
    {.name = "vmCursor"},
    {.name = "vmDurableCursor"},
    {.name = "vmQueueCursor"},
};

const size_t activemq_element_count = sizeof activemq_elements / sizeof activemq_elements[0];

const struct activemq_key activemq_keys[ACTIVEMQ_KEYS] = {
    {.name = "protocolName",
     .holder = "transportConnectors",
     .entry = "transportConnector",
     .attribute = "name",
     .required = true},
    {.name = "UniqueQueue", .holder = "policyMap", .entry = "policyEntry", .attribute = "queue"},
    {.name = "UniqueTopic", .holder = "policyMap", .entry = "policyEntry", .attribute = "topic"},
};
