// `taut sandbox`: a Kubernetes API server in one process, for tests, demos and previews. It behaves as
// kube-apiserver 1.36 with the namespace controller and the garbage collector; the controllers that move
// workloads are simulated (sandbox/workloads).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "sandbox/client.hh"
#include "sandbox/import_report.hh"

namespace taut::sandbox {

struct SandboxOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;             // 0: any free one
  bool tls = true;               // with a CA and certificate made at start
  std::string data_file;         // SQLite; "" keeps everything in memory
  std::string token;             // the administrator's bearer token; "" makes one
  std::string kubeconfig_path;   // written (mode 0600) when not ""
  bool workloads = true;         // run the simulated workload controllers
  double workload_speed = 1.0;   // 2.0: things take half as long; 0: no waiting at all
  bool hurry_deadlines = false;  // progressDeadlineSeconds passes at that speed too
  std::string image_faults;      // file naming images that fail; "" for none
  std::string fault_file;        // injected server faults; see faults.hh
  std::string audit_file;        // events of audit.k8s.io/v1, one a line, are appended; "" for none
  double requests_per_second = 1000;  // of each user who is no administrator; 0: no limit. More are answered 429
  size_t max_watches = 10'000;        // open at the same time; more are answered 429
  size_t max_connections = 4096;      // more are closed at once
  // Objects of another cluster to begin with; see import.hh. A data file that holds a state already goes on from that.
  std::vector<Value> objects;
  SecretValues import_secrets = SecretValues::kWithhold;
  size_t event_log_capacity = 100'000;  // watch events held for resuming; older revisions answer 410
};

class Sandbox {
 public:
  virtual ~Sandbox() = default;  // stops
  // A kubeconfig with the address, the CA and the token, current context "taut-sandbox".
  virtual std::string kubeconfig() const = 0;
  virtual std::string address() const = 0;  // "https://127.0.0.1:41234"
  virtual const std::string& token() const = 0;
  // What became of SandboxOptions::objects.
  virtual const ImportReport& imported() const = 0;
  // The cluster in process, writing as field manager `manager`. Valid as long as the Sandbox lives.
  virtual ClientPtr client(std::string manager) = 0;
  // Whether its controllers have seen every change and, as far as is known now, do nothing within the span.
  virtual bool is_at_rest(Duration span) = 0;
  // Replaces the injected faults; the same text as a fault file. "" removes them.
  virtual Status set_faults(std::string_view text) = 0;
  // Closes connections and ends the threads; what was committed is in the data file. Idempotent.
  virtual void stop() = 0;
};

// kUnavailable when the port is taken, kInvalid for a data or fault file that cannot be used.
Result<std::unique_ptr<Sandbox>> start(const SandboxOptions& options);

}  // namespace taut::sandbox
