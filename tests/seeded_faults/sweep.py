"""Plants classic mistakes at random in every lesson: `python tests/seeded_faults/sweep.py [COUNT [LESSON…]]`.

For each lesson and each mistake it prints how many were planted, how many of them were the only root under the right
name, and for how many the formula was shown that had stood there.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path


def main(count: int, chosen: list[str]) -> None:
    """Plant, check and print."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from test_forward_mistakes import LESSONS, planted, possible

    total: Counter[str] = Counter()
    for lesson in chosen or LESSONS:
        for name in possible(lesson)[1]:
            found = list(planted(lesson, name, count))
            row = Counter(
                planted=len(found), named=sum(p.named for p in found), corrected=sum(p.corrected for p in found)
            )
            total += row
            counts = "".join(f"{number:>4} {what}" for what, number in row.items())
            print(f"{lesson:<22}{name:<30}{counts}")
            for each in found:
                if not each.named or not each.corrected:
                    print(f"    {each.place}: {each.right} -> {each.formula}", flush=True)
    print(f"{total['planted']} planted, {total['named']} named, {total['corrected']} corrected")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4, sys.argv[2:])
