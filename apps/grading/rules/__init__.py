"""How the per-mu evaluation is computed (domain 1): pure functions on whole numbers, no Django, no database, no float."""
