"""Try every fault: `make faults`, or with a part of a name, `make faults ARGS=cli`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable

from faults.harness import Outcome
from faults.registry import COLUMNS, Area, Seen, areas, counts, seen, selected, verdict

BITS = "bits"


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="only cases with one of these in `area: name`")
    parser.add_argument("--quick", action="store_true", help="only those that `make test` runs")
    chosen = parser.parse_args()
    found = list(selected(areas(), chosen.words, chosen.quick))
    all_seen = [one for area in found for one in tried(area)]
    print(table(found, all_seen))
    many = [one for one in all_seen if one.area == BITS]  # would hide a share of all others
    others = [one for one in all_seen if one.area != BITS]
    wrong = verdict(counts(others), whole=not (chosen.words or chosen.quick))
    wrong += [f"{said} of {BITS}" for said in verdict(counts(many), whole=False)]
    print(f"not as it should be: {', '.join(wrong)}" if wrong else "as it should be")
    return 1 if wrong else 0


def tried(area: Area) -> Iterable[Seen]:
    """Run the cases of an area, saying which one is running and what did not go as it should."""
    if area.cases:
        print(f"{area.name}: {len(area.cases)} cases", flush=True)
    started = time.monotonic()
    for place, case in enumerate(area.cases, start=1):
        _moving(f"{place}/{len(area.cases)} {case.name}")
        one = seen(area.name, case)
        _moving("")
        if one.what != Outcome.SURVIVED:
            print(f"  {one.what}: {one.case}: {one.words}", flush=True)
        yield one
    if area.cases:
        print(f"  {time.monotonic() - started:.0f} s", flush=True)


def _moving(line: str) -> None:
    if sys.stdout.isatty():
        print(f"\r\033[K{line[:100]}", end="", flush=True)


def table(found: Iterable[Area], all_seen: list[Seen]) -> str:
    """Counts of every area and of all of them."""
    rows = {area.name: counts(one for one in all_seen if one.area == area.name) for area in found}
    rows["all"] = counts(all_seen)
    width = max(map(len, rows))
    head = " " * width + "".join(f"{name:>10}" for name in COLUMNS)
    lines = [f"{n:<{width}}" + "".join(f"{row[c]:>10}" for c in COLUMNS) for n, row in rows.items()]
    return "\n".join([head, *lines])


if __name__ == "__main__":
    sys.exit(main())
