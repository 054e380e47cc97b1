"""Numbers, chances and days as the program's own files state them; what is of another kind is damage.

They are checked where a value is read from a file, not where the program makes one.
"""

from datetime import date
from math import nan
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

ROUNDING = 1e-9
"""How far past 0 or 1 the rounding of a sum may carry a chance."""


def _or_nan(told: object, checked: ValidatorFunctionWrapHandler) -> float:
    """Number of a check; one that JSON could not hold is NaN."""
    found: float = nan if told is None else checked(told)
    return found


Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Chance = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-ROUNDING, le=1 + ROUNDING)]
Whole = Annotated[int, Field(strict=True)]
Number = Whole | Finite
"""A finite number, whole where it is written so."""
Measured = Annotated[Number, WrapValidator(_or_nan)]
"""A number, or NaN where null is written."""
Truth = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(date.fromisoformat)]
