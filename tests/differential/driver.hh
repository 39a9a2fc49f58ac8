// The frame of taut's side of a differential test: a request a line in, an answer a line out, as the oracles in Go have it.
#pragma once

#include <iostream>
#include <string>

#include "base/runes.hh"
#include "value/json.hh"

namespace taut::differential {

// As Go's strings.ToValidUTF8: a run of bytes that are no text becomes one "?".
inline std::string valid(std::string_view text) {
  std::string out;
  bool before = false;
  while (!text.empty()) {
    std::string_view rest = text;
    bool bad = false;
    take_rune(rest, &bad);
    if (!bad) out += text.substr(0, text.size() - rest.size());
    else if (!before) out += '?';
    before = bad;
    text = rest;
  }
  return out;
}

// Answers each request of the standard input by `run`, a function from its Value to a Result<std::string>. Returns the
// exit code of the program.
template <typename Run>
int answer_all(Run run) {
  for (std::string line; std::getline(std::cin, line);) {
    auto request = parse_json(line);
    if (!request) return 1;
    Result<std::string> out = run(*request);
    Value record = Value::map({{"out", out ? valid(*out) : ""}, {"error", out ? "" : valid(out.error().message())}});
    std::cout << to_json(record) << std::endl;  // at once: a request that kills the program is the one after the last answer
  }
  return 0;
}

}  // namespace taut::differential
