#!/usr/bin/env python3
"""Records what Ceilometer and its libraries make of invented input, for the tests to compare with.

    python3 -m venv venv && venv/bin/pip install ceilometer==27.0.0
    venv/bin/python record.py

The output depends on the seed alone; the files beside this one are it.
"""
import copy, datetime, fnmatch, gzip, io, json, math, os, random, re, sys, warnings

import yaml
from oslo_utils import timeutils
from stevedore import extension

sys.stdout = open(os.devnull, "w")  # one of the libraries prints
warnings.simplefilter("ignore")
import logging
logging.disable(logging.CRITICAL)

from ceilometer import sample as samples, service
from ceilometer.event import converter
from ceilometer.meter import notifications
from ceilometer.publisher import utils
from jsonpath_rw import jsonpath
from jsonpath_rw_ext import _iterable as iterable, parser as paths

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.abspath(samples.__file__))
CONF = service.prepare_service([], [])
sys.excepthook = sys.__excepthook__  # oslo.log logs what nobody sees
PLUGINS = extension.ExtensionManager(namespace="ceilometer.event.trait_plugin")
rnd = random.Random(20261123)


def write(name, records):
    with open(os.path.join(HERE, name), "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        for record in records:
            file.write((json.dumps(record, ensure_ascii=False) + "\n").encode())


class Definitions:
    """One pair of definition files. Each definition and each trait stands for itself: what one of them raises costs
    Ceilometer the whole notification, and this system only that part."""

    def __init__(self, meters, events):
        self.meters = {}
        for entry in reversed(meters):
            if str(entry["name"]) not in self.meters:
                self.meters[str(entry["name"])] = notifications.MeterDefinition(entry, CONF, PLUGINS)
        self.events = converter.NotificationEventsConverter(CONF, events, PLUGINS)

    def samples(self, message):
        result = []
        for definition in self.meters.values():
            if not definition.match_type(message["event_type"]):
                continue
            try:
                found = [samples.Sample.from_notification(**s) for s in definition.to_samples(copy.deepcopy(message))]
            except Exception:
                continue
            for sample in found:
                try:
                    if not isinstance(sample.volume, (int, float)):
                        float(sample.volume)
                except (TypeError, ValueError):
                    continue
                sample = sample.as_dict()
                del sample["id"]
                result.append(sample)
        return result

    def event(self, message):
        definition = next(d for d in self.events.definitions if d.match_type(message["event_type"]))
        traits = []
        for trait in definition.traits.values():
            try:
                trait = trait.to_trait(message)
            except Exception:
                continue
            if trait is not None:
                traits.append({"name": trait.name, "dtype": trait.dtype, "value": trait.value})
        generated = timeutils.normalize_time(timeutils.parse_isotime(message["metadata"]["timestamp"]))
        return json.loads(json.dumps(
            {"message_id": message["metadata"]["message_id"], "event_type": message["event_type"], "generated": generated,
             "traits": traits, "raw": {}}, default=str))


def envelope(event_type, payload, context=None, publisher="service.node-1", stamp="2026-11-23 19:03:19.155489"):
    return {"message_id": "id-%d" % rnd.getrandbits(48), "publisher_id": publisher, "event_type": event_type,
            "priority": "INFO", "payload": payload, "timestamp": stamp, "_context": context or {}}


def incoming(message):
    return {"ctxt": message["_context"], "publisher_id": message["publisher_id"], "event_type": message["event_type"],
            "payload": message["payload"],
            "metadata": {"message_id": message["message_id"], "timestamp": message["timestamp"]}}


# Notifications

# Whole numbers beyond 64 bits are left out of notifications: here a trait holds none.
LARGE = [1e20, 12345678901234567890]
ODD = [None, "", 0, 1, -3, 2.5, True, False, [], {}, "text", "12", " 7 ", "1_0", "4.5", "é😀'\"\\\n\u200b", ["a", 1], {"a": 1},
       {"id": "x", "name": "n"}, [{"name": "a", "size": 1, "unit": "B", "kind": "gauge", "id": "r"}], "2026-11-23T19:00:00",
       "2026-11-23 20:00:00.5+02:00", "2026-11-23", "x" * 300, [[1, 2], [3]], [None], {"": None}]
EXAMPLES = {
    "image.update": {"id": "i1", "size": 13287936, "owner": "p1", "name": "cirros", "status": "active", "created_at":
                     "2026-11-23T18:00:00Z", "properties": {"os": "linux"}},
    "image.send": {"bytes_sent": 4096, "image_id": "i1", "receiver_user_id": "u1", "receiver_tenant_id": "p1", "owner_id": "p2",
                   "destination_ip": "10.0.0.1"},
    "capacity.backend.b": {"total": 100, "free": 60.5, "allocated": 40, "provisioned": 80, "virtual_free": 120,
                           "name_to_id": "host@backend"},
    "capacity.pool.p": {"total": 100, "free": 60, "allocated": 40, "provisioned": 80, "virtual_free": 120.25,
                        "name_to_id": "host@backend#pool"},
    "volume.attach.end": {"volume_id": "v1", "size": 5, "user_id": "u1", "tenant_id": "p1", "display_name": "data", "status":
                          "in-use", "volume_type": "fast", "glance_metadata": [{"key": "image_id", "value": "i1"}, {"key": "x",
                          "value": 2}], "volume_attachment": [{"server_id": "s1"}], "created_at": "2026-11-23T18:00:00+00:00",
                          "availability_zone": "nova", "host": "c1@lvm", "replication_status": None},
    "snapshot.create.end": {"snapshot_id": "n1", "volume_id": "v1", "volume_size": 5, "user_id": "u1", "tenant_id": "p1",
                            "display_name": "", "status": "available", "created_at": "2026-11-23T18:00:00"},
    "backup.create.end": {"backup_id": "b1", "size": 5, "user_id": "u1", "tenant_id": "p1", "display_name": "nightly"},
    "magnum.bay.metrics.update": {"metrics": [{"name": "nodes", "unit": "node", "value": 3}, {"name": "cpu", "unit": "%",
                                  "value": 71.5}], "user_id": "u1", "project_id": "p1", "resource_id": "m1"},
    "magnum.cluster.create": {"id": "e1", "typeURI": "http://x/event", "eventType": "activity", "eventTime":
                              "2026-11-23T19:03:20.354970+0000", "action": "create", "outcome": "success", "initiator": {"id":
                              "u1", "typeURI": "service", "name": "admin", "host": {"agent": "cli", "address": "::1"}}, "target":
                              {"id": "c1", "typeURI": "service/magnum"}, "observer": {"id": "o1", "typeURI": "service"}},
    "objectstore.http.request": {"measurements": [{"metric": {"name": "storage.objects.outgoing.bytes", "unit": "B"}, "result":
                                 28}, {"metric": {"name": "storage.objects.incoming.bytes", "unit": "B"}, "result": 5}], "target":
                                 {"id": "AUTH_p1", "action": "get", "metadata": {"path": "/v1/AUTH_p1/c/o", "version": "v1",
                                 "container": "c", "object": "o"}}, "initiator": {"id": "u1", "project_id": "p1"}, "observer":
                                 {"id": "swift"}, "typeURI": "http://x/event", "id": "e2", "eventTime":
                                 "2026-11-23T19:03:20+00:00", "outcome": "success"},
    "compute.instance.create.end": {"instance_id": "s1", "memory_mb": 512, "vcpus": 1, "root_gb": 1, "ephemeral_gb": 0,
                                    "disk_gb": 1, "user_id": "u1", "tenant_id": "p1", "host": "c1", "instance_type": "m1.tiny",
                                    "instance_flavor_id": "1", "instance_type_id": 2, "display_name": "vm", "state": "active",
                                    "image_meta": {"base_image_ref": "i1", "min_disk": "1", "org.openstack__1__os_distro":
                                    "debian"}, "metadata": {"metering.stack": "web.1", "metering.long": "y" * 300, "other": "x",
                                    "metering.n": 5}, "created_at": "2026-11-23 19:00:00+00:00", "launched_at":
                                    "2026-11-23T19:00:08.250000", "deleted_at": "", "availability_zone": "nova"},
    "compute.instance.exists": {"instance_id": "s1", "memory_mb": "512", "vcpus": 2, "root_gb": 1, "ephemeral_gb": 0, "user_id":
                                "u1", "tenant_id": "p1", "audit_period_beginning": "2026-11-23 18:00:00",
                                "audit_period_ending": "2026-11-23 19:00:00", "metadata": [], "image_meta": {}},
    "compute.instance.update": {"instance_id": "s1", "state": "active", "old_state": "building", "vcpus": 1, "memory_mb": 1},
    "compute.metrics.update": {"host": "c1", "nodename": "c1.example", "metrics": [{"name": "cpu.frequency", "value": 2400,
                               "timestamp": "2026-11-23T19:03:19.155489", "source": "libvirt"}, {"name": "cpu.percent", "value":
                               0.29, "timestamp": "2026-11-23T19:03:19", "source": "libvirt"}, {"name": "cpu.user.time", "value":
                               421570000000, "timestamp": None, "source": None}]},
    "identity.authenticate": {"typeURI": "http://x/event", "outcome": "failure", "initiator": {"id": "u1", "host": {"address":
                              "127.0.0.1", "agent": "curl"}}, "target": {"id": "t1"}, "eventTime":
                              "2026-11-23T19:03:20.354970+0000", "action": "authenticate", "eventType": "activity", "id": "e3"},
    "identity.project.created": {"resource_info": "p9", "initiator": {"id": "u1", "project_id": "p1"}},
    "identity.role_assignment.created": {"role": "r1", "group": None, "domain": "d1", "user": "u1", "project": None},
    "l3.meter": {"bytes": 1234, "tenant_id": "p1", "label_id": "l1"},
    "dns.domain.exists": {"id": "d1", "tenant_id": "p1", "status": "ACTIVE", "pool_id": "z1", "audit_period_beginning":
                          "2026-11-23T18:00:00", "audit_period_ending": "2026-11-23T19:00:00.000", "created_at":
                          "2026-11-01T00:00:00.000000"},
    "dns.zone.create": {"id": "z1", "tenant_id": "p1", "name": "example.org.", "ttl": 3600, "serial": 1, "email": "a@example.org"},
    "trove.instance.exists": {"instance_id": "t1", "tenant_id": "p1", "user_id": "u1", "audit_period_beginning":
                              "2026-11-23T18:00:00Z", "audit_period_ending": "2026-11-23T19:00:00Z", "state": "active",
                              "nova_instance_id": "s1", "launched_at": "2026-11-23T17:00:00Z"},
    "trove.instance.modify_volume": {"instance_id": "t1", "volume_size": 5, "old_volume_size": "4", "modify_at":
                                     "2026-11-23T17:00:00Z", "instance_size": 2},
    "share.create.start": {"share_id": "f1", "size": 3, "user_id": "u1", "project_id": "p1", "tenant_id": "p2", "name": "home",
                           "host": "m1", "status": "creating", "availability_zone": "nova", "proto": "NFS", "is_public": False},
    "octavia.loadbalancer.create.end": {"loadbalancer_id": "lb1", "project_id": "p1", "name": "web", "admin_state_up": True,
                                        "vip_address": "10.0.0.9"},
    "orchestration.stack.create.end": {"stack_identity": "arn:stack", "tenant_id": "p1", "name": "st"},
    "port.create.end": {"port": {"id": "q1", "name": "eth0", "fixed_ips": [{"ip": "10.0.0.4"}]}},
    "port.exists": {"id": "q1", "name": "eth0", "tenant_id": "p1"},
    "floatingip.update.start": {"floatingip": {"port_id": None}, "id": "fip1"},
    "ipsec_site_connection.create.end": {"ipsec_site_connection": {"id": "vpn1"}},
    "audit.http.response": {"typeURI": "http://x/event", "initiator": {"id": "u1", "project_id": "p1", "name": "admin", "host":
                            {"address": "::1"}}, "reason": {"reasonCode": "200"}, "requestPath": "/v2.1/servers", "target": {"id":
                            "nova", "typeURI": "service/compute", "name": "nova"}, "eventTime": "2026-11-23T19:03:20.1+0000"},
    "profiler.main": {"project": "nova", "service": "api", "name": "wsgi-start", "base_id": "b", "trace_id": "t", "parent_id": "b",
                      "timestamp": "2026-11-23T19:03:20.100000", "info": {"host": "c1", "request": {"path": "/", "query": "",
                      "method": "GET", "scheme": "http"}, "db": {"statement": "SELECT 'x'", "params": {"a": [1, None]}}}},
    "alarm.state_transition": {"alarm_id": "a1", "user_id": "u1", "project_id": "p1", "detail": "{\"state\": \"alarm\"}", "type":
                               "state transition", "severity": "low", "on_behalf_of": "p1"},
    "keypair.import.end": {"key_name": "k1", "user_id": "u1", "tenant_id": "p1"},
    "scheduler.select_destinations.end": {"request_spec": {"num_instances": 1}},
}
OWN = {"used": 0.29, "host": "node-001.cloud", "unit": "cpu", "at": "2026-11-23T19:00:00", "owner": {"id": "p1", "name": "web"},
       "owner_id": "p9", "flag": True, "zero": 0, "a": 1, "b": 2, "volume": 12, "state": "Active", "names": ["b", "a", "c"], "tags":
       {"metering.role": "db", "metering.role_x": 1, "x": 2}, "from": "2026-11-23T18:00:00", "to": "2026-11-23T17:00:00.5",
       "parts": [{"name": "a", "size": 1, "unit": "B", "kind": "gauge", "id": "r1", "at": None},
                 {"name": "b", "size": 3, "unit": "GiB", "kind": "delta", "id": "r2", "at": "2026-11-23T19:00:00.25+01:00"},
                 {"name": "c", "size": "4", "unit": None, "kind": "cumulative", "id": None, "at": "2026-11-23"}]}
for name in ["report", "audit", "review", "reviews", "parts", "kinds", "period", "state", "bits", "named", "hidden1"]:
    EXAMPLES["load." + name] = OWN
CONTEXTS = [{}, {"user_id": "cu", "project_id": "cp", "tenant_id": "ct", "request_id": "req-1", "user": "cu", "trustor_user_id": None},
            {"user_id": {"user": "inner"}, "project_id": {"tenant_id": "inner"}, "ctxt": {"user": "x", "tenant_id": "y"}}, None, "x"]


def places(value, way=()):
    yield way
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], way + (key,))
    elif isinstance(value, list):
        for place in range(len(value)):
            yield from places(value[place], way + (place,))


