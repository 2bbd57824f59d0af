"""Digits, networks and loop of the stand-alone script, as text."""

from __future__ import annotations

from inspect import getsource

from lgm_core.networks.digits import (
    NETWORKS,
    PIXEL_MEAN,
    PIXEL_STD,
    normalise,
)

BUNDLED = '''\
def load_digits():
    """5,000 MNIST digits: 400 a class to train with, 100 a class to test with."""
    images, labels = mnist_data()
    images = images.reshape(-1, 28, 28).astype(np.uint8)
    labels = labels.astype(np.int64)
    # Of each class, the first fifth in a fixed random order is for testing.
    order = np.random.default_rng(0).permutation(len(labels))
    for_test = np.zeros(len(labels), bool)
    for k in range(10):
        members = order[labels[order] == k]
        for_test[members[: round(0.2 * len(members))]] = True
    train, test = order[~for_test[order]], order[for_test[order]]
    return images[train], labels[train], images[test], labels[test]
'''

FULL = '''\
FILES = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def load_digits():
    """Full MNIST: 60,000 digits to train with, 10,000 to test with."""
    if len(sys.argv) != 2:
        sys.exit(
            f"usage: python {sys.argv[0]} FOLDER\\n"
            f"FOLDER holds MNIST's four files, unpacked: {', '.join(FILES)}."
        )
    folder = Path(sys.argv[1])
    arrays = []
    for name, md5 in FILES.items():
        data = (folder / name).read_bytes()
        if hashlib.md5(data).hexdigest() != md5:
            sys.exit(f"{name} is not MNIST's: its md5 is not {md5}.")
        # IDX: three bytes, the number of axes, and each axis's length as a big-endian int32.
        axes = data[3]
        shape = np.frombuffer(data, ">i4", axes, offset=4)
        arrays.append(np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape).copy())
    train_images, train_labels, test_images, test_labels = arrays
    return train_images, train_labels.astype(np.int64), test_images, test_labels.astype(np.int64)
'''

OWN = '''\
def load_digits():
    """A set of one's own, as the lab prepared and divided it (Export: digits as .npz)."""
    if len(sys.argv) != 2:
        sys.exit(
            f"usage: python {sys.argv[0]} DIGITS.npz\\n"
            "This run was trained on a set of its owner's. DIGITS.npz is what the lab exports for "
            "it: train_images and test_images, uint8 [N, 28, 28], and train_labels and "
            "test_labels, int64 [N]."
        )
    with np.load(sys.argv[1], allow_pickle=False) as file:
        return tuple(
            file[name] for name in ("train_images", "train_labels", "test_images", "test_labels")
        )
'''

ACCURACY = '''\
@torch.inference_mode()
def accuracy(network, loss, images, labels):
    """Share of digits whose largest logit, without any margin, is their class's."""
    right = 0
    network.eval()
    for some, their_labels in zip(images.split(500), labels.split(500)):
        right += (loss.logits(network(normalise(some))).argmax(1) == their_labels).sum().item()
    network.train()
    return right / len(labels)
'''

STEPPED = '''\
def margin_at(epoch):
    """The margin of an epoch: 0.1, doubled with each quarter of the run, ALPHA at most."""
    return min(ALPHA, 0.1 * 2.0 ** int(4 * epoch / EPOCHS))
'''

_TRAIN_BEGIN = '''\
def train():
    """Trains, prints the accuracy after each epoch, returns the network and the loss."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    arrays = [torch.from_numpy(array).to(device) for array in load_digits()]
    images, labels, test_images, test_labels = arrays

    torch.manual_seed(SEED)
    # Channels last: half again as many images a second through small convolutions.
    network = $network(FEATURE_DIM).to(device, memory_format=torch.channels_last)
    # The loss draws from a seed of its own: whatever the loss, the network starts the same.
    torch.manual_seed(SEED + 1)
    loss = Loss(NUM_CLASSES).to(device)
    order = torch.Generator().manual_seed(SEED)

    parameters = [*network.parameters(), *loss.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, fused=True)
    batches = max(1, len(images) // BATCH_SIZE)
    for epoch in range(EPOCHS):
        shuffled = torch.randperm(len(images), generator=order)
        for batch in range(batches):
'''

_MARGIN = """\
            loss.alpha = margin_at((epoch * batches + batch) / batches)
"""

_DECAY = """\
            done = math.pi * (epoch * batches + batch) / (EPOCHS * batches)
            for group in optimizer.param_groups:
                group["lr"] = LEARNING_RATE * (0.5 * (1 + math.cos(done)))
"""

_TRAIN_END = """\
            digits = shuffled[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]
            features = network(normalise(images[digits]))
            value = loss(features, labels[digits])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        right = accuracy(network, loss, test_images, test_labels)
        print(f"epoch {epoch + 1:3d}  test accuracy {100 * right:.2f} %", flush=True)
    return network, loss


if __name__ == "__main__":
    train()
"""


#: Digits by the first word of their name.
DIGITS = {"bundled": BUNDLED, "full": FULL, "own": OWN}


def network_part(name: str) -> str:
    """The network and its input, in the very words of :mod:`lgm_core.networks.digits`."""
    pixels = f"PIXEL_MEAN, PIXEL_STD = {PIXEL_MEAN!r}, {PIXEL_STD!r}  # of MNIST, white = 1\n"
    return "\n\n".join([pixels, getsource(normalise), getsource(NETWORKS[name])])


def train_part(network: str, *, stepped: bool, decay: bool) -> str:
    """The loop; with a stepped margin, with a learning rate that falls along a cosine."""
    begin = _TRAIN_BEGIN.replace("$network", NETWORKS[network].__name__)
    return "".join([begin, _MARGIN if stepped else "", _DECAY if decay else "", _TRAIN_END])
