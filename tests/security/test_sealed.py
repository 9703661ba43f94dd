"""What must be read again lies in the database sealed, under keys that lie elsewhere (reliability.md F2)."""

import shutil
from base64 import b32decode, b32encode

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts import factors
from apps.accounts.choices import Role
from apps.accounts.models import Authenticator
from apps.core import cipher
from apps.core.outage import Unavailable
from apps.journal.models import JournalEntry
from tests import factories
from tests.accounts.test_factor import ENROL, SIGN_OUT, VERIFY, phone  # noqa: F401  (a fixture)
from tests.commands import run
from tests.offices import DATABASE, working_in

PASSWORD = "Jinyun-2021!"


@pytest.fixture(autouse=True)
def the_rule_of_the_office(settings):
    settings.SECOND_FACTOR_ROLES = ["approver"]


def dumped():
    """Return every value of every table as text, hex for bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [value.hex() if isinstance(value, bytes | memoryview) else str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def spellings(secret):
    return [secret.hex(), secret.hex().upper(), b32encode(secret).decode(), str(secret)]


def plain_in_the_database(secret):
    text = dumped()
    return [spelling for spelling in spellings(secret) if spelling in text]


@pytest.mark.django_db
def test_a_dump_shows_no_secret_neither_while_it_is_bound_nor_after(client, phone):  # noqa: F811
    factories.person("someone", Role.APPROVER)
    client.post(reverse("accounts:sign-in"), {"username": "someone", "password": PASSWORD})
    secret = b32decode(client.get(ENROL).context["secret"]["text"].replace(" ", ""))
    assert plain_in_the_database(secret) == []
    client.post(ENROL, {"code": phone(secret)})
    device = Authenticator.objects.get()
    assert (device.bin_key, plain_in_the_database(secret)) == (secret, [])
    assert device.sealed in dumped()
    client.post(SIGN_OUT)
    client.post(reverse("accounts:sign-in"), {"username": "someone", "password": PASSWORD})
    assert client.post(VERIFY, {"code": phone(secret)}).url == reverse("workbench:home")


@pytest.mark.django_db
def test_the_dump_would_show_a_plain_one():
    user = factories.person("someone")
    TOTPDevice.objects.create(user=user, key="ab" * 20)
    assert plain_in_the_database(bytes.fromhex("ab" * 20)) == ["ab" * 20]


def test_equal_texts_are_sealed_unequally_and_open_again():
    first, second = cipher.seal("0123"), cipher.seal("0123")
    assert first != second
    assert [cipher.unseal(first), cipher.unseal(second)] == ["0123", "0123"]


@pytest.mark.django_db
def test_a_new_key_takes_over_and_the_old_one_goes(settings):
    settings.FIELD_KEYS = ["former"]
    user = factories.person("someone", Role.APPROVER)
    device = Authenticator.objects.create(user=user, sealed=factors.new_secret())
    secret = device.key
    settings.FIELD_KEYS = ["present", "former"]
    assert run("reseal") == (0, {"status": "done", "factors": 1})
    assert JournalEntry.objects.latest("seq").act == "更换加密密钥"
    settings.FIELD_KEYS = ["present"]
    assert Authenticator.objects.get().key == secret
    settings.FIELD_KEYS = ["former"]
    with pytest.raises(Unavailable):
        assert Authenticator.objects.get().key


@pytest.mark.django_db
def test_without_the_key_people_are_told_and_nothing_opens(client, settings, phone):  # noqa: F811
    user = factories.person("someone", Role.APPROVER)
    Authenticator.objects.create(user=user, sealed=factors.new_secret())
    settings.FIELD_KEYS, client.raise_request_exception = ["another"], False
    client.post(reverse("accounts:sign-in"), {"username": "someone", "password": PASSWORD})
    answer = client.post(VERIFY, {"code": "123456"})
    assert (answer.status_code, "FIELD_KEYS" in answer.content.decode()) == (503, True)
    assert client.get(reverse("workbench:home")).url == VERIFY


@pytest.mark.deep  # walks through every migration three times
def test_the_upgrade_seals_what_was_plain_and_goes_back(migrated, tmp_path, django_db_blocker):
    shutil.copy(migrated, tmp_path / "office.sqlite3")
    with django_db_blocker.unblock(), working_in(**DATABASE, NAME=str(tmp_path / "office.sqlite3")):
        user = factories.person("someone", Role.APPROVER)
        secret = bytes.fromhex("0123456789abcdef" * 2)
        call_command("migrate", "accounts", "0006", verbosity=0)
        TOTPDevice.objects.create(user_id=user.pk, name="手机", key=secret.hex(), last_t=7)
        assert plain_in_the_database(secret) == [secret.hex()]
        call_command("migrate", verbosity=0)
        device = Authenticator.objects.get()
        assert (device.user_id, device.bin_key, device.last_t, plain_in_the_database(secret)) == (user.pk, secret, 7, [])
        assert not TOTPDevice.objects.exists()
        call_command("migrate", "accounts", "0006", verbosity=0)
        assert TOTPDevice.objects.get().bin_key == secret
