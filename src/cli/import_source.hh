// --import: what a copy of a cluster is made of, and what came of it.
#pragma once

#include <string>

#include "cli/flags.hh"
#include "preview/snapshot.hh"
#include "sandbox/import_report.hh"

namespace taut::cli {

struct ImportSource {
  std::string path;                   // a folder, a file of objects, or a kubeconfig; "" for none
  std::string context;                // of the kubeconfig
  std::string secrets = "withhold";

  // Without `with_secrets` there is no choice of what becomes of Secrets.
  void declare(Flags& flags, bool with_secrets = true);
  // What the path names. A file with `kind: Config` and clusters is a kubeconfig: that cluster is read, and only
  // read. kNotFound when there is no such path, the cluster's error when it does not answer.
  Result<preview::Snapshot> read() const;
  sandbox::SecretValues secret_values() const;
};

// "import: 214 objects of 37 kinds from ..."; with `whole` also every object that is missing or not as it was, else
// at most a few of them and how many more.
std::string import_text(const preview::Snapshot& snapshot, const sandbox::ImportReport& report, bool whole);

}  // namespace taut::cli
