from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who acts, in which post, through which door. Passed to every service that writes."""

    user: object = None
    post: str = ""
    channel: str = "页面"
    address: str = ""

    @classmethod
    def of(cls, user, channel="页面", address=""):
        """Return the actor for `user` (any object with `acting_label`)."""
        return cls(user=user, post=user.acting_label, channel=channel, address=address)

    @classmethod
    def from_request(cls, request, channel="页面"):
        return cls.of(request.user, channel=channel, address=request.META.get("REMOTE_ADDR", ""))

    @classmethod
    def system(cls, name):
        """Return an actor for work nobody ordered by hand: loading the plan or the sample county."""
        return cls(post=name, channel="系统")
