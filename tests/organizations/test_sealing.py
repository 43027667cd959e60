"""Secrets of others are sealed; the keys that seal them change while everything runs, and nothing is lost."""

import importlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from ledger.intake.connecting import connect
from ledger.intake.models import Connection
from organizations.resealing import sealed_columns
from organizations.sealing import Sealed, is_newest, seal, unseal
from organizations.webhooks import delivering
from organizations.webhooks.models import Webhook
from organizations.webhooks.signing import secret_of
from organizations.webhooks.subscribing import create_webhook, rotate_secret
from tests.cast import open_books

FIRST, SECOND, THIRD = ("first " * 8, "second " * 8, "third " * 8)


@pytest.fixture
def books(db, settings):
    settings.SECRETS_KEYS = [FIRST]
    return open_books("Sealed Ltd")


@pytest.fixture
def kept(books):
    """A webhook and a provider, with their secrets."""
    who = {"actor": books.actor, "organization": books.organization}
    with books.acting():
        webhook, secret = create_webhook(**who, url="https://example.com/hook")
        connect(**who, provider="stripe", changes={"webhook_secret": "whsec_of_stripe"})
    return webhook, secret


def stripes(books) -> str:
    with books.acting():
        row = Connection.objects.of(books.organization).get()
    return unseal(row.secret, books.organization.pk)


def again(books, webhook) -> Webhook:
    with books.acting():
        return Webhook.objects.of(books.organization).get(pk=webhook.pk)


def test_a_secret_is_unreadable_in_the_database_and_elsewhere(books, settings):
    sealed = seal("s3cret", 1)
    assert b"s3cret" not in sealed and unseal(sealed, 1) == "s3cret"
    with pytest.raises(Sealed):
        unseal(sealed, 2)
    settings.SECRETS_KEYS = [SECOND]
    with pytest.raises(Sealed):
        unseal(sealed, 1)


def test_without_keys_of_their_own_the_secret_key_seals(settings):
    settings.SECRETS_KEYS, settings.SECRET_KEY = [], FIRST
    sealed = seal("s3cret", 1)
    settings.SECRETS_KEYS, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = [SECOND], THIRD, [FIRST]
    assert unseal(sealed, 1) == "s3cret" and not is_newest(sealed, 1)


def test_every_sealed_column_is_known():
    assert {f"{model._meta.label}.{column}" for model, column in sealed_columns()} >= {
        "organizations.Webhook.root",
        "ledger.Connection.secret",
    }


def test_keys_change_without_losing_a_secret(books, kept, settings, capsys):
    webhook, secret = kept
    settings.SECRETS_KEYS = [SECOND, FIRST]
    call_command("rotate_secrets")
    assert "2 secrets sealed anew; 0 were already." in capsys.readouterr().out
    call_command("rotate_secrets")
    assert "0 secrets sealed anew; 2 were already." in capsys.readouterr().out
    settings.SECRETS_KEYS = [SECOND]  # the key of before is gone
    assert secret_of(again(books, webhook)) == secret
    assert stripes(books) == "whsec_of_stripe"


def test_a_change_of_the_secret_key_leaves_receivers_alone(books, kept, settings):
    webhook, secret = kept
    settings.SECRET_KEY = THIRD
    assert secret_of(again(books, webhook)) == secret


def test_what_changes_meanwhile_is_not_undone(books, kept, settings, monkeypatch):
    settings.SECRETS_KEYS = [SECOND, FIRST]

    def somebody_else(sealed: bytes, number: int) -> str:
        opened = unseal(sealed, number)
        Connection.objects.of(number).update(secret=seal("whsec_given_anew", number))
        return opened

    monkeypatch.setattr("organizations.resealing.unseal", somebody_else)
    call_command("rotate_secrets")
    assert stripes(books) == "whsec_given_anew"


def test_what_no_key_opens_is_named(books, kept, settings):
    settings.SECRETS_KEYS = [SECOND]
    with pytest.raises(CommandError, match=r"ledger\.connection \d+"):
        call_command("rotate_secrets")


def test_a_webhook_whose_root_is_lost_is_disabled_and_gets_another(books, kept, settings):
    webhook, secret = kept
    books.api.post("/contacts", {"name": "Carla"})
    with books.acting():
        test_event = books.api.post(f"/webhooks/{webhook.public_id}/test")
    assert test_event.status == 201, test_event.body
    settings.SECRETS_KEYS = [SECOND]
    assert delivering.claim(books.organization.pk, webhook.pk) is None
    found = again(books, webhook)
    assert (found.status, found.disabled_reason[:12]) == ("disabled", "No key opens")
    with books.acting():
        who = {"actor": books.actor, "organization": books.organization, "webhook_id": webhook.pk}
        row, new = rotate_secret(**who)
    assert new == secret_of(row) != secret


def test_the_migration_keeps_what_receivers_have(books, kept, settings):
    """A webhook of the release before has no root: its secret came from SECRET_KEY, and comes from it still."""
    webhook, _ = kept
    with books.acting():
        Webhook.objects.of(books.organization).update(root=None)
    before = secret_of(again(books, webhook))

    class Editor:
        connection = connections["default"]

    importlib.import_module("organizations.migrations.0019_sealed_secrets").keep_roots(None, Editor)
    settings.SECRET_KEY = THIRD
    assert again(books, webhook).root is not None
    assert secret_of(again(books, webhook)) == before
