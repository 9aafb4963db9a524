"""Configurations that the service accepts without a warning."""

XMLNS = 'xmlns="http://activemq.apache.org/schema/core"'


def broker_xml(inside="", attributes=""):
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<broker {XMLNS}{attributes}>\n{inside}\n</broker>\n'


AUTHORIZATION = """
  <plugins>
    <authorizationPlugin>
      <map>
        <authorizationMap>
          <authorizationEntries>
            <authorizationEntry admin="admins,activemq-webconsole" queue="&gt;" read="admins,activemq-webconsole,readers"
                                write="admins,activemq-webconsole"/>
            <authorizationEntry admin="admins,activemq-webconsole" topic="&gt;" read="admins,activemq-webconsole"
                                write="admins,activemq-webconsole"/>
            <authorizationEntry admin="admins,readers,activemq-webconsole" read="admins,readers,activemq-webconsole"
                                topic="ActiveMQ.Advisory.&gt;" write="admins,readers,activemq-webconsole"/>
          </authorizationEntries>
          <tempDestinationAuthorizationEntry>
            <tempDestinationAuthorizationEntry admin="admins" read="admins" write="admins"/>
          </tempDestinationAuthorizationEntry>
        </authorizationMap>
      </map>
    </authorizationPlugin>
  </plugins>"""

# By the entries for destinations in an LDAP directory.
AUTHORIZATION_IN_DIRECTORY = """
  <plugins>
    <authorizationPlugin>
      <map>
        <cachedLDAPAuthorizationMap legacyGroupMapping="false" queueSearchBase="ou=Queue,ou=Rights,dc=example,dc=test"
                                    refreshInterval="0" tempSearchBase="ou=Temp,ou=Rights,dc=example,dc=test"
                                    topicSearchBase="ou=Topic,ou=Rights,dc=example,dc=test"/>
      </map>
    </authorizationPlugin>
  </plugins>"""

POLICIES = """
  <destinationPolicy>
    <policyMap>
      <policyEntries>
        <policyEntry gcInactiveDestinations="true" inactiveTimoutBeforeGC="600000" topic="&gt;">
          <pendingMessageLimitStrategy>
            <constantPendingMessageLimitStrategy limit="1000"/>
          </pendingMessageLimitStrategy>
          <slowConsumerStrategy>
            <abortSlowConsumerStrategy/>
          </slowConsumerStrategy>
          <subscriptionRecoveryPolicy>
            <lastImageSubscriptionRecoveryPolicy/>
          </subscriptionRecoveryPolicy>
        </policyEntry>
        <policyEntry gcInactiveDestinations="true" inactiveTimoutBeforeGC="600000" queue="&gt;">
          <deadLetterStrategy>
            <individualDeadLetterStrategy queuePrefix="DLQ."/>
          </deadLetterStrategy>
          <messageGroupMapFactory>
            <simpleMessageGroupMapFactory/>
          </messageGroupMapFactory>
        </policyEntry>
      </policyEntries>
    </policyMap>
  </destinationPolicy>
  <plugins>
    <redeliveryPlugin fallbackToDeadLetter="true" sendToDlqIfMaxRetriesExceeded="true"/>
    <statisticsBrokerPlugin/>
    <timeStampingBrokerPlugin ttlCeiling="86400000" zeroExpirationOverride="86400000"/>
    <discardingDLQBrokerPlugin dropAll="false" dropOnly="NOTHING" dropTemporaryQueues="false" dropTemporaryTopics="false"
                               reportInterval="1000"/>
    <forcePersistencyModeBrokerPlugin persistenceFlag="true"/>
  </plugins>"""

DESTINATIONS = """
  <destinationInterceptors>
    <mirroredQueue copyMessage="true" postfix=".qmirror" prefix=""/>
    <virtualDestinationInterceptor>
      <virtualDestinations>
        <virtualTopic name="&gt;" prefix="VirtualTopicConsumers.*." selectorAware="false"/>
        <compositeQueue forwardOnly="false" name="ORDERS">
          <forwardTo>
            <filteredDestination queue="LARGE" selector="size &gt; 10"/>
            <queue physicalName="ALL"/>
          </forwardTo>
        </compositeQueue>
      </virtualDestinations>
    </virtualDestinationInterceptor>
  </destinationInterceptors>
  <destinations>
    <queue physicalName="begun.queue"/>
    <topic physicalName="begun.topic"/>
  </destinations>
  <persistenceAdapter>
    <kahaDB concurrentStoreAndDispatchQueues="false"/>
  </persistenceAdapter>
  <systemUsage>
    <systemUsage>
      <memoryUsage>
        <memoryUsage percentOfJvmHeap="60"/>
      </memoryUsage>
    </systemUsage>
  </systemUsage>
  <transportConnectors>
    <transportConnector name="openwire" rebalanceClusterClients="true" updateClusterClients="true"/>
  </transportConnectors>"""
