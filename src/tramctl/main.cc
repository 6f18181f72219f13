// tramctl: what agencies, operators, auditors and registrars do with a node from a command line.
#include "tramctl/command_line.h"
#include "tramctl/connection.h"

int main(int argc, char** argv) {
  tram::client::set_grpc_environment();
  return tram::client::run(argc, argv);
}
