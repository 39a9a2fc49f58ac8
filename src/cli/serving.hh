// taut at work on one cluster: what `taut serve` and the demo start.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hh"
#include "base/time.hh"
#include "dialect/flux/target_cluster.hh"
#include "engine/event.hh"
#include "port/cluster.hh"

namespace taut::cli {

// $XDG_DATA_HOME/taut, or ~/.local/share/taut: where fetched repositories are kept.
std::string default_data_folder();

struct ServingOptions {
  std::string data;             // folder; made if it is not there
  std::string ns = "argocd";    // where Applications are looked for
  Duration poll = std::chrono::seconds(120);
  Duration poll_jitter = std::chrono::seconds(60);
  std::string listen;  // "ADDRESS:PORT" of the HTTP entry for webhooks; empty: none
  int status_processors = 20;
  int operation_processors = 10;
  Duration patience = std::chrono::minutes(2);  // with an API server that does not answer at the start
  flux::Tenancy tenancy;            // of Flux's objects
  bool install_definitions = true;  // of Application and AppProject, where the cluster has none
  std::function<void(const engine::Notice&)> observer;  // must not block
};

class Serving {
 public:
  virtual ~Serving() = default;  // stops
  // Asks a repository for its refs now: a push was announced.
  virtual void notify(const std::string& url) = 0;
  // The port of the HTTP entry; 0 without one.
  virtual uint16_t port() const = 0;
};

// Makes the control namespace and the definitions where they are missing, then keeps the cluster equal to Git until
// it is destroyed. Errors are those of the first calls to the cluster, of which passing ones are tried again for
// `patience`, and those of the HTTP entry.
Result<std::unique_ptr<Serving>> start_serving(std::shared_ptr<Cluster> cluster, ServingOptions options);

}  // namespace taut::cli
