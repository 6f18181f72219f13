"""The end of a run: outcomes settled, everything drained within a time, every document accounted for."""

import time

import accounting
import questions
from harness import COMPETING
from journal import Journal

SHOWN = 10  # messages whose life is printed


class Settling:
    """systems: running, without faults from now on. look: called while waiting. say: progress, for a person."""

    def __init__(self, plan, systems, nodes, seconds, say, look=lambda: None):
        self.plan, self.systems, self.nodes = plan, systems, nodes
        self.seconds, self.say, self.look = seconds, say, look
        self.problems = []
        self.account = self._deadline = None
        self.dead = self.lost = 0

    def run(self):
        """Problems, in words; empty if nothing was lost, duplicated or left over."""
        self._drain()
        self._judge()
        self._examine()
        return self.problems

    def _drain(self):
        """Senders settle what they do not know; then everything accepted reaches its end, or the time is over."""
        began = time.monotonic()
        deadline = self._deadline = began + self.seconds
        for client in self.systems.senders.values():
            client.tell_stop()
        for client in self.systems.senders.values():
            if (code := client.wait(deadline - time.monotonic())) != 0:
                self.problems.append(f"{client.name} could not settle what it had begun (code {code})")
            client.process = None
        self.say(f"the senders have settled every outcome, after {time.monotonic() - began:.1f} s")
        left = self._wait_for_the_end(deadline)
        self.problems += [f"after {self.seconds} s there waits {what}" for what in left]
        self.say(f"drained after {time.monotonic() - began:.1f} s")
        for client in self.systems.receivers.values():
            client.tell_stop()

    def _wait_for_the_end(self, deadline):
        """What still waits at the deadline. A receipt that is queued after everything has ended is no rest."""
        while True:
            left, over = self.nodes.waiting(), time.monotonic() >= deadline
            if not left or over:
                self.account = self._count()  # what is acknowledged is stored a moment later
                if over or self.account.complete:
                    return left
            self.look()
            time.sleep(0.3)

    def _count(self):
        return accounting.Accountant(self.plan, self.systems.journals, self.systems.stores, [COMPETING]).run()

    def _judge(self):
        account = self.account
        self.dead, wrong = self.nodes.dead(account.doomed, self._deadline)
        self.lost = account.accepted - account.delivered - self.dead
        self.problems += wrong
        self.problems += [f"not known whether accepted: {key}" for key in account.unsettled]
        self.problems += [f"refused {count} times: {why}"
                          for why, count in accounting.by_reason(account.refused).items()]
        self.problems += [f"{delivery}: {what}" for delivery, what in account.duplicates + account.faults]
        if account.messages == 0:
            self.problems.append("nothing was accepted at all")
        self.problems += [f"lost: {delivery}" for delivery in account.missing]
        self.problems += [f"without its status 01: {delivery}" for delivery in account.missing_statuses]
        self._tell_lives([*account.missing, *account.missing_statuses,
                          *(delivery for delivery, _ in account.duplicates + account.faults)])

    def _tell_lives(self, deliveries):
        for message in list(dict.fromkeys(delivery.rpartition("/")[0] for delivery in deliveries))[:SHOWN]:
            sender, message_id = message.split("/")
            self.say(f"the life of {message}:\n{self.nodes.lives(sender, message_id)}")

    def _examine(self):
        """Samples: asked, sent again, exported."""
        answers = {f"{agency}/{self.plan.id(agency, number)}": answer
                   for agency, path in self.systems.journals.items()
                   for number, answer in Journal.load(path).accepted.items()}
        documents = questions.sample(self.plan, answers, 200, self.plan.seed)
        self.problems += self.nodes.check_tracks(documents, self._deadline)
        self.problems += self.nodes.check_repeats(documents[:20], answers)
        few = documents[:4] + [one for one in documents[4:] if one.large][:1]
        self.problems += self.nodes.check_evidence(few, self.systems.net.dir / "evidence")
        self.say(f"{len(documents)} messages tracked, {len(documents[:20])} sent again,"
                 f" {len(few)} exported and verified")

    def figures(self):
        account = self.account
        return {"sent": account.sent, "accepted": account.accepted, "delivered": account.delivered,
                "duplicates": len(account.duplicates), "lost": self.lost, "dead": self.dead}
