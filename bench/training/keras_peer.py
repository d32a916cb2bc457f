"""The notebook's GAN in Python TensorFlow, timed: python keras_peer.py loop|function PATH_OF_U_DATA STEPS

`loop` makes the calls of the notebook's own loop (predict, and train_on_batch for each half and for the generator);
`function` is the same three Adam updates as one tf.function, the generator's pass made once as ours is. One thread. Prints one JSON line.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.random.set_seed(42)
random = np.random.default_rng(42)

MODE, PATH, STEPS = sys.argv[1], sys.argv[2], int(sys.argv[3])
USERS, ITEMS, LATENT, BATCH = 943, 1682, 10, 64
WARM_UP = 5
keras = tf.keras

matrix = np.zeros((USERS, ITEMS), "float32")
with open(PATH) as lines:
    for line in lines:
        user, item, rating, _ = line.split("\t")
        matrix[int(user) - 1, int(item) - 1] = (int(rating) - 1) / 4
embeddings = random.normal(size=(USERS, LATENT)).astype("float32")


def dense(sizes, output):
    hidden = [keras.layers.Dense(size, "relu") for size in sizes[:-1]]
    return [*hidden, keras.layers.Dense(sizes[-1], output)]


def network(inputs, layers):
    given = [keras.layers.Input((size,)) for size in inputs]
    value = keras.layers.Concatenate()(given)
    for layer in layers:
        value = layer(value)
    return keras.Model(given, value)


def notebook_loop():
    generator = network([LATENT, LATENT], dense([128, 256, ITEMS], "sigmoid"))
    discriminator = network([LATENT, ITEMS], dense([256, 128, 1], "sigmoid"))
    adam = lambda: keras.optimizers.Adam(2e-4, 0.5)
    discriminator.compile(loss="binary_crossentropy", optimizer=adam(), metrics=["accuracy"])
    # Each half moves the discriminator, as the notebook means to; combined, in which it stands still, is a model of its own.
    user, noise = keras.layers.Input((LATENT,)), keras.layers.Input((LATENT,))
    frozen = keras.models.clone_model(discriminator)
    frozen.trainable = False
    combined = keras.Model([user, noise], frozen([user, generator([user, noise])]))
    combined.compile(loss="binary_crossentropy", optimizer=adam())
    ones, zeros = np.ones((BATCH, 1)), np.zeros((BATCH, 1))

    def step():
        rows = random.integers(0, USERS, BATCH)
        users, z = embeddings[rows], random.normal(0, 1, (BATCH, LATENT))
        fake = generator.predict([users, z], verbose=0)
        discriminator.train_on_batch([users, matrix[rows]], ones)
        discriminator.train_on_batch([users, fake], zeros)
        combined.train_on_batch([users, z], ones)

    return step, lambda users: [
        generator.predict([embeddings[u : u + 1], random.normal(0, 1, (1, LATENT))], verbose=0) for u in users
    ]


def one_function():
    generator = keras.Sequential([keras.layers.Input((2 * LATENT,)), *dense([128, 256, ITEMS], "sigmoid")])
    discriminator = keras.Sequential([keras.layers.Input((LATENT + ITEMS,)), *dense([256, 128, 1], None)])
    move_g, move_d = keras.optimizers.Adam(2e-4, 0.5), keras.optimizers.Adam(2e-4, 0.5)
    move_g.build(generator.trainable_variables)
    move_d.build(discriminator.trainable_variables)
    ratings, conditions = tf.constant(matrix), tf.constant(embeddings)

    def cross_entropy(label, logits):
        labels = label * tf.ones_like(logits)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))

    @tf.function
    def update():
        rows = tf.random.uniform([BATCH], 0, USERS, tf.int32)
        users, real = tf.gather(conditions, rows), tf.gather(ratings, rows)
        given = tf.concat([users, tf.random.normal([BATCH, LATENT])], 1)
        with tf.GradientTape() as generating:
            fake = generator(given)
        losses = []
        for items, label in ((real, 1.0), (fake, 0.0)):
            with tf.GradientTape() as tape:
                loss = cross_entropy(label, discriminator(tf.concat([users, items], 1)))
            move_d.apply_gradients(zip(tape.gradient(loss, discriminator.trainable_variables), discriminator.trainable_variables))
            losses.append(loss)
        with generating:
            loss = cross_entropy(1.0, discriminator(tf.concat([users, fake], 1)))
        move_g.apply_gradients(zip(generating.gradient(loss, generator.trainable_variables), generator.trainable_variables))
        return (losses[0] + losses[1]) / 2, loss

    return lambda: [float(value) for value in update()], None


def rank(scores, user, ks=(5, 10, 20)):
    """What the notebook's evaluation does with one user's scores."""
    actual = set(np.where(matrix[user] > 0)[0])
    ranked = np.argsort(scores.flatten())[::-1]
    for k in ks:
        hits = len(set(ranked[:k]) & actual)
        sum(1 / np.log2(i + 2) for i, item in enumerate(ranked[:k]) if item in actual)
        _ = hits / k


step, score = notebook_loop() if MODE == "loop" else one_function()
for _ in range(WARM_UP):
    step()
times, cpu = [], time.process_time()
for _ in range(STEPS):
    began = time.perf_counter()
    step()
    times.append((time.perf_counter() - began) * 1000)
result = {
    "msPerStep": sum(times) / STEPS,
    "undisturbedMs": sorted(times)[(STEPS - 1) // 20],
    "cpuMsPerStep": (time.process_time() - cpu) * 1000 / STEPS,
    "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}
if score is not None:
    sample = range(40)
    score(range(3))
    began = time.perf_counter()
    for user, scores in zip(sample, score(sample)):
        rank(scores, user)
    result["evaluationMs"] = (time.perf_counter() - began) * 1000 * USERS / len(sample)
print(json.dumps(result))
