CREATE TABLE metric.archive_policy (
    archive_policy_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 255),
    back_window bigint NOT NULL CHECK (back_window >= 0),
    methods text[] NOT NULL CHECK (cardinality(methods) > 0),
    raw_timespan_ns bigint NOT NULL CHECK (raw_timespan_ns > 0)
);
COMMENT ON TABLE metric.archive_policy IS 'How the measures of a metric are aggregated and how long they are kept';
COMMENT ON COLUMN metric.archive_policy.back_window IS 'Windows of the coarsest granularity that Gnocchi would accept late; kept for its API';
COMMENT ON COLUMN metric.archive_policy.raw_timespan_ns IS 'How long the measures themselves are kept, in nanoseconds';

CREATE TABLE metric.archive_definition (
    archive_policy_id integer NOT NULL REFERENCES metric.archive_policy ON DELETE CASCADE,
    granularity_ns bigint NOT NULL CHECK (granularity_ns > 0),
    points bigint NOT NULL CHECK (points > 0),
    PRIMARY KEY (archive_policy_id, granularity_ns)
);
COMMENT ON TABLE metric.archive_definition IS 'One granularity of an archive policy';
COMMENT ON COLUMN metric.archive_definition.granularity_ns IS 'Width of a window, in nanoseconds';
COMMENT ON COLUMN metric.archive_definition.points IS 'How many windows are kept';

CREATE TABLE metric.metric (
    metric_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource_number bigint NOT NULL REFERENCES metric.resource,
    meter text NOT NULL CHECK (length(meter) BETWEEN 1 AND 255),
    kind text NOT NULL CHECK (kind IN ('gauge', 'delta', 'cumulative')),
    unit text NOT NULL,
    archive_policy_id integer NOT NULL REFERENCES metric.archive_policy,
    UNIQUE (resource_number, meter)
);
CREATE INDEX metric_meter ON metric.metric (meter, resource_number);
COMMENT ON TABLE metric.metric IS 'One stored series: a meter of a resource under an archive policy; kind, unit and policy are those of its first sample';
COMMENT ON COLUMN metric.metric.metric_id IS 'Dense number that stands for the metric in packed measures';
COMMENT ON COLUMN metric.metric.unit IS 'Unit of the values';
