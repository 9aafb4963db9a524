-- The patches that brokers were recorded with, 2026; those of 5.19, 4.2 and 4.3 are not known.
UPDATE engine_version SET patch = version || '.7' WHERE (engine_type, version) IN (('ACTIVEMQ', '5.18'), ('RABBITMQ', '3.13'));
