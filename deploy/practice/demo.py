"""deploy/demo: sends documents from Sơn La through the national axis to a ministry, and proves what happened."""

import argparse
import hashlib
import pathlib
import shlex
import subprocess
import sys
import time

import network
from network import Failed

SENDER, MINISTRY, NEIGHBOUR = "H52.01", "G09.02", "H52.05"


def say(text=""):
    print(text, flush=True)


def step(text):
    say(f"\n── {text}")


def sample_pdf(text):
    """A small but whole PDF of one page."""
    stream = f"BT /F1 18 Tf 72 760 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return out


class Document:
    """One document of the demonstration and what is known of it."""

    def __init__(self, number, subject, files, arguments=()):
        self.number, self.subject, self.files, self.arguments = number, subject, files, list(arguments)
        self.id = None
        self.delivered = self.proven = False


def sample_documents(net):
    folder = net.dir / "samples"
    folder.mkdir(exist_ok=True)
    files = {}
    for name, text in (("cong-van-125.pdf", "Cong van so 125/UBND-NC"), ("cong-dien-07.pdf", "Cong dien so 07/CD-UBND"),
                       ("bao-cao-31.pdf", "Bao cao so 31/BC-UBND")):
        files[name] = folder / name
        files[name].write_bytes(sample_pdf(text))
    seal = net.pki / "seals" / SENDER
    return [
        Document("125", "Về việc chuẩn bị nội dung làm việc", [files["cong-van-125.pdf"]]),
        Document("07", "Công điện về ứng phó mưa lũ", [files["cong-dien-07.pdf"]], ["--priority", "hỏa tốc"]),
        Document("31", "Báo cáo kết quả tháng 11", [files["bao-cao-31.pdf"]],
                 ["--sign-with", f"{seal}.key", "--certificate", f"{seal}.crt"]),
    ]


def user_documents(paths):
    return [Document(str(i), f"Tệp {pathlib.Path(path).name}"[:200], [pathlib.Path(path)])
            for i, path in enumerate(paths, 1)]


def send(net, documents):
    client = net.client(SENDER)
    for document in documents:
        answer = client.json("send", *document.files, "--to", MINISTRY, "--to", NEIGHBOUR,
                             "--subject", document.subject, "--number", document.number, "--notation", "UBND-NC",
                             "--type", "Công văn", "--place", "Sơn La", "--date", time.strftime("%Y-%m-%d"),
                             "--signer-name", "Nguyễn Văn A", "--signer-position", "Phó Chủ tịch",
                             "--competence", "KT. CHỦ TỊCH", *document.arguments, timeout=1800)
        document.id = answer["id"]
        size = sum(path.stat().st_size for path in document.files)
        say(f"sent {SENDER}/{document.id}: no. {document.number}, {size:,} bytes, accepted {answer['accepted_at']}")


def digest(path):
    hasher = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def receive(net, agency, documents, seconds=120):
    """Receives until every document is there; compares each file with what was sent."""
    client, folder = net.client(agency), net.dir / "received" / agency
    wanted = {document.id: document for document in documents}
    deadline = time.monotonic() + seconds
    while wanted and time.monotonic() < deadline:
        for item in client.lines("receive", "--dir", folder, timeout=1800):
            document = wanted.pop(item.get("id", ""), None)
            if document is None:
                continue
            for path in document.files:
                stored = folder / SENDER / document.id / path.name
                if not stored.exists() or digest(stored) != digest(path):
                    raise Failed(f"{agency} did not receive {path.name} as it was sent ({stored})")
            say(f"{agency} received {document.id}: {item.get('verdict', {}).get('who', '')}")
        if wanted:
            time.sleep(0.1)
    if wanted:
        raise Failed(f"{agency} did not receive {', '.join(wanted)} within {seconds} s; see {net.dir}/nodes")


def report_statuses(net, documents):
    for agency in (MINISTRY, NEIGHBOUR):
        for document in documents:
            for code in ("03", "06"):
                net.client(agency).run("status", f"{SENDER}/{document.id}", code)
    say(f"{MINISTRY} and {NEIGHBOUR} reported 03 (đã tiếp nhận) and 06 (hoàn thành) for each")


def complete(track):
    recipients = {line["recipient"]: line for line in track["recipients"]}
    handed = all(line["state"] == "handed over" and line["last_status"] == 6 for line in recipients.values())
    proven = recipients.get(MINISTRY, {}).get("verified_receipts", 0) >= 3
    return len(recipients) == 2 and handed, proven


def wait_for_proof(net, documents, seconds=60):
    """Until each document is handed over to all, its last status is 06, and the receipts of axis and ministry hold."""
    client = net.client(SENDER)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for document in documents:
            if not (document.delivered and document.proven):
                document.delivered, document.proven = complete(client.json("track", document.id))
        if all(document.delivered and document.proven for document in documents):
            return
        time.sleep(0.1)


def collect_statuses(net):
    items = net.client(SENDER).lines("receive", "--dir", net.dir / "received" / SENDER)
    say(f"{SENDER} received {len(items)} status messages")


