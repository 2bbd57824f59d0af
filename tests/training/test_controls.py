import pytest

from lgm_core.training.controls import Command, ControlsClosed, QueueControls, parse_command
from lgm_core.training.settings import Knobs, SettingsError


def test_a_command_turns_only_the_knobs_it_names():
    command = parse_command('{"knobs": {"lambda": 0.5}}')
    assert command.turn(Knobs(alpha=2)) == Knobs(alpha=2, lambda_=0.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"knobs": {"alpha": 4}}', "alpha is 4.0; allowed: 0 to 3"),
        ('{"knobs": {"alpha": "NaN"}}', "knobs"),
        ('{"knobs": {"seed": 1}}', "'seed' is not a setting"),
        ('{"knobs": {"lambda_": 0.5}}', "'lambda_' is not a setting"),
        ('{"action": "explode"}', "'play', 'pause', 'step' or 'stop'"),
        ('{"shell": "ls"}', "shell"),
        ("[]", "command"),
        ("{", "command"),
        (b"\xff", "command"),
    ],
)
def test_a_bad_command_is_refused_in_words(text, words):
    with pytest.raises(SettingsError, match=words.replace("[", r"\[")):
        parse_command(text)


def test_commands_come_in_order_and_all_at_once():
    controls = QueueControls()
    assert controls.take(wait=False) == []
    commands = [Command(action="step"), Command(knobs={"alpha": 1.0})]
    for command in commands:
        controls.give(command)
    assert controls.take(wait=True) == commands


def test_a_closed_end_is_told():
    controls = QueueControls()
    controls.close()
    with pytest.raises(ControlsClosed):
        controls.take(wait=False)
