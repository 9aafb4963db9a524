-- The faults that are still effective, by the call they match. Every call looks for one.
CREATE INDEX fault_match ON fault (operation, broker_id, username) WHERE times IS NULL OR times > 0;
