"""Attacks: pictures changed within a ball so that a classifier takes them for something else.

One attack a module, all called the same way: ``attack(model, images, labels, *, epsilon, ...)``
gives an :class:`AttackResult`.
"""

from lgm_core.attacks.adaptive import adaptive_pgd
from lgm_core.attacks.bim import bim
from lgm_core.attacks.fgsm import fgsm
from lgm_core.attacks.pgd import pgd
from lgm_core.attacks.result import AttackResult
from lgm_core.attacks.toolbox import carlini_wagner, deepfool

__all__ = ["AttackResult", "adaptive_pgd", "bim", "carlini_wagner", "deepfool", "fgsm", "pgd"]
