#include <CLI/CLI.hpp>

#include "tramctl/add_command.h"
#include "tramctl/command_line.h"
#include "tramctl/commands.h"

namespace tram::client {
namespace {

constexpr char kEvidence[] = "Evidence";
constexpr char kOperators[] = "Operators and registrars";

void add_evidence(CLI::App& app, Chosen& chosen) {
  CLI::App* group =
      app.add_subcommand("evidence", "evidence that is checked without a server")->group(kEvidence);
  group->footer("Example:\n  tramctl evidence export 0193a2b4-... --dir evidence");
  group->fallthrough();
  group->require_subcommand(1);
  const auto [sub, o] = add_command<ExportOptions>(
      *group, chosen, "export", "write a message's ASiC-E container: DIR/ID.asice", export_evidence);
  sub->add_option("MESSAGE", o->message, "ID of a message of yours, or SENDER/ID of another's")->required();
  sub->add_option("--dir", o->dir, "where to write")->type_name("DIR")->required();
  sub->add_option("--attachments", o->attachments,
                  "folder with the attachments, for a message whose attachments the node keeps no longer")
      ->type_name("FOLDER");
  sub->footer(
      "For the parties to the message, and auditors. The container holds the document, its signature, and "
      "every\n"
      "receipt that the node has. Prints the openssl and sha256sum commands that check it by hand.\n"
      "It replaces an older one of the same message. Ids are unique within their sender alone: what another\n"
      "sender's message of this id has there stays, and this one needs another --dir.\n"
      "Example:\n  tramctl evidence export 0193a2b4-... --dir evidence");
}

void add_verify(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<VerifyOptions>(app, chosen, "verify",
                                                   "check a container offline, without any server", verify);
  sub->group(kEvidence);
  sub->add_option("FILE", o->file, "an .asice file; name it before the options")
      ->type_name("")
      ->required()
      ->check(existing_file());
  sub->add_option("--roots", o->roots, "CA certificates (PEM) you trust")
      ->type_name("FILE")
      ->check(existing_file());
  sub->add_option("--intermediates", o->intermediates, "CA certificates (PEM) that help to reach them")
      ->type_name("FILE")
      ->check(existing_file());
  sub->add_option("--log-key", o->log_keys,
                  "a log's key you trust, with the node whose log it is: a file with one a line, or the line "
                  "itself")
      ->type_name("[NODE=]FILE|VKEY");
  add_mapping(*sub, o->mappings);
  sub->footer(
      "Without --roots, the profile's trust_roots, intermediates, log_keys and mappings are used.\n"
      "A log key that only lies in the container shows damage but proves nothing: receipts under it are\n"
      "'not checked'. Get the log.vkey from the node's operator and give it with --log-key.\n"
      "Name the node, H52=log.vkey: without it a log's own word is taken for whose it is. A node that "
      "serves\n"
      "agencies outside its own code is given with them: H52,A05,B12.03=log.vkey.\n"
      "Exit code 1 names the member at fault.\n"
      "Example:\n  tramctl verify 0193a2b4-....asice --roots roots.pem --log-key H52=nodes/sonla/log.vkey");
}

void add_operations(CLI::App& app, Chosen& chosen) {
  add_command<NoOptions>(app, chosen, "nodes", "the node and its links (operators)", nodes)
      .first->group(kOperators)
      ->footer(
          "Shows whether each link is connected, what waits for it, and why it does not go.\n"
          "Example:\n  tramctl --profile clients/sonla-operator.toml nodes");
  const auto [sub, o] = add_command<DeliveriesOptions>(
      app, chosen, "deliveries", "what is on its way, and why it waits (operators)", deliveries);
  sub->add_option("--state", o->state, "waiting, blocked, held, done or dead (default: all but done)")
      ->type_name("WORD")
      ->check(CLI::IsMember({"waiting", "blocked", "held", "done", "dead"}).description(""));
  sub->add_option("--limit", o->limit, "at most so many, up to 1000")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000).description(""));
  sub->group(kOperators)
      ->footer(
          "Examples:\n"
          "  tramctl --profile clients/sonla-operator.toml deliveries\n"
          "  tramctl --profile clients/sonla-operator.toml deliveries --state dead");
  sub->require_subcommand(0, 1);
  const auto add_act = [&](const char* name, const char* what,
                           Result<int> (*run)(Context&, const DeliveryActOptions&)) {
    const auto [act, options] = add_command<DeliveryActOptions>(*sub, chosen, name, what, run);
    act->add_option("DELIVERY", options->delivery, "SENDER/ID/RECIPIENT, as tramctl deliveries shows it")
        ->required();
    act->add_option("--reason", options->reason, "why: it stands in the log beside your certificate");
    act->footer("Example:\n  tramctl deliveries " + std::string(name) +
                " H52.01/0193a2b4-.../G09.02 --reason '...'");
  };
  add_act("retry", "send a dead letter out again, or try its link now", delivery_retry);
  const auto [forward, f] = add_command<DeliveryForwardOptions>(
      *sub, chosen, "forward", "send a dead letter on to the right agency", delivery_forward);
  forward->add_option("DELIVERY", f->delivery, "SENDER/ID/RECIPIENT of the dead letter")->required();
  forward->add_option("--to", f->to, "the right agency code")->type_name("CODE")->required();
  forward->add_option("--reason", f->reason, "why: the recipient reads it, and it stands in the log");
  forward->footer(
      "The document stays as its sender signed it. The recipient is told that this node forwarded it and "
      "that\n"
      "the sender did not address it so. Only the agency itself can send it anew.\n"
      "Example:\n  tramctl deliveries forward H52.01/0193a2b4-.../G09.77 --to G09.02 --reason '...'");
  add_act("cancel", "end what has not left this node, or close a dead letter", delivery_cancel);
  const auto [list, none] = add_command<NoOptions>(app, chosen, "alarms",
                                                   "what needs a person, and what to do (operators)", alarms);
  list->require_subcommand(0, 1);
  const auto [ack, a] =
      add_command<AlarmOptions>(*list, chosen, "ack", "say that you have seen an alarm", alarm_acknowledge);
  ack->add_option("KIND", a->kind, "as tramctl alarms shows it, e.g. link_down")->required();
  ack->add_option("SUBJECT", a->subject, "what it is about, as shown, e.g. truc")->required();
  ack->footer(
      "A condition stays in the list until it is over; an event leaves it a day after it was last seen.\n"
      "Your certificate stands beside it in the node's log.");
  const auto [copy, b] = add_command<BackupOptions>(
      app, chosen, "backup", "a consistent copy of the running node's data (operators)", backup);
  copy->group(kOperators);
  copy->add_option("DIR", b->dir, "a folder that is not there yet")->required();
  copy->footer(
      "The copy holds what was accepted before it began, and whatever it needs. Documents that travel go "
      "on.\n"
      "It holds documents and states, no keys: keep those in a safe of their own.\n"
      "DIR is there once the copy is whole; until then it is DIR.part. The rest of a copy that broke off\n"
      "lies there too, until the next one to DIR replaces it.\n"
      "Example:\n  tramctl --profile clients/sonla-operator.toml backup /srv/backup/sonla-2026-11-24");
  const auto [on, g] = add_command<GoOnOptions>(
      app, chosen, "go-on", "after a restore: accept documents without waiting for a peer (operators)",
      go_on);
  on->group(kOperators);
  on->add_option("--without", g->without, "the link, as tramctl alarms shows it under restoring")->required();
  on->add_option("--reason", g->reason, "why; stands in the node's log beside your certificate")->required();
  on->footer(
      "What the peer holds still comes back when it can be reached again.\n"
      "Example:\n  tramctl --profile clients/sonla-operator.toml go-on --without truc --reason \"its line is "
      "cut\"");
  add_command<NoOptions>(app, chosen, "agencies", "the agencies of this node and the routes beyond it",
                         agencies)
      .first->group(kOperators)
      ->footer(
          "For whoever is registered. Says too how large attachments may be.\nExample:\n  tramctl agencies");
  add_command<NoOptions>(app, chosen, "checkpoint", "the newest checkpoint of the node's log (auditors)",
                         checkpoint)
      .first->group(kEvidence)
      ->footer(
          "Prints the signed note as it is. Kept, it shows later that the log only grew.\n"
          "Example:\n  tramctl --profile clients/sonla-auditor.toml checkpoint > sonla-2026-11-24.note");
}

