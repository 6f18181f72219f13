#include "tramctl/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "tramctl/add_command.h"
#include "tramctl/arguments.h"
#include "tramctl/commands.h"
#include "tramctl/failures.h"
#include "tramctl/misuse.h"

namespace tram::client {
namespace {

constexpr char kFooter[] =
    "A profile says which node, and as whom: a TOML file; paths in it are relative to it.\n"
    "  address = \"127.0.0.1:7443\"      # of the node\n"
    "  certificate = \"client.pem\"      # of this client, and its key: the registrar lets it in\n"
    "  key = \"client.key\"\n"
    "  roots = \"roots.pem\"             # CA certificates that the node's leads to\n"
    "  agency = \"H52.01\"               # who sends and receives; not for operators and auditors\n"
    "  trust_roots = [\"roots.pem\"]     # CA certificates that signatures on documents lead to\n"
    "  log_keys = [\"H52=log.vkey\"]     # keys of nodes' logs, for evidence, each with its node\n"
    "  [[mapping]]                     # a signing certificate that speaks for an agency without saying so\n"
    "  certificate = \"9f86d081...\"     # its SHA-256\n"
    "  agency = \"H52.01\"\n"
    "\n"
    "Examples:\n"
    "  export TRAM_PROFILE=clients/H52.01.toml\n"
    "  tramctl send bao-cao.pdf --to G09.02 --subject 'Báo cáo tháng 11' --number 125 --notation UBND-NC\n"
    "  tramctl inbox\n"
    "  tramctl receive --dir received\n"
    "  tramctl status H52.01/0193a2b4-... 03 --description 'Đã tiếp nhận'\n"
    "  tramctl track 0193a2b4-...\n"
    "  tramctl evidence export 0193a2b4-... --dir evidence\n"
    "  tramctl verify evidence/0193a2b4-....asice --roots roots.pem --log-key H52=log.vkey\n"
    "Exit codes: 0 done, 1 failed or refused, 2 misused. 'tramctl COMMAND --help' says more.";

void add_submit_options(CLI::App& app, SubmitOptions& options) {
  const auto add = [&app](const std::string& name, auto& into, const std::string& what) {
    return app.add_option(name, into, what)->group("Signing and sending");
  };
  add("--id", options.id,
      "the message's id; give the same one to send again what may have arrived (default: a new one)")
      ->type_name("ID");
  add("--sign-with", options.sign_with,
      "the agency's signing key (PEM): it signs here; without it the node seals")
      ->type_name("FILE")
      ->check(existing_file());
  add("--certificate", options.certificate, "the certificate of that key (PEM)")
      ->type_name("FILE")
      ->check(existing_file());
  add("--retry-for", options.retry_for, "seconds to try again while the node cannot be reached")
      ->type_name("SECONDS")
      ->capture_default_str();
}

void add_staff_options(CLI::App& app, StaffOptions& options) {
  const auto add = [&app](const std::string& name, std::string& into, const std::string& what) {
    app.add_option(name, into, what)->group("Who at the agency stands behind it");
  };
  add("--department", options.department, "department");
  add("--staff", options.staff, "name");
  add("--email", options.email, "e-mail");
  add("--mobile", options.mobile, "telephone");
}

CLI::Option* add_priority(CLI::App& app, std::string& into) {
  return app
      .add_option("--priority", into,
                  "độ khẩn: thường, khẩn, thượng-khẩn, hỏa-tốc, hỏa-tốc-hẹn-giờ or 0 to 4 (default: thường)")
      ->type_name("WORD");
}

// What most documents have, and what some have besides.
void add_main_fields(CLI::App& app, SendOptions& options) {
  app.add_option("FILE", options.files, "files to attach, any type and size; name them before the options")
      ->required();
  app.add_option("--to", options.to, "recipients' agency codes, e.g. --to G09.02 H52.05")
      ->type_name("CODE")
      ->required();
  app.add_option("--subject", options.subject, "trích yếu: what it is about, at most 500 characters")
      ->required();
  app.add_option("--number", options.number, "số, e.g. 125")->required();
  app.add_option("--notation", options.notation, "ký hiệu, e.g. UBND-NC")->required();
  app.add_option("--type", options.type, "loại văn bản, its name (default: Công văn)");
  add_priority(app, options.priority);
}

void add_other_fields(CLI::App& app, SendOptions& options) {
  const auto add = [&app](const std::string& name, auto& into, const std::string& what) {
    return app.add_option(name, into, what)->group("More about the document");
  };
  add("--type-number", options.type_number, "number of the type, where a vendor's numbering is known")
      ->type_name("N");
  add("--deliver-by", options.deliver_by,
      "the hour of hỏa tốc hẹn giờ, RFC 3339, e.g. 2026-11-24T18:20:00+07:00")
      ->type_name("TIME");
  add("--content", options.content, "a summary, at most 500 characters");
  add("--place", options.place, "nơi ban hành");
  add("--date", options.date, "ngày ban hành, yyyy-mm-dd")->type_name("DATE");
  add("--signer-name", options.signer_name, "người ký");
  add("--signer-position", options.signer_position, "chức vụ");
  add("--competence", options.competence, "thẩm quyền, e.g. 'KT. CHỦ TỊCH'");
  add("--due-date", options.due_date, "hạn xử lý, yyyy-mm-dd")->type_name("DATE");
  add("--business", options.business, "new, recall, update or replace (default: new)")->type_name("WORD");
  add("--reference", options.references, "SENDER/ID of what is recalled, updated or replaced")
      ->type_name("SENDER/ID");
  add("--reason", options.reason, "why it is recalled, updated or replaced");
  add("--response-for", options.response_for, "AGENCY/ID of what this answers")->type_name("AGENCY/ID");
  add("--to-place", options.to_places, "nơi nhận");
  add("--steering", options.steering, "chỉ đạo: 1 not directive, 2 directive, 3 report on a directive")
      ->type_name("N");
  add("--application-type", options.application_type, "e.g. MCDT_DT");
  add("--reference-code", options.reference_codes, "dossier number");
  app.add_flag("--paper", options.paper_follows, "a paper copy follows")->group("More about the document");
}

void add_send(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<SendOptions>(app, chosen, "send", "send a document with its files", send);
  o->type = "Công văn";
  add_main_fields(*sub, *o);
  add_other_fields(*sub, *o);
  add_submit_options(*sub, o->submit);
  add_staff_options(*sub, o->staff);
  sub->footer(
      "Prints the message's id, when it was accepted and its place in the node's log: from then on the node "
      "answers\n"
      "for it. What is above the node's inline limit is uploaded first, and goes on where it broke off if "
      "the same\n"
      "command runs again.\n"
      "Examples:\n"
      "  tramctl send cv125.pdf phu-luc.xlsx --to G09.02 --subject 'Về việc ...' --number 125 --notation "
      "UBND-NC\n"
      "  tramctl send cv126.pdf --to G09.02 --subject ... --number 126 --notation UBND-NC --priority hỏa-tốc "
      "\\\n"
      "      --sign-with agency.key --certificate agency.pem\n"
      "  tramctl send thu-hoi.pdf --to G09.02 --subject ... --number 127 --notation UBND-NC --business "
      "recall \\\n"
      "      --reference H52.01/0193a2b4-... --reason 'Sai số liệu'");
}

void add_receive(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<ReceiveOptions>(app, chosen, "receive",
                                                    "take what waits for the profile's agency", receive);
  sub->add_option("--dir", o->dir, "where to write; each message gets DIR/SENDER/ID/")
      ->type_name("DIR")
      ->required();
  sub->add_flag("--wait", o->wait, "go on waiting for what comes");
  sub->add_option("--limit", o->limit, "stop after so many (default: all that wait)")->type_name("N");
  sub->add_option("--roots", o->roots,
                  "CA certificates (PEM) to verify signatures with (default: the profile's trust_roots)")
      ->type_name("FILE")
      ->check(existing_file());
  add_mapping(*sub, o->mappings);
  sub->add_option("--retry-for", o->retry_for, "seconds to try again while the node cannot be reached")
      ->type_name("SECONDS")
      ->capture_default_str();
  sub->footer(
      "A delivery is verified, written and flushed to the disk, noted in DIR/deliveries.log, and only then\n"
      "acknowledged: what is handed over again after a break has no second effect.\n"
      "A document whose signature is not good is kept too, and said to be so: exit code 1.\n"
      "One that cannot be stored, as its bytes are not those that were signed, stays at the node: it is "
      "said,\n"
      "what waits behind it is received, and the exit code is 1.\n"
      "Examples:\n"
      "  tramctl receive --dir received\n"
      "  tramctl receive --dir received --wait");
}

void add_inbox(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<InboxOptions>(
      app, chosen, "inbox", "list what waits at the node, and what a folder has received", inbox);
  sub->add_option("--dir", o->dir, "a folder of tramctl receive: lists what it holds too")->type_name("DIR");
  sub->add_flag("--local", o->local, "list the folder alone: no node is asked");
  sub->add_option("--limit", o->limit, "at most so many of those that wait; 0: all")
      ->type_name("N")
      ->capture_default_str();
  sub->footer(
      "Listing takes nothing: what waits is shown without its subject, the most urgent first.\n"
      "Only the inbox of the profile's own certificate is shown.\n"
      "Examples:\n"
      "  tramctl inbox\n"
      "  tramctl inbox --dir received\n"
      "  tramctl inbox --dir received --local");
}

void add_status(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<StatusOptions>(app, chosen, "status",
                                                   "report a status of a document to its sender", status);
  sub->add_option("MESSAGE", o->message, "SENDER/ID of the document; or ID with --sender or --dir")
      ->required();
  sub->add_option("CODE", o->code, "which status, see below")->required();
  sub->add_option("--description", o->description, "a sentence for the sender");
  sub->add_option("--sender", o->sender, "who sent the document")->type_name("CODE");
  sub->add_option("--dir", o->dir, "a folder of tramctl receive that knows the sender")->type_name("DIR");
  sub->add_option("--time", o->time, "when it became so, RFC 3339 (default: now)")->type_name("TIME");
  add_priority(*sub, o->priority);
  add_submit_options(*sub, o->submit);
  add_staff_options(*sub, o->staff);
  sub->footer(
      "Codes:\n"
      "  02 từ chối tiếp nhận    03 đã tiếp nhận    04 phân công    05 đang xử lý    06 hoàn thành\n"
      "  13 lấy lại              15 đồng ý lấy lại hoặc cập nhật    16 từ chối lấy lại hoặc cập nhật\n"
      "01 đã đến is reported by the recipient's node itself. Only a recipient of the document may report.\n"
      "Example:\n  tramctl status H52.01/0193a2b4-... 06 --description 'Đã xử lý xong'");
}

void add_track(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<TrackOptions>(app, chosen, "track", "the life of one message", track);
  sub->add_option("MESSAGE", o->message, "ID of a message of yours, or SENDER/ID of one you received")
      ->required();
  sub->add_flag("--timing", o->timing, "durations and times to the microsecond");
  sub->add_option("--until", o->until, "wait until every recipient is there, see below")->type_name("WORD");
  sub->add_option("--timeout", o->timeout, "seconds to wait")->type_name("SECONDS")->capture_default_str();
  sub->footer(
      "What to wait for:\n"
      "  relayed        the next node took it over\n"
      "  in-the-inbox   it lies in the recipient's inbox\n"
      "  handed-over    the recipient's document system has it\n"
      "  receipts       handed over, and at least one receipt of another node verified for each recipient\n"
      "  status-03      the recipient reported it; so with 01 to 06, a later stage counts\n"
      "A dead letter ends the waiting with exit code 1.\n"
      "Example:\n  tramctl track 0193a2b4-... --until status-06 --timeout 600");
}

int fail(const Context& context, const Error& error) {
  context.note("tramctl: " + error_text(error));
  boost::json::object out;
  out["error"] = error_json(error);
  context.print(out);
  return is_usage(error) ? 2 : 1;
}

}  // namespace

void add_mapping(CLI::App& app, std::vector<std::string>& into) {
  app.add_option("--mapping", into,
                 "this signing certificate (its SHA-256) speaks for that agency although it does not say so")
      ->type_name("SHA256=CODE");
}

void add_document_commands(CLI::App& app, Chosen& chosen) {
  add_send(app, chosen);
  add_receive(app, chosen);
  add_inbox(app, chosen);
  add_status(app, chosen);
  add_track(app, chosen);
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) command->group("Documents");
}

namespace {

// CLI11 reads flags only when all is well formed.
bool wants_json(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
}

}  // namespace

int run(int argc, const char* const* argv) {
  CLI::App app("tramctl: send, receive, track and check official documents through a node", "tramctl");
  GlobalOptions globals;
  Chosen chosen;
  app.add_option("--profile", globals.profile,
                 "which node, and as whom: a TOML file (default: $TRAM_PROFILE)")
      ->type_name("FILE");
  app.add_flag("--json", globals.json,
               "for programs: one JSON object a line on standard output, fields as in the protocol");
  app.add_flag("--progress", globals.progress, "show progress even if standard error is no terminal");
  app.require_subcommand(1);
  app.footer(kFooter);
  add_document_commands(app, chosen);
  add_other_commands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // help was asked for
    globals.json = wants_json(argc, argv);
    return fail(Context(globals), misuse(app, error));
  }
  Context context(globals);
  const Result<int> result = chosen.run(context);
  return result ? *result : fail(context, result.error());
}

}  // namespace tram::client
