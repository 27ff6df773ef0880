"""Workbooks that somebody else made: align their cells with a model's quantities, and judge each cell.

Each folder uses those before it:

- `reading`: the cells, and what their formulas refer to and compute;
- `networks`: a network as it stands in cells, and the bindings file that says so;
- `alignment`: what each formula cell of a network that somebody has described should hold, also where it is wrong;
- `judging`: right, wrong in itself or carried, and which mistake it is;
- `equations`: the layers and losses that formulas show, the networks that these make one behind the other, and the edit
  that would make them show one; `backward`: the same for networks that learn.

`check.py` goes through them in turn, `propose.py` drafts a bindings file, `perturb.py` tries other numbers.
"""
