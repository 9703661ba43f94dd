"""The sample county's people: register them once, keep their passwords where they can be read again."""

from apps.accounts import services as accounts
from apps.accounts.models import Organisation, User
from apps.platforms.models import Industry, Platform, Town
from apps.sample import sign_in_file
from apps.sample.people import ORGANISATIONS, PEOPLE, SINCE
from apps.sample.sign_in_file import SignIn


def load_people(*, actor):
    """Register the people that are missing and return how many; everyone has a password in the sign-in file afterwards.

    A known person keeps posts and password. Only where the file has no line for the account (it was lost, or it
    belongs to another database) a new password is set. An account of the office with the same name is left alone.
    """
    bodies = _load_organisations(actor)
    present = User.objects.in_bulk(field_name="username")
    lines, kept, added = sign_in_file.read(), [], 0
    for person in PEOPLE:
        user = present.get(person.username)
        if user is None:
            user = _register(person, bodies[person.organisation], actor)
            added += 1
        if user.is_sample:
            line = lines.get(user.username)
            kept.append(line if line and line.belongs_to(user) else _set_password(user))
    if kept != list(lines.values()):
        sign_in_file.write(kept)
    return added


def sign_ins():
    """Return one dict per sample person: username, password, name, post.

    password is empty where it is no longer the one in the file: the person changed it.
    """
    lines = sign_in_file.read()
    users = User.objects.filter(is_sample=True, username__in=lines).in_bulk(field_name="username")
    return [
        {
            "username": user.username,
            "password": line.password if line.holds(user) else "",
            "name": user.name,
            "post": "、".join(str(post) for post in user.posts_held),
        }
        for line in lines.values()
        if (user := users.get(line.username))
    ]


def _load_organisations(actor):
    bodies = {body.name: body for body in Organisation.objects.all()}
    for name, parent in ORGANISATIONS:
        if name not in bodies:
            bodies[name] = accounts.add_organisation(name=name, parent=bodies.get(parent), actor=actor)
    return bodies


def _register(person, organisation, actor):
    """Register one person with his posts and return the account, still without a password."""
    user = accounts.propose_user(username=person.username, name=person.name, organisation=organisation, actor=actor)
    user.is_sample = True
    user.save(update_fields=["is_sample"])
    for held in person.posts:
        accounts.grant_post(
            user=user,
            role=held.role,
            start=SINCE,
            actor=actor,
            organisation=organisation,
            platform=held.platform and Platform.objects.get(short_name=held.platform),
            town=held.town and Town.objects.get(name=held.town),
            industry=held.industry and Industry.objects.get(name=held.industry),
            data_items=held.data_items,
        )
    user.refresh_from_db()
    return user


def _set_password(user):
    password = sign_in_file.new_password(user.username)
    accounts.set_password(user=user, password=password)
    return SignIn.of(user, password)
