CREATE TABLE metric.batch (
    batch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    measure_count integer NOT NULL CHECK (measure_count > 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL CHECK (last_at >= first_at),
    packed bytea NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now()
);
-- The bytes are compressed already; compressing them again would cost time and save nothing.
ALTER TABLE metric.batch ALTER COLUMN packed SET STORAGE EXTERNAL;
-- Rows live for minutes: vacuum by their number, soon.
ALTER TABLE metric.batch SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
COMMENT ON TABLE metric.batch IS 'Measures as they arrived, a row per transaction, until compaction puts them into chunks';
COMMENT ON COLUMN metric.batch.first_at IS 'The earliest measure, cut to microseconds';
COMMENT ON COLUMN metric.batch.last_at IS 'The latest measure, cut to microseconds';
COMMENT ON COLUMN metric.batch.packed IS 'Format 0x31 of docs/specs/measure-codecs.md';

CREATE SEQUENCE metric.chunk_generation;
COMMENT ON SEQUENCE metric.chunk_generation IS 'Counts the transactions that write chunks: the order in which measures arrived';

CREATE TABLE metric.chunk (
    metric_id bigint NOT NULL,
    granularity_ns bigint NOT NULL CHECK (granularity_ns >= 0),
    generation bigint NOT NULL,
    retention_days integer NOT NULL CHECK (retention_days > 0),
    day date NOT NULL,
    is_folded boolean NOT NULL,
    segment bytea NOT NULL,
    PRIMARY KEY (metric_id, granularity_ns, generation, retention_days, day)
) PARTITION BY LIST (retention_days);
ALTER TABLE metric.chunk ALTER COLUMN segment SET STORAGE EXTERNAL;
CREATE INDEX chunk_unfolded ON metric.chunk (day, metric_id, generation) WHERE NOT is_folded;
COMMENT ON TABLE metric.chunk IS 'Measures and windows of one metric and one day (UTC), packed; partitions by how long they are kept, then by day, are made when needed';
COMMENT ON COLUMN metric.chunk.granularity_ns IS 'Width of the windows in nanoseconds; 0 for the measures themselves';
COMMENT ON COLUMN metric.chunk.generation IS 'The transaction that wrote the row: of two measures of one instant the one of the later generation arrived later';
COMMENT ON COLUMN metric.chunk.retention_days IS 'Days after which the partition is dropped';
COMMENT ON COLUMN metric.chunk.is_folded IS 'False for measures that the stored windows do not contain yet';
COMMENT ON COLUMN metric.chunk.segment IS 'Format 0x11 (measures) or 0x21 (windows) of docs/specs/measure-codecs.md';
