#include "helm/manifests.hh"

#include <algorithm>
#include <array>

#include "base/go_number.hh"
#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "helm/chart.hh"
#include "helm/typed_reader.hh"
#include "tree/path.hh"
#include "yaml/reader.hh"

namespace taut::helm {

namespace {

// Kinds in the order of installation; others follow by name.
constexpr std::array<std::string_view, 38> kInstallOrder = {
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
};

constexpr std::array<std::string_view, 10> kEvents = {
    "pre-install",   "post-install",  "pre-delete",   "post-delete",   "pre-upgrade",
    "post-upgrade",  "pre-rollback",  "post-rollback", "test",         "test-success",
};

size_t rank(std::string_view kind) {
  auto it = std::find(kInstallOrder.begin(), kInstallOrder.end(), kind);
  return static_cast<size_t>(it - kInstallOrder.begin());
}

bool installs_before(const Manifest& a, const Manifest& b) {
  size_t rank_a = rank(a.kind), rank_b = rank(b.kind);
  if (rank_a != rank_b) return rank_a < rank_b;
  return rank_a == kInstallOrder.size() && a.kind < b.kind;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }

// Go's strings.TrimSpace and TrimLeftFunc(unicode.IsSpace): blanks beyond ASCII count too.
std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    std::string_view rest = text;
    if (!is_space(take_rune(rest))) break;
    text = rest;
  }
  return text;
}

std::string_view trim_both(std::string_view text) {
  text = trim_left(text);
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    std::string_view last = text.substr(start);
    if (!is_space(take_rune(last)) || !last.empty()) break;
    text = text.substr(0, start);
  }
  return text;
}

// 4.1: "---" at the start or after a line feed, with the blanks before that line feed and all that follow; as the
// regular expression `(?:^|\s*\n)---\s*`.
struct Cut {
  size_t start, end;
};
bool find_separator_41(std::string_view text, size_t from, Cut& out) {
  for (size_t at = text.find("---", from); at != std::string_view::npos; at = text.find("---", at + 1)) {
    if (at != 0 && (at == from || text[at - 1] != '\n')) continue;
    size_t start = at;
    while (start > from && is_blank(text[start - 1])) --start;
    size_t end = at + 3;
    while (end < text.size() && is_blank(text[end])) ++end;
    out = {start, end};
    return true;
  }
  return false;
}

// 4.2: `(?m)^---[ \t]*`.
bool find_separator_42(std::string_view text, size_t from, Cut& out) {
  for (size_t at = text.find("---", from); at != std::string_view::npos; at = text.find("---", at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    size_t end = at + 3;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
    out = {at, end};
    return true;
  }
  return false;
}

constexpr size_t kMostDocuments = 100'000;
constexpr size_t kMostValues = 4'000'000;  // of all documents, as counted by values_bound

struct Head {
  std::string api_version, kind, name;
  std::vector<std::pair<std::string, std::string>> annotations;

  const std::string* annotation(std::string_view key) const {
    for (const auto& [name, value] : annotations) {
      if (name == key) return &value;
    }
    return nullptr;
  }
};

Result<Head> read_head(const Value& object) {
  Head head;
  TypedReader reader("SimpleHead");
  if (reader.map(object, "util.SimpleHead")) {
    reader.text(object, "apiVersion", head.api_version);
    reader.text(object, "kind", head.kind);
    const Value& metadata = object["metadata"];
    TypedReader::Inside inside(reader, "metadata");
    if (reader.map(metadata, "struct { Name string \"json:\\\"name\\\"\"; Annotations map[string]string "
                             "\"json:\\\"annotations\\\"\" }")) {
      reader.in_nameless_struct();
      reader.text(metadata, "name", head.name);
      reader.text_map(metadata, "annotations", head.annotations);
    }
  }
  TAUT_TRY(reader.status());
  return head;
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view item : split(text, ',')) out.push_back(to_lower(trim(item)));
  return out;
}

// Sorts a document in; one with an unknown event goes nowhere.
void add(Manifest manifest, const Head& head, Manifests& out, std::vector<std::string>* warnings) {
  const std::string* events = head.annotation("helm.sh/hook");
  if (!events) return void(out.plain.push_back(std::move(manifest)));
  Hook hook{.manifest = std::move(manifest)};
  for (std::string& event : listed(*events)) {
    if (std::find(kEvents.begin(), kEvents.end(), event) == kEvents.end()) {
      if (warnings) warnings->push_back(fmt::format("skipping unknown hooks hookTypes={}", *events));
      return;
    }
    hook.events.push_back(event == "test-success" ? "test" : std::move(event));
  }
  if (const std::string* weight = head.annotation("helm.sh/hook-weight")) {
    hook.weight = parse_go_int(*weight, 10).value_or_zero();
  }
  if (const std::string* policies = head.annotation("helm.sh/hook-delete-policy")) {
    hook.delete_policies = listed(*policies);
  }
  out.hooks.push_back(std::move(hook));
}

