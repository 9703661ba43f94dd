"""Who asked for a job about a batch, and whether he still may: the person, in the post and through the door of then."""

from apps.core.actor import Actor
from apps.core.errors import Refused

STAGE, CONFIRM = "exchange.stage", "exchange.confirm"  # kinds of jobs; their key is the batch's


def asked(batch, actor, **more):
    """Return the params of a job about `batch` asked for by `actor`."""
    door = {"post": actor.post, "post_id": actor.user.acting_post_id, "channel": actor.channel, "address": actor.address}
    return {"batch": str(batch.pk), "file": batch.filename, **door, **more}


def who_asked(batch, params):
    """Return the Actor of then; only the uploader ever asks. See `require_standing`."""
    user = batch.uploader
    user.acting_post_id = params["post_id"]
    return Actor(user=user, post=params["post"], channel=params["channel"], address=params["address"])


def require_standing(actor):
    """Raise Refused where the person who asked is closed out, or no longer holds the post he acted in."""
    if not actor.user.is_active or actor.user.acting_label != actor.post:
        raise Refused(f"提交时的岗位“{actor.post}”已不在任，没有保存任何内容。")


def require_right(ledger, actor):
    """Raise Refused unless the acting post may import this ledger."""
    if ledger.resource is None or not ledger.may(actor.user, "import"):
        raise Refused(f"您的岗位不能导入“{ledger.label}”。")
