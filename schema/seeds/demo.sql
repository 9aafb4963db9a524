-- The world of `make run`: one ActiveMQ broker with users in every state, a pair, and a RabbitMQ broker. One statement with
-- many rows takes less time than one for each row; columns that are not listed have their defaults.
INSERT INTO broker (id, name, engine_type, deployment_mode, publicly_accessible, logs_general, logs_audit)
VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'orders', 'ACTIVEMQ', 'SINGLE_INSTANCE', 0, 0, 0),
       ('b-2345b6c7-89de-012f-3ghi-4j56k7l289m0', 'payments', 'ACTIVEMQ', 'ACTIVE_STANDBY_MULTI_AZ', 1, 1, 1),
       ('b-3456c7d8-90ef-123g-4hij-5k67l8m390n1', 'events', 'RABBITMQ', 'CLUSTER_MULTI_AZ', 0, 0, 0);

INSERT INTO broker_tag (broker_id, key, value) VALUES ('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'team', 'checkout');

INSERT INTO user (broker_id, username, password, console_access, groups, pending_change, pending_password, pending_groups)
VALUES
-- Known to the running broker.
('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'admin', 'admin-password-1', 1, '["admins"]', NULL, NULL, NULL),
('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'reader', 'reader-password-1', 0, '["readers","auditors"]', NULL, NULL, NULL),
-- Waiting for the next reboot: one is created, one changed, one deleted.
('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'newcomer', NULL, 0, '[]', 'CREATE', 'newcomer-password-1', '["readers"]'),
('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'promoted', 'promoted-password-1', 0, '["readers"]', 'UPDATE', NULL, '["admins"]'),
('b-1234a5b6-78cd-901e-2fgh-3i45j6k178l9', 'leaver', 'leaver-password-1', 0, '[]', 'DELETE', NULL, NULL);