def mutated(payload):
    payload = copy.deepcopy(payload)
    for _ in range(rnd.randint(1, 3)):
        ways = [way for way in places(payload) if way]
        if not ways:
            return rnd.choice(ODD)
        way = rnd.choice(ways)
        target = payload
        for step in way[:-1]:
            target = target[step]
        what = rnd.random()
        if what < 0.3:
            del target[way[-1]]
        elif what < 0.4 and isinstance(target, list):
            target.append(copy.deepcopy(target[way[-1]]))
        else:
            target[way[-1]] = copy.deepcopy(rnd.choice(ODD))
    return payload


def notification_records():
    with open(os.path.join(HERE, "meters.yaml")) as file:
        own_meters = yaml.safe_load(file)["metric"]
    with open(os.path.join(HERE, "event_definitions.yaml")) as file:
        own_events = yaml.safe_load(file)
    with open(os.path.join(PACKAGE, "data", "meters.d", "meters.yaml")) as file:
        meters = yaml.safe_load(file)["metric"]
    with open(os.path.join(PACKAGE, "pipeline", "data", "event_definitions.yaml")) as file:
        events = yaml.safe_load(file)
    sets = {"shipped": Definitions(meters, events), "own": Definitions(own_meters, own_events)}
    for event_type, payload in EXAMPLES.items():
        for turn in range(40):
            body = payload if turn == 0 else mutated(payload)
            context = CONTEXTS[turn % len(CONTEXTS)] if turn < 10 else rnd.choice(CONTEXTS[:2])
            publisher = rnd.choice(["compute.node-1", "image.localhost", "network.a.b.c", "plain", None])
            stamp = rnd.choice(["2026-11-23 19:03:19.155489", "2026-11-23T19:03:19Z", "2026-11-23 19:03:19", "20261123T190319.5+0130"])
            message = envelope(event_type, body, context, publisher, stamp)
            if turn == 3:
                message["payload"] = rnd.choice(ODD)
            view = incoming(json.loads(json.dumps(message)))
            for name, definitions in sets.items():
                if name == "own" and not event_type.startswith("load.") and turn:
                    continue
                yield {"definitions": name, "message": json.dumps(message), "samples": definitions.samples(view),
                       "event": definitions.event(view)}


