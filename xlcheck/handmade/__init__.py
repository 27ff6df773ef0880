"""Workbooks that somebody else made: tie their cells to a model's quantities, and judge each cell.

Each folder uses those before it:

- `reading`: the cells, and what their formulas refer to and compute;
- `networks`: a network as it stands in cells, and the bindings file that says so;
- `placing`: what each formula cell should hold, also where it is wrong;
- `recognition`: finding the networks of a workbook without being told;
- `judging`: right, wrong in itself or carried, and which mistake it is.

`check.py` goes through them in turn, `propose.py` drafts a bindings file, `perturb.py` tries other numbers.
"""
