"""Logs the same runs with MLflow's own client into SQLite in this process: no server, no network.

    mlflow_peer.py FOLDER RUNS POINTS LISTED < runs.json

Prints the processor and wall seconds of the runs without their points, of the points, and of the list of the best 20 of
LISTED runs: the same ones, copied by SQL until there are so many.
"""
import json, os, sqlite3, sys, time

folder, runs, points, listed = sys.argv[1], *map(int, sys.argv[2:])
os.makedirs(folder, exist_ok=True)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

from mlflow import MlflowClient, __version__
from mlflow.entities import Metric, Param, RunTag

client = MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
experiment = client.create_experiment("bench")  # makes the database


def clock():
    return time.process_time(), time.perf_counter()


def spent(begin):
    cpu, wall = clock()
    return dict(cpu=cpu - begin[0], wall=wall - begin[1])


def add(total, one):
    return {key: total.get(key, 0) + one[key] for key in one}


bare, series = {}, {}
now = int(time.time() * 1000)
for run in json.load(sys.stdin)[:runs]:
    begin = clock()
    tags = {"retrial.config_hash": run["hash"]}
    id = client.create_run(experiment, tags=tags, start_time=now).info.run_id
    params = [Param(key, str(value)) for key, value in run["params"].items()]
    metrics = [Metric(key, value, now, 0) for key, value in run["metrics"].items()]
    client.log_batch(id, metrics=metrics, params=params)
    client.set_terminated(id)
    bare = add(bare, spent(begin))
    begin = clock()
    for first in range(1, points + 1, 1000):  # at most so many a call
        steps = range(first, min(points, first + 999) + 1)
        client.log_batch(id, metrics=[Metric("train.loss", 1 / step, now, step) for step in steps])
    series = add(series, spent(begin))

with sqlite3.connect(f"{folder}/mlflow.db") as db:
    for table in ("runs", "params", "tags", "latest_metrics"):
        columns = [column[1] for column in db.execute(f"PRAGMA table_info({table})")]
        copied = ", ".join("run_uuid || ?1" if column == "run_uuid" else column for column in columns)
        for copy in range(1, listed // runs):
            db.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table} WHERE length(run_uuid) = 32", (f"-{copy}",))
assert len(client.search_runs([experiment], max_results=50000)) == listed // runs * runs

lists = []
for _ in range(5):
    begin = clock()
    best = client.search_runs([experiment], order_by=["metrics.`evaluate.ndcg_at_10` DESC"], max_results=20)
    assert len(best) == min(20, listed)
    lists.append(spent(begin))
print(json.dumps(dict(version=__version__, bare=bare, series=series, list=sorted(lists, key=lambda one: one["cpu"])[2])))
