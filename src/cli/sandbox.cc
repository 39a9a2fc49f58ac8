// taut sandbox: a Kubernetes API server in one process.
#include "sandbox/server.hh"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "cli/all.hh"
#include "cli/import_source.hh"
#include "cli/interrupt.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

class Sandbox : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("port", 'p', "N", "where to listen on 127.0.0.1; 0 takes a free port", &port_);
    flags.add("data", 0, "FILE", "keep the state in this SQLite file; without it, in memory", &options_.data_file);
    flags.add("token", 0, "TOKEN", "the administrator's token; without it one is made", &options_.token);
    flags.add("kubeconfig", 0, "FILE", "write a kubeconfig to this file", &options_.kubeconfig_path);
    flags.add("workloads", 0, "on|off", "simulate the controllers that move Deployments, Jobs, Pods, ...", &workloads_,
              {"on", "off"});
    flags.add("workload-speed", 0, "FACTOR", "how much faster than usual they do it; 0 waits for nothing",
              &options_.workload_speed);
    flags.add("image-faults", 0, "FILE", "images that fail as in life: one glob and a fault a line",
              &options_.image_faults);
    flags.add("fault", 0, "FILE", "server faults to inject: latency, errors, resets by path and verb",
              &options_.fault_file);
    flags.add("audit", 0, "FILE", "append who asked for what, as audit.k8s.io/v1 events, never with contents", &options_.audit_file);
    flags.add("requests-per-second", 0, "N", "taken of each user but administrators, more are answered 429; 0 takes all",
              &options_.requests_per_second);
    flags.add("max-watches", 0, "N", "open at the same time, more are answered 429", &max_watches_);
    flags.add("max-connections", 0, "N", "open at the same time, more are closed", &max_connections_);
    import_.declare(flags);
  }

  int run(const std::vector<std::string>&) override {
    if (port_ < 0 || port_ > 65535) {
      print_error(fmt::format("invalid port {}", port_));
      return kMisused;
    }
    if (options_.requests_per_second < 0 || max_watches_ < 1 || max_connections_ < 1) {
      print_error("a limit of the sandbox must be positive");
      return kMisused;
    }
    hold_interrupts();
    options_.max_watches = static_cast<size_t>(max_watches_);
    options_.max_connections = static_cast<size_t>(max_connections_);
    options_.port = static_cast<uint16_t>(port_);
    options_.workloads = workloads_ == "on";
    std::string kubeconfig = options_.kubeconfig_path;
    preview::Snapshot snapshot;
    if (!import_.path.empty()) {
      auto read = import_.read();
      if (!read) {
        print_error(read.error());
        return kFailed;
      }
      snapshot = std::move(*read);
      options_.objects = std::exchange(snapshot.objects, {});
      options_.import_secrets = import_.secret_values();
    }
    auto started = sandbox::start(options_);
    if (!started) {
      print_error(started.error());
      return kFailed;
    }
    options_.objects.clear();
    if (!import_.path.empty()) fmt::print(stderr, "{}", import_text(snapshot, (*started)->imported(), /*whole=*/true));
    fmt::print("sandbox: Kubernetes API on {}\n", (*started)->address());
    if (kubeconfig.empty()) {
      fmt::print("sandbox: no --kubeconfig given; this one works:\n\n{}\n", (*started)->kubeconfig());
    } else {
      fmt::print("sandbox: kubectl --kubeconfig {} get namespaces\n", kubeconfig);
    }
    std::fflush(stdout);
    wait_for_interrupt();
    (*started)->stop();
    return kDone;
  }

 private:
  sandbox::SandboxOptions options_;
  ImportSource import_;
  int port_ = 6443, max_watches_ = 10'000, max_connections_ = 4096;
  std::string workloads_ = "on";
};

}  // namespace

std::unique_ptr<Command> make_sandbox() { return std::make_unique<Sandbox>(); }

}  // namespace taut::cli
