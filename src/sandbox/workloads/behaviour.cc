#include <fnmatch.h>

#include <charconv>

#include "base/strings.hh"
#include "sandbox/workloads/kubelet.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

std::string command_text(const Value& container) {
  std::string out;
  for (const char* list : {"command", "args"}) {
    for (const Value& word : container[list].items()) out += word.str() + " ";
  }
  return out;
}

// The number after the last `word` in a command line; -1 when there is none.
int64_t number_after(const std::string& text, std::string_view word) {
  size_t at = text.rfind(std::string(word) + " ");
  int64_t out = -1;
  if (at == text.npos || (at > 0 && text[at - 1] != ' ' && text[at - 1] != ';' && text[at - 1] != '&')) return out;
  std::string_view rest = trim(std::string_view(text).substr(at + word.size()));
  std::from_chars(rest.data(), rest.data() + rest.size(), out);
  return out;
}

bool owned_by_job(const Value& pod) {
  for (const Value& owner : pod["metadata"]["ownerReferences"].items()) {
    if (owner["controller"].as_bool() && owner["kind"].as_string() == "Job") return true;
  }
  return false;
}

}  // namespace

Behaviour behaviour_of(const Options& options, const Value& pod, const Value& container) {
  Behaviour out;
  const std::string image = container["image"].str();
  for (const ImageFault& fault : options.faults) {
    if (::fnmatch(fault.pattern.c_str(), image.c_str(), 0) == 0) {
      out.fault = &fault;
      break;
    }
  }
  const std::string command = command_text(container);
  const bool ends = pod["spec"]["restartPolicy"].as_string() != "Always";
  out.finishes = ends && (owned_by_job(pod) || !trim(command).empty());
  out.runs = options.work;
  if (int64_t seconds = number_after(command, "sleep"); seconds >= 0) out.runs = std::chrono::seconds(seconds);
  if (int64_t code = number_after(command, "exit"); code > 0) out.exit_code = code & 255;
  if (trim(command) == "false" || trim(command).ends_with("/false")) out.exit_code = 1;
  return out;
}

}  // namespace taut::sandbox::workloads
