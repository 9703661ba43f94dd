"""Addresses of the API's rows: one table, written once for every code and spelt out per ledger for the schema."""

from django.urls import path

from apps.ledger import registry
from apps.ledger.api.views import LedgerRows

ROUTES = [
    ("rows", "", {"get": "list", "post": "create"}),
    ("row", "<int:pk>/", {"get": "retrieve", "put": "update", "patch": "partial_update"}),
    ("archive", "<int:pk>/archive/", {"post": "archive"}),
    ("restore", "<int:pk>/restore/", {"post": "restore"}),
    ("history", "<int:pk>/history/", {"get": "history"}),
    ("move", "<int:pk>/moves/<slug:move>/", {"post": "move"}),
]

urlpatterns = [path(f"ledgers/<slug:code>/{tail}", LedgerRows.as_view(actions), name=name) for name, tail, actions in ROUTES]


def spelt_out(prefix):
    """Return the same addresses with every ledger's code and every move's in place, each with its own fields and filters."""
    return [
        path(f"{prefix}ledgers/{ledger.code}/{tail.replace('<slug:move>', step.code if step else '')}", view.as_view(actions))
        for ledger in registry.all()
        for name, tail, actions in ROUTES
        for step in (_moves(ledger) if name == "move" else [None])
        for view in [type(f"{ledger.model.__name__}Rows", (LedgerRows,), {"ledger": ledger, "step": step})]
    ]


def _moves(ledger):
    return ledger.workflow.moves if ledger.workflow else ()
