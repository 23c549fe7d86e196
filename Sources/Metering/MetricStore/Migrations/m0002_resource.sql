CREATE SCHEMA metric;
COMMENT ON SCHEMA metric IS 'Resources, their metrics and the metrics'' measures';

CREATE TABLE metric.resource (
    resource_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource_id text NOT NULL UNIQUE,
    resource_type text NOT NULL,
    project_id text,
    user_id text,
    attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    revision_start_at timestamptz NOT NULL,
    observed_at timestamptz NOT NULL CHECK (observed_at >= revision_start_at),
    started_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX resource_project ON metric.resource (project_id, resource_type);
CREATE INDEX resource_type_id ON metric.resource (resource_type, resource_id);
COMMENT ON TABLE metric.resource IS 'What is measured, as last observed; all times are those of the observations, none is a clock of the store';
COMMENT ON COLUMN metric.resource.resource_number IS 'Dense number for references inside of the store';
COMMENT ON COLUMN metric.resource.resource_id IS 'The id that the cloud gave the resource';
COMMENT ON COLUMN metric.resource.revision_start_at IS 'From when on the present type, owner and attributes were observed';
COMMENT ON COLUMN metric.resource.observed_at IS 'The latest observation that confirmed them, to within a few minutes';
COMMENT ON COLUMN metric.resource.started_at IS 'When the resource came into being, where an observation has told it';
COMMENT ON COLUMN metric.resource.ended_at IS 'When the resource ceased to be; NULL while it exists';

CREATE TABLE metric.resource_history (
    resource_number bigint NOT NULL REFERENCES metric.resource ON DELETE CASCADE,
    revision_start_at timestamptz NOT NULL,
    revision_end_at timestamptz NOT NULL CHECK (revision_end_at > revision_start_at),
    observed_at timestamptz NOT NULL CHECK (observed_at >= revision_start_at AND observed_at <= revision_end_at),
    resource_type text NOT NULL,
    project_id text,
    user_id text,
    attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
    PRIMARY KEY (resource_number, revision_start_at)
);
COMMENT ON TABLE metric.resource_history IS 'Earlier types, owners and attributes of a resource: revisions without overlap, each from its start up to, not including, its end';
COMMENT ON COLUMN metric.resource_history.observed_at IS 'The latest observation that confirmed the revision, to within a few minutes';
