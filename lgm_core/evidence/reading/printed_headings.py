"""The headings of bibliographies, and of what may follow them, in the languages papers use."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60  #: characters of a heading; what follows a list may say more in its own
_ENGLISH = (
    "references|references and notes|references cited|reference list|list of references|"
    "bibliography|literature|literature cited|works cited|cited literature|cited references|"
    "notes and references|selected references|selected bibliography|selected literature"
)
_LATIN = (
    "references bibliographiques|bibliographie|ouvrages cites|references citees|"
    "literatur|literaturverzeichnis|literaturangaben|literaturhinweise|quellen|"
    "quellenverzeichnis|referenzen|schrifttum|bibliografie|literatur und quellen|"
    "referencias|referencias bibliograficas|bibliografia|literatura citada|obras citadas|"
    "bibliografia citada|referencies|referencies bibliografiques|"
    "riferimenti|riferimenti bibliografici|opere citate|letteratura citata|"
    "literatuur|literatuurlijst|referenties|bronnen|referentielijst|"
    "referenser|referensar|litteratur|litteraturforteckning|kallor|kallforteckning|referanser|"
    "litteraturliste|litteraturhenvisninger|kilder|referencer|lahteet|lahdeluettelo|"
    "kirjallisuus|viitteet|heimildir|kirjandus|kasutatud kirjandus|literatura|"
    "spis literatury|pismiennictwo|seznam literatury|pouzita literatura|zoznam literatury|"
    "popis literature|viri in literatura|viri|literaturos sarasas|irodalom|irodalomjegyzek|"
    "hivatkozasok|felhasznalt irodalom|referinte|referinte bibliografice|kaynaklar|kaynakca|"
    "daftar pustaka|daftar rujukan|rujukan|tai lieu tham khao"
)
_OTHER = (
    "литература|список литературы|список использованной литературы|библиография|"
    "список источников|библиографический список|список использованных источников|"
    "литература и источники|література|список літератури|перелік посилань|"
    "βιβλιογραφια|αναφορες|参考文献|參考文獻|引用文献|引用文獻|文献|参考资料|参考書目|참고문헌|인용문헌|"
    "المراجع|مراجع|المصادر|منابع|מקורות|ביבליוגרפיה"
)
_AFTER = (
    "appendice|annexe|annexes|remerciements|financement|anhang|danksagung|forderung|anexo|"
    "anexos|apendice|agradecimientos|financiacion|agradecimentos|financiamento|ringraziamenti|"
    "finanziamenti|allegato|bijlage|bijlagen|dankwoord|tack|takk|dodatek|podziekowania|"
    "приложение|приложения|благодарности|финансирование|附录|附錄|致谢|致謝|付録|謝辞|부록|감사의글"
)
_NUMBER = re.compile(
    r"\A(?:(?:\d{1,2}|[ivx]{1,5}|[a-z])[.)]?\s+|[一二三四五六七八九十]{1,3}\s?[、.]\s?)(?=\S)"
)
_SET_APART = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Letters that do not come apart, and accents that a PDF prints beside theirs.
_LETTERS = str.maketrans({"ø": "o", "ı": "i"} | dict.fromkeys("´`¨ˆ˜¸", ""))
_EDGES = " .:：[]【】〔〕■*#"


def _plain(text: str) -> str:
    """Lower case without accents, number and edges; without spaces in scripts that need none."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = _NUMBER.sub("", re.sub(r"\s+", " ", letters).strip(_EDGES), count=1)
    return words.replace(" ", "") if _SET_APART.search(words) else words


_ENGLISH_LISTS = frozenset(_ENGLISH.split("|"))
_LISTS = _ENGLISH_LISTS | frozenset(map(_plain, f"{_LATIN}|{_OTHER}".split("|")))
_FURTHER = frozenset(map(_plain, _AFTER.split("|")))


def opens_list(text: str) -> bool:
    """Whether a line is the heading of a bibliography: "References", "5. Literatur", "参考文献"."""
    if len(text) > _LONGEST:
        return False
    # "literatura." in small letters may be the last line of a paragraph.
    return _plain(text) in (_ENGLISH_LISTS if text[:1].islower() else _LISTS)


def follows_list(text: str) -> bool:
    """Whether a line opens what may stand after a bibliography, in languages but English.

    "Anhang A" counts too.
    """
    plain = _plain(text[:_LONGEST])
    return plain in _FURTHER or plain.rpartition(" ")[0] in _FURTHER
