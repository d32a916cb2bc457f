"""One process of the same study in Optuna, with its SQLite storage or with its journal."""

import json
import os
import resource
import sys
import time

import optuna
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

kind, place, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
optuna.logging.set_verbosity(optuna.logging.ERROR)
os.makedirs(place, exist_ok=True)
if kind == "optuna-sqlite":
    storage = RDBStorage(f"sqlite:///{place}/study.db")
else:
    storage = JournalStorage(JournalFileBackend(f"{place}/journal.log"))
study = optuna.create_study(
    study_name="bench", storage=storage, sampler=optuna.samplers.RandomSampler(seed=1), load_if_exists=True
)
if count == 0:  # several processes that create one study at the same moment refuse each other
    sys.exit()
told, times, errors = [], [], []
started = time.monotonic()
while True:
    try:
        trial = study.ask()
        if trial.number >= count:
            break
        x, y = trial.suggest_float("x", -1, 1), trial.suggest_float("y", -1, 1)
        study.tell(trial, x * x + y * y)
    except Exception as error:  # what a storage refuses is what is counted
        errors.append(str(error).splitlines()[0])
        if len(errors) > count:
            break
        continue
    told.append(trial.number)
    times.append(time.monotonic() - started)
tenth = max(1, len(times) // 10)
json.dump(
    {
        "told": told,
        "seconds": time.monotonic() - started,
        "first": 1000 * times[tenth - 1] / tenth if times else 0,
        "last": 1000 * (times[-1] - times[-1 - tenth]) / tenth if len(times) > tenth else 0,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
        "errors": errors,
    },
    sys.stdout,
)
