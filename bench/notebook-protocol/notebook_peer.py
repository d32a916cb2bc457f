"""Runs the notebook's own cells, with named patches, and measures beside them; prints one JSON line.

    python notebook_peer.py --notebook FILE --ratings PATH_OF_U_DATA [--seed 42] [--patch print,optimiser,unfreeze]

FILE is the .ipynb, or its text with a line `In [None]:` before each cell of code. A cell that fails ends it, and is
reported. `data` and `seed` are patched always; a patch whose text the notebook does not have once is an error.
"""

import argparse
import contextlib
import json
import os
import re
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["MPLBACKEND"] = "Agg"

options = argparse.ArgumentParser()
options.add_argument("--notebook", required=True)
options.add_argument("--ratings", required=True)
options.add_argument("--seed", type=int, default=42)
options.add_argument("--patch", default="")
options.add_argument("--until", default="", help="the last cell to run is the one that first has this text")
options.add_argument("--result", help="a file for the last of each curve and the scores: it is a stage of pipeline.yaml")
options.add_argument("--references", action="store_true", help="popularity and chance by the notebook's own function")
ASKED = options.parse_args()

PATCHES = {
    # The download, which is pinned to nothing, becomes a file that is there.
    "data": [("'http://files.grouplens.org/datasets/movielens/ml-100k/u.data'", repr(ASKED.ratings))],
    "seed": [("np.random.seed(42)", f"np.random.seed({ASKED.seed})"), ("set_seed(42)", f"set_seed({ASKED.seed})")],
    # Under early Keras 3 the loss of `combined` is a list, which has no format .4f.
    "print": [("{g_loss:.4f}", "{np.ravel(g_loss)[0]:.4f}")],
    # One Adam for two models: it refuses the weights of the second where it knows those of the first.
    "optimiser": [
        (
            "combined.compile(loss='binary_crossentropy', optimizer=optimizer)",
            "combined.compile(loss='binary_crossentropy', optimizer=tf.keras.optimizers.Adam(LEARNING_RATE, BETA_1))",
        )
    ],
    # Keras 3 asks at training, and not at compiling, what is trainable.
    "unfreeze": [
        ("# --- Train discriminator ---", "discriminator.trainable = True"),
        ("# --- Train generator ---", "discriminator.trainable = False"),
    ],
}


def cells_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.lstrip().startswith("{"):
        return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    # Where a cell of text follows one of code, it begins with a heading.
    return [re.split(r"(?m)^## ", part)[0] for part in re.split(r"(?m)^In \[.*\]:\n", text)[1:]]


def patched(cells, name):
    for old, new in PATCHES[name]:
        found = sum(cell.count(old) for cell in cells)
        if found != 1:
            raise SystemExit(f"patch {name}: the notebook has {old!r} {found} times, not once")
        cells = [cell.replace(old, new) for cell in cells]
    return cells


def watch(names, seen):
    """Notes with each call of the discriminator's training how many of its weights Keras takes for trainable."""
    discriminator = names["discriminator"]
    train = discriminator.train_on_batch
    seen["first"] = discriminator.get_weights()

    def watched(*args, **keywords):
        seen["trainable"] = sum(int(names["np"].prod(weight.shape)) for weight in discriminator.trainable_weights)
        return train(*args, **keywords)

    discriminator.train_on_batch = watched


def moved(names, seen):
    now = names["discriminator"].get_weights()
    return {
        "weights": sum(weight.size for weight in now),
        "trainable": seen.get("trainable"),
        "moved": sum(int((a != b).sum()) for a, b in zip(seen["first"], now)),
        "drawn": float(sum(abs(weight).sum() for weight in seen["first"])),
    }


def run(cells):
    """Every cell in turn. Returns the names they made, what was seen of the discriminator, and what failed."""
    names, seen = {"__name__": "__main__"}, {}
    for number, cell in enumerate(cells, 1):
        if "evaluate_topk(" in cell:
            names["generator"] = Direct(names["tf"], names["generator"])
        try:
            exec(compile(cell, f"cell {number}", "exec"), names)
        except Exception as error:
            lines = str(error).strip().splitlines()
            known = [line.strip() for line in lines if re.match(r"\s*\w*Error: ", line)]
            text = known[-1] if known else f"{type(error).__name__}: {lines[0] if lines else ''}"
            return names, seen, {"cell": number, "error": text.split(". ")[0]}
        if "combined" in names and "first" not in seen:
            watch(names, seen)
        if ASKED.until and ASKED.until in cell:
            break
    return names, seen, None


def curve(names):
    """What the notebook keeps of each step, in so far as it is of that step alone."""
    np = names["np"]
    columns = zip(names.get("d_losses", []), names.get("d_accs", []), names.get("g_losses", []))
    return [
        {"step": step, "d_loss": float(d), "d_accuracy": float(a), "g_loss": float(np.ravel(g)[0])}
        for step, (d, a, g) in enumerate(columns, 1)
    ]


def scores_of(frame):
    return {f"{metric.lower()}{k}": float(frame[k][metric]) for k in frame for metric in frame.index}


class Direct:
    """The generator, asked for one user after the other without all that `predict` sets up each time."""

    def __init__(self, tf, model):
        self.tf, self.model = tf, model

    def predict(self, inputs, verbose=0):
        return self.model([self.tf.constant(one, "float32") for one in inputs], training=False).numpy()


class Scored:
    """Stands in for the generator in the notebook's evaluation."""

    def __init__(self, scores):
        self.scores = scores

    def predict(self, _inputs, verbose=0):
        return self.scores()


def references(names):
    np, matrix = names["np"], names["interaction_matrix"]
    judge = lambda scores: scores_of(names["evaluate_topk"](Scored(scores), names["user_embeddings"], matrix))
    popularity = (matrix > 0).sum(axis=0).astype(float)
    return {"popularity": judge(lambda: popularity), "random": judge(lambda: np.random.random(matrix.shape[1]))}


chosen = ["data", "seed", *filter(None, ASKED.patch.split(","))]
source = cells_of(ASKED.notebook)
for name in chosen:
    source = patched(source, name)
with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(sys.stderr):
    warnings.simplefilter("always")
    names, seen, failed = run(source)
    result = {
        "tensorflow": names["tf"].__version__,
        "keras": sys.modules["tf_keras" if os.environ.get("TF_USE_LEGACY_KERAS") else "keras"].__version__,
        "failed": failed,
        "warnings": sorted({str(one.message).strip() for one in caught if "trainable" in str(one.message)}),
        "discriminator": moved(names, seen) if "first" in seen else None,
        "curve": curve(names),
        "scores": scores_of(names["eval_df"]) if "eval_df" in names else None,
        "references": references(names) if ASKED.references and failed is None else None,
    }
if ASKED.result:
    with open(ASKED.result, "w", encoding="utf-8") as file:
        told = {f"discriminator_{name}": value for name, value in (result["discriminator"] or {}).items()}
        json.dump({**(result["scores"] or {}), **told}, file)
    with open(os.environ["RETRIAL_METRICS"], "a", encoding="utf-8") as file:
        file.writelines(json.dumps(point) + "\n" for point in result["curve"])
if ASKED.result and failed:
    raise SystemExit(f"cell {failed['cell']}: {failed['error']}")
print(json.dumps(result))
