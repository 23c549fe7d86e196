-- Alarms: what each rule knows of each meter that it watches, how that changed, and who is still to be told.
CREATE SCHEMA alarm;
COMMENT ON SCHEMA alarm IS 'Alarms by rule, resource and meter, their history, and their actions that wait for delivery';

CREATE TABLE alarm.alarm (
    alarm_id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    rule_name text NOT NULL,
    resource_id text NOT NULL,
    meter text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('low', 'moderate', 'critical')),
    status text NOT NULL DEFAULT 'insufficient data' CHECK (status IN ('ok', 'alarm', 'insufficient data')),
    status_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    memory jsonb NOT NULL DEFAULT '{"windows": []}' CHECK (jsonb_typeof(memory) = 'object'),
    silent_at timestamptz,
    UNIQUE (rule_name, resource_id, meter)
) WITH (fillfactor = 80);
CREATE INDEX alarm_silence ON alarm.alarm (silent_at) WHERE silent_at IS NOT NULL;
COMMENT ON TABLE alarm.alarm IS 'One alarm for each rule, resource and meter';
COMMENT ON COLUMN alarm.alarm.status_at IS 'The time of the measure that brought the status, or of the silence';
COMMENT ON COLUMN alarm.alarm.memory IS 'The periods that the next measure is judged with';
COMMENT ON COLUMN alarm.alarm.silent_at IS 'When the status becomes insufficient data unless a measure comes; NULL where it is';

CREATE TABLE alarm.history (
    history_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm_id uuid NOT NULL REFERENCES alarm.alarm ON DELETE CASCADE,
    changed_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    previous text NOT NULL CHECK (previous IN ('ok', 'alarm', 'insufficient data')),
    current text NOT NULL CHECK (current IN ('ok', 'alarm', 'insufficient data')),
    severity text NOT NULL CHECK (severity IN ('low', 'moderate', 'critical')),
    reason text NOT NULL,
    reason_data jsonb NOT NULL CHECK (jsonb_typeof(reason_data) = 'object'),
    CHECK (previous <> current)
);
CREATE INDEX history_alarm ON alarm.history (alarm_id, history_number);
CREATE INDEX history_recorded ON alarm.history (recorded_at);
COMMENT ON TABLE alarm.history IS 'Every change of an alarm''s status';
COMMENT ON COLUMN alarm.history.changed_at IS 'The time of the measure that brought the change, or of the silence';

CREATE TABLE alarm.action (
    action_number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action_id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    alarm_id uuid NOT NULL REFERENCES alarm.alarm ON DELETE CASCADE,
    url text NOT NULL,
    body text NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'abandoned')),
    attempt_count integer NOT NULL DEFAULT 0 CHECK (attempt_count >= 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    last_error text,
    CHECK ((status = 'pending') = (ended_at IS NULL))
);
CREATE INDEX action_due ON alarm.action (due_at) WHERE status = 'pending';
CREATE INDEX action_queue ON alarm.action (alarm_id, url, action_number) WHERE status = 'pending';
CREATE INDEX action_ended ON alarm.action (ended_at) WHERE status <> 'pending';
CREATE INDEX action_alarm ON alarm.action (alarm_id);
COMMENT ON TABLE alarm.action IS 'Calls of webhooks, written with the change that they tell of and kept until they are delivered';
COMMENT ON COLUMN alarm.action.action_id IS 'Sent with every attempt, so that the receiver knows a repetition';
COMMENT ON COLUMN alarm.action.body IS 'What is sent, byte for byte: every attempt sends the same';
COMMENT ON COLUMN alarm.action.due_at IS 'When the next attempt may begin; while one is under way, when it counts as lost';
