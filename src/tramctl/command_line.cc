#include "tramctl/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "tramctl/add_command.h"
#include "tramctl/arguments.h"
#include "tramctl/commands.h"
#include "tramctl/failures.h"

namespace tram::client {
namespace {

constexpr char kFooter[] =
    "Examples:\n"
    "  export TRAM_PROFILE=clients/H52.01.toml\n"
    "  tramctl send bao-cao.pdf --to G09.02 --subject 'Báo cáo tháng 11' --number 125 --notation UBND-NC\n"
    "  tramctl receive --dir received\n"
    "  tramctl status H52.01/0193a2b4-... 03 --description 'Đã tiếp nhận'\n"
    "  tramctl track 0193a2b4-...\n"
    "  tramctl evidence export 0193a2b4-... --dir evidence\n"
    "  tramctl verify evidence/0193a2b4-....asice --roots roots.pem\n"
    "Exit codes: 0 done, 1 failed or refused, 2 misused. 'tramctl COMMAND --help' says more.";

void add_submit_options(CLI::App& app, SubmitOptions& options) {
  app.add_option(
      "--id", options.id,
      "the message's id; give the same one to send again what may have arrived (default: a new one)");
  app.add_option("--sign-with", options.sign_with,
                 "the agency's signing key (PEM): it signs here; without it the node seals")
      ->check(CLI::ExistingFile);
  app.add_option("--certificate", options.certificate, "the certificate of that key (PEM)")
      ->check(CLI::ExistingFile);
  app.add_option("--retry-for", options.retry_for, "seconds to try again while the node cannot be reached")
      ->capture_default_str();
}

void add_staff_options(CLI::App& app, StaffOptions& options) {
  app.add_option("--department", options.department, "who stands behind it: department");
  app.add_option("--staff", options.staff, "name");
  app.add_option("--email", options.email, "e-mail");
  app.add_option("--mobile", options.mobile, "telephone");
}

void add_send(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<SendOptions>(app, chosen, "send", "send a document with its files", send);
  sub->add_option("FILE", o->files, "files to attach, any type and size; name them before the options")
      ->required();
  sub->add_option("--to", o->to, "recipients' agency codes, e.g. --to G09.02 H52.05")->required();
  sub->add_option("--subject", o->subject, "trích yếu")->required();
  sub->add_option("--number", o->number, "số, e.g. 125")->required();
  sub->add_option("--notation", o->notation, "ký hiệu, e.g. UBND-NC")->required();
  sub->add_option("--type", o->type, "loại văn bản, its name")->default_val("Công văn");
  sub->add_option("--type-number", o->type_number, "its number, where a vendor's numbering is known");
  sub->add_option("--priority", o->priority,
                  "độ khẩn: thường, khẩn, thượng-khẩn, hỏa-tốc, hỏa-tốc-hẹn-giờ or 0 to 4")
      ->capture_default_str();
  sub->add_option("--deliver-by", o->deliver_by, "the hour of hỏa tốc hẹn giờ, RFC 3339");
  sub->add_option("--content", o->content, "a summary");
  sub->add_option("--place", o->place, "nơi ban hành");
  sub->add_option("--date", o->date, "ngày ban hành, yyyy-mm-dd");
  sub->add_option("--signer-name", o->signer_name, "người ký");
  sub->add_option("--signer-position", o->signer_position, "chức vụ");
  sub->add_option("--competence", o->competence, "thẩm quyền, e.g. 'KT. CHỦ TỊCH'");
  sub->add_option("--due-date", o->due_date, "hạn xử lý, yyyy-mm-dd");
  sub->add_option("--business", o->business, "new, recall, update or replace")->capture_default_str();
  sub->add_option("--reference", o->references, "SENDER/ID of what is recalled, updated or replaced");
  sub->add_option("--reason", o->reason, "why it is recalled, updated or replaced");
  sub->add_option("--response-for", o->response_for, "AGENCY/ID of what this answers");
  sub->add_option("--to-place", o->to_places, "nơi nhận");
  sub->add_option("--steering", o->steering,
                  "chỉ đạo: 1 not directive, 2 directive, 3 report on a directive");
  sub->add_option("--application-type", o->application_type, "e.g. MCDT_DT");
  sub->add_option("--reference-code", o->reference_codes, "dossier number");
  sub->add_flag("--paper", o->paper_follows, "a paper copy follows");
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
  sub->add_option("--dir", o->dir, "where to write; each message gets DIR/SENDER/ID/")->required();
  sub->add_flag("--wait", o->wait, "go on waiting for what comes");
  sub->add_option("--limit", o->limit, "stop after so many");
  sub->add_option("--roots", o->roots,
                  "CA certificates (PEM) to verify signatures with (default: the profile's)")
      ->check(CLI::ExistingFile);
  sub->add_option("--mapping", o->mappings, kMappingHelp);
  sub->add_option("--retry-for", o->retry_for, "seconds to try again while the node cannot be reached")
      ->capture_default_str();
  sub->footer(
      "A delivery is verified, written and flushed to the disk, noted in DIR/deliveries.log, and only then\n"
      "acknowledged: what is handed over again after a break has no second effect.\n"
      "Exit code 1 if a signature was not good.\n"
      "Example:\n  tramctl receive --dir received --limit 10");
}

void add_inbox(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<InboxOptions>(
      app, chosen, "inbox", "list what waits at the node, and what a folder has received", inbox);
  sub->add_option("--dir", o->dir, "a folder of tramctl receive: lists what it holds too");
  sub->add_flag("--local", o->local, "list the folder alone: no node is asked");
  sub->add_option("--limit", o->limit, "at most so many of those that wait; 0: all")->capture_default_str();
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
  sub->add_option("MESSAGE", o->message, "SENDER/ID; or ID with --sender or --dir")->required();
  sub->add_option(
         "CODE", o->code,
         "02 từ chối tiếp nhận, 03 đã tiếp nhận, 04 phân công, 05 đang xử lý, 06 hoàn thành, 13 lấy lại, "
         "15 đồng ý, 16 từ chối")
      ->required();
  sub->add_option("--description", o->description, "a sentence for the sender");
  sub->add_option("--sender", o->sender, "who sent the document");
  sub->add_option("--dir", o->dir, "a folder of tramctl receive that knows the sender");
  sub->add_option("--time", o->time, "when it became so, RFC 3339 (default: now)");
  sub->add_option("--priority", o->priority, "as of send")->capture_default_str();
  add_submit_options(*sub, o->submit);
  add_staff_options(*sub, o->staff);
  sub->footer("Example:\n  tramctl status H52.01/0193a2b4-... 06 --description 'Đã xử lý xong'");
}

void add_track(CLI::App& app, Chosen& chosen) {
  const auto [sub, o] = add_command<TrackOptions>(app, chosen, "track", "the life of one message", track);
  sub->add_option("MESSAGE", o->message, "ID of a message of yours, or SENDER/ID")->required();
  sub->add_flag("--timing", o->timing, "durations and times to the microsecond");
  sub->add_option(
      "--until", o->until,
      "wait until every recipient is there: relayed, in-the-inbox, handed-over, receipts, status-03 ...");
  sub->add_option("--timeout", o->timeout, "seconds to wait")->capture_default_str();
  sub->footer(
      "'receipts': handed over, and at least one receipt of another node verified for each recipient.\n"
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

void add_document_commands(CLI::App& app, Chosen& chosen) {
  add_send(app, chosen);
  add_receive(app, chosen);
  add_inbox(app, chosen);
  add_status(app, chosen);
  add_track(app, chosen);
}

int run(int argc, const char* const* argv) {
  CLI::App app("tramctl: send, receive, track and check official documents through a node", "tramctl");
  GlobalOptions globals;
  Chosen chosen;
  app.add_option("--profile", globals.profile,
                 "which node, and as whom: a TOML file (default: $TRAM_PROFILE)");
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
    return app.exit(error) == 0 ? 0 : 2;
  }
  Context context(globals);
  const Result<int> result = chosen.run(context);
  return result ? *result : fail(context, result.error());
}

}  // namespace tram::client
