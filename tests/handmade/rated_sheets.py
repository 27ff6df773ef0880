"""Worksheets that say what somebody will think of a film: a table of each, multiplied, and how far off that is."""

from __future__ import annotations

USERS, FILMS = range(4), "BCD"
RATINGS = ((4, 2, None), (5, None, 1), (None, 3, 4), (2, 5, None))
RESULTS = [f"{film}{row}" for row in range(11, 15) for film in FILMS]
_FACTORS = ((0.8, -0.5, 0.3), (0.4, 0.9, -0.7))
_BIASES = (0.25, -0.15, 0.35)
_USERS = ((1.1, 0.6, 0.2), (-0.4, 0.7, -0.3), (0.9, -0.8, 0.15), (0.55, 1.2, -0.45))
SUM = "$G$1+$E{row}*{film}$7+$F{row}*{film}$8+$G{row}+{film}$9"
"""A result: the mean, two factors of each, the number of the user and that of the film."""


def rated(formula: str = SUM, *, masked: bool = False) -> dict[str, object]:
    """Ratings in the rows 2 to 5, films in 7 to 9, results in 11 to 14 beside users, errors in 16 to 19, and a root.

    Args:
        formula: what each result is.
        masked: whether results are those of pairs with a rating, and no error has a cell.
    """
    cells: dict[str, object] = {"F1": "mean", "G1": 2.9, "A7": "f1", "A8": "f2", "A9": "bias", "A21": "RMSE"}
    if "$G$1" not in formula:
        del cells["G1"]
    for film, *numbers in zip(FILMS, *_FACTORS, _BIASES, strict=True):
        cells |= {f"{film}{row}": number for row, number in zip((7, 8, 9), numbers, strict=True)}
        cells |= {f"{film}1": f"film {film}", f"{film}10": f"film {film}"}
    for user in USERS:
        row, rating = 11 + user, 2 + user
        cells |= {f"{column}{row}": number for column, number in zip("EFG", _USERS[user], strict=True)}
        for film, number in zip(FILMS, RATINGS[user], strict=True):
            cells |= {} if number is None else {f"{film}{rating}": number}
            own = formula.format(row=row, film=film)
            cells[f"{film}{row}"] = f'=IF({film}{rating}="",0,{own})' if masked else f"={own}"
            if not masked:
                cells[f"{film}{16 + user}"] = f'=IF({film}{rating}="",0,{film}{rating}-{film}{row})'
    errors = "SUMXMY2(B2:D5,B11:D14)" if masked else "SUMSQ(B16:D19)"
    return cells | {"B21": f"=SQRT({errors}/COUNT(B2:D5))"}