# Paths

DOCUMENT = {"a": {"b": {"c": 1, "d": [1, 2, 3], "e": "x.y.z"}, "l": [{"n": "p", "v": 1, "w": 2.5}, {"n": "q", "v": "2"}, {"n": "r",
            "v": None}, {"n": "q", "v": True, "w": 0}], "s": "node-007", "z": None, "t": True}, "b": [3, 1, 2], "c": "text", "d": 5,
            "e": 1.5, "f": {}, "g": [], "x.y": {"h": 1}, "ctxt": {"user_id": "u", "user": "v", "ctxt": {"user": "w"}}, "m": [[1, 2],
            [3]], "n": {"b": 1}, "o": ["b", "a"]}
NAMES = ["a", "b", "c", "d", "e", "l", "n", "v", "w", "s", "z", "t", "f", "g", "m", "o", "ctxt", "user", "'x.y'", "missing", '"h"',
         "where", "true_x", "user_id"]


def random_path(depth=0):
    kind = rnd.random()
    if depth > 3 or kind < 0.25:
        return rnd.choice(NAMES + ["$", "@", "*", "`this`", "`parent`", "`len`", "`sorted`", "`split(., 1, -1)`", "`split(-, 0, 1)`",
                                   "`sub(/[xyz]/, <\\0>)`".replace("\\0", "!"), "`sub(/(\\w+)-0*(\\d+)/, \\2:\\1)`"])
    if kind < 0.5:
        return random_path(depth + 1) + "." + random_path(depth + 1)
    if kind < 0.62:
        return random_path(depth + 1) + rnd.choice(["[0]", "[1]", "[-1]", "[*]", "[1:]", "[:2]", "[-2:]", "[b]", "['n','v']", "[:]",
                                                    "[/n]", "[\\n]", "[\\v,/n]"])
    if kind < 0.72:
        inner = rnd.choice(["n", "@.n", "v", "@.v", "w", "(v)", "@", "$"])
        # This system refuses a pattern that is no text when it reads the file, the library when it meets a value.
        right = rnd.choice(["'q'", "q", "1", "2.5", "true", "false", "'.*'", "0"])
        inner += rnd.choice(["=", "==", "!=", "<", "<=", ">", ">="]) + right if rnd.random() < 0.9 else "~" + rnd.choice(["'q|p'", "p"])
        more = rnd.choice(["", "", " & w", " & (v=1)", "&n~'[pq]'"])
        return random_path(depth + 1) + "[?" + rnd.choice(["%s%s", "(%s%s)", "(%s)%s"]) % (inner, more) + "]"
    if kind < 0.8:
        return random_path(depth + 1) + rnd.choice(["|", " | "]) + random_path(depth + 1)
    if kind < 0.86:
        return "(" + random_path(depth + 1) + ")"
    if kind < 0.9:
        return random_path(depth + 1) + ".." + random_path(depth + 1)
    if kind < 0.92:
        return random_path(depth + 1) + " where " + random_path(depth + 1)
    return random_path(depth + 1) + rnd.choice([" + ", " * ", " - ", "+", "*", " / ", "-"]) + rnd.choice(
        [random_path(depth + 1), "2", "1.5", "'t'", "100", "-3"])


