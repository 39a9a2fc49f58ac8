#include "plan/intent.hh"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/strings.hh"
#include "object/id.hh"
#include "plan/managed_fields.hh"

namespace taut::plan {
namespace {

constexpr std::string_view kHelmHook = "helm.sh/hook";
constexpr std::string_view kHelmHookWeight = "helm.sh/hook-weight";
constexpr std::string_view kHelmHookDeletePolicy = "helm.sh/hook-delete-policy";

constexpr std::array<std::string_view, 4> kPhases = {"PreSync", "Sync", "PostSync", "SyncFail"};

const Value* annotation(const Value& object, std::string_view key) {
  return object["metadata"]["annotations"].find(key);
}

// The pieces between commas, trimmed, empty ones left out.
std::vector<std::string_view> csv(const Value& object, std::string_view key) {
  std::vector<std::string_view> out;
  const Value* value = annotation(object, key);
  if (!value) return out;
  for (std::string_view piece : split(value->as_string(), ','))
    if (piece = trim(piece); !piece.empty()) out.push_back(piece);
  return out;
}

// strconv.Atoi.
std::optional<int> atoi(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool known_hook_type(std::string_view type) {
  return parse_phase(type) || type == "Skip" || type == "PreDelete" || type == "PostDelete";
}

std::string_view argo_type_of_helm(std::string_view type) {
  if (type == "pre-install" || type == "pre-upgrade") return "PreSync";
  if (type == "post-install" || type == "post-upgrade") return "PostSync";
  if (type == "pre-delete") return "PreDelete";
  if (type == "post-delete") return "PostDelete";
  return {};
}

// Helm's hooks count only where no known hook type of Argo CD is given.
std::vector<std::string_view> hook_types(const Value& object) {
  std::vector<std::string_view> types;
  for (std::string_view type : csv(object, kHookAnnotation))
    if (known_hook_type(type)) types.push_back(type);
  if (!types.empty()) return types;
  for (std::string_view type : csv(object, kHelmHook))
    if (auto mapped = argo_type_of_helm(type); !mapped.empty()) types.push_back(mapped);
  return types;
}

// `crd-install` marks a CustomResourceDefinition for old Helm; it is no hook.
bool is_helm_hook(const Value& object) {
  const Value* value = annotation(object, kHelmHook);
  return value && value->as_string() != "crd-install";
}

void read_delete_policies(const Value& object, Intent& intent) {
  auto note = [&](std::string_view policy) {
    if (policy == "BeforeHookCreation" || policy == "before-hook-creation") intent.delete_before_creation = true;
    if (policy == "HookSucceeded" || policy == "hook-succeeded") intent.delete_on_success = true;
    if (policy == "HookFailed" || policy == "hook-failed") intent.delete_on_failure = true;
  };
  for (std::string_view policy : csv(object, kHookDeletePolicyAnnotation)) note(policy);
  for (std::string_view policy : csv(object, kHelmHookDeletePolicy)) note(policy);
  if (!intent.delete_on_success && !intent.delete_on_failure) intent.delete_before_creation = true;
}

}  // namespace

std::string_view phase_name(Phase phase) { return kPhases[static_cast<size_t>(phase)]; }

std::optional<Phase> parse_phase(std::string_view name) {
  auto it = std::ranges::find(kPhases, name);
  if (it == kPhases.end()) return std::nullopt;
  return static_cast<Phase>(it - kPhases.begin());
}

int wave_of(const Value& object) {
  if (const Value* wave = annotation(object, kSyncWaveAnnotation))
    if (auto number = atoi(wave->as_string())) return *number;
  if (const Value* weight = annotation(object, kHelmHookWeight))
    if (auto number = atoi(weight->as_string())) return *number;
  return 0;
}

Intent intent_of(const Value& object) {
  Intent intent;
  intent.wave = wave_of(object);
  auto types = hook_types(object);
  intent.skip = types.size() == 1 && types.front() == "Skip";
  if (intent.skip) return intent;
  intent.hook = annotation(object, kHookAnnotation) || is_helm_hook(object);
  if (!intent.hook) {
    intent.phases = {Phase::kSync};
    return intent;
  }
  for (std::string_view type : types) {
    if (auto phase = parse_phase(type)) intent.phases.push_back(*phase);
    if (type == "PreDelete") intent.pre_delete = true;
    if (type == "PostDelete") intent.post_delete = true;
  }
  std::ranges::sort(intent.phases);
  intent.phases.erase(std::unique(intent.phases.begin(), intent.phases.end()), intent.phases.end());
  read_delete_policies(object, intent);
  return intent;
}

Value ObjectRules::taken_over(const Value&, const Value& live, std::string_view manager) const { return without_client_side(live, manager); }

Intent intent_of(const Value& object, const ObjectRules* rules) { return rules ? rules->intent(object) : intent_of(object); }

bool is_hook(const Value& object) { return intent_of(object).hook; }

bool has_option(const Value& object, std::string_view key, std::string_view option) {
  auto options = csv(object, key);
  return std::ranges::find(options, option) != options.end();
}

std::optional<std::string_view> option_value(const Value& object, std::string_view key, std::string_view name) {
  for (std::string_view option : csv(object, key)) {
    std::string_view left, right;
    if (cut(option, "=", left, right) && left == name) return right;
  }
  return std::nullopt;
}

bool has_option(const std::vector<std::string>& options, std::string_view option) {
  return std::ranges::find(options, option) != options.end();
}

std::optional<std::string_view> option_value(const std::vector<std::string>& options, std::string_view name) {
  for (const auto& option : options) {
    std::string_view left, right;
    if (cut(option, "=", left, right) && left == name) return right;
  }
  return std::nullopt;
}

}  // namespace taut::plan
