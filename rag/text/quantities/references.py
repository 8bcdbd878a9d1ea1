"""Numbers that name instead of counting: provisions, ordinals, and parts of names."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.text.quantities.numerals import arabic_forms, english, han_value, words
from rag.text.quantities.plain import Plain
from rag.text.quantities.values import Quantity

_ENGLISH_WORDS = {
    "article": "article articles art arts",
    "section": "section sections sec secs §",
    "subsection": "subsection subsections",
    "paragraph": "paragraph paragraphs para paras",
    "subparagraph": "subparagraph subparagraphs",
    "clause": "clause clauses",
    "subclause": "subclause subclauses",
    "rule": "rule rules",
    "chapter": "chapter chapters",
    "annex": "annex annexes annexure",
    "appendix": "appendix appendices",
    "schedule": "schedule schedules",
    "part": "part parts",
    "title": "title",
    "item": "item items",
    "point": "point",
    "recital": "recital recitals",
    "principle": "principle principles",
    "standard": "standard",
    "regulation": "regulation regulations",
    "directive": "directive directives",
    "decision": "decision decisions",
    "circular": "circular circulars",
    "notice": "notice notices",
    "resolution": "resolution resolutions",
    "law": "law laws",
    "act": "act",
    "decree": "decree decrees",
    "order": "order",
    "guideline": "guideline guidelines",
    "recommendation": "recommendation recommendations",
    "requirement": "requirement requirements",
    "finding": "finding",
    "case": "case",
    "table": "table tables",
    "figure": "figure figures",
    "chart": "chart charts",
    "box": "box",
    "footnote": "footnote footnotes",
    "note": "note notes",
    "page": "page pages p pp",
    "question": "question",
    "no": "no nos number nr №",
}  # fmt: skip
_ENGLISH = {form: name for name, forms in _ENGLISH_WORDS.items() for form in forms.split()}
_CONTINENTAL = {
    "artikel": "article",
    "artículo": "article",
    "articolo": "article",
    "artigo": "article",
    "absatz": "paragraph",
    "abschnitt": "section",
    "kapitel": "chapter",
    "anhang": "annex",
    "annexe": "annex",
    "chapitre": "chapter",
    "paragraphe": "paragraph",
    "règlement": "regulation",
    "verordnung": "regulation",
    "richtlinie": "directive",
}
WORDS = _ENGLISH | _CONTINENTAL
_PLURAL = frozenset(form for form in WORDS if form.endswith("s") and form not in {"os"}) | {
    "appendices"
}
# Words so common that only digits with more than a number, or a capital, make them references.
_COMMON = frozenset(
    words(
        "part title item point standard law act order case table figure chart box note notes notice p pp"
        " page pages question no nos number finding decision resolution requirement regulation"
    )
)
# Words after which no word for a number names: "article one" does, "order two" does not.
_NAMED_IN_WORDS = frozenset(words("article section chapter part annex schedule title rule clause"))
ARABIC_WORDS = {
    "ماده": "article", "مواد": "article", "مادتين": "article", "فقره": "paragraph",
    "فقرات": "paragraph", "بند": "clause", "بنود": "clause", "قسم": "section", "فصل": "chapter",
    "باب": "part", "ملحق": "annex", "مرفق": "annex", "جدول": "table", "قاعده": "rule",
    "تعميم": "circular", "قرار": "decision", "قانون": "law", "مرسوم": "decree", "مبدا": "principle",
    "نظام": "regulation", "لايحه": "regulation", "رقم": "no", "شكل": "figure", "صفحه": "page",
    "توصيه": "recommendation", "جزء": "part", "معيار": "standard", "توجيه": "directive",
}  # fmt: skip
_HAN_LEVELS = {
    "条": "article", "章": "chapter", "节": "section", "款": "paragraph", "项": "item", "目": "point",
    "篇": "part", "编": "part", "編": "part", "号": "no",
}  # fmt: skip
_JAPANESE_LEVELS = {"項": "paragraph", "项": "paragraph", "号": "item"}
_HAN_HEADS = {
    "附件": "annex", "附录": "appendix", "附表": "schedule", "别表": "annex", "别纸": "annex",
    "别添": "annex", "図表": "figure", "图表": "figure", "表": "table", "图": "figure",
    "図": "figure", "原则": "principle", "原則": "principle", "附注": "note", "専栏": "box",
    "专栏": "box", "規則": "rule", "规则": "rule",
}  # fmt: skip
_ROMAN = r"(?:x{1,3}(?:ix|iv|v?i{0,3})|ix|iv|v?i{1,3}|v|x)"
_NUMBER = rf"(?:[a-z]?[0-9]+(?:[.\-][0-9]+)*[a-z]?(?:-[0-9]+)?(?:[a-z]{{2,4}}\b)?|{_ROMAN}|[a-z])"
_SUFFIX = r"(?:\s?\((?:[0-9]{1,3}[a-z]?|[a-z]{1,2}|[ivx]{1,5})\))*"
_CODE = r"(?:\((?:eu|ec|eec|euratom)\)\s?)?(?:no\.?\s?)?"
_AFTER_WORD = re.compile(
    rf"\.?[ \t\u00a0]{{0,2}}(?:{_CODE}(?P<law>[0-9]{{1,4}}/[0-9]{{1,4}}(?:/[a-z]{{2,4}})?)"
    rf"|(?:no\.?\s?|nos\.?\s?|number\s|nr\.?\s?|№\s?|#\s?)?(?P<number>{_NUMBER}(?![a-z0-9])|(?=\())(?P<suffix>{_SUFFIX}))"
    r"(?P<year>\s(?:of|for)\s(?P<y>(?:19|20)[0-9]{2})(?![0-9]))?"
)
_MORE = re.compile(
    rf"(?P<joint>\s?,\s?(?:and\s|or\s)?|\s(?:and|or|to|through)\s|\s?[–&-]\s?|\s?[,،]\s?و?|\s?و\s?)(?P<number>\(?[0-9]+(?:\.[0-9]+)*[a-z]?\)?|{_ROMAN}(?!\w))(?P<suffix>{_SUFFIX})(?![0-9%]|[.,/][0-9]|[a-z\u4e00-\u9fff])"
)
_INNER = re.compile(
    r"\s?,?\s(?:sub-?)?(?:paragraphs?|para\.?|point|item)\s?(?P<number>[0-9]+[a-z]?|\([0-9a-z]{1,4}\))(?P<suffix>(?:\([0-9a-z]{1,4}\))*)(?![\w.])"
)
_INNER_ARABIC = re.compile(
    r"\s?[,،]?\s(?:من )?[وب]?(?:ال)?(?:فقره|بند)\s\(?(?P<number>[0-9]+)\)?(?![0-9])"
)
_ARABIC_NUMBER = re.compile(
    r"[ \u00a0]{1,2}(?:رقم\s)?(?P<law>[0-9]{1,4}/[0-9]{1,4}(?![0-9/])|(?!\())?(?P<number>(?<![0-9])\(?[0-9]+(?:[.\-][0-9]+)*\)?(?:\s?\([0-9ا-ي]{1,3}\))*)?"
    r"(?P<year>\s(?:ل?سنه|ل?عام)\s(?P<y>(?:19|20|14)[0-9]{2})(?![0-9]))?"
)
_HAN_N = r"(?:[0-9]+(?:[.\-][0-9]+)*|[〇零一二三四五六七八九十百千]+)"
_HAN_REFERENCE = re.compile(
    rf"第\s?(?P<n>{_HAN_N})\s?(?P<level>[条章节款项項号篇编編目])(?:之(?P<sub>{_HAN_N}))?(?:の(?P<sub2>{_HAN_N}))?"
)
_HAN_ORDINAL = re.compile(r"第\s?(?P<n>[0-9]+|[〇零一二三四五六七八九十百千两]+)")
_HAN_IDIOM = re.compile(r"第(?:三(?:方|者|人|国|世界)|一(?:线|时间|手|印象)|二天|三产业|一产业)")
_HAN_CLAUSE = re.compile(r"(?P<n>[一二三四五六七八九十百]+)、(?![一二三四五六七八九十])")
_BRACKETED = re.compile(
    r"\([0-9]{1,3}\)(?P<more>(?:\s?\((?:[a-z]{1,2}|[ivx]{1,5}|[0-9]{1,3})\))*)(?![0-9%])"
)
_POINTS_TO = re.compile(r"(?:^|\s)(?:in|under|to|with|of|at|by|see)\s\Z")
_ROMAN_CUSTOM = frozenset({"annex", "part", "chapter", "title"})
_NAMED_BY_YEAR = frozenset(words("law act regulation order decree rule standard directive"))
_HAN_HEAD = re.compile(
    rf"(?P<word>{'|'.join(sorted(_HAN_HEADS, key=len, reverse=True))})\s?第?(?P<n>{_HAN_N}(?:-[0-9]+)?)(?![0-9年月日个名家种次%万亿])"
)
_DOCUMENT = re.compile(r"[〔\[(](?P<year>(?:19|20)[0-9]{2})[〕\])]\s?第?(?P<n>[0-9]+)\s?号")

_ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ENGLISH_ORDINALS: dict[str, int] = {word: n for n, word in enumerate(_ORDINALS, 1)} | {
    word: 10 * n
    for n, word in enumerate(
        words("thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"), 3
    )
}
_ARABIC_ORDINAL_FORMS = (
    (1, "اول اولي"), (2, "ثاني ثانيه"), (3, "ثالث ثالثه"), (4, "رابع رابعه"), (5, "خامس خامسه"),
    (6, "سادس سادسه"), (7, "سابع سابعه"), (8, "ثامن ثامنه"), (9, "تاسع تاسعه"),
    (10, "عاشر عاشره"), (1, "حادي حاديه"), (20, "عشرون عشرين"), (30, "ثلاثون ثلاثين"),
    (40, "اربعون اربعين"), (50, "خمسون خمسين"), (60, "ستون ستين"), (70, "سبعون سبعين"),
    (80, "ثمانون ثمانين"), (90, "تسعون تسعين"),
)  # fmt: skip
_ARABIC_ORDINALS = {form: n for n, forms in _ARABIC_ORDINAL_FORMS for form in forms.split()}
ARABIC_ORDINAL_WORDS = frozenset(
    form for n, forms in _ARABIC_ORDINAL_FORMS if n <= 10 for form in forms.split()
)
_DIGIT_ORDINAL = re.compile(r"(?P<n>[0-9]+)(?:st|nd|rd|th)(?![a-z0-9])")
# What makes an ordinal part of another word: first-lien, third parties, second hand, at first.
_IDIOM = re.compile(
    r"(?:first|second|third|fourth|fifth)(?:[ -](?:part(?:y|ies)|lien|hand|rate|class|time|aid|instance|name|world"
    r"|guess\w*|nature|thought\w*|mover\w*|person|countr(?:y|ies))(?![a-z])|-[a-z]+|s(?![a-z])|ly(?![a-z]))"
)
_BEFORE_IDIOM = re.compile(r"(?:\bat|\ba|\bper|\beach|\bevery) \Z")
_ARABIC_IDIOM = re.compile(r"(?:طرف|اطراف|دول|دوله|جهه|جهات)\s+\S*\Z")
_FRACTION = re.compile(
    r"[- ](?P<part>half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)(?![a-z])"
)
_PARTS = {"hal": 2, "thi": 3, "qua": 4, "fou": 4, "fif": 5, "six": 6, "eig": 8, "ten": 10}

_NAMING = re.compile(
    r"(?:(?<![^\W_])(?:tier|level|stage|pillar|phase|category|class|version|type|basel|form|group|scenario|option|step"
    r"|wave|release|solvency|mifid|grade|bank|firm|branch|method|model|variant|team|room|building|floor|site"
    r"|wp|iso|ifrs|ias|isa|bcbs|soc|windows|web|covid|sars|g|v|u|iosco|pt|nist|sp|cobit|itil|tls|sha|md|aes)s?"
    r"|المرحله|المستوي|الفيه|الاصدار|كوفيد|بازل|阶段|巴塞尔|バーゼル)[ \u00a0-]?\Z"
)
_ACRONYM = re.compile(r"(?<![^\W_])[A-Z][A-Za-z&]*[A-Z][a-z]*(?:/[A-Z]+)?[ -]\Z")
_NEAR = 60
_NO_NAME = frozenset(
    words(
        "IN OF TO BY AT ON FY AND OR THE FOR WAS IS FROM UNTIL SINCE AH AD CE BC MORE THAN LESS OVER UP NO"
        " YEAR MONTH AM PM ALL ITS ARE WITH UNDER ABOUT MIN MAX TOTAL USD EUR GBP DEC JAN FEB MAR APR"
        " JUN JUL AUG SEP OCT NOV"
    )
)
_JOINED = re.compile(
    r"[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9_\u00c0-\u024f./:@#&=?+'-]*[A-Za-z0-9_\u00c0-\u024f])?"
)
_JOINED_BEFORE = re.compile(r"[A-Za-z_\u00c0-\u024f][A-Za-z0-9_\u00c0-\u024f./:@#&=?+-]*\Z")
# Letters fixed to digits so that both are a code: 20-F, 3D, 5G.
_LETTERS_FOLLOW = re.compile(
    r"[0-9]+(?:[-/][A-Z](?![a-z])|[A-Z]{1,3}(?![a-z])|[a-z]+[0-9]|[a-z](?![a-z\s.,;:)])"
    r"|-[0-9]+[A-Za-z])"
)
_ROMAN_NAME = re.compile(r"(?<=[a-zA-Z] )(?:II|III|IV|VI|VII|VIII|IX|XI|XII)(?![\w'’])")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def reference(text: Plain, pos: int) -> list[Quantity]:
    """The provisions named from the word at ``pos``: several for "Articles 7 and 8"."""
    low = text.low
    word = re.compile(r"(?:sub-)?[^\W\d_]+|[§№]+").match(low, pos)
    if word is None:
        return []
    stem = word[0].replace("sub-", "sub")
    name = WORDS.get(stem.rstrip("§№") or stem[:1])
    if name is not None:
        return _european(text, pos, word.end(), stem, name)
    arabic = next((ARABIC_WORDS[f] for f in arabic_forms(stem) if f in ARABIC_WORDS), None)
    return _arabic(text, pos, word.end(), arabic) if arabic else []


def _european(text: Plain, pos: int, end: int, word: str, name: str) -> list[Quantity]:
    low = text.low
    found = _AFTER_WORD.match(low, end)
    number, suffix = (found["number"], found["suffix"]) if found else (None, "")
    if found and found["law"]:
        return [Quantity(pos, found.end("law"), "reference", f"{name} {found['law']}")]
    if found is None or number is None or not _is_number(text, found, word):
        spelled = _in_words(text, end, name)
        return [spelled_at(pos, spelled)] if spelled else []
    if number == "" and not suffix:
        return []
    path = _path(_outer(name, number), suffix)
    stop = found.end("suffix")
    if name in _NAMED_BY_YEAR and re.fullmatch(r"(?:19|20)[0-9]{2}", number) and not suffix:
        # The Companies Regulations 2015 are named by their year.
        return [_name(text, pos, stop)] if text.cased[pos].isupper() else []
    if found["year"] and name in {"law", "act", "decree", "regulation", "decision", "no"}:
        return [Quantity(pos, found.end("year"), "reference", f"{name} {path}/{found['y']}")]
    if not suffix and name != "no" and (inner := _INNER.match(low, stop)):
        path, stop = f"{path}/{_path(inner['number'], inner['suffix'])}", inner.end()
    references = [Quantity(pos, stop, "reference", f"{name} {path}")]
    while word in _PLURAL and (more := _MORE.match(low, stop)):
        # "sections 3(1) and (2)": the second number stands in the place of the first one's last.
        outer = path.rpartition("/")[0] if more["number"].startswith("(") else ""
        own = _path(more["number"], more["suffix"])
        path = f"{outer}/{own}" if outer else own
        references.append(Quantity(more.start("number"), more.end(), "reference", f"{name} {path}"))
        stop = more.end()
    return references


def spelled_at(pos: int, found: Quantity) -> Quantity:
    """``found`` with its word, which begins at ``pos``, in its span."""
    return Quantity(pos, found.end, found.kind, found.value)


def _is_number(text: Plain, found: re.Match[str], word: str) -> bool:
    """Whether what follows a word is its number, and not a word or a quantity."""
    number, start, end = found["number"], found.start("number"), found.end("number")
    spaced = start > found.start()
    if number and not number[0].isdigit():
        # Letters and Roman numerals name only in capitals: "Annex II", not "part a".
        capital = text.cased[start:end].isupper() and spaced and word != "§"
        return (
            capital and not (number in {"a", "i"} and word in _COMMON) and word not in {"p", "no"}
        )
    if word in {"p", "pp"}:
        return text.low[found.start() : found.start() + 1] == "."
    if number and word in _COMMON and not text.cased[found.start() - 1].isupper():
        follows = text.low[found.end() : found.end() + 12]
        counted = re.match(
            r"(?:[,.][0-9]|\s?%|\s(?:per ?cent|million|billion|days?|percent))", follows
        )
        return not counted
    return True


def _in_words(text: Plain, end: int, name: str) -> Quantity | None:
    """``Article Twelve``."""
    if name not in _NAMED_IN_WORDS or not text.low[end : end + 1].isspace():
        return None
    capital = text.cased[end + 1 : end + 2].isupper()
    found = english(text, end + 1) if capital else None
    return Quantity(end, found.end, "reference", f"{name} {found.value}") if found else None


def _path(number: str, suffix: str) -> str:
    parts = [number.strip("()")] if number.strip("()") else []
    parts += re.findall(r"\(([^)]+)\)", suffix)
    return "/".join(_one(part) for part in parts if part)


def _one(number: str) -> str:
    if len(number) > 1 and re.fullmatch(_ROMAN, number):
        return str(roman(number))
    return number


def _outer(name: str, number: str) -> str:
    """The outermost number; a single letter is a Roman numeral where those are the custom."""
    single = len(number) == 1 and name in _ROMAN_CUSTOM and re.fullmatch(_ROMAN, number)
    return str(roman(number)) if single else number


def roman(numeral: str) -> int:
    """The value of a Roman numeral below 90 in lower case."""
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(
        -value if value < max(values[index + 1 :], default=0) else value
        for index, value in enumerate(values)
    )


def _arabic(text: Plain, pos: int, end: int, name: str) -> list[Quantity]:
    low = text.low
    found = _ARABIC_NUMBER.match(low, end)
    if found and found["law"]:
        return [Quantity(pos, found.end("law"), "reference", f"{name} {found['law']}")]
    if found and found["number"]:
        return _arabic_numbered(text, pos, found, name)
    space = re.compile(r"\s").match(low, end)
    ordinal = arabic_ordinal(text, space.end()) if space else None
    if ordinal is None or name == "no":
        return []
    return [Quantity(pos, ordinal.end, "reference", f"{name} {ordinal.value}")]


def _arabic_numbered(text: Plain, pos: int, found: re.Match[str], name: str) -> list[Quantity]:
    low = text.low
    parts = re.findall(r"[0-9]+(?:[.\-][0-9]+)*|[ا-ي]+", found["number"])
    path, stop = "/".join(parts), found.end("number")
    if not found["number"].startswith("(") and _arabic_counted(low, stop, name):
        return []
    if found["year"]:
        return [Quantity(pos, found.end("year"), "reference", f"{name} {path}/{found['y']}")]
    if inner := _INNER_ARABIC.match(low, stop):
        path, stop = f"{path}/{inner['number']}", inner.end()
    references = [Quantity(pos, stop, "reference", f"{name} {path}")]
    plural = low[pos : found.start()].endswith(("مواد", "فقرات", "بنود", "مادتين"))
    while plural and (more := _MORE.match(low, stop)):
        number = more["number"].strip("()")
        references.append(
            Quantity(more.start("number"), more.end(), "reference", f"{name} {number}")
        )
        stop = more.end()
    return references


def _arabic_counted(low: str, end: int, name: str) -> bool:
    """Whether the number after a word counts what follows: "قرار 30 يوما"."""
    return bool(
        re.compile(
            r"\s?%|\s(?:يوم|ايام|شهر|اشهر|سنه|سنوات|مليون|الف|مليار|عام)\w{0,2}(?!\w)"
        ).match(low, end)
    )


def arabic_ordinal(text: Plain, pos: int) -> Quantity | None:
    """``السادسة``, ``الحادية عشرة``, ``الخامسة والعشرون`` at ``pos``."""
    low = text.low
    word = re.compile(r"[\u0621-\u064a]+").match(low, pos)
    if word is None:
        return None
    form = next((f for f in arabic_forms(word[0]) if f in _ARABIC_ORDINALS), None)
    if form is None:
        return None
    value, end = _ARABIC_ORDINALS[form], word.end()
    ones = value if value <= 10 else 0
    teen = re.compile(r"\s(?:ال)?عشره?(?!\w)").match(low, end)
    tens = re.compile(r"\sو(?:ال)?(?P<tens>[\u0621-\u064a]+)(?!\w)").match(low, end)
    if ones and ones < 10 and teen:
        value, end = value + 10, teen.end()
    elif ones and ones < 10 and tens and _ARABIC_ORDINALS.get(tens["tens"], 0) >= 20:
        value, end = value + _ARABIC_ORDINALS[tens["tens"]], tens.end()
    elif form in {"حادي", "حاديه"}:
        return None
    return Quantity(pos, end, "ordinal", Decimal(value))


def han_reference(text: Plain, pos: int) -> Quantity | None:
    """``第十二條``, ``第12条第3項``, ``附件三``, ``〔2023〕1号`` at ``pos``; the levels as a path."""
    low = text.low
    if found := _DOCUMENT.match(low, pos):
        return Quantity(pos, found.end(), "reference", f"no {found['year']}/{found['n']}")
    if found := _HAN_HEAD.match(low, pos):
        number = _han_number(found["n"])
        if number is None:
            return None
        return Quantity(pos, found.end(), "reference", f"{_HAN_HEADS[found['word']]} {number}")
    if _HAN_IDIOM.match(low, pos):
        return None
    name, path, end = "", list[str](), pos
    while found := _HAN_REFERENCE.match(low, end):
        number = _han_number(found["n"])
        if number is None or (path and found["level"] in "章条"):
            break
        level = found["level"]
        named = _JAPANESE_LEVELS.get(level) if text.language == "ja" else None
        name = name or named or _HAN_LEVELS.get(level, "item")
        path.append(number)
        sub = found["sub"] or found["sub2"]
        if sub:
            path[-1] = f"{path[-1]}-{_han_number(sub)}"
        end = found.end()
    return Quantity(pos, end, "reference", f"{name} {'/'.join(path)}") if path else None


def han_ordinal(text: Plain, pos: int) -> Quantity | None:
    """``第3`` or ``第三`` at ``pos``; None where it begins a word such as 第三者."""
    if _HAN_IDIOM.match(text.low, pos):
        return None
    found = _HAN_ORDINAL.match(text.low, pos)
    number = _han_number(found["n"]) if found else None
    if found is None or number is None:
        return None
    return Quantity(pos, found.end(), "ordinal", Decimal(number))


def _han_number(written: str) -> str | None:
    if written[0].isdigit() and written[0].isascii():
        return written
    value = han_value(written)
    return None if value is None else str(value)


def idiom(text: Plain, pos: int) -> int | None:
    """Where an idiom with an ordinal ends that begins at ``pos``: first-lien, third parties, 第三方."""
    found = _IDIOM.match(text.low, pos) or _HAN_IDIOM.match(text.low, pos)
    if found:
        return found.end()
    return None


def english_ordinal(text: Plain, pos: int) -> Quantity | None:
    """``third``, ``twenty-first`` or ``21st`` at ``pos``."""
    low = text.low
    if found := _DIGIT_ORDINAL.match(low, pos):
        return Quantity(pos, found.end(), "ordinal", Decimal(found["n"]))
    word = re.compile(r"[a-z]+").match(low, pos)
    if word is None:
        return None
    value = ENGLISH_ORDINALS.get(word[0])
    if value is not None:
        if _BEFORE_IDIOM.search(low[max(0, pos - 7) : pos]):
            return None
        return Quantity(pos, word.end(), "ordinal", Decimal(value))
    compound = re.compile(r"(?P<tens>[a-z]+ty)[- ](?P<ones>[a-z]+)(?![a-z])").match(low, pos)
    if compound and (ones := ENGLISH_ORDINALS.get(compound["ones"])) and ones < 10:
        tens = english(Plain(compound["tens"], compound["tens"], "en"), 0)
        if tens is not None:
            return Quantity(pos, compound.end(), "ordinal", tens.value + ones)
    return None


def arabic_idiom(text: Plain, pos: int) -> bool:
    """Whether the ordinal at ``pos`` belongs to a word such as third party."""
    return bool(_ARABIC_IDIOM.search(text.low[max(0, pos - 12) : pos]))


def fraction_of(text: Plain, end: int, value: Decimal) -> tuple[int, str] | None:
    """The fraction that a number before ``end`` is the numerator of: two-thirds, three quarters."""
    found = _FRACTION.match(text.low, end)
    if found is None or value != int(value) or value < 1:
        return None
    of = _PARTS[found["part"][:3]]
    if of <= value or (found["part"].startswith("quarter") and value > 3):
        return None
    if found["part"].startswith(("quarter", "fourth", "half")) and not text.low.startswith(
        (" of", "-of"), found.end()
    ):
        return None
    return found.end(), f"{int(value)}/{of}"


def clause_number(text: Plain, pos: int) -> Quantity | None:
    """The number of a clause or item that a line begins with: 3.2.1, (1), 2. and 4.2 before text.

    Also (2)(b), and (2) after a word such as "in", wherever they stand.
    """
    if text.low[pos - 1 : pos] == "(" and (inner := _BRACKETED.match(text.low, pos - 1)):
        before = text.low[max(0, pos - 8) : pos - 1]
        if inner["more"] or _POINTS_TO.search(before):
            return Quantity(pos - 1, inner.end(), "reference", _path("", inner[0]))
    line = text.low.rfind("\n", 0, pos) + 1
    if text.low[line:pos].strip(" #*-•(") or "(" in text.low[line:pos].rstrip("("):
        return None
    opened = text.low[pos - 1 : pos] == "("
    if opened:
        found = re.compile(r"(?P<n>[0-9]{1,3})\)(?=\s|[^\W\d_])").match(text.low, pos)
        return Quantity(pos - 1, found.end(), "reference", found["n"]) if found else None
    found = re.compile(
        r"(?P<n>[0-9]{1,3}(?:\.[0-9]{1,3}){1,5})\.?(?=[):、]?\s+[A-Z\u0621-\u064a\u3041-\u9fff])"
        r"|(?P<one>[0-9]{1,3})(?:[.、)](?=\s)|、|\)(?=[^\W\d_]))"
    ).match(text.cased, pos)
    if found is None:
        return None
    number = found["n"] or found["one"]
    end = found.end("n") if found["n"] else found.end("one")
    return Quantity(pos, end, "reference", number)


def han_clause_number(text: Plain, pos: int) -> Quantity | None:
    """``十七、`` that a line begins with."""
    line = text.low.rfind("\n", 0, pos) + 1
    found = _HAN_CLAUSE.match(text.low, pos)
    number = _han_number(found["n"]) if found and not text.low[line:pos].strip() else None
    return Quantity(pos, pos + len(found["n"]), "reference", number) if found and number else None


def levels(text: Plain, pos: int) -> Quantity | None:
    """A number of several levels such as 3.2.1, which counts nothing, at ``pos``."""
    found = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){2,6}(?![0-9])").match(text.low, pos)
    if found is None or re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", found[0]):
        return None
    return Quantity(pos, found.end(), "reference", found[0])


def name_part(text: Plain, pos: int, floor: int) -> Quantity | None:
    """Digits at ``pos`` that belong to a name or code, with the word that they are joined to."""
    cased, low = text.cased, text.low
    before = cased[max(floor, pos - 24) : pos]
    joined = _JOINED_BEFORE.search(before)
    start = pos - len(joined[0]) if joined else pos
    if joined and not re.search(r"[a-z0-9]\Z|[-_/.:@#&=?+]\Z", joined[0].lower()):
        joined = None
    if joined and _unjoined(joined[0]):
        joined, start = None, pos
    if joined:
        return _name(text, start, _joined_end(cased, pos))
    lower = low[max(floor, pos - 24) : pos]
    named = _NAMING.search(lower)
    if _LETTERS_FOLLOW.match(cased, pos):
        begin = pos - len(lower) + named.start() if named else pos
        return _name(text, begin, _joined_end(cased, pos))
    if named and _named(text, pos, named[0]):
        return _name(text, pos - len(lower) + named.start(), _name_end(low, pos))
    acronym = _ACRONYM.search(before)
    if acronym and acronym[0][:-1] not in _NO_NAME and not _shouted(text, pos):
        return _name(text, pos - len(before) + acronym.start(), _name_end(low, pos))
    return None


def roman_name(text: Plain, pos: int) -> Quantity | None:
    """``III`` of Basel III at ``pos``, after a word with a capital."""
    found = _ROMAN_NAME.match(text.cased, pos)
    if found is None:
        return None
    before = re.search(r"[A-Z][A-Za-z]+ \Z", text.cased[max(0, pos - 24) : pos])
    if before is None:
        return None
    return _name(text, pos - len(before[0]), found.end())


def leftover(text: Plain, pos: int) -> Quantity:
    """Digits at ``pos`` that nothing else takes, as part of a name."""
    return _name(text, pos, _joined_end(text.cased, pos))


def _name(text: Plain, start: int, end: int) -> Quantity:
    return Quantity(start, end, "name_part", re.sub(r"\s+", " ", text.low[start:end].strip()))


def _unjoined(joined: str) -> bool:
    """Whether what stands before digits is a word and a mark, not one name with them."""
    if joined[-1] in ".:=?&" and not re.search(r"[./@][^.]+[./:=?&]", joined):
        return True
    lower_word = joined[:-1].islower() and not any(c.isdigit() for c in joined)
    if joined[-1] in "-/" and lower_word:
        # "mid-2023", "and/or 5": a date or number behind another word.
        return True
    return joined.lower() in {"fy", "q", "h", "us", "rs", "approx", "c", "p", "t+"}


def _joined_end(cased: str, pos: int) -> int:
    found = _JOINED.match(cased, pos)
    return found.end() if found else pos + 1


def _name_end(low: str, pos: int) -> int:
    found = re.compile(r"[0-9]+(?:[.:/-][0-9]+)*[a-z]?(?![a-z])|[0-9]+").match(low, pos)
    return found.end() if found else pos + 1


def _named(text: Plain, pos: int, word: str) -> bool:
    """Whether a naming word such as tier is meant as a name: "Tier 1", not "group 5 banks"."""
    start = pos - len(word)
    common = word.strip(" -") in {
        "bank",
        "firm",
        "group",
        "model",
        "type",
        "g",
        "v",
        "u",
        "room",
        "web",
    }
    return not common or text.cased[start].isupper()


def _shouted(text: Plain, pos: int) -> bool:
    """Whether the whole line is in capitals, so that they tell nothing."""
    start = text.cased.rfind("\n", max(0, pos - _NEAR), pos) + 1 or max(0, pos - _NEAR)
    near = text.cased[start : pos + _NEAR].split("\n")[0]
    words = re.findall(r"[^\W\d_]{2,}", near)
    return len(words) > 3 and sum(word.isupper() for word in words) * 2 > len(words)