TOKENS = ["a", "b", "'x.y'", ".", ".", "..", "[", "]", "(", ")", "*", "$", "@", "|", "&", ",", ":", "0", "-1", "2.5", "?", "=", "~", "/",
          "\\", "+", "-", "where", "`len`", "true", " ", "`sub(/x/, y)`", "%", "#"]


def unsettled(operator):
    """Notes uses that are not compared: the library goes on with Python's None where there is no parent, and fails on `sorted`
    at the very start of a path; this system refuses the one and sorts for the other."""
    find = operator.find

    def checked(self, datum):
        if getattr(datum, "context", None) is None and not (operator is iterable.SortedThis and hasattr(datum, "context")):
            SEEN.append(operator)
        return find(self, datum)
    operator.find = checked


SEEN = []
unsettled(jsonpath.Parent)
unsettled(iterable.SortedThis)


def path_records():
    texts = ["", " ", "a", "$.a.b", "a.b|c", "ctxt.user_id|ctxt.user", "(a.b)|(c)", "$.d / 2", "trueish", "a.trues", "a -1", "d - 1", "d-1",
             "1 + 2", "1+2.5", "1.5 * d", "d + 1 . b", "d*2+1", "a\n.\tb", "@a", "B/s", "MiB", "a.l[?n='q' & v].v", "a.l[?(n='q')].v",
             "a.l[?(n='q')&(v=1)].v", "a.l[?n=q].v", "a,b.c", "b.`sorted`", "`sorted`", "a.`len`", "c.`len`", "d.`len`", "o[*] * 2",
             "c * 2", "b + b", "c + d", "$..v", "a..v", "*", "*.*", "a.*", "b.*", "m[*][*]", "m[*].[0]", "[0]", "b[0]", "b[5]", "b[-1]",
             "b[-9]", "g[-1]", "c[0]", "c[-1]", "d[0]", "f[0]", "a[0]", "z[0]", "e[*]", "d[*]", "c[*]", "t[*]", "b[1:2]", "b[-2:]",
             "b[:-1]", "b[3:1]", "a.s.`sub(/0+/, )`", "a.s.`sub(/zzz/, )`", "d.`sub(/x/, )`", "a.`parent`", "`parent`", "a.b.`parent`.s",
             "a.b.e.`split(., 1, -1)`", "a.b.e.`split(., 1, 1)`", "a.b.e.`split(., 9, -1)`", "a.b.e.`split(.,1,1)`", "a.b.e.`split(ab, 1, 1)`",
             "`nothing`", "'a", "\"a\\\"b\"", "a.'it\\'s'", "$", "@", "$.$.a", "a where b", "a where q", "a.b where c.d", "a & b", "a[?z]",
             "a.l[?v=1].n", "a.l[?v=true].n", "a.l[?v>0].n", "a.l[?w>0.5].n", "a.l[?n>'p'].n", "a.l[?n~'p|q'].n", "a.l[?v~'1'].n",
             "a.l[?n=1].n", "a.l[/n].n", "a.l[\\n].n", "a.l[\\n,/v].n", "a.l[*][/n]", "b[/x]", "((((a))))", "a[b,c]", "a['b']", "a[\"b\",s]"]
    for _ in range(2600):
        texts.append(random_path())
    for _ in range(900):
        texts.append("".join(rnd.choice(TOKENS) for _ in range(rnd.randint(1, 8))))
    for text in dict.fromkeys(texts):
        record = {"path": text}
        try:
            compiled = paths.ExtentedJsonPathParser().parse(text)
        except Exception:
            record["refused"] = True
            yield record
            continue
        SEEN.clear()
        try:
            found = []
            for match in compiled.find(DOCUMENT):
                steps, datum = [], match
                while datum.context is not None:
                    steps.insert(0, str(datum.path))
                    datum = datum.context
                found.append([".".join(steps), match.value])
            if len(json.dumps(found)) > 20000:
                continue
            record["found"] = found
        except Exception:
            record["raised"] = True
        if not SEEN:
            yield record