def shell(command, folder):
    say(f"$ {command}")
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True)
    say((done.stdout + done.stderr).rstrip())
    if done.returncode != 0:
        raise Failed(f"this command failed: {command}")


def check_by_hand(net, document):
    folder = net.dir / "evidence"
    net.client(SENDER).run("evidence", "export", document.id, "--dir", folder, timeout=1800)
    container = folder / f"{document.id}.asice"
    opened = folder / document.id
    opened.mkdir(exist_ok=True)
    say(f"# in {opened}")
    shell(f"unzip -q -o ../{document.id}.asice && find . -type f | sort", opened)
    shell("openssl cms -verify -binary -cades -purpose any -inform DER -in META-INF/signature001.p7s"
          " -content META-INF/ASiCManifest001.xml -CAfile " + shlex.quote(str(net.pki / "roots.pem"))
          + " -out /dev/null", opened)
    shell(r"""/usr/bin/python3 - <<'EOF' | sha256sum -c
import base64, re, urllib.parse
manifest = open("META-INF/ASiCManifest001.xml", encoding="utf-8").read()
for uri, value in re.findall(r'DataObjectReference URI="([^"]+)".*?<ds:DigestValue>([^<]+)<', manifest, re.S):
    print(base64.b64decode(value).hex() + "  " + urllib.parse.unquote(uri))
EOF""", opened)
    keys = " ".join(f"--log-key {shlex.quote(f'{node.code}={node.folder}/log.vkey')}" for node in net.nodes.values())
    shell(f"{shlex.quote(str(network.programs() / 'tramctl'))} verify {shlex.quote(str(container))}"
          f" --roots {shlex.quote(str(net.pki / 'roots.pem'))} {keys}", folder)


def print_lives(net, documents):
    for document in documents[:5]:
        say(net.client(SENDER).run("track", document.id, "--timing").stdout.rstrip())
        say()
    if len(documents) > 5:
        say(f"… and {len(documents) - 5} more: tramctl track ID")


def to_try(net):
    tramctl = network.programs() / "tramctl"
    say("\nThe nodes go on running. Some things to try:")
    for line in (f"{tramctl} --profile {net.dir}/clients/{SENDER}.toml send README.md --to {MINISTRY} --subject Thử"
                 " --number 1 --notation TEST --type 'Công văn'",
                 f"{tramctl} --profile {net.dir}/clients/{MINISTRY}.toml receive --dir {net.dir}/received/{MINISTRY}",
                 f"{tramctl} --profile {net.dir}/clients/sonla-operator.toml nodes",
                 f"curl -s http://127.0.0.1:{net.nodes['sonla'].http}/metrics",
                 "kill " + " ".join(str(node.process.pid) for node in net.nodes.values()) + "   # ends them"):
        say(f"  {line}")


def run(net, arguments):
    step("practice PKI and configurations")
    net.make()
    say(f"everything lies in {net.dir}")
    step("three nodes")
    net.start()
    for node in net.nodes.values():
        say(f"{node.name} ({node.code}) is ready: gRPC 127.0.0.1:{node.grpc}, HTTP 127.0.0.1:{node.http}")
    net.register()
    documents = user_documents(arguments.files) if arguments.files else sample_documents(net)
    step(f"{SENDER} sends to {MINISTRY} and {NEIGHBOUR}")
    send(net, documents)
    step("the recipients' document systems")
    receive(net, MINISTRY, documents)
    receive(net, NEIGHBOUR, documents)
    report_statuses(net, documents)
    wait_for_proof(net, documents)
    collect_statuses(net)
    step("what happened, as the sender sees it")
    print_lives(net, documents)
    step("evidence, checked with plain tools")
    check_by_hand(net, documents[0])
    peaks = ", ".join(f"{node.name} {node.peak_rss_kib() / 1024:.0f} MiB" for node in net.nodes.values())
    say(f"\npeak memory: {peaks}")
    return documents


def main():
    parser = argparse.ArgumentParser(prog="deploy/demo", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="your own files, any type, any size")
    parser.add_argument("--keep", action="store_true", help="leave the nodes running")
    parser.add_argument("--dir", default=str(network.DEMO),
                        help="where everything goes: an empty folder, or an earlier run's, whose nodes and documents go")
    arguments = parser.parse_args()
    for path in arguments.files:
        if not pathlib.Path(path).is_file():
            parser.error(f"{path} is no file")
    net = network.Network(arguments.dir)
    documents, code = [], 1
    try:
        documents = run(net, arguments)
        code = 0 if all(document.delivered and document.proven for document in documents) else 1
    except Failed as failed:
        say(f"\ndemo: {failed}")
    except subprocess.TimeoutExpired as late:
        say(f"\ndemo: {late}")
    finally:
        if arguments.keep and code == 0:
            to_try(net)
        else:
            ended = net.stop()
            if any(ended.values()):
                say(f"demo: a node did not stop cleanly: {ended}")
                code = 1
    count = len(documents)
    say(f"demo: {count} sent, {sum(d.delivered for d in documents)} delivered,"
        f" {sum(d.proven for d in documents)} receipts verified")
    return code if count else 1


if __name__ == "__main__":
    sys.exit(main())
