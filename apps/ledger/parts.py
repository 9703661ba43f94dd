from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A department's share of a ledger: the fields its partial sheet has beside the key; only its reporters write them."""

    label: str
    office: str
    fields: tuple
