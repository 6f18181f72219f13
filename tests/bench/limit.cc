// The calibration beside which Trạm's figures are read: what the operations that no implementation can leave
// out cost on this machine now. Prints one JSON object; tests/bench/bound.py makes the bound of it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "tests/bench/limit_disk.h"
#include "tests/bench/limit_echo.h"
#include "tests/bench/limit_signatures.h"
#include "tests/bench/limit_stream.h"

int main(int argc, char** argv) {
  using namespace tram::bench;
  CLI::App app{"What signatures, SHA-256, fdatasync and gRPC with mutual TLS cost here"};
  EchoOptions echo;
  std::string folder;
  unsigned milliseconds = 500;
  unsigned stream_megabytes = 0;
  app.add_option("--roots", echo.roots)->required();
  app.add_option("--node-certificate", echo.node_certificate)->required();
  app.add_option("--node-key", echo.node_key)->required();
  app.add_option("--client-certificate", echo.client_certificate)->required();
  app.add_option("--client-key", echo.client_key)->required();
  app.add_option("--dir", folder, "a folder of the file system to measure")->required();
  app.add_option("--bytes", echo.bytes, "of a payload")->check(CLI::Range(64, 16 << 20));
  app.add_option("--milliseconds", milliseconds, "of each operation")->check(CLI::Range(10, 60'000));
  app.add_option(
      "--stream-megabytes", stream_megabytes,
      "measure, instead of all else, a stream of so many MiB in one direction, and a file of that size");
  CLI11_PARSE(app, argc, argv);
  echo.time = std::chrono::milliseconds(milliseconds);
  try {
    if (stream_megabytes > 0) {
      const double stream = stream_megabytes / seconds_of_stream(echo, stream_megabytes);
      const double disk = stream_megabytes / seconds_of_writing(folder, stream_megabytes);
      std::printf("{\"streamMiBPerSecond\":%.1f,\"diskMiBPerSecond\":%.1f}\n", stream, disk);
      return 0;
    }
    const SignatureCosts p256 = cost_of_p256(echo.time), rsa = cost_of_rsa2048(echo.time);
    const double sha256 = cost_of_sha256(echo.bytes, echo.time);
    const double sync = cost_of_sync(folder, echo.time);
    const double write = cost_of_write(folder, echo.bytes, echo.time);
    const double payload = cost_of_echo(echo);
    echo.bytes = 200;  // an answer or an acknowledgement
    std::printf(
        "{\"p256SignUs\":%.2f,\"p256VerifyUs\":%.2f,\"rsaSignUs\":%.2f,\"rsaVerifyUs\":%.2f,\"sha256Us\":%."
        "2f,"
        "\"fdatasyncUs\":%.2f,\"writeUs\":%.2f,\"echoUs\":%.2f,\"smallEchoUs\":%.2f}\n",
        p256.sign, p256.verify, rsa.sign, rsa.verify, sha256, sync, write, payload, cost_of_echo(echo));
  } catch (const std::exception& error) {
    std::cerr << "limit: " << error.what() << "\n";
    return 1;
  }
}
