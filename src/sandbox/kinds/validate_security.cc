#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/internal_json.hh"
#include "sandbox/kinds/pod_parts.hh"

namespace taut::sandbox::kinds {
namespace {

void check_id(Checks& checks, const std::string& path, const Value& id) {
  if (!id.is_null() && (id.as_int() < 0 || id.as_int() > INT32_MAX)) checks.invalid(path, id, "must be between 0 and 2147483647, inclusive");
}

void check_seccomp(Checks& checks, const std::string& path, const Value& profile) {
  if (profile.is_null()) return;
  const std::string type = profile["type"].str(), file_path = child(path, "localhostProfile");
  const Value& file = profile["localhostProfile"];
  if (type.empty()) {
    checks.required(child(path, "type"), "type is required when seccompProfile is set");
  } else {
    checks.one_of(child(path, "type"), type, {"Localhost", "RuntimeDefault", "Unconfined"});
  }
  if (type != "Localhost") {
    if (!file.is_null()) checks.invalid_text(file_path, internal_json("core/v1.SeccompProfile", profile), "can only be set when seccomp type is Localhost");
  } else if (file.is_null()) {
    checks.required(file_path, "must be set when seccomp type is Localhost");
  } else {
    check_inner_path(checks, file_path, file.as_string());
  }
}

void check_apparmor(Checks& checks, const std::string& path, const Value& profile) {
  if (profile.is_null()) return;
  const std::string type = profile["type"].str(), file_path = child(path, "localhostProfile");
  const Value& file = profile["localhostProfile"];
  if (type == "Localhost") {
    const std::string_view text = file.as_string();
    if (trim(text).empty()) {
      checks.required(file_path, "must be set when AppArmor type is Localhost");
    } else if (trim(text) != text) {
      checks.invalid(file_path, file, "must not be padded with whitespace");
    }
    return;
  }
  if (type == "RuntimeDefault" || type == "Unconfined") {
    if (!file.is_null()) checks.invalid(file_path, file, "can only be set when AppArmor type is Localhost");
  } else if (type.empty()) {
    checks.required(child(path, "type"), "type is required when appArmorProfile is set");
  } else {
    checks.unsupported(child(path, "type"), type, {"Localhost", "RuntimeDefault", "Unconfined"});
  }
}

constexpr std::string_view kSysctl = "([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?";

bool is_sysctl(std::string_view text) {
  if (text.size() > 253) return false;
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool inside = false;  // after the first character of a part
  for (size_t i = 0; i < text.size(); ++i) {
    if (letter(text[i])) {
      inside = true;
    } else if (text[i] == '.' || text[i] == '/') {
      if (!inside || !letter(text[i - 1])) return false;
      inside = false;
    } else if (!inside || (text[i] != '-' && text[i] != '_')) {
      return false;
    }
  }
  return inside && letter(text.back());
}

void check_sysctls(Checks& checks, const std::string& path, const Value& sysctls) {
  std::set<std::string, std::less<>> names;
  for (size_t i = 0; i < sysctls.size(); ++i) {
    const std::string name = sysctls[i]["name"].str(), name_path = child(at(path, i), "name");
    if (name.empty()) {
      checks.required(name_path);
    } else if (!is_sysctl(name)) {
      checks.invalid(name_path, name, fmt::format("must have at most 253 characters and match regex ^{}$", kSysctl));
    } else if (names.contains(name)) {
      checks.duplicate(name_path, name);
    }
    names.insert(name);
  }
}

}  // namespace

void check_pod_security(Checks& checks, const std::string& path, const Value& spec) {
  const Value& context = spec["securityContext"];
  for (const char* field : {"fsGroup", "runAsUser", "runAsGroup"}) check_id(checks, child(path, field), context[field]);
  const Value& groups = context["supplementalGroups"];
  for (size_t i = 0; i < groups.size(); ++i) check_id(checks, at(child(path, "supplementalGroups"), i), groups[i]);
  if (spec["shareProcessNamespace"].as_bool() && spec["hostPID"].as_bool()) {
    checks.invalid(child(path, "shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
  }
  check_sysctls(checks, child(path, "sysctls"), context["sysctls"]);
  if (!context["fsGroupChangePolicy"].is_null()) {
    checks.one_of(child(path, "fsGroupChangePolicy"), context["fsGroupChangePolicy"], {"Always", "OnRootMismatch"});
  }
  check_seccomp(checks, child(path, "seccompProfile"), context["seccompProfile"]);
  check_apparmor(checks, child(path, "appArmorProfile"), context["appArmorProfile"]);
  if (!context["supplementalGroupsPolicy"].is_null()) {
    checks.one_of(child(path, "supplementalGroupsPolicy"), context["supplementalGroupsPolicy"], {"Merge", "Strict"});
  }
  if (!context["seLinuxChangePolicy"].is_null()) {
    checks.one_of(child(path, "seLinuxChangePolicy"), context["seLinuxChangePolicy"], {"MountOption", "Recursive"});
  }
}

void check_container_security(Checks& checks, const std::string& path, const Value& context, bool host_users) {
  if (context.is_null()) return;
  for (const char* field : {"runAsUser", "runAsGroup"}) check_id(checks, child(path, field), context[field]);
  if (const Value& mount = context["procMount"]; !mount.is_null()) {
    checks.one_of(child(path, "procMount"), mount, {"Default", "Unmasked"});
    if (host_users && mount.as_string() == "Unmasked") checks.invalid(child(path, "procMount"), mount, "`hostUsers` must be false to use `Unmasked`");
  }
  check_seccomp(checks, child(path, "seccompProfile"), context["seccompProfile"]);
  const Value& escalation = context["allowPrivilegeEscalation"];
  if (!escalation.is_null() && !escalation.as_bool()) {
    auto refuse = [&](std::string_view why) { checks.invalid_text(path, internal_json("core/v1.SecurityContext", context), why); };
    if (context["privileged"].as_bool()) refuse("cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
    for (const Value& capability : context["capabilities"]["add"].items()) {
      if (capability.as_string() == "CAP_SYS_ADMIN") refuse("cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
    }
  }
  check_apparmor(checks, child(path, "appArmorProfile"), context["appArmorProfile"]);
}

}  // namespace taut::sandbox::kinds
