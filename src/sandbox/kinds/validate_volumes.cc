#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/strings.hh"
#include "sandbox/kinds/pod_parts.hh"
#include "sandbox/kinds/validation.hh"

namespace taut::sandbox::kinds {
namespace {

constexpr std::string_view kFileMode = "must be a number between 0 and 0777 (octal), both inclusive";
using Paths = std::set<std::string, std::less<>>;

void file_mode(Checks& checks, const std::string& field, const Value& mode) {
  if (!mode.is_null() && (mode.as_int() < 0 || mode.as_int() > 0777)) checks.invalid(field, mode, kFileMode);
}

void require(Checks& checks, const std::string& path, const Value& source, std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    if (source[field].empty()) checks.required(child(path, field));
  }
}

// A path that neither leaves its directory nor looks as if it did.
void own_path(Checks& checks, const std::string& field, std::string_view text) {
  check_inner_path(checks, field, text);
  if (text.starts_with("..") && !text.starts_with("../")) checks.invalid(field, text, "must not start with '..'");
}

void key_to_path(Checks& checks, const std::string& path, const Value& item) {
  require(checks, path, item, {"key", "path"});
  own_path(checks, child(path, "path"), item["path"].as_string());
  file_mode(checks, child(path, "mode"), item["mode"]);
}

void keys_to_paths(Checks& checks, const std::string& path, const Value& items) {
  for (size_t i = 0; i < items.size(); ++i) key_to_path(checks, at(path, i), items[i]);
}

void downward_file(Checks& checks, const std::string& path, const Value& file) {
  require(checks, path, file, {"path"});
  own_path(checks, child(path, "path"), file["path"].as_string());
  if (!file["fieldRef"].is_null()) {
    check_field_reference(checks, child(path, "fieldRef"), file["fieldRef"], true);
    if (!file["resourceFieldRef"].is_null()) checks.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
  } else if (!file["resourceFieldRef"].is_null()) {
    check_resource_reference(checks, child(path, "resourceFieldRef"), file["resourceFieldRef"], true);
  } else {
    checks.required(path, "one of fieldRef and resourceFieldRef is required");
  }
  file_mode(checks, child(path, "mode"), file["mode"]);
}

void repeated_path(Checks& checks, const std::string& path, const Value& place, std::string_view shown, Paths& places) {
  if (!place.empty() && !places.insert(place.str()).second) checks.invalid(path, shown, "conflicting duplicate paths");
}

void token_projection(Checks& checks, const std::string& path, const std::string& outer, const Value& token) {
  const int64_t seconds = token["expirationSeconds"].as_int();
  if (seconds < 10 * 60) checks.invalid(child(path, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes");
  if (seconds > int64_t{1} << 32) checks.invalid(child(path, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds");
  require(checks, outer, token, {"path"});
  if (!token["path"].empty()) own_path(checks, child(outer, "path"), token["path"].as_string());
}

void projection(Checks& checks, const std::string& path, const Value& source, Paths& places) {
  const std::string outer = path.substr(0, path.rfind(".sources"));
  int kinds = 0;
  for (const char* type : {"secret", "configMap"}) {
    if (source[type].is_null()) continue;
    ++kinds;
    const std::string inner = child(path, type);
    require(checks, inner, source[type], {"name"});
    const Value& items = source[type]["items"];
    for (size_t i = 0; i < items.size(); ++i) {
      key_to_path(checks, at(child(inner, "items"), i), items[i]);
      repeated_path(checks, outer, items[i]["path"], source[type]["name"].as_string(), places);
    }
  }
  if (const Value& downward = source["downwardAPI"]; !downward.is_null()) {
    ++kinds;
    for (const Value& file : downward["items"].items()) {
      downward_file(checks, child(path, "downwardAPI"), file);
      repeated_path(checks, outer, file["path"], file["path"].as_string(), places);
    }
  }
  if (!source["serviceAccountToken"].is_null()) {
    ++kinds;
    token_projection(checks, child(path, "serviceAccountToken"), outer, source["serviceAccountToken"]);
  }
  if (kinds > 1) checks.forbidden(path, "may not specify more than 1 volume type per source");
}

void host_path(Checks& checks, const std::string& path, const Value& source) {
  if (source["path"].empty()) return checks.required(child(path, "path"));
  check_no_backsteps(checks, child(path, "path"), source["path"].as_string());
  if (!source["type"].is_null()) {
    checks.one_of(child(path, "type"), source["type"],
                  {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"});
  }
}

void named_keys(Checks& checks, const std::string& path, const Value& source, const char* name) {
  require(checks, path, source, {name});
  file_mode(checks, child(path, "defaultMode"), source["defaultMode"]);
  keys_to_paths(checks, child(path, "items"), source["items"]);
}

void nfs(Checks& checks, const std::string& path, const Value& source) {
  require(checks, path, source, {"server", "path"});
  if (!source["path"].as_string().starts_with("/")) checks.invalid(child(path, "path"), source["path"].str(), "must be an absolute path");
}

void ephemeral(Checks& checks, const std::string& path, const Value& source) {
  const Value& pattern = source["volumeClaimTemplate"];
  if (pattern.is_null()) return checks.required(child(path, "volumeClaimTemplate"));
  check_claim_spec(checks, child(path, "volumeClaimTemplate.spec"), pattern["spec"]);
}

void csi(Checks& checks, const std::string& path, const Value& source) {
  const std::string_view driver = source["driver"].as_string();
  if (driver.empty()) checks.required(child(path, "driver"));
  if (driver.size() > 63) checks.too_long(child(path, "driver"), 63);
  if (!driver.empty()) checks.named(child(path, "driver"), driver, dns_subdomain(to_lower(driver)));
  const Value& secret = source["nodePublishSecretRef"];
  if (!secret.is_null() && secret["name"].empty()) checks.required(child(path, "nodePublishSecretRef.name"));
}

void projected(Checks& checks, const std::string& path, const Value& source) {
  Paths places;
  file_mode(checks, child(path, "defaultMode"), source["defaultMode"]);
  for (size_t i = 0; i < source["sources"].size(); ++i) projection(checks, at(child(path, "sources"), i), source["sources"][i], places);
}

void downward(Checks& checks, const std::string& path, const Value& source) {
  file_mode(checks, child(path, "defaultMode"), source["defaultMode"]);
  for (const Value& file : source["items"].items()) downward_file(checks, path, file);
}

struct VolumeRule {
  std::string_view type;
  void (*check)(Checks& checks, const std::string& path, const Value& source);
};

// In the order in which the server looks at the types.
constexpr std::array<VolumeRule, 14> kVolumeRules{{
    {"emptyDir", nullptr},
    {"hostPath", host_path},
    {"gitRepo", [](Checks& c, const std::string& p, const Value& s) { require(c, p, s, {"repository"}); }},
    {"secret", [](Checks& c, const std::string& p, const Value& s) { named_keys(c, p, s, "secretName"); }},
    {"nfs", nfs},
    {"iscsi", [](Checks& c, const std::string& p, const Value& s) { require(c, p, s, {"targetPortal", "iqn"}); }},
    {"persistentVolumeClaim", [](Checks& c, const std::string& p, const Value& s) { require(c, p, s, {"claimName"}); }},
    {"downwardAPI", downward},
    {"fc", nullptr},
    {"configMap", [](Checks& c, const std::string& p, const Value& s) { named_keys(c, p, s, "name"); }},
    {"projected", projected},
    {"csi", csi},
    {"ephemeral", ephemeral},
    {"image", nullptr},
}};

void check_source(Checks& checks, const std::string& path, const Value& volume) {
  bool first = true;
  for (const VolumeRule& rule : kVolumeRules) {
    const Value& source = volume[rule.type];
    if (source.is_null()) continue;
    if (!first) {
      checks.forbidden(child(path, rule.type), "may not specify more than 1 volume type");
    } else if (rule.check != nullptr) {
      rule.check(checks, child(path, rule.type), source);
    }
    first = false;
  }
}

constexpr std::array<std::string_view, 14> kPodFields{
    "metadata.annotations", "metadata.labels",  "metadata.name",           "metadata.namespace", "metadata.uid",
    "spec.nodeName",        "spec.restartPolicy", "spec.serviceAccountName", "spec.schedulerName", "status.phase",
    "status.hostIP",        "status.hostIPs",   "status.podIP",            "status.podIPs"};

bool is_pod_field(std::string_view field) { return std::ranges::find(kPodFields, field) != kPodFields.end(); }

// metadata.labels['app'] has the subscript `app`.
std::optional<std::pair<std::string_view, std::string_view>> subscripted(std::string_view field) {
  const size_t open = field.find("['");
  if (open == field.npos || !field.ends_with("']")) return std::nullopt;
  return std::pair(field.substr(0, open), field.substr(open + 2, field.size() - open - 4));
}

}  // namespace

void check_no_backsteps(Checks& checks, const std::string& path, std::string_view text) {
  for (std::string_view part : split(text, '/')) {
    if (part == "..") return checks.invalid(path, text, "must not contain '..'");
  }
}

void check_inner_path(Checks& checks, const std::string& path, std::string_view text) {
  if (text.starts_with('/')) checks.invalid(path, text, "must be a relative path");
  check_no_backsteps(checks, path, text);
}

void check_field_reference(Checks& checks, const std::string& path, const Value& reference, bool in_volume) {
  const std::string version = reference["apiVersion"].str(), field = reference["fieldPath"].str(), field_path = child(path, "fieldPath");
  if (version.empty()) return checks.required(child(path, "apiVersion"));
  if (field.empty()) return checks.required(field_path);
  auto refuse = [&](std::string_view why) { checks.invalid(field_path, field, fmt::format("error converting fieldPath: {}", why)); };
  if (version != "v1") return refuse("unsupported pod version: " + version);
  if (auto parts = subscripted(field)) {
    const auto& [owner, subscript] = *parts;
    if (owner == "metadata.annotations") return checks.named(path, to_lower(subscript), qualified_name(to_lower(subscript)));
    if (owner == "metadata.labels") return checks.named(path, subscript, qualified_name(subscript));
    return refuse("field label does not support subscript: " + field);
  }
  if (!is_pod_field(field)) return refuse("field label not supported: " + field);
  if (in_volume) {
    checks.one_of(field_path, field, {"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"});
  } else {
    checks.one_of(field_path, field, {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
                                      "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"});
  }
}

void check_resource_reference(Checks& checks, const std::string& path, const Value& reference, bool in_volume) {
  const std::string name = reference["resource"].str(), divisor = reference["divisor"].str();
  if (in_volume && reference["containerName"].empty()) {
    checks.required(child(path, "containerName"));
  } else if (name.empty()) {
    checks.required(child(path, "resource"));
  } else if (!name.starts_with("limits.hugepages-") && !name.starts_with("requests.hugepages-")) {
    checks.one_of(child(path, "resource"), name,
                  {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"});
  }
  if (divisor.empty() || divisor == "0") return;
  constexpr std::array<std::string_view, 13> kScales{"1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"};
  const bool scaled = std::ranges::find(kScales, divisor) != kScales.end();
  auto refuse = [&](std::string_view values, std::string_view what) {
    checks.invalid(child(path, "divisor"), name, fmt::format("only divisor's values {} are supported with the {} resource", values, what));
  };
  constexpr std::string_view kAll = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";
  if (name.ends_with(".cpu") && divisor != "1" && divisor != "1m") refuse("1m and 1", "cpu");
  if (name.ends_with(".memory") && !scaled) refuse(kAll, "memory");
  if (name.ends_with(".ephemeral-storage") && !scaled) refuse(kAll, "local ephemeral storage");
}

Value check_volumes(Checks& checks, const std::string& path, const Value& volumes) {
  Value known = Value::map();
  for (size_t i = 0; i < volumes.size(); ++i) {
    Checks own;
    const std::string item = at(path, i), name = volumes[i]["name"].str();
    check_source(own, item, volumes[i]);
    if (name.empty()) {
      own.required(child(item, "name"));
    } else {
      own.named(child(item, "name"), name, dns_label(name));
    }
    if (known.contains(name)) own.duplicate(child(item, "name"), name);
    if (own.clean()) known.set(name, volumes[i]);
    checks.append(own.take());
  }
  return known;
}

}  // namespace taut::sandbox::kinds
