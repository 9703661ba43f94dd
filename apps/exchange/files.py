"""Large exports: asked for, made by a job, kept for a while, fetched by whoever asked as long as he may still see what is in them."""

import hashlib
import json
import logging

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from apps.core import clock
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.exchange import retention
from apps.exchange.exports import sheet_of, write
from apps.exchange.models import ExportFile
from apps.jobs import services as jobs
from apps.journal import services as journal

logger = logging.getLogger(__name__)
KIND = "exchange.export"
FOLDER = "exports"


class NoLonger(Refused):
    """The person no longer holds the post, or no longer reaches as far, as when he asked."""

    journalled = True


def is_large(rows):
    """Say whether an export of so many rows is made by a job."""
    return rows > settings.EXPORT_ROWS_AT_ONCE


@transaction.atomic
def ask(*, wish, sheet, actor):
    """Queue an export and return its ExportFile. sheet: exports.sheet_of(wish, actor.user)."""
    record = ExportFile.objects.create(
        owner=actor.user,
        post_number=actor.user.acting.pk,
        post=actor.post[:100],
        reach=_reach(actor.user),
        kind=wish.kind,
        query=wish.query,
        columns=list(wish.columns),
        format=wish.format,
        official=wish.official,
        name=sheet.name[:200],
        conditions=sheet.conditions[:500],
        total=sheet.count(),
        expires_at=clock.now() + settings.EXPORT_LIFE,
    )
    jobs.enqueue(kind=KIND, key=str(record.pk), params={"file": str(record.pk), "name": record.name}, actor=actor)
    return record


def make(*, job):
    """Write the file a job is about, in the post and the scope of whoever asked; kept when the job ends, or not at all.

    Raises Refused where he no longer holds the post, or does not reach as far.
    """
    record = ExportFile.objects.filter(pk=job.params["file"]).select_related("owner").first()
    if record is None:
        raise Refused("这次导出已过保留期，请重新导出。")
    user = record.owner
    user.acting_post_id = record.post_number
    require_same(record, user)
    written = write(
        sheet=sheet_of(record.wish, user),
        actor=Actor(user=user, post=record.post, channel="后台作业"),
        report=lambda done: job.beat(done, max(done, record.total)),
    )
    with written.file, job.finishing({"link": reverse("exchange:files")}) as result:
        record.file.save("export", File(written.file), save=False)
        record.rows, record.sha256, record.size = written.rows, written.sha256, record.file.size
        record.made_at = clock.now()
        record.expires_at = record.made_at + settings.EXPORT_LIFE
        record.save()
        result["text"] = f"已生成 {record.name}，{written.rows} 条，保留 {settings.EXPORT_LIFE.days} 天。"
        written.journal(job.actor)


def fetch(*, record, actor):
    """Return the open file of a finished export, journalled.

    Raises NoLonger where rights or scope are not those of then; Refused where there is no file, or not the one written.
    """
    try:
        require_same(record, actor.user)
        sheet_of(record.wish, actor.user)  # whoever may not export it any more may not fetch it either
    except NoLonger as refusal:
        with transaction.atomic():
            _journal(record, actor, result="拒绝", reason=str(refusal))
        raise
    if record.made_at is None or record.expires_at < clock.now():
        raise Refused(f"“{record}”{'还没有生成' if record.made_at is None else '已过保留期，请重新导出'}。")
    try:
        file = record.file.open("rb")
    except FileNotFoundError:
        raise Refused(f"“{record}”已不在服务器上，请重新导出。") from None
    if hashlib.file_digest(file, "sha256").hexdigest() != record.sha256:
        file.close()
        raise Refused(f"“{record}”与生成时不一致，请重新导出，并告知系统管理员。")
    file.seek(0)
    with transaction.atomic():
        _journal(record, actor)
    return file


def require_same(record, user):
    """Raise NoLonger unless `user` acts in the post he asked in, and reaches exactly as far."""
    held = {post.pk for post in user.posts_held} if user.is_active else set()
    if record.post_number not in held:
        raise NoLonger(f"您已不在“{record.post}”岗位，不能取得以该岗位导出的文件。")
    if user.acting.pk != record.post_number:
        raise NoLonger(f"这个文件是以“{record.post}”身份导出的，请先切换到该身份。")
    if _reach(user) != record.reach:
        raise NoLonger(f"“{record.post}”岗位的范围已经改变，请按现在的范围重新导出。")


def expire(*, job):
    """Remove the exports whose time is over with their files, and what a killed job left in the folder. One line in the journal."""
    over = list(ExportFile.objects.filter(expires_at__lt=clock.now()))
    with job.finishing({"link": reverse("exchange:files")}) as result:
        ExportFile.objects.filter(pk__in=[record.pk for record in over]).delete()
        result["text"] = f"清理到期的导出文件 {len(over)} 个。"
    for record in over:
        if record.file:
            default_storage.delete(record.file.name)
    retention.delete_unnamed(FOLDER, ExportFile, settings.EXPORT_LIFE)


def _reach(user):
    """Write down how far a person reaches, so that it can be compared."""
    reach = user.reach()
    limits = {dimension: sorted(keys) for dimension, keys in sorted(reach.limits.items())}
    return json.dumps({"role": user.role, "everything": reach.everything, "nobody": reach.nobody, "limits": limits})


def _journal(record, actor, result="成功", **detail):
    detail = {"file": str(record.pk), "rows": record.rows, "sha256": record.sha256, "conditions": record.conditions, **detail}
    journal.record(act="下载导出", actor=actor, target=record.name, detail=detail, result=result)
