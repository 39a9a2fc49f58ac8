#include "sandbox/workloads/logs.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "object/id.hh"

namespace taut::sandbox::workloads {
namespace {

// Texts after `echo` in a shell command, up to the next separator, without quotes.
void echoed(std::string_view command, std::vector<std::string>& out) {
  for (size_t at = command.find("echo "); at != command.npos; at = command.find("echo ", at)) {
    at += 5;
    const size_t end = command.find_first_of(";&|\n", at);
    out.push_back(replace_all(replace_all(trim(command.substr(at, end - at)), "\"", ""), "'", ""));
    if (end == command.npos) break;
    at = end;
  }
}

}  // namespace

std::vector<std::string> log_lines(const Value& pod, const Value& container) {
  std::vector<std::string> out;
  for (const char* list : {"command", "args"}) {
    const Value& words = container[list];
    if (words[0].as_string() == "echo") {
      std::string line;
      for (size_t i = 1; i < words.size(); ++i) line += (i > 1 ? " " : "") + words[i].str();
      out.push_back(line);
      continue;
    }
    for (const Value& word : words.items()) echoed(word.as_string(), out);
  }
  if (!out.empty()) return out;
  out.push_back(fmt::format("starting {} ({}) in pod {}/{}", container["name"].as_string(), container["image"].as_string(),
                            pod["metadata"]["namespace"].as_string(), name_of(pod)));
  for (const Value& port : container["ports"].items()) {
    out.push_back(fmt::format("listening on :{} ({})", port["containerPort"].as_int(), port["protocol"].as_string("TCP")));
  }
  out.emplace_back("ready");
  return out;
}

}  // namespace taut::sandbox::workloads
