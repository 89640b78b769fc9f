"""Names as families have them, in the letters of the people who live here, and as keyboards write them. Seeded."""

import random
import unicodedata
from collections.abc import Callable, Iterator
from typing import Literal

LONGEST = 200

PARTS = (
    "O'Neill", "O\N{RIGHT SINGLE QUOTATION MARK}Dea", "D'Angelo", "N'Golo", "\u02bbAlohilani",
    "Zoë", "Chloé", "Siân", "Ångström", "Muñoz", "Łukasz", "Dvořák", "Šárka", "Gülşen", "İpek",
    "Iğdır", "Straße", "ẞ", "Æthelflæd", "Œdipe", "ﬁona", "ﬀion", "Ĳsbrand", "Ŵyn", "Llŷr", "Tŷ",
    "Ŵ", "Hŷw", "Nguyễn", "Thị", "Phượng", "Đặng", "Quỳnh", "Trần", "Ưu", "Seán", "Caoimhín",
    "Ó Súilleabháin", "Mac Giolla Phádraig", "van der Meer", "de la Cruz", "al-Khalīl", "Bint Abī",
    "Smith-Jones", "Lloyd\N{NON-BREAKING HYPHEN}George", "Fitz\N{SOFT HYPHEN}gerald", "St.John",
    "X", "y", "Ø", "李", "李雷", "陳\N{IDEOGRAPHIC SPACE}小明", "さくら", "サクラ", "ｻｸﾗ", "김민준",
    "박", "Αλέξανδρος", "Ἀθηνᾶ", "Олександр", "Ґалаґан", "Юлия", "Ћирић", "שָׁלוֹם", "רחל", "محمد",
    "فاطمة", "علی\u200cرضا", "یوسف", "גִּיל", "प्रिया", "श्रीराम", "க்ஷேத்ரா", "ประเสริฐ", "ສົມ", "သူ",
    "ကျော်", "አበበ", "ᐃᓄᒃ", "Գարեգին", "ქეთევან", "Ọláṣubọ̀mí", "Ṣọlá", "Ẽ̀", "M\u0303", "ŋgarẽ",
    "ǃXóõ", "ǁGana", "Kʼinichʼ", "👶", "👶🏽", "👩🏾\u200d🍼", "👨\u200d👩\u200d👧",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", "❤\ufe0f", "\u200fדן\u200e",
    "Å", "K", "Ω", "e\u0301\u0323", "q\u0307\u0323", "𝒜lice", "𐌰𐌹𐍅𐌰", "½",
)  # fmt: skip
MARKS = "".join(map(chr, (*range(0x300, 0x315), 0x323, 0x327, 0x328, 0x331)))
SCRIPTS = ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x180), (0x1E00, 0x1F00), (0x370, 0x3FF), (0x400, 0x530), (0x5D0, 0x5EB),
           (0x620, 0x64B), (0x904, 0x93A), (0xAC00, 0xD7A4), (0x4E00, 0x9FFF), (0x1F600, 0x1F64F))  # fmt: skip


def letters(dice: random.Random, number: int) -> str:
    """Letters of one script, now and then with a mark upon one."""
    first, last = dice.choice(SCRIPTS)
    some = [chr(dice.randrange(first, last)) for _ in range(number)]
    assigned = [c for c in some if unicodedata.category(c) not in ("Cn", "Cs", "Cc")] or ["a"]
    return "".join(c + (dice.choice(MARKS) if dice.random() < 0.1 else "") for c in assigned)


SHAPES: tuple[Callable[[random.Random], str], ...] = (
    lambda dice: dice.choice(PARTS),
    lambda dice: " ".join(dice.choices(PARTS, k=2)),
    lambda dice: "-".join(dice.choices(PARTS, k=2)),
    lambda dice: " ".join(dice.choices(PARTS, k=dice.randrange(3, 6))),
    lambda dice: letters(dice, 1),
    lambda dice: letters(dice, dice.randrange(2, 12)),
    lambda dice: f"{letters(dice, 6)} {letters(dice, 9)}",
    lambda dice: letters(dice, dice.randrange(100, 150)),
    lambda dice: "'".join((letters(dice, 1), letters(dice, 7))),
)
FORMS: tuple[Literal["NFC", "NFD"] | None, ...] = ("NFC", "NFD", None)
"""As a keyboard writes it: composed, decomposed, or as it comes."""


def names(seed: int) -> Iterator[str]:
    dice = random.Random(seed)
    while True:
        name = dice.choice(SHAPES)(dice)
        form = dice.choice(FORMS)
        name = unicodedata.normalize(form, name) if form else name
        if len(kept(name)) <= LONGEST:
            yield dice.choice(("", "", " ", "\t")) + name


def kept(name: str) -> str:
    """What is to be found of a name, to the letter: composed, without the blanks around it."""
    return unicodedata.normalize("NFC", name.strip())
