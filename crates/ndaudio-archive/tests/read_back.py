"""Reads an export back with DuckDB and pandas, and prints sums that integers and floats of any engine must equal.

    python tests/read_back.py OUT            # CSV of site, channel, frames, sum, sum_squares, clipped, windows, files, errors

DuckDB reads the whole layout with its partitions; pandas must find the same rows.
"""

import sys

import duckdb
import pandas

out = sys.argv[1]
duck = duckdb.connect()
table = lambda name: f"read_parquet('{out}/{name}/**/*.parquet', hive_partitioning = true, union_by_name = true)"
rows = duck.sql(f"""
    SELECT site, channel, SUM(frames)::HUGEINT, SUM(sum)::HUGEINT, SUM(sum_squares)::HUGEINT, SUM(clipped)::HUGEINT,
           COUNT(*), COUNT(DISTINCT file), MAX(rms), MIN(mean_square)
    FROM {table('audio')} GROUP BY site, channel ORDER BY site, channel
""").fetchall()
errors = duck.sql(f"SELECT COUNT(*) FROM {table('errors')}").fetchall()[0][0]
recordings = duck.sql(f"SELECT COUNT(*) FROM {table('recordings')}").fetchall()[0][0]

frame = pandas.read_parquet(f"{out}/audio")
assert len(frame) == sum(row[6] for row in rows), "pandas and DuckDB find other numbers of rows"
by_pandas = frame.groupby(["site", "channel"], observed=True)["sum_squares"].sum()
for site, channel, _, _, squares, *_ in rows:
    assert int(by_pandas[(site, channel)]) == squares, (site, channel)

print("site,channel,frames,sum,sum_squares,clipped,windows,files,max_rms,min_mean_square")
for row in rows:
    print(",".join(str(value) for value in row))
print(f"recordings,{recordings},errors,{errors}")
