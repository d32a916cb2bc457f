"""Optuna's samplers at their defaults: python optuna_peer.py MODE …, one JSON line on stdout.

best SAMPLER FUNCTION TRIALS SEED,…    the least value for each seed
cost SAMPLER FUNCTION COUNT,… REPEATS  processor ms of a suggestion after each count of trials, medians
check                                  stdin: {function: [{x, value}]}; fails where a value is another here
p-values                               stdin: [[[value], [value]]]; two-sided Mann-Whitney p of each pair

One thread.
"""

import json
import os
import statistics
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"
warnings.simplefilter("ignore")
import numpy as np
import optuna
from optuna import samplers
from scipy.stats import mannwhitneyu

optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "random": lambda seed: samplers.RandomSampler(seed=seed),
    "qmc": lambda seed: samplers.QMCSampler(seed=seed, scramble=True),
    "tpe": lambda seed: samplers.TPESampler(seed=seed),
    "tpe-univariate": lambda seed: samplers.TPESampler(seed=seed, multivariate=False),
    "cmaes": lambda seed: samplers.CmaEsSampler(seed=seed),
    "gp": lambda seed: samplers.GPSampler(seed=seed),
}

HARTMANN_WEIGHTS = np.array([1, 1.2, 3, 3.2])
HARTMANN_SCALES = np.array([
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
])
HARTMANN_CENTRES = np.array([
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
])


def branin(x):
    valley = x[1] - 5.1 / (4 * np.pi**2) * x[0] ** 2 + 5 / np.pi * x[0] - 6
    return valley**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x[0]) + 10


def hartmann6(x):
    return -HARTMANN_WEIGHTS @ np.exp(-(HARTMANN_SCALES * (x - HARTMANN_CENTRES) ** 2).sum(axis=1))


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def ackley(x):
    return -20 * np.exp(-0.2 * np.sqrt((x**2).mean())) - np.exp(np.cos(2 * np.pi * x).mean()) + 20 + np.e


FUNCTIONS = {
    "branin": (branin, [(-5, 10), (0, 15)]),
    "hartmann-6": (hartmann6, [(0, 1)] * 6),
    "rosenbrock-5": (rosenbrock, [(-5, 10)] * 5),
    "ackley-5": (ackley, [(-32.768, 32.768)] * 5),
}


def suggest(trial, ranges):
    return np.array([trial.suggest_float(f"x{at}", low, high) for at, (low, high) in enumerate(ranges)])


def best(sampler, name, trials, seeds):
    function, ranges = FUNCTIONS[name]
    bests = []
    for seed in seeds:
        study = optuna.create_study(sampler=SAMPLERS[sampler](seed))
        study.optimize(lambda trial: function(suggest(trial, ranges)), n_trials=trials)
        bests.append(study.best_value)
    return bests


def cost(sampler, name, counts, repeats):
    function, ranges = FUNCTIONS[name]
    study = optuna.create_study(sampler=SAMPLERS[sampler](1))
    random = np.random.default_rng(2)
    distributions = {f"x{at}": optuna.distributions.FloatDistribution(*ends) for at, ends in enumerate(ranges)}

    def ask():
        began = time.process_time()
        trial = study.ask()
        x = suggest(trial, ranges)
        took = time.process_time() - began
        study.tell(trial, function(x))
        return 1000 * took

    def add():
        x = np.array([random.uniform(*ends) for ends in ranges])
        params = {f"x{at}": value for at, value in enumerate(x)}
        study.add_trial(optuna.create_trial(params=params, distributions=distributions, value=function(x)))

    costs = []
    for count in counts:
        while len(study.get_trials(deepcopy=False)) < count:
            ask() if sampler == "cmaes" else add()  # its state comes from the points it proposed
        costs.append(statistics.median(ask() for _ in range(repeats)))
    return costs


def check(points):
    for name, given in points.items():
        for point in given:
            np.testing.assert_allclose(FUNCTIONS[name][0](np.array(point["x"])), point["value"], rtol=1e-9)
    return optuna.__version__


def numbers(text):
    return [int(number) for number in text.split(",")]


mode, *args = sys.argv[1:]
if mode == "best":
    result = best(args[0], args[1], int(args[2]), numbers(args[3]))
elif mode == "cost":
    result = cost(args[0], args[1], numbers(args[2]), int(args[3]))
elif mode == "check":
    result = check(json.load(sys.stdin))
else:
    result = [float(mannwhitneyu(*pair).pvalue) for pair in json.load(sys.stdin)]
print(json.dumps(result))