# Python's text, numbers, patterns, wildcards, times, signatures

SUBJECTS = ["", "a", "ab", "aab", "abc.def", "compute.instance.create.start", "compute.instance.delete.end", "AbC", "x\ny", "é1_", "  b",
            "aaaa", "a1b22", "[x]", "foo-bar", "ababab"]


def random_pattern(depth=0):
    kind = rnd.random()
    if depth > 3 or kind < 0.35:
        return rnd.choice(["a", "b", "c", ".", "\\d", "\\w", "\\s", "\\.", "[a-c]", "[^a]", "[\\w.]", "e", "x", "\\b", "^", "$", "[]x]", "[a-]", "1",
                           "\\W", "é", "\\n", "\\x61", "\\Z", "\\A", "\\B", "{", "-"])
    if kind < 0.6:
        return random_pattern(depth + 1) + random_pattern(depth + 1)
    if kind < 0.75:
        return random_pattern(depth + 1) + rnd.choice(["*", "+", "?", "{2}", "{1,2}", "{,1}", "{1,}", "*?", "+?", "??", "{1", "{0}"])
    if kind < 0.85:
        return "(" + rnd.choice(["", "?:", "?=", "?!", "?<=", "?<!", "?P<n%d>" % rnd.getrandbits(20), "?i:"]) + random_pattern(depth + 1) + ")"
    if kind < 0.95:
        return random_pattern(depth + 1) + "|" + random_pattern(depth + 1)
    return "(" + random_pattern(depth + 1) + ")" + random_pattern(depth + 1) + "\\1"


