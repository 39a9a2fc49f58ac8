// The values of a release as helm's flags give them: -f and --set in all its forms.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hh"
#include "helm/values_sources.hh"

namespace taut::cli {

// A file as helm's flags name it: a path, a URL, or "-" for standard input. Errors as Go's os.ReadFile has them.
Result<std::string> read_helm_file(std::string_view path);

class HelmValues {
 public:
  void declare(Flags& flags);
  // What was given, with the files read.
  Result<helm::ValueSources> sources() const;
  Result<Value> merged() const;

 private:
  helm::ValueSources values_;
  std::vector<std::string> files_;
};

}  // namespace taut::cli
