-- The lives of billed resources: what notifications said about them, and the intervals that follow from it.

-- Lets an exclusion constraint compare texts beside time ranges. Trusted since PostgreSQL 13: the database's owner may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA IF NOT EXISTS usage;

CREATE TABLE usage.fact (
    resource_type        text NOT NULL,
    resource_id          text NOT NULL,
    message_id           text NOT NULL,
    event_type           text NOT NULL,
    generated_at         timestamptz NOT NULL,
    standing             text NOT NULL CHECK (standing IN ('observation', 'report', 'audit')),
    is_landmark          boolean NOT NULL,
    start_kind           text CHECK (start_kind IN ('stated', 'presumed', 'pending', 'denied')),
    start_at             timestamptz,
    end_kind             text CHECK (end_kind IN ('stated', 'noticed', 'passed')),
    end_at               timestamptz,
    changed_at           timestamptz,
    state                text,
    project_id           text,
    user_id              text,
    host                 text,
    flavor_name          text,
    flavor_vcpus         bigint,
    flavor_memory_mib    bigint,
    flavor_root_gib      bigint,
    flavor_ephemeral_gib bigint,
    size_bytes           bigint CHECK (size_bytes >= 0),
    type                 text,
    recorded_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (resource_type, resource_id, message_id),
    CHECK ((start_at IS NOT NULL) = (start_kind IS NOT NULL AND start_kind IN ('stated', 'presumed'))),
    CHECK ((end_at IS NOT NULL) = (end_kind IS NOT NULL AND end_kind IN ('stated', 'noticed'))),
    CHECK (num_nulls(flavor_name, flavor_vcpus, flavor_memory_mib, flavor_root_gib, flavor_ephemeral_gib) IN (0, 5))
);

COMMENT ON TABLE usage.fact IS
    'What one notification says about the life of one resource. Rows are only ever added; docs/specs/usage.md says which field of which notification is read.';
COMMENT ON COLUMN usage.fact.generated_at IS 'When the service made the notification.';
COMMENT ON COLUMN usage.fact.standing IS
    'observation: made after a change; report: attributes may be old; audit: made by a periodic audit.';
COMMENT ON COLUMN usage.fact.is_landmark IS 'Whether the event ordinarily opens or closes a life, and is preferred as its cause.';
COMMENT ON COLUMN usage.fact.start_at IS 'From when the resource is billed by the service''s own clock, as stated or presumed (start_kind).';
COMMENT ON COLUMN usage.fact.end_at IS 'Up to when, as stated by the service or noticed by the notification''s time (end_kind).';
COMMENT ON COLUMN usage.fact.changed_at IS 'When the described attributes began to hold, where the service says so.';
COMMENT ON COLUMN usage.fact.flavor_memory_mib IS 'MiB';
COMMENT ON COLUMN usage.fact.flavor_root_gib IS 'GiB';
COMMENT ON COLUMN usage.fact.flavor_ephemeral_gib IS 'GiB';
COMMENT ON COLUMN usage.fact.size_bytes IS 'Bytes: of a volume, a snapshot, a backup or an image.';
COMMENT ON COLUMN usage.fact.type IS 'Volume type, floating IP''s network or port''s device owner.';
COMMENT ON COLUMN usage.fact.recorded_at IS 'When the row was added, by this database''s clock; nothing is derived from it.';

-- For explanations by the id alone.
CREATE INDEX fact_resource ON usage.fact (resource_id);

-- History is evidence for bills: it is added to, never rewritten.
CREATE FUNCTION usage.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'usage.fact is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON usage.fact
    FOR EACH STATEMENT EXECUTE FUNCTION usage.refuse_change();

CREATE TABLE usage.interval (
    resource_type        text NOT NULL,
    resource_id          text NOT NULL,
    from_at              timestamptz NOT NULL CHECK (from_at = date_trunc('second', from_at, 'UTC')),
    to_at                timestamptz CHECK (to_at = date_trunc('second', to_at, 'UTC')),
    state                text,
    project_id           text,
    user_id              text,
    host                 text,
    flavor_name          text,
    flavor_vcpus         bigint,
    flavor_memory_mib    bigint,
    flavor_root_gib      bigint,
    flavor_ephemeral_gib bigint,
    size_bytes           bigint CHECK (size_bytes >= 0),
    type                 text,
    opened_by            text NOT NULL,
    closed_by            text,
    is_audited           boolean NOT NULL,
    PRIMARY KEY (resource_type, resource_id, from_at),
    CHECK (from_at < to_at),
    CHECK ((to_at IS NULL) = (closed_by IS NULL)),
    CHECK (num_nulls(flavor_name, flavor_vcpus, flavor_memory_mib, flavor_root_gib, flavor_ephemeral_gib) IN (0, 5)),
    EXCLUDE USING gist (resource_id WITH =, resource_type WITH =, tstzrange(from_at, to_at) WITH &&)
);

COMMENT ON TABLE usage.interval IS
    'A stretch of a resource''s life in which nothing changed that matters for a bill. Derived from usage.fact, and rewritten when a late fact arrives.';
COMMENT ON COLUMN usage.interval.from_at IS 'First second of the interval.';
COMMENT ON COLUMN usage.interval.to_at IS 'The second after the last one; null while the resource lives on.';
COMMENT ON COLUMN usage.interval.flavor_memory_mib IS 'MiB';
COMMENT ON COLUMN usage.interval.flavor_root_gib IS 'GiB';
COMMENT ON COLUMN usage.interval.flavor_ephemeral_gib IS 'GiB';
COMMENT ON COLUMN usage.interval.size_bytes IS 'Bytes: of a volume, a snapshot, a backup or an image.';
COMMENT ON COLUMN usage.interval.opened_by IS 'Message id of the fact that began the interval.';
COMMENT ON COLUMN usage.interval.closed_by IS 'Message id of the fact that ended it.';
COMMENT ON COLUMN usage.interval.is_audited IS 'Whether an end is known only from a periodic audit.';

-- A period's report reads what ends after its start; what began after its end is filtered.
CREATE INDEX interval_period ON usage.interval (coalesce(to_at, 'infinity'));
CREATE INDEX interval_project ON usage.interval (project_id, coalesce(to_at, 'infinity'));
