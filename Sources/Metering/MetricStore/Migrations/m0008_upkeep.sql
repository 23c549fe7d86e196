-- What keeps the store exact and bounded over years.

-- A batch that comes late, out of order or on another partition is told from one that comes again by the numbers that never came.
ALTER TABLE ingest.agent_sequence
    ADD COLUMN missing int8multirange NOT NULL DEFAULT '{}',
    ADD COLUMN polled_at timestamptz;
COMMENT ON TABLE ingest.agent_sequence IS 'The batches taken in from each incarnation of each collector: all up to the last but the missing; any of them is a repetition';
COMMENT ON COLUMN ingest.agent_sequence.missing IS 'Numbers below the last that have not come';
COMMENT ON COLUMN ingest.agent_sequence.polled_at IS 'When the last batch was polled, by the collector''s clock';
COMMENT ON COLUMN ingest.agent_sequence.seen_at IS 'When a batch last came, by this database''s clock';

-- One row that can't be read must hold up neither compaction nor readers.
CREATE TABLE metric.quarantined_batch (
    batch_id bigint NOT NULL PRIMARY KEY,
    measure_count integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    packed bytea NOT NULL,
    appended_at timestamptz NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL
);
ALTER TABLE metric.quarantined_batch ALTER COLUMN packed SET STORAGE EXTERNAL;
COMMENT ON TABLE metric.quarantined_batch IS 'Rows of metric.batch whose bytes can''t be read, put aside by compaction for a person to look at';

-- Windows are made anew from all measures of their span, so none may be accepted for a span whose measures were dropped already.
ALTER TABLE metric.archive_policy ADD COLUMN raw_since timestamptz;
COMMENT ON COLUMN metric.archive_policy.raw_since IS 'Before it measures were dropped under an earlier, shorter raw_timespan_ns; NULL where there never was one';

-- What ends with a server: its disks and interfaces.
CREATE INDEX resource_instance ON metric.resource ((attributes ->> 'instance_id'))
    WHERE attributes ->> 'instance_id' IS NOT NULL;

-- The newest fact about a resource decides whether an audit merely confirms; the index serves explanations by id alone as well.
CREATE INDEX fact_newest ON usage.fact (resource_id, resource_type, generated_at, message_id);
DROP INDEX usage.fact_resource;

-- Alarms of what is gone are forgotten.
CREATE INDEX alarm_unknown ON alarm.alarm (status_at) WHERE status = 'insufficient data';