void add_registry(CLI::App& app, Chosen& chosen) {
  CLI::App* group = app.add_subcommand("registry", "who may connect (registrars)")->group(kOperators);
  group->footer("Example:\n  tramctl --profile clients/sonla-registrar.toml registry list");
  group->fallthrough();
  group->require_subcommand(1);
  {
    const auto [sub, o] =
        add_command<RegistryAddOptions>(*group, chosen, "add", "let a TLS certificate connect", registry_add);
    sub->add_option("--certificate", o->certificate, "the client's TLS certificate (PEM or DER)")
        ->type_name("FILE")
        ->required()
        ->check(existing_file());
    sub->add_option("--agency", o->agency, "for which agency it acts")->type_name("CODE")->required();
    sub->add_option("--system", o->system, "the document system's name, e.g. qlvb-01")->required();
    sub->add_option(
           "--role", o->roles,
           "what it may do; one or more of agency (sends and receives), operator, auditor, registrar")
        ->type_name("ROLE")
        ->required()
        ->check(CLI::IsMember({"agency", "operator", "auditor", "registrar"}).description(""));
    sub->add_option("--inbox", o->inbox, "the agency's inbox it reads (default: default)");
    sub->add_option("--signer", o->signers,
                    "signing certificates that speak for the agency by this word alone")
        ->type_name("FILE")
        ->check(existing_file());
    sub->footer(
        "Each change is an entry of the node's log, with the registrar's certificate.\n"
        "Example:\n  tramctl registry add --certificate qlvb.pem --agency H52.01 --system qlvb-01 --role "
        "agency");
  }
  const auto [sub, o] = add_command<RegistryRevokeOptions>(
      *group, chosen, "revoke", "a certificate may connect no longer; its streams end", registry_revoke);
  sub->add_option("CERTIFICATE", o->certificate, "its SHA-256 (64 hexadecimal digits), or the file")
      ->required();
  sub->footer("Example:\n  tramctl registry revoke qlvb.pem");
  add_command<NoOptions>(*group, chosen, "list", "all entries, revoked ones too", registry_list)
      .first->footer("Example:\n  tramctl registry list");
}

}  // namespace

void add_other_commands(CLI::App& app, Chosen& chosen) {
  add_evidence(app, chosen);
  add_verify(app, chosen);
  add_operations(app, chosen);
  add_registry(app, chosen);
}

}  // namespace tram::client