def pattern_records():
    texts = ["compute.instance.(?!create.start|update).*", "capacity.backend.*", "(?i)ABC", "(?s)x.y", "(?m)^y", "a**", "(", ")", "a)", "[", "a{3,1}",
             "(?P<a>x)(?P<a>y)", "(?P<w>a+)b(?P=w)", "*a", "\\", "[b-a]", "\\q", "(?#note)a", "(a|ab)(c|bcd)", "(a*)*b", "(a|b)*?c", "x{,2}", "(?-i:a)",
             "(?<=a+)b", "(?x)a b", "a++", "(?>a)"]
    texts += [random_pattern() for _ in range(1500)]
    for text in dict.fromkeys(texts):
        try:
            pattern = re.compile(text)
        except Exception:
            yield {"pattern": text, "refused": True}
            continue
        found = []
        for subject in SUBJECTS:
            match = pattern.match(subject)
            found.append(None if match is None else [match.group(0), list(match.groups())])
        yield {"pattern": text, "matches": found, "replaced": [pattern.sub("<\\g<0>>", s) for s in SUBJECTS]}


def glob_records():
    names = ["compute.instance.create.end", "image.update", "a", "", "a]b", "x-y", "abc", "a.b", "[a]", "!x", "A"]
    texts = ["*", "compute.*", "*.end", "image.?pdate", "[abc]", "[!a]*", "[a-c]*", "[c-a]", "[]a]", "[", "a[", "[!]", "**", "*a*b*", "?", "", "[[]a]",
             "x[-]y", "[a-]", "*http.*", "disk.*", "a.b"]
    texts += ["".join(rnd.choice("ab.*?[]!-c") for _ in range(rnd.randint(1, 7))) for _ in range(600)]
    for text in dict.fromkeys(texts):
        yield {"glob": text, "matches": [fnmatch.fnmatchcase(name, text) for name in names], "names": names}


