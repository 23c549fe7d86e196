-- What notifications told: which messages were taken in, for good, and the events made of them.
CREATE SCHEMA IF NOT EXISTS event;

-- Never pruned: a message that comes again after years must still be known. About 130 bytes a message with its index.
CREATE TABLE event.message (
    message_id text NOT NULL PRIMARY KEY,
    payload_hash bytea NOT NULL CHECK (octet_length(payload_hash) = 32),
    received_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE event.message IS 'Every notification that was ever stored, so that none is stored twice.';
COMMENT ON COLUMN event.message.payload_hash IS 'SHA-256 of the event type and payload in canonical form.';

-- One plain table, not day partitions: there is about one event where there are thousands of samples, events are asked for
-- over all of time by id and by trait, and their own times are the producers', so that a wrong clock would make partitions.
CREATE TABLE event.event (
    message_id text NOT NULL PRIMARY KEY,
    event_type text NOT NULL,
    generated_at timestamptz NOT NULL,
    traits jsonb NOT NULL CHECK (jsonb_typeof(traits) = 'object')
);
COMMENT ON TABLE event.event IS 'Facts extracted from notifications.';
COMMENT ON COLUMN event.event.generated_at IS 'When the producer made the notification, to the microsecond.';
COMMENT ON COLUMN event.event.traits IS
    'Name to {type: value}, the type being text, int, float or datetime. A datetime is ISO 8601 in UTC with nine digits '
    'of the second, so that its order is that of its text.';

CREATE INDEX event_by_time ON event.event (generated_at, message_id);
-- text_pattern_ops: patterns such as compute.instance.* become ranges whatever the collation.
CREATE INDEX event_by_type ON event.event (event_type text_pattern_ops, generated_at, message_id);
CREATE INDEX event_by_trait ON event.event USING gin (traits jsonb_path_ops);
