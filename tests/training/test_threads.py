from lgm_core.training.settings import TrainSettings
from lgm_core.training.threads import useful_threads


def test_small_steps_take_one_thread_and_large_ones_what_there_is():
    assert useful_threads(TrainSettings(), 8) == 1
    assert useful_threads(TrainSettings(batch_size=256), 8) == 8
    assert useful_threads(TrainSettings(network="paper"), 8) == 8
    assert useful_threads(TrainSettings(network="paper"), 0) == 1
