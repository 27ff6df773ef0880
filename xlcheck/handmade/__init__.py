"""Workbooks that somebody else made: align their cells with a model's quantities, and judge each cell.

`check.py` is the way in; `search.py` finds the networks of which nobody says what they compute, part by part, and
`propose.py` drafts a bindings file for them. All searches ask `effort.py` for time. Each folder uses those before it:

- `reading`: the cells, what their formulas refer to and compute, and in which lines, blocks and copies they stand;
- `networks`: a network as it stands in cells, and the bindings file that says so;
- `alignment`: what each formula cell of a network that somebody has described should hold, also where it is wrong;
- `judging`: right, wrong in itself or carried, and which mistake it is;
- `forms`: what formulas compute, however they are written;
- `families`: formulas that were filled from one another, and those that break their line;
- `equations`: the layers that formulas show, and the networks that these make one behind the other;
- `objections`: what speaks against such layers, though all formulas agree with them;
- `beside`: what people put beside a network: prepared inputs, decisions, errors, losses, typed results;
- `arrangements`: which cell belongs to which layer, what stands beside, and what is left;
- `accepting`: layers judged on what stands in their own inputs, and whether that is certain enough to blame anybody;
- `edits`: the one edit that would make a small part a textbook network, where there are no witnesses;
- `rewriting`: worksheets read as if weights, words, skipped steps or roundings were written otherwise;
- `backward`: networks that learn: which quantity of which step each cell holds;
- `backward_judging`: which cell of a training is wrong.
"""
