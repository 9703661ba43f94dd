"""Two halves of a county with a row of every ledger each, and one person of every role in the first half.

Rows are made from the models' own fields, so a new ledger is in both halves without a line here. Every text of a scoped row
holds its half's canary, every quantity is its half's number.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from django.core.files.base import ContentFile
from django.core.validators import MinValueValidator
from django.db import models
from django.test import Client

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import HandOver, Organisation, Post, User
from apps.assessments.models import AssessmentRound, Scheme
from apps.assessments.services import open_round, request_recalculation
from apps.core import clock
from apps.core.actor import Actor
from apps.core.scope import OPEN
from apps.enterprises.models import DataReminder, YearlyFact
from apps.exchange.choices import BatchState, Verdict
from apps.exchange.models import Batch, ExportFile, StagedRow
from apps.grading.services import request_run
from apps.jobs.choices import State as JobState
from apps.jobs.models import Job
from apps.jobs.services import run_here
from apps.land.models import LandCase
from apps.ledger import registry, services
from apps.ledger.choices import BatchKind
from apps.ledger.models import Paper, Reminder, SavedView, WriteBatch
from apps.platforms.models import Industry, Platform, Town
from tests import factories

START = dt.date(2020, 1, 1)
ANONYMOUS, DEACTIVATED, MUST_CHANGE, NO_FACTOR = "anonymous", "deactivated", "must_change", "no_factor"
PLACES = {"park": "platform", "town": "town", "chain_chief": "industry", "chain_office": "industry"}  # role -> where its scope lies
LIMITED = list(PLACES)  # see their half only
IDENTITIES = [ANONYMOUS, DEACTIVATED, MUST_CHANGE, NO_FACTOR, *Role.values]


@dataclass
class Half:
    """One half: its canary in every text of its own rows, `figure` as every quantity."""

    name: str
    canary: str
    figure: int
    rows: dict = field(default_factory=dict)
    made: int = 0

    @cached_property
    def organisation(self):
        return Organisation.objects.create(name=f"{self.name}管理单位")

    @cached_property
    def person(self):
        """Somebody of this half who keeps everything and did everything there is to be seen of him."""
        return factories.person(f"keeper_{self.name.lower()}", Role.PER_MU, organisation=self.organisation)

    def scope_of(self, role):
        """Return the scope of a post with `role` in this half."""
        places = {"platform": Platform, "town": Town, "industry": Industry}
        scope = {PLACES[role]: self.row(places[PLACES[role]])} if role in PLACES else {}
        return {} if role in ADMINISTRATORS else scope | {"organisation": self.organisation}

    def row(self, model):
        """Return this half's row of a model, made at the first call through the kit's write path."""
        if model is User:
            return self.person
        if model is Organisation:
            return self.organisation
        if model is Post:
            return self.person.posts.get()
        if model is AssessmentRound:
            return self.round
        if model not in self.rows:
            actor = Actor.of(self.person)
            record = self.unsaved(model)
            services.write_batch(model=model, new=[record], changed=[], actor=actor, reason=self._text(model, 60))
            self.rows[model] = model.objects.get(pk=record.pk)
        return self.rows[model]

    def unsaved(self, model):
        """Return a row of a model in this half, what it refers to made and itself not."""
        return model(**{one.name: self._value(model, one) for one in model._meta.concrete_fields if self._fills(model, one)})

    def _fills(self, model, field_):
        if field_.primary_key or not field_.editable or field_.related_model is model:
            return False
        flow = getattr(model, "workflow", None)
        if flow and not flow.may_edit(flow.first, field_.name):
            return False
        return not field_.has_default() or field_.choices is None and isinstance(field_, models.CharField | models.TextField)

    def _value(self, model, field_):
        if field_.is_relation:
            return self.row(field_.related_model)
        if field_.choices:
            return next(value for value, _ in field_.flatchoices if value not in ("", None))
        if isinstance(field_, models.CharField | models.TextField):
            return self._text(model, field_.max_length or 60)
        if isinstance(field_, models.DecimalField):
            return self.figure if field_.max_digits - field_.decimal_places >= 8 else 1
        if isinstance(field_, models.DateField):
            return START
        return max([1, *(validator.limit_value for validator in field_.validators if isinstance(validator, MinValueValidator))])

    def _text(self, model, length):
        self.made += 1
        word = f"公开{self.name}" if model.scope_paths == OPEN else self.canary
        return f"{word}{self.made}"[:length]

    # --- what is made from the ledgers' rows ----------------------------------------------------------------------

    @cached_property
    def round(self):
        opened = open_round(scheme=self.row(Scheme), quarter=1, actor=Actor.of(self.person))
        run_here(request_recalculation(round=opened, actor=Actor.of(self.person)).pk)
        return AssessmentRound.objects.get(pk=opened.pk)

    @cached_property
    def value(self):
        """A value of the round that somebody types."""
        return self.round.values.first()

    @cached_property
    def paper(self):
        case = self.row(LandCase)
        paper = Paper(ledger="land-cases", record_id=case.pk, slot="approval", title=f"{self.canary}批准文件.pdf", size=6, user=self.person)
        paper.sha256 = hashlib.sha256(self.canary.encode()).hexdigest()
        paper.file.save("paper", ContentFile(self.canary.encode()), save=False)
        paper.save()
        return paper

    @cached_property
    def hand_over(self):
        post = self.person.posts.get()
        return HandOver.objects.create(post=post, on=START, lines=[], by=self.person)

    @cached_property
    def view(self):
        return SavedView.objects.create(owner=self.person, ledger="land-cases", name=f"{self.canary}视图", query=f"q={self.canary}")

    @cached_property
    def write_batch(self):
        """The batch this half's land case was written in."""
        batch = self.row(LandCase).history.get().batch
        return WriteBatch.objects.filter(pk=batch).first() or WriteBatch.objects.create(
            pk=batch, ledger="land-cases", kind=BatchKind.IMPORT, user=self.person, reason=self.canary, new=1, changed=0, at=clock.now()
        )

    @cached_property
    def reminder(self):
        return Reminder.objects.create(ledger="land-cases", record_id=self.row(LandCase).pk, due=START, mark=-1)

    @cached_property
    def data_reminder(self):
        return DataReminder.objects.create(
            year=START.year, office="tax", on=START + dt.timedelta(days=self.figure % 7), share=30, user=self.person
        )

    def batch_of(self, user):
        """Return an import `user` made of a file about this half."""
        batch = Batch(kind="blocks", uploader=user, filename=f"{self.canary}.xlsx", state=BatchState.READY, counts={Verdict.NEW: 1})
        batch.file.save("upload", ContentFile(self.canary.encode()), save=False)
        batch.save()
        StagedRow.objects.create(batch=batch, row=2, label=self.canary, verdict=Verdict.NEW)
        return batch

    def export_of(self, user):
        """Return a finished export of `user` about this half: made in a scope that is not his, so that he may not fetch it."""
        export = ExportFile(owner=user, post_number=0, post=self.canary, reach="{}", kind="blocks", name=f"{self.canary}.xlsx", total=1)
        export.conditions, export.expires_at = self.canary, clock.now() + dt.timedelta(days=1)
        export.made_at, export.rows, export.size = clock.now(), 1, 1
        export.sha256 = hashlib.sha256(self.canary.encode()).hexdigest()
        export.file.save("export", ContentFile(self.canary.encode()), save=False)
        export.save()
        return export

    def job_of(self, user):
        """Return a job `user` asked for, with a result about this half."""
        result = {"text": f"{self.canary}已计分", "link": "/"}
        key, asked = f"{self.name}:{user.pk}", {"requested_by": user, "requested_post": user.acting_label}
        return Job.objects.create(kind="assessments.recalculate", key=key, state=JobState.DONE, **asked, params={}, result=result)

    def fill(self):
        """Make every row there is."""
        for ledger in registry.all():
            self.row(ledger.model)
        made_when_asked = ("round", "paper", "hand_over", "reminder", "data_reminder", "view", "write_batch")
        _ = [getattr(self, name) for name in made_when_asked]
        self.batch, self.job, self.export = self.batch_of(self.person), self.job_of(self.person), self.export_of(self.person)


