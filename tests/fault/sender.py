"""A document system that sends: journals, sends, and sends again with the same id whatever it does not know."""

import concurrent.futures
import pathlib
import sys
import threading
import time

import client
import protocol
from documents import EXPRESS_AT_HOUR, UPDATE_BEHIND, Plan
from journal import Journal
from probe import TRY_AGAIN

BATCH = 16          # documents begun with one sync of the journal
CHUNK = 64 * 1024   # of an upload
PATIENCE = 10       # seconds without an answer, then the stream is broken and everything unanswered sent again


def fields_of(document, digest):
    from tram.v1 import message_pb2 as pb
    fields = pb.Fields(
        key=pb.MessageKey(sender=document.sender, id=document.id), recipients=document.recipients,
        kind=pb.MESSAGE_KIND_DISPATCH, priority=document.priority,
        dispatch=pb.Dispatch(code=pb.DocumentCode(number=str(document.number), notation="UBND-NC"),
                             type=pb.DocumentType(name="Công văn"), subject=f"Về việc thử số {document.number}"),
        attachments=[pb.AttachmentInfo(name="van-ban.pdf", media_type="application/pdf", size=document.size,
                                       sha256=digest)])
    if document.priority == EXPRESS_AT_HOUR:
        fields.dispatch.deliver_by = "2090-01-01T00:00:00Z"
    if document.updates is not None:
        fields.dispatch.business = pb.BUSINESS_KIND_UPDATE
        fields.references.add(sender=document.sender, id=document.id.rpartition("-")[0] + f"-{document.updates:07d}")
    return fields


def request_of(document, number=0):
    import hashlib
    from tram.v1 import exchange_pb2, message_pb2
    content = document.content()
    source = (message_pb2.AttachmentContent(uploaded=True) if document.large
              else message_pb2.AttachmentContent(inline=content))
    return exchange_pb2.SendRequest(request=number, fields=fields_of(document, hashlib.sha256(content).digest()),
                                    contents=[source])


class Uploader:
    """Uploads one content after another, each from where an earlier try broke off, until it is there."""

    def __init__(self, options, done):
        self._options, self._done = options, done
        self._pool = concurrent.futures.ThreadPoolExecutor(2)

    def begin(self, document):
        self._pool.submit(self._run, document)

    def _run(self, document):
        import grpc
        while True:
            try:
                if self._once(document):
                    return self._done(document.number)
            except grpc.RpcError as error:
                print(f"upload of {document.id}: {error.code().name} {error.details()}", file=sys.stderr, flush=True)
            time.sleep(client.RETRY_AFTER)

    def _once(self, document):
        import hashlib
        from tram.v1 import content_pb2, content_pb2_grpc
        content = document.content()
        query = content_pb2.ContentQuery(sha256=hashlib.sha256(content).digest(), size=len(content))
        with client.dial(self._options) as channel:
            stub = content_pb2_grpc.ContentStub(channel)
            state = stub.Query(query, timeout=PATIENCE)
            if state.complete:
                return True

            def frames():
                yield content_pb2.PutRequest(content=query, offset=state.stored)  # alone, if nothing is left
                for at in range(state.stored, len(content), CHUNK):
                    yield content_pb2.PutRequest(chunk=content[at:at + CHUNK])
            return stub.Put(frames(), timeout=3 * PATIENCE).complete


