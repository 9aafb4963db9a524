-- The world in which every SDK test begins.
INSERT INTO broker (id, name) VALUES ('b-orders', 'orders');
INSERT INTO broker (id, name, engine_type, deployment_mode) VALUES ('b-events', 'events', 'RABBITMQ', 'CLUSTER_MULTI_AZ');
INSERT INTO broker (id, name, state) VALUES ('b-growing', 'growing', 'CREATION_IN_PROGRESS');

INSERT INTO user (broker_id, username, password, groups) VALUES ('b-orders', 'reader', 'reader-password-1', '["readers"]');

INSERT INTO access_key (id, secret, user_name) VALUES ('AKIDVERIFIED', 'the+right/secret', 'tester');
