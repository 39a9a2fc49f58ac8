// Runs a sandbox until it is interrupted: taut-sandbox-dev [--port N] [--token T] [--data F] [--kubeconfig F]
// [--fault F] [--plain] [--workloads].
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/log.hh"
#include "sandbox/server.hh"

int main(int argc, char** argv) {
  taut::sandbox::SandboxOptions options;
  options.workloads = false;
  for (int i = 1; i < argc; ++i) {
    std::string flag = argv[i];
    auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (flag == "--port") options.port = static_cast<uint16_t>(std::atoi(value().c_str()));
    else if (flag == "--token") options.token = value();
    else if (flag == "--data") options.data_file = value();
    else if (flag == "--kubeconfig") options.kubeconfig_path = value();
    else if (flag == "--fault") options.fault_file = value();
    else if (flag == "--plain") options.tls = false;
    else if (flag == "--workloads") options.workloads = true;
  }
  taut::log::set_sink([](taut::log::Level, std::string_view text) { std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data()); },
                      taut::log::Level::kInfo);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto sandbox = taut::sandbox::start(options);
  if (!sandbox) {
    std::fprintf(stderr, "%s\n", sandbox.error().report().c_str());
    return 1;
  }
  std::printf("%s %s\n", (*sandbox)->address().c_str(), (*sandbox)->token().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
