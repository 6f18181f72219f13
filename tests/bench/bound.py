"""The bound: how many documents a second the operations allow that no implementation of the contract can leave out, at
what they cost on this machine in this run (the program `limit`). Pure logic; tested in compare_test.py.

What a document costs, counted in the code:

one node
    sign 2         the agency's seal over the manifest (exchange/acceptor.cc), the node's over status 01 (exchange/arrival_status.cc)
    verify 0       what the node sealed itself needs none
    SHA-256 3      over the content: the sender's system, the node that accepts (acceptor.cc), the node that hands over
                   what it read from the disk (exchange/stored_contents.cc)
    echo 1         the content goes in once and out once over TLS
    small echo 3   accepted, acknowledge, acknowledged; the status to the sender, and its acknowledge, acknowledged
    commits 2      in a row: before "accepted", before "acknowledged"
    writes 1       the content, once
three nodes
    sign 2         as above
    verify 4       document and status 01, each by the two nodes that did not sign them (exchange/hop_check.cc)
    SHA-256 7      the sender's system; then each of three nodes when the content comes, and again when it is read to be
                   sent on or handed over (exchange/judging.cc, exchange/stored_contents.cc)
    echo 2         in, two relays, out
    small echo 3   as above; what nodes tell each other goes in batches, and is counted as nothing
    commits 4      accepted, stored at the axis, stored at the recipient's node, acknowledged
    writes 3       the content, once at each node; all on this machine's disk

Headers, logs' hashes, SQLite, checkpoints and receipts (one signature for thousands) are counted as nothing: the bound is
what nobody can pass, not what is expected. The processors' share is cores × 1,000,000 µs ÷ CPU µs a document; the disk's is
documents in flight ÷ (commits in a row × one fdatasync), for one fdatasync may serve all that wait, and at most
1,000,000 µs ÷ (writes × what writing one content takes among many); the bound is the least of these.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Work:
    """How often each operation is done for one document."""
    sign: int
    verify: int
    sha256: int
    echo: int
    small_echo: int
    commits: int
    writes: int


WORK = {"tram": Work(sign=2, verify=0, sha256=3, echo=1, small_echo=3, commits=2, writes=1),
        "tram-three-nodes": Work(sign=2, verify=4, sha256=7, echo=2, small_echo=3, commits=4, writes=3)}
SIGNATURES = {"P-256": ("p256SignUs", "p256VerifyUs"), "RSA-2048": ("rsaSignUs", "rsaVerifyUs")}


def terms(work, costs, key):
    """(count, name, microseconds each) of all that takes processor time."""
    sign, verify = SIGNATURES[key]
    return [(work.sign, "sign", costs[sign]), (work.verify, "verify", costs[verify]),
            (work.sha256, "SHA-256", costs["sha256Us"]), (work.echo, "echo", costs["echoUs"]),
            (work.small_echo, "small echo", costs["smallEchoUs"])]


def cpu_us(work, costs, key):
    return sum(count * each for count, _, each in terms(work, costs, key))


def by_processors(work, costs, key, cores):
    return cores * 1e6 / cpu_us(work, costs, key)


def by_disk(work, costs, in_flight):
    return min(in_flight * 1e6 / (work.commits * costs["fdatasyncUs"]), 1e6 / (work.writes * costs["writeUs"]))


def bound(work, costs, key, cores, in_flight):
    """Documents a second."""
    return min(by_processors(work, costs, key, cores), by_disk(work, costs, in_flight))


def explained(system, costs, key, cores, in_flight):
    """The formula with its numbers, for a person."""
    work = WORK[system]
    sums = " + ".join(f"{count} × {name} {each:.1f}" for count, name, each in terms(work, costs, key) if count)
    return (f"{sums} = {cpu_us(work, costs, key):.0f} µs a document; {cores} cores:"
            f" {by_processors(work, costs, key, cores):,.0f}/s; disk: the lesser of {in_flight} ÷ ({work.commits} × fdatasync"
            f" {costs['fdatasyncUs']:.0f} µs) and 1 ÷ ({work.writes} × write {costs['writeUs']:.1f} µs): {by_disk(work, costs, in_flight):,.0f}/s;"
            f" the bound is {bound(work, costs, key, cores, in_flight):,.0f}/s")
