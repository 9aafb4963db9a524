-- The world of `make run`: one ActiveMQ broker with users in every state, a pair, and a RabbitMQ broker.
INSERT INTO broker (id, name) VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'orders');

INSERT INTO broker (id, name, deployment_mode, publicly_accessible, logs_general, logs_audit)
VALUES ('b-2345b6c7-89de-012f-3ghi-4j56k7l289m0', 'payments', 'ACTIVE_STANDBY_MULTI_AZ', 1, 1, 1);

INSERT INTO broker (id, name, engine_type, deployment_mode)
VALUES ('b-3456c7d8-90ef-123g-4hij-5k67l8m390n1', 'events', 'RABBITMQ', 'CLUSTER_MULTI_AZ');

INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'team', 'checkout');

-- Known to the running broker.
INSERT INTO user (broker_id, username, password, console_access, groups)
VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'admin', 'admin-password-1', 1, '["admins"]'),
       ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'reader', 'reader-password-1', 0, '["readers","auditors"]');

-- Waiting for the next reboot.
INSERT INTO user (broker_id, username, pending_change, pending_password, pending_groups)
VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'newcomer', 'CREATE', 'newcomer-password-1', '["readers"]');

INSERT INTO user (broker_id, username, password, groups, pending_change, pending_groups)
VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'promoted', 'promoted-password-1', '["readers"]', 'UPDATE', '["admins"]');

INSERT INTO user (broker_id, username, password, pending_change)
VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'leaver', 'leaver-password-1', 'DELETE');
