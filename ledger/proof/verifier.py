"""Verify a ledger's export or the proof of one record, trusting nobody: not the server, not its database, not its code.

    python verifier.py export.jsonl [--anchor anchor.jsonl]
    python verifier.py proof.json [--anchor anchor.jsonl]

Needs Python 3.9 or later and nothing else. It shares no line with the server's own code. What is hashed, and how,
is written in `encoded` and `checkpoint_hash` below. The anchor is a file of checkpoints that were pushed outside
when they were made: without one, a chain whose end was cut off or that was made anew looks whole.

Exits with 0 if all is as it was sealed, with 1 at the first break, with 2 if the file cannot be read.
"""

import argparse
import base64
import hashlib
import json
import sys

TRANSACTION = (
    "id organization_id xid type transaction_date posting_date description reference_number external_id"
    " currency amount total_debits total_credits account_id contact_id category_id original_id"
    " reversal_scope reversal_reason entry_count version error_code error_message metadata created_at"
    " updated_at entries"
).split()
ENTRY = (
    "id line_no account_id transaction_date entry_type currency amount base_amount currency_rate"
    " description reference metadata reverses_entry_id"
).split()
EVENT = (
    "id organization_id xid seq event_type entity_type entity_id before_state after_state changes"
    " api_key_id user_id system ip_address request_id timestamp"
).split()
#: By version of the leaf and kind: the fields, in the order in which they are hashed.
LEAVES = {(1, "transaction"): TRANSACTION, (1, "event"): EVENT}
ENTRIES = {1: ENTRY}
#: By version: the fields of a checkpoint, in the order in which they are hashed.
CHECKPOINT = (
    "organization_id seq epoch epoch_began_at leaf_version count total last_xid last_record root previous_hash"
    " sealed_at"
).split()
CHECKPOINTS = {1: CHECKPOINT}
#: Within one database transaction, transactions come before events.
KINDS = {"TXN": 1, "EVT": 2}


class Broken(Exception):
    """The first thing that is not as it was sealed."""


def sha256(data):
    return hashlib.sha256(data).digest()


def text(value):
    """n for nothing; else t, the length in 4 bytes, the UTF-8."""
    if value is None:
        return b"n"
    if not isinstance(value, str):
        raise Broken(f"{value!r} is not a text.")
    data = value.encode("utf-8")
    return b"t" + len(data).to_bytes(4, "big") + data


def row(parts):
    """l, the number of parts in 4 bytes, the parts."""
    return b"l" + len(parts).to_bytes(4, "big") + b"".join(parts)


def named(fields, names, what):
    """The values of fields, which must be exactly the ones of that name."""
    if not isinstance(fields, dict) or set(fields) != set(names):
        raise Broken(f"{what} does not have the fields of its version.")
    return [fields[name] for name in names]