@dataclass
class County:
    own: Half
    other: Half
    people: dict = field(default_factory=dict)  # identity -> user, None for nobody
    batches: dict = field(default_factory=dict)  # identity -> an import of his own
    jobs: dict = field(default_factory=dict)
    exports: dict = field(default_factory=dict)

    @classmethod
    def build(cls):
        county = cls(own=Half("A", "甲界", 1_234_567), other=Half("B", "乙界", 7_654_321))
        for half in (county.other, county.own):
            half.fill()
        run_here(request_run(year=county.own.row(YearlyFact).year, method="jinyun-sample", actor=factories.SYSTEM).pk)
        for identity in IDENTITIES[1:]:
            role = identity if identity in Role.values else Role.APPROVER if identity == NO_FACTOR else Role.PARK
            items = {"data_items": ["tax"]} if role == Role.REPORTER else {}
            user = factories.person(identity, role, **county.own.scope_of(role), **items)
            county.people[identity] = user
            if role in ADMINISTRATORS:
                continue
            county.batches[identity], county.jobs[identity] = county.own.batch_of(user), county.own.job_of(user)
            county.exports[identity] = county.own.export_of(user)
        User.objects.filter(username=MUST_CHANGE).update(must_change_password=True)
        return county

    def client(self, identity):
        """Return a client signed in as `identity`; who is deactivated was signed in before."""
        client = Client(raise_request_exception=False)
        if identity != ANONYMOUS:
            client.force_login(self.people[identity])
        if identity == DEACTIVATED:
            User.objects.filter(username=DEACTIVATED).update(is_active=False)
        return client
