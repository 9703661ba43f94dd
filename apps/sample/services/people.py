"""The sample county's people: register them once, keep their passwords where they can be read again."""

from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import make_password

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
    missing = [person for person in PEOPLE if person.username not in present]
    for person in missing:
        present[person.username] = _register(person, bodies[person.organisation], actor)
    users = [present[person.username] for person in PEOPLE if present[person.username].is_sample]
    lines = sign_in_file.read()
    known = {user.username: lines[user.username] for user in users if user.username in lines and lines[user.username].belongs_to(user)}
    known |= _set_passwords([user for user in users if user.username not in known])
    kept = {user.username: known[user.username] for user in users}
    if kept != lines:
        sign_in_file.write(kept.values())
    return len(missing)


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


def _set_passwords(users):
    """Give everyone a new password and return user name -> SignIn; the slow hashes are made on all processors."""
    passwords = [sign_in_file.new_password(user.username) for user in users]
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(make_password, passwords))
    for user, password, encoded in zip(users, passwords, hashes, strict=True):
        accounts.set_password(user=user, password=password, encoded=encoded)
    return {user.username: SignIn.of(user, password) for user, password in zip(users, passwords, strict=True)}
