#include "dialect/flux/helm_digest.hh"

#include <algorithm>
#include <array>
#include <span>

#include "base/sha256.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::flux {
namespace {

using Fields = std::span<const std::string_view>;

// The fields of Go's structs in their order, which is that of their JSON.
constexpr std::array<std::string_view, 7> kInfo = {"first_deployed", "last_deployed", "deleted", "description",
                                                   "status", "rollback_revision", "notes"};
constexpr std::array<std::string_view, 17> kMetadata = {
    "name", "home", "sources", "version", "description", "keywords", "maintainers", "icon", "apiVersion", "condition",
    "tags", "appVersion", "deprecated", "annotations", "kubeVersion", "dependencies", "type"};
constexpr std::array<std::string_view, 3> kMaintainer = {"name", "email", "url"};
constexpr std::array<std::string_view, 8> kDependency = {"name", "version", "repository", "condition",
                                                         "tags", "enabled", "import-values", "alias"};
constexpr std::array<std::string_view, 9> kHook = {"name", "kind", "path", "manifest", "events",
                                                   "last_run", "weight", "delete_policies", "output_log_policies"};
constexpr std::array<std::string_view, 3> kLastRun = {"started_at", "completed_at", "phase"};
constexpr std::array<std::string_view, 2> kKustomize = {"patches", "images"};
constexpr std::array<std::string_view, 2> kPatch = {"patch", "target"};
constexpr std::array<std::string_view, 7> kSelector = {"group", "version", "kind", "namespace",
                                                       "name", "annotationSelector", "labelSelector"};
constexpr std::array<std::string_view, 4> kImage = {"name", "newName", "newTag", "digest"};

// Writes JSON as Go does: structs in the order of their fields, maps by key, with HTML's characters escaped.
class GoJson {
 public:
  void value(const Value& value) { append_json(value, out_, {.escape_html = true}); }

  void field(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    append_json_string(name, out_);
    out_ += ':';
  }

  // `nested` writes what is no plain value, and says whether it did.
  template <class Nested>
  void object(const Value& map, Fields fields, Nested&& nested) {
    out_ += '{';
    for (std::string_view name : fields) {
      const Value* held = map.find(name);
      if (!held) continue;
      field(name);
      if (!nested(name, *held)) value(*held);
    }
    out_ += '}';
  }
  void object(const Value& map, Fields fields) {
    object(map, fields, [](std::string_view, const Value&) { return false; });
  }

  template <class Item>
  void list(const Value& items, Item&& item) {
    out_ += '[';
    for (bool first = true; const Value& each : items.items()) {
      if (!std::exchange(first, false)) out_ += ',';
      item(each);
    }
    out_ += ']';
  }
  void objects(const Value& items, Fields fields) {
    list(items, [&](const Value& each) { object(each, fields); });
  }

  void open() { out_ += '{'; }
  void close() { out_ += '}'; }
  // An Encoder ends what it writes with a line feed.
  std::string digest() { return sha256_digest(out_ + '\n'); }

 private:
  std::string out_;
};

void write_metadata(GoJson& json, const Value& metadata) {
  json.object(metadata, kMetadata, [&](std::string_view name, const Value& held) {
    if (name == "maintainers") return json.objects(held, kMaintainer), true;
    if (name == "dependencies") return json.objects(held, kDependency), true;
    return false;
  });
}

bool is_test(const Value& hook) {
  return std::ranges::any_of(hook["events"].items(), [](const Value& event) { return event.as_string() == "test"; });
}

void write_hooks(GoJson& json, const Value& hooks) {
  Value kept = Value::list();
  for (const Value& hook : hooks.items())
    if (!is_test(hook)) kept.push_back(hook);
  if (kept.empty()) return json.value(Value());
  json.list(kept, [&](const Value& hook) {
    json.object(hook, kHook, [&](std::string_view name, const Value& held) {
      if (name != "last_run") return false;
      json.object(held, kLastRun);
      return true;
    });
  });
}

void write_kustomize(GoJson& json, const Value& kustomize) {
  json.object(kustomize, kKustomize, [&](std::string_view name, const Value& held) {
    if (name == "images") return json.objects(held, kImage), true;
    json.list(held, [&](const Value& patch) {
      json.object(patch, kPatch, [&](std::string_view part, const Value& target) {
        if (part == "target") json.object(target, kSelector);
        return part == "target";
      });
    });
    return true;
  });
}

}  // namespace

std::string release_digest(const release::Release& release, std::string_view oci_digest) {
  Value record = release::to_value(release);
  GoJson json;
  json.open();
  json.field("name");
  json.value(Value(release.name));
  json.field("version");
  json.value(Value(release.version));
  json.field("info");
  json.object(record["info"], kInfo);
  json.field("chartMetadata");
  write_metadata(json, record["chart"]["metadata"]);
  json.field("config");
  json.value(release.config.empty() ? Value() : release.config);
  json.field("manifest");
  json.value(Value(release.manifest));
  json.field("hooks");
  write_hooks(json, record["hooks"]);
  json.field("namespace");
  json.value(Value(release.ns));
  if (!oci_digest.empty()) {
    json.field("ociDigest");
    json.value(Value(oci_digest));
  }
  json.close();
  return json.digest();
}

std::string values_digest(const Value& values) {
  return sha256_digest(values.empty() ? std::string() : to_yaml(values, YamlForm::kByBytes));
}

std::string post_renderers_digest(const Value& renderers) {
  if (!renderers.is_list()) return {};
  GoJson json;
  json.list(renderers, [&](const Value& renderer) {
    json.open();
    if (renderer.contains("kustomize")) {
      json.field("kustomize");
      write_kustomize(json, renderer["kustomize"]);
    }
    json.close();
  });
  return json.digest();
}

std::string common_metadata_digest(const Value& metadata) {
  if (!metadata.is_map()) return {};
  GoJson json;
  json.value(metadata);
  return json.digest();
}

}  // namespace taut::flux
