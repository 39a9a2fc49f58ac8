// The values that a user gives: files, and the arguments of --set in all its forms.
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "helm/strvals.hh"
#include "value/value.hh"

namespace taut::helm {

struct ValueSources {
  struct File {
    std::string name;  // for errors
    std::string text;
  };
  std::vector<File> files;  // later ones win
  std::vector<std::string> json, typed, strings, set_files, literals;
};

// All of them merged, in helm's order whatever that of the command line: files, --set-json, --set, --set-string,
// --set-file, --set-literal. Errors: "failed to parse FILE: ...", "failed parsing --set data: ...".
Result<Value> merge_value_sources(const ValueSources& sources, const ReadFile& read_file);

}  // namespace taut::helm
