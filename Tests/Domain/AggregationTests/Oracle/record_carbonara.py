#!/usr/bin/env python3
"""Random series and the aggregates that Gnocchi's carbonara computes from them, as JSON on standard output.

    record_carbonara.py SEED CASES

Needs what ops/requirements/oracle.txt pins, installed with --no-deps.

To record anew:  record_carbonara.py 20261123 40 | gzip -9n > carbonara.json.gz
"""
import json
import random
import sys

import numpy
from gnocchi import calendar, carbonara

BASE = 1_795_000_000_000_000_000
STATISTICS = ["mean", "min", "max", "sum", "count", "std", "last", "first", "median",
              "1pct", "29pct", "50pct", "90pct", "95pct", "99pct"]
METHODS = STATISTICS + ["rate:" + name for name in STATISTICS]
SECOND = 1_000_000_000
WIDTHS = [SECOND // 2, SECOND, 7 * SECOND, 60 * SECOND, 300 * SECOND, 3600 * SECOND, 86400 * SECOND]


def values(shape, count, source):
    """A series of one shape, with the kind of meter that it stands for."""
    if shape == "temperature":
        return "gauge", [round(source.gauss(45, 6), 1) for _ in range(count)]
    if shape == "signed":
        return "gauge", [source.uniform(-1e3, 1e3) for _ in range(count)]
    if shape == "wide":
        return "gauge", [10 ** source.uniform(-9, 15) for _ in range(count)]
    if shape == "constant":
        return "gauge", [source.choice([0.1, 2048.0, 0.0, 1 / 3])] * count
    if shape == "delta":
        return "delta", [float(source.randrange(0, 10**6)) for _ in range(count)]
    level, series = float(source.randrange(10**9, 10**14)), []
    for _ in range(count):
        level += source.randrange(0, 4 * 10**9)
        if shape == "restarting" and source.random() < 0.05:
            level = float(source.randrange(0, 10**7))
        series.append(level)
    return "cumulative", series


def unbroken(series):
    """A counter as it would have been without its restarts: carbonara itself knows none."""
    offset, previous, result = 0.0, None, []
    for value in series:
        if previous is not None and value < previous:
            offset += previous
        result.append(value + offset)
        previous = value
    return result


def aggregates(timestamps, series, width, method):
    stamps = numpy.array(timestamps, dtype="datetime64[ns]")
    grouped = carbonara.TimeSerie.from_data(stamps, series).group_serie(width)
    folded = carbonara.AggregatedTimeSerie.from_grouped_serie(
        grouped, carbonara.Aggregation(method, width, None))
    stamps = folded.ts["timestamps"].astype("datetime64[ns]").astype("int64")
    return [[int(stamp), float(value)] for stamp, value in zip(stamps, folded.ts["values"])]


def case(source):
    shape = source.choice(["temperature", "signed", "wide", "constant", "delta", "counter", "restarting"])
    count = source.choice([1, 2, 3, 20, 60, 150])
    span = source.choice([60, 3600, 86400, 30 * 86400]) * SECOND
    timestamps = sorted(BASE + stamp for stamp in source.sample(range(0, span, 1000), count))
    kind, series = values(shape, count, source)
    result = {"shape": shape, "kind": kind, "timestamps": timestamps, "values": series, "folds": []}
    steady = unbroken(series) if kind == "cumulative" else series
    widths = [width for width in WIDTHS if span // width <= 2000]
    for width in source.sample(widths, 2) + [source.choice(list(calendar.GROUPINGS))]:
        is_calendar = isinstance(width, str)
        fold = {"calendar" if is_calendar else "width": width, "aggregates": {}}
        step = width if is_calendar else numpy.timedelta64(width, "ns")
        for method in METHODS:
            # Carbonara derives no rates over calendar periods.
            if method.startswith("rate:"):
                if is_calendar:
                    continue
                fold["aggregates"][method] = aggregates(timestamps, steady, step, method)
            else:
                fold["aggregates"][method] = aggregates(timestamps, series, step, method)
        result["folds"].append(fold)
    return result


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    source = random.Random(seed)
    json.dump({"seed": seed, "cases": [case(source) for _ in range(count)]}, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