def encoded(record):
    """A record in the one form in which it is hashed: version, kind, and every field with its length before it."""
    version, kind, fields = record["version"], record["kind"], record["fields"]
    names = LEAVES.get((version, kind))
    if names is None:
        raise Broken(f"Leaves of version {version} for a {kind} are unknown to this verifier.")
    parts = [text(str(version)), text(kind)]
    for name, value in zip(names, named(fields, names, f"A {kind}")):
        if name == "entries":
            lines = [named(entry, ENTRIES[version], "An entry") for entry in value]
            parts.append(row([row([text(each) for each in line]) for line in lines]))
        else:
            parts.append(text(value))
    return row(parts)


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def root_of(leaves):
    """RFC 6962: pairs from the left, level by level; a leaf or node without a partner goes up as it is."""
    if not leaves:
        return sha256(b"")
    while len(leaves) > 1:
        pairs = [node_hash(*leaves[n : n + 2]) for n in range(0, len(leaves) - 1, 2)]
        leaves = pairs + leaves[len(leaves) // 2 * 2 :]
    return leaves[0]


def checkpoint_hash(checkpoint):
    names = CHECKPOINTS.get(checkpoint.get("version"))
    if names is None:
        raise Broken(f"Checkpoints of version {checkpoint.get('version')} are unknown to this verifier.")
    values = [str(checkpoint["version"]), "checkpoint", *(checkpoint[name] for name in names)]
    return sha256(b"\x02" + row([text(v if v is None or isinstance(v, str) else str(v)) for v in values]))


def place(xid, public_id):
    """Where a record stands in the order of its epoch."""
    prefix, _, digits = public_id.partition("_")
    return int(xid or 0), KINDS[prefix], int(digits, 16)


class Chain:
    """Follows a chain of checkpoints and refuses the first that does not follow from the one before."""

    def __init__(self, anchors):
        self.anchors, self.last, self.records, self.anchored = anchors, None, 0, 0

    def add(self, checkpoint, records):
        """Check one checkpoint with the records before it in the export."""
        seq, last = checkpoint["seq"], self.last
        if seq != (last["seq"] + 1 if last else 1):
            raise Broken(f"Checkpoint {last['seq'] + 1 if last else 1} is missing; {seq} is the next one there is.")
        if checkpoint["previous_hash"] != (last["hash"] if last else "00" * 32):
            raise Broken(f"Checkpoint {seq} does not follow from the one before it.")
        if checkpoint_hash(checkpoint).hex() != checkpoint["hash"]:
            raise Broken(f"Checkpoint {seq} was changed: its hash is another.")
        if last and checkpoint["organization_id"] != last["organization_id"]:
            raise Broken(f"Checkpoint {seq} is of another organization.")
        if checkpoint["total"] != (last["total"] if last else 0) + checkpoint["count"]:
            raise Broken(f"Checkpoint {seq} does not lie after the one before it.")
        self.compare(checkpoint)
        self.check_records(checkpoint, records)
        self.last = checkpoint
        self.records += len(records)

    def compare(self, checkpoint):
        """With the anchor, where there is one of this number."""
        anchor = self.anchors.get(checkpoint["seq"])
        if anchor is not None and anchor["hash"] != checkpoint["hash"]:
            raise Broken(f"Checkpoint {checkpoint['seq']} is not the one that was anchored: the chain was made anew.")
        self.anchored += anchor is not None

    def check_records(self, checkpoint, records):
        seq, leaves = checkpoint["seq"], [(each["fields"]["id"], leaf_hash(encoded(each))) for each in records]
        sealed = unpacked(base64.b64decode(checkpoint["leaves"]))
        if root_of([digest for _, digest in sealed]).hex() != checkpoint["root"] or len(sealed) != checkpoint["count"]:
            raise Broken(f"Checkpoint {seq} was changed: its leaves give another root.")
        if leaves != sealed:
            raise Broken(f"Checkpoint {seq}: {difference(sealed, leaves)}")
        if root_of([digest for _, digest in leaves]).hex() != checkpoint["root"]:
            raise Broken(f"Checkpoint {seq}: the records give another root.")
        self.check_order(checkpoint, records)

    def check_order(self, checkpoint, records):
        seq, last = checkpoint["seq"], self.last
        same = last is not None and last["epoch"] == checkpoint["epoch"]
        before = place(last["last_xid"], last["last_record"]) if same and last["last_record"] else (0, 0, 0)
        for record in records:
            fields = record["fields"]
            if fields["organization_id"] != checkpoint["organization_id"]:
                raise Broken(f"Checkpoint {seq}: {fields['id']} is of another organization.")
            here = place(fields["xid"], fields["id"])
            if here <= before:
                raise Broken(f"Checkpoint {seq}: {fields['id']} does not lie after the record before it.")
            before = here
        if records and before != place(checkpoint["last_xid"], checkpoint["last_record"]):
            raise Broken(f"Checkpoint {seq} ends at another record than it says.")
        if not records and (not last or checkpoint["epoch"] != last["epoch"] + 1):
            raise Broken(f"Checkpoint {seq} seals nothing and begins no epoch.")

    def end(self):
        """Nothing that was anchored may be missing at the end."""
        last = self.last["seq"] if self.last else 0
        missing = [seq for seq in sorted(self.anchors) if seq > last]
        if missing:
            raise Broken(
                f"Checkpoint {missing[0]} was anchored, and the chain ends before it: it was cut or taken away."
            )


def unpacked(data):
    """The leaves that a checkpoint lists: 1 byte kind, 8 bytes id, 32 bytes hash each."""
    if len(data) % 41:
        raise Broken("The list of leaves of a checkpoint is not whole.")
    prefixes = {kind: prefix for prefix, kind in KINDS.items()}
    parts = [data[n : n + 41] for n in range(0, len(data), 41)]
    return [(f"{prefixes.get(part[0], part[0])}_{part[1:9].hex()}", part[9:]) for part in parts]


def difference(sealed, found):
    """What happened to the first record that is not as it was sealed."""
    then, now = dict(sealed), dict(found)
    for was, here in zip([*sealed, *[(None, b"")] * len(found)], [*found, *[(None, b"")] * len(sealed)]):
        if was == here:
            continue
        if here[0] is not None and here[0] not in then:
            return f"{here[0]} was slipped in."
        if was[0] is not None and was[0] not in now:
            return f"{was[0]} is gone."
        if was[0] == here[0]:
            return f"{was[0]} was changed."
        return f"{here[0] or was[0]} was moved."
    return "its records are not those that were sealed."


def verify_export(lines, anchors):
    """Follow an export from its first line to its last; gives what was found in a sentence."""
    head = json.loads(next(lines))
    if head.get("object") != "ledger_export":
        raise Broken("The file is not an export of a ledger.")
    chain, waiting = Chain(anchors), []
    for line in lines:
        item = json.loads(line)
        if item["object"] == "record":
            waiting.append(item)
        else:
            chain.add(item, waiting)
            waiting = []
            if item["organization_id"] != head["organization_id"]:
                raise Broken("A checkpoint is of another organization than the export.")
    chain.end()
    if waiting or (chain.last or {}).get("hash") != (head["head"] or {}).get("hash"):
        raise Broken("The export does not end where its first line says.")
    count = chain.last["seq"] if chain.last else 0
    return f"{count} checkpoints over {chain.records} records are intact; {chain.anchored} of them are anchored."


def verify_proof(proof, anchors):
    """Follow one record up to its checkpoint; gives what was found in a sentence."""
    checkpoint = proof["checkpoint"]
    if checkpoint is None:
        raise Broken("The record is not sealed yet: there is nothing to verify.")
    fields = proof["record"]["fields"]
    named_id = proof.get("transaction_id") or proof.get("event_id")
    data = encoded(proof["record"])
    if base64.b64decode(proof["leaf"]) != data or fields["id"] != named_id:
        raise Broken("The leaf is not the record that is shown.")
    digest = leaf_hash(data)
    for step in proof["path"]:
        other = bytes.fromhex(step["hash"])
        digest = node_hash(other, digest) if step["side"] == "left" else node_hash(digest, other)
    seq = checkpoint["seq"]
    if digest.hex() != checkpoint["root"]:
        raise Broken(f"The record does not lead to the root of checkpoint {seq}: one of them was changed.")
    if checkpoint_hash(checkpoint).hex() != checkpoint["hash"]:
        raise Broken(f"Checkpoint {seq} was changed: its hash is another.")
    if fields["organization_id"] != checkpoint["organization_id"]:
        raise Broken("The record and the checkpoint are of different organizations.")
    if anchors and seq not in anchors:
        raise Broken(f"Checkpoint {seq} is not in the anchor.")
    Chain(anchors).compare(checkpoint)
    return f"{named_id} is sealed by checkpoint {seq}, {'which is anchored' if anchors else 'on its own word'}."


def read_anchors(path, organization_id):
    """The anchored checkpoints of one organization by number; the anchor itself must not contradict itself."""
    anchors = {}
    with open(path, encoding="utf-8") as file:
        content = file.read()
    lines = [content] if content.lstrip().startswith("{\n") else content.splitlines()
    for item in (json.loads(line) for line in lines if line.strip()):
        if item["organization_id"] != organization_id:
            continue
        if checkpoint_hash(item).hex() != item["hash"]:
            raise Broken(f"Checkpoint {item['seq']} of the anchor was changed: its hash is another.")
        if anchors.setdefault(item["seq"], item)["hash"] != item["hash"]:
            raise Broken(f"The anchor has two different checkpoints {item['seq']}.")
    return anchors


def verify(path, anchor=None):
    """Verify a file; gives a sentence, or raises Broken."""
    with open(path, encoding="utf-8") as file:
        try:
            first = json.loads(file.readline())
        except json.JSONDecodeError:
            file.seek(0)
            first = json.load(file)  # one object over several lines
        if not isinstance(first, dict) or first.get("object") not in ("ledger_export", "proof"):
            raise Broken("The file is neither an export nor a proof.")
        anchors = read_anchors(anchor, first["organization_id"]) if anchor else {}
        if anchor and not anchors:
            raise Broken("The anchor has nothing of this organization.")
        if first["object"] == "proof":
            return verify_proof(first, anchors)
        file.seek(0)
        return verify_export(iter(file.readline, ""), anchors)


def main():
    parser = argparse.ArgumentParser(description="Verify a ledger's export, or the proof of one record.")
    parser.add_argument("file", help="export.jsonl or proof.json")
    parser.add_argument("--anchor", help="checkpoints that were pushed outside, one JSON object a line")
    asked = parser.parse_args()
    try:
        print(verify(asked.file, asked.anchor))
    except Broken as problem:
        print(f"BROKEN: {problem}", file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"The file cannot be read: {problem!r}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
