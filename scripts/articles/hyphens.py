"""Where long words of the articles may be divided at the end of a line."""

from __future__ import annotations

import re

_WORDS = (
    "accu-racy adap-tive adver-sarial align-ment aver-age base-line be-haviour bench-mark "
    "classi-fier classi-fication collec-tion combina-tion com-panion compari-son com-pared "
    "conclu-sion consis-tent convo-lutional contra-dict con-trary con-trast covari-ance "
    "covari-ances defen-ses den-sity detec-tion detec-tor detec-tors dimen-sions "
    "disap-pointed dis-cussion dis-tance dis-tances distri-bution distin-guishing "
    "distur-bance dis-turbed envi-ronments evalu-ated ex-amples expec-tation experi-ments "
    "fea-ture fea-tures gra-dient gra-dients geo-metric hand-written iden-tity impres-sion "
    "ingre-dient intro-duced iter-ated itera-tion knowl-edge land-marks like-lihood maxi-mum "
    "mea-sured measure-ments misalign-ment misclas-sified mix-ture net-work net-works "
    "obser-vation oppo-nent oppo-nents origi-nal pic-tures popu-lations proba-bility "
    "pro-jected pro-posed proto-col recog-nise recog-nition rela-tive repro-duce sepa-rated "
    "sepa-ration simi-lar soft-max statis-tics straight-ened straight-en suc-cesses "
    "suffi-cient super-vision surpris-ingly sys-tems tem-plate thresh-old toler-ance "
    "trans-former trans-formers trans-form train-ing unde-tected uncon-strained useful-ness "
    "verifi-cation"
)
_BREAKS = {word.replace("-", ""): word for word in _WORDS.split()}
_WORD = re.compile(r"[A-Za-z]{7,}")
SOFT = "\u00ad"


def with_soft_hyphens(text: str) -> str:
    """The text with a soft hyphen wherever a known long word may be divided."""
    return _WORD.sub(_divided, text)


def _divided(found: re.Match[str]) -> str:
    word = found.group()
    pattern = _BREAKS.get(word.lower())
    if pattern is None:
        return word
    at = pattern.index("-")
    return word[:at] + SOFT + word[at:]
