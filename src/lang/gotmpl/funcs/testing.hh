// For the tests of this folder: templates rendered with all functions.
#pragma once

#include <random>

#include "base/time.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/table.hh"
#include "yaml/reader.hh"

namespace taut::gotmpl::testing {

// A clock that stands still at 2024-02-29T13:14:15Z, and random numbers that are always the same.
inline Environment environment(int helm = 42) {
  Environment out;
  out.helm = helm;
  out.now = [] { return Time(std::chrono::seconds(1'709'212'455)); };
  out.random = [source = std::mt19937(7)](std::span<uint8_t> bytes) mutable {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(source());
  };
  return out;
}

// The text, or the error.
inline std::string render(std::string_view text, const Environment& environment, std::string_view values = "{}") {
  Heap heap;
  TemplateSet set(helm_functions(environment.helm));
  if (Status parsed = set.parse("t", text); !parsed) return parsed.error().message();
  auto document = parse_yaml_document(values);
  if (!document) return document.error().message();
  Execution run(set, heap, environment);
  auto out = run.render("t", heap.wrap(document->root, Numbers::kFloat64));
  return out ? *out : out.error().message();
}

inline std::string render(std::string_view text, std::string_view values = "{}") {
  return render(text, environment(), values);
}

// What follows "error calling NAME: " in the error.
inline std::string fault(std::string_view text) {
  std::string message = render(text);
  size_t at = message.find("error calling ");
  if (at == std::string::npos) return message;
  return message.substr(message.find(": ", at) + 2);
}

}  // namespace taut::gotmpl::testing
