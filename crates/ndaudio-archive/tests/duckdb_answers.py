"""Answers the ten queries of tests/support/queries.rs from exported Parquet files with DuckDB.

    python tests/duckdb_answers.py OUT        # prints ten CSVs, each after a line "query N"

OUT has the exports of four windows, each in four shards: OUT/1s, OUT/100ms, OUT/4096, OUT/file. DuckDB selects, joins, groups and adds
integers. It adds floats in the order in which it meets them, so those are handed over as lists and added here: math.fsum rounds once, and
the quotient of two integers is correctly rounded in Python.
"""

import math
import sys

import duckdb

out = sys.argv[1]
duck = duckdb.connect()


def table(window, name="audio"):
    return f"read_parquet('{out}/{window}/{name}/**/*.parquet', hive_partitioning = true, union_by_name = true, hive_types_autocast = false)"


def select(sql):
    return duck.sql(sql).fetchall()


def decibels(amplitude):
    return 20.0 * math.log10(amplitude)


def percentile(levels, percent):
    """numpy.percentile, which cannot be told to keep the bits of its own formula between versions."""
    levels = sorted(levels)
    place = percent / 100.0 * (len(levels) - 1)
    low, high, part = levels[math.floor(place)], levels[math.ceil(place)], place % 1
    if part == 0 or low == high:
        return low
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1.0 - part)


def sums_per_file():
    return select(f"""SELECT file, channel, COUNT(*), SUM(frames)::HUGEINT, SUM(sum)::HUGEINT, SUM(sum_squares)::HUGEINT, MIN(min), MAX(max),
                  SUM(clipped)::HUGEINT, SUM(zero_crossings)::HUGEINT FROM {table('1s')} GROUP BY ALL ORDER BY file, channel""")


def levels_per_site():
    rows = select(f"""SELECT site, full_scale, SUM(frames)::HUGEINT, SUM(sum_squares)::HUGEINT, list(mean_square * frames), MAX(peak)
                  FROM {table('1s')} GROUP BY ALL ORDER BY site, full_scale""")
    for site, full_scale, frames, squares, floats, peak in rows:
        mean_square = math.fsum(floats) / frames if squares is None else int(squares) / (int(frames) * int(full_scale) ** 2)
        rms = math.sqrt(mean_square)
        yield site, full_scale, rms, decibels(rms), decibels(peak)


def frames_per_hour():
    return select(f"""SELECT site, strftime(make_timestamp(epoch_us(start_time::TIMESTAMPTZ)), '%Y-%m-%dT%H') AS hour, SUM(frames)::HUGEINT,
                  COUNT(DISTINCT file) FROM {table('1s')} GROUP BY ALL ORDER BY site, hour""")


def equivalent_levels():
    for site, channel, values in select(f"SELECT site, channel, list(rms) FROM {table('100ms')} GROUP BY ALL ORDER BY site, channel"):
        mean = math.fsum(10.0 ** (decibels(rms) / 10.0) for rms in values) / len(values)
        yield site, channel, 10.0 * math.log10(mean)


def percentiles():
    for site, values in select(f"SELECT site, list(rms) FROM {table('4096')} GROUP BY ALL ORDER BY site"):
        levels = [decibels(rms) for rms in values]
        yield site, *(percentile(levels, 100.0 - percent) for percent in (90.0, 50.0, 10.0))


def whole_files():
    return select(f"""SELECT file, channel, frames, sum::HUGEINT, sum_squares::HUGEINT, rms, peak
                  FROM {table('file')} ORDER BY file, channel""")


def two_hours():
    return select(f"""SELECT COUNT(*), SUM(sum_squares)::HUGEINT, SUM(frames)::HUGEINT FROM {table('1s')} WHERE channel = 1
                  AND epoch_us(start_time::TIMESTAMPTZ) >= epoch_us(TIMESTAMP '2024-05-01 23:00:00')
                  AND epoch_us(start_time::TIMESTAMPTZ) < epoch_us(TIMESTAMP '2024-05-02 01:00:00')""")


def recordings():
    return select(f"""SELECT site, deployment, COUNT(*), SUM(frames)::HUGEINT, SUM(channels)::HUGEINT, COUNT(error)
                  FROM {table('1s', 'recordings')} GROUP BY ALL ORDER BY site, deployment""")


def errors():
    return select(f"SELECT site, file FROM {table('1s', 'errors')} ORDER BY file")


def encodings():
    return select(f"""SELECT r.container, r.encoding, COUNT(*), SUM(a.sum_squares)::HUGEINT, SUM(a.clipped)::HUGEINT
                  FROM {table('1s')} a JOIN {table('1s', 'recordings')} r ON a.file = r.file GROUP BY ALL ORDER BY r.container, r.encoding""")


QUERIES = [
    sums_per_file, levels_per_site, frames_per_hour, equivalent_levels, percentiles, whole_files, two_hours, recordings, errors, encodings,
]
for number, query in enumerate(QUERIES):
    print(f"query {number}")
    for row in query():
        print(",".join("" if value is None else repr(value) if isinstance(value, float) else str(value) for value in row))