def time_records():
    texts = ["2026-11-23T19:03:19.155489", "2026-11-23 19:03:19", "2026-11-23T19:03:19Z", "2026-11-23T19:03:19+00:00", "20261123", "2026-11", "2026",
             "202611", "2026-1-2", "2026-11-23T19", "2026-11-23T19:03", "2026-11-23T1903", "20261123T190319", "2026-11-23T19:03:19,5",
             "2026-11-23T19:03:19.1234567", "2026-11-23T19:03:19+0530", "2026-11-23T19:03:19-05", "2026-11-23t19:03:19", "", "x",
             "2026-13-01", "2026-02-29", "2024-02-29", "2026-11-23T24:00:00", "2026-11-23T23:60:00", "2026-11-23T23:59:60", "2026-11-23T19:03:19 ",
             " 2026-11-23", "2026-11-23T19:03:19+24:00", "2026-11-23T19:03:19+23:59", "2026-11-23T19:3:19", "2026-11-23T19:03:1", "0000-01-01",
             "1969-12-31T23:59:59.999999", "1700-01-01", "2026-11-23T19:03:19.155489+0000", "2026-11-23\n", "2026-1123", "202611-23", "2026-11-23T"]
    letters = "0123456789-:TZ .+,"
    for _ in range(1500):
        text = list(rnd.choice(texts[:16] + texts[31:]))
        for _ in range(rnd.randint(1, 2)):
            place = rnd.randrange(len(text) + 1)
            if rnd.random() < 0.5 and place < len(text):
                text[place] = rnd.choice(letters)
            elif rnd.random() < 0.5 and place < len(text):
                del text[place]
            else:
                text.insert(place, rnd.choice(letters))
        texts.append("".join(text))
    # Digits that only backtracking can divide are not compared: this system reads from left to right.
    divided = re.compile(r"\d{4}-\d{3}(\D|$)|.*[T ]\d{2}:?\d{2}[.,]")
    for text in dict.fromkeys(text for text in texts if not divided.match(text)):
        try:
            time = timeutils.parse_isotime(text)
            normal = timeutils.normalize_time(time)
        except Exception:
            yield {"time": text, "iso": None}
            continue
        if not 1678 <= normal.year <= 2261:
            continue
        yield {"time": text, "iso": time.isoformat(), "normal": str(normal)}


