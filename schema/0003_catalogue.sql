-- The catalogue a store begins with, and gets again when it is reset.

INSERT INTO engine (type, name, fixture_version, fixture_host_instance_type, default_configuration) VALUES
('ACTIVEMQ', 'ActiveMQ', '5.19', 'mq.m5.large', '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<broker schedulePeriodForDestinationPurge="10000" xmlns="http://activemq.apache.org/schema/core">
  <destinationPolicy>
    <policyMap>
      <policyEntries>
        <policyEntry gcInactiveDestinations="true" inactiveTimoutBeforeGC="600000" topic="&gt;">
          <pendingMessageLimitStrategy>
            <constantPendingMessageLimitStrategy limit="1000"/>
          </pendingMessageLimitStrategy>
        </policyEntry>
        <policyEntry gcInactiveDestinations="true" inactiveTimoutBeforeGC="600000" queue="&gt;"/>
      </policyEntries>
    </policyMap>
  </destinationPolicy>
  <plugins/>
</broker>
'),
('RABBITMQ', 'RabbitMQ', '4.3', 'mq.m7g.medium', '# Management header is set to true to enable Content-Type-Options, Frame-Options, and HSTS headers by default
secure.management.http.headers.enabled = true
# Default RabbitMQ delivery acknowledgement timeout is 30 minutes
consumer_timeout = 1800000');

INSERT INTO engine_version (engine_type, version) VALUES
('ACTIVEMQ', '5.19'), ('ACTIVEMQ', '5.18'), ('RABBITMQ', '4.3'), ('RABBITMQ', '4.2'), ('RABBITMQ', '3.13');

WITH size (name) AS (VALUES ('large'), ('xlarge'), ('2xlarge'), ('4xlarge'))
INSERT INTO instance_option (engine_type, host_instance_type, storage_type, deployment_modes, engine_versions)
SELECT 'ACTIVEMQ', 'mq.t3.micro', 'EFS', '["SINGLE_INSTANCE","ACTIVE_STANDBY_MULTI_AZ"]', NULL
UNION ALL SELECT 'ACTIVEMQ', 'mq.m5.' || name, 'EFS', '["SINGLE_INSTANCE","ACTIVE_STANDBY_MULTI_AZ"]', NULL FROM size
UNION ALL SELECT 'ACTIVEMQ', 'mq.m5.' || name, 'EBS', '["SINGLE_INSTANCE"]', NULL FROM size
UNION ALL SELECT 'RABBITMQ', 'mq.m5.' || name, 'EBS', '["SINGLE_INSTANCE","CLUSTER_MULTI_AZ"]', '["3.13"]' FROM size;

INSERT INTO instance_option (engine_type, host_instance_type, storage_type, deployment_modes, storage_size_default,
                             storage_size_most)
SELECT 'RABBITMQ', 'mq.m7g.' || column1, 'EBS', '["SINGLE_INSTANCE","CLUSTER_MULTI_AZ"]', column2, column3
  FROM (VALUES ('medium', 5, 25), ('large', 15, 75), ('xlarge', 25, 125), ('2xlarge', 45, 180), ('4xlarge', 90, 250),
               ('8xlarge', 175, 400), ('12xlarge', 260, 500), ('16xlarge', 345, 500));

-- The recorded order of the recorded region.
INSERT INTO availability_zone (region, name) VALUES ('us-west-1', 'us-west-1c'), ('us-west-1', 'us-west-1a');
