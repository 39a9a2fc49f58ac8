#include "dialect/argo/parameters.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/strings.hh"

namespace taut::argo {
namespace {

class Reader {
 public:
  Reader(const Value& map, std::vector<std::string>& errors) : data_(map["data"]), errors_(errors) {}

  std::optional<int64_t> number(std::string_view key) {
    const Value* text = data_.find(key);
    if (!text) return std::nullopt;
    std::string_view digits = trim(text->as_string());
    int64_t out = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error == std::errc() && end == digits.data() + digits.size() && out > 0) return out;
    errors_.push_back(fmt::format("{}: {} is no positive number", key, quote(text->as_string())));
    return std::nullopt;
  }

  std::optional<bool> truth(std::string_view key) {
    const Value* text = data_.find(key);
    if (!text) return std::nullopt;
    std::string_view word = trim(text->as_string());
    if (word == "true" || word == "false") return word == "true";
    errors_.push_back(fmt::format("{}: {} is neither true nor false", key, quote(text->as_string())));
    return std::nullopt;
  }

  std::optional<Duration> seconds(std::string_view key) {
    auto count = number(key);
    if (!count) return std::nullopt;
    return std::chrono::seconds(*count);
  }

  std::optional<Duration> duration(std::string_view key) {
    const Value* text = data_.find(key);
    if (!text) return std::nullopt;
    if (auto parsed = parse_go_duration(text->as_string())) return *parsed;
    errors_.push_back(fmt::format("{}: {} is no duration", key, quote(text->as_string())));
    return std::nullopt;
  }

 private:
  const Value& data_;
  std::vector<std::string>& errors_;
};

// "a, b".
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view word : split(text, ','))
    if (word = trim(word); !word.empty()) out.emplace_back(word);
  return out;
}

}  // namespace

Parameters read_parameters(const Value& parameters_map, const Value& settings_map) {
  Parameters out;
  Reader parameters(parameters_map, out.errors), settings(settings_map, out.errors);
  out.status_processors = parameters.number("controller.status.processors");
  out.operation_processors = parameters.number("controller.operation.processors");
  out.self_heal_base = parameters.seconds("controller.self.heal.backoff.timeout.seconds");
  if (auto factor = parameters.number("controller.self.heal.backoff.factor")) out.self_heal_factor = static_cast<double>(*factor);
  out.self_heal_cap = parameters.seconds("controller.self.heal.backoff.cap.seconds");
  if (trim(parameters_map["data"]["controller.sync.timeout.seconds"].as_string()) != "0")
    out.sync_timeout = parameters.seconds("controller.sync.timeout.seconds");
  out.progressive_syncs = parameters.truth("applicationsetcontroller.enable.progressive.syncs");
  out.application_namespaces = words_of(parameters_map["data"]["application.namespaces"].as_string());
  // What cannot be read forbids.
  bool said = parameters_map["data"].contains("applicationsetcontroller.enable.scm.providers");
  out.scm_enabled = parameters.truth("applicationsetcontroller.enable.scm.providers").value_or(!said);
  out.scm_allowed = words_of(parameters_map["data"]["applicationsetcontroller.allowed.scm.providers"].as_string());
  said = parameters_map["data"].contains("applicationsetcontroller.enable.tokenref.strict.mode");
  out.scm_strict_tokens = parameters.truth("applicationsetcontroller.enable.tokenref.strict.mode").value_or(said);
  const Value& policy = parameters_map["data"]["applicationsetcontroller.policy"];
  out.set_policy = trim(policy.as_string());
  constexpr std::string_view kPolicies[] = {"", "sync", "create-only", "create-update", "create-delete"};
  if (std::ranges::find(kPolicies, out.set_policy) == std::end(kPolicies)) {
    // What does the least harm.
    out.errors.push_back(fmt::format("applicationsetcontroller.policy: {} is none of sync, create-only, create-update, create-delete", quote(out.set_policy)));
    out.set_policy = "create-only";
  }
  out.set_policy_yields = parameters.truth("applicationsetcontroller.enable.policy.override").value_or(out.set_policy.empty());
  out.poll_interval = settings.duration("timeout.reconciliation");
  out.poll_jitter = settings.duration("timeout.reconciliation.jitter");
  return out;
}

}  // namespace taut::argo