class Sender:
    def __init__(self, options):
        self.options, self.plan, self.stop = options, Plan(options.seed), client.Stop()
        self.journal = Journal(options.journal)
        self.uploader = Uploader(options, self.uploaded)
        self.changed = threading.Condition()  # guards what follows, and the journal
        self.due = {}            # number → time from which it may be written to the stream
        self.uploading = set()
        self.complete = set()    # contents that are at the node
        self.last_answer = time.monotonic()
        self.allowed = 0.0       # when the rate allows the next document
        for number in self.journal.open:
            self.prepare(number)

    def prepare(self, number):
        """With the lock: makes it due, after its upload."""
        if self.plan.document(self.options.agency, number).large and number not in self.complete:
            if number not in self.uploading:
                self.uploading.add(number)
                self.uploader.begin(self.plan.document(self.options.agency, number))
            return
        self.due[number] = 0.0

    def uploaded(self, number):
        with self.changed:
            self.uploading.discard(number)
            self.complete.add(number)
            self.due[number] = 0.0
            self.changed.notify_all()

    def begin_more(self):
        """With the lock: new documents, as far as window, rate and order allow."""
        now = time.monotonic()
        if self.stop or len(self.journal.open) > self.options.window - BATCH or now < self.allowed:
            return
        first = self.journal.next_number
        numbers = []
        for number in range(first, first + BATCH):
            updates = self.plan.document(self.options.agency, number).updates
            if updates is not None and updates in self.journal.open:
                break  # a document is updated after it was accepted
            numbers.append(number)
        if numbers:
            self.journal.begin(numbers)
            for number in numbers:
                self.prepare(number)
            self.allowed = max(self.allowed, now - 1) + len(numbers) / self.options.rate

    def next_due(self):
        """With the lock: a number that may be written now, or None."""
        now = time.monotonic()
        for number, at in self.due.items():
            if at <= now:
                del self.due[number]
                return number
        return None

    def requests(self, alive):
        """What is written to one stream, until there is nothing more to say or the stream is over."""
        while alive.is_set():
            with self.changed:
                self.begin_more()
                number = self.next_due()
                if number is None:
                    if self.stop and not self.journal.open:
                        return
                    self.changed.wait(0.05)
                    continue
            yield request_of(self.plan.document(self.options.agency, number), number)

    def answered(self, answer):
        with self.changed:
            self.last_answer = time.monotonic()
            if answer.HasField("accepted"):
                self.journal.accept(answer.request, answer.accepted)
                self.complete.discard(answer.request)
            elif answer.refused.code in TRY_AGAIN:
                self.journal.put_off_by(answer.request, answer.refused.code, answer.refused.message)
                self.due[answer.request] = time.monotonic() + client.RETRY_AFTER
            else:
                self.journal.refuse(answer.request, answer.refused.message)
            self.changed.notify_all()

    def one_stream(self):
        from tram.v1 import exchange_pb2_grpc
        alive = threading.Event()
        alive.set()
        with self.changed:
            self.due.clear()
            for number in self.journal.open:
                self.prepare(number)
            self.last_answer = time.monotonic()
        with client.dial(self.options) as channel:
            call = exchange_pb2_grpc.ExchangeStub(channel).Send(self.requests(alive))
            watchdog = threading.Thread(target=self.watch, args=(call, alive), daemon=True)
            watchdog.start()
            try:
                for answer in call:
                    self.answered(answer)
            finally:
                alive.clear()
                watchdog.join()

    def watch(self, call, alive):
        while alive.is_set():
            time.sleep(0.2)
            with self.changed:
                silent = time.monotonic() - self.last_answer
                if not self.journal.open:
                    self.last_answer = time.monotonic()
            if silent > PATIENCE:
                call.cancel()

    def run(self):
        import grpc
        while not (self.stop and not self.journal.open):
            try:
                self.one_stream()
            except grpc.RpcError:
                self.stop.wait(client.RETRY_AFTER)
        return 0


def main():
    parser = client.parser(__doc__)
    parser.add_argument("--journal", required=True, type=pathlib.Path)
    parser.add_argument("--rate", type=float, default=1000, help="new documents a second")
    parser.add_argument("--window", type=int, default=128, help="documents sent and not yet answered")
    options = parser.parse_args()
    assert options.window < UPDATE_BEHIND
    protocol.load(options.protocol)
    return Sender(options).run()


if __name__ == "__main__":
    import os
    code = main()
    os._exit(code)  # threads of gRPC may still wait on a broken line