Status add_document(const std::string& path, std::string text, bool keep_document, Manifests& out,
                    std::vector<std::string>* warnings) {
  Manifest manifest{.path = path, .text = std::move(text)};
  auto head = [&]() -> Result<Head> {
    auto document = parse_yaml_document(manifest.text, {.reject_duplicate_keys = false});
    if (!document) {
      return fail(Error(document.error()).with_message("error converting YAML to JSON: " +
                                                       document.error().message()));
    }
    manifest.document = std::move(*document);
    return read_head(manifest.document.root);
  }();
  if (!head) {
    Error error = std::move(head).error();
    std::string message = fmt::format("YAML parse error on {}: {}", path, error.message());
    return fail(std::move(error).with_message(std::move(message)));
  }
  if (!keep_document) manifest.document = {};
  manifest.kind = head->kind;
  manifest.api_version = head->api_version;
  manifest.name = head->name;
  add(std::move(manifest), *head, out, warnings);
  return {};
}

}  // namespace

std::vector<std::string> split_manifests(std::string_view text, Compat compat) {
  const bool old = compat == Compat::kHelm41;
  text = old ? trim_both(text) : trim_left(text);
  std::vector<std::string> out;
  auto take = [&](std::string_view document) {
    std::string_view trimmed = trim_both(document);
    if (old ? document.empty() : trimmed.empty()) return;
    out.emplace_back(old ? trimmed : trim_left(document));
  };
  size_t from = 0;
  Cut cut{};
  while (old ? find_separator_41(text, from, cut) : find_separator_42(text, from, cut)) {
    take(text.substr(from, cut.start - from));
    from = cut.end;
  }
  take(text.substr(from));
  return out;
}

namespace {

Status add_file(const std::string& path, const std::string& text, const SortOptions& options, Manifests& out,
                std::vector<std::string>* warnings) {
  for (std::string& document : split_manifests(text, options.compat)) {
    if (out.plain.size() + out.hooks.size() >= kMostDocuments)
      return fail(Code::kLimit, "the limit on the number of documents ({}) was passed in {}", kMostDocuments, path);
    TAUT_TRY(add_document(path, std::move(document), options.documents, out, warnings));
  }
  return {};
}

Status add_known_file(const std::string& path, const std::string& text, const SortOptions& options, Manifests& out,
                      std::vector<std::string>* warnings) {
  FileManifests::File& known = options.known->file(path);
  const Hash128 hash = hash128(text);
  if (known.text != hash) {
    known = {};
    TAUT_TRY(add_file(path, text, options, known.manifests, &known.warnings));
    known.text = hash;
  }
  out.plain.insert(out.plain.end(), known.manifests.plain.begin(), known.manifests.plain.end());
  out.hooks.insert(out.hooks.end(), known.manifests.hooks.begin(), known.manifests.hooks.end());
  if (warnings) warnings->insert(warnings->end(), known.warnings.begin(), known.warnings.end());
  return {};
}

}  // namespace

Result<Manifests> sort_manifests(const std::map<std::string, std::string>& files, const SortOptions& options,
                                 std::vector<std::string>* warnings) {
  Manifests out;
  size_t bytes = 0, values = 0;
  for (const auto& [path, text] : files) {
    if (base_name(path).starts_with('_') || trim_both(text).empty()) continue;
    bytes += text.size();
    // No text has more values than bytes: usual ones need no counting.
    if (bytes > kMostValues && (values += values_bound(text)) > kMostValues)
      return fail(Code::kLimit, "the limit on the number of values in documents ({}) was passed in {}", kMostValues, path);
    TAUT_TRY((options.known ? add_known_file : add_file)(path, text, options, out, warnings));
  }
  std::stable_sort(out.plain.begin(), out.plain.end(), installs_before);
  std::stable_sort(out.hooks.begin(), out.hooks.end(),
                   [](const Hook& a, const Hook& b) { return installs_before(a.manifest, b.manifest); });
  return out;
}

}  // namespace taut::helm
