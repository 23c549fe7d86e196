CREATE SCHEMA ingest;
COMMENT ON SCHEMA ingest IS 'How far the topics have been taken in; written in the same transactions as what was taken';

CREATE TABLE ingest.partition_offset (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL CHECK (partition >= 0),
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    advanced_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer_group, topic, partition)
);
COMMENT ON TABLE ingest.partition_offset IS 'The offset from which a partition is to be read on; the broker''s own record is a hint only';
COMMENT ON COLUMN ingest.partition_offset.next_offset IS 'Offset of the first message that has not been taken in';

CREATE TABLE ingest.agent_sequence (
    host text NOT NULL,
    epoch bigint NOT NULL,
    sequence bigint NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (host, epoch)
);
CREATE INDEX agent_sequence_seen ON ingest.agent_sequence (seen_at);
COMMENT ON TABLE ingest.agent_sequence IS 'The last batch taken in from each incarnation of each collector; an earlier or equal one is a repetition';
COMMENT ON COLUMN ingest.agent_sequence.epoch IS 'Incarnation of the collector: nanoseconds since 1970 when its sequence began';
COMMENT ON COLUMN ingest.agent_sequence.sequence IS 'Number of the last batch of the incarnation';
