-- More of the catalogue a store begins with: regions that have other instance types than the default list. By the
-- published prices, mq.m7i for ActiveMQ is in these two only, and no mq.m5 is.
WITH region (name) AS (VALUES ('ap-east-2'), ('ap-southeast-6')),
     size (name) AS (VALUES ('large'), ('xlarge'), ('2xlarge'), ('4xlarge'))
INSERT INTO instance_option (region, engine_type, host_instance_type, storage_type, deployment_modes)
SELECT region.name, 'ACTIVEMQ', 'mq.m7i.' || size.name, 'EFS', '["SINGLE_INSTANCE","ACTIVE_STANDBY_MULTI_AZ"]' FROM region, size
UNION ALL SELECT region.name, 'ACTIVEMQ', 'mq.m7i.' || size.name, 'EBS', '["SINGLE_INSTANCE"]' FROM region, size
UNION ALL SELECT region.name, 'ACTIVEMQ', 'mq.m5.' || size.name, 'EFS', '[]' FROM region, size
UNION ALL SELECT region.name, 'ACTIVEMQ', 'mq.m5.' || size.name, 'EBS', '[]' FROM region, size
UNION ALL SELECT region.name, 'RABBITMQ', 'mq.m5.' || size.name, 'EBS', '[]' FROM region, size;
