"""A shop under load, seen from its tills: each sale has an Idempotency-Key, and each till knows what it was told."""

import http.client
import threading
import time
from dataclasses import dataclass, field

from organizations import ids
from tests.concurrency.books import Books
from tests.concurrency.http import Client


@dataclass(slots=True)
class Shop:
    """Tills that sell until they are closed, as fast as they can or ``per_second`` together.

    ``answered`` are ids by key, ``refused`` the statuses beside 201. A stubborn till sends the same sale again until it
    is answered; ``failed`` counts the attempts that were not.
    """

    base_url: str
    books: Books
    tills: int = 6
    per_second: float | None = None
    stubborn: bool = False
    failed: int = 0
    answered: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    _closed: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def open(self) -> None:
        """Begin to sell."""
        self._threads = [threading.Thread(target=self._sell, args=(till,)) for till in range(self.tills)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop selling; every attempt has ended when this returns."""
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, sales: int, seconds: float = 20) -> None:
        """Wait until so many more sales have been answered."""
        wanted, deadline = len(self.answered) + sales, time.monotonic() + seconds
        while len(self.answered) < wanted:
            assert time.monotonic() < deadline, f"{len(self.answered)} sales instead of {wanted}"
            time.sleep(0.01)

    def send(self, client: Client, key: str):
        """Post the sale that a key stands for: it decides amount and day, so a retry is the same request."""
        till, number = map(int, key.split("-"))
        amount = f"{till + 1}.{number % 100:02}"
        lines = [
            {"account_id": ids.encode("ACT", self.books.accounts[code]), "entry_type": side, "amount": amount}
            for code, side in (("1001", "debit"), ("4001", "credit"))
        ]
        body = {
            "transaction_date": f"2025-{number % 12 + 1:02}-{till + 1:02}",
            "external_id": key,
            "auto_post": True,
            "entries": lines,
        }
        path = f"/organizations/{self.books.organization.public_id}/transactions"
        return client.post(path, body, idempotency_key=key)

    def _sell(self, till: int) -> None:
        client = Client(self.base_url, self.books.secret, timeout=10)
        number, began = 0, time.monotonic()
        while not self._closed.is_set():
            if self.per_second is not None:
                self._closed.wait(began + number * self.tills / self.per_second - time.monotonic())
            number += 1
            key = f"{till}-{number}"
            while not self._is_sold(client, key) and self.stubborn:
                time.sleep(0.2)
            if key not in self.answered:
                self.unanswered.append(key)
        client.close()

    def _is_sold(self, client: Client, key: str) -> bool:
        try:
            answer = self.send(client, key)
        except (OSError, http.client.HTTPException):
            answer = None
        if answer is not None and answer.status == 201:
            self.answered[key] = answer.body["id"]
            return True
        self.failed += 1
        self.refused |= {answer.status} if answer is not None else set()
        time.sleep(0.05)
        return False

    def retry(self) -> dict[str, str]:
        """Send every unanswered sale again with its key until it is answered; the transactions' ids by key."""
        client = Client(self.base_url, self.books.secret)
        done: dict[str, str] = {}
        deadline = time.monotonic() + 20
        while len(done) < len(self.unanswered):
            for key in self.unanswered:
                if key in done:
                    continue
                try:
                    answer = self.send(client, key)
                except (OSError, http.client.HTTPException):
                    continue
                if answer.status == 201:
                    done[key] = answer.body["id"]
                else:
                    assert answer.status in (409, 503) and time.monotonic() < deadline, answer.text
                    time.sleep(0.1)
        client.close()
        return done
