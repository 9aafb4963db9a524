-- What is in the store when a fuzz target begins. Every password begins with the same four characters.
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders'), ('b-1', 'first'), ('b-empty', 'empty');
INSERT INTO broker (id, name, engine_type, deployment_mode) VALUES ('b-events', 'events', 'RABBITMQ', 'CLUSTER_MULTI_AZ');
INSERT INTO broker (id, name, state, state_due_ms) VALUES ('b-growing', 'growing', 'CREATION_IN_PROGRESS', unixepoch() * 1000 + 3600000);
INSERT INTO broker (id, name, account, region, day_of_week, time_of_day, time_zone, engine_version, pending_engine_version)
VALUES ('b-far', 'far', '210987654321', 'eu-west-1', 'WEDNESDAY', '03:30', 'Europe/Berlin', '5.18', '5.19');
INSERT INTO broker (id, region, name, state, deployment_mode, data_replication_mode, data_replication_role,
                    data_replication_counterpart, data_replication_counterpart_region)
VALUES ('b-east', 'us-east-1', 'replicated', 'RUNNING', 'ACTIVE_STANDBY_MULTI_AZ', 'CRDR', 'PRIMARY', 'b-west', 'us-west-2'),
       ('b-west', 'us-west-2', 'replicated', 'REPLICA', 'ACTIVE_STANDBY_MULTI_AZ', 'CRDR', 'REPLICA', 'b-east', 'us-east-1');

INSERT INTO broker (id, region, name, deployment_mode) VALUES ('b-lone', 'us-west-2', 'lone', 'ACTIVE_STANDBY_MULTI_AZ');

INSERT INTO user (broker_id, username, password, console_access, groups)
VALUES ('b-orders', 'alice', 'Zq7-alice-applied', 1, '["admins","readers"]'),
       ('b-orders', 'bob', 'Zq7-bob-applied', 0, '[]');
INSERT INTO user (broker_id, username, pending_change, pending_password, pending_groups)
VALUES ('b-orders', 'carol', 'CREATE', 'Zq7-carol-pending', '["readers"]');
INSERT INTO user (broker_id, username, password, pending_change, pending_groups)
VALUES ('b-orders', 'dave', 'Zq7-dave-applied', 'UPDATE', '["admins"]');
INSERT INTO user (broker_id, username, password, pending_change)
VALUES ('b-orders', 'erin', 'Zq7-erin-applied', 'DELETE');

INSERT INTO configuration (id, name) VALUES ('c-one', 'one');
INSERT INTO configuration (id, name, engine_type) VALUES ('c-rabbit', 'rabbit', 'RABBITMQ');
INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-orders', 'team', 'checkout');
INSERT INTO configuration_tag (configuration_id, key, value) VALUES ('c-one', 'team', 'checkout');
INSERT INTO shared_resource (broker_id, resource_arn) VALUES ('b-events', 'arn:aws:ram:us-east-1:123456789012:resource-share/1');
INSERT INTO access_key (id, secret, user_name) VALUES ('AKIDEXAMPLE', 'Zq7-the+right/secret', 'tester');
