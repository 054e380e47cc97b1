"""What a report shall hold beside what the stored draws can tell: each takes fits of some minutes."""

from collections.abc import Set
from dataclasses import dataclass

FROM_PRIOR, VARIANTS = "from-prior", "variants"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a report.

    Attributes
    ----------
    from_prior
        What took P from the life tables and the beliefs alone to now.
    variants
        Other people's beliefs, fitted where the draws cannot be weighed for them.
    """

    from_prior: bool = False
    variants: bool = False

    @property
    def extras(self) -> frozenset[str]:
        """Names of what is asked."""
        asked = {FROM_PRIOR: self.from_prior, VARIANTS: self.variants}
        return frozenset(name for name, wanted in asked.items() if wanted)

    def joined(self, extras: Set[str]) -> "Wish":
        """The same with what was asked before."""
        return Wish(self.from_prior or FROM_PRIOR in extras, self.variants or VARIANTS in extras)
