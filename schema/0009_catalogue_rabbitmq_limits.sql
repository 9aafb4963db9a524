-- What a configuration may raise the limits of a RabbitMQ 4 broker to, by its instance type and deployment mode; NULL:
-- no maximum is known. A column has the name of the configuration's key, with underscores for dots. A reset runs this
-- script again, after it has emptied the table.
CREATE TABLE IF NOT EXISTS rabbitmq_limit (
    host_instance_type TEXT NOT NULL
        CONSTRAINT "host_instance_type: mq. and a size"
        CHECK (length(host_instance_type) <= 50 AND host_instance_type GLOB 'mq.?*'
               AND host_instance_type NOT GLOB '*[^.a-z0-9]*'
               AND length(CAST(host_instance_type AS BLOB)) = length(host_instance_type)),
    deployment_mode    TEXT NOT NULL
        CONSTRAINT "deployment_mode: SINGLE_INSTANCE or CLUSTER_MULTI_AZ"
        CHECK (deployment_mode IN ('SINGLE_INSTANCE', 'CLUSTER_MULTI_AZ')),
    max_message_size INTEGER
        CONSTRAINT "max_message_size: 0 or more" CHECK (max_message_size >= 0),
    channel_max_per_node INTEGER
        CONSTRAINT "channel_max_per_node: 0 or more" CHECK (channel_max_per_node >= 0),
    connection_max INTEGER
        CONSTRAINT "connection_max: 0 or more" CHECK (connection_max >= 0),
    cluster_queue_limit INTEGER
        CONSTRAINT "cluster_queue_limit: 0 or more" CHECK (cluster_queue_limit >= 0),
    vhost_max INTEGER
        CONSTRAINT "vhost_max: 0 or more" CHECK (vhost_max >= 0),
    consumer_max_per_channel INTEGER
        CONSTRAINT "consumer_max_per_channel: 0 or more" CHECK (consumer_max_per_channel >= 0),
    runtime_parameters_limits_shovel INTEGER
        CONSTRAINT "runtime_parameters_limits_shovel: 0 or more" CHECK (runtime_parameters_limits_shovel >= 0),
    cluster_exchange_limit INTEGER
        CONSTRAINT "cluster_exchange_limit: 0 or more" CHECK (cluster_exchange_limit >= 0),
    PRIMARY KEY (host_instance_type, deployment_mode)
) STRICT, WITHOUT ROWID;

-- The developer guide's page on maximum resource limits, in its order of columns. It has no number of exchanges and no
-- size of messages for mq.m5, which RabbitMQ 4 does not run on.
INSERT INTO rabbitmq_limit (host_instance_type, deployment_mode, connection_max, channel_max_per_node,
                            consumer_max_per_channel, cluster_queue_limit, vhost_max, runtime_parameters_limits_shovel,
                            cluster_exchange_limit, max_message_size)
VALUES
('mq.m7g.medium', 'SINGLE_INSTANCE', 300, 900, 1000, 2500, 10, 150, 12500, 134217728),
('mq.m7g.large', 'SINGLE_INSTANCE', 5000, 15000, 1000, 20000, 1500, 250, 100000, 134217728),
('mq.m7g.xlarge', 'SINGLE_INSTANCE', 10000, 30000, 1000, 30000, 1500, 500, 150000, 134217728),
('mq.m7g.2xlarge', 'SINGLE_INSTANCE', 20000, 60000, 1000, 40000, 1500, 1000, 200000, 134217728),
('mq.m7g.4xlarge', 'SINGLE_INSTANCE', 40000, 120000, 1000, 60000, 1500, 2000, 300000, 134217728),
('mq.m7g.8xlarge', 'SINGLE_INSTANCE', 80000, 240000, 1000, 80000, 1500, 4000, 400000, 134217728),
('mq.m7g.12xlarge', 'SINGLE_INSTANCE', 120000, 360000, 1000, 100000, 1500, 6000, 500000, 134217728),
('mq.m7g.16xlarge', 'SINGLE_INSTANCE', 160000, 480000, 1000, 120000, 1500, 8000, 600000, 134217728),
('mq.m7g.medium', 'CLUSTER_MULTI_AZ', 300, 900, 1000, 500, 10, 50, 500, 134217728),
('mq.m7g.large', 'CLUSTER_MULTI_AZ', 5000, 15000, 1000, 10000, 1500, 150, 50000, 134217728),
('mq.m7g.xlarge', 'CLUSTER_MULTI_AZ', 10000, 30000, 1000, 15000, 1500, 300, 75000, 134217728),
('mq.m7g.2xlarge', 'CLUSTER_MULTI_AZ', 20000, 60000, 1000, 20000, 1500, 600, 100000, 134217728),
('mq.m7g.4xlarge', 'CLUSTER_MULTI_AZ', 40000, 120000, 1000, 30000, 1500, 1200, 150000, 134217728),
('mq.m7g.8xlarge', 'CLUSTER_MULTI_AZ', 80000, 240000, 1000, 40000, 1500, 2400, 200000, 134217728),
('mq.m7g.12xlarge', 'CLUSTER_MULTI_AZ', 120000, 360000, 1000, 50000, 1500, 3600, 250000, 134217728),
('mq.m7g.16xlarge', 'CLUSTER_MULTI_AZ', 160000, 480000, 1000, 60000, 1500, 4800, 300000, 134217728);