def value_records():
    values = ODD + LARGE + [0.1, 1e15, 1e16, 123456789012345680.0, 9007199254740993.0, 1e-4, 1e-5, 1.5e-7, -0.0, 1e22, 1e100, 5e-324, 1.7976931348623157e308,
                    100.0, 0.30000000000000004, "it's", 'say "x"', "both ' and \"", "tab\t", "\x00\x1f\x7f\x80\xa0\xad", "\u2028\ue000\U0001f600",
                    "nan", "inf", "-Infinity", "1e5", "0x10", "1__0", "_1", "+5", "- 5", "٣", {"k": ["a", {"b": None}]}, "9" * 30, -2**63, 2**63]
    values += [rnd.uniform(-1, 1) * 10 ** rnd.randint(-30, 30) for _ in range(400)]
    values += [round(rnd.uniform(0, 1e6), rnd.randint(0, 6)) for _ in range(200)]

    def attempt(convert, value):
        try:
            result = convert(value)
            if isinstance(result, int) and not isinstance(result, bool) and not -2**63 <= result < 2**63:
                return None
            return repr(result)
        except Exception:
            return None
    for value in values:
        yield {"value": value, "str": str(value), "int": attempt(int, value), "float": attempt(float, value)}


def signature_records():
    for number in range(120):
        body = mutated({"counter_name": "cpu", "counter_volume": 1.5e9, "counter_unit": "ns", "resource_metadata": {"host": "c1", "flavor": {"id": "1", "l":
                        ["é", 12345678901234567890, None, True, {"b": "x'", "a": 2.5}]}, "message_signature": "inner"}, "timestamp": "2026-11-23T19:00:00", "user_id": None,
                        "message_id": "m%d" % number, "n": 12, "list": []})
        if not isinstance(body, dict):
            continue
        body["message_signature"] = utils.compute_signature(body, "s3cret")
        yield {"message": json.dumps(body), "signature": body["message_signature"], "valid": utils.verify_signature(body, "s3cret")}


write("notifications.jsonl.gz", notification_records())
write("paths.jsonl.gz", [{"document": DOCUMENT}] + list(path_records()))
write("patterns.jsonl.gz", [{"subjects": SUBJECTS}] + list(pattern_records()))
write("globs.jsonl.gz", glob_records())
write("times.jsonl.gz", time_records())
write("values.jsonl.gz", value_records())
write("signatures.jsonl.gz", signature_records())
