#include "lang/gotmpl/helm_error.hh"

#include <fmt/format.h>

#include <vector>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"

namespace taut::gotmpl {
namespace {

constexpr std::string_view kPrefix = "template: ";

// One error of a chain.
struct Trace {
  std::string_view location, function, node, message;
  std::string_view cause;  // the error that a function gave; empty at the end of the chain
};

// What a called function failed with, in "error calling NAME: CAUSE".
std::string_view cause_of(std::string_view message) {
  constexpr std::string_view kCalling = "error calling ";
  std::string_view name, cause;
  if (!message.starts_with(kCalling) || !cut(message.substr(kCalling.size()), ": ", name, cause)) return {};
  return name.find_first_of(" \"") == std::string_view::npos ? cause : std::string_view();
}

std::string_view without_next(std::string_view message) { return message.substr(0, message.find(" template:")); }

// "LOCATION: executing "FUNCTION" at <NODE>: MESSAGE"
bool read_executing(std::string_view rest, Trace& trace) {
  std::string_view after, message;
  if (!cut(rest, ": executing ", trace.location, after) || !after.starts_with('"')) return false;
  size_t close = after.find('"', 1);
  if (close == std::string_view::npos) return false;
  trace.function = after.substr(1, close - 1);
  after.remove_prefix(close + 1);
  constexpr std::string_view kAt = " at <";
  if (!after.starts_with(kAt) || !cut(after.substr(kAt.size()), ">: ", trace.node, message)) return false;
  trace.cause = cause_of(message);
  trace.message = without_next(message);
  return true;
}

bool read_trace(std::string_view error, Trace& trace) {
  if (!error.starts_with(kPrefix)) return false;
  std::string_view rest = error.substr(kPrefix.size());
  if (rest.starts_with("no template ")) {
    trace.message = error;
    return true;
  }
  if (read_executing(rest, trace)) return true;
  size_t last = rest.rfind(": ");
  if (last == std::string_view::npos) return false;
  trace = {rest.substr(0, last), {}, {}, without_next(rest.substr(last + 2)), {}};
  return true;
}

std::string trace_text(const Trace& trace) {
  std::string out;
  if (!trace.location.empty()) out += fmt::format("{}\n  ", trace.location);
  if (trace.location.data() != nullptr && trace.function.data() != nullptr) {
    out += fmt::format("executing \"{}\" at <{}>:\n    ", trace.function, trace.node);
  }
  if (!trace.message.empty()) out += fmt::format("{}\n", trace.message);
  return out;
}

}  // namespace

std::string helm_parse_error(std::string_view file, std::string_view error) {
  std::string_view kind, rest, location, message;
  if (!cut(error, ": ", kind, rest)) return fmt::format("parse error in ({}): {}", file, error);
  if (!cut(rest, ": ", location, message)) message = rest;
  size_t last = message.rfind(": ");
  if (last != std::string_view::npos) message.remove_prefix(last + 2);
  return fmt::format("parse error at ({}): {}", location, message);
}

std::string helm_exec_error(std::string_view error, std::optional<std::string_view> said) {
  if (!error.starts_with(kPrefix)) return std::string(error);
  std::string_view rest = error.substr(kPrefix.size());
  std::string_view location = rest.substr(0, rest.find(": "));
  if (said) return fmt::format("execution error at ({}): {}", location, *said);
  std::string out;
  for (std::string_view current = error; !current.empty();) {
    Trace trace;
    if (!read_trace(current, trace)) return std::string(error);
    out += trace_text(trace);
    current = trace.cause;
  }
  return std::string(trim_runes(out, is_space));
}

}  // namespace taut::gotmpl
