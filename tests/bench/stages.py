"""Where a document's time goes: each node's tram_stage_seconds along the way, beside what the client measured."""

import re

ORDER = ["queue", "parse", "hash", "verify", "sign", "commit", "relay", "hand_over"]
# What a node waits for while others work: told, and not part of the sum.
BESIDE = ["peer", "receipt"]
LINE = re.compile(r'^tram_stage_seconds_sum\{stage="(\w+)"\} (\S+)$', re.MULTILINE)


def parse(text):
    """Seconds of each stage, from the text of /metrics."""
    return {stage: float(seconds) for stage, seconds in LINE.findall(text)}


def read(node):
    return parse(node.get("/metrics"))


def spent(nodes, before, documents, mean_ms):
    """Microseconds a document; `nodes` in the order of its way. What no stage knows is between client and node:
    TLS, gRPC, and waiting there for a thread or for the other side."""
    total = mean_ms * 1000
    rows = []
    for node in nodes:
        after = read(node)
        for stage in ORDER + BESIDE:
            micros = (after.get(stage, 0) - before[node.name].get(stage, 0)) * 1e6 / documents
            if micros > 0:
                rows.append({"node": node.name, "stage": stage, "us": round(micros, 1), "counts": stage in ORDER})
    known = sum(row["us"] for row in rows if row["counts"])
    return {"rows": rows, "knownUs": round(known, 1), "totalUs": round(total, 1),
            "knownShare": round(known / total, 3) if total else None}


def table(all_of_it):
    lines = [f"    {'node':8} {'stage':10} {'us a document':>14}"]
    for row in all_of_it["rows"]:
        beside = "" if row["counts"] else "   (while others work)"
        lines.append(f"    {row['node']:8} {row['stage']:10} {row['us']:>14.1f}{beside}")
    lines.append(f"    {'stages':19} {all_of_it['knownUs']:>14.1f}   {all_of_it['knownShare']:.1%} of what the client sees")
    lines.append(f"    {'client sees':19} {all_of_it['totalUs']:>14.1f}   from its first byte to its acknowledgement answered")
    return "\n".join(lines)
