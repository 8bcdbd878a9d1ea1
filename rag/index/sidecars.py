"""Facts that people state beside the reports: a TOML file a report, one for the whole corpus.

``NAME.toml`` speaks for the document called NAME, so ``ofr/2024.toml`` for ``ofr/2024.pdf``; the
file's whole name, ``ofr/2024.pdf.toml``, does always, and must where two files share a stem. The
``corpus.toml`` at the top holds what is true of every report and, in tables named in quotes, of
one file or of all that fit a pattern (``*`` and ``?`` stay within a folder, ``**`` crosses them).
For each key the nearest statement holds: the report's own file, its own table, the last pattern
that fits it, the top of ``corpus.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import CorpusError
from rag.index.facts_toml import Stated, stated
from rag.index.walk import Found, Listing
from rag.retrieval.catalogue import Correction, Skipped

FOR_ALL = "corpus.toml"
# Settings of this program and of Python packages, which may lie at the top of a corpus.
_SETTINGS = frozenset({"rag.toml", "pyproject.toml"})


@dataclass(frozen=True, slots=True)
class Corrections:
    """What people state, by the source of the report; ``unused`` are statements for no report."""

    by_source: Mapping[str, Correction] = field(default_factory=dict)
    unused: tuple[Skipped, ...] = ()

    def of(self, source: str) -> Correction:
        """What is stated of the report with this source."""
        return self.by_source.get(source, Correction())


def read_corrections(listing: Listing) -> Corrections:
    """Read the TOML files among the reports of ``listing``.

    Raises CorpusError that names every fault with its file and line: an unknown key, a value of
    the wrong kind, malformed TOML, a file that could be meant for several reports.
    """
    faults: list[str] = []
    unused: list[Skipped] = []
    for_all = _read(FOR_ALL, listing.sidecars, faults, with_tables=True)
    tables = _tables_by_source(for_all, listing, unused)
    own = _own(listing, faults, unused)
    if faults:
        raise CorpusError(_all_faults(faults))
    made = {}
    for found in listing.files:
        layers = [(FOR_ALL, for_all.values), *tables[found.source], *own[found.source]]
        values = {key: value for _, layer in layers for key, value in layer.items()}
        origins = {key: origin for origin, layer in layers for key in layer}
        if values:
            made[found.source] = Correction(values, origins)
    return Corrections(made, tuple(unused))


Layer = tuple[str, Mapping[str, str]]


def _read(
    source: str, sidecars: Mapping[str, Path], faults: list[str], *, with_tables: bool
) -> Stated:
    path = sidecars.get(source)
    if path is None:
        return Stated()
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.append(f"{source} cannot be opened: {error.strerror}. Check its permissions.")
        return Stated()
    made = stated(data, with_tables=with_tables)
    faults.extend(f"{source}, {fault}" for fault in made.faults)
    return made


def _own(listing: Listing, faults: list[str], unused: list[Skipped]) -> dict[str, list[Layer]]:
    """The sidecar of each report, if it has one."""
    meant = _meant(listing.files)
    own: dict[str, list[Layer]] = {found.source: [] for found in listing.files}
    taken: dict[str, str] = {}
    for source in sorted(listing.sidecars):
        if source == FOR_ALL:
            continue
        reports = meant.get(source[: -len(".toml")], [])
        if not reports:
            if listing.whole and source.rpartition("/")[2] not in _SETTINGS:
                unused.append(Skipped(source, _no_report(source)))
        elif len(reports) > 1:
            names = ", ".join(found.source for found in reports)
            faults.append(
                f"{source} could be meant for each of {names}. "
                f"Call it {reports[0].source}.toml, and so on."
            )
        elif (report := reports[0].source) in taken:
            faults.append(
                f"{source} and {taken[report]} both speak for {report}. Keep one of them."
            )
        else:
            taken[report] = source
            made = _read(source, listing.sidecars, faults, with_tables=False)
            own[report].append((source, made.values))
    return own


def _meant(files: tuple[Found, ...]) -> dict[str, list[Found]]:
    """The reports that a sidecar of this name, less ``.toml``, can be meant for."""
    meant: dict[str, list[Found]] = {}
    for found in files:
        for name in {found.source, found.name, _stem(found.source)}:
            meant.setdefault(name, []).append(found)
    # A whole name means one file, even where it is another's stem.
    meant.update({found.source: [found] for found in files})
    return meant


def _stem(source: str) -> str:
    folder, slash, file = source.rpartition("/")
    return folder + slash + (file.rpartition(".")[0] or file)


def _no_report(source: str) -> str:
    stem = source.rpartition("/")[2][: -len(".toml")]
    if stem == "corpus":
        return f"speaks for no report: only the {FOR_ALL} at the top of the corpus holds for all"
    return f"speaks for no report: none beside it is called {stem}"


def _tables_by_source(
    for_all: Stated, listing: Listing, unused: list[Skipped]
) -> dict[str, list[Layer]]:
    """Of ``corpus.toml``, for each report: the patterns that fit it, then the table of its name."""
    patterns: dict[str, list[Layer]] = {found.source: [] for found in listing.files}
    exact: dict[str, list[Layer]] = {found.source: [] for found in listing.files}
    for name, values in for_all.tables.items():
        wanted = _composed(name)
        layer = (FOR_ALL, values)
        named = [f for f in listing.files if wanted in (_composed(f.source), _composed(f.name))]
        fitting = [] if named else _fitting(wanted, listing.files)
        for found in named:
            exact[found.source].append(layer)
        for found in fitting:
            patterns[found.source].append(layer)
        if not named and not fitting and listing.whole:
            line = f" in line {for_all.lines[name]}" if for_all.lines.get(name) else ""
            unused.append(Skipped(FOR_ALL, f'has a table "{name}"{line} that no report fits'))
    return {source: patterns[source] + exact[source] for source in exact}


def _fitting(pattern: str, files: tuple[Found, ...]) -> list[Found]:
    if not re.search(r"[*?]", pattern):
        return []
    regex = re.compile(_regex(pattern))
    return [found for found in files if regex.fullmatch(_composed(found.source))]


def _regex(pattern: str) -> str:
    # Runs of ** say no more than one and would let a pattern take forever.
    pieces = re.findall(r"(?:\*\*/)+|\*+|\?|[^*?]+", pattern)
    return "".join(
        r"(?:[^/]+/)*" if piece.startswith("**/")
        else ".*" if piece.startswith("**")
        else "[^/]*" if piece == "*"
        else "[^/]" if piece == "?"
        else re.escape(piece)
        for piece in pieces
    )  # fmt: skip


def _composed(name: str) -> str:
    """File systems differ in how they store an accented letter."""
    return unicodedata.normalize("NFC", name)


def _all_faults(faults: list[str]) -> str:
    if len(faults) == 1:
        return f"{faults[0]} Nothing was read."
    first = f"There are {len(faults)} faults in the facts beside the reports; nothing was read."
    return "\n  ".join([first, *faults])
