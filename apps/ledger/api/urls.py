"""Addresses of the API's rows: one table, written once for every code and spelt out per ledger for the schema."""

from django.urls import path

from apps.ledger import registry
from apps.ledger.api.batch_views import Batches
from apps.ledger.api.bulk_views import Bulk
from apps.ledger.api.paper_views import OnePaper, Papers
from apps.ledger.api.views import LedgerRows

ROUTES = [
    ("rows", "", LedgerRows, {"get": "list", "post": "create"}),
    ("row", "<int:pk>/", LedgerRows, {"get": "retrieve", "put": "update", "patch": "partial_update"}),
    ("archive", "<int:pk>/archive/", LedgerRows, {"post": "archive"}),
    ("restore", "<int:pk>/restore/", LedgerRows, {"post": "restore"}),
    ("history", "<int:pk>/history/", LedgerRows, {"get": "history"}),
    ("move", "<int:pk>/moves/<slug:move>/", LedgerRows, {"post": "move"}),
    ("bulk", "bulk/", Bulk, {"post": "bulk"}),
    ("bulk-preview", "bulk/preview/", Bulk, {"post": "preview"}),
    ("batches", "batches/", Batches, {"get": "batches"}),
    ("batch", "batches/<uuid:batch>/", Batches, {"get": "batch"}),
    ("undo", "batches/<uuid:batch>/undo/", Batches, {"post": "undo"}),
    ("papers", "<int:pk>/papers/", Papers, {"get": "papers", "post": "add"}),
    ("paper", "<int:pk>/papers/<int:paper>/", OnePaper, {"get": "paper"}),
    ("paper-withdraw", "<int:pk>/papers/<int:paper>/withdraw/", OnePaper, {"post": "withdraw"}),
]

urlpatterns = [path(f"ledgers/<slug:code>/{tail}", view.as_view(actions), name=name) for name, tail, view, actions in ROUTES]


def spelt_out():
    """Return the same addresses with every ledger's code and every move's in place, each with its own fields and filters."""
    addresses = []
    for ledger in registry.all():
        moves = ledger.workflow.moves if ledger.workflow else ()
        for name, tail, view, actions in ROUTES:
            if view.serves(ledger):
                addresses += [_drawn(ledger, step, tail, view, actions) for step in (moves if name == "move" else [None])]
    return addresses


def _drawn(ledger, step, tail, view, actions):
    """Return one address of one ledger, and of one of its moves, with a view class of its own to be described."""
    drawn = type(f"{ledger.model.__name__}{view.__name__}", (view,), {"ledger": ledger, "step": step})
    tail = tail.replace("<slug:move>", step.code) if step else tail
    return path(f"api/ledgers/{ledger.code}/{tail}", drawn.as_view(actions))
